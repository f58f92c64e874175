"""The records of one incident in file order, explained, and links from evidence to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis, Pattern
from assistant.model.diagnosis import Incident
from assistant.model.negotiation import Outcome
from assistant.model.source import Place, Source, SourceKind
from assistant.model.transcript import Transcript
from reports.escape import TEXT_LIMIT, visible
from reports.labels import Labels
from reports.links import Ref, span_told
from reports.marking import Span, deciding_words
from reports.records import Record, Spans, compared_settings, joined, key, records_of

NO_TRANSCRIPT = Transcript()
_MOST_REFS = 4
_MOST_EVIDENCE = 3
"""Findings that are named beside a record that belongs to no negotiation."""


class Badge(Struct, frozen=True, kw_only=True):
    """What a statement about the device rests on."""

    basis: str
    """Id of the basis, for the style sheet."""
    word: str
    source: str
    """Article or page; empty if none is named."""


class Row(Struct, frozen=True, kw_only=True):
    """One record of a trace, or one row of a configuration, with its meaning."""

    anchor: str
    lines: str
    """`12-17`; empty for a whole file."""
    in_trace: str
    """Leads to the record in the annotated trace; empty where it is not part of that."""
    in_trace_told: str
    """What that link is called."""
    time: str
    since_previous: str
    """`+1.0 s` after the row above; empty where a time is missing."""
    text: tuple[tuple[str, bool], ...]
    """The device's own words, made visible, in pieces; those that decide are marked."""
    table: str
    """Of a configuration: `/Setup/VPN/VPN-Peers, LAGER`, where it is known."""
    repeats: str
    """How often the same was said; empty if once."""
    meaning: tuple[str, ...]
    as_above: Ref | None
    """The row that explains the same message; then `meaning` is empty."""
    badge: Badge | None
    """Only where the meaning is not LANCOM's published word."""
    normal_next: str
    """What would have followed if all had been well; only where it did not follow."""
    decides: bool
    """The record of a trace that decides: the last one of a decisive symptom."""
    belongs: bool
    """A decisive symptom rests on this record or row."""
    elsewhere: bool
    """Cited from the same trace, but not part of this negotiation."""
    beside: bool
    """Neither cited nor of this negotiation: it stands next to a record that is cited."""
    shows: tuple[Ref, ...]
    """The claims that rest on it; empty also where they are those of the row above."""
    left_out_before: str
    """How many rows are left out before this one; empty if none."""


class RowGroup(Struct, frozen=True, kw_only=True):
    """The rows of one file."""

    title: str
    """The file, what it is and whose; empty where there is only one."""
    rows: tuple[Row, ...]


class Annotation(Struct, frozen=True, kw_only=True):
    """All rows of one incident, and where a line of a file is among them."""

    messages: tuple[RowGroup, ...]
    """Of traces and logs."""
    settings: tuple[RowGroup, ...]
    """Of configurations."""
    starts: Mapping[str, tuple[int, ...]]
    """First lines of the rows of each source, rising."""
    anchors: Mapping[tuple[str, int], str]
    """Anchor of the row that begins at this line of this source."""
    several_sources: bool
    in_transcript: Mapping[str, int]
    """Position of each source whose records the annotated trace can show, from 1."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Those of all files."""
        return tuple(row for group in (*self.messages, *self.settings) for row in group.rows)

    def refs(self, places: Iterable[Place], words: Labels) -> tuple[Ref, ...]:
        """Links to these places: neighbours joined, the first few, then how many more."""
        every = tuple(places)
        # A configuration without any entry is evidence as a whole.
        whole = dict.fromkeys(place.source for place in every if not place.text)
        spans = joined(place for place in every if place.text)
        shown = [Ref(label=visible(source), href=f"#{self._anchor(source, 1)}") for source in whole]
        shown += [
            Ref(label=self.label(source, first, last), href=f"#{self._anchor(source, first)}")
            for source, first, last in spans[:_MOST_REFS]
        ]
        if len(spans) > _MOST_REFS:
            source, first, _ = spans[_MOST_REFS]
            more = words("refs.more", n=len(spans) - _MOST_REFS)
            shown.append(Ref(label=more, href=f"#{self._anchor(source, first)}"))
        return tuple(shown)

    def label(self, source: str, first: int, last: int) -> str:
        """`L12-L17`, after the file's name where there are several files."""
        return span_told(source, first, last, several=self.several_sources)

    def _anchor(self, source: str, line: int) -> str:
        """The row that contains a line, or the nearest one above it."""
        starts = self.starts.get(source)
        if starts is None:  # a stored report may name what it does not show
            return ""
        return self.anchors[source, starts[max(0, bisect_right(starts, line) - 1)]]


NOTHING_SHOWN = Annotation(
    messages=(), settings=(), starts={}, anchors={}, several_sources=False, in_transcript={}
)
"""Of an incident whose records the report does not show."""


def symptom_anchor(incident_id: str, symptom_id: str) -> str:
    """Anchor of what an incident shows, as a claim."""
    return f"i{incident_id}-shows-{symptom_id}"


def badge(basis: Basis, source: str | None, words: Labels) -> Badge:
    """The mark that says what a statement rests on."""
    return Badge(basis=basis.value, word=words(f"basis.{basis.value}"), source=source or "")


def annotate(
    incident: Incident,
    catalog: Catalog,
    words: Labels,
    *,
    sources: Sequence[Source],
    transcript: Transcript = NO_TRANSCRIPT,
) -> Annotation:
    """Puts what an incident shows into file order, with the meaning of each record.

    Args:
        incident: Its symptoms and evidence must be reachable: places outside the negotiation
            become rows of their own.
        catalog: Gives the meanings.
        words: Of the language wanted.
        sources: Of the whole case, in its order.
        transcript: Has the records around those that are cited.
    """
    order = {source.name: position for position, source in enumerate(sources)}
    shown, left_out = records_of(incident, order, transcript)
    starts: dict[str, list[int]] = {}
    anchors: dict[tuple[str, int], str] = {}
    for record in shown:
        source, line = record.place.source, record.place.first_line
        mark = f"s{order.get(source, 0) + 1}-" if len(sources) > 1 else ""
        starts.setdefault(source, []).append(line)
        anchors[source, line] = f"i{incident.id}-{mark}L{line}"
    annotation = Annotation(
        messages=(),
        settings=(),
        starts={source: tuple(lines) for source, lines in starts.items()},
        anchors=anchors,
        several_sources=len(sources) > 1,
        in_transcript={one.source: number for number, one in enumerate(transcript, 1)},
    )
    scripts = {source.name for source in sources if source.kind is SourceKind.LANCOM_CONFIG}
    maker = _RowMaker(
        incident, annotation=annotation, catalog=catalog, words=words, scripts=scripts
    )
    rows = [maker.row(record, missing) for record, missing in zip(shown, left_out, strict=True)]
    if incident.outcome in {Outcome.FAILED, Outcome.UNFINISHED}:
        rows = _with_expectation(rows, shown, catalog, words)
    groups = {source: _group(source, sources, shown, rows, words) for source in starts}
    return replace(
        annotation,
        messages=tuple(group for source, group in groups.items() if source not in scripts),
        settings=tuple(group for source, group in groups.items() if source in scripts),
    )


def source_title(source: Source, words: Labels) -> str:
    """A file, what it is and whose."""
    name, kind = visible(source.name), words(f"kind.{source.kind.value}")
    if source.side is None:
        return words("rows.no-side", source=name, kind=kind)
    side = words(f"who-is.{source.side.value}")
    return words("rows.source", source=name, kind=kind, side=side)


def _group(
    name: str,
    sources: Sequence[Source],
    records: Sequence[Record],
    rows: Sequence[Row],
    words: Labels,
) -> RowGroup:
    source = next((one for one in sources if one.name == name), None)
    return RowGroup(
        title=source_title(source, words) if source and len(sources) > 1 else "",
        rows=tuple(
            row for row, record in zip(rows, records, strict=True) if record.place.source == name
        ),
    )


def meaning_badge(pattern: Pattern, words: Labels) -> Badge | None:
    """A mark for meanings that LANCOM has not published."""
    if pattern.basis is Basis.ARTICLE:
        return None
    return badge(pattern.basis, pattern.source, words)


class _RowMaker:
    """Makes rows one after the other; remembers what was explained and when the last one was."""

    def __init__(
        self,
        incident: Incident,
        *,
        annotation: Annotation,
        catalog: Catalog,
        words: Labels,
        scripts: Collection[str],
    ) -> None:
        self._annotation = annotation
        self._catalog = catalog
        self._words = words
        self._scripts = scripts
        self._explained: dict[str, Ref] = {}
        self._previous: Place | None = None
        self._own_source = incident.example.source if incident.example else None
        decisive = [seen.places for seen in incident.symptoms if seen.decisive]
        self._deciding = Spans(places[-1] for places in decisive)
        self._belonging = Spans(place for places in decisive for place in places)
        self._tables = {
            key(one.place): f"{visible(one.table)}{f', {visible(one.row)}' if one.row else ''}"
            for one in compared_settings(incident)
        }
        self._incident_id = incident.id
        self._shown: tuple[str, ...] = ()
        """The claims that rest on the row before."""
        self._claims = [
            (seen.id, Spans(seen.places))
            for seen in sorted(incident.symptoms, key=lambda one: not one.decisive)
        ]

    def row(self, record: Record, left_out: int) -> Row:
        """The row of one record."""
        place, words = record.place, self._words
        anchor = self._annotation.anchors[place.source, place.first_line]
        ids = [found.pattern for found in record.occurrences if found.pattern is not None]
        new = [one for one in dict.fromkeys(ids) if one not in self._explained]
        patterns = [self._catalog.patterns[one] for one in new]
        label = self._annotation.label(place.source, place.first_line, place.first_line)
        for one in new:
            self._explained[one] = Ref(label=label, href=f"#{anchor}")
        previous = self._previous
        same_source = previous is not None and previous.source == place.source
        self._previous = place
        marks = [mark for mark in (meaning_badge(one, words) for one in patterns) if mark]
        meaning = tuple(words.told(one.meaning) for one in patterns)
        decides = place.source not in self._scripts and record.touches(self._deciding)
        belongs = record.touches(self._belonging)
        position = self._annotation.in_transcript.get(place.source) if place.text else None
        return Row(
            anchor=anchor,
            lines=_lines(place),
            in_trace=f"line=s{position}-{place.first_line}" if position else "",
            in_trace_told=words("rows.in-trace", lines=_lines(place)) if position else "",
            time=words.clock(place.time),
            since_previous=(
                words.since(place.time, previous.time) if previous and same_source else ""
            ),
            text=self._marked(record, marks=decides or belongs),
            table=self._tables.get(key(place), ""),
            repeats=self._repeats(record),
            meaning=meaning if record.occurrences else self._found(record),
            as_above=self._explained[ids[0]] if ids and not new else None,
            badge=marks[0] if marks else None,
            normal_next="",
            # Of a comparison every row decides, and none more than the others.
            decides=decides,
            belongs=belongs,
            elsewhere=(
                not record.occurrences
                and record.beside is None
                and place.source == self._own_source
            ),
            beside=record.beside is not None,
            shows=self._shows(record),
            left_out_before=words.counted("rows.left-out", left_out) if left_out else "",
        )

    def _marked(self, record: Record, *, marks: bool) -> tuple[tuple[str, bool], ...]:
        """The text in pieces, those that decide marked."""
        text = record.place.text[:TEXT_LIMIT]
        spans: list[Span] = []
        for found in record.occurrences if marks else ():
            pattern = self._catalog.patterns.get(found.pattern) if found.pattern else None
            spans += deciding_words(text, pattern) if pattern else ()
        pieces: list[tuple[str, bool]] = []
        at = 0
        for start, end in sorted(set(spans)):
            if start < at:
                continue  # two patterns read the same words
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
        pieces.append((record.place.text[at:], False))
        shown = [
            (visible(piece, limit=TEXT_LIMIT, lines=True), marked)
            for piece, marked in pieces
            if piece
        ]
        return tuple(shown) or ((self._words("rows.whole-file"), False),)

    def _shows(self, record: Record) -> tuple[Ref, ...]:
        """Back to the claims that rest on it, where they are others than above."""
        ids = dict.fromkeys(one for one, spans in self._claims if record.touches(spans))
        if tuple(ids) == self._shown:
            return ()  # as the record above
        self._shown = tuple(ids)
        return tuple(
            Ref(
                label=self._words.title(self._catalog.symptoms[one].title),
                href=f"#{symptom_anchor(self._incident_id, one)}",
            )
            for one in list(ids)[:_MOST_EVIDENCE]
        )

    def _found(self, record: Record) -> tuple[str, ...]:
        """What a configuration was found to say there."""
        return tuple(
            dict.fromkeys(self._words(f"finding.{one.found.value}") for one in record.found)
        )

    def _repeats(self, record: Record) -> str:
        """Says how often, at the first of the records shown."""
        for found in record.occurrences:
            if found.count > 1 and found.places[0] == record.place:
                times = f"\N{MULTIPLICATION SIGN}{self._words.number(found.count)}"
                if record.folded_to is None:
                    return times
                return self._words("rows.folded", times=times, line=record.folded_to)
        return ""


def _lines(place: Place) -> str:
    if not place.text:
        return ""
    first, last = place.first_line, place.last_line
    return str(first) if first == last else f"{first}-{last}"


def _with_expectation(
    rows: list[Row], records: Sequence[Record], catalog: Catalog, words: Labels
) -> list[Row]:
    """Says at the last record that has an expected successor what should have come."""
    for number in range(len(rows) - 1, -1, -1):
        for found in records[number].occurrences:
            pattern = catalog.patterns[found.pattern] if found.pattern else None
            if pattern is not None and pattern.normal_next is not None:
                expected = replace(rows[number], normal_next=words.told(pattern.normal_next))
                return [*rows[:number], expected, *rows[number + 1 :]]
    return rows
