"""The outages of remote sites: when each began and ended, and with which negotiation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Negotiation
from assistant.model.outages import Outages
from assistant.model.source import Moment, Side


class Outage(Struct, frozen=True, kw_only=True):
    """From the first fault of a remote site to its next success."""

    first: Negotiation
    """The one with whose fault it began; what failed until it ended belongs to it."""
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


def outages(run: Iterable[Negotiation]) -> Iterator[Outage]:
    """The outages of one remote site, from its negotiations in their order."""
    first: Negotiation | None = None
    for one in run:
        if one.connected_at is not None and first is not None:
            yield Outage(first=first, begin=_begin(first), end=one.connected_at, over=True)
            first = None
        if one.outcome.is_fault and first is None:
            first = one
    if first is not None:
        yield Outage(first=first, begin=_begin(first), end=None, over=False)


def outages_by_incident(diagnosis: Diagnosis) -> dict[str, Outages]:
    """For each incident, by its id, the outages that began with negotiations like its own.

    Of incidents alike in outcome, stage and codes the first one has them.
    """
    runs: dict[tuple[RemoteSite, Side], list[Negotiation]] = defaultdict(list)
    for one in diagnosis.negotiations:
        # Those of one side are in the order of its traces.
        runs[one.remote_site, one.side].append(one)
    begun: dict[tuple[object, ...], list[Outage]] = defaultdict(list)
    for run in runs.values():
        for outage in outages(run):
            begun[_signature(outage.first)].append(outage)
    return {
        incident.id: incident.judged_outages
        or _together(begun.pop(_signature(incident), []), trace_end(diagnosis, incident.side))
        for incident in diagnosis.incidents
    }


def _signature(one: Negotiation | Incident) -> tuple[object, ...]:
    return (one.remote_site, one.side, one.outcome, one.stage, one.error_codes)


def _together(found: list[Outage], end: Moment | None) -> Outages:
    lengths = [one.seconds if one.over else lasted(one.begin, end) for one in found]
    seen = [length for length in lengths if length is not None]
    return Outages(
        number=len(found),
        seconds=round(sum(seen), 3) if seen else None,
        still_open=any(not one.over for one in found),
    )


def _begin(one: Negotiation) -> Moment | None:
    return one.ended_at or one.last.time


def trace_end(diagnosis: Diagnosis, side: Side) -> Moment | None:
    """When the latest trace of that side ends; None where none shows a time."""
    ends = [one.last for one in diagnosis.sources if one.side is side and one.last is not None]
    return max(ends, key=lambda moment: moment.at, default=None)


def lasted(begin: Moment | None, end: Moment | None) -> float | None:
    """Seconds of what is not over when the trace ends; None where that cannot be told."""
    if begin is None or end is None or end.dated != begin.dated:
        return None
    return max(end.seconds_since(begin), 0.0)
