"""What tcpdump prints, in all its usual forms, becomes the same packets."""
# ruff: noqa: E501, ISC004 - lines stand here as tcpdump prints them

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.trace.packets.capture import Capture, Packet
from assistant.trace.packets.tcpdump import looks_like_tcpdump, read_tcpdump
from assistant.trace.packets.tcpdump_packet import packet_of

CASES = Path(__file__).parent / "cases/strongswan"

ANY = """\
tcpdump: data link type LINUX_SLL2
tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes
2024-05-14 09:00:01.435767 ipsec0 In  IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 9, seq 1, length 64
2024-05-14 09:00:01.435846 lan   Out IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 9, seq 1, length 64
2024-05-14 09:00:02.387215 ipsec0 In  IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 9, seq 2, length 64
2024-05-14 09:00:05.079548 ipsec0 Out IP 10.2.0.1 > 10.1.0.1: ICMP host 10.2.0.10 unreachable, length 92

4 packets captured
4 packets received by filter
0 packets dropped by kernel
"""


def read(text: str) -> Capture:
    return read_tcpdump("1.txt", [text])


def only(text: str) -> Packet:
    """The one packet of a text."""
    (packet,) = read(text).flows
    return packet


def test_packets_are_counted_by_interface_and_way() -> None:
    capture = read(ANY)
    assert [
        (packet.what, packet.interface, packet.way, seen.count)
        for packet, seen in capture.flows.items()
    ] == [
        ("echo-request", "ipsec0", "in", 2),
        ("echo-request", "lan", "out", 1),
        ("icmp-error", "ipsec0", "out", 1),
    ]


def test_each_packet_has_its_line_and_its_time() -> None:
    places = [seen.places[0] for seen in read(ANY).flows.values()]
    assert [(place.source, place.first_line, place.last_line) for place in places] == [
        ("1.txt", 4, 4),
        ("1.txt", 5, 5),
        ("1.txt", 7, 7),
    ]
    assert [str(place.time) for place in places] == [
        "2024-05-14T09:00:01.435",
        "2024-05-14T09:00:01.435",
        "2024-05-14T09:00:05.079",
    ]
    assert places[0].text == ANY.splitlines()[3]


def test_head_and_tail_tell_what_was_listened_on_and_that_nothing_is_missing() -> None:
    capture = read(ANY)
    assert (capture.devices, capture.captured, capture.dropped) == (["any"], 4, 0)
    assert capture.complete
    assert (capture.head and capture.head.first_line, capture.tail and capture.tail.first_line) == (
        3,
        9,
    )
    assert not read(ANY.replace("4 packets captured", "40 packets captured")).complete


def test_a_capture_without_packets_is_one_too() -> None:
    text = """\
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes

0 packets captured
0 packets received by filter
7 packets dropped by kernel
"""
    capture = read(text)
    assert (capture.packets, capture.captured, capture.dropped) == (0, 0, 7)
    assert capture.first is None
    assert looks_like_tcpdump(text)


REQUEST = "IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 4660, seq 1, length 64"
HARDWARE = "02:00:00:00:00:0a > 02:00:00:00:00:01, ethertype"
PARTS = "(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto ICMP (1), length 84)"
BODY = "10.1.0.1 > 10.2.0.10: ICMP echo request, id 4660, seq 1, length 64"


@pytest.mark.parametrize(
    ("line", "time"),
    [
        pytest.param(f"11:36:46.100004 {REQUEST}", "T11:36:46.100", id="time of day"),
        pytest.param(
            f"2024-05-14 11:36:46.100004 {REQUEST}", "2024-05-14T11:36:46.100", id="-tttt"
        ),
        pytest.param(f"1715686606.100004 {REQUEST}", "2024-05-14T11:36:46.100", id="-tt"),
        pytest.param(REQUEST, "None", id="-t"),
        pytest.param(f" 00:00:00.000000 {REQUEST}", "None", id="-ttt"),
        pytest.param(f"    5  11:36:46.100004 {REQUEST}", "T11:36:46.100", id="--number"),
        pytest.param(
            f"11:36:46.100004 {HARDWARE} IPv4 (0x0800), length 98: {BODY}",
            "T11:36:46.100",
            id="-e",
        ),
        pytest.param(
            f"11:36:46.100004 {HARDWARE} 802.1Q (0x8100), length 102: vlan 7, p 0, "
            f"ethertype IPv4 (0x0800), {BODY}",
            "T11:36:46.100",
            id="-e in a VLAN",
        ),
        pytest.param(
            f"11:36:46.100004 Out 02:00:00:00:00:01 ethertype IPv4 (0x0800), length 100: {BODY}",
            "T11:36:46.100",
            id="-e of the older device any",
        ),
        pytest.param(
            "11:36:46.100004 lan  Out ifindex 3 02:00:00:00:00:01 ethertype IPv4 (0x0800), "
            f"length 104: {BODY}",
            "T11:36:46.100",
            id="-e of the device any",
        ),
        pytest.param(f"11:36:46.100004 PPPoE  [ses 0x5] {REQUEST}", "T11:36:46.100", id="in PPPoE"),
        pytest.param(f"11:36:46.100004 IP: {REQUEST}", "T11:36:46.100", id="on a PPP line"),
        pytest.param(
            f"11:36:46.100004 (authentic,confidential): SPI 0xc1234567: {REQUEST}",
            "T11:36:46.100",
            id="FreeBSD's enc0",
        ),
        pytest.param(f"11:36:46.100004 ip: {BODY}", "T11:36:46.100", id="-e without link layer"),
        pytest.param(f"11:36:46.100004 IP {PARTS}\n    {BODY}", "T11:36:46.100", id="-v"),
        pytest.param(
            f"11:36:46.100004 {HARDWARE} IPv4 (0x0800), length 98: {PARTS}\n    {BODY}",
            "T11:36:46.100",
            id="-e -v",
        ),
        pytest.param(f"IP {PARTS}\n    {BODY}", "None", id="-t -v"),
        pytest.param(
            f"11:36:46.100004 {REQUEST}\n\t0x0000:  4500 0054 0001 4000 4001 26a5 0a01 0001",
            "T11:36:46.100",
            id="-x",
        ),
        pytest.param(
            "11:36:46.100004 10.1.0.1 > 10.2.0.10: icmp: echo request",
            "T11:36:46.100",
            id="tcpdump 3.6",
        ),
        pytest.param(
            "11:36:46.100004 IP 10.1.0.1 > 10.2.0.10: icmp 64: echo request seq 256",
            "T11:36:46.100",
            id="tcpdump 3.9",
        ),
    ],
)
def test_every_form_of_a_line_is_the_same_ping(line: str, time: str) -> None:
    capture = read(line + "\n")
    ((packet, seen),) = capture.flows.items()
    assert (packet.what, packet.source, packet.destination) == (
        "echo-request",
        "10.1.0.1",
        "10.2.0.10",
    )
    assert (seen.count, str(seen.places[0].time)) == (1, time)
    assert looks_like_tcpdump(line)


def test_the_clock_of_seconds_since_1970_is_known() -> None:
    assert (read(f"1715686606.1 {REQUEST}").clock, read(f"11:36:46.1 {REQUEST}").clock) == (
        "epoch",
        "wall",
    )


def test_midnight_is_noticed_where_there_is_no_date() -> None:
    capture = read(f"23:59:59.900000 {REQUEST}\n00:00:00.900000 {REQUEST}\n")
    assert capture.first
    assert capture.last
    assert capture.first.time
    assert capture.last.time
    assert capture.last.time.seconds_since(capture.first.time) == 1


def test_times_that_count_from_the_first_packet_are_none() -> None:
    capture = read(f" 00:00:00.000000 {REQUEST}\n 00:00:01.000001 {REQUEST}\n")
    (seen,) = capture.flows.values()
    assert [place.time for place in seen.places] == [None, None]


def test_names_instead_of_numbers() -> None:
    line = (
        "11:37:13.100031 IP filiale.example.net.isakmp > Gate.example.net.isakmp: isakmp: "
        "parent_sa ikev2_init[I]"
    )
    packet = only(line)
    assert (packet.source, packet.source_port) == ("filiale.example.net", 500)
    assert (packet.destination, packet.destination_port) == ("gate.example.net", 500)


def test_ipv6_addresses_have_one_spelling() -> None:
    packet = only("IP6 2001:DB8:0::1 > 2001:db8:2::10: ICMP6, echo request, id 1, seq 1, length 64")
    assert (packet.what, packet.source) == ("echo-request", "2001:db8::1")


@pytest.mark.parametrize(
    ("says", "what", "asked"),
    [
        ("ARP, Request who-has 10.2.0.99 tell 10.2.0.1, length 28", "neighbour-request", "10.2.0.99"),
        (
            "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.2.0.99 tell 10.2.0.1, length 28",
            "neighbour-request",
            "10.2.0.99",
        ),
        (
            "ARP, Request who-has 10.2.0.99 (ff:ff:ff:ff:ff:ff) tell 10.2.0.1, length 28",
            "neighbour-request",
            "10.2.0.99",
        ),
        ("arp who-has 10.2.0.99 tell 10.2.0.1", "neighbour-request", "10.2.0.99"),
        ("ARP, Reply 10.2.0.10 is-at 02:00:00:00:00:0a, length 28", "neighbour-reply", "10.2.0.10"),
        ("arp reply 10.2.0.10 is-at 02:00:00:00:00:0a", "neighbour-reply", "10.2.0.10"),
        (
            f"{HARDWARE} ARP (0x0806), length 42: Request who-has 10.2.0.99 tell 10.2.0.1, length 28",
            "neighbour-request",
            "10.2.0.99",
        ),
        (
            "IP6 fe80::1 > ff02::1:ff00:10: ICMP6, neighbor solicitation, who has 2001:db8:2::10, "
            "length 32",
            "neighbour-request",
            "2001:db8:2::10",
        ),
        (
            "IP6 (hlim 255, next-header ICMPv6 (58) payload length: 32) fe80::1 > ff02::1:ff00:10: "
            "[icmp6 sum ok] ICMP6, neighbor solicitation, length 32, who has 2001:db8:2::10",
            "neighbour-request",
            "2001:db8:2::10",
        ),
        (
            "IP6 2001:db8:2::10 > fe80::1: ICMP6, neighbor advertisement, tgt is 2001:db8:2::10, "
            "length 32",
            "neighbour-reply",
            "2001:db8:2::10",
        ),
    ],
)  # fmt: skip
def test_who_asks_for_a_neighbour_and_who_is_there(says: str, what: str, asked: str) -> None:
    packet = only(f"11:36:42.100000 {says}\n")
    assert (packet.what, packet.destination) == (what, asked)


@pytest.mark.parametrize(
    "says",
    [
        "ARP, Request who-has 10.2.0.1 tell 10.2.0.1, length 28",
        "ARP, Request who-has 10.2.0.10 tell 0.0.0.0, length 28",
    ],
)
def test_who_announces_an_address_asks_for_nobody(says: str) -> None:
    assert read(f"11:36:42.100000 {says}\n").flows == {}


@pytest.mark.parametrize(
    ("says", "error", "about", "port"),
    [
        ("ICMP net 10.2.0.10 unreachable", "net-unreachable", "10.2.0.10", None),
        ("ICMP host 10.2.0.10 unreachable", "host-unreachable", "10.2.0.10", None),
        ("icmp: host 10.2.0.10 unreachable", "host-unreachable", "10.2.0.10", None),
        ("ICMP 10.2.0.10 protocol 50 unreachable", "protocol-unreachable", "10.2.0.10", None),
        ("ICMP 198.51.100.1 udp port 500 unreachable", "port-unreachable", "198.51.100.1", 500),
        ("ICMP gw.example.net udp port ipsec-nat-t unreachable", "port-unreachable",
         "gw.example.net", 4500),
        ("ICMP 10.2.0.10 unreachable - need to frag (mtu 1400)", "too-big", "10.2.0.10", None),
        ("ICMP net 10.2.0.10 unreachable - admin prohibited", "prohibited", "10.2.0.10", None),
        ("ICMP host 10.2.0.10 unreachable - admin prohibited", "prohibited", "10.2.0.10", None),
        ("ICMP host 10.2.0.10 unreachable - admin prohibited filter", "prohibited", "10.2.0.10",
         None),
        ("ICMP host 10.2.0.10 unreachable - tos prohibited", "host-unreachable", "10.2.0.10", None),
        ("ICMP 10.2.0.10 unreachable - source route failed", "other", "10.2.0.10", None),
        ("ICMP time exceeded in-transit", "time-exceeded", None, None),
        ("ICMP6, destination unreachable, unreachable route 2001:db8:2::10", "net-unreachable",
         "2001:db8:2::10", None),
        ("ICMP6, destination unreachable,  unreachable prohibited 2001:db8:2::10", "prohibited",
         "2001:db8:2::10", None),
        ("ICMP6, destination unreachable, unreachable address 2001:db8:2::10", "host-unreachable",
         "2001:db8:2::10", None),
        ("ICMP6, destination unreachable, beyond scope 2001:db8:2::10, source address 2001:db8::1",
         "net-unreachable", "2001:db8:2::10", None),
        ("ICMP6, destination unreachable, unreachable port, 2001:db8:2::10 udp port 500",
         "port-unreachable", "2001:db8:2::10", 500),
        ("ICMP6, destination unreachable, unreachable port [|icmp6]", "port-unreachable", None,
         None),
        ("ICMP6, destination unreachable, unknown unreach code (7)", "other", None, None),
        ("ICMP6, time exceeded in-transit for 2001:db8:2::10", "time-exceeded", "2001:db8:2::10",
         None),
        ("ICMP6, packet too big, mtu 1280", "too-big", None, None),
    ],
)  # fmt: skip
def test_icmp_errors_say_what_was_not_reached(
    says: str, error: str, about: str | None, port: int | None
) -> None:
    packet = packet_of(f"IP 203.0.113.254 > 192.0.2.1: {says}, length 92")
    assert packet
    assert (packet.what, packet.source) == ("icmp-error", "203.0.113.254")
    assert (packet.error, packet.about, packet.about_port) == (error, about, port)


@pytest.mark.parametrize(
    "says",
    ["ICMP redirect 10.2.0.10 to host 10.2.0.7", "ICMP source quench", "ICMP parameter problem"],
)
def test_other_icmp_is_no_error(says: str) -> None:
    assert packet_of(f"IP 203.0.113.254 > 192.0.2.1: {says}, length 92") is None


def test_with_v_an_error_shows_the_packet_it_is_about_which_is_no_packet_of_its_own() -> None:
    text = f"""\
11:37:08.100026 IP {PARTS}
    203.0.113.254 > 192.0.2.1: ICMP time exceeded in-transit, length 92
\tIP {PARTS}
    10.1.0.1 > 10.2.0.10: ICMP echo request, id 4660, seq 1, length 64
11:37:09.100027 IP {PARTS}
    203.0.113.254 > 192.0.2.1: ICMP host 198.51.100.1 unreachable - admin prohibited, length 72
\tIP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 64)
    192.0.2.1.500 > 198.51.100.1.500: isakmp 2.0 msgid 00000000: parent_sa ikev2_init[I]:
    (sa: len=4 [|v2sa])
"""
    capture = read(text)
    assert capture.packets == 2
    assert [
        (packet.what, packet.error, packet.about, seen.places[0].first_line)
        for packet, seen in capture.flows.items()
    ] == [
        ("icmp-error", "time-exceeded", "10.2.0.10", 1),
        ("icmp-error", "prohibited", "198.51.100.1", 5),
    ]


@pytest.mark.parametrize(
    ("says", "exchange", "by_initiator"),
    [
        ("isakmp: parent_sa ikev2_init[I]", "ikev2_init", True),
        ("isakmp: parent_sa ikev2_init[R]", "ikev2_init", False),
        ("isakmp 2.0 msgid 00000000: parent_sa ikev2_init[I]:", "ikev2_init", True),
        (
            "[no cksum] isakmp 2.0 msgid 00000000 cookie 1111111111111111->0000000000000000: "
            "parent_sa ikev2_init[I]:",
            "ikev2_init",
            True,
        ),
        ("isakmp: child_sa  ikev2_auth[I]", "ikev2_auth", True),
        ("isakmp: child_sa  inf2[IR]", "inf2", True),
        ("isakmp: child_sa  inf2", "inf2", False),
        ("isakmp: phase 1 I ident", "ident", True),
        ("isakmp: phase 1 R agg", "agg", False),
        ("isakmp 1.0 msgid 00000000: phase 1 I ident[E]: [encrypted id]", "ident", True),
        ("isakmp: phase 2/others I oakley-quick[E]", "oakley-quick", True),
        ("isakmp: phase 1 ? ident", "ident", None),
    ],
)
def test_ike_messages(says: str, exchange: str, by_initiator: bool | None) -> None:
    plain = packet_of(f"IP 192.0.2.1.500 > 198.51.100.1.500: {says}")
    assert plain
    assert (plain.what, plain.exchange, plain.by_initiator) == ("ike", exchange, by_initiator)
    assert (plain.source, plain.source_port) == ("192.0.2.1", 500)


def test_ike_on_port_4500_and_behind_nat() -> None:
    packet = packet_of(
        "IP 192.0.2.1.33000 > 198.51.100.1.4500: NONESP-encap: isakmp: child_sa  ikev2_auth[I]"
    )
    assert packet
    assert (packet.source_port, packet.destination_port) == (33000, 4500)


@pytest.mark.parametrize(
    ("says", "encapsulated"),
    [
        ("IP 192.0.2.1 > 198.51.100.1: ESP(spi=0xc1234567,seq=0x1), length 68", False),
        (
            "IP 192.0.2.1.4500 > 198.51.100.1.4500: UDP-encap: ESP(spi=0xc1234567,seq=0x1), "
            "length 68",
            True,
        ),
    ],
)
def test_encrypted_payload(says: str, encapsulated: bool) -> None:
    packet = packet_of(says)
    assert packet
    assert (packet.what, packet.source, packet.destination) == ("esp", "192.0.2.1", "198.51.100.1")
    assert (packet.spi, packet.encapsulated) == ("0xc1234567", encapsulated)


@pytest.mark.parametrize(
    ("says", "what"),
    [
        ("192.0.2.1.4500 > 198.51.100.1.4500: isakmp-nat-keep-alive", "keep-alive"),
        ("192.0.2.1.500 > 198.51.100.1.500: UDP, length 36", "udp"),
        ("192.0.2.1.500 > 198.51.100.1.500:  [|isakmp]", "udp"),
    ],
)
def test_udp_to_the_ports_of_ike(says: str, what: str) -> None:
    packet = packet_of(f"IP {says}")
    assert packet
    assert packet.what == what


@pytest.mark.parametrize(
    "says",
    [
        "IP 10.1.0.1.40000 > 10.2.0.10.443: Flags [S], seq 1, win 65535, length 0",
        "IP 10.1.0.1.40000 > 10.2.0.53.53: 4660+ A? icmp.example.net. (29)",
        "IP 10.1.0.1.40000 > 10.2.0.53.40001: UDP, length 12",
        "IP 192.0.2.1 > 198.51.100.1: ip-proto-17",
        "IP 192.0.2.1 > 198.51.100.1: GREv0, length 88: "
        "IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 4660, seq 1, length 64",
    ],
)
def test_other_packets_are_only_counted(says: str) -> None:
    capture = read(f"11:36:42.100000 {says}\n")
    assert (capture.packets, capture.flows) == (1, {})


def test_the_command_tells_what_was_filtered() -> None:
    capture = read("root@gw:~# tcpdump -ni eth1 icmp\nlistening on eth1, link-type EN10MB (x)\n")
    assert capture.command == "tcpdump -ni eth1 icmp"
    assert capture.shows_pings


def test_without_any_icmp_a_ping_might_have_been_filtered() -> None:
    ike = "IP 192.0.2.1.500 > 198.51.100.1.500: isakmp: parent_sa ikev2_init[I]"
    assert not read(f"11:36:42.1 {ike}\n").shows_pings


def test_a_capture_covers_polls_that_were_sent_while_it_ran() -> None:
    inside = read(ANY)
    sent = [place.time for seen in inside.flows.values() for place in seen.places if place.time]
    assert inside.covers(sent, "wall")
    assert not inside.covers(sent[:1], "wall")
    # 09:00 in one zone and 09:30 UTC are not the same moment in any zone of whole hours.
    later = read(ANY.replace("09:00", "09:30"))
    assert not later.covers(sent, "epoch")
    assert read(ANY.replace("09:00", "11:00")).covers(sent, "epoch")


@pytest.mark.parametrize(
    "text",
    [
        "[VPN-Status] 2024/02/06 07:41:12,430\nVPN: connecting to LAGER (192.0.2.44)",
        "May 14 09:00:01 gw charon: 09[IKE] initiating IKE_SA BUGFIX[1] to 198.51.100.1",
        "PING 10.2.0.10 (10.2.0.10) 56(84) bytes of data.",
        "12:00:00.123456 INFO worker > done: all",
        "The polls > the answers: none.",
        "",
    ],
)
def test_what_does_not_look_like_tcpdump(text: str) -> None:
    assert not looks_like_tcpdump(text)


@pytest.mark.parametrize("name", ["icmp_trace_remote_gateway.txt", "icmp_trace_remote_lan.txt"])
@pytest.mark.parametrize(
    "case",
    [
        "success-ikev1",
        "nat_between_ok-ikev1",
        "poll_wrong_address-ikev1",
        "poll_host_blocks_ping-ikev1",
        "poll_blocked_inside_tunnel-ikev2",
        "poll_public_ip_pingblock-ikev2",
    ],
)
def test_every_line_of_real_captures_is_read(case: str, name: str) -> None:
    text = (CASES / case / name).read_text("utf-8")
    capture = read(text)
    assert looks_like_tcpdump(text)
    assert capture.complete
    assert sum(seen.count for seen in capture.flows.values()) == capture.packets


def test_pieces_may_end_anywhere() -> None:
    whole = read(ANY)
    assert read_tcpdump("1.txt", [ANY[:100], ANY[100:333], ANY[333:]]).flows == whole.flows


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=len(ANY)), st.text(max_size=40))
def test_cut_and_spoilt_text_never_raises(cut: int, noise: str) -> None:
    capture = read(ANY[:cut] + noise + ANY[cut:])
    lines = (ANY[:cut] + noise + ANY[cut:]).split("\n")
    for seen in capture.flows.values():
        for place in seen.places:
            assert lines[place.first_line - 1].rstrip().startswith(place.text[:20])


def test_memory_is_bounded_however_many_hosts_are_pinged() -> None:
    lines = (
        f"11:36:42.1 IP 10.1.0.1 > 10.{n // 250}.{n % 250}.1: ICMP echo request, id 1, seq 1\n"
        for n in range(3_000)
    )
    capture = read_tcpdump("1.txt", lines)
    assert (len(capture.flows), capture.not_kept, capture.packets) == (2_000, 1_000, 3_000)


def test_endless_lines_are_cut() -> None:
    capture = read("11:36:42.1 " + "x" * 5_000_000 + " > y: ICMP echo request\n")
    assert capture.flows == {}
