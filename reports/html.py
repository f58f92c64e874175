"""Writes a diagnosis as one self-contained HTML file that loads nothing from anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from msgspec import Struct, field

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.transcript import Transcript
from reports.bilingual import GENERATOR, NOTHING, View, languages, page, static, style, view
from reports.hand_over import render_hand_over
from reports.json_embedded_v2 import embedded_json
from reports.labels import Lang
from reports.lines import NO_TRANSCRIPT
from reports.pictures import Picture, ladder, networks, proposals, rules, timeline, why
from reports.records import cited
from reports.trace import TraceSection, trace_section
from reports.view import MOST_PROBLEMS, CaseView, Worded, case_view

if TYPE_CHECKING:
    from assistant.comparison import Comparison
    from reports.comparison import ComparisonView

LIMIT_BYTES = 2_000_000
"""What still goes by mail and opens at once."""
_FIRST_TRY = 6
"""Incidents of the first try, where there are more than a page shows in any case."""
_TRIES = 3
"""After so many the first page that fits will do."""
_TRACE_MOST = 700_000
"""Bytes of the annotated trace: no more records than one reads or searches at once."""
_TRACE_LEAST = 300_000
"""Bytes that incidents leave to its records, if these need as many."""
_TRACE_WORDS = 20_000
"""About what its meanings and its form take."""
_TRACE_RECORD = 40
"""About what is written of a record beside its text."""
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
    comparison: Comparison | None = None,
    stamp: str = "",
) -> str:
    """The report as one HTML file in both languages, at most `limit_bytes` long.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language the page opens in; the other one is a click away.
        transcript: The records of the case, read again for this page.
        limit_bytes: Incidents and records beyond it are named and counted, not shown.
        generated: When it was made; left out of the page if None, so that equal cases give
            equal pages.
        comparison: With an earlier report, to be told near the top.
        stamp: Of what it was made, for whoever writes it to see whether it still holds.
    """
    content = _Content(
        diagnosis=diagnosis,
        catalog=catalog,
        lang=lang,
        transcript=transcript,
        generated=generated,
        comparison=comparison,
        data=embedded_json(diagnosis, comparison),
        stamp=stamp,
        made={one: _Made() for one in languages(lang)},
    )
    shown, text, size = _fitting(content, limit_bytes - _kept_for(transcript))
    trace = trace_section(
        transcript,
        catalog,
        budget_bytes=min(_TRACE_MOST, limit_bytes - size) - _TRACE_FRAME,
        cited=shown.cited,
        sources=diagnosis.sources,
    )
    return text if trace is None else _page(content, shown, trace)


def _fitting(content: _Content, room: int) -> tuple[_Shown, str, int]:
    """A page with as many incidents as fit into `room` bytes: what is shown, its text and size.

    What an incident takes differs, so that the size is known only of a page that was made. Of many
    incidents a few are tried first: all that is made of them is used again.
    """
    incidents = len(content.diagnosis.incidents)
    most = incidents if incidents <= MOST_PROBLEMS else _FIRST_TRY
    best: tuple[_Shown, str, int] | None = None
    fits, too_many = -1, min(incidents, MOST_PROBLEMS) + 1
    before = (0, 0)
    for tries in count(1):
        shown = _shown(content, most)
        text = _page(content, shown)
        size = len(text.encode("utf-8", "replace"))
        if size <= room or most == 0:
            fits, best = most, (shown, text, size)
        else:
            too_many = most
        if best is not None and (
            fits + 1 >= too_many or tries >= _TRIES or best[2] * 10 >= room * 9
        ):
            break
        each = max((size - before[1]) // max(most - before[0], 1), 1)
        before = (most, size)
        most = min(max(most + (room - size) // each, fits + 1, 0), too_many - 1)
    return best or (shown, text, size)


def _kept_for(transcript: Transcript) -> int:
    """Bytes that incidents leave to the annotated trace; how many it takes is seen later."""
    if not transcript.sources:
        return 0
    records = [one for source in transcript for one in source.records]
    texts = sum(len(one.text) for one in records)
    needed = _TRACE_WORDS + texts * 6 // 5 + _TRACE_RECORD * len(records)
    return _TRACE_FRAME + min(_TRACE_LEAST, needed)


class _Content(Struct, frozen=True, kw_only=True):
    """What a page is made of."""

    diagnosis: Diagnosis
    catalog: Catalog
    lang: Lang
    transcript: Transcript
    generated: datetime | None
    comparison: Comparison | None
    data: str
    """The JSON that the page embeds."""
    stamp: str
    made: dict[Lang, _Made]
    """By language."""


class _Made(Struct):
    """What is the same however many incidents a page shows, made once for all tries."""

    worded: Worded = field(default_factory=Worded)
    timeline: Picture | None = None
    pictures: dict[str, dict[str, Picture]] = field(default_factory=dict)
    hand_overs: dict[str, str] = field(default_factory=dict)
    """These two by incident."""


class _Shown(Struct, frozen=True):
    """What of it is shown, in both languages."""

    views: tuple[View, ...]
    cited: Mapping[tuple[str, int], tuple[str, ...]]
    """Anchors of the evidence that rests on a line of a source."""


def _shown(content: _Content, most: int) -> _Shown:
    cases = {
        one: case_view(
            content.diagnosis,
            content.catalog,
            one,
            most_problems=most,
            transcript=content.transcript,
            worded=content.made[one].worded,
        )
        for one in languages(content.lang)
    }
    return _Shown(
        tuple(_view(content, one, case) for one, case in cases.items()),
        _cited(content.diagnosis, cases[content.lang]),
    )


def _page(content: _Content, shown: _Shown, trace: TraceSection | None = None) -> str:
    data = {"diagnosis": content.data}
    also = ("trace",) if trace else ()
    return page(
        shown.views,
        report_id=_report_id(content.diagnosis),
        style=style("report.css", "pictures.css", *(f"{name}.css" for name in also)),
        script=static("report.js", *(f"{name}.js" for name in also)),
        data=data | ({"trace-data": trace.data} if trace else {}),
        shared=trace.html if trace else NOTHING,
        stamp=content.stamp,
    )


def _cited(diagnosis: Diagnosis, case: CaseView) -> dict[tuple[str, int], tuple[str, ...]]:
    """Where the page shows the lines that claims rest on."""
    by_id = {one.id: one for one in diagnosis.incidents}
    found: dict[tuple[str, int], dict[str, None]] = {}
    for shown in (*case.problems, *case.healthy):
        for place in cited(by_id[shown.id]):
            anchor = shown.anchors.get((place.source, place.first_line))
            if anchor is not None:
                found.setdefault((place.source, place.first_line), {})[anchor] = None
    return {line: tuple(anchors) for line, anchors in found.items()}


def _changes(content: _Content, case: CaseView) -> ComparisonView | None:
    if content.comparison is None:
        return None
    # Few reports are compared with another one.
    from reports.comparison import comparison_view  # noqa: PLC0415

    return comparison_view(content.comparison, content.catalog, case.words)


def _view(content: _Content, lang: Lang, case: CaseView) -> View:
    diagnosis, catalog = content.diagnosis, content.catalog
    shown = {one.id for one in case.problems}
    generated = content.generated
    made = content.made[lang]
    if made.timeline is None:
        made.timeline = timeline(diagnosis, catalog, lang, diagnosis.negotiations)
    for one in case.problems:
        if one.plan is not None and one.id not in made.hand_overs:
            made.hand_overs[one.id] = render_hand_over(diagnosis, catalog, lang, one.id)
    for incident in diagnosis.incidents:
        if incident.id in shown and incident.id not in made.pictures:
            made.pictures[incident.id] = _pictures(diagnosis, catalog, lang, incident)
    return view(
        "case.html.j2",
        case.title,
        lang,
        content.lang,
        case=case,
        changes=_changes(content, case),
        hand_overs=made.hand_overs,
        timeline=made.timeline,
        # Of one incident the course belongs to it; of several it is the overview.
        timeline_inside=len(case.problems) == 1,
        pictures=made.pictures,
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
