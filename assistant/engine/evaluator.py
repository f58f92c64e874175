"""The same judgement in plain Python, from the catalog and the events themselves.

It shares no code with the rules, their facts and the engine: it is what the tests hold them to.
"""

from __future__ import annotations

from collections.abc import Container
from enum import Enum

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Condition
from assistant.model.diagnosis import SymptomSeen
from assistant.model.event import Event
from assistant.model.negotiation import Negotiation, Occurrence


def symptoms_seen(catalog: Catalog, negotiation: Negotiation) -> tuple[SymptomSeen, ...]:
    """Every symptom all of whose events are there and none of whose others; catalog's order."""
    seen = []
    occurrences = negotiation.messages + negotiation.derived + negotiation.beside
    for symptom in catalog.symptoms.values():
        wanted = [_meeting(condition, occurrences) for condition in symptom.all]
        if not all(wanted) or any(_meeting(other, occurrences) for other in symptom.none):
            continue
        places = {place for found in wanted for occurrence in found for place in occurrence.places}
        ordered = sorted(places, key=lambda place: (place.first_line, place.last_line))
        seen.append(
            SymptomSeen(
                id=symptom.id,
                decisive=symptom.decisive,
                places=tuple(ordered),
                causes=frozenset(cause for cause, _ in hypotheses(catalog, (symptom.id,))),
            )
        )
    return tuple(seen)


def hypotheses(catalog: Catalog, seen: Container[str]) -> tuple[tuple[str, str], ...]:
    """Every cause with each symptom that it may show and that was seen; catalog's order."""
    return tuple(
        (cause.id, shown.symptom)
        for cause in catalog.causes.values()
        for shown in cause.shows
        if shown.symptom in seen
    )


def _meeting(condition: Condition, occurrences: tuple[Occurrence, ...]) -> list[Occurrence]:
    return [found for found in occurrences if _meets(found.event, condition)]


def _meets(event: Event, condition: Condition) -> bool:
    return event.kind == condition.event and all(
        _equal(getattr(event, name), value) for name, value in condition.where.items()
    )


def _equal(actual: object, asked: str | int) -> bool:
    """Whether a field has the value the knowledge base asks for; the field's type decides."""
    if isinstance(actual, Enum):
        return str(actual.value) == str(asked)
    if isinstance(actual, int):
        return actual == int(asked)
    return actual == str(asked)
