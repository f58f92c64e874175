"""Says of each record of a source which negotiation it belongs to, and how far that one was."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from assistant.model.event import Event, RemoteSite
from assistant.model.negotiation import Negotiation, Stage
from assistant.model.newer_message import IkeMessage
from assistant.model.source import Moment
from assistant.trace.negotiation import stage_proven
from assistant.trace.read import Annotated

_NOBODY = RemoteSite("")


class Membership:
    """Follows one source from its first record to its last.

    A record belongs to the negotiation whose places name it; else to that of the remote site it
    names; else, if only one negotiation is under way there, to this one.
    """

    def __init__(self, negotiations: Iterable[Negotiation]) -> None:
        """Takes the negotiations of one source, in any order."""
        self._ahead = sorted(negotiations, key=lambda one: -one.first.first_line)
        """The next one last."""
        self._under_way: list[tuple[int, int, Negotiation]] = []
        """A heap by last line."""
        self._of_site: dict[RemoteSite, dict[int, Negotiation]] = {}
        """The same by remote site, in the order in which they began."""
        self._named: dict[int, Negotiation] = {}
        """By the first line of a place of a negotiation that is under way."""
        self._stages: dict[int, Stage] = {}
        """By the number of the negotiation."""
        self._number = 0

    def of(self, record: Annotated) -> tuple[RemoteSite, Stage | None]:
        """The remote site of the next record and the stage reached with it.

        Returns:
            An empty name where nothing tells it; no stage outside of any negotiation.
        """
        line = record.record.place.first_line
        self._go_to(line, record.record.place.last_line)
        event = record.reading.event if record.reading else None
        named = event.remote_site if event else None
        one = self._named.get(line) or self._only(named)
        if one is None:
            return named or _NOBODY, None
        return named or one.remote_site, self._reached(one, event, record.record.time)

    def _reached(self, one: Negotiation, event: Event | None, time: Moment | None) -> Stage | None:
        if isinstance(event, IkeMessage):
            # Few traces show such packets.
            from assistant.trace.charon.learn import STAGE_OF_EXCHANGE

            proven = STAGE_OF_EXCHANGE.get(event.exchange)
        else:
            proven = stage_proven(event) if event else None
        if one.connected_at is not None and time is not None and time.at >= one.connected_at.at:
            proven = Stage.CONNECTED
        reached = self._stages.get(one.number)
        if proven is not None and (reached is None or proven.rank > reached.rank):
            self._stages[one.number] = reached = proven
        return reached

    def _go_to(self, first: int, last: int) -> None:
        while self._ahead and self._ahead[-1].first.first_line <= last:
            one = self._ahead.pop()
            self._number += 1
            heappush(self._under_way, (one.last.last_line, self._number, one))
            self._of_site.setdefault(one.remote_site, {})[self._number] = one
            for message in one.messages:
                for place in message.places:
                    if place.source == one.source:
                        self._named[place.first_line] = one
        while self._under_way and self._under_way[0][0] < first:
            _, number, over = heappop(self._under_way)
            del self._of_site[over.remote_site][number]
            self._stages.pop(over.number, None)
            for message in over.messages:
                for place in message.places:
                    if self._named.get(place.first_line) is over:
                        del self._named[place.first_line]

    def _only(self, named: RemoteSite | None) -> Negotiation | None:
        """The one under way, of the site that is named (the latest), or at all."""
        if named is None:
            return self._under_way[0][2] if len(self._under_way) == 1 else None
        found = self._of_site.get(named)
        if not found or (len(found) > 1 and not named):
            return None
        return found[next(reversed(found))]
