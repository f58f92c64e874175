"""What the other side's trace says of a negotiation, as events beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from assistant.model.beside import MessageLost, PeerFailure, PeerSawAddress, PeerTrace
from assistant.model.derived import Failure
from assistant.model.event import Address, Event, Role
from assistant.model.ike_event import IkePacket, RequestUnanswered
from assistant.model.negotiation import Negotiation, Occurrence
from assistant.model.pairing import PairVerdict
from assistant.model.source import Place
from assistant.trace.packets.capture import spelled
from assistant.trace.pairing.both_sides import Told
from assistant.trace.pairing.sighting import found

Port = Literal["500", "4500", "other"]


def evidence(told: Told) -> Iterator[tuple[Negotiation, Occurrence]]:
    """What becomes evidence, and of which negotiation."""
    # Of a call of theirs that we show, our own negotiation is the incident.
    caller = told.caller if told.caller is told.ours or told.ours is None else None
    if told.shows is not None and caller is not None and told.shows_places:
        yield caller, _occurrence(PeerTrace(shows=told.shows), told.shows_places)
    if told.ours is None or told.theirs is None:
        return
    failure = found(told.theirs, Failure)
    # Whoever is refused waits in vain: that the caller timed out tells nothing new to who refused.
    refused_here = told.paired.verdict is PairVerdict.REFUSED and told.caller is told.theirs
    if failure is not None:
        event, occurrence = failure
        if refused_here and event.failure == "connection-timeout":
            pass
        elif event.layer in ("interface", "ike", "ipsec"):
            reported = PeerFailure(failure=event.failure, layer=event.layer)
            yield told.ours, _occurrence(reported, occurrence.places)
    lost = _lost(told)
    if lost is not None:
        yield told.ours, lost
    if told.caller is told.ours:
        saw = _saw_address(told.ours, told.theirs)
        if saw is not None:
            yield told.ours, saw


def _lost(told: Told) -> Occurrence | None:
    """In which direction a message was lost, and on which port."""
    paired, caller = told.paired, told.caller
    unanswered = found(caller, RequestUnanswered) if caller is not None else None
    sender: Literal["caller", "called"]
    if paired.verdict is PairVerdict.ANSWER_LOST:
        sender = "called"
    elif paired.verdict is PairVerdict.REQUEST_LOST:
        sender = "caller"
    else:
        return None
    port: Port = unanswered[0].port if unanswered else "other"
    if port == "other" and paired.lost is not None and paired.lost.port in (500, 4500):
        port = "500" if paired.lost.port == 500 else "4500"  # noqa: PLR2004 - the ports of IKE
    size = unanswered[0].size if unanswered and sender == "caller" else "small"
    places = (paired.lost.place,) if paired.lost else told.shows_places
    return _occurrence(MessageLost(sender=sender, port=port, size=size), places)


def _saw_address(ours: Negotiation, theirs: Negotiation) -> Occurrence | None:
    """Whether our first packet arrived from the address that we sent it from."""
    if theirs.role is not Role.RESPONDER or theirs.gateway is None:
        return None
    own = _own_addresses(ours)
    if not own:
        return None
    known = spelled(theirs.gateway) in own
    event = PeerSawAddress(address="own" if known else "translated")
    return _occurrence(event, (theirs.first,))


def _own_addresses(negotiation: Negotiation) -> frozenset[Address]:
    return frozenset(
        spelled(occurrence.event.own_address)
        for occurrence in negotiation.messages
        if isinstance(occurrence.event, IkePacket)
    )


def _occurrence(event: Event, places: tuple[Place, ...]) -> Occurrence:
    return Occurrence(event=event, pattern=None, count=1, places=places)
