"""What packet captures and the output of ping say of a tunnel, as events."""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import Address, Event, YesNo

IcmpError = Literal[
    "net-unreachable",
    "host-unreachable",
    "protocol-unreachable",
    "port-unreachable",
    "prohibited",
    "too-big",
    "time-exceeded",
    "other",
]
"""An ICMP error by what it means (RFC 792, RFC 1812 section 5.2.7, RFC 4443): `prohibited` is all
that a filter says of itself, `too-big` also "fragmentation needed"."""

IkeExchange = Literal["init", "auth", "phase-1", "phase-2", "other"]
"""IKE_SA_INIT and IKE_AUTH of IKEv2 (RFC 7296), the two phases of IKEv1 (RFC 2409)."""

Reporter = Literal["polling-host", "polled-host", "other"]
"""Who sent an ICMP error about a poll; `other`: a router or a filter on the way."""


class PollPath(Event, frozen=True, kw_only=True):
    """How far the polls to one address came, as pings and packet captures show it.

    The question `remote-icmp-trace` asks a person for the same and uses the same words where both
    can say it.
    """

    kind: ClassVar[str] = "poll-path"
    seen: Literal[
        "answered",
        "reply-leaves",
        "reply-stays",
        "no-arp-reply",
        "unreachable",
        "arrives-no-reply",
        "not-arriving",
        "not-sent",
        "unanswered",
    ]
    """`answered`: the polling side got replies. `reply-leaves`: the other side sent them, nothing
    is known of their arrival. `reply-stays`: they reached the gateway over there and did not leave
    it. `no-arp-reply`: nobody over there has the polled address. `not-arriving`: the capture ran
    while polls were sent, and shows none. `not-sent`: the polling host could not send them.
    `unanswered`: no reply, and nothing tells why."""
    poll_target: Address
    lost: Literal["none", "some"] | None = None
    """Of polls that were answered: whether more than one went without an answer."""
    onward: YesNo | None = None
    """Whether the polls that arrived at the other gateway left it again towards the polled host;
    None where that was not watched, or where the gateway itself is polled."""
    host_there: YesNo | None = None
    """Whether anything else was heard of the polled host: `yes` where it answered ARP."""
    error: IcmpError | None = None
    """Why, where an ICMP error came back too; the most telling one where there are several."""
    error_from: Reporter | None = None
    """Who reported it."""


class IkePackets(Event, frozen=True, kw_only=True):
    """What became of the initiator's packets of one IKE exchange, as a capture shows it."""

    kind: ClassVar[str] = "ike-packets"
    port: Literal["500", "4500"]
    """UDP port of the responder."""
    exchange: IkeExchange | None = None
    """None where the capture does not name it."""
    seen: Literal["answered", "unanswered", "refused"]
    """`refused`: an ICMP error came back instead of an answer."""
    captured_at: Literal["initiator", "responder"] | None = None
    """`unanswered` at the initiator's: nothing came back; at the responder's: it did not answer."""
    error: IcmpError | None = None
    error_from: Literal["responder", "other"] | None = None
    source_port: Literal["same", "changed"] | None = None
    """Whether the requests come from the same port they go to; `changed` is what NAT does."""


class EspPackets(Event, frozen=True, kw_only=True):
    """Whether encrypted payload went both ways between two gateways, as a capture shows it."""

    kind: ClassVar[str] = "esp-packets"
    seen: Literal["both-ways", "one-way"]
    captured_at: Literal["sender", "receiver"] | None = None
    """Of `one-way`: at whose end it was captured; None if the capture does not say."""
    encapsulated: YesNo
    """Whether in UDP, port 4500 (RFC 3948), or as IP protocol 50."""
