"""Message patterns: a device's sentence with holes, and reading a record with them.

A pattern is `VPN: Error: {name} ({code}) for {remote_site} ({gateway})`; the fields of its event
class say what may stand in each hole. `{_}` stands for something that is not kept. No regular
expression is ever written by a person.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from assistant.catalog.schema import Pattern, PatternFile
from assistant.model.event import (
    Address,
    Addresses,
    Constant,
    ErrorCode,
    Event,
    Identity,
    Network,
    Phrase,
    PppCode,
    Proposals,
    RemoteSite,
    Role,
    Word,
)
from assistant.model.event_types import EVENT_TYPES
from assistant.model.vocabulary import field_types

_HOLE = re.compile(r"\{([^{}]*)\}")
_NOT_KEPT = "_"
"""Name of holes whose text is read and dropped; may stand in a line several times."""
_PLACEHOLDER = "DEFAULT"
"""IKEv2 entry for whoever is not known (yet): in a message it names no remote site."""
_MEMO_LIMIT = 20_000
"""Distinct message texts remembered; a ticket has a handful, a gateway's day some thousands."""
_WRAPPED = 3
"""Lines that one long line of the device may have become in a narrow window."""
_LONGEST = 4_000
"""Characters; no message is nearly as long."""
_MEMO_CHARACTERS = 1_000
"""Longer texts are no messages and not remembered: memory stays bounded."""


class Hole(Struct, frozen=True):
    """What may stand in a hole, and how it is written down."""

    regex: str
    convert: Callable[[str], object]


def _plain(text: str) -> object:
    return text


def _spaced(text: str) -> object:
    """One blank between words, whatever a copy made of it."""
    return " ".join(text.split())


def _error_code(text: str) -> object:
    """`0X1106` -> `0x1106`, `12801` -> `0x3201`; always four digits."""
    return f"0x{int(text, 16 if text[:2].lower() == '0x' else 10):04x}"


def _remote_site(text: str) -> object:
    return None if text.upper() == _PLACEHOLDER else text


def _constant(text: str) -> object:
    """RFC 2408 writes `NO-PROPOSAL-CHOSEN`, RFC 7296 `NO_PROPOSAL_CHOSEN`."""
    return text.upper().replace("-", "_")


def _role(text: str) -> object:
    return Role.RESPONDER if text.lower().startswith("resp") else Role.INITIATOR


_HOLES: dict[object, Hole] = {
    # Bounded everywhere: a hostile line of megabytes must not make the matcher work for ever.
    int: Hole(r"[0-9]{1,12}", int),
    # LANCOM allows 16 characters; a cloud makes up names of 70.
    RemoteSite: Hole(r"\S{1,100}", _remote_site),
    Address: Hole(r"[^\s()]{1,255}", _plain),
    Addresses: Hole(r"[0-9a-f.:]{2,45}(?:,\s*[0-9a-f.:]{2,45}){0,7}", _plain),
    Network: Hole(r"[^\s'<>]{1,100}", _plain),
    # Some messages print the number of the MIB, which is decimal.
    ErrorCode: Hole(r"0x[0-9a-f]{1,8}|[0-9]{1,10}", _error_code),
    PppCode: Hole(r"0x80[0-9a-f]{2}", str.lower),
    Constant: Hole(r"[a-z][a-z0-9_-]{0,59}", _constant),
    Word: Hole(r"\S{1,200}", _plain),
    Phrase: Hole(r"\S(?:.{0,398}?\S)?", _spaced),
    # Stands between brackets, and is told from them without trying every length.
    Identity: Hole(r"[^\s\[\]][^\[\]]{0,254}", _spaced),
    # A daemon's list of all that it can do is long.
    Proposals: Hole(r"\S(?:.{0,3900}?\S)?", _spaced),
    # `inititiator` is how the firmware spells it (article); the correct form occurs too.
    Role: Hole(r"(?a:init(?:it)?iator|responder)", _role),
}


def required_fields(kind: str) -> frozenset[str]:
    """Fields of an event that every pattern must fill."""
    return frozenset(field.name for field in fields(EVENT_TYPES[kind]) if field.required)


def hole_for(kind: str, name: str) -> Hole:
    """The hole `{name}` in a pattern of event `kind`.

    Raises:
        KeyError: the event has no such field.
    """
    hint = field_types(kind)[name]
    if get_origin(hint) is Literal:
        words = {str(word).lower(): word for word in get_args(hint)}
        # ASCII: regardless of case a dotless i would match, and be none of the words.
        regex = "|".join(re.escape(word) for word in words)
        return Hole(f"(?a:{regex})", lambda text: words[text.lower()])
    return _HOLES[hint]


def holes_in(line: str) -> list[str]:
    """Names of the holes of a pattern line, in order; without those that are not kept.

    >>> holes_in("matched filter: {rule} {_}")
    ['rule']
    """
    return [name for name in _HOLE.findall(line) if name != _NOT_KEPT]


def as_text(value: object) -> str | int:
    """A field's value as knowledge files write it: enums by value."""
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, int) else str(value)


def event_fields(event: Event) -> dict[str, str | int]:
    """All fields of an event that are not empty, as knowledge files write them."""
    values = ((name, getattr(event, name)) for name in event.__struct_fields__)
    return {name: as_text(value) for name, value in values if value is not None}


class _Compiled(Struct, frozen=True):
    """What a line of a pattern is read with."""

    regex: re.Pattern[str]
    convert: tuple[tuple[str, Callable[[str], object]], ...]
    """For each hole that is kept, in their order."""
    sets: Mapping[str, object]
    open_end: bool
    """Ends in a hole that takes all there is: what stands behind it cannot be told from it."""


class _LineReader:
    """One line of a pattern; compiled when the first text comes that begins like it."""

    __slots__ = ("_compiled", "_kind", "_line", "_sets", "prefix")

    def __init__(self, kind: str, line: str, sets: Mapping[str, str | int]) -> None:
        self._kind, self._line, self._sets = kind, line, sets
        self.prefix = line.split("{", 1)[0].split(" ", 1)[0].lower()
        """What the line begins with, lower case; a cheap test before the regular expression."""
        self._compiled: _Compiled | None = None

    @property
    def compiled(self) -> _Compiled:
        """Of the thousands of lines a trace needs a dozen."""
        if self._compiled is None:
            self._compiled = _compile(self._kind, self._line, self._sets)
        return self._compiled

    def read(self, line: str) -> dict[str, Any] | None:
        """The values of a whole line."""
        if line[: len(self.prefix)].lower() != self.prefix:
            return None
        compiled = self.compiled
        match = compiled.regex.fullmatch(line)
        return None if match is None else _values(compiled, match)

    def read_start(self, line: str) -> tuple[dict[str, Any], str] | None:
        """The values of a line that goes on behind the message, and what stands there."""
        if line[: len(self.prefix)].lower() != self.prefix:
            return None
        compiled = self.compiled
        if compiled.open_end:
            return None
        match = compiled.regex.match(line)
        if match is None or not line[match.end() : match.end() + 1].isspace():
            return None
        return _values(compiled, match), line[match.end() :].strip()


def _values(compiled: _Compiled, match: re.Match[str]) -> dict[str, Any]:
    values = dict(compiled.sets)
    for (name, convert), text in zip(compiled.convert, match.groups(), strict=True):
        values[name] = convert(text)
    return values


def _compile(kind: str, line: str, sets: Mapping[str, str | int]) -> _Compiled:
    parts = _HOLE.split(line)
    convert: list[tuple[str, Callable[[str], object]]] = []
    regex = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            regex += _literal(part)
        elif part == _NOT_KEPT:
            regex += f"(?:{_HOLES[Phrase].regex})"
        else:
            hole = hole_for(kind, part)
            convert.append((part, hole.convert))
            regex += f"({hole.regex})"
    meant = {name: hole_for(kind, name).convert(str(value)) for name, value in sets.items()}
    last = parts[-2] if len(parts) > 1 and not parts[-1].strip() else None
    open_end = last == _NOT_KEPT or (last is not None and field_types(kind).get(last) is Phrase)
    return _Compiled(re.compile(regex, re.IGNORECASE), tuple(convert), meant, open_end)


def _literal(text: str) -> str:
    """White space may be any, and none beside punctuation: `( 108000 sec/ 0 kb)`."""
    out = ""
    for piece in re.split(r"(\s+)", text):
        if not piece:
            continue
        if piece.isspace():
            out += r"\s+"
        else:
            out += re.escape(piece)
    # `re.escape` puts a backslash before brackets, none before the others.
    return re.sub(r"(?<=[(\[/;:'])\\s\+|\\s\+(?=\\?[)\]/;:'])", r"\\s*", out)


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower()


class Reading(Struct, frozen=True):
    """A record as a pattern read it."""

    pattern: str
    event: Event
    unread: tuple[int, ...]
    """Positions of body lines that belong to no line of the pattern."""
    partly: tuple[int, ...] = ()
    """Positions of lines that go on behind what was read, with a remark for instance."""


class _MessageReader:
    """One pattern, compiled."""

    def __init__(self, pattern: Pattern, number: int) -> None:
        self.id = pattern.id
        self.event = EVENT_TYPES[pattern.event]
        self.head = _LineReader(pattern.event, pattern.message, pattern.sets)
        self.tails = [
            _LineReader(pattern.event, more.line, more.sets) for more in pattern.continues
        ]
        self.start = _squeezed(_HOLE.split(pattern.message, maxsplit=1)[0])
        """What every record that it reads begins with, white space and case aside."""
        self.rank = (-len(_HOLE.sub("", pattern.message)), number)
        """The one with most words of its own comes first: it says most precisely what it means."""

    def read(self, lines: tuple[str, ...]) -> Reading | None:
        """The record as the device prints it: each line of the pattern on a line of its own."""
        values = self.head.read(lines[0])
        if values is None:
            return None
        return self._go_on(values, lines, 1, "")

    def read_wrapped(self, lines: tuple[str, ...]) -> Reading | None:
        """A first line that a narrow window or a mail cut in two or three."""
        for count in range(2, min(_WRAPPED, len(lines)) + 1):
            for glue in (" ", ""):
                values = self.head.read(glue.join(lines[:count]))
                if values is not None:
                    return self._go_on(values, lines, count, "")
        return None

    def read_glued(self, lines: tuple[str, ...]) -> Reading | None:
        """A first line with more behind it: further lines of the record, or a remark."""
        for count in range(1, min(_WRAPPED, len(lines)) + 1):
            found = self.head.read_start(" ".join(lines[:count]))
            if found is not None:
                values, rest = found
                return self._go_on(values, lines, count, rest)
        return None

    def _go_on(
        self, values: dict[str, Any], lines: tuple[str, ...], start: int, rest: str
    ) -> Reading:
        """Read the lines from `start` on, and before them `rest`, what the first line still has."""
        if start == len(lines) and not rest:
            return Reading(self.id, self.event(**values), ())
        unread: list[int] = []
        partly: list[int] = []
        waiting = list(self.tails)
        todo = (rest, *lines[start:]) if rest else lines[start:]
        position = len(lines) - len(todo)
        while todo:
            taken = self._tail(todo, waiting, values)
            if taken == 0:
                taken, left = self._glued(todo, waiting, values)
                if taken == 0:
                    (partly if position < start else unread).append(position)
                elif left:
                    partly.append(position + taken - 1)
            position += max(taken, 1)
            todo = todo[max(taken, 1) :]
        return Reading(self.id, self.event(**values), tuple(unread), tuple(partly))

    @staticmethod
    def _tail(lines: tuple[str, ...], waiting: list[_LineReader], values: dict[str, Any]) -> int:
        """How many of the next lines are one line of the pattern; 0 if they are none."""
        for count in range(1, min(_WRAPPED, len(lines)) + 1):
            line = " ".join(lines[:count])
            for tail in waiting:
                more = tail.read(line)
                if more is not None:
                    values.update(more)
                    waiting.remove(tail)
                    return count
        return 0

    @staticmethod
    def _glued(
        lines: tuple[str, ...], waiting: list[_LineReader], values: dict[str, Any]
    ) -> tuple[int, str]:
        """Take lines of the pattern off the front of the next lines, which may be wrapped in turn.

        Returns how many lines that took, 0 for none, and what is left of the last one.
        """
        best: tuple[int, str] = (0, "")
        found: list[tuple[_LineReader, dict[str, Any]]] = []
        for count in range(1, min(_WRAPPED, len(lines)) + 1):
            text = " ".join(lines[:count])
            taken: list[tuple[_LineReader, dict[str, Any]]] = []
            still = list(waiting)
            while step := _front(text, still):
                tail, more, text = step
                still.remove(tail)
                taken.append((tail, more))
            if len(taken) > len(found):
                best, found = (count, text), taken
        for tail, more in found:
            values.update(more)
            waiting.remove(tail)
        return best


def _front(text: str, waiting: list[_LineReader]) -> tuple[_LineReader, dict[str, Any], str] | None:
    """The line of a pattern with which a text begins, its values and what stands behind it."""
    for tail in waiting:
        whole = tail.read(text)
        found = (whole, "") if whole is not None else tail.read_start(text)
        if found is not None:
            return tail, *found
    return None


class _Beginnings:
    """Finds the patterns whose beginning a text has, without trying the others."""

    def __init__(self, readers: list[_MessageReader]) -> None:
        by_start: dict[str, list[_MessageReader]] = {}
        for reader in sorted(readers, key=lambda reader: reader.rank):
            by_start.setdefault(reader.start, []).append(reader)
        self._starts = sorted(by_start)
        self._shorter: list[int | None] = []
        """Of each start the longest other one that it begins with."""
        self._readers: list[tuple[_MessageReader, ...]] = []
        """Of each start the patterns that begin with it or with what it begins with."""
        for place, start in enumerate(self._starts):
            shorter = place - 1 if place else None
            while shorter is not None and not start.startswith(self._starts[shorter]):
                shorter = self._shorter[shorter]
            own = by_start[start]
            if shorter is not None:
                own = sorted([*own, *self._readers[shorter]], key=lambda reader: reader.rank)
            self._shorter.append(shorter)
            self._readers.append(tuple(own))

    def of(self, text: str) -> tuple[_MessageReader, ...]:
        """The patterns that may read a text without white space, lower case; the best first."""
        # Whatever it begins with is sorted before it, and before that stands what that begins with.
        place: int | None = bisect_right(self._starts, text) - 1
        if place == -1:
            return ()
        while place is not None and not text.startswith(self._starts[place]):
            place = self._shorter[place]
        return () if place is None else self._readers[place]


class MessageMatcher:
    """Reads a record's body with the patterns of its class; each distinct text only once."""

    def __init__(self, files: Iterable[PatternFile]) -> None:
        """Compiles the patterns of all files."""
        by_class: dict[str, list[_MessageReader]] = {}
        patterns = 0
        for one in files:
            readers = [
                _MessageReader(pattern, number)
                for number, pattern in enumerate(one.patterns, start=patterns)
            ]
            patterns += len(readers)
            for trace_class in (one.trace_class, *one.also):
                by_class.setdefault(trace_class.casefold(), []).extend(readers)
        self._readers = {name: _Beginnings(readers) for name, readers in by_class.items()}
        self._known: dict[str, bool] = {}
        self._memo: dict[tuple[str, tuple[str, ...]], Reading | None] = {}

    def knows(self, trace_class: str) -> bool:
        """Whether any pattern reads this trace class."""
        known = self._known.get(trace_class)
        if known is None:
            known = trace_class.casefold() in self._readers
            if len(self._known) < _MEMO_LIMIT:
                self._known[trace_class] = known
        return known

    def read(self, lines: tuple[str, ...], trace_class: str) -> Reading | None:
        """Read one body, `lines` stripped and not empty; None if no pattern reads its beginning.

        As the device prints it if possible; else as a copy may have left it: lines wrapped, or
        run together, or with a remark behind them.
        """
        key = (trace_class, lines)
        try:
            return self._memo[key]
        except KeyError:
            pass
        found = self._read(lines, trace_class)
        if sum(map(len, lines)) <= _MEMO_CHARACTERS:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = found
        return found

    def _read(self, lines: tuple[str, ...], trace_class: str) -> Reading | None:
        if len(lines[0]) > _LONGEST:
            return None
        beginnings = self._readers.get(trace_class.casefold())
        if beginnings is None:
            return None
        readers = beginnings.of(_squeezed(" ".join(lines[:_WRAPPED])[:_LONGEST]))
        for way in (_MessageReader.read, _MessageReader.read_wrapped, _MessageReader.read_glued):
            best: Reading | None = None
            for reader in readers:
                found = way(reader, lines)
                # Records that begin alike are told apart by what follows: most of it must be read.
                if found is not None and (best is None or len(found.unread) < len(best.unread)):
                    best = found
                if best is not None and not best.unread:
                    break
            if best is not None:
                return best
        return None
