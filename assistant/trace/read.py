"""One source from its bytes to negotiations under construction, in one pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.message import Reading
from assistant.model.event import Address
from assistant.model.event_types import OTHER_TRACE_EVENTS
from assistant.model.negotiation import Negotiation
from assistant.model.source import Moment, Place, Side, SourceKind
from assistant.trace.dialect import CharonLog, Dialect, LancomTrace, Patterns, R
from assistant.trace.endpoints import Endpoints
from assistant.trace.negotiation import Draft
from assistant.trace.packets.traced import PacketLog
from assistant.trace.settled import Context, Likeness, Settled
from assistant.trace.text.decoding import TextReader
from assistant.trace.text.recognise import OWN_REPORT, looks_like
from assistant.trace.text.record import Record
from assistant.trace.text.script_lines import ScriptLines
from assistant.trace.text.shapes import ShapeCounter
from assistant.trace.text.unpack import Packed, parts

UNREAD_LIMIT = 200
"""Unread records and lines that are kept with their text; the rest is counted."""
_UNREAD_CHARACTERS = 1 << 20
"""Of all of these together."""
_SUBSYSTEM = re.compile(r"\[[A-Z]{3}\d?\] ")
"""Stands in every line of charon's that does not name it."""


class ReadSource(Struct, kw_only=True):
    """One source as read; who it belongs to is decided later."""

    name: str
    kind: SourceKind
    looks: str
    """What it looks like (`assistant.trace.text.recognise`); of interest if it is no trace."""
    sha256: str = ""
    """Of the file as given, packed if it was."""
    size_bytes: int = 0
    encoding: str | None
    records: int
    unread_records: int
    unread: list[Place]
    classes: Counter[str]
    first: Moment | None
    last: Moment | None
    end: Place | None
    drafts: list[Draft]
    clock_set_back: bool
    shapes: ShapeCounter
    packets: PacketLog
    """What other traces of the case show."""
    device: dict[str, str]
    """`model` and `version` of the router, where the console's greeting was copied."""
    endpoints: Endpoints
    settled: Settled
    """Older negotiations, of a trace with very many; `drafts` are the others."""
    settings: int = 0
    """Commands of a configuration between the records; nothing of them is kept."""

    @property
    def own_addresses(self) -> set[Address]:
        """Ours, as far as the negotiations tell."""
        return self.endpoints.own_addresses

    @property
    def gateways(self) -> set[Address]:
        """Whom we dial or are called by."""
        return self.endpoints.gateways

    @property
    def spis(self) -> set[tuple[str, str]]:
        """SPI and its direction, of IPsec SAs."""
        return self.endpoints.spis

    @property
    def begun(self) -> int:
        """How many negotiations it tells of."""
        return len(self.settled) + len(self.drafts)

    def negotiations(self, side: Side) -> tuple[Negotiation, ...]:
        """Those that are whole, in the order in which they began."""
        return self.settled.rest(self.drafts, side, self.end)


class TraceReader:
    """Reads sources with the patterns of one catalog."""

    def __init__(self, catalog: Catalog, likeness: Likeness | None = None) -> None:
        """Reads with one catalog.

        Args:
            catalog: Its patterns are compiled when a source needs them.
            likeness: What is equal of negotiations that are judged alike: with it memory stays
                bounded however many a trace holds; None keeps all whole.
        """
        self._patterns = Patterns(catalog)
        self._errors = catalog.errors
        self._likeness = likeness

    def read_file(self, name: str, stream: BinaryIO) -> tuple[list[ReadSource], Packed]:
        """Read a file, or every part of it if it is packed or an archive."""
        packed = Packed()
        sources = [self.read(part.name, part.stream) for part in parts(name, stream, packed)]
        for source in sources:
            source.sha256, source.size_bytes = packed.sha256, packed.size_bytes
        return sources, packed

    def read(self, name: str, stream: BinaryIO) -> ReadSource:
        """Read a stream to its end; raises what the stream raises, nothing for its content."""
        text = TextReader(stream)
        scripts = self.scripts()
        pieces, is_charon = _begin(text)
        context = Context(errors=self._errors, packets=PacketLog())
        settled = Settled(name, context, self._likeness)
        if is_charon:
            log = CharonLog(name, self._patterns)
            source = _read(text, log, scripts.without(pieces), settled)
        else:
            settle = settled.settle if self._likeness is not None else None
            trace = LancomTrace(name, self._patterns, scripts, passing=True, settle=settle)
            context.device = trace.device
            source = _read(text, trace, pieces, settled)
        source.settings = scripts.settings
        if source.kind is SourceKind.EMPTY and scripts.blanked:
            source.kind, source.looks = SourceKind.OTHER, looks_like(text.head)
        return source

    def scripts(self) -> ScriptLines:
        """What blanks the scripts of one stream; afterwards it knows how many lines they had."""
        return ScriptLines(self._patterns.begins)

    def annotate(
        self, name: str, stream: BinaryIO, scripts: ScriptLines | None = None
    ) -> Iterator[Annotated]:
        """Each record of a stream with what it was read as, in file order.

        Args:
            name: Of the source, for the places.
            stream: Read once, to its end.
            scripts: Of this reader's `scripts`, for whoever wants to know what was left out.
        """
        scripts = scripts or self.scripts()
        pieces, is_charon = _begin(TextReader(stream))
        readings: Iterator[tuple[Record, Reading | None, bool]] = (
            CharonLog(name, self._patterns).readings(scripts.without(pieces))
            if is_charon
            else LancomTrace(name, self._patterns, scripts).readings(pieces)
        )
        for record, reading, known in readings:
            yield Annotated(record=record, reading=reading, known_class=known)


def _begin(text: TextReader) -> tuple[Iterable[str], bool]:
    """The text, and whether it is charon's log by its first piece."""
    pieces = text.pieces()
    first = next(pieces, "")
    # A report of ours quotes the trace it tells of.
    is_charon = _is_charon(first) and looks_like(text.head) != OWN_REPORT
    return chain((first,), pieces) if first else (), is_charon


def _is_charon(text: str) -> bool:
    # What reads charon's log is imported for a text that can be one.
    if "charon" not in text and not _SUBSYSTEM.search(text):
        return False
    from assistant.trace.charon.record import is_charon_log

    return is_charon_log(text)


def _read(  # noqa: C901 - one loop over all records; each question is asked once
    text: TextReader, dialect: Dialect[R], pieces: Iterable[str], settled: Settled
) -> ReadSource:
    classes: Counter[str] = Counter()
    unread: list[Place] = []
    shapes = ShapeCounter()
    context = settled.context
    packets = context.packets
    unread_records = records = read = 0
    first: Moment | None = None
    count = classes.get
    for record, reading, known in dialect.readings(pieces):
        records += 1
        if first is None:
            first = record.time
        trace_class = record.trace_class or ""
        classes[trace_class] = count(trace_class, 0) + 1
        if record.prose:
            _keep(unread, list(record.prose))
        if reading is None:
            if known:
                unread_records += 1
                _keep(unread, [record.place])
                shapes.add(record.lines[0] if record.lines else "", record.place)
            dialect.pass_by(record.place)
            continue
        read += 1
        if type(reading.event) in _OTHER_TRACES:
            packets.take(record.place, reading.event)
            dialect.pass_by(record.place)
            continue
        if reading.unread or reading.partly:
            for place in _lines(record, sorted({*reading.unread, *reading.partly})):
                _keep(unread, [place])
                shapes.add(place.text.strip(), place)
            record = _without_tail(record, reading.unread)  # noqa: PLW2901 - what was read of it
        dialect.take(record, reading)
    records += sum(dialect.passed.values())
    classes.update(dialect.passed)
    kind = dialect.kind_of(records, read)
    looks = "empty" if kind is SourceKind.EMPTY else looks_like(text.head)
    if looks == OWN_REPORT:
        kind = SourceKind.OTHER
    source = ReadSource(
        name=settled.source,
        kind=kind,
        looks=looks,
        encoding=text.encoding,
        records=records,
        unread_records=unread_records,
        unread=unread,
        classes=classes,
        first=first,
        last=dialect.end.time if dialect.end else None,
        end=dialect.end,
        drafts=dialect.finish(),
        clock_set_back=dialect.clock_set_back,
        device=dialect.device,
        shapes=shapes,
        packets=packets,
        endpoints=context.endpoints,
        settled=settled,
    )
    for draft in source.drafts:
        context.endpoints.learn(draft)
    return source


class Annotated(Struct, frozen=True, kw_only=True):
    """One record and its reading."""

    record: Record
    reading: Reading | None
    """None if no pattern reads it."""
    known_class: bool
    """False for a trace class that no pattern reads: counted, not used."""


def _keep(unread: list[Place], places: list[Place]) -> None:
    for place in places[: max(UNREAD_LIMIT - len(unread), 0)]:
        if sum(len(one.text) for one in unread) < _UNREAD_CHARACTERS:
            unread.append(place)


def _lines(record: Record, positions: Iterable[int]) -> list[Place]:
    whole = record.place
    texts = whole.text.split("\n")
    numbers = (record.line_numbers[position] for position in positions)
    return [
        Place(whole.source, number, number, texts[number - whole.first_line], record.time)
        for number in numbers
    ]


def _without_tail(record: R, unread: tuple[int, ...]) -> R:
    """The record up to its last line that was read: what follows it is no evidence."""
    if not unread:
        return record
    read = max(position for position in range(len(record.lines)) if position not in unread)
    whole = record.place
    last = record.line_numbers[read]
    text = "\n".join(whole.text.split("\n")[: last - whole.first_line + 1])
    return replace(record, place=replace(whole, last_line=last, text=text))


_OTHER_TRACES = frozenset(OTHER_TRACE_EVENTS)
