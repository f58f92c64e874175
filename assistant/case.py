"""A case and all its files, each read as what it is: a trace, a configuration, a capture.

Most cases are a trace and nothing else: what reads the others is imported when there is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.errors import InputError, UsageError
from assistant.model.answer import Answer, Who
from assistant.model.source import Side, Source, SourceKind
from assistant.trace.read import ReadSource, TraceReader
from assistant.trace.settled import Likeness
from assistant.trace.text.decoding import TextReader, encoding_of
from assistant.trace.text.recognise import looks_like
from assistant.trace.text.unpack import Packed, Part, parts

if TYPE_CHECKING:
    from assistant.model.setting import Configuration
    from assistant.trace.packets.capture import Capture
    from assistant.trace.packets.ping_output import PingOutput

HEAD_BYTES = 1 << 16
"""Of a part, to see what it is."""
_TRACE = re.compile(
    rb"\[[A-Za-z][\w-]{1,30}\] +\d{4}/\d\d/\d\d |\bVPN: |(?m:^[\w-]{1,40}@[\w.-]{1,60}:/)"
)
"""A record's header, a message, the console's prompt: a trace, with whatever pings between."""


class Wanted(str, Enum):
    """What a file was given as."""

    ANYTHING = "anything"
    CONFIGURATION = "configuration"


class CaseFile(Struct, frozen=True):
    """One file of a case; opened when it is its turn."""

    name: str
    """As shown: without its folders; `stdin` for standard input."""
    open: Callable[[], BinaryIO]
    side: Side | None = None
    """Whose it is, where an option says so (`--remote`, `--config`, `--remote-config`)."""
    wanted: Wanted = Wanted.ANYTHING


class Case(Struct, frozen=True):
    """All files that tell of one fault."""

    files: tuple[CaseFile, ...]
    answers: tuple[Answer, ...] = ()
    """What people said of it; each names a question of the catalog, or a repair that was tried."""
    away: tuple[Who, ...] = ()
    """Sides nobody can be reached at: what needs them is neither asked nor planned."""


class ReadConfiguration(Struct, frozen=True, kw_only=True):
    """One device configuration and whose it is."""

    configuration: Configuration
    side: Side
    source: Source


class ReadCapture(Struct, frozen=True, kw_only=True):
    """A packet capture or the output of ping; whose it is, its packets may tell later."""

    content: Capture | PingOutput
    """By the kind of its source."""
    source: Source


ReadFile: TypeAlias = ReadSource | ReadConfiguration | ReadCapture
"""One part of one file, as what it turned out to be."""


class CaseContent(Struct, frozen=True, kw_only=True):
    """What all files of a case hold, in the order given."""

    read: tuple[ReadFile, ...]
    told: dict[str, Side]
    """Sources whose side an option says."""
    problems: tuple[tuple[str, str], ...]
    """Of packed files: id of the problem and the file's name."""

    @property
    def sources(self) -> list[ReadSource]:
        """All that is neither configuration nor capture."""
        return [one for one in self.read if isinstance(one, ReadSource)]

    @property
    def traces(self) -> list[ReadSource]:
        """What may hold negotiations."""
        return [one for one in self.sources if one.kind not in (SourceKind.EMPTY, SourceKind.OTHER)]

    @property
    def captures(self) -> list[tuple[Capture, Side | None]]:
        """Packet captures, with their side where an option says it."""
        found = self._captured(SourceKind.TCPDUMP_TEXT)
        return [(cast("Capture", one.content), one.source.side) for one in found]

    @property
    def pings(self) -> list[PingOutput]:
        """Outputs of ping."""
        found = self._captured(SourceKind.PING_OUTPUT)
        return [cast("PingOutput", one.content) for one in found]

    def _captured(self, kind: SourceKind) -> Iterator[ReadCapture]:
        for one in self.read:
            if isinstance(one, ReadCapture) and one.source.kind is kind:
                yield one

    def configurations(self, side: Side) -> list[Configuration]:
        """Those of one side."""
        return [
            one.configuration
            for one in self.read
            if isinstance(one, ReadConfiguration) and one.side is side
        ]


class CaseReader:
    """Reads the files of cases with one catalog."""

    def __init__(self, catalog: Catalog, likeness: Likeness | None = None) -> None:
        """Reads with one catalog; `likeness` as `TraceReader` takes it."""
        self.traces = TraceReader(catalog, likeness)

    def read(self, case: Case) -> CaseContent:
        """Read all files.

        Raises:
            UsageError: two files have one name, by which their sides and places are told apart.
            InputError: a file cannot be read, one given as a configuration is none, or nothing in
                any file belongs to a case.
        """
        names: set[str] = set()
        for file in case.files:
            if file.name in names:
                raise UsageError("same-name", file=file.name)
            names.add(file.name)
        read: list[ReadFile] = []
        told: dict[str, Side] = {}
        problems: list[tuple[str, str]] = []
        for file in case.files:
            found, packed = self._file(file, read)
            problems += [(problem, file.name) for problem in packed.problems]
            if file.side is not None:
                told |= {one.name: file.side for one in found if isinstance(one, ReadSource)}
            read += found
        content = CaseContent(read=tuple(read), told=told, problems=tuple(problems))
        configured = any(isinstance(one, ReadConfiguration) for one in read)
        if case.files and not content.traces and not configured:
            raise _nothing_to_diagnose(content)
        return content

    def _file(self, file: CaseFile, before: list[ReadFile]) -> tuple[list[ReadFile], Packed]:
        packed = Packed()
        try:
            with file.open() as stream:
                found, left = self._parts(parts(file.name, stream, packed), file, packed, before)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError("unreadable", file=file.name, reason=reason) from error
        if left and not found:
            raise left[0]
        if left:
            packed.say("not-configuration")
        for one in found:
            if isinstance(one, ReadSource):
                one.sha256, one.size_bytes = packed.sha256, packed.size_bytes
        return found, packed

    def _parts(
        self, members: Iterable[Part], file: CaseFile, packed: Packed, before: list[ReadFile]
    ) -> tuple[list[ReadFile], list[InputError]]:
        """What was read, and why of a file given as a configuration some parts were not."""
        found: list[ReadFile] = []
        left: list[InputError] = []
        for part in members:
            try:
                found.append(self._part(part, file, packed, [*before, *found]))
            except InputError as error:  # noqa: PERF203 - a few files, each read as a whole
                left.append(error)
        return found, left

    def _part(self, part: Part, file: CaseFile, packed: Packed, before: list[ReadFile]) -> ReadFile:
        head = part.head(HEAD_BYTES)
        if file.wanted is Wanted.ANYTHING:
            capture = _capture_kind(head)
            if capture is not None:
                return _read_capture(part, capture, file.side, packed)
        if file.wanted is not Wanted.CONFIGURATION and not is_configuration(head):
            return self.traces.read(part.name, part.stream)
        from assistant.config.script import FILE_BYTES
        from assistant.config.settings import read_configuration

        data = b"".join(_bounded(part.stream, FILE_BYTES + 1))
        configuration = read_configuration(part.name, data)
        if file.wanted is Wanted.CONFIGURATION and not configuration.recognised:
            looks = looks_like(head) if data else "empty"
            raise InputError("no-configuration", file=part.name, looks=looks)
        known = any(isinstance(one, ReadConfiguration) for one in before)
        side = file.side or (Side.REMOTE if known else Side.LOCAL)
        reason = "option" if file.side else "second-configuration" if known else "configuration"
        return ReadConfiguration(
            configuration=configuration,
            side=side,
            source=Source(
                name=part.name,
                kind=SourceKind.LANCOM_CONFIG,
                side=side,
                side_reason=reason,
                sha256=packed.sha256,
                size_bytes=packed.size_bytes,
                encoding=encoding_of(data) if data else None,
                records=configuration.commands,
            ),
        )


def _capture_kind(head: bytes) -> SourceKind | None:
    """Whether a text is a packet capture or the output of ping, and no trace that holds some."""
    if _TRACE.search(head):
        return None
    looks = looks_like(head)
    text = head.decode("utf-8", "replace")
    if looks in ("packet-text", "ping-output", "text"):
        from assistant.trace.packets.ping_output import looks_like_ping
        from assistant.trace.packets.tcpdump import looks_like_tcpdump

        if looks_like_tcpdump(text):
            return SourceKind.TCPDUMP_TEXT
        if looks_like_ping(text):
            return SourceKind.PING_OUTPUT
    return None


def _read_capture(part: Part, kind: SourceKind, side: Side | None, packed: Packed) -> ReadCapture:
    from assistant.trace.packets.ping_output import read_ping_output
    from assistant.trace.packets.tcpdump import read_tcpdump

    text = TextReader(part.stream)
    content: Capture | PingOutput
    if kind is SourceKind.TCPDUMP_TEXT:
        content = read_tcpdump(part.name, text.pieces())
        records, first, last = content.packets, content.first, content.last
    else:
        content = read_ping_output(part.name, text.pieces())
        places = [place for run in content.runs for place in run.places]
        records = sum(run.asked or 0 for run in content.runs)
        first, last = (places[0], places[-1]) if places else (None, None)
    return ReadCapture(
        content=content,
        source=Source(
            name=part.name,
            kind=kind,
            side=side,
            side_reason="option" if side else None,
            sha256=packed.sha256,
            size_bytes=packed.size_bytes,
            encoding=text.encoding,
            records=records,
            first=first.time if first else None,
            last=last.time if last else None,
        ),
    )


def is_configuration(head: bytes) -> bool:
    """Whether a file that begins so is a device configuration."""
    # The console of a trace may show a few commands of a script too.
    return b"[VPN-" not in head and looks_like(head) == "lancom-config"


def _bounded(stream: BinaryIO, most: int) -> Iterator[bytes]:
    """The first bytes of a stream; the rest is read and dropped, so that its hash is whole."""
    kept = 0
    while data := stream.read(1 << 16):
        if kept < most:
            yield data[: most - kept]
        kept += len(data)


def _nothing_to_diagnose(content: CaseContent) -> InputError:
    sources = content.sources
    if content.problems and not any(source.kind is SourceKind.OTHER for source in sources):
        problem, name = content.problems[0]
        return InputError(f"archive-{problem}", file=name)
    for one in content.read:
        if isinstance(one, ReadCapture):
            pinged = one.source.kind is SourceKind.PING_OUTPUT
            looks = "ping-output" if pinged else "packet-text"
            return InputError("no-trace", file=one.source.name, looks=looks)
    if all(source.kind is SourceKind.EMPTY for source in sources):
        return InputError("empty", file=", ".join(source.name for source in sources))
    source = next(source for source in sources if source.kind is not SourceKind.EMPTY)
    return InputError("no-trace", file=source.name, looks=source.looks)
