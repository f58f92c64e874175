"""Addresses and networks as the console writes them, and which of them are private."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TypeAlias

Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Net: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 1918, 3927, 4193, 4291: `is_private` of the library counts documentation ranges too.
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)


def address(text: str) -> Ip | None:
    """The address; None for a name, an empty value and 0.0.0.0, which stands for none.

    >>> address("192.0.2.1"), address("0.0.0.0"), address("vpn.example")
    (IPv4Address('192.0.2.1'), None, None)
    """
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return None if found.is_unspecified else found


def network(text: str, mask: str = "") -> str | None:
    """A network with its prefix length.

    >>> network("192.168.2.1", "255.255.255.0"), network("10.0.0.0/8"), network("LAN")
    ('192.168.2.0/24', '10.0.0.0/8', None)
    """
    text, mask = text.strip(), mask.strip()
    if not text:
        return None
    try:
        return str(ipaddress.ip_network(f"{text}/{mask}" if mask else text, strict=False))
    except ValueError:
        return None


def is_private(found: Ip) -> bool:
    """Whether the address is none of the Internet's."""
    return any(found in one for one in _PRIVATE)


def inside(found: Ip, networks: Iterable[str]) -> bool:
    """Whether one of the networks (with prefix length) has the address."""
    return any(found in ipaddress.ip_network(one) for one in networks)


def overlapping(one: str, other: str) -> bool:
    """Whether two networks share addresses; that of all addresses overlaps nothing.

    >>> overlapping("10.0.0.0/8", "10.1.0.0/16"), overlapping("0.0.0.0/0", "10.0.0.0/8")
    (True, False)
    """
    first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    if not first.prefixlen or not second.prefixlen or first.version != second.version:
        return False
    return first.overlaps(second)


_OBJECT = re.compile(
    r"%A(?P<address>[0-9.]{7,15})(?:\s*%M(?P<mask>[0-9.]{7,15}))?|%H(?P<site>[^%\s]{1,16})|(?P<lan>%L)",
    re.IGNORECASE,
)


def object_parts(text: str) -> tuple[list[str], list[str], bool, bool]:
    """What the description of a firewall object names.

    unverified: `%A` address, `%M` mask, `%H` remote site, `%L` local network are remembered.

    Returns:
        Networks, remote sites, whether the local network is meant, and whether all was read.

    >>> object_parts("%A192.168.2.0 %M255.255.255.0")
    (['192.168.2.0/24'], [], False, True)
    >>> object_parts("%HNORDHOF %L")
    ([], ['NORDHOF'], True, True)
    """
    networks: list[str] = []
    sites: list[str] = []
    lan = False
    for match in _OBJECT.finditer(text):
        if match["lan"]:
            lan = True
        elif match["site"]:
            sites.append(match["site"])
        else:
            found = network(match["address"], match["mask"] or "255.255.255.255")
            if found is None:
                return networks, sites, lan, False
            networks.append(found)
    return networks, sites, lan, not _OBJECT.sub("", text).strip(" ,;")
