"""In which language to speak: the chosen one, else the locale's, else English."""

from __future__ import annotations

import os
import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.labels import Lang

_GERMAN = re.compile(r"(?:de|german)(?![a-z])", re.IGNORECASE)
"""`de_DE.UTF-8`, `de@euro`, on Windows `German_Germany`."""


class Language(str, Enum):
    """`--lang`."""

    DE = "de"
    EN = "en"


def language_chosen(chosen: Language | None) -> Lang:
    """`--lang`, else the locale's, else English."""
    if chosen is not None:
        return chosen.value
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "de" if _GERMAN.match(value) else "en"
    # Windows sets none of these.
    if os.name != "nt":
        return "en"
    from locale import getlocale

    return "de" if _GERMAN.match(getlocale()[0] or "") else "en"


def language_of_call(args: list[str]) -> Lang:
    """The language for a message about a call that may not have been understood."""
    for place, word in enumerate(args):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and place + 1 < len(args):
            value = args[place + 1]
        if value in ("de", "en"):
            return Language(value).value
    return language_chosen(None)
