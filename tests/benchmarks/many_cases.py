"""Runs the command line over many cases in one process, with the Python of an installation.

    python -I many_cases.py JOBS.json

JOBS is a list of `{"arguments": [...], "folder": ...}`. What a call prints and how it ends goes
into `result.json` of its folder, which is made anew. Standard library and the command line only:
the releases that run this know nothing of these tests.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path


def _program() -> Callable[[list[str]], int]:
    """What takes the words of a call and gives its exit code."""
    from assistant import cli  # noqa: PLC0415 - whichever release runs this

    if hasattr(cli, "run"):
        return cli.run

    def run(arguments: Sequence[str]) -> int:
        try:
            cli.main(arguments)
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else int(end.code is not None)
        return 0

    return run


def _stream() -> tuple[io.BytesIO, io.TextIOWrapper]:
    """In place of standard output or error, and what it passes its bytes to."""
    kept = io.BytesIO()
    return kept, io.TextIOWrapper(kept, encoding="utf-8", write_through=True)


def run(program: Callable[[list[str]], int], arguments: list[str], folder: Path) -> None:
    """Run one call and keep what it told; whatever was in the folder goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (out, to_out), (err, to_err) = _stream(), _stream()
    with contextlib.redirect_stdout(to_out), contextlib.redirect_stderr(to_err):
        try:
            code = program(arguments)
        except Exception:  # noqa: BLE001 - one call that breaks must not hide the others
            traceback.print_exc()
            code = -1
    told = (kept.getvalue().decode("utf-8", "replace") for kept in (out, err))
    result = {"code": code, **dict(zip(("out", "err"), told, strict=True))}
    # Last and at once: a folder with a result is a call that came to its end.
    part = folder / "result.part"
    part.write_text(json.dumps(result), encoding="utf-8")
    part.replace(folder / "result.json")


def main() -> None:
    """Run every call of the list."""
    program = _program()
    for job in json.loads(Path(sys.argv[1]).read_bytes()):
        run(program, job["arguments"], Path(job["folder"]))


if __name__ == "__main__":
    main()
