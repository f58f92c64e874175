"""In which order to repair, when to hand over, why the causes stand in their order, answers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from reports_pair_samples import (
    configured_incident,
    contradicted_case,
    make_pair_catalog,
    paired,
    paired_case,
    pairing,
)
from reports_samples import case, polling_incident, time_out_incident

from assistant.model.answer import OpenQuestion, RepairPlan, Weight
from assistant.model.diagnosis import Diagnosis, Origin
from assistant.model.event import RemoteSite
from assistant.model.pairing import PairVerdict
from reports.hand_over import render_hand_over
from reports.html import render_html
from reports.incident import IncidentView
from reports.labels import Lang
from reports.text import render_text
from reports.view import case_view, choose_first_step

CATALOG = make_pair_catalog()


def only(diagnosis: Diagnosis, lang: Lang = "en") -> IncidentView:
    (one,) = case_view(diagnosis, CATALOG, lang).problems
    return one


def folded(text: str) -> str:
    return " ".join(text.split())


# The plan ---------------------------------------------------------------------------------------


def test_repairs_in_their_order_with_minutes_and_chance() -> None:
    plan = only(contradicted_case()).plan

    assert plan is not None
    assert [(one.title, one.minutes, one.helps) for one in plan.repairs] == [
        ("Allow the traffic", "4 min", "36 %"),
        ("Poll the LAN address of the remote router", "12 min", "40 %"),
        ("Align the proposals", "8 min", "2 %"),
    ]


def test_a_repair_links_to_its_steps_where_the_page_tells_them() -> None:
    plan = only(contradicted_case()).plan

    assert plan is not None
    assert [one.href for one in plan.repairs] == [
        "#do-allow-traffic",
        "#do-correct-poll-target",
        "",
    ]


def test_how_long_it_takes_and_when_to_hand_over() -> None:
    plan = only(contradicted_case(), "de").plan

    assert plan is not None
    assert plan.expected == (
        "Im Mittel 41 min, bis der Tunnel wieder läuft, die Zeit für eine Übergabe eingerechnet."
    )
    assert plan.unrepaired == "Hilft nichts davon (18 %): den Fall übergeben."


def test_without_a_repair_that_is_worth_it_the_case_is_handed_over_at_once() -> None:
    nothing = RepairPlan(repairs=(), expected_minutes=90, unrepaired=1)
    plan = only(case(replace(polling_incident(), plan=nothing))).plan

    assert plan is not None
    assert plan.unrepaired == "No repair is worth its time: hand the case over at once."


def test_the_first_step_and_the_remedies_follow_the_plan() -> None:
    one = only(contradicted_case())

    assert choose_first_step(contradicted_case().incidents[0], CATALOG) == (
        "remedy",
        "allow-traffic",
    )
    assert one.step is not None
    assert one.step.title == "Allow the traffic"
    assert [remedy.id for remedy in one.remedies][:2] == ["allow-traffic", "correct-poll-target"]


def test_nobody_who_is_away_is_asked_first() -> None:
    incident = time_out_incident()
    away = replace(case(incident), away=("remote",))

    assert choose_first_step(incident, CATALOG) == ("input", "remote-trace")
    assert choose_first_step(incident, CATALOG, away) == ("remedy", "escalate")


def test_what_the_case_has_is_not_asked_for() -> None:
    diagnosis = paired_case()
    (incident,) = diagnosis.incidents
    unrecorded = pairing(paired(PairVerdict.NOT_RECORDED, theirs=None))

    assert choose_first_step(incident, CATALOG) == ("input", "remote-trace")
    assert choose_first_step(incident, CATALOG, diagnosis) == ("remedy", "escalate")
    assert choose_first_step(incident, CATALOG, replace(diagnosis, pairings=(unrecorded,))) == (
        "input",
        "remote-trace",
    )


def test_where_answers_are_all_there_is_a_question_comes_before_a_guess() -> None:
    told = replace(
        configured_incident(0.3), origin=Origin.ANSWERS, remote_site=RemoteSite(""), symptoms=()
    )
    question = OpenQuestion(
        id="remote-online", who="remote", minutes=5, worth_minutes=4, choices=("yes", "no")
    )

    assert choose_first_step(told, CATALOG) == ("remedy", "align-ike-proposals")
    assert choose_first_step(replace(told, questions=(question,)), CATALOG) is None
    assert only(replace(case(told), sources=(), sites=())).site == "this tunnel"


def test_the_page_has_the_plan_and_the_text_for_handing_over() -> None:
    diagnosis = contradicted_case()
    html = render_html(diagnosis, CATALOG, "en")
    text = render_hand_over(diagnosis, CATALOG, "en", "1")

    assert '<table class="plan stacked">' in html
    assert "<summary>Text for handing over</summary>" in html
    assert text.splitlines()[0] in html


def test_an_incident_without_a_plan_has_no_text_for_handing_over() -> None:
    assert "Text for handing over" not in render_html(case(polling_incident()), CATALOG, "en")


def test_the_long_text_lists_the_plan() -> None:
    text = render_text(contradicted_case(), CATALOG, "en", verbose=True).plain

    assert "   1.   36 %   4 min  Allow the traffic (here, at our own router)" in text
    assert "If none helps (18 %): hand the case over." in folded(text)


# Why in this order ------------------------------------------------------------------------------


def test_what_tips_the_balance_adds_up() -> None:
    versus = only(contradicted_case()).versus

    assert versus is not None
    assert [(one.told, one.decibans) for one in versus.weights] == [
        ("How common the two are", "+1.0"),
        ("The polls went unanswered", "\N{MINUS SIGN}2.2"),
        ("Is the remote site online? yes", "+1.6"),
        ("All the rest together", "+0.1"),
    ]
    assert versus.total == "+0.5"
    assert '"The polled address is wrong" is 1.1 times as probable' in versus.told


@pytest.mark.parametrize(
    ("decibans", "ratio"), [(0.0, "1.0"), (3.0, "2.0"), (10.0, "10"), (34.0, "> 1,000")]
)
def test_decibans_are_told_as_a_ratio(decibans: float, ratio: str) -> None:
    weights = (Weight(id="prior", choice=None, decibans=decibans),)
    versus = only(case(replace(polling_incident(), versus=weights))).versus

    assert versus is not None
    assert f"is {ratio} times as probable" in versus.told


def test_the_page_and_the_long_text_show_it() -> None:
    html = render_html(contradicted_case(), CATALOG, "de")
    text = render_text(contradicted_case(), CATALOG, "de", verbose=True).plain

    assert "<summary>Warum die erste Ursache vor der zweiten steht</summary>" in html
    assert "    +1,0  Wie häufig beide sind" in text
    assert "    +0,5  Summe" in text


def test_the_answer_on_which_it_depends_is_named() -> None:
    one = only(contradicted_case())

    assert one.pivot == (
        "The first place depends on one answer: Is the remote site online? yes. "
        "Without it this would lead: Ping is blocked (52 %)."
    )
    assert '<p class="pivot">' in render_html(contradicted_case(), CATALOG, "en")


# Answers ----------------------------------------------------------------------------------------


def test_answers_say_where_they_come_from() -> None:
    assert only(contradicted_case()).answers == (
        "Is the remote site online? no (from the file of answers)",
        "Tried, did not help: Allow ping (given in the dialogue)",
    )


def test_nobody_at_the_other_side_is_a_note() -> None:
    diagnosis = contradicted_case()
    told = "Nobody can be reached at the remote site: what needs them is neither asked nor planned."

    assert told in render_html(diagnosis, CATALOG, "en")
    assert told in folded(render_text(diagnosis, CATALOG, "en", verbose=True).plain)


def test_a_remark_is_told_with_its_line() -> None:
    (remark,) = case_view(contradicted_case(), CATALOG, "en").remarks

    assert remark.told == "LAGER: The tunnel came up."
    assert remark.quote == "set /Setup/WAN/Polling-Table/LAGER 198.51.100.7 30"
    assert remark.ref is not None
    assert remark.ref.href == "#i1-s2-L5"


def test_what_an_incident_tells_is_no_remark_as_well() -> None:
    diagnosis = contradicted_case()
    (remark,) = diagnosis.remarks
    known = replace(remark, symptom="polled-private")

    assert case_view(replace(diagnosis, remarks=(known,)), CATALOG, "en").remarks == ()


# The question on the first screen ---------------------------------------------------------------


def asking(causes: int) -> Diagnosis:
    """A polling failure with so many causes worth reading, and a question."""
    one = polling_incident()
    question = OpenQuestion(
        id="remote-online", who="remote", minutes=5, worth_minutes=4, choices=("yes", "no")
    )
    first = one.hypotheses[0]
    return case(
        replace(
            one,
            hypotheses=tuple(replace(first, probability=1 / causes) for _ in range(causes)),
            questions=(question,),
        )
    )


def test_the_question_is_worth_more_than_a_third_cause() -> None:
    page = render_text(asking(9), CATALOG, "en", report="r.html").plain.split("\n")

    assert "Find out: Is the remote site online?" in page
    assert len(page) <= 24


def test_where_there_is_room_it_says_how_to_answer() -> None:
    page = render_text(asking(2), CATALOG, "en", report="r.html").plain.split("\n")

    assert "  --answer remote-online=yes|no" in page
    assert len(page) <= 24
