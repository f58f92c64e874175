"""Two routers' configurations side by side: what of one tunnel's ends fits and what does not.

Each result names the rows and columns of both sides; of secrets only whether they are set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from assistant.config.findings import credentials_of, local_networks, named, remote_networks
from assistant.config.networks import address
from assistant.model.finding import Comparison, Match, Subject
from assistant.model.setting import (
    Configuration,
    Credentials,
    Encryption,
    Identity,
    Ike,
    Layer,
    Lifetimes,
    Proposal,
    Secret,
    Setting,
    Shown,
    VpnPeer,
)


def compared(
    ours: Configuration, theirs: Configuration, our_peer: VpnPeer, their_peer: VpnPeer
) -> tuple[Comparison, ...]:
    """Everything of one tunnel that both sides must agree on."""
    same_version = our_peer.ike is their_peer.ike
    results = [
        Comparison(
            subject=Subject.IKE_VERSION,
            match=Match.EQUAL if same_version else Match.DIFFERENT,
            ours=(our_peer.name,),
            theirs=(their_peer.name,),
            common=(our_peer.ike.value,) if same_version else (),
        )
    ]
    results += _networks(ours, our_peer, theirs, their_peer)
    if not same_version:
        return tuple(results)
    results += _authentication(
        credentials_of(ours, our_peer), credentials_of(theirs, their_peer), our_peer.ike
    )
    if our_peer.ike is Ike.V1:
        results.append(_same(Subject.EXCHANGE_MODE, our_peer.exchange, their_peer.exchange))
        results += _ikev1(
            ours, _find(ours.layers, our_peer.layer), theirs, _find(theirs.layers, their_peer.layer)
        )
    else:
        results += _ikev2(
            _find(ours.encryptions, our_peer.encryption),
            _find(theirs.encryptions, their_peer.encryption),
        )
        results += _ikev2_lifetimes(
            _find(ours.lifetimes, our_peer.lifetimes),
            _find(theirs.lifetimes, their_peer.lifetimes),
        )
    return tuple(results)


_Named = TypeVar("_Named", Layer, Encryption, Lifetimes)


def _find(entries: Iterable[_Named], reference: Setting[str] | None) -> _Named | None:
    return next((one for one in entries if named(reference, one.row.key)), None)


def _same(
    subject: Subject,
    ours: Setting[str] | Setting[int] | Setting[bool] | None,
    theirs: Setting[str] | Setting[int] | Setting[bool] | None,
) -> Comparison:
    match = Match.UNKNOWN
    if ours is not None and theirs is not None:
        match = Match.EQUAL if ours.value == theirs.value else Match.DIFFERENT
    return Comparison(
        subject=subject,
        match=match,
        ours=(ours,) if ours is not None else (),
        theirs=(theirs,) if theirs is not None else (),
    )


# Identities and keys -------------------------------------------------------------------------


def _authentication(
    ours: Credentials | None, theirs: Credentials | None, ike: Ike
) -> Iterator[Comparison]:
    yield _identity(
        Subject.OUR_IDENTITY,
        ours.local if ours else None,
        theirs.remote if theirs else None,
        more=theirs is not None and theirs.more_remote is not None,
    )
    yield _identity(
        Subject.THEIR_IDENTITY,
        ours.remote if ours else None,
        theirs.local if theirs else None,
        more=ours is not None and ours.more_remote is not None,
    )
    yield _key(
        Subject.OUR_KEY,
        ours.local_secret if ours else None,
        theirs.remote_secret if theirs else None,
        ours.local_auth if ours else None,
        theirs.remote_auth if theirs else None,
    )
    if ike is Ike.V2:
        yield _key(
            Subject.THEIR_KEY,
            ours.remote_secret if ours else None,
            theirs.local_secret if theirs else None,
            ours.remote_auth if ours else None,
            theirs.local_auth if theirs else None,
        )
        yield _same(
            Subject.OUR_AUTH_METHOD,
            ours.local_auth if ours else None,
            theirs.remote_auth if theirs else None,
        )
        yield _same(
            Subject.THEIR_AUTH_METHOD,
            ours.remote_auth if ours else None,
            theirs.local_auth if theirs else None,
        )


def _key(
    subject: Subject,
    ours: Setting[Secret] | None,
    theirs: Setting[Secret] | None,
    *methods: Setting[str] | None,
) -> Comparison:
    """Keys of both sides; of no interest where a method is not the pre-shared key."""
    match = Match.UNKNOWN
    used = all(method is None or method.value == "PSK" for method in methods)
    if used and ours is not None and theirs is not None:
        match = _secrets(ours.value, theirs.value)
    return Comparison(
        subject=subject,
        match=match,
        ours=(ours,) if ours is not None else (),
        theirs=(theirs,) if theirs is not None else (),
    )


def _secrets(ours: Secret, theirs: Secret) -> Match:
    if ours.state != theirs.state:
        return Match.DIFFERENT
    # Empty on both sides is no key, and one that was hidden in the script tells nothing.
    if ours.fingerprint is None or theirs.fingerprint is None:
        return Match.UNKNOWN
    return Match.EQUAL if ours.fingerprint == theirs.fingerprint else Match.DIFFERENT


def _identity(
    subject: Subject, ours: Identity | None, theirs: Identity | None, *, more: bool
) -> Comparison:
    match = Match.UNKNOWN
    if ours is not None and theirs is not None:
        match = identities_match(ours, theirs)
        if match is Match.DIFFERENT and more:
            match = Match.UNKNOWN  # one of the further identities may fit
    return Comparison(subject=subject, match=match, ours=_parts(ours), theirs=_parts(theirs))


def identities_match(ours: Identity, theirs: Identity) -> Match:
    """Whether what one side says it is and what the other expects are the same."""
    if ours.kind is None or theirs.kind is None:
        return Match.UNKNOWN
    kinds = {ours.kind.value, theirs.kind.value}
    if len(kinds) > 1:
        # Without an identity the address is taken, which the other side may have written down.
        return Match.UNKNOWN if "No-Identity" in kinds else Match.DIFFERENT
    if kinds == {"No-Identity"}:
        return Match.EQUAL
    if ours.text is None or theirs.text is None:
        return Match.UNKNOWN
    return _texts(ours.text.value, theirs.text.value)


def _texts(ours: str, theirs: str) -> Match:
    if ours == theirs or (address(ours) is not None and address(ours) == address(theirs)):
        return Match.EQUAL
    # Whether the device cares about case is not documented.
    return Match.UNKNOWN if ours.casefold() == theirs.casefold() else Match.DIFFERENT


def _parts(identity: Identity | None) -> tuple[Shown, ...]:
    if identity is None:
        return ()
    return tuple(one for one in (identity.kind, identity.text) if one is not None)


# Networks --------------------------------------------------------------------------------------


def _networks(
    ours: Configuration, our_peer: VpnPeer, theirs: Configuration, their_peer: VpnPeer
) -> Iterator[Comparison]:
    our_local, our_local_all = local_networks(ours, our_peer)
    our_remote, our_remote_all = remote_networks(ours, our_peer)
    their_local, their_local_all = local_networks(theirs, their_peer)
    their_remote, their_remote_all = remote_networks(theirs, their_peer)
    yield _mirrored(
        Subject.OUR_NETWORKS, our_local, their_remote, complete=our_local_all and their_remote_all
    )
    yield _mirrored(
        Subject.THEIR_NETWORKS, our_remote, their_local, complete=our_remote_all and their_local_all
    )


def _mirrored(
    subject: Subject,
    ours: tuple[Setting[str], ...],
    theirs: tuple[Setting[str], ...],
    *,
    complete: bool,
) -> Comparison:
    mine, other = {one.value for one in ours}, {one.value for one in theirs}
    common = tuple(sorted(mine & other))
    if mine and mine == other:
        match = Match.EQUAL
    elif common:
        match = Match.COMMON
    elif mine and other and complete:
        match = Match.DIFFERENT
    else:
        match = Match.UNKNOWN
    return Comparison(subject=subject, match=match, ours=ours, theirs=theirs, common=common)


# Algorithms ------------------------------------------------------------------------------------


def _ikev1(
    ours: Configuration, our_layer: Layer | None, theirs: Configuration, their_layer: Layer | None
) -> Iterator[Comparison]:
    yield _same(
        Subject.IKE_GROUP,
        our_layer.ike_group if our_layer else None,
        their_layer.ike_group if their_layer else None,
    )
    yield _same(
        Subject.PFS_GROUP,
        our_layer.pfs_group if our_layer else None,
        their_layer.pfs_group if their_layer else None,
    )
    for phase, subject, lifetime in (
        ("1", Subject.IKE_PROPOSALS, Subject.IKE_LIFETIME),
        ("2", Subject.IPSEC_PROPOSALS, Subject.IPSEC_LIFETIME),
    ):
        mine, mine_all = _members(ours, our_layer, phase)
        other, other_all = _members(theirs, their_layer, phase)
        yield _proposals(subject, mine, other, complete=mine_all and other_all)
        yield _lifetimes(lifetime, mine, other)


def _members(
    configuration: Configuration, layer: Layer | None, phase: str
) -> tuple[list[Proposal], bool]:
    """The proposals of a layer, and whether these are all; those of the device are not shown."""
    if layer is None:
        return [], False
    reference = layer.ike_proposals if phase == "1" else layer.ipsec_proposals
    lists = [
        one
        for one in configuration.proposal_lists
        if one.phase == phase and named(reference, one.row.key)
    ]
    names = [member for one in lists for member in one.members]
    found = [
        one
        for name in names
        for one in configuration.proposals
        if one.phase == phase and named(name, one.row.key)
    ]
    complete = bool(lists) and len(found) == len(names) and all(one.complete for one in found)
    return found, complete


def _proposals(
    subject: Subject, ours: list[Proposal], theirs: list[Proposal], *, complete: bool
) -> Comparison:
    mine = {_offer(one) for one in ours if one.complete}
    other = {_offer(one) for one in theirs if one.complete}
    common = sorted(mine & other)
    if common:
        match = Match.EQUAL if mine == other and complete else Match.COMMON
    else:
        match = Match.DIFFERENT if complete else Match.UNKNOWN
    return Comparison(
        subject=subject,
        match=match,
        ours=tuple(part for one in ours for part in one.parts),
        theirs=tuple(part for one in theirs for part in one.parts),
        common=tuple(" ".join(one) for one in common),
    )


def _offer(proposal: Proposal) -> tuple[str, ...]:
    return tuple(part.value for part in proposal.parts)


def _lifetimes(subject: Subject, ours: list[Proposal], theirs: list[Proposal]) -> Comparison:
    """Life times of the proposals that fit each other; of the first such pair."""
    for one in ours:
        for other in theirs:
            if one.complete and other.complete and _offer(one) == _offer(other):
                return _same(subject, one.lifetime_s, other.lifetime_s)
    return Comparison(subject=subject, match=Match.UNKNOWN, ours=(), theirs=())


def _ikev2(ours: Encryption | None, theirs: Encryption | None) -> Iterator[Comparison]:
    if ours is None or theirs is None:
        # `DEFAULT` and its like come with the device: a script need not show them.
        for subject in (Subject.IKE_GROUP, Subject.IKE_PROPOSALS, Subject.IPSEC_PROPOSALS):
            yield Comparison(subject=subject, match=Match.UNKNOWN, ours=(), theirs=())
        return
    yield _sets(Subject.IKE_GROUP, ours.dh_groups, theirs.dh_groups)
    yield _suites(
        Subject.IKE_PROPOSALS,
        (ours.ike_ciphers, ours.ike_integrity),
        (theirs.ike_ciphers, theirs.ike_integrity),
    )
    yield _suites(
        Subject.IPSEC_PROPOSALS,
        (ours.child_ciphers, ours.child_integrity),
        (theirs.child_ciphers, theirs.child_integrity),
    )
    yield _same(Subject.PFS_GROUP, ours.pfs, theirs.pfs)


def _ikev2_lifetimes(ours: Lifetimes | None, theirs: Lifetimes | None) -> Iterator[Comparison]:
    if ours is not None and theirs is not None:
        yield _same(Subject.IKE_LIFETIME, ours.ike_s, theirs.ike_s)
        yield _same(Subject.IPSEC_LIFETIME, ours.child_s, theirs.child_s)


_Words = Setting[str] | None


def _sets(subject: Subject, ours: _Words, theirs: _Words) -> Comparison:
    mine, other = _split(ours), _split(theirs)
    common = tuple(word for word in mine if word in other)
    return Comparison(
        subject=subject,
        match=_match(mine, other, common),
        ours=(ours,) if ours is not None else (),
        theirs=(theirs,) if theirs is not None else (),
        common=common,
    )


def _match(mine: list[str], other: list[str], common: tuple[str, ...]) -> Match:
    if not mine or not other:
        return Match.UNKNOWN
    if set(mine) == set(other):
        return Match.EQUAL
    return Match.COMMON if common else Match.DIFFERENT


def _suites(
    subject: Subject, ours: tuple[_Words, _Words], theirs: tuple[_Words, _Words]
) -> Comparison:
    """Ciphers that authenticate themselves need no integrity algorithm (RFC 5282)."""
    ciphers = _sets(subject, ours[0], theirs[0])
    integrity = _sets(subject, ours[1], theirs[1])
    alone = [word for word in ciphers.common if "GCM" in word or "Poly1305" in word]
    match = ciphers.match
    if match in (Match.EQUAL, Match.COMMON) and integrity.match is not Match.EQUAL:
        match = Match.COMMON if alone or integrity.match is Match.COMMON else integrity.match
    return Comparison(
        subject=subject,
        match=match,
        ours=(*ciphers.ours, *integrity.ours),
        theirs=(*ciphers.theirs, *integrity.theirs),
        common=(*ciphers.common, *integrity.common) if match is not Match.DIFFERENT else (),
    )


def _split(setting: _Words) -> list[str]:
    return [word for word in setting.value.split(",") if word] if setting is not None else []
