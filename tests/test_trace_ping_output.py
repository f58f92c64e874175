"""The output of ping, of each program that prints it, becomes the same runs."""
# ruff: noqa: E501 - lines stand here as ping prints them

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.trace.packets import ping_line
from assistant.trace.packets.ping_output import PingRun, looks_like_ping, read_ping_output

CASES = Path(__file__).parent / "cases/strongswan"


def runs(text: str) -> list[PingRun]:
    return read_ping_output("poll.txt", [text]).runs


def run(text: str) -> PingRun:
    """The one run of a text."""
    (only,) = runs(text)
    return only


def errors(one: PingRun) -> list[tuple[str, str | None, int]]:
    return [(error.error, error.sender, seen.count) for error, seen in one.errors.items()]


LINUX = """\
PING 10.2.0.99 (10.2.0.99) from 10.1.0.1 : 56(84) bytes of data.
[1715686606.031579] no answer yet for icmp_seq=1
[1715686607.055587] no answer yet for icmp_seq=2
[1715686608.080337] From 10.2.0.1 icmp_seq=1 Destination Host Unreachable
[1715686608.080576] From 10.2.0.1 icmp_seq=2 Destination Host Unreachable
[1715686609.080731] no answer yet for icmp_seq=3

--- 10.2.0.99 ping statistics ---
4 packets transmitted, 0 received, +2 errors, 100% packet loss, time 3098ms
pipe 4
"""


def test_linux_with_o_and_d() -> None:
    one = run(LINUX)
    assert (one.target, one.source) == ("10.2.0.99", "10.1.0.1")
    assert (one.sent, one.received, one.answered, one.asked) == (4, 0, 0, 4)
    assert one.silences.count == 3
    assert errors(one) == [("host-unreachable", "10.2.0.1", 2)]
    assert [str(time) for time in one.times[:2]] == [
        "2024-05-14T11:36:46.031",
        "2024-05-14T11:36:47.055",
    ]


def test_the_places_are_the_lines_that_tell() -> None:
    places = run(LINUX).places
    assert [place.first_line for place in places] == [1, 2, 3, 4, 5, 6, 9]
    lines = LINUX.splitlines()
    assert [place.text for place in places] == [lines[place.first_line - 1] for place in places]


def test_linux_that_gets_answers() -> None:
    one = run("""\
PING gw.example.net (10.2.0.10) from 10.1.0.1 lan: 56(84) bytes of data.
64 bytes from pc.example.net (10.2.0.10): icmp_seq=1 ttl=63 time=66.0 ms
64 bytes from pc.example.net (10.2.0.10): icmp_seq=2 ttl=63 time=1.16 ms
64 bytes from pc.example.net (10.2.0.10): icmp_seq=2 ttl=63 time=1.20 ms (DUP!)

--- gw.example.net ping statistics ---
3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 2020ms
rtt min/avg/max/mdev = 0.918/11.824/65.971/24.215 ms
""")
    assert (one.target, one.source) == ("10.2.0.10", "10.1.0.1")
    assert (one.answers.count, one.answered, one.asked) == (2, 2, 3)


def test_ipv6() -> None:
    one = run("""\
PING 2001:db8:1::fe(2001:db8:1::fe) 56 data bytes
64 bytes from 2001:db8:1::fe: icmp_seq=1 ttl=64 time=0.126 ms
From 2001:db8:1::1 icmp_seq=2 Destination unreachable: Address unreachable
""")
    assert (one.target, one.answers.count) == ("2001:db8:1::fe", 1)
    assert errors(one) == [("host-unreachable", "2001:db8:1::1", 1)]


def test_linux_in_german() -> None:
    one = run("""\
PING 10.2.0.99 (10.2.0.99) von 10.1.0.1 : 56(84) Bytes an Daten.
64 Bytes von 10.2.0.99: icmp_seq=1 ttl=63 Zeit=1.16 ms
noch keine Antwort für icmp_seq=2
Von 10.2.0.1 icmp_seq=2 Zielhost nicht erreichbar

--- 10.2.0.99 ping-Statistik ---
3 Pakete übertragen, 1 empfangen, +1 Fehler, 66.6667% Paketverlust, Zeit 2031ms
""")
    assert (one.source, one.sent, one.received) == ("10.1.0.1", 3, 1)
    assert (one.answers.count, one.silences.count) == (1, 1)
    assert errors(one) == [("host-unreachable", "10.2.0.1", 1)]


def test_busybox_says_nothing_of_what_is_lost() -> None:
    one = run("""\
PING 10.2.0.1 (10.2.0.1): 56 data bytes
64 bytes from 10.2.0.1: seq=0 ttl=64 time=0.067 ms

--- 10.2.0.1 ping statistics ---
2 packets transmitted, 1 packets received, 50% packet loss
round-trip min/avg/max = 0.067/0.096/0.126 ms
""")
    assert (one.asked, one.answered, one.answers.count) == (2, 1, 1)


def test_bsd_and_gnu_name_the_sender_of_an_error_like_that_of_an_answer() -> None:
    one = run("""\
PING 10.4.0.9 (10.4.0.9): 56 data bytes
92 bytes from 10.1.0.254: Destination Host Unreachable
Request timeout for icmp_seq 0
--- 10.4.0.9 ping statistics ---
2 packets transmitted, 0 packets received, 100% packet loss
""")
    assert (one.answered, one.silences.count) == (0, 1)
    assert errors(one) == [("host-unreachable", "10.1.0.254", 1)]


def test_windows() -> None:
    one = run("""\
Pinging server.example.net [10.2.0.10] from 10.1.0.5 with 32 bytes of data:
Reply from 10.2.0.10: bytes=32 time=12ms TTL=127
Reply from 10.2.0.10: bytes=32 time<1ms TTL=127
Request timed out.
Reply from 10.1.0.1: Destination net unreachable.

Ping statistics for 10.2.0.10:
    Packets: Sent = 4, Received = 3, Lost = 1 (25% loss),
Approximate round trip times in milli-seconds:
    Minimum = 0ms, Maximum = 12ms, Average = 6ms
""")
    assert (one.target, one.source, one.sent) == ("10.2.0.10", "10.1.0.5", 4)
    assert (one.answers.count, one.silences.count) == (2, 1)
    assert errors(one) == [("net-unreachable", "10.1.0.1", 1)]


def test_windows_counts_an_error_as_received_but_it_is_no_answer() -> None:
    one = run("""\
Ping wird ausgeführt für 10.2.0.99 mit 32 Bytes Daten:
Antwort von 10.2.0.1: Zielhost nicht erreichbar.
Antwort von 10.2.0.1: Zielhost nicht erreichbar.
Zeitüberschreitung der Anforderung.
Antwort von 10.2.0.1: Zielhost nicht erreichbar.

Ping-Statistik für 10.2.0.99:
    Pakete: Gesendet = 4, Empfangen = 3, Verloren = 1
    (25% Verlust),
""")
    assert (one.sent, one.received, one.answered) == (4, 3, 0)
    assert errors(one) == [("host-unreachable", "10.2.0.1", 3)]


@pytest.mark.parametrize("broken", ["ausgefÃ¼hrt fÃ¼r", "ausgef\ufffdhrt f\ufffdr"])
def test_windows_in_german_with_broken_umlauts(broken: str) -> None:
    one = run(f"""\
Ping wird {broken} 10.2.0.10 mit 32 Bytes Daten:
Antwort von 10.2.0.10: Bytes=32 Zeit=12ms TTL=127
Zeit\ufffdberschreitung der Anforderung.
""")
    assert (one.answers.count, one.silences.count, one.sent) == (1, 1, None)
    assert (one.answered, one.asked) == (1, 1)


def test_the_router_s_own_ping() -> None:
    one = run("""\
root@LAGER:/
> ping 192.168.30.254

56 Byte Packet from 192.168.30.254 seq.no=0 time=3.718 ms
56 Byte Packet from 192.168.30.254 seq.no=1 time=3.698 ms

---192.168.30.254 ping statistic---
56 Bytes Data, 2 Packets transmitted, 2 Packets received, 0% loss
""")
    assert (one.target, one.answers.count, one.sent, one.received) == ("192.168.30.254", 2, 2, 2)


@pytest.mark.parametrize(
    ("line", "error", "sender"),
    [
        ("From 10.1.0.254 icmp_seq=1 Packet filtered", "prohibited", "10.1.0.254"),
        ("92 bytes from 10.1.0.254: Packet Filtered", "prohibited", "10.1.0.254"),
        ("From 10.1.0.254 icmp_seq=1 Destination Host Prohibited", "prohibited", "10.1.0.254"),
        ("36 bytes from 10.1.0.254: Communication prohibited by filter", "prohibited", "10.1.0.254"),
        ("From gw (10.1.0.254) icmp_seq=1 Destination Net Unreachable", "net-unreachable",
         "10.1.0.254"),
        ("From 10.1.0.254 icmp_seq=1 Destination Port Unreachable", "port-unreachable",
         "10.1.0.254"),
        ("From 10.1.0.254 icmp_seq=1 Destination Protocol Unreachable", "protocol-unreachable",
         "10.1.0.254"),
        ("From 10.1.0.254 icmp_seq=1 Time to live exceeded", "time-exceeded", "10.1.0.254"),
        ("From 10.1.0.254 icmp_seq=1 Frag needed and DF set (mtu = 1400)", "too-big", "10.1.0.254"),
        ("From 2001:db8::1 icmp_seq=1 Destination unreachable: Administratively prohibited",
         "prohibited", "2001:db8::1"),
        ("From 2001:db8::1 icmp_seq=1 Destination unreachable: No route", "net-unreachable",
         "2001:db8::1"),
        ("From 2001:db8::1 icmp_seq=1 Time exceeded: Hop limit", "time-exceeded", "2001:db8::1"),
        ("Von 10.1.0.254 icmp_seq=1 Paket gefiltert", "prohibited", "10.1.0.254"),
        ("Reply from 10.1.0.254: TTL expired in transit.", "time-exceeded", "10.1.0.254"),
        ("Antwort von 10.1.0.254: Die Gültigkeitsdauer wurde bei der Übertragung überschritten.",
         "time-exceeded", "10.1.0.254"),
        ("Antwort von 10.1.0.254: Zielnetz nicht erreichbar.", "net-unreachable", "10.1.0.254"),
        ("Destination host unreachable.", "host-unreachable", None),
        ("Zielhost nicht erreichbar.", "host-unreachable", None),
    ],
)  # fmt: skip
def test_errors_and_who_sent_them(line: str, error: str, sender: str | None) -> None:
    found = ping_line.error(line)
    assert found
    assert (found.error, found.sender) == (error, sender)


@pytest.mark.parametrize(
    "line",
    [
        "From 10.1.0.254: icmp_seq=1 Redirect Host(New nexthop: 10.1.0.7)",
        "From 10.1.0.254 icmp_seq=1 Source Quench",
        "From here on nothing was answered.",
    ],
)
def test_what_is_no_error(line: str) -> None:
    assert ping_line.error(line) is None


def test_a_sender_may_be_a_name() -> None:
    one = run("PING 10.4.0.9 (10.4.0.9) 56 bytes\n" + 3 * "From gw icmp_seq=1 Packet filtered\n")
    assert errors(one) == [("prohibited", "gw", 3)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ping: connect: Network is unreachable", "no-route"),
        ("ping: sendmsg: Operation not permitted", "not-permitted"),
        ("ping: server.invalid: Temporary failure in name resolution", "no-name"),
        ("/usr/bin/ping: local error: message too long, mtu=1500", "too-big"),
        ("General failure.", "other"),
        ("PING: Fehler bei der Übertragung. Allgemeiner Fehler.", "other"),
    ],
)
def test_what_the_pinging_host_itself_failed_at(line: str, why: str) -> None:
    one = run(f"PING 10.2.0.1 (10.2.0.1): 56 data bytes\n{line}\n")
    assert [(local, seen.count) for local, seen in one.local.items()] == [(why, 1)]
    assert one.answered == 0


def test_an_error_without_a_head_belongs_to_the_command_above_it() -> None:
    one = run("$ ping -c 1 -I 10.1.0.1 10.2.0.1\nping: connect: Network is unreachable\n")
    assert (one.target, list(one.local)) == ("10.2.0.1", ["no-route"])


def test_an_answer_from_another_address_is_none_of_the_target() -> None:
    one = run("""\
PING 10.2.0.10 (10.2.0.10) 56(84) bytes of data.
64 bytes from 10.2.0.11: icmp_seq=1 ttl=63 time=1.16 ms (DIFFERENT ADDRESS!)
""")
    assert one.answers.count == 0


def test_several_runs_of_one_file() -> None:
    text = LINUX + LINUX.replace("10.2.0.99", "10.2.0.10")
    assert [(one.target, one.asked) for one in runs(text)] == [("10.2.0.99", 4), ("10.2.0.10", 4)]


def test_a_quiet_ping_has_only_its_statistics() -> None:
    one = run("""\
PING 10.2.0.1 (10.2.0.1) 56(84) bytes of data.

--- 10.2.0.1 ping statistics ---
5 packets transmitted, 3 received, 40% packet loss, time 4005ms
""")
    assert (one.asked, one.answered) == (5, 3)


def test_a_run_that_was_cut_off_after_its_head_tells_nothing_of_answers() -> None:
    one = run("PING 10.2.0.1 (10.2.0.1) 56(84) bytes of data.\n")
    assert (one.asked, one.answered) == (None, None)


@pytest.mark.parametrize(
    ("case", "target", "answered"),
    [
        ("success-ikev1", "10.2.0.10", 6),
        ("nat_between_ok-ikev1", "10.2.0.10", 6),
        ("poll_wrong_address-ikev1", "10.2.0.99", 0),
        ("poll_host_blocks_ping-ikev1", "10.2.0.10", 0),
        ("poll_blocked_inside_tunnel-ikev2", "10.2.0.10", 0),
        ("poll_public_ip_pingblock-ikev2", "198.51.100.1", 0),
    ],
)
def test_real_output(case: str, target: str, answered: int) -> None:
    text = (CASES / case / "poll.txt").read_text("utf-8")
    assert looks_like_ping(text)
    one = run(text)
    assert (one.target, one.asked, one.answered) == (target, 6, answered)


@pytest.mark.parametrize(
    "text",
    [
        LINUX,
        LINUX[LINUX.index("---") :],
        "64 bytes from 10.2.0.10: icmp_seq=7 ttl=63 time=1.16 ms",
        "Pinging 10.2.0.10 with 32 bytes of data:",
        "C:\\>ping 10.2.0.10\n\nPing wird ausgeführt für 10.2.0.10 mit 32 Bytes Daten:",
        "Ping-Statistik für 10.2.0.99:",
        "56 Byte Packet from 192.168.30.254 seq.no=0 time=3.718 ms",
    ],
)
def test_what_looks_like_ping(text: str) -> None:
    assert looks_like_ping(text)


@pytest.mark.parametrize(
    "text",
    [
        "[VPN-Status] 2024/02/06 07:41:12,430\nVPN: poll timeout for LAGER (192.0.2.44)",
        "11:36:46.1 IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 4660, seq 1, length 64",
        "Pinging them did not help.",
        "PING",
        "",
    ],
)
def test_what_does_not_look_like_ping(text: str) -> None:
    assert not looks_like_ping(text)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=len(LINUX)), st.text(max_size=40))
def test_cut_and_spoilt_text_never_raises(cut: int, noise: str) -> None:
    text = LINUX[:cut] + noise + LINUX[cut:]
    lines = text.split("\n")
    for one in runs(text):
        for place in one.places:
            assert place.text == lines[place.first_line - 1].rstrip()


def test_memory_is_bounded_however_often_ping_was_called() -> None:
    output = read_ping_output("poll.txt", [LINUX * 150])
    assert (len(output.runs), output.not_kept) == (100, 50)


def test_memory_is_bounded_however_long_ping_ran() -> None:
    head = "PING 10.2.0.10 (10.2.0.10) 56(84) bytes of data.\n"
    line = "[1715686606.1] 64 bytes from 10.2.0.10: icmp_seq=1 ttl=63 time=1.16 ms\n"
    one = run(head + line * 5_000)
    assert (one.answers.count, len(one.answers.places), len(one.times)) == (5_000, 100, 2_000)
