"""What became of the polls, from pings and captures of either side; what is not seen is not said."""
# ruff: noqa: E501 - lines stand here as tcpdump prints them

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.model.capture import PollPath
from assistant.model.event import Address
from assistant.model.source import Moment, Place, Side
from assistant.trace.packets.capture import Capture
from assistant.trace.packets.ping_output import PingOutput, read_ping_output
from assistant.trace.packets.tcpdump import read_tcpdump
from assistant.trace.paths.poll_path import poll_path, polled_addresses

CASES = Path(__file__).parent / "cases/strongswan"

TARGET = Address("10.2.0.10")
ANY = "listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes\n"
LAN = "listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n"

IN = "09:00:01.100000 ipsec0 In  IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 9, seq 1, length 64\n"
ON = (
    "09:00:01.100100 lan   Out IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 9, seq 1, length 64\n"
)
BACK = (
    "09:00:01.100200 lan   In  IP 10.2.0.10 > 10.1.0.1: ICMP echo reply, id 9, seq 1, length 64\n"
)
OUT = (
    "09:00:01.100300 ipsec0 Out IP 10.2.0.10 > 10.1.0.1: ICMP echo reply, id 9, seq 1, length 64\n"
)
OTHER = (
    "09:00:01.200000 lan   In  IP 10.2.0.7 > 10.2.0.1: ICMP echo request, id 3, seq 1, length 64\n"
)
ON_THE_WIRE = "09:00:01.100000 IP 10.1.0.1 > 10.2.0.10: ICMP echo request, id 9, seq 1, length 64\n"
REPLY_ON_THE_WIRE = (
    "09:00:01.100200 IP 10.2.0.10 > 10.1.0.1: ICMP echo reply, id 9, seq 1, length 64\n"
)
WHO_HAS = "".join(
    f"09:00:0{second}.100000 ARP, Request who-has 10.2.0.10 tell 10.2.0.1, length 28\n"
    for second in (1, 2, 3)
)
IS_AT = "09:00:01.100010 ARP, Reply 10.2.0.10 is-at 02:00:00:00:00:0a, length 28\n"

SILENT = """\
PING 10.2.0.10 (10.2.0.10) from 10.1.0.1 : 56(84) bytes of data.

--- 10.2.0.10 ping statistics ---
6 packets transmitted, 0 received, 100% packet loss, time 5127ms
"""


def there(text: str, name: str = "there.txt") -> Capture:
    return read_tcpdump(name, [text])


def ping(text: str = SILENT) -> PingOutput:
    return read_ping_output("poll.txt", [text])


def seen(
    *captures: Capture, pings: str | None = SILENT, side: Side | None = None
) -> PollPath | None:
    outputs = [ping(pings)] if pings else []
    found = poll_path(TARGET, outputs, [(capture, side) for capture in captures])
    if found is None:
        return None
    event = found[0]
    assert isinstance(event, PollPath)
    return event


def test_polls_go_on_into_the_other_lan_and_nobody_answers() -> None:
    assert seen(there(ANY + IN + ON)) == PollPath(
        seen="arrives-no-reply", poll_target=TARGET, onward="yes"
    )


def test_polls_end_at_the_other_gateway() -> None:
    assert seen(there(ANY + IN)) == PollPath(
        seen="arrives-no-reply", poll_target=TARGET, onward="no"
    )


def test_a_capture_of_one_interface_does_not_tell_whether_they_go_on() -> None:
    one = there("listening on wan, link-type EN10MB (Ethernet), x\n" + ON_THE_WIRE)
    assert seen(one, side=Side.REMOTE) == PollPath(seen="arrives-no-reply", poll_target=TARGET)


def test_what_is_for_the_gateway_itself_does_not_go_on() -> None:
    found = poll_path(TARGET, [ping()], [(there(ANY + IN), None)], gateways=[TARGET])
    assert found
    assert found[0] == PollPath(seen="arrives-no-reply", poll_target=TARGET)


def test_the_polled_host_is_there_but_does_not_answer_pings() -> None:
    lan = there(LAN + WHO_HAS.splitlines(keepends=True)[0] + IS_AT + ON_THE_WIRE, "lan.txt")
    assert seen(there(ANY + IN + ON), lan) == PollPath(
        seen="arrives-no-reply", poll_target=TARGET, onward="yes", host_there="yes"
    )


def test_nobody_has_the_polled_address() -> None:
    assert seen(there(LAN + WHO_HAS)) == PollPath(
        seen="no-arp-reply", poll_target=TARGET, onward="yes", host_there="no"
    )


@pytest.mark.parametrize(
    "lines",
    [
        WHO_HAS.splitlines(keepends=True)[0],
        WHO_HAS + IS_AT,
        WHO_HAS.replace("09:00:02", "09:10:02").replace("09:00:03", "09:20:03"),
    ],
    ids=["asked once", "answered", "asked now and then"],
)
def test_arp_that_proves_no_absence(lines: str) -> None:
    event = seen(there(LAN + lines))
    assert event
    assert event.seen == "unanswered"


def test_the_reply_leaves_the_other_gateway() -> None:
    assert seen(there(ANY + IN + ON + BACK + OUT)) == PollPath(
        seen="reply-leaves", poll_target=TARGET
    )


def test_the_reply_reaches_the_other_gateway_and_stays() -> None:
    assert seen(there(ANY + IN + ON + BACK)) == PollPath(seen="reply-stays", poll_target=TARGET)


def test_the_host_replies_but_not_to_the_vpn_gateway() -> None:
    lan = there(LAN + ON_THE_WIRE + REPLY_ON_THE_WIRE, "lan.txt")
    found = poll_path(TARGET, [ping()], [(there(ANY + IN + ON), None), (lan, Side.REMOTE)])
    assert found
    assert found[0] == PollPath(seen="reply-stays", poll_target=TARGET)


def test_a_lan_capture_alone_shows_the_reply_leaving_the_host() -> None:
    assert seen(there(LAN + ON_THE_WIRE + REPLY_ON_THE_WIRE), side=Side.REMOTE) == PollPath(
        seen="reply-leaves", poll_target=TARGET
    )


@pytest.mark.parametrize(
    ("received", "lost"), [(6, "none"), (5, "none"), (4, "some")], ids=["all", "but one", "but two"]
)
def test_polls_were_answered(received: int, lost: str) -> None:
    text = SILENT.replace("0 received", f"{received} received")
    event = seen(pings=text)
    assert event
    assert (event.seen, event.lost) == ("answered", lost)


def test_an_answer_at_the_polling_side_counts_more_than_silence_elsewhere() -> None:
    event = seen(there(ANY + IN), pings=SILENT.replace("0 received", "6 received"))
    assert event
    assert event.seen == "answered"


def test_a_capture_of_the_polling_gateway_shows_answers_too() -> None:
    leaving = IN.replace("In ", "Out")
    answer = OUT.replace("Out", "In ")
    assert seen(there(ANY + leaving + answer), pings=None) == PollPath(
        seen="answered", poll_target=TARGET, lost="none"
    )


def test_polls_that_leave_and_get_no_answer() -> None:
    assert seen(there(ANY + IN.replace("In ", "Out")), pings=None) == PollPath(
        seen="unanswered", poll_target=TARGET
    )


ERROR = "09:00:04.1 ipsec0 Out IP {} > 10.1.0.1: ICMP host 10.2.0.10 unreachable{}, length 92\n"


@pytest.mark.parametrize(
    ("sender", "reason", "error", "reporter"),
    [
        ("10.2.0.1", "", "host-unreachable", "other"),
        ("10.2.0.1", " - admin prohibited filter", "prohibited", "other"),
        ("10.2.0.10", " - admin prohibited", "prohibited", "polled-host"),
    ],
)
def test_somebody_reports_that_they_cannot_be_delivered(
    sender: str, reason: str, error: str, reporter: str
) -> None:
    event = seen(there(ANY + IN + ERROR.format(sender, reason)))
    assert event
    assert (event.seen, event.error, event.error_from) == ("unreachable", error, reporter)


@pytest.mark.parametrize(
    ("line", "error", "reporter"),
    [
        ("From 10.2.0.1 icmp_seq=1 Destination Host Unreachable", "host-unreachable", "other"),
        (
            "From 10.1.0.1 icmp_seq=1 Destination Host Unreachable",
            "host-unreachable",
            "polling-host",
        ),
        (
            "From 10.2.0.10 icmp_seq=1 Destination Port Unreachable",
            "port-unreachable",
            "polled-host",
        ),
    ],
)
def test_ping_alone_tells_who_reported_an_error(line: str, error: str, reporter: str) -> None:
    event = seen(pings=SILENT.replace("\n\n", f"\n{line}\n\n"))
    assert event
    assert (event.seen, event.error, event.error_from) == ("unreachable", error, reporter)


def test_the_most_telling_of_several_errors() -> None:
    lines = "From 10.2.0.1 icmp_seq=1 Destination Host Unreachable\n" * 3
    lines += "From 10.2.0.1 icmp_seq=5 Packet filtered\n"
    event = seen(pings=SILENT.replace("\n\n", f"\n{lines}\n"))
    assert event
    assert event.error == "prohibited"


def test_the_polling_host_could_not_send() -> None:
    text = "PING 10.2.0.10 (10.2.0.10): 56 data bytes\nping: sendto: Network is unreachable\n"
    assert seen(pings=text) == PollPath(seen="not-sent", poll_target=TARGET)


STAMPED = """\
PING 10.2.0.10 (10.2.0.10) from 10.1.0.1 : 56(84) bytes of data.
[1715670001.0] no answer yet for icmp_seq=1
[1715670002.0] no answer yet for icmp_seq=2
"""
"""07:00:01 and 07:00:02 UTC."""
RUNNING = "".join(
    f"2024-05-14 09:00:0{second}.5 lan   In  IP 10.2.0.7 > 10.2.0.1: "
    "ICMP echo request, id 3, seq 1, length 64\n"
    for second in (0, 4)
)


def test_polls_do_not_arrive_while_the_capture_runs() -> None:
    assert seen(there(ANY + RUNNING), pings=STAMPED, side=Side.REMOTE) == PollPath(
        seen="not-arriving", poll_target=TARGET
    )


def test_missed_polls_of_a_trace_have_the_clock_of_the_wall() -> None:
    nine = datetime(2024, 5, 14, 9, 0, 1)  # noqa: DTZ001 - device times have no zone
    missed = [Moment(nine + timedelta(seconds=second)) for second in (0, 1)]
    captures = [(there(ANY + RUNNING), Side.REMOTE)]
    found = poll_path(TARGET, [], captures, missed=missed)
    assert found
    assert found[0] == PollPath(seen="not-arriving", poll_target=TARGET)
    late = [Moment(moment.at + timedelta(hours=1)) for moment in missed]
    assert poll_path(TARGET, [], captures, missed=late) is None


@pytest.mark.parametrize(
    ("text", "side", "pings"),
    [
        (ANY + RUNNING, None, STAMPED),
        (ANY + RUNNING, Side.LOCAL, STAMPED),
        (ANY + RUNNING, Side.REMOTE, SILENT),
        (ANY + RUNNING.replace("09:00", "09:30"), Side.REMOTE, STAMPED),
        (ANY + RUNNING + "9 packets dropped by kernel\n", Side.REMOTE, STAMPED),
        (ANY + RUNNING.replace("ICMP echo request, id 3,", "Flags [S],"), Side.REMOTE, STAMPED),
        (ANY + RUNNING + IN.replace("10.1.0.1", "192.0.2.1"), Side.REMOTE, STAMPED),
        (ANY + "\n0 packets captured\n", Side.REMOTE, STAMPED),
    ],
    ids=[
        "whose capture is unknown",
        "it is ours",
        "the polls have no times",
        "it ran half an hour later",
        "it lost packets",
        "it shows no ICMP",
        "it shows polls from a translated address",
        "it is empty",
    ],
)
def test_absence_proves_nothing_where(text: str, side: Side | None, pings: str) -> None:
    event = seen(there(text), pings=pings, side=side)
    assert event
    assert event.seen in ("unanswered", "arrives-no-reply")


def test_pings_of_somebody_else_are_no_polls() -> None:
    local_admin = ON_THE_WIRE.replace("10.1.0.1", "10.2.0.7")
    event = seen(there(LAN + local_admin), side=Side.REMOTE)
    assert event
    assert event.seen == "unanswered"


@pytest.mark.parametrize("text", ["", LAN + "0 packets captured\n", ANY + OTHER])
def test_nothing_is_claimed_from_nothing(text: str) -> None:
    assert seen(there(text), pings=None) is None


def test_other_targets_are_asked_for_one_by_one() -> None:
    output = ping(SILENT + SILENT.replace("10.2.0.10", "10.2.0.99"))
    assert polled_addresses([output], []) == ["10.2.0.10", "10.2.0.99"]
    assert polled_addresses([], [there(ANY + IN + OTHER)]) == ["10.2.0.10", "10.2.0.1"]


def test_the_evidence_are_lines_of_the_files() -> None:
    found = poll_path(TARGET, [ping()], [(there(ANY + IN + ON), None)])
    assert found
    _, count, places = found
    assert count == 1
    assert [(place.source, place.first_line) for place in places] == [
        ("there.txt", 2),
        ("there.txt", 3),
        ("poll.txt", 4),
    ]


ANSWER_OF: dict[str, set[str]] = {
    "arrives-no-reply": {"arrives-no-reply", "no-arp-reply", "unreachable"},
    "reply-leaves": {"reply-leaves", "answered"},
    "not-arriving": {"not-arriving"},
}
"""The answer that a person gives to `remote-icmp-trace`, and what it looks like here."""


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            "poll_wrong_address-ikev1",
            PollPath(
                seen="no-arp-reply",
                poll_target=Address("10.2.0.99"),
                onward="yes",
                host_there="no",
                error="host-unreachable",
                error_from="other",
            ),
        ),
        (
            "poll_host_blocks_ping-ikev1",
            PollPath(
                seen="arrives-no-reply",
                poll_target=Address("10.2.0.10"),
                onward="yes",
                host_there="yes",
            ),
        ),
        (
            "poll_blocked_inside_tunnel-ikev2",
            PollPath(seen="arrives-no-reply", poll_target=Address("10.2.0.10"), onward="no"),
        ),
        (
            "poll_public_ip_pingblock-ikev2",
            PollPath(seen="arrives-no-reply", poll_target=Address("198.51.100.1")),
        ),
        (
            "success-ikev1",
            PollPath(seen="answered", poll_target=Address("10.2.0.10"), lost="none"),
        ),
        (
            "nat_between_ok-ikev1",
            PollPath(seen="answered", poll_target=Address("10.2.0.10"), lost="none"),
        ),
    ],
)
def test_real_polls(case: str, expected: PollPath) -> None:
    folder = CASES / case
    names = ("icmp_trace_remote_gateway.txt", "icmp_trace_remote_lan.txt")
    texts = {name: (folder / name).read_text("utf-8") for name in names}
    output = ping((folder / "poll.txt").read_text("utf-8"))
    captures = [(read_tcpdump(name, [text]), None) for name, text in texts.items()]
    (target,) = polled_addresses([output], [capture for capture, _ in captures])
    found = poll_path(target, [output], captures, gateways=[Address("198.51.100.1")])
    assert found
    event, _, places = found
    assert event == expected
    lines = {name: text.split("\n") for name, text in texts.items()}
    lines["poll.txt"] = (folder / "poll.txt").read_text("utf-8").split("\n")
    assert all(_stands_there(place, lines[place.source]) for place in places)
    answer = json.loads((folder / "truth.json").read_text("utf-8"))["answers"].get(
        "remote-icmp-trace", "reply-leaves"
    )
    assert expected.seen in ANSWER_OF[answer]


def _stands_there(place: Place, lines: list[str]) -> bool:
    return place.text == "\n".join(lines[place.first_line - 1 : place.last_line])
