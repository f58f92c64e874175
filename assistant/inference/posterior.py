"""How probable each cause is, given the symptoms: one fault, log odds, a leak for the unknown.

P(cause | symptoms) is the cause's share of tickets times, for each aspect seen, how often the
cause looks so. One fault is assumed at a time (Heckerman, Breese, Rommelse 1995); everything is
computed anew from all evidence each time, so its order does not matter for the result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Aspect, Cause
from assistant.model.diagnosis import Evidence, Hypothesis, Standing, SymptomSeen

PROVEN = 0.95
LIKELY = 0.5
POSSIBLE = 0.05
"""Least probabilities of the standings (contract: `standing`)."""
_REPEATED = 0.5
"""Exponent of further evidence for the same fact: counts half."""
_LEAST_SHARE = 1e-6
"""Nothing is impossible: a share of 0 would have no logarithm."""
_NOTHING_DECIBANS = 0.05
"""Evidence weaker than this says nothing about a cause and is not listed."""


def standing(probability: float) -> Standing:
    """The probability in words; what the router itself states is `proven` besides.

    >>> standing(0.5).value
    'likely'
    """
    if probability >= PROVEN:
        return Standing.PROVEN
    if probability >= LIKELY:
        return Standing.LIKELY
    return Standing.POSSIBLE if probability >= POSSIBLE else Standing.UNLIKELY


def symptom_likelihoods(aspect: Aspect, cause: Cause) -> dict[str, float]:
    """P(symptom | cause) for each symptom of an aspect, after floor and reliability.

    What the cause does not name takes the rest, in proportion of `otherwise`; so does the unnamed
    possibility that none of them is seen.
    """
    named = {shown.symptom: shown.of_100 for shown in cause.shows}
    here = [symptom.id for symptom in aspect.symptoms if symptom.id in named]
    rest = 100 - sum(named[name] for name in here)
    weight_of_none = 100 - sum(symptom.otherwise for symptom in aspect.symptoms)
    weights = {
        symptom.id: symptom.otherwise for symptom in aspect.symptoms if symptom.id not in named
    }
    total = sum(weights.values()) + weight_of_none
    reliable = aspect.reliability / 100
    choices = len(aspect.symptoms) + (weight_of_none > 0)
    likelihoods = {}
    for symptom in aspect.symptoms:
        if symptom.id in named:
            share = named[symptom.id]
        else:
            share = rest * weights[symptom.id] / total if total > 0 else 0.0
        share = max(share, aspect.floor, _LEAST_SHARE) / 100
        likelihoods[symptom.id] = reliable * share + (1 - reliable) / choices
    return likelihoods


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One symptom with its likelihood under every cause, already tempered."""

    symptom: SymptomSeen
    log_likelihoods: Sequence[float]


class Ranker:
    """Ranks the causes of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._causes = tuple(catalog.causes.values())
        self._aspect_of = {
            symptom.id: aspect for aspect in catalog.aspects for symptom in aspect.symptoms
        }
        self._order = {name: place for place, name in enumerate(catalog.symptoms)}
        tables = {
            (aspect.aspect, cause.id): symptom_likelihoods(aspect, cause)
            for aspect in catalog.aspects
            for cause in self._causes
        }
        self._logs = {
            symptom.id: tuple(
                math.log(tables[aspect.aspect, cause.id][symptom.id]) for cause in self._causes
            )
            for aspect in catalog.aspects
            for symptom in aspect.symptoms
        }
        self._stated = {
            cause.id: {shown.symptom for shown in cause.shows if shown.stated}
            for cause in self._causes
        }
        self._prior = tuple(math.log(max(cause.share, 1e-6)) for cause in self._causes)

    def rank(self, symptoms: Iterable[SymptomSeen]) -> tuple[Hypothesis, ...]:
        """Every cause with its probability (sum 1), evidence and remedies; most probable first."""
        weighed = self._weigh(symptoms)
        logs = list(self._prior)
        before = _normalised(logs)
        prior_decibans = [_decibans(share) for share in before]
        steps: list[list[float]] = []
        for one in weighed:
            logs = [log + more for log, more in zip(logs, one.log_likelihoods, strict=True)]
            after = _normalised(logs)
            steps.append([_decibans(b) - _decibans(a) for a, b in zip(before, after, strict=True)])
            before = after
        seen = {one.symptom.id for one in weighed}
        leading = max(range(len(before)), key=before.__getitem__)
        hypotheses = [
            Hypothesis(
                cause=cause.id,
                probability=before[place],
                standing=Standing.PROVEN
                if place == leading and self._stated[cause.id] & seen
                else standing(before[place]),
                prior_decibans=prior_decibans[place],
                evidence=tuple(
                    Evidence(id=one.symptom.id, decibans=step[place], places=one.symptom.places)
                    for one, step in zip(weighed, steps, strict=True)
                    if abs(step[place]) >= _NOTHING_DECIBANS
                ),
                remedies=cause.remedies,
            )
            for place, cause in enumerate(self._causes)
        ]
        # Equal probabilities: in the order of their ids, so that no run differs from another.
        return tuple(sorted(hypotheses, key=lambda one: (-one.probability, one.cause)))

    def _weigh(self, symptoms: Iterable[SymptomSeen]) -> list[_Weighed]:
        """In the order of the aspects; what tells the same fact again counts half."""
        ordered = sorted(symptoms, key=lambda one: self._order[one.id])
        told: set[str] = set()
        weighed = []
        for symptom in ordered:
            fact = self._aspect_of[symptom.id].same_fact
            power = _REPEATED if fact in told else 1.0
            if fact is not None:
                told.add(fact)
            weighed.append(_Weighed(symptom, [power * log for log in self._logs[symptom.id]]))
        return weighed

    def probabilities(self, symptoms: Iterable[SymptomSeen]) -> Mapping[str, float]:
        """Only the numbers: cause id to probability."""
        return {one.cause: one.probability for one in self.rank(symptoms)}


def _normalised(logs: Sequence[float]) -> list[float]:
    highest = max(logs)
    weights = [math.exp(log - highest) for log in logs]
    total = sum(weights)
    return [weight / total for weight in weights]


def _decibans(probability: float) -> float:
    """10 log10 of the odds, kept within what double precision can tell from certainty."""
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return 10 * math.log10(bounded / (1 - bounded))
