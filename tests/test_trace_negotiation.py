"""Events become negotiations: whose, how far, what became of it."""

from __future__ import annotations

import pytest
from conftest import Negotiated, Read
from trace_lines import (
    LAGER,
    ZENTRALE,
    answered,
    at,
    connected,
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

from assistant.model.event import Role
from assistant.model.message import ProposalRefused
from assistant.model.negotiation import Negotiation, Outcome, Stage


def told(found: list[Negotiation]) -> list[tuple[str, str, str | None]]:
    """Remote site, outcome and stage of each."""
    return [
        (one.remote_site, one.outcome.value, one.stage.value if one.stage else None)
        for one in found
    ]


def lines_of(one: Negotiation) -> set[int]:
    """First lines of all messages of a negotiation."""
    return {place.first_line for seen in one.messages for place in seen.places}


# Stages and outcomes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        (at(0, f"VPN: connecting to {LAGER}"), Stage.CALLED),
        (
            at(0, f"VPN: connecting to {LAGER}")
            + at(0, f"VPN: start dynamic VPN negotiation for {LAGER} via ICMP/UDP"),
            Stage.DYNAMIC_VPN,
        ),
        (started(LAGER), Stage.IKE_SA),
        (started(LAGER) + answered(LAGER, 0.3) + matched(0.3), Stage.IKE_SA),
        (
            started(LAGER)
            + at(
                2,
                "VpnIpm: info; Phase-1 [inititiator] between initiator id 198.51.100.7, "
                "responder id 192.0.2.44 done",
            ),
            Stage.CHILD_SA,
        ),
        (set_up(LAGER), Stage.CONNECTED),
    ],
)
def test_the_furthest_stage_counts(negotiated: Negotiated, text: str, stage: Stage) -> None:
    (one,) = negotiated(text)
    assert one.stage is stage


def test_an_authentication_packet_after_phase_1_began_takes_nothing_back(
    negotiated: Negotiated,
) -> None:
    text = started(LAGER) + at(0.2, f"VPN: received authentication packet from {LAGER}")
    (one,) = negotiated(text)
    assert one.stage is Stage.IKE_SA


@pytest.mark.parametrize(
    ("code", "stage"),
    [
        ("0x1106", "ike-sa"),
        ("0x1206", "ike-sa"),
        ("0x2103", "ike-sa"),
        ("0x2777", "ike-sa"),
        ("0x3102", "child-sa"),
        ("0x1307", "connected"),
        ("0x1105", "dynamic-vpn"),
        ("0x1108", "called"),
        ("0x1103", "called"),
        ("0x4304", None),
    ],
)
def test_of_a_code_alone_its_layer_is_the_stage(
    negotiated: Negotiated, code: str, stage: str | None
) -> None:
    (one,) = negotiated(error(LAGER, code, 0))
    assert (one.stage.value if one.stage else None) == stage


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (set_up(LAGER), Outcome.ESTABLISHED),
        (started(LAGER), Outcome.UNFINISHED),
        (started(LAGER) + no_answer(LAGER), Outcome.FAILED),
        (started(LAGER) + error(LAGER, "0x2103", 1), Outcome.FAILED),
        (set_up(LAGER) + disconnecting(LAGER, 60), Outcome.DISCONNECTED),
        (lost_by_polling(LAGER, 0), Outcome.LOST),
        (error(LAGER, "0x1307", 0), Outcome.LOST),
        (missed(LAGER, 0), Outcome.LOST),
        (set_up(LAGER) + missed(LAGER, 35, left=(5, 4)), Outcome.UNFINISHED),
        (
            set_up(LAGER) + missed(LAGER, 35, left=(5, 4, 3)) + disconnecting(LAGER, 38),
            Outcome.LOST,
        ),
        (
            set_up(LAGER) + missed(LAGER, 35, left=(5, 4)) + disconnecting(LAGER, 900),
            Outcome.DISCONNECTED,
        ),
        (
            set_up(LAGER) + missed(LAGER, 35, left=(5, 4)) + at(900, "VPN: disconnecting X (x)"),
            Outcome.ESTABLISHED,
        ),
        (error(LAGER, "0x1108", 0), Outcome.FAILED),
        (started(LAGER) + error(LAGER, "0x1108", 1), Outcome.FAILED),
        (set_up(LAGER) + error(LAGER, "0x1108", 20), Outcome.LOST),
    ],
)
def test_outcome(negotiated: Negotiated, text: str, outcome: Outcome) -> None:
    assert negotiated(text)[0].outcome is outcome


@pytest.mark.parametrize("code", [f"0x43{number:02x}" for number in range(1, 13)])
def test_reasons_for_a_disconnect_are_faults_in_three_cases_only(
    negotiated: Negotiated, code: str
) -> None:
    faults = {"0x4304", "0x4305", "0x430b"}
    expected = Outcome.LOST if code in faults else Outcome.DISCONNECTED
    for end in (
        error(LAGER, code, 600) + disconnecting(LAGER, 600.01),
        disconnecting(LAGER, 600) + error(LAGER, code, 600.01),
    ):
        (one,) = negotiated(set_up(LAGER) + end)
        assert (one.outcome, one.error_codes) == (expected, (code,))


def test_the_first_fault_decides_and_a_disconnect_after_it_does_not(
    negotiated: Negotiated,
) -> None:
    text = set_up(LAGER) + error(LAGER, "0x1307", 60) + error(LAGER, "0x4302", 60.1)
    (one,) = negotiated(text)
    assert (one.outcome, one.error_codes) == (Outcome.LOST, ("0x1307", "0x4302"))


def flaps(times: list[float], *, after: float = 100) -> str:
    return "".join(
        set_up(LAGER, begin)
        + error(LAGER, "0x4301", begin + 5 + after)
        + disconnecting(LAGER, begin + 5 + after)
        for begin in times
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (flaps([0, 400, 800]), "lost"),
        (flaps([0, 400, 800], after=299), "lost"),
        (flaps([0, 400]), "disconnected"),
        (flaps([0, 400, 800], after=301), "disconnected"),
    ],
)
def test_taken_down_by_the_peer_again_and_again_is_lost(
    negotiated: Negotiated, text: str, outcome: str
) -> None:
    assert {one.outcome.value for one in negotiated(text)} == {outcome}


def test_when_it_was_connected_and_when_it_ended(negotiated: Negotiated) -> None:
    (one,) = negotiated(set_up(LAGER) + lost_by_polling(LAGER, 100))
    assert (str(one.connected_at), str(one.ended_at)) == (
        "2024-05-14T09:00:05.000",
        "2024-05-14T09:01:45.010",
    )


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (started(LAGER), Role.INITIATOR),
        (error(LAGER, "0x2103", 0), Role.INITIATOR),
        (error(LAGER, "0x2203", 0), Role.RESPONDER),
        (error(LAGER, "0x1307", 0), None),
        (
            at(0, "VpnIpm: info; Phase-2 [responder] done with 2 SAS for peer LAGER rule ipsec-0"),
            Role.RESPONDER,
        ),
    ],
)
def test_role(negotiated: Negotiated, text: str, role: Role | None) -> None:
    (one,) = negotiated(text)
    assert one.role is role


# Whose message ----------------------------------------------------------------------------


def test_two_sites_interleaved_get_their_own_lines(negotiated: Negotiated) -> None:
    text = (
        started(LAGER, 0)  # lines 1 to 9
        + started(ZENTRALE, 1)  # 10 to 18
        + answered(ZENTRALE, 1.3)  # 19
        + matched(1.31)  # 22
        + answered(LAGER, 1.4)  # 25
        + refused(1.4)  # 28
        + refused(1.41, local=2)  # 31
        + error(LAGER, "0x2103", 1.5)  # 34
        + connected(ZENTRALE, 6)  # 37
    )
    lager, zentrale = negotiated(text)
    assert told([lager, zentrale]) == [
        ("LAGER", "failed", "ike-sa"),
        ("ZENTRALE", "established", "connected"),
    ]
    assert lines_of(lager) == {1, 4, 7, 25, 28, 31, 34}
    assert lines_of(zentrale) == {10, 13, 16, 19, 22, 37}


def test_a_message_without_a_name_goes_to_the_site_that_waits_for_it(
    negotiated: Negotiated,
) -> None:
    text = (
        set_up(ZENTRALE, 0)
        + started(LAGER, 60)
        + missed(ZENTRALE, 60.1, left=(5,))
        + refused(60.2)
        + error(LAGER, "0x2103", 60.3)
    )
    zentrale, lager = negotiated(text)
    assert not any(isinstance(seen.event, ProposalRefused) for seen in zentrale.messages)
    assert any(isinstance(seen.event, ProposalRefused) for seen in lager.messages)
    assert lager.inferred_places == 0


def test_where_two_sites_wait_the_choice_is_marked_as_inferred(negotiated: Negotiated) -> None:
    lager, zentrale = negotiated(started(LAGER, 0) + started(ZENTRALE, 0.1) + refused(0.4))
    assert (lager.inferred_places, zentrale.inferred_places) == (0, 1)


def test_messages_before_the_first_name_belong_to_it(negotiated: Negotiated) -> None:
    text = refused(0) + refused(0.1, local=2) + error(LAGER, "0x2203", 0.2)
    (one,) = negotiated(text)
    assert (one.remote_site, lines_of(one)) == ("LAGER", {1, 4, 7})


def test_messages_that_no_name_follows_are_kept(negotiated: Negotiated) -> None:
    assert told(negotiated(refused(0) + matched(0.1))) == [("", "unfinished", "ike-sa")]


def test_a_new_call_does_not_take_what_was_said_before_it(negotiated: Negotiated) -> None:
    assert told(negotiated(refused(0) + started(LAGER, 1))) == [
        ("", "unfinished", "ike-sa"),
        ("LAGER", "unfinished", "ike-sa"),
    ]


def test_rulesets_of_nobody_begin_nothing(negotiated: Negotiated) -> None:
    over = set_up(LAGER) + error(LAGER, "0x4302", 60) + disconnecting(LAGER, 60)
    assert told(negotiated(over + at(100, "VPN: installed rulesets"))) == [
        ("LAGER", "disconnected", "connected")
    ]


# Several negotiations ---------------------------------------------------------------------


def test_negotiations_of_one_site_in_a_row(negotiated: Negotiated) -> None:
    text = (
        started(LAGER, 0)
        + no_answer(LAGER, 30)
        + started(LAGER, 31)
        + no_answer(LAGER, 61)
        + set_up(LAGER, 62)
        + lost_by_polling(LAGER, 100)
        + set_up(LAGER, 106)
    )
    assert told(negotiated(text)) == [
        ("LAGER", "failed", "ike-sa"),
        ("LAGER", "failed", "ike-sa"),
        ("LAGER", "lost", "connected"),
        ("LAGER", "established", "connected"),
    ]


def test_a_call_before_the_last_one_had_ended_ends_it(negotiated: Negotiated) -> None:
    assert told(negotiated(started(LAGER, 0) + started(LAGER, 31) + set_up(LAGER, 62))) == [
        ("LAGER", "failed", "ike-sa"),
        ("LAGER", "failed", "ike-sa"),
        ("LAGER", "established", "connected"),
    ]


def test_the_records_of_one_fault_are_one_negotiation(negotiated: Negotiated) -> None:
    assert len(negotiated(no_answer(LAGER, 0))) == 1
    assert len(negotiated(lost_by_polling(LAGER, 0))) == 1


def test_the_same_fault_half_a_minute_later_is_another_negotiation(
    negotiated: Negotiated,
) -> None:
    assert len(negotiated(no_answer(LAGER, 0) + no_answer(LAGER, 31))) == 2


def rekeyed(seconds: float, number: int) -> str:
    return (
        at(seconds, "VpnIpm: info; phase-1 negotiation started for peer isakmp-peer-LAGER")
        + answered(LAGER, seconds + 0.1)
        + matched(seconds + 0.2)
        + at(
            seconds + 1,
            "VpnIpm: info; Phase-2 [initiator] done with 2 SAS for peer LAGER rule ipsec-0-LAGER",
        )
        + at(
            seconds + 1,
            f"VpnIpm: info; SA ESP [0x{2 * number:08x}] alg AES keylength 256 +hmac HMAC_SHA "
            "outgoing",
        )
        + at(
            seconds + 1,
            f"VpnIpm: info; SA ESP [0x{2 * number + 1:08x}] alg AES keylength 256 +hmac HMAC_SHA "
            "incoming",
        )
    )


def test_rekeying_belongs_to_the_tunnel(negotiated: Negotiated) -> None:
    text = set_up(LAGER) + rekeyed(1800, 1) + rekeyed(3600, 2)
    assert told(negotiated(text)) == [("LAGER", "established", "connected")]


def test_a_fault_after_months_of_rekeying_is_still_seen(negotiated: Negotiated, read: Read) -> None:
    text = (
        set_up(LAGER)
        + "".join(rekeyed(1800 * number, number) for number in range(1, 1200))
        + lost_by_polling(LAGER, 1800 * 1200)
    )
    (one,) = negotiated(text)
    assert (one.outcome, one.error_codes) == (Outcome.LOST, ("0x1307",))
    (draft,) = read(text).drafts
    assert len(draft.seen) < 200


def test_a_flood_of_refusals_stays_small(negotiated: Negotiated) -> None:
    text = started(LAGER) + answered(LAGER, 0.3)
    text += "".join(refused(1, remote, local) for remote in range(60) for local in range(60))
    (one,) = negotiated(text + error(LAGER, "0x2103", 2))
    assert one.outcome is Outcome.FAILED
    assert sum(isinstance(seen.event, ProposalRefused) for seen in one.messages) < 100
