"""Which remote site there is which remote site here, although each side has names of its own."""

from __future__ import annotations

import ipaddress
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from assistant.model.event import Address, Role
from assistant.model.message import IkeSaEstablished, TunnelEndpoints
from assistant.model.newer_message import GatewayResolved, IkeMessage
from assistant.model.source import Place
from assistant.trace.pairing.clock import Pairs
from assistant.trace.pairing.common_event import may_pair
from assistant.trace.pairing.sighting import Sighting, seconds
from assistant.trace.read import ReadSource

_NAMELESS = frozenset({"", "default"})
"""What a router calls whom it does not know; several strangers may stand behind it."""
_FEW = 2_000
"""Negotiations of a trace whose single records are looked at for what stands beside a gap."""
_NOT_RESOLVED = "0.0.0.0"  # noqa: S104 - nothing listens there
"""What the device prints for a name that stands for no address."""
_NEIGHBOURS = 64
_BESIDE_S = 60.0
"""Further apart, two negotiations are not one, whatever the clocks."""

# RFC 1918, 3927, 4193, 4291 and 6598: what stands here as an own address may be another outside.
_BEHIND_NAT = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "0.0.0.0/8",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


class Site(Struct, eq=False):
    """One remote site of one trace with all that tells whom it stands for."""

    sightings: list[Sighting] = field(default_factory=list)
    gateways: set[str] = field(default_factory=set)
    identities: set[tuple[str, str]] = field(default_factory=set)
    """Of the initiator and of the responder."""

    @property
    def only_called(self) -> bool:
        """Nothing ever came back from it: its address may be wrong."""
        return all(
            one.role is not Role.RESPONDER and one.heard in (None, "nothing") and not one.up
            for one in self.sightings
        )


class View(Struct, kw_only=True):
    """One trace as pairing sees it."""

    source: ReadSource
    sightings: list[Sighting]
    """In order of their begin."""
    told: bool
    """Whoever gave it said that it is the other side's."""
    own: set[str] = field(default_factory=set)
    """Addresses and identities of this router."""
    sites: list[Site] = field(default_factory=list)
    site_of: dict[Sighting, Site] = field(default_factory=dict)
    _timeline: list[tuple[float, Place]] | None = None

    @property
    def timeline(self) -> list[tuple[float, Place]]:
        """Records in order of time: of very many negotiations a part, the last one surely."""
        if self._timeline is None:
            few = len(self.sightings) <= _FEW
            places = [
                place
                for one in self.sightings
                for place in (
                    one.negotiation.first,
                    *(place for each in one.negotiation.messages for place in each.places if few),
                    one.negotiation.last,
                )
            ]
            ends = [self.source.end] if self.source.end is not None else []
            timed = [(seconds(one.time), one) for one in (*places, *ends) if one.time is not None]
            self._timeline = sorted(timed, key=lambda item: item[0])
        return self._timeline

    @property
    def own_public(self) -> set[str]:
        """Own addresses that the other side sees as they are."""
        return {one for one in self.own if is_public(one)}


def view(source: ReadSource, sightings: Iterable[Sighting], *, told: bool = False) -> View:
    """Sort the negotiations of a trace by whom they are with."""
    ordered = sorted(sightings, key=lambda one: one.begin)
    result = View(source=source, sightings=ordered, told=told)
    result.own = {_folded(one) for one in source.own_addresses}
    sites: dict[tuple[str, str | None], Site] = {}
    for sighting in result.sightings:
        negotiation = sighting.negotiation
        name = negotiation.remote_site.casefold()
        gateway = negotiation.gateway
        site = sites.setdefault((name, gateway if name in _NAMELESS else None), Site())
        site.sightings.append(sighting)
        result.site_of[sighting] = site
        _add(site.gateways, gateway)
        _learn(site, result.own, sighting)
    result.sites = list(sites.values())
    return result


def _learn(site: Site, own: set[str], sighting: Sighting) -> None:
    for occurrence in sighting.negotiation.messages:
        event = occurrence.event
        if isinstance(event, GatewayResolved):
            _add(site.gateways, event.address)
        elif isinstance(event, (TunnelEndpoints, IkeMessage)):
            _add(own, event.own_address)
        elif isinstance(event, IkeSaEstablished) and event.initiator_id and event.responder_id:
            site.identities.add((_folded(event.initiator_id), _folded(event.responder_id)))


def _add(addresses: set[str], address: Address | None) -> None:
    if address is not None and address != _NOT_RESOLVED:
        addresses.add(_folded(address))


def _folded(text: str) -> str:
    """One spelling of an address or an identity."""
    address = _ip(text)
    return str(address) if address is not None else text.casefold()


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(text: Address | str) -> bool:
    """Whether it is an address that no NAT changes on the way."""
    address = _ip(text)
    return address is not None and not any(address in network for network in _BEHIND_NAT)


class Counterparts(Struct, frozen=True, kw_only=True):
    """The sites of either trace that are the other router."""

    ours: tuple[Site, ...]
    """Our names for it; empty if our trace shows nothing of it."""
    theirs: tuple[Site, ...]
    """Its names for us; empty if it shows nothing of us. Not both are empty."""
    proven: bool
    """By addresses, identities or SPIs, not for want of another one."""


def counterparts(ours: View, theirs: View, linked: Pairs) -> Counterparts | None:
    """Follow who is who; None if that cannot be told.

    `linked` are negotiations that are the same by their SPIs or message IDs.
    """
    same = [(ours.site_of[one], theirs.site_of[two]) for one, two in linked]
    same += _of_same_identities(ours.sites, theirs.sites)
    here = {one for one, _ in same}
    there = {two for _, two in same}
    to_them = [site for site in ours.sites if site.gateways & theirs.own or site in here]
    to_us = [site for site in theirs.sites if site.gateways & ours.own or site in there]
    proven = bool(to_them or to_us)
    to_them = to_them or _only(ours.sites, theirs, to_us or theirs.sites, proven=proven)
    to_us = to_us or _only(theirs.sites, ours, to_them, proven=proven)
    if not (to_them or to_us) or (ours.sites and not to_them):
        return None
    return Counterparts(ours=tuple(to_them), theirs=tuple(to_us), proven=proven)


def _of_same_identities(ours: Sequence[Site], theirs: Sequence[Site]) -> list[tuple[Site, Site]]:
    """Sites whose tunnels stand between the same two identities."""
    by_identities: dict[tuple[str, str], Site] = {}
    for site in theirs:
        by_identities |= dict.fromkeys(site.identities, site)
    return [
        (site, by_identities[identities])
        for site in ours
        for identities in site.identities
        if identities in by_identities and _opposite(site, by_identities[identities])
    ]


def _opposite(one: Site, two: Site) -> bool:
    """The same identities with the same roles would be two traces of one router."""
    roles = {sighting.role for sighting in one.sightings if sighting.up}
    other = {sighting.role for sighting in two.sightings if sighting.up}
    return not (roles == other and len(roles) == 1)


def elsewhere(site: Site, other: View) -> bool:
    """Whether a site is somebody else than the other router: its addresses are known and differ."""
    public = other.own_public
    return bool(
        public
        and site.gateways
        and all(map(is_public, site.gateways))
        and not site.gateways & other.own
    )


def _only(
    sites: Sequence[Site], other: View, against: Sequence[Site], *, proven: bool
) -> list[Site]:
    """The one site that may be the other router, if there is but one."""
    left = [site for site in sites if not elsewhere(site, other)]
    if (proven or other.told) and not left:
        # Then the address is what may be the matter: one that is stale, or changed by NAT.
        left = [site for site in sites if site.only_called]
        left = left or (list(sites) if len(sites) == 1 else _beside(sites, against))
    if len(left) > 1:
        left = _beside(left, against)
    return left if len(left) == 1 else []


def _beside(sites: Sequence[Site], others: Sequence[Site]) -> list[Site]:
    """The sites of which a failed call may be one of the others', if the clocks agree.

    That a tunnel is up says nothing: every other site of the router has one too.
    """
    calls = sorted(
        (two for other in others for two in other.sightings if not two.up),
        key=lambda two: two.begin,
    )
    begins = [two.begin for two in calls]

    def near(one: Sighting) -> Sequence[Sighting]:
        at = bisect_left(begins, one.begin - _BESIDE_S)
        return calls[at : min(bisect_right(begins, one.end + _BESIDE_S), at + _NEIGHBOURS)]

    return [
        site
        for site in sites
        if any(may_pair(one, two) for one in site.sightings if not one.up for two in near(one))
    ]


def could_be(theirs: Sighting, site: Site, known: Sequence[Site], other: View) -> bool:
    """Whether a negotiation of the other trace may be the called side of one of ours."""
    mine = any(site is one for one in known)
    if theirs.role is Role.INITIATOR:
        # Both sides called at the same time: what arrived went into their own negotiation.
        return mine and theirs.heard not in ("nothing", "dynamic-vpn")
    return theirs.set_up and (mine or not elsewhere(site, other))
