"""What each line of charon's log tells about its negotiation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from msgspec import Struct

from assistant.model.derived import Failure
from assistant.model.event import Address, Constant, Event, Role
from assistant.model.ike_event import (
    CertificateRefused,
    GaveUp,
    GroupRefused,
    IkePacket,
    IkeSaAbandoned,
    IkeSaRekeyed,
    MessageUnreadable,
    NoIkeConfig,
    PeerConfigSought,
    ProposalsConfigured,
    ProposalsReceived,
    ProposalsRefused,
    Reauthenticating,
    RequestUnanswered,
    Retransmission,
)
from assistant.model.message import (
    ChildSaEstablished,
    Connected,
    IkeNegotiationStarted,
    IkeSaEstablished,
    NoResponse,
    PeerIdentified,
)
from assistant.model.negotiation import Stage
from assistant.model.newer_message import (
    CounterpartIdentified,
    DeleteReceived,
    GatewayResolved,
    IkeMessage,
    NotifyReceived,
    SaRemoved,
)
from assistant.model.source import Place
from assistant.trace.charon.attempt import Attempt, Attempts
from assistant.trace.charon.certificate import out_of_date
from assistant.trace.charon.fault import failure, failure_of
from assistant.trace.charon.proposals import compare
from assistant.trace.negotiation import Draft, Seen

OPENING = ("IKE_SA_INIT", "ID_PROT", "AGGRESSIVE")
"""Exchanges with which a negotiation begins."""
FOR_CHILD = ("QUICK_MODE", "CREATE_CHILD_SA")
"""Exchanges that negotiate a CHILD_SA, or renew the keys of an SA."""
SILENT = ("no-response", "dpd-timeout")
"""Faults after which the next success belongs to another negotiation."""

STAGE_OF_EXCHANGE = {
    "IKE_SA_INIT": Stage.IKE_SA,
    "IKE_AUTH": Stage.IKE_SA,
    "ID_PROT": Stage.IKE_SA,
    "AGGRESSIVE": Stage.IKE_SA,
    "TRANSACTION": Stage.IKE_SA,
    "QUICK_MODE": Stage.CHILD_SA,
    "CREATE_CHILD_SA": Stage.CHILD_SA,
}
"""The stage that a packet of an exchange belongs to (RFC 2408, RFC 7296)."""
_LARGE_BYTES = 1280
"""What every IPv6 path carries in one packet (RFC 8200), and nearly every IPv4 path."""
_REJECTIONS = ("AUTHENTICATION_FAILED", "INVALID_SYNTAX")
_REJECTED_S = 5.0
"""The initiator checks the responder's proof at once."""
_HEARD = 24


class Told(Struct, frozen=True):
    """One line, read and given to its negotiation."""

    attempts: Attempts
    attempt: Attempt
    seen: Seen
    place: Place

    @property
    def draft(self) -> Draft:
        """The negotiation."""
        return self.attempt.draft

    def hear(self) -> None:
        """Only the peer's IKE can be behind this; the first few lines prove it as well as all."""
        heard = self.attempt.draft.heard_ike
        if self.seen.count == 1 and len(heard) < _HEARD:
            heard.append(self.seen)

    def fail(self, found: Failure | None) -> None:
        """Only the first fault counts; None is that no answer came."""
        draft = self.attempt.draft
        word = found.failure if found is not None else "no-response"
        if draft.fault is None:
            if self.attempt.is_over:
                return  # after the end nothing is a fault
            draft.fault, draft.failure = word, found
            draft.ended = self.place
            self.attempts.finished(self.attempt)
        elif draft.fault != word:
            return
        if not any(one is self.seen for one in draft.fault_seen):
            draft.fault_seen.append(self.seen)

    def end(self) -> None:
        """It ended, and not by a fault."""
        draft = self.attempt.draft
        if draft.ended is None:
            draft.ended = self.place
            draft.disconnect_seen = True
            self.attempts.finished(self.attempt)


def learn(told: Told, event: Event) -> None:
    """Take down what a line tells, and the fault it means."""
    tell = _LEARN.get(type(event))
    if tell is not None:
        tell(told, event)
    found = failure_of(told.attempt, event)
    if found is not None:
        told.fail(found)
        if isinstance(event, ProposalsRefused):
            told.draft.found += _lists(told, event)


def begins_anew(attempt: Attempt, event: Event) -> bool:
    """Whether a line after the end of a negotiation is the first of another one."""
    draft = attempt.draft
    if isinstance(event, IkeNegotiationStarted):
        return not attempt.renewing
    if isinstance(event, ChildSaEstablished):
        return draft.fault in SILENT
    # The IKE_SA outlives the refusal of a CHILD_SA, and another one is asked for.
    return (
        draft.fault is not None
        and not draft.was_up
        and bool(attempt.live)
        and isinstance(event, IkeMessage)
        and event.exchange in FOR_CHILD
        and event.message == "request"
        and event.message_id != attempt.child_id
        and _asks_for_child(event)
    )


def _asks_for_child(event: IkeMessage) -> bool:
    payloads = (event.payloads or "").split()
    return "SA" in payloads and (event.exchange == "QUICK_MODE" or "TSi" in payloads)


# The beginning --------------------------------------------------------------------------


def _begun(told: Told, event: IkeNegotiationStarted) -> None:
    draft, attempt = told.draft, told.attempt
    draft.started = True
    draft.role = draft.role or event.role
    draft.reach(Stage.IKE_SA)
    if event.gateway is not None:
        told.attempts.meets(attempt, event.gateway)
    if event.ike_sa is not None:
        told.attempts.count(attempt, event.ike_sa)
    if event.role is Role.RESPONDER:
        told.hear()


def _packet(told: Told, event: IkePacket) -> None:
    attempt = told.attempt
    attempt.own = event.own_address
    if event.gateway is not None:
        told.attempts.meets(attempt, event.gateway)
    if event.direction == "received":
        attempt.heard = True
        told.hear()
    else:
        attempt.packet = event


def _message(told: Told, event: IkeMessage) -> None:
    draft, attempt = told.draft, told.attempt
    draft.reach(STAGE_OF_EXCHANGE.get(event.exchange))
    is_request = event.message == "request"
    if event.exchange in OPENING:
        sent_request = (event.direction == "sent") == is_request
        draft.role = draft.role or (Role.INITIATOR if sent_request else Role.RESPONDER)
        draft.started = draft.started or (is_request and (event.payloads or "").startswith("SA "))
    if event.exchange in FOR_CHILD and is_request:
        attempt.child_id = event.message_id
    attempt.latest = event
    if event.direction == "received":
        attempt.retransmits = 0
        told.hear()
        if event.notify in _REJECTIONS and _is_rejected(told):
            _take_back(attempt)
            told.fail(failure(attempt, "notify-authentication-failed", "ike"))
    elif is_request:
        attempt.request = event
        attempt.retransmits = 0


def _is_rejected(told: Told) -> bool:
    """IKEv2: the responder's tunnel stands before the initiator has seen its proof."""
    draft = told.draft
    if draft.role is not Role.RESPONDER or not draft.was_up or draft.connected_at is None:
        return False
    up, now = draft.connected_at.time, told.place.time
    return up is None or now is None or now.seconds_since(up) <= _REJECTED_S


def _take_back(attempt: Attempt) -> None:
    """For the initiator the tunnel never came up."""
    draft = attempt.draft
    draft.was_up, draft.connected_at, draft.stage = False, None, Stage.IKE_SA
    draft.found = [one for one in draft.found if not isinstance(one[0], Connected)]
    attempt.live.clear()


def _heard(told: Told, event: Event) -> None:
    del event
    told.hear()


def _group_refused(told: Told, event: GroupRefused) -> None:
    told.hear()
    if event.by == "us":
        told.attempts.ask_again(told.attempt)


def _received(told: Told, event: ProposalsReceived) -> None:
    told.attempt.received = (event, told.seen)


def _configured(told: Told, event: ProposalsConfigured) -> None:
    told.attempt.configured = (event, told.seen)


def _lists(told: Told, event: ProposalsRefused) -> Iterator[tuple[Event, int, list[Place]]]:
    found = compare(told.attempt, event.phase)
    if found is not None:
        lists = (told.attempt.received, told.attempt.configured)
        yield found, 1, [one[1].places[-1] for one in lists if one is not None]


# Who it is ------------------------------------------------------------------------------


def _stranger(told: Told, event: NoIkeConfig) -> None:
    attempt = told.attempt
    attempt.own = event.own_address
    attempt.draft.role = attempt.draft.role or Role.RESPONDER
    if event.gateway is not None:
        told.attempts.meets(attempt, event.gateway)
    told.hear()
    told.attempts.strange(attempt)


def _sought(told: Told, event: PeerConfigSought) -> None:
    attempt = told.attempt
    attempt.draft.role = attempt.draft.role or Role.RESPONDER
    attempt.own, attempt.peer_id = event.own_address, event.peer_id
    told.hear()


def _identified(told: Told, event: CounterpartIdentified) -> None:
    told.hear()
    if event.remote_site is not None and not told.draft.was_up:
        told.attempts.call(told.attempt, event.remote_site)


def _certificate(told: Told, event: CertificateRefused) -> None:
    found = out_of_date(event, told.place.time)
    if found is not None:
        told.draft.found.append((found, 1, [told.place]))


def _unreadable(told: Told, event: MessageUnreadable) -> None:
    told.hear()
    if event.reason == "decryption" and not told.attempt.live:
        told.attempt.unreadable = True


def _resolved(told: Told, event: GatewayResolved) -> None:
    """A name without an address: nothing left, and the name is all that is known of the peer."""
    draft = told.draft
    draft.started = True
    draft.role = draft.role or Role.INITIATOR
    draft.reach(Stage.CALLED)
    if draft.gateway is None and event.name is not None:
        draft.gateway = Address(event.name)


# No answer ------------------------------------------------------------------------------


def _repeated(told: Told, event: Retransmission) -> None:
    if event.message == "request":
        told.attempt.retransmits = event.number
        told.attempt.retransmitted = told.place


def _gave_up(told: Told, event: Event) -> None:
    """Two lines tell it: the last repetition, and that the peer does not respond."""
    del event
    draft, attempt = told.draft, told.attempt
    if draft.fault in SILENT:
        told.fail(draft.failure)
        return
    if attempt.is_over:
        return
    exchange = attempt.request.exchange if attempt.request is not None else None
    if draft.was_up and exchange not in FOR_CHILD:
        told.fail(failure(attempt, "dpd-timeout", "ike"))
        return
    if not draft.was_up:
        draft.found.append((_unanswered(attempt), 1, [attempt.retransmitted or told.place]))
    told.fail(None)


def _unanswered(attempt: Attempt) -> RequestUnanswered:
    packet = attempt.packet
    port: Literal["500", "4500", "other"] = "other"
    if packet is not None and packet.port in (500, 4500):
        port = "500" if packet.port == 500 else "4500"  # noqa: PLR2004 - the ports of IKE
    is_large = packet is not None and packet.size_bytes > _LARGE_BYTES
    return RequestUnanswered(
        exchange=Constant(attempt.request.exchange) if attempt.request else None,
        port=port,
        size="large" if is_large else "small",
        before="answers" if attempt.heard else "silence",
    )


def _abandoned(told: Told, event: IkeSaAbandoned) -> None:
    if event.why == "half-open":
        told.fail(None)


# Up and down ----------------------------------------------------------------------------


def _ike_up(told: Told, event: IkeSaEstablished) -> None:
    attempts, attempt, draft = told.attempts, told.attempt, told.draft
    number = event.ike_sa if event.ike_sa is not None else attempt.number
    told.hear()
    draft.reach(Stage.CHILD_SA)
    attempt.own, attempt.peer_id = event.own_address or attempt.own, event.peer_id
    attempt.renewing = False
    if event.gateway is not None:
        attempts.meets(attempt, event.gateway)
    if event.remote_site is not None:
        attempts.call(attempt, event.remote_site)
    before = attempts.up(draft.remote_site, draft.gateway)
    if before is not None and before is not attempt and before.peer_id == event.peer_id:
        attempts.merge(attempt, before)
        attempt = before
    attempt.live.add(number)


def _child_up(told: Told, event: ChildSaEstablished) -> None:
    attempt, draft = told.attempt, told.draft
    told.hear()
    attempt.children.add(event.child_sa)
    # A refusal that a success follows was none, and a pause is no end.
    draft.fault = draft.failure = draft.ended = None
    draft.fault_seen = []
    draft.disconnect_seen = False
    draft.reach(Stage.CONNECTED)
    if not draft.was_up:
        draft.was_up = True
        draft.connected_at = told.place
        draft.found.append((Connected(), 1, [told.place]))
    told.attempts.came_up(attempt)


def _rekeyed(told: Told, event: IkeSaRekeyed) -> None:
    told.attempts.count(told.attempt, event.ike_sa)
    told.attempt.live.add(event.ike_sa)


def _renewing(told: Told, event: Reauthenticating) -> None:
    del event
    told.attempt.renewing = True


def _removed(told: Told, event: SaRemoved) -> None:
    attempt, draft = told.attempt, told.draft
    if event.phase == "2":
        attempt.children.discard(event.child_sa)
        if draft.was_up and not attempt.children and not attempt.renewing:
            told.end()
        return
    attempt.live.discard(_number(attempt, event))
    # What the daemon cuts off when it ends has come to nothing yet.
    is_cut_off = told.attempts.stopping and not draft.was_up
    if not attempt.live and not attempt.renewing and not is_cut_off:
        told.end()


def _number(attempt: Attempt, event: SaRemoved | DeleteReceived) -> int | None:
    """Of the IKE_SA that goes; `IKE_SA deleted` is the one whose end the lines before told."""
    if event.ike_sa is not None:
        attempt.going = event.ike_sa
    return attempt.going if attempt.going is not None else attempt.number


def _told_to_end(told: Told, event: DeleteReceived) -> None:
    attempt = told.attempt
    told.hear()
    if event.phase == "2" or attempt.is_over:
        return
    attempt.live.discard(_number(attempt, event))
    if not attempt.draft.was_up:
        told.fail(failure(attempt, "deleted-by-peer", "ike"))
    elif not attempt.live:
        told.end()


_LEARN: dict[type[Event], Callable[[Told, Any], None]] = {
    IkeNegotiationStarted: _begun,
    IkePacket: _packet,
    IkeMessage: _message,
    PeerIdentified: _heard,
    GroupRefused: _group_refused,
    ProposalsReceived: _received,
    ProposalsConfigured: _configured,
    NoIkeConfig: _stranger,
    PeerConfigSought: _sought,
    CounterpartIdentified: _identified,
    CertificateRefused: _certificate,
    MessageUnreadable: _unreadable,
    GatewayResolved: _resolved,
    NotifyReceived: _heard,
    Retransmission: _repeated,
    GaveUp: _gave_up,
    NoResponse: _gave_up,
    IkeSaAbandoned: _abandoned,
    IkeSaEstablished: _ike_up,
    ChildSaEstablished: _child_up,
    IkeSaRekeyed: _rekeyed,
    Reauthenticating: _renewing,
    SaRemoved: _removed,
    DeleteReceived: _told_to_end,
}
"""What each kind of line tells; the others are only kept."""
