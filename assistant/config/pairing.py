"""Which entry of one router and which of the other are the two ends of one tunnel."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from assistant.config.compare import identities_match
from assistant.config.findings import credentials_of, local_networks, remote_networks
from assistant.config.networks import Ip, address
from assistant.model.finding import Match, PairReason
from assistant.model.setting import Configuration, Credentials, VpnPeer


class Pair(Struct, frozen=True, kw_only=True):
    """The two entries of one tunnel."""

    ours: VpnPeer
    theirs: VpnPeer
    reasons: tuple[PairReason, ...]


def paired(
    ours: Configuration,
    theirs: Configuration,
    *,
    our_addresses: Sequence[str] = (),
    their_addresses: Sequence[str] = (),
) -> tuple[Pair, ...]:
    """The entries of both sides that lead to each other, the best founded pair first.

    An entry that could belong to several of the other side is left out.

    Args:
        ours: One router.
        theirs: The other one.
        our_addresses: Outer addresses of our router, where a trace shows them.
        their_addresses: Outer addresses of the other one.
    """
    if len(ours.peers) * len(theirs.peers) > _PAIRS:
        return ()
    alone = len(ours.peers) == len(theirs.peers) == 1
    mine, other = _ends(ours), _ends(theirs)
    left = [
        (weight, Pair(ours=one.peer, theirs=two.peer, reasons=reasons))
        for one in mine
        for two in other
        for weight, reasons in [_weighed(one, two, our_addresses, their_addresses, alone=alone)]
        if reasons
    ]
    left.sort(key=lambda each: -each[0])
    if len(left) > _CANDIDATES:
        # What very many have in common tells nothing: the whole of the last weight goes.
        left = [each for each in left if each[0] > left[_CANDIDATES][0]]
    best: list[Pair] = []
    while left:
        weight, pair = left[0]
        rivals = [each for each in left if _share_an_end(each[1], pair)]
        if sum(each[0] == weight for each in rivals) == 1:
            best.append(pair)
            left = [each for each in left if not _share_an_end(each[1], pair)]
        else:
            # As good as each other: which of them it is cannot be told.
            left = [each for each in left if each[0] < weight or not _share_an_end(each[1], pair)]
    return tuple(best)


_PAIRS = 20_000
"""Pairs of entries that are looked at; two central routers have no tunnel we could tell."""
_CANDIDATES = 1000
"""Pairs for which something speaks that are weighed against each other."""


class _End(Struct, frozen=True):
    """What of an entry may lead to the other side's."""

    peer: VpnPeer
    gateways: frozenset[Ip]
    keys: Credentials | None
    local: frozenset[str]
    remote: frozenset[str]


def _ends(configuration: Configuration) -> list[_End]:
    return [
        _End(
            peer,
            _gateways(peer),
            credentials_of(configuration, peer),
            frozenset(one.value for one in local_networks(configuration, peer)[0]),
            frozenset(one.value for one in remote_networks(configuration, peer)[0]),
        )
        for peer in configuration.peers
    ]


def _gateways(peer: VpnPeer) -> frozenset[Ip]:
    written = [peer.gateway, *peer.more_gateways] if peer.gateway else peer.more_gateways
    found = [address(one.value) for one in written]
    return frozenset(one for one in found if one is not None)


def _weighed(
    ours: _End,
    theirs: _End,
    our_addresses: Sequence[str],
    their_addresses: Sequence[str],
    *,
    alone: bool,
) -> tuple[int, tuple[PairReason, ...]]:
    """How much speaks for two entries being the ends of one tunnel; judgement."""
    reasons: list[PairReason] = []
    identities = _identities_meet(ours.keys, theirs.keys)
    gateways = sum(
        any(address(one) in end.gateways for one in addresses)
        for end, addresses in ((ours, their_addresses), (theirs, our_addresses))
    )
    networks = bool(ours.local & theirs.remote) + bool(ours.remote & theirs.local)
    if identities:
        reasons.append("identity")
    if gateways:
        reasons.append("gateway")
    if networks:
        reasons.append("network")
    if alone:
        reasons.append("only-one")
    return 3 * identities + 2 * gateways + networks + alone, tuple(reasons)


def _share_an_end(one: Pair, other: Pair) -> bool:
    return one.ours is other.ours or one.theirs is other.theirs


def _identities_meet(ours: Credentials | None, theirs: Credentials | None) -> int:
    """0 to 2: how many of the two identities are what the other side expects."""
    if ours is None or theirs is None:
        return 0
    crossed = ((ours.local, theirs.remote), (ours.remote, theirs.local))
    written = [(one, other) for one, other in crossed if one.text is not None and one.text.value]
    return sum(identities_match(one, other) is Match.EQUAL for one, other in written)
