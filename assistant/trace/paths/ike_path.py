"""What a capture shows between two gateways: IKE on ports 500 and 4500, and ESP.

Knows packets, no negotiations: whoever knows the gateways asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeVar

from msgspec import Struct

from assistant.model.capture import EspPackets, IkeExchange, IkePackets
from assistant.model.event import Address
from assistant.trace.packets.capture import Capture, Packet, Way, spelled
from assistant.trace.paths.poll_view import Flows, in_order, most, places_of
from assistant.trace.paths.polling import Found

Port = Literal[500, 4500]
IKE_PORT: Literal[500] = 500
NAT_T_PORT: Literal[4500] = 4500
"""IKE and ESP behind NAT (RFC 3947, RFC 3948)."""
_T = TypeVar("_T", bound=str)


_EXCHANGES: dict[str, IkeExchange] = {
    "ikev2_init": "init",
    "ikev2_auth": "auth",
    "ident": "phase-1",
    "agg": "phase-1",
    "base": "phase-1",
    "oakley-quick": "phase-2",
}
"""As tcpdump names them; what is not here keeps a tunnel up or takes it down."""


class IkeTraffic(Struct, frozen=True, kw_only=True):
    """Packets of one IKE exchange to one UDP port, between two gateways."""

    port: Port
    """Of the responder."""
    exchange: IkeExchange | None
    """None where the capture does not name it (`-q`)."""
    initiator: Address
    """The original initiator; where no line says who that is, who was seen sending first."""
    responder: Address
    requests: Flows
    """From the initiator."""
    answers: Flows
    """From the responder."""
    refusals: Flows
    """ICMP errors about packets to this port of the responder."""


class EspTraffic(Struct, frozen=True, kw_only=True):
    """Encrypted payload between two gateways."""

    encapsulated: bool
    first: Address
    """Who was seen sending first."""
    second: Address
    there: Flows
    """From the first to the second."""
    back: Flows


def ike_traffic(capture: Capture) -> list[IkeTraffic]:
    """IKE packets by exchange, port and pair of gateways, in order of appearance."""
    found: dict[tuple[Port, IkeExchange | None, frozenset[Address]], IkeTraffic] = {}
    for packet, seen in capture.find("ike", "udp"):
        port = _port(packet)
        # On port 4500 runs ESP, too: without its name a packet there may be anything.
        if port is None or (port == NAT_T_PORT and packet.what == "udp"):
            continue
        exchange = _EXCHANGES.get(packet.exchange, "other") if packet.exchange else None
        key = port, exchange, frozenset((packet.source, packet.destination))
        if key not in found:
            backwards = packet.by_initiator is False
            found[key] = IkeTraffic(
                port=port,
                exchange=exchange,
                initiator=packet.destination if backwards else packet.source,
                responder=packet.source if backwards else packet.destination,
                requests=[],
                answers=[],
                refusals=[],
            )
        one = found[key]
        (one.requests if packet.source == one.initiator else one.answers).append((packet, seen))
    for one in found.values():
        one.refusals.extend(_refusals(capture, one.responder, one.port))
    return list(found.values())


def esp_traffic(capture: Capture) -> list[EspTraffic]:
    """ESP packets by pair of gateways, in order of appearance."""
    found: dict[tuple[bool, frozenset[Address]], EspTraffic] = {}
    for packet, seen in capture.find("esp"):
        key = packet.encapsulated, frozenset((packet.source, packet.destination))
        one = found.setdefault(
            key,
            EspTraffic(
                encapsulated=packet.encapsulated,
                first=packet.source,
                second=packet.destination,
                there=[],
                back=[],
            ),
        )
        (one.there if packet.source == one.first else one.back).append((packet, seen))
    return list(found.values())


def ike_path(capture: Capture, gateways: Iterable[Address] = ()) -> Iterator[Found]:
    """What a capture tells of IKE and ESP with certain gateways, as events.

    Args:
        capture: The capture.
        gateways: Only traffic from or to one of these; all of it if empty.
    """
    wanted = {spelled(gateway) for gateway in gateways}
    for ike in ike_traffic(capture):
        if not wanted or {ike.initiator, ike.responder} & wanted:
            found = _ike_found(ike, wanted)
            if found is not None:
                yield found
    for esp in esp_traffic(capture):
        if not wanted or {esp.first, esp.second} & wanted:
            yield _esp_found(esp, wanted)


def _ike_found(ike: IkeTraffic, wanted: set[Address]) -> Found | None:
    if not ike.requests or ike.exchange == "other":
        return None
    refusal = ike.refusals[0][0] if ike.refusals and not ike.answers else None
    reporter: Literal["responder", "other"] | None = None
    if refusal is not None:
        reporter = "responder" if refusal.source == ike.responder else "other"
    changed = any(packet.source_port != ike.port for packet, _ in ike.requests)
    event = IkePackets(
        gateway=ike.initiator if ike.initiator in wanted else ike.responder,
        port="500" if ike.port == IKE_PORT else "4500",
        exchange=ike.exchange,
        seen="answered" if ike.answers else "refused" if refusal else "unanswered",
        captured_at=_end(ike.requests, "initiator", "responder"),
        error=refusal.error if refusal else None,
        error_from=reporter,
        source_port="changed" if changed else "same",
    )
    backwards = ike.answers or ike.refusals
    return event, most(ike.requests), in_order(places_of(ike.requests, backwards))


def _esp_found(esp: EspTraffic, wanted: set[Address]) -> Found:
    event = EspPackets(
        gateway=esp.first if esp.first in wanted else esp.second,
        seen="both-ways" if esp.back else "one-way",
        captured_at=None if esp.back else _end(esp.there, "sender", "receiver"),
        encapsulated="yes" if esp.encapsulated else "no",
    )
    return event, most(esp.there) + most(esp.back), in_order(places_of(esp.there, esp.back))


def _port(packet: Packet) -> Port | None:
    """The port of the responder; the initiator's may be changed by NAT."""
    ends = packet.source_port, packet.destination_port
    # Of the initiator it is the port it sends to, of the responder the one it sends from.
    known = ends if packet.by_initiator is False else ends[::-1]
    for port in known:
        if port in (IKE_PORT, NAT_T_PORT):
            return IKE_PORT if port == IKE_PORT else NAT_T_PORT
    return None


def _refusals(capture: Capture, responder: Address, port: Port) -> Flows:
    """Errors about the port, and those about its address that are about no port."""
    return [
        (packet, seen)
        for packet, seen in capture.find("icmp-error")
        if packet.about == responder
        and (
            packet.about_port == port
            or (
                packet.about_port is None
                and packet.error not in ("port-unreachable", "protocol-unreachable")
            )
        )
    ]


def _end(flows: Flows, sender: _T, receiver: _T) -> _T | None:
    """Where the capture ran, by the way packets took there; a router between shows both."""
    ways: set[Way | None] = {packet.way for packet, _ in flows}
    if ways == {"out"}:
        return sender
    return receiver if ways == {"in"} else None
