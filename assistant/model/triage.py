"""What a support desk is told: which tickets come first, which are one fault, and why.

Ids and values only; the words are in `reports/labels.yaml`.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from assistant.model.diagnosis import Standing, Verdict
from assistant.model.event import Address, RemoteSite
from assistant.model.source import Moment
from assistant.model.ticket import BadTicket, Language, TicketId, TicketKind

FINGERPRINT_VERSION = 1
"""Rises with every change of what makes two cases equal."""


class Queue(str, Enum):
    """Who must act next."""

    HERE = "here"
    """The desk: what is to be done is done at the router of the trace."""
    CUSTOMER = "customer"
    """Whoever sent the ticket: something is missing that only they can record."""
    PEER = "peer"
    """Whoever runs the other side."""
    PROVIDER = "provider"
    LANCOM = "lancom"
    """The manufacturer's support: nothing that is known here explains it."""
    NOBODY = "nobody"
    """There is no fault."""


class Urgency(str, Enum):
    """How soon; in this order."""

    NOW = "now"
    TODAY = "today"
    LATER = "later"
    NONE = "none"

    @property
    def rank(self) -> int:
        """0 for `now`."""
        return list(Urgency).index(self)


class Reason(Struct, frozen=True, kw_only=True):
    """Why something was decided as it was."""

    id: str
    """Words in `reports/labels.yaml`, `triage.why.<id>`."""
    points: int = 0
    """What it adds to the score; 0 of what only says how."""
    values: tuple[tuple[str, str | int | float], ...] = ()
    """What stands in the holes of its sentence; names may be hostile."""


class Fingerprint(Struct, frozen=True, kw_only=True):
    """What makes two cases equal: nothing that names a site, an address or a time."""

    version: int = FINGERPRINT_VERSION
    outcome: str | None
    """Of the leading incident, as in the contract; None without a negotiation."""
    stage: str | None
    codes: tuple[str, ...]
    cause: str | None
    """That stands first; None where no cause is ranked."""
    attribute: str | None
    """In which both sides differ: of a refused proposal, or a line of the table side by side."""

    def __str__(self) -> str:
        """One word that scripts may compare.

        >>> str(Fingerprint(outcome="failed", stage="ike-sa", codes=("0x2203",),
        ...     cause="ike-proposal-mismatch", attribute=None))
        'v1/failed/ike-sa/0x2203/ike-proposal-mismatch/-'
        """
        parts = (self.outcome, self.stage, "+".join(self.codes), self.cause, self.attribute)
        return "/".join((f"v{self.version}", *(part or "-" for part in parts)))


class Loss(Struct, frozen=True, kw_only=True):
    """One tunnel cut by a fault: what several tickets may have in common."""

    remote_site: RemoteSite
    gateway: Address | None
    at: Moment
    """By the clock of the router that recorded it."""


class Step(Struct, frozen=True, kw_only=True):
    """What to do first about a case."""

    kind: Literal["input", "remedy"]
    id: str
    """Of the input to get or of the remedy."""
    who: Literal["local", "remote", "both", "provider"]
    """Seen from the router we are asked about."""
    minutes: int


class Wanted(Struct, frozen=True, kw_only=True):
    """Something that is missing, and the text that asks for it."""

    input: str
    """Id of `knowledge/inputs/`."""
    request: str
    """Ready to be sent, in the ticket's language; empty if there is nobody to ask."""


class CaseSummary(Struct, frozen=True, kw_only=True):
    """Of one diagnosis what the desk decides by; kept, so that nothing is diagnosed twice."""

    verdict: Verdict
    fingerprint: Fingerprint
    remote_site: RemoteSite | None
    """Of the leading incident."""
    gateway: Address | None
    probability: float | None
    """Of the first cause."""
    standing: Standing | None
    recovered: bool
    occurrences: int
    first_seen: Moment | None
    last_seen: Moment | None
    sites: tuple[RemoteSite, ...]
    """With a fault, each once; the first few hundred."""
    site_count: int
    down: tuple[RemoteSite, ...]
    """Down at the end of the trace; the first few hundred."""
    down_count: int
    outage_s: float | None
    """All outages seen together, those that had not ended at the end of the trace included."""
    losses: tuple[Loss, ...]
    unrepaired: float | None
    """Probability that no repair of ours helps."""
    missing: tuple[str, ...]
    """Ids of `knowledge/inputs/`."""
    step: Step | None
    wanted: tuple[Wanted, ...]


Change: TypeAlias = Literal["new", "changed", "same"]
"""Against the last run that went through the same paths to its end."""


class TriagedTicket(Struct, frozen=True, kw_only=True):
    """One ticket with everything that was decided about it."""

    id: TicketId
    name: str
    kind: TicketKind
    subject: str
    language: Language
    """It is answered in."""
    inputs: tuple[tuple[str, str, int], ...]
    """Name, SHA-256 and size in bytes of each."""
    summary: CaseSummary
    queue: Queue
    urgency: Urgency
    score: int
    """The points of its reasons together."""
    reasons: tuple[Reason, ...]
    group: str
    outages: tuple[str, ...]
    change: Change


class Similar(Struct, frozen=True, kw_only=True):
    """An earlier ticket that was resolved, and what helped."""

    ticket: TicketId
    name: str
    same: tuple[str, ...]
    """Fields of the fingerprint that are equal; all five of an equal one."""
    cause: str
    remedy: str | None
    helped: bool | None
    note: str


class Group(Struct, frozen=True, kw_only=True):
    """Tickets with equal fingerprints: one fault of one kind, perhaps at many sites."""

    id: str
    """Made of the fingerprint, so that it is the same in every run."""
    fingerprint: Fingerprint
    tickets: tuple[TicketId, ...]
    sites: tuple[RemoteSite, ...]
    first_seen: Moment | None
    """Of those tickets whose traces have dates."""
    last_seen: Moment | None
    queue: Queue
    """Of its most urgent ticket, like the urgency."""
    urgency: Urgency
    score: int
    similar: tuple[Similar, ...]
    """The best first."""


class Sighting(Struct, frozen=True, kw_only=True):
    """How one ticket shows an outage."""

    ticket: TicketId
    loss: Loss


class CommonOutage(Struct, frozen=True, kw_only=True):
    """Many tunnels lost within minutes of each other that have one thing in common."""

    id: str
    basis: Literal["network", "peer"]
    subject: str
    """The network of their gateways, `198.51.100.0/24`, or the peer's name."""
    tickets: tuple[TicketId, ...]
    sites: tuple[RemoteSite, ...]
    first: Moment
    last: Moment
    sightings: tuple[Sighting, ...]
    """The evidence: one for each ticket, in order of time."""


class First(Struct, frozen=True, kw_only=True):
    """One thing to take first: an outage, or a group."""

    kind: Literal["outage", "group"]
    id: str
    tickets: int
    """How many are done with it."""
    ticket: TicketId
    """To begin with: its most urgent."""
    urgency: Urgency
    score: int
    reasons: tuple[Reason, ...]


class Changes(Struct, frozen=True, kw_only=True):
    """What is different from the last run through the same paths."""

    new: tuple[TicketId, ...]
    gone: tuple[tuple[TicketId, str], ...]
    """Id and name of what was there and is no more."""
    changed: tuple[TicketId, ...]


class Triage(Struct, frozen=True, kw_only=True):
    """All of it: what a run through many tickets finds."""

    tickets: tuple[TriagedTicket, ...]
    """The most urgent first."""
    groups: tuple[Group, ...]
    """The most urgent first."""
    outages: tuple[CommonOutage, ...]
    """The largest first."""
    bad: tuple[BadTicket, ...]
    """In the order of their names."""
    first: tuple[First, ...]
    """Three at most."""
    changes: Changes | None
    """None if these paths were never gone through before."""
    knowledge: str
