"""Runs the command line: what it returns, and how errors are told."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys

from assistant import __version__
from assistant.errors import AssistantError, OutputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

_GARBAGE = 200_000
"""Objects that may come about before those without an owner are sought; Python seeks after 700."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process with the contract's codes."""
    # What a start makes stays: looking through it again and again finds nothing.
    gc.set_threshold(_GARBAGE)
    _leave(run(arguments))


def _leave(code: int) -> NoReturn:
    """End the process as `sys.exit` does, but leave its memory to the system.

    Python would take apart every module and value one by one, which takes a fifth of the time of
    a ticket. Whoever watches the process (a profiler, a debugger) or a thread that is not done
    still gets the usual end.
    """
    threading = sys.modules.get("threading")
    busy = threading is not None and threading.active_count() > 1
    if busy or sys.gettrace() is not None or sys.getprofile() is not None:
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for what an exit does first
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        sys.exit(code)  # which complains
    os._exit(code)


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
        code = _called(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except AssistantError as error:
        _say_error(error, args)
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has enough of it (`diagnose x | head`); typer makes an exit of it.
        _drop_standard_output()
        return 0
    except Exception as error:  # noqa: BLE001 - the border: what arrives here is a bug of ours
        return _unexpected(error, args)
    return code


def _called(args: list[str]) -> int:
    """A call without options needs no parser; importing typer takes as long as reading a ticket."""
    if args == ["--version"]:
        from assistant.cli.version import tell_version

        return tell_version()
    if args in (["--help"], ["-h"]):
        from assistant.cli.help import HELP

        print(HELP, end="")
        return 0
    if args and all(word == "-" or not word.startswith("-") for word in args):
        from assistant.cli.commands import CASE, COMMANDS
        from assistant.cli.language import language_chosen

        if args[0] not in COMMANDS or args[0] == CASE:
            from assistant.cli.call import CaseCall, diagnose_case

            return diagnose_case(CaseCall(files=args, language=language_chosen(None)))
        if args[0] == "explain" and len(args) == 2:  # noqa: PLR2004 - the command and its word
            from assistant.cli.meaning import tell_meaning

            return tell_meaning(args[1], language_chosen(None))
    from assistant.cli.program import run_program

    return run_program(args)


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


def _say_error(error: AssistantError, args: list[str]) -> None:
    from assistant.cli.language import language_of_call
    from reports.escape import visible
    from reports.labels import labels

    words = labels(language_of_call(args))
    holes = {
        name: words(f"looks.{value}") if name == "looks" else _lines(value, visible)
        for name, value in error.words.items()
    }
    print(f"diagnose: {words(f'error.{error.id}', **holes)}", file=sys.stderr)


def _lines(value: str, visible: Callable[..., str]) -> str:
    return "\n".join(visible(line, limit=1000) for line in value.split("\n"))


def _say_bug(args: list[str]) -> None:
    import traceback

    traceback.print_exc()
    try:
        from assistant.cli.language import language_of_call
        from reports.labels import labels

        sentence = labels(language_of_call(args))("error.bug", version=__version__)
    except Exception:  # noqa: BLE001 - even the words may be what is broken
        sentence = f"This is a bug in diagnose {__version__}, please report it."
    print(f"diagnose: {sentence}", file=sys.stderr)
