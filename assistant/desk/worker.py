"""Diagnoses one ticket: what a process of the pool does again and again."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.desk.fingerprint import leading
from assistant.desk.summary import summary_of
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.errors import AssistantError, InputError, UsageError
from assistant.inference.questions import answer_problem
from assistant.model.answer import Answer, AnswerSource
from assistant.model.diagnosis import Diagnosis
from assistant.model.ticket import BadTicket, Language, Ticket, TicketInput
from assistant.model.triage import CaseSummary, Step, Wanted

BUG = "ticket-bug"
"""Reason of a ticket on which the program itself failed."""


class Task(Struct, frozen=True, kw_only=True):
    """One ticket to diagnose."""

    ticket: Ticket
    language: Language
    """It is answered in."""


class Told(Struct, frozen=True, kw_only=True):
    """One diagnosis in words; the desk has none of its own."""

    document: str
    """JSON, `schema: "vpn-diagnosis/2"`."""
    step: Step | None
    wanted: tuple[Wanted, ...]


class Teller(Protocol):
    """Words a diagnosis, and writes the report that belongs to it; sent to every process."""

    def __call__(
        self, ticket: Ticket, diagnosis: Diagnosis, catalog: Catalog, language: Language
    ) -> Told:
        """Word one.

        Raises:
            OutputError: its report cannot be written; the whole run ends with it.
        """
        ...

    def is_told(self, ticket: Ticket, knowledge: str, language: Language) -> bool:
        """Whether its report lies where it belongs, so that it need not be written again.

        Args:
            ticket: As it is now.
            knowledge: `sha256:...` of the knowledge base of now.
            language: It is answered in now.
        """
        ...


class Result(Struct, frozen=True, kw_only=True):
    """What became of one ticket."""

    task: Task
    summary: CaseSummary | None = None
    document: str = ""
    ranking: tuple[tuple[str, float], ...] = ()
    """As shown: causes of the leading incident with their probabilities."""
    bad: BadTicket | None = None
    """Instead of a summary."""
    trace: str = ""
    """Of a bug: where it happened, for whoever repairs it."""


class Setup(Struct, frozen=True, kw_only=True):
    """What every process needs to begin."""

    knowledge: tuple[Path, ...]
    """Folders that add to our own."""
    tell: Teller


class Worker:
    """Diagnoses tickets, one after the other."""

    def __init__(self, setup: Setup) -> None:
        self.catalog = load_catalog(*setup.knowledge, cached=True)
        self._diagnoser = Diagnoser(self.catalog)
        self._tell = setup.tell

    def work(self, task: Task) -> Result:
        """Diagnose one ticket; a bad one is a result too.

        Raises:
            OutputError: its report cannot be written.
        """
        try:
            return self._result(task)
        except (InputError, UsageError) as error:
            return _bad(task, error.id, tuple(sorted(error.words.items())))
        except AssistantError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours; it costs no other ticket
            words = (("kind", type(error).__name__),)
            return _bad(task, BUG, words, trace=traceback.format_exc())

    def _result(self, task: Task) -> Result:
        diagnosis = self._diagnoser.diagnose(self._case(task.ticket))
        told = self._tell(task.ticket, diagnosis, self.catalog, task.language)
        summary = summary_of(diagnosis, step=told.step, wanted=told.wanted)
        return Result(
            task=task, summary=summary, document=told.document, ranking=_ranking(diagnosis)
        )

    def _case(self, ticket: Ticket) -> Case:
        answers = []
        for question, choice in ticket.answers:
            answer = Answer(id=question, choice=choice, source=AnswerSource.FILE)
            problem = answer_problem(self.catalog, answer)
            if problem is not None:
                expected = ", ".join(problem.expected)
                words = {"found": problem.found, "question": question, "expected": expected}
                raise InputError(problem.kind, **words)
            answers.append(answer)
        return Case(tuple(map(case_file, ticket.inputs)), tuple(answers), ticket.away)


def _ranking(diagnosis: Diagnosis) -> tuple[tuple[str, float], ...]:
    incident = leading(diagnosis)
    return tuple(
        (one.cause, round(one.probability, 4)) for one in (incident.hypotheses if incident else ())
    )


def _bad(task: Task, reason: str, words: tuple[tuple[str, str], ...], trace: str = "") -> Result:
    bad = BadTicket(name=task.ticket.name, reason=reason, words=words)
    return Result(task=task, bad=bad, trace=trace)


def case_file(one: TicketInput) -> CaseFile:
    """An input as a file of a case."""
    return CaseFile(one.name, _opener(one), one.side)


def _opener(one: TicketInput) -> Callable[[], BinaryIO]:
    path, data = one.path, one.data
    if path is not None:
        return lambda: path.open("rb")
    return lambda: io.BytesIO(data or b"")
