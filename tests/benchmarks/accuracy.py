"""How often the right cause leads, on cases whose cause is known.

    python tests/benchmarks/accuracy.py [FOLDER] [--shuffle-priors]

FOLDER holds real logs with their labels (`<run>/truth.json`) or cases (`<cause>/*.trace`). Without
it the cases of the knowledge base; these prove it and were written with it, so their numbers say
that nothing broke, not how good a guess about a stranger's trace is. A case named `not_*` is one of
anything but its folder's cause; all others are cases of it. Where several sites are in trouble, the
incident counts that gives the folder's cause most, as in `diagnose check`.

Of real logs the rows `list` hold the product to the causes that an honest reader of these files may
put first; the others to the fault that was made. `--shuffle-priors` tells what is left where the
shares of the causes are others.
"""

# A program to look at its output; it asserts nothing.
# ruff: noqa: T201

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from labelled_runs import READERS, Judged, Run, judged, runs, shuffled
from scores import (
    LISTS,
    STRICT,
    Labelled,
    Shares,
    mean,
    print_calibration,
    print_measures,
    print_table,
)

from assistant.catalog.load import OWN_KNOWLEDGE, load_catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.inference.posterior import POSSIBLE

_SEEDS = range(1, 6)
_SHOWN = 12
"""Disagreements that are printed."""


def ranked(diagnoser: Diagnoser, path: Path) -> list[Shares]:
    """The causes of every incident of a trace that has some."""
    case = Case((CaseFile(path.name, lambda: path.open("rb")),))
    return [
        {one.cause: one.probability for one in incident.hypotheses}
        for incident in diagnoser.diagnose(case).incidents
        if incident.hypotheses
    ]


def labelled(diagnoser: Diagnoser, folder: Path) -> Iterator[Labelled]:
    """Every case of a folder of causes."""
    for path in sorted(folder.glob("*/*.trace")):
        cause = path.parent.name
        incidents = ranked(diagnoser, path)
        shares = max(incidents, key=lambda shares: shares.get(cause, 0.0), default={})
        yield Labelled(path.name, cause, shares)


def print_cases(folder: Path) -> None:
    """The numbers and the confusion table of cases."""
    diagnoser = Diagnoser(load_catalog())
    cases = list(labelled(diagnoser, folder))
    if not cases:
        sys.exit(f"{folder}: expected cases <cause>/*.trace or <run>/truth.json, found none")
    others = [one for one in cases if one.name.startswith("not_")]
    true = [one for one in cases if not one.name.startswith("not_")]
    may = [one for one in true if one.name.startswith("may_")]
    print_measures(
        {
            "is": [one for one in true if one not in may],
            "may": may,
            "all": true,
        }
    )
    still = [one for one in others if one.probability >= POSSIBLE]
    print(f"not: {len(others)} cases, in {len(still)} of them the folder's cause is still possible")
    healthy = sorted((OWN_KNOWLEDGE / "healthy").glob("*.trace"))
    alarms = [path.name for path in healthy if ranked(diagnoser, path)]
    print(f"healthy: {len(healthy)} cases, {len(alarms)} false alarms")
    print()
    print_table(true)


# Real logs ----------------------------------------------------------------------------------


def faults(found: Sequence[Judged], reader: str) -> list[Labelled]:
    """Rankings of the runs in which this reader can see a fault."""
    return [one.labelled for one in found if one.run.reader == reader and one.run.is_fault]


def print_runs(every: Sequence[Run], diagnoser: Diagnoser) -> None:
    """The numbers of real logs, by reader."""
    found = [judged(run, diagnoser) for run in every]
    groups = {reader: faults(found, reader) for reader in READERS}
    print_measures(groups, {**STRICT, **LISTS})
    for reader in READERS:
        here = [one for one in found if one.run.reader == reader]
        healthy = [one for one in here if one.run.is_healthy]
        alarms = [one.run.name for one in healthy if one.is_false_alarm]
        records, unread = _read(here)
        share = 100 * unread / max(records, 1)
        print(
            f"{reader}: healthy {len(healthy)}, false alarms {len(alarms)} {alarms or ''}; "
            f"unread {unread} of {records} records ({share:.2f} %)"
        )
    _print_disagreements(found)
    everything = [one for group in groups.values() for one in group]
    print("\nhow often the first cause is right")
    print_calibration(everything)
    for reader in READERS:
        print(f"\n{reader}: true cause by leading cause")
        print_table(groups[reader])


def _read(found: Sequence[Judged]) -> tuple[int, int]:
    coverages = [one.diagnosis.coverage for one in found if one.diagnosis]
    return sum(one.records for one in coverages), sum(one.unread_records for one in coverages)


def _print_disagreements(found: Sequence[Judged]) -> None:
    wrong = [
        f"{one.run.name}/{one.run.reader} {', '.join(one.disagreements)}"
        for one in found
        if one.disagreements
    ]
    print(f"verdict, outcome, stage: {len(found) - len(wrong)} of {len(found)} as labelled")
    excluded = [
        f"{one.run.name}/{one.run.reader} {', '.join(one.must_not)}"
        for one in found
        if one.must_not
    ]
    print(f"causes that cannot be, >= {POSSIBLE}: {len(excluded)}")
    missed = [
        f"{one.labelled.name} {one.labelled.first}, expected {' or '.join(one.labelled.accepted)}"
        for one in found
        if one.run.is_fault and not one.labelled.is_accepted
    ]
    for line in [*missed, *wrong, *excluded][: 3 * _SHOWN]:
        print(f"  {line}")


def print_shuffled(every: Sequence[Run], diagnoser: Diagnoser) -> None:
    """What is left of the scores where the shares of the causes are others."""
    print("\nshares of the causes times a log-normal factor (sd 0.5)")
    columns = {"top-1": STRICT["top-1"], "top-3": STRICT["top-3"], "list-1": LISTS["list-1"]}
    print(f"{'seed':10}" + "".join(f"{reader:>30}" for reader in READERS))
    print(" " * 10 + "".join(f"{name:>10}" for _ in READERS for name in columns))
    rows = {"own": diagnoser}
    rows |= {str(seed): Diagnoser(shuffled(diagnoser.catalog, seed)) for seed in _SEEDS}
    for name, each in rows.items():
        found = [judged(run, each) for run in every if run.is_fault]
        cells = [
            f"{mean(measure, faults(found, reader)):10.3f}"
            for reader in READERS
            for measure in columns.values()
        ]
        print(f"{name:10}" + "".join(cells))


def main() -> None:
    """Print the numbers and the confusion table."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    folder = Path(words[0]) if words else OWN_KNOWLEDGE / "causes"
    if not any(folder.glob("*/truth.json")):
        print_cases(folder)
        return
    diagnoser = Diagnoser(load_catalog())
    every = list(runs(folder, diagnoser))
    print_runs(every, diagnoser)
    if "--shuffle-priors" in sys.argv:
        print_shuffled(every, diagnoser)


if __name__ == "__main__":
    main()
