"""The diagnosis as JSON, `schema: "vpn-diagnosis/2"`.

The format has its version in this module's name: scripts rely on it, so it is written out field
by field and not dumped from the model, which may change. Each place stands once, under the symptom
that was seen there, and of many incidents that were ranked alike the ranking stands in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from assistant import __version__
from assistant.model.diagnosis import (
    Diagnosis,
    Evidence,
    Hypothesis,
    Incident,
    SiteState,
    Standing,
)
from assistant.model.outages import Outages
from assistant.model.source import Place, Source
from reports.json_quotes_v2 import quote_text, quoted
from reports.json_sides_v2 import (
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

SCHEMA = "vpn-diagnosis/2"
GENERATOR = "lancom-vpn-assistant"
WHOLE = 50
"""Incidents from the first on that carry their ranking themselves, equal or not."""
_PIECE = 1 << 16
"""Bytes of a piece of the document, about."""


def render_json(
    diagnosis: Diagnosis,
    comparison: Comparison | None = None,
    *,
    everything: bool = False,
    pretty: bool = False,
) -> str:
    """The document of the contract as one text; for a large one see `json_pieces`."""
    pieces = json_pieces(diagnosis, comparison, everything=everything, pretty=pretty)
    return b"".join(pieces).decode("utf-8", "replace")


def json_pieces(
    diagnosis: Diagnosis,
    comparison: Comparison | None = None,
    *,
    everything: bool = False,
    pretty: bool = False,
) -> Iterator[bytes]:
    """The document of the contract, incident by incident; UTF-8, ending in a line end.

    Args:
        diagnosis: What was found.
        comparison: What changed since an earlier report, if one is given.
        everything: Also the evidence of unlikely causes.
        pretty: Two spaces of indent, for people; the whole document is in memory then.
    """
    compact = _compact(diagnosis, comparison, everything=everything)
    if pretty:
        yield msgspec.json.format(b"".join(compact), indent=2) + b"\n"
        return
    waiting = bytearray()
    for piece in compact:
        waiting += piece
        if len(waiting) >= _PIECE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting) + b"\n"


def _compact(
    diagnosis: Diagnosis, comparison: Comparison | None, *, everything: bool
) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    between = b"{"
    for name, value in _fields(diagnosis, comparison, everything=everything):
        yield between + encode(name) + b":"
        between = b","
        if isinstance(value, Iterator):
            comma = b"["
            for one in value:
                yield comma + encode(one)
                comma = b","
            yield b"]" if comma == b"," else b"[]"
        else:
            yield encode(value)
    yield b"}"


def document(
    diagnosis: Diagnosis, comparison: Comparison | None = None, *, everything: bool = False
) -> dict[str, object]:
    """The document as plain values; with what changed since an earlier report, if one is given."""
    return {
        name: list(value) if isinstance(value, Iterator) else value
        for name, value in _fields(diagnosis, comparison, everything=everything)
    }


def _fields(
    diagnosis: Diagnosis, comparison: Comparison | None, *, everything: bool
) -> Iterator[tuple[str, object]]:
    """The fields in their order; the long list as an iterator."""
    coverage = diagnosis.coverage
    yield "schema", SCHEMA
    yield (
        "generator",
        {
            "name": GENERATOR,
            "version": diagnosis.program or __version__,
            "knowledge": diagnosis.knowledge,
        },
    )
    yield "verdict", diagnosis.verdict.value
    yield "sources", [_source(source) for source in diagnosis.sources]
    yield "sites", [_site(site) for site in diagnosis.sites]
    yield "incidents", _incidents(diagnosis.incidents, everything=everything)
    yield (
        "answers",
        [
            {"id": answer.id, "choice": answer.choice, "from": answer.source.value}
            for answer in diagnosis.answers
        ],
    )
    yield "away", list(diagnosis.away)
    yield "contradictions", [contradiction_object(one) for one in diagnosis.contradictions]
    yield "pairings", [pairing_object(one) for one in diagnosis.pairings]
    yield (
        "remarks",
        [
            {
                "id": one.symptom,
                "remote_site": text(one.remote_site),
                "evidence": [place_object(place) for place in one.places],
            }
            for one in diagnosis.remarks
        ],
    )
    yield "warnings", [{"id": one.id, "subject": text(one.subject)} for one in diagnosis.warnings]
    yield (
        "coverage",
        {
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
    )
    yield "quotes", [_quote(place) for place in quoted(diagnosis)]
    if comparison is not None:
        # Few reports are compared with another.
        from reports.json_comparison_v2 import comparison_object  # noqa: PLC0415

        yield "comparison", comparison_object(comparison)


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


def _incidents(incidents: Iterable[Incident], *, everything: bool) -> Iterator[dict[str, object]]:
    """Each incident; beyond the first few an equal ranking is told once."""
    ranked: dict[object, str] = {}
    for number, incident in enumerate(incidents):
        # Equal rankings are mostly one object: they were computed once.
        ranking = (
            incident.hypotheses,
            incident.versus,
            incident.pivot,
            incident.plan,
            incident.questions,
        )
        like = ranked.setdefault(ranking, incident.id) if incident.hypotheses else incident.id
        yield {
            **_seen(incident),
            **(
                _ranking(incident, everything=everything)
                if number < WHOLE or like == incident.id
                else _like(incident, like)
            ),
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
            "outages": _outages(incident.outages),
        }


def _seen(incident: Incident) -> dict[str, object]:
    """What the input shows of it."""
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
    }


def _ranking(incident: Incident, *, everything: bool) -> dict[str, object]:
    """What follows from it."""
    return {
        "causes": [
            _cause(hypothesis, incident)
            if everything or hypothesis.standing is not Standing.UNLIKELY
            else _chance(hypothesis)
            for hypothesis in incident.hypotheses
        ],
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
    }


def _like(incident: Incident, like: str) -> dict[str, object]:
    """Ranked like another incident of the document, which has the rest."""
    return {
        "like": like,
        "causes": [
            _chance(hypothesis)
            for hypothesis in incident.hypotheses
            if hypothesis.standing is not Standing.UNLIKELY
        ],
    }


def _outages(found: Outages) -> dict[str, object]:
    return {"number": found.number, "seconds": found.seconds, "open": found.still_open}


def _chance(hypothesis: Hypothesis) -> dict[str, object]:
    return {
        "id": hypothesis.cause,
        "probability": round(hypothesis.probability, 4),
        "standing": hypothesis.standing.value,
    }


def _cause(hypothesis: Hypothesis, incident: Incident) -> dict[str, object]:
    return {
        **_chance(hypothesis),
        "prior_decibans": round(hypothesis.prior_decibans, 2),
        "evidence": [_evidence(evidence, incident) for evidence in hypothesis.evidence],
        "remedies": list(hypothesis.remedies),
    }


def _evidence(evidence: Evidence, incident: Incident) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": evidence.kind.value,
        "id": evidence.id,
        "decibans": round(evidence.decibans, 1),
    }
    if evidence.choice is not None:
        said["choice"] = evidence.choice
    # The place to look at first; all of them stand under the symptom.
    for place in incident.places_of(evidence)[:1]:
        said.update(place_object(place))
    return said


def _quote(place: Place) -> dict[str, object]:
    return {**place_object(place), "text": quote_text(place), "time": moment(place.time)}
