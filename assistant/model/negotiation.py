"""One try to bring up one remote site (RFC 2409: negotiation), and what became of it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from assistant.model.event import Address, ErrorCode, Event, RemoteSite, Role
from assistant.model.source import Moment, Place, Side

NegotiationId = tuple[str, int]
"""The source and the number there: what tells a negotiation from every other one of a case."""


class Stage(str, Enum):
    """How far a negotiation got, in this order (contract: `stage`)."""

    CALLED = "called"
    DYNAMIC_VPN = "dynamic-vpn"
    IKE_SA = "ike-sa"
    CHILD_SA = "child-sa"
    CONNECTED = "connected"

    @property
    def rank(self) -> int:
        """0 for `called` to 4 for `connected`."""
        return _RANKS[self]


_RANKS = {stage: place for place, stage in enumerate(Stage)}
# Looked up for nearly every record; the list of an enum is made anew each time.


class Outcome(str, Enum):
    """What became of a negotiation (contract: `outcome`)."""

    ESTABLISHED = "established"
    FAILED = "failed"
    LOST = "lost"
    DISCONNECTED = "disconnected"
    UNFINISHED = "unfinished"

    @property
    def is_fault(self) -> bool:
        """It did not come up, or was cut by a fault."""
        return self in (Outcome.FAILED, Outcome.LOST)


class Occurrence(Struct, frozen=True, kw_only=True):
    """One distinct event of a negotiation, however often it happened."""

    event: Event
    pattern: str | None
    """Id of the message pattern that read it; None for a derived event."""
    count: int
    """At least 1."""
    places: tuple[Place, ...]
    """In file order; the first and last few where there are many. Never empty."""


class Negotiation(Struct, frozen=True, kw_only=True):
    """All that is known of one negotiation; built by `assistant.trace.negotiation`."""

    remote_site: RemoteSite
    gateway: Address | None
    role: Role | None
    side: Side
    source: str
    number: int = 0
    """Counted from 0 in the order in which those of one source began; with `source` its id."""
    outcome: Outcome
    stage: Stage | None
    error_codes: tuple[ErrorCode, ...]
    """Of faults, in the order seen, each once."""
    first: Place
    """The first record."""
    last: Place
    """The last record."""
    connected_at: Moment | None
    ended_at: Moment | None
    """When it failed, was lost or was disconnected."""
    messages: tuple[Occurrence, ...]
    """What the trace says, in order of first appearance."""
    derived: tuple[Occurrence, ...]
    """What follows from it."""
    inferred_places: int
    """Records that name no remote site and were given to this one by their context
    while other negotiations were under way too."""
    beside: tuple[Occurrence, ...] = ()
    """What the rest of the case says of it: configurations, the other side's trace."""

    equals: NegotiationId | None = None
    """Of one among very many: the id of an equal one that has the messages and derived events."""

    @property
    def id(self) -> NegotiationId:
        """What tells it from every other one of the case."""
        return self.source, self.number

    @property
    def shown(self) -> tuple[Side, RemoteSite, Outcome, Stage | None, tuple[ErrorCode, ...]]:
        """What its own trace shows became of it: the same for equal ones of one remote site."""
        return self.side, self.remote_site, self.outcome, self.stage, self.error_codes
