"""Scores of rankings against known causes, and how they are printed."""

# Part of a program to look at its output; it asserts nothing.
# ruff: noqa: T201

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

LEAST = 1e-6
"""A probability of 0 would make the log loss infinite."""
NOTHING = "(none)"
"""In the table: the product names no cause."""
_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)

Shares: TypeAlias = Mapping[str, float]
"""Of each cause its probability, falling; empty if none is named."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One case and what the product said of it."""

    name: str
    cause: str
    """The true one."""
    shares: Shares
    accepted: tuple[str, ...] = ()
    """Causes that an honest reader may put first; empty: only the true one."""

    @property
    def first(self) -> str:
        """The cause that leads."""
        return next(iter(self.shares), NOTHING)

    @property
    def place(self) -> int:
        """Of the true cause, from 1; one behind the last if it is not named."""
        return [*self.shares, self.cause].index(self.cause) + 1

    @property
    def probability(self) -> float:
        """Of the true cause."""
        return self.shares.get(self.cause, 0.0)

    @property
    def is_accepted(self) -> bool:
        """An honest reader may put this cause first."""
        return self.first in (self.accepted or (self.cause,))

    @property
    def is_accepted_among_three(self) -> bool:
        """One of the causes that an honest reader may put first is among the first three."""
        return bool({*[*self.shares][:3]} & {*(self.accepted or (self.cause,))})


def log_loss(one: Labelled) -> float:
    """-ln P(true cause); 0 is best."""
    return -math.log(max(one.probability, LEAST))


def brier(one: Labelled) -> float:
    """Squared distance from certainty of the true cause, 0 to 2 (Brier 1950)."""
    wrong = sum(share**2 for cause, share in one.shares.items() if cause != one.cause)
    return (1 - one.probability) ** 2 + wrong


Measure: TypeAlias = Callable[[Labelled], float]
STRICT: Mapping[str, Measure] = {
    "top-1": lambda one: one.place == 1 and bool(one.shares),
    "top-3": lambda one: one.place <= 3 and one.probability > 0,
    "MRR": lambda one: 1 / one.place if one.probability else 0,
    "log loss": log_loss,
    "Brier": brier,
}
"""Against the true cause."""
LISTS: Mapping[str, Measure] = {
    "list-1": lambda one: one.is_accepted,
    "list-3": lambda one: one.is_accepted_among_three,
}
"""Against the causes that an honest reader may put first."""


def mean(measure: Measure, cases: Sequence[Labelled]) -> float:
    """Of all cases; 0 of none."""
    return statistics.fmean(measure(one) for one in cases) if cases else 0.0


def print_measures(
    groups: Mapping[str, Sequence[Labelled]], measures: Mapping[str, Measure] = STRICT
) -> None:
    """One row for each group of cases."""
    print(f"{'cases':10}{'n':>5}" + "".join(f"{name:>10}" for name in measures))
    for name, cases in groups.items():
        if cases:
            values = [mean(measure, cases) for measure in measures.values()]
            print(f"{name:10}{len(cases):5}" + "".join(f"{value:10.3f}" for value in values))


def print_table(cases: Sequence[Labelled]) -> None:
    """Rows are true causes, columns the causes that lead."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in cases:
        table[one.cause][one.first] += 1
    columns = sorted({first for row in table.values() for first in row})
    width = max(map(len, table), default=0)
    for number, name in enumerate(columns, start=1):
        print(f"{number:3} = {name}")
    print(" " * width + "".join(f"{number:4}" for number in range(1, len(columns) + 1)))
    for cause, row in sorted(table.items()):
        cells = "".join(f"{row[name] or '.':>4}" for name in columns)
        print(f"{cause:{width}}{cells}")


def print_calibration(cases: Sequence[Labelled]) -> None:
    """How often the first cause is right, by how probable it is said to be."""
    print(f"{'P(first)':>12}{'n':>5}{'said':>8}{'true':>8}{'list':>8}")
    for low, high in zip(_BINS, _BINS[1:]):  # noqa: B905, RUF007 - pairs of neighbours
        here = [
            one
            for one in cases
            if one.shares and low <= one.shares[one.first] < (high if high < 1 else 2)
        ]
        if here:
            said = statistics.fmean(one.shares[one.first] for one in here)
            true = statistics.fmean(one.first == one.cause for one in here)
            listed = statistics.fmean(one.is_accepted for one in here)
            bounds = f"{low:.1f}-{high:.1f}"
            print(f"{bounds:>12}{len(here):5}{said:8.2f}{true:8.2f}{listed:8.2f}")
