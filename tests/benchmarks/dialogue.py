"""How far dialogues get, by cause and by policy, with answers of `tests/answer_table.py`.

    python tests/benchmarks/dialogue.py [DIALOGUES_PER_CAUSE]

Minutes are those of the questions, then of repairs in planned order until one helps, else 90 for
handing over; getting hold of the other side costs 15 once, be it for a question or a repair.
"""

# A program to look at its output; it asserts nothing. Its dice need no secrecy.
# ruff: noqa: T201, S311

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from answer_table import CAUSES, truthful

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import OWN_KNOWLEDGE, load_catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.inference.posterior import Ranker
from assistant.inference.questions import SURE, QuestionPolicy
from assistant.inference.repairs import HAND_OVER_MINUTES, OTHER_SIDE_MINUTES
from assistant.model.answer import NO_HELP, TRIED, UNKNOWN, Answer
from assistant.model.diagnosis import SymptomSeen
from assistant.model.source import Place

MOST_QUESTIONS = 8
_SEED = 4
_ONLY_SILENCE = ("no-answer-in-phase-1", "nothing-heard")
"""What a trace shows of causes that no trace of one side can tell."""

Symptoms = tuple[SymptomSeen, ...]
Choose = Callable[[Symptoms, tuple[Answer, ...]], str | None]
"""The next question, or None for no more."""


@dataclass(frozen=True, slots=True)
class Played:
    """One dialogue and the repairs after it."""

    cause: str
    questions: int
    first: bool
    probability: float
    asked_minutes: float
    repair_minutes: float


class World:
    """People who answer and repairs that help, or not."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.ranker = Ranker(catalog)
        self.policy = QuestionPolicy(catalog, self.ranker)

    def play(  # noqa: PLR0913 - the settings of one dialogue
        self,
        cause: str,
        symptoms: Symptoms,
        choose: Choose,
        dice: random.Random,
        *,
        dont_know: float,
        wrong: float,
    ) -> Played:
        """One dialogue and the repairs after it."""
        answers: tuple[Answer, ...] = ()
        minutes = 0.0
        reached = False
        while (name := choose(symptoms, answers)) is not None:
            question = self.catalog.questions[name]
            minutes += question.minutes
            if question.who != "local" and not reached:
                reached = True
                minutes += OTHER_SIDE_MINUTES
            choice = dice.choice(truthful(cause, name))
            if dice.random() < dont_know:
                choice = UNKNOWN
            elif dice.random() < wrong:
                choice = dice.choice([one.id for one in question.choices if one.id != choice])
            answers += (Answer(id=name, choice=choice),)
        first = self.ranker.rank(symptoms, answers)[0]
        return Played(
            cause=cause,
            questions=len(answers),
            first=first.cause == cause,
            probability=self.ranker.probabilities(symptoms, answers)[cause],
            asked_minutes=minutes,
            repair_minutes=self.repair(cause, symptoms, answers, dice),
        )

    def repair(
        self, cause: str, symptoms: Symptoms, answers: tuple[Answer, ...], dice: random.Random
    ) -> float:
        """Minutes until it works; planned anew after every repair that did not help."""
        minutes = 0.0
        asked = [self.catalog.questions[answer.id].who for answer in answers]
        reached = any(who != "local" for who in asked)
        while repairs := self.policy.plan(symptoms, answers).repairs:
            remedy = self.catalog.remedies[repairs[0].remedy]
            minutes += remedy.minutes
            if remedy.who in ("remote", "both") and not reached:
                reached = True
                minutes += OTHER_SIDE_MINUTES
            helps = remedy.id in self.catalog.causes[cause].remedies
            if helps and dice.random() < remedy.cures / 100:
                return minutes
            answers += (Answer(id=f"{TRIED}{remedy.id}", choice=NO_HELP),)
        return minutes + HAND_OVER_MINUTES

    # Policies ---------------------------------------------------------------------------

    def no_question(self, _symptoms: Symptoms, _answers: tuple[Answer, ...]) -> None:
        """Repair at once."""

    def cheapest_first(self, symptoms: Symptoms, answers: tuple[Answer, ...]) -> str | None:
        """By minutes, whatever they tell, until the first cause is at 0.9."""
        if max(self.ranker.shares(symptoms, answers)) >= 0.9:
            return None
        done = {answer.id for answer in answers} | set(self.policy.told(symptoms))
        left = [one for one in self.catalog.questions.values() if one.id not in done]
        cheapest = min(left, key=lambda one: one.minutes, default=None)
        return cheapest.id if cheapest else None

    def ours(self, symptoms: Symptoms, answers: tuple[Answer, ...]) -> str | None:
        """What the program asks, eight questions at most."""
        if len(answers) == MOST_QUESTIONS:
            return None
        found = self.policy.next_questions(symptoms, answers)
        return found[0].id if found else None


def typical_symptoms(catalog: Catalog) -> Mapping[str, Sequence[Symptoms]]:
    """What traces of each cause show: its cases that rank it, or mere silence."""
    diagnoser = Diagnoser(catalog)
    found: dict[str, list[Symptoms]] = {cause: [] for cause in CAUSES}
    for cause in CAUSES:
        for path in sorted((OWN_KNOWLEDGE / "causes" / cause).glob("*.trace")):
            if path.name.startswith("not_"):
                continue
            file = CaseFile(path.name, lambda path=path: path.open("rb"))  # type: ignore[misc]
            ranked = [
                (one.probability, incident.symptoms)
                for incident in diagnoser.diagnose(Case((file,))).incidents
                for one in incident.hypotheses
                if one.cause == cause
            ]
            found[cause].append(max(ranked, key=lambda pair: pair[0])[1])
        if not found[cause]:
            place = Place("1.txt", 1, 1, "-")
            found[cause].append(
                tuple(
                    SymptomSeen(id=name, decisive=False, places=(place,)) for name in _ONLY_SILENCE
                )
            )
    return found


def play_all(  # noqa: PLR0913 - the settings of one row
    world: World,
    typical: Mapping[str, Sequence[Symptoms]],
    choose: Choose,
    *,
    rounds: int,
    with_trace: bool = True,
    dont_know: float = 0.2,
    wrong: float = 0.0,
) -> list[Played]:
    """Dialogues for every cause; the same dice each time."""
    dice = random.Random(_SEED)
    return [
        world.play(
            cause,
            typical[cause][number % len(typical[cause])] if with_trace else (),
            choose,
            dice,
            dont_know=dont_know,
            wrong=wrong,
        )
        for cause in CAUSES
        for number in range(rounds)
    ]


def shares(played: Sequence[Played]) -> str:
    """One row of the table."""
    asked = statistics.mean(one.asked_minutes for one in played)
    repaired = statistics.mean(one.repair_minutes for one in played)
    return (
        f"{asked + repaired:7.1f} {asked:7.1f} "
        f"{statistics.mean(one.questions for one in played):6.1f} "
        f"{statistics.median(one.questions for one in played):6.1f} "
        f"{statistics.mean(one.first for one in played):7.2f} "
        f"{statistics.mean(one.first and one.probability >= SURE for one in played):7.2f}"
    )


def main() -> None:
    """Print both tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    world = World(load_catalog())
    typical = typical_symptoms(world.catalog)
    head = (
        f"{'':40}{'minutes':>7} {'asking':>7} {'asked':>6} {'median':>6} {'first':>7} {'>=0.8':>7}"
    )
    policies: dict[str, Choose] = {
        "no questions": world.no_question,
        "cheapest first until 0.9": world.cheapest_first,
        "ours": world.ours,
    }
    ours: dict[str, list[Played]] = {}
    for title, with_trace, wrong in (
        ("with a trace, 20 % don't know", True, 0.0),
        ("with a trace, 20 % don't know, 10 % wrong", True, 0.1),
        ("without any trace, 20 % don't know", False, 0.0),
        ("without any trace, 20 % don't know, 10 % wrong", False, 0.1),
    ):
        print(f"\n{title}\n{head}")
        for name, choose in policies.items():
            played = play_all(
                world, typical, choose, rounds=rounds, with_trace=with_trace, wrong=wrong
            )
            print(f"  {name:38}{shares(played)}")
            if name == "ours" and not wrong:
                ours[title] = played
    for title, played in ours.items():
        print(f"\nours by cause, {title}\n{head}")
        for cause in CAUSES:
            print(f"  {cause:38}{shares([one for one in played if one.cause == cause])}")


if __name__ == "__main__":
    main()
