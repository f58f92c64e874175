"""Earlier tickets that were resolved and are like this one, with what helped."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from assistant.model.ticket import TicketId
from assistant.model.triage import Fingerprint, Similar

MOST = 3
"""That are shown of a group."""
_FIELDS = ("outcome", "stage", "codes", "cause", "attribute")
_LEAST = 3
"""Fields that must be equal; the cause or the codes among them."""


class Resolved(Struct, frozen=True, kw_only=True):
    """A ticket of which somebody said what it was; the last word counts."""

    ticket: TicketId
    name: str
    fingerprint: Fingerprint
    cause: str
    remedy: str | None
    helped: bool | None
    note: str


def similar_to(
    wanted: Fingerprint, resolved: Sequence[Resolved], *, without: frozenset[TicketId] = frozenset()
) -> tuple[Similar, ...]:
    """The most similar first; what helped before what did not.

    Args:
        wanted: Of the group.
        resolved: All tickets that were resolved.
        without: Tickets that are not told: they are in the group themselves.
    """
    found = []
    for one in resolved:
        same = _same(wanted, one.fingerprint)
        if one.ticket not in without and _is_alike(wanted, same):
            rank = (-len(same), one.helped is not True, one.helped is False, one.ticket)
            found.append((rank, one, same))
    return tuple(
        Similar(
            ticket=one.ticket,
            name=one.name,
            same=same,
            cause=one.cause,
            remedy=one.remedy,
            helped=one.helped,
            note=one.note,
        )
        for _, one, same in sorted(found, key=lambda each: each[0])[:MOST]
    )


def _same(one: Fingerprint, other: Fingerprint) -> tuple[str, ...]:
    return tuple(name for name in _FIELDS if getattr(one, name) == getattr(other, name))


def _is_alike(wanted: Fingerprint, same: tuple[str, ...]) -> bool:
    telling = {name for name in ("codes", "cause") if getattr(wanted, name)}
    return len(same) >= _LEAST and bool(telling.intersection(same))
