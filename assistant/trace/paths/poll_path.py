"""What became of the polls to one address: how far they came, and what came back.

Pings show it from the polling side; a capture shows it from wherever it ran. Only what is seen is
claimed: that polls do not arrive needs a capture that ran while some were sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from assistant.model.capture import IcmpError, PollPath, Reporter
from assistant.model.event import Address, YesNo
from assistant.model.source import Moment, Place, Side
from assistant.trace.packets.capture import Capture, spelled
from assistant.trace.packets.ping_output import PingOutput, PingRun
from assistant.trace.paths.poll_view import PollView, in_order, most, places_of, poll_view
from assistant.trace.paths.polling import Found

_SPARED = 1
"""One answer may be missing: to the first poll, which waits for ARP, or to the very last."""
_TARGETS = 50

_TELLING: tuple[IcmpError, ...] = (
    "prohibited",
    "protocol-unreachable",
    "port-unreachable",
    "host-unreachable",
    "net-unreachable",
    "time-exceeded",
    "too-big",
    "other",
)
"""Errors, the most telling first."""

Captured = tuple[Capture, Side | None]
"""A capture and whose side it is from, if an option says so; None lets its packets tell."""


def polled_addresses(pings: Iterable[PingOutput], captures: Iterable[Capture]) -> list[Address]:
    """The addresses that were pinged, for where no log names them; a few dozen at most.

    Those of ping's own output; without any, those that captures show requests to.
    """
    pinged = [run.target for output in pings for run in output.runs]
    seen = [
        packet.destination for capture in captures for packet, _ in capture.find("echo-request")
    ]
    return list(dict.fromkeys(pinged or seen))[:_TARGETS]


def poll_path(
    target: Address,
    pings: Iterable[PingOutput] = (),
    captures: Iterable[Captured] = (),
    *,
    gateways: Iterable[Address] = (),
    missed: Sequence[Moment] = (),
) -> Found | None:
    """What became of the polls to one address, the most telling first; None if nothing tells.

    Args:
        target: The polled address.
        pings: Outputs of ping at the polling side.
        captures: Captures of either side.
        gateways: Addresses of the other gateway itself: what is for it does not go on.
        missed: Times of polls that went unanswered, by the polling side's wall clock.
    """
    target = spelled(target)
    runs = [run for output in pings for run in output.runs if run.target == target]
    sources = {run.source for run in runs if run.source is not None}
    views = [poll_view(capture, side, target, sources) for capture, side in captures]
    here = [view for view in views if view.side is Side.LOCAL]
    there = [view for view in views if view.side is Side.REMOTE]
    return (
        _answered(target, runs, here)
        or _replied(target, there)
        or _not_there(target, there, views, runs)
        or _refused(target, views, runs)
        or _arrived(target, there, runs, {spelled(gateway) for gateway in gateways})
        or _missing(target, views, runs, missed)
        or _unanswered(target, runs, here)
    )


def _answered(target: Address, runs: list[PingRun], here: list[PollView]) -> Found | None:
    """Answers reached the polling side."""
    answers = sum(run.answered or 0 for run in runs)
    asked = sum(run.asked or 0 for run in runs if run.answered is not None)
    places = _ping_places(runs)
    if not answers:
        answers = max((most(view.replies) for view in here), default=0)
        asked = max((most(view.requests) for view in here), default=0)
        places = [place for view in here for place in places_of(view.requests, view.replies)]
    if not answers:
        return None
    event = PollPath(
        seen="answered", poll_target=target, lost="some" if asked - answers > _SPARED else "none"
    )
    return event, answers, in_order(places)


def _replied(target: Address, there: list[PollView]) -> Found | None:
    """The other side replied; whether the replies left its gateway."""
    if not any(view.replies for view in there):
        return None
    # A gateway that shows packets going out shows replies going out, too.
    stays = any(
        view.shows_way_out
        and (view.replies or view.goes_on)
        and not any(packet.way == "out" for packet, _ in view.replies)
        for view in there
    )
    event = PollPath(seen="reply-stays" if stays else "reply-leaves", poll_target=target)
    places = [place for view in there for place in places_of(view.requests, view.replies)]
    return event, max(most(view.replies) for view in there), in_order(places)


def _not_there(
    target: Address, there: list[PollView], views: list[PollView], runs: list[PingRun]
) -> Found | None:
    """Nobody in the other LAN answered ARP for the polled address."""
    asking = [view for view in there if view.asks_in_vain]
    if not asking or any(view.heard for view in views):
        return None
    error, reporter, _ = _error(target, views, runs)
    event = PollPath(
        seen="no-arp-reply",
        poll_target=target,
        onward="yes",
        host_there="no",
        error=error,
        error_from=reporter,
    )
    places = [place for view in asking for place in places_of(view.asking)]
    places += [place for view in there for place in places_of(view.requests, view.errors)]
    return event, max(most(view.asking) for view in asking), in_order(places)


def _refused(target: Address, views: list[PollView], runs: list[PingRun]) -> Found | None:
    """Somebody reported that polls cannot be delivered."""
    error, reporter, count = _error(target, views, runs)
    if error is None:
        return None
    event = PollPath(seen="unreachable", poll_target=target, error=error, error_from=reporter)
    places = [place for view in views for place in places_of(view.requests, view.errors)]
    return event, count, in_order([*_ping_places(runs), *places])


def _error(
    target: Address, views: list[PollView], runs: list[PingRun]
) -> tuple[IcmpError | None, Reporter | None, int]:
    """The most telling error, who reported it, and how often; ping and capture show the same."""
    counts: Counter[tuple[IcmpError, Address | None]] = Counter()
    for run in runs:
        for error, seen in run.errors.items():
            counts[error.error, error.sender] += seen.count
    for view in views:
        for packet, seen in view.errors:
            if packet.error is not None:
                told = packet.error, packet.source
                counts[told] = max(counts[told], seen.count)
    if not counts:
        return None, None, 0
    polling = {run.source for run in runs if run.source is not None}
    polling |= {packet.source for view in views for packet, _ in view.requests}
    kind, sender = min(counts, key=lambda told: (_TELLING.index(told[0]), -counts[told]))
    reporter: Reporter = "other"
    if sender is None or sender in polling:
        reporter = "polling-host"
    elif sender == target:
        reporter = "polled-host"
    return kind, reporter, counts[kind, sender]


def _arrived(
    target: Address, there: list[PollView], runs: list[PingRun], gateways: set[Address]
) -> Found | None:
    """Polls reached the other side, and no reply was seen."""
    arriving = [view for view in there if view.requests]
    if not arriving:
        return None
    event = PollPath(
        seen="arrives-no-reply",
        poll_target=target,
        onward=None if target in gateways else _onward(target, there, arriving),
        host_there="yes" if any(view.heard for view in there) else None,
    )
    places = [place for view in there for place in places_of(view.requests, view.asking)]
    places += [run.statistics for run in runs if run.statistics is not None]
    return event, max(most(view.requests) for view in arriving), in_order(places)


def _onward(target: Address, there: list[PollView], arriving: list[PollView]) -> YesNo | None:
    """Whether the polls left the other gateway towards the polled host."""
    askers = {
        packet.source for view in there for packet, _ in view.capture.find("neighbour-request")
    }
    if target in askers and not any(view.asking for view in there):
        return None  # probably an address of the gateway itself, which delivers in its LAN
    if any(view.goes_on for view in there):
        return "yes"
    return "no" if any(view.shows_way_out for view in arriving) else None


def _missing(
    target: Address, views: list[PollView], runs: list[PingRun], missed: Sequence[Moment]
) -> Found | None:
    """A capture of the other side ran while polls were sent, and shows none."""
    if any(view.anybody for view in views if view.side is not Side.LOCAL):
        return None
    sent = [time for run in runs for time in run.times]
    for view in views:
        capture = view.capture
        if view.side is not Side.REMOTE or capture.dropped or capture.not_kept:
            continue
        if not capture.shows_pings:
            continue
        if capture.covers(sent, "epoch") or capture.covers(missed, "wall"):
            places = [place for place in (capture.first, capture.last) if place is not None]
            event = PollPath(seen="not-arriving", poll_target=target)
            return event, 1, in_order([*_ping_places(runs), *places])
    return None


def _unanswered(target: Address, runs: list[PingRun], here: list[PollView]) -> Found | None:
    """Polls were sent, or should have been, and nothing came back."""
    leaving = max((most(view.requests) for view in here), default=0)
    failed = sum(seen.count for run in runs for seen in run.local.values())
    asked = sum(run.asked or 0 for run in runs if run.answered == 0)
    places = _ping_places(runs)
    if failed and failed >= asked and not leaving:
        return PollPath(seen="not-sent", poll_target=target), failed, in_order(places)
    if not asked and not leaving:
        return None
    places += [place for view in here for place in places_of(view.requests)]
    event = PollPath(seen="unanswered", poll_target=target)
    return event, max(asked, leaving), in_order(places)


def _ping_places(runs: list[PingRun]) -> list[Place]:
    return [place for run in runs for place in run.places]
