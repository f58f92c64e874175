"""The records of one negotiation in file order, explained, and links from evidence to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis, Pattern
from assistant.model.diagnosis import Incident
from assistant.model.negotiation import Occurrence, Outcome
from assistant.model.source import Place
from reports.escape import TEXT_LIMIT, visible
from reports.labels import Labels

_MOST_ROWS = 160
_KEPT_AT_EACH_END = 40
_FOLDED_FROM = 3
_MOST_REFS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What a statement about the device rests on."""

    basis: str
    """Id of the basis, for the style sheet."""
    word: str
    source: str
    """Article or page; empty if none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A link from a claim to the lines that prove it."""

    label: str
    """`L12-L17`, with the file's name before it where there are several files."""
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of the trace with its meaning."""

    anchor: str
    lines: str
    """`12-17`, with the file's name before it where there are several files."""
    time: str
    since_previous: str
    """`+1.0 s` after the row above; empty where a time is missing."""
    text: str
    """The device's own words, made visible."""
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
    """The record that decides: the last one of a decisive symptom."""
    belongs: bool
    """A decisive symptom rests on this record too."""
    elsewhere: bool
    """Cited, but not part of this negotiation."""
    left_out_before: str
    """How many rows are left out before this one; empty if none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """All rows of one incident, and where a line of the trace is among them."""

    rows: tuple[Row, ...]
    starts: Mapping[str, tuple[int, ...]]
    """First lines of the rows of each source, rising."""
    anchors: Mapping[tuple[str, int], str]
    """Anchor of the row that begins at this line of this source."""
    several_sources: bool

    def refs(self, places: Iterable[Place], words: Labels) -> tuple[Ref, ...]:
        """Links to these places: neighbours joined, the first few, then how many more."""
        spans = _joined(places)
        shown = [
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
        lines = f"L{first}" if first == last else f"L{first}-L{last}"
        return f"{visible(source)} {lines}" if self.several_sources else lines

    def _anchor(self, source: str, line: int) -> str:
        """The row that contains a line, or the nearest one above it."""
        starts = self.starts[source]
        return self.anchors[source, starts[max(0, bisect_right(starts, line) - 1)]]


@dataclass(frozen=True, slots=True)
class _Record:
    """One place with all that happened there."""

    place: Place
    occurrences: tuple[Occurrence, ...]
    """Empty for a place that is only cited."""
    folded_to: int | None = None
    """Last line of the equal records after this one that it stands for."""


def badge(basis: Basis, source: str | None, words: Labels) -> Badge:
    """The mark that says what a statement rests on."""
    return Badge(basis=basis.value, word=words(f"basis.{basis.value}"), source=source or "")


def annotate(
    incident: Incident, catalog: Catalog, words: Labels, *, source_names: tuple[str, ...]
) -> Annotation:
    """Puts the example negotiation of an incident into file order, with the meaning of each record.

    Args:
        incident: Its symptoms and evidence must be reachable: places outside the negotiation
            become rows of their own.
        catalog: Gives the meanings.
        words: Of the language wanted.
        source_names: Of the whole case, in its order.
    """
    several = len(source_names) > 1
    order = {name: position for position, name in enumerate(source_names)}
    records = _folded(_in_file_order(_records(incident), order))
    shown, left_out = _shortened(records, _cited(incident))
    decisive = [seen.places for seen in incident.symptoms if seen.decisive]
    deciding = {_key(places[-1]) for places in decisive}
    belonging = {_key(place) for places in decisive for place in places}
    starts: dict[str, list[int]] = {}
    anchors: dict[tuple[str, int], str] = {}
    for record in shown:
        source, line = record.place.source, record.place.first_line
        mark = f"s{order.get(source, 0) + 1}-" if several else ""
        starts.setdefault(source, []).append(line)
        anchors[source, line] = f"i{incident.id}-{mark}L{line}"
    annotation = Annotation(
        rows=(),
        starts={source: tuple(lines) for source, lines in starts.items()},
        anchors=anchors,
        several_sources=several,
    )
    maker = _RowMaker(annotation=annotation, catalog=catalog, words=words)
    rows = [
        maker.row(
            record,
            decides=_among(record, deciding),
            belongs=_among(record, belonging),
            left_out=left_out.get(number, 0),
        )
        for number, record in enumerate(shown)
    ]
    if incident.outcome in {Outcome.FAILED, Outcome.UNFINISHED}:
        rows = _with_expectation(rows, shown, catalog, words)
    return replace(annotation, rows=tuple(rows))


def meaning_badge(pattern: Pattern, words: Labels) -> Badge | None:
    """A mark for meanings that LANCOM has not published."""
    if pattern.basis is Basis.ARTICLE:
        return None
    return badge(pattern.basis, pattern.source, words)


class _RowMaker:
    """Makes rows one after the other; remembers what was explained and when the last one was."""

    def __init__(self, *, annotation: Annotation, catalog: Catalog, words: Labels) -> None:
        self._annotation = annotation
        self._catalog = catalog
        self._words = words
        self._explained: dict[str, Ref] = {}
        self._previous: Place | None = None

    def row(self, record: _Record, *, decides: bool, belongs: bool, left_out: int) -> Row:
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
        return Row(
            anchor=anchor,
            lines=self._lines(place),
            time=words.clock(place.time),
            since_previous=(
                words.since(place.time, previous.time) if previous and same_source else ""
            ),
            text=visible(place.text, limit=TEXT_LIMIT, lines=True),
            repeats=self._repeats(record),
            meaning=tuple(words.told(one.meaning) for one in patterns),
            as_above=self._explained[ids[0]] if ids and not new else None,
            badge=marks[0] if marks else None,
            normal_next="",
            decides=decides,
            belongs=belongs,
            elsewhere=not record.occurrences,
            left_out_before=words.counted("rows.left-out", left_out) if left_out else "",
        )

    def _lines(self, place: Place) -> str:
        first, last = place.first_line, place.last_line
        lines = str(first) if first == last else f"{first}-{last}"
        return f"{visible(place.source)} {lines}" if self._annotation.several_sources else lines

    def _repeats(self, record: _Record) -> str:
        """Says how often, at the first of the records shown."""
        for found in record.occurrences:
            if found.count > 1 and found.places[0] == record.place:
                times = f"\N{MULTIPLICATION SIGN}{self._words.number(found.count)}"
                if record.folded_to is None:
                    return times
                return self._words("rows.folded", times=times, line=record.folded_to)
        return ""


def _with_expectation(
    rows: list[Row], records: tuple[_Record, ...], catalog: Catalog, words: Labels
) -> list[Row]:
    """Says at the last record that has an expected successor what should have come."""
    for number in range(len(rows) - 1, -1, -1):
        for found in records[number].occurrences:
            pattern = catalog.patterns[found.pattern] if found.pattern else None
            if pattern is not None and pattern.normal_next is not None:
                expected = replace(rows[number], normal_next=words.told(pattern.normal_next))
                return [*rows[:number], expected, *rows[number + 1 :]]
    return rows


def _records(incident: Incident) -> dict[tuple[str, int, int], _Record]:
    """Every place of the negotiation, and every cited one that no such place contains."""
    found: dict[tuple[str, int, int], _Record] = {}
    for message in incident.messages:
        for place in message.places:
            known = found.get(_key(place))
            others = known.occurrences if known else ()
            found[_key(place)] = _Record(place, (*others, message))
    begun: set[tuple[str, int]] = {
        (place.source, line)
        for record in found.values()
        for place in (record.place,)
        for line in range(place.first_line, place.last_line + 1)
    }
    for place in _cited(incident):
        if (place.source, place.first_line) not in begun:
            begun.add((place.source, place.first_line))
            found[_key(place)] = _Record(place, ())
    return found


def _cited(incident: Incident) -> tuple[Place, ...]:
    """Every place that a claim about the incident rests on."""
    return (
        *(place for seen in incident.symptoms for place in seen.places),
        *(
            place
            for hypothesis in incident.hypotheses
            for evidence in hypothesis.evidence
            for place in evidence.places
        ),
        *(place for refused in incident.refused_proposals for place in refused.places),
    )


def _in_file_order(
    records: Mapping[tuple[str, int, int], _Record], order: Mapping[str, int]
) -> list[_Record]:
    return [
        records[key]
        for key in sorted(records, key=lambda key: (order.get(key[0], len(order)), key))
    ]


def _folded(records: list[_Record]) -> list[_Record]:
    """Three or more equal records in a row become one."""
    folded: list[_Record] = []
    start = 0
    while start < len(records):
        end = start + 1
        while end < len(records) and _says_the_same(records[start], records[end]):
            end += 1
        run = records[start:end]
        if len(run) < _FOLDED_FROM:
            folded.extend(run)
        else:
            folded.append(_Record(run[0].place, run[0].occurrences, run[-1].place.last_line))
        start = end
    return folded


def _says_the_same(one: _Record, other: _Record) -> bool:
    return bool(one.occurrences) and one.occurrences == other.occurrences


def _shortened(
    records: list[_Record], cited: tuple[Place, ...]
) -> tuple[tuple[_Record, ...], dict[int, int]]:
    """Keeps both ends and all that is cited; also how many are left out before which row."""
    if len(records) <= _MOST_ROWS:
        return tuple(records), {}
    wanted = {(place.source, place.first_line) for place in cited}
    kept: list[_Record] = []
    left_out: dict[int, int] = {}
    missing = 0
    for number, record in enumerate(records):
        place = record.place
        at_an_end = number < _KEPT_AT_EACH_END or number >= len(records) - _KEPT_AT_EACH_END
        if not at_an_end and (place.source, place.first_line) not in wanted:
            missing += 1
            continue
        if missing:
            left_out[len(kept)] = missing
            missing = 0
        kept.append(record)
    return tuple(kept), left_out


def _among(record: _Record, places: set[tuple[str, int, int]]) -> bool:
    place = record.place
    end = record.folded_to or place.last_line
    return any(
        source == place.source and first <= end and last >= place.first_line
        for source, first, last in places
    )


def _key(place: Place) -> tuple[str, int, int]:
    return (place.source, place.first_line, place.last_line)


def _joined(places: Iterable[Place]) -> list[tuple[str, int, int]]:
    """Spans of lines, neighbours made one even across a blank line, in the order first named."""
    spans: list[tuple[str, int, int]] = []
    for source, first, last in dict.fromkeys(_key(place) for place in places):
        if spans and spans[-1][0] == source and spans[-1][1] <= first <= spans[-1][2] + 2:
            spans[-1] = (source, spans[-1][1], max(last, spans[-1][2]))
        else:
            spans.append((source, first, last))
    return spans
