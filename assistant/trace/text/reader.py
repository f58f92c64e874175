"""Text to records, as cheaply as the text allows: this place pays for speed with plainness.

There are two ways to one result. What stands as the device printed it goes the short way: one
expression finds the headers; each distinct body is cut into lines once, and looked through for
signs that somebody copied or typed it; and a record of a class that nobody reads is counted without
an object being made. What shows such a sign goes the long way (`copied`), but only the record
around it. A property test holds both to the same records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, pairwise, repeat

from msgspec import Struct, field

from assistant.model.source import Moment, Place
from assistant.trace.text.copied import CopiedRecords
from assistant.trace.text.copies import is_console
from assistant.trace.text.record import BODY_LINES, Body, Record
from assistant.trace.text.script_lines import ScriptLines

_HEADER = re.compile(
    # As the device prints it, with nothing behind it: tag, date, time, milliseconds, interface.
    r"\n\[([A-Za-z0-9][\w .#/-]{0,39})\] (?:(\d{4}/\d\d/\d\d) )?"
    r"(\d\d:\d\d:\d\d),(\d{3})(?: (\[[^\]\n]{1,80}\]))?(?=\n)"
)
_SIGN = re.compile(
    # Of copying and typing: a quote, a table's border, a bullet, a prompt, a command, a greeting.
    # `copied` decides what it is; more suspicion than needed costs time only.
    r"\n(?: *[>|]| *[-*] |[\w.+-]{1,64}@"
    r"|[^\w\n\[(]*(?i:lang|flash|cd\b|readscript|beginscript|set\b|add\b|del|rm\b|tab\b|default"
    r"|passwd|exit|quit|root|admin|ver\.|lancom))"
)
_STAMP = re.compile(r":\d\d,\d{3}(?!\d)")
"""Where a header of another form may stand."""
_ODD = re.compile(r"[^\x00-\x7f]|[\t\v\f]|\||SN\.")
"""Spaces and bullets of other kinds, the borders of table cells, a serial number."""
_BODIES = 20_000
"""Distinct bodies remembered; a ticket has a handful, a gateway's day some thousands."""
_BODY_LENGTH = 1_000
"""Characters; longer bodies are looked at each time, so that memory stays bounded."""
_DAYS = 1_000
_TAGS = 1_000
"""Days and tags remembered."""


class _Class(Struct):
    """What is known of headers with one tag."""

    name: str
    passed: bool
    """Its records are counted only."""
    grouped: bool
    """A message in its body begins a record of its own."""
    bodies: dict[str, Body | None] = field(default_factory=dict)
    """By text; None for one that goes the long way."""


class RecordReader(CopiedRecords):
    """Cuts the text of one source into records, in file order."""

    def __init__(
        self,
        source: str,
        begins: Mapping[str, str],
        *,
        scripts: ScriptLines | None = None,
        passes: Callable[[str], bool] | None = None,
    ) -> None:
        """Reads a source.

        Args:
            source: Its name, for the places.
            begins: How first lines begin, and of which trace class.
            scripts: Blanks what belongs to a configuration script; None where none can be.
            passes: Says of a trace class whether its records are counted only; None for none.
        """
        super().__init__(source, begins)
        self._scripts = scripts
        self._passes = passes
        self._known: dict[str, _Class] = {}
        self._days: dict[str, tuple[int, int, int]] = {}
        self._stamp = ""
        """Of the last header that went the short way, as printed; later ones are mostly greater."""
        self._unread: re.Match[str] | None = None
        """That header, if the clock was not told of it."""
        self.passed: Counter[str] = Counter()
        """How many records of each class were only counted; the last record never is."""

    def records(self, pieces: Iterable[str]) -> Iterator[Record]:
        """Records in file order; text before the first header comes without one.

        Args:
            pieces: Each of whole lines, but for the last one.
        """
        tail = ""
        for piece in pieces:
            text = f"\n{tail}{piece}"
            heads = list(_HEADER.finditer(text))
            tail = ""
            if not heads:
                yield from self._long_way(text[1:])
                continue
            if heads[0].start() > 0:
                yield from self._long_way(text[1 : heads[0].start() + 1])
            yield from self.copied_rest()
            yield from self._as_printed(text, heads)
            # The last record may go on in the next piece.
            tail = text[heads[-1].start() + 1 :]
            if len(tail) > len(piece):
                yield from self._long_way(tail)
                tail = ""
        if tail:
            yield from self._long_way(tail)
        yield from self.copied_rest()

    def _long_way(self, text: str) -> Iterator[Record]:
        self._tell_clock()
        if self._scripts is not None:
            text = self._scripts.blanked_in(text)
        yield from self.copied(text)

    def _as_printed(  # noqa: C901 - the one loop that runs for each record of each trace
        self, text: str, heads: list[re.Match[str]]
    ) -> Iterator[Record]:
        """The records between these headers; with the last of them the next piece begins."""
        known, source, scripts = self._known, self._source, self._scripts
        quiet = scripts is None or scripts.is_quiet
        doubts: Iterator[int] | None = None
        doubt = 0
        line, counted = self._line, heads[0].start() + 1
        """The number of the line that begins at `counted`."""
        time: Moment | None = None
        before: str | None = None
        for head, following in pairwise(heads):
            start, end = head.start(), following.start()
            tag, date, clock, ms, interface = head.groups()
            of = known.get(tag) or self._class(tag)
            body: Body | None = None
            if of.passed and quiet and self._stamp:
                if doubts is None:
                    doubts = _doubts(text)
                while doubt <= start:
                    doubt = next(doubts)
                if doubt >= end:
                    self.passed[of.name] += 1
                    self.tagged += 1
                    stamp = f"{date}{clock}"
                    if stamp < self._stamp:
                        self._tell_clock()
                        self._moment(date, clock, ms)
                    self._stamp, self._unread = stamp, head
                    continue
            elif quiet:
                below = text[head.end() : end]
                body = of.bodies[below] if below in of.bodies else self._study(of, below)
            line += text.count("\n", counted, start + 1)
            counted = start + 1
            if body is None:
                self._line, before = line, None
                yield from self._long_way(text[counted : end + 1])
                yield from self.copied_rest()
                quiet = scripts is None or scripts.is_quiet
                continue
            self.tagged += 1
            stamp = f"{date}{clock}"
            if stamp != self._stamp or self._unread is not None or ms != before:
                if stamp < self._stamp:
                    self._tell_clock()
                self._stamp, self._unread, before = stamp, None, ms
                # Records of one moment share it.
                time = self._moment(date, clock, ms)
            yield Record(
                body.trace_class,
                time,
                body.lines,
                body.offsets,
                Place(source, line, line + body.last, text[counted : head.end()] + body.text, time),
                interface.strip("[]") if interface and not of.grouped else None,
                (),
                body,
            )
        self._line = line + text.count("\n", counted, heads[-1].start() + 1)

    def _tell_clock(self) -> None:
        """Of the last header that was passed by: it may be the one before which time went back."""
        if self._unread is not None:
            _, date, clock, ms, _ = self._unread.groups()
            self._unread = None
            self._moment(date, clock, ms)

    def _moment(self, date: str | None, clock: str, ms: str) -> Moment | None:
        hour, minute, second = int(clock[:2]), int(clock[3:5]), int(clock[6:])
        if date is None:
            return self.clock.undated(hour, minute, second, int(ms))
        day = self._days.get(date)
        if day is None:
            if len(self._days) >= _DAYS:
                self._days.clear()
            day = self._days[date] = int(date[:4]), int(date[5:7]), int(date[8:])
        return self.clock.dated(*day, hour, minute, second, int(ms))

    def _class(self, tag: str) -> _Class:
        """What to do with records under this tag."""
        name = self._names.get(tag.strip().casefold(), tag.strip())
        if len(self._known) >= _TAGS:
            self._known.clear()
        of = self._known[tag] = _Class(
            name=name,
            passed=self._passes is not None and self._passes(name),
            grouped=name.casefold().startswith("vpn"),
        )
        return of

    def _study(self, of: _Class, below: str) -> Body | None:
        """Look at a body for the first time; None if it must go the long way."""
        body = self._cut_body(of, below)
        if len(below) <= _BODY_LENGTH:
            if len(of.bodies) >= _BODIES:
                of.bodies.clear()
            of.bodies[below] = body
        return body

    def _cut_body(self, of: _Class, below: str) -> Body | None:
        if _SIGN.search(below) or _STAMP.search(below) or _is_odd(below):
            return None
        lines: list[str] = []
        offsets: list[int] = []
        raw = below.split("\n")
        for offset, each in enumerate(raw):
            line = each.strip()
            if not line:
                continue
            if self._begin.match(line):
                if lines and of.grouped:
                    return None  # a second message without a header of its own
            elif is_console(line):
                return None
            lines.append(line)
            offsets.append(offset)
        if len(lines) > BODY_LINES:
            if of.grouped:
                return None
            del lines[BODY_LINES:], offsets[BODY_LINES:]
        last = offsets[-1] if offsets else 0
        return Body(
            lines=tuple(lines),
            offsets=tuple(offsets),
            trace_class=of.name,
            last=last,
            text="\n".join(map(str.rstrip, raw[: last + 1])) if last else "",
        )


def _doubts(text: str) -> Iterator[int]:
    """Where a text shows signs of copying or typing, in order; behind all of them its length."""
    found = [match.start() for match in _SIGN.finditer(text)]
    # Each header has one stamp. Which it is matters only where there are more.
    headers = {match.start(4) - 4 for match in _HEADER.finditer(text)}
    if len(_STAMP.findall(text)) != len(headers):
        stamps = (match.start() for match in _STAMP.finditer(text))
        found += (stamp for stamp in stamps if stamp not in headers)
    if _is_odd(text):
        found += (match.start() for match in _ODD.finditer(text))
    return chain(sorted(found), repeat(len(text)))


def _is_odd(text: str) -> bool:
    signs = ("|", "SN.", "\t", "\v", "\f")
    return not text.isascii() or any(sign in text for sign in signs)
