"""What both sides of a tunnel see of one negotiation, and where that places their clocks.

Whatever is to tie two traces together belongs here, as one more sort of `CommonEvent`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Literal

from msgspec import Struct

from assistant.model.event import Event, Role
from assistant.model.ike_event import Retransmission, RetransmitReceived
from assistant.model.message import (
    AuthPacketCreated,
    AuthPacketReceived,
    ChildSaAlgorithms,
    ChildSaEstablished,
)
from assistant.model.negotiation import Negotiation, Occurrence
from assistant.model.newer_message import IkeMessage, SaEntered
from assistant.trace.pairing.interval import Interval
from assistant.trace.pairing.sighting import Sighting, seconds


class Strength(IntEnum):
    """How well an event tells the offset; the strongest first."""

    SPI = 1
    MESSAGE = 2
    AUTH_PACKET = 3
    CONNECTED = 4
    TIME_OUT = 5
    ATTEMPT = 6

    @property
    def word(self) -> str:
        """As in `ClockOffset.basis`."""
        return self.name.lower().replace("_", "-")


Way = Literal["out", "in", "both"]
"""Sent or outgoing, received or incoming, or the same at both sides."""
_OPPOSITE: dict[Way, Way] = {"out": "in", "in": "out", "both": "both"}

_SLACK_S = {Strength.SPI: 1.5, Strength.CONNECTED: 3.0, Strength.TIME_OUT: 10.0}
"""How far apart in time both sides report the same; judgement, a few times what was measured."""
_LATENCY_S = 3.0
"""The longest a packet is under way and waits to be printed."""
_EARLY_S = 0.2
"""A trace is printed late: by so much a message may seem to arrive before it was sent."""
_ALIKE_S = 1.0
_ATTEMPT_SLACK_S = 1.0
_RANDOM_ID = 1 << 16
"""Message IDs of IKEv1's phase 2 are random in 32 bits (RFC 2409, section 5.5), so nearly all lie
above this; smaller ones are counted and occur in every negotiation."""
_FIRST_EXCHANGES = ("IKE_SA_INIT", "IKE_AUTH", "ID_PROT", "AGGRESSIVE")
"""Of which each negotiation has one; later ones have the same numbers again and again."""


class CommonEvent(Struct, frozen=True, kw_only=True):
    """Something that the other side sees as well, the other way round."""

    strength: Strength
    key: tuple[str, ...]
    """The same at both sides."""
    way: Way
    exact: bool
    """The key alone says which event it is; else only within one negotiation."""
    times: tuple[float, ...]
    """In order; several if it was repeated. Never empty."""


def common_events(sighting: Sighting) -> Iterator[CommonEvent]:
    """All of one negotiation, in the order of its messages."""
    negotiation = sighting.negotiation
    for occurrence in negotiation.messages:
        times = {seconds(place.time) for place in occurrence.places if place.time is not None}
        if not times:
            continue
        times |= _repeated(negotiation, occurrence.event)
        for strength, key, way, exact in _keys(occurrence.event):
            yield CommonEvent(
                strength=strength, key=key, way=way, exact=exact, times=tuple(sorted(times))
            )
    for strength, moment in (
        (Strength.CONNECTED, negotiation.connected_at),
        (Strength.TIME_OUT, negotiation.ended_at if sighting.timed_out else None),
    ):
        if moment is not None:
            at = (seconds(moment),)
            yield CommonEvent(strength=strength, key=(), way="both", exact=False, times=at)


_Keyed = tuple[Strength, tuple[str, ...], Way, bool]


def _keys(event: Event) -> Iterator[_Keyed]:
    if isinstance(event, AuthPacketCreated):
        yield Strength.AUTH_PACKET, (), "out", False
    elif isinstance(event, AuthPacketReceived):
        yield Strength.AUTH_PACKET, (), "in", False
    elif isinstance(event, ChildSaAlgorithms):
        yield from _spi(event.spi, "out" if event.direction == "outgoing" else "in")
    elif isinstance(event, (SaEntered, ChildSaEstablished)):
        yield from _spi(event.outgoing_spi, "out")
        yield from _spi(event.incoming_spi, "in")
    elif isinstance(event, IkeMessage) and event.message_id is not None:
        way: Way = "out" if event.direction == "sent" else "in"
        key = (event.exchange, event.message, str(event.message_id))
        if event.spis is not None:
            yield Strength.MESSAGE, (event.spis.casefold(), *key), way, True
        if event.message_id >= _RANDOM_ID:
            yield Strength.MESSAGE, key, way, True
        elif event.exchange in _FIRST_EXCHANGES:
            # Main mode says 0 throughout: only the payloads tell its messages apart.
            yield Strength.MESSAGE, (*key, event.payloads or ""), way, False


def _spi(spi: str | None, way: Way) -> Iterator[_Keyed]:
    digits = (spi or "").lower().removeprefix("0x").partition("_")[0].lstrip("0")
    if digits:
        yield Strength.SPI, (digits,), way, True


def _repeated(negotiation: Negotiation, event: Event) -> set[float]:
    """When a message was sent or came again, where repetitions are lines of their own."""
    if not isinstance(event, IkeMessage):
        return set()
    return {
        seconds(place.time)
        for occurrence in negotiation.messages
        if repeats(occurrence, event)
        for place in occurrence.places
        if place.time is not None
    }


def repeats(occurrence: Occurrence, message: IkeMessage) -> bool:
    """Whether an event says that this message was sent or came once more."""
    event = occurrence.event
    if message.direction == "sent":
        again = isinstance(event, Retransmission) and event.message == message.message
    else:
        again = isinstance(event, RetransmitReceived) and message.message == "request"
    return again and getattr(event, "message_id", None) in (None, message.message_id)


def bounds(ours: CommonEvent, theirs: CommonEvent) -> Interval:
    """The offsets, theirs minus ours, that one event allows: nothing arrives before it is sent."""
    between = [two - one for one, two in zip(ours.times, theirs.times, strict=False)]
    slack = _SLACK_S.get(ours.strength)
    if slack is not None:
        return between[0] - slack, between[0] + slack
    # Sent as often as it came, at the same intervals: each time the same packet.
    alike = len(ours.times) == len(theirs.times) and max(between) - min(between) <= _ALIKE_S
    if ours.way == "out":
        least = max(between) if alike else theirs.times[0] - ours.times[-1]
        return least - _LATENCY_S, (min(between) if alike else between[0]) + _EARLY_S
    most = min(between) if alike else theirs.times[-1] - ours.times[0]
    return (max(between) if alike else between[0]) - _EARLY_S, most + _LATENCY_S


def bounds_of_pair(ours: Sighting, theirs: Sighting) -> Iterator[tuple[Strength, Interval]]:
    """What all common events of one negotiation allow."""
    known: dict[tuple[Strength, tuple[str, ...], Way], CommonEvent] = {}
    for event in common_events(theirs):
        known.setdefault((event.strength, event.key, event.way), event)
    for event in common_events(ours):
        other = known.get((event.strength, event.key, _OPPOSITE[event.way]))
        if other is not None:
            yield event.strength, bounds(event, other)
    within = attempt_bounds(ours, theirs)
    if within is not None:
        yield Strength.ATTEMPT, within


def attempt_bounds(ours: Sighting, theirs: Sighting) -> Interval | None:
    """What the called side shows first lies within the attempt of the calling one."""
    if not (ours.set_up and theirs.set_up):
        return None
    slack = _ATTEMPT_SLACK_S
    if calls(ours, theirs):
        return theirs.begin - ours.end - slack, theirs.begin - ours.begin + slack
    return theirs.begin - ours.begin - slack, theirs.end - ours.begin + slack


def calls(ours: Sighting, theirs: Sighting) -> bool:
    """Whether our side is the calling one; taken for granted where neither says so."""
    return ours.role is not Role.RESPONDER and (
        ours.role is Role.INITIATOR or theirs.role is not Role.INITIATOR
    )


def may_pair(ours: Sighting, theirs: Sighting) -> bool:
    """Not if both called, or both were called."""
    return ours.role is None or theirs.role is None or ours.role is not theirs.role


def links(ours: Iterable[Sighting], theirs: Iterable[Sighting]) -> list[tuple[Sighting, Sighting]]:
    """Negotiations that share exact keys, each with the one it shares most with.

    What is one negotiation at one side may be several at the other, where no record shows that
    the tunnel went down in between; the best pairs come first.
    """
    shared: dict[tuple[Sighting, Sighting], int] = defaultdict(int)
    other = _by_key(theirs)
    for (strength, key, way), mine in _by_key(ours).items():
        match = other.get((strength, key, _OPPOSITE[way]))
        if mine is not None and match is not None:
            shared[mine, match] += 1
    taken: set[Sighting] = set()
    pairs = []
    for (one, two), _ in sorted(shared.items(), key=lambda item: -item[1]):
        if one not in taken or two not in taken:
            taken |= {one, two}
            pairs.append((one, two))
    return pairs


def _by_key(
    sightings: Iterable[Sighting],
) -> dict[tuple[Strength, tuple[str, ...], Way], Sighting | None]:
    """Whose event it is; None for a key that several negotiations have."""
    known: dict[tuple[Strength, tuple[str, ...], Way], Sighting | None] = {}
    for sighting in sightings:
        for event in common_events(sighting):
            if event.exact:
                key = (event.strength, event.key, event.way)
                mine = known.setdefault(key, sighting)
                if mine is not sighting:
                    known[key] = None
    return known
