"""What people ask the store: a list of tickets, one ticket, and what it really was."""

from __future__ import annotations

import difflib
import zlib
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.desk.content import with_sides
from assistant.desk.identity import spoken
from assistant.desk.store.opening import told
from assistant.desk.store.store import Store, now, read_summary
from assistant.desk.store.tables import DiagnosisRow, InputRow, ResolutionRow, TicketRow
from assistant.desk.urgency import queue_of
from assistant.errors import InputError
from assistant.model.ticket import TicketId, TicketInput
from assistant.model.triage import CaseSummary, Queue

_ALIKE = 3
"""Ids that are offered instead of an unknown one."""


class Resolution(Struct, frozen=True, kw_only=True):
    """What somebody said it really was."""

    cause: str
    remedy: str | None
    helped: bool | None
    note: str
    who: str
    at: datetime
    """UTC, without zone."""


class KeptTicket(Struct, frozen=True, kw_only=True):
    """One ticket as the store has it."""

    id: TicketId
    name: str
    kind: str
    subject: str
    verdict: str
    fingerprint: str
    summary: CaseSummary | None
    """None where only a program of another time can read it."""
    ranking: tuple[tuple[str, float], ...]
    """As it was shown."""
    answers: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each."""
    resolutions: tuple[Resolution, ...]
    """In the order they were said; the last one counts."""

    @property
    def queue(self) -> Queue | None:
        """Who must act next, as far as is known; nobody once it is resolved and helped."""
        if self.resolutions and self.resolutions[-1].helped is not False:
            return Queue.NOBODY
        return queue_of(self.summary) if self.summary else None


class Filter(Struct, frozen=True, kw_only=True):
    """Which tickets are listed; what is None or empty filters nothing."""

    resolved: bool | None = None
    cause: str | None = None
    """That leads the ranking, or was the resolution."""
    queue: Queue | None = None
    text: str = ""
    """Somewhere in id, name, subject or remote site, whatever the case."""


def list_tickets(store: Store, wanted: Filter) -> tuple[KeptTicket, ...]:
    """The tickets that a filter lets through, by name."""
    options = (
        selectinload(TicketRow.resolutions),
        selectinload(TicketRow.diagnoses).selectinload(DiagnosisRow.ranking),
        selectinload(TicketRow.diagnoses).selectinload(DiagnosisRow.answers),
        selectinload(TicketRow.diagnoses).selectinload(DiagnosisRow.inputs),
    )
    query = select(TicketRow).options(*options).order_by(TicketRow.name, TicketRow.id)
    with told(store.path), store.session() as session, session.begin():
        found = [_kept(row) for row in session.scalars(query)]
    return tuple(one for one in found if _passes(one, wanted))


def find_ticket(store: Store, ticket: str) -> KeptTicket:
    """One ticket by its id, as it is typed.

    Raises:
        InputError: there is none; says which are called alike.
    """
    with told(store.path), store.session() as session, session.begin():
        return _kept(_row(session, ticket))


def document_of(store: Store, ticket: str) -> str:
    """The last diagnosis of a ticket as JSON, `schema: "vpn-diagnosis/2"`.

    Raises:
        InputError: there is no such ticket.
    """
    with told(store.path), store.session() as session, session.begin():
        return zlib.decompress(_row(session, ticket).diagnoses[-1].document).decode()


def inputs_of(store: Store, ticket: str) -> tuple[TicketInput, ...] | None:
    """What a ticket held when it was diagnosed last; None if there is no such ticket.

    Raises:
        InputError: it was not kept, or not all of it.
    """
    with told(store.path), store.session() as session, session.begin():
        row = session.get(TicketRow, spoken(ticket))
        if row is None:
            return None
        found = []
        for one in row.diagnoses[-1].inputs:
            kept = session.get_one(InputRow, one.sha256)
            if kept.content is None:
                raise InputError("ticket-not-kept", ticket=row.id, place=row.place)
            data = zlib.decompress(kept.content)
            found.append(
                TicketInput(name=one.name, sha256=one.sha256, size_bytes=len(data), data=data)
            )
        return tuple(with_sides(found))


def resolve(  # noqa: PLR0913 - what is known of a resolution
    store: Store,
    ticket: str,
    *,
    cause: str,
    remedy: str | None,
    helped: bool | None,
    note: str,
    who: str,
) -> KeptTicket:
    """Say what a ticket really was; what was said before stays.

    Args:
        store: Keeps it.
        ticket: Its id as typed.
        cause: Id of the knowledge base, checked by the caller.
        remedy: The same, if one was tried.
        helped: Whether it did; None if that is not known.
        note: Anything else, in anybody's words.
        who: Says so.

    Raises:
        InputError: there is no such ticket.
    """
    with told(store.path), store.session() as session, session.begin():
        row = _row(session, ticket)
        last = row.diagnoses[-1].id if row.diagnoses else None
        row.resolutions.append(
            ResolutionRow(
                diagnosis_id=last,
                cause=cause,
                remedy=remedy,
                helped=helped,
                note=note,
                who=who,
                at=now(),
            )
        )
        session.flush()
        return _kept(row)


def _row(session: Session, ticket: str) -> TicketRow:
    row = session.get(TicketRow, spoken(ticket))
    if row is None:
        known = session.scalars(select(TicketRow.id)).all()
        alike = ", ".join(_alike(ticket, known))
        if not alike:
            raise InputError("no-ticket-alike", ticket=ticket)
        raise InputError("no-such-ticket", ticket=ticket, alike=alike)
    return row


def _alike(ticket: str, known: Iterable[str]) -> list[str]:
    ids = list(known)
    begun = [one for one in ids if one.startswith(spoken(ticket)[:3] or "?")]
    close = difflib.get_close_matches(spoken(ticket), ids, n=_ALIKE, cutoff=0.5)
    return list(dict.fromkeys([*close, *sorted(begun)]))[:_ALIKE]


def _kept(row: TicketRow) -> KeptTicket:
    last = row.diagnoses[-1]
    return KeptTicket(
        id=TicketId(row.id),
        name=row.name,
        kind=row.kind,
        subject=row.subject,
        verdict=last.verdict,
        fingerprint=last.fingerprint,
        summary=read_summary(last.summary),
        ranking=tuple((one.cause, one.probability) for one in last.ranking),
        answers=tuple((one.question, one.choice) for one in last.answers),
        inputs=tuple((one.name, one.sha256) for one in last.inputs),
        resolutions=tuple(
            Resolution(
                cause=one.cause,
                remedy=one.remedy,
                helped=one.helped,
                note=one.note,
                who=one.who,
                at=one.at,
            )
            for one in row.resolutions
        ),
    )


def _passes(one: KeptTicket, wanted: Filter) -> bool:
    if wanted.resolved is not None and bool(one.resolutions) is not wanted.resolved:
        return False
    causes = {cause for cause, _ in one.ranking[:1]} | {each.cause for each in one.resolutions}
    if wanted.cause is not None and wanted.cause not in causes:
        return False
    if wanted.queue is not None and one.queue is not wanted.queue:
        return False
    site = one.summary.remote_site if one.summary else None
    text = " ".join((one.id, one.name, one.subject, site or "")).casefold()
    return wanted.text.casefold() in text
