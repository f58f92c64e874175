"""Two diagnoses compared: what is new, gone or changed, and what that proves of a remote site."""

from __future__ import annotations

import pytest
from conftest import Diagnosed
from msgspec.structs import replace
from trace_lines import (
    LAGER,
    ZENTRALE,
    answered,
    at,
    error,
    lost_by_polling,
    no_answer,
    refused,
    set_up,
    started,
)

from assistant.comparison import Change, Comparison, Course, compare
from assistant.model.answer import Answer
from assistant.model.diagnosis import Diagnosis

MISMATCH = started(LAGER) + answered(LAGER, 0.3) + refused(0.4) + error(LAGER, "0x2103", 0.5)
LATER = 86_400
"""Seconds: a day."""


def compared(then: Diagnosis, now: Diagnosis) -> Comparison:
    return compare(then, now, report="old.report.html", program="9.9")


def courses(comparison: Comparison) -> dict[str, Course]:
    return {one.remote_site: one.course for one in comparison.sites}


@pytest.mark.parametrize(
    ("then", "now", "course"),
    [
        (no_answer(LAGER), set_up(LAGER, LATER), Course.FIXED),
        (no_answer(LAGER), no_answer(LAGER, LATER), Course.STILL),
        (no_answer(LAGER), MISMATCH, Course.OTHER_FAULT),
        (no_answer(LAGER), no_answer(LAGER, LATER) + set_up(LAGER, LATER + 60), Course.UP_AGAIN),
        (no_answer(LAGER), at(LATER, f"VPN: connecting to {LAGER}"), Course.UNCLEAR),
        (no_answer(LAGER), set_up(ZENTRALE, LATER), Course.NOT_COVERED),
        (set_up(LAGER), lost_by_polling(LAGER, LATER), Course.NEW_FAULT),
        (set_up(ZENTRALE), no_answer(LAGER, LATER), Course.NEW_FAULT),
        (set_up(LAGER), set_up(LAGER, LATER), Course.QUIET),
    ],
)
def test_what_became_of_a_remote_site(
    diagnosed: Diagnosed, then: str, now: str, course: Course
) -> None:
    assert courses(compared(diagnosed(then), diagnosed(now)))["LAGER"] is course


def test_the_same_case_has_no_change(diagnosed: Diagnosed) -> None:
    one = diagnosed(no_answer(LAGER) + set_up(ZENTRALE, 60))
    comparison = compared(one, one)
    assert {each.change for each in comparison.incidents} == {Change.SAME}
    assert comparison.inputs.same
    assert comparison.same_knowledge
    assert comparison.same_program
    assert comparison.answers == ()


def test_incidents_are_matched_by_site_and_fault_not_by_their_number(diagnosed: Diagnosed) -> None:
    then = diagnosed(no_answer(LAGER) + set_up(ZENTRALE, 60))
    now = diagnosed(set_up(ZENTRALE, LATER) + no_answer(LAGER, LATER + 60))
    comparison = compared(then, now)
    assert {
        (one.then.id, one.now.id, one.change)
        for one in comparison.incidents
        if one.then and one.now
    } == {("1", "2", Change.SAME), ("2", "1", Change.SAME)}


def test_more_of_the_same_is_a_change(diagnosed: Diagnosed) -> None:
    now = no_answer(LAGER, LATER) + no_answer(LAGER, LATER + 600)
    (change,) = compared(diagnosed(no_answer(LAGER)), diagnosed(now)).incidents
    assert change.change is Change.CHANGED
    assert "occurrences" in change.aspects


def test_a_fault_that_is_gone_and_one_that_is_new(diagnosed: Diagnosed) -> None:
    comparison = compared(diagnosed(no_answer(LAGER)), diagnosed(set_up(LAGER, LATER)))
    assert [one.change for one in comparison.incidents] == [Change.NEW, Change.GONE]
    assert comparison.of(Change.GONE)[0].then is not None
    assert comparison.of(Change.GONE)[0].now is None


def test_an_answer_changes_the_first_cause_and_its_rank(diagnosed: Diagnosed) -> None:
    then = diagnosed(no_answer(LAGER))
    (incident,) = then.incidents
    first, second, *rest = incident.hypotheses
    turned = replace(incident, hypotheses=(second, first, *rest))
    now = replace(then, incidents=(turned,), answers=(Answer(id="own-internet-up", choice="yes"),))
    comparison = compared(then, now)
    (change,) = comparison.incidents
    assert (change.aspects, change.rank_now) == (("cause",), 2)
    assert [(one.id, one.then, one.now) for one in comparison.answers] == [
        ("own-internet-up", None, "yes")
    ]


def test_answers_that_were_changed_or_taken_back(diagnosed: Diagnosed) -> None:
    plain = diagnosed(no_answer(LAGER))
    yes = replace(plain, answers=(Answer(id="own-internet-up", choice="yes"),))
    no = replace(plain, answers=(Answer(id="own-internet-up", choice="no"),))
    (changed,) = compared(yes, no).answers
    assert (changed.then, changed.now) == ("yes", "no")
    (gone,) = compared(yes, plain).answers
    assert (gone.then, gone.now) == ("yes", None)


def test_a_later_program_and_knowledge_base_are_named(diagnosed: Diagnosed) -> None:
    now = diagnosed(no_answer(LAGER))
    then = replace(now, program="0.0.1", knowledge="sha256:" + "0" * 64)
    comparison = compared(then, now)
    assert not comparison.same_program
    assert not comparison.same_knowledge


def test_files_are_known_by_their_content(diagnosed: Diagnosed) -> None:
    first, second = no_answer(LAGER), set_up(ZENTRALE, 60)
    comparison = compared(diagnosed(first), diagnosed(second, first))
    assert [one.name for one in comparison.inputs.kept] == ["2.txt"]
    assert [one.name for one in comparison.inputs.new] == ["1.txt"]
    assert comparison.inputs.gone == ()


def test_a_trace_of_the_time_before(diagnosed: Diagnosed) -> None:
    then, now = diagnosed(no_answer(LAGER, LATER)), diagnosed(set_up(LAGER))
    assert compared(then, now).backwards
    assert not compared(now, then).backwards


def test_a_much_shorter_trace(diagnosed: Diagnosed) -> None:
    long = set_up(LAGER) + error(LAGER, "0x4304", 3600)
    short = set_up(LAGER, LATER)
    assert compared(diagnosed(long), diagnosed(short)).is_short
    assert not compared(diagnosed(short), diagnosed(long)).is_short


def test_traces_without_a_date_are_not_put_in_order(diagnosed: Diagnosed) -> None:
    undated = set_up(LAGER).replace("2024/05/14 ", "")
    comparison = compared(diagnosed(undated), diagnosed(set_up(LAGER, LATER)))
    assert not comparison.backwards
    assert comparison.span_then_s is not None


def test_the_name_of_a_site_may_change_its_case(diagnosed: Diagnosed) -> None:
    then = diagnosed(no_answer(LAGER))
    now = diagnosed(no_answer(LAGER.replace("LAGER", "Lager"), LATER))
    assert [one.change for one in compared(then, now).incidents] == [Change.SAME]


def test_a_configuration_that_no_longer_shows_the_fault(diagnosed: Diagnosed) -> None:
    script = (
        "lang English\nflash No\ncd /Setup/VPN/VPN-Peers\n"
        "tab Peer SH-Time Extranet-Address Remote-Gw\n"
        'add "LAGER" 9999 0.0.0.0 "{gateway}"\ncd /\nflash Yes\nexit\n'
    )
    routes = 'cd /Setup/IP-Router/IP-Routing-Table\nadd 192.0.2.0 255.255.255.0 0 "LAGER"\n'
    wrong = script.format(gateway="192.0.2.44").replace("cd /\n", f"{routes}cd /\n")
    then = diagnosed(wrong)
    if not any(one.is_fault for one in then.incidents):
        then = replace(
            then, incidents=tuple(replace(one, judged_fault=True) for one in then.incidents)
        )
    assert then.incidents
    now = replace(diagnosed(wrong), incidents=())
    assert set(courses(compared(then, now)).values()) == {Course.UNCLEAR}


def test_a_hundred_sites_are_matched(diagnosed: Diagnosed) -> None:
    sites = [f"SITE{number} (192.0.2.{number})" for number in range(1, 101)]
    then = diagnosed("".join(no_answer(one, 60 * place) for place, one in enumerate(sites)))
    now = diagnosed("".join(set_up(one, LATER + 60 * place) for place, one in enumerate(sites)))
    assert set(courses(compared(then, now)).values()) == {Course.FIXED}
