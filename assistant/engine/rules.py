"""Compiles the catalog to rules in three layers: conditions, symptoms, hypotheses.

    event facts  ->  conditions met  ->  symptoms seen  ->  hypotheses

A condition is concluded once however many events meet it. So a symptom fires once, not once
per combination of events, and a trace full of different events cannot make it explode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.engine.facts import (
    Fact,
    condition_met,
    event_pattern,
    hypothesis,
    symptom_seen,
)
from assistant.errors import KnowledgeError
from assistant.model.vocabulary import condition_problems


class Rule(Struct, frozen=True, kw_only=True):
    """If all of these facts are present and none of those, then this holds as well."""

    id: str
    """`condition:<pattern>`, `symptom:<id>` or `cause:<id>:<symptom>`; unique."""
    present: tuple[Fact, ...]
    """Patterns; at least one."""
    absent: tuple[Fact, ...] = ()
    """Patterns."""
    concludes: Fact
    salience: int
    """The higher fires first. What a rule needs absent is concluded by rules above it only."""


class Fired(Struct, frozen=True, kw_only=True):
    """A rule that fired, and on what."""

    rule: Rule
    facts: tuple[Fact, ...]
    """One for each pattern of `present`, in that order."""


def problems(catalog: Catalog) -> tuple[str, ...]:
    """Everything that keeps the catalog from being compiled, expected beside found."""
    return tuple(_symptom_problems(catalog)) + tuple(_cause_problems(catalog))


def _symptom_problems(catalog: Catalog) -> Iterator[str]:
    for symptom in catalog.symptoms.values():
        for condition in symptom.all + symptom.none:
            for problem in condition_problems(condition.event, condition.where):
                yield f"symptom {symptom.id}: {problem}"


def _cause_problems(catalog: Catalog) -> Iterator[str]:
    for cause in catalog.causes.values():
        for symptom, count in Counter(shown.symptom for shown in cause.shows).items():
            if symptom not in catalog.symptoms:
                yield f"cause {cause.id}: shows: expected the id of a symptom, found {symptom}"
            if count > 1:
                yield f"cause {cause.id}: shows: expected each symptom once, found {symptom} again"


def compile_rules(catalog: Catalog) -> tuple[Rule, ...]:
    """All rules of the catalog in the order in which they fire.

    Raises:
        KnowledgeError: `problems` finds any.
    """
    found = problems(catalog)
    if found:
        raise KnowledgeError(found)
    patterns: dict[Fact, None] = {}
    symptoms = []
    for symptom in catalog.symptoms.values():
        # Said twice, a condition means the same as said once.
        present = tuple(dict.fromkeys(event_pattern(condition) for condition in symptom.all))
        absent = tuple(dict.fromkeys(event_pattern(condition) for condition in symptom.none))
        patterns.update(dict.fromkeys(present + absent))
        symptoms.append((symptom.id, present, absent))
    links = [
        (cause.id, shown.symptom) for cause in catalog.causes.values() for shown in cause.shows
    ]
    # Counting down makes every salience unique and each layer lie above the next.
    salience = iter(range(len(patterns) + len(symptoms) + len(links), 0, -1))
    return (
        *(
            Rule(
                id=f"condition:{pattern}",
                present=(pattern,),
                concludes=condition_met(pattern),
                salience=next(salience),
            )
            for pattern in patterns
        ),
        *(
            Rule(
                id=f"symptom:{symptom}",
                present=tuple(condition_met(pattern) for pattern in present),
                absent=tuple(condition_met(pattern) for pattern in absent),
                concludes=symptom_seen(symptom),
                salience=next(salience),
            )
            for symptom, present, absent in symptoms
        ),
        *(
            Rule(
                id=f"cause:{cause}:{symptom}",
                present=(symptom_seen(symptom),),
                concludes=hypothesis(cause, symptom),
                salience=next(salience),
            )
            for cause, symptom in links
        ),
    )
