"""One trace of ours beside one of the other side: what they say together of each negotiation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from assistant.catalog.schema import PeerShows
from assistant.model.event import Role
from assistant.model.negotiation import Negotiation, NegotiationId, Outcome
from assistant.model.pairing import PairedNegotiation, PairVerdict
from assistant.model.source import Moment, Place, Side, SourceKind
from assistant.trace.pairing.clock import Clock, Span, assumed_clock, clock_of_pairs, clock_of_pools
from assistant.trace.pairing.common_event import calls, links
from assistant.trace.pairing.counterpart import Counterparts, View, could_be, counterparts
from assistant.trace.pairing.same_time import LONGEST_S, Matched, matched
from assistant.trace.pairing.sighting import Sighting
from assistant.trace.pairing.verdict import PairJudge
from assistant.trace.read import ReadSource

_NEIGHBOURS = 400
"""Negotiations at the time of a call; among more it cannot be told that none is the call."""
_OTHER = {Side.LOCAL: Side.REMOTE, Side.REMOTE: Side.LOCAL}


class Told(Struct, frozen=True, kw_only=True):
    """One negotiation, as both traces together tell it."""

    paired: PairedNegotiation
    ours: Negotiation | None
    theirs: Negotiation | None
    shows: PeerShows | Literal["nothing", "arrived"] | None = None
    """What the called side's trace shows; None if nothing can be said."""
    shows_places: tuple[Place, ...] = ()
    order: float = 0.0
    """When, on our clock."""

    @property
    def caller(self) -> Negotiation | None:
        """As the calling side shows it; None if only the called side does."""
        return self.ours if self.paired.caller is Side.LOCAL else self.theirs

    def ids(self) -> set[NegotiationId]:
        """Of its negotiations."""
        return {one.id for one in (self.ours, self.theirs) if one is not None}


class BothSides(Struct, frozen=True, kw_only=True):
    """Two traces that show the two ends of the same tunnels."""

    ours: View
    theirs: View
    clock: Clock | None
    told: tuple[Told, ...]
    """In the order of our clock."""

    @classmethod
    def of(cls, ours: View, theirs: View, judge: PairJudge) -> BothSides | None:
        """Compare two traces; None if it cannot be told that they belong together."""
        spans = [Span.of(one.source.first, one.source.last) for one in (ours, theirs)]
        if spans[0] is None or spans[1] is None:
            return None
        here, there = spans[0], spans[1]
        linked = links(ours.sightings, theirs.sightings)
        who = counterparts(ours, theirs, linked)
        if who is None:
            return None
        clock = clock_of_pairs(linked, here, there)
        if clock is None:
            # That some tunnel is up at either side is no proof that it is the same.
            mine = [one for site in who.ours for one in site.sightings if who.proven or not one.up]
            other = [
                two for site in who.theirs for two in site.sightings if who.proven or not two.up
            ]
            clock = clock_of_pools(mine, other, here, there) or assumed_clock(here, there)
        same = matched(ours, theirs, who, linked, clock)
        compared = _Compared(ours, theirs, who, same, clock, (here, there))
        told = sorted(compared.all(judge), key=lambda one: one.order)
        return cls(ours=ours, theirs=theirs, clock=clock, told=tuple(told))


class _Compared(Struct, frozen=True):
    ours: View
    theirs: View
    who: Counterparts
    same: Matched
    clock: Clock | None
    spans: tuple[Span, Span]

    def all(self, judge: PairJudge) -> Iterator[Told]:
        """Each negotiation with the other router, once."""
        paired = {one for pair in self.same.pairs for one in pair}
        for one, two in self.same.pairs:
            yield self._both(one, two, judge)
        alone = [
            self._alone(one, Side.LOCAL, paired)
            for site in self.who.ours
            for one in site.sightings
            if one not in paired
        ]
        # Without proof, what only they show may be about somebody else.
        if self.who.proven or self.same.pairs or not self.ours.sites:
            alone += [
                self._alone(two, Side.REMOTE, paired)
                for site in self.who.theirs
                for two in site.sightings
                if two not in paired
            ]
        # Before anything is judged: among these are those that will be one incident.
        arrived = {
            negotiation.shown
            for one, two in self.same.pairs
            for negotiation in (one.negotiation, two.negotiation)
        }
        for told in alone:
            yield _doubted(told) if told.caller and told.caller.shown in arrived else told

    # Shown by both ----------------------------------------------------------------------

    def _both(self, ours: Sighting, theirs: Sighting, judge: PairJudge) -> Told:
        caller_side = Side.LOCAL if calls(ours, theirs) else Side.REMOTE
        caller, called = (ours, theirs) if caller_side is Side.LOCAL else (theirs, ours)
        complete = caller.started and self._covers(
            _OTHER[caller_side], caller.begin, caller.end, surely=True
        )
        judged = judge.judge(caller, called, caller_side, complete=complete)
        return Told(
            paired=PairedNegotiation(
                verdict=judged.verdict,
                caller=caller_side,
                remote_site=ours.negotiation.remote_site,
                ours=ours.negotiation.first,
                theirs=theirs.negotiation.first,
                reason=judged.reason,
                lost=judged.lost,
                at=ours.negotiation.first.time,
            ),
            ours=ours.negotiation,
            theirs=theirs.negotiation,
            shows=judged.shows or "arrived",
            shows_places=judged.places,
            order=ours.begin,
        )

    # Shown by one -----------------------------------------------------------------------

    def _alone(self, one: Sighting, side: Side, paired: set[Sighting]) -> Told:
        negotiation = one.negotiation
        called = one.role is Role.RESPONDER
        verdict = PairVerdict.UNCLEAR
        places: tuple[Place, ...] = ()
        other = _OTHER[side]
        if not (one.set_up and self._covers(other, one.begin, one.end)):
            verdict = PairVerdict.NOT_RECORDED
        elif not called and self._surely_nothing(one, side, paired):
            verdict = PairVerdict.NEVER_ARRIVED
            if one.timed_out or one.heard == "nothing":
                places = self._around(other, one.begin, one.end)
        local = side is Side.LOCAL
        return Told(
            paired=PairedNegotiation(
                verdict=verdict,
                caller=other if called else side,
                remote_site=negotiation.remote_site,
                ours=negotiation.first if local else None,
                theirs=None if local else negotiation.first,
                at=negotiation.first.time if local else self._on_our_clock(negotiation.first.time),
            ),
            ours=negotiation if local else None,
            theirs=None if local else negotiation,
            shows="nothing" if places else None,
            shows_places=places,
            order=one.begin if local else one.begin - (self.clock.likely if self.clock else 0.0),
        )

    def _surely_nothing(self, caller: Sighting, side: Side, paired: set[Sighting]) -> bool:
        """Nothing that the called side shows may be what this call came to."""
        if caller.negotiation.outcome is not Outcome.FAILED or caller in self.same.ambiguous:
            return False
        if caller.heard not in (None, "nothing"):
            return False
        view, sites = (
            (self.theirs, self.who.theirs) if side is Side.LOCAL else (self.ours, self.who.ours)
        )
        mine = self.ours if side is Side.LOCAL else self.theirs
        first, last = self._there(side, caller.begin, caller.end)
        at = bisect_left(view.sightings, first - LONGEST_S, key=lambda one: one.begin)
        after = bisect_right(view.sightings, last, key=lambda one: one.begin)
        if after - at > _NEIGHBOURS:
            return False
        return not any(
            one.end >= first and one not in paired and could_be(one, view.site_of[one], sites, mine)
            for one in view.sightings[at:after]
        )

    # Time -------------------------------------------------------------------------------

    def _there(self, side: Side, begin: float, end: float) -> tuple[float, float]:
        """The widest that a time of this side can be on the other side's clock."""
        if self.clock is None:
            return begin, end
        if side is Side.LOCAL:
            return begin + self.clock.low, end + self.clock.high
        return begin - self.clock.high, end - self.clock.low

    def _shift(self, side: Side) -> float:
        """What makes the other clock's time most likely one of this side's."""
        likely = self.clock.likely if self.clock else 0.0
        return likely if side is Side.REMOTE else -likely

    def _covers(self, side: Side, begin: float, end: float, *, surely: bool = False) -> bool:
        """Whether the trace of this side ran at a time of the other's clock, from begin to end.

        However the clocks are, it must have run half of that time: requests are repeated. Where
        single messages count it must have run all the time, however they are.
        """
        source = (self.ours if side is Side.LOCAL else self.theirs).source
        if self.clock is None or source.clock_set_back or not _watches(source):
            return False
        span = self.spans[0 if side is Side.LOCAL else 1]
        first, last = self._there(_OTHER[side], begin, end)
        if span.begin <= first and last <= span.end:
            return True
        shift = self._shift(side)
        if surely or span.begin > begin + shift or end + shift > span.end:
            return False
        half = (end - begin) / 2
        return span.begin <= first + half and last - half <= span.end

    def _on_our_clock(self, moment: Moment | None) -> Moment | None:
        if moment is None or self.clock is None:
            return None
        try:
            at = moment.at - timedelta(seconds=self.clock.likely)
        except OverflowError:
            return None
        return Moment(at, dated=self.spans[0].dated)

    def _around(self, side: Side, begin: float, end: float) -> tuple[Place, ...]:
        """The records of this side's trace between which the call is missing."""
        view = self.ours if side is Side.LOCAL else self.theirs
        shift = self._shift(side)
        before = bisect_right(view.timeline, begin + shift, key=lambda item: item[0])
        after = bisect_left(view.timeline, end + shift, key=lambda item: item[0])
        near = (*view.timeline[max(before - 1, 0) : before], *view.timeline[after : after + 1])
        return tuple(place for _, place in near)


def _watches(source: ReadSource) -> bool:
    """Whether the trace would show a call: its class was switched on, as its records prove."""
    if source.kind is not SourceKind.LANCOM_TRACE:
        return source.kind not in (SourceKind.EMPTY, SourceKind.OTHER)
    return any(name.casefold().startswith("vpn") for name in source.classes)


def _doubted(told: Told) -> Told:
    """Its like arrived: that this one did not is more likely a gap in what was recorded."""
    if told.paired.verdict is not PairVerdict.NEVER_ARRIVED:
        return told
    paired = replace(told.paired, verdict=PairVerdict.UNCLEAR)
    return replace(told, paired=paired, shows=None, shows_places=())
