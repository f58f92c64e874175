"""Logs of strongSwan's daemon with any number of connections, for measuring; the dice are seeded.

Each negotiation is one that two real daemons had (`tests/cases/strongswan/`), with names, addresses
and numbers of its own.
"""

# Its dice need no secrecy.
# ruff: noqa: S311

from __future__ import annotations

import heapq
import itertools
import random
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parent))

from courses import Session
from trace_lines import CASES
from traces import interleaved, limited

CONNECTIONS = 300
_STEP_S = 1.5
"""From the beginning of one negotiation to the next, of whichever connection."""
_BEGIN = datetime(2024, 5, 14)  # noqa: DTZ001 - logs have no zone
_TAKEN_DOWN = "vici terminate"
_STAYING = "success-ikev1, not taken down"
_RUNS: Mapping[str, int] = {
    "success-ikev1": 3,
    _STAYING: 4,
    "cert_ok-ikev1": 2,
    "ts_narrowed-ikev2": 2,
    "psk_mismatch-ikev2": 2,
    "ike_proposal_mismatch-ikev1": 2,
    "child_proposal_mismatch-ikev2": 1,
    "ts_mismatch_local_net-ikev2": 1,
    "firewall_drop_500_4500-ikev2": 2,
    "peer_dies_dpd-ikev1": 2,
}
"""The runs, as the initiator saw them, and how often each comes."""
_LINE = re.compile(r"(\S+) (\d\d\[\w+\] .*)")
_HOLES = (
    (r"\b198\.51\.100\.1\b", "{peer}"),
    (r"\bb\.example\.net\b", "{name}.example.net"),
    (r"<BUGFIX\|1>", "<{name}|{number}>"),
    (r"\bBUGFIX\[1\]", "{name}[{number}]"),
    (r"\bBUGFIX\b", "{name}"),
    (r"\{\{1\}\}", "{{{number}}}"),
)
"""In the text of a template, whose braces are doubled already."""


def _template(run: str) -> Session:
    """A real negotiation with holes, without how the daemon began and ended."""
    folder = CASES / "strongswan" / run.partition(",")[0]
    text = (folder / "initiator.log").read_text(encoding="utf-8")
    if run == _STAYING:
        text = "".join(itertools.takewhile(_is_no_end, text.splitlines(keepends=True)))
    found: Session = []
    begin: datetime | None = None
    for stamp, words in _LINE.findall(text):
        if words.startswith("00[") or "loaded " in words or "added vici" in words:
            continue
        at = datetime.fromisoformat(stamp)
        begin = begin or at
        line = words.replace("{", "{{").replace("}", "}}")
        for pattern, hole in _HOLES:
            line = re.sub(pattern, hole, line)
        found.append(((at - begin).total_seconds(), line))
    return found


def _is_no_end(line: str) -> bool:
    return _TAKEN_DOWN not in line


def _timeline(connections: int, dice: random.Random) -> Iterator[tuple[float, Session]]:
    """Without end: when a negotiation begins, and its lines; one at a time of a connection."""
    templates = [_template(run) for run in _RUNS]
    weights = list(_RUNS.values())
    rest = connections * _STEP_S
    begins = [(dice.uniform(0, rest), place) for place in range(connections)]
    heapq.heapify(begins)
    for number in itertools.count(1):
        at, place = begins[0]
        (template,) = dice.choices(templates, weights)
        holes = {
            "name": f"site-{place:04}",
            "peer": f"10.{100 + place // 100}.{100 + place % 100}.1",
            "number": number,
        }
        spi, other = (f"{dice.randrange(1 << 28, 1 << 32):08x}" for _ in range(2))
        yield (
            at,
            [
                (seconds, _own_spis(line.format_map(holes), spi, other))
                for seconds, line in template
            ],
        )
        again = at + max(template[-1][0] + 1, dice.uniform(0.5, 1.5) * rest)
        heapq.heapreplace(begins, (again, place))


def _own_spis(line: str, spi: str, other: str) -> str:
    if "SPI" not in line:
        return line
    line = re.sub(r"\b[0-9a-f]{8}(?=_i|$)", spi, line)
    return re.sub(r"\b[0-9a-f]{8}(?=_o)", other, line)


def charon(size_bytes: int, *, connections: int = CONNECTIONS, seed: int = 1) -> Iterator[bytes]:
    """A daemon with many connections, all outcomes, interleaved."""
    records = interleaved(_timeline(connections, random.Random(seed)))
    return limited(_lines(records), size_bytes)


def _lines(records: Iterator[tuple[float, str]]) -> Iterator[bytes]:
    for seconds, words in records:
        at = _BEGIN + timedelta(milliseconds=round(seconds * 1000))
        yield f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03} {words}\n".encode()
