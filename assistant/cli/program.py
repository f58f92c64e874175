"""The typer program: which word is a command, which a file; commands are imported when called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.main

from assistant.cli.commands import CASE, COMMANDS
from assistant.cli.help import HELP
from assistant.cli.version import tell_version

_HELP_WORDS = {"-h", "--help"}

# What typer raises for a call it does not understand; its releases differ in where it lives.
_CallError: Any = next(
    one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException"
)


def run_program(args: list[str]) -> int:
    """Run what these arguments ask for; the exit code.

    Raises:
        AssistantError: something the user can act on.
    """
    try:
        code = _program()(args=args, prog_name="diagnose", standalone_mode=False)
    except typer.Abort:
        return 130
    except _CallError as error:
        error.show()
        return int(error.exit_code)
    return code if isinstance(code, int) else 0


@cache
def _program() -> Any:
    return typer.main.get_command(app)


class _Commands(typer.core.TyperGroup):
    """A first word that is no option and no command is a file to diagnose."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Every command."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """The command of that name, its module imported now if it was not before."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            import_module(f"assistant.cli.{COMMANDS[cmd_name]}")
            self.commands[cmd_name] = typer.main.get_command_from_info(
                next(one for one in app.registered_commands if one.name == cmd_name),
                pretty_exceptions_short=False,
                rich_markup_mode=None,
            )
        return self.commands[cmd_name]

    def get_help(self, ctx: Any) -> str:  # noqa: ARG002 - typer's signature
        """The same that is there without typer."""
        return HELP.rstrip("\n")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command's name first."""
        place = self._first_word(ctx, args)
        if place is not None and args[place] in COMMANDS and args[place] != CASE:
            args = [args[place], *args[:place], *args[place + 1 :]]
        elif place is not None or not (set(args) <= {*_HELP_WORDS, "--version"}):
            args = [CASE, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """In help and errors `diagnose FILE...` is called as people type it, without a command."""
        name, command, rest = super().resolve_command(ctx, args)
        return ("" if name == CASE else name), command, rest

    def _first_word(self, ctx: Any, args: list[str]) -> int | None:
        """Position of the first argument that is neither an option nor an option's value."""
        taking: set[str] | None = None
        skip = False
        for place, word in enumerate(args):
            if skip:
                skip = False
            elif word == "--":
                return place + 1 if place + 1 < len(args) else None
            elif word == "-" or not word.startswith("-"):
                return place
            else:
                taking = set(self._taking(ctx)) if taking is None else taking
                skip = word in taking
        return None

    def _taking(self, ctx: Any) -> Iterator[str]:
        """Options of any command that take a value; all commands are imported to know them."""
        for name in COMMANDS:
            for option in self.get_command(ctx, name).params:
                if option.param_type_name == "option" and not getattr(option, "is_flag", False):
                    yield from option.opts


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
)


def _show_version(value: bool) -> None:
    """Print the version and end."""
    if value:
        tell_version()
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass
