"""Finds the networks and addresses around a tunnel, and which of them do not fit."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field

from assistant.model.derived import PolledAddress, PolledNetwork
from assistant.model.diagnosis import Incident
from assistant.model.event import Event
from assistant.model.finding import Comparison, Match, Subject
from assistant.model.ike_event import IkePacket
from assistant.model.message import ChildSaEstablished, PollTimeout, TrafficRule, TunnelEndpoints
from assistant.model.newer_message import IkeMessage
from assistant.model.source import Side

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_MOST = 64
"""Networks of one side that are looked at."""
_LONGEST = 90
"""Characters of a network or an address."""


class Around(Struct, kw_only=True):
    """What is known of the ways through one tunnel, as the device writes it."""

    our_networks: list[str] = field(default_factory=list)
    their_networks: list[str] = field(default_factory=list)
    our_networks_there: list[str] = field(default_factory=list)
    """As the other side has them, where that differs."""
    their_networks_there: list[str] = field(default_factory=list)
    own_address: str = ""
    gateway: str = ""
    polled: str = ""
    wrong: set[str] = field(default_factory=set)
    """`poll-outside`, `poll-gateway`, `overlap`, `gateway-inside`, `our-networks`,
    `their-networks`."""

    @property
    def is_known(self) -> bool:
        """Whether there is more than two gateways to show."""
        return bool(self.our_networks or self.their_networks)


def around(incident: Incident) -> Around:
    """What an incident shows of the networks; of one that only the other side shows, nothing."""
    found = Around(gateway=(incident.gateway or "")[:_LONGEST])
    if incident.side is Side.REMOTE:
        return Around()
    beside = incident.example.beside if incident.example else ()
    for one in (*incident.messages, *incident.derived, *beside):
        _read(one.event, found)
    if incident.side_by_side is not None:
        for comparison in incident.side_by_side.comparisons:
            _compared(comparison, found)
    _judge(found)
    return found


def _read(event: Event, found: Around) -> None:
    match event:
        case TrafficRule():
            _add(found.our_networks, (event.local_network,))
            _add(found.their_networks, (event.remote_network,))
        case ChildSaEstablished():
            _add(found.our_networks, (event.local_networks or "").split())
            _add(found.their_networks, (event.remote_networks or "").split())
        case TunnelEndpoints() | IkeMessage() | IkePacket():
            found.own_address = found.own_address or (event.own_address or "")[:_LONGEST]
        case PollTimeout(poll_target=str(target)):
            found.polled = found.polled or target[:_LONGEST]
        case PolledAddress():
            found.polled = found.polled or event.poll_target[:_LONGEST]
            if event.target == "gateway":
                found.wrong.add("poll-gateway")
        case PolledNetwork(inside_rule="no"):
            found.wrong.add("poll-outside")
        case _:
            pass


def _compared(one: Comparison, found: Around) -> None:
    """Both configurations: what we call our network must be what they call ours."""
    if one.subject not in (Subject.OUR_NETWORKS, Subject.THEIR_NETWORKS):
        return
    ours = [str(setting.value) for setting in one.ours[:_MOST]]
    theirs = [str(setting.value) for setting in one.theirs[:_MOST]]
    is_our_network = one.subject is Subject.OUR_NETWORKS
    _add(found.our_networks if is_our_network else found.their_networks, ours)
    if one.match is Match.DIFFERENT:
        _add(found.our_networks_there if is_our_network else found.their_networks_there, theirs)
        found.wrong.add("our-networks" if is_our_network else "their-networks")


def _add(networks: list[str], more: Iterable[str]) -> None:
    for one in more:
        short = one.strip(" ,")[:_LONGEST]
        if short and short not in networks and len(networks) < _MOST:
            networks.append(short)


def _judge(found: Around) -> None:
    """What the addresses themselves say, where they can be read."""
    ours = [one for one in map(_network, found.our_networks) if one is not None]
    theirs = [one for one in map(_network, found.their_networks) if one is not None]
    if any(_overlap(one, other) for one in ours for other in theirs):
        found.wrong.add("overlap")
    # A rule for everything holds the gateway too, and routers know how to go around that.
    small = [one for one in theirs if one.prefixlen]
    if _inside(found.gateway, small):
        found.wrong.add("gateway-inside")
    if found.polled and found.polled == found.gateway:
        found.wrong.add("poll-gateway")
    elif (
        theirs
        and len(theirs) == len(found.their_networks)
        and _address(found.polled) is not None
        and not _inside(found.polled, theirs)
    ):
        found.wrong.add("poll-outside")


def _overlap(one: Network, other: Network) -> bool:
    if not one.prefixlen or not other.prefixlen:
        return False
    return one.version == other.version and one.overlaps(other)


def _inside(text: str, networks: list[Network]) -> bool:
    address = _address(text)
    return address is not None and any(
        address.version == one.version and address in one for one in networks
    )


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def in_short(text: str) -> str:
    """A network with the length of its prefix instead of a mask, where it can be read.

    >>> in_short("192.168.20.0/255.255.255.0")
    '192.168.20.0/24'
    """
    network = _network(text)
    return text if network is None else str(network)
