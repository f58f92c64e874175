"""A message as Outlook saves it (`.msg`): its text, its attachments, the messages inside it.

The format is Microsoft's [MS-OXMSG]: a compound file with one stream for each property, named by
the property's number and type. What is compressed as RTF only is not read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import olefile
from msgspec import Struct, field

from assistant.desk.html_text import text_of_html

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins; old Office documents are such files too."""
DEPTH = 5
"""Messages in messages that are opened."""
ATTACHMENTS = 200
_ENTRIES = 20_000
"""Streams and folders of a file; a message has a dozen, and as many for each attachment."""
_PROPERTIES = "__properties_version1.0"
_ATTACHED = "__attach_version1.0_#"
_PROPERTY = "__substg1.0_"
_SUBJECT, _BODY, _MESSAGE_ID, _HTML = "0037", "1000", "1035", "1013"
_DATA, _LONG_NAME, _SHORT_NAME, _MIME_TYPE = "3701", "3707", "3704", "370E"
_UNICODE, _STRING, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_CHARSET = re.compile(rb"charset=[\"']?([\w-]{1,40})", re.IGNORECASE)


class Attached(Struct, frozen=True, kw_only=True):
    """A file of a message."""

    name: str
    """Without folders; empty if none is told."""
    kind: str
    """MIME type; empty if none is told."""
    data: bytes


class OutlookMessage(Struct, kw_only=True):
    """What the message and the messages inside it bring."""

    message_id: str
    subject: str
    texts: list[str] = field(default_factory=list)
    """Of the message itself, then of those inside it."""
    attached: list[Attached] = field(default_factory=list)


def read_outlook(data: bytes) -> OutlookMessage | None:
    """Read one message; None where the file is damaged or no message.

    Args:
        data: The whole file.
    """
    if not data.startswith(MAGIC):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            return _Reader(file, len(data)).message()
    # The library stumbles over damaged files in ways no list names; one may also nest its folders
    # until the interpreter gives up.
    except Exception:  # noqa: BLE001
        return None


class _Reader:
    def __init__(self, file: olefile.OleFileIO[str], size: int) -> None:
        self._file = file
        self._paths = {tuple(path) for path in file.listdir(streams=True, storages=True)}
        # Streams do not overlap, unless somebody made them to fill the memory.
        self._room = size

    def message(self) -> OutlookMessage | None:
        if (_PROPERTIES,) not in self._paths or len(self._paths) > _ENTRIES:
            return None  # an old Office document, for instance
        found = OutlookMessage(
            message_id=self._text((), _MESSAGE_ID), subject=self._text((), _SUBJECT)
        )
        self._add((), found, depth=0)
        return found

    def _add(self, at: tuple[str, ...], found: OutlookMessage, *, depth: int) -> None:
        text = self._text(at, _BODY) or text_of_html(self._html(at))
        if text.strip():
            found.texts.append(text.replace("\r\n", "\n"))
        for folder in self._attachments(at):
            inner = (*folder, f"{_PROPERTY}{_DATA}{_OBJECT}")
            if (*inner, _PROPERTIES) in self._paths:
                if depth < DEPTH:
                    self._add(inner, found, depth=depth + 1)
            elif len(found.attached) < ATTACHMENTS:
                name = self._text(folder, _LONG_NAME) or self._text(folder, _SHORT_NAME)
                found.attached.append(
                    Attached(
                        name=re.split(r"[/\\]", name)[-1].strip(),
                        kind=self._text(folder, _MIME_TYPE).lower(),
                        data=self._stream((*folder, f"{_PROPERTY}{_DATA}{_BINARY}")),
                    )
                )

    def _attachments(self, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        level = len(at)
        folders = {
            path[: level + 1]
            for path in self._paths
            if path[:level] == at and len(path) > level and path[level].startswith(_ATTACHED)
        }
        return iter(sorted(folders))

    def _text(self, at: tuple[str, ...], number: str) -> str:
        wide = self._stream((*at, f"{_PROPERTY}{number}{_UNICODE}"))
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        # Messages of the time before Unicode say their code page in a way few programs keep to.
        narrow = self._stream((*at, f"{_PROPERTY}{number}{_STRING}"))
        return _decoded(narrow, "utf-8").rstrip("\0")

    def _html(self, at: tuple[str, ...]) -> str:
        data = self._stream((*at, f"{_PROPERTY}{_HTML}{_BINARY}"))
        said = _CHARSET.search(data[:4096])
        return _decoded(data, said[1].decode("ascii") if said else "utf-8")

    def _stream(self, path: tuple[str, ...]) -> bytes:
        if path not in self._paths or self._file.get_type(list(path)) != olefile.STGTY_STREAM:
            return b""
        self._room -= self._file.get_size(list(path))
        if self._room < 0:
            return b""
        with self._file.openstream(list(path)) as stream:
            data: bytes = stream.read()
        return data


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (LookupError, ValueError):
        return data.decode("cp1252", "replace")
