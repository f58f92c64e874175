"""The records of a case as a report shows them: in file order, annotated, bounded."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from assistant.model.event import RemoteSite
from assistant.model.negotiation import Stage
from assistant.model.source import Moment

AROUND = 2
"""Records before and after a cited one that are shown with it."""


class RecordState(str, Enum):
    """What became of a record."""

    READ = "read"
    """A pattern reads it."""
    UNREAD = "unread"
    """Its class is one that patterns read, but none reads it."""
    OTHER = "other"
    """Of a trace class that no pattern reads: counted, not used."""


class TranscriptRecord(Struct, frozen=True, kw_only=True):
    """One record with what is known of it."""

    first_line: int
    last_line: int
    """Inclusive."""
    text: str
    """As in `Place.text`: the lines joined by `\\n`, serial numbers masked; cut where endless."""
    time: Moment | None
    trace_class: str
    """`VPN-Status`; empty where nothing tells it."""
    remote_site: RemoteSite
    """Named by the record or by the negotiation it belongs to; empty where neither does."""
    stage: Stage | None
    """How far its negotiation was with this record; None outside of any."""
    pattern: str | None
    """Id of the message pattern that reads it."""
    state: RecordState


class LeftOut(Struct, frozen=True, kw_only=True):
    """Records in a row that the budget has no room for: counted and named."""

    first_line: int
    last_line: int
    records: int
    classes: tuple[tuple[str, int], ...]
    """Trace classes with their number of records, most frequent first. Of a source with more
    classes than any device has, the records of those that came last are in none of them."""


class SourceTranscript(Struct, frozen=True, kw_only=True):
    """The records of one source, in file order."""

    source: str
    """Its name, as `Place.source` has it."""
    parts: tuple[TranscriptRecord | LeftOut, ...]

    @property
    def records(self) -> tuple[TranscriptRecord, ...]:
        """Those that are here."""
        return tuple(part for part in self.parts if isinstance(part, TranscriptRecord))

    @property
    def left_out(self) -> int:
        """How many records are not here."""
        return sum(part.records for part in self.parts if isinstance(part, LeftOut))


class Transcript(Struct, frozen=True, kw_only=True):
    """All of it; empty where nothing could be read a second time."""

    sources: tuple[SourceTranscript, ...] = ()

    def __iter__(self) -> Iterator[SourceTranscript]:
        """The sources in the order of the case."""
        return iter(self.sources)
