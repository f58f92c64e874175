"""What other traces of the same router tell of a fault: where the polls went, how the line was."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Diagnosed

from assistant.model.diagnosis import Diagnosis

POLLING = (Path(__file__).parents[1] / "knowledge/examples/polling-failed.txt").read_text("utf-8")
TARGET = "192.168.30.254"


def packet(second: int, kind: str, source: str, destination: str, way: str = "") -> str:
    """One record of the IPv4-Host trace, in LANCOM's published form."""
    number, name = {"request": (8, "request"), "reply": (0, "reply")}[kind]
    lines = [
        f"[IPv4-Host] 2024/02/06 07:41:{second:02d},602 [#Loopback (1)]",
        "IP packet, scope global, routing tag 0:",
        "Internet Protocol Version 4",
        "Header length: 20",
        "Protocol: ICMP (1)",
        f"Source: {source}",
        f"Destination: {destination}",
        "Internet Control Message Protocol",
        f"Type: Echo (ping) {name} ({number})",
    ]
    return "\n".join([*lines, f"--> Forwarded packet to {way} (4)" if way else ""]) + "\n\n"


def symptoms(found: Diagnosis) -> set[str]:
    return {symptom.id for incident in found.incidents for symptom in incident.symptoms}


def first(found: Diagnosis) -> str:
    return found.incidents[0].hypotheses[0].cause


REQUEST = packet(13, "request", "10.0.0.254", TARGET, "LAGER")
REPLY = packet(13, "reply", TARGET, "10.0.0.254")
ASIDE = packet(13, "request", "10.0.0.254", TARGET, "INTERNET")
OTHER = packet(13, "request", "10.0.0.254", "10.9.9.9", "LAGER")
DROPPED = f"PACKET_ALERT: Dst: {TARGET}:0 {{}}, Src: 10.0.0.254:0 {{}} (ICMP): port filter\n\n"
CUT_OFF = (
    "[IPv4-Host] 2024/02/06 07:41:13,602 [#Loopback (1)]\n"
    "IP packet, scope global, routing tag 0:\nProtocol: ICMP (1)\n\n"
)


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        (REQUEST, "polls-left-unanswered"),
        (REQUEST + REPLY, "polls-answered-late"),
        (ASIDE, "polls-left-beside-the-tunnel"),
        (OTHER, "polls-not-sent"),
        (DROPPED, "polls-dropped-here"),
        (OTHER + CUT_OFF, None),
        ("", None),
    ],
    ids=["unanswered", "answered", "beside", "not sent", "dropped", "cut off", "no other trace"],
)
def test_what_became_of_the_polls(diagnosed: Diagnosed, more: str, seen: str | None) -> None:
    told = {name for name in symptoms(diagnosed(more + POLLING)) if name.startswith("polls-")}
    assert told == ({seen} if seen else set())


def test_packets_of_another_hour_say_nothing(diagnosed: Diagnosed) -> None:
    found = diagnosed(REQUEST.replace("07:41", "05:41") + POLLING)
    assert "polls-left-unanswered" not in symptoms(found)


def test_a_drop_that_the_firewall_reports_is_proven(diagnosed: Diagnosed) -> None:
    found = diagnosed(DROPPED + POLLING)
    incident = found.incidents[0]
    (leading, *_) = incident.hypotheses
    assert (leading.cause, leading.standing.value) == ("tunnel-traffic-blocked", "proven")
    places = [place for one in leading.evidence for place in incident.places_of(one)]
    assert any(place.first_line == 1 for place in places)


def test_absence_in_the_ip_router_trace_proves_nothing(diagnosed: Diagnosed) -> None:
    routed = (
        "[IP-Router] 2024/02/06 07:41:13,000\nIP-Router Rx (LAN-1, INTRANET, RtgTag: 0):\n"
        "DstIP: 10.9.9.9, SrcIP: 10.0.0.5, Len: 84, DSCP/TOS: 0x00\n"
        "Prot.: ICMP (1), echo request, id: 0x66d0, seq: 0x0000\nRoute: WAN Tx (LAGER)\n\n"
    )
    assert "polls-not-sent" not in symptoms(diagnosed(routed + POLLING))
    old = "LANCOM 1711 VPN\nVer. 9.24.0112 / 01.02.2017\n\n"
    assert "polls-not-sent" in symptoms(diagnosed(old + routed + POLLING))


def test_an_error_of_the_own_line_comes_first(diagnosed: Diagnosed) -> None:
    line = "[PPP] 2024/02/06 07:41:10,000\nAuthentication failed (0x8001) for peer INTERNET\n\n"
    assert first(diagnosed(line + POLLING)) == "local-internet-down"
    earlier = line.replace("07:41", "06:41")
    assert first(diagnosed(earlier + POLLING)) == "poll-address-wrong"
