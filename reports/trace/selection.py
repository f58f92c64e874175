"""Chooses the records that a page has room for; the others are counted where they stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from markupsafe import Markup, escape
from msgspec import Struct

from assistant.model.transcript import (
    AROUND,
    LeftOut,
    SourceTranscript,
    Transcript,
    TranscriptRecord,
)
from reports.escape import TEXT_LIMIT, visible

GAP_BYTES = 260
"""What a run of records that are left out takes in both languages."""
_COLUMNS_BYTES = 24
"""What is written of a record beside its text."""

Place: TypeAlias = tuple[int, int]
"""Position of a source and of a part in it."""


class Written(Struct, frozen=True):
    """One record as the page has it."""

    record: TranscriptRecord
    text: Markup
    """The number of its first line, a tab, and its lines, each but the first after a tab."""
    size: int
    """Bytes of all that is written of it."""


class Selected(Struct, frozen=True):
    """What is shown of one source, in file order."""

    name: str
    parts: tuple[Written | LeftOut, ...]

    @property
    def written(self) -> tuple[Written, ...]:
        """The records that are shown."""
        return tuple(part for part in self.parts if isinstance(part, Written))

    @property
    def left_out(self) -> int:
        """How many records are not shown."""
        return sum(part.records for part in self.parts if isinstance(part, LeftOut))


class Selection:
    """The records of a transcript, of which as many are shown as fit."""

    def __init__(self, transcript: Transcript, cited: Collection[tuple[str, int]]) -> None:
        """Writes every record once.

        Args:
            transcript: All that could be shown.
            cited: Lines that claims rest on, each with its source.
        """
        self._names = [source.source for source in transcript]
        self._parts = [
            [part if isinstance(part, LeftOut) else _written(part) for part in source.parts]
            for source in transcript
        ]
        self._order = list(_by_importance(transcript, cited))

    def fitting(self, room: int) -> tuple[Selected, ...]:
        """The sources with as many of their records as take about `room` bytes.

        First those that are cited, with two around each; then those of all sources alike, from
        their beginnings.
        """
        chosen: set[Place] = set()
        for source, number in self._order:
            part = self._parts[source][number]
            if isinstance(part, LeftOut):
                continue
            alone = not {(source, number - 1), (source, number + 1)} & chosen
            size = part.size + (GAP_BYTES if alone else 0)
            if size <= room:
                room -= size
                chosen.add((source, number))
        return tuple(
            Selected(name, tuple(_parts(parts, {n for s, n in chosen if s == source})))
            for source, (name, parts) in enumerate(zip(self._names, self._parts, strict=True))
        )


def _written(record: TranscriptRecord) -> Written:
    shown = escape(visible(record.text, limit=TEXT_LIMIT, lines=True))
    # A tab in the record itself has become a picture: what begins with one continues a record.
    text = Markup("{}\t").format(record.first_line) + shown.replace("\n", "\n\t")
    return Written(record, text, len(text.encode()) + _COLUMNS_BYTES)


def _by_importance(transcript: Transcript, cited: Collection[tuple[str, int]]) -> Iterator[Place]:
    later: list[tuple[float, Place]] = []
    near: list[tuple[float, Place]] = []
    lines: dict[str, set[int]] = {}
    for name, line in cited:
        lines.setdefault(name, set()).add(line)
    for position, source in enumerate(transcript):
        around = set(_around(source, lines.get(source.source, set())))
        for number in range(len(source.parts)):
            place = (number / len(source.parts), (position, number))
            (near if number in around else later).append(place)
    for _, one in (*sorted(near), *sorted(later)):
        yield one


def _around(source: SourceTranscript, lines: set[int]) -> Iterator[int]:
    if not lines:
        return
    for number, part in enumerate(source.parts):
        if isinstance(part, TranscriptRecord) and not lines.isdisjoint(
            range(part.first_line, part.last_line + 1)
        ):
            yield from range(number - AROUND, number + AROUND + 1)


def _parts(parts: Sequence[Written | LeftOut], chosen: set[int]) -> Iterator[Written | LeftOut]:
    gap: list[LeftOut] = []
    for number, part in enumerate(parts):
        if isinstance(part, LeftOut):
            gap.append(part)
        elif number in chosen:
            if gap:
                yield _merged(gap)
                gap = []
            yield part
        else:
            gap.append(_alone(part.record))
    if gap:
        yield _merged(gap)


def _alone(record: TranscriptRecord) -> LeftOut:
    return LeftOut(
        first_line=record.first_line,
        last_line=record.last_line,
        records=1,
        classes=((record.trace_class, 1),),
    )


def _merged(runs: Sequence[LeftOut]) -> LeftOut:
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(dict(run.classes))
    return LeftOut(
        first_line=runs[0].first_line,
        last_line=runs[-1].last_line,
        records=sum(run.records for run in runs),
        classes=tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
