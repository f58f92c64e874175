"""Runs the product over folders of real logs with a known fault: FOLDER/<run>/truth.json.

The labels are read here and by nothing else. Three readers see each run: the initiator's log alone,
the responder's alone, and both, with the pings and captures that `truth.json` names for them.
"""

# Part of a program to look at its output; it asserts nothing. Its dice need no secrecy.
# ruff: noqa: S311

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).parent))

from scores import Labelled, Shares

from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, CaseFile, Diagnoser, Examined
from assistant.errors import InputError
from assistant.inference.posterior import POSSIBLE
from assistant.model.diagnosis import Diagnosis
from assistant.model.source import Side

READERS = ("initiator", "responder", "both")
_FILES: Mapping[str, list[str]] = {
    "initiator": ["initiator.log"],
    "responder": ["responder.log"],
    "both": ["initiator.log", "--remote", "responder.log"],
}
_HEALTHY = "healthy"
_NO_CASE = 3
"""Exit code of `diagnose` where no file belongs to a case."""
Truth: TypeAlias = Mapping[str, Any]
"""What `truth.json` says of one run, or in it of one reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as one reader sees it."""

    name: str
    reader: str
    cause: str | None
    """None: nothing is wrong."""
    truth: Truth
    """Of this reader."""
    examined: Examined | None
    """None: no file belongs to a case."""

    @property
    def is_fault(self) -> bool:
        """There is a fault and this reader can see it."""
        return self.truth["verdict"] == "fault" and bool(self.truth["top1"])

    @property
    def is_healthy(self) -> bool:
        """Nothing that this reader sees is wrong."""
        return bool(self.truth["verdict"] == _HEALTHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One run and the product's diagnosis of it."""

    run: Run
    diagnosis: Diagnosis | None

    @property
    def labelled(self) -> Labelled:
        """The ranking against the labels."""
        return Labelled(
            f"{self.run.name}/{self.run.reader}",
            self.run.cause or "",
            self.shares,
            tuple(self.run.truth["top1"]),
        )

    @property
    def shares(self) -> Shares:
        """Of the first incident that has causes."""
        for incident in self.diagnosis.incidents if self.diagnosis else ():
            if incident.hypotheses:
                return {one.cause: one.probability for one in incident.hypotheses}
        return {}

    @property
    def question(self) -> str | None:
        """The first that is asked of that incident."""
        for incident in self.diagnosis.incidents if self.diagnosis else ():
            if incident.hypotheses:
                return incident.questions[0].id if incident.questions else None
        return None

    @property
    def is_false_alarm(self) -> bool:
        """Something is said to be wrong with what is not."""
        return self.run.is_healthy and (self.verdict == "fault" or bool(self.shares))

    @property
    def verdict(self) -> str | None:
        """Of the case; None if it is none."""
        return self.diagnosis.verdict.value if self.diagnosis else None

    @property
    def outcome(self) -> str | None:
        """Of the first incident."""
        incidents = self.diagnosis.incidents if self.diagnosis else ()
        return incidents[0].outcome.value if incidents and incidents[0].outcome else None

    @property
    def stage(self) -> str | None:
        """Of the first incident."""
        incidents = self.diagnosis.incidents if self.diagnosis else ()
        return incidents[0].stage.value if incidents and incidents[0].stage else None

    @property
    def disagreements(self) -> list[str]:
        """What is not as the labels say, besides the causes."""
        found = []
        for name in ("verdict", "outcome", "stage"):
            allowed = self.run.truth[name]
            allowed = allowed if isinstance(allowed, list) else [allowed]
            value = getattr(self, name)
            if allowed != [None] and value not in allowed:
                found.append(f"{name}: expected {' or '.join(map(str, allowed))}, found {value}")
        return found

    @property
    def must_not(self) -> list[str]:
        """Causes that cannot be and are given more than the least that counts."""
        excluded = self.run.truth["must_not_rank"]
        return [one for one in excluded if self.shares.get(one, 0.0) >= POSSIBLE]


def runs(folder: Path, diagnoser: Diagnoser) -> Iterator[Run]:
    """Every run of a folder, once for each reader."""
    for path in sorted(folder.glob("*/truth.json")):
        truth = json.loads(path.read_bytes())
        for reader in READERS:
            told = truth["sides"][reader]
            case = Case(tuple(_files(path.parent, told.get("args") or _FILES[reader])))
            try:
                examined = diagnoser.examine(case)
            except InputError as error:
                if error.exit_code != _NO_CASE:
                    raise
                examined = None
            yield Run(
                name=path.parent.name,
                reader=reader,
                cause=truth["true_cause"],
                truth=told,
                examined=examined,
            )


def judged(run: Run, diagnoser: Diagnoser) -> Judged:
    """What this diagnoser concludes of a run."""
    diagnosis = diagnoser.conclude(run.examined) if run.examined else None
    return Judged(run=run, diagnosis=diagnosis)


def shuffled(catalog: Catalog, seed: int, deviation: float = 0.5) -> Catalog:
    """The same knowledge with other shares of the causes: each times a log-normal factor."""
    dice = random.Random(seed)
    causes = {
        name: msgspec.structs.replace(cause, share=cause.share * dice.lognormvariate(0, deviation))
        for name, cause in sorted(catalog.causes.items())
    }
    return replace(catalog, causes={name: causes[name] for name in catalog.causes})


def _files(folder: Path, arguments: list[str]) -> Iterator[CaseFile]:
    """As on the command line: `--remote` belongs to the file behind it."""
    side: Side | None = None
    for argument in arguments:
        if argument == "--remote":
            side = Side.REMOTE
            continue
        path = folder / argument
        yield CaseFile(argument, lambda path=path: path.open("rb"), side)  # type: ignore[misc]
        side = None
