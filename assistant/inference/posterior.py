"""How probable each cause is, given symptoms and answers: one fault, log odds, a leak.

P(cause | evidence) is the cause's share of tickets times, for each aspect seen and each question
answered, how often the cause looks so. One fault is assumed at a time (Heckerman, Breese, Rommelse
1995); everything is computed anew from all evidence each time, so its order does not matter for
the result and an answer can be changed or taken back.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Aspect, Cause, Question
from assistant.model.answer import UNKNOWN, Answer, Pivot, Weight
from assistant.model.diagnosis import Evidence, EvidenceKind, Hypothesis, Standing, SymptomSeen

PROVEN = 0.95
LIKELY = 0.5
POSSIBLE = 0.05
"""Least probabilities of the standings (contract: `standing`)."""
_REPEATED = 0.5
"""Exponent of further evidence for the same fact: counts half."""
_LEAST_SHARE = 1e-6
"""Nothing is impossible: a share of 0 would have no logarithm."""
_LEAST_ANSWER = 0.5
"""No cause gives an answer a smaller share of 100 than this."""
_NOTHING_DECIBANS = 0.05
"""Evidence weaker than this says nothing about a cause and is not listed."""
PRIOR = "prior"
"""Stands for the shares of tickets where two causes are compared."""


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


def symptom_likelihoods(
    aspect: Aspect,
    cause: Cause,
    reliability: float | None = None,
    *,
    concluded: Container[str] | None = None,
) -> dict[str, float]:
    """P(symptom | cause) for each symptom of an aspect, after floor and reliability.

    What the cause does not name takes the rest, in proportion of `otherwise`; so does the unnamed
    possibility that none of them is seen. `reliability` (of 100) stands in for the aspect's own.
    A symptom that the cause names has its named share only where the rules concluded the cause
    from it: `concluded` are these symptoms, None where no rules were asked.
    """
    named = {shown.symptom: shown.of_100 for shown in cause.shows}
    here = [symptom.id for symptom in aspect.symptoms if symptom.id in named]
    rest = 100 - sum(named[name] for name in here)
    weight_of_none = 100 - sum(symptom.otherwise for symptom in aspect.symptoms)
    weights = {
        symptom.id: symptom.otherwise for symptom in aspect.symptoms if symptom.id not in named
    }
    total = sum(weights.values()) + weight_of_none
    reliable = (aspect.reliability if reliability is None else reliability) / 100
    choices = len(aspect.symptoms) + (weight_of_none > 0)
    likelihoods = {}
    for symptom in aspect.symptoms:
        if symptom.id in named and (concluded is None or symptom.id in concluded):
            share = named[symptom.id]
        else:
            share = rest * weights.get(symptom.id, 0.0) / total if total > 0 else 0.0
        share = max(share, aspect.floor, _LEAST_SHARE) / 100
        likelihoods[symptom.id] = reliable * share + (1 - reliable) / choices
    return likelihoods


def answer_likelihoods(
    question: Question, cause: Cause, reliability: float | None = None
) -> dict[str, float]:
    """P(answer | cause, can say) for each choice of a question; they sum to 1.

    Choices that the cause does not name take the rest, in proportion of `otherwise`. `reliability`
    (of 100) stands in for the question's own.
    """
    named = {
        answered.choice: answered.of_100
        for answered in cause.answers
        if answered.question == question.id
    }
    rest = max(100 - sum(named.values()), 0.0)
    others = [choice for choice in question.choices if choice.id not in named]
    total = sum(choice.otherwise for choice in others)
    shares = {}
    for choice in question.choices:
        if choice.id in named:
            share = named[choice.id]
        elif total > 0:
            share = rest * choice.otherwise / total
        else:
            share = rest / len(others)
        shares[choice.id] = max(share, _LEAST_ANSWER)
    whole = sum(shares.values())
    reliable = (question.reliability if reliability is None else reliability) / 100
    return {
        name: reliable * share / whole + (1 - reliable) / len(shares)
        for name, share in shares.items()
    }


class _Weighed(Struct, frozen=True):
    """One piece of evidence with its likelihood under every cause, already tempered."""

    id: str
    kind: EvidenceKind
    choice: str | None
    log_likelihoods: Sequence[float]


class Ranker:
    """Ranks the causes of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._causes = tuple(catalog.causes.values())
        self._place = {cause.id: place for place, cause in enumerate(self._causes)}
        self._remedies = catalog.remedies
        self._questions = catalog.questions
        self._speaking = {
            (cause.id, answered.question) for cause in self._causes for answered in cause.answers
        }
        self._aspect_of = {
            symptom.id: aspect for aspect in catalog.aspects for symptom in aspect.symptoms
        }
        self._order = {name: place for place, name in enumerate(catalog.symptoms)}
        self._choice_of = {
            symptom: choice.id
            for aspect in catalog.aspects
            if aspect.answers is not None
            for choice in catalog.questions[aspect.answers].choices
            for symptom in choice.told_by
        }
        """Of symptoms that count as answers."""
        self._answer_logs: dict[tuple[str, float | None], dict[str, tuple[float, ...]]] = {}
        self._symptom_logs: dict[tuple[str, float | None], dict[str, tuple[float, ...]]] = {}
        self._concluded_logs: dict[tuple[str, float | None, frozenset[str]], tuple[float, ...]] = {}
        self._stated = {
            cause.id: {shown.symptom for shown in cause.shows if shown.stated}
            for cause in self._causes
        }
        self._prior = tuple(math.log(max(cause.share, 1e-6)) for cause in self._causes)

    @property
    def causes(self) -> tuple[str, ...]:
        """Their ids, in the order of `shares`."""
        return tuple(self._place)

    def rank(
        self, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer] = ()
    ) -> tuple[Hypothesis, ...]:
        """Every cause with its probability (sum 1), evidence and remedies; most probable first.

        Of several answers to one question the last counts.

        Raises:
            KeyError: an answer is to no question, no choice of it, or no remedy of the catalog.
        """
        weighed = self._weigh(symptoms, answers)
        logs = list(self._prior)
        before = normalised(logs)
        prior_decibans = [_decibans(share) for share in before]
        steps: list[list[float]] = []
        for one in weighed:
            logs = [log + more for log, more in zip(logs, one.log_likelihoods, strict=True)]
            after = normalised(logs)
            steps.append([_decibans(b) - _decibans(a) for a, b in zip(before, after, strict=True)])
            before = after
        seen = {one.id for one in weighed if one.kind is EvidenceKind.SYMPTOM}
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
                    Evidence(
                        id=one.id,
                        decibans=step[place],
                        kind=one.kind,
                        choice=one.choice,
                    )
                    for one, step in zip(weighed, steps, strict=True)
                    if abs(step[place]) >= _NOTHING_DECIBANS
                ),
                remedies=cause.remedies,
            )
            for place, cause in enumerate(self._causes)
        ]
        # Equal probabilities: in the order of their ids, so that no run differs from another.
        return tuple(sorted(hypotheses, key=lambda one: (-one.probability, one.cause)))

    def probabilities(
        self, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer] = ()
    ) -> Mapping[str, float]:
        """Only the numbers: cause id to probability."""
        return dict(zip(self.causes, self.shares(symptoms, answers), strict=True))

    def shares(
        self, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer] = ()
    ) -> list[float]:
        """Only the numbers, in the order of `causes`; sum 1."""
        rows = [one.log_likelihoods for one in self._weigh(symptoms, answers)]
        return normalised([sum(column) for column in zip(self._prior, *rows, strict=True)])

    def compare(
        self,
        first: str,
        second: str,
        symptoms: Iterable[SymptomSeen],
        answers: Iterable[Answer] = (),
    ) -> tuple[Weight, ...]:
        """Why one cause stands before another: decibans that add up exactly, whatever the order.

        Their sum is 10 log10 of P(first) / P(second); the first entry is the prior, the others
        follow from the strongest to the weakest.
        """
        one, other = self._place[first], self._place[second]
        weights = [
            Weight(
                id=each.id,
                choice=each.choice,
                decibans=_ratio_decibans(each.log_likelihoods[one], each.log_likelihoods[other]),
            )
            for each in self._weigh(symptoms, answers)
        ]
        prior = _ratio_decibans(self._prior[one], self._prior[other])
        return (
            Weight(id=PRIOR, choice=None, decibans=prior),
            *sorted(weights, key=lambda weight: -abs(weight.decibans)),
        )

    def pivot(self, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer]) -> Pivot | None:
        """The answer without which another cause would lead; of several the one that does most.

        Worth asking again before an expensive repair. None where no single answer decides.
        """
        given = list(self._last_of_each(answers))
        seen = list(symptoms)
        now = self.shares(seen, given)
        leading = self._leading(now)
        found: list[tuple[float, Pivot]] = []
        for place, answer in enumerate(given):
            without = self.shares(seen, given[:place] + given[place + 1 :])
            other = self._leading(without)
            if other != leading:
                pivot = Pivot(
                    answer=answer,
                    instead=self._causes[other].id,
                    instead_probability=without[other],
                )
                found.append((without[leading], pivot))
        return min(found, key=lambda one: (one[0], one[1].answer.id))[1] if found else None

    def answer_logs(
        self, question: str, reliability: float | None = None
    ) -> Mapping[str, tuple[float, ...]]:
        """Log P(choice | cause) by choice, in the order of `causes`."""
        key = (question, reliability)
        if key not in self._answer_logs:
            asked = self._questions[question]
            tables = list(self._answer_tables(asked, reliability))
            self._answer_logs[key] = {
                choice.id: tuple(math.log(table[choice.id]) for table in tables)
                for choice in asked.choices
            }
        return self._answer_logs[key]

    def _answer_tables(
        self, asked: Question, reliability: float | None
    ) -> Iterator[dict[str, float]]:
        # Most causes say nothing of a question, and all of these the same.
        silent: dict[str, float] | None = None
        for cause in self._causes:
            if (cause.id, asked.id) in self._speaking:
                yield answer_likelihoods(asked, cause, reliability)
            else:
                silent = silent or answer_likelihoods(asked, cause, reliability)
                yield silent

    def symptom_logs(self, symptom: str, reliability: float | None = None) -> tuple[float, ...]:
        """Log P(symptom | cause), in the order of `causes`."""
        aspect = self._aspect_of[symptom]
        if aspect.answers is not None:
            trust = aspect.reliability if reliability is None else reliability
            return self.answer_logs(aspect.answers, trust)[self._choice_of[symptom]]
        key = (aspect.aspect, reliability)
        if key not in self._symptom_logs:
            tables = [symptom_likelihoods(aspect, cause, reliability) for cause in self._causes]
            self._symptom_logs[key] = {
                one.id: tuple(math.log(table[one.id]) for table in tables)
                for one in aspect.symptoms
            }
        return self._symptom_logs[key][symptom]

    def _logs_of(self, seen: SymptomSeen) -> tuple[float, ...]:
        """Of a symptom as the rules saw it: which causes it speaks for is what they concluded."""
        aspect = self._aspect_of[seen.id]
        if seen.causes is None or aspect.answers is not None:
            return self.symptom_logs(seen.id, seen.reliability)
        key = (seen.id, seen.reliability, seen.causes)
        logs = self._concluded_logs.get(key)
        if logs is None:
            logs = self._concluded_logs[key] = tuple(
                math.log(
                    symptom_likelihoods(
                        aspect,
                        cause,
                        seen.reliability,
                        concluded=(seen.id,) if cause.id in seen.causes else (),
                    )[seen.id]
                )
                for cause in self._causes
            )
        return logs

    def tells(self, fact: str, symptoms: Iterable[SymptomSeen]) -> bool:
        """Whether one of the symptoms tells this fact: a `same_fact` word or an aspect's name."""
        aspects = [self._aspect_of[one.id] for one in symptoms]
        return any(fact in (aspect.aspect, aspect.same_fact, aspect.answers) for aspect in aspects)

    def _leading(self, shares: Sequence[float]) -> int:
        return min(range(len(shares)), key=lambda place: (-shares[place], self._causes[place].id))

    # Weighing ---------------------------------------------------------------------------

    def _weigh(
        self, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer] = ()
    ) -> list[_Weighed]:
        """In the order of aspects, questions, repairs; what tells the same fact again counts half.

        The order is the catalog's and not the user's, so the result does not depend on his.
        """
        told: set[str] = set()
        weighed = []
        for symptom in sorted(symptoms, key=lambda one: self._order[one.id]):
            aspect = self._aspect_of[symptom.id]
            facts = self._facts_of(aspect)
            power = _REPEATED if facts & told else 1.0
            # A question may name the aspect itself as the fact that it tells again.
            told |= facts | {aspect.aspect}
            weighed.append(
                _Weighed(
                    symptom.id,
                    EvidenceKind.SYMPTOM,
                    None,
                    [power * log for log in self._logs_of(symptom)],
                )
            )
        for answer in self._last_of_each(answers):
            if answer.remedy is not None:
                logs: Sequence[float] = self._not_helped(answer.remedy)
            else:
                facts = self._facts_of_question(answer.id)
                power = _REPEATED if facts & told else 1.0
                told |= facts
                rows = self.answer_logs(answer.id, answer.reliability)
                logs = [power * log for log in rows[answer.choice]]
            weighed.append(_Weighed(answer.id, EvidenceKind.ANSWER, answer.choice, logs))
        return weighed

    def _facts_of(self, aspect: Aspect) -> set[str]:
        """What the symptoms of an aspect tell that something else may tell again."""
        facts = {aspect.same_fact} if aspect.same_fact is not None else set()
        return facts | (self._facts_of_question(aspect.answers) if aspect.answers else set())

    def _facts_of_question(self, question: str) -> set[str]:
        same = self._questions[question].same_fact
        return {question} if same is None else {question, same}

    def _last_of_each(self, answers: Iterable[Answer]) -> list[Answer]:
        """One answer for each question, without the "don't know", in the catalog's order."""
        last = {answer.id: answer for answer in answers}
        order = {name: place for place, name in enumerate(self._questions)}
        for answer in last.values():
            if answer.remedy is None and answer.id not in order:
                raise KeyError(answer.id)
        known = [answer for answer in last.values() if answer.choice != UNKNOWN]
        return sorted(known, key=lambda one: (order.get(one.id, len(order)), one.id))

    def _not_helped(self, remedy: str) -> list[float]:
        """P(still broken | cause) after a repair: less only for the causes that it cures."""
        left = max(1 - self._remedies[remedy].cures / 100, _LEAST_ANSWER / 100)
        return [math.log(left) if remedy in cause.remedies else 0.0 for cause in self._causes]


def normalised(logs: Sequence[float]) -> list[float]:
    """Log weights to probabilities that sum to 1."""
    highest = max(logs)
    weights = [math.exp(log - highest) for log in logs]
    total = sum(weights)
    return [weight / total for weight in weights]


def _decibans(probability: float) -> float:
    """10 log10 of the odds, kept within what double precision can tell from certainty."""
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return 10 * math.log10(bounded / (1 - bounded))


def _ratio_decibans(first_log: float, second_log: float) -> float:
    return 10 * (first_log - second_log) / math.log(10)
