"""What one message of the VPN-Status trace says, as an event; as LANCOM published them."""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import (
    Address,
    Addresses,
    ErrorCode,
    Event,
    Identity,
    Network,
    Phase,
    Phrase,
    Role,
    Word,
)


class Connecting(Event, frozen=True, kw_only=True):
    """The device begins to bring the tunnel up."""

    kind: ClassVar[str] = "connecting"


class DynamicVpnStarted(Event, frozen=True, kw_only=True):
    """The device sends its own address to the peer outside the tunnel (dynamic VPN)."""

    kind: ClassVar[str] = "dynamic-vpn-started"
    via: Word | None = None


class AuthPacketCreated(Event, frozen=True, kw_only=True):
    """The dynamic-VPN authentication packet for the peer is ready."""

    kind: ClassVar[str] = "auth-packet-created"
    dns: Addresses | None = None
    nbns: Addresses | None = None


class AuthPacketReceived(Event, frozen=True, kw_only=True):
    """The peer's dynamic-VPN authentication packet arrived: its address and entry are right."""

    kind: ClassVar[str] = "auth-packet-received"
    dns: Addresses | None = None
    nbns: Addresses | None = None


class RulesetInstalling(Event, frozen=True, kw_only=True):
    """The VPN rules of the remote site are being generated."""

    kind: ClassVar[str] = "ruleset-installing"


class RulesetInstalled(Event, frozen=True, kw_only=True):
    """The VPN rules of the remote site are in place."""

    kind: ClassVar[str] = "ruleset-installed"


class RulesetsInstalled(Event, frozen=True, kw_only=True):
    """All VPN rules are in place; names no remote site."""

    kind: ClassVar[str] = "rulesets-installed"


class IkeStarted(Event, frozen=True, kw_only=True):
    """The device starts to negotiate IKE as initiator."""

    kind: ClassVar[str] = "ike-started"


class IkeNegotiationStarted(Event, frozen=True, kw_only=True):
    """Phase 1 has begun (RFC 7296: IKE_SA_INIT)."""

    kind: ClassVar[str] = "ike-negotiation-started"
    rule: Word | None = None
    mode: Word | None = None
    """`MAIN` or `AGGRESSIVE` (RFC 2409, section 5)."""
    role: Role | None = None
    """Ours, where the message says who started it."""
    ike_sa: int | None = None
    """The daemon's own number of the IKE_SA."""


class PeerIdentified(Event, frozen=True, kw_only=True):
    """The first IKE answer arrived and named the peer's product."""

    kind: ClassVar[str] = "peer-identified"
    port: int | None = None
    identity: Word | None = None
    product: Phrase | None = None
    feature: Phrase | None = None
    """Something both sides can do, as newer firmware names it; None where it names the product."""


class ProposalRefused(Event, frozen=True, kw_only=True):
    """One of the peer's proposals does not fit one of ours; normal until none fits."""

    kind: ClassVar[str] = "proposal-refused"
    phase: Phase
    remote_no: int
    local_no: int
    remote_attribute: Phrase
    remote_value: Word
    local_attribute: Phrase
    local_value: Word


class ProposalMatched(Event, frozen=True, kw_only=True):
    """A proposal of the peer fits one of ours."""

    kind: ClassVar[str] = "proposal-matched"
    phase: Phase
    remote_no: int
    local_no: int


class IkeSaEstablished(Event, frozen=True, kw_only=True):
    """Phase 1 is done (RFC 7296: IKE_SA established)."""

    kind: ClassVar[str] = "ike-sa-established"
    role: Role | None = None
    initiator_id: Phrase | None = None
    responder_id: Phrase | None = None
    own_id: Identity | None = None
    """Where the message tells our identity from the peer's, not the initiator's."""
    peer_id: Identity | None = None
    own_address: Address | None = None
    ike_sa: int | None = None
    """The daemon's own number of the IKE_SA."""


class IkeSaAlgorithms(Event, frozen=True, kw_only=True):
    """What phase 1 agreed on."""

    kind: ClassVar[str] = "ike-sa-algorithms"
    encryption: Word
    authentication: Word


class IkeSaLifetime(Event, frozen=True, kw_only=True):
    """How long the phase-1 SA lives."""

    kind: ClassVar[str] = "ike-sa-lifetime"
    life_s: int
    life_kb: int


class ChildSaEstablished(Event, frozen=True, kw_only=True):
    """Phase 2 is done (RFC 7296: CHILD_SA established)."""

    kind: ClassVar[str] = "child-sa-established"
    role: Role | None = None
    sas: int | None = None
    rule: Word | None = None
    child_sa: int | None = None
    """The daemon's own number of the CHILD_SA."""
    incoming_spi: Word | None = None
    outgoing_spi: Word | None = None
    local_networks: Phrase | None = None
    """The traffic selectors agreed on, as the message lists them."""
    remote_networks: Phrase | None = None


class TrafficRule(Event, frozen=True, kw_only=True):
    """Which networks the tunnel joins (RFC 7296: traffic selectors)."""

    kind: ClassVar[str] = "traffic-rule"
    local_network: Network
    remote_network: Network


class ChildSaAlgorithms(Event, frozen=True, kw_only=True):
    """One IPsec SA with its algorithms and direction."""

    kind: ClassVar[str] = "child-sa-algorithms"
    spi: Word
    algorithm: Word
    key_bits: int
    authentication: Word
    direction: Literal["outgoing", "incoming"]


class ChildSaLifetime(Event, frozen=True, kw_only=True):
    """How long the phase-2 SAs live."""

    kind: ClassVar[str] = "child-sa-lifetime"
    soft_s: int
    soft_kb: int
    hard_s: int
    hard_kb: int


class TunnelEndpoints(Event, frozen=True, kw_only=True):
    """The tunnel stands between these outer addresses."""

    kind: ClassVar[str] = "tunnel-endpoints"
    own_address: Address


class Connected(Event, frozen=True, kw_only=True):
    """The tunnel is up."""

    kind: ClassVar[str] = "connected"
    poll_timer_s: int | None = None


class NoResponse(Event, frozen=True, kw_only=True):
    """The peer did not answer in time."""

    kind: ClassVar[str] = "no-response"


class PollTimeout(Event, frozen=True, kw_only=True):
    """A poll frame was not answered in time (LANCOM: line polling)."""

    kind: ClassVar[str] = "poll-timeout"
    poll_interval_s: int | None = None
    """The interval the device switches to, seconds."""
    retries_left: int | None = None
    """0 when the device gives up and disconnects."""
    poll_target: Address | None = None


class ErrorReported(Event, frozen=True, kw_only=True):
    """The device reports a VPN error code (the one LANmonitor shows)."""

    kind: ClassVar[str] = "error-reported"
    code: ErrorCode
    name: Word | None = None


class Disconnecting(Event, frozen=True, kw_only=True):
    """The device takes the tunnel down."""

    kind: ClassVar[str] = "disconnecting"


class Noted(Event, frozen=True, kw_only=True):
    """A message that a knowledge file reads for its own symptoms: no event of ours fits it.

    The pattern sets `note` to a word of its own; conditions ask for that word.
    """

    kind: ClassVar[str] = "noted"
    note: Word
    number: int | None = None
    word: Word | None = None
    text: Phrase | None = None
