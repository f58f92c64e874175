"""Fills words into lines of a terminal: nothing wider than it, nothing cut that must not be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from reports.styled import Text, joined

ELISION = "..."
"""Stands for what was cut off."""
QUIET = "dim"
"""Style of what one may skip."""
STRONG = "bold"
"""Style of what one should see first."""

Piece = tuple[str, str]
"""Some words and their style; the style may be empty."""


def spaced(blocks: Iterable[list[Text]]) -> list[Text]:
    """Blocks with an empty line between them; empty blocks leave no trace."""
    page: list[Text] = []
    for block in blocks:
        if block:
            page += [Text(), *block] if page else block
    return page


def row(pieces: Sequence[Piece], width: int) -> list[Text]:
    """One line as it is, cut at the width; its pieces keep their own spaces."""
    line = joined(" ", (Text(text, style=style) for text, style in pieces))
    if line.cell_len > width:
        room = width - len(ELISION)
        line.truncate(room)
        line.append(ELISION, style=QUIET)
    return [line]


def table_row(cells: Iterable[tuple[str, int, str]]) -> Text:
    """One line of a table: each text cut or filled to its width, in its style."""
    line = Text()
    for text, width, style in cells:
        if line:
            line.append(" ")
        cut = cell_len(text) > width
        shown = f"{set_cell_size(text, width - 1)}…" if cut else set_cell_size(text, width)
        line.append(shown, style=style)
    line.rstrip()
    return line


def under(head: str, text: str, width: int, *, most: int = 2) -> list[Text]:
    """A text beside its head; its further lines stand under its first."""
    lines = wrapped([(text, "")], width, indent=len(head), hang=0, most=most)
    first = Text().append(head, style=STRONG)
    first.append_text(lines[0].after(len(head)))
    return [first, *lines[1:]]


def wrapped(
    pieces: Iterable[Piece], width: int, *, indent: int, hang: int, most: int | None = None
) -> list[Text]:
    """Words filled into lines; the first one is indented, the others hang deeper."""
    lines: list[Text] = []
    line = Text(" " * indent)
    start = indent
    for text, style in pieces:
        for word in text.split():
            for part in _parts(word, width - indent - hang):
                gap = 1 if line.cell_len > start else 0
                if gap and line.cell_len + gap + cell_len(part) > width:
                    lines.append(line)
                    start = indent + hang
                    line, gap = Text(" " * start), 0
                line.append(" " * gap)
                line.append(part, style=style)
    if line.cell_len > start:
        lines.append(line)
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        if last.cell_len + len(ELISION) + 1 > width:
            last.truncate(width - len(ELISION) - 1)
            # Not inside a word, unless it is the only one.
            words, space, _ = last.plain.rpartition(" ")
            if space and words.strip():
                last.truncate(cell_len(words))
        last.append(f" {ELISION}", style=QUIET)
        lines = lines[:most]
    return lines


def _parts(word: str, room: int) -> Iterable[str]:
    """A word in pieces that fit into a line."""
    while cell_len(word) > room:
        # A wide character at the border leaves a space there, which is taken away again.
        part = set_cell_size(word, room).rstrip() or word[0]
        yield part
        word = word[len(part) :]
    if word:
        yield word
