"""Picks the lines of a file that decide an incident, the most telling first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Pattern
from assistant.model.diagnosis import UNKNOWN_CAUSE, Incident
from assistant.model.source import Place
from reports.escape import visible
from reports.marking import Span, deciding_words

_LINE_LIMIT = 300
_MOST_LINES = 60
_HEADER = re.compile(r"(?:\[[^\]]*\])?[\d/:.,\s]+")
"""One set of blanks only: of two in a row, a long line of blanks could be shared out in any way."""


class CodeLine(Struct, frozen=True, kw_only=True):
    """One line of a trace or a configuration as it stands there."""

    source: str
    number: int
    text: str
    marks: tuple[Span, ...] = ()
    """The words that decide, in characters of the text."""


def deciding_lines(incident: Incident, catalog: Catalog) -> tuple[CodeLine, ...]:
    """Lines to show for an incident, the most telling first; any number of them makes sense.

    What the records say comes before their headers: a time stamp alone proves nothing.
    """
    patterns = {
        (place.source, place.first_line): message.pattern
        for message in incident.messages
        for place in message.places
        if message.pattern
    }
    found: dict[tuple[str, int], CodeLine] = {}
    headers: dict[tuple[str, int], CodeLine] = {}
    for place in _places(incident):
        pattern = catalog.patterns.get(patterns.get((place.source, place.first_line), ""))
        marks = _marks(place, pattern) if pattern else {}
        for number, text in _telling_first(place):
            line = CodeLine(
                source=visible(place.source),
                number=number,
                text=visible(text, limit=_LINE_LIMIT),
                marks=marks.get(number, ()),
            )
            kept = headers if _HEADER.fullmatch(text) else found
            kept.setdefault((place.source, number), line)
        if len(found) > _MOST_LINES:
            break
    return (*found.values(), *headers.values())[:_MOST_LINES]


def _marks(place: Place, pattern: Pattern) -> dict[int, tuple[Span, ...]]:
    """The spans that decide by line; of lines that are shown otherwise than they stand none."""
    found: dict[int, tuple[Span, ...]] = {}
    spans = deciding_words(place.text, pattern)
    at = 0
    for number, line in enumerate(place.text.split("\n"), start=place.first_line):
        end = min(at + len(line), at + _LINE_LIMIT)
        own = [(max(one, at) - at, min(other, end) - at) for one, other in spans]
        if line.isprintable():
            found[number] = tuple((one, other) for one, other in own if one < other)
        at += len(line) + 1
    return found


def telling_line(place: Place) -> str:
    """The one line of a record that says most: the first below its header."""
    lines = _telling_first(place)
    return lines[0][1] if lines else ""


def body_lines(place: Place, most: int) -> str:
    """The first lines of a record below its header."""
    lines = place.text.split("\n")
    body = [line for line in lines if not _HEADER.fullmatch(line)] or lines
    return "\n".join(body[:most])


def _telling_first(place: Place) -> list[tuple[int, str]]:
    """The lines of a record: what it is about, its last word, then what stands between.

    A place without text, a whole file, has none.
    """
    if not place.text:
        return []
    lines = list(enumerate(place.text.split("\n"), start=place.first_line))
    body = [line for line in lines if not _HEADER.fullmatch(line[1])]
    header = [line for line in lines if _HEADER.fullmatch(line[1])]
    return [*body[:1], *body[1:][-1:], *body[1:-1], *header]


def _places(incident: Incident) -> Iterator[Place]:
    """Where to look: what speaks most for the first cause, the end of what decides, the rest."""
    first = next(iter(incident.hypotheses), None)
    if first is not None and first.cause != UNKNOWN_CAUSE:
        strongest = max(
            (one for one in first.evidence if incident.places_of(one) and one.decibans > 0),
            key=lambda one: one.decibans,
            default=None,
        )
        if strongest is not None:
            yield incident.places_of(strongest)[-1]
    decisive = [seen.places for seen in incident.symptoms if seen.decisive]
    for places in decisive:
        yield places[-1]
    for refused in incident.refused_proposals:
        yield refused.places[0]
    if incident.hypotheses:
        for evidence in incident.hypotheses[0].evidence:
            yield from incident.places_of(evidence)[-1:]
    for places in decisive:
        yield from reversed(places)
    for seen in incident.symptoms:
        yield seen.places[-1]
    for message in reversed(incident.messages):
        yield message.places[-1]
