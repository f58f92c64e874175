"""What negotiations that were settled before leave behind for later ones of the same trace."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, field

from assistant.model.event import Address, Event, RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Moment, Place
from assistant.trace.negotiation import Draft
from assistant.trace.outcome import flaps

Change = tuple[Moment, Literal["up", "lost", "gone"], Place]
"""When, and whether the tunnel came up, fell to a fault, or was taken down on purpose."""
Told = tuple[Event, int, list[Place]]
"""An event, how often, and what it rests on."""


def changes_of(draft: Draft, outcome: Outcome) -> Iterator[Change]:
    """What one negotiation changed, where the trace shows when."""
    up, down = draft.connected_at, draft.ended
    if up is not None and up.time is not None:
        yield up.time, "up", up
    if down is not None and down.time is not None:
        yield down.time, "lost" if outcome.is_fault else "gone", down


class Earlier(Struct):
    """Each by remote site; empty where nothing was settled yet."""

    begun: dict[RemoteSite, int] = field(default_factory=dict)
    """Number of the first negotiation."""
    up: dict[RemoteSite, Place] = field(default_factory=dict)
    """The last record that shows the tunnel up."""
    changes: dict[RemoteSite, list[Change]] = field(default_factory=dict)
    """By time: those that a fault which is not told yet may be seen against."""
    gateways: dict[RemoteSite, set[Address | None]] = field(default_factory=dict)
    flaps: dict[RemoteSite, int] = field(default_factory=dict)
    """How many of the last negotiations in a row the peer took down right after they came up."""
    waiting: frozenset[int] = frozenset()
    """Numbers of negotiations that are over and not settled yet, because more may come."""
    others: dict[int, Told | None] = field(default_factory=dict)
    """Of these, how the other sites fared; by number."""

    def add(self, draft: Draft, outcome: Outcome) -> None:
        """One more, which begins after all others of its site."""
        site = draft.remote_site
        self.begun.setdefault(site, draft.number)
        self.gateways.setdefault(site, set()).add(draft.gateway)
        up = up_in(draft)
        if up is not None:
            self.up[site] = up
        for change in changes_of(draft, outcome):
            insort(self.changes.setdefault(site, []), change, key=_when)
        self.others.pop(draft.number, None)
        self.flaps[site] = self.flaps.get(site, 0) + 1 if flaps(draft) else 0

    def forget(self, since: Moment) -> None:
        """Forget changes long before a moment; of each site the last one before it stays."""
        for changes in self.changes.values():
            old = bisect_left(changes, since, key=_when)
            del changes[: max(old - 1, 0)]


def _when(change: Change) -> Moment:
    return change[0]


def up_in(draft: Draft) -> Place | None:
    """The record of a negotiation that shows the tunnel up."""
    if draft.connected_at is not None:
        return draft.connected_at
    return draft.first if draft.was_up else None
