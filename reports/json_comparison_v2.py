"""What changed since an earlier report, as `vpn-diagnosis/2` has it; see `reports.json_v2`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assistant.model.diagnosis import Incident, SiteState
from assistant.model.source import Source
from reports.json_sides_v2 import moment, text

if TYPE_CHECKING:
    from assistant.comparison import Comparison, IncidentChange, SiteChange


def comparison_object(one: Comparison) -> dict[str, object]:
    """The member `comparison`."""
    return {
        "report": text(one.report),
        "generator": {"version": one.then.program, "knowledge": one.then.knowledge},
        "verdict": {"then": one.then.verdict.value, "now": one.now.verdict.value},
        "same_knowledge": one.same_knowledge,
        "same_program": one.same_program,
        "backwards": one.backwards,
        "span_s": {"then": one.span_then_s, "now": one.span_now_s},
        "inputs": {
            "kept": _names(one.inputs.kept),
            "new": _names(one.inputs.new),
            "gone": _names(one.inputs.gone),
        },
        "sites": [_site(each) for each in one.sites],
        "incidents": [_change(each) for each in one.incidents],
        "answers": [{"id": each.id, "then": each.then, "now": each.now} for each in one.answers],
    }


def _names(sources: Iterable[Source]) -> list[str]:
    return [text(one.name) for one in sources]


def _site(one: SiteChange) -> dict[str, object]:
    return {
        "remote_site": text(one.remote_site),
        "course": one.course.value,
        "then": _state(one.then),
        "now": _state(one.now),
    }


def _state(one: SiteState | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "state_at_end": one.state_at_end.value,
        "since": moment(one.since),
        "outages": one.outages,
        "outage_s": one.outage_s,
    }


def _change(one: IncidentChange) -> dict[str, object]:
    return {
        "change": one.change.value,
        "remote_site": text(one.remote_site),
        "side": one.side.value,
        "aspects": list(one.aspects),
        "rank_now": one.rank_now,
        "then": _incident(one.then),
        "now": _incident(one.now),
    }


def _incident(one: Incident | None) -> dict[str, object] | None:
    if one is None:
        return None
    first = next(iter(one.hypotheses), None)
    return {
        "id": one.id,
        "outcome": one.outcome.value if one.outcome else None,
        "stage": one.stage.value if one.stage else None,
        "error_codes": list(one.error_codes),
        "occurrences": one.occurrences,
        "recovered": one.recovered,
        "cause": first.cause if first else None,
        "probability": round(first.probability, 4) if first else None,
    }
