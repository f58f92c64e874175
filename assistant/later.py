"""Regular expressions that are compiled when they are used for the first time.

For those that most runs of the program never use: compiling one takes as long as reading hundreds
of lines with it.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Later:
    """Stands for a pattern until it is one; from then on its methods are the pattern's own."""

    def __init__(self, regex: str, flags: int) -> None:
        self._regex = regex
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        pattern = re.compile(self._regex, self._flags)
        for each in ("match", "fullmatch", "search", "finditer", "findall", "sub", "split"):
            setattr(self, each, getattr(pattern, each))
        return getattr(pattern, name)


def compiled_later(regex: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern; what is wrong with it is raised at its first use.

    >>> compiled_later("[a-c]+").findall("abcd cab")
    ['abc', 'cab']
    """
    return cast("re.Pattern[str]", _Later(regex, flags))
