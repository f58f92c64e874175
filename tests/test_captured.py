"""Pings and packet captures beside a log: a tunnel that is up, and polls that fail in four ways."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from assistant.case import Case, CaseFile
from assistant.diagnose import Diagnoser
from assistant.errors import InputError
from assistant.model.diagnosis import Diagnosis, Verdict
from assistant.model.source import Side, SourceKind

RUNS = Path(__file__).parent / "cases" / "strongswan"
PING = """\
PING 192.168.44.254 (192.168.44.254) 56(84) bytes of data.

--- 192.168.44.254 ping statistics ---
6 packets transmitted, 0 received, 100% packet loss, time 5098ms
"""


def file(path: Path, side: Side | None = None) -> CaseFile:
    return CaseFile(path.name, lambda: path.open("rb"), side)


def diagnosis(diagnoser: Diagnoser, run: str, *beside: str) -> Diagnosis:
    files = [file(RUNS / run / "initiator.log")]
    files += [file(path) for pattern in beside for path in sorted((RUNS / run).glob(pattern))]
    return diagnoser.diagnose(Case(tuple(files)))


@pytest.mark.parametrize(
    ("run", "cause"),
    [
        ("poll_wrong_address-ikev1", "poll-address-wrong"),
        ("poll_host_blocks_ping-ikev1", "poll-address-wrong"),
        ("poll_public_ip_pingblock-ikev2", "ping-blocked-on-public-address"),
        ("poll_blocked_inside_tunnel-ikev2", "tunnel-traffic-blocked"),
    ],
)
def test_what_became_of_the_polls_names_the_cause(
    diagnoser: Diagnoser, run: str, cause: str
) -> None:
    found = diagnosis(diagnoser, run, "poll.txt", "icmp_trace_*.txt")
    assert found.verdict is Verdict.FAULT
    first = found.incidents[0].hypotheses[0]
    assert first.cause == cause
    assert first.probability >= 0.8
    kinds = [SourceKind.PING_OUTPUT, SourceKind.TCPDUMP_TEXT, SourceKind.TCPDUMP_TEXT]
    assert [source.kind for source in found.sources][1:] == kinds


@pytest.mark.parametrize("run", ["success-ikev1", "nat_between_ok-ikev1"])
def test_polls_that_come_back_are_no_fault(diagnoser: Diagnoser, run: str) -> None:
    assert diagnosis(diagnoser, run, "poll.txt", "icmp_trace_*.txt").verdict is Verdict.HEALTHY


def test_without_the_files_the_tunnel_is_healthy(diagnoser: Diagnoser) -> None:
    assert diagnosis(diagnoser, "poll_wrong_address-ikev1").verdict is Verdict.HEALTHY


def test_pings_alone_are_no_case(diagnoser: Diagnoser) -> None:
    case = Case((CaseFile("ping.txt", lambda: io.BytesIO(PING.encode())),))
    with pytest.raises(InputError) as caught:
        diagnoser.diagnose(case)
    assert (caught.value.id, caught.value.words["looks"]) == ("no-trace", "ping-output")


def test_a_trace_that_holds_a_ping_is_a_trace(diagnoser: Diagnoser) -> None:
    text = "[VPN-Status] 2026/03/02 08:00:00,000\nVPN: connecting to LAGER (198.51.100.7)\n" + PING
    found = diagnoser.diagnose(Case((CaseFile("t.txt", lambda: io.BytesIO(text.encode())),)))
    assert [source.kind for source in found.sources] == [SourceKind.LANCOM_TRACE]


def test_a_ping_to_a_strangers_address_says_nothing_of_the_tunnel(diagnoser: Diagnoser) -> None:
    elsewhere = PING.replace("192.168.44.254", "203.0.113.200")
    ping = CaseFile("ping.txt", lambda: io.BytesIO(elsewhere.encode()))
    log = file(RUNS / "success-ikev1" / "initiator.log")
    found = diagnoser.diagnose(Case((log, ping)))
    assert found.verdict is Verdict.HEALTHY
    assert not {"polled-public", "pings-unanswered"} & {
        symptom.id for symptom in found.incidents[0].symptoms
    }


def test_polls_to_our_own_address_are_the_other_sides(diagnoser: Diagnoser) -> None:
    run = RUNS / "poll_public_ip_pingblock-ikev2"
    logs = [file(run / "responder.log", Side.LOCAL), file(run / "initiator.log", Side.REMOTE)]
    beside = [file(path) for path in sorted(run.glob("*.txt"))]
    found = diagnoser.diagnose(Case((*logs, *beside)))
    assert "tunnel-traffic-blocked" not in {
        one.cause for incident in found.incidents for one in incident.hypotheses[:1]
    }
