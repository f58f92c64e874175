"""Finds what contradicts itself: symptoms and answers of one incident that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import product
from typing import TYPE_CHECKING

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Claimed, Incompatible
from assistant.engine.facts import Fact, symptom_seen
from assistant.engine.rules import Rule
from assistant.model.answer import UNKNOWN, Answer
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import SymptomSeen

if TYPE_CHECKING:
    from assistant.engine._experta import Engine


REMEMBERED = 4096
"""Different sets of symptoms and answers whose contradictions are kept."""


class Referee:
    """The contradictions of one catalog as rules over symptoms and answers."""

    def __init__(self, catalog: Catalog) -> None:
        self._rules = tuple(_rules(catalog))
        self._found = lru_cache(maxsize=REMEMBERED)(self._fired)
        self._asked = frozenset(fact for rule in self._rules for fact in rule.present)
        self._claims = {
            rule.id: pair
            for rule, pair in zip(
                self._rules,
                (
                    (entry.id, pair)
                    for entry in catalog.contradictions.values()
                    for pair in product(entry.first, entry.second)
                ),
                strict=True,
            )
        }

    def contradictions(
        self, incident: str, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer]
    ) -> tuple[Contradiction, ...]:
        """Every pair that holds, in the order of the catalog, each entry once.

        Of several answers to one question the last counts.
        """
        seen = {one.id: one for one in symptoms}
        said = {one.id: one for one in answers if one.choice != UNKNOWN}
        facts = [symptom_seen(one) for one in seen]
        facts += [answer_given(one.id, one.choice) for one in said.values()]
        # No run of the engine where nothing could come of it.
        known = frozenset(fact for fact in facts if fact in self._asked)
        if len(known) <= 1:
            return ()
        return tuple(
            Contradiction(
                id=name,
                incident=incident,
                first=_claim(first, seen),
                second=_claim(second, seen),
            )
            for name, (first, second) in self._found(known)
        )

    def _fired(self, known: frozenset[Fact]) -> tuple[tuple[str, tuple[Claimed, Claimed]], ...]:
        """The entries that hold, each with the first pair of claims that shows it."""
        found: dict[str, tuple[Claimed, Claimed]] = {}
        # A frozenset's order differs from run to run.
        for fired in self._engine.run(sorted(known, key=str, reverse=True), steps=len(self._rules)):
            name, pair = self._claims[fired.rule.id]
            found.setdefault(name, pair)
        return tuple(found.items())

    @cached_property
    def _engine(self) -> Engine:
        # As in `judge`: experta is slow to import.
        from assistant.engine._experta import Engine  # noqa: PLC0415

        return Engine(self._rules)


def answer_given(question: str, choice: str) -> Fact:
    """The fact that somebody answered a question so."""
    return Fact("answer", (("id", question), ("choice", choice)))


def _rules(catalog: Catalog) -> Iterator[Rule]:
    pairs = [
        (entry, first, second)
        for entry in catalog.contradictions.values()
        for first, second in product(entry.first, entry.second)
    ]
    for number, (entry, first, second) in enumerate(pairs):
        yield Rule(
            id=f"contradiction:{entry.id}:{_name(first)}:{_name(second)}",
            present=(_fact(first), _fact(second)),
            concludes=_concluded(entry, first, second),
            salience=len(pairs) - number,
        )


def _concluded(entry: Incompatible, first: Claimed, second: Claimed) -> Fact:
    return Fact(
        "contradiction", (("id", entry.id), ("first", _name(first)), ("second", _name(second)))
    )


def _fact(claim: Claimed) -> Fact:
    if claim.symptom is not None:
        return symptom_seen(claim.symptom)
    return answer_given(str(claim.question), str(claim.choice))


def _name(claim: Claimed) -> str:
    return claim.symptom or f"{claim.question}={claim.choice}"


def _claim(claim: Claimed, seen: dict[str, SymptomSeen]) -> Claim:
    if claim.symptom is not None:
        return Claim(id=claim.symptom, places=seen[claim.symptom].places)
    return Claim(id=str(claim.question), choice=claim.choice)
