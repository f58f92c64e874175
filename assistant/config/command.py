"""One line of an LCOS script to its words: quotes, escapes, `{Column}` names."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

HIDDEN = "***"
"""Stands for what is secret or not read wherever a line is shown."""

_TEXT_LIMIT = 400
_WORD = re.compile(
    r"(?P<named>\{[^{}\s]{1,60}\})(?=\s|$)"
    r'|(?P<word>(?:"(?:\\.|[^"\\])*"|[^\s"])+)'
    r'|(?P<open>".*)',
    re.DOTALL,
)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
# Other backslashes are part of the value: distinguished names have them.
_ESCAPED = re.compile(r'\\(["\\])')
_PROMPT = re.compile(r"[^\s>#\"]{0,80}>[ ]*(?=\S)")


class Word(Struct, frozen=True):
    """One word of a command."""

    text: str
    """Without quotes and escapes; of `{SH-Time}` without the braces."""
    start: int
    end: int
    quoted: bool = False
    named: bool = False
    """It names a column."""


class Command(Struct, frozen=True):
    """One command of a script."""

    verb: str
    """Lower case."""
    words: tuple[Word, ...]
    """What follows it."""
    line: str
    first_line: int
    last_line: int
    open: bool
    """The line ends inside a quoted value or was cut; that value is not among the words."""

    def shown(self, words: Collection[Word]) -> str:
        """The line with everything hidden but the verb and these words."""
        pieces, at = [], 0
        starts = {word.start for word in words}
        for word in self.words:
            pieces.append(self.line[at : word.start])
            pieces.append(self.line[word.start : word.end] if word.start in starts else HIDDEN)
            at = word.end
        # Behind the last word there is white space, or a value that does not end.
        pieces.append(f" {HIDDEN}" if self.open else "")
        return clean("".join(pieces))[:_TEXT_LIMIT].strip()


def parsed(line: str, first_line: int, last_line: int, *, cut: bool = False) -> Command | None:
    r"""A line's command; None for comments and empty lines.

    >>> command = parsed('set NORDHOF   {SH-Time}  "99\\"99"', 1, 1)
    >>> command.verb, [word.text for word in command.words]
    ('set', ['NORDHOF', 'SH-Time', '99"99'])
    """
    line = line.strip()
    prompt = _PROMPT.match(line)
    if prompt:
        line = line[prompt.end() :]
    if not line or line.startswith("#"):
        return None
    words, unfinished = _words(line)
    if cut and words:
        words.pop()
    verb = words[0] if words else None
    if verb is None:
        return Command("", (), line, first_line, last_line, open=True)
    # The verb begins the line, so what is shown begins with it.
    return Command(
        verb.text.casefold(), tuple(words[1:]), line, first_line, last_line, unfinished or cut
    )


def _words(line: str) -> tuple[list[Word], bool]:
    words: list[Word] = []
    for match in _WORD.finditer(line):
        if match["open"] is not None:
            return words, True
        start, end = match.span()
        if match["named"]:
            words.append(Word(match["named"][1:-1], start, end, named=True))
            continue
        text = match["word"]
        quoted = text.startswith('"')
        if '"' in text:
            text = _QUOTED.sub(lambda part: _ESCAPED.sub(r"\1", part[1]), text)
        words.append(Word(text, start, end, quoted=quoted))
    return words, False


def clean(text: str) -> str:
    """Characters that a terminal would obey, or that change the direction of text, replaced."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "\ufffd" if one != "\t" else " " for one in text)
