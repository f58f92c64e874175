"""Text is cut into records: header, class, time, body, and the lines they stand in."""

from __future__ import annotations

import pytest

from assistant.trace.text.reader import RecordReader
from assistant.trace.text.record import BODY_LINES, VPN_STATUS, Record


def records(text: str) -> list[Record]:
    return list(reader().records([text]))


def reader() -> RecordReader:
    return RecordReader("1.txt", {"VPN:": VPN_STATUS, "VpnIpm:": VPN_STATUS})


def times(text: str) -> list[str]:
    return [str(record.time) for record in records(text)]


def test_both_headers_of_the_article() -> None:
    text = """\
2005/03/17 09:41:34,500
VPN: connecting to NORDHOF (203.0.113.24)

[VPN-Status] 2008/05/21 16:03:57,210
VPN: disconnecting NORDHOF (203.0.113.24)
"""
    first, second = records(text)
    assert (first.trace_class, str(first.time), first.lines) == (
        VPN_STATUS,
        "2005-03-17T09:41:34.500",
        ("VPN: connecting to NORDHOF (203.0.113.24)",),
    )
    assert (second.trace_class, str(second.time)) == (VPN_STATUS, "2008-05-21T16:03:57.210")
    assert (second.place.first_line, second.place.last_line) == (4, 5)


def test_continuation_lines_belong_to_their_record() -> None:
    text = """\
[VPN-Status] 2008/05/22 02:15:43,710
VPN: poll timeout for NORDHOF (203.0.113.24)
  (5 retries left)

  send poll frame to 192.168.44.254


"""
    (record,) = records(text)
    assert record.lines == (
        "VPN: poll timeout for NORDHOF (203.0.113.24)",
        "(5 retries left)",
        "send poll frame to 192.168.44.254",
    )
    assert record.line_numbers == (2, 3, 5)
    assert record.place.text == text.rstrip()


def test_header_and_message_on_one_line() -> None:
    (record,) = records("[VPN-Status] 2024/05/14 09:00:00,000 VPN: disconnecting LAGER (192.0.2.4)")
    assert record.lines == ("VPN: disconnecting LAGER (192.0.2.4)",)
    assert record.line_numbers == (1,)


def test_the_class_is_known_in_any_case() -> None:
    (record,) = records("[vpn-status] 2024/05/14 09:00:00,000\nVPN: x\n")
    assert record.trace_class == VPN_STATUS


def test_another_trace_class_keeps_its_name_and_its_interface() -> None:
    (record,) = records("[IPv4-Host] 2024/05/14 09:00:00,602 [INTRANET (4)]\nIP packet:\n")
    assert (record.trace_class, record.lines) == ("IPv4-Host", ("IP packet:",))
    assert record.interface == "INTRANET (4)"


def test_stamps_without_a_date_go_on_after_midnight() -> None:
    text = "23:59:59,900\nVPN: a\n\n00:00:00,100\nVPN: b\n\n00:00:01,000\nVPN: c\n"
    assert times(text) == ["T23:59:59.900", "T00:00:00.100", "T00:00:01.000"]
    before, after, _ = (record.time for record in records(text))
    assert before is not None
    assert after is not None
    assert after.seconds_since(before) == pytest.approx(0.2)


@pytest.mark.parametrize(
    "stamp",
    [
        "2024/02/30 09:00:00,000",
        "2024/13/01 09:00:00,000",
        "0000/00/00 00:00:00,000",
        "2024/05/14 24:00:00,000",
        "2024/05/14 09:61:00,000",
        "99:99:99,999",
    ],
)
def test_an_impossible_time_is_no_time_and_its_message_is_read(stamp: str) -> None:
    (record,) = records(f"[VPN-Status] {stamp}\nVPN: x\n")
    assert (record.time, record.lines) == (None, ("VPN: x",))


def test_a_clock_that_is_set_back_is_noticed_and_the_order_is_kept() -> None:
    cutter = reader()
    text = "2024/05/14 09:00:00,000\nVPN: a\n2024/05/14 08:00:00,000\nVPN: b\n"
    assert [record.lines for record in cutter.records([text])] == [("VPN: a",), ("VPN: b",)]
    assert cutter.clock.set_back


def test_records_printed_a_little_late_are_no_clock_set_back() -> None:
    cutter = reader()
    list(cutter.records(["2024/05/14 09:00:01,000\nVPN: a\n2024/05/14 09:00:00,990\nVPN: b\n"]))
    assert not cutter.clock.set_back


def test_messages_without_headers_are_a_record_each() -> None:
    text = "VPN: a\nmore of a\n\nVpnIpm: info; b\nVPN: c\n"
    assert [(r.time, r.lines, r.place.first_line) for r in records(text)] == [
        (None, ("VPN: a", "more of a"), 1),
        (None, ("VpnIpm: info; b",), 4),
        (None, ("VPN: c",), 5),
    ]


def test_messages_of_which_only_the_first_has_its_header_are_a_record_each() -> None:
    text = "[VPN-Status] 2024/05/14 09:00:00,000\nVPN: a\nDNS: 192.0.2.1\nVPN: b\n"
    found = [(str(r.time), r.lines, r.place.first_line, r.place.last_line) for r in records(text)]
    assert found == [
        ("2024-05-14T09:00:00.000", ("VPN: a", "DNS: 192.0.2.1"), 1, 3),
        ("2024-05-14T09:00:00.000", ("VPN: b",), 4, 4),
    ]


def test_a_header_without_a_body_is_a_record() -> None:
    (record,) = records("[VPN-Status] 2024/05/14 09:00:00,000\n")
    assert (record.lines, record.place.first_line, record.place.last_line) == ((), 1, 1)


def test_no_line_is_lost_under_a_header() -> None:
    body = [f"line {number}" for number in range(3 * BODY_LINES)]
    found = records("\n".join(["[VPN-Status] 2024/05/14 09:00:00,000", *body]))
    assert [line for record in found for line in record.lines] == body


@pytest.mark.parametrize(
    "line",
    [
        "10:17:58,480 INFO  o.e.Server - started",
        "00:00:01,000 --> 00:00:04,000",
    ],
)
def test_times_of_other_programs_are_no_headers(line: str) -> None:
    cutter = reader()
    (record,) = cutter.records([line])
    assert (record.lines, cutter.tagged, cutter.bare) == ((line,), 0, 0)


def test_a_tag_before_a_time_is_not_enough_for_a_trace() -> None:
    cutter = reader()
    list(cutter.records(["[main] 2024/05/14 09:00:00,000 INFO  o.e.Server - started\n"]))
    assert (cutter.tagged, cutter.bare) == (0, 0)


def test_records_do_not_depend_on_where_the_text_is_cut_into_pieces() -> None:
    text = "[VPN-Status] 2024/05/14 09:00:00,000\nVPN: a\nmore\n\nVPN: b\n09:00:01,000\nVPN: c\n"
    ends = [place + 1 for place, character in enumerate(text) if character == "\n"]
    for end in ends:
        assert list(reader().records([text[:end], text[end:]])) == records(text)
