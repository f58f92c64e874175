"""One negotiation as one side saw it, in seconds of that side's clock: what pairing compares."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeVar

from msgspec import Struct

from assistant.model.derived import Failure, PeerHeard, TimedOut, TimeJump, TraceCoverage
from assistant.model.event import Event, Role
from assistant.model.message import AuthPacketReceived
from assistant.model.negotiation import Negotiation, Occurrence, Outcome, Stage
from assistant.model.newer_message import IkeMessage
from assistant.model.source import Moment, Place
from assistant.trace.derived import TIME_OUT_S

Heard = Literal["nothing", "dynamic-vpn", "ike"]
_E = TypeVar("_E", bound=Event)
_START = datetime(1, 1, 1)  # noqa: DTZ001 - device times have no zone


class Sighting(Struct, frozen=True, kw_only=True, eq=False):
    """A negotiation with its times; each is one of its own, equal to no other."""

    negotiation: Negotiation
    begin: float
    """Of the set-up, of a tunnel whose set-up is not shown of what is."""
    end: float
    """Of the set-up: failed, connected, or the last record of it."""
    set_up: bool
    """Begin and end are those of a set-up; else the tunnel was up already."""
    started: bool
    """Its first record is one with which a negotiation begins."""
    life_end: float
    """Until when it is known to have gone on."""
    up: bool
    """It was connected at some time."""
    heard: Heard | None
    """What arrived from the other side; None if the trace does not tell."""

    @property
    def role(self) -> Role | None:
        """Who started it, as this side knows it."""
        return self.negotiation.role

    @property
    def timed_out(self) -> bool:
        """It ended because an answer was missing, so it had sent something."""
        return found(self.negotiation, TimedOut) is not None


def seconds(moment: Moment) -> float:
    """Seconds of the device's own clock; of no use but to be subtracted."""
    return (moment.at - _START).total_seconds()


def found(negotiation: Negotiation, kind: type[_E]) -> tuple[_E, Occurrence] | None:
    """The first derived event of this kind, and where it stands."""
    for occurrence in negotiation.derived:
        if isinstance(occurrence.event, kind):
            return occurrence.event, occurrence
    return None


def fault_place(negotiation: Negotiation) -> Place | None:
    """The record that reports the fault."""
    failure = found(negotiation, Failure)
    return failure[1].places[-1] if failure else None


def sighting(negotiation: Negotiation, trace_end: Moment | None) -> Sighting | None:
    """What can be compared of a negotiation; None if none of its records has a time."""
    first, last = negotiation.first.time, negotiation.last.time
    if first is None:
        return None
    begin = max(seconds(first), _after_jumps(negotiation))
    coverage = found(negotiation, TraceCoverage)
    started = coverage is not None and coverage[0].start == "seen"
    connected, ended = negotiation.connected_at, negotiation.ended_at
    up = (
        connected is not None
        or negotiation.stage is Stage.CONNECTED
        or (not started and negotiation.outcome in (Outcome.LOST, Outcome.DISCONNECTED))
    )
    life_end = seconds(ended or last or first)
    if up and ended is None and trace_end is not None:
        life_end = max(life_end, seconds(trace_end))
    set_up = not up or connected is not None
    end = seconds(connected) if connected else seconds(ended or last or first)
    if not up and not started and found(negotiation, TimedOut):
        # Only the end was copied; the device gives up a fixed time after the start.
        begin = min(begin, end - TIME_OUT_S)
    return Sighting(
        negotiation=negotiation,
        begin=begin,
        end=max(begin, end),
        set_up=set_up,
        started=started,
        life_end=max(life_end, end, begin),
        up=up,
        heard=_heard(negotiation, up=up),
    )


def _after_jumps(negotiation: Negotiation) -> float:
    """Where the last part begins of what looks like one negotiation and is too long for it."""
    jumps = [one for one in negotiation.derived if isinstance(one.event, TimeJump)]
    times = [place.time for one in jumps for place in one.places if place.time is not None]
    return max(map(seconds, times), default=float("-inf"))


def _heard(negotiation: Negotiation, *, up: bool) -> Heard | None:
    if up or (negotiation.stage and negotiation.stage.rank >= Stage.CHILD_SA.rank):
        return "ike"
    told = found(negotiation, PeerHeard)
    if told is not None:
        return told[0].by
    events = [occurrence.event for occurrence in negotiation.messages]
    if any(isinstance(one, IkeMessage) and one.direction == "received" for one in events):
        return "ike"
    return "dynamic-vpn" if any(isinstance(one, AuthPacketReceived) for one in events) else None
