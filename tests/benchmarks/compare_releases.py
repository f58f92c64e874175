"""Whether two installations say the same of every example, proof, pair, copy and generated trace.

    python tests/benchmarks/compare_releases.py OLD NEW

OLD and NEW are programs `diagnose`, Pythons, or folders with a `.venv`. Each diagnoses all cases in
a process of its own; the JSON documents are compared by what they mean (`meaning.py`), the texts of
`--words` letter by letter. Ends with 1 if anything differs that `--allow` does not name.
"""

# A program to look at its output; it asserts nothing.
# ruff: noqa: T201, S603

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from case_corpus import Call, answered, corpus
from meaning import Difference, added_fields, differences
from measure import python_of

_DRIVER = Path(__file__).parent / "many_cases.py"
_SHOWN = 3
"""Examples of each kind."""
_LONGEST = 160
_WORDS = ("text", "markdown", "reply")


@dataclass(frozen=True, slots=True)
class Installation:
    """One release and where it puts its documents."""

    python: Path
    folder: Path
    words: bool

    def run(self, calls: Sequence[Call], *, reuse: bool = False) -> None:
        """Diagnose all of them; with `reuse` only what was not told before."""
        jobs = [
            {"arguments": arguments, "folder": str(folder)}
            for call in calls
            for folder, arguments in self._jobs(call)
            if not (reuse and (folder / "result.json").exists())
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        listed = self.folder / "jobs.json"
        listed.write_text(json.dumps(jobs), encoding="utf-8")
        places = {
            f"LANCOM_VPN_ASSISTANT_{name.upper()}": str(self.folder / name)
            for name in ("cache", "state", "store")
        }
        subprocess.run(
            [self.python, "-I", _DRIVER, listed],
            check=True,
            env={**os.environ, **places, "NO_COLOR": "1"},
            cwd=self.folder,
        )

    def document(self, call: Call) -> Mapping[str, Any] | None:
        """What was written as JSON; None if the call ended otherwise."""
        path = self._folder(call) / "json" / "report"
        return json.loads(path.read_bytes()) if path.exists() else None

    def end(self, call: Call) -> Mapping[str, Any]:
        """Exit code and what was printed."""
        return dict(json.loads((self._folder(call) / "json" / "result.json").read_bytes()))

    def texts(self, call: Call) -> Iterator[tuple[str, str]]:
        """Each report that is no JSON, and what is told of the records of a single file."""
        for folder, arguments in self._jobs(call):
            if folder.name == "json":
                continue
            if arguments[0] == "explain":
                yield folder.name, json.loads((folder / "result.json").read_bytes())["out"]
            elif (folder / "report").exists():
                yield folder.name, (folder / "report").read_text("utf-8")

    def _jobs(self, call: Call) -> Iterator[tuple[Path, list[str]]]:
        """Each in a folder of its own."""
        for name in ("json", *(_WORDS if self.words else ())):
            folder = self._folder(call) / name
            written = ["--format", name, "-o", str(folder / "report"), "-q"]
            yield folder, [*call.arguments, "--lang", "en", *written]
        if self.words and len(call.arguments) == 1:
            folder = self._folder(call) / "explain"
            yield folder, ["explain", *call.arguments, "--lang", "en"]

    def _folder(self, call: Call) -> Path:
        """The same call of the same files is the same folder."""
        digest = hashlib.sha256("\0".join(call.arguments).encode())
        for path in call.files:
            digest.update(path.read_bytes())
        return self.folder / digest.hexdigest()[:24]


def compared(call: Call, old: Installation, new: Installation) -> Iterator[Difference]:
    """What two installations say differently of one case."""
    then, now = old.end(call), new.end(call)
    if then["code"] != now["code"]:
        ends = (f"{one['code']} {one['err'].strip()}" for one in (then, now))
        yield Difference("exit code", "", *ends)
        return
    if then["err"] != now["err"]:
        yield Difference("what is said of an error", "", then["err"], now["err"])
    before, after = old.document(call), new.document(call)
    if before is not None and after is not None:
        yield from differences(before, after)
    others = dict(new.texts(call))
    for name, text in old.texts(call):
        if text != others.get(name):
            yield Difference(f"words: {name}", "", *_first_line(text, others.get(name, "")))


def _first_line(old: str, new: str) -> tuple[str, str]:
    """The first line that is not the same."""
    lines, others = old.splitlines(), new.splitlines()
    for number, line in enumerate(lines):
        if number >= len(others) or others[number] != line:
            return line, others[number] if number < len(others) else ""
    return "", others[len(lines)] if len(others) > len(lines) else ""


def _cut(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def told(found: Mapping[str, Sequence[tuple[str, Difference]]], allowed: Sequence[str]) -> int:
    """Print the differences by kind; how many are not allowed."""
    wrong = 0
    for kind, ones in sorted(found.items(), key=lambda item: -len(item[1])):
        is_allowed = kind.startswith(tuple(allowed))
        wrong += 0 if is_allowed else len(ones)
        cases = len({case for case, _ in ones})
        print(f"{len(ones):6} in {cases:4} cases  {kind}{'  (allowed)' if is_allowed else ''}")
        for case, one in ones[:_SHOWN]:
            print(f"       {case} {one.where}")
            print(f"         old {_cut(one.old)}")
            print(f"         new {_cut(one.new)}")
    return wrong


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--only", metavar="TEXT", default="", help="cases whose name has this")
    parser.add_argument("--copies", type=int, default=300, help="spoilt copies (default 300)")
    parser.add_argument("--mb", type=float, default=0.2, help="of each generated trace; 0: none")
    parser.add_argument("--words", action="store_true", help="compare texts letter by letter too")
    parser.add_argument(
        "--allow", metavar="KIND", action="append", default=[], help="kinds that may differ"
    )
    parser.add_argument(
        "--keep", type=Path, help="keep all documents here; those of OLD are used again"
    )
    return parser.parse_args()


def main() -> int:
    """Run both, compare, tell."""
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        kept = (options.keep or Path(temporary)).absolute()
        calls = [
            one
            for one in corpus(kept / "inputs", copies=options.copies, megabytes=options.mb)
            if options.only in one.name
        ]
        old, new = (
            Installation(python_of(place), kept / name, options.words)
            for name, place in (("old", options.old), ("new", options.new))
        )
        old.run(calls, reuse=bool(options.keep))
        asked = [
            more
            for call in calls
            if len(call.arguments) == 1 and call.name.startswith(("examples/", "cases/"))
            for more in answered(call, old.document(call) or {"incidents": []})
        ]
        old.run(asked, reuse=bool(options.keep))
        calls += asked
        new.run(calls)
        found: dict[str, list[tuple[str, Difference]]] = defaultdict(list)
        fields: set[str] = set()
        documents = 0
        for call in calls:
            before, after = old.document(call), new.document(call)
            if before is not None and after is not None:
                documents += 1
                fields |= added_fields(before, after)
            for one in compared(call, old, new):
                found[one.kind].append((call.name, one))
    wrong = told(found, options.allow)
    if fields:
        print(f"fields that only NEW has: {', '.join(sorted(fields))}")
    print(f"{len(calls)} cases compared, {documents} of them with a document: ", end="")
    print(f"{sum(map(len, found.values()))} differences, {wrong} of them not allowed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
