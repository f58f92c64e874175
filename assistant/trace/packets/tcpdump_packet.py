"""What tcpdump prints of one packet, as a packet: ping, ICMP errors, ARP, IKE and ESP.

Measured with tcpdump 4.99.3 on crafted captures; the short forms of version 3 (`icmp 64: echo
request`, `arp who-has`) as its manual page shows them.
"""

from __future__ import annotations

import re

from assistant.model.capture import IcmpError
from assistant.model.event import Address, Word
from assistant.trace.packets.capture import Packet, What, spelled

NAMED_PORTS = {"isakmp": 500, "ipsec-nat-t": 4500, "ipsec-msft": 4500, "sae-urn": 4500}
"""The ports of IKE as tcpdump names them after the system's table of services."""
IKE_PORTS = (500, 4500)

_RIGHT = re.compile(r"(?P<destination>[^\s,]{1,260}): {1,2}(?P<says>.*)")
"""Hardware addresses of `-e` have a comma behind them, no colon."""
_PAIRS = 4
"""Arrows looked at in one line: the first may stand between hardware addresses."""
_SUM = re.compile(r"\[[^\]]{0,80}\] ")
"""`[icmp6 sum ok] `, `[no cksum] `: what `-vv` says of check sums."""
_WHO_HAS = re.compile(
    r"who-has (?P<asked>[^\s,]{1,260})(?: \([^)\s]{1,40}\))? tell (?P<asking>[^\s,]{1,260})"
)
_IS_AT = re.compile(r"(?i:reply) (?P<asked>[^\s,]{1,260}) is-at (?P<at>[^\s,]{1,60})")

_ICMP = re.compile(r"(?i:icmp6?)(?:,| ?\d{0,5}:)? (?P<says>.*)")
"""`ICMP echo request, id 1, seq 1`, `ICMP6, echo request, ...`, `icmp 64: echo request seq 1`."""
_ECHO = re.compile(r"echo (?P<way>request|reply)\b")
_SOLICITATION = re.compile(r"neighbor solicitation\b.{0,60}?who has (?P<asked>[^\s,]{1,60})")
_ADVERTISEMENT = re.compile(r"neighbor advertisement\b.{0,60}?tgt is (?P<asked>[^\s,]{1,60})")

_UNREACHABLE = re.compile(
    r"(?:(?P<kind>net|host) )?(?P<about>[^\s,]{1,260})(?P<protocol> protocol \S{1,20})?"
    r"(?: (?:udp|tcp))?(?: port (?P<port>\S{1,40}))? unreachable(?: - (?P<reason>[^,]{0,80}))?"
)
_UNREACHABLE_6 = re.compile(
    r"destination unreachable, {1,2}(?P<kind>unreachable \w{1,20}|beyond scope)"
    r"(?:,? (?P<about>[^\s,\[]{1,60}))?(?: (?:udp|tcp) port (?P<port>[^\s,]{1,40}))?"
)
_EXCEEDED = re.compile(r"time exceeded(?:.{0,20} for (?P<about>[^\s,]{1,60}))?")
_KINDS: dict[str, IcmpError] = {
    "net": "net-unreachable",
    "host": "host-unreachable",
    "unreachable route": "net-unreachable",
    "unreachable address": "host-unreachable",
    "unreachable port": "port-unreachable",
    "unreachable prohibited": "prohibited",
    "beyond scope": "net-unreachable",
}

_ISAKMP = re.compile(
    r"(?:NONESP-encap: )?isakmp(?: \d\.\d)?(?: msgid \w{1,16})?(?: cookie [\w>-]{1,40})?: "
    r"(?:(?P<two>parent_sa|child_sa) {1,2}(?P<exchange>[\w#-]{1,30})(?:\[(?P<flags>[IR]{0,2})\])?"
    r"|phase (?:1|2/others) (?P<role>[IR?]) (?P<exchange_1>[\w#-]{1,30}))"
)
_ESP = re.compile(r"(?P<udp>UDP-encap: )?ESP\(spi=(?P<spi>0x[0-9a-f]{8})")

_IPV4_BEGINNING = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}")

_SIGNS = ("ICMP", "icmp", "who-has", "is-at", "isakmp", "ESP(", "UDP", "udp")
"""Without one of these a line tells nothing that is kept."""


def worth_reading(line: str) -> bool:
    """Whether something may be made of the line; told without a regular expression."""
    return any(sign in line for sign in _SIGNS)


def packet_of(line: str) -> Packet | None:
    """The packet of one printed line without its time; None if nothing is kept of it.

    >>> found = packet_of("IP 10.2.0.1 > 10.1.0.1: ICMP host 10.2.0.99 unreachable, length 92")
    >>> found.source, found.error, found.about
    ('10.2.0.1', 'host-unreachable', '10.2.0.99')
    """
    pair = _pair(line)
    if pair is None:
        return _arp(line)
    source, destination, says = pair
    while match := _SUM.match(says):
        says = says[match.end() :]
    if icmp := _ICMP.match(says):
        return _icmp(source, destination, icmp["says"])
    if esp := _ESP.match(says):
        if esp["udp"]:
            (source, _), (destination, _) = _split(source), _split(destination)
        return Packet(
            what="esp",
            source=spelled(source),
            destination=spelled(destination),
            encapsulated=bool(esp["udp"]),
            spi=Word(esp["spi"]),
        )
    return _udp(source, destination, says)


def quoted(line: str) -> tuple[Address, int | None] | None:
    """Destination of the packet that an ICMP error quotes (`-v`), and its port if it is IKE's."""
    pair = _pair(line)
    if pair is None:
        return None
    _, destination, says = pair
    if "isakmp" in says or "UDP" in says:
        address, port = _split(destination)
        return spelled(address), port
    return spelled(destination), None


def _pair(line: str) -> tuple[str, str, str] | None:
    """Source, destination and what is said of the packet."""
    at = 0
    for _ in range(_PAIRS):
        at = line.find(" > ", at)
        if at < 0:
            return None
        right = _RIGHT.match(line, at + 3)
        source = line[:at].rpartition(" ")[2].lstrip()
        if right and source:
            return source, right["destination"], right["says"]
        at += 3
    return None


def _arp(line: str) -> Packet | None:
    if match := _WHO_HAS.search(line):
        asked, asking = spelled(match["asked"]), spelled(match["asking"])
        # Who announces its own address, or makes sure that nobody has it, looks for nobody.
        if asking in (asked, "0.0.0.0"):  # noqa: S104 - no address to bind to
            return None
        return Packet(what="neighbour-request", source=asking, destination=asked)
    if match := _IS_AT.search(line):
        asked = spelled(match["asked"])
        return Packet(what="neighbour-reply", source=asked, destination=asked)
    return None


def _icmp(source: str, destination: str, says: str) -> Packet | None:
    sender, receiver = spelled(source), spelled(destination)
    if match := _ECHO.search(says[:40]):
        what: What = "echo-request" if match["way"] == "request" else "echo-reply"
        return Packet(what=what, source=sender, destination=receiver)
    if match := _SOLICITATION.match(says):
        asked = spelled(match["asked"])
        return Packet(what="neighbour-request", source=sender, destination=asked)
    if match := _ADVERTISEMENT.match(says):
        asked = spelled(match["asked"])
        return Packet(what="neighbour-reply", source=asked, destination=asked)
    return _error(sender, receiver, says)


def _error(sender: Address, receiver: Address, says: str) -> Packet | None:
    error: IcmpError
    if match := _UNREACHABLE_6.match(says):
        error = _KINDS.get(match["kind"], "other")
    elif says.startswith("destination unreachable"):
        match, error = None, "other"
    elif match := _UNREACHABLE.match(says):
        error = _unreachable(match)
    elif match := _EXCEEDED.search(says[:60]):
        error = "time-exceeded"
    elif says.startswith("packet too big"):
        match, error = None, "too-big"
    else:
        return None
    known = match.groupdict() if match else {}
    return Packet(
        what="icmp-error",
        source=sender,
        destination=receiver,
        error=error,
        about=spelled(known["about"]) if known.get("about") else None,
        about_port=_ike_port(known.get("port")),
    )


def _unreachable(match: re.Match[str]) -> IcmpError:
    reason = match["reason"] or ""
    if "admin prohibited" in reason:
        return "prohibited"
    if "need to frag" in reason:
        return "too-big"
    if match["kind"]:
        return _KINDS[match["kind"]]
    if match["port"]:
        return "port-unreachable"
    return "protocol-unreachable" if match["protocol"] else "other"


def _udp(source: str, destination: str, says: str) -> Packet | None:
    what: What
    exchange: str | None = None
    by_initiator: bool | None = None
    if match := _ISAKMP.match(says):
        what, exchange = "ike", match["exchange"] or match["exchange_1"]
        if match["two"]:
            by_initiator = "I" in (match["flags"] or "")
        elif match["role"] != "?":
            by_initiator = match["role"] == "I"
    elif says.startswith("isakmp-nat-keep-alive"):
        what = "keep-alive"
    elif says.startswith(("UDP,", "udp ", "UDP-encap", "NONESP-encap", "[|isakmp]")):
        what = "udp"
    else:
        return None
    (sender, source_port), (receiver, destination_port) = _split(source), _split(destination)
    if source_port not in IKE_PORTS and destination_port not in IKE_PORTS:
        return None
    return Packet(
        what=what,
        source=spelled(sender),
        destination=spelled(receiver),
        source_port=source_port,
        destination_port=destination_port,
        exchange=Word(exchange) if exchange else None,
        by_initiator=by_initiator,
    )


def _split(end: str) -> tuple[str, int | None]:
    """Address and port; without a port where there is none that can be read."""
    address, dot, port = end.rpartition(".")
    number = _port(port)
    # An IPv4 address without a port ends with a number too.
    if not dot or number is None or _IPV4_BEGINNING.fullmatch(address):
        return end, None
    return address, number


def _ike_port(text: str | None) -> int | None:
    """Of packets without ports tcpdump prints one too, read out of whatever stands there."""
    port = _port(text) if text else None
    return port if port in IKE_PORTS else None


def _port(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= len("65535"):
        return int(text)
    return NAMED_PORTS.get(text)
