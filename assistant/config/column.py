"""What a column of the console can hold, and how its values are read."""

from __future__ import annotations

import ipaddress
import re
from enum import Enum
from functools import lru_cache

from msgspec import Struct


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    ADDRESS = "address"
    """IPv4 or IPv6; empty is allowed."""
    CHOICE = "choice"
    """One word of a list, or its number in the MIB."""
    CHOICES = "choices"
    """Several words of a list."""
    SECRET = "secret"  # noqa: S105  # a kind of column
    UNKEPT = "unkept"
    """Free text, user names: read over, never kept."""


class Column(Struct, frozen=True):
    """One column of a table."""

    name: str
    """As the console spells it; hyphenated from the MIB's name."""
    kind: Kind = Kind.TEXT
    words: tuple[tuple[str, str], ...] = ()
    """Of a choice: word and number."""
    limit: int = 64
    """Characters of a text."""
    also: tuple[str, ...] = ()
    """Other spellings."""

    def read(self, text: str) -> str | None:
        """The value in its usual spelling; None if the column cannot have it.

        >>> Column("IKE-Exchange", Kind.CHOICE, (("Main-Mode", "0"),)).read("main-mode")
        'Main-Mode'
        >>> Column("SH-Time", Kind.NUMBER).read("soon") is None
        True
        """
        match self.kind:
            case Kind.NUMBER:
                # `isdecimal` is true for digits of all scripts.
                return text if re.fullmatch(r"[0-9]{1,10}", text) else None
            case Kind.ADDRESS:
                return text if text == "" or _is_address(text) else None
            case Kind.CHOICE:
                return self._word(text)
            case Kind.CHOICES:
                words = [self._word(part) for part in re.split(r"[,|+;\s]+", text) if part]
                known = [word for word in words if word is not None]
                return ",".join(known) if len(known) == len(words) else None
            case Kind.TEXT:
                return text if len(text) <= self.limit else None
            case Kind.SECRET | Kind.UNKEPT:
                return text

    def _word(self, text: str) -> str | None:
        wanted = plain(text)
        wanted = _GERMAN_WORDS.get(wanted, wanted)
        return next(
            (word for word, number in self.words if wanted in (plain(word), number)),
            None,
        )


_GERMAN_WORDS = {
    # unverified: what a console that speaks German prints for these words
    "ja": "yes",
    "nein": "no",
    "aus": "off",
    "immer": "always",
    "manuell": "manually",
}


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without what spellings differ in: case, hyphens, dots, blanks."""
    return re.sub(r"[^a-z0-9äöüß]", "", name.casefold())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
