"""What follows from several messages, as events; `assistant.trace` makes them."""

from __future__ import annotations

from typing import ClassVar, Literal

from assistant.model.event import Address, Event, Phase, Phrase, PppCode, Word, YesNo


class Failure(Event, frozen=True, kw_only=True):
    """The first fault of a negotiation, whichever records told it."""

    kind: ClassVar[str] = "failure"
    failure: Word
    """Kebab-case; `failure` of the code in `knowledge/vpn-errors.yaml`, or `undocumented`."""
    layer: Literal["interface", "ike", "ipsec", "disconnect", "mesh", "unknown"]
    side: Literal["initiator", "responder", "none", "unknown"]


class TimedOut(Event, frozen=True, kw_only=True):
    """The negotiation ended because an answer was missing for 30 seconds."""

    kind: ClassVar[str] = "timed-out"
    phase: Phase
    """The phase in which the answer was missing; 1 if the trace does not show phase 2."""


class PeerHeard(Event, frozen=True, kw_only=True):
    """What arrived from the peer; only known if the trace covers the whole negotiation."""

    kind: ClassVar[str] = "peer-heard"
    by: Literal["nothing", "dynamic-vpn", "ike"]
    """`dynamic-vpn`: its authentication packet only, no IKE message."""


class ProposalsCompared(Event, frozen=True, kw_only=True):
    """How the comparison of proposals ended in one phase."""

    kind: ClassVar[str] = "proposals-compared"
    phase: Phase
    result: Literal["matched", "refused-then-matched", "refused", "pending"]
    """`refused`: ended without a match; `pending`: the trace ends before that is known."""


class PollSeries(Event, frozen=True, kw_only=True):
    """Poll time-outs in a row, and how they ended."""

    kind: ClassVar[str] = "poll-series"
    ended: Literal["disconnect", "recovered", "pending"]
    retries: int
    """Time-outs counted in the series."""


class PolledAddress(Event, frozen=True, kw_only=True):
    """What kind of address the unanswered polls went to."""

    kind: ClassVar[str] = "polled-address"
    target: Literal["gateway", "public", "private"]
    """`gateway`: the peer's own outer address; `public`: another public one."""
    poll_target: Address


class PolledNetwork(Event, frozen=True, kw_only=True):
    """Whether the polled address lies in a network that the VPN rules of this tunnel name."""

    kind: ClassVar[str] = "polled-network"
    inside_rule: YesNo
    poll_target: Address


class PollPackets(Event, frozen=True, kw_only=True):
    """What other traces of the same router show of the polls that were missed."""

    kind: ClassVar[str] = "poll-packets"
    seen: Literal["unanswered", "beside-tunnel", "dropped", "no-route", "answered", "not-sent"]
    """`beside-tunnel`: they left by an interface that is not the remote site."""
    poll_target: Address
    rule: Phrase | None = None
    """The firewall rule or filter that dropped them."""


class LineError(Event, frozen=True, kw_only=True):
    """A PPP error of our own Internet access around the time of the fault."""

    kind: ClassVar[str] = "line-error"
    code: PppCode


class FirstMiss(Event, frozen=True, kw_only=True):
    """How long the tunnel was up before the first poll was missed."""

    kind: ClassVar[str] = "first-miss"
    after: Literal["at-once", "later"]
    """`at-once`: within three poll intervals of `connected`; no poll need ever have worked."""


class NextNegotiation(Event, frozen=True, kw_only=True):
    """What became of the next negotiation of the same remote site after this one was lost."""

    kind: ClassVar[str] = "next-negotiation"
    result: Literal["connected", "timed-out"]


class EarlierNegotiation(Event, frozen=True, kw_only=True):
    """What an earlier negotiation of the same remote site in the same trace had come to."""

    kind: ClassVar[str] = "earlier-negotiation"
    result: Literal["connected"]


class RuleNetworks(Event, frozen=True, kw_only=True):
    """Whether the two networks of a VPN rule of the tunnel overlap."""

    kind: ClassVar[str] = "rule-networks"
    overlap: YesNo


class OtherSites(Event, frozen=True, kw_only=True):
    """How other remote sites behind other gateways fared when this one failed or was lost."""

    kind: ClassVar[str] = "other-sites"
    state: Literal["up", "lost-too"]
    """`up`: one was connected then; `lost-too`: all that the trace shows went within a minute."""


class TraceCoverage(Event, frozen=True, kw_only=True):
    """Whether the trace shows the negotiation from its start to its end."""

    kind: ClassVar[str] = "trace-coverage"
    start: Literal["seen", "missing"]
    end: Literal["seen", "missing"]


class TimeJump(Event, frozen=True, kw_only=True):
    """Time that passed without a record while a negotiation was under way."""

    kind: ClassVar[str] = "time-jump"
    jump_s: int
    """Longer than any step of a negotiation takes."""
