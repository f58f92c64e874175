"""The diagnosis as JSON, `schema: "vpn-diagnosis/1"`.

The format has its version in this module's name: scripts rely on it, so it is written out field
by field and not dumped from the model, which may change.
"""

from __future__ import annotations

import json

from assistant import __version__
from assistant.model.diagnosis import Diagnosis, Evidence, Hypothesis, Incident, SiteState
from assistant.model.source import Moment, Place, Source

SCHEMA = "vpn-diagnosis/1"
GENERATOR = "lancom-vpn-assistant"


def render_json(diagnosis: Diagnosis) -> str:
    """The document of the contract, two spaces of indent, ending in a line end."""
    return json.dumps(document(diagnosis), ensure_ascii=False, indent=2) + "\n"


def document(diagnosis: Diagnosis) -> dict[str, object]:
    """The document as plain values."""
    coverage = diagnosis.coverage
    return {
        "schema": SCHEMA,
        "generator": {
            "name": GENERATOR,
            "version": __version__,
            "knowledge": diagnosis.knowledge,
        },
        "verdict": diagnosis.verdict.value,
        "sources": [_source(source) for source in diagnosis.sources],
        "sites": [_site(site) for site in diagnosis.sites],
        "incidents": [_incident(incident) for incident in diagnosis.incidents],
        "answers": [
            {"id": answer.id, "choice": answer.choice, "from": answer.source.value}
            for answer in diagnosis.answers
        ],
        "contradictions": [],
        "pairings": [],
        "warnings": [{"id": one.id, "subject": _text(one.subject)} for one in diagnosis.warnings],
        "coverage": {
            "records": coverage.records,
            "unread_records": coverage.unread_records,
            "unread": [
                {
                    "source": _text(place.source),
                    "line": place.first_line,
                    "text": _text(place.text),
                }
                for place in coverage.unread
            ],
            "missing": list(coverage.missing),
            "shapes": [
                {"shape": _text(one.shape), "count": one.count, **_place(one.example)}
                for one in coverage.shapes
            ],
            "gaps": [
                {
                    "kind": gap.kind,
                    "remote_site": _text(gap.remote_site),
                    "seconds": gap.seconds,
                    **_place(gap.place),
                }
                for gap in coverage.gaps
            ],
        },
    }


def _source(source: Source) -> dict[str, object]:
    return {
        "name": _text(source.name),
        "kind": source.kind.value,
        "side": source.side.value if source.side else None,
        "side_reason": source.side_reason.replace("-", " ") if source.side_reason else None,
        "sha256": source.sha256,
        "bytes": source.size_bytes,
        "encoding": source.encoding,
        "records": source.records,
        "unread_records": source.unread_records,
        "device": {name: _text(value) for name, value in source.device},
        "classes": {_text(name): count for name, count in source.classes},
        "first": _moment(source.first),
        "last": _moment(source.last),
    }


def _site(site: SiteState) -> dict[str, object]:
    return {
        "remote_site": _text(site.remote_site),
        "state_at_end": site.state_at_end.value,
        "since": _moment(site.since),
        "outages": site.outages,
        "outage_s": site.outage_s,
    }


def _incident(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "remote_site": _text(incident.remote_site),
        "gateway": _text(incident.gateway) if incident.gateway is not None else None,
        "role": incident.role.value if incident.role else None,
        "side": incident.side.value,
        "origin": incident.origin.value,
        "outcome": incident.outcome.value if incident.outcome else None,
        "stage": incident.stage.value if incident.stage else None,
        "error_codes": list(incident.error_codes),
        "occurrences": incident.occurrences,
        "recovered": incident.recovered,
        "first_seen": _moment(incident.first_seen),
        "last_seen": _moment(incident.last_seen),
        "symptoms": [
            {
                "id": symptom.id,
                "unverified": symptom.unverified,
                "evidence": [_place(place) for place in symptom.places],
            }
            for symptom in incident.symptoms
        ],
        "causes": [_cause(hypothesis) for hypothesis in incident.hypotheses],
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
                "local": f"{_text(refused.event.local_attribute)} = "
                f"{_text(refused.event.local_value)}",
                "remote_no": refused.event.remote_no,
                "remote": f"{_text(refused.event.remote_attribute)} = "
                f"{_text(refused.event.remote_value)}",
                "evidence": [_place(place) for place in refused.places],
            }
            for refused in incident.refused_proposals
        ],
    }


def _cause(hypothesis: Hypothesis) -> dict[str, object]:
    return {
        "id": hypothesis.cause,
        "probability": round(hypothesis.probability, 4),
        "standing": hypothesis.standing.value,
        "evidence": [_evidence(evidence) for evidence in hypothesis.evidence],
        "remedies": list(hypothesis.remedies),
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": evidence.kind.value,
        "id": evidence.id,
        "decibans": round(evidence.decibans, 1),
    }
    if evidence.choice is not None:
        said["choice"] = evidence.choice
    if evidence.places:
        # The place to look at first; the decibans are those of all of them together.
        said.update(_place(evidence.places[0]))
        said["places"] = [_place(place) for place in evidence.places]
    return said


def _place(place: Place) -> dict[str, object]:
    return {
        "source": _text(place.source),
        "first_line": place.first_line,
        "last_line": place.last_line,
    }


def _moment(moment: Moment | None) -> str | None:
    return str(moment) if moment is not None else None


def _text(text: str) -> str:
    """File names may hold bytes that are no text; JSON may not."""
    return text.encode("utf-8", "replace").decode("utf-8")
