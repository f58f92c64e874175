"""What a ticket system exports: a CSV, JSON or JSON Lines file, one ticket a row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from assistant.errors import InputError
from assistant.trace.text.decoding import encoding_of

EXPORT_BYTES = 256 << 20
"""Of one file; it is held in memory."""
ROWS = 50_000
_CELL_CHARACTERS = 16 << 20
_DELIMITERS = ",;\t|"
_SNIFFED = 1 << 16

Column: TypeAlias = Literal["id", "text", "language", "subject", "attachment"]
SUFFIXES: Mapping[str, Literal["csv", "json", "jsonl"]] = {
    ".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
"""By which an export is known; its content alone could be anybody's table."""
_USUAL: Mapping[Column, tuple[str, ...]] = {
    "id": ("id", "ticket", "ticketid", "ticketnumber", "ticketnummer", "number", "nummer", "key"),
    "text": (
        "text", "body", "description", "beschreibung", "message", "nachricht", "content", "inhalt",
        "trace", "article", "artikel",
    ),
    "language": ("language", "lang", "sprache", "locale"),
    "subject": ("subject", "title", "betreff", "titel", "summary"),
    "attachment": (
        "attachment", "attachments", "anhang", "anhänge", "file", "files", "datei", "dateien",
    ),
}  # fmt: skip
"""Names that ticket systems give their columns, lower case without spaces and marks."""


class Columns(Struct, frozen=True, kw_only=True):
    """Which column holds what, as options name them; None looks for a usual name."""

    id: str | None = None
    text: str | None = None
    language: str | None = None
    subject: str | None = None
    attachment: str | None = None


class Row(Struct, frozen=True, kw_only=True):
    """One ticket of an export."""

    key: str
    """What its column says, or its number from 1."""
    text: str
    subject: str
    language: str
    """As the column says it; empty without one."""
    attachments: tuple[str, ...]
    """Paths as written there; whoever opens one sees to it that it stays beside the export."""


class BadRow(Struct, frozen=True, kw_only=True):
    """A row that is no ticket."""

    key: str
    reason: str
    words: tuple[tuple[str, str], ...] = ()


def rows_of(
    data: bytes, form: Literal["csv", "json", "jsonl"], columns: Columns, *, file: str
) -> Iterator[Row | BadRow]:
    """All rows of an export.

    Raises:
        InputError: it is no such file, or has no column with a text or an attachment.
    """
    codec = encoding_of(data)
    text = data.decode("utf-8-sig" if codec == "utf-8" else codec, "replace").lstrip("\ufeff")
    records = {"csv": _csv, "json": _json, "jsonl": _jsonl}[form](text, file)
    number = 0
    for number, record in enumerate(records, start=1):
        if number > ROWS:
            yield BadRow(key=str(number), reason="ticket-too-many", words=(("n", str(ROWS)),))
            return
        if isinstance(record, BadRow):
            yield record
            continue
        # Objects of one file need not have the same members.
        names = _found(record, columns)
        if names.keys() & {"text", "attachment"}:
            yield _row(record, names, number)
        elif form == "csv" or number == 1:
            raise _no_columns(file, record)
        else:
            yield BadRow(key=str(number), reason="ticket-row-empty")
    if number == 0:
        raise InputError("ticket-export-empty", file=file)


def _row(record: Mapping[str, Any], names: Mapping[Column, str], number: int) -> Row | BadRow:
    cells: dict[Column, str] = {}
    files: tuple[str, ...] = ()
    for column, name in names.items():
        value = record.get(name)
        if column == "attachment":
            files = _paths(value)
        else:
            cells[column] = "" if value is None else str(value)
    key = cells.get("id", "").strip() or str(number)
    if None in record:
        return BadRow(key=key, reason="ticket-row-too-long")
    if not cells.get("text", "").strip() and not files:
        return BadRow(key=key, reason="ticket-row-empty")
    return Row(
        key=key,
        text=cells.get("text", ""),
        subject=" ".join(cells.get("subject", "").split()),
        language=cells.get("language", ""),
        attachments=files,
    )


def _paths(value: Any) -> tuple[str, ...]:
    """One path, several with `;` or line ends between them, or a list."""
    if value is None:
        return ()
    listed = value if isinstance(value, list) else str(value).replace("\n", ";").split(";")
    return tuple(path for one in listed if (path := str(one).strip()))


def _found(record: Mapping[str, Any], columns: Columns) -> Mapping[Column, str]:
    """Which column of this record holds what."""
    plain = {_plain(name): name for name in reversed([one for one in record if one])}
    found: dict[Column, str] = {}
    for column, usual in _USUAL.items():
        named = getattr(columns, column)
        for name in (named,) if named else usual:
            if name in record or _plain(name) in plain:
                found[column] = name if name in record else plain[_plain(name)]
                break
    return found


def _plain(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())


def _no_columns(file: str, record: Mapping[str, Any]) -> InputError:
    names = ", ".join(str(name) for name in list(record)[:12] if name)
    return InputError("ticket-export-columns", file=file, columns=names)


def _csv(text: str, file: str) -> Iterator[Mapping[str, Any] | BadRow]:
    # What stands between the names of the columns; the library's guess falls for the texts below.
    delimiter = max(_DELIMITERS, key=text[:_SNIFFED].split("\n", 1)[0].count)
    before = csv.field_size_limit(_CELL_CHARACTERS)
    try:
        # Line ends inside a cell are the trace's own.
        lines = io.StringIO(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), newline="")
        yield from csv.DictReader(lines, delimiter=delimiter)
    except csv.Error:
        raise InputError("ticket-export-damaged", file=file) from None
    finally:
        csv.field_size_limit(before)


def _json(text: str, file: str) -> Iterator[Mapping[str, Any] | BadRow]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("ticket-export-damaged", file=file) from None
    listed: Sequence[Any] = document if isinstance(document, list) else []
    if isinstance(document, dict):
        listed = next((one for one in document.values() if _is_table(one)), [document])
    for number, record in enumerate(listed, start=1):
        if isinstance(record, dict):
            yield record
        else:
            yield BadRow(key=str(number), reason="ticket-row-no-object")


def _jsonl(text: str, file: str) -> Iterator[Mapping[str, Any] | BadRow]:
    del file  # a damaged line is that line's fault
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield BadRow(key=str(number), reason="ticket-row-damaged")
            continue
        if isinstance(record, dict):
            yield record
        else:
            yield BadRow(key=str(number), reason="ticket-row-no-object")


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
