"""Whose trace is it: our router's, or its peer's?"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from msgspec import Struct

from assistant.model.event import Address
from assistant.model.source import Side, SourceKind
from assistant.trace.read import ReadSource


class Decided(Struct, frozen=True):
    """A side and why."""

    side: Side
    reason: str
    """`option`, `first-file`, `same-router`, `dials-us`, `peer-of-ours`,
    `other-address`, `undecided`."""


def decide_sides(
    traces: list[ReadSource], told: Mapping[str, Side] | None = None
) -> dict[str, Decided]:
    """Decide for each trace, by name; the first one is ours unless `told` says otherwise.

    A further one is the peer's if it dials us, carries other own addresses, or shares an SA with
    us in the opposite direction; else ours.
    """
    sides: dict[str, Decided] = {}
    ours: list[ReadSource] = []
    for source in traces:
        side = told.get(source.name) if told else None
        decided = Decided(side, "option") if side is not None else _decide(source, ours)
        sides[source.name] = decided
        if decided.side is Side.LOCAL:
            ours.append(source)
    return sides


_OPPOSITE = {"incoming": "outgoing", "outgoing": "incoming"}


def _remote_reason(
    source: ReadSource,
    own: set[Address],
    dialled: set[Address],
    mirrored: set[tuple[str, str]],
) -> str | None:
    """Why a trace is the peer's; None if nothing says so."""
    if own & source.gateways:
        return "dials-us"
    if dialled & source.own_addresses or mirrored & source.spis:
        return "peer-of-ours"
    if any(map(_is_ip, own)) and any(map(_is_ip, source.own_addresses)):
        return "other-address"
    return None


def _is_ip(address: str) -> bool:
    """Identities are not addresses; a router may show another one to each peer."""
    try:
        ip_address(address)
    except ValueError:
        return False
    return True


def _decide(source: ReadSource, ours: list[ReadSource]) -> Decided:
    if not ours:
        return Decided(Side.LOCAL, "first-file")
    own = set().union(*(one.own_addresses for one in ours))
    dialled = set().union(*(one.gateways for one in ours))
    mirrored = {(spi, _OPPOSITE[direction]) for one in ours for spi, direction in one.spis}
    if own & source.own_addresses or set().union(*(one.spis for one in ours)) & source.spis:
        return Decided(Side.LOCAL, "same-router")
    reason = _remote_reason(source, own, dialled, mirrored)
    if reason is not None:
        return Decided(Side.REMOTE, reason)
    # Traces of other classes hold no negotiation; a daemon's log without any may be the peer's.
    quiet = not source.drafts and source.kind is not SourceKind.STRONGSWAN_LOG
    if quiet or dialled & source.gateways:
        return Decided(Side.LOCAL, "same-router")
    return Decided(Side.LOCAL, "undecided")
