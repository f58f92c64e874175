"""Which question to ask next: the one that saves most minutes, then quick ones that make sure.

One step is looked ahead: a question pays if the minutes to repair fall by more, on average over
its answers, than asking costs (Breese & Heckerman 1996). Where none pays, quick confirmations are
asked until the first cause is sure enough. Nothing here talks to anybody.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Question
from assistant.inference.posterior import Ranker
from assistant.inference.repairs import OTHER_SIDE_MINUTES, RepairPlanner, Repairs, needs
from assistant.model.answer import (
    NO_HELP,
    TRIED,
    UNKNOWN,
    Answer,
    OpenQuestion,
    Outlook,
    RepairPlan,
    Who,
)
from assistant.model.diagnosis import SymptomSeen

SURE = 0.8
"""From here on the first cause needs no confirmation."""
_LEAST_WORTH = 0.5
"""Minutes saved; asking for less would only pester."""
CONFIRM_MINUTES = 15.0
"""A confirmation may lose this many minutes on balance: what it takes, less what it saves later.
So much that the other side may be called for it."""
_CONFIRM_BITS = 0.03
"""And tells at least this much for each minute it takes."""
_THERE = ("remote", "both")


class _Look(Struct, frozen=True):
    """A question and what its answers would lead to."""

    question: Question
    worth: float
    """Minutes saved on average, less minutes asked; may be negative."""
    bits: float
    """Uncertainty taken away on average, for each minute."""


class QuestionPolicy:
    """Chooses questions with one catalog; what can be prepared once is."""

    def __init__(self, catalog: Catalog, ranker: Ranker | None = None) -> None:
        self._questions = catalog.questions
        self._remedies = catalog.remedies
        self._ranker = ranker or Ranker(catalog)
        self._planner = RepairPlanner(catalog)
        self._causes = self._ranker.causes
        self._likelihoods = {
            name: tuple(
                (choice, tuple(math.exp(log) for log in logs))
                for choice, logs in self._ranker.answer_logs(name).items()
            )
            for name in self._questions
        }
        self._from_there = frozenset(
            symptom.id
            for aspect in catalog.aspects
            if aspect.answers is not None and catalog.questions[aspect.answers].who != "local"
            for symptom in aspect.symptoms
        )
        """Symptoms of what somebody at the other side has sent us."""
        self._told_by = {
            name: frozenset(told for choice in question.choices for told in choice.told_by)
            for name, question in self._questions.items()
        }

    def told(self, symptoms: Iterable[SymptomSeen]) -> Mapping[str, str]:
        """Questions that the trace has answered, with the choice; they are never asked."""
        seen = {one.id for one in symptoms}
        # Where two symptoms tell different choices, the one that stands first says more.
        return {
            name: next(choice.id for choice in question.choices if seen & set(choice.told_by))
            for name, question in self._questions.items()
            if seen & self._told_by[name]
        }

    def next_questions(
        self,
        symptoms: Iterable[SymptomSeen],
        answers: Iterable[Answer] = (),
        *,
        away: Collection[Who] = (),
    ) -> tuple[OpenQuestion, ...]:
        """The questions worth asking now, the best first; empty when it is time to repair.

        Args:
            symptoms: What the trace shows.
            answers: What was said so far, "don't know" included: it is not asked again.
            away: Sides nobody can be reached at; `remote` switches off `both` as well.
        """
        seen, given = tuple(symptoms), tuple(answers)
        now = self._ranker.shares(seen, given)
        reached = self._reached(seen, given)
        repairs = self._repairs(given, away, reached=reached)
        there = self._repairs(given, away, reached=True)
        looks = []
        for question in self._open(seen, given, away):
            local = question.who == "local"
            look = self._look(
                question,
                tuple(self._outcomes(question.id, seen, given, now)),
                now=(repairs.expected_minutes(now), _entropy(now)),
                later=repairs if local else there,
                waiting=0.0 if local or reached else OTHER_SIDE_MINUTES,
            )
            looks.append(look)
        paying = sorted(
            (look for look in looks if look.worth >= _LEAST_WORTH),
            key=lambda look: (-look.worth, look.question.id),
        )
        if paying:
            return tuple(_opened(look) for look in paying)
        if max(now) >= SURE:
            return ()
        quick = sorted(
            (
                look
                for look in looks
                if look.worth >= -CONFIRM_MINUTES and look.bits > _CONFIRM_BITS
            ),
            key=lambda look: (-look.bits, look.question.id),
        )
        return tuple(_opened(look, confirms=True) for look in quick)

    def why(
        self, question: str, symptoms: Iterable[SymptomSeen], answers: Iterable[Answer] = ()
    ) -> tuple[Outlook, ...]:
        """What each answer would change, in the order of the choices."""
        seen = tuple(symptoms)
        given = tuple(answer for answer in answers if answer.id != question)
        now = self._ranker.shares(seen, given)
        outlooks = []
        for choice, probability, after in self._outcomes(question, seen, given, now):
            place = max(range(len(after)), key=after.__getitem__)
            outlooks.append(
                Outlook(
                    choice=choice,
                    probability=probability,
                    cause=self._causes[place],
                    cause_probability=after[place],
                )
            )
        return tuple(outlooks)

    def plan(
        self,
        symptoms: Iterable[SymptomSeen],
        answers: Iterable[Answer] = (),
        *,
        away: Collection[Who] = (),
    ) -> RepairPlan:
        """What to repair in which order with what is known, and what is left then."""
        given = tuple(answers)
        seen = tuple(symptoms)
        repairs = self._repairs(given, away, reached=self._reached(seen, given))
        return repairs.plan(self._ranker.shares(seen, given))

    # Looking ahead ----------------------------------------------------------------------

    def _open(
        self, seen: Iterable[SymptomSeen], given: Iterable[Answer], away: Collection[Who]
    ) -> Iterator[Question]:
        done = {answer.id for answer in given} | set(self.told(seen))
        for name, question in self._questions.items():
            if name not in done and not needs(question.who, away):
                yield question

    def _reached(self, seen: Iterable[SymptomSeen], given: Iterable[Answer]) -> bool:
        """Whether somebody at the other side was asked, sent us something, or helped to repair."""
        return any(one.id in self._from_there for one in seen) or any(
            (answer.id in self._questions and self._questions[answer.id].who != "local")
            or (answer.remedy is not None and self._remedies[answer.remedy].who in _THERE)
            for answer in given
        )

    def _repairs(self, given: Iterable[Answer], away: Collection[Who], *, reached: bool) -> Repairs:
        tried = {answer.remedy for answer in given if answer.remedy and answer.choice == NO_HELP}
        return self._planner.possible(tried=tried, away=away, reached=reached)

    @staticmethod
    def _look(
        question: Question,
        outcomes: Sequence[tuple[str, float, list[float]]],
        *,
        now: tuple[float, float],
        later: Repairs,
        waiting: float,
    ) -> _Look:
        """`now`: expected minutes and entropy; `later`: the repairs possible after asking."""
        minutes, unsure = now
        for _, probability, after in outcomes:
            minutes -= probability * later.expected_minutes(after)
            unsure -= probability * _entropy(after)
        can_say = 1 - question.dont_know / 100
        return _Look(
            question=question,
            worth=can_say * minutes - question.minutes - waiting,
            bits=can_say * unsure / max(question.minutes, 1),
        )

    def _outcomes(
        self,
        question: str,
        seen: tuple[SymptomSeen, ...],
        given: tuple[Answer, ...],
        now: Sequence[float],
    ) -> Iterator[tuple[str, float, list[float]]]:
        """Each choice with its probability and the shares of the causes after it."""
        again = self._told_already(question, seen, given)
        for choice, likelihoods in self._likelihoods[question]:
            joint = [share * one for share, one in zip(now, likelihoods, strict=True)]
            probability = sum(joint)
            if again:
                answer = Answer(id=question, choice=choice)
                yield choice, probability, self._ranker.shares(seen, (*given, answer))
            else:
                yield choice, probability, [one / probability for one in joint]

    def _told_already(
        self, question: str, seen: Iterable[SymptomSeen], given: Iterable[Answer]
    ) -> bool:
        """Whether something else told the same fact, so that weights shift with the answer."""
        fact = self._questions[question].same_fact
        if fact is None:
            return False
        return self._ranker.tells(fact, seen) or any(
            answer.choice != UNKNOWN
            and answer.id in self._questions
            and self._questions[answer.id].same_fact == fact
            for answer in given
        )


class AnswerProblem(Struct, frozen=True, kw_only=True):
    """Why an answer cannot be taken."""

    kind: str
    """`no-such-question`, `no-such-choice` or `no-such-remedy`."""
    found: str
    expected: tuple[str, ...]
    """The ids that would do."""


def answer_problem(catalog: Catalog, answer: Answer) -> AnswerProblem | None:
    """What is wrong with an answer that somebody typed; None if it can be taken."""
    if answer.remedy is not None:
        if answer.remedy not in catalog.remedies:
            return AnswerProblem(
                kind="no-such-remedy", found=answer.remedy, expected=tuple(catalog.remedies)
            )
        choices: tuple[str, ...] = (NO_HELP, UNKNOWN)
    elif answer.id not in catalog.questions:
        expected = (*catalog.questions, f"{TRIED}REMEDY")
        return AnswerProblem(kind="no-such-question", found=answer.id, expected=expected)
    else:
        choices = (*(one.id for one in catalog.questions[answer.id].choices), UNKNOWN)
    if answer.choice in choices:
        return None
    return AnswerProblem(kind="no-such-choice", found=answer.choice, expected=choices)


def _opened(look: _Look, *, confirms: bool = False) -> OpenQuestion:
    question = look.question
    return OpenQuestion(
        id=question.id,
        who=question.who,
        minutes=question.minutes,
        worth_minutes=max(look.worth, 0.0),
        choices=tuple(choice.id for choice in question.choices),
        confirms=confirms,
    )


def _entropy(shares: Sequence[float]) -> float:
    return -sum(share * math.log2(share) for share in shares if share > 0)
