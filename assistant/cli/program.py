"""The typer program: which word is a command, which a file, and how that looks in help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant import __version__

if TYPE_CHECKING:
    from reports.labels import Lang

CASE = "case"
"""Name of the command that `diagnose FILE...` stands for; not shown."""
_HELP_WORDS = {"-h", "--help"}


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


class CaseCommand(typer.core.TyperCommand):
    """`diagnose FILE...`: a command whose name nobody types."""

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


def tell_version(language: Lang | None) -> int:
    """The version; in some language also where the tickets of the desk are kept."""
    print(f"diagnose {__version__}")
    if language is None:
        return 0
    from assistant.desk.store.place import store_path
    from reports.escape import visible
    from reports.labels import labels

    words, path = labels(language), store_path(None)
    shown = visible(str(path), limit=1000)
    here = shown if path.exists() else words("desk.version.none", store=shown)
    print(words("desk.version.store", store=here))
    return 0


def show_version(value: bool) -> None:
    """Print the version and end."""
    if value:
        tell_version(None)
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass
