"""The short way from text to records and the long one come to the same, wherever text is cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.trace.text import reader
from assistant.trace.text.copied import CopiedRecords
from assistant.trace.text.reader import RecordReader
from assistant.trace.text.record import VPN_STATUS, Record
from assistant.trace.text.script_lines import ScriptLines

BEGINS = {"VPN:": VPN_STATUS, "VpnIpm:": VPN_STATUS, "IP packet": "IPv4-Host"}
LINES = [
    "[VPN-Status] 2024/05/14 09:00:00,000",
    "[VPN-Status] 2024/05/14 09:00:00,500",
    "[VPN-Status] 2024/05/14 08:00:00,000",
    "[VPN-Status] 2024/13/45 29:00:00,000",
    "[VPN-Status] 23:59:59,900",
    "[VPN-Status] 00:00:00,100",
    "[VPN-Status] 2024/05/14 09:00:01,000 [INTRANET (4)]",
    "[vpn-status ] 2024/05/14 09:00:01,000",
    "[VPN-Debug] 2024/05/14 09:00:02,000",
    "[DHCP] 2024/05/14 09:00:02,000",
    "[DHCP] 2024/05/14 07:00:02,000",
    "[IPv4-Host] 2024/05/14 09:00:03,000 [INTRANET (4)]",
    "2024/05/14 09:00:04,000",
    "[VPN-Status] 2024/05/14 09:00:05,000  VPN: x",
    "> [VPN-Status] 2024/05/14 09:00:06,000",
    "root@gw:/> [VPN-Status] 2024/05/14 09:00:07,000",
    "VPN: connecting to LAGER (192.0.2.44)",
    "VPN: poll timeout for LAGER (192.0.2.44)",
    "  (5 retries left)  ",
    "VpnIpm: info; something",
    "IP packet:",
    "- VPN: bulleted",
    "> quoted",
    "| VPN: cell | another |",
    "root@gw:/",
    "> readscript",
    "cd /Setup/VPN",
    'set Name "secret"',
    "add PEER 1 2",
    "exit",
    "ls /Status",
    "LANCOM 1781VA",
    "Ver. 10.12.0488RU10 / 15.10.2018",
    "SN.  4000000000000000",
    "\tVPN: tabbed\u00a0here",
    "Grüße aus dem Lager",
    "lease renewed",
    "",
    "",
]
texts = st.lists(st.sampled_from(LINES), max_size=30).map("\n".join)


def told(record: Record) -> tuple[Any, ...]:
    return (
        record.trace_class,
        str(record.time),
        record.lines,
        record.line_numbers,
        record.place,
        record.interface,
        record.prose,
    )


def pieces(text: str, cuts: list[int]) -> Iterator[str]:
    """Whole lines, but for the last."""
    lines = text.splitlines(keepends=True)
    bounds = sorted({0, len(lines), *(cut % (len(lines) + 1) for cut in cuts)})
    for begin, end in pairwise(bounds):
        yield "".join(lines[begin:end])


def long_way(text: str) -> tuple[list[Any], CopiedRecords, ScriptLines]:
    """All of it at once, as if each line had been copied."""
    scripts = ScriptLines(BEGINS)
    records = CopiedRecords("1.txt", BEGINS)
    found = [*records.copied(scripts.blanked_in(text)), *records.copied_rest()]
    return [told(one) for one in found], records, scripts


@given(text=texts, cuts=st.lists(st.integers(0, 40), max_size=4))
@settings(max_examples=1500, deadline=None)
def test_both_ways_come_to_the_same(text: str, cuts: list[int]) -> None:
    scripts = ScriptLines(BEGINS)
    short = RecordReader("1.txt", BEGINS, scripts=scripts)
    found = [told(one) for one in short.records(pieces(text, cuts))]
    expected, records, script = long_way(text)
    assert found == expected
    assert (short.clock.set_back, short.device, short.tagged, short.bare) == (
        records.clock.set_back,
        records.device,
        records.tagged,
        records.bare,
    )
    assert (scripts.settings, scripts.blanked) == (script.settings, script.blanked)


@given(text=texts, cuts=st.lists(st.integers(0, 40), max_size=4))
@settings(max_examples=500, deadline=None)
def test_what_is_passed_by_is_counted_and_nothing_else_changes(text: str, cuts: list[int]) -> None:
    short = RecordReader(
        "1.txt", BEGINS, scripts=ScriptLines(BEGINS), passes=lambda name: name == "DHCP"
    )
    found = [told(one) for one in short.records(pieces(text, cuts))]
    expected, records, _ = long_way(text)
    kept = [one for one in found if one[0] != "DHCP"]
    assert kept == [one for one in expected if one[0] != "DHCP"]
    others = len(expected) - len(kept)
    assert len(found) - len(kept) + short.passed["DHCP"] == others
    assert short.clock.set_back == records.clock.set_back


def test_plain_text_goes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be as right, and slow."""
    long: list[str] = []
    original = reader.RecordReader._long_way  # noqa: SLF001

    def spied(self: RecordReader, text: str) -> Iterator[Record]:
        long.append(text)
        return original(self, text)

    monkeypatch.setattr(reader.RecordReader, "_long_way", spied)
    one = "[VPN-Status] 2024/05/14 09:00:00,000\nVPN: connecting to LAGER (192.0.2.44)\n\n"
    copied = "> [VPN-Status] 2024/05/14 09:00:00,000\n> VPN: connecting to LAGER (192.0.2.44)\n\n"
    records = list(RecordReader("1.txt", BEGINS).records([one * 10 + copied + one * 10]))
    assert len(records) == 21
    # The record that was quoted, with the one before it, and the last, which might go on.
    assert long == [one + copied, one]
