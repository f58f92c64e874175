"""Packets that other traces show: did polls leave, did answers come, which rule took them.

Knows packets, no negotiations: whoever knows the polled address and when the tunnel was up asks.
From LCOS 10.20 on the IP-Router trace shows forwarded packets only, and the router's own polls are
in the IPv4-Host trace; therefore every answer names the traces it rests on.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

from msgspec import Struct, field

from assistant.model.event import Address, Event, PppCode
from assistant.model.packet import (
    Frame,
    PacketFiltered,
    PacketHost,
    PacketIcmp,
    PacketRouted,
    PppError,
)
from assistant.model.source import Moment, Place

IP_ROUTER = "IP-Router"
IPV4_HOST = "IPv4-Host"
FIREWALL = "Firewall"
"""Its trace, and what it reports by syslog and e-mail."""

What = Literal["echo-request", "echo-reply", "filtered", "other"]
Way = Literal["in", "out", "lan", "wan", "nowhere", "unknown"]
"""`in`, `out`: of packets of the router itself; `lan`, `wan`: where it forwarded one to;
`nowhere`: discarded; `unknown`: the record is cut off before it says so."""

_FLOWS = 2_000
"""Different flows kept of each kind; a busy LAN must not crowd out the pings."""
_KEPT = 200
"""Places kept of a flow that may be asked for by time: the first and the latest hundred."""
_KEPT_OF_OTHERS = 2
_KEPT_ALTOGETHER = 20_000
"""When so many places are kept, of each flow only the first and the latest stay."""
_LONGEST = 4_000
"""Characters; no packet's record is longer, and what is longer is not kept as a place."""
_SHOWN_FIRST = 6
_SHOWN_LAST = 2

_TRACE_OF: dict[type[Event], str] = {
    PacketRouted: IP_ROUTER,
    PacketHost: IPV4_HOST,
    PacketIcmp: "ICMP",
    Frame: "Ethernet",
    PacketFiltered: FIREWALL,
}
_OWN_PACKETS_MOVED = (10, 20)
"""LCOS version from which the router's own packets are in the IPv4-Host trace only."""


class Flow(Struct, frozen=True, kw_only=True):
    """Equal packets: what is counted together."""

    trace: str
    """`IP-Router`, `IPv4-Host`, `ICMP`, `Ethernet`, `Firewall`."""
    what: What
    source: str
    """An address in its shortest spelling."""
    destination: str
    way: Way
    interface: str | None = None
    """Where the packet went; of one that only came in, where it came from."""
    rule: str | None = None
    """Of a filtered packet: the firewall rule."""
    filter: str | None = None
    """Of a filtered packet: the kind of filter, where no rule is named."""


class Sightings(Struct):
    """How often something was seen, where first and where lately."""

    count: int = 0
    places: list[Place] = field(default_factory=list)
    """In file order; the first and the latest where there were very many."""
    gap: int = 0
    """Position in `places` after which some are missing; 0 if none is."""

    def add(self, place: Place, limit: int) -> int:
        """Count it and keep at most `limit` places, 2 or more; how many more are kept now."""
        self.count += 1
        if len(place.text) > _LONGEST:
            return 0
        before = len(self.places)
        while len(self.places) >= limit:
            self.gap = limit // 2
            del self.places[self.gap]
        self.places.append(place)
        return len(self.places) - before

    def within(self, since: Moment | None, until: Moment | None) -> Seen:
        """What of it lies in a span of time."""
        inside = tuple(
            place for place in self.places if _overlaps(place.time, place.time, since, until)
        )
        if inside and len(inside) == len(self.places):
            return Seen(count=self.count, places=inside)
        missing = self.gap and _overlaps(
            self.places[self.gap - 1].time, self.places[self.gap].time, since, until
        )
        # Those between the first and the latest: some of them may be in the span, none is at hand.
        return Seen(count=len(inside), places=inside, at_least=bool(missing))


class Seen(Struct, frozen=True, kw_only=True):
    """Packets of one sort that were seen in a span of time."""

    count: int = 0
    places: tuple[Place, ...] = ()
    """In file order."""
    at_least: bool = False
    """There were so many that not all of them can be told to lie in the span."""

    def __bool__(self) -> bool:
        return self.count > 0


class PollsSeen(Struct, frozen=True, kw_only=True):
    """What became of the pings to one address in a span of time, as one source shows it.

    A packet that several traces show is counted once: the trace that shows most of them counts.
    """

    target: Address
    requests: Seen
    """Left this router: its own, or forwarded."""
    arrived: Seen
    """Came in and were for this router itself: at the other side, if it is the polled one."""
    answers: Seen
    """Came back, or at the other side went back."""
    dropped: Seen
    """Requests and answers that the firewall took."""
    unroutable: Seen
    """Requests for which the router knew no route."""
    rules: tuple[str, ...]
    """Firewall rules that took them, in order of appearance."""
    filters: tuple[str, ...]
    """Kinds of filter that took them, where no rule is named (IP-Router trace)."""
    traces: tuple[str, ...]
    """Traces that ran in this span, as far as their records show it."""

    def absence_counts(self, lcos_version: str | None = None) -> bool:
        """Whether a poll that is not seen would have been: the router's own packets were shown.

        The IP-Router trace shows them before LCOS 10.20 only, so it needs the version.

        >>> nothing = Seen()
        >>> polls = PollsSeen(target=Address("192.0.2.1"), requests=nothing, arrived=nothing,
        ...     answers=nothing, dropped=nothing, unroutable=nothing, rules=(), filters=(),
        ...     traces=("IP-Router",))
        >>> [polls.absence_counts(version) for version in ("9.24.0112", "10.20.0120", None)]
        [True, False, False]
        """
        if IPV4_HOST in self.traces:
            return True
        version = re.match(r"(\d{1,3})\.(\d{1,3})", lcos_version or "")
        return (
            IP_ROUTER in self.traces
            and version is not None
            and (int(version[1]), int(version[2])) < _OWN_PACKETS_MOVED
        )


class PacketLog:
    """Takes the events of other traces of one source in file order and counts them, bounded."""

    def __init__(self) -> None:
        """Begins without any."""
        self.flows: dict[Flow, Sightings] = {}
        self.ppp_errors: dict[PppCode, Sightings] = {}
        """Errors of the line under the tunnel, by code."""
        self.without_addresses = 0
        """Packets whose record is cut off before it says from where to where."""
        self.not_kept = 0
        """Packets of flows beyond the limit."""
        self._spans: dict[str, tuple[Moment, Moment]] = {}
        self._flows_of: Counter[What] = Counter()
        self._kept = 0

    def take(self, place: Place, event: Event) -> None:
        """Count one event; those that are no packet and no PPP error change nothing."""
        if isinstance(event, PppError):
            self.ppp_errors.setdefault(event.code, Sightings()).add(place, _KEPT_OF_OTHERS)
            return
        trace = _TRACE_OF.get(type(event))
        if trace is None:
            return
        if isinstance(event, PacketFiltered) and event.rx_interface is not None:
            trace = IP_ROUTER  # the firewall itself does not tell where a packet came in
        if place.time is not None:
            first, _ = self._spans.get(trace, (place.time, place.time))
            self._spans[trace] = (first, place.time)
        flow = _flow(event, trace)
        if flow is None:
            self.without_addresses += getattr(event, "source", None) is None
            return
        if flow not in self.flows:
            if self._flows_of[flow.what] >= _FLOWS:
                self.not_kept += 1
                return
            self._flows_of[flow.what] += 1
            self.flows[flow] = Sightings()
        many = flow.what != "other" and self._kept < _KEPT_ALTOGETHER
        self._kept += self.flows[flow].add(place, _KEPT if many else _KEPT_OF_OTHERS)

    def traces(self, since: Moment | None = None, until: Moment | None = None) -> tuple[str, ...]:
        """The traces that ran in a span of time: between their first record and their last."""
        return tuple(
            trace
            for trace, (first, last) in self._spans.items()
            if _overlaps(first, last, since, until)
        )


def polls(
    log: PacketLog, target: Address, since: Moment | None = None, until: Moment | None = None
) -> PollsSeen:
    """What became of the pings to `target` between `since` and `until`, both inclusive.

    Records without a time lie in no span that has an end.
    """
    address = _spelled(target)
    towards = {flow: seen for flow, seen in log.flows.items() if flow.destination == address}
    back = {flow: seen for flow, seen in log.flows.items() if flow.source == address}

    def seen(flows: dict[Flow, Sightings], what: What, *ways: Way) -> Seen:
        return _most(
            (flow.trace, sightings.within(since, until))
            for flow, sightings in flows.items()
            if flow.what == what and flow.way in ways
        )

    both = {**towards, **back}
    # A log keeps its flows in order of appearance, but those towards the target stand first here.
    taken = sorted(
        (sightings.places[0].first_line, flow.rule or "", flow.filter or "")
        for flow, sightings in both.items()
        if flow.what == "filtered" and sightings.within(since, until)
    )
    return PollsSeen(
        target=target,
        requests=seen(towards, "echo-request", "out", "lan", "wan"),
        arrived=seen(towards, "echo-request", "in"),
        answers=seen(back, "echo-reply", "in", "out", "lan", "wan"),
        dropped=seen(both, "filtered", "nowhere"),
        unroutable=seen(towards, "echo-request", "nowhere"),
        rules=tuple(dict.fromkeys(rule for _, rule, _ in taken if rule)),
        filters=tuple(dict.fromkeys(kind for _, _, kind in taken if kind)),
        traces=log.traces(since, until),
    )


def _flow(event: Event, trace: str) -> Flow | None:
    """None for a record that is cut off before its addresses, and for a packet let through."""
    if not isinstance(event, (PacketRouted, PacketHost, PacketIcmp, Frame, PacketFiltered)):
        return None
    if event.source is None or event.destination is None:
        return None
    what: What = "other"
    rule = kind = None
    if isinstance(event, PacketFiltered):
        if not _is_dropped(event):
            return None
        # Only pings can be polls; where the protocol is not known they may be.
        if (event.protocol or "icmp").lower().startswith("icmp"):
            what, rule = "filtered", event.rule
            kind = None if rule else event.reason
    elif not isinstance(event, Frame) and event.icmp is not None:
        what = event.icmp
    return Flow(
        trace=trace,
        what=what,
        source=_spelled(event.source),
        destination=_spelled(event.destination),
        way=_way(event),
        interface=_interface(event),
        rule=rule,
        filter=kind,
    )


def _is_dropped(event: PacketFiltered) -> bool:
    """The manual: the firewall reports a packet it drops; with the action named, that decides."""
    action = (event.action or "drop").lower()
    return "drop" in action or "reject" in action


def _way(event: PacketRouted | PacketHost | PacketIcmp | Frame | PacketFiltered) -> Way:
    if isinstance(event, PacketFiltered):
        return "nowhere"
    if isinstance(event, PacketHost):
        return "in" if event.tx_interface is None else "out"
    if isinstance(event, (PacketIcmp, Frame)):
        return "out" if event.direction == "sent" else "in"
    return event.route or "unknown"


def _interface(
    event: PacketRouted | PacketHost | PacketIcmp | Frame | PacketFiltered,
) -> str | None:
    if isinstance(event, PacketRouted):
        return event.tx_interface or event.rx_interface
    if isinstance(event, PacketHost):
        return event.tx_interface
    if isinstance(event, PacketIcmp):
        return event.interface
    return event.port if isinstance(event, Frame) else event.rx_interface


def _most(found: Iterable[tuple[str, Seen]]) -> Seen:
    """Flows of one trace add up; of several traces, which show the same packets, the most."""
    by_trace: defaultdict[str, list[Seen]] = defaultdict(list)
    for trace, seen in found:
        if seen or seen.at_least:
            by_trace[trace].append(seen)
    if not by_trace:
        return Seen()
    places = sorted(
        (place for group in by_trace.values() for seen in group for place in seen.places),
        key=lambda place: place.first_line,
    )
    if len(places) > _SHOWN_FIRST + _SHOWN_LAST:
        places = places[:_SHOWN_FIRST] + places[-_SHOWN_LAST:]
    return Seen(
        count=max(sum(seen.count for seen in group) for group in by_trace.values()),
        places=tuple(places),
        at_least=any(seen.at_least for group in by_trace.values() for seen in group),
    )


@lru_cache(maxsize=4_096)
def _spelled(address: str) -> str:
    """One spelling for each address: `2001:DB8:0::1` and `2001:db8::1` are the same."""
    try:
        return str(ip_address(address))
    except ValueError:
        return address.lower()


def _overlaps(
    first: Moment | None, last: Moment | None, since: Moment | None, until: Moment | None
) -> bool:
    """Whether `first` to `last` touches `since` to `until`; unknown times, other clocks do not."""
    ends = [end for end in (since, until) if end is not None]
    if not ends:
        return True
    if first is None or last is None or any(end.dated != first.dated for end in ends):
        return False
    return (since is None or last >= since) and (until is None or first <= until)
