"""What the rest of the case says of a negotiation, as events: configurations, the peer's trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from assistant.model.event import Event, Word
from assistant.model.finding import FindingKind, Match, Subject
from assistant.model.setting import Grounds, Ike
from assistant.model.source import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFound(Event):
    """What the configuration of one router says of the remote site, or of the router itself."""

    kind: ClassVar[str] = "setting-found"
    found: FindingKind
    router: Side
    """Whose configuration it is."""
    ike: Ike | None = None
    """Generation of the entry; None if it is about the router itself."""
    grounds: Grounds
    """How far the script shows that something is missing; `stated` for what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsCompared(Event):
    """What both configurations say of one thing that both sides must agree on."""

    kind: ClassVar[str] = "settings-compared"
    subject: Subject
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerTrace(Event):
    """What the other side's trace shows of this negotiation (`remote-trace-shows`)."""

    kind: ClassVar[str] = "peer-trace"
    shows: Literal[
        "nothing",
        "arrived",
        "unknown-peer",
        "proposal",
        "mode-or-version",
        "auth",
        "network",
        "answers-sent",
        "limit",
    ]
    """`nothing`: it was running and nothing of ours arrived; `arrived`: something did, and what
    became of it is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFailure(Event):
    """The fault that the other side's trace reports of this negotiation."""

    kind: ClassVar[str] = "peer-failure"
    failure: Word
    """As `failure` of the codes; the same word for both sides' codes."""
    layer: Literal["interface", "ike", "ipsec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSawAddress(Event):
    """From which address the other side's trace shows our packets coming."""

    kind: ClassVar[str] = "peer-saw-address"
    address: Literal["own", "translated"]
    """`translated`: another one than we sent from; a device on the way changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLost(Event):
    """An IKE message that one side sent and that did not reach the other, by both traces."""

    kind: ClassVar[str] = "message-lost"
    sender: Literal["caller", "called"]
    port: Literal["500", "4500", "other"]
    """UDP port that it went to, as far as a trace shows it; else `other`."""
    size: Literal["small", "large"]
    """`large`: more than the 1280 bytes that every path carries in one packet."""
