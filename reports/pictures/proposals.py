"""Draws the proposals of both sides against each other, and what keeps them apart."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from reports.escape import visible
from reports.labels import Labels, Lang, labels
from reports.pictures.fit import shortened
from reports.pictures.offers import Cell, Comparison, Pair, comparisons
from reports.pictures.picture import MOST_ROWS, NOT_KNOWN, Key, Picture, draw, table

_MOST = 6
"""Proposals of one side that the grid shows."""
_MOST_CELLS = 8
_VALUE_CELLS = 20
_ATTRIBUTE_CELLS = 30
_PAIR_CELLS = 18
_GRID_PX, _ROW_PX = 26, 46


class _Square(Struct, frozen=True, kw_only=True):
    """One pair in the grid."""

    sign: str
    column: int
    row: int


class _Row(Struct, frozen=True, kw_only=True):
    """One attribute, both values."""

    pair: str
    attribute: str
    ours: str
    theirs: str
    equal: bool
    y: float


class _Part(Struct, frozen=True, kw_only=True):
    """One phase: its grid and what differs."""

    title: str
    y: float
    grid_y: float
    columns: tuple[str, ...]
    lines: tuple[str, ...]
    squares: tuple[_Square, ...]
    rows: tuple[_Row, ...]
    rows_y: float
    rows_title: str


def proposals(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> Picture | None:
    """What both sides proposed; None if the trace shows no comparison that was refused.

    Args:
        diagnosis: Not asked; every picture is called alike.
        catalog: Not asked.
        lang: Language of all words.
        incident: One of the diagnosis.
    """
    del diagnosis, catalog
    words = labels(lang)
    found = comparisons(incident)
    if not found:
        return None
    parts = []
    y = 4.0
    for one in found:
        part, y = _part(one, y, words)
        parts.append(part)
    picture_id = f"proposals-{visible(incident.id)}-{lang}"
    title = words("picture.proposals.title")
    fits = any(pair.fits for one in found for pair in one.pairs.values())
    caption = words("picture.proposals.fits" if fits else "picture.proposals.none-fits")
    rows = _rows(found, words)
    signs = {square.sign for part in parts for square in part.squares}
    signs |= {"equal" if row.equal else "differs" for part in parts for row in part.rows}
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw(
            "proposals",
            id=picture_id,
            title=title,
            caption=caption,
            parts=parts,
            ours=words("picture.proposals.ours"),
            theirs=words("picture.proposals.theirs"),
            height=y,
        ),
        legend=tuple(
            Key(sign=sign, word=words(f"picture.proposals.key.{sign}"))
            for sign in ("fits", "cross", "not-compared", "equal", "differs")
            if sign in signs
        ),
        columns=tuple(
            words(f"picture.proposals.{one}") for one in ("pair", "attribute", "ours", "theirs")
        ),
        rows=table(rows),
        more=(
            words.counted("picture.more", len(rows) - MOST_ROWS) if len(rows) > MOST_ROWS else ""
        ),
    )


def _part(one: Comparison, y: float, words: Labels) -> tuple[_Part, float]:
    ours = sorted({pair.ours for pair in one.pairs.values()})[:_MOST]
    theirs = sorted({pair.theirs for pair in one.pairs.values()})[:_MOST]
    squares = tuple(
        _Square(sign=_sign(one.pairs.get((mine, other))), column=column, row=row)
        for row, other in enumerate(theirs)
        for column, mine in enumerate(ours)
    )
    grid_y = y + 62
    rows_y = grid_y + _GRID_PX * len(theirs) + 26
    rows: list[_Row] = []
    at = rows_y + 14
    for pairs, cell in _told(one):
        if len(rows) >= _MOST_CELLS:
            break
        rows.append(_row(pairs, cell, at, words))
        at += _ROW_PX
    key = "closest" if one.whole else "refusals"
    return (
        _Part(
            title=words("picture.proposals.phase", phase=one.phase),
            y=y + 14,
            grid_y=grid_y,
            columns=tuple(str(number)[:4] for number in ours),
            lines=tuple(str(number)[:4] for number in theirs),
            squares=squares,
            rows=tuple(rows),
            rows_y=rows_y,
            rows_title=words(f"picture.proposals.{key}"),
        ),
        at + 8,
    )


def _told(one: Comparison) -> list[tuple[str, Cell]]:
    """What is shown attribute by attribute: the closest pair, or every difference once.

    Each with the pairs it concerns.
    """
    if one.whole:
        closest = one.closest()
        return [(_name(closest), cell) for cell in closest.cells]
    found: dict[Cell, list[Pair]] = {}
    for pair in one.pairs.values():
        for cell in pair.cells:
            found.setdefault(cell, []).append(pair)
    return [(", ".join(map(_name, pairs[:_MOST])), cell) for cell, pairs in found.items()]


def _name(pair: Pair) -> str:
    return f"{pair.ours} : {pair.theirs}"


def _row(pairs: str, cell: Cell, y: float, words: Labels) -> _Row:
    return _Row(
        pair=shortened(pairs, _PAIR_CELLS),
        attribute=shortened(_attribute(cell, words), _ATTRIBUTE_CELLS),
        ours=shortened(cell.ours or NOT_KNOWN, _VALUE_CELLS),
        theirs=shortened(cell.theirs or NOT_KNOWN, _VALUE_CELLS),
        equal=cell.equal,
        y=y,
    )


def _attribute(cell: Cell, words: Labels) -> str:
    key = f"picture.proposals.kind.{cell.attribute}"
    return words(key) if words.has(key) else cell.attribute


def _sign(pair: Pair | None) -> str:
    if pair is None:
        return "not-compared"
    return "fits" if pair.fits else "cross"


def _rows(found: tuple[Comparison, ...], words: Labels) -> tuple[tuple[str, ...], ...]:
    rows = []
    for one in found:
        phase = words("picture.proposals.phase", phase=one.phase)
        for pair in sorted(one.pairs.values(), key=lambda each: (each.theirs, each.ours)):
            name = f"{phase}, {_name(pair)}"
            if pair.fits:
                rows.append((name, words("picture.proposals.key.fits"), "", ""))
            for cell in pair.cells:
                if not cell.equal:
                    values = (cell.ours or NOT_KNOWN, cell.theirs or NOT_KNOWN)
                    rows.append((name, _attribute(cell, words), *values))
    return tuple(rows)
