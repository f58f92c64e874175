"""Finds the words of a record that decide: what a frame marks, as a compiler underlines.

VPN: connection for LAGER (192.0.2.44) timed out: no response
                                       ~~~~~~~~~~~~~~~~~~~~~~
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

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
_LINE_START = re.compile(r"^", re.MULTILINE)
_MOST_STARTS = 50
"""Places where a line may begin that are tried."""


def deciding_words(text: str, pattern: Pattern) -> tuple[Span, ...]:
    """Spans of a record's text, rising and apart; empty where the pattern does not read it.

    Args:
        text: The record as it stands in the file, header and all; at most 4,000 characters of it
            are looked at.
        pattern: That reads it.
    """
    text = text[:_LONGEST]
    spans: list[Span] = []
    for number, line in enumerate([pattern.message, *(more.line for more in pattern.continues)]):
        if number and _HOLE.search(line):
            continue  # of further lines only what the device always says the same way
        found = _located(line, text)
        if found:
            spans += _telling(line, found, text)
    return _joined(sorted(spans), text)


def _located(line: str, text: str) -> list[Span]:
    """Where its literal pieces and the holes between them stand; empty where they do not.

    Each piece is taken where it comes first. One expression for the whole line would try all
    combinations, and whoever writes into a trace could make it try for hours.
    """
    first, *others = _pieces(line)
    # A line that begins with a hole begins where a line of the text does.
    starts = (first if first.pattern else _LINE_START).finditer(text)
    for start in islice(starts, _MOST_STARTS):
        spans = [start.span()]
        for piece in others:
            at = spans[-1][1]
            newline = text.find("\n", at)
            end = len(text) if newline < 0 else newline
            if not piece.pattern:
                # Nothing behind the last hole: it takes what is left of the line.
                spans += [(at, end), (end, end)]
                continue
            found = piece.search(text, at)
            if found is None or found.start() > end:
                break
            spans += [(at, found.start()), found.span()]
        else:
            return spans
    return []


@lru_cache(maxsize=1024)
def _pieces(line: str) -> tuple[re.Pattern[str], ...]:
    """What stands between the holes of a line; a space may be any white space."""
    return tuple(
        re.compile(r"\s+".join(map(re.escape, re.split(r"\s+", piece))), re.IGNORECASE)
        for piece in _HOLE.split(line)[::2]
    )


def _telling(line: str, found: list[Span], text: str) -> Iterator[Span]:
    pieces = _HOLE.split(line)
    who = [number for number in range(1, len(pieces), 2) if pieces[number] in _WHO]
    what = [number for number in range(1, len(pieces), 2) if pieces[number] not in _WHO]
    behind = [
        number
        for number in range(0, len(pieces), 2)
        if who and number > who[0] and _words(pieces[number])
    ]
    for number, (start, end) in enumerate(found):
        if number % 2:
            if number in what:
                yield start, end
        elif number == 0 and (what or behind) and len(what) < 2:  # noqa: PLR2004 - a comparison
            continue  # how the sentence begins says less than how it ends
        else:
            yield from _trimmed(text, start, end, first=number == 0)


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
