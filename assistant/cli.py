"""The command line: parses, calls, prints, exits; nothing else.

Only typer is imported at start; everything else where it is used, so that `--help` and
`--version` answer at once.
"""

# Printing is this module's job, and late imports are its point.
# ruff: noqa: PLC0415, T201

from __future__ import annotations

import errno
import locale
import os
import re
import sys
import traceback
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant import __version__
from assistant.errors import (
    AssistantError,
    InputError,
    KnowledgeError,
    OutputError,
    UsageError,
)

if TYPE_CHECKING:
    from assistant.diagnose import CaseFile
    from assistant.model.answer import Answer
    from assistant.model.diagnosis import Diagnosis
    from reports.labels import Lang

CASE = "case"
"""Name of the command that `diagnose FILE...` stands for; not shown."""
_HELP_WORDS = {"-h", "--help"}
_GERMAN = re.compile(r"(?:de|german)(?![a-z])", re.IGNORECASE)
"""`de_DE.UTF-8`, `de@euro`, on Windows `German_Germany`."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


# What typer raises for a call it does not understand; its releases differ in where it lives.
_CallError: Any = next(
    one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException"
)


class Language(str, Enum):
    """`--lang`."""

    DE = "de"
    EN = "en"


class Format(str, Enum):
    """`--format`."""

    HTML = "html"
    TEXT = "text"
    JSON = "json"

    @property
    def suffix(self) -> str:
        """What the report's name ends with."""
        return "txt" if self is Format.TEXT else self.value


class _Commands(typer.core.TyperGroup):
    """A first word that is no option and no command is a file to diagnose."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        place = self._first_word(args)
        if place is not None and args[place] in self.commands and args[place] != CASE:
            args = [args[place], *args[:place], *args[place + 1 :]]
        elif place is not None or not (set(args) <= {*_HELP_WORDS, "--version"}):
            args = [CASE, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """In help and errors `diagnose FILE...` is called as people type it, without a command."""
        name, command, rest = super().resolve_command(ctx, args)
        return ("" if name == CASE else name), command, rest

    def _first_word(self, args: list[str]) -> int | None:
        """Position of the first argument that is neither an option nor an option's value."""
        taking = {
            name
            for command in self.commands.values()
            for option in command.params
            if option.param_type_name == "option" and not getattr(option, "is_flag", False)
            for name in option.opts
        }
        skip = False
        for place, word in enumerate(args):
            if skip:
                skip = False
            elif word == "--":
                return place + 1 if place + 1 < len(args) else None
            elif word in taking:
                skip = True
            elif word == "-" or not word.startswith("-"):
                return place
        return None


_Context: Any = typer.core.TyperCommand.context_class


class _CaseContext(_Context):  # type: ignore[misc]
    @property
    def command_path(self) -> str:
        return str(super().command_path).rstrip()


class _CaseCommand(typer.core.TyperCommand):
    context_class = _CaseContext


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Reads LANCOM VPN traces (trace + vpn-status), ranks the causes of a failed tunnel and "
        "proves them line by line.\n\n"
        "diagnose FILE... diagnoses one case made of all files given; - reads standard input. "
        "Without --format the verdict is printed and <name>.report.html is written into the "
        "working directory. 'diagnose FILE --help' shows the options."
    ),
)

_Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of the reports (default: the locale's, else en)."),
]
_Knowledge = Annotated[
    list[Path] | None,
    typer.Option(
        "--knowledge", metavar="DIR", help="Folder that adds entries to the knowledge base."
    ),
]
_Suggest = Annotated[
    bool,
    typer.Option(
        "--suggest-patterns", help="Print a pattern entry to fill in for what is not understood."
    ),
]
_Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")]


def _show_version(value: bool) -> None:
    if value:
        print(f"diagnose {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command(
    CASE,
    cls=_CaseCommand,
    hidden=True,
    short_help="Diagnose one case.",
    help="Diagnoses one case made of all the files given; - reads standard input.",
)
def _case(  # noqa: PLR0913, PLR0917 - one parameter for each option of the contract
    files: Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)],
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
    lang: _Lang = None,
    knowledge: _Knowledge = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is no report of ours.")
    ] = False,
    open_report: Annotated[bool, typer.Option("--open", help="Open the HTML report.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print one line only.")] = False,
    verbose: _Verbose = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
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
    suggest_patterns: _Suggest = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 10 on a fault, 11 if inconclusive.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> int:
    from assistant.catalog.load import load_catalog
    from assistant.diagnose import Case, Diagnoser
    from reports.output import Request, write_reports

    language = _language(lang)
    request = Request(
        formats=tuple(dict.fromkeys(one.value for one in formats or ())),
        output=output,
        first_name=_name(files[0]),
        inputs=tuple(Path(file) for file in files if file != "-"),
        force=force,
    )
    request.check()
    case_files = _case_files(files)
    catalog = load_catalog(*(knowledge or ()))
    case = Case(case_files, _answers(answer or [], answers, catalog))
    diagnosis = Diagnoser(catalog).diagnose(case)
    written = write_reports(request, diagnosis, catalog, language, sys.stdout)
    if not request.to_standard_output:
        _tell(
            diagnosis,
            catalog,
            language,
            written,
            whole=not request.formats,
            quiet=quiet,
            verbose=verbose,
            color=not (no_color or os.environ.get("NO_COLOR")),
        )
    if suggest_patterns:
        _suggest(diagnosis, language)
    if open_report:
        _open(written)
    return _code(diagnosis) if exit_code else 0


@app.command("check", help="Checks the knowledge base: schema, references, samples, cases.")
def _check(
    only: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Check samples and cases of this one only."),
    ] = None,
    lang: _Lang = None,
    knowledge: _Knowledge = None,
) -> int:
    from assistant.check import NoSuchEntryError, check
    from reports.labels import labels

    words = labels(_language(lang))
    try:
        result = check(*(knowledge or ()), only=only)
    except NoSuchEntryError:
        message = f"{only!r} is neither a message nor a cause of the knowledge base."
        raise typer.BadParameter(message, param_hint="ID") from None
    if result.problems:
        raise KnowledgeError(result.problems)
    print(
        words(
            "check.done",
            patterns=result.patterns,
            samples=result.samples,
            symptoms=result.symptoms,
            causes=result.causes,
            remedies=result.remedies,
            cases=result.cases,
        )
    )
    return 0


@app.command(
    "explain",
    help="Explains a trace record by record, a VPN error code (number or name), a cause, a stage.",
)
def _explain(
    word: Annotated[str, typer.Argument(metavar="FILE|CODE|CAUSE|STAGE", show_default=False)],
    lang: _Lang = None,
    knowledge: _Knowledge = None,
) -> int:
    from assistant.catalog.load import load_catalog
    from assistant.explain import explain
    from reports.explain import render_explanation

    catalog = load_catalog(*(knowledge or ()))
    language = _language(lang)
    if word == "-" or Path(word).exists():
        _explain_file(word, catalog, language)
        return 0
    explained = explain(word, catalog)
    if explained is None:
        raise UsageError("nothing-to-explain", word=word)
    print(render_explanation(explained, catalog, language, _width()), end="")
    return 0


def _explain_file(file: str, catalog: Any, language: Lang) -> None:
    """Print a trace record by record, as it is read: no length is too long."""
    from assistant.trace.read import TraceReader
    from assistant.trace.unpack import Packed, parts
    from reports.escape import visible
    from reports.explain import TraceExplainer

    reader = TraceReader(catalog)
    (case_file,) = _case_files([file])
    with case_file.open() as stream:
        for part in parts(case_file.name, stream, Packed()):
            explainer = TraceExplainer(catalog, language, _width())
            for one in reader.annotate(part.name, part.stream):
                print(explainer.record(one))
            # A member's name is chosen by whoever packed the archive.
            print(f"{visible(part.name, limit=200)}: {explainer.summary()}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process with the contract's codes."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code of the contract."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    # Whoever closed standard output (`>&-`) wants nothing of it.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character must not stop a diagnosis.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(args=args, prog_name="diagnose", standalone_mode=False)
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except _CallError as error:
        error.show()
        return int(error.exit_code)
    except AssistantError as error:
        _say_error(error, args)
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has enough of it (`diagnose x | head`); typer makes an exit of it.
        _drop_standard_output()
        return 0
    except Exception as error:  # noqa: BLE001 - the border: what arrives here is a bug of ours
        return _unexpected(error, args)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception, args: list[str]) -> int:
    """Tell of an error that nothing below knew; the exit code."""
    # Reports and inputs have errors of their own, so here only standard output can be full.
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        _say_bug(args)
        return 1
    _drop_standard_output()
    full = OutputError("not-written", file="stdout", reason=error.strerror or str(error))
    _say_error(full, args)
    return full.exit_code


def _drop_standard_output() -> None:
    """Nobody can read it any more; Python would complain once more when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# Input ------------------------------------------------------------------------------------


def _name(file: str) -> str:
    return "stdin" if file == "-" else Path(file).name or file


def _case_files(files: list[str]) -> tuple[CaseFile, ...]:
    """What to read, each under a name of its own; asked for at once, before any work.

    Raises:
        UsageError: a file is given twice.
        InputError: a file is missing, no file, or not readable.
    """
    from assistant.diagnose import CaseFile

    seen: set[object] = set()
    names: set[str] = set()
    found = []
    for file in files:
        path = Path(file)
        # Not `Path.resolve`: before Python 3.13 it fails on a link to itself.
        key = file if file == "-" else os.path.realpath(path)
        if key in seen:
            raise UsageError("given-twice", file=file)
        seen.add(key)
        if file != "-":
            _readable(path, file)
        name = _name(file) if _name(file) not in names else file
        names.add(name)
        found.append(CaseFile(name, _opener(file)))
    return tuple(found)


def _readable(path: Path, file: str) -> None:
    try:
        if path.is_dir():
            raise InputError("directory", file=file)
        if path.is_fifo():
            return  # looking into a pipe would break it for whoever writes
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise InputError("no-file", file=file) from None
    except PermissionError:
        raise InputError("not-permitted", file=file) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("unreadable", file=file, reason=reason) from None


def _answers(given: list[str], file: Path | None, catalog: Any) -> tuple[Answer, ...]:
    """Answers of the options and of a file; those of the options come last and win.

    Raises:
        UsageError: an answer names no question, no choice or no remedy of the catalog.
        InputError: the file cannot be read or holds something else.
    """
    from assistant.inference.questions import answer_problem
    from assistant.model.answer import Answer, AnswerSource

    found = [
        Answer(id=name, choice=choice, source=AnswerSource.FILE)
        for name, choice in (_answers_of(file) if file else {}).items()
    ]
    for one in given:
        name, equals, choice = one.partition("=")
        if not equals:
            raise UsageError("answer-form", answer=one)
        found.append(Answer(id=name.strip(), choice=choice.strip(), source=AnswerSource.OPTION))
    for said in found:
        problem = answer_problem(catalog, said)
        if problem is not None:
            expected = ", ".join(problem.expected)
            raise UsageError(problem.kind, found=problem.found, question=said.id, expected=expected)
    return tuple(found)


def _answers_of(file: Path) -> dict[str, str]:
    from assistant.catalog.strict_yaml import StrictYamlError, load_strict

    _readable(file, str(file))
    try:
        data = load_strict(file.read_text("utf-8-sig")).data
    except (StrictYamlError, UnicodeDecodeError) as error:
        raise InputError("answers-file", file=str(file), reason=str(error)) from None
    if not isinstance(data, dict) or not all(isinstance(one, str) for one in data.values()):
        raise InputError("answers-file", file=str(file), reason="ID: CHOICE")
    return {str(name): choice for name, choice in data.items()}


def _opener(file: str) -> Any:
    if file != "-":
        return lambda: Path(file).open("rb")
    if sys.stdin is None:
        raise InputError("unreadable", file=file, reason=os.strerror(errno.EBADF))
    return lambda: os.fdopen(os.dup(sys.stdin.fileno()), "rb")


# Output -----------------------------------------------------------------------------------


def _tell(  # noqa: PLR0913
    diagnosis: Diagnosis,
    catalog: Any,
    language: Lang,
    written: dict[str, str],
    *,
    whole: bool,
    quiet: bool,
    verbose: bool,
    color: bool,
) -> None:
    """The verdict on standard output, or only where the reports lie if formats were chosen."""
    from reports.text import render_text

    if quiet or not whole:
        if quiet and whole:
            text = render_text(diagnosis, catalog, language, report=None)
            print(text.plain.split("\n", 1)[0])
        elif not quiet:
            for path in written.values():
                print(path)
        return
    report = next(iter(written.values()), None)
    terminal = sys.stdout.isatty()
    width = _width() if terminal else 80
    text = render_text(diagnosis, catalog, language, report=report, width=width, verbose=verbose)
    if terminal and color:
        from rich.console import Console

        Console(highlight=False, width=width).print(text, soft_wrap=True)
    else:
        print(text.plain)


def _suggest(diagnosis: Diagnosis, language: Lang) -> None:
    from assistant.suggest import suggestions
    from reports.labels import labels

    words = labels(language)
    entries = list(suggestions(diagnosis.coverage.shapes))
    print()
    print(words("suggest.head" if entries else "suggest.none"))
    for entry in entries:
        print(entry)


def _width() -> int:
    import shutil

    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))


def _open(written: dict[str, str]) -> None:
    import webbrowser

    path = written.get("html")
    if path is not None:
        webbrowser.open(Path(path).resolve().as_uri())


def _code(diagnosis: Diagnosis) -> int:
    from assistant.model.diagnosis import Verdict

    return {Verdict.FAULT: 10, Verdict.INCONCLUSIVE: 11, Verdict.HEALTHY: 0}[diagnosis.verdict]


def _language(chosen: Language | None) -> Lang:
    """`--lang`, else the locale's, else English."""
    if chosen is not None:
        return chosen.value
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "de" if _GERMAN.match(value) else "en"
    # Windows sets none of these.
    name = locale.getlocale()[0] or ""
    return "de" if os.name == "nt" and _GERMAN.match(name) else "en"


def _language_of(args: list[str]) -> Lang:
    """The language for a message about a call that may not have been understood."""
    for place, word in enumerate(args):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and place + 1 < len(args):
            value = args[place + 1]
        if value in ("de", "en"):
            return Language(value).value
    return _language(None)


def _say_error(error: AssistantError, args: list[str]) -> None:
    from reports.escape import visible
    from reports.labels import labels

    words = labels(_language_of(args))
    holes = {
        name: words(f"looks.{value}") if name == "looks" else _lines(value, visible)
        for name, value in error.words.items()
    }
    print(f"diagnose: {words(f'error.{error.id}', **holes)}", file=sys.stderr)


def _lines(value: str, visible: Any) -> str:
    return "\n".join(visible(line, limit=1000) for line in value.split("\n"))


def _say_bug(args: list[str]) -> None:
    traceback.print_exc()
    try:
        from reports.labels import labels

        sentence = labels(_language_of(args))("error.bug", version=__version__)
    except Exception:  # noqa: BLE001 - even the words may be what is broken
        sentence = f"This is a bug in diagnose {__version__}, please report it."
    print(f"diagnose: {sentence}", file=sys.stderr)
