"""Writes a diagnosis as one self-contained HTML file that loads nothing from anywhere."""

from __future__ import annotations

import hashlib
from datetime import datetime

from assistant.catalog.catalog import Catalog
from assistant.comparison import Comparison
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.transcript import Transcript
from reports.bilingual import GENERATOR, View, languages, page, static, style, view
from reports.comparison import comparison_view
from reports.hand_over import render_hand_over
from reports.json_embedded_v1 import embedded_json
from reports.labels import Lang
from reports.lines import NO_TRANSCRIPT
from reports.pictures import Picture, ladder, networks, proposals, rules, timeline, why
from reports.view import MOST_PROBLEMS, case_view

LIMIT_BYTES = 2_000_000
"""What still goes by mail and opens at once."""


def render_html(  # noqa: PLR0913 - what a page is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    *,
    transcript: Transcript = NO_TRANSCRIPT,
    limit_bytes: int = LIMIT_BYTES,
    generated: datetime | None = None,
    comparison: Comparison | None = None,
) -> str:
    """The report as one HTML file in both languages, at most `limit_bytes` long.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language the page opens in; the other one is a click away.
        transcript: The records of the case, read again for this page.
        limit_bytes: Incidents beyond it are named and not shown in full.
        generated: When it was made; left out of the page if None, so that equal cases give
            equal pages.
        comparison: With an earlier report, to be told near the top.
    """
    most = min(MOST_PROBLEMS, len(diagnosis.incidents))
    while True:
        text = _page(diagnosis, catalog, lang, transcript, most, generated, comparison)
        size = len(text.encode("utf-8", "replace"))
        if size <= limit_bytes or most == 0:
            return text
        # What an incident takes differs; the next try keeps a little below the share that fits.
        most = min(most - 1, most * limit_bytes * 9 // (size * 10))


def _page(  # noqa: PLR0913, PLR0917 - what a page is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    transcript: Transcript,
    most: int,
    generated: datetime | None,
    comparison: Comparison | None,
) -> str:
    return page(
        [
            _view(diagnosis, catalog, one, lang, transcript, most, generated, comparison)
            for one in languages(lang)
        ],
        report_id=_report_id(diagnosis),
        style=style("report.css", "pictures.css"),
        script=static("report.js"),
        data={"diagnosis": embedded_json(diagnosis, comparison)},
    )


def _view(  # noqa: PLR0913, PLR0917 - what a view is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    first: Lang,
    transcript: Transcript,
    most: int,
    generated: datetime | None,
    comparison: Comparison | None,
) -> View:
    case = case_view(diagnosis, catalog, lang, most_problems=most, transcript=transcript)
    shown = {one.id for one in case.problems}
    return view(
        "case.html.j2",
        case.title,
        lang,
        first,
        case=case,
        changes=comparison_view(comparison, catalog, case.words) if comparison else None,
        hand_overs={
            one.id: render_hand_over(diagnosis, catalog, lang, one.id)
            for one in case.problems
            if one.plan is not None
        },
        timeline=timeline(diagnosis, catalog, lang, diagnosis.negotiations),
        # Of one incident the course belongs to it; of several it is the overview.
        timeline_inside=len(case.problems) == 1,
        pictures={
            one.id: _pictures(diagnosis, catalog, lang, one)
            for one in diagnosis.incidents
            if one.id in shown
        },
        generator=GENERATOR,
        generated=generated.isoformat(sep=" ", timespec="minutes") if generated else "",
    )


def _pictures(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> dict[str, Picture]:
    """The pictures of one incident by name; those that have something to show."""
    made = {
        "ladder": ladder(diagnosis, catalog, lang, incident),
        "proposals": proposals(diagnosis, catalog, lang, incident),
        "networks": networks(diagnosis, catalog, lang, incident),
        "why": why(diagnosis, catalog, lang, incident),
        "rules": rules(diagnosis, catalog, lang, incident),
    }
    return {name: picture for name, picture in made.items() if picture is not None}


def _report_id(diagnosis: Diagnosis) -> str:
    """By what a browser keeps the ticks: equal for equal inputs, whenever diagnosed."""
    inputs = "".join(f"{source.sha256}\n" for source in diagnosis.sources)
    return hashlib.sha256(inputs.encode()).hexdigest()[:16]
