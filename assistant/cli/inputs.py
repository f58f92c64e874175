"""The files that a call names: whose they are, and that they can be read, before any work."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from assistant.cli.kept import kept_files
from assistant.errors import InputError, UsageError

if TYPE_CHECKING:
    from assistant.diagnose import CaseFile

STANDARD_INPUT = "-"


class Inputs(Struct, frozen=True, kw_only=True):
    """The files by the option they were given with, each as typed."""

    files: Sequence[str] = ()
    remote: Sequence[str] = ()
    """The other side's: trace, log."""
    config: Sequence[str] = ()
    """Configurations of our router."""
    remote_config: Sequence[str] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every one, in the order they are read; reports are called after the first."""
        return (*self.files, *self.remote, *self.config, *self.remote_config)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Those that are files."""
        return tuple(Path(file) for file in self.all if file != STANDARD_INPUT)

    @property
    def first_name(self) -> str:
        """What reports are called after; `answers` where there is no file."""
        return _name(self.all[0]) if self.all else "answers"


def case_files(inputs: Inputs) -> tuple[CaseFile, ...]:
    """What to read, each under a name of its own; asked for at once, before any work.

    Raises:
        UsageError: a file is given twice.
        InputError: a file is missing, no file, or not readable.
    """
    from assistant.case import Wanted
    from assistant.diagnose import CaseFile
    from assistant.model.source import Side

    given: tuple[tuple[Sequence[str], Side | None, Wanted], ...] = (
        (inputs.files, None, Wanted.ANYTHING),
        (inputs.remote, Side.REMOTE, Wanted.ANYTHING),
        (inputs.config, Side.LOCAL, Wanted.CONFIGURATION),
        (inputs.remote_config, Side.REMOTE, Wanted.CONFIGURATION),
    )
    seen: set[object] = set()
    names: set[str] = set()
    found: list[CaseFile] = []
    for files, side, wanted in given:
        for file in files:
            # Not `Path.resolve`: before Python 3.13 it fails on a link to itself.
            key = file if file == STANDARD_INPUT else os.path.realpath(file)
            if key in seen:
                raise UsageError("given-twice", file=file)
            seen.add(key)
            kept = kept_files(file)
            if kept is not None:
                for one in kept:
                    # Two tickets may hold files of one name; what an option says goes first.
                    name = one.name if one.name not in names else f"{file}/{one.name}"
                    names.add(name)
                    found.append(CaseFile(name, one.open, side or one.side, wanted))
                continue
            if file != STANDARD_INPUT:
                check_readable(Path(file), file)
            name = _name(file) if _name(file) not in names else file
            names.add(name)
            found.append(CaseFile(name, opener(file), side, wanted))
    return tuple(found)


def case_file(file: str) -> CaseFile:
    """One file of its own.

    Raises:
        InputError: it is missing, no file, or not readable.
    """
    (found,) = case_files(Inputs(files=(file,)))
    return found


def check_readable(path: Path, file: str) -> None:
    """Refuse what cannot be read; `file` is how it was typed.

    Raises:
        InputError: it is missing, a folder, or not readable.
    """
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


def opener(file: str) -> Callable[[], BinaryIO]:
    """What opens the file when it is its turn, from its beginning, as often as it is asked.

    Raises:
        InputError: there is no standard input.
    """
    if file != STANDARD_INPUT:
        path = Path(file)
        # A pipe gives what is in it once; whoever opens it again waits for ever.
        return _of(path) if path.is_file() else _Kept(_of(path))
    if sys.stdin is None:
        raise InputError("unreadable", file=file, reason=os.strerror(errno.EBADF))
    return _Kept(lambda: os.fdopen(os.dup(sys.stdin.fileno()), "rb"))


def _of(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


class _Kept:
    """What comes only once, for whoever reads it again: kept in a file."""

    def __init__(self, once: Callable[[], BinaryIO]) -> None:
        """Takes what opens it the first time."""
        self._once = once
        self._kept: int | None = None
        """Descriptor of the file, which has no name and goes when the program ends."""

    def __call__(self) -> BinaryIO:
        """What came, from its beginning."""
        if self._kept is None:
            from shutil import copyfileobj
            from tempfile import TemporaryFile

            with TemporaryFile() as file, self._once() as stream:
                copyfileobj(stream, file)
                file.flush()
                self._kept = os.dup(file.fileno())
        os.lseek(self._kept, 0, os.SEEK_SET)
        return os.fdopen(os.dup(self._kept), "rb")


def _name(file: str) -> str:
    return "stdin" if file == STANDARD_INPUT else Path(file).name or file
