"""The outages of remote sites: when each began and ended, and with which negotiation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from assistant.model.diagnosis import Diagnosis, SiteState, State
from assistant.model.event import Address, RemoteSite
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.source import Moment, Side, Source

Owner = TypeVar("Owner")
"""What an outage belongs to."""


class Outage(Struct, Generic[Owner], frozen=True, kw_only=True):
    """From the first fault of a remote site to its next success."""

    owner: Owner
    """Of the negotiation with whose fault it began; what failed until it ended belongs to it."""
    begin: Moment | None
    """None where the trace shows no time."""
    end: Moment | None
    """None if the trace ends before it."""
    over: bool

    @property
    def seconds(self) -> float | None:
        """How long it was; None if its end or a time was not seen."""
        if self.begin is None or self.end is None:
            return None
        return max(self.end.seconds_since(self.begin), 0.0)


class Course(Generic[Owner]):
    """Follows one remote site through its negotiations: up or down, since when, what it missed."""

    def __init__(self, remote_site: RemoteSite) -> None:
        """Of no negotiation yet."""
        self._remote_site = remote_site
        self._gateway: Address | None = None
        self._state = State.UNKNOWN
        self._since: Moment | None = None
        self._begun: tuple[Owner, Moment | None] | None = None
        self._outages = 0
        self._seconds: float | None = None

    def add(self, one: Negotiation, owner: Owner) -> Outage[Owner] | None:
        """The next negotiation of the site; the outage that ends with it."""
        ended = None
        if one.connected_at is not None and self._begun is not None:
            first, begin = self._begun
            ended = Outage(owner=first, begin=begin, end=one.connected_at, over=True)
            self._begun = None
            if ended.seconds is not None:
                self._seconds = (self._seconds or 0.0) + ended.seconds
        if one.outcome.is_fault and self._begun is None:
            self._outages += 1
            self._begun = owner, one.ended_at or one.last.time
        if one.gateway is not None:
            self._gateway = one.gateway
        self._follow(one)
        return ended

    def _follow(self, one: Negotiation) -> None:
        was = self._state
        if one.outcome is Outcome.ESTABLISHED:
            self._state = State.UP
            if was is not State.UP:
                self._since = one.connected_at
        elif one.outcome is Outcome.UNFINISHED:
            self._state, self._since = State.UNKNOWN, None
        else:
            self._state = State.DOWN
            if was is not State.DOWN or one.connected_at is not None:
                self._since = one.ended_at or one.last.time

    @property
    def not_over(self) -> Outage[Owner] | None:
        """The outage that goes on when the trace ends."""
        if self._begun is None:
            return None
        owner, begin = self._begun
        return Outage(owner=owner, begin=begin, end=None, over=False)

    @property
    def state(self) -> SiteState:
        """Over all negotiations so far."""
        return SiteState(
            remote_site=self._remote_site,
            gateway=self._gateway,
            state_at_end=self._state,
            since=self._since,
            outages=self._outages,
            outage_s=None if self._seconds is None else round(self._seconds, 3),
        )


def trace_end(diagnosis: Diagnosis, side: Side) -> Moment | None:
    """When the latest trace of that side ends; None where none shows a time."""
    return end_of(diagnosis.sources, side)


def end_of(sources: Iterable[Source], side: Side) -> Moment | None:
    """When the latest source of that side ends; None where none shows a time."""
    ends = [one.last for one in sources if one.side is side and one.last is not None]
    return max(ends, key=lambda moment: moment.at, default=None)


def lasted(begin: Moment | None, end: Moment | None) -> float | None:
    """Seconds of what is not over when the trace ends; None where that cannot be told."""
    if begin is None or end is None or end.dated != begin.dated:
        return None
    return max(end.seconds_since(begin), 0.0)
