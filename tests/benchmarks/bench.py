"""Runs the real command line on generated traces, and keeps what every process cost."""

from __future__ import annotations

import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

sys.path.append(str(Path(__file__).parent))

from measure import Cost, cost

_LONG_S = 20.0
"""What takes longer is measured once."""
Job: TypeAlias = tuple[str, str, Callable[[], object]]
"""What is read, what reads it, and what runs that once."""


@dataclass
class Bench:
    """Runs everything, and keeps what it cost."""

    program: Path
    """`python` of the installation that is measured."""
    folder: Path
    rounds: int
    costs: dict[tuple[str, str], list[Cost]] = field(default_factory=lambda: defaultdict(list))
    """By what is read and what reads it."""
    sizes: dict[tuple[str, str], int] = field(default_factory=dict)
    """Bytes of inputs (job `input`) and of what was written."""
    values: dict[str, float] = field(default_factory=dict)
    """What the targets are about."""
    wrong: list[str] = field(default_factory=list)

    @property
    def places(self) -> Mapping[str, str]:
        """Where the program keeps things; nobody's own cache and tickets are touched."""
        return {
            f"LANCOM_VPN_ASSISTANT_{name.upper()}": str(self.folder / name)
            for name in ("cache", "state", "store")
        }

    def path(self, name: str) -> Path:
        """Of a generated trace."""
        return self.folder / f"{name}.txt"

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Generate a trace."""
        with self.path(name).open("wb") as stream:
            stream.writelines(pieces)
        self.sizes[name, "input"] = self.path(name).stat().st_size

    def call(self, *words: str | Path) -> list[str | Path]:
        """A call of the command line."""
        return [self.program.parent / "diagnose", *words]

    def run(self, name: str, job: str, command: Sequence[str | Path]) -> None:
        """Measure one call."""
        self.costs[name, job].append(cost(command, folder=self.folder, places=self.places))

    def diagnose(self, name: str, form: str, *more: str) -> None:
        """Measure one diagnosis."""
        target = self.folder / f"{name}.report.{form}"
        written = ("--format", form, "-o", target, "-q", "--force", "--lang", "en")
        self.run(name, form, self.call(self.path(name), *written, *more))
        self.sizes[name, form] = target.stat().st_size

    def document(self, name: str) -> Mapping[str, Any]:
        """What was written as JSON."""
        return dict(json.loads((self.folder / f"{name}.report.json").read_bytes()))

    def is_long(self, name: str, job: str) -> bool:
        """Once is enough."""
        return bool(self.costs[name, job]) and self.costs[name, job][0].cpu_s > _LONG_S

    def cpu(self, name: str, job: str) -> float:
        """The median of all rounds, in seconds."""
        return statistics.median(one.cpu_s for one in self.costs[name, job])

    def peak(self, name: str, job: str) -> float:
        """The most of all rounds, in megabytes."""
        return max(one.peak_mb for one in self.costs[name, job])

    def job(self, name: str, form: str) -> Job:
        """One diagnosis, to be run in turns."""
        return name, form, lambda: self.diagnose(name, form)

    def interleaved(self, jobs: Sequence[Job]) -> None:
        """All jobs in turn, as often as there are rounds."""
        for _ in range(self.rounds):
            for name, job, task in jobs:
                if not self.is_long(name, job):
                    task()
