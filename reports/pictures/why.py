"""Draws why the first cause stands first: from what is usual, by each piece of evidence, to now."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Hypothesis, Incident
from reports.causes import share
from reports.escape import visible
from reports.labels import Labels, Lang, labels
from reports.pictures.fit import filled
from reports.pictures.lanes import anchor
from reports.pictures.picture import Key, Picture, draw, table
from reports.pictures.weights import Worth, signed, strongest, worth_of

_MOST_BARS = 7
_CELLS = 44
_TOP_PX, _LINE_PX, _BAR_PX, _GAP_PX = 4, 16, 12, 12
_NAMED = (-30, -20, -10, 0, 10, 20, 30)
"""Decibans that the axis names, by the probability they stand for."""
_TICK_EDGE = 6
_MARGIN = 2.0
_WIDE = 36.0


class Bar(Struct, frozen=True, kw_only=True):
    """A bar of the waterfall: from where to where, and what made the step."""

    lines: tuple[str, ...]
    y: float
    """Of the first line of text."""
    bar_y: float
    x: float
    width: float
    end: float
    """Where it ends, per cent."""
    kind: str
    """`start`, `for`, `against` or `total`."""
    value: str


def why(diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident) -> Picture | None:
    """The waterfall of the first cause of an incident; None if it has no causes.

    Args:
        diagnosis: Not asked; every picture is called alike.
        catalog: Gives the words of causes and evidence.
        lang: Language of all words.
        incident: One of the diagnosis.
    """
    del diagnosis
    if not incident.hypotheses:
        return None
    words = labels(lang)
    first = incident.hypotheses[0]
    steps = strongest([worth_of(one, catalog, words) for one in first.evidence], _MOST_BARS, words)
    sums = _sums(first, steps)
    axis = _Axis(min(*sums, 0.0) - _MARGIN, max(*sums, 0.0) + _MARGIN)
    bars, height = _bars(first, steps, axis, words)
    title = words("picture.why.title", cause=words.title(catalog.causes[first.cause].title))
    caption = words(
        "picture.why.caption",
        before=words.percent(share(first.prior_decibans)),
        after=words.percent(first.probability),
    )
    picture_id = f"why-{visible(incident.id)}-{lang}"
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw(
            "why",
            id=picture_id,
            title=title,
            caption=caption,
            bars=bars,
            ticks=[(x, text, anchor(x, _TICK_EDGE)) for x, text in axis.ticks(words)],
            bottom=height,
            height=height + 22,
        ),
        legend=tuple(
            Key(sign=sign, word=words(f"picture.why.key.{sign}"))
            for sign in ("start", "for", "against")
            if any(bar.kind == sign for bar in bars)
        ),
        columns=tuple(words(f"picture.why.column.{one}") for one in ("evidence", "value", "then")),
        rows=table(_rows(first, steps, words)),
    )


class _Axis:
    """Decibans from left to right; the further right, the more probable."""

    def __init__(self, least: float, most: float) -> None:
        self._least = least
        self._most = most

    def x(self, decibans: float) -> float:
        """Per cent, two decimals."""
        return round((decibans - self._least) * 100 / (self._most - self._least), 2)

    def ticks(self, words: Labels) -> tuple[tuple[float, str], ...]:
        """Where the odds are round numbers, and the probability they stand for."""
        step = 20 if self._most - self._least > _WIDE else 10
        return tuple(
            (self.x(one), words.percent(share(one)))
            for one in _NAMED
            if one % step == 0 and self._least < one < self._most
        )


def _sums(first: Hypothesis, steps: tuple[Worth, ...]) -> list[float]:
    found = [first.prior_decibans]
    for one in steps:
        found.append(found[-1] + one.decibans)
    return found


def _bars(
    first: Hypothesis, steps: tuple[Worth, ...], axis: _Axis, words: Labels
) -> tuple[tuple[Bar, ...], float]:
    bars: list[Bar] = []
    y = float(_TOP_PX)

    def add(told: str, kind: str, start: float, end: float, value: str) -> None:
        nonlocal y
        lines = filled(told, _CELLS)
        x, until = sorted((axis.x(start), axis.x(end)))
        bar_y = y + _LINE_PX * len(lines) + 4
        bars.append(
            Bar(
                lines=lines,
                y=y + 12,
                bar_y=bar_y,
                x=x,
                width=round(max(until - x, 0.4), 2),
                end=axis.x(end),
                kind=kind,
                value=value,
            )
        )
        y = bar_y + _BAR_PX + _GAP_PX

    at = first.prior_decibans
    before = words.percent(share(at))
    add(words("picture.why.before"), "start", min(at, 0.0), max(at, 0.0), before)
    for one in steps:
        kind = "for" if one.decibans >= 0 else "against"
        add(one.told, kind, at, at + one.decibans, signed(one.decibans, words))
        at += one.decibans
    after = words.percent(first.probability)
    add(words("picture.why.after"), "total", min(at, 0.0), max(at, 0.0), after)
    return tuple(bars), y


def _rows(
    first: Hypothesis, steps: tuple[Worth, ...], words: Labels
) -> tuple[tuple[str, str, str], ...]:
    at = first.prior_decibans
    rows = [(words("picture.why.before"), signed(at, words), words.percent(share(at)))]
    for one in steps:
        at += one.decibans
        rows.append((one.told, signed(one.decibans, words), words.percent(share(at))))
    rows.append((words("picture.why.after"), signed(at, words), words.percent(first.probability)))
    return tuple(rows)
