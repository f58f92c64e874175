"""Each remote site over the whole trace: up or down now, since when, and what it missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from assistant.model.diagnosis import SiteState, State
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.source import Side
from assistant.outages import outages


def site_states(found: Iterable[Negotiation]) -> Iterator[SiteState]:
    """Each remote site over the local traces, in order of first appearance."""
    by_site: dict[RemoteSite, list[Negotiation]] = defaultdict(list)
    for one in found:
        if one.side is Side.LOCAL:
            by_site[one.remote_site].append(one)
    for site, run in by_site.items():
        yield _site(site, run)


def _site(site: RemoteSite, run: list[Negotiation]) -> SiteState:
    state, since = State.UNKNOWN, None
    found = list(outages(run))
    lengths = [one.seconds for one in found if one.seconds is not None]
    for one in run:
        was = state
        if one.outcome is Outcome.ESTABLISHED:
            state = State.UP
            since = one.connected_at if was is not State.UP else since
        elif one.outcome is Outcome.UNFINISHED:
            state, since = State.UNKNOWN, None
        else:
            state = State.DOWN
            if was is not State.DOWN or one.connected_at is not None:
                since = one.ended_at or one.last.time
    gateways = [one.gateway for one in run if one.gateway is not None]
    return SiteState(
        remote_site=site,
        gateway=gateways[-1] if gateways else None,
        state_at_end=state,
        since=since,
        outages=len(found),
        outage_s=round(sum(lengths), 3) if lengths else None,
    )
