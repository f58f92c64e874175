"""What follows from a negotiation's messages taken together: the events no single line says."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain, pairwise

from assistant.catalog.error_code import layer_of, side_of
from assistant.catalog.schema import ErrorEntry
from assistant.model.derived import (
    EarlierNegotiation,
    Failure,
    NextNegotiation,
    PeerHeard,
    ProposalsCompared,
    TimedOut,
    TimeJump,
    TraceCoverage,
)
from assistant.model.event import ErrorCode, Event, Phase, RemoteSite, Role, Word
from assistant.model.ike_event import GroupRefused, ProposalSelected, ProposalsRefused
from assistant.model.message import (
    ChildSaEstablished,
    PollTimeout,
    ProposalMatched,
    ProposalRefused,
)
from assistant.model.negotiation import Negotiation, Occurrence, Outcome, Stage
from assistant.model.source import Place, Side
from assistant.trace.beside import line_errors, poll_packets
from assistant.trace.earlier import Earlier, up_in
from assistant.trace.negotiation import Draft, Seen, places_of
from assistant.trace.neighbours import Neighbours
from assistant.trace.outcome import (
    POLLING_CODE,
    TIME_OUT_CODES,
    mark_flapping,
    outcome_of,
    stage_of,
)
from assistant.trace.packets.traced import PacketLog
from assistant.trace.paths.polling import Found, polling_events, rule_networks

TIME_OUT_S = 30.0
"""The device gives up 30 s after the start (article)."""
_TIME_OUT_SLACK_S = 5.0
_AT_ONCE_S = 60.0
"""A tunnel that is up again within this time had a path all along."""
_NO_ANSWER = TIME_OUT_CODES | {"no-response"}
_REFUSALS = (ProposalRefused, ProposalsRefused, GroupRefused)
_MATCHES = (ProposalMatched, ProposalSelected)
_PLACES = 12
"""Places of one derived event that are kept."""


def negotiations(  # noqa: PLR0913 - all that one source shows
    drafts: list[Draft],
    *,
    source: str,
    side: Side,
    end: Place | None,
    errors: Mapping[str, ErrorEntry],
    packets: PacketLog | None = None,
    lcos_version: str | None = None,
    earlier: Earlier | None = None,
    wanted: Container[int] | None = None,
) -> list[Negotiation]:
    """Finish the drafts of one source.

    Args:
        drafts: In the order in which they began, each with a number of its own.
        source: Its name.
        side: Whose it is.
        end: The last record.
        errors: The device's error codes.
        packets: What other traces of the same router show.
        lcos_version: Its firmware.
        earlier: What negotiations that were finished before leave behind; None for none.
        wanted: The numbers of those to finish, the others being there to look at; None for all.

    Returns:
        Those that are wanted, in the order of their drafts.
    """
    earlier = earlier or Earlier()
    outcomes = {draft.number: outcome_of(draft, end) for draft in drafts}
    by_site = _by_site(drafts, earlier)
    following: dict[int, Draft] = {}
    connected: dict[int, Place] = {}
    for site, one_site in by_site.items():
        mark_flapping(one_site, outcomes, before=earlier.flaps.get(site, 0))
        following.update((one.number, after) for one, after in pairwise(one_site))
        connected.update(_connected_before(one_site, earlier.up.get(site)))
    others = Neighbours(by_site, outcomes, end, earlier, wanted)
    return [
        Negotiation(
            remote_site=draft.remote_site,
            gateway=draft.gateway,
            role=draft.role,
            side=side,
            source=source,
            number=draft.number,
            outcome=outcomes[draft.number],
            stage=stage_of(draft),
            error_codes=tuple(draft.codes),
            first=draft.first,
            last=draft.last,
            connected_at=draft.connected_at.time if draft.connected_at else None,
            ended_at=draft.ended.time if draft.ended else None,
            messages=tuple(
                Occurrence(
                    event=seen.event,
                    pattern=seen.pattern,
                    count=seen.count,
                    places=tuple(seen.places),
                )
                for seen in draft.seen.values()
            ),
            derived=tuple(
                _merged(
                    chain(
                        _derived(
                            draft,
                            outcomes[draft.number],
                            end,
                            following.get(draft.number),
                            connected.get(draft.number),
                            others,
                            errors,
                        ),
                        _beside(draft, outcomes[draft.number], packets, lcos_version),
                    )
                )
            ),
            inferred_places=draft.inferred_places,
        )
        for draft in drafts
        if wanted is None or draft.number in wanted
    ]


def _by_site(drafts: list[Draft], earlier: Earlier) -> dict[RemoteSite, list[Draft]]:
    """In the order in which the sites appeared first."""
    begun = dict(earlier.begun)
    by_site: dict[RemoteSite, list[Draft]] = {site: [] for site in begun}
    for draft in drafts:
        begun.setdefault(draft.remote_site, draft.number)
        by_site.setdefault(draft.remote_site, []).append(draft)
    return {site: by_site[site] for site in sorted(by_site, key=begun.__getitem__)}


def _connected_before(one_site: list[Draft], up: Place | None) -> Iterator[tuple[int, Place]]:
    """The numbers of those of one site before which it was up, and the record that shows it."""
    for draft in one_site:
        if up is not None:
            yield draft.number, up
        up = up_in(draft) or up


# Derived events ---------------------------------------------------------------------------


def _merged(found: Iterable[Found]) -> Iterator[Occurrence]:
    """One occurrence for equal events, its places in file order, each once."""
    together: dict[Event, tuple[int, dict[tuple[int, int], Place]]] = {}
    for event, count, places in found:
        before, known = together.get(event, (0, {}))
        for place in places:
            known[(place.first_line, place.last_line)] = place
        together[event] = (before + count, known)
    for event, (count, known) in together.items():
        ordered = [known[key] for key in sorted(known)]
        if len(ordered) > _PLACES:
            ordered = ordered[: _PLACES - 2] + ordered[-2:]
        yield Occurrence(event=event, pattern=None, count=count, places=tuple(ordered))


def _derived(  # noqa: PLR0913, PLR0917 - everything a negotiation is seen against
    draft: Draft,
    outcome: Outcome,
    end: Place | None,
    following: Draft | None,
    connected: Place | None,
    others: Neighbours,
    errors: Mapping[str, ErrorEntry],
) -> Iterator[Found]:
    yield from _coverage(draft, outcome)
    for before, after in draft.jumps:
        if before.time and after.time:
            yield TimeJump(jump_s=round(after.time.seconds_since(before.time))), 1, [before, after]
    yield from _failure(draft, errors)
    yield from _timed_out(draft)
    yield from _heard(draft, outcome)
    yield from _proposals(draft, outcome, "1")
    yield from _proposals(draft, outcome, "2")
    yield from polling_events(draft, end)
    yield from rule_networks(draft)
    yield from draft.found
    if outcome.is_fault:
        yield from others.of(draft)
    if outcome is Outcome.FAILED and connected is not None:
        yield EarlierNegotiation(result="connected"), 1, [connected]
    if outcome is Outcome.LOST and following is not None:
        yield from _next(draft, following)


def _beside(
    draft: Draft, outcome: Outcome, packets: PacketLog | None, lcos_version: str | None
) -> Iterator[Found]:
    if packets is not None and outcome.is_fault:
        yield from line_errors(draft, packets)
        if draft.fault in ("polling", POLLING_CODE):
            yield from poll_packets(draft, packets, lcos_version)


def _coverage(draft: Draft, outcome: Outcome) -> Iterator[Found]:
    yield (
        TraceCoverage(
            start="seen" if draft.started else "missing",
            end="missing" if outcome is Outcome.UNFINISHED else "seen",
        ),
        1,
        [draft.first, draft.last],
    )


def _failure(draft: Draft, errors: Mapping[str, ErrorEntry]) -> Iterator[Found]:
    places = places_of(draft.fault_seen)
    if draft.fault is None:
        return
    if draft.failure is not None:
        event = draft.failure
    elif draft.fault == "no-response":
        event = Failure(failure=Word("connection-timeout"), layer="interface", side="unknown")
    elif draft.fault == "polling":
        event = Failure(failure=Word("line-polling-failed"), layer="interface", side="none")
    else:
        code = ErrorCode(draft.fault)
        entry = errors.get(code)
        word = Word((entry.failure if entry else None) or "undocumented")
        event = Failure(failure=word, layer=layer_of(code), side=side_of(code))
    if draft.fault in ("polling", POLLING_CODE):
        places = places_of([*draft.messages(PollTimeout), *draft.fault_seen])
    yield event, 1, places


def _timed_out(draft: Draft) -> Iterator[Found]:
    """The answer that did not come: the device says so, or it starts anew after its 30 s."""
    if draft.was_up:
        return
    in_phase_2 = draft.stage is not None and draft.stage.rank >= Stage.CHILD_SA.rank
    phase: Phase = "2" if in_phase_2 else "1"
    if draft.fault in _NO_ANSWER:
        yield TimedOut(phase=phase), 1, places_of(draft.fault_seen)
    elif draft.superseded is not None and draft.fault is None and draft.started:
        first, then = draft.first.time, draft.superseded.time
        if first and then and then.seconds_since(first) >= TIME_OUT_S - _TIME_OUT_SLACK_S:
            yield TimedOut(phase=phase), 1, [draft.first, draft.superseded]


def _heard(draft: Draft, outcome: Outcome) -> Iterator[Found]:
    """Silence is known only of a negotiation that is seen from its start to its end."""
    if draft.was_up or outcome is not Outcome.FAILED:
        return
    if draft.heard_ike:
        yield PeerHeard(by="ike"), 1, places_of(draft.heard_ike)
    elif draft.started and (draft.fault in _NO_ANSWER or draft.superseded is not None):
        # Any other fault needs no answer, or is one itself.
        if draft.heard_dynamic_vpn:
            yield PeerHeard(by="dynamic-vpn"), 1, places_of(draft.heard_dynamic_vpn)
        elif draft.role is Role.RESPONDER:
            return  # called by the peer, so not silent
        elif draft.stage is not None and draft.stage.rank <= Stage.IKE_SA.rank:
            yield PeerHeard(by="nothing"), 1, [draft.first, draft.last]


def _proposals(draft: Draft, outcome: Outcome, phase: Phase) -> Iterator[Found]:
    """Refusals before a match are how every negotiation looks; only the end tells."""
    refused: list[Seen] = []
    matched: list[Seen] = []
    for seen in draft.messages(*_REFUSALS, *_MATCHES):
        if _phase_of(seen.event) == phase:
            (refused if isinstance(seen.event, _REFUSALS) else matched).append(seen)
    if phase == "2" and not matched:
        matched = list(draft.messages(ChildSaEstablished)) if refused else []
    if matched:
        if refused:
            places = places_of([*refused, *matched])
            yield ProposalsCompared(phase=phase, result="refused-then-matched"), 1, places
        else:
            yield ProposalsCompared(phase=phase, result="matched"), 1, places_of(matched)
    elif refused:
        if outcome.is_fault:
            yield ProposalsCompared(phase=phase, result="refused"), 1, places_of(refused)
        else:
            yield ProposalsCompared(phase=phase, result="pending"), 1, places_of(refused)


def _phase_of(event: Event) -> Phase:
    """A group is refused in the first exchange only (RFC 7296, section 1.2)."""
    return "1" if isinstance(event, GroupRefused) else event.phase  # type: ignore[attr-defined]


def _next(draft: Draft, following: Draft) -> Iterator[Found]:
    down = draft.ended
    if down is None or down.time is None:
        return
    up = following.connected_at
    if up is not None and up.time is not None:
        if 0 <= up.time.seconds_since(down.time) <= _AT_ONCE_S:
            yield NextNegotiation(result="connected"), 1, [down, up]
    elif following.fault in _NO_ANSWER:
        yield NextNegotiation(result="timed-out"), 1, [down, *places_of(following.fault_seen)]
