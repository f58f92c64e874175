"""What makes two cases equal, and what leads a case.

Version 1: outcome, stage, codes, first cause, and the attribute in which both sides differ.
"""

from __future__ import annotations

from assistant.model.diagnosis import Diagnosis, Incident, Origin
from assistant.model.finding import Match
from assistant.model.negotiation import Outcome
from assistant.model.source import Side
from assistant.model.triage import Fingerprint

_CODES = 8
_WORSE = (Outcome.LOST, Outcome.FAILED, Outcome.UNFINISHED)


def leading(diagnosis: Diagnosis) -> Incident | None:
    """The incident that a case is about: a fault that lasts before one that is over, ours first."""
    return min(diagnosis.incidents, key=_order, default=None)


def fingerprint(incident: Incident | None) -> Fingerprint:
    """Of the leading incident; of a case without any everything is None."""
    if incident is None:
        return Fingerprint(outcome=None, stage=None, codes=(), cause=None, attribute=None)
    return Fingerprint(
        outcome=incident.outcome.value if incident.outcome else None,
        stage=incident.stage.value if incident.stage else None,
        codes=tuple(incident.error_codes[:_CODES]),
        cause=incident.hypotheses[0].cause if incident.hypotheses else None,
        attribute=_attribute(incident),
    )


def _order(incident: Incident) -> tuple[object, ...]:
    outcome = incident.outcome
    return (
        not incident.is_fault,
        incident.recovered,
        incident.side is Side.REMOTE,
        incident.origin is not Origin.TRACE,
        _WORSE.index(outcome) if outcome in _WORSE else len(_WORSE),
    )


def _attribute(incident: Incident) -> str | None:
    """In a refused proposal or side by side: in what both differ, without the values."""
    for refused in incident.refused_proposals:
        return f"phase-{refused.event.phase} {refused.event.local_attribute}"[:80]
    for comparison in incident.side_by_side.comparisons if incident.side_by_side else ():
        if comparison.match is Match.DIFFERENT:
            return comparison.subject.value
    return None
