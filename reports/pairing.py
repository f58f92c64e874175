"""Words two traces of one tunnel: how far the clocks are apart, what became of each negotiation."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.pairing import (
    ClockOffset,
    LostMessage,
    PairedNegotiation,
    Pairing,
    PairVerdict,
)
from assistant.model.source import Place, Side
from reports.escape import TEXT_LIMIT, visible
from reports.frame import telling_line
from reports.labels import Labels
from reports.links import Anchors, Ref, linked

_SHOWN = 60
_COUNTED_FROM = 6
"""Fewer can be counted at a glance."""
_QUIET = frozenset({PairVerdict.BOTH_UP, PairVerdict.NOT_RECORDED, PairVerdict.UNCLEAR})
"""What need not be told where there is no room."""
_MARKS = {
    PairVerdict.BOTH_UP: "healthy",
    PairVerdict.NOT_RECORDED: "unknown",
    PairVerdict.UNCLEAR: "unknown",
}
_MINUTE_S = 60
_TENTH_S = 0.05


class PairedView(Struct, frozen=True, kw_only=True):
    """What became of one negotiation, by both traces."""

    verdict: str
    """Id of the verdict."""
    mark: str
    """`healthy`, `fault` or `unknown`."""
    told: str
    """`Our request arrived, and the remote site refused it.`"""
    site: str
    caller: str
    at: str
    """On our clock; empty if unknown."""
    because: str
    """The line that says why; empty if none does."""
    because_ref: Ref | None
    lost: str
    """The message that is missing; empty where single messages are not shown."""
    lost_ref: Ref | None
    ours: Ref | None
    theirs: Ref | None


class PairingView(Struct, frozen=True, kw_only=True):
    """A trace of ours and one of the other side."""

    sources: str
    clocks: str
    counts: tuple[str, ...]
    """How often each verdict, where there are many."""
    negotiations: tuple[PairedView, ...]
    more: str
    """How many are not shown; empty if all are."""


def pairing_views(diagnosis: Diagnosis, anchors: Anchors, words: Labels) -> tuple[PairingView, ...]:
    """All pairs of traces.

    Args:
        diagnosis: Has them.
        anchors: Of the lines that the page shows.
        words: Of the language wanted.
    """
    return tuple(_pairing_view(one, anchors, words) for one in diagnosis.pairings)


def paired_with(incident: Incident, diagnosis: Diagnosis) -> PairedNegotiation | None:
    """What both traces say of an incident.

    Of the negotiation whose refusal the incident rests on, else of the one that it shows.
    """
    if incident.outcome is None:
        return None
    candidates = [one for pairing in diagnosis.pairings for one in pairing.negotiations]
    cited = {
        (place.source, place.first_line) for seen in incident.symptoms for place in seen.places
    }
    for one in candidates:
        because = one.reason or (one.lost.place if one.lost else None)
        if because is not None and (because.source, because.first_line) in cited:
            return one
    for one in candidates:
        place = one.ours if incident.side is Side.LOCAL else one.theirs
        if place is not None and _is_shown(incident, one, place):
            return one
    return None


def _is_shown(incident: Incident, one: PairedNegotiation, first: Place) -> bool:
    """Whether an incident shows this negotiation, which begins there."""
    if incident.example is not None:
        shown = incident.example.first
        return (first.source, first.first_line) == (shown.source, shown.first_line)
    # A stored report has no negotiation; the one that is shown is nearly always the first.
    ours = incident.side is Side.LOCAL
    return ours and (one.remote_site, one.at) == (incident.remote_site, incident.first_seen)


def paired_view(one: PairedNegotiation, anchors: Anchors, words: Labels) -> PairedView:
    """One negotiation in words."""

    def ref(place: Place | None) -> Ref | None:
        return linked(place, anchors, several=True)

    return PairedView(
        verdict=one.verdict.value,
        mark=_MARKS.get(one.verdict, "fault"),
        told=words(f"paired.{one.verdict.value}.{one.caller.value}"),
        site=words.site(one.remote_site),
        caller=words(f"paired.caller.{one.caller.value}"),
        at=words.moment(one.at) if one.at else "",
        because=visible(telling_line(one.reason), limit=TEXT_LIMIT) if one.reason else "",
        because_ref=ref(one.reason),
        lost=_lost(one.lost, words) if one.lost else "",
        lost_ref=ref(one.lost.place) if one.lost else None,
        ours=ref(one.ours),
        theirs=ref(one.theirs),
    )


def clocks_told(offset: ClockOffset | None, words: Labels) -> str:
    """How far the clocks are apart, in one sentence."""
    if offset is None:
        return words("clock.unknown")
    margin = _seconds(offset.uncertainty_s, words)
    if "assumed" in offset.basis:
        return words("clock.assumed", margin=margin)
    direction = "ahead" if offset.seconds > 0 else "behind"
    return words(
        f"clock.{'agree' if abs(offset.seconds) < _TENTH_S else direction}",
        time=_seconds(abs(offset.seconds), words),
        margin=margin,
        events=words.counted("clock.events", offset.events),
        basis=", ".join(_basis(one, words) for one in offset.basis),
    )


def _basis(name: str, words: Labels) -> str:
    return words(f"clock-basis.{name}") if words.has(f"clock-basis.{name}") else visible(name)


def _seconds(seconds: float, words: Labels) -> str:
    """`3.2 s` and `0.5 s`; longer and very short times as elsewhere."""
    if _TENTH_S <= seconds < _MINUTE_S:
        return f"{words.number(seconds, 1)} s"
    return words.duration(seconds)


def _pairing_view(one: Pairing, anchors: Anchors, words: Labels) -> PairingView:
    shown = _chosen(one.negotiations)
    counts = Counter((each.verdict, each.caller) for each in one.negotiations)
    more = one.more + len(one.negotiations) - len(shown)
    return PairingView(
        sources=words(
            "pairings.sources", ours=visible(one.our_source), theirs=visible(one.their_source)
        ),
        clocks=clocks_told(one.offset, words),
        counts=tuple(
            words(
                "pairings.count",
                n=words.number(number),
                told=words(f"paired.{verdict.value}.{caller.value}"),
            )
            for (verdict, caller), number in counts.most_common()
            if len(one.negotiations) > _COUNTED_FROM
        ),
        negotiations=tuple(paired_view(each, anchors, words) for each in shown),
        more=words.counted("pairings.more", more) if more else "",
    )


def _chosen(negotiations: tuple[PairedNegotiation, ...]) -> tuple[PairedNegotiation, ...]:
    """As many as are shown: what went wrong before what did not, in the order of time."""
    if len(negotiations) <= _SHOWN:
        return negotiations
    ranked = sorted(
        range(len(negotiations)), key=lambda number: negotiations[number].verdict in _QUIET
    )
    return tuple(negotiations[number] for number in sorted(ranked[:_SHOWN]))


def _lost(lost: LostMessage, words: Labels) -> str:
    number = "one" if lost.times == 1 else "other"
    told = words(
        f"paired.lost.{lost.sender.value}.{number}",
        exchange=visible(lost.exchange),
        message=words(f"ike-message.{lost.message}"),
        n=words.number(lost.times),
    )
    return told if lost.port is None else words("paired.lost.port", told=told, port=lost.port)
