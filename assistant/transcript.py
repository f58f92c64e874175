"""Reads the files of a diagnosed case once more, for the records that its report shows."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from assistant.case import Case
from assistant.catalog.catalog import Catalog
from assistant.membership import Membership
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Negotiation, Stage
from assistant.model.source import Place, Source, SourceKind
from assistant.model.transcript import (
    AROUND,
    LeftOut,
    RecordState,
    SourceTranscript,
    Transcript,
    TranscriptRecord,
)
from assistant.trace.read import Annotated, TraceReader
from assistant.trace.text.unpack import Packed, Part, parts

BUDGET = 600_000
"""Characters of all records together, as far as nothing else is said."""
_RECORD = 12_000
"""Characters of one record that are kept; a longer one is no message of a device."""
_OVERHEAD = 40
"""Characters a record takes beside its text, in whatever it is written to."""
_ENDS = 60
"""Records at each end of a source that come before others."""
_CLASSES = 100
"""Trace classes that are counted one by one; devices have some dozens, hostile files any number."""
_FURTHER = 0
"""Where the others are counted together."""
_CITED_SHARE = 2 / 3
"""Of the budget, for what is cited; a trace of a thousand faults cites more than fits."""
_TRACES = frozenset({SourceKind.LANCOM_TRACE, SourceKind.STRONGSWAN_LOG})


def transcribe(
    case: Case,
    diagnosis: Diagnosis,
    catalog: Catalog,
    *,
    budget: int = BUDGET,
    reader: TraceReader | None = None,
) -> Transcript:
    """The records of the traces and logs of a case, as many as there is room for.

    First those that the incidents cite, with two before and after each; then the ends of each
    source; then the rest of the negotiations that are shown; then file order. The others are
    counted. Configurations are never among them, and scripts between records are blanked as
    when they were read first. Memory is bounded by the budget, not by the files.

    Args:
        case: Its files are opened again.
        diagnosis: Of these files.
        catalog: That it was made with.
        budget: Characters of all records together.
        reader: That read the files first: it remembers what it read. None for a new one.

    Returns:
        A source that changed or vanished since it was diagnosed is missing, and one that has
        the name of another.
    """
    reader = reader or TraceReader(catalog)
    names = Counter(one.name for one in diagnosis.sources)
    wanted = {
        one.name: one
        for one in diagnosis.sources
        # Of two members of an archive with one name no place says which one it means.
        if one.kind in _TRACES and names[one.name] == 1
    }
    cited = _cited(diagnosis.incidents)
    shown = _shown(diagnosis.incidents)
    negotiations: dict[str, list[Negotiation]] = defaultdict(list)
    for each in diagnosis.negotiations:
        negotiations[each.source].append(each)
    total = sum(max(source.records, 1) for source in wanted.values())
    found: dict[str, SourceTranscript] = {}
    for part, source in _read_again(case, wanted):
        keeper = _Keeper(
            cited=cited.get(source.name, ()),
            shown=shown.get(source.name, ()),
            budget=_share(budget, max(source.records, 1) / total, len(wanted)),
        )
        membership = Membership(negotiations.get(source.name, ()))
        for number, one in enumerate(reader.annotate(part.name, part.stream)):
            keeper.take(number, one, membership)
        if keeper.records == source.records:
            found[source.name] = SourceTranscript(source=source.name, parts=keeper.parts())
    return Transcript(sources=tuple(found[name] for name in wanted if name in found))


def _share(budget: int, part: float, sources: int) -> int:
    """One half by how long a source is, the other equally: a short one is there in full."""
    return int(budget * part / 2) + budget // (2 * sources)


def _read_again(case: Case, wanted: Mapping[str, Source]) -> Iterator[tuple[Part, Source]]:
    """Those parts of the files that were diagnosed as traces, if they are what they were."""
    for file in case.files:
        packed = Packed()
        try:
            with file.open() as stream:
                for part in parts(file.name, stream, packed):
                    source = wanted.get(part.name)
                    if source is not None and source.sha256 == packed.sha256:
                        yield part, source
        except OSError:  # it was there a moment ago; a report without its records is one too
            continue


def _cited(incidents: Iterable[Incident]) -> dict[str, set[int]]:
    """First lines of the places that claims rest on, by source."""
    lines: dict[str, set[int]] = defaultdict(set)
    for incident in incidents:
        for place in incident.claimed:
            lines[place.source].add(place.first_line)
    return lines


def _shown(incidents: Iterable[Incident]) -> dict[str, list[tuple[int, int]]]:
    """Spans of lines of the negotiations that incidents show, by source."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for incident in incidents:
        if incident.example is not None:
            example = incident.example
            spans[example.source].append((example.first.first_line, example.last.last_line))
    return spans


class _Candidate(Struct):
    """One record that may be kept; what is shown of it is made when it is."""

    number: int
    """Of the record in its source."""
    read: Annotated
    belongs: tuple[RemoteSite, Stage | None]
    before: tuple[int, ...]
    """How many records of each class came before it, by the class's number."""

    @property
    def size(self) -> int:
        return min(len(self.read.record.place.text), _RECORD) + _OVERHEAD

    def record(self) -> TranscriptRecord:
        """What is shown of it."""
        read, record = self.read, self.read.record
        state = RecordState.READ if read.reading else RecordState.UNREAD
        return TranscriptRecord(
            first_line=record.place.first_line,
            last_line=record.place.last_line,
            text=record.place.text[:_RECORD],
            time=record.time,
            trace_class=record.trace_class or "",
            remote_site=self.belongs[0],
            stage=self.belongs[1],
            pattern=read.reading.pattern if read.reading else None,
            state=state if read.known_class else RecordState.OTHER,
        )


class _Shelf(Struct):
    """Records of one importance, as many as have room."""

    room: int
    kept: dict[int, _Candidate] = field(default_factory=dict)

    def put(self, one: _Candidate) -> bool:
        """Whether there was room."""
        if one.number in self.kept:
            return True
        if self.room < one.size:
            return False
        self.room -= one.size
        self.kept[one.number] = one
        return True


class _Keeper:
    """Chooses among the records of one source while they pass by."""

    def __init__(
        self, *, cited: Iterable[int], shown: Iterable[tuple[int, int]], budget: int
    ) -> None:
        self._cited = frozenset(cited)
        self._spans = sorted(shown, reverse=True)
        self._span_end = 0
        self._budget = budget
        self._classes: dict[str, int] = {}
        """Where each is counted."""
        self._counts = [0]
        self._shelves = {
            "cited": _Shelf(int(budget * _CITED_SHARE)),
            "ends": _Shelf(budget),
            "shown": _Shelf(budget),
            "others": _Shelf(budget),
        }
        self._last: deque[_Candidate] = deque(maxlen=max(_ENDS, AROUND))
        self._after = 0
        """Records that are still kept because they follow a cited one."""
        self.records = 0

    def take(self, number: int, one: Annotated, membership: Membership) -> None:
        """The next record."""
        candidate = self._candidate(number, one, membership)
        self.records += 1
        if self._is_cited(one.record.place):
            before = list(self._last)[-AROUND:]
            # First the record itself: what is around it needs it, not the other way round.
            if self._shelves["cited"].put(candidate):
                for each in before:
                    self._shelves["cited"].put(each)
            self._after = AROUND
        elif self._after:
            self._after -= 1
            self._shelves["cited"].put(candidate)
        if number < _ENDS:
            self._shelves["ends"].put(candidate)
        if self._is_shown(one.record.place):
            self._shelves["shown"].put(candidate)
        self._shelves["others"].put(candidate)
        self._last.append(candidate)

    def parts(self) -> tuple[TranscriptRecord | LeftOut, ...]:
        """What is kept in file order, with what is left out between."""
        kept: dict[int, _Candidate] = {}
        room = self._budget
        for one in self._last:
            self._shelves["ends"].put(one)
        for shelf in self._shelves.values():
            for number in sorted(shelf.kept):
                one = shelf.kept[number]
                if number not in kept and one.size <= room:
                    kept[number] = one
                    room -= one.size
        return tuple(self._in_order([kept[number] for number in sorted(kept)]))

    def _candidate(self, number: int, one: Annotated, membership: Membership) -> _Candidate:
        before = tuple(self._counts)
        name = one.record.trace_class or ""
        if name not in self._classes and len(self._classes) < _CLASSES:
            self._classes[name] = len(self._counts)
            self._counts.append(0)
        self._counts[self._class_of(one)] += 1
        return _Candidate(number, one, membership.of(one), before)

    def _class_of(self, one: Annotated) -> int:
        return self._classes.get(one.record.trace_class or "", _FURTHER)

    def _is_cited(self, place: Place) -> bool:
        """Claims may rest on single lines of a record."""
        return not self._cited.isdisjoint(range(place.first_line, place.last_line + 1))

    def _is_shown(self, place: Place) -> bool:
        while self._spans and self._spans[-1][0] <= place.last_line:
            self._span_end = max(self._span_end, self._spans.pop()[1])
        return place.first_line <= self._span_end

    def _in_order(self, kept: list[_Candidate]) -> Iterator[TranscriptRecord | LeftOut]:
        counts: tuple[int, ...] = (0,)
        number, line = 0, 1
        for one in kept:
            place = one.read.record.place
            if one.number > number:
                yield self._left_out(counts, one.before, line, place.first_line - 1)
            yield one.record()
            counts = self._counted(one)
            number, line = one.number + 1, place.last_line + 1
        if self.records > number:
            end = self._last[-1].read.record.place.last_line
            yield self._left_out(counts, tuple(self._counts), line, end)

    def _counted(self, one: _Candidate) -> tuple[int, ...]:
        """How many records of each class there were with this one."""
        place = self._class_of(one.read)
        counts = [*one.before, *[0] * (place + 1 - len(one.before))]
        counts[place] += 1
        return tuple(counts)

    def _left_out(
        self, before: tuple[int, ...], after: tuple[int, ...], first: int, last: int
    ) -> LeftOut:
        padded = (*before, *[0] * (len(after) - len(before)))
        passed = [later - earlier for earlier, later in zip(padded, after, strict=True)]
        counts = {
            name: passed[place]
            for name, place in self._classes.items()
            if place < len(passed) and passed[place]
        }
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return LeftOut(
            first_line=first,
            last_line=max(first, last),
            records=sum(passed),
            classes=tuple(ordered),
        )
