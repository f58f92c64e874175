"""Every event type by its kind, and which of them come from where."""

from __future__ import annotations

from assistant.model.beside import PeerFailure, PeerTrace, SettingFound, SettingsCompared
from assistant.model.derived import (
    EarlierNegotiation,
    Failure,
    FirstMiss,
    LineError,
    NextNegotiation,
    OtherSites,
    PeerHeard,
    PolledAddress,
    PolledNetwork,
    PollPackets,
    PollSeries,
    ProposalsCompared,
    RuleNetworks,
    TimedOut,
    TimeJump,
    TraceCoverage,
)
from assistant.model.event import Event
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
    Noted,
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
from assistant.model.newer_message import (
    CounterpartIdentified,
    DeleteReceived,
    DpdMessage,
    GatewayResolved,
    IdentityCompared,
    IkeLogged,
    IkeMessage,
    MessageDropped,
    NotifyReceived,
    RemoteSiteMapped,
    SaEntered,
    SaRemoved,
    WanState,
)
from assistant.model.packet import (
    Frame,
    PacketFiltered,
    PacketHost,
    PacketIcmp,
    PacketRouted,
    PppError,
    PppState,
)

MESSAGE_EVENTS: tuple[type[Event], ...] = (
    Connecting,
    DynamicVpnStarted,
    AuthPacketCreated,
    AuthPacketReceived,
    RulesetInstalling,
    RulesetInstalled,
    RulesetsInstalled,
    IkeStarted,
    IkeNegotiationStarted,
    PeerIdentified,
    ProposalRefused,
    ProposalMatched,
    IkeSaEstablished,
    IkeSaAlgorithms,
    IkeSaLifetime,
    ChildSaEstablished,
    TrafficRule,
    ChildSaAlgorithms,
    ChildSaLifetime,
    TunnelEndpoints,
    Connected,
    NoResponse,
    PollTimeout,
    ErrorReported,
    Disconnecting,
    Noted,
    WanState,
    RemoteSiteMapped,
    GatewayResolved,
    NotifyReceived,
    MessageDropped,
    DpdMessage,
    DeleteReceived,
    SaRemoved,
    IkeLogged,
    IkeMessage,
    SaEntered,
    CounterpartIdentified,
    IdentityCompared,
    PacketRouted,
    PacketHost,
    PacketIcmp,
    Frame,
    PacketFiltered,
    PppState,
    PppError,
)
"""Event types a message pattern may yield."""

ASIDE_EVENTS: tuple[type[Event], ...] = (
    DpdMessage,
    DeleteReceived,
    SaRemoved,
    IkeLogged,
)
"""Those that come beside and after a negotiation too: none of them begins one."""

OTHER_TRACE_EVENTS: tuple[type[Event], ...] = (
    PacketRouted,
    PacketHost,
    PacketIcmp,
    Frame,
    PacketFiltered,
    PppState,
    PppError,
)
"""Those of other traces of the case: they belong to no negotiation."""

DERIVED_EVENTS: tuple[type[Event], ...] = (
    Failure,
    TimedOut,
    PeerHeard,
    ProposalsCompared,
    PollSeries,
    PolledAddress,
    PolledNetwork,
    PollPackets,
    LineError,
    FirstMiss,
    NextNegotiation,
    EarlierNegotiation,
    RuleNetworks,
    OtherSites,
    TimeJump,
    TraceCoverage,
)
"""Event types that only `assistant.trace.derived` makes."""

BESIDE_EVENTS: tuple[type[Event], ...] = (
    SettingFound,
    SettingsCompared,
    PeerTrace,
    PeerFailure,
)
"""What the rest of the case says of a negotiation: configurations, the other side's trace."""

EVENT_TYPES: dict[str, type[Event]] = {
    event.kind: event for event in MESSAGE_EVENTS + DERIVED_EVENTS + BESIDE_EVENTS
}
"""Every event type by its kind."""
