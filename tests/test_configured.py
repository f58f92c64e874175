"""What configurations add to a diagnosis: proof, exclusion, remarks and contradictions."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from assistant.case import Case, CaseFile, Wanted
from assistant.diagnose import Diagnoser
from assistant.errors import InputError
from assistant.model.answer import Answer
from assistant.model.diagnosis import Diagnosis, Hypothesis, Origin, Standing, Verdict
from assistant.model.finding import Match
from assistant.model.source import Side, SourceKind

HERE = Path(__file__).parent
CONFIG = HERE / "cases" / "config"

NO_POLL_ENTRY = """\
[VPN-Status] 2026/03/02 08:00:05,720
VPN: Error: IFC-I-No-poll-table-entry-matched (0x1108) for LAGER (198.51.100.7)
"""
TIME_OUT = """\
[VPN-Status] 2026/03/02 08:00:00,000
VPN: connecting to LAGER (198.51.100.7)
[VPN-Status] 2026/03/02 08:00:00,010
VPN: start IKE negotiation for LAGER (198.51.100.7)
[VPN-Status] 2026/03/02 08:00:30,720
VPN: connection for LAGER (198.51.100.7) timed out: no response
[VPN-Status] 2026/03/02 08:00:30,720
VPN: Error: IFC-I-Connection-timeout-IKE-IPSEC (0x1106) for LAGER (198.51.100.7)
"""
POLLED = """\
[VPN-Status] 2026/03/02 09:00:00,720
VPN: poll timeout for LAGER (198.51.100.7)
remote site did not answer during interval
setting poll time to 1 sec.
(1 retries left)
send poll frame to {target}
[VPN-Status] 2026/03/02 09:00:01,720
VPN: poll timeout for LAGER (198.51.100.7)
remote site did not answer during interval
no retries left, disconnect channel
[VPN-Status] 2026/03/02 09:00:01,730
VPN: Error: IFC-X-Line-polling-failed (0x1307) for LAGER (198.51.100.7)
"""
CONNECTED = """\
[VPN-Status] 2026/03/02 10:00:00,720
VPN: LAGER (198.51.100.7) connected, set poll timer to 30 sec
"""
KEEP_ALIVE = 'set /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999 {Remote-Gw} "198.51.100.7"\n'


def script(body: str) -> str:
    return f"lang English\nflash No\n{body}flash Yes\nexit\n"


def from_text(name: str, text: str, side: Side | None = None) -> CaseFile:
    return CaseFile(name, lambda: io.BytesIO(text.encode()), side)


def from_file(name: str) -> CaseFile:
    return CaseFile(name, lambda: (CONFIG / name).open("rb"))


def diagnosis(
    diagnoser: Diagnoser, *files: CaseFile, answers: tuple[Answer, ...] = ()
) -> Diagnosis:
    return diagnoser.diagnose(Case(files, answers))


def cause(found: Diagnosis, name: str) -> Hypothesis:
    return next(one for one in found.incidents[0].hypotheses if one.cause == name)


def remarks(found: Diagnosis) -> list[tuple[str, str]]:
    return [(one.remote_site, one.symptom) for one in found.remarks]


def test_a_missing_row_is_likely_by_the_configuration_alone(diagnoser: Diagnoser) -> None:
    found = diagnosis(diagnoser, from_file("keep-alive-without-poll-row.de.lcs"))
    (incident,) = found.incidents
    assert found.verdict is Verdict.FAULT
    assert (incident.origin, incident.outcome, incident.stage, incident.remote_site) == (
        Origin.CONFIGURATION,
        None,
        None,
        "LAGER",
    )
    first = incident.hypotheses[0]
    assert (first.cause, first.standing) == ("poll-entry-missing", Standing.LIKELY)
    (place,) = incident.places_of(first.evidence[0])
    assert (place.source, place.first_line) == ("keep-alive-without-poll-row.de.lcs", 5)


def test_with_the_code_in_a_trace_it_is_proven(diagnoser: Diagnoser) -> None:
    found = diagnosis(
        diagnoser,
        from_text("trace.txt", NO_POLL_ENTRY),
        from_file("keep-alive-without-poll-row.de.lcs"),
    )
    incident = found.incidents[0]
    first = incident.hypotheses[0]
    assert (first.cause, first.standing) == ("poll-entry-missing", Standing.PROVEN)
    assert {place.source for one in first.evidence for place in incident.places_of(one)} == {
        "trace.txt",
        "keep-alive-without-poll-row.de.lcs",
    }
    assert found.contradictions == ()


@pytest.mark.parametrize(
    ("body", "symptom"),
    [
        (
            "set /Setup/VPN/IKEv2/Peers/LAGER {SH-Time} 9999\n",
            "keep-alive-without-poll-row-ikev2",
        ),
        (KEEP_ALIVE + "set /Setup/WAN/PPP/LAGER {Time} 6\n", "polled-through-ppp-list"),
    ],
)
def test_in_ikev2_or_polled_through_the_ppp_list_it_is_a_remark(
    diagnoser: Diagnoser, body: str, symptom: str
) -> None:
    found = diagnosis(diagnoser, from_text("router.lcs", script(body)))
    assert found.incidents == ()
    assert found.verdict is Verdict.INCONCLUSIVE
    assert remarks(found) == [("LAGER", symptom)]


def test_polling_the_gateway_in_vain(diagnoser: Diagnoser) -> None:
    found = diagnosis(
        diagnoser,
        from_text("trace.txt", POLLED.format(target="198.51.100.7")),
        from_file("polls-the-gateway.lcs"),
    )
    first = found.incidents[0].hypotheses[0]
    assert first.cause == "ping-blocked-on-public-address"
    assert {one.id for one in first.evidence} >= {"polled-gateway", "configured-poll-gateway"}
    assert found.contradictions == ()


def test_a_configuration_that_polls_another_address_is_not_the_one_of_that_day(
    diagnoser: Diagnoser,
) -> None:
    found = diagnosis(
        diagnoser,
        from_text("trace.txt", POLLED.format(target="192.168.44.254")),
        from_file("polls-the-gateway.lcs"),
    )
    (one,) = found.contradictions
    assert (one.id, one.first.id, one.second.id) == (
        "not-the-configuration-of-that-poll",
        "polled-address-not-configured",
        "polled-private",
    )
    assert [place.source for place in one.first.places] == ["polls-the-gateway.lcs"]
    assert {place.source for place in one.second.places} == {"trace.txt"}
    # What cannot be of that day counts little: without it the same cause leads.
    alone = diagnosis(diagnoser, from_text("t.txt", POLLED.format(target="192.168.44.254")))
    leading = found.incidents[0].hypotheses[0]
    assert leading.cause == alone.incidents[0].hypotheses[0].cause == "poll-address-wrong"
    assert cause(found, "ping-blocked-on-public-address").probability < 0.05


def test_a_gateway_that_is_not_configured(diagnoser: Diagnoser) -> None:
    body = 'set /Setup/VPN/VPN-Peers/LAGER {SH-Time} 0 {Remote-Gw} "203.0.113.99"\n'
    found = diagnosis(
        diagnoser, from_text("trace.txt", TIME_OUT), from_text("router.lcs", script(body))
    )
    assert [one.id for one in found.contradictions] == ["not-the-configuration-of-that-call"]
    before = diagnosis(diagnoser, from_text("trace.txt", TIME_OUT))
    name = "gateway-address-wrong"
    assert cause(found, name).probability > cause(before, name).probability


def test_a_configuration_without_the_remote_site(diagnoser: Diagnoser) -> None:
    body = "set /Setup/VPN/VPN-Peers/DEPOT {SH-Time} 0\n"
    found = diagnosis(
        diagnoser, from_text("trace.txt", TIME_OUT), from_text("router.lcs", script(body))
    )
    assert [one.id for one in found.contradictions] == ["not-the-configuration-of-that-router"]


def test_what_the_configuration_tells_is_not_asked(diagnoser: Diagnoser) -> None:
    polled = from_text("trace.txt", POLLED.format(target="198.51.100.7"))
    told = {"poll-entry", "poll-target-kind"}
    found = diagnosis(diagnoser, polled, from_file("polls-the-gateway.lcs"))
    assert not told & {one.id for one in found.incidents[0].questions}


def test_two_configurations_side_by_side(diagnoser: Diagnoser) -> None:
    found = diagnosis(
        diagnoser, from_file("nordhof-ikev1.lcs"), from_file("lager-ikev1-nothing-fits.lcs")
    )
    (incident,) = found.incidents
    assert found.verdict is Verdict.FAULT
    assert {one.cause for one in incident.named_by_settings} >= {
        "psk-mismatch",
        "identity-mismatch",
        "ike-proposal-mismatch",
        "network-mismatch",
        "exchange-mode-mismatch",
        "pfs-group-mismatch",
    }
    both = incident.side_by_side
    assert both is not None
    assert (both.our_source, both.their_source, both.their_site) == (
        "nordhof-ikev1.lcs",
        "lager-ikev1-nothing-fits.lcs",
        "NORDHOF",
    )
    assert {one.match for one in both.comparisons} >= {Match.DIFFERENT}
    assert [(one.kind, one.side) for one in found.sources] == [
        (SourceKind.LANCOM_CONFIG, Side.LOCAL),
        (SourceKind.LANCOM_CONFIG, Side.REMOTE),
    ]


def test_configurations_that_fit_say_nothing_is_wrong(diagnoser: Diagnoser) -> None:
    found = diagnosis(diagnoser, from_file("nordhof-ikev1.lcs"), from_file("lager-ikev1.lcs"))
    (incident,) = found.incidents
    assert (incident.outcome, incident.hypotheses, incident.questions) == (None, (), ())
    assert incident.side_by_side is not None
    matches = {one.match for one in incident.side_by_side.comparisons}
    assert matches <= {Match.EQUAL, Match.COMMON, Match.UNKNOWN}
    assert found.verdict is Verdict.INCONCLUSIVE


def test_a_tunnel_that_is_up_stays_healthy_beside_old_configurations(diagnoser: Diagnoser) -> None:
    found = diagnosis(
        diagnoser,
        from_text("trace.txt", CONNECTED),
        from_file("nordhof-ikev1.lcs"),
        from_file("lager-ikev1-nothing-fits.lcs"),
    )
    assert found.verdict is Verdict.HEALTHY
    assert [one.id for one in found.contradictions] == ["came-up-although-settings-differ"]


def test_a_configuration_that_says_polling_is_missing_makes_no_fault_of_a_code(
    diagnoser: Diagnoser,
) -> None:
    found = diagnosis(
        diagnoser,
        from_text("trace.txt", TIME_OUT),
        from_file("keep-alive-without-poll-row.de.lcs"),
    )
    assert found.incidents[0].hypotheses[0].cause == "gateway-address-wrong"


def test_answers_without_any_file(diagnoser: Diagnoser) -> None:
    answers = (
        Answer(id="last-error", choice="no-poll-entry"),
        Answer(id="poll-entry", choice="missing"),
    )
    found = diagnosis(diagnoser, answers=answers)
    (incident,) = found.incidents
    assert (incident.origin, incident.outcome) == (Origin.ANSWERS, None)
    assert incident.hypotheses[0].cause == "poll-entry-missing"
    assert found.verdict is Verdict.FAULT
    assert found.coverage.missing[0] == "vpn-status-trace"


def test_nobody_at_the_other_side_changes_what_is_asked_and_planned(diagnoser: Diagnoser) -> None:
    examined = diagnoser.examine(Case((from_text("trace.txt", TIME_OUT),)))
    alone = diagnoser.conclude(examined, away=("remote",)).incidents[0]
    both = diagnoser.conclude(examined).incidents[0]
    assert {one.who for one in alone.questions} == {"local"}
    assert alone.plan is not None
    assert both.plan is not None
    assert alone.plan != both.plan


@pytest.mark.parametrize("text", ["", "Just some prose.\n", TIME_OUT])
def test_what_is_given_as_a_configuration_must_be_one(diagnoser: Diagnoser, text: str) -> None:
    file = CaseFile(
        "router.lcs", lambda: io.BytesIO(text.encode()), Side.LOCAL, Wanted.CONFIGURATION
    )
    with pytest.raises(InputError) as caught:
        diagnosis(diagnoser, file)
    assert (caught.value.id, caught.value.words["file"]) == ("no-configuration", "router.lcs")


def test_a_configuration_that_stops_early_proves_no_absence(diagnoser: Diagnoser) -> None:
    text = "lang English\nflash No\n" + KEEP_ALIVE
    found = diagnosis(diagnoser, from_text("router.lcs", text))
    assert [one.id for one in found.warnings] == ["config-ends-early"]
    assert found.incidents == ()


def test_the_other_sides_configuration_is_judged_for_itself(diagnoser: Diagnoser) -> None:
    name = "keep-alive-without-poll-row.de.lcs"
    file = CaseFile(name, lambda: (CONFIG / name).open("rb"), Side.REMOTE, Wanted.CONFIGURATION)
    (incident,) = diagnosis(diagnoser, file).incidents
    assert (incident.side, incident.origin) == (Side.REMOTE, Origin.CONFIGURATION)
    assert incident.hypotheses[0].cause == "poll-entry-missing"


def test_a_configuration_of_another_router_makes_no_fault(diagnoser: Diagnoser) -> None:
    trace = CONNECTED.replace("LAGER", "ZENTRALE")
    found = diagnosis(
        diagnoser, from_text("trace.txt", trace), from_file("keep-alive-without-poll-row.de.lcs")
    )
    assert [one.id for one in found.contradictions] == ["not-the-configuration-of-that-router"]
    assert found.verdict is Verdict.HEALTHY
