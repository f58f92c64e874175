"""Makes the section of the page that holds the annotated trace, within a number of bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.source import Source
from assistant.model.transcript import LeftOut, Transcript
from reports.escape import visible
from reports.labels import Labels, labels
from reports.lines import source_title
from reports.templating import environment
from reports.trace.columns import columns
from reports.trace.selection import Selected, Selection

_TRIES = 8
_CLASSES_NAMED = 4
"""Trace classes of a run of records that are left out; the others are one number."""
_SCRIPTS_ELEMENT = 80
"""Bytes of the element that the data stands in."""


class TraceSection(Struct, frozen=True, kw_only=True):
    """What goes into a page."""

    html: Markup
    """Every id in it begins with `trace`."""
    data: str
    """JSON of the element `trace-data`, safe inside a `<script>`."""


class GapView(Struct, frozen=True, kw_only=True):
    """Records in a row that the page has no room for."""

    first_line: int
    lines: str
    told: Mapping[str, str]
    """By language."""


def trace_section(
    transcript: Transcript,
    catalog: Catalog,
    *,
    budget_bytes: int,
    cited: Mapping[tuple[str, int], Sequence[str]],
    sources: Sequence[Source] = (),
) -> TraceSection | None:
    """The annotated trace of a case.

    Args:
        transcript: The records.
        catalog: Gives their meanings.
        budget_bytes: The most that markup and data may take together.
        cited: Anchors of what the page shows of a line of a source.
        sources: Of the case; say what kind of file each is.

    Returns:
        None where there is nothing to show, or not even room to count what is left out.
    """
    if not any(source.parts for source in transcript):
        return None
    selection = Selection(transcript, cited)
    titles = {source.source: _titles(source.source, sources) for source in transcript}
    room = budget_bytes
    for _ in range(_TRIES):
        shown = selection.fitting(room)
        made = TraceSection(html=_html(shown, titles), data=columns(shown, titles, catalog, cited))
        size = len(made.html.encode()) + len(made.data) + _SCRIPTS_ELEMENT
        if size <= budget_bytes:
            return made
        if room <= 0:
            break
        # What is the same for every number of records takes its share too.
        room = max(0, min(room - (size - budget_bytes), room * 19 // 20))
    return None


def _titles(name: str, sources: Sequence[Source]) -> tuple[str, str]:
    """In German and English."""
    source = next((one for one in sources if one.name == name), None)
    if source is None:
        return visible(name), visible(name)
    return source_title(source, labels("de")), source_title(source, labels("en"))


def _html(shown: Sequence[Selected], titles: Mapping[str, tuple[str, str]]) -> Markup:
    both = (labels("de"), labels("en"))
    here = sum(len(source.written) for source in shown)
    every = here + sum(source.left_out for source in shown)
    return Markup(  # noqa: S704 - made by a template that escapes
        environment()
        .get_template("trace.html.j2")
        .render(
            both=both,
            counts={one.lang: _count(here, every, one) for one in both},
            sources=[
                {
                    "titles": dict(zip(("de", "en"), titles[source.name], strict=True)),
                    "parts": [
                        _gap(part, both) if isinstance(part, LeftOut) else part.text
                        for part in source.parts
                    ],
                }
                for source in shown
            ],
        )
    )


def _count(here: int, every: int, words: Labels) -> str:
    if here == every:
        return words.counted("records", here)
    return words("trace.some", n=words.number(here), records=words.counted("records", every))


def _gap(run: LeftOut, both: Sequence[Labels]) -> GapView:
    one_line = run.first_line == run.last_line
    return GapView(
        first_line=run.first_line,
        lines=f"{run.first_line}" if one_line else f"{run.first_line}\N{EN DASH}{run.last_line}",
        told={words.lang: _gap_told(run, words) for words in both},
    )


def _gap_told(run: LeftOut, words: Labels) -> str:
    named = [
        f"{visible(name) if name else words('trace.no-class')} {words.number(number)}"
        for name, number in run.classes[:_CLASSES_NAMED]
    ]
    more = run.records - sum(number for _, number in run.classes[:_CLASSES_NAMED])
    if more:
        named.append(words("refs.more", n=words.number(more)))
    told = words.counted("rows.left-out", run.records)
    return f"{told} ({', '.join(named)})" if named else told
