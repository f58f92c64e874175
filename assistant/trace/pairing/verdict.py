"""What became of one negotiation that both sides show: refused, answered in vain, or up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from assistant.catalog.error_code import side_of
from assistant.catalog.schema import ErrorEntry, PeerShows
from assistant.model.derived import Failure, ProposalsCompared
from assistant.model.event import ErrorCode, Event, Role
from assistant.model.ike_event import (
    AuthenticationUnsupported,
    CertificateRefused,
    ConstraintFailed,
    IkePacket,
    NoIkeConfig,
    PeerAuthenticated,
    ProposalsRefused,
    RetransmitReceived,
    SaNotInstalled,
    SharedKeyMismatched,
    SharedKeyMissing,
    TrafficSelectorsRefused,
)
from assistant.model.message import ProposalMatched
from assistant.model.negotiation import Negotiation, Occurrence, Stage
from assistant.model.newer_message import (
    CounterpartIdentified,
    IdentityCompared,
    IkeMessage,
    MessageDropped,
)
from assistant.model.pairing import LostMessage, PairVerdict
from assistant.model.source import Place, Side
from assistant.trace.pairing.common_event import repeats
from assistant.trace.pairing.sighting import Sighting, fault_place, found

_BY_NOTIFY: dict[str, PeerShows] = {
    "NO_PROPOSAL_CHOSEN": "proposal",
    "AUTHENTICATION_FAILED": "auth",
    "TS_UNACCEPTABLE": "network",
    "INVALID_MAJOR_VERSION": "mode-or-version",
    "INVALID_EXCHANGE_TYPE": "mode-or-version",
    "NO_ADDITIONAL_SAS": "limit",
}
"""What a responder means by a notification (RFC 2408, section 3.14.1; RFC 7296, section 3.10.1).
INVALID_KE_PAYLOAD is none: the initiator tries again with the group asked for."""
_BY_EVENT: dict[type[Event], PeerShows] = {
    NoIkeConfig: "unknown-peer",
    ProposalsRefused: "proposal",
    SharedKeyMissing: "auth",
    SharedKeyMismatched: "auth",
    ConstraintFailed: "auth",
    AuthenticationUnsupported: "auth",
    CertificateRefused: "auth",
    TrafficSelectorsRefused: "network",
}
"""What the log of an IKE daemon says in plain words."""
_NO_REFUSAL = frozenset({"connection-timeout", "dpd-timeout", "general-failure", "out-of-memory"})
"""Failures of the calling side that say nothing about the answers it got."""
_UNHEARD = frozenset({"connection-timeout", "dpd-timeout"})
_TOLD_BY_OTHER = ("notify-", "deleted-by-peer")
"""How failures begin that the other side told; those it decided itself have other words."""


class Judged(Struct, frozen=True, kw_only=True):
    """The verdict and what it rests on."""

    verdict: PairVerdict
    shows: PeerShows | None
    """What the called side shows; None if no more than that something arrived."""
    places: tuple[Place, ...]
    """Of `shows`, in the called side's trace; never empty."""
    reason: Place | None = None
    lost: LostMessage | None = None


class _Refusal(Struct, frozen=True, kw_only=True):
    shows: PeerShows | None
    places: tuple[Place, ...]


class PairJudge:
    """Judges negotiations that both sides show, with the meanings of the device's error codes."""

    def __init__(self, errors: Mapping[str, ErrorEntry]) -> None:
        """Takes the codes of the catalog."""
        self._errors = errors
        meanings: dict[str, set[PeerShows | None]] = defaultdict(set)
        for entry in errors.values():
            if entry.failure is not None and side_of(ErrorCode(entry.code)) == "responder":
                meanings[entry.failure].add(entry.shows)
        # A failure word whose codes mean different things means none of them.
        self._words = {word: shows.pop() for word, shows in meanings.items() if len(shows) == 1}

    def judge(
        self, caller: Sighting, called: Sighting, caller_side: Side, *, complete: bool
    ) -> Judged:
        """What both sides together say of one negotiation.

        Args:
            caller: As the calling side saw it.
            called: As the called side saw it.
            caller_side: Which side that is.
            complete: Both traces ran from the start of the call to its end, so that what one of
                them does not show did not come.
        """
        there = called.negotiation
        seen = (there.first,) if there.first == there.last else (there.first, there.last)
        if called.up or caller.up:
            verdict = PairVerdict.BOTH_UP
            if not (called.up and caller.up):
                verdict = PairVerdict.UP_THERE_ONLY if called.up else PairVerdict.UP_HERE_ONLY
            return Judged(verdict=verdict, shows="answers-sent", places=seen)
        refusal = self._refusal(there)
        if refusal is not None and refusal.shows != "answers-sent":
            return Judged(
                verdict=PairVerdict.REFUSED,
                shows=refusal.shows,
                places=refusal.places,
                reason=refusal.places[-1],
            )
        answers = _answers(called) or (refusal.places if refusal else ())
        failure = found(caller.negotiation, Failure)
        if failure is not None and _is_own_refusal(failure[0]):
            return Judged(
                verdict=PairVerdict.ANSWER_REFUSED,
                shows="answers-sent",
                places=answers or seen,
                reason=fault_place(caller.negotiation),
            )
        lost = _lost(caller, called, caller_side) if complete else None
        verdict = PairVerdict.UNCLEAR
        if answers and lost is not None and lost.sender is caller_side:
            verdict = PairVerdict.REQUEST_LOST
        elif answers and caller.heard in ("nothing", "dynamic-vpn"):
            verdict = PairVerdict.ANSWER_LOST
        shows: PeerShows | None = "answers-sent" if answers else None
        return Judged(verdict=verdict, shows=shows, places=answers or seen, lost=lost)

    def _refusal(self, called: Negotiation) -> _Refusal | None:
        """Why the called side refused, by its own words; the surest first."""
        failure = found(called, Failure)
        places = failure[1].places if failure else ()
        for code in called.error_codes if failure else ():
            entry = self._errors.get(code)
            if entry is not None and entry.shows is not None and side_of(code) == "responder":
                return _Refusal(shows=entry.shows, places=places)
        for shows, occurrence in _refusals(called):
            return _Refusal(shows=shows, places=occurrence.places)
        if failure is None:
            return None
        word = failure[0].failure
        by_word = self._words.get(word)
        refuses = (
            failure[0].layer in ("ike", "ipsec")
            and word not in _UNHEARD
            and not word.startswith(_TOLD_BY_OTHER)
        )
        return _Refusal(shows=by_word, places=places) if by_word or refuses else None


# Refused ------------------------------------------------------------------------------------


def _refusals(called: Negotiation) -> Iterator[tuple[PeerShows | None, Occurrence]]:
    unknown = _unknown_peer(called)
    if unknown is not None:
        yield "unknown-peer", unknown
    last_identity: Occurrence | None = None
    for occurrence in called.messages:
        shows = _shown_by(occurrence.event)
        if shows is not None:
            yield shows, occurrence
        elif isinstance(occurrence.event, SaNotInstalled):
            yield None, occurrence  # its own system refused, whatever it then says to us
        elif isinstance(occurrence.event, IdentityCompared):
            # Several entries are tried in turn: only the last comparison counts.
            last_identity = occurrence if occurrence.event.result == "no" else None
    if last_identity is not None:
        yield "auth", last_identity
    for occurrence in called.derived:
        event = occurrence.event
        if isinstance(event, ProposalsCompared) and event.result == "refused":
            yield "proposal", occurrence


def _shown_by(event: Event) -> PeerShows | None:
    """What one message of the called side says of why it refuses."""
    if isinstance(event, IkeMessage):
        return _BY_NOTIFY.get(event.notify or "") if event.direction == "sent" else None
    if isinstance(event, MessageDropped):
        return _BY_NOTIFY.get(event.notify) if event.remote_site else "unknown-peer"
    if isinstance(event, PeerAuthenticated):
        return "auth" if event.result == "failed" else None
    return _BY_EVENT.get(type(event))


def _unknown_peer(called: Negotiation) -> Occurrence | None:
    """Where no entry was found, and not only because the identity had not come yet (IKEv2)."""
    unknown: Occurrence | None = None
    exchanges = set()
    for occurrence in called.messages:
        event = occurrence.event
        if isinstance(event, CounterpartIdentified):
            if event.known == "yes":
                return None
            unknown = occurrence
        elif isinstance(event, IkeMessage):
            exchanges.add(event.exchange)
    return None if exchanges == {"IKE_SA_INIT"} else unknown


# Answered -----------------------------------------------------------------------------------


def _answers(called: Sighting) -> tuple[Place, ...]:
    """Records that prove that the called side answered; empty if none does."""
    negotiation = called.negotiation
    for occurrence in negotiation.messages:
        event = occurrence.event
        if isinstance(event, IkeMessage):
            if event.direction == "sent" and event.message == "response":
                return occurrence.places
        elif isinstance(event, (ProposalMatched, RetransmitReceived)):
            # A responder that has chosen a proposal says so to the initiator (RFC 2409).
            return occurrence.places
    if called.timed_out and called.role is Role.RESPONDER:
        failure = found(negotiation, Failure)
        return failure[1].places if failure else (negotiation.first, negotiation.last)
    if negotiation.stage and negotiation.stage.rank >= Stage.CHILD_SA.rank:
        return negotiation.first, negotiation.last
    return ()


def _is_own_refusal(failure: Failure) -> bool:
    return (
        failure.side == "initiator"
        and failure.layer in ("ike", "ipsec")
        and failure.failure not in _NO_REFUSAL
        and not failure.failure.startswith(_TOLD_BY_OTHER)
    )


# Lost ---------------------------------------------------------------------------------------


def _lost(caller: Sighting, called: Sighting, caller_side: Side) -> LostMessage | None:
    """The first message that one side sent and the other, which shows some, does not."""
    called_side = Side.REMOTE if caller_side is Side.LOCAL else Side.LOCAL
    calling = list(_messages(caller.negotiation))
    answering = list(_messages(called.negotiation))
    if not (calling and answering):
        return None
    for sent, other, sender in (
        (calling, answering, caller_side),
        (answering, calling, called_side),
    ):
        arrived = {_identity(one) for one, _ in other if one.direction == "received"}
        for event, occurrence in sent:
            if event.direction == "sent" and _identity(event) not in arrived:
                side = caller if sender is caller_side else called
                again = [one for one in side.negotiation.messages if repeats(one, event)]
                place = occurrence.places[0]
                return LostMessage(
                    sender=sender,
                    exchange=event.exchange,
                    message=event.message,
                    times=occurrence.count + sum(one.count for one in again),
                    place=place,
                    port=event.port or _port(side.negotiation, place),
                )
    return None


def _port(negotiation: Negotiation, message: Place) -> int | None:
    """The port of the packet that left with a message, where the log has a line for each."""
    packets = (
        (place.first_line, occurrence.event.port)
        for occurrence in negotiation.messages
        if isinstance(occurrence.event, IkePacket) and occurrence.event.direction == "sent"
        for place in occurrence.places
        if place.first_line > message.first_line and place.time == message.time
    )
    return min(packets, default=(0, None))[1]


def _messages(negotiation: Negotiation) -> Iterator[tuple[IkeMessage, Occurrence]]:
    for occurrence in negotiation.messages:
        event = occurrence.event
        if isinstance(event, IkeMessage) and not event.exchange.startswith("INFORMATIONAL"):
            yield event, occurrence


def _identity(event: IkeMessage) -> tuple[object, ...]:
    # Main mode gives all its messages the ID 0: they differ by what they carry.
    payloads = event.payloads if event.exchange in ("ID_PROT", "AGGRESSIVE") else None
    return event.exchange, event.message, event.message_id, payloads
