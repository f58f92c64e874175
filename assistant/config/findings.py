"""What one configuration proves or excludes about its remote sites: facts with their places.

No cause is named here: which cause a finding speaks for is knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from assistant.config.networks import address, inside, is_private, overlapping
from assistant.config.settings import IKEV1_PEERS, IKEV2_PEERS, LAYERS, POLLING
from assistant.model.event import RemoteSite
from assistant.model.finding import FindingKind
from assistant.model.setting import (
    Configuration,
    Credentials,
    Grounds,
    Ike,
    Layer,
    PollEntry,
    PppEntry,
    Setting,
    Shown,
    VpnPeer,
)

_COMPARED = 100
"""Networks of one side that are held against each other: a hostile file may have thousands."""


class Finding(Struct, frozen=True, kw_only=True):
    """One fact about one remote site, or about the router itself."""

    kind: FindingKind
    remote_site: RemoteSite | None
    """None: about the router itself."""
    ike: Ike | None = None
    settings: tuple[Shown, ...] = ()
    """What it rests on, each with its place; empty where nothing stands: see `grounds`."""
    grounds: Grounds = Grounds.STATED
    """Of findings that something is missing: how far the script shows that."""
    table: str | None = None
    """Of findings that something is missing: where it would stand."""
    seen: str | None = None
    """The value of the trace that was compared, or the name that leads nowhere."""


def peers_named(configuration: Configuration, remote_site: str) -> tuple[VpnPeer, ...]:
    """The entries of a remote site, of both generations; case does not matter."""
    wanted = remote_site.casefold()
    return tuple(peer for peer in configuration.peers if peer.name.value.casefold() == wanted)


def router_findings(configuration: Configuration) -> tuple[Finding, ...]:
    """What concerns the router itself."""
    return tuple(_router(configuration))


def site_findings(configuration: Configuration, remote_site: str) -> tuple[Finding, ...]:
    """What the configuration says of one remote site, without any trace."""
    peers = peers_named(configuration, remote_site)
    site = RemoteSite(remote_site)
    if not peers:
        # Either table may have it, so the one that is shown less decides.
        grounds = max(map(configuration.grounds, (IKEV1_PEERS, IKEV2_PEERS)), key=_certainty)
        found = Finding(
            kind=FindingKind.PEER_MISSING, remote_site=site, grounds=grounds, table=IKEV1_PEERS
        )
        return (found,)
    found_all: list[Finding] = []
    for peer in peers:
        found_all += _entry(peer)
        found_all += _polling(configuration, peer)
        found_all += _networks(configuration, peer)
        found_all += _negotiation(configuration, peer)
    return tuple(found_all)


def dialled_findings(
    configuration: Configuration, remote_site: str, dialled: str
) -> tuple[Finding, ...]:
    """Whether the gateway that a trace dials is the configured one.

    Args:
        configuration: Of the router that made the trace.
        remote_site: As the trace names it.
        dialled: The gateway's address in the trace.
    """
    return tuple(
        finding
        for peer in peers_named(configuration, remote_site)
        for finding in _dialled(peer, dialled)
    )


def polled_findings(
    configuration: Configuration, remote_site: str, polled: str
) -> tuple[Finding, ...]:
    """Whether the address that a trace polls stands in the polling table.

    Args:
        configuration: Of the router that made the trace.
        remote_site: As the trace names it.
        polled: The address of the poll frames in the trace.
    """
    found = []
    for entry in _polls(configuration, remote_site):
        if not entry.addresses:
            continue
        same = [one for one in entry.addresses if address(one.value) == address(polled)]
        kind = FindingKind.POLLED_ADDRESS_AGREES if same else FindingKind.POLLED_ADDRESS_DIFFERS
        found.append(
            Finding(
                kind=kind,
                remote_site=RemoteSite(remote_site),
                settings=tuple(same or entry.addresses),
                seen=polled,
            )
        )
    return tuple(found)


def remote_networks(
    configuration: Configuration, peer: VpnPeer
) -> tuple[tuple[Setting[str], ...], bool]:
    """Networks behind a remote site, and whether these are all.

    By its own rules if it has some, else by the routes that lead to it: LCOS makes the rules
    of `Rule-creation auto` from these.
    """
    return _side_networks(configuration, peer, local=False)


def local_networks(
    configuration: Configuration, peer: VpnPeer
) -> tuple[tuple[Setting[str], ...], bool]:
    """Our networks that a remote site may reach, and whether these are all."""
    return _side_networks(configuration, peer, local=True)


def _side_networks(
    configuration: Configuration, peer: VpnPeer, *, local: bool
) -> tuple[tuple[Setting[str], ...], bool]:
    name = peer.name.value.casefold()
    named = set()
    if peer.ipv4_rules is not None:
        named = {word.casefold() for word in peer.ipv4_rules.value.replace(",", " ").split()}
    routes = [
        route.network
        for route in configuration.routes
        if route.active and route.via is not None and route.via.value.casefold() == name
    ]
    if peer.rule_creation is None or peer.rule_creation.value == "auto":
        if local:
            # unverified: the table of our own networks is remembered, so they may not be all.
            return configuration.lan_networks, False
        return tuple(routes), bool(routes)
    rules = [
        rule
        for rule in configuration.network_rules
        if rule.row.key.casefold() in named or name in (one.casefold() for one in rule.peers)
    ]
    found = [one for rule in rules for one in (rule.local if local else rule.remote)]
    complete = bool(rules) and all(rule.complete for rule in rules)
    if not found and not local:
        return tuple(routes), False
    return tuple(found), complete and bool(found)


def _router(configuration: Configuration) -> Iterator[Finding]:
    operating, ping = configuration.vpn_operating, configuration.ping_block
    if operating is not None and operating.value == "No":
        yield Finding(kind=FindingKind.VPN_SWITCHED_OFF, remote_site=None, settings=(operating,))
    if ping is not None:
        answered = ping.value == "Off"
        kind = FindingKind.PING_ANSWERED if answered else FindingKind.PING_BLOCKED
        yield Finding(kind=kind, remote_site=None, settings=(ping,))
    for entry in configuration.dyndns:
        off = entry.active is not None and not entry.active.value
        kind = FindingKind.DYNDNS_CLIENT_INACTIVE if off else FindingKind.DYNDNS_CLIENT_ACTIVE
        shown: list[Shown] = [entry.action]
        shown += [one for one in (entry.host_name, entry.active) if one is not None]
        yield Finding(kind=kind, remote_site=None, settings=tuple(shown))


def _entry(peer: VpnPeer) -> Iterator[Finding]:
    yield _of(peer, FindingKind.PEER_PRESENT, peer.name)
    if peer.active is not None and not peer.active.value:
        yield _of(peer, FindingKind.PEER_INACTIVE, peer.active)
    if peer.gateway is not None and not peer.more_gateways:
        found = peer.gateway.value
        if not found or found == "0.0.0.0":  # noqa: S104  # an empty address, nothing is bound
            yield _of(peer, FindingKind.GATEWAY_EMPTY, peer.gateway)


def _polling(configuration: Configuration, peer: VpnPeer) -> Iterator[Finding]:
    entries = _polls(configuration, peer.name.value)
    hold = peer.hold_time_s
    if hold is not None:
        keeps = peer.keeps_alive
        kind = FindingKind.HOLD_TIME_KEEP_ALIVE if keeps else FindingKind.HOLD_TIME_OTHER
        yield _of(peer, kind, hold)
        if keeps and not entries:
            yield from _no_poll_row(configuration, peer, hold)
    for entry in entries:
        yield _of(peer, FindingKind.POLL_ROW_PRESENT, entry.peer)
        yield from _poll_addresses(configuration, peer, entry)


def _no_poll_row(
    configuration: Configuration, peer: VpnPeer, hold: Setting[int]
) -> Iterator[Finding]:
    name = peer.name.value.casefold()
    ppp: PppEntry | None = next(
        (one for one in configuration.ppp if one.peer.value.casefold() == name), None
    )
    polled = ppp is not None and ppp.time is not None and ppp.time.value > 0
    settings: tuple[Shown, ...] = (hold,)
    if ppp is not None and ppp.time is not None:
        settings = (hold, ppp.time)
    yield Finding(
        kind=FindingKind.POLLED_BY_PPP_ONLY if polled else FindingKind.POLL_ROW_MISSING,
        remote_site=RemoteSite(peer.name.value),
        ike=peer.ike,
        settings=settings,
        grounds=configuration.grounds(POLLING),
        table=POLLING,
    )


def _poll_addresses(
    configuration: Configuration, peer: VpnPeer, entry: PollEntry
) -> Iterator[Finding]:
    if not entry.addresses:
        first = entry.row.text("IP-Address-1")
        yield _of(peer, FindingKind.POLL_ADDRESS_EMPTY, first or entry.peer)
    networks, complete = remote_networks(configuration, peer)
    for target in entry.addresses:
        found = address(target.value)
        if found is None:
            continue
        same = [one for one in _gateways(peer) if address(one.value) == found]
        within = [one for one in networks if inside(found, [one.value])]
        if same:
            yield _of(peer, FindingKind.POLL_ADDRESS_IS_GATEWAY, target, *same)
        elif within:
            yield _of(peer, FindingKind.POLL_ADDRESS_INSIDE, target, *within)
        elif not is_private(found):
            yield _of(peer, FindingKind.POLL_ADDRESS_PUBLIC, target)
        elif complete:
            yield _of(peer, FindingKind.POLL_ADDRESS_OUTSIDE, target, *networks)
        else:
            yield _of(peer, FindingKind.POLL_ADDRESS_PRIVATE, target)


def _networks(configuration: Configuration, peer: VpnPeer) -> Iterator[Finding]:
    remote, _ = remote_networks(configuration, peer)
    local, _ = local_networks(configuration, peer)
    for gateway in _gateways(peer):
        found = address(gateway.value)
        # The network of all addresses stands for "everything else".
        around = [one for one in remote if found and not one.value.endswith("/0")]
        around = [one for one in around if found and inside(found, [one.value])]
        if around:
            yield _of(peer, FindingKind.GATEWAY_INSIDE_REMOTE_NETWORK, gateway, *around)
    for ours in local[:_COMPARED]:
        for theirs in remote[:_COMPARED]:
            if overlapping(ours.value, theirs.value):
                yield _of(peer, FindingKind.NETWORKS_OVERLAP, ours, theirs)


def _negotiation(configuration: Configuration, peer: VpnPeer) -> Iterator[Finding]:
    if peer.ike is Ike.V1:
        yield from _ikev1(configuration, peer)
        return
    yield from _missing(
        configuration,
        peer,
        peer.encryption,
        "/Setup/VPN/IKEv2/Encryption",
        [one.row.key for one in configuration.encryptions],
    )
    yield from _missing(
        configuration,
        peer,
        peer.authentication,
        "/Setup/VPN/IKEv2/Auth/Parameter",
        [one.row.key for one in configuration.credentials if one.ike is Ike.V2],
    )
    encryption = next(
        (one for one in configuration.encryptions if named(peer.encryption, one.row.key)), None
    )
    if encryption is not None and encryption.pfs is not None:
        kind = FindingKind.PFS_ON if encryption.pfs.value else FindingKind.PFS_OFF
        yield _of(peer, kind, encryption.pfs)
    keys = credentials_of(configuration, peer)
    if keys is not None:
        for auth, secret in (
            (keys.local_auth, keys.local_secret),
            (keys.remote_auth, keys.remote_secret),
        ):
            if auth and secret and auth.value == "PSK" and secret.value.state == "empty":
                yield _of(peer, FindingKind.KEY_EMPTY, secret, auth)


def _ikev1(configuration: Configuration, peer: VpnPeer) -> Iterator[Finding]:
    names = [one.row.key for one in configuration.layers]
    yield from _missing(configuration, peer, peer.layer, LAYERS, names)
    layer = next((one for one in configuration.layers if named(peer.layer, one.row.key)), None)
    if layer is None:
        return
    if layer.pfs_group is not None:
        kind = FindingKind.PFS_OFF if layer.pfs_group.value == "0" else FindingKind.PFS_ON
        yield _of(peer, kind, layer.pfs_group)
    for reference, phase, table in (
        (layer.ike_proposals, "1", "/Setup/VPN/Proposals/IKE-Proposal-Lists"),
        (layer.ipsec_proposals, "2", "/Setup/VPN/Proposals/IPSEC-Proposal-Lists"),
    ):
        lists = [one for one in configuration.proposal_lists if one.phase == phase]
        names = [one.row.key for one in lists]
        yield from _missing(configuration, peer, reference, table, names)
        members = "/Setup/VPN/Proposals/" + ("IKE" if phase == "1" else "IPSEC")
        known = [one.row.key for one in configuration.proposals if one.phase == phase]
        for one in lists:
            if reference is None or not named(reference, one.row.key):
                continue
            if not one.members:
                yield _of(peer, FindingKind.PROPOSAL_LIST_EMPTY, reference)
            for member in one.members:
                yield from _missing(configuration, peer, member, members, known)
    yield from _missing(
        configuration,
        peer,
        layer.ike_key,
        "/Setup/VPN/Certificates-and-Keys/IKE-Keys",
        [one.row.key for one in configuration.credentials if one.ike is Ike.V1],
    )
    yield from _ikev1_key(configuration, peer, layer)


def _ikev1_key(configuration: Configuration, peer: VpnPeer, layer: Layer) -> Iterator[Finding]:
    """An empty key matters only where the proposals say that one is used."""
    keys = credentials_of(configuration, peer)
    if keys is None or keys.local_secret is None or keys.local_secret.value.state == "set":
        return
    members = {
        member.value.casefold()
        for one in configuration.proposal_lists
        if one.phase == "1" and named(layer.ike_proposals, one.row.key)
        for member in one.members
    }
    methods = [
        part
        for one in configuration.proposals
        if one.phase == "1" and one.row.key.casefold() in members
        for part in one.parts
        if part.column == "IKE-Auth-Mode"
    ]
    if methods and all(method.value == "Preshared-Key" for method in methods):
        yield _of(peer, FindingKind.KEY_EMPTY, keys.local_secret, *methods)


def credentials_of(configuration: Configuration, peer: VpnPeer) -> Credentials | None:
    """Identities and keys that a remote site's entry leads to."""
    if peer.ike is Ike.V2:
        reference = peer.authentication
    else:
        layer = next((one for one in configuration.layers if named(peer.layer, one.row.key)), None)
        reference = layer.ike_key if layer else None
    return next(
        (
            one
            for one in configuration.credentials
            if one.ike is peer.ike and named(reference, one.row.key)
        ),
        None,
    )


def named(reference: Setting[str] | None, key: str) -> bool:
    """Whether a reference means the row of that name; case does not matter."""
    return reference is not None and reference.value.casefold() == key.casefold()


def _missing(
    configuration: Configuration,
    peer: VpnPeer,
    reference: Setting[str] | None,
    table: str,
    names: Iterable[str],
) -> Iterator[Finding]:
    if reference is None or not reference.value or any(named(reference, one) for one in names):
        return
    yield Finding(
        kind=FindingKind.REFERENCE_MISSING,
        remote_site=RemoteSite(peer.name.value),
        ike=peer.ike,
        settings=(reference,),
        # What the device brings along is not printed: a missing row proves nothing.
        grounds=max(configuration.grounds(table), Grounds.IMPLIED, key=_certainty),
        table=table,
        seen=reference.value,
    )


def _dialled(peer: VpnPeer, dialled: str) -> Iterator[Finding]:
    gateways = list(_gateways(peer))
    wanted = address(dialled)
    if not gateways:
        return
    same = [
        one
        for one in gateways
        if one.value.casefold() == dialled.casefold()
        or (wanted is not None and address(one.value) == wanted)
    ]
    names = [one for one in gateways if address(one.value) is None]
    if same:
        kind, settings = FindingKind.DIALLED_GATEWAY_AGREES, same
    elif names:
        kind, settings = FindingKind.DIALLED_GATEWAY_BY_NAME, names
    else:
        kind, settings = FindingKind.DIALLED_GATEWAY_DIFFERS, gateways
    yield Finding(
        kind=kind,
        remote_site=RemoteSite(peer.name.value),
        ike=peer.ike,
        settings=tuple(settings),
        seen=dialled,
    )


def _gateways(peer: VpnPeer) -> Iterator[Setting[str]]:
    first = [peer.gateway] if peer.gateway is not None else []
    for one in (*first, *peer.more_gateways):
        if one.value and one.value != "0.0.0.0":  # noqa: S104  # an empty address
            yield one


def _polls(configuration: Configuration, remote_site: str) -> list[PollEntry]:
    wanted = remote_site.casefold()
    return [one for one in configuration.polls if one.peer.value.casefold() == wanted]


def _of(peer: VpnPeer, kind: FindingKind, *settings: Shown) -> Finding:
    return Finding(
        kind=kind, remote_site=RemoteSite(peer.name.value), ike=peer.ike, settings=settings
    )


_CERTAINTY = {Grounds.STATED: 0, Grounds.IMPLIED: 1, Grounds.NOT_SHOWN: 2}


def _certainty(grounds: Grounds) -> int:
    """0 for the most certain."""
    return _CERTAINTY[grounds]
