"""What an IKE daemon's log says beside what LANCOM's trace does, as events (strongSwan: charon).

Words are those of RFC 2408/2409 (IKEv1) and RFC 7296 (IKEv2). What both dialects say has one event,
in `message` or `newer_message`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import (
    Address,
    Constant,
    Direction,
    Event,
    Identity,
    Phase,
    Phrase,
    Proposals,
    Word,
    YesNo,
)

# On the wire --------------------------------------------------------------------------------


class IkePacket(Event, frozen=True, kw_only=True):
    """One UDP packet of IKE left or arrived; `gateway` is the peer's address."""

    kind: ClassVar[str] = "ike-packet"
    direction: Direction
    own_address: Address
    own_port: int
    port: int
    """The peer's."""
    size_bytes: int


class Retransmission(Event, frozen=True, kw_only=True):
    """A message is sent once more because its answer is missing (RFC 7296, section 2.1)."""

    kind: ClassVar[str] = "retransmission"
    number: int
    """1 for the first repetition."""
    message: Literal["request", "response"] = "request"
    message_id: int | None = None
    sequence: int | None = None
    """IKEv1 only, whose message IDs are 0 throughout phase 1: the daemon's own count."""


class RetransmitReceived(Event, frozen=True, kw_only=True):
    """The peer sent a request once more that was answered before: the answer did not arrive."""

    kind: ClassVar[str] = "retransmit-received"
    message_id: int | None = None


class GaveUp(Event, frozen=True, kw_only=True):
    """The last repetition was not answered either."""

    kind: ClassVar[str] = "gave-up"
    retransmits: int


class PacketNotSent(Event, frozen=True, kw_only=True):
    """The own operating system did not take a packet: no route, no interface."""

    kind: ClassVar[str] = "packet-not-sent"
    reason: Phrase


class MessageFragmented(Event, frozen=True, kw_only=True):
    """A message is sent in parts because it is too long for one packet (RFC 7383)."""

    kind: ClassVar[str] = "message-fragmented"
    size_bytes: int
    fragments: int


class FragmentReceived(Event, frozen=True, kw_only=True):
    """One part of a message arrived."""

    kind: ClassVar[str] = "fragment-received"
    number: int
    fragments: int
    complete: YesNo
    """`yes`: all parts are there now."""


class MessageUnreadable(Event, frozen=True, kw_only=True):
    """A message arrived that could not be decrypted, parsed or checked.

    In IKEv1 with a pre-shared key the key decides how phase 1 is encrypted (RFC 2409, section 5):
    two different keys show as a message that cannot be decrypted.
    """

    kind: ClassVar[str] = "message-unreadable"
    reason: Literal["decryption", "parsing", "integrity", "processing"]
    exchange: Constant | None = None
    message_id: int | None = None


class NatDetected(Event, frozen=True, kw_only=True):
    """The hashes of addresses and ports say that one side is behind NAT (RFC 3947, RFC 7296).

    `remote` is said without any NAT where the peer forces UDP encapsulation.
    """

    kind: ClassVar[str] = "nat-detected"
    where: Literal["local", "remote", "forced"]
    """`forced`: we pretend to be behind NAT ourselves, so that both use UDP encapsulation."""


# Proposals ----------------------------------------------------------------------------------


class ProposalsReceived(Event, frozen=True, kw_only=True):
    """The peer's list of proposals; printed where none fits."""

    kind: ClassVar[str] = "proposals-received"
    phase: Phase
    proposals: Proposals


class ProposalsConfigured(Event, frozen=True, kw_only=True):
    """Our own list of proposals; printed where none fits."""

    kind: ClassVar[str] = "proposals-configured"
    phase: Phase
    proposals: Proposals


class ProposalSelected(Event, frozen=True, kw_only=True):
    """Both sides have a proposal in common; at the side that is asked, it is chosen."""

    kind: ClassVar[str] = "proposal-selected"
    phase: Phase
    proposal: Proposals


class ProposalsRefused(Event, frozen=True, kw_only=True):
    """None of the peer's proposals fits one of ours."""

    kind: ClassVar[str] = "proposals-refused"
    phase: Phase


class GroupRefused(Event, frozen=True, kw_only=True):
    """The Diffie-Hellman group that was guessed first is not wanted, another one is asked for.

    Normal in IKEv2 (RFC 7296, section 1.3): the initiator begins anew with the group asked for.
    """

    kind: ClassVar[str] = "group-refused"
    by: Literal["us", "peer"]
    offered: Word
    wanted: Word


class ProposalListsCompared(Event, frozen=True, kw_only=True):
    """In what the received and the configured proposals differ that are most alike; derived."""

    kind: ClassVar[str] = "proposal-lists-compared"
    phase: Phase
    differs: Literal["encryption", "integrity", "prf", "group", "sequence-numbers", "several"]
    """`group`: Diffie-Hellman, in phase 2 the PFS group."""


# Who is it ----------------------------------------------------------------------------------


class NoIkeConfig(Event, frozen=True, kw_only=True):
    """No entry of ours stands for this pair of addresses; `gateway` is the stranger's."""

    kind: ClassVar[str] = "no-ike-config"
    own_address: Address


class PeerConfigSought(Event, frozen=True, kw_only=True):
    """Which entries of ours fit the addresses and identities of the peer's request."""

    kind: ClassVar[str] = "peer-config-sought"
    own_address: Address
    own_id: Identity | None = None
    """The identity that the peer wants us to have; IKEv1 cannot say."""
    peer_id: Identity
    method: Phrase | None = None
    """IKEv1: how the peer wants to authenticate."""


class ProofSent(Event, frozen=True, kw_only=True):
    """We made the proof of our own identity."""

    kind: ClassVar[str] = "proof-sent"
    own_id: Identity
    method: Phrase | None = None


class PeerAuthenticated(Event, frozen=True, kw_only=True):
    """The peer's proof of its identity was checked."""

    kind: ClassVar[str] = "peer-authenticated"
    result: Literal["successful", "failed"]
    peer_id: Identity | None = None
    method: Phrase | None = None


class SharedKeyMissing(Event, frozen=True, kw_only=True):
    """We have no pre-shared key for these two identities."""

    kind: ClassVar[str] = "shared-key-missing"
    own_id: Identity
    peer_id: Identity
    own_address: Address | None = None


class SharedKeyMismatched(Event, frozen=True, kw_only=True):
    """The peer's proof was made with another pre-shared key than ours."""

    kind: ClassVar[str] = "shared-key-mismatched"
    keys: int | None = None
    """That were tried."""
    own_id: Identity | None = None
    peer_id: Identity | None = None


class AuthenticationUnsupported(Event, frozen=True, kw_only=True):
    """The entry asks for a way of authentication that this IKE version or daemon does not have."""

    kind: ClassVar[str] = "authentication-unsupported"


class ConstraintFailed(Event, frozen=True, kw_only=True):
    """The peer proved who it is, and that is not what our entry demands of it."""

    kind: ClassVar[str] = "constraint-failed"
    constraint: Literal["identity", "method", "certificate", "other"]
    expected: Phrase | None = None
    found: Phrase | None = None


class CertificateRefused(Event, frozen=True, kw_only=True):
    """A certificate of the peer was not accepted."""

    kind: ClassVar[str] = "certificate-refused"
    reason: Literal["not-valid-now", "issuer-unknown", "revoked", "no-trusted-key", "other"]
    """`no-trusted-key`: the end of the matter, the others say why."""
    subject: Phrase | None = None
    valid_from: Phrase | None = None
    """As the daemon prints it: `Nov 24 11:23:12 2026`."""
    valid_to: Phrase | None = None


class CertificateOutOfDate(Event, frozen=True, kw_only=True):
    """Which end of its life a certificate was refused for, by the log's own clock; derived."""

    kind: ClassVar[str] = "certificate-out-of-date"
    state: Literal["expired", "not-yet-valid"]


# The SAs ------------------------------------------------------------------------------------


class ChildSaStarted(Event, frozen=True, kw_only=True):
    """We ask for a CHILD_SA (IKEv1: IPsec SAs)."""

    kind: ClassVar[str] = "child-sa-started"
    rule: Word
    child_sa: int | None = None


class ChildSaFailed(Event, frozen=True, kw_only=True):
    """No CHILD_SA came of it; the line before says why."""

    kind: ClassVar[str] = "child-sa-failed"


class TrafficSelectorsRefused(Event, frozen=True, kw_only=True):
    """No entry of ours joins the networks that the peer asks for (RFC 7296: TS_UNACCEPTABLE)."""

    kind: ClassVar[str] = "traffic-selectors-refused"
    local_networks: Phrase | None = None
    """As the message has it first: in IKEv2 those of this side, in IKEv1 those of the peer."""
    remote_networks: Phrase | None = None


class SaNotInstalled(Event, frozen=True, kw_only=True):
    """The own operating system did not take what was negotiated."""

    kind: ClassVar[str] = "sa-not-installed"
    what: Literal["SAD", "SPD"]
    """The SAs themselves, or the policies that lead traffic to them (RFC 4301)."""


class KernelRefused(Event, frozen=True, kw_only=True):
    """What the own operating system said to an SA or a policy."""

    kind: ClassVar[str] = "kernel-refused"
    text: Phrase
    spi: Word | None = None


class IkeSaRekeyed(Event, frozen=True, kw_only=True):
    """A new IKE_SA took the place of an old one; the tunnel stayed."""

    kind: ClassVar[str] = "ike-sa-rekeyed"
    ike_sa: int
    """The daemon's number of the new one."""
    own_id: Identity | None = None
    peer_id: Identity | None = None


class Reauthenticating(Event, frozen=True, kw_only=True):
    """The IKE_SA is set up anew on purpose, with all proofs."""

    kind: ClassVar[str] = "reauthenticating"
    ike_sa: int


class DeleteSent(Event, frozen=True, kw_only=True):
    """We tell the peer that we have deleted an SA (RFC 2408, section 3.15)."""

    kind: ClassVar[str] = "delete-sent"
    phase: Phase
    ike_sa: int | None = None
    spi: Word | None = None


class DpdTimedOut(Event, frozen=True, kw_only=True):
    """The peer gave no sign of life any more (RFC 3706)."""

    kind: ClassVar[str] = "dpd-timed-out"


class IkeSaAbandoned(Event, frozen=True, kw_only=True):
    """An IKE_SA was thrown away that never got beyond its negotiation."""

    kind: ClassVar[str] = "ike-sa-abandoned"
    why: Literal["shutdown", "half-open"]
    """`half-open`: the peer began and was not heard of again."""


class RequestUnanswered(Event, frozen=True, kw_only=True):
    """The request after whose repetitions we gave up; derived."""

    kind: ClassVar[str] = "request-unanswered"
    exchange: Constant | None = None
    """None where the log does not show it."""
    port: Literal["500", "4500", "other"]
    """The peer's: 4500 once both sides changed to it (RFC 3948), else 500."""
    size: Literal["small", "large"]
    """`large`: more than the 1280 bytes that every path carries in one packet."""
    before: Literal["silence", "answers"]
    """Whether anything of the peer had arrived."""


# The daemon ---------------------------------------------------------------------------------


class DaemonStarted(Event, frozen=True, kw_only=True):
    """The daemon begins: all SAs of before are gone."""

    kind: ClassVar[str] = "daemon-started"
    version: Phrase | None = None


class DaemonStopping(Event, frozen=True, kw_only=True):
    """The daemon was told to end: no fault of any tunnel."""

    kind: ClassVar[str] = "daemon-stopping"
    signal: Word | None = None
