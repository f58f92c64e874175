"""Two traces of one tunnel, negotiation by negotiation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.catalog.schema import ErrorEntry
from assistant.model.negotiation import Negotiation, Occurrence
from assistant.model.pairing import Pairing
from assistant.trace.read import ReadSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One trace as read, finished."""

    source: ReadSource
    negotiations: tuple[Negotiation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What both sides together say."""

    pairings: tuple[Pairing, ...] = ()
    beside: Mapping[int, tuple[Occurrence, ...]] = field(default_factory=dict)
    absorbed: frozenset[int] = frozenset()


def pair(
    ours: Sequence[Recorded], theirs: Sequence[Recorded], errors: Mapping[str, ErrorEntry]
) -> Together:
    """Pair."""
    return Together()
