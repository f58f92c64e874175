"""Two traces of one tunnel: whose clock is how far off, and what became of each negotiation."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from assistant.model.event import RemoteSite
from assistant.model.source import Moment, Place, Side


class PairVerdict(str, Enum):
    """What both sides together say of one negotiation."""

    NEVER_ARRIVED = "never-arrived"
    """The called side was recording and shows nothing of it."""
    REFUSED = "refused"
    """It arrived, and the called side refused it."""
    ANSWER_LOST = "answer-lost"
    """It was answered, and the answer did not come back."""
    REQUEST_LOST = "request-lost"
    """It was answered at first, and a later message of the calling side did not arrive."""
    ANSWER_REFUSED = "answer-refused"
    """It was answered, and the calling side refused the answer."""
    BOTH_UP = "both-up"
    UP_HERE_ONLY = "up-here-only"
    """The tunnel is up at the calling side only."""
    UP_THERE_ONLY = "up-there-only"
    """The tunnel is up at the called side only."""
    NOT_RECORDED = "not-recorded"
    """The other trace does not cover the time of the negotiation: it says nothing about it."""
    UNCLEAR = "unclear"
    """What both sides show does not tell how it went on, or whether they show the same thing."""


class ClockOffset(Struct, frozen=True, kw_only=True):
    """How far the other side's clock is ahead of ours, estimated from what both sides see."""

    seconds: float
    """Remote time minus local time of the same event; negative: the remote clock is behind."""
    uncertainty_s: float
    """Half the width of the interval in which the events that were used place it."""
    events: int
    """How many common events it rests on."""
    basis: tuple[str, ...]
    """What they are, strongest first: `spi`, `message`, `auth-packet`, `connected`, `time-out`,
    `attempt` (what one side shows of a call lies within the call), `assumed` (nothing in common:
    the clocks are taken to agree within the uncertainty)."""


class LostMessage(Struct, frozen=True, kw_only=True):
    """An IKE message that one side sent and the other does not show."""

    sender: Side
    exchange: str
    """As `IkeMessage.exchange`: `IKE_SA_INIT`, `QUICK_MODE`."""
    message: Literal["request", "response"]
    times: int
    """How often it was sent, at least."""
    place: Place
    """Where the sender says so first."""
    port: int | None = None
    """To which port of the other side, where the sender says so."""


class PairedNegotiation(Struct, frozen=True, kw_only=True):
    """One negotiation seen from both sides."""

    verdict: PairVerdict
    caller: Side
    """Which side started it."""
    remote_site: RemoteSite
    """As our side calls it; of a negotiation seen there only, as it is called there."""
    ours: Place | None
    """First record in our trace; None if it does not show the negotiation."""
    theirs: Place | None
    """First record in the other side's trace."""
    reason: Place | None = None
    """The record that says why it was refused."""
    lost: LostMessage | None = None
    """The message that did not arrive, where both sides show single messages."""
    at: Moment | None = None
    """When it began, on our clock."""


class Pairing(Struct, frozen=True, kw_only=True):
    """A trace of ours and one of the other side (contract: `pairings`)."""

    our_source: str
    their_source: str
    offset: ClockOffset | None
    """None if nothing allows an estimate."""
    negotiations: tuple[PairedNegotiation, ...]
    """In the order of our clock; of very many those that tell most."""
    more: int = 0
    """Further negotiations of this pair that are not listed."""
