"""Picks the lines of a trace that decide an incident, the most telling first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.model.diagnosis import Incident
from assistant.model.source import Place
from reports.escape import visible

_LINE_LIMIT = 300
_MOST_LINES = 60
_HEADER = re.compile(r"(?:\[[^\]]*\]\s*)?[\d/:.,\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """One line of a trace as it stands there."""

    source: str
    number: int
    text: str


def deciding_lines(incident: Incident) -> tuple[CodeLine, ...]:
    """Lines to show for an incident, the most telling first; any number of them makes sense.

    What the records say comes before their headers: a time stamp alone proves nothing.
    """
    found: dict[tuple[str, int], CodeLine] = {}
    headers: dict[tuple[str, int], CodeLine] = {}
    for place in _places(incident):
        for number, text in _telling_first(place):
            line = CodeLine(
                source=visible(place.source), number=number, text=visible(text, limit=_LINE_LIMIT)
            )
            kept = headers if _HEADER.fullmatch(text) else found
            kept.setdefault((place.source, number), line)
        if len(found) > _MOST_LINES:
            break
    return (*found.values(), *headers.values())[:_MOST_LINES]


def _telling_first(place: Place) -> list[tuple[int, str]]:
    """The lines of a record: what it is about, its last word, then what stands between."""
    lines = list(enumerate(place.text.split("\n"), start=place.first_line))
    body = [line for line in lines if not _HEADER.fullmatch(line[1])]
    header = [line for line in lines if _HEADER.fullmatch(line[1])]
    return [*body[:1], *body[1:][-1:], *body[1:-1], *header]


def _places(incident: Incident) -> Iterator[Place]:
    """Where to look: the end of what decides, what speaks for the first cause, then the rest."""
    decisive = [seen.places for seen in incident.symptoms if seen.decisive]
    for places in decisive:
        yield places[-1]
    for refused in incident.refused_proposals:
        yield refused.places[0]
    if incident.hypotheses:
        for evidence in incident.hypotheses[0].evidence:
            yield from evidence.places[-1:]
    for places in decisive:
        yield from reversed(places)
    for seen in incident.symptoms:
        yield seen.places[-1]
    for message in reversed(incident.messages):
        yield message.places[-1]
