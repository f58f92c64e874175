"""The triage of many tickets as JSON, `schema: "vpn-triage/1"`.

Written out field by field like `reports.json_v2`, and for the same reason. The same tickets give
the same bytes: it holds no time but those of the devices.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

from msgspec import Struct

from assistant import __version__
from assistant.model.ticket import BadTicket, TicketId
from assistant.model.triage import (
    CaseSummary,
    Changes,
    CommonOutage,
    Fingerprint,
    First,
    Group,
    Reason,
    Similar,
    Step,
    Triage,
    TriagedTicket,
)
from reports.json_sides_v2 import moment, text
from reports.json_v2 import GENERATOR

SCHEMA = "vpn-triage/1"


class Beside(Struct, frozen=True, kw_only=True):
    """What was written of a ticket, seen from the document."""

    report: PurePath
    reply: PurePath


Written = Callable[[TicketId], Beside | None]
"""None if nothing was written."""


def render_triage_json(triage: Triage, written: Written) -> str:
    """The document of the contract, two spaces of indent, ending in a line end."""
    return json.dumps(document(triage, written), ensure_ascii=False, indent=2) + "\n"


def document(triage: Triage, written: Written) -> dict[str, object]:
    """The document as plain values."""
    tickets = triage.tickets
    return {
        "schema": SCHEMA,
        "generator": {
            "name": GENERATOR,
            "version": __version__,
            "knowledge": triage.knowledge,
        },
        "counts": {
            "tickets": len(tickets),
            "bad": len(triage.bad),
            "verdicts": _counted(one.summary.verdict.value for one in tickets),
            "queues": _counted(one.queue.value for one in tickets),
            "urgencies": _counted(one.urgency.value for one in tickets),
        },
        "first": [_first(one) for one in triage.first],
        "outages": [_outage(one) for one in triage.outages],
        "groups": [_group(one) for one in triage.groups],
        "tickets": [_ticket(one, written) for one in tickets],
        "bad": [_bad(one) for one in triage.bad],
        "changes": _changes(triage.changes) if triage.changes else None,
    }


def _counted(values: Iterable[str]) -> Mapping[str, int]:
    return dict(sorted(Counter(values).items()))


def _first(one: First) -> dict[str, object]:
    return {
        "kind": one.kind,
        "id": one.id,
        "tickets": one.tickets,
        "ticket": one.ticket,
        "urgency": one.urgency.value,
        "score": one.score,
        "reasons": [_reason(each) for each in one.reasons],
    }


def _outage(one: CommonOutage) -> dict[str, object]:
    return {
        "id": one.id,
        "basis": one.basis,
        "subject": text(one.subject),
        "tickets": list(one.tickets),
        "sites": [text(site) for site in one.sites],
        "first": moment(one.first),
        "last": moment(one.last),
        "evidence": [
            {
                "ticket": each.ticket,
                "remote_site": text(each.loss.remote_site),
                "gateway": _text(each.loss.gateway),
                "at": moment(each.loss.at),
            }
            for each in one.sightings
        ],
    }


def _group(one: Group) -> dict[str, object]:
    return {
        "id": one.id,
        "count": len(one.tickets),
        **_fingerprint(one.fingerprint),
        "tickets": list(one.tickets),
        "sites": [text(site) for site in one.sites],
        "first_seen": moment(one.first_seen),
        "last_seen": moment(one.last_seen),
        "queue": one.queue.value,
        "urgency": one.urgency.value,
        "score": one.score,
        "similar": [_similar(each) for each in one.similar],
    }


def _fingerprint(one: Fingerprint) -> dict[str, object]:
    """The word to compare, and what it is made of: why these tickets are one group."""
    return {
        "fingerprint": text(str(one)),
        "why": {
            "version": one.version,
            "outcome": one.outcome,
            "stage": one.stage,
            "error_codes": list(one.codes),
            "cause": one.cause,
            "attribute": _text(one.attribute),
        },
    }


def _similar(one: Similar) -> dict[str, object]:
    return {
        "ticket": one.ticket,
        "name": text(one.name),
        "same": list(one.same),
        "cause": one.cause,
        "remedy": one.remedy,
        "helped": one.helped,
        "note": text(one.note),
    }


def _ticket(one: TriagedTicket, written: Written) -> dict[str, object]:
    found = one.summary
    beside = written(one.id)
    return {
        "id": one.id,
        "name": text(one.name),
        "kind": one.kind.value,
        "subject": text(one.subject),
        "language": one.language,
        "verdict": found.verdict.value,
        "queue": one.queue.value,
        "urgency": one.urgency.value,
        "score": one.score,
        "reasons": [_reason(each) for each in one.reasons],
        "group": one.group,
        "outages": list(one.outages),
        "change": one.change,
        "report": beside.report.as_posix() if beside else None,
        "reply": beside.reply.as_posix() if beside else None,
        **_found(found),
        "inputs": [
            {"name": text(name), "sha256": sha256, "bytes": size}
            for name, sha256, size in one.inputs
        ],
    }


def _found(found: CaseSummary) -> dict[str, object]:
    leading = found.fingerprint
    return {
        "remote_site": _text(found.remote_site),
        "gateway": _text(found.gateway),
        "outcome": leading.outcome,
        "stage": leading.stage,
        "error_codes": list(leading.codes),
        "cause": leading.cause,
        "probability": None if found.probability is None else round(found.probability, 4),
        "standing": found.standing.value if found.standing else None,
        "recovered": found.recovered,
        "occurrences": found.occurrences,
        "first_seen": moment(found.first_seen),
        "last_seen": moment(found.last_seen),
        "sites": [text(site) for site in found.sites],
        "site_count": found.site_count,
        "down": [text(site) for site in found.down],
        "down_count": found.down_count,
        "outage_s": found.outage_s,
        "step": _step(found.step) if found.step else None,
        "missing": list(found.missing),
        "requests": [{"input": one.input, "text": one.request} for one in found.wanted],
    }


def _step(one: Step) -> dict[str, object]:
    return {"kind": one.kind, "id": one.id, "who": one.who, "minutes": one.minutes}


def _reason(one: Reason) -> dict[str, object]:
    values = {name: text(value) if isinstance(value, str) else value for name, value in one.values}
    return {"id": one.id, "points": one.points, **values}


def _bad(one: BadTicket) -> dict[str, object]:
    return {
        "name": text(one.name),
        "reason": one.reason,
        "words": {name: text(value) for name, value in one.words},
    }


def _changes(one: Changes) -> dict[str, object]:
    return {
        "new": list(one.new),
        "gone": [{"id": ticket, "name": text(name)} for ticket, name in one.gone],
        "changed": list(one.changed),
    }


def _text(value: str | None) -> str | None:
    return None if value is None else text(value)
