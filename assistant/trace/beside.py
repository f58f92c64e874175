"""What other traces of the same router tell of a fault: packets of polls, errors of the line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from assistant.model.derived import LineError, PollPackets
from assistant.model.event import Address, Phrase
from assistant.model.message import PollTimeout
from assistant.model.source import Moment, Place
from assistant.trace.negotiation import Draft
from assistant.trace.packets.traced import PacketLog, PollsSeen, polls
from assistant.trace.paths.polling import DEFAULT_POLL_TIMER_S, Found

_LINE_BEFORE_S = 300
_LINE_AFTER_S = 60
"""A tunnel follows its line within the time that polling or IKE takes to notice."""


def poll_packets(draft: Draft, log: PacketLog, lcos_version: str | None) -> Iterator[Found]:
    """What became of the polls of a tunnel that polling took down, one event per polled address."""
    if not draft.polls or draft.ended is None:
        return
    # The poll that was missed first had left one interval before.
    since = _earlier(draft.polls[-1].first.time, draft.poll_timer_s or DEFAULT_POLL_TIMER_S)
    targets = dict.fromkeys(
        seen.event.poll_target
        for seen in draft.messages(PollTimeout)
        if isinstance(seen.event, PollTimeout) and seen.event.poll_target is not None
    )
    for target in targets:
        found = polls(log, target, since, draft.ended.time)
        if not found.dropped:
            found = _with_untimed_drops(found, polls(log, target))
        beside = _left_beside(log, target, draft.remote_site)
        event = _told(found, target, beside=beside)
        if event is None and not log.without_addresses and found.absence_counts(lcos_version):
            # Only where no packet was cut off: that one might have been the poll.
            event = PollPackets(seen="not-sent", poll_target=target)
        if event is not None:
            places = _places(found, event)
            yield event, 1, places or (draft.polls[-1].first,)


def line_errors(draft: Draft, log: PacketLog) -> Iterator[Found]:
    """PPP errors shortly before or with the fault."""
    if draft.ended is None or draft.ended.time is None:
        return
    since = _earlier(draft.ended.time, _LINE_BEFORE_S)
    until = _earlier(draft.ended.time, -_LINE_AFTER_S)
    for code, sightings in log.ppp_errors.items():
        seen = sightings.within(since, until)
        if seen:
            yield LineError(code=code), seen.count, seen.places


def _with_untimed_drops(found: PollsSeen, ever: PollsSeen) -> PollsSeen:
    """Firewall messages are often copied without a time; of the polled address they tell anyway."""
    if ever.dropped and all(place.time is None for place in ever.dropped.places):
        return replace(found, dropped=ever.dropped, rules=ever.rules, filters=ever.filters)
    return found


def _left_beside(log: PacketLog, target: Address, remote_site: str) -> bool:
    """Whether every poll that shows its way out took another one than the tunnel."""
    ways = {
        flow.interface.split(" (", 1)[0].upper()
        for flow in log.flows
        if flow.what == "echo-request"
        and flow.destination == target
        and flow.way in ("out", "wan")
        and flow.interface
    }
    return bool(ways) and remote_site.upper() not in ways


def _told(found: PollsSeen, target: Address, *, beside: bool) -> PollPackets | None:
    """The most telling of what was seen; None if nothing of the polls was seen."""
    if found.dropped:
        named = (*found.rules, *found.filters)
        rule = Phrase(named[0]) if named else None
        return PollPackets(seen="dropped", poll_target=target, rule=rule)
    if found.unroutable:
        return PollPackets(seen="no-route", poll_target=target)
    if found.answers:
        return PollPackets(seen="answered", poll_target=target)
    if found.requests:
        return PollPackets(seen="beside-tunnel" if beside else "unanswered", poll_target=target)
    return None


def _places(found: PollsSeen, event: PollPackets) -> tuple[Place, ...]:
    shown = {
        "dropped": found.dropped,
        "no-route": found.unroutable,
        "answered": found.answers,
        "unanswered": found.requests,
        "beside-tunnel": found.requests,
    }.get(event.seen)
    return shown.places if shown is not None else ()


def _earlier(moment: Moment | None, seconds: float) -> Moment | None:
    if moment is None:
        return None
    try:
        return Moment(moment.at - timedelta(seconds=seconds), moment.dated)
    except OverflowError:
        return moment
