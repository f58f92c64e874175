"""What the rules reason about: events reduced to what some rule asks, and conclusions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Condition
from assistant.model.event import Event
from assistant.model.negotiation import Occurrence
from assistant.model.source import Place
from assistant.model.vocabulary import Value, field_names, normalised

_REMEMBERED = 20_000
"""Distinct events whose fact is kept."""
_BARE = re.compile(r"[\w.:/-]+")


class Fact(Struct, frozen=True, cache_hash=True):
    """Something that holds; as a pattern of a rule, something that has to hold.

    >>> str(Fact("failure", (("failure", "line-polling-failed"),)))
    'failure(failure=line-polling-failed)'
    """

    kind: str
    """Kind of an event, or `condition`, `symptom`, `hypothesis`."""
    fields: tuple[tuple[str, Value], ...] = ()
    """Names and values; of a pattern, those that matter. In the order of their class."""

    def __str__(self) -> str:
        fields = ", ".join(f"{name}={_readable(value)}" for name, value in self.fields)
        return f"{self.kind}({fields})"


def event_pattern(condition: Condition) -> Fact:
    """The pattern that exactly those facts match whose events meet the condition."""
    kind = condition.event
    return Fact(
        kind,
        tuple(
            (name, normalised(kind, name, condition.where[name]))
            for name in field_names(kind)
            if name in condition.where
        ),
    )


def condition_met(pattern: Fact) -> Fact:
    """The conclusion that at least one event matches the pattern."""
    return Fact("condition", (("is", str(pattern)),))


def symptom_seen(symptom: str) -> Fact:
    """The conclusion that the negotiation shows the symptom."""
    return Fact("symptom", (("id", symptom),))


def hypothesis(cause: str, symptom: str) -> Fact:
    """The conclusion that the cause has to be weighed, because it may show this symptom."""
    return Fact("hypothesis", (("cause", cause), ("symptom", symptom)))


class Projection:
    """Reduces events to the fields that some rule of the catalog asks for.

    Events that differ only in what nobody asks for (names, addresses, numbers of proposals)
    become one fact; therefore a negotiation has few facts and many negotiations have the same.
    """

    def __init__(self, catalog: Catalog) -> None:
        asked: defaultdict[str, set[str]] = defaultdict(set)
        for symptom in catalog.symptoms.values():
            for condition in symptom.all + symptom.none:
                asked[condition.event] |= condition.where.keys()
        self._asked = {
            kind: tuple(name for name in field_names(kind) if name in names)
            for kind, names in asked.items()
        }
        self._facts: dict[Event, Fact] = {}

    def fact(self, event: Event) -> Fact:
        """The event as a fact; fields of which the trace tells nothing are left out."""
        fact = self._facts.get(event)
        if fact is None:
            if len(self._facts) >= _REMEMBERED:
                self._facts.clear()
            fact = self._facts[event] = self._reduced(event)
        return fact

    def _reduced(self, event: Event) -> Fact:
        fields = []
        for name in self._asked.get(event.kind, ()):
            value = getattr(event, name)
            if value is not None:
                fields.append((name, value.value if isinstance(value, Enum) else value))
        return Fact(event.kind, tuple(fields))

    def asks_about(self, event: Event) -> bool:
        """Whether any rule has a condition about its kind; else it can change nothing."""
        return event.kind in self._asked

    def facts(self, occurrences: Iterable[Occurrence]) -> dict[Fact, list[Place]]:
        """Every fact that some rule asks about, with the places of all events it stands for."""
        facts: dict[Fact, list[Place]] = {}
        for occurrence in occurrences:
            if not self.asks_about(occurrence.event):
                continue
            facts.setdefault(self.fact(occurrence.event), []).extend(occurrence.places)
        return facts


def _readable(value: Value) -> str:
    # Quoted where it could be taken for more than a value: two facts never read the same.
    text = str(value)
    return text if _BARE.fullmatch(text) else repr(text)


def in_file_order(places: list[Place], first: str) -> tuple[Place, ...]:
    """Each place once, by line; those of the source `first` before those of other sources."""
    if len(places) == 1:
        return (places[0],)
    return tuple(
        sorted(
            dict.fromkeys(places),
            key=lambda place: (
                place.source != first,
                place.source,
                place.first_line,
                place.last_line,
            ),
        )
    )
