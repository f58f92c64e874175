"""What copying does to a trace does not change its diagnosis; cutting it invents no fault."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest
from conftest import Diagnosed
from hypothesis import given, note, settings
from hypothesis import strategies as st
from trace_lines import CASES, EXAMPLES

from assistant.errors import InputError
from assistant.model.diagnosis import Diagnosis, Verdict
from assistant.model.negotiation import Outcome
from assistant.model.source import Place

HEALTHY = EXAMPLES.parent / "healthy"


def _named(*paths: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(paths)}


TEXTS = {
    name: text
    for name, text in _named(
        *EXAMPLES.glob("*.txt"), *HEALTHY.glob("*.trace"), *CASES.glob("*.txt")
    ).items()
    # What people do to a trace copied from a console; a daemon's log is sent as a file.
    if "VPN: " in text
}

Records: TypeAlias = list[list[str]]
"""Of each record its header and the lines below it; none of them is empty."""
Step: TypeAlias = Callable[[Records, Random], Records]

HEADER = re.compile(
    r"(?:\[(?P<tag>[\w-]+)\] )?(?P<date>\d{4}/\d\d/\d\d) (?P<time>\d\d:\d\d:\d\d,\d{3})(?P<rest>.*)"
)
OTHER_SITE = "ANDERSWO"
SERIAL = "0000000000000000"
"""Never kept."""


def records_of(text: str) -> Records:
    """The records of a trace; prose before the first one is one without a header."""
    found: Records = []
    for line in text.split("\n"):
        if HEADER.fullmatch(line) or not found:
            found.append([])
        if line:
            found[-1].append(line)
    return found


# What happens to records ------------------------------------------------------------------


def among_another_site(records: Records, random: Random) -> Records:
    """The negotiation of another site comes up in between and is ended by hand.

    A message that names nobody stays behind the one it explains, as the device prints it.
    """
    own = {"FILIALE-NORD": OTHER_SITE, "192.0.2.25": "192.0.2.199", "203.0.113.10": "192.0.2.250"}
    text = TEXTS["manual-disconnect"]
    for ours, others in own.items():
        text = text.replace(ours, others)
    other = [body for _, *body in records_of(text)]
    names_nobody = re.compile(
        r"(?i)phase-\d (?:proposal|remote|\[)|life |rule:|SA ESP|VPN: installed"
    )
    found: Records = []
    header = next(record[0] for record in records if HEADER.match(record[0]))
    for record in records:
        free = not any(names_nobody.search(line) for line in record)
        while other and free and random.random() < 0.5:
            found.append([header, *other.pop(0)])
            while other and names_nobody.search(other[0][0]):
                found.append([header, *other.pop(0)])
        if HEADER.match(record[0]):
            header = record[0]
        found.append(record)
    return found + [[header, *body] for body in other]


def among_other_classes(records: Records, random: Random) -> Records:
    """Traces that can tell nothing of the case: an IPv4-Host trace without polls would."""
    bodies = (
        ("IP-Router", "IP-Router Rx (LAN-1, INTRANET, RtgTag: 0):", "Route: WAN Tx (INTERNET)"),
        ("Ethernet", "Received 60 byte Ethernet packet via LAN-1:", "-->IEEE 802.3 Header"),
        ("DHCP", "DHCP Rx (LAN-1, INTRANET): DHCP request"),
    )
    found: Records = []
    for record in records:
        found.append(record)
        match = HEADER.match(record[0])
        if match and random.random() < 0.4:
            tag, *body = random.choice(bodies)
            found.append([f"[{tag}] {match['date']} {match['time']}", *body])
    return found


def without_tags(records: Records, _: Random) -> Records:
    return [[record[0].removeprefix("[VPN-Status] "), *record[1:]] for record in records]


def without_dates(records: Records, _: Random) -> Records:
    return [[HEADER.sub(r"\g<time>\g<rest>", record[0]), *record[1:]] for record in records]


def with_devices_time(records: Records, _: Random) -> Records:
    """LANtracer puts the time of the PC first: wrong by years here."""
    both = r"[VPN-Status] 2031/01/01 00:00:00,000  Devicetime: \g<date> \g<time>"
    return [[HEADER.sub(both, record[0]), *record[1:]] for record in records]


def with_interfaces(records: Records, random: Random) -> Records:
    """The third field of LCOS 10.20 and later."""
    names = (" [INTRANET (4)]", " [#Loopback (1)]", " [LAN-1]")
    return [
        [record[0] + (random.choice(names) if HEADER.match(record[0]) else ""), *record[1:]]
        for record in records
    ]


def run_together(records: Records, _: Random) -> Records:
    """All lines of a message in one."""
    return [[record[0], " ".join(record[1:])] for record in records]


def joined_with_header(records: Records, _: Random) -> Records:
    return [[" ".join(record[:2]), *record[2:]] for record in records]


# What happens to lines --------------------------------------------------------------------


def among_console_noise(records: Records, random: Random) -> Records:
    noise = (
        "root@LAGER:/",
        "> ",
        "root@LAGER:/> trace + vpn-status",
        "trace # vpn-status ip-router",
        "VPN-Status                 ON",
        "ping 192.168.30.254",
        "56 Byte Packet from 192.168.30.254 seq.no=0 time=3.718 ms",
        "---192.168.30.254 ping statistic---",
        "64 bytes from 192.168.30.254: icmp_seq=1 ttl=64 time=3.71 ms",
        "![]() | ![]() |",
    )
    greeting = [
        "| LANCOM 1783VAW (over ISDN)",
        "| Ver. 10.42.0255RU1 / 01.12.2020",
        f"| SN.  {SERIAL}",
        "| Copyright (c) LANCOM Systems",
        "",
        "LAGER, Connection No.: 002",
    ]
    found: Records = [greeting]
    for record in records:
        found.append([])
        for line in record:
            found[-1].append(line)
            found[-1] += random.choices(noise, k=random.choice((0, 0, 0, 1, 2)))
    return found


def among_prose(records: Records, random: Random) -> Records:
    prose = (
        "Hier beginnt der Aufbau, so weit, so gut.",
        "The VPN rules have been generated.",
        "(das sind unsere beiden Server)",
        "-----Ursprüngliche Nachricht-----",
        "Mit freundlichen Grüßen",
        "2 Versuche später:",
    )
    found = [record + random.choices(prose, k=random.choice((0, 0, 1, 2))) for record in records]
    return [[random.choice(prose)], *found]


def in_a_table(records: Records, random: Random) -> Records:
    border = random.choice(("", "| "))
    remarks = ("Zeitstempel", "The rules are there now.", "![]()", "")
    return [[f"{border}{line} | {random.choice(remarks)} |" for line in one] for one in records]


def wrapped(records: Records, random: Random) -> Records:
    """As a mail program does it: at blanks, words stay whole."""
    wrapper = textwrap.TextWrapper(
        random.randint(60, 100), break_long_words=False, break_on_hyphens=False
    )
    return [[piece for line in one for piece in wrapper.wrap(line)] for one in records]


def quoted(records: Records, random: Random) -> Records:
    prefixes = ("> ", ">", ">> ", "> > ", "- ", "* ", "| ", "\N{BULLET} ", "    ", "\t")
    prefix = random.choice(prefixes)
    return [[prefix + line for line in record] for record in records]


def with_odd_spaces(records: Records, random: Random) -> Records:
    odd = random.choice(("\t", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "  "))
    ends = ("", "  ", "\t", "\N{ZERO WIDTH SPACE}")

    def spaced(line: str) -> str:
        blanks = (odd if char == " " and random.random() < 0.3 else char for char in line)
        return "".join(blanks) + random.choice(ends)

    return [[spaced(line) for line in record] for record in records]


STEPS: tuple[Step, ...] = (
    # In this order: a mail program wraps what a person wrote, and quotes what it wrapped.
    among_another_site,
    among_other_classes,
    without_tags,
    without_dates,
    with_devices_time,
    with_interfaces,
    run_together,
    joined_with_header,
    among_console_noise,
    among_prose,
    in_a_table,
    wrapped,
    quoted,
    with_odd_spaces,
)
NEVER_BOTH = (
    (without_dates, with_devices_time),  # what is left would be two clocks
    (without_tags, with_devices_time),
    (in_a_table, wrapped),  # a mail program breaks the cells of a table apart
    (with_interfaces, with_devices_time),  # test_trace_copies.py tells in which order
)
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
NEWLINES = ("\n", "\r\n", "\r", "mixed")


# Copies -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """A trace after some of all this; the same seed makes the same copy."""

    name: str
    steps: tuple[Step, ...] = ()
    seed: int = 0
    encoding: str = "utf-8"
    newline: str = "\n"

    def text(self) -> str:
        """The copy before it becomes bytes."""
        random = Random(self.seed)  # noqa: S311 - the same ones each time
        records = records_of(TEXTS[self.name])
        for step in self.steps:
            records = step(records, random)
        gap = random.choice(("\n\n", "\n\n", "\n", "\n\n\n"))
        text = gap.join("\n".join(record) for record in records) + random.choice(("", "\n"))
        if self.encoding == "cp1252":
            text = text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\u200b", "")
        return text

    def content(self) -> bytes:
        """The copy as a file."""
        ends = ("\n", "\r\n", "\r") if self.newline == "mixed" else (self.newline,)
        random = Random(self.seed)  # noqa: S311 - the same ones each time
        *lines, last = self.text().split("\n")
        text = "".join(line + random.choice(ends) for line in lines) + last
        return text.encode(self.encoding)

    def __repr__(self) -> str:
        steps = ", ".join(step.__name__ for step in self.steps)
        return f"Copy({self.name!r}, ({steps}), {self.seed}, {self.encoding!r}, {self.newline!r})"


@st.composite
def copies(draw: st.DrawFn) -> Copy:
    chosen = draw(st.lists(st.sampled_from(STEPS), unique=True, max_size=4))
    for one, other in NEVER_BOTH:
        if one in chosen and other in chosen:
            chosen.remove(other)
    return Copy(
        name=draw(st.sampled_from(sorted(TEXTS))),
        steps=tuple(step for step in STEPS if step in chosen),
        seed=draw(st.integers(0, 2**32 - 1)),
        encoding=draw(st.sampled_from(ENCODINGS)),
        newline=draw(st.sampled_from(NEWLINES)),
    )


def fates(diagnosis: Diagnosis) -> list[tuple[object, ...]]:
    """What became of each site but the one that was put in between."""
    return [
        (one.remote_site, one.gateway, one.outcome, one.stage, one.error_codes, one.occurrences)
        for one in diagnosis.incidents
        if one.remote_site != OTHER_SITE
    ]


def leading(diagnosis: Diagnosis) -> dict[str, tuple[str, float]]:
    """The first cause of each incident that has one."""
    return {
        f"{one.remote_site} {one.id}": (one.hypotheses[0].cause, one.hypotheses[0].probability)
        for one in diagnosis.incidents
        if one.hypotheses
    }


def assert_same_diagnosis(diagnosed: Diagnosed, copy: Copy) -> None:
    found, expected = diagnosed(copy.content()), diagnosed(TEXTS[copy.name])
    assert (found.verdict, fates(found)) == (expected.verdict, fates(expected))
    first, meant = list(leading(found).values()), list(leading(expected).values())
    assert [cause for cause, _ in first] == [cause for cause, _ in meant]
    assert [share for _, share in first] == pytest.approx([share for _, share in meant], abs=0.02)


def places(diagnosis: Diagnosis) -> list[Place]:
    """Everything the diagnosis points at."""
    return [
        *(place for one in diagnosis.incidents for seen in one.symptoms for place in seen.places),
        *diagnosis.coverage.unread,
    ]


# What must hold ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("step", STEPS)
def test_one_distortion_changes_nothing(diagnosed: Diagnosed, name: str, step: Step) -> None:
    assert_same_diagnosis(diagnosed, Copy(name, (step,)))


@given(copies())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_several_distortions_change_nothing(diagnosed: Diagnosed, copy: Copy) -> None:
    note(copy.text())
    assert_same_diagnosis(diagnosed, copy)


@given(copies())
@settings(derandomize=True, deadline=None, max_examples=100)
def test_what_is_quoted_is_what_the_copy_says_there(diagnosed: Diagnosed, copy: Copy) -> None:
    note(copy.text())
    text = copy.content().decode(copy.encoding).replace(SERIAL, "***")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for place in places(diagnosed(copy.content())):
        there = lines[place.first_line - 1 : place.last_line]
        assert place.text == "\n".join(map(str.rstrip, there))


def diagnosed_if_possible(diagnosed: Diagnosed, content: bytes) -> Diagnosis | None:
    """None where so little is left that nothing belongs to a case."""
    try:
        return diagnosed(content)
    except InputError:
        return None


def faults(diagnosis: Diagnosis | None) -> set[tuple[str, Outcome]]:
    """What is claimed to have failed; an inconclusive diagnosis claims nothing."""
    if diagnosis is None or diagnosis.verdict is not Verdict.FAULT:
        return set()
    return {
        (one.remote_site, one.outcome)
        for one in diagnosis.incidents
        if one.outcome in {Outcome.FAILED, Outcome.LOST}
    }


@pytest.mark.parametrize("name", TEXTS)
def test_the_beginning_of_a_trace_shows_no_fault_that_the_whole_refutes(
    diagnosed: Diagnosed, name: str
) -> None:
    content = TEXTS[name].encode()
    known = faults(diagnosed(content))
    for cut in range(0, len(content), 7):
        assert faults(diagnosed_if_possible(diagnosed, content[:cut])) <= known


@pytest.mark.parametrize("name", TEXTS)
def test_the_end_of_a_trace_shows_no_fault_that_the_whole_refutes(
    diagnosed: Diagnosed, name: str
) -> None:
    content = TEXTS[name].encode()
    known = faults(diagnosed(content))
    for cut in range(0, len(content), 31):
        assert faults(diagnosed_if_possible(diagnosed, content[cut:])) <= known


@given(copies(), st.floats(0, 1))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_copy_that_is_cut_anywhere_shows_no_fault_that_the_whole_refutes(
    diagnosed: Diagnosed, copy: Copy, share: float
) -> None:
    content = copy.content()
    known = faults(diagnosed(content))
    part = content[: int(share * len(content))]
    note(part.decode(copy.encoding, "replace"))
    assert faults(diagnosed_if_possible(diagnosed, part)) <= known
