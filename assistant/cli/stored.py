"""Reports of ours among the inputs: which file is one, and what a call may want of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from assistant.cli.inputs import STANDARD_INPUT, Inputs, case_file
from assistant.errors import InputError, UsageError

if TYPE_CHECKING:
    from assistant.case import CaseFile
    from assistant.catalog.catalog import Catalog
    from assistant.model.diagnosis import Diagnosis

_PACKED_BYTES = 8 << 20
"""No packed report is larger; who packs more packs traces, and these are not unpacked twice."""


class StoredReport(Struct, frozen=True):
    """A file that is a report of ours, or an archive with nothing but one in it."""

    file: CaseFile

    @property
    def first_name(self) -> str:
        """What reports made of it are called after: never as the report made of the trace."""
        from reports.output import stem

        return f"{stem(self.file.name).removesuffix('.report')}.stored.html"

    def read(self, catalog: Catalog) -> Diagnosis:
        """The diagnosis it holds.

        Raises:
            InputError: it cannot be read, is damaged, or of a later program.
        """
        from reports.stored.file import read_stored

        with _unpacked(self.file) as stream:
            return read_stored(self.file.name, stream, catalog)


def stored_report(files: Sequence[CaseFile], inputs: Inputs) -> StoredReport | None:
    """The report that is to be read again, if the call gives one.

    Raises:
        UsageError: a report and other files are given, as if they were one case.
        InputError: a file cannot be read.
    """
    found = next((file for file in files if _is_report(file)), None)
    if found is None:
        return None
    if len(files) > 1 or not inputs.files:
        raise UsageError("stored-mixed", file=found.name)
    return StoredReport(found)


def compared_report(old: str | None, inputs: Inputs) -> StoredReport | None:
    """The report to compare with; None without `--compare`.

    Raises:
        UsageError: there is nothing to compare it with, or only itself.
        InputError: it cannot be read, or is no report.
    """
    if old is None:
        return None
    if not inputs.all:
        raise UsageError("compare-without-file", file=old)
    if any(_same(old, one) for one in inputs.all):
        raise UsageError("compare-with-itself", file=old)
    file = case_file(old)
    if not _is_report(file):
        from assistant.trace.text.recognise import looks_like

        head = _head(file)
        raise InputError(
            "compare-no-report", file=file.name, looks=looks_like(head) if head else "empty"
        )
    return StoredReport(file)


def _same(one: str, other: str) -> bool:
    if STANDARD_INPUT in (one, other):
        return one == other
    return os.path.realpath(one) == os.path.realpath(other)


def _is_report(file: CaseFile) -> bool:
    from assistant.trace.text.recognise import is_own_report
    from assistant.trace.text.unpack import is_packed

    head = _head(file)
    if is_packed(head):
        return _holds_a_report(file)
    return is_own_report(head)


def _head(file: CaseFile) -> bytes:
    """The first bytes.

    Raises:
        InputError: it cannot be read.
    """
    from assistant.case import HEAD_BYTES

    try:
        with file.open() as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("unreadable", file=file.name, reason=reason) from error


def _holds_a_report(file: CaseFile) -> bool:
    """Whether nothing but one report is packed in it.

    Raises:
        InputError: several reports are.
    """
    from assistant.case import HEAD_BYTES
    from assistant.trace.text.recognise import is_own_report
    from assistant.trace.text.unpack import Packed, parts

    with file.open() as stream:
        # What a ticket holds is no file; its end says how long either is.
        if stream.seek(0, os.SEEK_END) > _PACKED_BYTES:
            return False
        stream.seek(0)
        members = parts(file.name, stream, Packed())
        heads = [part.head(HEAD_BYTES) for part in islice(members, 2)]
    reports = [is_own_report(head) for head in heads]
    if reports == [True, True]:
        raise InputError("stored-several", file=file.name)
    return reports == [True]


@contextmanager
def _unpacked(file: CaseFile) -> Iterator[BinaryIO]:
    """The report itself; of an archive its only part."""
    from assistant.trace.text.unpack import Packed, parts

    try:
        with file.open() as stream:
            for part in parts(file.name, stream, Packed()):
                yield part.stream
                return
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("unreadable", file=file.name, reason=reason) from error
