"""Two traces of one tunnel, negotiation by negotiation: what either side says of the other's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from assistant.catalog.schema import ErrorEntry
from assistant.model.event import Event
from assistant.model.negotiation import Negotiation, NegotiationId, Occurrence, Outcome
from assistant.model.pairing import PairedNegotiation, Pairing, PairVerdict
from assistant.trace.pairing.both_sides import BothSides
from assistant.trace.pairing.counterpart import View, view
from assistant.trace.pairing.evidence import evidence
from assistant.trace.pairing.recorded import Recorded, Together
from assistant.trace.pairing.sighting import sighting
from assistant.trace.pairing.verdict import PairJudge

NEGOTIATIONS = 200
"""Of one pairing that are listed; the rest is counted."""
_TRACES = 400
"""Pairs of traces that are laid side by side; an archive may hold very many."""


def pair(
    ours: Sequence[Recorded], theirs: Sequence[Recorded], errors: Mapping[str, ErrorEntry]
) -> Together:
    """Lay every trace of ours beside every one of the other side.

    Nothing is said of traces of which it cannot be told that they show the same tunnel.

    Args:
        ours: Traces of our side.
        theirs: Traces of the other side, perhaps of several routers there.
        errors: The device's error codes, by code.
    """
    judge = PairJudge(errors)
    mine, other = [_view(one) for one in ours], [_view(one) for one in theirs]
    compared = [
        both
        for one, two in islice(product(mine, other), _TRACES)
        for both in [BothSides.of(one, two, judge)]
        if both is not None
    ]
    shown = {
        negotiation.id
        for both in compared
        for told in both.told
        if told.ours and told.theirs
        for negotiation in (told.ours, told.theirs)
    }
    pairings: list[Pairing] = []
    events: dict[NegotiationId, dict[Event, Occurrence]] = defaultdict(dict)
    for both in compared:
        # What one file of the other side does not show may stand in another one of it.
        told = [one for one in both.told if (one.ours and one.theirs) or not one.ids() & shown]
        for one in told:
            for negotiation, occurrence in evidence(one):
                events[negotiation.id].setdefault(occurrence.event, occurrence)
        listed = tuple(_listed([one.paired for one in told]))
        pairings.append(
            Pairing(
                our_source=both.ours.source.name,
                their_source=both.theirs.source.name,
                offset=both.clock.offset if both.clock else None,
                negotiations=listed,
                more=len(told) - len(listed),
            )
        )
    beside = {one: tuple(by_event.values()) for one, by_event in events.items()}
    everything = [one for recorded in (*ours, *theirs) for one in recorded.negotiations]
    beside |= dict(_of_equal_ones(everything, beside))
    return Together(
        pairings=tuple(pairings),
        beside=beside,
        absorbed=frozenset(
            negotiation.id
            for recorded in theirs
            for negotiation in recorded.negotiations
            if negotiation.id in shown
        ),
    )


def _view(recorded: Recorded) -> View:
    seen = (sighting(one, recorded.source.last) for one in recorded.negotiations)
    return view(recorded.source, (one for one in seen if one is not None), told=recorded.told)


def _of_equal_ones(
    negotiations: Sequence[Negotiation], beside: Mapping[NegotiationId, tuple[Occurrence, ...]]
) -> Iterator[tuple[NegotiationId, tuple[Occurrence, ...]]]:
    """Events for negotiations that the other trace does not cover: those of all equal ones.

    Equal negotiations are one incident; what the other side shows of some of them it shows of it,
    if it shows the same of each.
    """
    equal: dict[object, list[Negotiation]] = defaultdict(list)
    for one in negotiations:
        if one.outcome is Outcome.FAILED:
            equal[one.shown].append(one)
    for group in equal.values():
        told = [one.id for one in group if one.id in beside]
        if told and len({frozenset(each.event for each in beside[one]) for one in told}) == 1:
            for one in group:
                if one.id not in beside:
                    yield one.id, beside[told[-1]]


def _listed(paired: Sequence[PairedNegotiation]) -> Iterator[PairedNegotiation]:
    """So many as a report can hold, the telling ones first, in their order."""
    if len(paired) <= NEGOTIATIONS:
        yield from paired
        return
    telling = [
        place for place, one in enumerate(paired) if one.verdict is not PairVerdict.NOT_RECORDED
    ]
    half = NEGOTIATIONS // 2
    told = {*telling[:half], *telling[half:][-half:]}
    room = (place for place in range(len(paired)) if place not in told)
    told.update(islice(room, max(NEGOTIATIONS - len(told), 0)))
    yield from (paired[place] for place in sorted(told))
