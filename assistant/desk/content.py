"""Reads what a ticket holds: its files, each with its hash, and what its sender wrote."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from msgspec import Struct, field
from msgspec.structs import replace

from assistant.answer_file import LIMIT_BYTES, AnswerFileError, AnswerLines, parse_answers
from assistant.desk.export import Row
from assistant.desk.identity import writable
from assistant.desk.language import language_named, language_of
from assistant.desk.mail import MAIL_BYTES, Mail, is_mail, read_mail, tells
from assistant.desk.mailbox import Posted, posted
from assistant.errors import InputError
from assistant.model.source import Side
from assistant.model.ticket import Language, TicketInput
from assistant.trace.text.unpack import Packed, Part, is_packed, parts

FILE_BYTES = 4 << 30
"""Of one file; as much as is unpacked of one."""
_HEAD_BYTES = 1 << 16
_PIECE = 1 << 20
_ANSWERS = re.compile(r"(?:^|[-_. ])(?:answers|antworten)\.ya?ml$", re.IGNORECASE)
"""As a dialogue saves them."""
_THEIRS = re.compile(
    r"(?:^|[-_. ])(?:remote|peer|gegenseite|gegenstelle)(?=[-_. ]|$)", re.IGNORECASE
)


class Content(Struct, frozen=True, kw_only=True):
    """What a ticket holds."""

    inputs: tuple[TicketInput, ...]
    subject: str = ""
    language: Language | None = None
    answers: AnswerLines = field(default_factory=lambda: AnswerLines(choices={}))
    key: str | None = None
    """What stays when the ticket moves in its mailbox: its Message-ID."""


def content_of_files(files: Sequence[Path], *, below: Path | None = None) -> Content:
    """Of the files of one ticket; mails among them, and in archives among them, are opened.

    Args:
        files: In the order they are shown.
        below: They are named from here; None for their bare names.

    Raises:
        InputError: one is too large.
        OSError: one cannot be read.
    """
    inputs: list[TicketInput] = []
    subject, texts, answers = "", [], AnswerLines(choices={})
    for path in files:
        if _ANSWERS.search(path.name):
            answers = _answers(path)
            continue
        name = path.relative_to(below).as_posix() if below else path.name
        size = path.stat().st_size
        if size > FILE_BYTES:
            raise InputError("ticket-too-large", file=name)
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        small = size <= MAIL_BYTES
        if small and is_mail(path.name, head):
            mails = [(name if len(files) > 1 else "", path.read_bytes())]
        elif small and is_packed(head):
            mails, others = _mails_packed(path, name)
            inputs += others
        else:
            mails = []
        for place, data in mails:
            mail = read_mail(data)
            inputs += _parts(mail, f"{place}/" if place else "")
            subject = subject or mail.subject
            texts.append(f"{mail.subject}\n{mail.text}")
        if not mails:
            inputs.append(
                TicketInput(
                    name=name, sha256=_sha256_of_file(path), size_bytes=size, path=path,
                    side=_side(name),
                )
            )  # fmt: skip
    return Content(
        inputs=_in_order(inputs),
        subject=subject,
        language=language_of("\n".join(texts)),
        answers=answers,
    )


def content_of_mail(path: Path, mail: Posted) -> Content:
    """Of one mail of a mailbox.

    Raises:
        InputError: there is nothing in it.
        OSError: the mailbox cannot be read.
    """
    with path.open("rb") as stream:
        read = read_mail(posted(stream, mail))
    return Content(
        inputs=_in_order(_parts(read, "")),
        subject=read.subject,
        language=language_of(f"{read.subject}\n{read.text}"),
        key=read.message_id or None,
    )


def content_of_row(row: Row, folder: Path) -> Content:
    """Of one row of an export.

    Raises:
        InputError: an attachment is missing, or lies elsewhere than beside the export.
        OSError: one cannot be read.
    """
    text = row.text.encode("utf-8", "replace")
    inputs = [_of_data("text.txt", text)] if text.strip() else []
    if row.attachments and not tells(text):
        inputs = []  # what the customer wrote is no evidence
    attached: list[Path] = []
    for name in row.attachments:
        try:
            path = Path(os.path.realpath(folder / name))
        except ValueError:  # zero bytes, halves of characters: no file is called so
            raise InputError("no-file", file=name) from None
        if os.path.commonpath([path, folder]) != str(folder):
            raise InputError("ticket-outside", file=name)
        if not path.is_file():
            raise InputError("no-file", file=name)
        attached.append(path)
    files = content_of_files(attached, below=folder).inputs if attached else ()
    return Content(
        inputs=_in_order([*files, *inputs]),
        subject=row.subject,
        language=language_named(row.language) or language_of(f"{row.subject}\n{row.text}"),
    )


def _mails_packed(path: Path, name: str) -> tuple[list[tuple[str, bytes]], list[TicketInput]]:
    """The mails in an archive, and what else is in it; nothing if no mail is.

    Without a mail the archive is an input itself, and is unpacked when it is diagnosed.
    """
    with path.open("rb") as stream:
        found = (one.name for one in parts(name, stream, Packed()) if _is_mail(one))
        if next(found, None) is None:
            return [], []
    mails: list[tuple[str, bytes]] = []
    others: list[TicketInput] = []
    room = MAIL_BYTES
    with path.open("rb") as stream:
        for one in parts(name, stream, Packed()):
            is_mail = _is_mail(one)
            data = _whole(one, room)
            room -= len(data)
            if room < 0:
                raise InputError("ticket-too-large", file=one.name)
            if is_mail:
                mails.append((one.name, data))
            elif data.strip():
                others.append(_of_data(one.name, data))
    return mails, others


def _is_mail(part: Part) -> bool:
    head = part.head(_HEAD_BYTES)
    return bool(head) and is_mail(part.name, head)


def _whole(part: Part, room: int) -> bytes:
    """All of it; of one that is longer than there is room a byte more than that."""
    data = bytearray()
    while piece := part.stream.read(_PIECE):
        data += piece
        if len(data) > room:
            return bytes(data[: room + 1])
    return bytes(data)


def _answers(path: Path) -> AnswerLines:
    with path.open("rb") as stream:
        content = stream.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise InputError("answers-too-large", file=path.name, bytes=str(LIMIT_BYTES))
    try:
        return parse_answers(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError("answers-not-utf-8", file=path.name) from None
    except AnswerFileError as error:
        raise InputError(f"answers-{error.kind}", file=path.name, line=str(error.line)) from None


def _parts(mail: Mail, prefix: str) -> list[TicketInput]:
    return [_of_data(f"{prefix}{part.name}", part.data) for part in mail.parts]


def _of_data(name: str, data: bytes) -> TicketInput:
    return TicketInput(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        data=data,
        side=_side(name),
    )


def _in_order(inputs: Iterable[TicketInput]) -> tuple[TicketInput, ...]:
    """Each content once, each under a name of its own, ours before the other side's.

    Raises:
        InputError: there is none.
    """
    once: dict[str, TicketInput] = {}
    for one in inputs:
        once.setdefault(one.sha256, one)
    if not once:
        raise InputError("ticket-empty")
    kept = with_sides(sorted(once.values(), key=lambda one: one.side is Side.REMOTE))
    names: set[str] = set()
    named = []
    for one in kept:
        wanted = name = writable(one.name)
        number = 1
        while name in names:
            number += 1
            name = f"{wanted}~{number}"
        names.add(name)
        named.append(replace(one, name=name))
    return tuple(named)


def with_sides(inputs: Sequence[TicketInput]) -> Sequence[TicketInput]:
    """The inputs of one ticket with what their names say of whose they are."""
    sides = [_side(one.name) for one in inputs]
    if all(side is Side.REMOTE for side in sides):
        # `remote-office.txt` alone: there is nobody else whose trace it could be.
        sides = [None] * len(sides)
    return [replace(one, side=side) for one, side in zip(inputs, sides, strict=True)]


def _side(name: str) -> Side | None:
    return Side.REMOTE if _THEIRS.search(PurePath(name).name) else None


def _sha256_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while data := stream.read(_PIECE):
            digest.update(data)
    return digest.hexdigest()
