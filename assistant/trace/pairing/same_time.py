"""Which negotiation of one trace is which of the other, by the time at which they happened."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from assistant.trace.pairing.clock import Clock, Pairs
from assistant.trace.pairing.common_event import may_pair
from assistant.trace.pairing.counterpart import Counterparts, Site, View
from assistant.trace.pairing.sighting import Sighting

_NEIGHBOURS = 64
"""Negotiations that are looked at for one; a negotiation takes seconds."""
LONGEST_S = 240.0
"""Of a set-up; strongSwan gives up after 165 s."""
_SLACK_S = 1.0
_OTHER_END_S = 20.0
"""A tunnel that came up at one side only is so much farther away than one that did at both."""
_SAME_S = 2.0


class Matched(Struct, frozen=True, kw_only=True):
    """Negotiations that are the same, and those of which that cannot be told."""

    pairs: list[tuple[Sighting, Sighting]]
    """The linked ones and those found by time."""
    ambiguous: set[Sighting] = field(default_factory=set)
    """Those that may be one of several."""


_Candidate = tuple[float, Sighting, Sighting]


def matched(
    ours: View, theirs: View, who: Counterparts, linked: Pairs, clock: Clock | None
) -> Matched:
    """Pair what is linked, then what happened at the same time with opposite roles."""
    pairs = list(linked)
    if clock is None:
        return Matched(pairs=pairs)
    taken = {one for pair in pairs for one in pair}
    partners: dict[Site, set[Site]] = {}
    for one, two in pairs:
        here, there = ours.site_of[one], theirs.site_of[two]
        partners.setdefault(here, set()).add(there)
        partners.setdefault(there, set()).add(here)
    mine = [one for one in _pool(who.ours) if one not in taken]
    other = [two for two in _pool(who.theirs) if two not in taken]
    candidates = [
        (_distance(one, two, clock), one, two)
        for one, two in _at_the_same_time(mine, other, clock, proven=who.proven or bool(linked))
        if _may_belong(ours.site_of[one], theirs.site_of[two], partners)
    ]
    ambiguous = _ambiguous(candidates, ours, theirs, (clock.high - clock.low) / 2 + _SAME_S)
    candidates.sort(key=lambda one: one[0])
    for _, one, two in candidates:
        if not {one, two} & (taken | ambiguous):
            taken |= {one, two}
            pairs.append((one, two))
    return Matched(pairs=pairs, ambiguous=ambiguous)


def _pool(sites: Sequence[Site]) -> list[Sighting]:
    return sorted((one for site in sites for one in site.sightings), key=lambda one: one.begin)


def _at_the_same_time(
    ours: Sequence[Sighting], theirs: Sequence[Sighting], clock: Clock, *, proven: bool
) -> Iterator[tuple[Sighting, Sighting]]:
    """What may be the same; of a tunnel that is up it must be proven whose it is."""
    begins = [two.begin for two in theirs]
    up = [two for two in theirs if two.up]
    up_begins = [two.begin for two in up]
    for one in ours:
        first = one.begin + clock.low - _SLACK_S
        last = (one.life_end if one.up else one.end) + clock.high + _SLACK_S
        at = bisect_left(begins, first - LONGEST_S)
        near = theirs[at : min(at + _NEIGHBOURS, bisect_right(begins, last))]
        # A tunnel that was up already began long before.
        before = bisect_right(up_begins, first - LONGEST_S)
        for two in [*(up[max(before - 2, 0) : before] if one.up else ()), *near]:
            told = proven or not (one.up or two.up)
            if told and may_pair(one, two) and _overlap(one, two, clock):
                yield one, two


def _overlap(one: Sighting, two: Sighting, clock: Clock) -> bool:
    if one.up and two.up and not (one.set_up and two.set_up):
        end, other_end = one.life_end, two.life_end
    elif one.set_up and two.set_up:
        end, other_end = one.end, two.end
    else:
        return False
    return (
        two.begin <= end + clock.high + _SLACK_S and other_end >= one.begin + clock.low - _SLACK_S
    )


def _distance(one: Sighting, two: Sighting, clock: Clock) -> float:
    apart = abs(two.begin - clock.likely - one.begin)
    return apart if one.up == two.up else apart + _OTHER_END_S


def _may_belong(one: Site, two: Site, partners: dict[Site, set[Site]]) -> bool:
    """Not if either is known to be the other end of another site."""
    here, there = partners.get(one), partners.get(two)
    return (here is None and there is None) or (here is not None and two in here)


def _ambiguous(
    candidates: Sequence[_Candidate], ours: View, theirs: View, margin: float
) -> set[Sighting]:
    """Those for which two sites of the other trace come into question equally well."""
    nearest: dict[Sighting, dict[Site, float]] = {}
    for distance, one, two in candidates:
        for mine, site in ((one, theirs.site_of[two]), (two, ours.site_of[one])):
            by_site = nearest.setdefault(mine, {})
            by_site[site] = min(distance, by_site.get(site, distance))
    found: set[Sighting] = set()
    for sighting, by_site in nearest.items():
        if len(by_site) > 1:
            best, second = sorted(by_site.values())[:2]
            if second - best <= margin:
                found.add(sighting)
    return found
