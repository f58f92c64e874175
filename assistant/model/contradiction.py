"""Two statements of a case that cannot both be true, and where each comes from."""

from __future__ import annotations

from msgspec import Struct

from assistant.model.source import Place


class Claim(Struct, frozen=True, kw_only=True):
    """One of the two: a symptom with its places, or an answer."""

    id: str
    """Of the symptom or the question."""
    choice: str | None = None
    """What was answered; None for a symptom."""
    places: tuple[Place, ...] = ()
    """Empty for an answer."""


class Contradiction(Struct, frozen=True, kw_only=True):
    """A pair of the knowledge base that holds here (contract: `contradictions`)."""

    id: str
    """Of the entry in `knowledge/contradictions.yaml`."""
    incident: str
    first: Claim
    second: Claim
