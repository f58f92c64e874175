"""The options of `diagnose FILE...` and of `diagnose ask [FILE...]`."""

# Without `from __future__ import annotations`: typer would evaluate each of them four times.

import functools
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.call import CaseCall, diagnose_case
from assistant.cli.commands import CASE
from assistant.cli.language import language_chosen
from assistant.cli.options import Format, Knowledge, Lang, Side
from assistant.cli.program import CaseCommand, app
from assistant.cli.version import tell_version


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
    return diagnose_case(
        CaseCall(
            files=files or (),
            remote=remote or (),
            config=config or (),
            remote_config=remote_config or (),
            compare=compare,
            ask=ask,
            fresh=fresh,
            answer=answer or (),
            answers=answers,
            away=[one.value for one in away or ()],
            formats=[one.value for one in formats or ()],
            output=output,
            language=language_chosen(lang),
            knowledge=tuple(knowledge or ()),
            force=force,
            open_html=open_html,
            quiet=quiet,
            verbose=verbose,
            pretty=pretty,
            color=not no_color,
            suggest_patterns=suggest_patterns,
            exit_code=exit_code,
        )
    )


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
