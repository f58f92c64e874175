"""Bytes of any origin to text in lines, in pieces that fit in memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

_PIECE_BYTES = 1 << 20
LINE_LIMIT = 1 << 16
"""Characters of one line that are kept; no device prints longer ones."""

_WIDE_SHARE = 0.4
"""Of the bytes of UTF-16 text in a European language nearly half are zero, all on one side."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TextReader:
    """Reads a binary stream once; afterwards knows its encoding.

    UTF-8 is tried first, line by line cp1252 where it fails: terminals of the 2000s, and copies
    that mix both. Line ends may be LF, CRLF or CR, mixed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.encoding: str | None = None
        """Known after the first piece; `cp1252` as soon as one line needed it."""
        self.head = b""
        """The first bytes, to tell what a file is that is no trace."""

    def pieces(self) -> Iterator[str]:
        r"""Text in pieces of whole lines, line ends `\n`, lines cut at `LINE_LIMIT`."""
        left = b""
        decode = None
        while data := self._stream.read(_PIECE_BYTES):
            if decode is None:
                self.head = data[:4096]
                self.encoding = encoding_of(data)
                data = data[_mark_length(data) :]
                decode = self._wide if self.encoding.startswith("utf-16") else self._narrow
            left = left + data
            cut = self._cut(left)
            if cut == 0 and len(left) > 2 * LINE_LIMIT:
                # One endless line: keep what fits, forget the rest until it ends.
                left = left[: 2 * LINE_LIMIT]
                continue
            if cut:
                yield decode(left[:cut])
                left = left[cut:]
        if left and decode is not None:
            yield decode(left)

    def _cut(self, data: bytes) -> int:
        """Length of the part that ends with a line end; a CR that may begin a CRLF waits."""
        if self.encoding and self.encoding.startswith("utf-16"):
            newline = "\n".encode(self.encoding)
            place = data.rfind(newline)
            while place % 2 and place > 0:
                place = data.rfind(newline, 0, place + 1)
            return place + 2 if place >= 0 else 0
        place = data.rfind(b"\n")
        return place + 1 if place >= 0 else data[:-1].rfind(b"\r") + 1

    def _wide(self, data: bytes) -> str:
        return _lines(data.decode(self.encoding or "utf-16-le", "replace"))

    def _narrow(self, data: bytes) -> str:
        try:
            return _lines(data.decode("utf-8"))
        except UnicodeDecodeError:
            return _lines("".join(map(self._line, data.splitlines(keepends=True))))

    def _line(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self.encoding = "cp1252"
            # The five bytes that cp1252 leaves free become visible replacement characters.
            return line.decode("cp1252", "replace")


def encoding_of(data: bytes) -> str:
    """The encoding of text by its first bytes: its mark, the zero bytes of UTF-16, else UTF-8."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    head = data[:1024]
    if len(head) > 1 and head[1::2].count(0) > _WIDE_SHARE * len(head):
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > _WIDE_SHARE * len(head) else "utf-8"


def _mark_length(data: bytes) -> int:
    return next((len(bom) for bom, _ in _BOMS if data.startswith(bom)), 0)


def _lines(text: str) -> str:
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")  # files that were joined keep the mark of each
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LINE_LIMIT and max(map(len, text.split("\n"))) > LINE_LIMIT:
        text = "\n".join(line[:LINE_LIMIT] for line in text.split("\n"))
    return text
