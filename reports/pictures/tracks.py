"""Collects what the timeline draws: for each remote site its negotiations and marks, both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.event import Event, RemoteSite
from assistant.model.ike_event import DpdTimedOut, Retransmission
from assistant.model.message import ErrorReported, PollTimeout
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.pairing import PairedNegotiation, Pairing, PairVerdict
from assistant.model.source import Moment, Side
from reports.pictures.scale import seconds

SIGNS = {
    Outcome.ESTABLISHED: "up",
    Outcome.FAILED: "failed",
    Outcome.LOST: "lost",
    Outcome.DISCONNECTED: "ended",
    Outcome.UNFINISHED: "open",
}
"""How the end of a negotiation is drawn."""
_VERDICT_SIGNS = {
    PairVerdict.BOTH_UP: "up",
    PairVerdict.NEVER_ARRIVED: "nothing",
    PairVerdict.NOT_RECORDED: "open",
    PairVerdict.UNCLEAR: "open",
}
_MARKED = 400
"""Marks of one kind and site that are looked at."""


class Course(Struct, frozen=True, kw_only=True):
    """One negotiation in time, seconds on our clock."""

    start: float
    connected: float | None
    end: float
    """Of its last record, where it is not known to have ended."""
    lasts: bool = False
    """It is up and nothing says that it ended."""
    outcome: Outcome
    codes: tuple[str, ...] = ()


class Repeats(Struct, frozen=True, kw_only=True):
    """Further negotiations that ended like one that is drawn; only first and last are known."""

    first: float
    last: float
    count: int
    outcome: Outcome


class Mark(Struct, frozen=True, kw_only=True):
    """Something at one moment."""

    sign: str
    """`poll`, `retry`, `error`; of the other side that of a verdict."""
    at: float
    verdict: PairVerdict | None = None
    """What both traces say of the negotiation."""


class Lane(Struct, kw_only=True):
    """One remote site over the time of the case."""

    site: RemoteSite
    ours: list[Course] = field(default_factory=list)
    repeats: list[Repeats] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    theirs: list[Course] = field(default_factory=list)
    their_marks: list[Mark] = field(default_factory=list)
    missed: int = 0
    """Polls, with those that `marks` does not hold."""
    retried: int = 0
    fault: bool = False

    def moments(self) -> Iterator[float]:
        """Every moment that must be on the drawing."""
        for course in (*self.ours, *self.theirs):
            yield course.start
            yield course.end
        for stretch in self.repeats:
            yield stretch.first
            yield stretch.last
        for mark in (*self.marks, *self.their_marks):
            yield mark.at


class Tracks:
    """The lanes of one diagnosis."""

    def __init__(self, diagnosis: Diagnosis, negotiations: Sequence[Negotiation]) -> None:
        self._dated = _is_dated(diagnosis)
        self._behind = {one.their_source: _offset(one) for one in diagnosis.pairings}
        ends = (self.on_our_clock(one.last, one.name) for one in diagnosis.sources)
        self._end = max((one for one in ends if one is not None), default=0.0)
        self.lanes: dict[RemoteSite, Lane] = {}
        for incident in diagnosis.incidents:
            self._incident(incident, alone=not negotiations)
        for each in negotiations:
            self._negotiation(each)
        for pairing in diagnosis.pairings:
            for paired in pairing.negotiations:
                self._paired(paired, pairing)

    def on_our_clock(self, moment: Moment | None, source: str) -> float | None:
        """Seconds, those of the other side's clock corrected; None where that cannot be known."""
        if moment is None or moment.dated != self._dated:
            return None
        behind = self._behind.get(source, 0.0)
        return None if behind is None else seconds(moment) - behind

    def sorted_lanes(self) -> list[Lane]:
        """Those with something to draw, the sites with a fault first."""
        found = [lane for lane in self.lanes.values() if any(True for _ in lane.moments())]
        for lane in found:
            lane.ours = self._lasting(lane.ours, lane)
            lane.theirs = self._lasting(lane.theirs, lane)
        return sorted(found, key=lambda lane: not lane.fault)

    def _lasting(self, courses: list[Course], lane: Lane) -> list[Course]:
        """In order, those that are still up drawn until the next one, or until the end.

        Where some of the others are not known one by one, nobody knows until when: as it stands.
        """
        courses = sorted(courses, key=lambda one: one.start)
        latest = max((one.last for one in lane.repeats), default=0.0)
        found = []
        for number, one in enumerate(courses, start=1):
            until = one.end
            if one.lasts and latest <= one.end:
                until = courses[number].start if number < len(courses) else self._end
            found.append(replace(one, end=max(one.end, until)))
        return found

    def _incident(self, incident: Incident, *, alone: bool) -> None:
        example = incident.example
        if example is None or incident.outcome is None:
            return
        lane = self._lane(incident.remote_site)
        lane.fault = lane.fault or incident.is_fault
        self._marks(lane, example)
        if not alone:
            return
        self._negotiation(example)
        first = self.on_our_clock(incident.first_seen, example.source)
        last = self.on_our_clock(incident.last_seen, example.source)
        if incident.occurrences > 1 and first is not None and last is not None:
            lane.repeats.append(
                Repeats(
                    first=min(first, last),
                    last=max(first, last),
                    count=incident.occurrences,
                    outcome=incident.outcome,
                )
            )

    def _negotiation(self, one: Negotiation) -> None:
        lane = self._lane(one.remote_site)
        start = self.on_our_clock(one.first.time, one.source)
        if start is None:
            return
        connected = self.on_our_clock(one.connected_at, one.source)
        last = self.on_our_clock(one.ended_at or one.last.time, one.source)
        end = max(start, connected or start, start if last is None else last)
        course = Course(
            start=start,
            connected=max(connected, start) if connected is not None else None,
            end=end,
            lasts=one.outcome is Outcome.ESTABLISHED,
            outcome=one.outcome,
            codes=one.error_codes[:2],
        )
        (lane.ours if one.side is Side.LOCAL else lane.theirs).append(course)

    def _marks(self, lane: Lane, example: Negotiation) -> None:
        if example.side is not Side.LOCAL:
            return
        for one in example.messages:
            sign = _sign_of(one.event)
            if not sign:
                continue
            lane.missed += one.count if sign == "poll" else 0
            lane.retried += one.count if sign == "retry" else 0
            for place in one.places[:_MARKED]:
                at = self.on_our_clock(place.time, place.source)
                if at is not None and len(lane.marks) < _MARKED:
                    lane.marks.append(Mark(sign=sign, at=at))

    def _paired(self, one: PairedNegotiation, pairing: Pairing) -> None:
        at = self.on_our_clock(one.at, pairing.our_source)
        if one.theirs is not None:
            there = self.on_our_clock(one.theirs.time, pairing.their_source)
            at = at if there is None else there
        if at is None:
            return
        sign = _VERDICT_SIGNS.get(one.verdict, "failed")
        self._lane(one.remote_site).their_marks.append(Mark(sign=sign, at=at, verdict=one.verdict))

    def _lane(self, site: RemoteSite) -> Lane:
        return self.lanes.setdefault(site, Lane(site=site))


def recorded(
    diagnosis: Diagnosis, tracks: Tracks, side: Side, first: float, last: float
) -> tuple[tuple[float, float], ...]:
    """From when to when traces of one side were recorded, as far as the drawing shows it."""
    found = []
    for source in diagnosis.sources:
        begin = tracks.on_our_clock(source.first, source.name)
        end = tracks.on_our_clock(source.last, source.name)
        if source.side is side and begin is not None and end is not None and source.records:
            stretch = (max(begin, first), min(end, last))
            if stretch[0] < stretch[1]:
                found.append(stretch)
    return tuple(sorted(found))


def counts(courses: Iterable[Course]) -> Mapping[Outcome, int]:
    """How many negotiations ended how, in the order of `Outcome`."""
    found = dict.fromkeys(Outcome, 0)
    for one in courses:
        found[one.outcome] += 1
    return {outcome: number for outcome, number in found.items() if number}


def _sign_of(event: Event) -> str:
    match event:
        case PollTimeout():
            return "poll"
        case Retransmission():
            return "retry"
        case ErrorReported() | DpdTimedOut():
            return "error"
        case _:
            return ""


def _is_dated(diagnosis: Diagnosis) -> bool:
    """Whether times have a date: as our side has them."""
    known = [one for one in diagnosis.incidents if one.first_seen is not None]
    known.sort(key=lambda one: one.side is not Side.LOCAL)
    first = known[0].first_seen if known else None
    return first.dated if first else True


def _offset(pairing: Pairing) -> float | None:
    """What to take off the other side's times; None if nobody knows."""
    return pairing.offset.seconds if pairing.offset else None
