"""What a dialogue consists of: its steps, the question that is asked, and its explanations."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from assistant.model.answer import Answer, OpenQuestion, Outlook, Pivot, Weight
from assistant.model.diagnosis import Evidence, Firing, SymptomSeen

AwaySide: TypeAlias = Literal["local", "remote"]
"""A side at which nobody can be reached."""


class Reason(str, Enum):
    """Why a question is asked now."""

    BEST = "best"
    """Its answer is worth most."""
    SKIPPED = "skipped"
    """It was put off, and nothing else is left."""
    CHOSEN = "chosen"
    """Somebody wants to answer it."""
    AGAIN = "again"
    """Its answer was taken back."""
    CONFIRM = "confirm"
    """The first place depends on its answer, and the first repair is expensive."""


class Stop(str, Enum):
    """Why one should hand the case over instead of going on."""

    NO_REPAIR = "no-repair"
    """No repair that is left is worth its minutes."""
    REPAIRS_FAILED = "repairs-failed"
    FITS_NOTHING = "fits-nothing"
    """None of the known causes fits well."""


class Asked(Struct, frozen=True, kw_only=True):
    """The question that is asked now."""

    question: str
    reason: Reason
    open: OpenQuestion | None
    """What it is worth; None where asking it again saves nothing by itself."""
    pivot: Pivot | None = None
    """With `Reason.CONFIRM`: what would stand first without the answer."""


class Why(Struct, frozen=True, kw_only=True):
    """What the answer to a question would change."""

    question: str
    open: OpenQuestion | None
    """Minutes that it saves, or that it only makes surer; None if it is not worth asking now."""
    outlooks: tuple[Outlook, ...]


class How(Struct, frozen=True, kw_only=True):
    """How the ranking came about."""

    first: str
    second: str
    """The two leading causes."""
    versus: tuple[Weight, ...]
    """Decibans for the first against the second; they add up."""
    against: tuple[Evidence, ...]
    """What speaks against the first cause, strongest first."""
    symptoms: tuple[SymptomSeen, ...]
    firings: tuple[Firing, ...]


class Said(Struct, frozen=True, kw_only=True):
    """A step: a question was answered, or a repair tried."""

    answer: Answer
    confirming: bool = False


class Skipped(Struct, frozen=True, kw_only=True):
    """A step: a question was put off."""

    question: str
    confirming: bool = False


class WentAway(Struct, frozen=True, kw_only=True):
    """A step: from now on nobody can be reached at these sides."""

    away: tuple[AwaySide, ...]
    """All of them, not the difference; empty if somebody is at both."""


Step: TypeAlias = Said | Skipped | WentAway
