"""Copied traces are read as the originals, and every quotation is what the file says there."""

from __future__ import annotations

import pytest
from conftest import Content, Diagnosed, Negotiated, Read
from trace_lines import CASES, LAGER, at, disconnecting, no_answer, started

from assistant.catalog.message import event_fields
from assistant.errors import InputError
from assistant.model.diagnosis import Verdict
from assistant.model.negotiation import Outcome
from assistant.model.source import Place, SourceKind
from assistant.trace.read import ReadSource
from assistant.trace.text.copies import cells, greeting, is_console, undone, without_serial

MISSED = """\
[VPN-Status] 2024/02/06 07:41:12,430
VPN: poll timeout for LAGER (192.0.2.44)
remote site did not answer during interval
setting poll time to 1 sec.
(5 retries left)
send poll frame to 192.168.30.254

[VPN-Status] 2024/02/06 07:41:13,430
VPN: disconnecting LAGER (192.0.2.44)
"""
"""The original that most tests distort."""

BANNER = """\
| LANCOM 1783VAW (over ISDN)
| Ver. 10.12.0488RU10 / 15.10.2018
| SN.  0000000000000000
| Copyright (c) LANCOM Systems

LAGER, Connection No.: 002

Password:
"""


def happened(source: ReadSource) -> list[tuple[str | None, dict[str, str | int], str]]:
    """What was read, in order, with the time of the first place of each."""
    return [
        (seen.pattern, event_fields(seen.event), str(seen.places[0].time))
        for draft in source.drafts
        for seen in draft.seen.values()
    ]


def quotations(source: ReadSource) -> list[Place]:
    return [
        place for draft in source.drafts for seen in draft.seen.values() for place in seen.places
    ]


def lines_of(source: ReadSource) -> list[tuple[int, int]]:
    return [(place.first_line, place.last_line) for place in quotations(source)]


def each_line(prefix: str, text: str = MISSED, end: str = "") -> str:
    return "".join(f"{prefix}{line}{end}\n" for line in text.splitlines())


# Prefixes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "original"),
    [
        ("> VPN: x", "VPN: x"),
        (">VPN: x", "VPN: x"),
        (">> VPN: x", "VPN: x"),
        (">>> VPN: x", "VPN: x"),
        ("> > VPN: x", "VPN: x"),
        ("  > - VPN: x", "VPN: x"),
        ("- VPN: x", "VPN: x"),
        ("* VPN: x", "VPN: x"),
        ("\u2022 VPN: x", "VPN: x"),
        ("\u2013 VPN: x", "VPN: x"),
        ("| VPN: x |", "VPN: x |"),
        ("\t>\u00a0VPN:\u202fx", "VPN: x"),
        ("\ufeff> VPN:\u200b x", "VPN: x"),
        ("root@LAGER:/> [VPN-Status] 2024/02/06", "[VPN-Status] 2024/02/06"),
        ("root@LAGER:/Setup/VPN> [VPN-Status] 2024/02/06", "[VPN-Status] 2024/02/06"),
    ],
)
def test_what_a_copy_puts_in_front_is_taken_away(line: str, original: str) -> None:
    assert undone(line) == original


@pytest.mark.parametrize(
    "line",
    [
        "-Received-ID filiale:KEY_ID doesn't match the Expected-ID zentrale:KEY_ID",
        "+Received-ID zentrale:KEY_ID matches the Expected-ID zentrale:KEY_ID",
        "-->IEEE 802.3 Header",
        "    => CurrIdx=0",
        "|",
        "root@LAGER:/> VPN",
        "a <-> b",
        "",
    ],
)
def test_a_sign_that_the_device_prints_stays(line: str) -> None:
    assert undone(line).strip(" |") == line.strip(" |")


def test_no_line_is_lost_or_added() -> None:
    text = "> a\n>\n\n> > b\n-\n- c\n"
    assert undone(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "prefix",
    ["> ", ">", ">> ", "> > ", ">> > ", "- ", "* ", "\u2022 ", "| ", "\t", "    ", "\u00a0\u00a0"],
)
def test_a_prefix_on_every_line_changes_nothing(read: Read, prefix: str) -> None:
    source = read(each_line(prefix))
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])
    assert lines_of(source) == [(1, 6), (8, 9)]


@pytest.mark.parametrize("blank", ["\t", "\u00a0", "\u202f", "  ", " \u200b"])
def test_odd_spaces_change_nothing(read: Read, blank: str) -> None:
    source = read(each_line("", end=blank).replace(" ", blank))
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])


def test_two_blanks_in_a_sentence_are_one(read: Read) -> None:
    text = at(
        0,
        "VpnIpm: info; phase-1 proposal failed; remote No 1 hash  algorithm = SHA <-> "
        "local No 3 hash   algorithm = MD5",
    )
    ((_, fields, _),) = happened(read(text))
    assert (fields["remote_attribute"], fields["local_attribute"]) == ("hash algorithm",) * 2


# Tables -----------------------------------------------------------------------------------


def test_cells_of_a_row() -> None:
    assert list(cells("| VPN: installed rulesets | Fertig. |")) == [
        "VPN: installed rulesets",
        "Fertig.",
    ]
    assert list(cells("| | |")) == []


TABLE = """\
2005/03/17 09:41:34,500 | Timestamp, precedes all output |
VPN: connecting to NORDHOF (203.0.113.24) | first VPN message: NORDHOF is being called. |
![]() | ![]() |
2005/03/17 09:41:34,510 VPN: start dynamic VPN negotiation for NORDHOF (203.0.113.24) via ICMP/UDP \
| An ICMP packet is now being sent in order to transmit the local IP address. |
![]() | ![]() |
2005/03/17 09:41:34,510 VPN: create authentication packet for NORDHOF (203.0.113.24) \
DNS: 10.20.0.241, 0.0.0.0 NBNS: 10.20.0.241, 0.0.0.0 | An authentication packet is made. |
![]() | ![]() |
2005/03/17 09:41:34,510 VPN: installing ruleset for NORDHOF (203.0.113.24) | Rules are made. |
![]() | ![]() |
2005/03/17 09:41:34,520 VPN: ruleset installed for NORDHOF (203.0.113.24) | Rules are there. |
![]() | ![]() |
2005/03/17 09:41:34,520 VPN: start IKE negotiation for NORDHOF (203.0.113.24) | IKE starts. |
![]() | ![]() |
2005/03/17 09:41:34,530 VPN: installed rulesets | The creation of VPN rules is concluded. |
![]() | ![]() |
2005/03/17 09:41:34,530 VpnIpm: info; phase-1 negotiation started for peer isakmp-peer-NORDHOF \
| Phase 1 of VPN negotiation has now started. |
![]() | ![]() |
"""
"""As a web page's table is copied: header and message on one line, remarks in the next cell."""


def test_a_table_copy_says_the_same_as_the_original(read: Read, diagnosed: Diagnosed) -> None:
    original = happened(read((CASES / "001-set-up.txt").read_bytes()))
    copied = happened(read(TABLE))
    assert len(copied) == 8
    assert copied == original[:8]
    diagnosis = diagnosed(TABLE)
    assert (diagnosis.verdict, diagnosis.coverage.unread_records) == (Verdict.INCONCLUSIVE, 0)
    assert [one.hypotheses for one in diagnosis.incidents] == [()]


def test_prose_between_the_records_says_the_same_as_the_original(
    read: Read, diagnosed: Diagnosed
) -> None:
    original = happened(read((CASES / "001-set-up.txt").read_bytes()))
    content = (CASES / "005-with-prose.txt").read_bytes()
    copied = happened(read(content))
    assert len(copied) == 5
    assert [one for one in original if one in copied] == copied
    assert diagnosed(content).verdict is Verdict.INCONCLUSIVE


def test_a_time_in_a_cell_of_its_own_is_a_header_also_without_date(read: Read) -> None:
    text = "10:17:58,480 | Zeitstempel |\nVPN: disconnecting LAGER (192.0.2.44) | Ende |\n"
    source = read(text)
    ((_, _, time),) = happened(source)
    assert (time, source.unread_records, lines_of(source)) == ("T10:17:58.480", 0, [(1, 2)])


# Lines cut or run together ----------------------------------------------------------------


WRAPPED = """\
VPN: poll timeout for LAGER
(192.0.2.44)
remote site did not answer
during interval
setting poll time to 1 sec.
(5 retries left)
send poll frame to
192.168.30.254"""
TOGETHER = " ".join(WRAPPED.split("\n"))
TOGETHER_AND_WRAPPED = """\
VPN: poll timeout for LAGER (192.0.2.44) remote site did not answer during
interval setting poll time to 1 sec. (5 retries left) send
poll frame to 192.168.30.254"""
TAILS_TOGETHER_AND_WRAPPED = """\
VPN: poll timeout for LAGER (192.0.2.44)
remote site did not answer during interval setting poll time to 1 sec. (5 retries
left) send poll frame to 192.168.30.254"""


@pytest.mark.parametrize(
    "body", [WRAPPED, TOGETHER, TOGETHER_AND_WRAPPED, TAILS_TOGETHER_AND_WRAPPED]
)
def test_wrapped_and_run_together_lines_are_read_whole(read: Read, body: str) -> None:
    source = read(f"[VPN-Status] 2024/02/06 07:41:12,430\n{body}\n")
    assert (happened(source), source.unread) == (happened(read(MISSED))[:1], [])
    assert lines_of(source) == [(1, 2 + body.count("\n"))]


def test_a_remark_behind_a_message_is_shown_and_not_read(read: Read) -> None:
    source = read(at(0, f"VPN: disconnecting {LAGER} <- da war er weg", "und blieb weg"))
    assert [place.first_line for place in source.unread] == [2, 3]
    assert lines_of(source) == [(1, 2)]


# The console ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "root@LAGER:/",
        "root@LAGER:/Setup/VPN>",
        "root@LAGER:/> trace + vpn-status",
        "admin> trace + vpn-status",
        "trace + vpn-status ip-router",
        "trace # VPN-Status",
        "tr # IPv4-Host",
        "tr -",
        "set /setup/lan/trace-level 1",
        "set/setup/lan/trace-level 1",
        "ls /Status/VPN",
        "exit",
        "sysinfo",
        "ping 192.168.30.254",
        "ping -c 5 -a INTRANET lager.example.com",
        "repeat 5 ping 192.168.30.254",
        "VPN-Status                 ON",
        "VPN-Status ON ( LANCOM )",
        "LANCOM 1783VAW (over ISDN)",
        "LANCOM 1821+ Wireless ADSL (Ann.B)",
        "Ver. 10.12.0488RU10 / 15.10.2018",
        "SN.  0000000000000000",
        "Copyright (c) LANCOM Systems",
        "LAGER, Connection No.: 002",
        "Password:",
        "Login Error",
        "56 Byte Packet from 192.168.30.254 seq.no=0 time=3.718 ms",
        "---192.168.30.254 ping statistic---",
        "56 Bytes Data, 1 Packets transmitted, 1 Packets received, 0% loss",
        "PING 192.168.30.254 (192.168.30.254) 56(84) bytes of data.",
        "64 bytes from 192.168.30.254: icmp_seq=1 ttl=64 time=3.71 ms",
        "5 packets transmitted, 5 received, 0% packet loss, time 4005ms",
        "rtt min/avg/max/mdev = 3.1/3.4/3.9/0.2 ms",
        "![]() ![]()",
    ],
)
def test_lines_of_the_console(line: str) -> None:
    assert is_console(line)


@pytest.mark.parametrize(
    "line",
    [
        "VPN: disconnecting LAGER (192.0.2.44)",
        "remote site did not answer during interval",
        "(5 retries left)",
        "send poll frame to 192.168.30.254",
        "DNS: 10.20.0.241, 0.0.0.0",
        "set poll timer to 30 sec",
        "LANCOM Support bat uns um den Mitschnitt von 9 Uhr.",
        "LANCOM sagt, das sei normal",
        "Danach ging nichts mehr.",
    ],
)
def test_lines_that_are_not_of_the_console(line: str) -> None:
    assert not is_console(line)


def test_prompts_commands_and_ping_are_neither_unread_nor_evidence(read: Read) -> None:
    text = f"""\
{BANNER}
root@LAGER:/
> trace + vpn-status

VPN-Status                 ON

root@LAGER:/
> {MISSED}
root@LAGER:/
> ping 192.168.30.254

56 Byte Packet from 192.168.30.254 seq.no=0 time=3.718 ms
---192.168.30.254 ping statistic---
56 Bytes Data, 1 Packets transmitted, 1 Packets received, 0% loss
> trace - vpn-status
"""
    source = read(text)
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])
    assert lines_of(source) == [(16, 21), (23, 24)]


def test_the_output_of_ping_inside_a_record_is_not_read_as_part_of_it(read: Read) -> None:
    ping = "send poll frame to 192.168.30.254"
    answer = "56 Byte Packet from 192.168.30.254 seq.no=0 time=3.718 ms"
    source = read(MISSED.replace(ping, f"{answer}\n\n{ping}"))
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])
    assert lines_of(source) == [(1, 8), (10, 11)]


def test_a_header_behind_the_prompt_is_one(read: Read) -> None:
    source = read(each_line("", MISSED).replace("[VPN", "root@LAGER:/> [VPN"))
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])
    assert quotations(source)[1].text.startswith("root@LAGER:/> [VPN-Status]")


# The greeting -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("LANCOM 1783VAW (over ISDN)", ("model", "1783VAW")),
        ("LANCOM 1821+ Wireless ADSL (Ann.B)", ("model", "1821+ Wireless ADSL (Ann.B)")),
        ("Ver. 10.12.0488RU10 / 15.10.2018", ("version", "10.12.0488RU10")),
        ("Ver. 8.00.0162 / 16.06.2010", ("version", "8.00.0162")),
        ("SN.  0000000000000000", None),
        ("Copyright (c) LANCOM Systems", None),
    ],
)
def test_model_and_version_are_read_off_the_greeting(
    line: str, said: tuple[str, str] | None
) -> None:
    assert greeting(line) == said


@pytest.mark.parametrize("prefix", ["", "> ", ">> ", "- ", "\t"])
def test_model_and_version_are_known_however_the_greeting_was_copied(
    read: Read, prefix: str
) -> None:
    source = read(each_line(prefix, BANNER + MISSED))
    assert source.device == {"model": "1783VAW", "version": "10.12.0488RU10"}


@pytest.mark.parametrize(
    "prose", ["LANCOM 1781A haben wir zwei\n", "LANCOM R883 oben\nLANCOM 1781A unten\n\n"]
)
def test_a_sentence_that_begins_with_the_maker_names_no_model(read: Read, prose: str) -> None:
    assert read(prose + MISSED).device == {}
    assert read(prose + BANNER + MISSED).device["model"] == "1783VAW"


@pytest.mark.parametrize(
    "text",
    [
        BANNER + MISSED,
        f"Guten Tag,\n{BANNER}viele Grüße\n{MISSED}",
        MISSED.replace("(5 retries", f"{BANNER}(5 retries"),
        MISSED.replace("\nVPN", f"\nGerät: LANCOM 1783VAW, SN. 0000000000000000\n{BANNER}VPN"),
        each_line("> ", f"Guten Tag\n{BANNER}Gruß\n{MISSED}").replace("SN. ", "SN.\u00a0"),
    ],
    ids=["first", "in-prose", "in-a-record", "before-a-message", "quoted"],
)
def test_the_serial_number_is_never_kept(diagnosed: Diagnosed, text: str) -> None:
    assert "0000000000000000" in text
    assert "0000000000000000" not in repr(diagnosed(text))


def test_only_the_digits_of_the_serial_number_are_taken_away() -> None:
    assert without_serial("a\n| SN.  0000000000000000\nb") == "a\n| SN.  ***\nb"
    assert without_serial("SN. folgt") == "SN. folgt"


# Headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "[VPN-Status] 2024/02/06 07:41:12,430",
        "[vpn-status]  2024/02/06  07:41:12,430",
        "2024/02/06 07:41:12,430",
        "[VPN-Status] 2024/02/06 07:41:12,430 [INTRANET (4)]",
        "[VPN-Status] 2024/02/06 07:41:12,430 [#Loopback (1)]",
        "[VPN-Status] 2031/01/01 00:00:00,000  Devicetime: 2024/02/06 07:41:12,430",
        "[VPN-Status] 2031/01/01 00:00:00,000  devicetime:2024/02/06 07:41:12,430",
        "[VPN-Status] 2031/01/01 00:00:00,000 [INTRANET (4)] Devicetime: 2024/02/06 07:41:12,430",
        "[VPN-Status] 2031/01/01 00:00:00,000  Devicetime: 2024/02/06 07:41:12,430 [INTRANET (4)]",
    ],
)
def test_every_header_is_read_above_and_beside_its_message(read: Read, header: str) -> None:
    message = "VPN: disconnecting LAGER (192.0.2.44)"
    for between, lines in (("\n", [(1, 2)]), (" ", [(1, 1)]), ("  |  ", [(1, 1)])):
        source = read(f"{header}{between}{message}\n")
        ((_, _, time),) = happened(source)
        assert (time, source.unread) == ("2024-02-06T07:41:12.430", [])
        assert lines_of(source) == lines
        assert not source.clock_set_back


def test_the_times_of_computer_and_device_are_two_clocks_and_none_is_set_back(read: Read) -> None:
    times = [("09:00:00,000", "08:15:00,100"), ("09:00:30,000", "08:15:30,100")]
    text = "".join(
        f"[VPN-Status] 2024/02/06 {computer}  Devicetime: 2024/02/06 {device}\n"
        f"VPN: connecting to {site} (192.0.2.44)\n\n"
        for site, (computer, device) in zip(("LAGER", "WERK"), times, strict=True)
    )
    source = read(text)
    assert [time for _, _, time in happened(source)] == [
        "2024-02-06T08:15:00.100",
        "2024-02-06T08:15:30.100",
    ]
    assert not source.clock_set_back


@pytest.mark.parametrize("place", ["Devicetime:", "2024/02/06"])
def test_a_header_of_two_times_may_be_wrapped(read: Read, place: str) -> None:
    header = "[VPN-Status] 2031/01/01 00:00:00,000  Devicetime: 2024/02/06 07:41:12,430\n"
    source = read(
        MISSED.replace(MISSED.splitlines()[0] + "\n", header).replace(place, place + "\n", 1)
    )
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])
    assert [first for first, _ in lines_of(source)] == [1, 9]


def test_an_impossible_time_of_the_device_leaves_that_of_the_computer(read: Read) -> None:
    text = "[VPN-Status] 2024/02/06 09:00:00,000  Devicetime: 0000/00/00 00:00:00,000\n"
    ((_, _, time),) = happened(read(text + "VPN: disconnecting LAGER (192.0.2.44)\n"))
    assert time == "2024-02-06T09:00:00.000"


def test_a_negotiation_without_dates_goes_on_after_midnight(negotiated: Negotiated) -> None:
    text = started(LAGER) + no_answer(LAGER) + disconnecting(LAGER, 30)
    dated = text.replace("09:00:00", "23:59:45").replace("09:00:30", "00:00:15")
    (one,) = negotiated(dated.replace("[VPN-Status] 2024/05/14 ", ""))
    assert one.outcome is Outcome.FAILED
    begin, end = one.first.time, one.last.time
    assert begin is not None
    assert end is not None
    assert (str(begin), str(end)) == ("T23:59:45.000", "T00:00:15.000")
    assert end.seconds_since(begin) == pytest.approx(30)


# Bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newline", "encoding"),
    [
        ("\r", "utf-8"),
        ("\r\n", "utf-8"),
        ("\r", "cp1252"),
        ("\r\n", "utf-8-sig"),
        ("\r\n", "utf-16"),
        ("\n", "utf-16"),
        ("\r\n", "utf-16-le"),
        ("\r", "utf-16-le"),
        ("\r\n", "utf-16-be"),
        ("\n", "utf-16-be"),
    ],
)
def test_line_numbers_and_quotations_are_those_of_the_file(
    read: Read, newline: str, encoding: str
) -> None:
    text = f"Störung seit heute früh:  \n\n{MISSED}Danke!\n"
    source = read(text.replace("\n", newline).encode(encoding))
    lines = text.splitlines()
    assert lines_of(source) == [(3, 8), (10, 11)]
    assert [(place.first_line, place.text) for place in source.unread] == [
        (1, "Störung seit heute früh:"),
        (12, "Danke!"),
    ]
    for place in quotations(source):
        assert place.text == "\n".join(lines[place.first_line - 1 : place.last_line])


def test_mixed_line_ends_are_counted_each_once(read: Read) -> None:
    lines = MISSED.replace("\n\n", "\n").splitlines()
    ends = ("\n", "\r\n", "\r")
    text = "".join(line + ends[number % 3] for number, line in enumerate(lines))
    source = read(text)
    assert (happened(source), source.unread) == (happened(read(MISSED)), [])
    assert lines_of(source) == [(1, 6), (7, 8)]


def test_quotations_keep_what_the_copy_added(read: Read) -> None:
    text = each_line(">>\u00a0", MISSED, end=" |\t")
    lines = [line.rstrip() for line in text.splitlines()]
    for place in quotations(read(text)):
        assert place.text == "\n".join(lines[place.first_line - 1 : place.last_line])
        assert place.text.startswith(">>\u00a0[VPN-Status]")


# Other things that are copied -------------------------------------------------------------

ETHERNET = """\
set/setup/lan/trace-level 1
- [Ethernet] 2009/03/02 16:55:00,170
- Received 60 byte Ethernet packet via LAN-1:
- (increase trace level to at least 2 for further analysis)
set/setup/lan/trace-level 2
- [Ethernet] 2009/03/02 16:54:36,930
- Sent 90 byte Ethernet packet via LAN-1:
- -->IEEE 802.3 Header
- Type : IPv4
"""
IP_ROUTER = """\
[IP-Router] 2008/02/20 11:01:35,970
IP-Router Rx (LAGER, RtgTag: 0):
DstIP: 192.168.20.100, SrcIP: 192.168.30.100, Len: 60, DSCP/TOS: 0x00
Prot.: ICMP (1), echo request, id: 0x0200, seq: 0x1e00
Route: LAN Tx (INTRANET)
"""
PPP = """\
10:17:58,480
Change phase to ESTABLISH
Lower-Layer-Up event for LCP

10:17:58,680
Positive Restart-Timeout event for LCP
"""


@pytest.mark.parametrize("text", [ETHERNET, IP_ROUTER, PPP], ids=["ethernet", "ip-router", "ppp"])
def test_other_traces_are_recognised_and_give_no_diagnosis(
    read: Read, diagnosed: Diagnosed, text: str
) -> None:
    assert read(text).kind is SourceKind.LANCOM_TRACE
    diagnosis = diagnosed(text)
    assert diagnosis.verdict is Verdict.INCONCLUSIVE
    assert diagnosis.incidents == ()
    assert "vpn-status-trace" in diagnosis.coverage.missing


@pytest.mark.parametrize("content", [BANNER, "root@LAGER:/\n> ", "Guten Tag,\nes geht nicht.\n"])
def test_without_any_record_there_is_nothing_to_diagnose(
    diagnosed: Diagnosed, content: Content
) -> None:
    with pytest.raises(InputError):
        diagnosed(content)
