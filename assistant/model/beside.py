"""What the rest of the case says of a negotiation, as events: configurations, the peer's trace."""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import Event, Word
from assistant.model.finding import FindingKind, Match, Subject
from assistant.model.setting import Grounds, Ike
from assistant.model.source import Side


class SettingFound(Event, frozen=True, kw_only=True):
    """What the configuration of one router says of the remote site, or of the router itself."""

    kind: ClassVar[str] = "setting-found"
    found: FindingKind
    router: Side
    """Whose configuration it is."""
    ike: Ike | None = None
    """Generation of the entry; None if it is about the router itself."""
    grounds: Grounds
    """How far the script shows that something is missing; `stated` for what is there."""


class SettingsCompared(Event, frozen=True, kw_only=True):
    """What both configurations say of one thing that both sides must agree on."""

    kind: ClassVar[str] = "settings-compared"
    subject: Subject
    match: Match


class PeerTrace(Event, frozen=True, kw_only=True):
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


class PeerFailure(Event, frozen=True, kw_only=True):
    """The fault that the other side's trace reports of this negotiation."""

    kind: ClassVar[str] = "peer-failure"
    failure: Word
    """As `failure` of the codes; the same word for both sides' codes."""
    layer: Literal["interface", "ike", "ipsec"]


class PeerSawAddress(Event, frozen=True, kw_only=True):
    """From which address the other side's trace shows our packets coming."""

    kind: ClassVar[str] = "peer-saw-address"
    address: Literal["own", "translated"]
    """`translated`: another one than we sent from; a device on the way changed it."""


class MessageLost(Event, frozen=True, kw_only=True):
    """An IKE message that one side sent and that did not reach the other, by both traces."""

    kind: ClassVar[str] = "message-lost"
    sender: Literal["caller", "called"]
    port: Literal["500", "4500", "other"]
    """UDP port that it went to, as far as a trace shows it; else `other`."""
    size: Literal["small", "large"]
    """`large`: more than the 1280 bytes that every path carries in one packet."""
