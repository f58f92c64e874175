"""What is told of one ticket of many: its JSON, its report, the texts that ask for more."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path, PurePath
from typing import TypeVar

from msgspec import Struct

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.desk.fingerprint import leading
from assistant.desk.worker import Told, case_file
from assistant.diagnose import Case
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.source import Side
from assistant.model.ticket import Language, Ticket, TicketId
from assistant.model.triage import Step, Wanted
from assistant.transcript import transcribe
from reports.first_step import choose_first_step
from reports.json_v2 import document
from reports.labels import Labels, Lang, labels
from reports.output import Content, Request, write_reports
from reports.repair import case_facts, input_view, wanted_inputs

P = TypeVar("P", bound=PurePath)
_HEAD_BYTES = 4096
"""Of a page; its stamp stands before the style sheet."""


class TicketTeller(Struct, frozen=True, kw_only=True):
    """Words diagnoses of tickets; see `assistant.desk.worker.Teller`."""

    folder: Path | None
    """Where the reports of the cases go; None for none."""
    lang: Lang
    """Of these reports; what is sent to somebody begins in the ticket's language."""
    force: bool

    def __call__(
        self, ticket: Ticket, diagnosis: Diagnosis, catalog: Catalog, language: Language
    ) -> Told:
        """Word one, write its report and the draft of a reply.

        Raises:
            OutputError: the report cannot be written.
        """
        if self.folder is not None:
            case = Case(tuple(map(case_file, ticket.inputs)))
            content = Content(
                diagnosis=diagnosis,
                catalog=catalog,
                transcribe=lambda: transcribe(case, diagnosis, catalog),
                stamp=self._stamp(ticket, catalog.digest, language),
            )
            self._write("reply", reply_path(self.folder, ticket.id), ticket, content, language)
            # Last, because its stamp says that both are there.
            self._write("html", report_path(self.folder, ticket.id), ticket, content, self.lang)
        incident = leading(diagnosis)
        return Told(
            document=json.dumps(document(diagnosis), ensure_ascii=False),
            step=_step(incident, diagnosis, catalog),
            wanted=_wanted(incident, diagnosis, catalog, labels(language)),
        )

    def is_told(self, ticket: Ticket, knowledge: str, language: Language) -> bool:
        """Whether its report and the draft of a reply are there, made of what it holds now."""
        if self.folder is None:
            return True
        stamp = f'<meta name="made-of" content="{self._stamp(ticket, knowledge, language)}">'
        try:
            with report_path(self.folder, ticket.id).open("rb") as stream:
                made = stamp.encode() in stream.read(_HEAD_BYTES)
        except OSError:
            return False
        return made and reply_path(self.folder, ticket.id).is_file()

    def _stamp(self, ticket: Ticket, knowledge: str, language: Language) -> str:
        """Other runs may have diagnosed it since, without reports or into another folder."""
        made_of = (ticket.digest, ticket.name, knowledge, __version__, language, self.lang)
        return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:32]

    def _write(self, form: str, path: Path, ticket: Ticket, content: Content, lang: Lang) -> None:
        request = Request(
            formats=(form,),
            output=str(path),
            first_name=ticket.name,
            inputs=tuple(one.path for one in ticket.inputs if one.path is not None),
            force=self.force,
        )
        write_reports(request, content, lang, sys.stdout)


def report_path(folder: P, ticket: TicketId) -> P:
    """Where the report of a ticket lies."""
    return folder / f"{ticket}.report.html"


def reply_path(folder: P, ticket: TicketId) -> P:
    """Where the draft of a reply to its sender lies."""
    return folder / f"{ticket}.reply.txt"


def _step(incident: Incident | None, diagnosis: Diagnosis, catalog: Catalog) -> Step | None:
    chosen = choose_first_step(incident, catalog, diagnosis) if incident else None
    if incident is None or chosen is None:
        return None
    kind, name = chosen
    entry = catalog.inputs[name] if kind == "input" else catalog.remedies[name]
    who = entry.who
    if incident.side is Side.REMOTE and who in ("local", "remote"):
        who = "remote" if who == "local" else "local"
    return Step(kind=kind, id=name, who=who, minutes=entry.minutes)


def _wanted(
    incident: Incident | None, diagnosis: Diagnosis, catalog: Catalog, words: Labels
) -> tuple[Wanted, ...]:
    """What is missing, what decides first; each with the text that asks for it."""
    ordered = [
        *(wanted_inputs(incident, catalog, diagnosis) if incident else ()),
        *diagnosis.coverage.missing,
    ]
    known = case_facts(incident, words)
    return tuple(
        Wanted(
            input=name,
            request=input_view(
                catalog.inputs[name], catalog, words, anchor="", known=known, incident=incident
            ).request,
        )
        for name in dict.fromkeys(ordered)
        if name in diagnosis.coverage.missing
    )
