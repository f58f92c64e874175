"""How often the right cause leads, on cases whose cause is known: FOLDER/<cause>/*.trace.

    python tests/benchmarks/accuracy.py [FOLDER]

Without FOLDER the cases of the knowledge base; these prove it and were written with it, so their
numbers say that nothing broke, not how good a guess about a stranger's trace is. A case named
`not_*` is one of anything but its folder's cause; all others are cases of it. Where several sites
are in trouble, the incident counts that gives the folder's cause most, as in `diagnose check`.
"""

# A program to look at its output; it asserts nothing.
# ruff: noqa: T201

from __future__ import annotations

import math
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.catalog.load import OWN_KNOWLEDGE, load_catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.inference.posterior import POSSIBLE

_LEAST = 1e-6
"""A probability of 0 would make the log loss infinite."""
NOTHING = "(none)"
"""In the table: the product names no cause."""

Shares = Mapping[str, float]
"""Of each cause its probability, falling; empty if none is named."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One case and what the product said of it."""

    name: str
    cause: str
    """The folder's."""
    shares: Shares

    @property
    def first(self) -> str:
        """The cause that leads."""
        return next(iter(self.shares), NOTHING)

    @property
    def place(self) -> int:
        """Of the folder's cause, from 1; one behind the last if it is not named."""
        return [*self.shares, self.cause].index(self.cause) + 1

    @property
    def probability(self) -> float:
        """Of the folder's cause."""
        return self.shares.get(self.cause, 0.0)


class Runner:
    """Runs the product over files."""

    def __init__(self) -> None:
        self._diagnoser = Diagnoser(load_catalog())

    def ranked(self, path: Path) -> list[Shares]:
        """The causes of every incident that has some."""
        case = Case((CaseFile(path.name, lambda: path.open("rb")),))
        return [
            {one.cause: one.probability for one in incident.hypotheses}
            for incident in self._diagnoser.diagnose(case).incidents
            if incident.hypotheses
        ]

    def labelled(self, folder: Path) -> Iterator[Labelled]:
        """Every case of the folder."""
        for path in sorted(folder.glob("*/*.trace")):
            cause = path.parent.name
            shares = _most(cause, self.ranked(path))
            yield Labelled(path.name, cause, shares)


def _most(cause: str, incidents: Sequence[Shares]) -> Shares:
    return max(incidents, key=lambda shares: shares.get(cause, 0.0), default={})


def log_loss(one: Labelled) -> float:
    """-ln P(true cause); 0 is best."""
    return -math.log(max(one.probability, _LEAST))


def brier(one: Labelled) -> float:
    """Squared distance from certainty of the true cause, 0 to 2 (Brier 1950)."""
    wrong = sum(share**2 for cause, share in one.shares.items() if cause != one.cause)
    return (1 - one.probability) ** 2 + wrong


MEASURES: Sequence[tuple[str, Callable[[Labelled], float]]] = (
    ("top-1", lambda one: one.place == 1 and bool(one.shares)),
    ("top-3", lambda one: one.place <= 3 and one.probability > 0),
    ("MRR", lambda one: 1 / one.place if one.probability else 0),
    ("log loss", log_loss),
    ("Brier", brier),
)


def print_measures(groups: Mapping[str, Sequence[Labelled]]) -> None:
    """One row for each group of cases."""
    print(f"{'cases':10}{'n':>5}" + "".join(f"{name:>10}" for name, _ in MEASURES))
    for name, cases in groups.items():
        if cases:
            values = [statistics.fmean(measure(one) for one in cases) for _, measure in MEASURES]
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


def main() -> None:
    """Print the numbers and the confusion table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else OWN_KNOWLEDGE / "causes"
    runner = Runner()
    cases = list(runner.labelled(folder))
    if not cases:
        sys.exit(f"{folder}: expected cases <cause>/*.trace, found none")
    others = [one for one in cases if one.name.startswith("not_")]
    true = [one for one in cases if not one.name.startswith("not_")]
    may = [one for one in true if one.name.startswith("may_")]
    print_measures(
        {
            "is": [one for one in true if one not in may],
            "may": may,
            "all": true,
        }
    )
    still = [one for one in others if one.probability >= POSSIBLE]
    print(f"not: {len(others)} cases, in {len(still)} of them the folder's cause is still possible")
    healthy = sorted((OWN_KNOWLEDGE / "healthy").glob("*.trace"))
    alarms = [path.name for path in healthy if runner.ranked(path)]
    print(f"healthy: {len(healthy)} cases, {len(alarms)} false alarms")
    print()
    print_table(true)


if __name__ == "__main__":
    main()
