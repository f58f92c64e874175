"""Sentences with holes: what may stand in them, and which pattern reads."""

from __future__ import annotations

import time

import pytest

from assistant.catalog.message import MessageMatcher, Reading, event_fields
from assistant.catalog.schema import Basis, Continuation, Pattern, PatternFile, Text
from assistant.model.event import Role
from assistant.model.message import IkeSaEstablished

WORDS = Text(de="-", en="-")


def pattern(
    message: str,
    event: str = "connecting",
    *,
    name: str = "p",
    sets: dict[str, str | int] | None = None,
    continues: tuple[Continuation, ...] = (),
) -> Pattern:
    return Pattern(
        id=name,
        event=event,
        message=message,
        sets=sets or {},
        continues=continues,
        meaning=WORDS,
        basis=Basis.JUDGEMENT,
        samples=(),
    )


def read(lines: tuple[str, ...], *made: Pattern) -> Reading | None:
    file = PatternFile(dialect="lancom", trace_class="VPN-Status", begins=("VPN:",), patterns=made)
    return MessageMatcher([file]).read(lines, "VPN-Status")


def fields(made: Pattern, *lines: str) -> dict[str, str | int] | None:
    reading = read(lines, made)
    return event_fields(reading.event) if reading else None


CONNECTING = pattern("VPN: connecting to {remote_site} ({gateway})")


@pytest.mark.parametrize(
    ("line", "site", "gateway"),
    [
        ("VPN: connecting to LAGER (192.0.2.44)", "LAGER", "192.0.2.44"),
        ("vpn: Connecting TO LAGER (192.0.2.44)", "LAGER", "192.0.2.44"),
        ("VPN:connecting  to LAGER   (192.0.2.44)", "LAGER", "192.0.2.44"),
        ("VPN: connecting to LAGER (2001:db8::1)", "LAGER", "2001:db8::1"),
        ("VPN: connecting to LAGER (lager.example.com)", "LAGER", "lager.example.com"),
        ("VPN: connecting to A(B) (192.0.2.44)", "A(B)", "192.0.2.44"),
        ("VPN: connecting to MÜNCHEN (192.0.2.44)", "MÜNCHEN", "192.0.2.44"),
    ],
)
def test_a_call_in_many_spellings(line: str, site: str, gateway: str) -> None:
    assert fields(CONNECTING, line) == {"remote_site": site, "gateway": gateway}


@pytest.mark.parametrize(
    "line",
    [
        "VPN: connecting to LAGER (192.0.2.44)now",
        "VPN: connecting to LAGER",
        "VPN: connecting to  (192.0.2.44)",
        "VPN: connecting to TWO WORDS (192.0.2.44)",
        "xVPN: connecting to LAGER (192.0.2.44)",
    ],
)
def test_what_is_not_the_sentence_is_not_read(line: str) -> None:
    assert fields(CONNECTING, line) is None


def test_the_pattern_with_most_words_of_its_own_reads() -> None:
    short = pattern("VPN: {remote_site} ({gateway})", name="short")
    long = pattern("VPN: LAGER ({gateway})", name="long", sets={"remote_site": "LAGER"})
    for order in ([short, long], [long, short]):
        reading = read(("VPN: LAGER (192.0.2.44)",), *order)
        assert reading is not None
        assert reading.pattern == "long"


def test_further_lines_come_in_any_order_and_each_once() -> None:
    made = pattern(
        "VPN: poll timeout for {remote_site} ({gateway})",
        "poll-timeout",
        continues=(
            Continuation(line="({retries_left} retries left)"),
            Continuation(line="no retries left, disconnect channel", sets={"retries_left": 0}),
            Continuation(line="send poll frame to {poll_target}"),
        ),
    )
    head = "VPN: poll timeout for LAGER (192.0.2.44)"
    reading = read((head, "send poll frame to 192.168.30.1", "odd", "(3 retries left)"), made)
    assert reading is not None
    assert reading.unread == (2,)
    assert event_fields(reading.event)["retries_left"] == 3
    twice = read((head, "(3 retries left)", "(2 retries left)"), made)
    assert twice is not None
    assert twice.unread == (2,)
    last = read((head, "No retries left,  disconnect channel"), made)
    assert last is not None
    assert event_fields(last.event)["retries_left"] == 0


def test_a_value_that_a_line_means_has_the_type_of_its_field() -> None:
    made = pattern("VPN: we were called", "ike-sa-established", sets={"role": "responder"})
    reading = read(("VPN: we were called",), made)
    assert reading is not None
    assert reading.event == IkeSaEstablished(role=Role.RESPONDER)


@pytest.mark.parametrize(
    "line",
    [
        "VPN: connecting to " + "A" * 200_000,
        "VPN: connecting to " + "A " * 100_000,
        "VPN: connecting to " + "(" * 100_000,
        "VPN:" + " " * 100_000,
        "VpnIpm: info; phase-1 proposal failed; remote No 1 " + "a = b <-> local No 1 " * 5_000,
        "VpnIpm: info; The remote server 192.0.2.1:500 id " + "x is " * 20_000,
    ],
)
def test_no_line_holds_up_the_matcher(line: str) -> None:
    refused = pattern(
        "VpnIpm: info; phase-1 proposal failed; remote No {remote_no} {remote_attribute} ="
        " {remote_value} <-> local No {local_no} {local_attribute} = {local_value}",
        "proposal-refused",
        name="q",
        sets={"phase": "1"},
    )
    server = pattern(
        "VpnIpm: info; The remote server {gateway}:{port} id {identity} is {product}",
        "peer-identified",
        name="r",
    )
    begun = time.process_time()
    read((line, line, line), CONNECTING, refused, server)
    assert time.process_time() - begun < 1


def test_a_remark_behind_a_message_does_not_hide_it() -> None:
    reading = read(("VPN: connecting to LAGER (192.0.2.44) first VPN message",), CONNECTING)
    assert reading is not None
    assert event_fields(reading.event) == {"remote_site": "LAGER", "gateway": "192.0.2.44"}
    assert reading.partly == (0,)


@pytest.mark.parametrize(
    "lines",
    [
        ("VPN: connecting to LAGER", "(192.0.2.44)"),
        ("VPN: connecting", "to LAGER", "(192.0.2.44)"),
        ("VPN: connecting to LAG", "ER (192.0.2.44)"),
    ],
)
def test_a_wrapped_line_is_put_together(lines: tuple[str, ...]) -> None:
    assert fields(CONNECTING, *lines) == {"remote_site": "LAGER", "gateway": "192.0.2.44"}


def test_lines_run_together_are_taken_apart() -> None:
    made = pattern(
        "VPN: create authentication packet for {remote_site} ({gateway})",
        "auth-packet-created",
        continues=(Continuation(line="DNS: {dns}"), Continuation(line="NBNS: {nbns}")),
    )
    line = "VPN: create authentication packet for LAGER (192.0.2.44) DNS: 10.0.0.1, 0.0.0.0"
    assert fields(made, f"{line} NBNS: 10.0.0.2, 0.0.0.0 | made") == {
        "remote_site": "LAGER",
        "gateway": "192.0.2.44",
        "dns": "10.0.0.1, 0.0.0.0",
        "nbns": "10.0.0.2, 0.0.0.0",
    }
