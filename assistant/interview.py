"""The dialogue without any input or output: what is asked now, and what each answer leads to.

An `Interview` is a value: every move gives a new one, so nothing can be half done, and going back
is looking at fewer steps. Who shows it and where it is saved is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from assistant.diagnose import Diagnoser, Examined
from assistant.inference.questions import answer_problem
from assistant.inference.repairs import needs
from assistant.model.answer import NO_HELP, TRIED, UNKNOWN, Answer, AnswerSource
from assistant.model.contradiction import Contradiction
from assistant.model.diagnosis import UNKNOWN_CAUSE, Diagnosis, Incident
from assistant.model.dialogue import (
    Asked,
    AwaySide,
    How,
    Reason,
    Said,
    Skipped,
    Step,
    Stop,
    WentAway,
    Why,
)

EXPENSIVE_MINUTES = 10
"""A repair that takes this long is worth asking once more on what it rests."""
FOREIGN = 0.2
"""From here on the case fits none of the known causes well enough to go on repairing."""
FAILED_REPAIRS = 2
"""After so many repairs that did not help somebody else should look at it."""
_SKIPS = 2
"""A question that was skipped is asked once more at the end; skipped again, it stays open."""


class Interview(Struct, frozen=True, kw_only=True):
    """One dialogue about one case; begin it with `Interview.begin`."""

    diagnoser: Diagnoser
    examined: Examined
    given: tuple[Answer, ...] = ()
    """Answers from before the dialogue; it may correct them but does not take them back."""
    given_away: tuple[AwaySide, ...] = ()
    steps: tuple[Step, ...] = ()
    about: str | None = None
    """Id of the incident it is about; None if there is none."""
    diagnosis: Diagnosis
    """With all that was said up to here."""
    pinned: tuple[str, Reason] | None = field(default=None)
    """A question to ask now, whatever it is worth."""

    @classmethod
    def begin(
        cls,
        diagnoser: Diagnoser,
        examined: Examined,
        *,
        given: Iterable[Answer] = (),
        away: Iterable[AwaySide] = (),
        resumed: Iterable[Answer] = (),
    ) -> Interview:
        """The dialogue before its first question.

        Args:
            diagnoser: What concludes from the answers.
            examined: The case.
            given: Answers that came with the call.
            away: Sides nobody can be reached at.
            resumed: Answers of an earlier dialogue, which can be taken back; what is given wins.
        """
        known = tuple(given)
        told = {answer.id for answer in known}
        steps = tuple(Said(answer=one) for one in resumed if one.id not in told)
        sides = tuple(dict.fromkeys(away))
        diagnosis = diagnoser.conclude(examined, _answers(known, steps), sides)
        return cls(
            diagnoser=diagnoser,
            examined=examined,
            given=known,
            given_away=sides,
            steps=steps,
            about=_first_in_trouble(diagnosis),
            diagnosis=diagnosis,
        )

    # Where it stands --------------------------------------------------------------------

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All that was said, the last of each question, in the order it was said."""
        return _answers(self.given, self.steps)

    @property
    def away(self) -> tuple[AwaySide, ...]:
        """Sides nobody can be reached at."""
        return _away(self.given_away, self.steps)

    @property
    def incident(self) -> Incident | None:
        """What it is about; None if the case shows no incident at all."""
        return next((one for one in self.diagnosis.incidents if one.id == self.about), None)

    @property
    def in_trouble(self) -> tuple[Incident, ...]:
        """All incidents with causes to choose from; `turn_to` one of them."""
        return tuple(one for one in self.diagnosis.incidents if one.hypotheses)

    @property
    def asked(self) -> Asked | None:
        """The question to ask now; None when none is worth asking."""
        incident = self.incident
        if incident is None:
            return None
        worth = {one.id: one for one in incident.questions}
        if self.pinned is not None:
            question, reason = self.pinned
            return Asked(question=question, reason=reason, open=worth.get(question))
        skips = self._skips()
        for name, one in worth.items():
            if not skips.get(name):
                return Asked(question=name, reason=Reason.BEST, open=one)
        for name, times in skips.items():
            if name in worth and times < _SKIPS:
                return Asked(question=name, reason=Reason.SKIPPED, open=worth[name])
        return self._confirmation(incident)

    @property
    def left_open(self) -> tuple[str, ...]:
        """Questions that are worth asking and were skipped for good."""
        skips = self._skips()
        questions = self.incident.questions if self.incident else ()
        return tuple(one.id for one in questions if skips.get(one.id, 0) >= _SKIPS)

    @property
    def others(self) -> tuple[str, ...]:
        """Every question that can be answered now, asked or not: those worth asking first.

        Without what the case itself tells. What was answered stands last: it can be corrected.
        """
        incident = self.incident
        if incident is None:
            return ()
        told = self.diagnoser.told(incident)
        worth = [one.id for one in incident.questions]
        said = [answer.id for answer in self.answers if answer.remedy is None]
        rest = [name for name in self.diagnoser.catalog.questions if name not in told]
        ordered = dict.fromkeys([*worth, *(name for name in rest if name not in said), *said])
        return tuple(ordered)

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Of the incident it is about."""
        return tuple(one for one in self.diagnosis.contradictions if one.incident == self.about)

    def new_contradictions(self, before: Interview) -> tuple[Contradiction, ...]:
        """Those that an earlier state of the dialogue did not have."""
        known = {(one.id, one.first, one.second) for one in before.contradictions}
        return tuple(
            one for one in self.contradictions if (one.id, one.first, one.second) not in known
        )

    @property
    def failed_repairs(self) -> tuple[str, ...]:
        """Remedies that were tried and did not help."""
        return tuple(
            answer.remedy for answer in self.answers if answer.remedy and answer.choice == NO_HELP
        )

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Why to hand over now; empty while repairing is worth it."""
        incident = self.incident
        if incident is None or incident.plan is None:
            return ()
        found = []
        if not incident.plan.repairs:
            found.append(Stop.NO_REPAIR)
        if len(self.failed_repairs) >= FAILED_REPAIRS:
            found.append(Stop.REPAIRS_FAILED)
        unknown = next((one for one in incident.hypotheses if one.cause == UNKNOWN_CAUSE), None)
        if unknown is not None and unknown.probability > FOREIGN:
            found.append(Stop.FITS_NOTHING)
        return tuple(found)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self.steps)

    # Moves ------------------------------------------------------------------------------

    def answer(self, choice: str) -> Interview:
        """Answer the question that is asked.

        Raises:
            ValueError: nothing is asked, or the question has no such choice.
        """
        asked = self._asked()
        return self.say(asked.question, choice, confirming=asked.reason is Reason.CONFIRM)

    def unknown(self) -> Interview:
        """Answer "don't know": it changes nothing and the question is done.

        Raises:
            ValueError: nothing is asked.
        """
        return self.answer(UNKNOWN)

    def say(self, question: str, choice: str, *, confirming: bool = False) -> Interview:
        """Answer any question at any time, or correct its answer.

        Raises:
            ValueError: there is no such question, choice or remedy.
        """
        answer = Answer(id=question, choice=choice, source=AnswerSource.DIALOGUE)
        problem = answer_problem(self.diagnoser.catalog, answer)
        if problem is not None:
            raise ValueError(problem.kind)
        # Answering something else leaves the question that somebody chose where it is.
        kept = self.pinned if self.pinned and self.pinned[0] != question else None
        return self._after(Said(answer=answer, confirming=confirming), pinned=kept)

    def tried(self, remedy: str) -> Interview:
        """A repair was done as described and the fault is still there.

        Raises:
            ValueError: there is no such remedy.
        """
        return self.say(f"{TRIED}{remedy}", NO_HELP)

    def skip(self) -> Interview:
        """Put the question off.

        Raises:
            ValueError: nothing is asked.
        """
        asked = self._asked()
        return self._after(
            Skipped(question=asked.question, confirming=asked.reason is Reason.CONFIRM)
        )

    def ask(self, question: str) -> Interview:
        """Ask this question next, whatever it is worth.

        Raises:
            ValueError: there is no such question.
        """
        if question not in self.diagnoser.catalog.questions:
            raise ValueError(question)
        return replace(self, pinned=(question, Reason.CHOSEN))

    def back(self) -> Interview:
        """Take the last step back, and ask its question again; without any step nothing changes."""
        if not self.steps:
            return self
        *steps, last = self.steps
        question = None
        if isinstance(last, Skipped):
            question = last.question
        elif isinstance(last, Said) and last.answer.remedy is None:
            question = last.answer.id
        return self._concluded(tuple(steps), (question, Reason.AGAIN) if question else None)

    def go_away(self, side: AwaySide) -> Interview:
        """Nobody can be reached at this side: what needs it is neither asked nor planned."""
        if side in self.away:
            return self
        return self._after(WentAway(away=(*self.away, side)), pinned=self.pinned)

    def come_back(self, side: AwaySide) -> Interview:
        """Somebody can be reached at this side after all."""
        if side not in self.away:
            return self
        left = tuple(one for one in self.away if one != side)
        return self._after(WentAway(away=left), pinned=self.pinned)

    def turn_to(self, incident: str) -> Interview:
        """Go on with another incident; the answers stay, they are about the case.

        Raises:
            ValueError: there is no such incident.
        """
        if all(one.id != incident for one in self.diagnosis.incidents):
            raise ValueError(incident)
        return replace(self, about=incident, pinned=None)

    # Explaining -------------------------------------------------------------------------

    def why(self, question: str | None = None) -> Why:
        """What each answer to a question would change; by default to the one that is asked.

        Raises:
            ValueError: nothing is asked, or the case shows no incident.
        """
        name = question if question is not None else self._asked().question
        incident = self.incident
        if incident is None:
            raise ValueError(name)
        return Why(
            question=name,
            open=next((one for one in incident.questions if one.id == name), None),
            outlooks=self.diagnoser.outlook(incident, name, self.answers),
        )

    def how(self) -> How | None:
        """How the ranking came about; None while there is none."""
        incident = self.incident
        if incident is None or not incident.hypotheses:
            return None
        first, second, *_ = incident.hypotheses
        against = sorted(
            (one for one in first.evidence if one.decibans < 0), key=lambda one: one.decibans
        )
        return How(
            first=first.cause,
            second=second.cause,
            versus=incident.versus,
            against=tuple(against),
            symptoms=incident.symptoms,
            firings=incident.firings,
        )

    # Inside -----------------------------------------------------------------------------

    def _asked(self) -> Asked:
        asked = self.asked
        if asked is None:
            message = "nothing is asked"
            raise ValueError(message)
        return asked

    def _skips(self) -> dict[str, int]:
        """How often each question was put off since it was last answered."""
        skips: dict[str, int] = {}
        for step in self.steps:
            if isinstance(step, Skipped) and not step.confirming:
                skips[step.question] = skips.get(step.question, 0) + 1
            elif isinstance(step, Said):
                skips.pop(step.answer.id, None)
        return skips

    def _confirmation(self, incident: Incident) -> Asked | None:
        """The answer on which the first place depends, once, before an expensive repair."""
        pivot = incident.pivot
        if pivot is None or incident.plan is None or not incident.plan.repairs:
            return None
        catalog = self.diagnoser.catalog
        question = catalog.questions.get(pivot.answer.id)
        if question is None or needs(question.who, self.away):
            return None
        first = catalog.remedies[incident.plan.repairs[0].remedy]
        if first.minutes < EXPENSIVE_MINUTES and first.who not in {"remote", "both"}:
            return None
        if any(
            (isinstance(step, Said) and step.confirming and step.answer.id == question.id)
            or (isinstance(step, Skipped) and step.confirming and step.question == question.id)
            for step in self.steps
        ):
            return None
        return Asked(question=question.id, reason=Reason.CONFIRM, open=None, pivot=pivot)

    def _after(self, step: Step, pinned: tuple[str, Reason] | None = None) -> Interview:
        return self._concluded((*self.steps, step), pinned)

    def _concluded(self, steps: tuple[Step, ...], pinned: tuple[str, Reason] | None) -> Interview:
        away = _away(self.given_away, steps)
        diagnosis = self.diagnoser.conclude(self.examined, _answers(self.given, steps), away)
        if pinned and needs(self.diagnoser.catalog.questions[pinned[0]].who, away):
            pinned = None
        # What it is about stays, unless there is nothing to say of it and there is of another.
        stays = any(one.id == self.about and one.hypotheses for one in diagnosis.incidents)
        about = self.about if stays else _first_in_trouble(diagnosis)
        return replace(self, steps=steps, diagnosis=diagnosis, about=about, pinned=pinned)


def _first_in_trouble(diagnosis: Diagnosis) -> str | None:
    """The first incident with questions, else the first with causes, else the first."""
    incidents = diagnosis.incidents
    found = (
        next((one for one in incidents if one.questions), None)
        or next((one for one in incidents if one.hypotheses), None)
        or next(iter(incidents), None)
    )
    return found.id if found else None


def _answers(given: tuple[Answer, ...], steps: tuple[Step, ...]) -> tuple[Answer, ...]:
    last: dict[str, Answer] = {}
    for answer in (*given, *(step.answer for step in steps if isinstance(step, Said))):
        last.pop(answer.id, None)
        last[answer.id] = answer
    return tuple(last.values())


def _away(given: tuple[AwaySide, ...], steps: tuple[Step, ...]) -> tuple[AwaySide, ...]:
    return next((step.away for step in reversed(steps) if isinstance(step, WentAway)), given)
