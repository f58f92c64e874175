"""Finds the words of a record that decide: what a frame marks, as a compiler underlines.

VPN: connection for LAGER (192.0.2.44) timed out: no response
                                       ~~~~~~~~~~~~~~~~~~~~~~
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.catalog.schema import Pattern

Span = tuple[int, int]
"""From which character of a text to which."""

_HOLE = re.compile(r"\{([^{}]*)\}")
_WHO = frozenset(
    {
        "remote_site", "gateway", "own_address", "own_port", "port", "peer_id", "own_id", "rule",
        "tx_interface", "rx_interface", "message_id", "ike_sa", "child_sa", "_", "icmp_id",
        "icmp_seq", "size_bytes",
    }
)  # fmt: skip
"""Holes that say about whom or which packet; everything else says what."""
_PREFIX = re.compile(r"\A(?:(?:IKE )?[\w-]+: *)?(?:(?:info|error|warning); *)?", re.IGNORECASE)
_EDGES = " \t\n()[]{}<>,;:.'\"|"
_FILLERS = frozenset(
    {
        "for", "of", "to", "with", "from", "at", "by", "in", "on", "and", "the", "a", "via", "peer",
        "is", "rule", "remote", "site", "between", "id", "using", "error",
    }
)  # fmt: skip
"""Words that tell nothing at the edge of a span."""
_JOINED_BY = re.compile(r"[\s()\[\]<>=:,;|'\"-]*")
_LONGEST = 4_000


def deciding_words(text: str, pattern: Pattern) -> tuple[Span, ...]:
    """Spans of a record's text, rising and apart; empty where the pattern does not read it.

    Args:
        text: The record as it stands in the file, header and all; at most 4,000 characters of it
            are looked at.
        pattern: That reads it.
    """
    text = text[:_LONGEST]
    spans: list[Span] = []
    lines = [pattern.message, *(more.line for more in pattern.continues)]
    for number, line in enumerate(lines):
        found = _regex(line).search(text)
        if found:
            spans += _telling(line, found, first=number == 0)
    return _joined(sorted(spans), text)


@lru_cache(maxsize=1024)
def _regex(line: str) -> re.Pattern[str]:
    """The line with its holes, each piece a group; spaces may be line ends."""
    pieces = _HOLE.split(line)
    made = [
        f"({_spaced(piece)})" if number % 2 == 0 else r"([^\n]*?)"
        for number, piece in enumerate(pieces)
    ]
    # The last hole takes what is left of the line.
    if not pieces[-1]:
        made[-2:] = [r"([^\n]*)"]
    return re.compile("".join(made), re.IGNORECASE)


def _spaced(literal: str) -> str:
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", literal))


def _telling(line: str, found: re.Match[str], *, first: bool) -> Iterator[Span]:
    pieces = _HOLE.split(line)
    who = [number for number in range(1, len(pieces), 2) if pieces[number] in _WHO]
    what = [number for number in range(1, len(pieces), 2) if pieces[number] not in _WHO]
    if not first and (who or what):
        return  # of further lines only what the device always says the same way
    behind = [
        number
        for number in range(0, len(pieces), 2)
        if who and number > who[0] and _words(pieces[number])
    ]
    for number in range(len(pieces)):
        if number + 1 > (found.re.groups or 0):
            break
        start, end = found.span(number + 1)
        if number % 2:
            if number in what:
                yield start, end
        elif number == 0 and (what or behind) and len(what) < 2:  # noqa: PLR2004 - a comparison
            continue  # how the sentence begins says less than how it ends
        else:
            yield from _trimmed(found.string, start, end, first=number == 0)


def _words(literal: str) -> list[str]:
    words = re.findall(r"[A-Za-z][\w-]*", literal)
    return [word for word in words if word.lower() not in _FILLERS]


def _trimmed(text: str, start: int, end: int, *, first: bool) -> Iterator[Span]:
    """A literal without the class it begins with, and without small words at its edges."""
    literal = text[start:end]
    if first:
        skipped = _PREFIX.match(literal)
        start += skipped.end() if skipped else 0
    words = list(re.finditer(r"[^\s()\[\]<>,;'\"|]+", text[start:end]))
    while words and _is_filler(words[0][0]):
        del words[0]
    while words and _is_filler(words[-1][0]):
        del words[-1]
    if words:
        yield start + words[0].start(), start + words[-1].end()


def _is_filler(word: str) -> bool:
    bare = word.strip(_EDGES).lower()
    return not bare or bare in _FILLERS


def _joined(spans: list[Span], text: str) -> tuple[Span, ...]:
    """Neighbours with nothing but punctuation between them as one, without it at their edges."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and _JOINED_BY.fullmatch(text, joined[-1][1], start):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(span for span in (_stripped(text, *one) for one in joined) if span[0] < span[1])


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES and not _closes(text, start, end):
        end -= 1
    if text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end):
        end += 1
    return start, end


def _closes(text: str, start: int, end: int) -> bool:
    """A bracket that was opened inside stays."""
    return text[end - 1] == ")" and "(" in text[start:end]
