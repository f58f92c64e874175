"""The long way from text to records: undoes what copying did, wherever it may have happened.

Whatever a mail, a ticket or a web page made of a trace is read here: quotes, table cells, headers
without a class or a date, prompts and remarks between the lines. `reader` sends only such text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec.structs import replace

from assistant.later import compiled_later
from assistant.model.source import Moment, Place
from assistant.trace.text.copies import cells, greeting, is_console, undone, without_serial
from assistant.trace.text.record import BODY_LINES, HEADER, VPN_STATUS, Record

_PENDING = 1 << 21
"""Characters of one record that are waited for."""


class CopiedRecords:
    """Cuts text into records; knows how many lines there were and when the clock went back."""

    def __init__(self, source: str, begins: Mapping[str, str]) -> None:
        """Reads a source; `begins` says how first lines begin, and of which trace class."""
        self._source = source
        self._left = ""
        """From the last header on: the next piece may go on with it."""
        self._classes = {word.lower(): trace_class for word, trace_class in begins.items()}
        self._names = {name.casefold(): name for name in (*begins.values(), VPN_STATUS)}
        words = "|".join(re.escape(word) for word in sorted(begins, key=len, reverse=True))
        self._begin = compiled_later(rf"({words})" if words else r"(?!)", re.IGNORECASE)
        self._line = 1
        self.clock = TraceClock()
        self.tagged = 0
        """Headers that name a trace class, followed by what a device prints after one."""
        self.bare = 0
        """Headers without one that stand on a line of their own."""
        self.console_lines = 0
        """Prompts, commands, greetings, output of ping."""
        self.device: dict[str, str] = {}
        """`model` and `version`, if the console's greeting was copied."""
        self._model: str | None = None

    def copied(self, piece: str) -> Iterator[Record]:
        """Records of the next piece of text; text before the first header comes without one."""
        raw = self._left + piece
        text = undone(raw)
        headers = [match for match in HEADER.finditer(text) if self._is_header(match)]
        starts = [match.start() for match in headers]
        parts = _cut(text, raw, starts)
        if headers and starts[0] > 0:
            yield from self._loose(*next(parts))
        for match, part in zip(headers[:-1], parts, strict=False):
            yield from self._headed(match, *part)
        # The last record may go on in the next piece.
        left = next(parts, (text, raw))[1] if headers else raw
        if len(left) > _PENDING:
            # No header for megabytes: this is no trace, or a record without end.
            cut = left.rfind("\n") + 1 or len(left)
            yield from self._last(left[:cut])
            left = left[cut:]
        self._left = left

    def copied_rest(self) -> Iterator[Record]:
        """What was held back because it might have gone on."""
        left, self._left = self._left, ""
        if left:
            yield from self._last(left)

    def _last(self, raw: str) -> Iterator[Record]:
        text = undone(raw)
        match = HEADER.match(text)
        if match and self._is_header(match):
            yield from self._headed(match, text, raw)
        else:
            yield from self._loose(text, raw)

    def _is_header(self, match: re.Match[str]) -> bool:
        """Other programs print times with commas too: without tag and date it must stand alone."""
        rest = match["rest"].lstrip("| ")
        if match["tag"] or not rest or self._begin.match(rest):
            return True
        # Behind the border of a table cell stands what somebody else wrote.
        return bool(match["year"]) or match["rest"].lstrip().startswith("|")

    def _headed(self, match: re.Match[str], text: str, raw: str) -> Iterator[Record]:
        first = self._line
        self._line += text.count("\n")
        rest = match["rest"].lstrip("| ")
        lines_of_header = match[0].count("\n")
        body = self._body(rest + text[match.end("rest") - match.start() :], first + lines_of_header)
        tag = (match["tag"] or "").strip() or None
        if tag is not None:
            tag = self._names.get(tag.casefold(), tag)
        # `[main] 10:17:58,480 INFO ...` is the log of some other program.
        interface = match["interface"] or match["late"]
        self.tagged += tag is not None and (
            not rest or interface is not None or self._begin.match(rest) is not None
        )
        self.bare += tag is None and not rest
        # Only one of two clocks is looked at: they differ, and none was set back.
        own = HEADER.match(" ".join(match["stamp"].split())) if match["stamp"] else None
        time = (self._time(own) if own else None) or self._time(match)
        lines = raw.split("\n")
        if tag is not None and not tag.casefold().startswith("vpn"):
            record = self._record(tag, time, body[:BODY_LINES], (first, first), lines)
            yield replace(record, interface=interface.strip("[]")) if interface else record
            return
        groups = list(self._groups(body))
        prose: tuple[Place, ...] = ()
        if (
            len(groups) > 1
            and not self._begin.match(groups[0][0][1])
            and self._begin.match(groups[1][0][1])
        ):
            prose = tuple(
                Place(
                    self._source,
                    number,
                    number,
                    without_serial(lines[number - first].rstrip()),
                    time,
                )
                for number, _ in groups.pop(0)
            )
        # Also a header without any line is a record, and the first one begins with the header.
        record = self._record(tag, time, groups[0] if groups else [], (first, first), lines)
        yield replace(record, prose=prose) if prose else record
        for group in groups[1:]:
            yield self._record(tag, time, group, (group[0][0], first), lines)

    def _loose(self, text: str, raw: str) -> Iterator[Record]:
        """Lines without a header."""
        first = self._line
        self._line += text.count("\n")
        lines = raw.split("\n")
        for group in self._groups(self._body(text, first)):
            yield self._record(None, None, group, (group[0][0], first), lines)

    def _body(self, text: str, first: int) -> list[tuple[int, str]]:
        """Lines and table cells with their numbers; what the console printed is left out."""
        body = []
        for number, line in enumerate(text.split("\n"), start=first):
            for cell in cells(line):
                if not self._begin.match(cell) and is_console(cell):
                    self.console_lines += 1
                    self._greeted(cell)
                else:
                    body.append((number, cell))
        return body

    def _greeted(self, line: str) -> None:
        """Keep model and version; a model is one only right above the version."""
        said = greeting(line)
        if said and said[0] == "version":
            if self._model:
                self.device.setdefault("model", self._model)
            self.device.setdefault(*said)
        self._model = said[1] if said and said[0] == "model" else None

    def _groups(self, body: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
        """Each VPN message is a record of its own, even where its header was not copied."""
        group: list[tuple[int, str]] = []
        for number, line in body:
            if group and (self._begin.match(line) or len(group) >= BODY_LINES):
                yield group
                group = []
            group.append((number, line))
        if group:
            yield group

    def _record(
        self,
        tag: str | None,
        time: Moment | None,
        body: list[tuple[int, str]],
        starts: tuple[int, int],
        raw: list[str],
    ) -> Record:
        """A record from line `starts[0]` on; `raw` are the lines from `starts[1]` on."""
        lines = tuple(line for _, line in body)
        trace_class = tag
        begin = self._begin.match(lines[0]) if lines and tag is None else None
        if begin:
            trace_class = self._classes[begin[1].lower()]
        first, offset = starts
        last = body[-1][0] if body else first
        text = without_serial("\n".join(map(str.rstrip, raw[first - offset : last - offset + 1])))
        place = Place(self._source, first, last, text, time)
        return Record(trace_class, time, lines, tuple(n - first for n, _ in body), place)

    def _time(self, match: re.Match[str]) -> Moment | None:
        """None for an impossible date or time."""
        year, month, day = match["year"], match["month"], match["day"]
        hour, minute, second, ms = (int(match[name]) for name in ("hour", "minute", "second", "ms"))
        if year is None:
            return self.clock.undated(hour, minute, second, ms)
        return self.clock.dated(int(year), int(month), int(day), hour, minute, second, ms)


class TraceClock:
    """Turns what headers print into moments, and notices when the device's clock went back."""

    def __init__(self) -> None:
        # Device times have no zone. Not the first day there is: one looks half a day back.
        self._day = datetime(1, 1, 2)  # noqa: DTZ001
        self._before: datetime | None = None
        self.set_back = False
        """A dated stamp more than a minute before the one above it."""

    def dated(  # noqa: PLR0913, PLR0917 - what a header prints
        self, year: int, month: int, day: int, hour: int, minute: int, second: int, ms: int
    ) -> Moment | None:
        """None for an impossible date or time."""
        try:
            at = datetime(year, month, day, hour, minute, second, ms * 1000)  # noqa: DTZ001
        except ValueError:
            return None
        before = self._before
        if before is not None and at < before and before - at > timedelta(minutes=1):
            self.set_back = True
        self._before = at
        return Moment(at)

    def undated(self, hour: int, minute: int, second: int, ms: int) -> Moment | None:
        """None for an impossible time; midnight is noticed."""
        try:
            at = self._day.replace(hour=hour, minute=minute, second=second, microsecond=ms * 1000)
            if self._before is not None and at < self._before - timedelta(hours=12):
                self._day += timedelta(days=1)
                at += timedelta(days=1)
        except (ValueError, OverflowError):
            return None
        self._before = at
        return Moment(at, dated=False)


def _cut(text: str, raw: str, starts: list[int]) -> Iterator[tuple[str, str]]:
    """Pairs of cleaned and raw text between the starts, which count in the cleaned text."""
    bounds = [0, *starts] if starts and starts[0] > 0 else list(starts)
    if not bounds:
        return
    bounds.append(len(text))
    if len(text) == len(raw):  # cleaning left everything where it was
        for start, end in pairwise(bounds):
            yield text[start:end], raw[start:end]
        return
    lines = raw.split("\n")
    at = 0
    for start, end in pairwise(bounds):
        count = text.count("\n", start, end)
        last = end == len(text)
        piece = lines[at:] if last else lines[at : at + count]
        yield text[start:end], "\n".join(piece) + ("" if last else "\n")
        at += count
