"""The diagnosis as JSON, `schema: "vpn-diagnosis/1"`.

The format has its version in this module's name: scripts rely on it, so it is written out field
by field and not dumped from the model, which may change.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.model.diagnosis import Diagnosis, Evidence, Hypothesis, Incident, SiteState
from assistant.model.outages import Outages
from assistant.model.source import Place, Source
from reports.json_comparison_v1 import comparison_object
from reports.json_quotes_v1 import quote_text, quoted
from reports.json_sides_v1 import (
    contradiction_object,
    moment,
    pairing_object,
    pivot_object,
    place_object,
    plan_object,
    side_by_side_object,
    text,
    weight_object,
)

if TYPE_CHECKING:
    from assistant.comparison import Comparison

SCHEMA = "vpn-diagnosis/1"
GENERATOR = "lancom-vpn-assistant"


def render_json(diagnosis: Diagnosis, comparison: Comparison | None = None) -> str:
    """The document of the contract, two spaces of indent, ending in a line end."""
    whole = document(diagnosis, comparison)
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def document(diagnosis: Diagnosis, comparison: Comparison | None = None) -> dict[str, object]:
    """The document as plain values; with what changed since an earlier report, if one is given."""
    coverage = diagnosis.coverage
    compared = {"comparison": comparison_object(comparison)} if comparison else {}
    return {
        "schema": SCHEMA,
        "generator": {
            "name": GENERATOR,
            "version": diagnosis.program or __version__,
            "knowledge": diagnosis.knowledge,
        },
        "verdict": diagnosis.verdict.value,
        "sources": [_source(source) for source in diagnosis.sources],
        "sites": [_site(site) for site in diagnosis.sites],
        "incidents": [
            _incident(incident) | {"outages": _outages(incident.outages)}
            for incident in diagnosis.incidents
        ],
        "answers": [
            {"id": answer.id, "choice": answer.choice, "from": answer.source.value}
            for answer in diagnosis.answers
        ],
        "away": list(diagnosis.away),
        "contradictions": [contradiction_object(one) for one in diagnosis.contradictions],
        "pairings": [pairing_object(one) for one in diagnosis.pairings],
        "remarks": [
            {
                "id": one.symptom,
                "remote_site": text(one.remote_site),
                "evidence": [place_object(place) for place in one.places],
            }
            for one in diagnosis.remarks
        ],
        "warnings": [{"id": one.id, "subject": text(one.subject)} for one in diagnosis.warnings],
        "coverage": {
            "records": coverage.records,
            "unread_records": coverage.unread_records,
            "unread": [
                {
                    "source": text(place.source),
                    "line": place.first_line,
                    "text": text(place.text),
                }
                for place in coverage.unread
            ],
            "missing": list(coverage.missing),
            "shapes": [
                {"shape": text(one.shape), "count": one.count, **place_object(one.example)}
                for one in coverage.shapes
            ],
            "gaps": [
                {
                    "kind": gap.kind,
                    "remote_site": text(gap.remote_site),
                    "seconds": gap.seconds,
                    **place_object(gap.place),
                }
                for gap in coverage.gaps
            ],
        },
        "quotes": [_quote(place) for place in quoted(diagnosis)],
        **compared,
    }


def _source(source: Source) -> dict[str, object]:
    return {
        "name": text(source.name),
        "kind": source.kind.value,
        "side": source.side.value if source.side else None,
        "side_reason": source.side_reason.replace("-", " ") if source.side_reason else None,
        "sha256": source.sha256,
        "bytes": source.size_bytes,
        "encoding": source.encoding,
        "records": source.records,
        "unread_records": source.unread_records,
        "device": {name: text(value) for name, value in source.device},
        "classes": {text(name): count for name, count in source.classes},
        "first": moment(source.first),
        "last": moment(source.last),
    }


def _site(site: SiteState) -> dict[str, object]:
    return {
        "remote_site": text(site.remote_site),
        "state_at_end": site.state_at_end.value,
        "since": moment(site.since),
        "outages": site.outages,
        "outage_s": site.outage_s,
        "gateway": text(site.gateway) if site.gateway is not None else None,
    }


def _incident(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "remote_site": text(incident.remote_site),
        "gateway": text(incident.gateway) if incident.gateway is not None else None,
        "role": incident.role.value if incident.role else None,
        "side": incident.side.value,
        "origin": incident.origin.value,
        "outcome": incident.outcome.value if incident.outcome else None,
        "stage": incident.stage.value if incident.stage else None,
        "error_codes": list(incident.error_codes),
        "occurrences": incident.occurrences,
        "recovered": incident.recovered,
        "fault": incident.is_fault,
        "first_seen": moment(incident.first_seen),
        "last_seen": moment(incident.last_seen),
        "symptoms": [
            {
                "id": symptom.id,
                "decisive": symptom.decisive,
                "unverified": symptom.unverified,
                "reliability": symptom.reliability,
                "evidence": [place_object(place) for place in symptom.places],
            }
            for symptom in incident.symptoms
        ],
        "causes": [_cause(hypothesis, incident) for hypothesis in incident.hypotheses],
        "versus": [weight_object(weight) for weight in incident.versus],
        "pivot": pivot_object(incident.pivot) if incident.pivot else None,
        "plan": plan_object(incident.plan) if incident.plan else None,
        "questions": [
            {
                "id": question.id,
                "who": question.who,
                "minutes": question.minutes,
                "worth_minutes": round(question.worth_minutes, 1),
                "choices": list(question.choices),
            }
            for question in incident.questions
        ],
        "refused_proposals": [
            {
                "phase": refused.event.phase,
                "local_no": refused.event.local_no,
                "local": f"{text(refused.event.local_attribute)} = "
                f"{text(refused.event.local_value)}",
                "remote_no": refused.event.remote_no,
                "remote": f"{text(refused.event.remote_attribute)} = "
                f"{text(refused.event.remote_value)}",
                "evidence": [place_object(place) for place in refused.places],
            }
            for refused in incident.refused_proposals
        ],
        "side_by_side": (
            side_by_side_object(incident.side_by_side) if incident.side_by_side else None
        ),
    }


def _outages(found: Outages) -> dict[str, object]:
    return {"number": found.number, "seconds": found.seconds, "open": found.still_open}


def _cause(hypothesis: Hypothesis, incident: Incident) -> dict[str, object]:
    return {
        "id": hypothesis.cause,
        "probability": round(hypothesis.probability, 4),
        "standing": hypothesis.standing.value,
        "prior_decibans": round(hypothesis.prior_decibans, 2),
        "evidence": [
            _evidence(evidence, incident.places_of(evidence)) for evidence in hypothesis.evidence
        ],
        "remedies": list(hypothesis.remedies),
    }


def _evidence(evidence: Evidence, places: tuple[Place, ...]) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": evidence.kind.value,
        "id": evidence.id,
        "decibans": round(evidence.decibans, 1),
    }
    if evidence.choice is not None:
        said["choice"] = evidence.choice
    if places:
        # The place to look at first; the decibans are those of all of them together.
        said.update(place_object(places[0]))
        said["places"] = [place_object(place) for place in places]
    return said


def _quote(place: Place) -> dict[str, object]:
    return {**place_object(place), "text": quote_text(place), "time": moment(place.time)}
