"""Links from what a report says to the lines that prove it, and names of such lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from assistant.model.source import Place
from reports.escape import visible

Anchors = Mapping[tuple[str, int], str]
"""Where a line of a source stands on the page."""


class Ref(Struct, frozen=True, kw_only=True):
    """A link from a claim to the lines that prove it."""

    label: str
    """`L12-L17`, with the file's name before it where there are several files."""
    href: str
    """Empty where the page does not show these lines."""


def span_told(source: str, first: int, last: int, *, several: bool) -> str:
    """`L12-L17`, after the file's name where there are several files."""
    lines = f"L{first}" if first == last else f"L{first}-L{last}"
    return f"{visible(source)} {lines}" if several else lines


def place_told(place: Place, *, several: bool) -> str:
    """The lines of a place; of a whole file its name."""
    if not place.text:
        return visible(place.source)
    return span_told(place.source, place.first_line, place.last_line, several=several)


def linked(place: Place | None, anchors: Anchors, *, several: bool) -> Ref | None:
    """A link to a place; one that the page does not show is named without a link."""
    if place is None:
        return None
    anchor = anchors.get((place.source, place.first_line))
    return Ref(label=place_told(place, several=several), href=f"#{anchor}" if anchor else "")


def anchors_of(annotated: Iterable[Anchors]) -> dict[tuple[str, int], str]:
    """Where each line stands first among several incidents."""
    found: dict[tuple[str, int], str] = {}
    for anchors in annotated:
        for place, anchor in anchors.items():
            found.setdefault(place, anchor)
    return found
