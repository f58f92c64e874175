"""The dialects a source may be written in, each with its way from text to negotiations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from assistant.catalog.catalog import Catalog
from assistant.catalog.message import MessageMatcher, Reading
from assistant.model.source import Place, SourceKind
from assistant.trace.negotiation import Assembler, Draft, Settle
from assistant.trace.text.reader import RecordReader
from assistant.trace.text.record import Record
from assistant.trace.text.script_lines import ScriptLines

if TYPE_CHECKING:
    from assistant.trace.charon.message import CharonMatcher
    from assistant.trace.charon.record import CharonRecord

R = TypeVar("R", bound=Record)


class Dialect(Protocol[R]):
    """One source being read."""

    kind: SourceKind

    @property
    def end(self) -> Place | None:
        """The last record with a time."""

    @property
    def clock_set_back(self) -> bool:
        """A stamp more than a minute before the one above it."""

    @property
    def passed(self) -> Counter[str]:
        """Records that were only counted, by class."""

    @property
    def device(self) -> dict[str, str]:
        """What the source says of the device that wrote it."""

    def readings(self, pieces: Iterable[str]) -> Iterator[tuple[R, Reading | None, bool]]:
        """Records, what they were read as, and whether their class is one that should be read."""

    def pass_by(self, place: Place) -> None:
        """A record that belongs to no negotiation."""

    def take(self, record: R, reading: Reading) -> None:
        """A record that does."""

    def finish(self) -> list[Draft]:
        """All negotiations."""

    def kind_of(self, records: int, read: int) -> SourceKind:
        """What the source turned out to be."""


class Patterns:
    """The patterns of one catalog; those of a dialect are compiled when a source needs them."""

    def __init__(self, catalog: Catalog) -> None:
        self._files = catalog.pattern_files
        own = [one for one in self._files if one.dialect == "lancom"]
        self.begins = {word: one.trace_class for one in reversed(own) for word in one.begins}
        """How first lines begin, and of which trace class."""

    @cached_property
    def lancom(self) -> MessageMatcher:
        """Of LANCOM's traces."""
        return MessageMatcher(one for one in self._files if one.dialect == "lancom")

    @cached_property
    def strongswan(self) -> CharonMatcher:
        """Of strongSwan's log."""
        from assistant.trace.charon.message import CharonMatcher

        return CharonMatcher(self._files)


class LancomTrace:
    """A trace of a LANCOM router."""

    kind = SourceKind.LANCOM_TRACE

    def __init__(
        self,
        name: str,
        patterns: Patterns,
        scripts: ScriptLines,
        *,
        passing: bool = False,
        settle: Settle | None = None,
    ) -> None:
        """Reads a source.

        Args:
            name: Of the source.
            patterns: To read with.
            scripts: Blanks configurations.
            passing: Records of classes that no pattern reads are only counted.
            settle: Keeps negotiations small when there are very many; None: all stay whole.
        """
        self._matcher = patterns.lancom
        self._cutter = RecordReader(
            name, patterns.begins, scripts=scripts, passes=self._passes if passing else None
        )
        self._assembler = Assembler(settle)
        self.pass_by = self._assembler.pass_by
        self.take = self._assembler.take
        self.finish = self._assembler.finish

    @property
    def end(self) -> Place | None:
        """The last record with a time."""
        return self._assembler.end

    @property
    def clock_set_back(self) -> bool:
        """A dated stamp more than a minute before the one above it."""
        return self._cutter.clock.set_back

    @property
    def passed(self) -> Counter[str]:
        """Records that were only counted, by class."""
        return self._cutter.passed

    @property
    def device(self) -> dict[str, str]:
        """`model` and `version`, where the console's greeting was copied."""
        return self._cutter.device

    def readings(self, pieces: Iterable[str]) -> Iterator[tuple[Record, Reading | None, bool]]:
        """Records, what they were read as, and whether their class is one that should be read."""
        read, knows = self._matcher.read, self._matcher.knows
        for record in self._cutter.records(pieces):
            body, trace_class = record.body, record.trace_class
            if body is not None and body.is_read:
                reading = body.reading
                yield record, cast("Reading | None", reading), True
            elif trace_class is None or not knows(trace_class):
                yield record, None, trace_class is None
            else:
                found = read(record.lines, trace_class) if record.lines else None
                if body is not None:
                    body.reading, body.is_read = found, True
                yield record, found, True

    def _passes(self, trace_class: str) -> bool:
        # A class that begins like the VPN's own may hold its messages.
        return not trace_class.casefold().startswith("vpn") and not self._matcher.knows(trace_class)

    def kind_of(self, records: int, read: int) -> SourceKind:
        """Also without a record that is read: the headers show it."""
        if records == 0 and self._cutter.console_lines == 0:
            return SourceKind.EMPTY
        is_trace = read or self._cutter.tagged or self._cutter.bare
        return self.kind if is_trace else SourceKind.OTHER


class CharonLog:
    """The log of strongSwan's IKE daemon."""

    kind = SourceKind.STRONGSWAN_LOG

    def __init__(self, name: str, patterns: Patterns) -> None:
        """Reads a source."""
        from assistant.trace.charon.negotiation import CharonAssembler
        from assistant.trace.charon.record import CharonReader

        self._matcher = patterns.strongswan
        self._cutter = CharonReader(name)
        self._assembler = CharonAssembler()
        self.pass_by = self._assembler.pass_by
        self.take = self._assembler.take
        self.finish = self._assembler.finish
        self.passed: Counter[str] = Counter()
        """None: each line is a record of its own."""
        self.device: dict[str, str] = {}
        """Nothing: the device is whatever runs Linux."""

    @property
    def end(self) -> Place | None:
        """The last line with a time."""
        return self._assembler.end

    @property
    def clock_set_back(self) -> bool:
        """A stamp more than a minute before the one above it."""
        return self._cutter.clock_set_back

    def readings(
        self, pieces: Iterable[str]
    ) -> Iterator[tuple[CharonRecord, Reading | None, bool]]:
        """Records, what they were read as, and whether their subsystem should be read."""
        for record in self._cutter.records(pieces):
            reading, known = self._matcher.read(record)
            yield record, reading, known

    def kind_of(self, records: int, read: int) -> SourceKind:
        """Recognised before it was read."""
        del records, read
        return self.kind
