"""Words what was not understood and what the traces do not show."""

from __future__ import annotations

from msgspec import Struct

from assistant.model.diagnosis import Coverage, Gap
from reports.escape import TEXT_LIMIT, visible
from reports.labels import Labels
from reports.links import place_told

_SHOWN = 60


class UnreadLine(Struct, frozen=True, kw_only=True):
    """One record that no pattern reads."""

    lines: str
    text: str


class ShapeView(Struct, frozen=True, kw_only=True):
    """Unread text that is equal but for numbers, names and addresses."""

    count: str
    lines: str
    """Where the first of them stands."""
    text: str


class UnreadView(Struct, frozen=True, kw_only=True):
    """All that was not understood."""

    count: str
    """`3 records`; empty if everything was read."""
    records: tuple[UnreadLine, ...]
    more: str
    """How many records are not shown; empty if none."""
    shapes: tuple[ShapeView, ...]
    """The unread records and lines, equal ones counted together; most frequent first."""
    shapes_more: str


def unread_view(coverage: Coverage, words: Labels, *, several: bool) -> UnreadView:
    """What was not understood; places name their file where there are several."""
    more, shapes_more = coverage.unread_records - _SHOWN, len(coverage.shapes) - _SHOWN
    return UnreadView(
        count=_count(coverage, words),
        records=tuple(
            UnreadLine(
                lines=place_told(place, several=several),
                text=visible(place.text, limit=TEXT_LIMIT, lines=True),
            )
            for place in coverage.unread[:_SHOWN]
        ),
        more=words("unread.more", n=words.number(more)) if more > 0 else "",
        shapes=tuple(
            ShapeView(
                count=words.number(shape.count),
                lines=place_told(shape.example, several=several),
                text=visible(shape.shape, limit=TEXT_LIMIT, lines=True),
            )
            for shape in coverage.shapes[:_SHOWN]
        ),
        shapes_more=(
            words("unread.shapes-more", n=words.number(shapes_more)) if shapes_more > 0 else ""
        ),
    )


def gaps_told(coverage: Coverage, words: Labels, *, several: bool) -> tuple[str, ...]:
    """What the traces do not show, one sentence each."""
    return tuple(_gap(gap, words, several=several) for gap in coverage.gaps)


def _count(coverage: Coverage, words: Labels) -> str:
    if coverage.unread_records:
        return words.counted("records", coverage.unread_records)
    lines = sum(shape.count for shape in coverage.shapes)
    return words.counted("lines", lines) if lines else ""


def _gap(gap: Gap, words: Labels, *, several: bool) -> str:
    key = f"gap.{gap.kind}"
    if gap.seconds is None and words.has(f"{key}.unknown"):
        key = f"{key}.unknown"
    site = words.site(gap.remote_site)
    seconds = words.number(gap.seconds) if gap.seconds is not None else ""
    told = words(key, site=site, seconds=seconds)
    return f"{told} ({place_told(gap.place, several=several)})"
