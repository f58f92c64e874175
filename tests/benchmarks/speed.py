"""How fast a long trace is diagnosed, as ratios to what the same machine does in the same run.

    python tests/benchmarks/speed.py [MEGABYTES]

Numbers of different machines cannot be compared, ratios can: to counting the line ends, which is as
fast as bytes can be looked at, and to a loop over the lines that does nothing.
"""

# A program to look at its output; it asserts nothing.
# ruff: noqa: T201

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

from assistant.catalog.load import load_catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.transcript import transcribe

EXAMPLES = Path(__file__).parents[2] / "knowledge" / "examples"
_MEGABYTE = 1 << 20


def trace(size_bytes: int) -> bytes:
    """Days of a router with several sites: mostly healthy, some faults, times that go on."""
    texts = [path.read_text("utf-8").rstrip("\n") for path in sorted(EXAMPLES.glob("*.txt"))]
    quiet = [text for text in texts if "connected, set poll timer" in text] * 8
    pieces: list[str] = []
    size = 0
    day = 0
    while size < size_bytes:
        day += 1
        stamp = f"20{10 + day // 336 % 80:02d}/{day // 28 % 12 + 1:02d}/{day % 28 + 1:02d}"
        for text in quiet + texts:
            lines = text.split("\n")
            dated = [
                f"[VPN-Status] {stamp}{line[line.index(' ', 13) :]}" if line[:1] == "[" else line
                for line in lines
            ]
            pieces.append("\n".join(dated))
            size += len(pieces[-1]) + 2
    return "\n\n".join(pieces).encode()[:size_bytes]


def spent(task: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    begun = time.process_time()
    task()
    return time.process_time() - begun


def loop(data: bytes) -> int:
    """The least that anything written in Python does to every line."""
    count = 0
    for _ in io.BytesIO(data):
        count += 1
    return count


def main() -> None:
    """Print megabytes per CPU second and the ratios."""
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 16
    data = trace(int(size * _MEGABYTE))
    loading = spent(load_catalog)
    diagnoser = Diagnoser(load_catalog())
    case = Case((CaseFile("generated.txt", lambda: io.BytesIO(data)),))
    spent(lambda: diagnoser.diagnose(case))  # rules are compiled and texts remembered once
    diagnosing = spent(lambda: diagnoser.diagnose(case))
    diagnosis = diagnoser.diagnose(case)
    again = spent(lambda: transcribe(case, diagnosis, diagnoser.catalog))
    looping = spent(lambda: loop(data))
    counting = max(spent(lambda: data.count(b"\n")), 1e-6)
    print(f"{size:g} MB, {data.count(b'VPN-Status')} records")
    print(f"loading the knowledge base   {loading:8.3f} CPU s")
    print(f"diagnosing                   {diagnosing:8.3f} CPU s, {size / diagnosing:.1f} MB/s")
    print(f"  times a loop over lines    {diagnosing / max(looping, 1e-6):8.1f}")
    print(f"  times counting line ends   {diagnosing / counting:8.1f}")
    print(f"reading again for a report   {again:8.3f} CPU s")
    print(f"  times diagnosing           {again / diagnosing:8.2f}")


if __name__ == "__main__":
    main()
