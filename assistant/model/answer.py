"""What people say: answers to questions, repairs that were tried, and the questions still open."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

UNKNOWN = "unknown"
"""The choice "don't know": every question accepts it, and it changes nothing."""
TRIED = "tried:"
"""`tried:<remedy>` is answered by `NO_HELP`."""
NO_HELP = "no-help"
"""The repair was done as described and the fault is still there."""

Who = Literal["local", "remote", "both"]
"""Whose side has to be looked at; `both` needs either side."""


class AnswerSource(str, Enum):
    """Who or what said it (contract: `answers[].from`)."""

    OPTION = "option"
    FILE = "file"
    DIALOGUE = "dialogue"
    CONFIGURATION = "configuration"


class Answer(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One question answered, or one repair tried."""

    id: str
    """Of the question, or `tried:<remedy>`."""
    choice: str
    """Of the question, or `unknown`; of a repair `no-help`."""
    source: AnswerSource = AnswerSource.OPTION
    reliability: float | None = None
    """Of 100 such answers, how many are what they seem; None takes the question's own. A value read
    from a configuration deserves more, one that something else contradicts less."""

    @property
    def remedy(self) -> str | None:
        """The repair that was tried; None if this answers a question."""
        return self.id.removeprefix(TRIED) if self.id.startswith(TRIED) else None


class OpenQuestion(Struct, frozen=True, kw_only=True, cache_hash=True):
    """A question worth asking now (contract: `questions`)."""

    id: str
    who: Who
    minutes: int
    """What finding out takes, without waiting for the other side."""
    worth_minutes: float
    """What the answer saves on average, less what it costs; 0 where it only makes sure."""
    choices: tuple[str, ...]
    confirms: bool = False
    """It saves no time but is quick and makes the first cause surer."""


class Outlook(Struct, frozen=True, kw_only=True, cache_hash=True):
    """What one answer would change: a line of `why`."""

    choice: str
    probability: float
    """That this is the answer, of those who can say."""
    cause: str
    """It would then stand first."""
    cause_probability: float


class Weight(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One piece of evidence in a comparison of two causes."""

    id: str
    """Of the symptom or question, `tried:<remedy>`, or `prior` for the shares of tickets."""
    choice: str | None
    decibans: float
    """10 log10 of the likelihood ratio; positive speaks for the first cause."""


class PlannedRepair(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One repair in the order to try them."""

    remedy: str
    probability: float
    """That it helps if it is done first of all."""
    minutes: int


class RepairPlan(Struct, frozen=True, kw_only=True, cache_hash=True):
    """What to repair in which order, and when to stop."""

    repairs: tuple[PlannedRepair, ...]
    """Most helped per minute first; after the last one, hand over to somebody who knows more."""
    expected_minutes: float
    """On average until it is repaired, the call for help included."""
    unrepaired: float
    """Probability that none of them helps."""


class Pivot(Struct, frozen=True, kw_only=True, cache_hash=True):
    """The answer on which the first place depends."""

    answer: Answer
    instead: str
    """The cause that would stand first without it."""
    instead_probability: float
