"""Draws why the first cause stands before the second: what speaks for which of them."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from reports.escape import visible
from reports.labels import Lang, labels
from reports.pictures.fit import filled
from reports.pictures.picture import Key, Picture, draw, table
from reports.pictures.weights import Worth, signed, strongest, worth_of

_MOST_BARS = 6
_CELLS = 44
_NAME_CELLS = 20
_NAME_LINES = 4
_HEAD_PX, _LINE_PX, _BAR_PX, _GAP_PX = 12, 16, 10, 12
_MOST_WIDTH = 48.0
"""Per cent of the longest bar; the middle is at 50."""


class _Bar(Struct, frozen=True, kw_only=True):
    """A bar to the left or to the right of the middle."""

    lines: tuple[str, ...]
    y: float
    bar_y: float
    x: float
    width: float
    kind: str
    """`for` the first, `against` it, or `total`."""
    value: str


def versus(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> Picture | None:
    """The comparison of the first two causes; None if there are not two.

    Args:
        diagnosis: Not asked; every picture is called alike.
        catalog: Gives the words of causes and evidence.
        lang: Language of all words.
        incident: One of the diagnosis.
    """
    del diagnosis
    if not incident.versus or len(incident.hypotheses) <= 1:
        return None
    words = labels(lang)
    first, second = (
        words.title(catalog.causes[one.cause].title) for one in incident.hypotheses[:2]
    )
    found = strongest([worth_of(one, catalog, words) for one in incident.versus], _MOST_BARS, words)
    total = sum(one.decibans for one in incident.versus)
    heads = [filled(one, _NAME_CELLS, _NAME_LINES) for one in (first, second)]
    top = float(_HEAD_PX + _LINE_PX * max(len(one) for one in heads))
    told = (*found, Worth(told=words("picture.versus.sum"), decibans=total))
    bars, height = _bars(told, top, lang)
    picture_id = f"versus-{visible(incident.id)}-{lang}"
    title = words("picture.versus.title")
    caption = words("picture.versus.caption", first=first, second=second)
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw(
            "versus",
            id=picture_id,
            title=title,
            caption=caption,
            first=heads[0],
            second=heads[1],
            bars=bars,
            top=top,
            height=height,
        ),
        legend=(
            Key(sign="first", word=words("picture.versus.key.for")),
            Key(sign="second", word=words("picture.versus.key.against")),
        ),
        columns=tuple(words(f"picture.why.column.{one}") for one in ("evidence", "value")),
        rows=table((one.told, signed(one.decibans, words)) for one in told),
    )


def _bars(found: tuple[Worth, ...], top: float, lang: Lang) -> tuple[tuple[_Bar, ...], float]:
    words = labels(lang)
    longest = max(*(abs(one.decibans) for one in found), 1.0)
    bars = []
    y = top
    for number, one in enumerate(found, start=1):
        lines = filled(one.told, _CELLS)
        width = round(max(abs(one.decibans) * _MOST_WIDTH / longest, 0.4), 2)
        bar_y = y + _LINE_PX * len(lines) + 4
        speaks = "for" if one.decibans >= 0 else "against"
        bars.append(
            _Bar(
                lines=lines,
                y=y + 12,
                bar_y=bar_y,
                x=round(50 - width, 2) if one.decibans >= 0 else 50,
                width=width,
                kind="total" if number == len(found) else speaks,
                value=signed(one.decibans, words),
            )
        )
        y = bar_y + _BAR_PX + _GAP_PX
    return tuple(bars), y
