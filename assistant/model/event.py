"""Things that happened, as types: what a trace message says, and what follows from several.

Names follow RFC 2408/2409 where the protocol is meant and LANCOM's words where one sees them
in LANconfig. An event is named by its kebab-case `kind`; knowledge refers to it by that word
and to its fields by their Python names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Literal, NewType

RemoteSite = NewType("RemoteSite", str)
"""The configured name of the peer (LANCOM: Gegenstelle)."""
Address = NewType("Address", str)
"""An IPv4 or IPv6 address, or the host name the device printed in its place."""
Addresses = NewType("Addresses", str)
"""Several addresses with commas between them."""
Network = NewType("Network", str)
"""`10.0.0.0/255.0.0.0` or with a prefix length, as the device prints it."""
ErrorCode = NewType("ErrorCode", str)
"""`0x` and four lower-case hexadecimal digits."""
Word = NewType("Word", str)
"""One word without white space, as the device prints it."""
Phrase = NewType("Phrase", str)
"""The rest of the device's sentence, white space inside allowed."""
Constant = NewType("Constant", str)
"""A constant as the RFCs write it: `NO_PROPOSAL_CHOSEN`, `USER_FQDN`."""
PppCode = NewType("PppCode", str)
"""`0x80` and two lower-case hexadecimal digits: an error of the PPP negotiation."""

YesNo = Literal["yes", "no"]
Phase = Literal["1", "2"]
"""IKE phase (RFC 2409): 1 sets up the IKE SA, 2 the IPsec SAs (RFC 7296: CHILD_SA)."""
Direction = Literal["received", "sent"]
"""As the traced router sees it."""
Echo = Literal["echo-request", "echo-reply"]
"""The two ICMP messages of a ping (RFC 792); LANCOM's line polling sends such requests."""


class Role(str, Enum):
    """Who sent the first IKE message (RFC 2409)."""

    INITIATOR = "initiator"
    RESPONDER = "responder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened."""

    kind: ClassVar[str]
    remote_site: RemoteSite | None = None
    gateway: Address | None = None


# What one message says --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting(Event):
    """The device begins to bring the tunnel up."""

    kind: ClassVar[str] = "connecting"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicVpnStarted(Event):
    """The device sends its own address to the peer outside the tunnel (dynamic VPN)."""

    kind: ClassVar[str] = "dynamic-vpn-started"
    via: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthPacketCreated(Event):
    """The dynamic-VPN authentication packet for the peer is ready."""

    kind: ClassVar[str] = "auth-packet-created"
    dns: Addresses | None = None
    nbns: Addresses | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthPacketReceived(Event):
    """The peer's dynamic-VPN authentication packet arrived: its address and entry are right."""

    kind: ClassVar[str] = "auth-packet-received"
    dns: Addresses | None = None
    nbns: Addresses | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetInstalling(Event):
    """The VPN rules of the remote site are being generated."""

    kind: ClassVar[str] = "ruleset-installing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetInstalled(Event):
    """The VPN rules of the remote site are in place."""

    kind: ClassVar[str] = "ruleset-installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetsInstalled(Event):
    """All VPN rules are in place; names no remote site."""

    kind: ClassVar[str] = "rulesets-installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeStarted(Event):
    """The device starts to negotiate IKE as initiator."""

    kind: ClassVar[str] = "ike-started"


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeNegotiationStarted(Event):
    """Phase 1 has begun (RFC 7296: IKE_SA_INIT)."""

    kind: ClassVar[str] = "ike-negotiation-started"
    rule: Word | None = None
    mode: Word | None = None
    """`MAIN` or `AGGRESSIVE` (RFC 2409, section 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerIdentified(Event):
    """The first IKE answer arrived and named the peer's product."""

    kind: ClassVar[str] = "peer-identified"
    port: int | None = None
    identity: Word | None = None
    product: Phrase | None = None
    feature: Phrase | None = None
    """Something both sides can do, as newer firmware names it; None where it names the product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRefused(Event):
    """One of the peer's proposals does not fit one of ours; normal until none fits."""

    kind: ClassVar[str] = "proposal-refused"
    phase: Phase
    remote_no: int
    local_no: int
    remote_attribute: Phrase
    remote_value: Word
    local_attribute: Phrase
    local_value: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMatched(Event):
    """A proposal of the peer fits one of ours."""

    kind: ClassVar[str] = "proposal-matched"
    phase: Phase
    remote_no: int
    local_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeSaEstablished(Event):
    """Phase 1 is done (RFC 7296: IKE_SA established)."""

    kind: ClassVar[str] = "ike-sa-established"
    role: Role
    initiator_id: Phrase | None = None
    responder_id: Phrase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeSaAlgorithms(Event):
    """What phase 1 agreed on."""

    kind: ClassVar[str] = "ike-sa-algorithms"
    encryption: Word
    authentication: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeSaLifetime(Event):
    """How long the phase-1 SA lives."""

    kind: ClassVar[str] = "ike-sa-lifetime"
    life_s: int
    life_kb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSaEstablished(Event):
    """Phase 2 is done (RFC 7296: CHILD_SA established)."""

    kind: ClassVar[str] = "child-sa-established"
    role: Role
    sas: int
    rule: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficRule(Event):
    """Which networks the tunnel joins (RFC 7296: traffic selectors)."""

    kind: ClassVar[str] = "traffic-rule"
    local_network: Network
    remote_network: Network


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSaAlgorithms(Event):
    """One IPsec SA with its algorithms and direction."""

    kind: ClassVar[str] = "child-sa-algorithms"
    spi: Word
    algorithm: Word
    key_bits: int
    authentication: Word
    direction: Literal["outgoing", "incoming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSaLifetime(Event):
    """How long the phase-2 SAs live."""

    kind: ClassVar[str] = "child-sa-lifetime"
    soft_s: int
    soft_kb: int
    hard_s: int
    hard_kb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelEndpoints(Event):
    """The tunnel stands between these outer addresses."""

    kind: ClassVar[str] = "tunnel-endpoints"
    own_address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Event):
    """The tunnel is up."""

    kind: ClassVar[str] = "connected"
    poll_timer_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoResponse(Event):
    """The peer did not answer in time."""

    kind: ClassVar[str] = "no-response"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTimeout(Event):
    """A poll frame was not answered in time (LANCOM: line polling)."""

    kind: ClassVar[str] = "poll-timeout"
    poll_interval_s: int | None = None
    """The interval the device switches to, seconds."""
    retries_left: int | None = None
    """0 when the device gives up and disconnects."""
    poll_target: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReported(Event):
    """The device reports a VPN error code (the one LANmonitor shows)."""

    kind: ClassVar[str] = "error-reported"
    code: ErrorCode
    name: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnecting(Event):
    """The device takes the tunnel down."""

    kind: ClassVar[str] = "disconnecting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """A message that a knowledge file reads for its own symptoms: no event of ours fits it.

    The pattern sets `note` to a word of its own; conditions ask for that word.
    """

    kind: ClassVar[str] = "noted"
    note: Word
    number: int | None = None
    word: Word | None = None
    text: Phrase | None = None


# What newer firmware says besides --------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WanState(Event):
    """The connection to the remote site changes its state (LANCOM: WAN state)."""

    kind: ClassVar[str] = "wan-state"
    state: Word
    """`WanCall`, `WanSetup`, `WanProtocol`, `WanConnect`, `WanDisconnect`, as the device says."""
    caller: Word | None = None
    """Which part of the firmware asked for it, a number of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSiteMapped(Event):
    """The device looked up what it knows of the remote site it is about to call."""

    kind: ClassVar[str] = "remote-site-mapped"
    features: Phrase
    """`nego, dns-name, static-name`: what kind of entry it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayResolved(Event):
    """The device chose a gateway of the remote site and resolved its name (DNS)."""

    kind: ClassVar[str] = "gateway-resolved"
    strategy: Word | None = None
    name: Word | None = None
    """As configured: a DNS name, or the address itself (LANCOM: entferntes Gateway)."""
    address: Address | None = None
    """What the name stood for then; `0.0.0.0` if for nothing."""
    ttl_s: int | None = None
    """How long the name may be remembered, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyReceived(Event):
    """A notification of the peer arrived (RFC 2408, section 3.14; RFC 7296, section 3.10)."""

    kind: ClassVar[str] = "notify-received"
    notify: Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDropped(Event):
    """The device threw an IKE message away and says which notification that amounts to."""

    kind: ClassVar[str] = "message-dropped"
    notify: Constant
    port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DpdMessage(Event):
    """One side asks the other for a sign of life, or gives it (RFC 3706: dead peer detection)."""

    kind: ClassVar[str] = "dpd-message"
    direction: Direction
    message: Literal["R_U_THERE", "R_U_THERE_ACK"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteReceived(Event):
    """The peer says that it has deleted an SA (RFC 2408, section 3.15)."""

    kind: ClassVar[str] = "delete-received"
    phase: Phase
    rule: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaRemoved(Event):
    """The device itself has removed an SA."""

    kind: ClassVar[str] = "sa-removed"
    phase: Phase
    rule: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeLogged(Event):
    """A line of the IKE daemon's own log, as it stands."""

    kind: ClassVar[str] = "ike-logged"
    text: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeMessage(Event):
    """One message of IKEv2, in or out (RFC 7296, section 1)."""

    kind: ClassVar[str] = "ike-message"
    direction: Direction
    exchange: Literal["IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL"]
    message: Literal["request", "response"]
    size_bytes: int
    role: Role | None = None
    own_address: Address | None = None
    own_port: int | None = None
    port: int | None = None
    """The peer's."""
    spis: Phrase | None = None
    message_id: int | None = None
    """0 for the first exchange, one more with each (RFC 7296, section 2.2)."""
    notify: Constant | None = None
    """The first notification that the message carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaEntered(Event):
    """An SA stands in the device's list (SADB); an IKE_SA does so before it is authenticated."""

    kind: ClassVar[str] = "sa-entered"
    sa: Literal["IKE_SA", "CHILD_SA"]
    rule: Word | None = None
    outgoing_spi: Word | None = None
    incoming_spi: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartIdentified(Event):
    """The device found, or did not find, an entry of its own for whoever talks to it."""

    kind: ClassVar[str] = "counterpart-identified"
    known: YesNo
    """`no`: it fell back to the entry DEFAULT, which stands for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCompared(Event):
    """The identity that the peer sent was held against the expected one (RFC 7296: ID)."""

    kind: ClassVar[str] = "identity-compared"
    result: YesNo
    """`yes`: they are the same."""
    received_id: Phrase
    received_type: Constant
    expected_id: Phrase
    expected_type: Constant


# What other traces of the case say --------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRouted(Event):
    """A packet came in and where it went (LANCOM: IP-Router trace)."""

    kind: ClassVar[str] = "packet-routed"
    rx_interface: Word | None = None
    """The remote site or the network it came from."""
    rx_port: Word | None = None
    """`LAN-1`; None where it came from a remote site."""
    source: Address | None = None
    """This and what follows is None where the record is cut off."""
    destination: Address | None = None
    protocol: Word | None = None
    """`ICMP`, `TCP`, `UDP`, as the device says."""
    icmp: Echo | None = None
    icmp_id: Word | None = None
    icmp_seq: Word | None = None
    route: Literal["lan", "wan", "nowhere"] | None = None
    """Where to; `nowhere`: the device knows no route and discards the packet."""
    tx_interface: Word | None = None
    """The network or the remote site it goes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketHost(Event):
    """A packet of the router itself, in or out (LANCOM: IPv4-Host trace, from LCOS 10.20)."""

    kind: ClassVar[str] = "packet-host"
    source: Address | None = None
    destination: Address | None = None
    protocol: Word | None = None
    icmp: Echo | None = None
    tx_interface: Word | None = None
    """Where it was sent; None for a packet that came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketIcmp(Event):
    """An ICMP message that the router saw (LANCOM: ICMP trace)."""

    kind: ClassVar[str] = "packet-icmp"
    direction: Direction
    interface: Word | None = None
    source: Address | None = None
    destination: Address | None = None
    icmp: Echo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Event):
    """A frame on the wire (LANCOM: Ethernet trace); its content from trace level 3 on."""

    kind: ClassVar[str] = "frame"
    direction: Direction
    size_bytes: int
    port: Word
    source: Address | None = None
    destination: Address | None = None
    protocol: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketFiltered(Event):
    """The firewall took a packet and says by which rule and what became of it."""

    kind: ClassVar[str] = "packet-filtered"
    rx_interface: Word | None = None
    source: Address | None = None
    source_port: int | None = None
    destination: Address | None = None
    destination_port: int | None = None
    protocol: Word | None = None
    icmp: Echo | None = None
    reason: Phrase | None = None
    """The device's own word: `port filter`."""
    rule: Phrase | None = None
    """Name of the firewall rule; None where only the kind of filter is told."""
    limit: Phrase | None = None
    """Which limit of the rule was exceeded."""
    action: Phrase | None = None
    """All the rule did, as printed: `drop; send syslog message;`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PppState(Event):
    """A step of a PPP negotiation, usually that of the Internet connection (RFC 1661)."""

    kind: ClassVar[str] = "ppp-state"
    phase: Word | None = None
    """The phase it enters (RFC 1661, section 3.2): `ESTABLISH`, `AUTHENTICATE`, `NETWORK`."""
    protocol: Word | None = None
    """`LCP`, `PAP`, `CHAP`, `IPCP`."""
    peer: Word | None = None
    """The remote site of the WAN line; no remote site of the VPN."""
    restart: Literal["again", "given-up"] | None = None
    """An answer is missing (RFC 1661: TO+, TO-): the request is repeated, or it was the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PppError(Event):
    """The PPP negotiation failed, with the code that LANmonitor shows."""

    kind: ClassVar[str] = "ppp-error"
    code: PppCode
    name: Phrase | None = None


# What follows from several messages -------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Event):
    """The first fault of a negotiation, whichever records told it."""

    kind: ClassVar[str] = "failure"
    failure: Word
    """Kebab-case; `failure` of the code in `knowledge/vpn-errors.yaml`, or `undocumented`."""
    layer: Literal["interface", "ike", "ipsec", "disconnect", "mesh", "unknown"]
    side: Literal["initiator", "responder", "none", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(Event):
    """The negotiation ended because an answer was missing for 30 seconds."""

    kind: ClassVar[str] = "timed-out"
    phase: Phase
    """The phase in which the answer was missing; 1 if the trace does not show phase 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerHeard(Event):
    """What arrived from the peer; only known if the trace covers the whole negotiation."""

    kind: ClassVar[str] = "peer-heard"
    by: Literal["nothing", "dynamic-vpn", "ike"]
    """`dynamic-vpn`: its authentication packet only, no IKE message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsCompared(Event):
    """How the comparison of proposals ended in one phase."""

    kind: ClassVar[str] = "proposals-compared"
    phase: Phase
    result: Literal["matched", "refused-then-matched", "refused", "pending"]
    """`refused`: ended without a match; `pending`: the trace ends before that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSeries(Event):
    """Poll time-outs in a row, and how they ended."""

    kind: ClassVar[str] = "poll-series"
    ended: Literal["disconnect", "recovered", "pending"]
    retries: int
    """Time-outs counted in the series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledAddress(Event):
    """What kind of address the unanswered polls went to."""

    kind: ClassVar[str] = "polled-address"
    target: Literal["gateway", "public", "private"]
    """`gateway`: the peer's own outer address; `public`: another public one."""
    poll_target: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledNetwork(Event):
    """Whether the polled address lies in a network that the VPN rules of this tunnel name."""

    kind: ClassVar[str] = "polled-network"
    inside_rule: YesNo
    poll_target: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPackets(Event):
    """What other traces of the same router show of the polls that were missed."""

    kind: ClassVar[str] = "poll-packets"
    seen: Literal["unanswered", "beside-tunnel", "dropped", "no-route", "answered", "not-sent"]
    """`beside-tunnel`: they left by an interface that is not the remote site."""
    poll_target: Address
    rule: Phrase | None = None
    """The firewall rule or filter that dropped them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineError(Event):
    """A PPP error of our own Internet access around the time of the fault."""

    kind: ClassVar[str] = "line-error"
    code: PppCode


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMiss(Event):
    """How long the tunnel was up before the first poll was missed."""

    kind: ClassVar[str] = "first-miss"
    after: Literal["at-once", "later"]
    """`at-once`: within three poll intervals of `connected`; no poll need ever have worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextNegotiation(Event):
    """What became of the next negotiation of the same remote site after this one was lost."""

    kind: ClassVar[str] = "next-negotiation"
    result: Literal["connected", "timed-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierNegotiation(Event):
    """What an earlier negotiation of the same remote site in the same trace had come to."""

    kind: ClassVar[str] = "earlier-negotiation"
    result: Literal["connected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNetworks(Event):
    """Whether the two networks of a VPN rule of the tunnel overlap."""

    kind: ClassVar[str] = "rule-networks"
    overlap: YesNo


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSites(Event):
    """How other remote sites behind other gateways fared when this one failed or was lost."""

    kind: ClassVar[str] = "other-sites"
    state: Literal["up", "lost-too"]
    """`up`: one was connected then; `lost-too`: all that the trace shows went within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceCoverage(Event):
    """Whether the trace shows the negotiation from its start to its end."""

    kind: ClassVar[str] = "trace-coverage"
    start: Literal["seen", "missing"]
    end: Literal["seen", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeJump(Event):
    """Time that passed without a record while a negotiation was under way."""

    kind: ClassVar[str] = "time-jump"
    jump_s: int
    """Longer than any step of a negotiation takes."""


MESSAGE_EVENTS: tuple[type[Event], ...] = (
    Connecting,
    DynamicVpnStarted,
    AuthPacketCreated,
    AuthPacketReceived,
    RulesetInstalling,
    RulesetInstalled,
    RulesetsInstalled,
    IkeStarted,
    IkeNegotiationStarted,
    PeerIdentified,
    ProposalRefused,
    ProposalMatched,
    IkeSaEstablished,
    IkeSaAlgorithms,
    IkeSaLifetime,
    ChildSaEstablished,
    TrafficRule,
    ChildSaAlgorithms,
    ChildSaLifetime,
    TunnelEndpoints,
    Connected,
    NoResponse,
    PollTimeout,
    ErrorReported,
    Disconnecting,
    Noted,
    WanState,
    RemoteSiteMapped,
    GatewayResolved,
    NotifyReceived,
    MessageDropped,
    DpdMessage,
    DeleteReceived,
    SaRemoved,
    IkeLogged,
    IkeMessage,
    SaEntered,
    CounterpartIdentified,
    IdentityCompared,
    PacketRouted,
    PacketHost,
    PacketIcmp,
    Frame,
    PacketFiltered,
    PppState,
    PppError,
)
"""Event types a message pattern may yield."""

ASIDE_EVENTS: tuple[type[Event], ...] = (
    DpdMessage,
    DeleteReceived,
    SaRemoved,
    IkeLogged,
)
"""Those that come beside and after a negotiation too: none of them begins one."""

OTHER_TRACE_EVENTS: tuple[type[Event], ...] = (
    PacketRouted,
    PacketHost,
    PacketIcmp,
    Frame,
    PacketFiltered,
    PppState,
    PppError,
)
"""Those of other traces of the case: they belong to no negotiation."""

DERIVED_EVENTS: tuple[type[Event], ...] = (
    Failure,
    TimedOut,
    PeerHeard,
    ProposalsCompared,
    PollSeries,
    PolledAddress,
    PolledNetwork,
    PollPackets,
    LineError,
    FirstMiss,
    NextNegotiation,
    EarlierNegotiation,
    RuleNetworks,
    OtherSites,
    TimeJump,
    TraceCoverage,
)
"""Event types that only `assistant.trace.derived` makes."""

EVENT_TYPES: dict[str, type[Event]] = {
    event.kind: event for event in MESSAGE_EVENTS + DERIVED_EVENTS
}
"""Every event type by its kind."""
