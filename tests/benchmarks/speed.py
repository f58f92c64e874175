"""How fast the program is, as ratios to what the same machine does in the same run.

    python tests/benchmarks/speed.py [WHAT...] [--mb N] [--rounds N] [--program PATH]

Numbers of different machines cannot be compared, ratios can: to counting the line ends, which is as
fast as Python looks at bytes; to the loop that anybody writes in an afternoon (`naive.py`), which
must come to the same verdicts; to `rg` and `lnav` where they are installed. Whole processes of the
real command line, CPU time of program and system; all take turns, and the median counts. README.md
beside this file says how to read it. Ends with 1 if a target that must be reached is not, or if the
answers are not those of the naive loop.
"""

# A program to look at its output; it asserts nothing.
# ruff: noqa: T201

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1]))

from bench import Bench, Job
from daemon_logs import charon
from measure import python_of
from targets import missed, table
from trace_lines import EXAMPLES
from traces import dense, distinct, flapping, mixed, packets, ticket, two_records_each
from yardsticks import CHARON, LANCOM, wrong, yardsticks

MEGABYTE = 1_000_000
_SMALL_ROUNDS = 7
"""Of what takes a moment."""
_TICKET = EXAMPLES / "polling-failed.txt"


@dataclass(frozen=True, slots=True)
class Input:
    """One generated trace."""

    make: Callable[[int], Iterator[bytes]]
    """Takes bytes."""
    mb: float
    naive: str = LANCOM


INPUTS: Mapping[str, Input] = {
    "dense": Input(dense, 4),
    "mixed": Input(mixed, 4),
    "packets": Input(packets, 4),
    "flapping": Input(flapping, 7),
    "charon": Input(charon, 4, CHARON),
    "distinct": Input(distinct, 4),
}
OTHERS = ("sites", "names", "memory", "start", "tickets")
"""What is measured besides: 4,000 sites against 400, ten times the sites in one size, memory at a
quarter of the size, small calls, and a triage."""


# Generated traces -----------------------------------------------------------------------------


def traces(bench: Bench, chosen: Sequence[str], mb: float | None, *, html: bool) -> None:
    """Write, read in turns, compare with each other."""
    jobs: list[Job] = []
    for name in chosen:
        bench.write(name, INPUTS[name].make(int((mb or INPUTS[name].mb) * MEGABYTE)))
        jobs += [bench.job(name, form) for form in (("json", "html") if html else ("json",))]
        jobs += yardsticks(bench, name, INPUTS[name].naive)
    bench.interleaved(jobs)
    for name in chosen:
        found = wrong(bench.document(name), bench.path(name), INPUTS[name].naive)
        bench.wrong += [f"{name}: {what}" for what in found]
        bench.values[f"{name}, to JSON: speed of the naive job"] = bench.cpu(
            name, "naive"
        ) / bench.cpu(name, "json")
        if html:
            ratio = bench.cpu(name, "html") / bench.cpu(name, "json")
            bench.values[f"{name}: HTML against JSON"] = ratio
        told(bench, name)
    if "dense" in chosen:
        size = bench.sizes["dense", "json"]
        incidents = len(bench.document("dense")["incidents"])
        bench.values["dense: JSON against its input"] = size / bench.sizes["dense", "input"]
        bench.values["dense: JSON of one incident"] = size / incidents / 1000


def told(bench: Bench, name: str) -> None:
    """Print what was measured of one trace."""
    size = bench.sizes[name, "input"]
    lines = bench.path(name).read_bytes().count(b"\n")
    print(f"\n**{name}**, {size / MEGABYTE:.2f} MB, {lines:,} lines\n")
    print("| | CPU s | MB per CPU s | x naive | bytes.count x | peak MB | written MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    naive, count = (bench.cpu(name, other) for other in ("naive", "bytes.count"))
    for job in [job for of, job in bench.costs if of == name]:
        cpu = bench.cpu(name, job)
        written = bench.sizes.get((name, job), 0) / MEGABYTE
        print(
            f"| {job} | {cpu:.3g} | {size / MEGABYTE / cpu:.3g} | {naive / cpu:.3g} "
            f"| {cpu / count:,.0f} | {bench.peak(name, job):.0f} | {written:.2f} |"
        )


# The others -----------------------------------------------------------------------------------


def many_sites(bench: Bench, *, html: bool) -> None:
    """4,000 sites with two records each, against 400."""
    for number in (400, 4000):
        bench.write(f"sites-{number}", two_records_each(number))
    names = ("sites-400", "sites-4000")
    jobs = [bench.job(name, "json") for name in names]
    bench.interleaved([*jobs, bench.job(names[1], "html")] if html else jobs)
    few, many = (bench.cpu(name, "json") for name in names)
    bench.values["4,000 sites against 400: time"] = many / few
    bench.values["4,000 sites: time"] = many
    bench.values["4,000 sites: memory"] = bench.peak("sites-4000", "json")
    if html:
        bench.values["sites: HTML against JSON"] = bench.cpu("sites-4000", "html") / many
    for name in names:
        size, written = bench.sizes[name, "input"], bench.sizes[name, "json"]
        print(
            f"\n{name}: {size / 1000:.0f} kB, JSON {bench.cpu(name, 'json'):.3g} CPU s, "
            f"{bench.peak(name, 'json'):.0f} MB, {written / MEGABYTE:.2f} MB written, "
            f"{written / len(bench.document(name)['incidents']) / 1000:.1f} kB an incident"
        )


def more_names(bench: Bench, mb: float) -> None:
    """The same negotiations of 400 and of 4,000 sites."""
    for number in (400, 4000):
        bench.write(f"names-{number}", dense(int(mb * MEGABYTE), sites=number, faithful=0))
    names = ("names-400", "names-4000")
    bench.interleaved([bench.job(name, "json") for name in names])
    few, many = (bench.cpu(name, "json") for name in names)
    bench.values["dense, 10 times the sites: time"] = many / few
    incidents = [len(bench.document(name)["incidents"]) for name in names]
    print(f"\nnames: {mb:g} MB of 400 sites {few:.3g} CPU s, {incidents[0]} incidents;", end=" ")
    print(f"of 4,000 {many:.3g} CPU s, {incidents[1]} incidents")


def memory(bench: Bench, mb: float) -> None:
    """Four times the size."""
    for name, size in (("quarter", mb / 4), ("whole", mb)):
        bench.write(name, dense(int(size * MEGABYTE)))
        bench.diagnose(name, "json")
    less, more = (bench.peak(name, "json") for name in ("quarter", "whole"))
    bench.values["dense, four times the size: memory"] = more / less
    print(f"\nmemory: {mb / 4:g} MB {less:.0f} MB, {mb:g} MB {more:.0f} MB")


def small_calls(bench: Bench) -> None:
    """What should be there at once."""
    ticket_html = ("--format", "html", "-o", bench.folder / "ticket.html", "-q", "--force")
    calls: Mapping[str, Sequence[str | Path]] = {
        "python -c pass": [bench.program, "-c", "pass"],
        "--version": bench.call("--version"),
        "--help": bench.call("--help"),
        "explain 0x1106": bench.call("explain", "0x1106", "--lang", "en"),
        "one ticket, HTML,": bench.call(_TICKET, *ticket_html),
    }
    for _ in range(max(_SMALL_ROUNDS, bench.rounds)):
        for name, command in calls.items():
            bench.run("start", name, command)
    least = bench.cpu("start", "python -c pass")
    print("\nstart:", end=" ")
    for name in calls:
        cpu = bench.cpu("start", name)
        bench.values[f"{name} against python -c pass"] = cpu / least
        print(f"{name} {cpu * 1000:.0f} ms,", end=" ")
    print(f"memory of one ticket {bench.peak('start', 'one ticket, HTML,'):.0f} MB")


def triage(bench: Bench, number: int) -> None:
    """So many tickets of 50 kB, with page and reports."""
    tickets = bench.folder / "tickets"
    tickets.mkdir()
    for place in range(number):
        with (tickets / f"{place:04}.txt").open("wb") as stream:
            stream.writelines(ticket(place))
    out = ("-o", bench.folder / "desk", "-q", "--lang", "en", "--workers", "1")
    bench.run("tickets", "triage", bench.call("triage", tickets, *out))
    cpu = bench.cpu("tickets", "triage")
    bench.values["triage: CPU of one ticket"] = cpu * 1000 / number
    written = sum(one.stat().st_size for one in (bench.folder / "desk").rglob("*.*"))
    print(
        f"\ntickets: {number} in {cpu:.3g} CPU s, {bench.peak('tickets', 'triage'):.0f} MB, "
        f"{written / MEGABYTE:.1f} MB written"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    everything = [*INPUTS, *OTHERS]
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"some of {', '.join(everything)}")
    parser.add_argument("--mb", type=float, help="of each trace (default: 4, flapping 7)")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--tickets", type=int, default=1000, help="of the triage (default 1000)")
    parser.add_argument("--no-html", action="store_true", help="JSON only")
    parser.add_argument(
        "--program", default=sys.executable, help="another installation: program, Python or folder"
    )
    parser.add_argument("--plot", action="store_true", help="draw how time and memory grow instead")
    parser.add_argument(
        "--beside", metavar="PATH", help="another installation in the same drawings"
    )
    options = parser.parse_args()
    if unknown := set(options.what) - set(everything):
        parser.error(f"not known: {', '.join(sorted(unknown))}")
    options.what = options.what or everything
    return options


def main() -> int:
    """Measure what was chosen; tell each part as it is done, and then the targets."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(python_of(options.program), Path(folder), options.rounds)
        if options.plot:
            from growth import draw_all  # noqa: PLC0415 - only where it is wanted

            draw_all(bench, options.beside, options.mb or 4)
            return 0
        # Caches are filled as on any machine that is in use.
        bench.path("warm").write_bytes(_TICKET.read_bytes())
        bench.diagnose("warm", "html")
        bench.costs.clear()
        html = not options.no_html
        traces(bench, [one for one in INPUTS if one in options.what], options.mb, html=html)
        if "sites" in options.what:
            many_sites(bench, html=html)
        if "names" in options.what:
            more_names(bench, options.mb or 4)
        if "memory" in options.what:
            memory(bench, options.mb or 4)
        if "start" in options.what:
            small_calls(bench)
        if "tickets" in options.what:
            triage(bench, options.tickets)
    peaks = [one.peak_mb for (_, job), ones in bench.costs.items() if job == "json" for one in ones]
    if peaks:
        bench.values["largest memory of all JSON runs"] = max(peaks)
    print("\n" + "\n".join(table(bench.values)))
    for what in bench.wrong:
        print(f"WRONG: {what}")
    return 1 if bench.wrong or missed(bench.values) else 0


if __name__ == "__main__":
    sys.exit(main())
