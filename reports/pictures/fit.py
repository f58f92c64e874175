"""Makes text fit a drawing: cells instead of characters, few lines, never more than there is."""

from __future__ import annotations

import textwrap

from rich.cells import cell_len, set_cell_size

from reports.escape import visible

_READ = 400
"""Characters of a text that are looked at at all."""
_DOTS = "\N{HORIZONTAL ELLIPSIS}"


def shortened(text: str, cells: int) -> str:
    r"""One line of device text: made visible, ended by an ellipsis where it does not fit.

    >>> shortened("a\u202eb", 40)
    'a\\u{202e}b'
    >>> shortened("ZENTRALE-NORD", 8)
    'ZENTRAL…'
    """
    return _cut(visible(text, limit=_READ), cells)


def filled(text: str, cells: int, lines: int = 2) -> tuple[str, ...]:
    """Words of ours in as many lines as they need, at most so many.

    >>> filled("Die Polls blieben ohne Antwort", 16, 2)
    ('Die Polls', 'blieben ohne An…')
    """
    short = " ".join(text[:_READ].split())
    found = textwrap.wrap(short, cells, break_on_hyphens=False)
    if len(found) <= lines:
        return tuple(_cut(line, cells) for line in found) or ("",)
    rest = " ".join(found[lines - 1 :])
    return (*(_cut(line, cells) for line in found[: lines - 1]), _cut(rest, cells))


def _cut(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + _DOTS
