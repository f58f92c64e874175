"""Writes a diagnosis as one self-contained HTML file that loads nothing from anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.transcript import Transcript
from reports.bilingual import GENERATOR, View, languages, page, static, style, view
from reports.hand_over import render_hand_over
from reports.json_v1 import embedded_json
from reports.labels import Lang
from reports.lines import NO_TRANSCRIPT
from reports.pictures import Picture, ladder, networks, proposals, rules, timeline, why
from reports.records import cited
from reports.trace import TraceSection, trace_section
from reports.view import MOST_PROBLEMS, CaseView, case_view

LIMIT_BYTES = 2_000_000
"""What still goes by mail and opens at once."""
_TRACE_MOST = 700_000
"""Bytes of the annotated trace: no more records than one reads or searches at once."""
_TRACE_LEAST = 80_000
"""Bytes that incidents leave to it."""
_TRACE_FRAME = 25_000
"""Bytes of its script and its style sheet."""


def render_html(  # noqa: PLR0913 - what a page is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    *,
    transcript: Transcript = NO_TRANSCRIPT,
    limit_bytes: int = LIMIT_BYTES,
    generated: datetime | None = None,
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
    """
    most = min(MOST_PROBLEMS, len(diagnosis.incidents))
    room = limit_bytes - (_TRACE_LEAST if transcript.sources else 0)
    while True:
        parts = _parts(diagnosis, catalog, lang, transcript, most, generated)
        text = _page(diagnosis, lang, parts)
        size = len(text.encode("utf-8", "replace"))
        if size <= room or most == 0:
            break
        # What an incident takes differs; the next try keeps a little below the share that fits.
        most = min(most - 1, most * room * 9 // (size * 10))
    trace = trace_section(
        transcript,
        catalog,
        budget_bytes=min(_TRACE_MOST, limit_bytes - size) - _TRACE_FRAME,
        cited=parts.cited,
        sources=diagnosis.sources,
    )
    return text if trace is None else _page(diagnosis, lang, parts, trace)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a page is made of."""

    views: tuple[View, ...]
    cited: Mapping[tuple[str, int], tuple[str, ...]]
    """Anchors of the evidence that rests on a line of a source."""


def _parts(  # noqa: PLR0913, PLR0917 - what a page is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    transcript: Transcript,
    most: int,
    generated: datetime | None,
) -> _Parts:
    cases = {
        one: case_view(diagnosis, catalog, one, most_problems=most, transcript=transcript)
        for one in languages(lang)
    }
    return _Parts(
        tuple(
            _view(diagnosis, catalog, one, lang, case, generated) for one, case in cases.items()
        ),
        _cited(diagnosis, cases[lang]),
    )


def _page(
    diagnosis: Diagnosis, lang: Lang, parts: _Parts, trace: TraceSection | None = None
) -> str:
    data = {"diagnosis": embedded_json(diagnosis)}
    if trace is None:
        return page(
            parts.views,
            report_id=_report_id(diagnosis),
            style=style("report.css", "pictures.css"),
            script=static("report.js"),
            data=data,
        )
    return page(
        parts.views,
        report_id=_report_id(diagnosis),
        style=style("report.css", "pictures.css", "trace.css"),
        script=static("report.js", "trace.js"),
        data=data | {"trace-data": trace.data},
        shared=trace.html,
    )


def _cited(diagnosis: Diagnosis, case: CaseView) -> dict[tuple[str, int], tuple[str, ...]]:
    """Where the page shows what rests on a line; only of incidents that are shown in full."""
    anchors = {one.id: one.anchors for one in case.problems}
    found: dict[tuple[str, int], dict[str, None]] = {}
    for incident in diagnosis.incidents:
        for place in cited(incident) if incident.id in anchors else ():
            line = (place.source, place.first_line)
            if line in anchors[incident.id]:
                found.setdefault(line, {})[anchors[incident.id][line]] = None
    return {line: tuple(names) for line, names in found.items()}


def _view(  # noqa: PLR0913, PLR0917 - what a view is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    first: Lang,
    case: CaseView,
    generated: datetime | None,
) -> View:
    shown = {one.id for one in case.problems}
    return view(
        "case.html.j2",
        case.title,
        lang,
        first,
        case=case,
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
