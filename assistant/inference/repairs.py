"""In which order to try repairs, what that costs on average, and when to hand over instead.

The order is chance to help per minute, which is optimal for independent repairs of one fault
(Kadane & Simon; Heckerman, Breese, Rommelse 1995). Handing over to somebody who knows more always
helps and costs 90 minutes: repairs that are not worth their minutes against it are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import mul

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.answer import PlannedRepair, RepairPlan, Who

HAND_OVER_MINUTES = 90.0
"""What handing over costs; it always ends the case."""
OTHER_SIDE_MINUTES = 15.0
"""Getting hold of the other side, once: after that its questions and repairs cost their own minutes
only. It is paid for whichever comes first, so a plan that needs the other side anyway makes the
question to it cheap."""

_ROUNDING = 1e-12
"""More than sums of probabilities are off."""


class _Repair(Struct, frozen=True):
    remedy: str
    minutes: int
    cures: float
    there: bool
    """Somebody at the other side has to do it or take part."""
    causes: tuple[int, ...]
    """Places of the causes it cures."""


class RepairPlanner:
    """Plans repairs with one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        causes = tuple(catalog.causes.values())
        self._causes = len(causes)
        self._who = {name: remedy.who for name, remedy in catalog.remedies.items()}
        self._repairs = tuple(
            _Repair(
                remedy=name,
                # A repair that takes no time would be tried first whatever it helps.
                minutes=max(remedy.minutes, 1),
                cures=remedy.cures / 100,
                there=remedy.who in ("remote", "both"),
                causes=tuple(place for place, one in enumerate(causes) if name in one.remedies),
            )
            for name, remedy in catalog.remedies.items()
            if remedy.cures > 0 and any(name in one.remedies for one in causes)
        )

    def possible(
        self, *, tried: Collection[str] = (), away: Collection[Who] = (), reached: bool = False
    ) -> Repairs:
        """The repairs that can be done: not tried yet, and nobody needed who is away.

        `reached`: somebody at the other side is on the phone already.
        """
        return Repairs(
            tuple(
                one
                for one in self._repairs
                if one.remedy not in tried and not needs(self._who[one.remedy], away)
            ),
            causes=self._causes,
            reached=reached,
        )


class Repairs:
    """Repairs to choose from, for many ways the causes may be distributed."""

    def __init__(self, repairs: tuple[_Repair, ...], *, causes: int, reached: bool) -> None:
        self._repairs = repairs
        self._reached = reached
        left = [1.0] * causes
        for one in repairs:
            for place in one.causes:
                left[place] *= 1 - one.cures
        self._left = tuple(left)
        """Of each cause, what is left after all repairs."""
        # By which the chance to help is compared with the chance that it is still broken.
        worth = [one.cures * HAND_OVER_MINUTES / one.minutes for one in repairs]
        self._for_one = [
            (number, one.causes[0], one.cures, one.minutes, worth[number])
            for number, one in enumerate(repairs)
            if len(one.causes) == 1
        ]
        self._for_several = [
            (number, one.causes, one.cures, one.minutes, worth[number])
            for number, one in enumerate(repairs)
            if len(one.causes) != 1
        ]

    def expected_minutes(self, shares: Sequence[float]) -> float:
        """Minutes to repair on average (ECR), `shares` in the order of the catalog's causes."""
        return self._run(shares)[0]

    def plan(self, shares: Sequence[float]) -> RepairPlan:
        """The order to try them in."""
        minutes, unrepaired, chosen = self._run(shares)
        return RepairPlan(
            repairs=tuple(
                PlannedRepair(
                    remedy=one.remedy,
                    probability=one.cures * sum(shares[place] for place in one.causes),
                    minutes=one.minutes,
                )
                for one in chosen
            ),
            expected_minutes=minutes,
            unrepaired=unrepaired,
        )

    def _run(self, shares: Sequence[float]) -> tuple[float, float, list[_Repair]]:
        """Minutes, probability that nothing helped, and the repairs worth trying."""
        # So much stays broken whatever is done. Repairs that are not worth their minutes even then
        # would be left out one by one; most are, and every answer to every question is looked at.
        least = sum(map(mul, shares, self._left)) - _ROUNDING
        ordered = [
            (-shares[place] * cures / minutes, number)
            for number, place, cures, minutes, worth in self._for_one
            if shares[place] * worth > least
        ]
        for number, places, cures, minutes, worth in self._for_several:
            helps = 0.0
            for place in places:
                helps += shares[place]
            if helps * worth > least:
                ordered.append((-helps * cures / minutes, number))
        ordered.sort()
        order = [self._repairs[number] for _, number in ordered]
        if self._reached or not any(one.there for one in order):
            return _try(order, shares, waiting=0.0)
        # No single repair over there need be worth the waiting; all of them together may.
        with_them = _try(order, shares, waiting=OTHER_SIDE_MINUTES)
        alone = _try([one for one in order if not one.there], shares, waiting=0.0)
        return min(with_them, alone, key=lambda run: run[0])


def _try(
    order: Sequence[_Repair], shares: Sequence[float], *, waiting: float
) -> tuple[float, float, list[_Repair]]:
    """Go through the repairs, leaving out what handing over beats."""
    left = list(shares)
    broken = 1.0
    minutes = 0.0
    chosen = []
    for one in order:
        gain = 0.0
        for place in one.causes:
            gain += left[place]
        gain *= one.cures
        if gain * HAND_OVER_MINUTES <= one.minutes * broken:
            continue
        if one.there:
            minutes += waiting * broken
            waiting = 0.0
        chosen.append(one)
        minutes += one.minutes * broken
        broken -= gain
        for place in one.causes:
            left[place] *= 1 - one.cures
    broken = max(broken, 0.0)
    return minutes + broken * HAND_OVER_MINUTES, broken, chosen


def needs(who: str, away: Collection[Who]) -> bool:
    """Whether somebody who is away would have to do it; `both` needs either side."""
    return who in away or (who == "both" and bool(away))
