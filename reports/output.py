"""Writes reports to files: nothing is lost, nothing that is not ours is overwritten."""

# Each renderer is imported when it is wanted: jinja2 and rich cost a tenth of a second.
# ruff: noqa: PLC0415

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct
from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.errors import OutputError, UsageError
from assistant.model.diagnosis import Diagnosis
from assistant.model.transcript import Transcript
from reports.labels import Lang

if TYPE_CHECKING:
    from assistant.comparison import Comparison

ENDINGS = {
    "html": "report.html",
    "text": "report.txt",
    "json": "report.json",
    "markdown": "report.md",
    "reply": "reply.txt",
}
"""Format -> how its file's name ends."""
_COMPRESSED = {".gz", ".bz2", ".xz", ".zip", ".zst"}
_MARKS = (
    re.compile(
        r'\A\s*<!doctype html.*<meta name="generator" content="lancom-vpn-assistant ',
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(r'\A\s*\{\s*"schema": ?"vpn-(?:diagnosis|triage)/'),
    re.compile(r"^lancom-vpn-assistant \d+\.\d+\S* \N{MIDDLE DOT} .*\s*\Z", re.MULTILINE),
    re.compile(r"\A\ufeffticket,name,kind,subject,"),
)
"""Of our HTML; of our JSON; of all else; of tables: near the start, at it, in the last line, at the
start again."""
_MARK_BYTES = 4096


class Request(Struct, frozen=True, kw_only=True):
    """What is to be written where."""

    formats: tuple[str, ...]
    """As chosen; empty for the default, HTML."""
    output: str | None
    """`-o`: a file with one format, a folder with several, `-` for standard output."""
    first_name: str
    """Name of the first input; the reports are called after it."""
    inputs: tuple[Path, ...]
    force: bool

    @property
    def to_standard_output(self) -> bool:
        """The one report goes to standard output, and nothing else does."""
        return self.output == "-"

    @property
    def wanted(self) -> tuple[str, ...]:
        """The formats to write."""
        return self.formats or ("html",)

    def sparing(self, report: str | None) -> Request:
        """Under another name where one would lie on `report`, which the case is compared with."""
        if report is None:
            return self
        taken = os.path.realpath(report)
        if all(os.path.realpath(self.path(form)) != taken for form in self.wanted):
            return self
        return replace(self, first_name=f"{stem(self.first_name)}.compared.txt")

    def check(self) -> None:
        """Refuse what cannot be meant, before any work.

        Raises:
            UsageError: several formats for one place.
        """
        if len(self.wanted) > 1 and self.output is not None:
            if self.to_standard_output:
                raise UsageError("several-to-stdout")
            if Path(self.output).is_file():
                raise UsageError("several-to-file", file=self.output)

    def path(self, form: str) -> Path:
        """Where the report of one format goes."""
        name = f"{stem(self.first_name)}.{ENDINGS[form]}"
        if self.output is None:
            return Path(name)
        return Path(self.output) / name if self._is_folder else Path(self.output)

    def beside(self, suffix: str) -> Path:
        """Where a text that goes with the reports goes: `trace.hand-over.txt`."""
        name = f"{stem(self.first_name)}.{suffix}"
        return Path(self.output or "") / name if self._is_folder else Path(name)

    @property
    def _is_folder(self) -> bool:
        if self.output is None:
            return False
        several = len(self.wanted) > 1
        return several or Path(self.output).is_dir() or self.output.endswith(("/", os.sep))


def stem(name: str) -> str:
    """A file's name without one compression and one type suffix.

    >>> stem("monday.trace.txt.gz")
    'monday.trace'
    """
    path = Path(name)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return path.stem or "report"


class Content(Struct, frozen=True, kw_only=True):
    """What reports are made of."""

    diagnosis: Diagnosis
    catalog: Catalog
    transcribe: Callable[[], Transcript] = Transcript
    """Reads the records for the page that shows them; asked only where one is written."""
    comparison: Comparison | None = None
    """What changed since an earlier report."""
    stamp: str = ""
    """Stands in the page: of what it was made."""
    everything: bool = False
    """JSON tells the evidence of unlikely causes too."""
    pretty: bool = False
    """JSON is indented."""


def write_reports(
    request: Request, content: Content, lang: Lang, standard_output: TextIO
) -> dict[str, str]:
    """Write every format that is wanted; where each lies, as it was asked for.

    Raises:
        OutputError: a file exists that is not ours, or cannot be written.
    """
    if request.to_standard_output:
        send(_pieces(request.wanted[0], content, lang), standard_output)
        return {}
    paths = {form: request.path(form) for form in request.wanted}
    for path in paths.values():
        _may_replace(path, request)
    written = {}
    for form, path in paths.items():
        _write(path, _pieces(form, content, lang))
        written[form] = str(path)
    return written


def send(pieces: Iterable[bytes], standard_output: TextIO) -> None:
    """Write a report, in UTF-8, to standard output."""
    binary = getattr(standard_output, "buffer", None)
    if binary is None or standard_output.isatty():
        standard_output.write(b"".join(pieces).decode("utf-8", "replace"))
    else:
        # Reports are UTF-8 wherever they go; a pipe's own encoding may know fewer characters.
        for piece in pieces:
            binary.write(piece)
    standard_output.flush()


def send_text(text: str, standard_output: TextIO) -> None:
    """Write a report that is one text to standard output."""
    send((text.encode("utf-8", "replace"),), standard_output)


def write_text(request: Request, path: Path, text: str) -> Path:
    """Write a text that is no report but goes with them, as safely; where it lies.

    Raises:
        OutputError: a file exists that is not ours, or cannot be written.
    """
    _may_replace(path, request)
    _write(path, (text.encode("utf-8", "replace"),))
    return path


def _pieces(form: str, content: Content, lang: Lang) -> Iterable[bytes]:
    if form == "json":
        from reports.json_v2 import json_pieces

        return json_pieces(
            content.diagnosis,
            content.comparison,
            everything=content.everything,
            pretty=content.pretty,
        )
    return (_render(form, content, lang).encode("utf-8", "replace"),)


def _render(form: str, content: Content, lang: Lang) -> str:
    diagnosis, catalog, comparison = content.diagnosis, content.catalog, content.comparison
    if form == "text":
        from reports.text import render_text

        text = render_text(diagnosis, catalog, lang, comparison=comparison)
        return text.plain.rstrip("\n") + "\n"
    if form == "markdown":
        from reports.markdown import render_markdown

        return render_markdown(diagnosis, catalog, lang, comparison=comparison)
    if form == "reply":
        from reports.reply import render_reply

        return render_reply(diagnosis, catalog, lang)
    from reports.html import render_html

    return render_html(
        diagnosis,
        catalog,
        lang,
        transcript=content.transcribe(),
        comparison=comparison,
        stamp=content.stamp,
    )


def _may_replace(path: Path, request: Request) -> None:
    """Whether a report may stand here."""
    try:
        if path.is_dir():
            raise OutputError("output-is-folder", file=str(path))
        if not path.exists():
            return
        if any(path.samefile(one) for one in request.inputs if one.exists()):
            raise OutputError("output-is-input", file=str(path))
        if request.force or not path.is_file() or _is_ours(path):
            return
    except OSError as error:
        raise OutputError("not-written", file=str(path), reason=_reason(error)) from None
    raise OutputError("not-ours", file=str(path))


def _is_ours(path: Path) -> bool:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        start = stream.read(_MARK_BYTES).decode("utf-8", "replace")
        stream.seek(max(size - _MARK_BYTES, 0))
        end = stream.read(_MARK_BYTES).decode("utf-8", "replace")
    html, json, text, table = _MARKS
    return bool(html.search(start) or json.search(start) or text.search(end) or table.search(start))


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """To a temporary file beside it, then rename: whoever looks sees the old or the new."""
    real = Path(os.path.realpath(path))  # a link stays one
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        if real.exists() and not real.is_file():
            with real.open("wb") as stream:  # a device or a pipe cannot be replaced
                stream.writelines(pieces)
            return
        handle, temporary = tempfile.mkstemp(prefix=".diagnose-", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines(pieces)
            mask = os.umask(0)
            os.umask(mask)
            Path(temporary).chmod(0o666 & ~mask)
            Path(temporary).replace(real)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError("not-written", file=str(path), reason=_reason(error)) from None


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
