"""Makes text of unknown origin safe to look at: nothing hidden, nothing endless.

This is not HTML escaping, which the templates do. It is about characters that change how the
text around them is shown: terminal escapes, reading direction, invisible ones.
"""

from __future__ import annotations

import unicodedata

NAME_LIMIT = 64
"""Characters of a remote site, gateway or file name inside a sentence."""
TEXT_LIMIT = 2000
"""Characters of the device's own words in one place."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Controls, formats (bidi, zero width, tags), surrogates, private use, unassigned, separators.
_WIDEST_CONTROL = 0x1F
_DELETE = 0x7F
_CONTROL_PICTURES = 0x2400
_DELETE_PICTURE = "\u2421"
_MARKS_IN_A_ROW = 2
_MARKS = frozenset({"Mn", "Me"})


def visible(text: str, *, limit: int = NAME_LIMIT, lines: bool = False) -> str:
    r"""Shows every character that would otherwise act or hide, and bounds the length.

    Args:
        text: Anything a file may contain.
        limit: The most characters of `text` that are kept; how many more there were is said.
        lines: Keep line feeds, for text that is shown as a block.

    Returns:
        Text without control and format characters: C0 controls as their Unicode pictures, others
        as `\u{...}`, long piles of combining marks cut.

    >>> visible("ZENTRALE\x1b[31m")
    'ZENTRALE␛[31m'
    >>> visible("a\u202eb")
    'a\\u{202e}b'
    >>> visible("LAGER" * 20, limit=8)
    'LAGERLAG…[+92]'
    """
    kept = text[:limit]
    seen = kept.replace("\n", "") if lines else kept
    plain = seen.isascii() and (not seen or seen.isprintable())
    shown = kept if plain else "".join(_shown(kept, lines=lines))
    left_out = len(text) - len(kept)
    return f"{shown}…[+{left_out}]" if left_out else shown


def _shown(text: str, *, lines: bool) -> list[str]:
    """The characters of a text, each in a form that can be seen."""
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character == "\n" and lines:
            shown.append(character)
        elif category in _HIDDEN or marks > _MARKS_IN_A_ROW:
            shown.append(_picture(character))
        else:
            shown.append(character)
    return shown


def _picture(character: str) -> str:
    """A visible stand-in for one character."""
    code = ord(character)
    if code <= _WIDEST_CONTROL:
        return chr(_CONTROL_PICTURES + code)
    return _DELETE_PICTURE if code == _DELETE else f"\\u{{{code:x}}}"
