"""Judges a negotiation: which symptoms it shows, which causes may explain them, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.engine.facts import Fact, Projection, in_file_order
from assistant.engine.rules import Fired, Rule, compile_rules
from assistant.model.diagnosis import Firing, SymptomSeen
from assistant.model.negotiation import Negotiation, Occurrence

if TYPE_CHECKING:
    from assistant.engine._experta import Engine

REMEMBERED = 4096
"""Different negotiations whose judgement is kept; equal ones cost no run of the engine."""


class Judgement(Struct, frozen=True, kw_only=True):
    """What the rules say of one negotiation; no numbers, these are for `inference`."""

    symptoms: tuple[SymptomSeen, ...]
    """In the order of the catalog."""
    hypotheses: tuple[tuple[str, str], ...]
    """Cause and symptom of every link that fired, in the order of the catalog."""
    firings: tuple[Firing, ...]
    """The ledger, in firing order: symptoms, then causes."""

    @property
    def decisive(self) -> tuple[str, ...]:
        """Ids of the symptoms that name the fault (contract, `incident`)."""
        return tuple(one.id for one in self.symptoms if one.decisive)


class _Conclusion(Struct, frozen=True, kw_only=True):
    """What is the same for all negotiations with the same facts, wherever they stand."""

    symptoms: tuple[tuple[str, tuple[Fact, ...], frozenset[str]], ...]
    """Ids, the facts that meet the conditions under `all`, and the causes concluded from it."""
    hypotheses: tuple[tuple[str, str], ...]
    firings: tuple[Firing, ...]


class Judge:
    """The rules of one catalog, compiled once, for any number of negotiations.

    Making one costs little; the engine is built when the first negotiation has to be judged.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Compiles the catalog.

        Raises:
            KnowledgeError: `assistant.engine.rules.problems` finds any.
        """
        self._symptoms = catalog.symptoms
        self._rules = compile_rules(catalog)
        self._projection = Projection(catalog)
        self._conclude = lru_cache(maxsize=REMEMBERED)(self._chain)

    def likeness(self, negotiation: Negotiation) -> frozenset[Fact]:
        """What is equal of negotiations about which the rules say the same."""
        everything = chain(negotiation.messages, negotiation.derived)
        asks_about, fact = self._projection.asks_about, self._projection.fact
        return frozenset(fact(one.event) for one in everything if asks_about(one.event))

    def judge(self, negotiation: Negotiation) -> Judgement:
        """What this negotiation shows, with the places it rests on."""
        everything = chain(negotiation.messages, negotiation.derived, negotiation.beside)
        return self.judge_events(everything, negotiation.source)

    def judge_events(self, occurrences: Iterable[Occurrence], source: str) -> Judgement:
        """What these events show; places in `source` come before those elsewhere."""
        facts = self._projection.facts(occurrences)
        conclusion = self._conclude(frozenset(facts))
        return Judgement(
            symptoms=tuple(
                SymptomSeen(
                    id=symptom,
                    decisive=self._symptoms[symptom].decisive,
                    places=in_file_order(
                        [place for fact in matched for place in facts[fact]],
                        source,
                    ),
                    causes=causes,
                )
                for symptom, matched, causes in conclusion.symptoms
            ),
            hypotheses=conclusion.hypotheses,
            firings=conclusion.firings,
        )

    @cached_property
    def _engine(self) -> Engine:
        # experta takes longer to import than a small trace to read; nobody waits for it who
        # asks for --help or explains a code.
        from assistant.engine._experta import Engine  # noqa: PLC0415

        return Engine(self._rules)

    @cached_property
    def _firings(self) -> dict[str, Firing]:
        """Of the causes' rules: these say the same each time, so all judgements share them."""
        return {
            rule.id: _firing(rule, rule.present)
            for rule in self._rules
            if rule.concludes.kind == "hypothesis"
        }

    def _chain(self, facts: frozenset[Fact]) -> _Conclusion:
        # A frozenset's order differs from run to run, the ledger must not. Backwards, because
        # of equally salient activations the one with the newest fact fires first.
        in_order = sorted(facts, key=str, reverse=True)
        # A rule of the first layer fires at most once for each fact, all others once.
        fired = self._engine.run(in_order, steps=len(self._rules) * (len(facts) + 1))
        meets: defaultdict[Fact, list[Fact]] = defaultdict(list)
        symptoms = []
        hypotheses = []
        firings = []
        for step in fired:
            concluded = step.rule.concludes
            if concluded.kind == "condition":
                meets[concluded] += step.facts
            elif concluded.kind == "symptom":
                matched = _matched(step, meets)
                symptoms.append((str(concluded.fields[0][1]), matched))
                firings.append(_firing(step.rule, matched))
            else:
                (_, cause), (_, symptom) = concluded.fields
                hypotheses.append((str(cause), str(symptom)))
                firings.append(self._firings[step.rule.id])
        causes: defaultdict[str, set[str]] = defaultdict(set)
        for cause, symptom in hypotheses:
            causes[symptom].add(cause)
        return _Conclusion(
            symptoms=tuple(
                (symptom, matched, frozenset(causes[symptom])) for symptom, matched in symptoms
            ),
            hypotheses=tuple(hypotheses),
            firings=tuple(firings),
        )


def _matched(step: Fired, meets: dict[Fact, list[Fact]]) -> tuple[Fact, ...]:
    """The events behind the conditions on which a symptom fired, each once."""
    found = dict.fromkeys(event for condition in step.facts for event in meets[condition])
    return tuple(found)


def _firing(rule: Rule, matched: tuple[Fact, ...]) -> Firing:
    return Firing(
        rule=rule.id,
        facts=tuple(str(fact) for fact in matched),
        absent=tuple(_absent(fact) for fact in rule.absent),
    )


def _absent(fact: Fact) -> str:
    """A condition that was not met, as the event it asks for."""
    return str(fact.fields[0][1])
