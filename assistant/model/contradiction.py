"""Two statements of a case that cannot both be true, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.model.source import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One of the two: a symptom with its places, or an answer."""

    id: str
    """Of the symptom or the question."""
    choice: str | None = None
    """What was answered; None for a symptom."""
    places: tuple[Place, ...] = ()
    """Empty for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A pair of the knowledge base that holds here (contract: `contradictions`)."""

    id: str
    """Of the entry in `knowledge/contradictions.yaml`."""
    incident: str
    first: Claim
    second: Claim
