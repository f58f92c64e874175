"""What follows from several messages: the events that symptoms are made of."""

from __future__ import annotations

import pytest
from conftest import Negotiated
from trace_lines import (
    LAGER,
    ZENTRALE,
    answered,
    at,
    disconnecting,
    error,
    lost_by_polling,
    matched,
    missed,
    no_answer,
    refused,
    set_up,
    started,
)

from assistant.catalog.message import event_fields
from assistant.model.negotiation import Negotiation

CALLED = at(0, "VpnIpm: info; phase-1 negotiation started for peer isakmp-peer-LAGER")
"""How a responder's trace begins."""
AUTH = at(0.2, f"VPN: received authentication packet from {LAGER}")
GATEWAY = "192.0.2.44"
NETWORKS = "192.168.20.0/255.255.255.0 <-> 192.168.30.0/255.255.255.0"


def derived(one: Negotiation, kind: str) -> list[dict[str, str | int]]:
    """Fields of the derived events of one kind."""
    return [event_fields(found.event) for found in one.derived if found.event.kind == kind]


def lines(one: Negotiation, kind: str) -> list[tuple[int, int]]:
    """Where the derived event of this kind stands."""
    (found,) = (found for found in one.derived if found.event.kind == kind)
    return [(place.first_line, place.last_line) for place in found.places]


# Faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (no_answer(LAGER, 30), {"connection-timeout", "interface", "initiator"}),
        (
            at(30, f"VPN: connection for {LAGER} timed out: no response"),
            {"connection-timeout", "interface", "unknown"},
        ),
        (error(LAGER, "0x2203", 0), {"no-ike-proposal-matched", "ike", "responder"}),
        (error(LAGER, "0x1307", 0), {"line-polling-failed", "interface", "none"}),
        (missed(LAGER, 0), {"line-polling-failed", "interface", "none"}),
        (error(LAGER, "0x2777", 0), {"undocumented", "ike", "unknown"}),
        (error(LAGER, "0x9999", 0), {"undocumented", "unknown"}),
    ],
)
def test_the_first_fault_is_named(negotiated: Negotiated, text: str, failure: set[str]) -> None:
    (one,) = negotiated(text)
    (found,) = derived(one, "failure")
    assert set(found.values()) == failure


def test_polling_that_failed_is_proven_by_all_its_records(negotiated: Negotiated) -> None:
    (one,) = negotiated(lost_by_polling(LAGER, 0))
    firsts = [first for first, _ in lines(one, "failure")]
    # Six polls of 4 to 6 lines and the code; the disconnect only follows from it.
    assert firsts == [1, 8, 14, 20, 26, 32, 37]


# The peer's silence -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (started(LAGER) + no_answer(LAGER), ["nothing"]),
        (started(LAGER) + started(LAGER, 31), ["nothing"]),
        (started(LAGER) + AUTH + no_answer(LAGER), ["dynamic-vpn"]),
        (started(LAGER) + AUTH + answered(LAGER, 0.3) + no_answer(LAGER), ["ike"]),
        (started(LAGER) + answered(LAGER, 0.3) + error(LAGER, "0x2103", 1), ["ike"]),
        (no_answer(LAGER), []),
        (started(LAGER) + error(LAGER, "0x2103", 1), []),
        (CALLED + error(LAGER, "0x1206", 30), []),
        (started(LAGER), []),
        (set_up(LAGER) + lost_by_polling(LAGER, 40), []),
    ],
    ids=[
        "nothing",
        "superseded",
        "dynamic-vpn",
        "ike",
        "ike-then-refused",
        "start-not-seen",
        "refused-without-lines",
        "responder-was-called",
        "trace-ends",
        "was-up",
    ],
)
def test_peer_heard_is_said_only_of_what_is_seen_whole(
    negotiated: Negotiated, text: str, by: list[str]
) -> None:
    assert [found["by"] for found in derived(negotiated(text)[0], "peer-heard")] == by


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        (started(LAGER) + no_answer(LAGER), ["1"]),
        (no_answer(LAGER), ["1"]),
        (
            started(LAGER)
            + at(2, "VpnIpm: info; SA ISAKMP for peer LAGER encryption aes authentication sha1")
            + no_answer(LAGER),
            ["2"],
        ),
        (started(LAGER, 0) + started(LAGER, 31), ["1"]),
        (started(LAGER, 0) + started(LAGER, 3), []),
        (started(LAGER) + error(LAGER, "0x2103", 1), []),
        (set_up(LAGER) + no_answer(LAGER, 60), []),
    ],
)
def test_timed_out(negotiated: Negotiated, text: str, phase: list[str]) -> None:
    assert [found["phase"] for found in derived(negotiated(text)[0], "timed-out")] == phase


# Proposals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (started(LAGER) + matched(0.3), "matched"),
        (
            started(LAGER) + refused(0.3) + refused(0.3, local=2) + matched(0.4),
            "refused-then-matched",
        ),
        (started(LAGER) + refused(0.3) + error(LAGER, "0x2103", 1), "refused"),
        (started(LAGER) + refused(0.3) + refused(0.3, local=2), "pending"),
        (started(LAGER) + refused(0.3) + no_answer(LAGER), "refused"),
    ],
)
def test_how_the_comparison_of_proposals_ended(
    negotiated: Negotiated, text: str, result: str
) -> None:
    (one,) = negotiated(text)
    assert derived(one, "proposals-compared") == [{"phase": "1", "result": result}]


def test_a_refusal_in_phase_2_is_settled_when_the_tunnel_stands(negotiated: Negotiated) -> None:
    text = started(LAGER) + matched(0.3)
    text += at(
        2, "VpnIpm: info; SA ISAKMP for peer LAGER encryption aes authentication sha1"
    ) + refused(3, phase=2)
    done = at(4, "VpnIpm: info; Phase-2 [initiator] done with 2 SAS for peer LAGER rule ipsec-0")
    (one,) = negotiated(text + done)
    assert [found["result"] for found in derived(one, "proposals-compared")] == [
        "matched",
        "refused-then-matched",
    ]


# Polling ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ended", "retries"),
    [
        (lost_by_polling(LAGER, 0), "disconnect", 6),
        (missed(LAGER, 0), "disconnect", 6),
        (missed(LAGER, 0, left=(5, 4)) + error(LAGER, "0x1307", 2), "disconnect", 2),
        (missed(LAGER, 0, left=(5, 4)) + disconnecting(LAGER, 2), "disconnect", 2),
        (missed(LAGER, 0, left=(5, 4)) + at(60, "VPN: installed rulesets"), "recovered", 2),
        (missed(LAGER, 0, left=(5, 4)) + at(60, "VPN: what"), "recovered", 2),
        (missed(LAGER, 0, left=(5, 4)), "pending", 2),
    ],
)
def test_how_missed_polls_ended(
    negotiated: Negotiated, text: str, ended: str, retries: int
) -> None:
    (one,) = negotiated(text)
    assert derived(one, "poll-series") == [{"ended": ended, "retries": retries}]


def test_every_recovered_run_of_polls_is_told(negotiated: Negotiated) -> None:
    text = "".join(missed(LAGER, begin, left=(5, 4)) for begin in (0, 100, 200))
    (one,) = negotiated(text + at(300, "VPN: installed rulesets"))
    (found,) = (found for found in one.derived if found.event.kind == "poll-series")
    assert (found.count, len(found.places)) == (3, 6)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (GATEWAY, "gateway"),
        ("198.51.100.5", "public"),
        ("192.168.30.254", "private"),
        ("10.1.2.3", "private"),
        ("172.31.255.1", "private"),
        ("fd00::1", "private"),
        ("2001:db8::1", "public"),
        ("lager.example.com", "public"),
    ],
)
def test_what_kind_of_address_was_polled(negotiated: Negotiated, target: str, kind: str) -> None:
    (one,) = negotiated(lost_by_polling(LAGER, 0, target=target))
    assert derived(one, "polled-address") == [{"target": kind, "poll_target": target}]


@pytest.mark.parametrize(
    ("target", "inside"), [("192.168.30.254", "yes"), ("192.168.31.254", "no"), (GATEWAY, "no")]
)
def test_whether_the_polled_address_lies_in_a_vpn_rule(
    negotiated: Negotiated, target: str, inside: str
) -> None:
    text = set_up(LAGER, networks=NETWORKS) + lost_by_polling(LAGER, 40, target=target)
    (one,) = negotiated(text)
    assert [found["inside_rule"] for found in derived(one, "polled-network")] == [inside]


def test_without_a_rule_in_the_trace_nothing_is_said_about_it(negotiated: Negotiated) -> None:
    (one,) = negotiated(set_up(LAGER) + lost_by_polling(LAGER, 40))
    assert derived(one, "polled-network") == []


@pytest.mark.parametrize(("age", "after"), [(35, "at-once"), (90, "at-once"), (200, "later")])
def test_how_long_the_tunnel_was_up_before_the_first_missed_poll(
    negotiated: Negotiated, age: float, after: str
) -> None:
    (one,) = negotiated(set_up(LAGER) + lost_by_polling(LAGER, 5 + age))
    assert derived(one, "first-miss") == [{"after": after}]


def test_polls_that_recovered_are_no_evidence_for_a_poll_target(negotiated: Negotiated) -> None:
    (one,) = negotiated(set_up(LAGER) + missed(LAGER, 40, left=(5,)) + at(90, "VPN: what"))
    assert derived(one, "polled-address") == derived(one, "first-miss") == []


# Before and after, and the others ---------------------------------------------------------


@pytest.mark.parametrize(
    ("next_try", "result"),
    [
        (set_up(LAGER, 50), ["connected"]),
        (started(LAGER, 50) + no_answer(LAGER, 80), ["timed-out"]),
        (set_up(LAGER, 900), []),
        (started(LAGER, 50), []),
        ("", []),
    ],
)
def test_what_became_of_the_next_negotiation(
    negotiated: Negotiated, next_try: str, result: list[str]
) -> None:
    one, *_ = negotiated(set_up(LAGER) + lost_by_polling(LAGER, 40) + next_try)
    assert [found["result"] for found in derived(one, "next-negotiation")] == result


def test_another_site_behind_another_gateway_was_up(negotiated: Negotiated) -> None:
    text = set_up(ZENTRALE, 0) + set_up(LAGER, 10) + lost_by_polling(LAGER, 100)
    _, lager = negotiated(text + at(300, "VPN: installed rulesets"))
    assert [found["state"] for found in derived(lager, "other-sites")] == ["up"]


def test_a_trace_that_ends_at_once_does_not_say_that_the_others_stayed_up(
    negotiated: Negotiated,
) -> None:
    text = set_up(ZENTRALE, 0) + set_up(LAGER, 10) + lost_by_polling(LAGER, 100)
    _, lager = negotiated(text)
    assert derived(lager, "other-sites") == []


def test_all_sites_were_lost_within_a_minute(negotiated: Negotiated) -> None:
    text = (
        set_up(ZENTRALE, 0)
        + set_up(LAGER, 10)
        + lost_by_polling(LAGER, 100)
        + lost_by_polling(ZENTRALE, 120)
    )
    found = negotiated(text)
    assert [derived(one, "other-sites") for one in found] == [[{"state": "lost-too"}]] * 2


def test_another_name_for_the_same_gateway_is_no_other_site(negotiated: Negotiated) -> None:
    text = set_up("LAGER-2 (192.0.2.44)", 0) + set_up(LAGER, 10) + lost_by_polling(LAGER, 100)
    found = negotiated(text + at(300, "VPN: installed rulesets"))
    assert derived(found[1], "other-sites") == []


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (set_up(LAGER), "seen", "seen"),
        (started(LAGER), "seen", "missing"),
        (no_answer(LAGER), "missing", "seen"),
        (answered(LAGER) + matched(0), "missing", "missing"),
    ],
)
def test_whether_the_trace_shows_start_and_end(
    negotiated: Negotiated, text: str, start: str, end: str
) -> None:
    (one,) = negotiated(text)
    assert derived(one, "trace-coverage") == [{"start": start, "end": end}]
