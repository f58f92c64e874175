"""Packed files and archives: the parts in them, bounded in size, number and depth.

What is damaged is read as far as it goes; nothing is ever written to disk under a name that an
archive chose. Most files are not packed: what unpacks them is imported when it is needed.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO

from msgspec import Struct, field

MEMBERS = 1_000
"""Parts of one file that are read, of all archives in it together."""
DEPTH = 3
"""Archives in archives: a mail's attachment in a ticket's archive, and one more."""
UNPACKED_BYTES = 4 << 30
"""All parts of one file together; a trace packs about 13 to 1."""
_PIECE = 1 << 20
_STEP = 1 << 14
"""Unpacked at a time: so much at most is lost in front of a damaged place."""
_HEADER_BYTES = 1 << 20
"""No header of a tar archive, with the longest name there is, is nearly as long."""
_IN_MEMORY_BYTES = 16 << 20

_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_SINGLE = {
    b"\x1f\x8b": "gzip",
    **{b"BZh%d1AY&SY" % level: "bz2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "lzma",
}
"""How files begin that hold one other, and the module that opens them."""
_TAR_BLOCK_BYTES = 512
_TAR_SUM = slice(148, 156)
"""Where a tar header has its checksum: an octal number, or one of bytes that begins so."""
_TAR_BINARY = (0o200, 0o377)
_TAR_DIGITS = b" \t\n\r\v\f01234567oO_+-"


class Packed(Struct):
    """A file as it was given: what is known of it after all its parts were read."""

    sha256: str = ""
    size_bytes: int = 0
    problems: list[str] = field(default_factory=list)
    """Ids of warnings: `damaged`, `encrypted`, `too-many-parts`, `too-deep`, `too-large`,
    `empty-archive`."""

    def say(self, problem: str) -> None:
        """Note a problem once."""
        if problem not in self.problems:
            self.problems.append(problem)


class Part(Struct, frozen=True):
    """One unpacked text of a file."""

    name: str
    """The file's own name, or `archive.zip/member.txt`."""
    stream: BinaryIO
    """To be read before the next part is asked for."""

    def head(self, size: int) -> bytes:
        """The first bytes, which will be read again."""
        if isinstance(self.stream, _Bounded):
            return self.stream.peek(size)
        head = self.stream.read(size)
        self.stream.seek(0)
        return head


def parts(name: str, stream: BinaryIO, packed: Packed) -> Iterator[Part]:
    """The parts of a file: itself, or what is packed in it; `packed` is complete afterwards."""
    source = _rewindable(stream)
    packed.sha256, packed.size_bytes = _digest(source)
    budget = _Budget(UNPACKED_BYTES, packed)
    found = False
    try:
        for part in _open(name, source, packed, budget, depth=0):
            found = True
            yield part
    finally:
        if source is not stream:
            source.close()
    if not found and not packed.problems:
        packed.say("empty-archive")


def is_packed(head: bytes) -> bool:
    """Whether a file that begins so is a packed file or an archive; 512 bytes tell."""
    return head.startswith((*_ARCHIVE, *_SINGLE)) or _is_tar(head)


def _rewindable(stream: BinaryIO | io.RawIOBase) -> BinaryIO:
    """The stream itself, or a copy of one that can be read only once."""
    if stream.seekable():
        return stream  # type: ignore[return-value]
    memory = io.BytesIO()
    copy: BinaryIO = memory
    while data := stream.read(_PIECE):
        if copy is memory and memory.tell() + len(data) > _IN_MEMORY_BYTES:
            from tempfile import TemporaryFile

            copy = TemporaryFile()  # noqa: SIM115 - closed by whoever asked for it
            copy.write(memory.getvalue())
        copy.write(data)
    copy.seek(0)
    return copy


def _digest(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 and length; rewinds."""
    digest = hashlib.sha256()
    while data := stream.read(_PIECE):
        digest.update(data)
    size = stream.tell()
    stream.seek(0)
    return digest.hexdigest(), size


def _open(
    name: str, stream: BinaryIO, packed: Packed, budget: _Budget, *, depth: int
) -> Iterator[Part]:
    head = stream.read(512)
    stream.seek(0)
    if depth > DEPTH:
        packed.say("too-deep")
        return
    if head.startswith(_ARCHIVE):
        yield from _zip(name, stream, packed, budget, depth)
        return
    module = next((one for magic, one in _SINGLE.items() if head.startswith(magic)), None)
    if module is not None:
        inner = _Bounded(import_module(module).open(stream), packed, budget)
        yield from _inner(name, inner, packed, budget, depth)
        return
    if _is_tar(head):
        yield from _tar(name, stream, packed, budget, depth)
        return
    yield Part(name, stream)


def _is_tar(head: bytes) -> bool:
    """A tar header proves itself by its checksum; a text may well say `ustar`."""
    told = head[_TAR_SUM]
    if not told or (told[0] not in _TAR_BINARY and told.split(b"\0")[0].strip(_TAR_DIGITS)):
        return False
    import tarfile

    try:
        tarfile.TarInfo.frombuf(head[:_TAR_BLOCK_BYTES], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _inner(
    name: str, stream: _Bounded, packed: Packed, budget: _Budget, depth: int
) -> Iterator[Part]:
    """What was packed: text goes on as a stream, an archive in it is looked into."""
    head = stream.peek(512)
    if is_packed(head):
        with closing(_rewindable(stream)) as copy:
            yield from _open(name, copy, packed, budget, depth=depth + 1)
    else:
        yield Part(name, stream)  # type: ignore[arg-type]


def _zip(
    name: str, stream: BinaryIO, packed: Packed, budget: _Budget, depth: int
) -> Iterator[Part]:
    import zipfile

    try:
        archive = zipfile.ZipFile(stream)
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _damaged():
        packed.say("damaged")
        return
    for entry in entries:
        if not budget.one_more():
            return
        if entry.flag_bits & 1:
            packed.say("encrypted")
            continue
        try:
            opened = archive.open(entry)
        except _damaged(NotImplementedError, RuntimeError):
            packed.say("damaged")
            continue
        inner = _Bounded(opened, packed, budget)
        yield from _inner(f"{name}/{_safe(entry.filename)}", inner, packed, budget, depth)


def _tar(
    name: str, stream: BinaryIO, packed: Packed, budget: _Budget, depth: int
) -> Iterator[Part]:
    import tarfile

    try:
        headers: Any = _Headers(stream)
        archive = tarfile.open(fileobj=headers, mode="r:")  # noqa: SIM115 - ends with its stream
        for entry in archive:
            if not entry.isfile() or entry.issparse():
                continue
            if not budget.one_more():
                return
            inner = _Bounded(_Section(stream, entry.offset_data, entry.size), packed, budget)
            yield from _inner(f"{name}/{_safe(entry.name)}", inner, packed, budget, depth)
        stream.seek(archive.offset)
        if any(stream.read(_TAR_BLOCK_BYTES)):  # a header that is none; no end looks like this
            packed.say("damaged")
    except _damaged(tarfile.TarError):
        packed.say("damaged")


@cache
def _damaged(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """What is raised where something packed is damaged, and these."""
    import lzma
    import zipfile
    import zlib

    ours = (EOFError, OSError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
    return ours + others


def _safe(name: str) -> str:
    """A member's name without ways out of the archive; only ever shown."""
    pieces = [piece for piece in name.replace("\\", "/").split("/") if piece not in ("", ".", "..")]
    return "/".join(pieces)[:255] or "?"


class _Budget:
    """How much may still be unpacked."""

    def __init__(self, size_bytes: int, packed: Packed) -> None:
        self._left = size_bytes
        self._parts = MEMBERS
        self._packed = packed

    def one_more(self) -> bool:
        """Whether one more part of an archive may be read."""
        if self._parts == 0:
            self._packed.say("too-many-parts")
            return False
        self._parts -= 1
        return True

    def take(self, data: bytes) -> bytes:
        if len(data) > self._left:
            self._packed.say("too-large")
            data = data[: self._left]
        self._left -= len(data)
        return data


class _Section:
    """A part of a stream that is read by others too; ends early where the stream is cut."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._stream = stream
        self._at = start
        self._end = start + size

    def read1(self, size: int) -> bytes:
        self._stream.seek(self._at)
        data = self._stream.read(min(size, max(self._end - self._at, 0)))
        self._at += len(data)
        return data


class _Headers:
    """A tar archive as its reader sees it: a name of gigabytes is refused, not read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        if size > _HEADER_BYTES:
            from tarfile import ReadError

            raise ReadError
        return self._stream.read(size)


class _Bounded(io.RawIOBase):
    """A stream that ends where its source is damaged or the budget is spent."""

    def __init__(self, source: Any, packed: Packed, budget: _Budget) -> None:
        self._source = source
        self._packed = packed
        self._budget = budget
        self._ahead = b""
        self._over = False

    def peek(self, size: int) -> bytes:
        """The next bytes, which will be read again."""
        self._ahead += self._read(size - len(self._ahead))
        return self._ahead

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        if self._ahead:
            data, self._ahead = self._ahead, b""
            return data
        return self._read(_PIECE if size < 0 else size)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size and not self._over:
            try:
                piece = self._source.read1(min(_STEP, size - len(data)))
            except _damaged(RuntimeError):
                self._packed.say("damaged")
                piece = b""
            taken = self._budget.take(piece)
            self._over = not taken
            data += taken
        return bytes(data)
