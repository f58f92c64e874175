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
