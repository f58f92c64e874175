"""The tickets of a triage as a table for a spreadsheet: one row each, and no formula."""

from __future__ import annotations

import csv
import io

from assistant.model.triage import Triage, TriagedTicket
from reports.escape import visible
from reports.json_sides_v2 import moment
from reports.triage.json_v1 import Written

COLUMNS = (
    "ticket", "name", "kind", "subject", "language", "urgency", "score", "queue", "verdict",
    "remote_site", "gateway", "outcome", "stage", "error_codes", "cause", "probability", "sites",
    "outage_s", "first_seen", "last_seen", "group", "outages", "missing", "change", "report",
    "reply", "reason",
)  # fmt: skip
"""The first line; a bad ticket has a name and a reason only."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CELL = 1000


def render_triage_csv(triage: Triage, written: Written) -> str:
    """The table, bad tickets last; begins with a byte order mark, which spreadsheets ask for."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in triage.tickets:
        writer.writerow(map(_cell, _row(one, written)))
    for bad in triage.bad:
        name, reason = _cell(bad.name), _cell(bad.reason)
        writer.writerow(["", name, *[""] * (len(COLUMNS) - 3), reason])
    return "\ufeff" + table.getvalue()


def _row(one: TriagedTicket, written: Written) -> list[object]:
    found, leading = one.summary, one.summary.fingerprint
    beside = written(one.id)
    return [
        one.id,
        one.name,
        one.kind.value,
        one.subject,
        one.language,
        one.urgency.value,
        one.score,
        one.queue.value,
        found.verdict.value,
        found.remote_site,
        found.gateway,
        leading.outcome,
        leading.stage,
        " ".join(leading.codes),
        leading.cause,
        None if found.probability is None else round(found.probability, 4),
        found.site_count,
        None if found.outage_s is None else round(found.outage_s, 3),
        moment(found.first_seen),
        moment(found.last_seen),
        one.group,
        " ".join(one.outages),
        " ".join(found.missing),
        one.change,
        beside.report.as_posix() if beside else None,
        beside.reply.as_posix() if beside else None,
        None,
    ]


def _cell(value: object) -> object:
    """Numbers as they are; a text that a spreadsheet would calculate gets a quote before it."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    shown = visible(value, limit=_CELL)
    return f"'{shown}" if value.lstrip(" ").startswith(_FORMULA) else shown
