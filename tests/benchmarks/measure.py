"""What one call of a program costs: CPU time and memory of the process, whatever started it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1e6
_STARTER = """\
import os, sys
null = [(os.POSIX_SPAWN_OPEN, one, os.devnull, os.O_RDWR, 0) for one in (0, 1)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=null)
_, status, used = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Starts the program from a small process: the memory of whoever starts it counts as its own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process and those it started."""

    cpu_s: float
    """Of the program and of the system for it."""
    peak_mb: float
    """The most memory the largest process had."""


def cost(command: Sequence[str | Path], *, folder: Path, places: Mapping[str, str]) -> Cost:
    """Run a program in a folder and say what it cost; its output goes nowhere.

    Raises:
        SystemExit: it failed.
    """
    done = subprocess.run(  # noqa: S603 - programs that whoever measures has chosen
        [sys.executable, "-I", "-S", "-c", _STARTER, *command],
        cwd=folder,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=True,
    )
    code, cpu_s, peak_kb = done.stdout.split()
    if int(code):
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {code}\n{done.stderr}")
    return Cost(float(cpu_s), int(peak_kb) * 1024 / _MEGABYTE)


def python_of(place: str | Path) -> Path:
    """The Python of an installation, given as program, as Python or as folder.

    Raises:
        SystemExit: there is none.
    """
    path = Path(place).absolute()
    folders = [path / ".venv" / "bin", path / "bin"] if path.is_dir() else [path.parent]
    for folder in folders:
        if (folder / "python").exists():
            return folder / "python"
    raise SystemExit(f"{place}: no Python there")
