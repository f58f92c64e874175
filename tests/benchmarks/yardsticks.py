"""What else reads the same traces, and whether it comes to the same answers."""

# Programs that whoever measures has installed.
# ruff: noqa: S603

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

from bench import Bench, Job
from measure import Cost
from naive import MESSAGES

LANCOM = "naive.py"
CHARON = "naive_charon.py"
_HERE = Path(__file__).parent
_COUNT = """\
import sys, time
data = open(sys.argv[1], "rb").read()
begun, passes = time.process_time(), 0
while time.process_time() - begun < 0.2:
    data.count(b"\\n"); passes += 1
print((time.process_time() - begun) / passes)
"""


_LNAV_FORMAT = {
    "$schema": "https://lnav.org/schemas/format-v1.schema.json",
    "lancom_trace": {
        "title": "LANCOM trace",
        "description": "Records of trace outputs",
        "regex": {
            "record": {
                "pattern": r"^\[(?<trace_class>[\w-]+)\] "
                r"(?<timestamp>\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2},\d{3})(?<body>.*)$"
            }
        },
        "timestamp-format": ["%Y/%m/%d %H:%M:%S,%L"],
        "value": {"trace_class": {"kind": "string"}},
        "sample": [{"line": "[VPN-Status] 2024/05/14 00:00:00,000"}],
    },
}


def yardsticks(bench: Bench, name: str, naive_loop: str) -> Iterator[Job]:
    """What else reads the same file."""
    path = str(bench.path(name))
    is_lancom = naive_loop == LANCOM

    def count() -> None:
        call = [sys.executable, "-I", "-c", _COUNT, path]
        told = subprocess.run(call, check=True, capture_output=True, text=True).stdout
        bench.costs[name, "bytes.count"].append(Cost(float(told), 0))

    naive = [sys.executable, "-I", str(_HERE / naive_loop), str(path)]
    yield name, "bytes.count", count
    yield name, "naive", lambda: bench.run(name, "naive", naive)
    if shutil.which("rg") and is_lancom:
        patterns = bench.folder / "patterns.txt"
        patterns.write_text("\n".join(one.replace("(?P<{0}>", "(?:") for one in MESSAGES.values()))
        rg = ["rg", "-j1", "--no-config", "-c", "-f", str(patterns), path]
        yield name, "rg", lambda: bench.run(name, "rg", rg)
    if shutil.which("lnav"):
        formats = bench.folder / "lnav" / "formats" / "installed"
        formats.mkdir(parents=True, exist_ok=True)
        (formats / "lancom.json").write_text(json.dumps(_LNAV_FORMAT), encoding="utf-8")
        query = ";SELECT count(*) FROM all_logs"
        lnav = ["lnav", "-I", str(bench.folder / "lnav"), "-n", "-N", "-c", query, path]
        yield name, "lnav", lambda: bench.run(name, "lnav", lnav)


def answers(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same that the naive loop tells."""
    fates: Counter[str] = Counter()
    for one in document["incidents"]:
        key = " ".join((one["remote_site"], one["outcome"], *sorted(one["error_codes"])))
        fates[key] += one["occurrences"]
    return {
        "verdict": document["verdict"],
        "fates": fates,
        "states": {one["remote_site"]: one["state_at_end"] for one in document["sites"]},
        "classes": document["sources"][0]["classes"],
    }


def wrong(document: Mapping[str, Any], path: Path, naive_loop: str) -> Iterator[str]:
    """What a document says differently than the naive loop, and what it did not read."""
    naive = [sys.executable, "-I", str(_HERE / naive_loop), str(path)]
    told = json.loads(subprocess.run(naive, check=True, capture_output=True).stdout)
    ours = answers(document)
    for key, value in told.items():
        if ours[key] != value:
            yield f"other {key} than the naive loop"
    unread = document["coverage"]["unread_records"]
    if unread:
        yield f"{unread} records not read"
