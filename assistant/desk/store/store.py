"""What the desk asks the store: which tickets it knows, what it may use again, what it keeps."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.identity import writable
from assistant.desk.similar import Resolved
from assistant.desk.store.keeping import keep_contents, keep_results
from assistant.desk.store.opening import open_store, told
from assistant.desk.store.tables import (
    DiagnosisRow,
    ResolutionRow,
    RunRow,
    RunTicketRow,
    TicketRow,
)
from assistant.desk.triage import Earlier
from assistant.desk.worker import Result
from assistant.model.ticket import Ticket, TicketId, TicketInput
from assistant.model.triage import FINGERPRINT_VERSION, CaseSummary

_SUMMARY = msgspec.json.Decoder(CaseSummary)


class Key(Struct, frozen=True, kw_only=True):
    """What has to be the same for a diagnosis to be used again, besides program and knowledge."""

    ticket: TicketId
    digest: str
    """Of the ticket's content."""
    language: str


class Run(Struct, frozen=True, kw_only=True):
    """A run under way."""

    id: int
    earlier: Earlier | None
    """The last one through the same paths that came to its end."""


class Store:
    """The store in one file; every method is one transaction."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Raises:
            InputError: it is none of ours, damaged, or of a newer program.
            OutputError: it cannot be written.
        """
        self.path = path
        self._engine = open_store(path)

    def begin(self, paths: Sequence[str], *, program: str, knowledge: str) -> Run:
        """Begin a run through these paths."""
        real = "\n".join(sorted({writable(os.path.realpath(path)) for path in paths}))
        scope = hashlib.sha256(real.encode()).hexdigest()
        with told(self.path), Session(self._engine) as session, session.begin():
            last = session.scalar(
                select(RunRow)
                .where(RunRow.scope == scope, RunRow.ended.is_not(None))
                .order_by(RunRow.id.desc())
            )
            row = RunRow(scope=scope, paths=real, program=program, knowledge=knowledge, began=now())
            session.add(row)
            session.flush()
            return Run(id=row.id, earlier=_earlier(session, last) if last else None)

    def finish(self, run: Run, tickets: Iterable[Ticket], *, bad: int) -> None:
        """Say that a run came to its end, and what it had."""
        with told(self.path), Session(self._engine) as session, session.begin():
            row = session.get_one(RunRow, run.id)
            row.ended, row.bad = now(), bad
            session.add_all(
                RunTicketRow(run_id=run.id, ticket_id=one.id, digest=one.digest) for one in tickets
            )

    def ids(self) -> tuple[Mapping[str, TicketId], Mapping[str, TicketId]]:
        """The ids of all tickets by place and by seed."""
        with told(self.path), Session(self._engine) as session, session.begin():
            rows = session.execute(select(TicketRow.place, TicketRow.seed, TicketRow.id)).all()
        by_place = {place: TicketId(name) for place, _, name in rows}
        return by_place, {seed: TicketId(name) for _, seed, name in rows}

    def kept(self, knowledge: str, program: str) -> Mapping[Key, int]:
        """What was found last under the same conditions: of each the number of the diagnosis.

        Only the last diagnosis of a ticket counts: its report is what lies in the folder.
        """
        last = select(func.max(DiagnosisRow.id)).group_by(DiagnosisRow.ticket_id)
        wanted = select(
            DiagnosisRow.id, DiagnosisRow.ticket_id, DiagnosisRow.digest, DiagnosisRow.language
        ).where(
            DiagnosisRow.id.in_(last),
            DiagnosisRow.knowledge == knowledge,
            DiagnosisRow.program == program,
        )
        with told(self.path), Session(self._engine) as session, session.begin():
            return {
                Key(ticket=TicketId(ticket), digest=digest, language=language): number
                for number, ticket, digest, language in session.execute(wanted)
            }

    def summary(self, diagnosis: int) -> CaseSummary | None:
        """What the desk decides by; None of one that this program no longer reads."""
        wanted = select(DiagnosisRow.summary).where(DiagnosisRow.id == diagnosis)
        with told(self.path), Session(self._engine) as session, session.begin():
            summary = session.scalar(wanted)
        return read_summary(summary) if summary is not None else None

    def keep(self, run: Run, results: Sequence[Result], *, contents: bool) -> None:
        """Keep what was found of some tickets, all of it or nothing.

        Args:
            run: That found it.
            results: Of tickets that are not bad.
            contents: Keep what the tickets hold too, not only its hash.
        """
        with told(self.path), Session(self._engine) as session, session.begin():
            row = session.get_one(RunRow, run.id)
            keep_results(session, row, results, contents=contents)

    def keep_inputs(self, inputs: Sequence[TicketInput]) -> None:
        """Keep what inputs hold that are known by their hash already."""
        with told(self.path), Session(self._engine) as session, session.begin():
            keep_contents(session, inputs)

    def resolved(self) -> tuple[Resolved, ...]:
        """Every ticket of which somebody said what it was, with its last resolution."""
        newest = select(func.max(ResolutionRow.id)).group_by(ResolutionRow.ticket_id)
        wanted = (
            select(ResolutionRow, TicketRow.name, DiagnosisRow.summary)
            .join(TicketRow, TicketRow.id == ResolutionRow.ticket_id)
            .join(DiagnosisRow, DiagnosisRow.id == ResolutionRow.diagnosis_id)
            .where(ResolutionRow.id.in_(newest))
            .order_by(ResolutionRow.ticket_id)
        )
        with told(self.path), Session(self._engine) as session, session.begin():
            rows = session.execute(wanted).all()
            found = [(row, name, read_summary(summary)) for row, name, summary in rows]
            return tuple(
                Resolved(
                    ticket=TicketId(row.ticket_id),
                    name=name,
                    fingerprint=summary.fingerprint,
                    cause=row.cause,
                    remedy=row.remedy,
                    helped=row.helped,
                    note=row.note,
                )
                for row, name, summary in found
                if summary is not None and summary.fingerprint.version == FINGERPRINT_VERSION
            )

    def session(self) -> Session:
        """For the questions of people, see `tickets`."""
        return Session(self._engine)


def read_summary(data: bytes) -> CaseSummary | None:
    """A summary as it was kept; None if a program of another time wrote it otherwise."""
    try:
        return _SUMMARY.decode(data)
    except msgspec.MsgspecError:
        return None


def now() -> datetime:
    """UTC, without zone, as the store has all its times."""
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


def _earlier(session: Session, run: RunRow) -> Earlier:
    wanted = (
        select(TicketRow.id, TicketRow.name, RunTicketRow.digest)
        .join(RunTicketRow, RunTicketRow.ticket_id == TicketRow.id)
        .where(RunTicketRow.run_id == run.id)
    )
    return Earlier(
        tickets={
            TicketId(ticket): (name, digest) for ticket, name, digest in session.execute(wanted)
        }
    )
