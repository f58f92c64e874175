"""Plain text in lines of bounded width, for terminals and mails."""

from __future__ import annotations

import textwrap

from rich.cells import cell_len, set_cell_size


def wrapped(text: str, width: int, *, indent: int = 0, hang: int = 0) -> list[str]:
    """A paragraph as lines; those after the first stand `hang` further in."""
    return textwrap.wrap(
        text,
        max(width, indent + hang + 20),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    ) or [""]


def cut(text: str, cells: int) -> str:
    """One line, ended by dots where it does not fit."""
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 3).rstrip() + "..."
