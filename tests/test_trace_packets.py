"""What other traces show of the polls: both generations of firmware, both sides of the tunnel."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

import pytest

from assistant.catalog.catalog import Catalog
from assistant.model.event import Address, Word
from assistant.model.message import Connecting
from assistant.model.packet import PacketFiltered, PacketHost, PacketRouted
from assistant.model.source import Moment, Place
from assistant.trace.packets.traced import PacketLog, polls
from assistant.trace.read import TraceReader

Logged: TypeAlias = Callable[[str], PacketLog]

ROUTER = "192.168.20.1"
"""Our router's LAN address: the polls' source."""
TARGET = Address("192.168.10.254")
"""The polled host at the other side."""
NINE = datetime(2024, 5, 14, 9)  # noqa: DTZ001 - device times have no zone


def moment(seconds: float) -> Moment:
    return Moment(NINE + timedelta(seconds=seconds))


def stamp(trace: str, seconds: float, rest: str = "") -> str:
    time = NINE + timedelta(seconds=seconds)
    return f"[{trace}] {time:%Y/%m/%d %H:%M:%S},{time.microsecond // 1000:03d}{rest}\n"


def routed(seconds: float, *, answer: bool = False, last: str = "") -> str:
    """A poll or its answer as LCOS before 10.20 shows it."""
    source, destination = (TARGET, ROUTER) if answer else (ROUTER, TARGET)
    word = "reply" if answer else "request"
    first = "ZENTRALE, RtgTag: 0" if answer else "LAN-1, BUERO, RtgTag: 0"
    last = last or ("Route: LAN Tx (BUERO):" if answer else "Route: WAN Tx (ZENTRALE)")
    return (
        stamp("IP-Router", seconds) + f"IP-Router Rx ({first}):\n"
        f"DstIP: {destination}, SrcIP: {source}, Len: 84, DSCP/TOS: 0x00\n"
        f"Prot.: ICMP (1), echo {word}, id: 0x2a41, seq: 0x{int(seconds):04x}\n{last}\n\n"
    )


def hosted(seconds: float, *, answer: bool = False, target: str = TARGET) -> str:
    """A poll or its answer as LCOS from 10.20 on shows it, with the interface in the header."""
    source, destination = (target, ROUTER) if answer else (ROUTER, target)
    word, number = ("reply", 0) if answer else ("request", 8)
    lines = [
        "IP packet, scope global, routing tag 0:",
        "Internet Protocol Version 4",
        "Header length: 20",
        "Total length: 84",
        "Payload length: 64",
        "DiffServ field: 0x00 (DSCP: CS0, ECN: Not-ECT)",
        f"Identification: 0x{int(seconds):04x}",
        "Flags: 0x0000",
        "Fragment offset: 0",
        "Time to live: 64",
        "Protocol: ICMP (1)",
        "Header checksum: 0xffff",
        f"Source: {source}",
        f"Destination: {destination}",
        "Internet Control Message Protocol",
        f"Type: Echo (ping) {word} ({number})",
        "Code: 0",
        "Checksum: 0x0000",
        "Identifier: 5",
        "Sequence number: 0",
        " ",
    ]
    if not answer:
        lines.append("--> Forwarded packet to ZENTRALE (4)")
    interface = " [ZENTRALE (4)]" if answer else " [#Loopback (1)]"
    return stamp("IPv4-Host", seconds, interface) + "\n".join(lines) + "\n\n"


@pytest.fixture(scope="session")
def logged(catalog: Catalog) -> Logged:
    reader = TraceReader(catalog)

    def log(text: str) -> PacketLog:
        log = PacketLog()
        for one in reader.annotate("1.txt", io.BytesIO(text.encode())):
            assert one.reading is not None, one.record.place.text
            assert not one.reading.unread, one.record.place.text
            log.take(one.record.place, one.reading.event)
        return log

    return log


@pytest.mark.parametrize("form", [routed, hosted], ids=["before-10.20", "from-10.20"])
def test_polls_leave_and_answers_come(logged: Logged, form: Callable[..., str]) -> None:
    text = "".join(form(number) + form(number + 0.1, answer=True) for number in range(3))
    seen = polls(logged(text), TARGET)
    assert (seen.requests.count, seen.answers.count) == (3, 3)
    assert [bool(none) for none in (seen.dropped, seen.arrived, seen.unroutable)] == [False] * 3
    assert TARGET in seen.requests.places[0].text
    assert [place.time for place in seen.requests.places] == [moment(n) for n in range(3)]


@pytest.mark.parametrize("form", [routed, hosted], ids=["before-10.20", "from-10.20"])
def test_polls_leave_and_no_answer_comes(logged: Logged, form: Callable[..., str]) -> None:
    seen = polls(logged("".join(form(number) for number in range(6))), TARGET)
    assert (seen.requests.count, seen.answers.count) == (6, 0)


def test_only_what_lies_in_the_span_counts(logged: Logged) -> None:
    log = logged("".join(routed(number * 30) for number in range(5)))
    seen = polls(log, TARGET, since=moment(30), until=moment(90))
    assert seen.requests.count == 3
    assert not seen.requests.at_least
    assert polls(log, TARGET, since=moment(200)).requests.count == 0
    assert polls(log, TARGET, until=moment(0)).requests.count == 1


def test_another_address_is_not_the_polled_one(logged: Logged) -> None:
    log = logged(hosted(0, target="192.168.10.253") + hosted(1))
    assert polls(log, TARGET).requests.count == 1
    assert polls(log, Address("192.0.2.9")).requests.count == 0


def test_absence_in_the_ip_router_trace_proves_nothing_from_10_20_on(logged: Logged) -> None:
    other = routed(0).replace(TARGET, "192.168.10.5")
    seen = polls(logged(other), TARGET)
    assert seen.traces == ("IP-Router",)
    assert not seen.absence_counts()
    assert not seen.absence_counts("10.42.0473RU5")
    assert seen.absence_counts("9.24.0112SU3")


def test_absence_in_the_ipv4_host_trace_counts_while_it_ran(logged: Logged) -> None:
    text = hosted(0, target="192.168.10.5") + hosted(60, target="192.168.10.5")
    log = logged(text)
    assert polls(log, TARGET, since=moment(10), until=moment(20)).absence_counts()
    late = polls(log, TARGET, since=moment(100), until=moment(200))
    assert (late.traces, late.absence_counts("9.24")) == ((), False)


def test_the_firewall_took_them_and_says_by_which_rule(logged: Logged) -> None:
    alert = (
        f"PACKET_ALERT: Dst: {TARGET} {{}}, Src: {ROUTER} {{}} (ICMP): port filter\n"
        "PACKET_INFO:\n"
        "matched filter: DENY-PING\n"
        "exceeded limit: more than 0 packets transmitted or received on a connection\n"
        "actions: drop; send syslog message;\n"
    )
    seen = polls(logged(alert), TARGET)
    assert (seen.dropped.count, seen.rules, seen.filters) == (1, ("DENY-PING",), ())
    assert seen.traces == ()  # no header, no time: nobody knows when it was
    assert not polls(logged(alert), TARGET, since=moment(0)).dropped


def test_the_ip_router_trace_names_the_kind_of_filter_only(logged: Logged) -> None:
    text = routed(0, last="Filter (Port)") + routed(
        1, last="Network unreachable (no route) => Discard"
    )
    seen = polls(logged(text), TARGET)
    assert (seen.requests.count, seen.dropped.count, seen.unroutable.count) == (0, 1, 1)
    assert (seen.rules, seen.filters, seen.traces) == ((), ("Port",), ("IP-Router",))


def test_the_same_packet_in_two_traces_counts_once(logged: Logged) -> None:
    trace = (
        stamp("Firewall", 0) + "Packet matched rule DENY-PING\n"
        f"DstIP: {TARGET}, SrcIP: {ROUTER}, Len: 84, DSCP/TOS: 0x00\n"
        "Prot.: ICMP (1), echo request, id: 0x2a41, seq: 0x0000\n"
        "send SNMP trap\npacket dropped\n\n"
    )
    seen = polls(logged(trace + routed(0, last="Filter (Port)")), TARGET)
    assert (seen.dropped.count, len(seen.dropped.places)) == (1, 2)
    assert (seen.rules, seen.filters) == (("DENY-PING",), ("Port",))


def test_a_packet_that_was_let_through_and_one_of_another_protocol_are_no_dropped_polls(
    logged: Logged,
) -> None:
    accepted = (
        stamp("Firewall", 0) + "Packet matched rule ALLOW-VPN\n"
        f"DstIP: {TARGET}, SrcIP: {ROUTER}, Len: 84, DSCP/TOS: 0x00\n"
        "Prot.: ICMP (1), echo request, id: 0x2a41, seq: 0x0000\npacket accepted\n\n"
    )
    web = f"PACKET_ALERT: Dst: {TARGET}:80 {{}}, Src: {ROUTER}:4353 {{}} (TCP): port filter\n"
    assert not polls(logged(web + accepted), TARGET).dropped


def test_at_the_other_side_the_polled_router_itself_gets_them(logged: Logged) -> None:
    text = (
        hosted(0).replace("--> Forwarded packet to ZENTRALE (4)\n", "")
        + stamp("IPv4-Host", 0.1, " [#Loopback (1)]")
        + "IP packet, scope global, routing tag 0:\nProtocol: ICMP (1)\n"
        f"Source: {TARGET}\nDestination: {ROUTER}\nType: Echo (ping) reply (0)\n"
        "--> Forwarded packet to FILIALE (7)\n"
    )
    seen = polls(logged(text), TARGET)
    assert (seen.requests.count, seen.arrived.count, seen.answers.count) == (0, 1, 1)


def test_at_the_other_side_they_are_forwarded_to_the_polled_host(logged: Logged) -> None:
    text = (
        routed(0).replace("LAN-1, BUERO", "FILIALE").replace("WAN Tx (ZENTRALE)", "LAN Tx (LAN):")
    )
    seen = polls(logged(text), TARGET)
    assert (seen.requests.count, seen.answers.count) == (1, 0)


def test_an_icmp_trace_counts_too(logged: Logged) -> None:
    text = (
        stamp("ICMP", 0) + "ICMP Rx (FILIALE, RtgTag: 0):\n"
        f"DstIP: {TARGET}, SrcIP: {ROUTER}, Len: 84, DSCP/TOS: 0x00\n"
        "Prot.: ICMP (1), echo request, id: 0x2a41, seq: 0x0000\n\n"
    )
    assert polls(logged(text), TARGET).arrived.count == 1


def test_a_record_that_is_cut_off_tells_nothing_of_a_poll(logged: Logged) -> None:
    text = routed(0)
    for lines in range(2, len(text.splitlines())):
        log = logged("\n".join(text.splitlines()[:lines]))
        seen = polls(log, TARGET)
        assert seen.requests.count == int("Route:" in "\n".join(text.splitlines()[:lines]))
        assert seen.traces == ("IP-Router",)


def test_ppp_errors_are_counted_by_code(logged: Logged) -> None:
    log = logged("Authentication failed (0x8001)\n" * 3 + "LCP abgelehnt (0X8000)\n")
    assert {code: seen.count for code, seen in log.ppp_errors.items()} == {"0x8001": 3, "0x8000": 1}


# Bounds ---------------------------------------------------------------------------------------


def place(seconds: float, text: str = "x") -> Place:
    line = max(int(seconds), 0) + 1
    return Place("1.txt", line, line, text, moment(seconds))


def request(target: str = TARGET) -> PacketHost:
    return PacketHost(
        source=Address(ROUTER),
        destination=Address(target),
        protocol=Word("ICMP"),
        icmp="echo-request",
        tx_interface=Word("ZENTRALE"),
    )


def test_of_very_many_polls_the_first_and_the_latest_are_kept_and_all_are_counted() -> None:
    log = PacketLog()
    for number in range(10_000):
        log.take(place(number), request())
    whole = polls(log, TARGET).requests
    assert (whole.count, len(whole.places), whole.at_least) == (10_000, 8, False)
    assert (whole.places[0].first_line, whole.places[-1].first_line) == (1, 10_000)
    middle = polls(log, TARGET, since=moment(5_000), until=moment(5_010)).requests
    assert (middle.count, middle.at_least) == (0, True)
    late = polls(log, TARGET, since=moment(9_990)).requests
    assert (late.count, late.at_least) == (10, False)


def test_other_traffic_does_not_crowd_out_the_pings() -> None:
    log = PacketLog()
    for number in range(5_000):
        log.take(
            place(number),
            PacketRouted(
                source=Address(ROUTER),
                destination=Address(f"2001:db8::{number:x}"),
                protocol=Word("TCP"),
                route="wan",
            ),
        )
    log.take(place(6_000), request())
    assert (len(log.flows), log.not_kept) == (2_001, 3_000)
    assert polls(log, TARGET).requests.count == 1


def test_a_flood_of_pings_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.trace.packets.traced._KEPT_ALTOGETHER", 1_000)
    log = PacketLog()
    for number in range(9_000):
        log.take(place(number), request(f"2001:db8::{number % 3_000:x}"))
    log.take(place(9_000, "x" * 5_000), request("2001:db8::1"))
    assert (len(log.flows), log.not_kept) == (2_000, 3_000)
    assert sum(len(seen.places) for seen in log.flows.values()) <= 1_000 + 2 * 2_000
    assert polls(log, Address("2001:db8::1")).requests.count == 4


def test_one_address_has_many_spellings() -> None:
    log = PacketLog()
    log.take(place(0), request("2001:DB8:0:0::1"))
    assert polls(log, Address("2001:db8::1")).requests.count == 1
    log.take(place(1), request("Host.example.com"))
    assert polls(log, Address("host.example.com")).requests.count == 1


def test_events_of_the_vpn_are_no_packets() -> None:
    log = PacketLog()
    log.take(place(0), Connecting())
    log.take(place(0), PacketFiltered(source=Address(ROUTER)))
    assert not log.flows


def test_stamps_without_a_date_lie_in_no_dated_span() -> None:
    log = PacketLog()
    undated = Moment(datetime(1, 1, 2, 9), dated=False)  # noqa: DTZ001
    log.take(Place("1.txt", 1, 1, "x", undated), request())
    assert polls(log, TARGET).requests.count == 1
    assert polls(log, TARGET, since=moment(0)).requests.count == 0
