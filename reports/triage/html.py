"""Writes a triage as one self-contained HTML file that loads nothing from anywhere."""

from __future__ import annotations

import hashlib

from assistant.catalog.catalog import Catalog
from assistant.model.triage import Triage
from reports.bilingual import GENERATOR, languages, page, static, style, view
from reports.html import LIMIT_BYTES
from reports.labels import Lang
from reports.triage.json_v1 import Written
from reports.triage.page import MOST_TICKETS, triage_view


def render_triage_html(  # noqa: PLR0913 - what a page is made of
    triage: Triage,
    catalog: Catalog,
    lang: Lang,
    written: Written,
    *,
    store: str = "",
    limit_bytes: int = LIMIT_BYTES,
) -> str:
    """The page in both languages, at most `limit_bytes` long where names leave room for that.

    Args:
        triage: What was decided.
        catalog: Has the words for causes, remedies and inputs.
        lang: Language the page opens in.
        written: Where the report and the reply of a ticket lie, seen from the page.
        store: Where the tickets are kept.
        limit_bytes: Of large groups fewer tickets are shown, until the page is no longer.
    """
    most = MOST_TICKETS
    while True:
        text = _page(triage, catalog, lang, written, store, most)
        if len(text.encode("utf-8", "replace")) <= limit_bytes or most <= 1:
            return text
        most //= 2


def _page(  # noqa: PLR0913, PLR0917 - what a page is made of
    triage: Triage, catalog: Catalog, lang: Lang, written: Written, store: str, most: int
) -> str:
    views = []
    for one in languages(lang):
        worded = triage_view(triage, catalog, one, written, store=store, most_tickets=most)
        views.append(
            view("triage.html.j2", worded.title, one, lang, triage=worded, generator=GENERATOR)
        )
    tickets = "".join(f"{one.id}\n" for one in triage.tickets)
    return page(
        views,
        report_id=hashlib.sha256(tickets.encode()).hexdigest()[:16],
        style=style("report.css", "triage.css"),
        script=static("report.js", "triage.js"),
        data={},
    )
