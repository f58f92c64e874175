"""Draws how time and memory grow with what a trace has more of, as pictures for README.md."""

# A program to look at its output. The numbers of a drawing are what they are.
# ruff: noqa: T201

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1]))

from measure import python_of
from trace_lines import EXAMPLES
from traces import dense, distinct, two_records_each

if TYPE_CHECKING:
    from bench import Bench

PICTURES = Path(__file__).parent / "pictures"
MEGABYTE = 1_000_000
_KNOWLEDGE = EXAMPLES.parent
_WIDTH, _HEIGHT = 340, 200
_LEFT, _TOP, _GAP = 52, 34, 70
_COLOURS = ("#0a5a8a", "#a8281c")
_STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #1b1f23; }
.quiet { fill: #586069; font-size: 11px; }
.axis { stroke: #586069; fill: none; }
.grid { stroke: #dcdcd5; fill: none; }
.straight { stroke-dasharray: 4 3; stroke-width: 1; opacity: 0.7; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e7ea; } .quiet { fill: #a0a9b2; } .grid { stroke: #343b42; }
}
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One run."""

    x: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Curve:
    """How one installation behaves."""

    name: str
    points: tuple[Point, ...]

    def slope(self, value: Callable[[Point], float]) -> float:
        """Of the straight line through the first point and the middle one; never downwards."""
        first, last = self.points[0], self.points[-1]
        half = (first.x + last.x) / 2
        middle = min(self.points[1:-1], key=lambda one: abs(one.x - half))
        return max(0.0, (value(middle) - value(first)) / (middle.x - first.x))

    def bend(self, value: Callable[[Point], float]) -> float:
        """The last value, as a ratio to that line."""
        first, last = self.points[0], self.points[-1]
        return value(last) / (value(first) + self.slope(value) * (last.x - first.x))


# Measuring ------------------------------------------------------------------------------------

Axis = Callable[["Bench", float], Iterator[Point]]


def _diagnosed(bench: Bench, x: float, *more: str) -> Point:
    """The median of some runs of what was written last."""
    bench.costs["grown", "json"].clear()
    for _ in range(bench.rounds):
        if not bench.is_long("grown", "json"):
            bench.diagnose("grown", "json", *more)
    return Point(x, bench.cpu("grown", "json"), bench.peak("grown", "json"))


def by_size(bench: Bench, mb: float) -> Iterator[Point]:
    """A dense trace of 400 sites, longer and longer."""
    for share in (0.125, 0.25, 0.5, 1):
        bench.write("grown", dense(int(mb * share * MEGABYTE)))
        yield _diagnosed(bench, mb * share)


def by_sites(bench: Bench, mb: float) -> Iterator[Point]:
    """Dense traces of one size, of more and more sites."""
    for number in (100, 200, 400, 800, 1600):
        bench.write("grown", dense(int(mb / 4 * MEGABYTE), sites=number, faithful=0))
        yield _diagnosed(bench, number)


def by_distinct(bench: Bench, mb: float) -> Iterator[Point]:
    """Traces of one size in which more and more messages are unlike any other."""
    for share in (0, 0.25, 0.5, 0.75, 1):
        bench.write("grown", distinct(int(mb / 4 * MEGABYTE), share=share))
        records = bench.path("grown").read_bytes().split(b"\n\n")
        yield _diagnosed(bench, len({record.partition(b"\n")[2] for record in records}))


def by_incidents(bench: Bench, mb: float) -> Iterator[Point]:
    """More and more sites with two records each, which make one incident each."""
    for share in (0.125, 0.25, 0.5, 1):
        number = int(mb * 250 * share)
        bench.write("grown", two_records_each(number))
        yield _diagnosed(bench, number)


def by_rules(bench: Bench, mb: float) -> Iterator[Point]:
    """The same trace, and a knowledge base with every cause once, twice, three times, ..."""
    bench.write("grown", dense(int(mb / 8 * MEGABYTE)))
    causes = sorted((_KNOWLEDGE / "causes").glob("*/cause.yaml"))
    causes = [path for path in causes if path.parent.name != "unknown"]
    more: list[str] = []
    for copy in itertools.count():
        if copy:
            folder = bench.folder / f"knowledge-{copy}"
            shutil.rmtree(folder, ignore_errors=True)
            for path in causes:
                _copy_cause(path, folder, copy)
            more += ["--knowledge", str(folder)]
        bench.diagnose("grown", "json", *more)  # the knowledge base is checked and kept once
        yield _diagnosed(bench, len(causes) * (copy + 1), *more)
        if copy == 3:
            return


def _copy_cause(path: Path, folder: Path, copy: int) -> None:
    name = f"{path.parent.name}-copy-{copy}"
    text = path.read_text("utf-8").replace(f"id: {path.parent.name}\n", f"id: {name}\n", 1)
    target = folder / "causes" / name / "cause.yaml"
    target.parent.mkdir(parents=True)
    target.write_text(text, encoding="utf-8")


AXES: dict[str, tuple[str, Axis]] = {
    "size": ("MB of a dense trace", by_size),
    "sites": ("remote sites, size the same", by_sites),
    "distinct": ("distinct messages, size the same", by_distinct),
    "incidents": ("incidents, two records each", by_incidents),
    "rules": ("causes in the knowledge base", by_rules),
}


def draw_all(bench: Bench, beside: str | None, mb: float) -> None:
    """Measure and draw every axis; say where a curve is bent upwards."""
    PICTURES.mkdir(exist_ok=True)
    benches = [bench]
    if beside:
        other = bench.folder / "beside"
        other.mkdir()
        benches.append(replace(bench, program=python_of(beside), folder=other))
    for name, (words, axis) in AXES.items():
        curves = [Curve(_version(one), tuple(axis(one, mb))) for one in benches]
        (PICTURES / f"{name}.svg").write_text(picture(words, curves), encoding="utf-8")
        for curve in curves:
            last = curve.points[-1]
            print(
                f"{name:10} {curve.name:16} {last.x:>8g}: {last.cpu_s:8.3g} CPU s, "
                f"{curve.bend(lambda one: one.cpu_s):.2f} x the straight line; "
                f"{last.peak_mb:6.0f} MB, {curve.bend(lambda one: one.peak_mb):.2f} x",
                flush=True,
            )


def _version(bench: Bench) -> str:
    generator: dict[str, Any] = {}
    bench.path("warm").write_bytes((EXAMPLES / "no-poll-entry.txt").read_bytes())
    bench.diagnose("warm", "json")
    generator = bench.document("warm")["generator"]
    return f"{generator['version']} {'(beside)' if bench.folder.name == 'beside' else ''}".strip()


# Drawing --------------------------------------------------------------------------------------


def picture(words: str, curves: Sequence[Curve]) -> str:
    """Time on the left, memory on the right, each with the straight line of its first half."""
    panels = (
        ("CPU seconds", lambda one: one.cpu_s),
        ("MB of memory at most", lambda one: one.peak_mb),
    )
    width = 2 * (_LEFT + _WIDTH) + _GAP
    height = _TOP + _HEIGHT + 58
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>CPU seconds and memory by {words}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for place, (title, value) in enumerate(panels):
        x = place * (_LEFT + _WIDTH + _GAP)
        parts.append(f'<g transform="translate({x + _LEFT} {_TOP})">')
        parts += _panel(f"{title}, by {words}", curves, value)
        parts.append("</g>")
    for place, curve in enumerate(curves):
        x = _LEFT + place * 180
        parts.append(
            f'<path d="M{x} {height - 9}h18" stroke="{_COLOURS[place]}" stroke-width="2"/>'
            f'<text class="quiet" x="{x + 24}" y="{height - 5}">{curve.name}</text>'
        )
    parts.append(
        f'<text class="quiet" x="{_LEFT + 180 * len(curves)}" y="{height - 5}">'
        "dashed: straight on from the first half</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _panel(title: str, curves: Sequence[Curve], value: Callable[[Point], float]) -> Iterator[str]:
    right = max(one.x for curve in curves for one in curve.points)
    top = 1.08 * max(value(one) for curve in curves for one in curve.points)

    def at(x: float, y: float) -> str:
        return f"{x / right * _WIDTH:.1f} {_HEIGHT - min(y / top, 1.05) * _HEIGHT:.1f}"

    yield f'<text x="0" y="-14">{title}</text>'
    for share in (0.25, 0.5, 0.75, 1):
        y = _HEIGHT - share / 1.08 * _HEIGHT
        yield f'<path class="grid" d="M0 {y:.1f}h{_WIDTH}"/>'
        yield (
            f'<text class="quiet" x="-6" y="{y + 4:.1f}" text-anchor="end">'
            f"{top / 1.08 * share:.3g}</text>"
        )
    for one in curves[0].points:
        x = one.x / right * _WIDTH
        yield f'<path class="axis" d="M{x:.1f} {_HEIGHT}v4"/>'
        yield (
            f'<text class="quiet" x="{x:.1f}" y="{_HEIGHT + 17}" text-anchor="middle">'
            f"{one.x:g}</text>"
        )
    yield f'<path class="axis" d="M0 0V{_HEIGHT}H{_WIDTH}"/>'
    for colour, curve in zip(_COLOURS, curves, strict=False):
        first, slope = curve.points[0], curve.slope(value)
        # Not beyond the upper edge, where the line would only say that it leaves the drawing.
        end = min(right, first.x + (top - value(first)) / slope) if slope else right
        line = f"M{at(first.x, value(first))}L{at(end, value(first) + slope * (end - first.x))}"
        yield f'<path class="straight" fill="none" stroke="{colour}" d="{line}"/>'
        points = "L".join(at(one.x, value(one)) for one in curve.points)
        yield f'<path fill="none" stroke="{colour}" stroke-width="2" d="M{points}"/>'
        for one in curve.points:
            across, down = at(one.x, value(one)).split()
            yield f'<circle cx="{across}" cy="{down}" r="3" fill="{colour}"/>'
