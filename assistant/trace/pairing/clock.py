"""How far the clocks of two traces are apart, estimated from what both sides see."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from msgspec import Struct

from assistant.model.pairing import ClockOffset
from assistant.model.source import Moment
from assistant.trace.pairing.common_event import (
    CommonEvent,
    Strength,
    Way,
    attempt_bounds,
    bounds,
    bounds_of_pair,
    calls,
    common_events,
    may_pair,
)
from assistant.trace.pairing.interval import INLIERS, Interval, agreed, densest
from assistant.trace.pairing.sighting import Sighting, seconds

ASSUMED_S = 10.0
"""Clocks with nothing in common are taken to agree this well: routers that ask a time server do,
and the rest leaves room for those set by hand. Judgement."""
_LEAST_S = 0.1
"""No offset is known better: what is printed is printed when there is time."""
_NEAR_S = 900.0
"""Clocks that nobody keeps are minutes off; more is looked for only if nothing fits so."""
_AT_ONCE_S = 10.0
"""An offset within this of none is preferred to one that fits a single event more."""
_DAY_S = 86_400.0
_ZONE_S = 1_800.0
_ZONES_S = 14 * 3_600.0
_ZONE_SLACK_S = 30.0
"""Time zones differ by whole half hours, up to fourteen hours."""
_FIRST_YEAR = 2003
"""Dates before the first LANCOM VPN traces are those of a clock that was never set."""
_OURS_TRIED = 400
_FAR_TRIED = 60
_THEIRS_TRIED = 3_000
_NEIGHBOURS = 64
"""Events that are held against each other; what very many events do not tell, more do not."""
_MOST = 0.6
"""Of the events of the side that has fewer, so many must fit an offset of hours."""
_DAYS_TRIED = 15
_ALIKE = 3
_ALIKE_S = 1.0
_PACKET_S = 3.0
"""So many calls that are noticed equally soon were noticed as soon as their first packet came."""

Pairs = Sequence[tuple[Sighting, Sighting]]
"""Negotiations of ours, each with the one of theirs that is the same."""


class Span(Struct, frozen=True, kw_only=True):
    """From the first to the last record of a trace, in seconds of its own clock."""

    begin: float
    end: float
    dated: bool
    year: int

    @classmethod
    def of(cls, first: Moment | None, last: Moment | None) -> Span | None:
        """None for a trace without times, or with times that make no span."""
        if first is None or last is None or first.dated != last.dated:
            return None
        begin, end = seconds(first), seconds(last)
        if end < begin:
            return None
        return cls(begin=begin, end=end, dated=first.dated and last.dated, year=last.at.year)


class Clock(Struct, frozen=True, kw_only=True):
    """The other side's clock against ours: theirs minus ours, in seconds."""

    low: float
    high: float
    likely: float
    """Within `low` and `high`: no offset at all if that is possible, else the middle."""
    offset: ClockOffset


def clock_of_pairs(pairs: Pairs, ours: Span, theirs: Span) -> Clock | None:
    """What negotiations allow that are known to be the same; None if that is nothing."""
    by_strength: dict[Strength, list[Interval]] = defaultdict(list)
    known: set[Sighting] = set()
    delays: dict[bool, list[float]] = defaultdict(list)
    for mine, other in pairs:
        if {mine, other} & known:
            continue  # a part of a longer one
        known |= {mine, other}
        ours_calls = calls(mine, other)
        if (mine if ours_calls else other).started:
            delays[ours_calls].append(other.begin - mine.begin)
        for strength, interval in bounds_of_pair(mine, other):
            by_strength[strength].append(interval)
    result: Interval | None = None
    events = 0
    basis = []
    for strength in sorted(by_strength):
        (low, high), count = agreed(by_strength[strength])
        if strength is Strength.ATTEMPT:
            low, high = _at_once(delays, (low, high))
        if result is not None:
            if max(low, result[0]) > min(high, result[1]):
                continue  # the stronger ones are right
            low, high = max(low, result[0]), min(high, result[1])
        result = low, high
        events += count
        basis.append(strength.word)
    return _clock(result, _wishes(ours, theirs), events, tuple(basis)) if result else None


def _at_once(delays: dict[bool, list[float]], within: Interval) -> Interval:
    """Where many calls are noticed after the same time, that is the time a packet takes."""
    for ours_calls, between in delays.items():
        middle = median(between)
        alike = sum(abs(one - middle) <= _ALIKE_S for one in between)
        if len(between) >= _ALIKE and alike >= INLIERS * len(between):
            low, high = (-_PACKET_S, _ALIKE_S) if ours_calls else (-_ALIKE_S, _PACKET_S)
            narrow = max(middle + low, within[0]), min(middle + high, within[1])
            return narrow if narrow[0] <= narrow[1] else within
    return within


def clock_of_pools(
    ours: Sequence[Sighting], theirs: Sequence[Sighting], our_span: Span, their_span: Span
) -> Clock | None:
    """What fits most negotiations of either side; None if nothing or several things do."""
    wishes = _wishes(our_span, their_span)
    for near in (True, False):
        for strength, candidates in _candidates(ours, theirs, wishes, near=near):
            interval = (
                _nearest(candidates, wishes)
                if near
                else _farther(candidates, wishes, strength, (our_span, their_span))
            )
            if interval is not None:
                middle = sum(interval) / 2
                pairs = [
                    (one, two) for (low, high), one, two in candidates if low <= middle <= high
                ]
                return clock_of_pairs(pairs, our_span, their_span)
    return None


def assumed_clock(ours: Span, theirs: Span) -> Clock | None:
    """That both clocks agree, if the traces overlap in one way only."""
    overlapping = [
        wish
        for wish in _wishes(ours, theirs)
        if theirs.begin - wish <= ours.end and ours.begin <= theirs.end - wish
    ]
    if len(overlapping) != 1:
        return None
    wish = overlapping[0]
    return _clock((wish - ASSUMED_S, wish + ASSUMED_S), (wish,), 0, ("assumed",))


def _clock(
    interval: Interval, wishes: Sequence[float], events: int, basis: tuple[str, ...]
) -> Clock:
    low, high = interval
    middle = (low + high) / 2
    low, high = min(low, middle - _LEAST_S), max(high, middle + _LEAST_S)
    wish = min(wishes, key=lambda one: abs(one - middle))
    return Clock(
        low=low,
        high=high,
        likely=wish if low <= wish <= high else middle,
        offset=ClockOffset(
            # Without a date the days between two traces mean nothing.
            seconds=round(middle - wish, 3) + 0.0,  # no minus before a zero
            uncertainty_s=round((high - low) / 2, 3),
            events=events,
            basis=basis,
        ),
    )


def _wishes(ours: Span, theirs: Span) -> tuple[float, ...]:
    """The offsets of clocks that agree: none, or whole days where a date is missing."""
    if ours.dated and theirs.dated:
        return (0.0,)
    least = round((theirs.begin - ours.end) / _DAY_S) - 1
    most = round((theirs.end - ours.begin) / _DAY_S) + 1
    middle = (least + most) // 2
    first = max(least, middle - _DAYS_TRIED // 2)
    return tuple(day * _DAY_S for day in range(first, min(most, first + _DAYS_TRIED) + 1))


# What fits most -----------------------------------------------------------------------------

_Candidate = tuple[Interval, Sighting, Sighting]


def _candidates(
    ours: Sequence[Sighting],
    theirs: Sequence[Sighting],
    wishes: Sequence[float],
    *,
    near: bool,
) -> Iterator[tuple[Strength, list[_Candidate]]]:
    """Each sort of event with the offsets that two of them would have, the strongest first."""
    mine, other = _events(ours), _events(theirs)
    for strength in Strength:
        found: list[_Candidate] = []
        for key, events in mine.items():
            if key[0] is strength and _mirrored(key) in other:
                tried = _spread(events, _OURS_TRIED) if near else _middle(events, _FAR_TRIED)
                against = other[_mirrored(key)][:_THEIRS_TRIED]
                found += _against(tried, against, wishes if near else None)
        if found:
            yield strength, found


_Kind = tuple[Strength, tuple[str, ...], Way]
_Timed = tuple[float, CommonEvent | None, Sighting]


def _events(sightings: Sequence[Sighting]) -> dict[_Kind, list[_Timed]]:
    """The events that do not say by their key which they are, by kind and in order of time."""
    by_kind: dict[_Kind, list[_Timed]] = defaultdict(list)
    for one in sightings:
        for event in common_events(one):
            if not event.exact:
                kind = (event.strength, event.key, event.way)
                by_kind[kind].append((event.times[0], event, one))
        if one.set_up:
            by_kind[Strength.ATTEMPT, (), "both"].append((one.begin, None, one))
    for events in by_kind.values():
        events.sort(key=lambda item: item[0])
    return by_kind


def _mirrored(kind: _Kind) -> _Kind:
    strength, key, way = kind
    opposite: dict[Way, Way] = {"out": "in", "in": "out", "both": "both"}
    return strength, key, opposite[way]


def _against(
    ours: Sequence[_Timed], theirs: Sequence[_Timed], wishes: Sequence[float] | None
) -> Iterator[_Candidate]:
    times = [time for time, _, _ in theirs]
    for time, event, one in ours:
        for wish in wishes or (None,):
            if wish is None:
                near: Sequence[_Timed] = theirs
            else:
                at = bisect_left(times, time + wish)
                around = theirs[max(at - _NEIGHBOURS // 2, 0) : at + _NEIGHBOURS // 2]
                near = [item for item in around if abs(item[0] - time - wish) <= _NEAR_S]
            for _, other_event, two in near:
                # What came up at one side only tells no offset.
                if may_pair(one, two) and one.up == two.up:
                    interval = (
                        bounds(event, other_event)
                        if event and other_event
                        else attempt_bounds(one, two)
                    )
                    if interval is not None:
                        yield interval, one, two


def _spread(events: Sequence[_Timed], most: int) -> Sequence[_Timed]:
    """So many of them, evenly spread."""
    return events[:: -(-len(events) // most)] if len(events) > most else events


def _middle(events: Sequence[_Timed], most: int) -> Sequence[_Timed]:
    """So many in a row: their distances are what is recognised."""
    first = max((len(events) - most) // 2, 0)
    return events[first : first + most]


def _nearest(candidates: Sequence[_Candidate], wishes: Sequence[float]) -> Interval | None:
    """The offset that fits most, with a liking for clocks that agree."""
    intervals = [interval for interval, _, _ in candidates]
    best, most, _ = densest(intervals, wishes)
    for wish in wishes:
        clipped = [
            (max(low, wish - _AT_ONCE_S), min(high, wish + _AT_ONCE_S))
            for low, high in intervals
            if low <= wish + _AT_ONCE_S and high >= wish - _AT_ONCE_S
        ]
        if clipped and len(clipped) >= most - 1:
            region, count, _ = densest(clipped, wishes)
            if count >= max(most - 1, 1):
                return region
    return best


def _farther(
    candidates: Sequence[_Candidate],
    wishes: Sequence[float],
    strength: Strength,
    spans: tuple[Span, Span],
) -> Interval | None:
    """An offset of hours or years: only if it is the only one, and not by chance."""
    best, most, rivals = densest([interval for interval, _, _ in candidates], wishes)
    fewer = min(len({one for _, one, _ in candidates}), len({two for _, _, two in candidates}))
    if rivals or most < _MOST * fewer:
        return None
    never_set = (spans[0].year < _FIRST_YEAR) != (spans[1].year < _FIRST_YEAR) and all(
        span.dated for span in spans
    )
    wish = min(wishes, key=lambda one: abs(one - sum(best) / 2))
    # An attempt takes half a minute: some of many fit by chance.
    several = most > 1 and (strength is not Strength.ATTEMPT or most >= fewer)
    fits = several or never_set or _is_zone(best[0] - wish, best[1] - wish)
    return best if fits else None


def _is_zone(low: float, high: float) -> bool:
    """Whether an offset may be that of another time zone."""
    zone = round((low + high) / 2 / _ZONE_S) * _ZONE_S
    return abs(zone) <= _ZONES_S and low - _ZONE_SLACK_S <= zone <= high + _ZONE_SLACK_S
