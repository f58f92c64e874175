"""How large a report gets and how long it takes, for traces of growing length.

    python tests/benchmarks/pages.py [RECORDS...]

Times are CPU seconds and, in Chromium, seconds until the page is there and until something is seen;
ratios are to diagnosing the same trace and to a page of plain text of the same size in the same
Chromium, because only ratios hold on another machine.
"""

# A program to look at its output; it asserts nothing.
# ruff: noqa: T201

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.append(str(Path(__file__).parents[1]))

from chromium import chromium, missing, opened
from real_reports import generated

from assistant.case import Case, CaseFile
from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.diagnose import Diagnoser
from assistant.transcript import transcribe
from reports.html import render_html
from reports.json_v2 import render_json

RECORDS = (100, 10_000, 1_000_000)
_RUNS = 3
_TIMES = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  done([page.domContentLoadedEventEnd / 1000, (paint ? paint.startTime : NaN) / 1000]);
})))"""
Result = TypeVar("Result")


def spent(task: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    begun = time.process_time()
    task()
    return time.process_time() - begun


def timed(task: Callable[[], Result]) -> tuple[float, Result]:
    """CPU seconds and what came of it."""
    kept: list[Result] = []
    seconds = spent(lambda: kept.append(task()))
    return seconds, kept[0]


def opening(paths: list[Path]) -> list[tuple[float, float]]:
    """Best seconds until each page is there, and until something of it is seen."""
    found = []
    with chromium() as browser:
        for path in paths:
            with opened(browser, path) as one:
                times = []
                for _ in range(_RUNS):
                    one.go()
                    times.append(one.page.evaluate(_TIMES))
                found.append((min(time[0] for time in times), min(time[1] for time in times)))
    return found


def plain(size_bytes: int) -> str:
    """A page of that size that holds text and nothing else."""
    head = "<!doctype html><meta charset=utf-8><title>plain</title><pre>"
    line = "[VPN-Status] 2024/05/14 09:00:00,000 as long as a line of a trace usually is\n"
    return head + (line * (size_bytes // len(line) + 1))[: max(0, size_bytes - len(head))]


def measured(records: int, catalog: Catalog, folder: Path) -> str:
    """One line of the table."""
    data = generated(records)
    diagnoser = Diagnoser(catalog)
    case = Case((CaseFile("generated.txt", lambda: io.BytesIO(data)),))
    diagnoser.diagnose(case)  # rules are compiled and texts remembered once
    diagnosing, diagnosis = timed(lambda: diagnoser.diagnose(case))
    reading, transcript = timed(lambda: transcribe(case, diagnosis, catalog))
    rendering, page = timed(lambda: render_html(diagnosis, catalog, "en", transcript=transcript))
    report, blank = folder / f"{records}.html", folder / f"{records}.plain.html"
    report.write_text(page, encoding="utf-8")
    size = report.stat().st_size
    blank.write_text(plain(size), encoding="utf-8")
    line = (
        f"{data.count(b'[VPN-Status]'):>9} {len(data) / 1e6:>8.2f} {diagnosing:>10.3f}"
        f" {reading / diagnosing:>10.2f} {rendering / diagnosing:>8.2f}"
        f" {size / 1000:>8.0f} {len(render_json(diagnosis)) / 1000:>8.0f}"
    )
    if missing() is not None:
        return line
    (there, seen), (plain_there, _) = opening([report, blank])
    return f"{line} {there:>8.2f} {seen:>7.2f} {there / plain_there:>6.1f}"


def main() -> None:
    """Print a line for each length."""
    lengths = [int(one) for one in sys.argv[1:]] or list(RECORDS)
    catalog = load_catalog()
    print(
        f"{'records':>9} {'trace MB':>8} {'diagnose s':>10} {'transcribe':>10} {'render':>8}"
        f" {'page kB':>8} {'JSON kB':>8} {'there s':>8} {'seen s':>7} {'there':>6}"
    )
    print(f"{'':29} {'x diagnose':>10} {'x diag.':>8} {'':35}{'x plain':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for records in lengths:
            print(measured(records, catalog, Path(folder)), flush=True)
    if (reason := missing()) is not None:
        print(f"NOT RUN: opening pages {reason}")


if __name__ == "__main__":
    main()
