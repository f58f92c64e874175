"""What traces are laid side by side, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from assistant.model.negotiation import Negotiation, NegotiationId, Occurrence
from assistant.model.pairing import Pairing
from assistant.trace.read import ReadSource


class Recorded(Struct, frozen=True, kw_only=True):
    """One trace as read, finished."""

    source: ReadSource
    negotiations: tuple[Negotiation, ...]
    told: bool = False
    """Whoever gave it said whose it is: then even another address than the one dialled is no sign
    that it is a stranger's, but may be what is wrong."""


class Together(Struct, frozen=True, kw_only=True):
    """What both sides together say."""

    pairings: tuple[Pairing, ...] = ()
    beside: Mapping[NegotiationId, tuple[Occurrence, ...]] = field(default_factory=dict)
    """By the id of the negotiation: what `evidence` makes of it, mostly with places in the trace of
    the other side than its own."""
    absorbed: frozenset[NegotiationId] = frozenset()
    """Ids of negotiations of the other side that are one of ours: no incidents of their own."""
