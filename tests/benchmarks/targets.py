"""How fast the program has to be, as ratios of CPU time within one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One number that must be reached, and one that is wished for."""

    name: str
    unit: str
    must: float
    goal: float
    least: bool = False
    """As much as that at least; else at most."""

    def reached(self, value: float, limit: float) -> bool:
        """Whether a measured value is good enough."""
        return value >= limit if self.least else value <= limit

    def judged(self, value: float) -> str:
        """In a word."""
        if self.reached(value, self.goal):
            return "goal"
        return "must" if self.reached(value, self.must) else "MISSED"


def _speed(name: str, must: float, goal: float) -> Target:
    return Target(f"{name}, to JSON: speed of the naive job", "x", must, goal, least=True)


_MANY = 100
"""From here on without digits behind the point."""
TARGETS = (
    _speed("dense", 0.5, 2),
    _speed("mixed", 1, 5),
    _speed("flapping", 0.5, 2),
    _speed("charon", 0.5, 2),
    _speed("distinct", 0.25, 1),
    Target("4,000 sites against 400: time", "x", 12, 10.5),
    Target("4,000 sites: time", "s", 5, 1.5),
    Target("4,000 sites: memory", "MB", 150, 80),
    *(
        Target(f"{name}: HTML against JSON", "x", 1.5, 1.2)
        for name in ("dense", "mixed", "flapping", "charon", "distinct", "sites")
    ),
    Target("largest memory of all JSON runs", "MB", 150, 80),
    Target("dense, four times the size: memory", "x", 1.1, 1.02),
    Target("dense: JSON against its input", "x", 1, 0.3),
    Target("dense: JSON of one incident", "kB", 6, 6),
    Target("one ticket, HTML, against python -c pass", "x", 25, 15),
    Target("--version against python -c pass", "x", 8, 4),
    Target("--help against python -c pass", "x", 8, 4),
    Target("explain 0x1106 against python -c pass", "x", 15, 8),
    Target("triage: CPU of one ticket", "ms", 15, 5),
    Target("dense, 10 times the sites: time", "x", 1.3, 1.0),
)
"""In the order in which they are told."""


def table(values: Mapping[str, float]) -> Iterator[str]:
    """Lines of a Markdown table; what was not measured is left out."""
    yield "| | measured | must | goal | |"
    yield "|---|---:|---:|---:|---|"
    for one in TARGETS:
        if one.name in values:
            value = values[one.name]
            sign = "≥" if one.least else "≤"
            must, goal = (f"{sign} {limit:g} {one.unit}" for limit in (one.must, one.goal))
            shown = f"{value:,.0f}" if value >= _MANY else f"{value:.3g}"
            yield f"| {one.name} | {shown} {one.unit} | {must} | {goal} | {one.judged(value)} |"


def missed(values: Mapping[str, float]) -> list[str]:
    """Names of those that must be reached and are not."""
    return [
        one.name
        for one in TARGETS
        if one.name in values and not one.reached(values[one.name], one.must)
    ]
