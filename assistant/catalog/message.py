"""Message patterns: a device's sentence with holes, and reading a record with them.

A pattern is `VPN: Error: {name} ({code}) for {remote_site} ({gateway})`; the fields of its event
class say what may stand in each hole. No regular expression is ever written by a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from assistant.catalog.schema import Pattern
from assistant.model.event import (
    EVENT_TYPES,
    Address,
    ErrorCode,
    Event,
    Network,
    Phrase,
    RemoteSite,
    Role,
    Word,
)
from assistant.model.vocabulary import field_types

_HOLE = re.compile(r"\{([^{}]*)\}")
_MEMO_LIMIT = 20_000
"""Distinct message texts remembered; a ticket has a handful, a gateway's day some thousands."""
_MEMO_CHARACTERS = 1_000
"""Longer texts are no messages and not remembered: memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What may stand in a hole, and how it is written down."""

    regex: str
    convert: Callable[[str], object]


def _plain(text: str) -> object:
    return text


def _error_code(text: str) -> object:
    """`0X1106` -> `0x1106`; always four digits."""
    return f"0x{int(text, 16):04x}"


def _role(text: str) -> object:
    return Role.RESPONDER if text.lower().startswith("resp") else Role.INITIATOR


_HOLES: dict[object, Hole] = {
    # Bounded everywhere: a hostile line of megabytes must not make the matcher work for ever.
    int: Hole(r"[0-9]{1,12}", int),
    RemoteSite: Hole(r"\S{1,64}", _plain),
    Address: Hole(r"[^\s()]{1,255}", _plain),
    Network: Hole(r"[^\s'<>]{1,100}", _plain),
    ErrorCode: Hole(r"0x[0-9a-f]{1,8}", _error_code),
    Word: Hole(r"\S{1,200}", _plain),
    Phrase: Hole(r"\S(?:.{0,398}?\S)?", _plain),
    # `inititiator` is how the firmware spells it (article); the correct form occurs too.
    Role: Hole(r"(?a:init(?:it)?iator|responder)", _role),
}


def required_fields(kind: str) -> frozenset[str]:
    """Fields of an event that every pattern must fill."""
    return frozenset(
        field.name
        for field in fields(EVENT_TYPES[kind])
        if field.default is MISSING and field.default_factory is MISSING
    )


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
    """Names of the holes of a pattern line, in order."""
    return _HOLE.findall(line)


def as_text(value: object) -> str | int:
    """A field's value as knowledge files write it: enums by value."""
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, int) else str(value)


def event_fields(event: Event) -> dict[str, str | int]:
    """All fields of an event that are not empty, as knowledge files write them."""
    values = ((field.name, getattr(event, field.name)) for field in fields(event))
    return {name: as_text(value) for name, value in values if value is not None}


@dataclass(frozen=True, slots=True)
class _LineReader:
    """One line of a pattern, compiled."""

    prefix: str
    """What the line begins with, lower case; a cheap test before the regular expression."""
    regex: re.Pattern[str]
    convert: Mapping[str, Callable[[str], object]]
    sets: Mapping[str, object]

    def read(self, line: str, lowered: str) -> dict[str, Any] | None:
        if not lowered.startswith(self.prefix):
            return None
        match = self.regex.fullmatch(line)
        if match is None:
            return None
        values = {name: self.convert[name](text) for name, text in match.groupdict().items()}
        return {**self.sets, **values}


def _compile(kind: str, line: str, sets: Mapping[str, str | int]) -> _LineReader:
    parts = _HOLE.split(line)
    convert: dict[str, Callable[[str], object]] = {}
    regex = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            regex += _literal(part)
        else:
            hole = hole_for(kind, part)
            convert[part] = hole.convert
            regex += f"(?P<{part}>{hole.regex})"
    prefix = parts[0].split(" ", 1)[0].lower()
    meant = {name: hole_for(kind, name).convert(str(value)) for name, value in sets.items()}
    return _LineReader(prefix, re.compile(regex, re.IGNORECASE), convert, meant)


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


@dataclass(frozen=True, slots=True)
class Reading:
    """A record as a pattern read it."""

    pattern: str
    event: Event
    unread: tuple[int, ...]
    """Positions of body lines that belong to no line of the pattern."""


class _MessageReader:
    """One pattern, compiled."""

    def __init__(self, pattern: Pattern) -> None:
        self.id = pattern.id
        self.event = EVENT_TYPES[pattern.event]
        self.head = _compile(pattern.event, pattern.message, pattern.sets)
        self.tails = [_compile(pattern.event, more.line, more.sets) for more in pattern.continues]
        self.weight = -len(_HOLE.sub("", pattern.message))

    def read(self, lines: tuple[str, ...]) -> Reading | None:
        values = self.head.read(lines[0], lines[0].lower())
        if values is None:
            return None
        unread: list[int] = []
        waiting = list(self.tails)
        for place, line in enumerate(lines[1:], start=1):
            lowered = line.lower()
            for tail in waiting:
                more = tail.read(line, lowered)
                if more is not None:
                    values.update(more)
                    waiting.remove(tail)
                    break
            else:
                unread.append(place)
        return Reading(self.id, self.event(**values), tuple(unread))


class MessageMatcher:
    """Reads a record's body with every pattern there is; each distinct text only once."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        # The pattern with most words of its own first: it says most precisely what it means.
        self._readers = sorted(map(_MessageReader, patterns), key=lambda reader: reader.weight)
        self._memo: dict[tuple[str, ...], Reading | None] = {}

    def read(self, lines: tuple[str, ...]) -> Reading | None:
        """Read one body, `lines` stripped and not empty; None if no pattern reads its first line.

        >>> from assistant.catalog.schema import Basis, Pattern, Sample, Text
        >>> pattern = Pattern(id="x", event="connecting", basis=Basis.ARTICLE, samples=(),
        ...     message="VPN: connecting to {remote_site} ({gateway})",
        ...     meaning=Text(de="-", en="-"))
        >>> MessageMatcher([pattern]).read(("VPN: connecting to LAGER (192.0.2.7)",)).event
        Connecting(remote_site='LAGER', gateway='192.0.2.7')
        """
        try:
            return self._memo[lines]
        except KeyError:
            pass
        found = next(filter(None, (reader.read(lines) for reader in self._readers)), None)
        if sum(map(len, lines)) <= _MEMO_CHARACTERS:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[lines] = found
        return found
