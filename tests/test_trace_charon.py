"""Lines of charon's log to records: whatever stands before the message, and what is no record."""

from __future__ import annotations

import io

import pytest
from conftest import Read
from hypothesis import given
from hypothesis import strategies as st

from assistant.catalog.catalog import Catalog
from assistant.model.source import SourceKind
from assistant.trace.charon.record import CharonReader, CharonRecord, is_charon_log
from assistant.trace.read import TraceReader

MESSAGE = "initiating IKE_SA BUGFIX[1] to 198.51.100.1"


def records(*lines: str) -> list[CharonRecord]:
    return list(CharonReader("1.log").records(["".join(f"{line}\n" for line in lines)]))


def record(line: str) -> CharonRecord:
    (only,) = records(line)
    return only


# What stands before the message ---------------------------------------------------------------

STAMPS = {
    # charon's own file, with the format it is given.
    "2026-11-23T11:36:24.083": "2026-11-23T11:36:24.083",
    "2026-11-23 11:36:24": "2026-11-23T11:36:24.000",
    "2026-11-23 11:36:24.083": "2026-11-23T11:36:24.083",
    "Nov 23 11:36:24": "T11:36:24.000",
    "Nov  3 11:36:24": "T11:36:24.000",
    "Nov 23 11:36:24.083": "T11:36:24.083",
    "11:36:24.083": "T11:36:24.083",
    # syslog.
    "Nov 23 11:36:24 gw charon:": "T11:36:24.000",
    "Nov 23 11:36:24 gw charon[4711]:": "T11:36:24.000",
    "2026-11-23T11:36:24.083123+01:00 gw charon:": "2026-11-23T11:36:24.083",
    # journald: short, short-precise, short-iso-precise, short-full; a German one.
    "Nov 23 11:36:24 gw charon-systemd[417]:": "T11:36:24.000",
    "Nov 23 11:36:24.083123 gw ipsec[417]:": "T11:36:24.083",
    "2026-11-23T11:36:24.083123+0100 gw charon[12]:": "2026-11-23T11:36:24.083",
    "Mon 2026-11-23 11:36:24 CET gw charon[12]:": "2026-11-23T11:36:24.000",
    "Okt 23 11:36:24 gw charon-systemd[417]:": "T11:36:24.000",
    # OPNsense: the file, and its page.
    '<30>1 2026-11-23T11:36:24+01:00 gw charon 1234 - [meta sequenceId="12"]': (
        "2026-11-23T11:36:24.000"
    ),
    "2026-11-23T11:36:24\tInformational\tcharon\t": "2026-11-23T11:36:24.000",
    # A cloud, a container, a mail.
    "UTC 2026-11-23 11:36:24": "2026-11-23T11:36:24.000",
    "vpn-1  | Nov 23 11:36:24": "T11:36:24.000",
    "> Nov 23 11:36:24 gw charon:": "T11:36:24.000",
    # None at all, and one that no day has.
    "": "None",
    "2026-02-30T11:36:24.083": "None",
}


@pytest.mark.parametrize(("before", "time"), STAMPS.items())
def test_the_stamp_is_read_in_every_form(before: str, time: str) -> None:
    assert str(record(f"{before} 12[IKE] <BUGFIX|1> {MESSAGE}").time) == time


@pytest.mark.parametrize("before", STAMPS)
def test_the_message_is_the_same_whatever_stands_before_it(before: str) -> None:
    one = record(f"{before} 12[IKE] <BUGFIX|1> {MESSAGE}")
    assert (one.trace_class, one.thread, one.connection, one.ike_sa, one.lines) == (
        "IKE",
        12,
        "BUGFIX",
        1,
        (MESSAGE,),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12[IKE] <BUGFIX|1> text", ("IKE", 12, "BUGFIX", 1)),
        ("12[IKE] <1> text", ("IKE", 12, None, 1)),
        ("12[IKE] text", ("IKE", 12, None, None)),
        ("12[IKE1] <con1|17> text", ("IKE", 12, "con1", 17)),
        ("112[NET] <con1|17> text", ("NET", 112, "con1", 17)),
        ("Nov 23 11:36:24 gw charon: <con1|17> text", (None, None, "con1", 17)),
        ("Nov 23 11:36:24 gw charon: text", (None, None, None, None)),
    ],
)
def test_thread_subsystem_and_connection_may_be_left_out(
    line: str, expected: tuple[str | None, int | None, str | None, int | None]
) -> None:
    one = record(line)
    assert (one.trace_class, one.thread, one.connection, one.ike_sa) == expected
    assert one.lines == ("text",)


def test_a_line_that_goes_on_with_blanks_is_a_record_of_its_own() -> None:
    one, other = records(
        '2026-11-23T11:37:16.679 09[CFG] <BUGFIX|1>   using certificate "CN=b.example.net"',
        "2026-11-23T11:37:16.679 09[CFG] <BUGFIX|1>   reached self-signed root ca",
    )
    assert (one.lines, other.lines) == (
        ('using certificate "CN=b.example.net"',),
        ("reached self-signed root ca",),
    )


def test_place_and_number_of_a_record_are_its_line() -> None:
    _, second = records("Nov 23 11:36:24 gw charon: 12[IKE] one  ", "", "12[IKE] <BUGFIX|1> two ")[
        :2
    ]
    assert (second.place.first_line, second.place.last_line, second.place.text) == (
        3,
        3,
        "12[IKE] <BUGFIX|1> two",
    )


# Time -----------------------------------------------------------------------------------------


def seconds(*stamps: str) -> list[float]:
    times = [one.time for one in records(*(f"{stamp} 12[IKE] x" for stamp in stamps))]
    first = times[0]
    assert first is not None
    return [time.seconds_since(first) for time in times if time is not None]


def test_days_without_a_year_keep_their_distance() -> None:
    assert seconds("Nov 23 23:59:58", "Nov 24 00:00:01", "Nov 26 00:00:01") == [0, 3, 172_803]


def test_the_year_may_turn() -> None:
    assert seconds("Dec 31 23:59:58", "Jan  1 00:00:01") == [0, 3]


def test_a_time_of_day_goes_on_after_midnight() -> None:
    assert seconds("23:59:58.500", "00:00:01.000") == [0, 2.5]


def test_a_clock_that_went_back_is_noticed(read: Read) -> None:
    text = "2026-11-23T11:36:24.083 12[IKE] x\n2026-11-23T11:30:00.000 12[IKE] x\n"
    assert read(text).clock_set_back


# What is no record ----------------------------------------------------------------------------


def test_lines_of_other_programs_are_passed_over(read: Read) -> None:
    text = f"""\
Nov 23 11:36:20 gw kernel: eth0: link up
Nov 23 11:36:24 gw charon: 12[IKE] <BUGFIX|1> {MESSAGE}
Nov 23 11:36:25 gw sshd[12]: Accepted publickey for admin
Nov 23 11:36:26 gw ipsec_starter[400]: charon (417) started after 60 ms
"""
    source = read(text)
    assert (source.records, source.unread_records, source.unread) == (1, 0, [])


WRAPPED = """\
Hello,

here is our log:

Nov 23 11:36:24 gw charon: 12[IKE] <BUGFIX|1> IKE_SA BUGFIX[1] established
between 192.0.2.1[a.example.net]...198.51.100.1[b.example.net]
Nov 23 11:36:24 gw charon: 12[IKE] <BUGFIX|1> CHILD_SA netz{1} established with
SPIs 79d2c729_i c048862e_o and TS 10.1.0.0/24 === 10.2.0.0/24

Kind regards
"""


def test_a_line_that_a_mail_has_wrapped_is_read(catalog: Catalog) -> None:
    reader = TraceReader(catalog)
    read = list(reader.annotate("1.txt", io.BytesIO(WRAPPED.encode())))
    assert [one.reading.event.kind for one in read if one.reading] == [
        "ike-sa-established",
        "child-sa-established",
    ]
    assert [(one.record.place.first_line, one.record.place.last_line) for one in read] == [
        (5, 6),
        (7, 8),
    ]


# Which dialect --------------------------------------------------------------------------------

LANCOM = "[VPN-Status] 2024/05/14 09:00:00,000\nVPN: connecting to ZENTRALE (203.0.113.10)\n\n"
CHARON = f"Nov 23 11:36:24 gw charon: 12[IKE] <BUGFIX|1> {MESSAGE}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHARON, True),
        (f"Dear support,\n\nplease look at this:\n{CHARON}", True),
        (f"12[IKE] {MESSAGE}\n", True),
        (LANCOM + LANCOM + CHARON, False),
        (LANCOM, False),
        ("We use charon: is that all right?\n", False),
        (f"Nov 23 11:36:24 gw charon: {MESSAGE}\n", True),
        ("charon does not start\n", False),
        ("12[ABC] x\n", False),
        ("", False),
    ],
)
def test_a_log_is_recognised_by_what_most_of_its_records_are(text: str, expected: bool) -> None:
    assert is_charon_log(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CHARON, SourceKind.STRONGSWAN_LOG),
        (LANCOM, SourceKind.LANCOM_TRACE),
        ('{"schema": "vpn-diagnosis/1", "text": "12[IKE] x"}\n', SourceKind.OTHER),
        (f"{CHARON}".encode("utf-16").decode("utf-16"), SourceKind.STRONGSWAN_LOG),
    ],
)
def test_what_a_file_is_shows_in_its_content(read: Read, text: str, kind: SourceKind) -> None:
    assert read(text).kind is kind


def test_a_log_in_utf_16_is_a_log(read: Read) -> None:
    assert read(CHARON.encode("utf-16")).kind is SourceKind.STRONGSWAN_LOG


# Damage ---------------------------------------------------------------------------------------


DAMAGED = """\
Nov 23 11:36:24 gw charon: 12[IKE] <BUGFIX|1> initiating IKE_SA BUGFIX[1] to 198.51.100.1
23T11:36:24.083 12[ENC] <1> parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]
12[NET] <A|2> received packet: from 192.0.2.1[500] to 198.51.100.1[500] (1 bytes)
Nov 23 11:36:24 12[IKE] giving up after 4 retransmits
12[IKE] <A|2> deleting IKE_SA A[2] between 192.0.2.1[a]...198.51.100.1[b]
00[DMN] SIGTERM received, shutting down
""".splitlines()


@given(
    st.lists(
        st.one_of(
            st.sampled_from(DAMAGED),
            st.text(max_size=80),
        ),
        max_size=12,
    ),
    st.integers(0, 200),
)
def test_nothing_in_a_log_raises(read: Read, lines: list[str], cut: int) -> None:
    source = read("\n".join(lines)[cut:])
    assert source.unread_records <= source.records
