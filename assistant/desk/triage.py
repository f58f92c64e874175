"""Everything that is decided about all tickets together: order, groups, outages, what comes first.

A pure function of what was found of each ticket: the order in which they were diagnosed, by how
many processes and in how many runs, changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from assistant.desk.common_outages import common_outages
from assistant.desk.identity import short
from assistant.desk.similar import Resolved, similar_to
from assistant.desk.urgency import queue_of, reasons_of, urgency_of
from assistant.model.event import RemoteSite
from assistant.model.source import Moment
from assistant.model.ticket import BadTicket, Language, Ticket, TicketId
from assistant.model.triage import (
    CaseSummary,
    Change,
    Changes,
    CommonOutage,
    Fingerprint,
    First,
    Group,
    Reason,
    Triage,
    TriagedTicket,
    Urgency,
)

_FIRST = 3
"""What one person can keep in mind at the begin of a shift."""


class Diagnosed(Struct, frozen=True, kw_only=True):
    """One ticket and what was found of it."""

    ticket: Ticket
    language: Language
    summary: CaseSummary


class Earlier(Struct, frozen=True, kw_only=True):
    """What the last run through the same paths had."""

    tickets: Mapping[TicketId, tuple[str, str]]
    """Name and digest by id."""


def triage(
    found: Iterable[Diagnosed],
    bad: Iterable[BadTicket],
    *,
    knowledge: str,
    resolved: Sequence[Resolved] = (),
    earlier: Earlier | None = None,
) -> Triage:
    """Decide about all tickets."""
    diagnosed = sorted(found, key=lambda one: one.ticket.id)
    lost = common_outages({one.ticket.id: one.summary.losses for one in diagnosed})
    struck: dict[TicketId, list[CommonOutage]] = defaultdict(list)
    for outage in lost:
        for ticket in outage.tickets:
            struck[ticket].append(outage)
    tickets = tuple(
        sorted(
            (_ticket(one, struck.get(one.ticket.id, ()), earlier) for one in diagnosed),
            key=_by_urgency,
        )
    )
    grouped = _groups(tickets, resolved)
    return Triage(
        tickets=tickets,
        groups=grouped,
        outages=lost,
        bad=tuple(sorted(bad, key=lambda one: (one.name, one.reason, one.words))),
        first=_first(tickets, grouped, lost),
        changes=_changes(tickets, earlier) if earlier else None,
        knowledge=knowledge,
    )


def _ticket(one: Diagnosed, of: Sequence[CommonOutage], earlier: Earlier | None) -> TriagedTicket:
    ticket, summary = one.ticket, one.summary
    largest = max(of, key=lambda outage: len(outage.tickets), default=None)
    reasons = reasons_of(summary, largest)
    score = sum(reason.points for reason in reasons)
    return TriagedTicket(
        id=ticket.id,
        name=ticket.name,
        kind=ticket.kind,
        subject=ticket.subject,
        language=one.language,
        inputs=tuple((each.name, each.sha256, each.size_bytes) for each in ticket.inputs),
        summary=summary,
        queue=queue_of(summary, largest),
        urgency=urgency_of(score, summary.verdict),
        score=score,
        reasons=reasons,
        group=_group_id(summary.fingerprint),
        outages=tuple(outage.id for outage in of),
        change=_change(ticket, earlier),
    )


def _by_urgency(one: TriagedTicket) -> tuple[int, int, str, str]:
    return (one.urgency.rank, -one.score, one.name, one.id)


def _group_id(fingerprint: Fingerprint) -> str:
    return f"G-{short(str(fingerprint))}"


def _groups(tickets: Sequence[TriagedTicket], resolved: Sequence[Resolved]) -> tuple[Group, ...]:
    together: dict[Fingerprint, list[TriagedTicket]] = defaultdict(list)
    for one in tickets:
        together[one.summary.fingerprint].append(one)
    groups = [_group(*one, resolved) for one in together.items()]
    return tuple(
        sorted(groups, key=lambda one: (one.urgency.rank, -one.score, -len(one.tickets), one.id))
    )


def _group(
    fingerprint: Fingerprint, tickets: list[TriagedTicket], resolved: Sequence[Resolved]
) -> Group:
    most = tickets[0]  # they come in order of urgency
    ids = tuple(one.id for one in tickets)
    return Group(
        id=_group_id(fingerprint),
        fingerprint=fingerprint,
        tickets=ids,
        sites=_sites(tickets),
        first_seen=min(_dated(one.summary.first_seen for one in tickets), default=None),
        last_seen=max(_dated(one.summary.last_seen for one in tickets), default=None),
        queue=most.queue,
        urgency=most.urgency,
        score=most.score,
        similar=similar_to(fingerprint, resolved, without=frozenset(ids)),
    )


def _sites(tickets: Iterable[TriagedTicket]) -> tuple[RemoteSite, ...]:
    names = (one.summary.remote_site for one in tickets)
    return tuple(sorted({name for name in names if name}))


def _dated(moments: Iterable[Moment | None]) -> list[Moment]:
    """A time of day without a date comes neither before nor after another day's."""
    return [one for one in moments if one is not None and one.dated]


def _first(
    tickets: Sequence[TriagedTicket], groups: Sequence[Group], lost: Sequence[CommonOutage]
) -> tuple[First, ...]:
    """What to take first: outages, and groups that are not all explained by one of them."""
    by_id = {one.id: one for one in tickets}
    items = [_item("outage", one.id, [by_id[ticket] for ticket in one.tickets]) for one in lost]
    explained = {ticket for one in lost for ticket in one.tickets}
    for group in groups:
        rest = [by_id[ticket] for ticket in group.tickets if ticket not in explained]
        if rest and group.urgency is not Urgency.NONE:
            items.append(_item("group", group.id, rest))
    items.sort(key=lambda one: (one.urgency.rank, -one.score, -one.tickets, one.id))
    return tuple(items[:_FIRST])


def _item(kind: Literal["outage", "group"], name: str, tickets: list[TriagedTicket]) -> First:
    most = min(tickets, key=_by_urgency)
    many = len(tickets) > 1
    reasons = (Reason(id="together", values=(("n", len(tickets)),)),) if many else ()
    return First(
        kind=kind,
        id=name,
        tickets=len(tickets),
        ticket=most.id,
        urgency=most.urgency,
        score=most.score,
        reasons=(*reasons, *most.reasons),
    )


def _change(ticket: Ticket, earlier: Earlier | None) -> Change:
    if earlier is None or ticket.id not in earlier.tickets:
        return "new"
    return "same" if earlier.tickets[ticket.id][1] == ticket.digest else "changed"


def _changes(tickets: Sequence[TriagedTicket], earlier: Earlier) -> Changes:
    here = {one.id for one in tickets}
    return Changes(
        new=tuple(sorted(one.id for one in tickets if one.change == "new")),
        gone=tuple(
            sorted((one, name) for one, (name, _) in earlier.tickets.items() if one not in here)
        ),
        changed=tuple(sorted(one.id for one in tickets if one.change == "changed")),
    )
