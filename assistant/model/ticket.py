"""What a support desk is given: tickets, what belongs to each, and what is no ticket."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Literal, NewType, TypeAlias

from msgspec import Struct

from assistant.model.source import Side

TicketId = NewType("TicketId", str)
"""Five or more characters of Crockford's base 32, `K7F2Q`: no I, L, O, U to be mistaken."""
Language: TypeAlias = Literal["de", "en"]
"""In which a ticket is answered."""


class TicketKind(str, Enum):
    """In what form a ticket came."""

    FILE = "file"
    """One file, or several of one stem: a trace, the peer's trace, a configuration."""
    FOLDER = "folder"
    ARCHIVE = "archive"
    MAIL = "mail"
    ROW = "row"
    """A row of a table, a line or an object of an export."""


class TicketInput(Struct, frozen=True, kw_only=True):
    """One file of a ticket: on disk, or taken out of a mail or an export."""

    name: str
    """As reports show it; no two of one ticket are called alike."""
    sha256: str
    size_bytes: int
    path: Path | None = None
    """Where it lies; None if `data` has it."""
    data: bytes | None = None
    side: Side | None = None
    """Whose it is, where its name says so (`4711-remote.txt`)."""


class Ticket(Struct, frozen=True, kw_only=True):
    """One request for help: everything that tells of one fault."""

    id: TicketId
    name: str
    """As shown: `monday/4711.txt`, `inbox.mbox/3`, `export.csv/4711`."""
    kind: TicketKind
    place: str
    """Where it lies, without doubt: a whole path, and in a mailbox or an export which one it is."""
    seed: str
    """SHA-256 of name and content, hexadecimal: what the id was made of if it was new."""
    digest: str
    """SHA-256 of the content alone: a ticket whose digest changed is diagnosed anew."""
    subject: str = ""
    language: Language | None = None
    """Of its text, where that shows it."""
    inputs: tuple[TicketInput, ...]
    """Never empty."""
    answers: tuple[tuple[str, str], ...] = ()
    """Question, or `tried:<remedy>`, and choice, from a file of answers beside the traces."""
    away: tuple[Literal["local", "remote"], ...] = ()
    """Sides nobody can be reached at, from the same file."""


class BadTicket(Struct, frozen=True, kw_only=True):
    """Something that was given as a ticket and cannot be diagnosed; it stops nobody else."""

    name: str
    reason: str
    """Words in `reports/labels.yaml`, `error.<reason>`."""
    words: tuple[tuple[str, str], ...] = ()
    """What stands in the holes of the sentence; may be hostile."""
