"""`diagnose triage PATH...`: many tickets at once."""

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from assistant.cli.language import language_chosen
from assistant.cli.options import Knowledge, Lang, StoreOption
from assistant.cli.program import app
from assistant.cli.verdict import width
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.catalog.catalog import Catalog
    from assistant.desk.run import Ran
    from assistant.model.ticket import TicketId
    from assistant.model.triage import Triage
    from reports.labels import Lang as Language
    from reports.triage.json_v1 import Beside

_CASES = "triage-reports"
"""Folder of the reports of the single tickets; `tickets` is what people call that of their own."""
_NAME = "triage"
_CROWDED = 10
"""Files of a sub-folder from which on it may be many tickets, not one."""


class TriageFormat(str, Enum):
    """`--format`."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    TEXT = "text"


_SUFFIXES = {
    TriageFormat.HTML: "html",
    TriageFormat.JSON: "json",
    TriageFormat.CSV: "csv",
    TriageFormat.TEXT: "txt",
}


def _column(name: str, holds: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}-column", metavar="NAME", help=f"Column of an export with {holds}."
    )
    return option


@app.command(
    "triage",
    help=(
        "Diagnoses many tickets: each file, sub-folder, archive, mail (.eml, .msg, .mbox) or row "
        "of an export (.csv, .json, .jsonl) in PATH is one. Says which come first, which are one "
        "fault and which one outage; writes a report and the draft of a reply of each into "
        "triage-reports/. A call that was interrupted continues when it is repeated."
    ),
)
def _triage(  # noqa: PLR0913, PLR0917 - one parameter for each option of the contract
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", show_default=False)
    ] = None,
    formats: Annotated[
        list[TriageFormat] | None,
        typer.Option(
            "--format", help="Write triage.FORMAT instead of a table and triage.html (repeatable)."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="Where to write (default: here); - is standard output, for one format.",
        ),
    ] = None,
    reports: Annotated[
        bool,
        typer.Option(
            "--reports/--no-reports",
            help="Write a report and a reply of every ticket.",
        ),
    ] = True,
    lang: Lang = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, max=64, help="Processes (default: one for each processor)."
        ),
    ] = None,
    store: StoreOption = None,
    keep_inputs: Annotated[
        bool, typer.Option("--keep-inputs", help="Keep what the tickets hold, not only its hash.")
    ] = False,
    id_column: Annotated[str | None, _column("id", "the ticket's number")] = None,
    text_column: Annotated[str | None, _column("text", "the trace or the mail")] = None,
    language_column: Annotated[str | None, _column("language", "the language")] = None,
    subject_column: Annotated[str | None, _column("subject", "the subject")] = None,
    attachment_column: Annotated[str | None, _column("attachment", "paths of attachments")] = None,
    knowledge: Knowledge = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are no reports of ours.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="No progress, and one line only.")
    ] = False,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="Exit with 10 if a ticket is a fault, 11 if unclear."),
    ] = False,
) -> int:
    from assistant.catalog.load import load_catalog
    from assistant.cli.progress import Progress
    from assistant.desk.export import Columns
    from assistant.desk.intake import Intake
    from assistant.desk.run import Order, run
    from assistant.desk.store.place import store_path
    from assistant.desk.store.store import Store
    from assistant.desk.worker import Setup
    from reports.labels import labels
    from reports.triage.ticket import TicketTeller

    language = language_chosen(lang)
    wanted = tuple(dict.fromkeys(formats or ()))
    folder = _folder(output, wanted)
    if not paths:
        raise UsageError("triage-nothing-given")
    catalog = load_catalog(*(knowledge or ()), cached=True)
    place = store_path(store)
    kept = Store(place)
    cases = folder / _CASES if reports and folder else None
    order = Order(
        paths=paths,
        intake=Intake(
            columns=Columns(
                id=id_column,
                text=text_column,
                language=language_column,
                subject=subject_column,
                attachment=attachment_column,
            ),
            skip=frozenset(_own(folder, place)),
        ),
        language=language,
        workers=workers,
        keep_inputs=keep_inputs,
        setup=Setup(
            knowledge=tuple(knowledge or ()),
            tell=TicketTeller(folder=cases, lang=language, force=force),
        ),
        digest=catalog.digest,
    )
    words = labels(language)
    progress = Progress(words, quiet=quiet)
    try:
        ran = run(order, kept, progress)
    except KeyboardInterrupt:
        progress.ends()
        done, total = words.number(progress.done), words.number(progress.total)
        print(words("triage.interrupted", done=done, total=total), file=sys.stderr)
        raise
    finally:
        progress.ends()
    out = _Out(
        catalog=catalog,
        language=language,
        folder=folder,
        cases=cases,
        store=place,
        force=force,
    )
    out.tell(ran, wanted, quiet=quiet)
    return _code(ran, exit_code=exit_code)


class _Out(Struct, frozen=True, kw_only=True):
    """Where the triage goes."""

    catalog: Catalog
    language: Language
    folder: Path | None
    """None for standard output."""
    cases: Path | None
    store: Path
    force: bool

    def tell(self, ran: Ran, wanted: tuple[TriageFormat, ...], *, quiet: bool) -> None:
        """Print or write it, and say on standard error how it went."""
        from assistant.model.ticket import TicketKind
        from reports.escape import visible
        from reports.labels import labels
        from reports.output import send_text

        words, triage = labels(self.language), ran.triage
        if self.folder is None:
            send_text(self._render(wanted[0], triage), sys.stdout)
        elif wanted:
            for form in wanted:
                path = self._write(form, triage)
                if not quiet:
                    print(path)
        else:
            page = self._write(TriageFormat.HTML, triage)
            self._show(triage, quiet=quiet)
            if not quiet:
                print(words("triage.page.lies", path=visible(str(page), limit=1000)))
        if ran.bugs:
            print("\n".join(ran.bugs[:3]), file=sys.stderr)
            print(f"diagnose: {words('triage.bugs', n=len(ran.bugs))}", file=sys.stderr)
        if not quiet:
            told = words(
                "triage.took",
                tickets=words.counted("triage.tickets", len(triage.tickets)),
                seconds=words.duration(ran.seconds),
                reused=words.number(ran.reused),
                store=visible(str(self.store), limit=1000),
            )
            print(told, file=sys.stderr)
            for one in triage.tickets:
                if one.kind is TicketKind.FOLDER and len(one.inputs) >= _CROWDED:
                    name = visible(one.name, limit=1000)
                    print(words("triage.crowded", n=len(one.inputs), name=name), file=sys.stderr)

    def _show(self, triage: Triage, *, quiet: bool) -> None:
        from reports.labels import labels
        from reports.triage.text import render_triage

        terminal = sys.stdout.isatty()
        columns = width() if terminal else 80
        text = render_triage(triage, self.catalog, self.language, width=columns)
        if quiet:
            print(text.plain.split("\n", 1)[0])
            return
        if terminal and not os.environ.get("NO_COLOR"):
            from rich.console import Console

            Console(highlight=False, width=columns).print(text.rich(), soft_wrap=True)
        else:
            print(text.plain)
        if self.cases is not None and triage.tickets:
            print(labels(self.language)("triage.where", paths=f"{self.cases}{os.sep}"))

    def _write(self, form: TriageFormat, triage: Triage) -> Path:
        from reports.output import Request, write_text

        path = (self.folder or Path()) / f"{_NAME}.{_SUFFIXES[form]}"
        request = Request(formats=(), output=None, first_name=_NAME, inputs=(), force=self.force)
        return write_text(request, path, self._render(form, triage))

    def _render(self, form: TriageFormat, triage: Triage) -> str:
        if form is TriageFormat.HTML:
            from reports.triage.html import render_triage_html

            return render_triage_html(
                triage, self.catalog, self.language, self._beside, store=str(self.store)
            )
        if form is TriageFormat.JSON:
            from reports.triage.json_v1 import render_triage_json

            return render_triage_json(triage, self._beside)
        if form is TriageFormat.CSV:
            from reports.triage.csv_table import render_triage_csv

            return render_triage_csv(triage, self._beside)
        from reports.triage.text import render_triage

        return render_triage(triage, self.catalog, self.language, whole=True).plain + "\n"

    def _beside(self, ticket: TicketId) -> Beside | None:
        from reports.triage.json_v1 import Beside
        from reports.triage.ticket import reply_path, report_path

        if self.cases is None:
            return None
        folder = PurePath(_CASES)
        return Beside(report=report_path(folder, ticket), reply=reply_path(folder, ticket))


def _folder(output: str | None, wanted: tuple[TriageFormat, ...]) -> Path | None:
    """The folder to write into; None for standard output."""
    if output == "-":
        if len(wanted) != 1:
            raise UsageError("triage-several-to-stdout")
        return None
    folder = Path(output or "")
    if folder.exists() and not folder.is_dir():
        raise UsageError("triage-output-is-file", file=str(folder))
    return folder


def _own(folder: Path | None, store: Path) -> list[str]:
    """What is no ticket although it may lie among them."""
    ours = [store.with_name(store.name + suffix) for suffix in ("", "-wal", "-shm")]
    if folder is not None:
        ours += [folder / _CASES, *(folder / f"{_NAME}.{one}" for one in _SUFFIXES.values())]
    return [os.path.realpath(one) for one in ours]


def _code(ran: Ran, *, exit_code: bool) -> int:
    from assistant.model.diagnosis import Verdict

    if ran.bugs:
        return 1
    if not ran.triage.tickets:
        return 3
    if not exit_code:
        return 0
    verdicts = {one.summary.verdict for one in ran.triage.tickets}
    if Verdict.FAULT in verdicts:
        return 10
    return 11 if Verdict.INCONCLUSIVE in verdicts else 0
