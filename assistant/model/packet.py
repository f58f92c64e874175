"""What other traces of the same router say, as events: packets, and the line under the tunnel."""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import Address, Direction, Echo, Event, Phrase, PppCode, Word


class PacketRouted(Event, frozen=True, kw_only=True):
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


class PacketHost(Event, frozen=True, kw_only=True):
    """A packet of the router itself, in or out (LANCOM: IPv4-Host trace, from LCOS 10.20)."""

    kind: ClassVar[str] = "packet-host"
    source: Address | None = None
    destination: Address | None = None
    protocol: Word | None = None
    icmp: Echo | None = None
    tx_interface: Word | None = None
    """Where it was sent; None for a packet that came in."""


class PacketIcmp(Event, frozen=True, kw_only=True):
    """An ICMP message that the router saw (LANCOM: ICMP trace)."""

    kind: ClassVar[str] = "packet-icmp"
    direction: Direction
    interface: Word | None = None
    source: Address | None = None
    destination: Address | None = None
    icmp: Echo | None = None


class Frame(Event, frozen=True, kw_only=True):
    """A frame on the wire (LANCOM: Ethernet trace); its content from trace level 3 on."""

    kind: ClassVar[str] = "frame"
    direction: Direction
    size_bytes: int
    port: Word
    source: Address | None = None
    destination: Address | None = None
    protocol: Word | None = None


class PacketFiltered(Event, frozen=True, kw_only=True):
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


class PppState(Event, frozen=True, kw_only=True):
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


class PppError(Event, frozen=True, kw_only=True):
    """The PPP negotiation failed, with the code that LANmonitor shows."""

    kind: ClassVar[str] = "ppp-error"
    code: PppCode
    name: Phrase | None = None
