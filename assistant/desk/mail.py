"""A mail: its text, what is attached to it, and in which words it was sent.

Whatever is wrong with its encodings, what can be read is read; nothing in it is run or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from msgspec import Struct

from assistant.desk.html_text import text_of_html
from assistant.desk.outlook import MAGIC, OutlookMessage, read_outlook
from assistant.errors import InputError
from assistant.trace.text.recognise import looks_like

MAIL_BYTES = 64 << 20
"""Larger ones are no mail that a server would have let through."""
_PARTS = 200
_DEPTH = 5
"""Mails in mails: an answer to a forwarded mail, and some more."""
MAIL = re.compile(rb"\A(?:[A-Za-z][\w-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,200}?")
"""Headers, each with its further lines. A line is read in one way: of two all would be tried."""
_HEADERS = re.compile(
    rb"^(?:from|to|date|subject|message-id|received|mime-version|content-type):",
    re.MULTILINE | re.IGNORECASE,
)
_LEAST_HEADERS = 2
_NEVER = re.compile(
    r"(?:image|audio|video|font)/|application/(?:pkcs7-|x-pkcs7-|pgp-)|text/(?:calendar|x?-?vcard)"
)
"""Signatures, pictures of a logo, appointments."""
_TRACE = re.compile(rb"\bVPN: |\bVpnIpm: |\[VPN-|\[[A-Za-z][\w-]{1,30}\] +\d{4}/\d\d/\d\d ")
_TELLING = frozenset({"strongswan-log", "lancom-config", "packet-text", "ping-output"})
_HEAD = 1 << 16
_HEADER = 500
"""Characters of a subject that are kept."""


class MailPart(Struct, frozen=True, kw_only=True):
    """One text or file of a mail."""

    name: str
    data: bytes


class Mail(Struct, frozen=True, kw_only=True):
    """What a mail brings."""

    message_id: str
    """Empty if it has none."""
    subject: str
    text: str
    """What the sender wrote, for its language."""
    parts: tuple[MailPart, ...]
    """What may tell of the fault: attachments, and the text if a trace was pasted into it, or if
    there is nothing else."""


def is_mail(name: str, head: bytes) -> bool:
    """Whether a file is a mail, by its name and by how it begins.

    Args:
        name: Of the file; only its ending counts.
        head: Its first bytes, at least 64 KB or all of them.
    """
    ending = name.lower()[-4:]
    if ending == ".msg" and head.startswith(MAGIC):
        return True  # other files begin so too
    return ending == ".eml" or looks_like_mail(head)


def looks_like_mail(head: bytes) -> bool:
    r"""Whether a file that begins so is a mail: two headers of every mail, nothing before.

    >>> looks_like_mail(b"Date: Mon, 13 May 2024 08:00:00 +0200\nSubject: VPN\n\nHello\n")
    True
    """
    start = MAIL.match(head)
    if start is None:
        return False
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return len({one.lower() for one in _HEADERS.findall(block)}) >= _LEAST_HEADERS


def read_mail(data: bytes) -> Mail:
    """Read one mail, as it was sent or as Outlook saved it.

    Raises:
        InputError: parts are nested in it deeper than any program nests them.
    """
    if data.startswith(MAGIC):
        return _read_saved(data)
    try:
        try:
            return _read(message_from_bytes(data, policy=policy.default))
        except Exception:  # noqa: BLE001 - the library stumbles over headers in ways no list names
            return _read(message_from_bytes(data, policy=policy.compat32))
    except RecursionError:
        raise InputError("ticket-mail-nested") from None


def _read_saved(data: bytes) -> Mail:
    saved = read_outlook(data)
    if saved is None:  # damaged, or none: the file itself, of which will be told what it is
        return _composed("", "", [], [MailPart(name="mail.msg", data=data)])
    return _composed(saved.message_id, saved.subject, saved.texts, _saved_files(saved))


def _read(message: Message[Any, Any]) -> Mail:
    texts: list[str] = []
    files: list[MailPart] = []
    for number, part in enumerate(_leaves(message, 0)):
        if number >= _PARTS:
            break
        kind = part.get_content_type()
        if _NEVER.match(kind):
            continue
        name = _file_name(part)
        if name is None and kind in ("text/plain", "text/html"):
            text = _text(part)
            texts.append(text_of_html(text) if kind == "text/html" else text)
            continue
        content = _bytes(part)
        saved = read_outlook(content)
        if saved is not None:  # a mail that was dragged into this one
            texts += saved.texts
            files += _saved_files(saved)
        elif content.strip():
            files.append(MailPart(name=name or f"part-{number + 1}.txt", data=content))
    return _composed(_header(message, "message-id"), _header(message, "subject"), texts, files)


def _saved_files(saved: OutlookMessage) -> list[MailPart]:
    return [
        MailPart(name=one.name or f"attachment-{number}", data=one.data)
        for number, one in enumerate(saved.attached, 1)
        if one.data.strip() and not _NEVER.match(one.kind)
    ]


def _composed(message_id: str, subject: str, texts: list[str], files: list[MailPart]) -> Mail:
    text = "\n".join(one for one in texts if one.strip())
    body = text.encode("utf-8", "replace")
    if body.strip() and (not files or tells(body)):
        files = [MailPart(name="mail.txt", data=body), *files]
    return Mail(
        message_id=_one_line(message_id),
        subject=_one_line(subject),
        text=text,
        parts=tuple(files),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_HEADER]


def _leaves(message: Message[Any, Any], depth: int) -> Iterator[Message[Any, Any]]:
    """The parts that hold something; of the same text in several forms the plain one."""
    if depth > _DEPTH:
        return
    kind = message.get_content_type()
    children = message.get_payload() if message.is_multipart() else None
    if not isinstance(children, list):
        yield message
        return
    inner = [one for one in children if isinstance(one, Message)]
    if kind == "multipart/alternative":
        plain = [one for one in inner if one.get_content_type() == "text/plain"]
        inner = plain[:1] if plain and _text(plain[0]).strip() else inner[-1:]
    for one in inner[:_PARTS]:
        yield from _leaves(one, depth + 1)


def _file_name(part: Message[Any, Any]) -> str | None:
    """Its name without folders; None of a part that is shown as text."""
    name = part.get_filename()
    if name is None:
        return "attachment" if part.get_content_disposition() == "attachment" else None
    return re.split(r"[/\\]", name)[-1].strip() or "attachment"


def _bytes(part: Message[Any, Any]) -> bytes:
    data = part.get_payload(decode=True)
    if isinstance(data, bytes):
        return data
    raw = part.get_payload()
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else b""


def _text(part: Message[Any, Any]) -> str:
    data = _bytes(part)
    try:
        charset = part.get_content_charset() or "utf-8"
        text = data.decode(charset, "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    else:
        if charset in ("utf-8", "us-ascii") and "\N{REPLACEMENT CHARACTER}" in text:
            text = data.decode("cp1252", "replace")  # what programs send that name no charset
    text = text.replace("\r\n", "\n")
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _unflowed(text) if flowed else text


def _unflowed(text: str) -> str:
    r"""Lines that a mail program broke together again (RFC 3676, section 4).

    >>> _unflowed("VPN: connection for \nLAGER timed out\n-- \nme\n")
    'VPN: connection for LAGER timed out\n-- \nme\n'
    """
    return re.sub(r"(?m)^(?!-- $)(.*) \n(?![>\n]|-- \n)", r"\1 ", text)


def _header(message: Message[Any, Any], name: str) -> str:
    value = str(message.get(name, ""))
    if "=?" in value:  # as it was sent, where the library did not decode it
        with suppress(HeaderParseError, LookupError, ValueError):
            value = str(make_header(decode_header(value)))
    return value


def tells(body: bytes) -> bool:
    """Whether something that a router printed was pasted into the text."""
    return bool(_TRACE.search(body)) or looks_like(body[:_HEAD]) in _TELLING
