"""Traces of any length for measuring and for tests that count work; the dice are seeded.

Each maker gives the pieces of one file, record by record, so that a file of any size is written in
the memory of a few records. The words are those of `knowledge/examples/` and `ticket_makers.py`,
those of the classes that are only passed by are ours. Every record that should be read is read.
"""

# Their dice need no secrecy.
# ruff: noqa: S311, ISC004

from __future__ import annotations

import heapq
import itertools
import random
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parent))

from courses import SCRIPTS, Script, Session, Tunnel, distinct_session, filled, tunnels
from trace_lines import EXAMPLES

SITES = 400
_BEGIN = datetime(2024, 5, 14)  # noqa: DTZ001 - device times have no zone
_STEP_S = 1.5
"""From the beginning of one negotiation to the next, of whichever site."""
_FAITHFUL = 0.5
"""Most tunnels have the same fault again and again."""
_OTHERS = 0.9
"""Share of a mixed trace that belongs to other trace classes."""

# Timelines ------------------------------------------------------------------------------------


def _timeline(
    sites: int,
    dice: random.Random,
    scripts: Mapping[str, tuple[int, Script]],
    faithful: float = 0.0,
) -> Iterator[tuple[float, Session]]:
    """Without end: when a negotiation begins, and what it says; never two at once of one site.

    As many begin in a second whatever the number of sites, so that only the names differ.
    `faithful` is the share of negotiations that go as the one before of the same site.
    """
    courses = [script for _, script in scripts.values()]
    weights = [weight for weight, _ in scripts.values()]
    before: dict[int, Script] = {}
    rest = sites * _STEP_S
    begins = [(dice.uniform(0, rest), tunnel.number, tunnel) for tunnel in tunnels(sites)]
    heapq.heapify(begins)
    while True:
        at, number, tunnel = begins[0]
        if number not in before or dice.random() >= faithful:
            (before[number],) = dice.choices(courses, weights)
        session = filled(before[number](dice), tunnel, dice)
        yield at, session
        # Long enough for a missed poll to count as answered.
        again = at + max(session[-1][0] + 10, dice.uniform(0.5, 1.5) * rest)
        heapq.heapreplace(begins, (again, number, tunnel))


def interleaved(sessions: Iterable[tuple[float, Session]]) -> Iterator[tuple[float, str]]:
    """The records of sessions that begin one after the other, in the order of their times."""
    order = itertools.count()
    waiting: list[tuple[float, int, str]] = []
    for begin, session in sessions:
        while waiting and waiting[0][0] <= begin:
            at, _, body = heapq.heappop(waiting)
            yield at, body
        for at, body in session:
            heapq.heappush(waiting, (begin + at, next(order), body))
    for at, _, body in sorted(waiting):
        yield at, body


def _stamp(seconds: float) -> str:
    at = _BEGIN + timedelta(milliseconds=round(seconds * 1000))
    return f"{at:%Y/%m/%d %H:%M:%S},{at.microsecond // 1000:03}"


def _record(seconds: float, body: str, trace_class: str = "VPN-Status") -> bytes:
    return f"[{trace_class}] {_stamp(seconds)}\n{body}\n\n".encode()


def limited(pieces: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """Whole pieces until there are as many bytes."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > size_bytes:
            return
        yield piece


# Other trace classes --------------------------------------------------------------------------

_PASSED_BY = (
    (
        "DHCP-Server",
        "DHCP Rx (LAN-1, INTRANET): DISCOVER\nClient: 02:00:5e:{a:02x}:{b:02x}:{c:02x}",
    ),
    (
        "DHCP-Server",
        "DHCP Tx (LAN-1, INTRANET): OFFER\nClient: 02:00:5e:{a:02x}:{b:02x}:{c:02x}\n"
        "Address: 10.{a}.{b}.{c}\nLease: 28800 s",
    ),
    ("DNS", "DNS Rx (LAN-1, INTRANET): query from 10.{a}.{b}.{c}, id {d}\nhost{d}.example.net A"),
    (
        "DNS",
        "DNS Tx (LAN-1, INTRANET): answer to 10.{a}.{b}.{c}, id {d}\nhost{d}.example.net A "
        "203.0.113.{c}, TTL {d} s",
    ),
    ("NTP", "NTP: poll of 192.0.2.{c}\noffset {d} us, delay {a} ms, stratum 2"),
    ("LCR", "LCR: no entry for this time, keep route\ncounter {d}"),
    ("WLAN-Status", "WLAN-1: station 02:00:5e:{a:02x}:{b:02x}:{c:02x} roamed, signal {a} percent"),
)
"""Classes that no pattern reads; the words are ours."""
_PACKETS = (
    (
        "IP-Router",
        "IP-Router Rx (LAN-1, INTRANET, RtgTag: 0):\n"
        "DstIP: 203.0.113.{c}, SrcIP: 10.{a}.{b}.{c}, Len: {d}, DSCP/TOS: 0x00\n"
        "Prot.: UDP (17), DstPort: 53, SrcPort: {d}\nRoute: WAN Tx (INTERNET)",
    ),
    (
        "Ethernet",
        "Received {d} byte Ethernet packet via LAN-1:\n-->IEEE 802.3 Header\n"
        "Dest : 02:00:5e:00:00:{a:02x} (LANCOM 00:00:{a:02x})\n"
        "Source : 02:00:5e:00:00:{b:02x} (LANCOM 00:00:{b:02x})\nType : IPv4\n"
        "(increase trace level to at least 3 for further analysis)",
    ),
    (
        "IPv4-Host",
        "IP packet, scope global, routing tag 0:\nInternet Protocol Version 4\n"
        "Header length: 20\nTotal length: 84\nTime to live: 64\nProtocol: ICMP (1)\n"
        "Source: 10.{a}.{b}.1\nDestination: 10.{a}.{b}.{c}\n"
        "Internet Control Message Protocol\nType: Echo (ping) request (8)\nCode: 0\n"
        "Identifier: {d}",
    ),
)
"""What the router itself routes, receives and sends: samples of `knowledge/patterns/lancom/`."""


def _among(
    records: Iterable[tuple[float, str]], others: tuple[tuple[str, str], ...], dice: random.Random
) -> Iterator[bytes]:
    """Each record, and behind it nine times as many bytes of other classes."""
    owed = 0.0
    for at, body in records:
        own = _record(at, body)
        yield own
        owed += len(own) * _OTHERS / (1 - _OTHERS)
        while owed > 0:
            trace_class, words = dice.choice(others)
            a, b, c = (dice.randrange(1, 255) for _ in range(3))
            other = _record(
                at, words.format(a=a, b=b, c=c, d=dice.randrange(1024, 65536)), trace_class
            )
            yield other
            owed -= len(other)


# The traces -----------------------------------------------------------------------------------


def _all_outcomes(
    sites: int, seed: int, faithful: float = _FAITHFUL
) -> Iterator[tuple[float, str]]:
    return interleaved(_timeline(sites, random.Random(seed), SCRIPTS, faithful))


def dense(
    size_bytes: int, *, sites: int = SITES, seed: int = 1, faithful: float = _FAITHFUL
) -> Iterator[bytes]:
    """Nothing but VPN-Status: all outcomes, many sites interleaved.

    Args:
        size_bytes: How long.
        sites: How many.
        seed: Of the dice.
        faithful: Share of the negotiations that go as the one before of the same site; without
            any, one size makes about as many incidents of few sites as of many.
    """
    records = _all_outcomes(sites, seed, faithful)
    return limited((_record(at, body) for at, body in records), size_bytes)


def mixed(size_bytes: int, *, sites: int = SITES, seed: int = 1) -> Iterator[bytes]:
    """The same, and nine times as much of classes that are counted and passed by."""
    records = _all_outcomes(sites, seed)
    return limited(_among(records, _PASSED_BY, random.Random(seed)), size_bytes)


def packets(size_bytes: int, *, sites: int = SITES, seed: int = 1) -> Iterator[bytes]:
    """The same, and nine times as much of classes that are read for the polls of a tunnel."""
    records = _all_outcomes(sites, seed)
    return limited(_among(records, _PACKETS, random.Random(seed)), size_bytes)


def flapping(size_bytes: int, *, seed: int = 1) -> Iterator[bytes]:
    """One site that comes up and is lost again, for days."""
    again = {name: SCRIPTS[name] for name in ("lost", "silent", "recovered", "ended")}
    records = interleaved(_timeline(1, random.Random(seed), again))
    return limited((_record(at, body) for at, body in records), size_bytes)


def two_records_each(sites: int) -> Iterator[bytes]:
    """Every site calls and hears nothing: two records, thousands of calls open at once."""
    sessions = (
        (
            number * 0.01,
            [
                (0.0, f"VPN: connecting to {tunnel.site} ({tunnel.gateway})"),
                (
                    30.0,
                    f"VPN: connection for {tunnel.site} ({tunnel.gateway}) timed out: no response",
                ),
            ],
        )
        for number, tunnel in enumerate(tunnels(sites))
    )
    return (_record(at, body) for at, body in interleaved(sessions))


def distinct(
    size_bytes: int, *, share: float = 1.0, sites: int = 40, seed: int = 1
) -> Iterator[bytes]:
    """No two records say the same: each negotiation has addresses, numbers and SPIs of its own.

    Args:
        size_bytes: How long.
        share: Of the negotiations that are so; the others have those of a few.
        sites: Whose they are.
        seed: Of the dice.
    """
    dice = random.Random(seed)
    records = interleaved(_distinct_sessions(dice, share, tunnels(sites)))
    return limited((_record(at, body) for at, body in records), size_bytes)


def _distinct_sessions(
    dice: random.Random, share: float, among: list[Tunnel]
) -> Iterator[tuple[float, Session]]:
    at = 0.0
    for number in itertools.count():
        # Of those that are not to be distinct each site has one, which it repeats.
        own = number if dice.random() < share else number % len(among)
        at += 60 / len(among) + _STEP_S
        yield at, distinct_session(among[number % len(among)], own, lost=number % 3 == 0)


def ticket(number: int, size_bytes: int = 50_000) -> Iterator[bytes]:
    """What one customer sends: two sites over some hours, one of them with a fault of its own."""
    dice = random.Random(number)
    fault = dice.choice([name for name in SCRIPTS if name not in {"up", "ended", "recovered"}])
    chosen = {"ended": (4, SCRIPTS["ended"][1]), fault: (2, SCRIPTS[fault][1])}
    # Each has tunnels of his own.
    first = 2 * number

    def renamed(body: str) -> str:
        return re.sub(r"SITE-(\d+)", lambda found: f"SITE-{first + int(found[1]):05}", body)

    records = interleaved(_timeline(2, dice, chosen))
    return limited((_record(at, renamed(body)) for at, body in records), size_bytes)


def days(size_bytes: int) -> bytes:
    """Days of a router with several sites, one after the other: mostly healthy, some faults."""
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
