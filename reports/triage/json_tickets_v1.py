"""Tickets as the store has them, as JSON, `schema: "vpn-tickets/1"`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from assistant import __version__
from assistant.desk.store.tickets import KeptTicket, Resolution
from assistant.model.ticket import TicketId
from reports.json_sides_v2 import text
from reports.json_v2 import GENERATOR

SCHEMA = "vpn-tickets/1"


def render_tickets_json(tickets: Iterable[KeptTicket], documents: Mapping[TicketId, str]) -> str:
    """The document, two spaces of indent, ending in a line end.

    Args:
        tickets: In the order they are listed.
        documents: Diagnoses as JSON, of those tickets that are shown with theirs.
    """
    document = {
        "schema": SCHEMA,
        "generator": {"name": GENERATOR, "version": __version__},
        "tickets": [_ticket(one, documents.get(one.id)) for one in tickets],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _ticket(one: KeptTicket, document: str | None) -> dict[str, object]:
    site = one.summary.remote_site if one.summary else None
    told: dict[str, object] = {
        "id": one.id,
        "name": text(one.name),
        "kind": one.kind,
        "subject": text(one.subject),
        "verdict": one.verdict,
        "fingerprint": text(one.fingerprint),
        "remote_site": None if site is None else text(site),
        "queue": one.queue.value if one.queue else None,
        "ranking": [
            {"cause": cause, "probability": probability} for cause, probability in one.ranking
        ],
        "answers": [{"id": question, "choice": choice} for question, choice in one.answers],
        "inputs": [{"name": text(name), "sha256": sha256} for name, sha256 in one.inputs],
        "resolutions": [_resolution(each) for each in one.resolutions],
    }
    if document is not None:
        told["diagnosis"] = json.loads(document)
    return told


def _resolution(one: Resolution) -> dict[str, object]:
    return {
        "cause": one.cause,
        "remedy": one.remedy,
        "helped": one.helped,
        "note": text(one.note),
        "who": text(one.who),
        "at": f"{one.at.isoformat()}Z",
    }
