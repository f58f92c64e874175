"""Reads the rungs of a ladder from the events of one negotiation: what went, came, and happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from assistant.model.diagnosis import Incident
from assistant.model.event import Event, Role
from assistant.model.ike_event import (
    DeleteSent,
    DpdTimedOut,
    GaveUp,
    IkePacket,
    MessageUnreadable,
    PeerAuthenticated,
    ProposalSelected,
    ProposalsRefused,
    Retransmission,
    TrafficSelectorsRefused,
)
from assistant.model.message import (
    AuthPacketCreated,
    AuthPacketReceived,
    ChildSaEstablished,
    Connected,
    Connecting,
    Disconnecting,
    ErrorReported,
    IkeNegotiationStarted,
    IkeSaEstablished,
    IkeStarted,
    NoResponse,
    PeerIdentified,
    PollTimeout,
    ProposalMatched,
    ProposalRefused,
)
from assistant.model.negotiation import Occurrence
from assistant.model.newer_message import DeleteReceived, IkeMessage, MessageDropped, NotifyReceived
from assistant.model.source import Moment, Side
from reports.escape import visible
from reports.labels import Labels

Kind = Literal["arrow", "event", "milestone", "stop", "note"]
State = Literal["done", "unanswered", "lost", "ghost", "bad"]

_MOST_EVENTS = 3000
"""Distinct events of one negotiation that are looked at."""
_MODES = {"MAIN": "Main Mode", "AGGRESSIVE": "Aggressive Mode"}
_EXCHANGES = {
    "ID_PROT": "Main Mode",
    "AGGRESSIVE": "Aggressive Mode",
    "QUICK_MODE": "Quick Mode",
    "INFORMATIONAL_V1": "Informational",
    "TRANSACTION": "Transaction",
}
"""Exchanges of IKEv1 by their names in RFC 2409; those of IKEv2 are called as RFC 7296 does."""
NUMBERED = frozenset({"ID_PROT", "AGGRESSIVE", "QUICK_MODE"})
"""Exchanges of more than one request and one response: their messages are counted."""
_NEAR = 6
_HARMLESS = frozenset({"INITIAL_CONTACT", "DELETE"})
_MILESTONES: Mapping[type[Event], str] = {
    IkeSaEstablished: "phase-1",
    ChildSaEstablished: "phase-2",
    Connected: "connected",
}
_HAPPENED: Mapping[type[Event], tuple[str, bool]] = {
    Connecting: ("connecting", False),
    MessageUnreadable: ("unreadable", True),
    TrafficSelectorsRefused: ("networks-refused", True),
    DpdTimedOut: ("dpd", True),
    GaveUp: ("gave-up", True),
    NoResponse: ("gave-up", True),
    Disconnecting: ("disconnecting", False),
}
"""What is told in words only, and whether it is part of a fault."""


class Rung(Struct, frozen=True, kw_only=True):
    """One line of the ladder."""

    kind: Kind
    side: Side = Side.LOCAL
    """Who sent it, or where it happened."""
    state: State = "done"
    label: str
    note: str = ""
    at: Moment | None = None
    exchange: str = ""
    """Of an IKE message; empty for anything else."""
    message: str = ""
    """`request` or `response`."""
    count: int = 1
    port: int | None = None


def exchange_name(exchange: str) -> str:
    """`ID_PROT` as `Main Mode`; those of IKEv2 as they are."""
    return _EXCHANGES.get(exchange, visible(exchange))


class Rungs:
    """The rungs of one incident's negotiation, in the order of its trace."""

    def __init__(self, incident: Incident, words: Labels) -> None:
        self.found: list[Rung] = []
        self.reached: set[str] = set()
        """What of a set-up was seen: `answer`, `phase-1`, `phase-2`, `connected`."""
        self.mode = ""
        self.role = incident.role
        self._words = words
        self._us = incident.side
        self._them = Side.REMOTE if incident.side is Side.LOCAL else Side.LOCAL
        self._numbers: dict[str, int] = {}
        self._packet: IkePacket | None = None
        self._refused = 0
        messages = incident.messages[:_MOST_EVENTS]
        self.by_messages = any(isinstance(one.event, IkeMessage) for one in messages)
        """Whether the trace shows single IKE messages."""
        for one in messages:
            self._read(one)
        self._tell_refused(None)

    @property
    def caller(self) -> Side:
        """Who started the negotiation, as far as it is known; else whose trace it is."""
        return self._them if self.role is Role.RESPONDER else self._us

    def _read(self, one: Occurrence) -> None:
        event, at = one.event, one.places[0].time
        if isinstance(event, ProposalRefused | ProposalsRefused):
            self._refused += one.count
        elif isinstance(event, ProposalMatched | ProposalSelected):
            self._refused = 0  # normal until none fits
            self._event("picture.ladder.proposal-fits", at, phase=event.phase)
        else:
            self._tell_refused(at)
            if not (
                self._exchanged(one, at)
                or (not self.by_messages and self._stage(event, at))
                or self._reached(event, at)
            ):
                self._other(event, at)

    def _exchanged(self, one: Occurrence, at: Moment | None) -> bool:
        """Messages, their packets and repetitions, and polls; whether it was one."""
        event = one.event
        match event:
            case IkeMessage():
                self._message(event, at)
            case IkePacket():
                self._packet_seen(event)
            case Retransmission():
                self._repeated()
            case PollTimeout():
                self._poll(event, one, at)
            case _:
                return False
        return True

    def _reached(self, event: Event, at: Moment | None) -> bool:
        """What the set-up came to; whether it was that."""
        name = _MILESTONES.get(type(event))
        if name is not None:
            self._milestone(name, at)
        return name is not None

    def _stage(self, event: Event, at: Moment | None) -> bool:
        """What stands for a message where the trace does not show them; whether it was one."""
        match event:
            case IkeStarted() | IkeNegotiationStarted():
                if isinstance(event, IkeNegotiationStarted):
                    self.mode = self.mode or _MODES.get(event.mode or "", "")
                    self.role = self.role or event.role
                self._start(at)
            case PeerIdentified() if "answer" not in self.reached and self.caller is self._us:
                self.reached.add("answer")
                product = visible(event.product) if event.product else ""
                self._arrow(self._them, self._words("picture.ladder.answer"), at, note=product)
            case AuthPacketCreated():
                self._arrow(self._us, self._words("picture.ladder.dynamic"), at)
            case AuthPacketReceived():
                self._arrow(self._them, self._words("picture.ladder.dynamic"), at)
            case _:
                return False
        return True

    def _start(self, at: Moment | None) -> None:
        """The first message of phase 1, once, however many lines tell of it."""
        label = self.mode or self._words("picture.ladder.phase-1")
        for number, one in enumerate(self.found):
            if one.exchange == "start":
                self.found[number] = replace(one, label=label)
                return
        self._arrow(self.caller, label, at, exchange="start")

    def _other(self, event: Event, at: Moment | None) -> None:
        """What happened at whoever wrote the trace."""
        told = _HAPPENED.get(type(event))
        match event:
            case NotifyReceived():
                # A message that carries it may stand before it: then it is told already.
                if not any(event.notify == one.note for one in self.found[-_NEAR:]):
                    self._notify(event.notify, at)
            case MessageDropped():
                self._event("picture.ladder.dropped", at, bad=True, notify=visible(event.notify))
            case PeerAuthenticated(result="failed"):
                self._event("picture.ladder.proof-refused", at, bad=True)
            case ErrorReported():
                self._event("picture.ladder.error", at, bad=True, code=visible(event.code))
                name = visible(event.name) if event.name else ""
                self.found[-1] = replace(self.found[-1], note=name)
            case DeleteReceived() | DeleteSent() if not self.by_messages:
                sender = self._us if isinstance(event, DeleteSent) else self._them
                self._arrow(sender, self._words("picture.ladder.delete"), at)
            case _ if told is not None:
                key, bad = told
                self._once(f"picture.ladder.{key}", at, bad=bad)
            case _:
                pass

    # Messages -------------------------------------------------------------------------------

    def _message(self, event: IkeMessage, at: Moment | None) -> None:
        sender = self._us if event.direction == "sent" else self._them
        if sender is self._them:
            self.reached.add("answer")
        notify = event.notify if event.notify and event.notify not in _HARMLESS else ""
        packet = self._packet if event.direction == "received" else None
        self._packet = None
        self.found.append(
            Rung(
                kind="arrow",
                side=sender,
                state="bad" if notify else "done",
                label=self.next_label(event.exchange, event.message),
                note=visible(notify or event.payloads or ""),
                at=at,
                exchange=event.exchange,
                message=event.message,
                port=event.port or (packet.port if packet else None),
            )
        )

    def next_label(self, exchange: str, message: str) -> str:
        """`Main Mode 3`, `IKE_AUTH request`: the name of one more message."""
        name = exchange_name(exchange)
        if exchange in NUMBERED:
            number = self._numbers.get(exchange, 0) + 1
            self._numbers[exchange] = number
            return f"{name} {number}"
        if exchange.startswith(("INFORMATIONAL", "TRANSACTION")):
            return name
        return f"{name} {self._words(f'ike-message.{message}')}"

    def seen(self, exchange: str) -> int:
        """Messages of an exchange that is counted."""
        return self._numbers.get(exchange, 0)

    def _packet_seen(self, event: IkePacket) -> None:
        if event.direction == "received":
            self._packet = event  # the message that it carries is told after it
            return
        last = self.found[-1] if self.found else None
        if last and last.exchange and last.side is self._us and last.port is None:
            self.found[-1] = replace(last, port=event.port)

    def _repeated(self) -> None:
        for number in range(len(self.found) - 1, -1, -1):
            one = self.found[number]
            if one.kind == "arrow" and one.side is self._us:
                told = self._words("picture.ladder.repeated", n=one.count)
                self.found[number] = replace(one, count=one.count + 1, note=told)
                return

    def _poll(self, event: PollTimeout, one: Occurrence, at: Moment | None) -> None:
        last = self.found[-1] if self.found else None
        target = visible(event.poll_target) if event.poll_target else ""
        if last is not None and last.exchange == "poll":
            told = self._words.counted("picture.timeline.missed", last.count + one.count)
            self.found[-1] = replace(last, count=last.count + one.count, note=told)
            return
        label = self._words("picture.ladder.poll", target=target).strip()
        self._arrow(self._us, label, at, exchange="poll", state="unanswered", count=one.count)
        told = self._words.counted("picture.timeline.missed", one.count)
        self.found[-1] = replace(self.found[-1], note=told)

    # Rungs ----------------------------------------------------------------------------------

    def _arrow(  # noqa: PLR0913 - an arrow has so many sides
        self,
        sender: Side,
        label: str,
        at: Moment | None,
        *,
        note: str = "",
        exchange: str = "",
        state: State = "done",
        count: int = 1,
    ) -> None:
        rung = Rung(
            kind="arrow",
            side=sender,
            state=state,
            label=label,
            note=note,
            at=at,
            exchange=exchange,
            count=count,
        )
        self.found.append(rung)

    def _event(self, key: str, at: Moment | None, *, bad: bool = False, **holes: str) -> None:
        label = self._words(key, **holes)
        state: State = "bad" if bad else "done"
        self.found.append(Rung(kind="event", side=self._us, state=state, label=label, at=at))

    def _once(self, key: str, at: Moment | None, *, bad: bool) -> None:
        """Two lines may say the same."""
        label = self._words(key)
        if not any(one.label == label for one in self.found[-_NEAR:]):
            self._event(key, at, bad=bad)

    def _notify(self, notify: str, at: Moment | None) -> None:
        self.reached.add("answer")
        state: State = "done" if notify in _HARMLESS else "bad"
        self._arrow(self._them, visible(notify), at, state=state)

    def _milestone(self, name: str, at: Moment | None) -> None:
        if name in self.reached:
            return  # renewed keys: the same once more
        self.reached |= {name, "answer"}
        label = self._words(f"picture.ladder.done.{name}")
        self.found.append(Rung(kind="milestone", label=label, at=at))

    def _tell_refused(self, at: Moment | None) -> None:
        if self._refused:
            label = self._words.counted("picture.ladder.refused", self._refused)
            last = self.found[-1].at if self.found else None
            self._refused = 0
            self.found.append(
                Rung(kind="event", side=self._us, state="bad", label=label, at=at or last)
            )
