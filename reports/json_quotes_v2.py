"""The lines that a diagnosis cites, each place once, as `vpn-diagnosis/2` quotes them; bounded.

Device text as it is. Of configurations a place never holds a secret: `config` has put `***` there.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.source import Place
from reports.escape import TEXT_LIMIT
from reports.json_sides_v2 import listed_settings, text

_QUOTES = 1_000
_CHARACTERS = 120_000
"""Of all quotes together: what a report can hold in its own file."""
NOT_QUOTED = "\N{HORIZONTAL ELLIPSIS}"
"""Text of a place of a stored report that has no quote: an empty one would be a whole file."""


def quoted(diagnosis: Diagnosis) -> tuple[Place, ...]:
    """The places to quote, what decides first; of very many the rest has no quote."""
    kept: list[Place] = []
    seen: set[tuple[str, int, int]] = set()
    left = _CHARACTERS
    for place in _cited(diagnosis):
        key = (place.source, place.first_line, place.last_line)
        size = len(quote_text(place))
        if key in seen or size > left or place.text == NOT_QUOTED:
            continue
        seen.add(key)
        kept.append(place)
        left -= size
        if len(kept) == _QUOTES:
            break
    return tuple(kept)


def quote_text(place: Place) -> str:
    """What stands there; very long text is cut, which an ellipsis at its end says."""
    whole = text(place.text)
    return whole if len(whole) <= TEXT_LIMIT else whole[: TEXT_LIMIT - 1] + NOT_QUOTED


def _cited(diagnosis: Diagnosis) -> Iterator[Place]:
    for incident in diagnosis.incidents:
        yield from (one.places[-1] for one in incident.symptoms if one.decisive)
    for incident in diagnosis.incidents:
        yield from _of_incident(incident)
    for one in diagnosis.contradictions:
        yield from (*one.first.places, *one.second.places)
    for remark in diagnosis.remarks:
        yield from remark.places
    for pairing in diagnosis.pairings:
        for each in pairing.negotiations:
            lost = each.lost.place if each.lost else None
            yield from (one for one in (each.ours, each.theirs, each.reason, lost) if one)
    yield from (gap.place for gap in diagnosis.coverage.gaps)
    yield from (shape.example for shape in diagnosis.coverage.shapes)


def _of_incident(incident: Incident) -> Iterator[Place]:
    for symptom in incident.symptoms:
        yield from symptom.places
    for refused in incident.refused_proposals:
        yield from refused.places
    both = incident.side_by_side
    for comparison in both.comparisons if both else ():
        for side in (comparison.ours, comparison.theirs):
            yield from (setting.place for setting in listed_settings(side))
