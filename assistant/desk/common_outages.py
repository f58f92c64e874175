"""Finds tickets that are one outage: many tunnels lost within minutes that share a network or peer.

Times are those of the routers, whose clocks differ by minutes; who is off by an hour is not found.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

from assistant.desk.identity import short
from assistant.model.ticket import TicketId
from assistant.model.triage import CommonOutage, Loss, Sighting

TICKETS = 3
"""Two may be chance."""
_APART = timedelta(minutes=5)
"""Between one loss and the next: what clocks differ by, and how long polling takes to notice."""
_WHOLE = timedelta(minutes=30)
"""From the first to the last: what drops one by one for hours is no single event."""
_V4, _V6 = 24, 48
"""Prefix lengths: what a provider routes as one."""

Basis: TypeAlias = Literal["network", "peer"]


def common_outages(losses: Mapping[TicketId, Iterable[Loss]]) -> tuple[CommonOutage, ...]:
    """All outages, the largest first; a ticket may be in several."""
    common: dict[tuple[Basis, str], list[Sighting]] = defaultdict(list)
    for ticket in sorted(losses):
        for loss in losses[ticket]:
            # Without a date nobody knows whether two tickets are of one day.
            if loss.at.dated and (key := _in_common(loss)) is not None:
                common[key].append(Sighting(ticket=ticket, loss=loss))
    found = [
        _outage(*key, run)
        for key, sightings in common.items()
        for run in _runs(sightings)
        if _witnesses(run) >= TICKETS
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.tickets), one.first, one.subject)))


def network_of(address: str) -> str | None:
    """The network that an address is routed with; None of a host name.

    >>> network_of("198.51.100.7"), network_of("2001:db8:1:2::3"), network_of("vpn.example")
    ('198.51.100.0/24', '2001:db8:1::/48', None)
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    length = _V4 if parsed.version == 4 else _V6  # noqa: PLR2004 - of the protocol
    return str(ipaddress.ip_network((parsed, length), strict=False))


def _in_common(loss: Loss) -> tuple[Basis, str] | None:
    """What a loss may share with others; a name only where no address tells two peers apart."""
    if loss.gateway:
        network = network_of(loss.gateway)
        return ("network", network) if network else ("peer", loss.gateway.casefold())
    return ("peer", loss.remote_site.casefold()) if loss.remote_site else None


def _runs(sightings: list[Sighting]) -> Iterator[list[Sighting]]:
    """Losses of which each follows the one before within minutes."""
    run: list[Sighting] = []
    for one in sorted(sightings, key=lambda one: (one.loss.at.at, one.ticket)):
        at = one.loss.at.at
        if run and (at - run[-1].loss.at.at > _APART or at - run[0].loss.at.at > _WHOLE):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _witnesses(run: list[Sighting]) -> int:
    """How many tickets tell of it, each of a loss of its own.

    Clocks and polls of two routers never agree to the millisecond: who sends one recording three
    times tells of one tunnel.
    """
    first = {one.ticket: one.loss for one in reversed(run)}
    return len(set(first.values()))


def _outage(basis: Basis, subject: str, run: list[Sighting]) -> CommonOutage:
    first: dict[TicketId, Sighting] = {}
    for one in run:
        first.setdefault(one.ticket, one)
    begin, end = run[0].loss.at, run[-1].loss.at
    return CommonOutage(
        id=f"O-{short(f'{basis} {subject} {begin}')}",
        basis=basis,
        subject=subject,
        tickets=tuple(first),
        sites=tuple(dict.fromkeys(one.loss.remote_site for one in run)),
        first=begin,
        last=end,
        sightings=tuple(first.values()),
    )
