"""The whole way from a trace to ranked causes: what a support engineer would say of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Diagnosed
from hypothesis import given, settings
from hypothesis import strategies as st
from our_program import PROGRAM
from trace_lines import (
    CASES,
    EXAMPLES,
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

from assistant.errors import InputError
from assistant.model.diagnosis import Diagnosis, Incident, Verdict

GATEWAY = "192.0.2.44"
AUTH = at(0.2, f"VPN: received authentication packet from {LAGER}")


def case(name: str) -> str:
    (path,) = CASES.glob(f"{name}*.txt")
    return path.read_text(encoding="utf-8")


def only(diagnosis: Diagnosis) -> Incident:
    (incident,) = diagnosis.incidents
    return incident


def causes(incident: Incident) -> Mapping[str, float]:
    """Probability by cause, most probable first."""
    return {one.cause: one.probability for one in incident.hypotheses}


def leading(incident: Incident, count: int = 1) -> set[str]:
    return {one.cause for one in incident.hypotheses[:count]}


def symptoms(incident: Incident) -> set[str]:
    return {one.id for one in incident.symptoms}


def lines(incident: Incident, symptom: str) -> list[tuple[int, int]]:
    """First and last lines of a symptom's evidence."""
    (found,) = (one for one in incident.symptoms if one.id == symptom)
    return [(place.first_line, place.last_line) for place in found.places]


# The published excerpts, rewritten --------------------------------------------------------


def test_a_set_up_with_two_refusals_is_healthy(diagnosed: Diagnosed) -> None:
    found = diagnosed(case("001"))
    incident = only(found)
    assert (found.verdict, incident.outcome) == (Verdict.HEALTHY, "established")
    assert incident.stage is not None
    assert incident.stage.value == "connected"
    assert (incident.hypotheses, incident.refused_proposals) == ((), ())
    assert (found.coverage.records, found.coverage.unread_records) == (24, 0)
    assert found.coverage.unread == ()
    assert found.coverage.missing == ()
    assert "ike-proposals-fit-after-refusals" in symptoms(incident)


def test_no_answer_leaves_four_causes(diagnosed: Diagnosed) -> None:
    found = diagnosed(case("002"))
    incident = only(found)
    assert (found.verdict, incident.outcome) == (Verdict.FAULT, "failed")
    assert incident.error_codes == ("0x1106",)
    assert leading(incident, 4) == {
        "gateway-address-wrong",
        "remote-not-configured",
        "firewall-blocks-ike",
        "remote-offline",
    }
    assert "remote-trace" in found.coverage.missing


def test_polling_that_failed_leaves_poll_address_and_blocked_traffic(
    diagnosed: Diagnosed,
) -> None:
    incident = only(diagnosed(case("003")))
    assert (incident.outcome, incident.error_codes) == ("lost", ("0x1307",))
    ranked = causes(incident)
    assert leading(incident, 2) == {"poll-address-wrong", "tunnel-traffic-blocked"}
    assert ranked["poll-address-wrong"] + ranked["tunnel-traffic-blocked"] >= 0.55
    # The poll frames go to a private address that is not the gateway.
    assert ranked["ping-blocked-on-public-address"] < 0.05
    polls = [(1, 6), (8, 12), (14, 18), (20, 24), (26, 30), (32, 35)]
    assert lines(incident, "line-polling-failed") == [*polls, (37, 38)]
    assert lines(incident, "polled-private") == polls[:-1]


def test_the_reason_why_blocked_ping_is_unlikely_is_the_polled_address(
    diagnosed: Diagnosed,
) -> None:
    incident = only(diagnosed(case("003")))
    (found,) = (one for one in incident.hypotheses if one.cause == "ping-blocked-on-public-address")
    against = min(found.evidence, key=lambda one: one.decibans)
    assert (against.id, against.decibans < -5) == ("polled-private", True)


@pytest.mark.parametrize(
    "text",
    [
        case("003").replace("192.168.44.254", "203.0.113.24"),
        lost_by_polling(LAGER, 0, target=GATEWAY),
        set_up(LAGER) + lost_by_polling(LAGER, 35, target=GATEWAY),
    ],
)
def test_polls_to_the_gateway_itself_lead_to_blocked_ping(diagnosed: Diagnosed, text: str) -> None:
    assert leading(only(diagnosed(text))) == {"ping-blocked-on-public-address"}


def test_a_missing_poll_entry_is_proven(diagnosed: Diagnosed) -> None:
    incident = only(diagnosed(case("004")))
    first = incident.hypotheses[0]
    assert (first.cause, first.standing.value) == ("poll-entry-missing", "proven")
    assert first.probability >= 0.95
    assert incident.outcome == "failed"


def test_the_trace_among_the_prose_of_a_mail_is_found(diagnosed: Diagnosed) -> None:
    found = diagnosed(case("005"))
    assert (found.verdict, only(found).remote_site) == (Verdict.INCONCLUSIVE, "NORDHOF")
    assert found.coverage.unread_records > 0


# Reading like an expert -------------------------------------------------------------------


def test_an_authentication_packet_leaves_udp_500(diagnosed: Diagnosed) -> None:
    incident = only(diagnosed(started(LAGER) + AUTH + no_answer(LAGER)))
    ranked = causes(incident)
    assert leading(incident) == {"firewall-blocks-ike"}
    assert ranked["firewall-blocks-ike"] >= 0.5
    assert ranked["gateway-address-wrong"] < 0.05
    assert ranked["remote-not-configured"] < 0.05


def test_refusals_without_an_end_are_inconclusive(diagnosed: Diagnosed) -> None:
    whole = case("001")
    second = whole.index("local No 2")
    found = diagnosed(whole[: whole.index("\n", second) + 1])
    assert found.verdict is Verdict.INCONCLUSIVE
    assert only(found).outcome == "unfinished"
    assert only(found).hypotheses == ()


@pytest.mark.parametrize("code", ["0x2103", "0x2203"])
def test_refusals_that_end_in_the_code_name_what_differs(diagnosed: Diagnosed, code: str) -> None:
    whole = case("001")
    second = whole.index("local No 2")
    text = whole[: whole.index("\n", second) + 2]
    text += "\n2005/03/17 09:41:34,820\n"
    text += f"VPN: Error: IKE-No-proposal-matched ({code}) for NORDHOF (203.0.113.24)\n"
    incident = only(diagnosed(text))
    assert leading(incident) == {"ike-proposal-mismatch"}
    assert [
        (
            refusal.event.local_no,
            f"{refusal.event.local_attribute} = {refusal.event.local_value}",
            refusal.event.remote_no,
            f"{refusal.event.remote_attribute} = {refusal.event.remote_value}",
        )
        for refusal in incident.refused_proposals
    ] == [
        (1, "encryption algorithm = AES_CBC", 1, "encryption algorithm = BLOWFISH_CBC"),
        (2, "encryption algorithm = AES_CBC", 1, "encryption algorithm = BLOWFISH_CBC"),
    ]


def test_the_code_without_a_refusal_says_that_only_the_responder_can_tell(
    diagnosed: Diagnosed,
) -> None:
    incident = only(diagnosed(started(LAGER) + error(LAGER, "0x2103", 1)))
    assert "ike-refusal-not-shown" in symptoms(incident)
    assert incident.refused_proposals == ()
    assert "nothing-heard" not in symptoms(incident)


def test_two_sites_interleaved_are_two_incidents_with_their_own_lines(
    diagnosed: Diagnosed,
) -> None:
    found = diagnosed(
        started(LAGER, 0)
        + started(ZENTRALE, 1)
        + answered(ZENTRALE, 1.3)
        + matched(1.31)
        + answered(LAGER, 1.4)
        + refused(1.4)
        + error(LAGER, "0x2103", 1.5)
        + connected(ZENTRALE, 6)
    )
    lager, zentrale = found.incidents
    assert (found.verdict, lager.outcome, zentrale.outcome) == (
        Verdict.FAULT,
        "failed",
        "established",
    )
    assert leading(lager) == {"ike-proposal-mismatch"}
    assert lines(lager, "no-ike-proposal-fits") == [(28, 29)]
    assert lines(lager, "ike-proposals-rejected") == [(31, 32)]
    assert lines(zentrale, "tunnel-came-up") == [(34, 35)]
    assert zentrale.hypotheses == ()


def test_a_code_in_no_table_names_no_cause(diagnosed: Diagnosed) -> None:
    incident = only(diagnosed(error(LAGER, "0x2777", 0)))
    assert leading(incident) == {"unknown"}
    assert (incident.stage.value if incident.stage else None, incident.role) == ("ike-sa", None)


def test_polls_that_recover_are_healthy(diagnosed: Diagnosed) -> None:
    text = set_up(LAGER) + missed(LAGER, 60, left=(5, 4)) + at(300, "VPN: installed rulesets")
    found = diagnosed(text)
    assert (found.verdict, only(found).outcome) == (Verdict.HEALTHY, "established")
    assert "poll-recovered" in symptoms(only(found))
    assert only(found).hypotheses == ()


def test_a_tunnel_without_a_polling_entry_is_lost_if_it_was_up(diagnosed: Diagnosed) -> None:
    incident = only(diagnosed(set_up(LAGER) + error(LAGER, "0x1108", 30)))
    assert (incident.outcome, leading(incident)) == ("lost", {"poll-entry-missing"})


def test_probabilities_sum_to_one(diagnosed: Diagnosed) -> None:
    for text in (case("002"), case("003"), case("004"), error(LAGER, "0x2777", 0)):
        assert sum(causes(only(diagnosed(text))).values()) == pytest.approx(1, abs=0.001)


# Verdicts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (set_up(LAGER), "healthy"),
        (set_up(LAGER) + disconnecting(LAGER, 60), "healthy"),
        (set_up(LAGER) + error(LAGER, "0x4302", 60), "healthy"),
        (started(LAGER), "inconclusive"),
        (set_up(LAGER) + started(ZENTRALE, 60), "inconclusive"),
        (no_answer(LAGER) + set_up(LAGER, 60), "fault"),
        (set_up(LAGER) + error(LAGER, "0x4304", 60), "fault"),
        (started(ZENTRALE, 0) + no_answer(LAGER, 60), "fault"),
        ("[IP-Router] 2024/05/14 09:00:00,000\nIP-Router Rx:\n", "inconclusive"),
        ("10:17:58,480\nChange phase to ESTABLISH\n", "inconclusive"),
        ("[VPN-Status] 2024/05/14 09:00:00,000\n", "inconclusive"),
    ],
)
def test_verdict(diagnosed: Diagnosed, text: str, verdict: str) -> None:
    assert diagnosed(text).verdict.value == verdict


@pytest.mark.parametrize(
    "text",
    [
        "[IP-Router] 2024/05/14 09:00:00,000\nIP-Router Rx:\n",
        "10:17:58,480\nChange phase to ESTABLISH\n",
    ],
)
def test_without_a_vpn_record_the_trace_to_make_is_named(diagnosed: Diagnosed, text: str) -> None:
    found = diagnosed(text)
    assert found.incidents == ()
    assert "vpn-status-trace" in found.coverage.missing
    assert [one.id for one in found.warnings] == ["no-vpn-records"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", {"file": "1.txt"}),
        (" \n\t\r\n", {"file": "1.txt"}),
        ("Guten Tag,\nder Tunnel geht nicht.\n", {"file": "1.txt", "looks": "text"}),
        ("\x00\x01\x02" * 500, {"file": "1.txt", "looks": "binary"}),
        ("| LANCOM 1781VA\n> \n", {"file": "1.txt", "looks": "lancom-banner"}),
        ("root@LAGER:/\n> ", {"file": "1.txt", "looks": "text"}),
    ],
)
def test_nothing_that_belongs_to_a_case(
    diagnosed: Diagnosed, content: str, words: dict[str, str]
) -> None:
    with pytest.raises(InputError) as caught:
        diagnosed(content)
    assert caught.value.words == words


def test_of_several_files_without_a_trace_the_first_that_is_not_empty_is_named(
    diagnosed: Diagnosed,
) -> None:
    with pytest.raises(InputError) as caught:
        diagnosed("", "Guten Tag", "%PDF-1.7")
    assert caught.value.words == {"file": "2.txt", "looks": "text"}


# Incidents --------------------------------------------------------------------------------


def test_equal_negotiations_are_one_incident(diagnosed: Diagnosed) -> None:
    text = "".join(started(LAGER, begin) + no_answer(LAGER, begin + 30) for begin in (0, 31, 62))
    incident = only(diagnosed(text))
    assert (incident.occurrences, incident.recovered) == (3, False)
    assert (str(incident.first_seen), str(incident.last_seen)) == (
        "2024-05-14T09:00:00.000",
        "2024-05-14T09:01:32.000",
    )


def test_an_incident_after_which_the_site_came_up_has_recovered(diagnosed: Diagnosed) -> None:
    found = diagnosed(
        started(LAGER) + no_answer(LAGER) + set_up(LAGER, 31) + lost_by_polling(LAGER, 300)
    )
    assert [(one.outcome, one.recovered) for one in found.incidents] == [
        ("failed", True),
        ("lost", False),
    ]


def test_incidents_stand_in_the_order_of_their_first_lines(diagnosed: Diagnosed) -> None:
    found = diagnosed(set_up(ZENTRALE) + no_answer(LAGER, 60) + disconnecting(ZENTRALE, 90))
    assert [(one.id, one.remote_site) for one in found.incidents] == [
        ("1", "ZENTRALE"),
        ("2", "LAGER"),
    ]


def test_two_files_of_the_same_router_are_one_case(diagnosed: Diagnosed) -> None:
    found = diagnosed(set_up(LAGER), no_answer(LAGER, 600))
    assert [source.side_reason for source in found.sources] == ["first-file", "same-router"]
    assert [one.outcome for one in found.incidents] == ["established", "failed"]
    assert {place.source for one in found.incidents[1].symptoms for place in one.places} == {
        "2.txt"
    }
    (site,) = found.sites
    assert (site.state_at_end.value, site.outages) == ("down", 1)


# Remote sites over the trace --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (set_up(LAGER), ("up", "2024-05-14T09:00:05.000", 0, None)),
        (started(LAGER), ("unknown", None, 0, None)),
        (
            set_up(LAGER) + disconnecting(LAGER, 60),
            ("down", "2024-05-14T09:01:00.000", 0, None),
        ),
        (
            started(LAGER) + no_answer(LAGER, 30),
            ("down", "2024-05-14T09:00:30.000", 1, None),
        ),
        (
            started(LAGER) + no_answer(LAGER, 30) + started(LAGER, 31) + no_answer(LAGER, 61),
            ("down", "2024-05-14T09:00:30.000", 1, None),
        ),
        (
            set_up(LAGER) + lost_by_polling(LAGER, 100) + set_up(LAGER, 120),
            ("up", "2024-05-14T09:02:05.000", 1, 19.99),
        ),
        (
            set_up(LAGER)
            + lost_by_polling(LAGER, 100)
            + set_up(LAGER, 120)
            + lost_by_polling(LAGER, 300),
            ("down", "2024-05-14T09:05:05.010", 2, 19.99),
        ),
        (
            set_up(LAGER) + missed(LAGER, 60, left=(5, 4)),
            ("unknown", None, 0, None),
        ),
    ],
)
def test_state_of_a_site(
    diagnosed: Diagnosed, text: str, expected: tuple[str, str | None, int, float | None]
) -> None:
    (site,) = diagnosed(text).sites
    since = str(site.since) if site.since else None
    assert (site.state_at_end.value, since, site.outages, site.outage_s) == expected


# What must always hold --------------------------------------------------------------------

WHOLE = {path.name: path.read_bytes() for path in [*CASES.glob("*.txt"), *EXAMPLES.glob("*.txt")]}
HEALTHY = [case("001").encode(), (EXAMPLES / "success.txt").read_bytes()]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_trace_cut_anywhere_is_read_without_an_exception(
    diagnosed: Diagnosed, data: st.DataObject
) -> None:
    whole = WHOLE[data.draw(st.sampled_from(sorted(WHOLE)))]
    begin = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(begin, len(whole)))
    try:
        found = diagnosed(whole[begin:end])
    except InputError:
        return
    for incident in found.incidents:
        total = sum(one.probability for one in incident.hypotheses)
        assert not incident.hypotheses or total == pytest.approx(1, abs=0.001)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_healthy_trace_cut_anywhere_is_no_fault(
    diagnosed: Diagnosed, data: st.DataObject
) -> None:
    whole = data.draw(st.sampled_from(HEALTHY))
    begin = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(begin, len(whole)))
    try:
        found = diagnosed(whole[begin:end])
    except InputError:
        return
    assert found.verdict is not Verdict.FAULT


@settings(max_examples=40, deadline=None)
@given(noise=st.binary(max_size=300), place=st.integers(0, 2000))
def test_noise_in_a_trace_is_read_without_an_exception(
    diagnosed: Diagnosed, noise: bytes, place: int
) -> None:
    whole = WHOLE["polling-failed.txt"]
    try:
        diagnosed(whole[:place] + noise + whole[place:])
    except InputError:
        assert place == 0  # it may begin like a packed file


@settings(max_examples=30, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            sorted({line for text in WHOLE.values() for line in text.decode().split("\n")})
        ),
        max_size=40,
    )
)
def test_any_order_of_lines_is_read_and_every_place_is_true(
    diagnosed: Diagnosed, words: list[str]
) -> None:
    text = "\n".join(["[VPN-Status] 2024/05/14 09:00:00,000", *words])
    lines = text.split("\n")
    for incident in diagnosed(text).incidents:
        for symptom in incident.symptoms:
            assert symptom.places
            for place in symptom.places:
                there = lines[place.first_line - 1 : place.last_line]
                assert place.text == "\n".join(map(str.rstrip, there))


def test_five_hash_seeds_give_the_same_json(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    text = started(LAGER) + set_up(ZENTRALE, 1) + no_answer(LAGER) + lost_by_polling(ZENTRALE, 90)
    trace.write_text(text, encoding="utf-8")
    printed = {
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", PROGRAM, str(trace), "--format", "json", "-o", "-"],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(5)
    }
    (document,) = printed
    assert json.loads(document)["verdict"] == "fault"
