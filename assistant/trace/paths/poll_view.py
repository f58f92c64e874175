"""What one packet capture shows of the polls to one address, and at which side it ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

from assistant.model.event import Address
from assistant.model.source import Place, Side
from assistant.trace.packets.capture import Capture, Packet
from assistant.trace.packets.traced import Sightings

Flows = list[tuple[Packet, Sightings]]
"""Equal packets with their number and places."""

_ARP_TRIES = 3
"""Requests in a row that got no answer; who is there answers the first."""
_ARP_GAP_S = 5
"""Longest time between the requests of one row; one a second is usual (RFC 1122)."""
_PLACES_OF_EACH = 3
_PLACES = 12


class PollView(Struct, frozen=True, kw_only=True):
    """What one capture shows of the polls to one address."""

    capture: Capture
    side: Side | None
    """Where it ran; None if neither an option nor its packets tell."""
    requests: Flows
    """Of the polling host, if it is known."""
    anybody: bool
    """Whether requests from whomever were seen."""
    replies: Flows
    errors: Flows
    """ICMP errors about the polled address."""
    asking: Flows
    """Neighbour requests for the polled address (ARP, neighbour discovery)."""
    heard: bool
    """Whether anything came from the polled address itself."""

    @property
    def shows_way_out(self) -> bool:
        """Whether polls that go on would be seen: it is a gateway's, on all interfaces."""
        return self.capture.shows_ways and bool(self.requests)

    @property
    def goes_on(self) -> bool:
        """Whether polls left this host, or it tried to find the polled one."""
        return bool(self.asking) or any(packet.way == "out" for packet, _ in self.requests)

    @property
    def asks_in_vain(self) -> bool:
        """Whether somebody asked for the polled address again and again, within seconds."""
        return any(_is_row(seen) for _, seen in self.asking)


def poll_view(
    capture: Capture, side: Side | None, target: Address, sources: Iterable[Address]
) -> PollView:
    """What a capture shows of the polls to `target`.

    Args:
        capture: The capture.
        side: Where it ran, if an option says so.
        target: The polled address.
        sources: Addresses of the polling host; empty if they are not known.
    """
    polling = set(sources)
    towards = [one for one in capture.find("echo-request") if one[0].destination == target]
    requests = [one for one in towards if not polling or one[0].source in polling]
    questions = capture.find("neighbour-request")
    asking = [one for one in questions if one[0].destination == target]
    return PollView(
        capture=capture,
        side=side
        or _side(
            requests,
            asks_polled=bool(asking),
            asks_polling=any(packet.destination in polling for packet, _ in questions),
        ),
        requests=requests,
        anybody=bool(towards),
        replies=[
            one
            for one in capture.find("echo-reply")
            if one[0].source == target and (not polling or one[0].destination in polling)
        ],
        errors=[one for one in capture.find("icmp-error") if one[0].about == target],
        asking=asking,
        heard=any(
            packet.source == target
            for packet, _ in capture.find(
                "neighbour-request", "neighbour-reply", "echo-request", "echo-reply", "icmp-error"
            )
        ),
    )


def most(flows: Flows) -> int:
    """How many packets there were: one that passes several interfaces is one."""
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for packet, seen in flows:
        counts[packet.interface, packet.way] += seen.count
    return max(counts.values(), default=0)


def places_of(*flows: Flows) -> list[Place]:
    """The first places of each flow and its last one."""
    return [
        place
        for group in flows
        for _, seen in group
        for place in (*seen.places[: _PLACES_OF_EACH - 1], *seen.places[-1:])
    ]


def in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once, file by file and in the order of lines; a dozen at most."""
    kept = list(dict.fromkeys(places))
    files = list(dict.fromkeys(place.source for place in kept))
    # The share of each file: one with many flows must not crowd out the others.
    share = max(_PLACES // max(len(files), 1), 1)
    return tuple(
        place
        for file in files
        for place in sorted(
            [one for one in kept if one.source == file][:share], key=lambda one: one.first_line
        )
    )


def _side(requests: Flows, *, asks_polled: bool, asks_polling: bool) -> Side | None:
    """Where it ran. A polling router sends its polls itself: there they never come in."""
    first = next((packet.way for packet, _ in requests if packet.way), None)
    if first is not None:
        return Side.LOCAL if first == "out" else Side.REMOTE
    if asks_polled:
        return Side.REMOTE
    return Side.LOCAL if asks_polling else None


def _is_row(seen: Sightings) -> bool:
    times = [place.time for place in seen.places if place.time is not None]
    if len(times) < len(seen.places):
        return seen.count >= _ARP_TRIES
    row = 1
    for before, after in pairwise(times):
        row = row + 1 if 0 <= after.seconds_since(before) <= _ARP_GAP_S else 1
        if row >= _ARP_TRIES:
            return True
    return False
