"""A mailbox (mbox): the mails in it, one after the other, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from assistant.desk.mail import MAIL_BYTES

MAILS = 50_000
"""Of one mailbox."""
_LINE_BYTES = 1 << 16
_BEGIN = b"From "
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""Programs that write mailboxes put a `>` before a line that would begin a mail."""
MAILBOX = re.compile(rb"\AFrom \S+[^\n]*\d{2}:\d{2}[^\n]*\n(?:>?[A-Za-z][\w-]*:|From )")
"""A first line with a time, then a header; a trace that begins with a sentence is none."""


class Posted(Struct, frozen=True, kw_only=True):
    """Where one mail of a mailbox stands."""

    number: int
    """From 1."""
    offset: int
    """Of the first byte behind its line `From ...`."""
    size_bytes: int

    @property
    def too_large(self) -> bool:
        """Whether it is more than any mail."""
        return self.size_bytes > MAIL_BYTES


def mails_of(stream: BinaryIO) -> Iterator[Posted]:
    """The places of all mails, in their order."""
    number, offset, begin, blank = 0, 0, -1, True
    whole = True
    while number < MAILS and (line := stream.readline(_LINE_BYTES)):
        if whole and blank and line.startswith(_BEGIN):
            if begin >= 0:
                number += 1
                yield Posted(number=number, offset=begin, size_bytes=offset - begin)
            begin = offset + len(line)
        blank = whole and not line.strip()
        whole = line.endswith(b"\n")
        offset += len(line)
    if begin >= 0 and number < MAILS:
        yield Posted(number=number + 1, offset=begin, size_bytes=offset - begin)


def posted(stream: BinaryIO, mail: Posted) -> bytes:
    """The bytes of one mail."""
    stream.seek(mail.offset)
    return _QUOTED.sub(rb"\1", stream.read(mail.size_bytes))
