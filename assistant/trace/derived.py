"""What follows from a negotiation's messages taken together: the events no single line says."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from typing import Literal

from assistant.catalog.error_code import layer_of, side_of
from assistant.catalog.schema import ErrorEntry
from assistant.model.event import (
    Address,
    ChildSaEstablished,
    EarlierNegotiation,
    ErrorCode,
    Event,
    Failure,
    FirstMiss,
    NextNegotiation,
    OtherSites,
    PeerHeard,
    Phase,
    PolledAddress,
    PolledNetwork,
    PollSeries,
    PollTimeout,
    ProposalMatched,
    ProposalRefused,
    ProposalsCompared,
    RemoteSite,
    Role,
    RuleNetworks,
    TimedOut,
    TraceCoverage,
    TrafficRule,
    Word,
)
from assistant.model.negotiation import Negotiation, Occurrence, Outcome, Stage
from assistant.model.source import Moment, Place, Side
from assistant.trace.negotiation import ENDS_IN_A_FAULT, Draft, PollRun, Seen, is_over

TIME_OUT_S = 30.0
"""The device gives up 30 s after the start (article)."""
_TIME_OUT_SLACK_S = 5.0
_FIRST_POLLS = 3
"""Polls after `connected` within which a miss means that none need ever have worked."""
_DEFAULT_POLL_TIMER_S = 30
_AT_ONCE_S = 60.0
"""A tunnel that is up again within this time had a path all along."""
_TOGETHER_S = 60.0
"""Remote sites lost within this time of each other were lost together."""
_FLAP_S = 300.0
_FLAPS = 3
"""Contract: three or more 0x4301 within 5 minutes after `connected` are a fault."""
_REMOTE_DISCONNECTED = ErrorCode("0x4301")
_TIME_OUT_CODES = frozenset(map(ErrorCode, ("0x1106", "0x1206")))
_NO_ANSWER = _TIME_OUT_CODES | {"no-response"}
_POLLING_CODE = ErrorCode("0x1307")
_PLACES = 12
"""Places of one derived event that are kept."""


def negotiations(
    drafts: list[Draft],
    *,
    source: str,
    side: Side,
    end: Place | None,
    errors: Mapping[str, ErrorEntry],
) -> list[Negotiation]:
    """Finish the drafts of one source, in the order in which they began."""
    outcomes = {id(draft): _outcome(draft, end) for draft in drafts}
    by_site: dict[RemoteSite, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_site[draft.remote_site].append(draft)
    for one_site in by_site.values():
        _mark_flapping(one_site, outcomes)
    following = {
        id(first): second for one_site in by_site.values() for first, second in pairwise(one_site)
    }
    connected = {
        id(draft): up for one_site in by_site.values() for draft, up in _connected_before(one_site)
    }
    others = _OtherSitesIndex(by_site, outcomes, end)
    return [
        Negotiation(
            remote_site=draft.remote_site,
            gateway=draft.gateway,
            role=draft.role,
            side=side,
            source=source,
            outcome=outcomes[id(draft)],
            stage=_stage(draft),
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
                    _derived(
                        draft,
                        outcomes[id(draft)],
                        end,
                        following.get(id(draft)),
                        connected.get(id(draft)),
                        others,
                        errors,
                    )
                )
            ),
            inferred_places=draft.inferred_places,
        )
        for draft in drafts
    ]


def _connected_before(one_site: list[Draft]) -> Iterator[tuple[Draft, Place]]:
    """The drafts of one site before which it was up, and the last record that shows it."""
    up: Place | None = None
    for draft in one_site:
        if up is not None:
            yield draft, up
        if draft.connected_at is not None:
            up = draft.connected_at
        elif draft.was_up:
            up = draft.first


# Outcome and stage ------------------------------------------------------------------------


def _outcome(draft: Draft, end: Place | None) -> Outcome:
    """Contract, `outcome`: the first fault decides."""
    if draft.fault is not None:
        always_lost = draft.fault in ENDS_IN_A_FAULT or draft.fault in ("polling", _POLLING_CODE)
        return Outcome.LOST if draft.was_up or always_lost else Outcome.FAILED
    if draft.normal_end is not None:
        return Outcome.DISCONNECTED
    if draft.disconnect_seen:
        was_started = draft.started and not draft.was_up
        return Outcome.FAILED if was_started else Outcome.DISCONNECTED
    if draft.was_up:
        return Outcome.UNFINISHED if _pending(draft, end) else Outcome.ESTABLISHED
    return Outcome.FAILED if draft.superseded else Outcome.UNFINISHED


def _pending(draft: Draft, end: Place | None) -> PollRun | None:
    """The last run of missed polls, if the trace ends before its end could be in it."""
    run = draft.polls[-1] if draft.polls else None
    if run is None or run.exhausted:
        return None
    after = draft.superseded or end
    return None if after is not None and is_over(run, after) else run


def _mark_flapping(one_site: list[Draft], outcomes: dict[int, Outcome]) -> None:
    """Tunnels that the peer takes down again and again right after they came up are lost."""
    for flaps, run in groupby(one_site, key=_flaps):
        drafts = list(run)
        if flaps and len(drafts) >= _FLAPS:
            for draft in drafts:
                outcomes[id(draft)] = Outcome.LOST


def _flaps(draft: Draft) -> bool:
    if draft.normal_end != _REMOTE_DISCONNECTED or draft.fault is not None:
        return False
    up, down = draft.connected_at, draft.ended
    if up is None or down is None or up.time is None or down.time is None:
        return False
    return 0 <= down.time.seconds_since(up.time) <= _FLAP_S


def _stage(draft: Draft) -> Stage | None:
    """The furthest stage; an error code proves the one of its layer too (contract: `stage`)."""
    stage = draft.stage
    for code in draft.codes:
        implied = _stage_of_code(code)
        only_code = stage is None or code not in _TIME_OUT_CODES
        if implied is not None and only_code and (stage is None or implied.rank > stage.rank):
            stage = implied
    if stage is None and draft.fault == "no-response":
        return Stage.IKE_SA
    return stage


def _stage_of_code(code: ErrorCode) -> Stage | None:
    if code in _TIME_OUT_CODES:
        return Stage.IKE_SA
    if code == _POLLING_CODE:
        return Stage.CONNECTED
    if code == "0x1105":
        return Stage.DYNAMIC_VPN
    return {
        "interface": Stage.CALLED,
        "ike": Stage.IKE_SA,
        "ipsec": Stage.CHILD_SA,
    }.get(layer_of(code))


# Derived events ---------------------------------------------------------------------------

Found = tuple[Event, int, Iterable[Place]]
"""An event, how often, and what it rests on."""


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
    others: _OtherSitesIndex,
    errors: Mapping[str, ErrorEntry],
) -> Iterator[Found]:
    yield from _coverage(draft, outcome)
    yield from _failure(draft, errors)
    yield from _timed_out(draft)
    yield from _heard(draft, outcome)
    yield from _proposals(draft, outcome, "1")
    yield from _proposals(draft, outcome, "2")
    yield from _polling(draft, end)
    yield from _rule_networks(draft)
    if outcome in (Outcome.LOST, Outcome.FAILED):
        yield from others.of(draft)
    if outcome is Outcome.FAILED and connected is not None:
        yield EarlierNegotiation(result="connected"), 1, [connected]
    if outcome is Outcome.LOST and following is not None:
        yield from _next(draft, following)


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
    places = _places(draft.fault_seen)
    if draft.fault is None:
        return
    if draft.fault == "no-response":
        event = Failure(failure=Word("connection-timeout"), layer="interface", side="unknown")
    elif draft.fault == "polling":
        event = Failure(failure=Word("line-polling-failed"), layer="interface", side="none")
    else:
        code = ErrorCode(draft.fault)
        entry = errors.get(code)
        word = Word((entry.failure if entry else None) or "undocumented")
        event = Failure(failure=word, layer=layer_of(code), side=side_of(code))
    if draft.fault in ("polling", _POLLING_CODE):
        places = _places([*draft.messages(PollTimeout), *draft.fault_seen])
    yield event, 1, places


def _timed_out(draft: Draft) -> Iterator[Found]:
    """The answer that did not come: the device says so, or it starts anew after its 30 s."""
    if draft.was_up:
        return
    in_phase_2 = draft.stage is not None and draft.stage.rank >= Stage.CHILD_SA.rank
    phase: Phase = "2" if in_phase_2 else "1"
    if draft.fault in _NO_ANSWER:
        yield TimedOut(phase=phase), 1, _places(draft.fault_seen)
    elif draft.superseded is not None and draft.fault is None and draft.started:
        first, then = draft.first.time, draft.superseded.time
        if first and then and then.seconds_since(first) >= TIME_OUT_S - _TIME_OUT_SLACK_S:
            yield TimedOut(phase=phase), 1, [draft.first, draft.superseded]


def _heard(draft: Draft, outcome: Outcome) -> Iterator[Found]:
    """Silence is known only of a negotiation that is seen from its start to its end."""
    if draft.was_up or outcome is not Outcome.FAILED:
        return
    if draft.heard_ike:
        yield PeerHeard(by="ike"), 1, _places(draft.heard_ike)
    elif draft.started and (draft.fault in _NO_ANSWER or draft.superseded is not None):
        # Any other fault needs no answer, or is one itself.
        if draft.heard_dynamic_vpn:
            yield PeerHeard(by="dynamic-vpn"), 1, _places(draft.heard_dynamic_vpn)
        elif draft.role is Role.RESPONDER:
            return  # called by the peer, so not silent
        elif draft.stage is not None and draft.stage.rank <= Stage.IKE_SA.rank:
            yield PeerHeard(by="nothing"), 1, [draft.first, draft.last]


def _proposals(draft: Draft, outcome: Outcome, phase: Phase) -> Iterator[Found]:
    """Refusals before a match are how every negotiation looks; only the end tells."""
    refused: list[Seen] = []
    matched: list[Seen] = []
    for seen in draft.messages(ProposalRefused, ProposalMatched):
        event = seen.event
        if isinstance(event, ProposalRefused) and event.phase == phase:
            refused.append(seen)
        elif isinstance(event, ProposalMatched) and event.phase == phase:
            matched.append(seen)
    if phase == "2" and not matched:
        matched = list(draft.messages(ChildSaEstablished)) if refused else []
    if matched:
        if refused:
            places = _places([*refused, *matched])
            yield ProposalsCompared(phase=phase, result="refused-then-matched"), 1, places
        else:
            yield ProposalsCompared(phase=phase, result="matched"), 1, _places(matched)
    elif refused:
        if outcome in (Outcome.FAILED, Outcome.LOST):
            yield ProposalsCompared(phase=phase, result="refused"), 1, _places(refused)
        else:
            yield ProposalsCompared(phase=phase, result="pending"), 1, _places(refused)


def _polling(draft: Draft, end: Place | None) -> Iterator[Found]:
    pending = _pending(draft, end)
    failed = draft.fault in ("polling", _POLLING_CODE)
    for run in draft.polls:
        places = [run.first, run.last]
        # The code without the record that gives up: that record was not copied.
        if run.exhausted or (failed and run is draft.polls[-1]):
            yield PollSeries(ended="disconnect", retries=run.count), 1, places
        elif run is pending:
            yield PollSeries(ended="pending", retries=run.count), 1, places
        else:
            yield PollSeries(ended="recovered", retries=run.count), 1, places
    if not failed:
        return
    for seen in draft.messages(PollTimeout):
        event = seen.event
        if isinstance(event, PollTimeout) and event.poll_target is not None:
            target = event.poll_target
            kind = _target(target, draft.gateway)
            yield PolledAddress(target=kind, poll_target=target), seen.count, seen.places
            yield from _polled_network(draft, target, seen)
    yield from _first_miss(draft)


def _target(target: Address, gateway: Address | None) -> Literal["gateway", "public", "private"]:
    if target == gateway:
        return "gateway"
    address = _ip(target)
    return "private" if address is not None and _is_private(address) else "public"


# RFC 1918 and RFC 4193 only: `is_private` of the library counts documentation ranges too.
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _is_private(address: _Ip) -> bool:
    return any(address in network for network in _PRIVATE)


def _ip(text: str) -> _Ip | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _polled_network(draft: Draft, target: Address, miss: Seen) -> Iterator[Found]:
    address = _ip(target)
    rules = list(draft.messages(TrafficRule))
    networks = [
        _network(seen.event.remote_network) for seen in rules if isinstance(seen.event, TrafficRule)
    ]
    known = [network for network in networks if network is not None]
    if address is None or not known or len(known) < len(networks):
        return
    inside = any(address in network for network in known)
    event = PolledNetwork(inside_rule="yes" if inside else "no", poll_target=target)
    yield event, miss.count, [*_places(rules), *miss.places]


def _rule_networks(draft: Draft) -> Iterator[Found]:
    for seen in draft.messages(TrafficRule):
        if isinstance(seen.event, TrafficRule):
            local = _network(seen.event.local_network)
            remote = _network(seen.event.remote_network)
            # The network of all addresses stands for "everything else", it meets every other.
            if local and remote and local.prefixlen and remote.prefixlen:
                overlap = local.version == remote.version and local.overlaps(remote)
                yield RuleNetworks(overlap="yes" if overlap else "no"), seen.count, seen.places


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _first_miss(draft: Draft) -> Iterator[Found]:
    """Whether polls were ever answered: the tunnel's age when the first was missed."""
    up = draft.connected_at
    if up is None or up.time is None:
        return
    miss = draft.polls[0].first if draft.polls else draft.ended
    if miss is None or miss.time is None:
        return
    timer = draft.poll_timer_s or _DEFAULT_POLL_TIMER_S
    age = miss.time.seconds_since(up.time)
    if age >= 0:
        at_once = age <= _FIRST_POLLS * timer
        yield FirstMiss(after="at-once" if at_once else "later"), 1, [up, miss]


def _next(draft: Draft, following: Draft) -> Iterator[Found]:
    down = draft.ended
    if down is None or down.time is None:
        return
    up = following.connected_at
    if up is not None and up.time is not None:
        if 0 <= up.time.seconds_since(down.time) <= _AT_ONCE_S:
            yield NextNegotiation(result="connected"), 1, [down, up]
    elif following.fault in _NO_ANSWER:
        yield NextNegotiation(result="timed-out"), 1, [down, *_places(following.fault_seen)]


def _places(seen: Iterable[Seen]) -> list[Place]:
    return [place for one in seen for place in one.places]


# Other remote sites -----------------------------------------------------------------------


_Change = tuple[Moment, Literal["up", "lost", "gone"], Place]
"""When, and whether the tunnel came up, fell to a fault, or was taken down on purpose."""


class _OtherSitesIndex:
    """How the other remote sites of the trace fared, by time."""

    def __init__(
        self,
        by_site: Mapping[RemoteSite, list[Draft]],
        outcomes: Mapping[int, Outcome],
        end: Place | None,
    ) -> None:
        self._end = end.time if end is not None else None
        self._changes: dict[RemoteSite, list[_Change]] = {}
        self._gateways: dict[RemoteSite, set[Address | None]] = {}
        for site, drafts in by_site.items():
            changes: list[_Change] = []
            for draft in drafts:
                up, down = draft.connected_at, draft.ended
                if up is not None and up.time is not None:
                    changes.append((up.time, "up", up))
                if down is not None and down.time is not None:
                    faulty = outcomes[id(draft)] in (Outcome.LOST, Outcome.FAILED)
                    changes.append((down.time, "lost" if faulty else "gone", down))
            self._changes[site] = sorted(changes, key=_when)
            self._gateways[site] = {draft.gateway for draft in drafts}

    def of(self, draft: Draft) -> Iterator[Found]:
        """Up at that moment and for a while after it, or lost within the same minute."""
        down = draft.ended
        if down is None or down.time is None:
            return
        up: list[Place] = []
        lost: list[Place] = []
        for site, changes in self._changes.items():
            if site == draft.remote_site or self._gateways[site] & {draft.gateway}:
                continue
            at = bisect_right(changes, down.time, key=_when)
            near = [
                place
                for when, what, place in changes[max(at - 1, 0) : at + 1]
                if what == "lost" and abs(when.seconds_since(down.time)) <= _TOGETHER_S
            ]
            if near:
                lost.append(near[0])
            elif at and changes[at - 1][1] == "up" and self._went_on(down.time):
                up.append(changes[at - 1][2])
        if up:
            yield OtherSites(state="up"), 1, [*up[:3], down]
        elif lost:
            yield OtherSites(state="lost-too"), 1, [*lost[:3], down]

    def _went_on(self, since: Moment) -> bool:
        """Only then would the loss of another tunnel have been reported as well."""
        return self._end is not None and self._end.seconds_since(since) >= _TOGETHER_S


def _when(change: _Change) -> Moment:
    return change[0]
