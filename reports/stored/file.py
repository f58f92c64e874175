"""Reads a report of ours again, HTML or JSON: finds its document and checks every part of it.

A report is an input like any other: it may be damaged, forged, or of a later program.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final

import msgspec

from assistant.catalog.catalog import Catalog
from assistant.errors import InputError
from assistant.model.diagnosis import Diagnosis
from reports.json_embedded_v2 import ELEMENT, unpacked
from reports.json_v2 import SCHEMA
from reports.stored.restore import restored
from reports.stored.schema import DocumentPart

FILE_BYTES: Final = 64 << 20
"""Thirty times the largest page; of JSON thousands of incidents."""
_OLDEST = 1
"""Schema that is still read."""
_PIECE = 1 << 20
_OURS = re.compile(r"vpn-diagnosis/([0-9]{1,9})")
_ANY_ELEMENT = re.compile(rb"<script\b[^>]{0,200}\bid\s*=\s*[\"']?diagnosis\b", re.IGNORECASE)
_END = b"</script>"
_JSON = b"{"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Head(msgspec.Struct):
    """What is looked at before anything else."""

    schema: str | None = None
    gzip: str | None = None
    left_out: str | None = None


def read_stored(name: str, stream: BinaryIO, catalog: Catalog) -> Diagnosis:
    """The diagnosis that a report holds.

    Args:
        name: As shown in errors.
        stream: Of the unpacked report.
        catalog: Says which symptoms decide, where an early report does not.

    Raises:
        InputError: It is too large, damaged, of a later program, or only looks like ours.
    """
    return _decoded(name, _document(name, _read(name, stream)), catalog)


def _read(name: str, stream: BinaryIO) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while data := stream.read(_PIECE):
        pieces.append(data)
        size += len(data)
        if size > FILE_BYTES:
            raise InputError("stored-too-large", file=name, most=str(FILE_BYTES >> 20))
    return b"".join(pieces).removeprefix(_BYTE_ORDER_MARK)


def _document(name: str, data: bytes) -> bytes:
    """The JSON in the file."""
    if data.lstrip()[:1] == _JSON:
        return data
    element = ELEMENT.encode()
    found = len(_ANY_ELEMENT.findall(data))
    if found == 0:
        raise InputError("stored-no-data", file=name)
    if found > 1 or data.count(element) != 1:
        raise InputError("stored-damaged", file=name, reason=f'{found} <script id="diagnosis">')
    text, end, _ = data.partition(element)[2].partition(_END)
    if not end:
        raise InputError("stored-damaged", file=name, reason=f"no {_END.decode()}")
    return text


def _decoded(name: str, text: bytes, catalog: Catalog) -> Diagnosis:
    try:
        head = msgspec.json.decode(text, type=_Head)
        if head.gzip is not None:
            text = unpacked(head.gzip, FILE_BYTES)
            head = msgspec.json.decode(text, type=_Head)
        _check(name, head)
        document = msgspec.json.decode(text, type=DocumentPart)
        return restored(document, catalog)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # msgspec's errors tell the place, of what stands there only the type.
        raise InputError("stored-damaged", file=name, reason=str(error)) from None


def _check(name: str, head: _Head) -> None:
    known = int(SCHEMA.rpartition("/")[2])
    schema = head.schema or ""
    number = _OURS.fullmatch(schema)
    if number is None or int(number[1]) < _OLDEST:
        raise InputError("stored-foreign", file=name, schema=schema)
    if int(number[1]) > known:
        raise InputError("stored-newer", file=name, schema=schema)
    if head.left_out is not None:
        raise InputError("stored-left-out", file=name)
