"""How the other remote sites of the same trace fared: their tunnels tell of our own line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Literal

from assistant.model.derived import OtherSites
from assistant.model.event import Address, Event, RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Moment, Place
from assistant.trace.negotiation import Draft

_TOGETHER_S = 60.0
"""Remote sites lost within this time of each other were lost together."""

_Change = tuple[Moment, Literal["up", "lost", "gone"], Place]
"""When, and whether the tunnel came up, fell to a fault, or was taken down on purpose."""


class Neighbours:
    """How the other remote sites of the trace fared, by time."""

    def __init__(
        self,
        by_site: Mapping[RemoteSite, list[Draft]],
        outcomes: Mapping[int, Outcome],
        end: Place | None,
    ) -> None:
        self._end = end.time if end is not None else None
        self._changes: dict[RemoteSite, list[_Change]] = {}
        self._gateways: dict[RemoteSite, set[Address | None]] = {}
        for site, drafts in by_site.items():
            changes: list[_Change] = []
            for draft in drafts:
                up, down = draft.connected_at, draft.ended
                if up is not None and up.time is not None:
                    changes.append((up.time, "up", up))
                if down is not None and down.time is not None:
                    faulty = outcomes[id(draft)].is_fault
                    changes.append((down.time, "lost" if faulty else "gone", down))
            self._changes[site] = sorted(changes, key=_when)
            self._gateways[site] = {draft.gateway for draft in drafts}

    def of(self, draft: Draft) -> Iterator[tuple[Event, int, list[Place]]]:
        """Up at that moment and for a while after it, or lost within the same minute."""
        down = draft.ended
        if down is None or down.time is None:
            return
        up: list[Place] = []
        lost: list[Place] = []
        for site, changes in self._changes.items():
            if site == draft.remote_site or self._gateways[site] & {draft.gateway}:
                continue
            at = bisect_right(changes, down.time, key=_when)
            near = [
                place
                for when, what, place in changes[max(at - 1, 0) : at + 1]
                if what == "lost" and abs(when.seconds_since(down.time)) <= _TOGETHER_S
            ]
            if near:
                lost.append(near[0])
            elif at and changes[at - 1][1] == "up" and self._went_on(down.time):
                up.append(changes[at - 1][2])
        if up:
            yield OtherSites(state="up"), 1, [*up[:3], down]
        elif lost:
            yield OtherSites(state="lost-too"), 1, [*lost[:3], down]

    def _went_on(self, since: Moment) -> bool:
        """Only then would the loss of another tunnel have been reported as well."""
        return self._end is not None and self._end.seconds_since(since) >= _TOGETHER_S


def _when(change: _Change) -> Moment:
    return change[0]
