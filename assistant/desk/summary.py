"""Of a diagnosis what the desk decides by: small enough to be kept for every ticket."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from assistant.desk.fingerprint import fingerprint, leading
from assistant.model.diagnosis import Diagnosis, State
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Side
from assistant.model.triage import CaseSummary, Loss, Step, Wanted
from assistant.outages import lasted, trace_end

_SITES = 200
_LOSSES = 500
"""Of one ticket; a tunnel that is cut all day does not make a larger outage by that."""


def summary_of(
    diagnosis: Diagnosis, *, step: Step | None, wanted: tuple[Wanted, ...]
) -> CaseSummary:
    """The summary.

    Args:
        diagnosis: What was found.
        step: What to do first, as the report of the case says it.
        wanted: What is missing, with the texts that ask for it.
    """
    incident = leading(diagnosis)
    first = incident.hypotheses[0] if incident and incident.hypotheses else None
    # Several incidents of one site are one site; the order is that of the trace.
    faulty = tuple(dict.fromkeys(one.remote_site for one in diagnosis.incidents if one.is_fault))
    down = tuple(one.remote_site for one in diagnosis.sites if one.state_at_end is State.DOWN)
    plan = incident.plan if incident else None
    return CaseSummary(
        verdict=diagnosis.verdict,
        fingerprint=fingerprint(incident),
        remote_site=incident.remote_site if incident else None,
        gateway=incident.gateway if incident else None,
        probability=first.probability if first else None,
        standing=first.standing if first else None,
        recovered=bool(incident and incident.recovered),
        occurrences=incident.occurrences if incident else 0,
        first_seen=incident.first_seen if incident else None,
        last_seen=incident.last_seen if incident else None,
        sites=faulty[:_SITES],
        site_count=len(faulty),
        down=down[:_SITES],
        down_count=len(down),
        outage_s=_outage_s(diagnosis),
        losses=tuple(islice(_losses(diagnosis), _LOSSES)),
        unrepaired=plan.unrepaired if plan else None,
        missing=diagnosis.coverage.missing,
        step=step,
        wanted=wanted,
    )


def _losses(diagnosis: Diagnosis) -> Iterator[Loss]:
    """Every tunnel cut by a fault at a time that its trace shows."""
    gateways = {one.remote_site: one.gateway for one in diagnosis.sites}
    for one in diagnosis.negotiations:
        at = one.ended_at or one.last.time
        if one.outcome is Outcome.LOST and one.side is Side.LOCAL and at is not None:
            gateway = one.gateway or gateways.get(one.remote_site)
            yield Loss(remote_site=RemoteSite(one.remote_site), gateway=gateway, at=at)


def _outage_s(diagnosis: Diagnosis) -> float | None:
    """What ended, and what had not ended when the trace did."""
    end = trace_end(diagnosis, Side.LOCAL)
    down = (one for one in diagnosis.sites if one.state_at_end is State.DOWN)
    ended = (one.outage_s for one in diagnosis.sites)
    seen = (*ended, *(lasted(one.since, end) for one in down))
    seconds = [one for one in seen if one is not None]
    return sum(seconds) if seconds else None
