"""The calls that two releases are compared on: examples, proofs, pairs, copies, generated ones."""

# Its dice need no secrecy.
# ruff: noqa: S311

from __future__ import annotations

import itertools
import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parent))

from daemon_logs import charon
from trace_lines import CASES, EXAMPLES
from traces import days, dense, distinct, flapping, mixed, packets, ticket, two_records_each

KNOWLEDGE = EXAMPLES.parent
_READERS = {
    "initiator": ["initiator.log"],
    "responder": ["responder.log"],
    "both": ["initiator.log", "--remote", "responder.log"],
}
_TICKETS = 10
_ASKED = 3
"""Questions of an incident that are answered, each with every choice."""


@dataclass(frozen=True, slots=True)
class Call:
    """One case as words of the command line."""

    name: str
    arguments: tuple[str, ...]

    @property
    def files(self) -> list[Path]:
        """What it reads."""
        return [Path(one) for one in self.arguments if one.startswith("/")]


def corpus(folder: Path, *, copies: int, megabytes: float) -> list[Call]:
    """All calls; what has to be written for them is written into the folder."""
    return [
        *_alone(),
        *_two_sides(),
        *_with_configurations(),
        *_copied(folder / "copies", copies),
        *_generated(folder / "generated", megabytes),
    ]


def _lancom() -> list[Path]:
    return [*sorted(EXAMPLES.glob("*.txt")), *sorted(CASES.glob("*.txt"))]


def _alone() -> Iterator[Call]:
    proofs = [*KNOWLEDGE.glob("causes/*/*.trace"), *KNOWLEDGE.glob("healthy/*.trace")]
    for path in (*_lancom(), *sorted(proofs)):
        yield Call(f"{path.parent.name}/{path.name}", (str(path),))


def _two_sides() -> Iterator[Call]:
    for truth in sorted((CASES / "strongswan").glob("*/truth.json")):
        sides: Mapping[str, Any] = json.loads(truth.read_bytes())["sides"]
        for reader, words in _READERS.items():
            told = sides[reader].get("args") or words
            files = (one if one.startswith("--") else str(truth.parent / one) for one in told)
            yield Call(f"strongswan/{truth.parent.name} {reader}", tuple(files))
    for one, other in itertools.permutations(_lancom(), 2):
        yield Call(f"{one.name} --remote {other.name}", (str(one), "--remote", str(other)))


def _with_configurations() -> Iterator[Call]:
    configurations = sorted((CASES / "config").glob("*.lcs"))
    for one in configurations:
        yield Call(one.name, ("--config", str(one)))
        for trace in _lancom():
            yield Call(f"{trace.name} --config {one.name}", (str(trace), "--config", str(one)))
    for one, other in itertools.permutations(configurations, 2):
        yield Call(
            f"{one.name} against {other.name}",
            ("--config", str(one), "--remote-config", str(other)),
        )
    traces = (CASES / "003-polling-failed.txt", "--remote", EXAMPLES / "success.txt")
    for version in ("ikev1", "ikev2"):
        ours, theirs = (CASES / "config" / f"{name}-{version}.lcs" for name in ("nordhof", "lager"))
        everything = (*traces, "--config", ours, "--remote-config", theirs)
        yield Call(f"two traces, two configurations {version}", tuple(map(str, everything)))


# Copies ---------------------------------------------------------------------------------------


def _copied(folder: Path, number: int) -> Iterator[Call]:
    """What mails and consoles make of a trace, and pieces of logs; the dice are seeded."""
    # Only here: it needs pytest and hypothesis.
    from test_distortions import ENCODINGS, NEVER_BOTH, NEWLINES, STEPS, TEXTS, Copy  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    logs = sorted((CASES / "strongswan").glob("*/*.log"))
    for seed in range(number):
        dice = random.Random(seed)
        if seed % 3 == 2:
            content = _spoilt_log(logs, dice)
        else:
            steps = [one for one in STEPS if dice.random() < 0.2]
            for one, other in NEVER_BOTH:
                if one in steps and other in steps:
                    steps.remove(other)
            content = Copy(
                name=dice.choice(sorted(TEXTS)),
                steps=tuple(steps),
                seed=seed,
                encoding=dice.choice(ENCODINGS) if dice.random() < 0.3 else "utf-8",
                newline=dice.choice(NEWLINES) if dice.random() < 0.3 else "\n",
            ).content()
        if dice.random() < 0.3:
            begin, end = sorted(dice.randrange(len(content) + 1) for _ in range(2))
            content = content[begin:end]
        path = folder / f"copy-{seed:04}.txt"
        path.write_bytes(content)
        yield Call(f"copies/{path.name}", (str(path),))


def _spoilt_log(logs: list[Path], dice: random.Random) -> bytes:
    """A daemon's log with lines lost, or two of them in one by time."""
    lines = dice.choice(logs).read_text("utf-8").splitlines(keepends=True)
    if dice.random() < 0.5:
        lines += dice.choice(logs).read_text("utf-8").splitlines(keepends=True)
        lines.sort(key=lambda line: line[:23])
    lost = dice.choice((0.0, 0.05, 0.3))
    return "".join(line for line in lines if dice.random() >= lost).encode()


# Generated ------------------------------------------------------------------------------------


def _generated(folder: Path, megabytes: float) -> Iterator[Call]:
    if not megabytes:
        return
    folder.mkdir(parents=True, exist_ok=True)
    size = int(megabytes * 1e6)
    made: Mapping[str, Iterable[bytes]] = {
        "days": [days(size)],
        "dense": dense(size),
        "dense, many sites": dense(size, sites=4000),
        "dense, other dice": dense(size, seed=2),
        "mixed": mixed(size),
        "packets": packets(size),
        "flapping": flapping(size),
        "two records each": two_records_each(size // 2000),
        "distinct": distinct(size),
        "half distinct": distinct(size, share=0.5),
        "charon": charon(size),
        "charon, few connections": charon(size, connections=5, seed=2),
        **{f"ticket {number}": ticket(number) for number in range(_TICKETS)},
    }
    for name, pieces in made.items():
        path = folder / f"{name.replace(' ', '-').replace(',', '')}.txt"
        with path.open("wb") as stream:
            stream.writelines(pieces)
        yield Call(f"generated/{name}", (str(path),))


# Answers --------------------------------------------------------------------------------------


def answered(call: Call, document: Mapping[str, Any]) -> Iterator[Call]:
    """The same case with each answer to the first questions of its first incident that has any."""
    asked: list[Mapping[str, Any]] = next(
        (one["questions"] for one in document["incidents"] if one["questions"]), []
    )
    for question in asked[:_ASKED]:
        for choice in (*question["choices"], "unknown"):
            said = f"{question['id']}={choice}"
            yield Call(f"{call.name} {said}", (*call.arguments, "--answer", said))
    if asked:
        for side in ("local", "remote"):
            yield Call(f"{call.name} away {side}", (*call.arguments, "--away", side))
