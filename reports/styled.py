"""Text in styles, for a terminal.

rich prints it in colour; what most often happens, printing it without, needs no more than this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from rich.text import Text as RichText

_ACTING = dict.fromkeys(map(ord, "\a\b\v\f\r"))
"""What a terminal would act on; rich leaves it out too."""


class Text:
    """Pieces of text, each in a style of rich's (`bold red`); empty is none.

    Args:
        text: What it begins with.
        style: Of all of it, also of what is appended.
    """

    def __init__(self, text: str = "", style: str = "") -> None:
        self._style = style
        self.pieces: list[tuple[str, str]] = []
        """Each with its style."""
        self.append(text)

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return bool(self.pieces)

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.pieces)

    @property
    def cell_len(self) -> int:
        """Columns that it takes in a terminal."""
        return cell_len(self.plain)

    def append(self, text: str, style: str = "") -> Text:
        """Put a text in a style behind it."""
        text = text.translate(_ACTING)
        if text:
            self.pieces.append((text, f"{self._style} {style}".strip()))
        return self

    def append_text(self, other: Text) -> Text:
        """Put another one behind it, as it is."""
        self.pieces += other.pieces
        return self

    def truncate(self, width: int) -> None:
        """Cut it to so many columns; half of a wide character becomes a space."""
        if self.cell_len > width:
            kept = set_cell_size(self.plain, width)
            self.pieces = list(_laid(kept, self.pieces))

    def rstrip(self) -> None:
        """Take spaces away from its end."""
        self.pieces = list(_laid(self.plain.rstrip(), self.pieces))

    def after(self, characters: int) -> Text:
        """The same without its first characters."""
        rest = Text(style=self._style)
        for text, style in self.pieces:
            if characters < len(text):
                rest.pieces.append((text[characters:], style))
            characters = max(characters - len(text), 0)
        return rest

    def rich(self) -> RichText:
        """The same for rich to print."""
        from rich.text import Text as RichText  # noqa: PLC0415 - see above

        return RichText.assemble(*self.pieces)


def joined(separator: str, texts: Iterable[Text]) -> Text:
    """One after the other, with this between them."""
    whole = Text()
    for number, text in enumerate(texts):
        if number:
            whole.append(separator)
        whole.append_text(text)
    return whole


def _laid(kept: str, pieces: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """A text that is no longer than these pieces together, in their styles."""
    at = 0
    for text, style in pieces:
        part = kept[at : at + len(text)]
        if part:
            yield part, style
        at += len(text)
