"""What missed polls and VPN rules tell together: which address, which network, since when."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from assistant.model.derived import (
    FirstMiss,
    PolledAddress,
    PolledNetwork,
    PollSeries,
    RuleNetworks,
)
from assistant.model.event import Address, Event
from assistant.model.message import PollTimeout, TrafficRule
from assistant.model.source import Place
from assistant.trace.negotiation import Draft, Seen, places_of
from assistant.trace.outcome import POLLING_CODE, pending_run

Found = tuple[Event, int, Iterable[Place]]
"""An event, how often, and what it rests on."""

_FIRST_POLLS = 3
"""Polls after `connected` within which a miss means that none need ever have worked."""
_REMEMBERED = 2_000
"""Addresses and networks of which is kept what they are."""
DEFAULT_POLL_TIMER_S = 30
"""Where the trace does not show it (article: 30 sec)."""


def polling_events(draft: Draft, end: Place | None) -> Iterator[Found]:
    """Runs of missed polls and, where they ended the tunnel, what they were sent to and when."""
    pending = pending_run(draft, end)
    failed = draft.fault in ("polling", POLLING_CODE)
    for run in draft.polls:
        places = [run.first, run.last]
        # The code without the record that gives up: that record was not copied.
        if run.exhausted or (failed and run is draft.polls[-1]):
            yield PollSeries(ended="disconnect", retries=run.count), 1, places
        elif run is pending:
            yield PollSeries(ended="pending", retries=run.count), 1, places
        else:
            yield PollSeries(ended="recovered", retries=run.count), 1, places
    if not failed:
        return
    for seen in draft.messages(PollTimeout):
        event = seen.event
        if isinstance(event, PollTimeout) and event.poll_target is not None:
            target = event.poll_target
            kind = kind_of_target(target, draft.gateway)
            yield PolledAddress(target=kind, poll_target=target), seen.count, seen.places
            yield from _polled_network(draft, target, seen)
    yield from _first_miss(draft)


@lru_cache(maxsize=_REMEMBERED)
def kind_of_target(
    target: Address, gateway: Address | None
) -> Literal["gateway", "public", "private"]:
    """What sort of address is polled: the peer's outer one, another public one, a private one."""
    if target == gateway:
        return "gateway"
    address = _ip(target)
    return "private" if address is not None and _is_private(address) else "public"


# RFC 1918 and RFC 4193 only: `is_private` of the library counts documentation ranges too.
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _is_private(address: _Ip) -> bool:
    return any(address in network for network in _PRIVATE)


@lru_cache(maxsize=_REMEMBERED)
def _ip(text: str) -> _Ip | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _polled_network(draft: Draft, target: Address, miss: Seen) -> Iterator[Found]:
    address = _ip(target)
    rules = list(draft.messages(TrafficRule))
    networks = [
        _network(seen.event.remote_network) for seen in rules if isinstance(seen.event, TrafficRule)
    ]
    known = [network for network in networks if network is not None]
    if address is None or not known or len(known) < len(networks):
        return
    inside = any(address in network for network in known)
    event = PolledNetwork(inside_rule="yes" if inside else "no", poll_target=target)
    yield event, miss.count, [*places_of(rules), *miss.places]


def rule_networks(draft: Draft) -> Iterator[Found]:
    """Whether the networks of each VPN rule overlap."""
    for seen in draft.messages(TrafficRule):
        if isinstance(seen.event, TrafficRule):
            local = _network(seen.event.local_network)
            remote = _network(seen.event.remote_network)
            # The network of all addresses stands for "everything else", it meets every other.
            if local and remote and local.prefixlen and remote.prefixlen:
                overlap = local.version == remote.version and local.overlaps(remote)
                yield RuleNetworks(overlap="yes" if overlap else "no"), seen.count, seen.places


@lru_cache(maxsize=_REMEMBERED)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def network_holds(network: str, target: Address) -> bool:
    """Whether an address lies in a network; False where either is none."""
    known, address = _network(network), _ip(target)
    return known is not None and address is not None and address in known


def _first_miss(draft: Draft) -> Iterator[Found]:
    """Whether polls were ever answered: the tunnel's age when the first was missed."""
    up = draft.connected_at
    if up is None or up.time is None:
        return
    miss = draft.polls[0].first if draft.polls else draft.ended
    if miss is None or miss.time is None:
        return
    timer = draft.poll_timer_s or DEFAULT_POLL_TIMER_S
    age = miss.time.seconds_since(up.time)
    if age >= 0:
        at_once = age <= _FIRST_POLLS * timer
        yield FirstMiss(after="at-once" if at_once else "later"), 1, [up, miss]
