"""`diagnose FILE...` and `diagnose ask [FILE...]`: one case, with or without a dialogue."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import replace

from assistant.cli.answers import given_answers
from assistant.cli.found import Found, compared, found_stored
from assistant.cli.inputs import STANDARD_INPUT, Inputs, case_files
from assistant.cli.language import language_chosen
from assistant.cli.options import Format, Knowledge, Lang, Side
from assistant.cli.program import CASE, CaseCommand, app
from assistant.cli.stored import compared_report, stored_report
from assistant.cli.verdict import Telling, code_of, open_report, suggest, tell
from assistant.cli.version import tell_version
from assistant.errors import UsageError


@app.command(
    CASE,
    cls=CaseCommand,
    hidden=True,
    short_help="Diagnose one case.",
    help="Diagnoses one case made of all the files given; - reads standard input.",
)
def _case(  # noqa: PLR0913, PLR0917 - one parameter for each option of the contract
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", show_default=False)
    ] = None,
    remote: Annotated[
        list[str] | None,
        typer.Option("--remote", metavar="FILE", help="A trace of the other side (repeatable)."),
    ] = None,
    config: Annotated[
        list[str] | None,
        typer.Option(
            "--config", metavar="FILE", help="Our router's configuration, from readscript."
        ),
    ] = None,
    remote_config: Annotated[
        list[str] | None,
        typer.Option("--remote-config", metavar="FILE", help="The other side's configuration."),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare", metavar="REPORT", help="Say what changed since this report of ours."
        ),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Then ask the open questions one by one.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="With --ask: do not resume the saved dialogue.")
    ] = False,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer", metavar="ID=CHOICE", help="Answer a question of the report (repeatable)."
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="Answers from a YAML file, ID: CHOICE."),
    ] = None,
    away: Annotated[
        list[Side] | None,
        typer.Option("--away", help="Nobody can be reached at this side."),
    ] = None,
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="Write this report instead (may be given several times)."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="With one format a file (- is standard output), with several a folder.",
        ),
    ] = None,
    pretty: Annotated[bool, typer.Option("--pretty", help="Indent JSON, for people.")] = False,
    lang: Lang = None,
    knowledge: Knowledge = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is no report of ours.")
    ] = False,
    open_html: Annotated[bool, typer.Option("--open", help="Open the HTML report.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print one line only.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
    suggest_patterns: Annotated[
        bool,
        typer.Option(
            "--suggest-patterns",
            help="Print a pattern entry to fill in for what is not understood.",
        ),
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 10 on a fault, 11 if inconclusive.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version; with -v where tickets are kept.")
    ] = False,
) -> int:
    if version:
        return tell_version(language_chosen(lang) if verbose else None)
    from assistant.catalog.load import load_catalog
    from assistant.diagnose import Case, Diagnoser
    from assistant.transcript import transcribe
    from reports.output import Request, write_reports

    language = language_chosen(lang)
    inputs = Inputs(
        files=files or (),
        remote=remote or (),
        config=config or (),
        remote_config=remote_config or (),
    )
    old = compared_report(compare, inputs)
    _check_call(inputs, ask=ask, fresh=fresh)
    request = Request(
        formats=tuple(dict.fromkeys(one.value for one in formats or ())),
        output=output,
        first_name=inputs.first_name,
        inputs=(*inputs.paths, *((Path(compare),) if compare else ())),
        force=force,
    ).sparing(compare)
    request.check()
    color = not (no_color or os.environ.get("NO_COLOR"))
    case = case_files(inputs)
    stored = stored_report(case, inputs)
    if stored is not None:
        if ask or answer or answers or away:
            raise UsageError("stored-answers", file=stored.file.name)
        request = replace(request, first_name=stored.first_name)
    catalog = load_catalog(*(knowledge or ()), cached=True)
    given = given_answers(answer or [], answers, [one.value for one in away or ()], catalog)
    diagnoser = Diagnoser(catalog)
    if stored is not None:
        found = found_stored(stored, catalog)
    elif ask:
        from assistant.cli.asking import Asking, ask_about

        asking = Asking(
            inputs=inputs,
            given=given,
            request=request,
            language=language,
            knowledge=tuple(knowledge or ()),
            fresh=fresh,
            color=color,
        )
        diagnosis = ask_about(diagnoser, diagnoser.examine(Case(case)), asking)
        found = Found(diagnosis=diagnosis, catalog=catalog)
    else:
        diagnosis = diagnoser.diagnose(Case(case, given.answers, given.away))
        found = Found(diagnosis=diagnosis, catalog=catalog)
    if old is not None:
        found = compared(found, old)
    records = None if stored else lambda: transcribe(Case(case), found.diagnosis, catalog)
    # Of a stored report there is one already.
    wants_report = stored is None or request.formats or output is not None or open_html
    content = found.content(records, everything=verbose, pretty=pretty)
    written = write_reports(request, content, language, sys.stdout) if wants_report else {}
    if not request.to_standard_output:
        telling = Telling(whole=not request.formats, quiet=quiet, verbose=verbose, color=color)
        tell(found, language, written, telling)
    if suggest_patterns:
        suggest(found.diagnosis, language)
    if open_html:
        open_report(written)
    return code_of(found.diagnosis) if exit_code else 0


def _check_call(inputs: Inputs, *, ask: bool, fresh: bool) -> None:
    """Refuse what cannot be meant, before any work."""
    if not (inputs.all or ask):
        raise UsageError("nothing-given")
    if ask and STANDARD_INPUT in inputs.all:
        raise UsageError("ask-with-standard-input")
    if fresh and not ask:
        raise UsageError("fresh-without-ask")


@app.command(
    "ask",
    help=(
        "Asks the open questions about a case one by one; without any file it is about a case "
        "that only the answers describe. Answers are saved: the same call resumes."
    ),
)
@functools.wraps(_case)
def _ask(**options: Any) -> int:
    return _case(**{**options, "ask": True})
