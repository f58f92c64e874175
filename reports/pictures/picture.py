"""What a picture is, and how its SVG is made: one template each, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from markupsafe import Markup
from msgspec import Struct

from reports.escape import visible
from reports.templating import environment

_CELL = 400
"""Characters of a cell."""
NOT_KNOWN = "\N{EN DASH}"
"""Stands where a value is not known."""
MOST_ROWS = 40
"""Rows of a table that says what a picture shows; the others are counted."""


class Key(Struct, frozen=True, kw_only=True):
    """One line of the legend: a sign and what it means."""

    sign: str
    """Name of a sign in `templates/pictures/signs.svg.j2`."""
    word: str


class Picture(Struct, frozen=True, kw_only=True):
    """One drawing and the same in words."""

    id: str
    """Unique on a page that shows every picture once in each language: `why-1-de`."""
    title: str
    """Its heading; also the `<title>` of the SVG."""
    caption: str
    """What one sees, in one or two sentences; also the `<desc>`."""
    svg: Markup
    """Horizontal positions in per cent, vertical ones in pixels: the type keeps its size however
    wide the page is."""
    legend: tuple[Key, ...] = ()
    columns: tuple[str, ...]
    """Headings of the table."""
    rows: tuple[tuple[str, ...], ...]
    """The same in words, as many cells as columns; at most `MOST_ROWS`."""
    more: str = ""
    """How many rows are left out; empty if none."""


def table(rows: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Rows for a picture's table: as many as it may have, device text in them made visible."""
    return tuple(
        tuple(visible(cell, limit=_CELL) for cell in row) for row in islice(rows, MOST_ROWS)
    )


def draw(template: str, **values: object) -> Markup:
    """The SVG of a template in `templates/pictures`; all values are escaped.

    Args:
        template: Its name without the ending.
        **values: What it prints.
    """
    page = environment().get_template(f"pictures/{template}.svg.j2")
    # Autoescape is on: what comes out is markup of ours around text that is escaped.
    return Markup(page.render(**values).strip())  # noqa: S704
