"""Text to records: a header with class and time, and the lines that belong to it.

    [VPN-Status] 2007/12/04 01:24:48,720
    VPN: disconnecting ZENTRALE (192.0.2.1)

File order is kept; nothing is sorted by time, because a trace is printed late but in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.model.source import Moment, Place

HEADER = re.compile(
    r"^[ \t]*(?:\[(?P<tag>[A-Za-z0-9][\w .#/-]{0,39})\][ \t]*)?"
    r"(?:(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})[ \t]+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2}),(?P<ms>\d{3})(?!\d)"
    r"[ \t]*(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
"""`2004/01/20 15:18:34,500`, `[VPN-Status] 2007/12/04 14:37:57,210`, `10:17:58,480`."""

BODY_LINES = 200
"""Lines of one record that are looked at; a VPN record has at most half a dozen."""

VPN_STATUS = "VPN-Status"


@dataclass(frozen=True, slots=True)
class Record:
    """One trace output."""

    trace_class: str | None
    """What the header names, or what the first line gives away; None if neither does."""
    time: Moment | None
    lines: tuple[str, ...]
    """The body's lines without white space around them, empty ones left out."""
    line_numbers: tuple[int, ...]
    """Of each of `lines`, counted from 1."""
    place: Place
    """From the header to the last line that is not empty."""


class RecordReader:
    """Cuts text into records; knows how many lines there were and when the clock went back."""

    def __init__(self, source: str, begins: Iterable[str]) -> None:
        self._source = source
        words = "|".join(re.escape(word) for word in begins)
        self._begin = re.compile(rf"\s*(?:{words})", re.IGNORECASE)
        self._line = 1
        # Device times have no zone. Not the first day there is: one looks half a day back.
        self._day = datetime(1, 1, 2)  # noqa: DTZ001
        self._clock: datetime | None = None
        self.tagged = 0
        """Headers that name a trace class, followed by what a device prints after one."""
        self.bare = 0
        """Headers without one that stand on a line of their own."""
        self.clock_set_back = False
        """A dated stamp more than a minute before the one above it."""

    def records(self, pieces: Iterable[str]) -> Iterator[Record]:
        """Records in file order; text before the first header comes without one."""
        left = ""
        for piece in pieces:
            text = left + piece
            start = 0
            headers = [match for match in HEADER.finditer(text) if self._is_header(match)]
            ends = [match.start() for match in headers]
            if headers and ends[0] > 0:
                yield from self._loose(text[: ends[0]])
            for match, end in zip(headers, ends[1:], strict=False):
                yield from self._headed(match, text[match.start() : end])
            start = ends[-1] if ends else 0
            left = text[start:]
            if len(left) > (1 << 21):
                # No header for megabytes: this is no trace, or a record without end.
                cut = left.rfind("\n") + 1 or len(left)
                yield from self._last(left[:cut])
                left = left[cut:]
        if left:
            yield from self._last(left)

    def _last(self, text: str) -> Iterator[Record]:
        match = HEADER.match(text)
        if match and self._is_header(match):
            yield from self._headed(match, text)
        else:
            yield from self._loose(text)

    def _is_header(self, match: re.Match[str]) -> bool:
        """Other programs print times with commas too: without tag and date it must stand alone."""
        rest = match["rest"]
        if match["tag"] or not rest or self._begin.match(rest):
            return True
        return bool(match["year"])

    def _headed(self, match: re.Match[str], text: str) -> Iterator[Record]:
        first = self._line
        self._line += text.count("\n")
        rest = match["rest"].strip()
        body = [(first, rest)] if rest else []
        body += _numbered(text[match.end("rest") - match.start() + 1 :], first + 1)
        tag = (match["tag"] or "").strip() or None
        if tag is not None and tag.casefold() == VPN_STATUS.casefold():
            tag = VPN_STATUS
        # `[main] 10:17:58,480 INFO ...` is the log of some other program.
        self.tagged += tag is not None and (not rest or self._may_follow(rest))
        self.bare += tag is None and not rest
        time = self._time(match)
        raw = text.split("\n")
        groups = self._groups(body) if tag in (VPN_STATUS, None) else iter([body[:BODY_LINES]])
        # Also a header without any line is a record, and the first one begins with the header.
        yield self._record(tag, time, next(groups, []), (first, first), raw)
        for group in groups:
            yield self._record(tag, time, group, (group[0][0], first), raw)

    def _may_follow(self, rest: str) -> bool:
        """What a device prints after its header: a message, `[INTRANET (4)]` for the interface."""
        return rest.startswith("[") or self._begin.match(rest) is not None

    def _loose(self, text: str) -> Iterator[Record]:
        """Lines without a header."""
        first = self._line
        self._line += text.count("\n")
        raw = text.split("\n")
        for group in self._groups(_numbered(text, first)):
            yield self._record(None, None, group, (group[0][0], first), raw)

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
        if trace_class is None and lines and self._begin.match(lines[0]):
            trace_class = VPN_STATUS
        first, offset = starts
        last = body[-1][0] if body else first
        text = "\n".join(map(str.rstrip, raw[first - offset : last - offset + 1]))
        place = Place(self._source, first, last, text, time)
        return Record(trace_class, time, lines, tuple(n for n, _ in body), place)

    def _time(self, match: re.Match[str]) -> Moment | None:
        """None for an impossible date or time; midnight is noticed where there is no date."""
        hour, minute, second, ms = (int(match[name]) for name in ("hour", "minute", "second", "ms"))
        dated = match["year"] is not None
        try:
            if dated:
                day = datetime(int(match["year"]), int(match["month"]), int(match["day"]))  # noqa: DTZ001
            else:
                day = self._day
            at = day.replace(hour=hour, minute=minute, second=second, microsecond=ms * 1000)
            if not dated and self._clock and at < self._clock - timedelta(hours=12):
                self._day += timedelta(days=1)
                at += timedelta(days=1)
        except (ValueError, OverflowError):
            return None
        if dated and self._clock and at < self._clock - timedelta(minutes=1):
            self.clock_set_back = True
        self._clock = at
        return Moment(at, dated)


def _numbered(text: str, first: int) -> list[tuple[int, str]]:
    """Lines without white space around them and their numbers; empty ones left out."""
    lines = enumerate(map(str.strip, text.split("\n")), start=first)
    return [(number, line) for number, line in lines if line]
