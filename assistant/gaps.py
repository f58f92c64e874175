"""What the traces do not show although it may matter, each with the place where one notices it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.model.derived import TimeJump, TraceCoverage
from assistant.model.diagnosis import Gap
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.source import Place

GAPS = 50
"""Gaps that are named; more would tell nothing new."""


def gaps(found: Iterable[Negotiation], ends: dict[str, Place | None]) -> Iterator[Gap]:
    """The gaps of all negotiations; `ends` has the last record of each source."""
    for one in found:
        healthy = one.outcome in (Outcome.ESTABLISHED, Outcome.DISCONNECTED)
        for occurrence in one.derived:
            event = occurrence.event
            if isinstance(event, TraceCoverage) and event.start == "missing" and not healthy:
                yield Gap(
                    kind="starts-inside",
                    remote_site=one.remote_site,
                    place=one.first,
                    seconds=None,
                )
            elif isinstance(event, TimeJump):
                yield Gap(
                    kind="time-jump",
                    remote_site=one.remote_site,
                    place=occurrence.places[-1],
                    seconds=event.jump_s,
                )
        if one.outcome is Outcome.UNFINISHED:
            yield Gap(
                kind="ends-early",
                remote_site=one.remote_site,
                place=one.last,
                seconds=_seconds(one.first, ends.get(one.source)),
            )


def _seconds(first: Place, end: Place | None) -> int | None:
    if end is None or end.time is None or first.time is None:
        return None
    return max(round(end.time.seconds_since(first.time)), 0)
