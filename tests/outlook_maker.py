"""Makes messages as Outlook saves them: compound files ([MS-CFB]) with a stream a property."""

from __future__ import annotations

import struct
from typing import Union

from assistant.desk.outlook import MAGIC

_SECTOR, _SMALL = 512, 4096
"""Of a sector; a stream that is shorter lies in sectors of its own size."""
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5

Tree = dict[str, Union[bytes, "Tree"]]


def message(
    subject: str,
    text: str = "",
    files: dict[str, bytes | Tree] | None = None,
    *,
    html: bytes = b"",
    wide: bool = True,
) -> Tree:
    """The streams of one message; a file that is a tree is a message inside it."""
    made: Tree = {"__properties_version1.0": bytes(32)}
    _put(made, "0037", subject, wide=wide)
    _put(made, "1035", "<1@example.com>", wide=wide)
    if text:
        _put(made, "1000", text, wide=wide)
    if html:
        made["__substg1.0_10130102"] = html
    for number, (name, data) in enumerate((files or {}).items()):
        attached: Tree = {}
        _put(attached, "3707", name, wide=wide)
        if isinstance(data, bytes):
            attached["__substg1.0_37010102"] = data
        else:
            attached["__substg1.0_3701000D"] = data
        if name.endswith(".png"):
            _put(attached, "370E", "image/png", wide=wide)
        made[f"__attach_version1.0_#{number:08X}"] = attached
    return made


def _put(tree: Tree, number: str, text: str, *, wide: bool) -> None:
    kind, data = ("001F", text.encode("utf-16-le")) if wide else ("001E", text.encode("cp1252"))
    tree[f"__substg1.0_{number}{kind}"] = data


class _Sectors:
    """Streams in sectors of one size, and of each sector the one that follows."""

    def __init__(self, size: int) -> None:
        self.data = bytearray()
        self.chain: list[int] = []
        self._size = size

    def add(self, data: bytes) -> int:
        """Its first sector."""
        first = len(self.chain)
        number = -(-len(data) // self._size)
        self.data += data.ljust(number * self._size, b"\0")
        self.chain += [*range(first + 1, first + number), _END][: number or 0]
        return first if number else _END


def compound(tree: Tree) -> bytes:
    """The file."""
    large, small = _Sectors(_SECTOR), _Sectors(64)
    entries: list[bytes] = [b""]
    child = _children(tree, entries, large, small)
    small_at = large.add(bytes(small.data))
    entries[0] = _entry("Root Entry", _ROOT, (_FREE, child), (small_at, len(small.data)))
    small_chain = struct.pack(f"<{len(small.chain)}I", *small.chain)
    small_chain_at = large.add(
        small_chain.ljust(-(-len(small_chain) // _SECTOR) * _SECTOR, b"\xff")
    )
    entries_at = large.add(b"".join(entries))
    fats = 1
    while fats * (_SECTOR // 4) < len(large.chain) + fats:
        fats += 1
    begin = len(large.chain)
    chain = large.chain + [_FAT] * fats
    chain += [_FREE] * (fats * (_SECTOR // 4) - len(chain))
    header = MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack(
        "<9I",
        0,
        fats,
        entries_at,
        0,
        _SMALL,
        small_chain_at,
        len(small_chain) // _SECTOR + 1,
        _END,
        0,
    )
    header += struct.pack("<109I", *range(begin, begin + fats), *([_FREE] * (109 - fats)))
    return header + bytes(large.data) + struct.pack(f"<{len(chain)}I", *chain)


def _children(tree: Tree, entries: list[bytes], large: _Sectors, small: _Sectors) -> int:
    """The first of them; each has the next at its right."""
    following = _FREE
    for name, value in sorted(tree.items(), reverse=True):
        place = len(entries)
        entries.append(b"")
        if isinstance(value, bytes):
            sectors = large if len(value) >= _SMALL else small
            stream = (sectors.add(value), len(value))
            entries[place] = _entry(name, _STREAM, (following, _FREE), stream)
        else:
            inner = _children(value, entries, large, small)
            entries[place] = _entry(name, _STORAGE, (following, inner), (0, 0))
        following = place
    return following


def _entry(name: str, kind: int, links: tuple[int, int], stream: tuple[int, int]) -> bytes:
    """Links to the next one and to the first inside; the stream's first sector and its size."""
    written = name.encode("utf-16-le")
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written) + 2, kind, 1, _FREE, *links)
        + bytes(36)
        + struct.pack("<IQ", *stream)
    )
