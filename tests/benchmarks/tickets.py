"""The desk on a thousand tickets with known groups: is it right, how fast, and does it lose any.

    python tests/benchmarks/tickets.py [TICKETS [KILLS]]

Prints how well groups and outage are found, time, memory, and the time as a ratio to diagnosing the
same tickets alone; then kills the run (SIGKILL) at random moments and continues it, and the same
with `resolve`. Ends with 1 if anything is not as it has to be.
"""

# A program to look at its output. Its dice need no secrecy.
# ruff: noqa: T201, S311, S603, PERF203

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from math import comb
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from ticket_makers import Made, Maker

from assistant.catalog.load import load_catalog
from assistant.desk.intake import Draft, Intake
from assistant.desk.worker import case_file
from assistant.diagnose import Case, Diagnoser
from assistant.errors import InputError

_PROGRAM = (sys.executable, "-c", "from assistant.cli import main; main()")
_JUNK = 0.05
_STRUCK = 40
_LEAST_INDEX = 0.95
_MEGABYTE = 1 << 20

Document = Mapping[str, Any]


def adjusted_rand_index(one: Sequence[str], other: Sequence[str]) -> float:
    """How far two groupings of the same things agree: 1 wholly, 0 as by chance (Hubert 1985).

    >>> adjusted_rand_index("aabb", "xxyy"), adjusted_rand_index("aabb", "xyxy")
    (1.0, -0.5)
    """
    pairs = comb(len(one), 2)
    both = sum(comb(count, 2) for count in Counter(zip(one, other, strict=True)).values())
    first = sum(comb(count, 2) for count in Counter(one).values())
    second = sum(comb(count, 2) for count in Counter(other).values())
    chance = first * second / pairs
    most = (first + second) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def command(paths: Sequence[str], folder: Path, store: Path, workers: int) -> list[str]:
    """A call of the triage that writes JSON only."""
    return [
        *_PROGRAM, "triage", *paths, "--format", "json", "-o", str(folder), "--no-reports",
        "--lang", "en", "--workers", str(workers), "--store", str(store),
    ]  # fmt: skip


def measured(call: Sequence[str]) -> tuple[float, float, float]:
    """Seconds, CPU seconds and megabytes (of the largest process) of one call."""
    begun = time.monotonic()
    process = subprocess.Popen(call, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"failed: {' '.join(call)}")
    seconds = time.monotonic() - begun
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / _MEGABYTE


def alone_s(paths: Sequence[str]) -> float:
    """CPU seconds of reading and diagnosing the same tickets, and nothing else."""
    diagnoser = Diagnoser(load_catalog(cached=True))
    contents = [one.load for one in Intake().found(paths) if isinstance(one, Draft)]
    begun = time.process_time()
    for load in contents:
        try:
            diagnoser.diagnose(Case(tuple(map(case_file, load().inputs))))
        except InputError:
            continue
    return time.process_time() - begun


def wrong(document: Document, made: Made) -> list[str]:
    """What is not as it was made; prints how good the rest is."""
    tickets = {one["name"]: one for one in document["tickets"]}
    bad = {one["name"] for one in document["bad"]}
    names = sorted(made.groups)
    found = [name for name in names if name in tickets]
    index = adjusted_rand_index(
        [made.groups[name] for name in found], [tickets[name]["group"] for name in found]
    )
    struck = {tickets[name]["id"] for name in made.struck if name in tickets}
    best = max((set(one["tickets"]) for one in document["outages"]), key=len, default=set())
    print(f"tickets {len(tickets)}, bad {len(bad)}, groups {len(document['groups'])}")
    print(f"adjusted Rand index {index:.3f}")
    print(f"outage: {len(best & struck)} of {len(struck)}, {len(best - struck)} that are not in it")
    print(f"outages besides: {len(document['outages']) - 1}")
    checks = {
        "a ticket is missing": found == names,
        "something is a ticket that is junk": not made.junk & tickets.keys(),
        "junk is lost": made.junk <= bad,
        "groups are not found": index >= _LEAST_INDEX,
        "the outage is not found": best == struck,
    }
    return [what for what, is_right in checks.items() if not is_right]


def killed(call: Sequence[str], wait: Callable[[subprocess.Popen[str]], None]) -> int | None:
    """Begin a call, end it with SIGKILL; how many tickets it had said are done.

    None if it came to its end before.
    """
    process = subprocess.Popen(call, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    wait(process)
    ended = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    _, told = process.communicate()
    done = [line.split(" of ")[0].replace(",", "") for line in told.splitlines() if " of " in line]
    return None if ended else max((int(one) for one in done if one.isdigit()), default=0)


def rows(store: Path, sql: str) -> list[Any]:
    """What a store holds."""
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(sql).fetchall()


def wait(
    dice: random.Random,
    store: Path | None,
    kept: int,
    most_s: float,
    process: subprocess.Popen[str],
) -> None:
    """Wait until a run is in the middle of its work, or without a store while it begins."""
    while store and diagnoses(store) <= kept and process.poll() is None:
        time.sleep(0.02)
    time.sleep(dice.uniform(0, most_s if store else 3))


def survives(folder: Path, paths: Sequence[str], expected: bytes, kills: int, run_s: float) -> bool:
    """Whether a run that is killed again and again comes to the same end."""
    dice, store, out = random.Random(2), folder / "killed.sqlite", folder / "killed"
    call, kept, lost, number = command(paths, out, store, 2), 0, 0, 0
    bad = len(json.loads(expected)["bad"])

    for number in range(kills):
        middle = store if number % 3 else None
        said = killed(call, partial(wait, dice, middle, kept, run_s / kills))
        if said is None:
            break
        before, kept = kept, diagnoses(store)
        lost += kept < before or kept + bad < said
    else:
        measured(call)
    twice = rows(
        store, "SELECT ticket_id FROM diagnoses GROUP BY ticket_id, digest HAVING count(*) > 1"
    )
    same = (out / "triage.json").read_bytes() == expected
    print(
        f"killed {number + 1} times, {kept} tickets kept by then: lost {lost}, double {len(twice)},"
    )
    print(f"  {'the same result' if same else 'ANOTHER RESULT'} in the end")
    return same and not twice and not lost


def diagnoses(store: Path) -> int:
    """How many a store has; it may not be there yet."""
    return int(rows(store, "SELECT count(*) FROM diagnoses")[0][0]) if store.exists() else 0


def resolves(store: Path, ticket: str, kills: int) -> bool:
    """Whether every resolution that was acknowledged is there, and none twice."""
    dice, said, took = random.Random(3), set(), 0.0
    for number in range(kills + 1):
        call = [
            *_PROGRAM, "resolve", ticket, "--cause", "psk-mismatch", "--note", f"note {number}",
            "--store", str(store), "--lang", "en",
        ]  # fmt: skip
        begun = time.monotonic()
        process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            # The first one takes its time, the others are killed around their ends.
            process.wait(dice.uniform(0.5 * took, 1.3 * took) if number else None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        took = took or time.monotonic() - begun
        out, _ = process.communicate()
        if b"recorded" in out:
            said.add(f"note {number}")
    kept = Counter(note for (note,) in rows(store, "SELECT note FROM resolutions"))
    lost, twice = said - kept.keys(), [note for note, count in kept.items() if count > 1]
    print(f"resolve killed {kills} times: {len(said) - 1} came to their end, {len(kept) - 1} kept,")
    print(f"  lost {len(lost)}, double {len(twice)}")
    return not lost and not twice


def main(arguments: Sequence[str]) -> int:
    """Make the tickets, look at everything, say what is wrong."""
    tickets = int(arguments[0]) if arguments else 1000
    kills = int(arguments[1]) if len(arguments) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maker = Maker(folder / "in")
        made = maker.make(tickets, struck=min(_STRUCK, tickets // 10), junk=int(tickets * _JUNK))
        paths = maker.paths
        measured([*_PROGRAM, "explain", "psk-mismatch"])  # the cache of the knowledge base
        first, second = folder / "first", folder / "second"
        seconds, cpu, memory = measured(command(paths, first, folder / "first.sqlite", 1))
        expected = (first / "triage.json").read_bytes()
        problems = wrong(json.loads(expected), made)
        alone = alone_s(paths)
        print(f"1 process: {seconds:.1f} s, CPU {cpu:.1f} s, {memory:.0f} MB")
        print(f"diagnosing alone: {alone:.1f} s CPU, ratio {cpu / alone:.2f}")
        seconds, cpu, memory = measured(command(paths[::-1], second, folder / "second.sqlite", 2))
        print(f"2 processes: {seconds:.1f} s, CPU {cpu:.1f} s, {memory:.0f} MB")
        if (second / "triage.json").read_bytes() != expected:
            problems.append("other bytes with two processes and another order")
        if not survives(folder, paths, expected, kills, seconds):
            problems.append("a killed run lost something or has it twice")
        ticket = json.loads(expected)["tickets"][0]["id"]
        if not resolves(folder / "first.sqlite", ticket, kills):
            problems.append("a killed resolve lost something or has it twice")
    print("\n".join(f"WRONG: {one}" for one in problems) or "all as it has to be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
