"""IKE and ESP between two gateways, as a capture shows them."""
# ruff: noqa: E501 - lines stand here as tcpdump prints them

from __future__ import annotations

import pytest

from assistant.model.capture import EspPackets, IkePackets
from assistant.model.event import Address, Event
from assistant.trace.packets.tcpdump import read_tcpdump
from assistant.trace.paths.ike_path import ike_path

WE = "192.0.2.1"
PEER = Address("198.51.100.1")

INIT = "09:00:01.1 wan   Out IP 192.0.2.1.500 > 198.51.100.1.500: isakmp: parent_sa ikev2_init[I]\n"
INIT_ANSWER = (
    "09:00:01.2 wan   In  IP 198.51.100.1.500 > 192.0.2.1.500: isakmp: parent_sa ikev2_init[R]\n"
)
AUTH = "09:00:01.3 wan   Out IP 192.0.2.1.4500 > 198.51.100.1.4500: NONESP-encap: isakmp: child_sa  ikev2_auth[I]\n"
AUTH_ANSWER = "09:00:01.4 wan   In  IP 198.51.100.1.4500 > 192.0.2.1.4500: NONESP-encap: isakmp: child_sa  ikev2_auth[R]\n"
MAIN = "09:00:01.1 IP 192.0.2.1.500 > 198.51.100.1.500: isakmp: phase 1 I ident\n"
MAIN_ANSWER = "09:00:01.2 IP 198.51.100.1.500 > 192.0.2.1.500: isakmp: phase 1 R ident\n"
DPD = "09:00:09.1 IP 192.0.2.1.500 > 198.51.100.1.500: isakmp: child_sa  inf2[I]\n"
CLOSED = "09:00:01.2 wan   In  IP 198.51.100.1 > 192.0.2.1: ICMP 198.51.100.1 udp port 500 unreachable, length 72\n"
FILTERED = "09:00:01.2 wan   In  IP 203.0.113.254 > 192.0.2.1: ICMP host 198.51.100.1 unreachable - admin prohibited filter, length 72\n"
OTHER_PORT = "09:00:01.2 wan   In  IP 198.51.100.1 > 192.0.2.1: ICMP 198.51.100.1 udp port 53 unreachable, length 72\n"
ESP_OUT = "09:00:02.1 IP 192.0.2.1 > 198.51.100.1: ESP(spi=0xc1234567,seq=0x1), length 68\n"
ESP_IN = "09:00:02.2 IP 198.51.100.1 > 192.0.2.1: ESP(spi=0xc7654321,seq=0x1), length 68\n"


def events(text: str) -> list[Event]:
    return [event for event, _, _ in ike_path(read_tcpdump("1.txt", [text]), [PEER])]


def test_requests_that_leave_and_are_not_answered() -> None:
    assert events(INIT * 4) == [
        IkePackets(
            gateway=PEER,
            port="500",
            exchange="init",
            seen="unanswered",
            captured_at="initiator",
            source_port="same",
        )
    ]


def test_requests_that_arrive_and_are_not_answered() -> None:
    (event,) = events(INIT.replace("Out", "In "))
    assert isinstance(event, IkePackets)
    assert (event.seen, event.captured_at) == ("unanswered", "responder")


def test_port_500_is_open_and_port_4500_is_not() -> None:
    found = events(INIT + INIT_ANSWER + AUTH * 3)
    assert [(e.port, e.exchange, e.seen) for e in found if isinstance(e, IkePackets)] == [
        ("500", "init", "answered"),
        ("4500", "auth", "unanswered"),
    ]


def test_the_large_message_vanishes_on_the_same_port() -> None:
    auth = AUTH.replace("4500", "500").replace("NONESP-encap: ", "")
    found = events(INIT + INIT_ANSWER + auth)
    assert [(e.port, e.exchange, e.seen) for e in found if isinstance(e, IkePackets)] == [
        ("500", "init", "answered"),
        ("500", "auth", "unanswered"),
    ]


def test_all_is_answered() -> None:
    found = events(INIT + INIT_ANSWER + AUTH + AUTH_ANSWER)
    assert [e.seen for e in found if isinstance(e, IkePackets)] == ["answered", "answered"]


def test_ikev1() -> None:
    (event,) = events(MAIN + MAIN_ANSWER)
    assert isinstance(event, IkePackets)
    assert (event.exchange, event.seen, event.captured_at) == ("phase-1", "answered", None)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (CLOSED, ("refused", "port-unreachable", "responder")),
        (FILTERED, ("refused", "prohibited", "other")),
        (OTHER_PORT, ("unanswered", None, None)),
    ],
)
def test_refused_by_whom(error: str, expected: tuple[str, str | None, str | None]) -> None:
    (event,) = events(INIT + error)
    assert isinstance(event, IkePackets)
    assert (event.seen, event.error, event.error_from) == expected


def test_an_answer_outweighs_an_error() -> None:
    (event,) = events(INIT + CLOSED + INIT_ANSWER)
    assert isinstance(event, IkePackets)
    assert (event.seen, event.error) == ("answered", None)


def test_nat_changed_the_source_port() -> None:
    (event,) = events(INIT.replace("192.0.2.1.500 ", "192.0.2.1.62465 "))
    assert isinstance(event, IkePackets)
    assert event.source_port == "changed"


def test_a_capture_may_begin_with_an_answer() -> None:
    found = list(ike_path(read_tcpdump("1.txt", [INIT_ANSWER + INIT])))
    ((event, count, places),) = found
    assert isinstance(event, IkePackets)
    assert (event.gateway, event.seen, count) == (PEER, "answered", 1)
    assert [place.first_line for place in places] == [1, 2]


def test_the_peer_may_be_the_initiator() -> None:
    backwards = INIT.replace(WE, "x").replace(PEER, WE).replace("x", PEER, 1)
    (event,) = events(backwards)
    assert event.gateway == PEER


def test_what_keeps_a_tunnel_up_is_no_negotiation() -> None:
    assert events(DPD) == []


def test_other_gateways_are_passed_by() -> None:
    assert events(INIT.replace(PEER, "203.0.113.7")) == []


@pytest.mark.parametrize(
    ("text", "seen"), [(ESP_OUT + ESP_IN, "both-ways"), (ESP_OUT * 3, "one-way")]
)
def test_payload_goes_both_ways_or_one(text: str, seen: str) -> None:
    (event,) = events(text)
    assert isinstance(event, EspPackets)
    assert (event.gateway, event.seen, event.encapsulated) == (PEER, seen, "no")


def test_payload_in_udp_that_only_leaves() -> None:
    line = "09:00:02.1 wan   Out IP 192.0.2.1.4500 > 198.51.100.1.4500: UDP-encap: ESP(spi=0xc1234567,seq=0x1), length 68\n"
    assert events(line) == [
        EspPackets(gateway=PEER, seen="one-way", captured_at="sender", encapsulated="yes")
    ]


def test_packets_without_a_name_count_on_port_500_only() -> None:
    text = "".join(
        f"09:00:02.1 IP 192.0.2.1.{port} > 198.51.100.1.{port}: UDP, length 68\n"
        for port in (500, 4500)
    )
    assert [e.port for e in events(text) if isinstance(e, IkePackets)] == ["500"]
