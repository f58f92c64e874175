"""Events to negotiations: who talks to whom, how far it got, what was the first fault.

Several remote sites may be under way at once, and many messages name none; such a message goes to
the negotiation that its neighbours name, or that waits for just this message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from heapq import heappop, heappush
from typing import Any

from msgspec import Struct, field

from assistant.catalog.error_code import is_disconnect_reason, side_of
from assistant.catalog.message import Reading
from assistant.model.derived import Failure
from assistant.model.event import Address, ErrorCode, Event, RemoteSite, Role
from assistant.model.event_types import ASIDE_EVENTS
from assistant.model.message import (
    AuthPacketCreated,
    AuthPacketReceived,
    ChildSaAlgorithms,
    ChildSaEstablished,
    ChildSaLifetime,
    Connected,
    Connecting,
    Disconnecting,
    DynamicVpnStarted,
    ErrorReported,
    IkeNegotiationStarted,
    IkeSaAlgorithms,
    IkeSaEstablished,
    IkeSaLifetime,
    IkeStarted,
    NoResponse,
    PeerIdentified,
    PollTimeout,
    ProposalMatched,
    ProposalRefused,
    RulesetInstalled,
    RulesetInstalling,
    RulesetsInstalled,
    TrafficRule,
    TunnelEndpoints,
)
from assistant.model.negotiation import Stage
from assistant.model.newer_message import (
    CounterpartIdentified,
    GatewayResolved,
    IdentityCompared,
    IkeMessage,
    MessageDropped,
    NotifyReceived,
    RemoteSiteMapped,
    SaEntered,
    WanState,
)
from assistant.model.source import Place
from assistant.trace.text.record import Record

STAGE_OF: dict[type[Event], Stage] = {
    Connecting: Stage.CALLED,
    WanState: Stage.CALLED,
    RemoteSiteMapped: Stage.CALLED,
    GatewayResolved: Stage.CALLED,
    RulesetInstalling: Stage.CALLED,
    RulesetInstalled: Stage.CALLED,
    DynamicVpnStarted: Stage.DYNAMIC_VPN,
    AuthPacketCreated: Stage.DYNAMIC_VPN,
    AuthPacketReceived: Stage.DYNAMIC_VPN,
    IkeStarted: Stage.IKE_SA,
    IkeNegotiationStarted: Stage.IKE_SA,
    PeerIdentified: Stage.IKE_SA,
    CounterpartIdentified: Stage.IKE_SA,
    IdentityCompared: Stage.IKE_SA,
    IkeSaEstablished: Stage.CHILD_SA,
    IkeSaAlgorithms: Stage.CHILD_SA,
    IkeSaLifetime: Stage.CHILD_SA,
    ChildSaEstablished: Stage.CHILD_SA,
    TrafficRule: Stage.CHILD_SA,
    ChildSaAlgorithms: Stage.CHILD_SA,
    ChildSaLifetime: Stage.CHILD_SA,
    TunnelEndpoints: Stage.CHILD_SA,
    Connected: Stage.CONNECTED,
    PollTimeout: Stage.CONNECTED,
}
"""The stage that a message proves; the furthest one seen counts, whatever their order."""

_STAGE_OF_IKEV2 = {
    "IKE_SA_INIT": Stage.IKE_SA,
    "IKE_AUTH": Stage.IKE_SA,
    "CREATE_CHILD_SA": Stage.CHILD_SA,
    "IKE_SA": Stage.IKE_SA,
    "CHILD_SA": Stage.CHILD_SA,
}
"""By exchange and by kind of SA; INFORMATIONAL belongs to no stage."""

_HEARD_IKE = frozenset(
    (
        PeerIdentified,
        ProposalRefused,
        ProposalMatched,
        IkeSaEstablished,
        NotifyReceived,
        MessageDropped,
        CounterpartIdentified,
        IdentityCompared,
    )
)
"""Messages that the device can only print because IKE arrived."""

_CALL = (WanState, RemoteSiteMapped, GatewayResolved)
"""What comes before the first message of a negotiation and is part of it."""

STARTS = (Connecting, DynamicVpnStarted, IkeStarted, IkeNegotiationStarted)
"""Messages with which a negotiation may begin in a complete trace."""

_PERHAPS_START = frozenset((*STARTS, IkeMessage))
_PERHAPS_BESIDE = frozenset((RulesetsInstalled, WanState, *ASIDE_EVENTS))
"""What may begin no negotiation and tell nothing of one that is over."""
_PERHAPS_STRANGE = frozenset((IkeMessage, MessageDropped))
_LATER = (NotifyReceived, MessageDropped, SaEntered, CounterpartIdentified, IdentityCompared)
"""Messages that another one of the same negotiation comes before."""

ENDS_IN_A_FAULT = frozenset(map(ErrorCode, ("0x4304", "0x4305", "0x430b")))
"""Reasons for a disconnect that are faults (contract: `outcome`)."""

_NAMED_BY = {"no-response": ("0x1106", "0x1206"), "polling": ("0x1307",)}
"""The codes that name a fault which other records told before."""
_STATES = frozenset(map(ErrorCode, ("0x0000", "0x5800", "0x5801", "0x580b", "0x580c")))
"""Entries of the MIB's list that name no fault: none, and states of Advanced Mesh."""
_SAME_FAULT_S = 5.0
"""Records of one fault follow each other at once; later ones tell of another try."""
_LONGEST_STEP = timedelta(seconds=60)
"""Between two records of one negotiation; after 30 s without an answer the device gives up."""
_PLACES_FIRST = 6
_PLACES_LAST = 2
_DISTINCT_LIMIT = 2_000
"""Runs of polls kept of one negotiation, and messages that wait for a name."""
_DISTINCT_OF_PATTERN = 60
"""Distinct messages of one sort kept of one negotiation: years of rekeying stay bounded."""


SETTLED_FROM = 2_000
"""Negotiations of one source from which on the older ones are kept small."""
_RULES, _PHASE_1, _IKE_LIFETIME, _OTHER = _BITS = (1, 2, 4, 8)
_NAMELESS: dict[type[Event], int] = {
    RulesetsInstalled: _RULES,
    PeerIdentified: _PHASE_1,
    ProposalRefused: _PHASE_1,
    ProposalMatched: _PHASE_1,
    IkeSaEstablished: _PHASE_1,
    IkeSaLifetime: _IKE_LIFETIME,
}
"""Messages that may name nobody, by when they come; all others belong to the tunnel's end."""
_AFTER: dict[type[Event], int] = {
    RulesetInstalled: _RULES,
    IkeSaEstablished: _IKE_LIFETIME,
    IkeSaAlgorithms: _IKE_LIFETIME,
    ChildSaEstablished: _OTHER,
}
"""The message that must have been seen before."""
_PHASE_1_STAGES = (Stage.CALLED, Stage.DYNAMIC_VPN, Stage.IKE_SA)


class Seen(Struct):
    """One distinct message of a negotiation while it is being put together."""

    event: Event
    pattern: str | None
    count: int = 0
    places: list[Place] = field(default_factory=list)

    def add(self, place: Place) -> None:
        """Count it; of many places the first and the last few stay."""
        self.count += 1
        if len(self.places) >= _PLACES_FIRST + _PLACES_LAST:
            del self.places[_PLACES_FIRST]
        self.places.append(place)


class Draft(Struct):
    """A negotiation while it is being put together."""

    remote_site: RemoteSite
    first: Place
    last: Place
    gateway: Address | None = None
    role: Role | None = None
    stage: Stage | None = None
    started: bool = False
    """Its first message is one with which a negotiation begins."""
    connected_at: Place | None = None
    poll_timer_s: int | None = None
    was_up: bool = False
    heard_ike: list[Seen] = field(default_factory=list)
    heard_dynamic_vpn: list[Seen] = field(default_factory=list)
    fault: ErrorCode | str | None = None
    """The first fault: its code, or `no-response`, `polling` until a code follows; of a dialect
    without codes the word of `failure`."""
    failure: Failure | None = None
    """The first fault, where its code does not say it."""
    fault_seen: list[Seen] = field(default_factory=list)
    codes: list[ErrorCode] = field(default_factory=list)
    ended: Place | None = None
    disconnect_seen: bool = False
    normal_end: ErrorCode | None = None
    superseded: Place | None = None
    """First record of the negotiation that began before this one had ended."""
    polls: list[PollRun] = field(default_factory=list)
    jumps: list[tuple[Place, Place]] = field(default_factory=list)
    """Records with a long time between them while the negotiation was under way."""
    inferred_places: int = 0
    seen: dict[tuple[str | None, Event], Seen] = field(default_factory=dict)
    kept: dict[str | None, list[Event]] = field(default_factory=dict)
    """The events of `seen` by pattern, in order."""
    found: list[tuple[Event, int, list[Place]]] = field(default_factory=list)
    """Derived events that only whoever follows the dialect can tell."""
    limit: int = _DISTINCT_OF_PATTERN
    """Distinct messages of one sort that are kept."""
    number: int = 0
    """In the order in which those of one source began."""
    told: int = 0
    """Which messages were seen that a message without a name may follow; bits of `_AFTER`."""
    waits_for: int = 0
    """Which messages without a name it may have next; bits of `_NAMELESS`."""

    def remember(self, pattern: str | None, event: Event) -> Seen:
        """The distinct message; of very many of one sort the first and the latest are kept."""
        key = (pattern, event)
        seen = self.seen.get(key)
        if seen is None:
            kept = self.kept.setdefault(pattern, [])
            if len(kept) >= self.limit:
                del self.seen[pattern, kept.pop(self.limit // 2)]
            kept.append(event)
            seen = self.seen[key] = Seen(event, pattern)
        return seen

    def messages(self, *kinds: type[Event]) -> Iterator[Seen]:
        """The messages of these kinds, in order of first appearance."""
        return (one for one in self.seen.values() if type(one.event) in kinds)

    def reach(self, stage: Stage | None) -> None:
        """Remember the furthest stage."""
        if stage is not None and (self.stage is None or stage.rank > self.stage.rank):
            self.stage = stage

    @property
    def is_over(self) -> bool:
        """A fault or a disconnect was seen."""
        return self.ended is not None


class PollRun(Struct):
    """Missed polls in a row."""

    seen: list[Seen]
    first: Place
    last: Place
    interval_s: int
    count: int = 0
    exhausted: bool = False


Settle = Callable[[list[Draft], Mapping[RemoteSite, Draft], Place | None], list[Draft]]
"""Takes all drafts, the last one of each remote site and the last record; gives back what stays."""


def places_of(seen: Iterable[Seen]) -> list[Place]:
    """All places of some messages, in the order of the messages."""
    return [place for one in seen for place in one.places]


class Assembler:
    """Takes the read records of one source in order and keeps the negotiations they tell of."""

    def __init__(self, settle: Settle | None = None) -> None:
        """Of no record yet; `settle` is given the drafts when there are very many."""
        self.drafts: list[Draft] = []
        """In the order in which they began."""
        self._settle = settle
        self._settle_at = SETTLED_FROM
        self.end: Place | None = None
        """The last record with a time, of whatever trace class."""
        self._open: dict[RemoteSite, Draft] = {}
        self._begun = 0
        self._waiting = {bit: _Waiting() for bit in _BITS}
        self._site_of: dict[Address, RemoteSite] = {}
        self._context: RemoteSite | None = None
        self._orphans: list[tuple[Place, Reading]] = []

    def pass_by(self, place: Place) -> None:
        """A record that belongs to no negotiation still tells that time went on."""
        if place.time is not None:
            self.end = place

    def take(self, record: Record, reading: Reading) -> None:
        """Give one record to the negotiation it belongs to."""
        self.pass_by(record.place)
        event = reading.event
        site, inferred = self._site(event)
        if type(event) in _PERHAPS_BESIDE and _is_beside(event):
            draft = self._open.get(site) if site is not None else None
            if draft is None or draft.is_over:
                return  # says nothing about anybody, or about no try of theirs
        if site is None:
            self._orphans.append((record.place, reading))
            if len(self._orphans) > _DISTINCT_LIMIT:
                self._adopt(RemoteSite(""))
            return
        if self._orphans:
            if isinstance(event, Connecting):
                self._adopt(RemoteSite(""))
            else:
                self._adopt(site)
        self._add(site, record.place, reading, inferred=inferred)

    def finish(self) -> list[Draft]:
        """All negotiations; messages that never got a name are a site without one."""
        if self._orphans:
            self._adopt(RemoteSite(""))
        return self.drafts

    def _adopt(self, site: RemoteSite) -> None:
        orphans, self._orphans = self._orphans, []
        for place, reading in orphans:
            self._add(site, place, reading, inferred=False)

    # Which remote site ------------------------------------------------------------------

    def _site(self, event: Event) -> tuple[RemoteSite | None, bool]:
        """The site an event belongs to, and whether that had to be inferred among several."""
        site = event.remote_site
        if site is not None:
            if event.gateway is not None:
                self._site_of[event.gateway] = site
            self._context = site
            return site, False
        addresses = [event.gateway]
        if type(event) is IkeSaEstablished:
            addresses += [_address(event.initiator_id), _address(event.responder_id)]
        for address in addresses:
            if address is not None and address in self._site_of:
                self._context = self._site_of[address]
                return self._context, False
        waiting = self._waiting[_NAMELESS.get(type(event), _OTHER)]
        if not waiting:
            return self._context, False
        if self._context in waiting:
            return self._context, len(waiting) > 1
        return waiting.latest(), len(waiting) > 1

    # Which negotiation of it ------------------------------------------------------------

    def _add(self, site: RemoteSite, place: Place, reading: Reading, *, inferred: bool) -> None:
        event = reading.event
        draft = self._open.get(site)
        kind = type(event)
        if draft is None or (
            (draft.ended is not None or kind is Connecting) and _begins_anew(draft, event, place)
        ):
            if draft is not None and not draft.is_over:
                draft.superseded = place
            if draft is not None:
                self._wait(draft, 0)
            draft = Draft(site, place, place, started=type(event) in STARTS, number=self._begun)
            self._begun += 1
            self.drafts.append(draft)
            self._open[site] = draft
            if self._settle is not None and len(self.drafts) >= self._settle_at:
                self.drafts = self._settle(self.drafts, self._open, self.end)
                # Of sites that are all under way nothing can be settled; asking costs.
                self._settle_at = max(SETTLED_FROM, 2 * len(self.drafts))
        _notice_jump(draft, place)
        draft.last = place
        draft.inferred_places += inferred
        seen = draft.remember(reading.pattern, event)
        seen.add(place)
        draft.told |= _AFTER.get(kind, 0)
        _learn(draft, event, seen, place)
        waits_for = _waits_for(draft)
        if waits_for != draft.waits_for:
            self._wait(draft, waits_for)

    def _wait(self, draft: Draft, waits_for: int) -> None:
        for bit, waiting in self._waiting.items():
            if (draft.waits_for ^ waits_for) & bit:
                (waiting.add if waits_for & bit else waiting.drop)(draft)
        draft.waits_for = waits_for


class _Waiting:
    """The negotiations that may have a certain message without a name next."""

    def __init__(self) -> None:
        self._numbers: dict[RemoteSite, int] = {}
        self._heap: list[tuple[int, RemoteSite]] = []
        """The latest begun first; what was dropped is found out when it comes to the top."""

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, site: RemoteSite | None) -> bool:
        return site in self._numbers

    def add(self, draft: Draft) -> None:
        """A negotiation that is not there."""
        self._numbers[draft.remote_site] = draft.number
        heappush(self._heap, (-draft.number, draft.remote_site))

    def drop(self, draft: Draft) -> None:
        """A negotiation that is there."""
        del self._numbers[draft.remote_site]
        if not self._numbers:
            self._heap.clear()

    def latest(self) -> RemoteSite:
        """The remote site of the one that began last; there must be one."""
        number, site = self._heap[0]
        while self._numbers.get(site) != -number:
            heappop(self._heap)
            number, site = self._heap[0]
        return site


def _notice_jump(draft: Draft, place: Place) -> None:
    """A negotiation takes seconds; a longer silence in it means that records are missing."""
    before, now = draft.last.time, place.time
    if before is now or before is None or now is None or now.at - before.at <= _LONGEST_STEP:
        return
    if not (draft.is_over or draft.was_up or len(draft.jumps) >= _PLACES_FIRST):
        draft.jumps.append((draft.last, place))


def _address(identity: str | None) -> Address | None:
    return Address(identity) if identity is not None else None


def _waits_for(draft: Draft) -> int:
    """Which messages that name nobody may be the next one of this negotiation."""
    if draft.ended is not None:
        return 0
    waits_for = draft.told
    if draft.connected_at is not None:
        waits_for &= ~_OTHER
    if draft.stage in _PHASE_1_STAGES:
        waits_for |= _PHASE_1
    return waits_for


def _begins_anew(draft: Draft, event: Event, place: Place) -> bool:
    """Whether an event is the first of another negotiation of the same remote site."""
    kind = type(event)
    if kind is Connecting:
        return draft.started or draft.is_over or draft.was_up
    if not draft.is_over:
        return False
    if kind is Disconnecting:
        return draft.disconnect_seen
    if kind is NoResponse:
        return any(draft.messages(NoResponse)) or not _at_once(draft.ended, place)
    if kind is ErrorReported:
        # Newer firmware tells one error in several ways, the same way twice for two errors.
        told = any(one.event == event for one in draft.messages(ErrorReported))
        return told or not _at_once(draft.ended, place)
    return _is_start(event) if kind is IkeMessage else kind not in _LATER


def _is_beside(event: Event) -> bool:
    """Begins no negotiation and tells nothing of one that is over."""
    return not isinstance(event, WanState) or event.state.lower() != "wancall"


def _at_once(earlier: Place | None, later: Place) -> bool:
    if earlier is None or earlier.time is None or later.time is None:
        return True
    return later.time.seconds_since(earlier.time) <= _SAME_FAULT_S


def _learn(draft: Draft, event: Event, seen: Seen, place: Place) -> None:
    """What one message tells about its negotiation."""
    kind = type(event)
    if kind in _PERHAPS_STRANGE and _is_strange(draft, event):
        return
    if not draft.started and kind in _PERHAPS_START:
        draft.started = _starts(draft, event)
    stage = stage_proven(event)
    if stage is not None and draft.stage is not stage:
        draft.reach(stage)
    if event.gateway is not None:
        draft.gateway = event.gateway
    if kind in _HEARD_IKE:
        _hear(draft.heard_ike, seen)
    learn = _LEARNS.get(kind)
    if learn is not None:
        learn(draft, event, seen, place)


def _learn_start(draft: Draft, _event: Event, _seen: Seen, _place: Place) -> None:
    draft.role = draft.role or Role.INITIATOR


def _learn_role(
    draft: Draft, event: IkeSaEstablished | ChildSaEstablished, _seen: Seen, _place: Place
) -> None:
    draft.role = draft.role or event.role


def _learn_message(draft: Draft, event: IkeMessage, seen: Seen, _place: Place) -> None:
    draft.role = draft.role or event.role or _role_of(event)
    if event.direction == "received":
        _hear(draft.heard_ike, seen)


def _learn_authentication(draft: Draft, _event: Event, seen: Seen, _place: Place) -> None:
    _hear(draft.heard_dynamic_vpn, seen)


def _learn_connected(draft: Draft, event: Connected, _seen: Seen, place: Place) -> None:
    draft.connected_at = draft.connected_at or place
    draft.poll_timer_s = event.poll_timer_s
    draft.was_up = True


def _learn_silence(draft: Draft, _event: Event, seen: Seen, place: Place) -> None:
    _fault(draft, "no-response", seen, place)


def _learn_error(draft: Draft, event: ErrorReported, seen: Seen, place: Place) -> None:
    _learn_code(draft, event.code, seen, place)


def _is_start(event: Event) -> bool:
    if isinstance(event, IkeMessage):
        return event.exchange == "IKE_SA_INIT" and event.message == "request"
    return type(event) in STARTS


def _starts(draft: Draft, event: Event) -> bool:
    """Newer firmware tells of the call before the message with which others begin."""
    kinds = (*_CALL, type(event))
    return _is_start(event) and all(type(one.event) in kinds for one in draft.seen.values())


def stage_proven(event: Event) -> Stage | None:
    """The stage that a message proves; None if it proves none by itself."""
    kind = type(event)
    if kind in STAGE_OF:
        return STAGE_OF[kind]
    if isinstance(event, (ProposalRefused, ProposalMatched)):
        return Stage.IKE_SA if event.phase == "1" else Stage.CHILD_SA
    if isinstance(event, (IkeMessage, SaEntered)):
        return _STAGE_OF_IKEV2.get(event.exchange if isinstance(event, IkeMessage) else event.sa)
    return None


def _is_strange(draft: Draft, event: Event) -> bool:
    """A stranger's IKE message, given to this negotiation for want of a better one."""
    return (
        event.remote_site is None
        and draft.gateway is not None
        and event.gateway not in (None, draft.gateway)
    )


def _role_of(event: IkeMessage) -> Role | None:
    """Only of the first exchange it is sure who asks: the initiator (RFC 7296, section 1.2)."""
    if event.exchange != "IKE_SA_INIT":
        return None
    sent_request = (event.direction == "sent") == (event.message == "request")
    return Role.INITIATOR if sent_request else Role.RESPONDER


def _hear(heard: list[Seen], seen: Seen) -> None:
    """The first few distinct messages prove it as well as all of them."""
    if seen.count == 1 and len(heard) < _DISTINCT_OF_PATTERN:
        heard.append(seen)


def _learn_poll(draft: Draft, event: PollTimeout, seen: Seen, place: Place) -> None:
    draft.was_up = True
    run = draft.polls[-1] if draft.polls else None
    if run is None or run.exhausted or is_over(run, place):
        run = PollRun([], place, place, event.poll_interval_s or 1)
        draft.polls.append(run)
        # Of very many recovered runs the first and the last tell all.
        if len(draft.polls) > _DISTINCT_LIMIT:
            del draft.polls[1]
    known = any(one is seen for one in run.seen)
    if not known and (len(run.seen) < _DISTINCT_OF_PATTERN or event.retries_left == 0):
        run.seen.append(seen)
    run.last = place
    run.count += 1
    run.interval_s = event.poll_interval_s or run.interval_s
    if event.retries_left == 0:
        run.exhausted = True
        for one in run.seen:
            _fault(draft, "polling", one, place)


def _learn_disconnect(draft: Draft, _event: Event, _seen: Seen, place: Place) -> None:
    draft.disconnect_seen = True
    run = draft.polls[-1] if draft.polls else None
    if run is not None and not draft.is_over and not is_over(run, place):
        # The record that gives up was not copied; nobody disconnects by hand in this very second.
        for one in run.seen:
            _fault(draft, "polling", one, place)
    draft.ended = draft.ended or place


def is_over(run: PollRun, later: Place) -> bool:
    """Whether the next miss of a run would have been reported before `later`."""
    if run.last.time is None or later.time is None:
        return False
    # The device asks again each interval; one more for the answer's time, and a little slack.
    return later.time.seconds_since(run.last.time) > 2 * run.interval_s + 3


def _learn_code(draft: Draft, code: ErrorCode, seen: Seen, place: Place) -> None:
    if code in _STATES:
        return
    if code not in draft.codes:
        draft.codes.append(code)
    if is_disconnect_reason(code) and code not in ENDS_IN_A_FAULT:
        draft.normal_end = draft.normal_end or code
        draft.ended = draft.ended or place
        return
    _fault(draft, code, seen, place)
    if draft.role is None:
        side = side_of(code)
        if side in ("initiator", "responder"):
            draft.role = Role(side)


def _fault(draft: Draft, fault: ErrorCode | str, seen: Seen, place: Place) -> None:
    """Only the first fault counts; a code that follows it at once names it."""
    if draft.fault is None:
        draft.fault = fault
    elif fault in _NAMED_BY.get(draft.fault, ()):
        draft.fault = fault
        draft.ended = place
    elif draft.fault != fault:
        return
    if not any(one is seen for one in draft.fault_seen):
        draft.fault_seen.append(seen)
    draft.ended = draft.ended or place


_LEARNS: dict[type[Event], Callable[[Draft, Any, Seen, Place], None]] = {
    Connecting: _learn_start,
    IkeStarted: _learn_start,
    IkeSaEstablished: _learn_role,
    ChildSaEstablished: _learn_role,
    IkeMessage: _learn_message,
    AuthPacketReceived: _learn_authentication,
    Connected: _learn_connected,
    PollTimeout: _learn_poll,
    NoResponse: _learn_silence,
    ErrorReported: _learn_error,
    Disconnecting: _learn_disconnect,
}
"""What a message tells beside stage, gateway and that the peer was heard."""
