"""Which fault a line of charon's log means for its negotiation.

In the words of `knowledge/vpn-errors.yaml` where it has one. What only the other side can explain
has a word of its own, `notify-...` after the notification: `NO_PROPOSAL_CHOSEN` may mean that
nobody knows us, `AUTHENTICATION_FAILED` key, identity, certificate or method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from assistant.model.derived import Failure
from assistant.model.event import Constant, Event, Role, Word
from assistant.model.ike_event import (
    AuthenticationUnsupported,
    CertificateRefused,
    ChildSaFailed,
    ConstraintFailed,
    DpdTimedOut,
    MessageUnreadable,
    NoIkeConfig,
    PeerAuthenticated,
    ProposalsRefused,
    SaNotInstalled,
    SharedKeyMismatched,
    SharedKeyMissing,
    TrafficSelectorsRefused,
)
from assistant.model.message import Noted
from assistant.model.negotiation import Stage
from assistant.model.newer_message import (
    CounterpartIdentified,
    GatewayResolved,
    IdentityCompared,
    IkeMessage,
    NotifyReceived,
)
from assistant.trace.charon.attempt import Attempt
from assistant.trace.charon.proposals import compare

_Found: TypeAlias = tuple[str, Literal["interface", "ike", "ipsec"]] | None
Differs: TypeAlias = Literal[
    "encryption", "integrity", "prf", "group", "sequence-numbers", "several"
]

_UP_AND_REFUSED = frozenset(
    map(
        Constant,
        (
            "NO_PROPOSAL_CHOSEN",
            "TS_UNACCEPTABLE",
            "INVALID_ID_INFORMATION",
            "INVALID_KE_PAYLOAD",
            "AUTHENTICATION_FAILED",
            "NO_ADDITIONAL_SAS",
            "SINGLE_PAIR_REQUIRED",
        ),
    )
)
"""Of a tunnel that is up: notifications after which its keys were not renewed."""


def failure_of(attempt: Attempt, event: Event) -> Failure | None:
    """The fault that a line means for its negotiation; None if it means none."""
    find = _FINDERS.get(type(event))
    found = find(attempt, event) if find is not None else None
    if found is None:
        return None
    word, layer = found
    return failure(attempt, word, layer)


def failure(attempt: Attempt, word: str, layer: Literal["interface", "ike", "ipsec"]) -> Failure:
    """A fault as this side reports it."""
    role = attempt.draft.role
    side: Literal["initiator", "responder", "unknown"] = "unknown"
    if role is not None:
        side = "initiator" if role is Role.INITIATOR else "responder"
    return Failure(failure=Word(word), layer=layer, side=side)


def _layer(attempt: Attempt) -> Literal["ike", "ipsec"]:
    stage = attempt.draft.stage
    return "ipsec" if stage is not None and stage.rank >= Stage.CHILD_SA.rank else "ike"


def _notify(attempt: Attempt, event: NotifyReceived) -> _Found:
    if attempt.draft.was_up and event.notify not in _UP_AND_REFUSED:
        return None
    return f"notify-{event.notify.lower().replace('_', '-')}", _layer(attempt)


def _message(attempt: Attempt, event: IkeMessage) -> _Found:
    """A refusal of ours whose reason no line gave."""
    if event.notify is None or event.direction != "sent":
        return None
    if event.notify == "INVALID_KE_PAYLOAD" and event.exchange == "IKE_SA_INIT":
        return None  # asks for another group
    if attempt.draft.was_up and event.notify not in _UP_AND_REFUSED:
        return None
    if attempt.unreadable and event.notify == "PAYLOAD_MALFORMED":
        return "ike-key-mismatch", "ike"
    return f"refused-{event.notify.lower().replace('_', '-')}", _layer(attempt)


def _proposals(attempt: Attempt, event: ProposalsRefused) -> _Found:
    compared = compare(attempt, event.phase)
    only_group = compared is not None and compared.differs == "group"
    if event.phase == "1":
        return ("dh-group-refused" if only_group else "no-ike-proposal-matched"), "ike"
    return ("pfs-group-refused" if only_group else "no-ipsec-proposal-matched"), "ipsec"


def _unreadable(attempt: Attempt, event: MessageUnreadable) -> _Found:
    """Only the side that is asked knows by it that the pre-shared keys differ (RFC 2409, 5.4)."""
    asked = attempt.draft.role is Role.RESPONDER and not attempt.live
    if event.reason == "processing" and attempt.unreadable and asked:
        return "ike-key-mismatch", "ike"
    return None


def _constraint(attempt: Attempt, event: ConstraintFailed) -> _Found:
    del attempt
    words = {
        "identity": "identity-rejected",
        "certificate": "certificate-rejected",
        "method": "auth-method-refused",
    }
    return words.get(event.constraint, "constraint-failed"), "ike"


def _certificate(attempt: Attempt, event: CertificateRefused) -> _Found:
    del attempt
    # The others may be made good by another certificate.
    return ("certificate-rejected", "ike") if event.reason == "no-trusted-key" else None


def _counterpart(attempt: Attempt, event: CounterpartIdentified) -> _Found:
    del attempt
    return ("identity-rejected", "ike") if event.known == "no" else None


def _identity(attempt: Attempt, event: IdentityCompared) -> _Found:
    del attempt
    return ("identity-rejected", "ike") if event.result == "no" else None


def _authenticated(attempt: Attempt, event: PeerAuthenticated) -> _Found:
    del attempt
    # Another key may still fit a signature.
    return ("authentication-failed", "ike") if event.result == "failed" and event.method else None


def _noted(attempt: Attempt, event: Noted) -> _Found:
    del attempt
    return ("exchange-mode-refused", "ike") if event.note == "aggressive-psk-disabled" else None


def _resolved(attempt: Attempt, event: GatewayResolved) -> _Found:
    del attempt
    return ("name-unresolved", "interface") if event.address == "0.0.0.0" else None  # noqa: S104


def _always(word: str, layer: Literal["ike", "ipsec"]) -> Callable[[Attempt, Any], _Found]:
    return lambda attempt, event: (word, layer)  # noqa: ARG005 - called like the others


_FINDERS: dict[type[Event], Callable[[Attempt, Any], _Found]] = {
    NotifyReceived: _notify,
    IkeMessage: _message,
    ProposalsRefused: _proposals,
    MessageUnreadable: _unreadable,
    ConstraintFailed: _constraint,
    CertificateRefused: _certificate,
    CounterpartIdentified: _counterpart,
    IdentityCompared: _identity,
    PeerAuthenticated: _authenticated,
    Noted: _noted,
    GatewayResolved: _resolved,
    NoIkeConfig: _always("no-entry-for-peer", "ike"),
    SharedKeyMissing: _always("ike-key-mismatch", "ike"),
    SharedKeyMismatched: _always("ike-key-mismatch", "ike"),
    AuthenticationUnsupported: _always("authentication-unsupported", "ike"),
    DpdTimedOut: _always("dpd-timeout", "ike"),
    TrafficSelectorsRefused: _always("network-refused", "ipsec"),
    SaNotInstalled: _always("sa-not-installed", "ipsec"),
    ChildSaFailed: _always("child-sa-failed", "ipsec"),
}
