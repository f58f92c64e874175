"""One run through many tickets: intake, what is known already, pool, store, triage, in that order.

It continues where the last one was ended: a ticket whose content, knowledge base, program and
language are the same is not diagnosed again.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from assistant import __version__
from assistant.desk.content import Content
from assistant.desk.identity import Register, digest_of, seed_of, writable
from assistant.desk.intake import Draft, Intake
from assistant.desk.pool import processes, work_through
from assistant.desk.store.store import Key, Run, Store
from assistant.desk.triage import Diagnosed, triage
from assistant.desk.worker import BUG, Result, Setup, Task
from assistant.errors import InputError
from assistant.model.ticket import BadTicket, Language, Ticket
from assistant.model.triage import CaseSummary, Triage

_BATCH = 32
_BATCH_S = 0.5
"""So much work at most is lost when the process is killed; what is counted as done never is."""


class Progress(Protocol):
    """Somebody who watches a run."""

    def begins(self, total: int) -> None:
        """So many tickets there are."""
        ...

    def advances(self, done: int) -> None:
        """So many more are done and kept."""
        ...


class Order(Struct, frozen=True, kw_only=True):
    """What to go through, and how."""

    paths: Sequence[str]
    intake: Intake
    language: Language
    """Of tickets that do not show theirs."""
    workers: int | None
    """Processes; None for as many as are worth it."""
    keep_inputs: bool
    setup: Setup
    digest: str
    """`sha256:...` of the knowledge base."""


class Ran(Struct):
    """What a run was."""

    triage: Triage
    reused: int
    """Tickets that were diagnosed before."""
    seconds: float
    bugs: list[str] = field(default_factory=list)
    """Traces of what the program itself failed on."""


def run(order: Order, store: Store, progress: Progress) -> Ran:
    """Go through all tickets.

    Raises:
        InputError: a path does not exist, the store cannot be read.
        OutputError: a report or the store cannot be written.
        KnowledgeError: the knowledge base is broken.
        KeyboardInterrupt: what was done until then is kept.
    """
    begun = time.monotonic()
    found = order.intake.found(order.paths)
    progress.begins(len(found))
    bad = [one for one in found if isinstance(one, BadTicket)]
    progress.advances(len(bad))
    keeping = store.begin(order.paths, program=__version__, knowledge=order.digest)
    work = _Work(order, store, keeping, progress, bad)
    drafts = [one for one in found if isinstance(one, Draft)]
    workers = order.workers or processes(len(drafts))
    try:
        for result in work_through(work.tasks(drafts), order.setup, workers):
            work.take(result)
    finally:
        # An interrupt as much as the end: what is diagnosed is kept.
        work.keep()
    decided = triage(
        work.diagnosed,
        work.bad,
        knowledge=order.digest,
        resolved=store.resolved(),
        earlier=keeping.earlier,
    )
    store.finish(keeping, [one.ticket for one in work.diagnosed], bad=len(work.bad))
    return Ran(
        triage=decided,
        reused=work.reused,
        seconds=time.monotonic() - begun,
        bugs=work.bugs,
    )


class _Work:
    """What is known of the tickets so far."""

    def __init__(
        self, order: Order, store: Store, keeping: Run, progress: Progress, bad: list[BadTicket]
    ) -> None:
        self._order = order
        self._store = store
        self._run = keeping
        self._progress = progress
        self._register = Register(*store.ids())
        self._kept = store.kept(order.digest, __version__)
        self._waiting: list[Result] = []
        self._since = time.monotonic()
        self.diagnosed: list[Diagnosed] = []
        self.bad = bad
        self.bugs: list[str] = []
        self.reused = 0

    def tasks(self, drafts: Sequence[Draft]) -> Iterator[Task]:
        """What has to be diagnosed; what was before is taken from the store."""
        seen: Counter[str] = Counter()
        for draft in drafts:
            try:
                content = draft.load()
            except InputError as error:
                self._not_one(draft, error.id, error.words)
                continue
            except OSError as error:
                reason = error.strerror or str(error)
                self._not_one(draft, "unreadable", {"file": draft.name, "reason": reason})
                continue
            except Exception as error:  # noqa: BLE001 - a bug of ours; it costs no other ticket
                self.bugs.append(traceback.format_exc())
                self._not_one(draft, BUG, {"kind": type(error).__name__})
                continue
            task = self._task(draft, content, seen)
            summary = self._summary(task)
            if summary is None:
                yield task
                continue
            self.reused += 1
            if self._order.keep_inputs:
                self._store.keep_inputs(task.ticket.inputs)
            self.diagnosed.append(_diagnosed(task, summary))
            self._progress.advances(1)

    def take(self, result: Result) -> None:
        """One more is diagnosed; it is kept soon."""
        self._waiting.append(result)
        if len(self._waiting) >= _BATCH or time.monotonic() - self._since >= _BATCH_S:
            self.keep()

    def keep(self) -> None:
        """Keep what waits for it, in one transaction; only then it counts as done."""
        waiting, self._waiting = self._waiting, []
        good = [one for one in waiting if one.summary is not None]
        if good:
            self._store.keep(self._run, good, contents=self._order.keep_inputs)
        for one in waiting:
            if one.summary is not None:
                self.diagnosed.append(_diagnosed(one.task, one.summary))
            if one.bad is not None:
                self.bad.append(one.bad)
            if one.bad is not None and one.bad.reason == BUG:
                self.bugs.append(one.trace)
        self._progress.advances(len(waiting))
        self._since = time.monotonic()

    def _task(self, draft: Draft, content: Content, seen: Counter[str]) -> Task:
        place = draft.place
        if content.key is not None:
            # A mail is known by its id wherever in the mailbox it stands.
            place = f"{place.rpartition('#')[0]}#{content.key}"
        seen[place] += 1
        if seen[place] > 1:
            place = f"{place}~{seen[place]}"
        answers = tuple(content.answers.choices.items())
        said = [f"{question}: {choice}" for question, choice in answers]
        digest = digest_of(content.inputs, [*said, *content.answers.away])
        name, place = writable(draft.name), writable(place)
        seed = seed_of(name, digest)
        ticket = Ticket(
            id=self._register.id_of(place, seed),
            name=name,
            kind=draft.kind,
            place=place,
            seed=seed,
            digest=digest,
            subject=writable(content.subject),
            language=content.language,
            inputs=content.inputs,
            answers=answers,
            away=content.answers.away,
        )
        return Task(ticket=ticket, language=content.language or self._order.language)

    def _summary(self, task: Task) -> CaseSummary | None:
        """What was found of it before, if its report lies where it belongs too."""
        ticket = task.ticket
        number = self._kept.get(Key(ticket=ticket.id, digest=ticket.digest, language=task.language))
        tell = self._order.setup.tell
        if number is None or not tell.is_told(ticket, self._order.digest, task.language):
            return None
        return self._store.summary(number)

    def _not_one(self, draft: Draft, reason: str, words: dict[str, str]) -> None:
        self.bad.append(
            BadTicket(name=draft.name, reason=reason, words=tuple(sorted(words.items())))
        )
        self._progress.advances(1)


def _diagnosed(task: Task, summary: CaseSummary) -> Diagnosed:
    """Without what its inputs hold: a mailbox of attachments must not stay in memory."""
    light = tuple(replace(one, data=None) for one in task.ticket.inputs)
    ticket = replace(task.ticket, inputs=light)
    return Diagnosed(ticket=ticket, language=task.language, summary=summary)
