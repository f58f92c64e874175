"""What newer firmware says besides, as events; remembered forms, no trace of them is published.

Some of them strongSwan's log says too.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import (
    Address,
    Constant,
    Direction,
    Event,
    Phase,
    Phrase,
    Role,
    Word,
    YesNo,
)


class WanState(Event, frozen=True, kw_only=True):
    """The connection to the remote site changes its state (LANCOM: WAN state)."""

    kind: ClassVar[str] = "wan-state"
    state: Word
    """`WanCall`, `WanSetup`, `WanProtocol`, `WanConnect`, `WanDisconnect`, as the device says."""
    caller: Word | None = None
    """Which part of the firmware asked for it, a number of its own."""


class RemoteSiteMapped(Event, frozen=True, kw_only=True):
    """The device looked up what it knows of the remote site it is about to call."""

    kind: ClassVar[str] = "remote-site-mapped"
    features: Phrase
    """`nego, dns-name, static-name`: what kind of entry it is."""


class GatewayResolved(Event, frozen=True, kw_only=True):
    """The device chose a gateway of the remote site and resolved its name (DNS)."""

    kind: ClassVar[str] = "gateway-resolved"
    strategy: Word | None = None
    name: Word | None = None
    """As configured: a DNS name, or the address itself (LANCOM: entferntes Gateway)."""
    address: Address | None = None
    """What the name stood for then; `0.0.0.0` if for nothing."""
    ttl_s: int | None = None
    """How long the name may be remembered, seconds."""


class NotifyReceived(Event, frozen=True, kw_only=True):
    """A notification of the peer arrived (RFC 2408, section 3.14; RFC 7296, section 3.10)."""

    kind: ClassVar[str] = "notify-received"
    notify: Constant


class MessageDropped(Event, frozen=True, kw_only=True):
    """The device threw an IKE message away and says which notification that amounts to."""

    kind: ClassVar[str] = "message-dropped"
    notify: Constant
    port: int | None = None


class DpdMessage(Event, frozen=True, kw_only=True):
    """One side asks the other for a sign of life, or gives it (RFC 3706: dead peer detection)."""

    kind: ClassVar[str] = "dpd-message"
    direction: Direction
    message: Literal["R_U_THERE", "R_U_THERE_ACK"]


class DeleteReceived(Event, frozen=True, kw_only=True):
    """The peer says that it has deleted an SA (RFC 2408, section 3.15)."""

    kind: ClassVar[str] = "delete-received"
    phase: Phase
    rule: Word | None = None
    ike_sa: int | None = None
    """The daemon's own number of the IKE_SA."""
    spi: Word | None = None


class SaRemoved(Event, frozen=True, kw_only=True):
    """The device itself has removed an SA."""

    kind: ClassVar[str] = "sa-removed"
    phase: Phase
    rule: Word | None = None
    ike_sa: int | None = None
    """The daemon's own number of the IKE_SA."""
    child_sa: int | None = None
    """The same of the CHILD_SA."""
    incoming_spi: Word | None = None
    outgoing_spi: Word | None = None
    received_bytes: int | None = None
    """Payload that came through the tunnel."""
    sent_bytes: int | None = None


class IkeLogged(Event, frozen=True, kw_only=True):
    """A line of the IKE daemon's own log, as it stands."""

    kind: ClassVar[str] = "ike-logged"
    text: Phrase


class IkeMessage(Event, frozen=True, kw_only=True):
    """One message of IKE, in or out (RFC 7296, section 1; RFC 2409, section 5)."""

    kind: ClassVar[str] = "ike-message"
    direction: Direction
    exchange: Literal[
        "IKE_SA_INIT",
        "IKE_AUTH",
        "CREATE_CHILD_SA",
        "INFORMATIONAL",
        "ID_PROT",
        "AGGRESSIVE",
        "QUICK_MODE",
        "INFORMATIONAL_V1",
        "TRANSACTION",
    ]
    """The first four are IKEv2's. `ID_PROT`: main mode; `TRANSACTION`: XAuth and mode config."""
    message: Literal["request", "response"]
    size_bytes: int | None = None
    role: Role | None = None
    own_address: Address | None = None
    own_port: int | None = None
    port: int | None = None
    """The peer's."""
    spis: Phrase | None = None
    message_id: int | None = None
    """0 for the first exchange, one more with each (RFC 7296, section 2.2); in IKEv1 0 throughout
    phase 1, then by chance."""
    payloads: Phrase | None = None
    """As the daemon abbreviates them: `SA KE No N(NATD_S_IP)`."""
    notify: Constant | None = None
    """The first notification that the message carries; where `payloads` are known the first one
    that reports an error."""


class SaEntered(Event, frozen=True, kw_only=True):
    """An SA stands in the device's list (SADB); an IKE_SA does so before it is authenticated."""

    kind: ClassVar[str] = "sa-entered"
    sa: Literal["IKE_SA", "CHILD_SA"]
    rule: Word | None = None
    outgoing_spi: Word | None = None
    incoming_spi: Word | None = None


class CounterpartIdentified(Event, frozen=True, kw_only=True):
    """The device found, or did not find, an entry of its own for whoever talks to it."""

    kind: ClassVar[str] = "counterpart-identified"
    known: YesNo
    """`no`: it fell back to the entry DEFAULT, which stands for nobody."""


class IdentityCompared(Event, frozen=True, kw_only=True):
    """The identity that the peer sent was held against the expected one (RFC 7296: ID)."""

    kind: ClassVar[str] = "identity-compared"
    result: YesNo
    """`yes`: they are the same."""
    received_id: Phrase
    received_type: Constant | None = None
    expected_id: Phrase
    expected_type: Constant | None = None
