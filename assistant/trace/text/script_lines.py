"""Blanks the commands of a configuration script that stand between the records of a trace.

A console's log holds whatever was typed: a `readscript` before the trace brings all keys and
passwords of the router with it. Nothing of a script gets past this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

from assistant.later import compiled_later
from assistant.trace.text.copies import undone
from assistant.trace.text.record import HEADER

_HINT = re.compile(
    r"\b(?:lang|language|flash|cd|readscript|beginscript|set|add|del|delete|rm|tab|default|passwd)"
    r"(?:\s|\Z)",
    re.IGNORECASE,
)
"""Without one of these words there is no command: most traces are passed on as they are."""
_PROMPT = compiled_later(
    r"(?:[\w.+-]{1,64}@[\w.+-]{1,64}:/?[\w/.-]{0,200}>?|(?:root|admin|)>)\s*", re.IGNORECASE
)
_BEGINS = compiled_later(
    r"(?:lang|language)\s+(?:english|englisch|german|deutsch)"
    r"|flash\s+(?:no|off)|cd\s+/\w.*|(?:readscript|beginscript)\b.*",
    re.IGNORECASE,
)
_ENDS = compiled_later(r"exit|quit|flash\s+(?:yes|on)", re.IGNORECASE)
_VERB = r"(?i:set|add|del|delete|rm|tab|default)\s+"
_COMMAND = compiled_later(rf"(?:{_VERB}|(?i:cd|passwd)\s+)\S.*")
_SETS = compiled_later(rf"(?:{_VERB}|(?i:passwd)\s+)\S.*")
"""What changes something; `cd` only goes there."""
_PLAINLY = compiled_later(
    # Prose begins with these verbs too: a path, a quoted value, a {Column}, a NAME give them away.
    rf"{_VERB}(?:/|\.\./|[A-Z\d*][A-Z\d._*-]*(?:\s|$)|[A-Z][\w-]*\s+\S+$|.*\"|.*\{{[^{{}}\s]+\}}).*"
    r"|(?i:passwd)(?:\s+\S+){1,3}"
)
_LISTS = compiled_later(r"(?:ls|dir|show|list|l)\b.*", re.IGNORECASE)


class _State(Enum):
    OUTSIDE = "outside"
    """No script was seen, or it is over."""
    LONE = "lone"
    """Behind a single command: its rest, if it was wrapped, and what the console answered."""
    INSIDE = "inside"
    PAUSED = "paused"
    """A record interrupted the script: the trace was running."""


class ScriptLines:
    """Blanks what belongs to scripts, piece by piece; the number of lines stays as it is."""

    def __init__(self, begins: Iterable[str]) -> None:
        """`begins` are the words that messages begin with; headers end a script too."""
        words = "|".join(re.escape(word) for word in sorted(begins, key=len, reverse=True))
        self._message = compiled_later(
            rf"(?:{words})|.*?\b\d\d\[[A-Z]{{3}}\d?\] " if words else r"(?!)"
        )
        self._state = _State.OUTSIDE
        self._prompted = False
        """The line above is a prompt with nothing behind it: LCOS breaks after long ones."""
        self.blanked = 0
        """Lines that were blanked, whole or from a cell on."""
        self.settings = 0
        """Among them those that change the configuration."""

    def without(self, pieces: Iterable[str]) -> Iterator[str]:
        """The pieces, each of whole lines, without the text of scripts."""
        return map(self.blanked_in, pieces)

    @property
    def is_quiet(self) -> bool:
        """Whether text without any command may be passed on unseen."""
        return self._state in (_State.OUTSIDE, _State.PAUSED)

    def blanked_in(self, piece: str) -> str:
        """The next piece of whole lines without the text of scripts."""
        if self._state is _State.OUTSIDE and not _HINT.search(piece):
            return piece
        whole, end = (piece[:-1], "\n") if piece.endswith("\n") else (piece, "")
        return "\n".join(map(self._line, whole.split("\n"))) + end

    def _line(self, line: str) -> str:
        text = undone(line).strip()
        if not text:
            if self._state is _State.LONE:
                self._state = _State.OUTSIDE
            return line
        if self._is_record(text):
            if self._state is _State.INSIDE:
                self._state = _State.PAUSED
            elif self._state is _State.LONE:
                self._state = _State.OUTSIDE
        elif self._belongs(text):
            self.blanked += 1
            return ""
        return self._without_cells(line) if "|" in line else line

    def _without_cells(self, line: str) -> str:
        """Commands may stand in any cell of a table; a value may hold a `|`, so all behind goes."""
        kept: list[str] = []
        for cell in line.split("|"):
            text = undone(cell).strip()
            if text and not self._is_record(text) and self._belongs(text):
                self.blanked += 1
                break
            kept.append(cell)
        else:
            return line
        return "|".join(kept)

    def _is_record(self, text: str) -> bool:
        return HEADER.match(text) is not None or self._message.match(text) is not None

    def _belongs(self, text: str) -> bool:
        """Whether a line that begins no record is of a script; follows where it begins and ends."""
        at_prompt = _PROMPT.match(text)
        # A remark may hold a command that was taken out.
        command = (text[at_prompt.end() :] if at_prompt else text).lstrip("# ")
        prompt = bool(at_prompt) or self._prompted
        self._prompted = bool(at_prompt) and not command
        before = self._state
        if _ENDS.fullmatch(command):
            self._state = _State.OUTSIDE
            return before is not _State.OUTSIDE
        if _BEGINS.fullmatch(command):
            self._state = _State.INSIDE
            return True
        if _PLAINLY.fullmatch(command) or (
            (prompt or before is not _State.OUTSIDE) and _COMMAND.fullmatch(command)
        ):
            self.settings += _SETS.fullmatch(command) is not None
            if before is _State.OUTSIDE:
                self._state = _State.LONE
            elif before is _State.PAUSED:
                self._state = _State.INSIDE
            return True
        if prompt and not _LISTS.fullmatch(command):
            # Something else was typed, so no script is running any more.
            if before is not _State.PAUSED:
                self._state = _State.OUTSIDE
            return False
        return before in (_State.INSIDE, _State.LONE)
