"""What packet captures and pings beside a trace say of one negotiation, as events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct

from assistant.case import CaseContent
from assistant.model.capture import PollPath
from assistant.model.derived import PolledAddress
from assistant.model.event import Address, Event
from assistant.model.message import PollTimeout, TrafficRule
from assistant.model.negotiation import Negotiation, Occurrence, Stage
from assistant.model.source import Place, Side
from assistant.trace.packets.capture import spelled
from assistant.trace.paths.ike_path import ike_path
from assistant.trace.paths.poll_path import poll_path, polled_addresses
from assistant.trace.paths.polling import Found, kind_of_target, network_holds

_EVENTS = 20
"""Events of one negotiation: a capture may show polls to a thousand addresses."""


class Captured(Struct, frozen=True):
    """The captures and pings of one case."""

    content: CaseContent
    gateways: frozenset[Address]
    """Addresses of the other gateway itself."""
    own: frozenset[Address]
    """Our own, in their shortest spelling: polls to them are the other side's."""

    def of_negotiation(self, one: Negotiation) -> tuple[Occurrence, ...]:
        """What they say of a negotiation of our side: its polls if it was up, else its IKE."""
        captures, pings = self.content.captures, self.content.pings
        if not (captures or pings) or one.side is not Side.LOCAL:
            return ()
        if one.stage is Stage.CONNECTED:
            found: Iterable[Found] = self._polls(one)
        else:
            gateways = [one.gateway] if one.gateway is not None else []
            found = chain.from_iterable(ike_path(capture, gateways) for capture, _ in captures)
        return tuple(_occurrences(found))[:_EVENTS]

    def _polls(self, one: Negotiation) -> Iterator[Found]:
        captures, pings = self.content.captures, self.content.pings
        named = {
            occurrence.event.poll_target: occurrence.places
            for occurrence in one.messages
            if isinstance(occurrence.event, PollTimeout) and occurrence.event.poll_target
        }
        missed = [place.time for places in named.values() for place in places if place.time]
        pinged = polled_addresses(pings, [capture for capture, _ in captures])
        for target in named or [
            each for each in pinged if _concerns(one, each, self.gateways, self.own)
        ]:
            gateways = {*self.gateways, *([one.gateway] if one.gateway else [])}
            found = poll_path(target, pings, captures, gateways=gateways, missed=missed)
            if found is None:
                continue
            yield found
            event, count, places = found
            if not named and isinstance(event, PollPath) and event.seen != "answered":
                # The log of a daemon that does not poll names no target; what was pinged does.
                kind = kind_of_target(target, one.gateway)
                yield PolledAddress(target=kind, poll_target=target), count, places


def _concerns(
    one: Negotiation,
    target: Address,
    gateways: Iterable[Address],
    own: frozenset[Address],
) -> bool:
    """Whether a pinged address is one of the remote site's, as far as the trace tells."""
    known = {spelled(address) for address in (*gateways, *([one.gateway] if one.gateway else []))}
    if spelled(target) in known:
        return True
    if spelled(target) in own:
        return False
    rules = [
        occurrence.event.remote_network
        for occurrence in one.messages
        if isinstance(occurrence.event, TrafficRule)
    ]
    if not rules:
        # A stranger's public address tells nothing of a tunnel; a private one is likely behind it.
        return kind_of_target(target, one.gateway) == "private"
    return any(network_holds(network, target) for network in rules)


def _occurrences(found: Iterable[Found]) -> Iterator[Occurrence]:
    together: dict[Event, tuple[int, dict[Place, None]]] = {}
    for event, count, places in found:
        before, known = together.get(event, (0, {}))
        together[event] = (before + count, {**known, **dict.fromkeys(places)})
    for event, (count, known) in together.items():
        yield Occurrence(event=event, pattern=None, count=max(count, 1), places=tuple(known))
