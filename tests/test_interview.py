"""The dialogue as a value: what is asked, what a move leads to, and that moves can be undone."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from trace_lines import LAGER, ZENTRALE, at, no_answer, set_up

from assistant.diagnose import Case, CaseFile, Diagnoser, Examined
from assistant.interview import Interview
from assistant.model.answer import Answer, AnswerSource
from assistant.model.dialogue import Reason, Stop

TIMED_OUT = no_answer(LAGER)


def examined(diagnoser: Diagnoser, *texts: str) -> Examined:
    files = [
        CaseFile(f"{number}.txt", lambda text=text: io.BytesIO(text.encode()))  # type: ignore[misc]
        for number, text in enumerate(texts, start=1)
    ]
    return diagnoser.examine(Case(tuple(files)))


@pytest.fixture(scope="module")
def begun(diagnoser: Diagnoser) -> Interview:
    """After a time-out, before the first question."""
    return Interview.begin(diagnoser, examined(diagnoser, TIMED_OUT))


def question(interview: Interview) -> str | None:
    return interview.asked.question if interview.asked else None


def answered(interview: Interview) -> Interview:
    """With the first choice."""
    asked = interview.asked
    assert asked is not None
    return interview.answer(interview.diagnoser.catalog.questions[asked.question].choices[0].id)


def said(interview: Interview) -> dict[str, str]:
    return {answer.id: answer.choice for answer in interview.answers}


def without_further_knowledge(interview: Interview) -> Interview:
    """Answer "don't know" until only a confirmation is left to ask, or nothing."""
    for _ in range(60):
        if interview.asked is None or interview.asked.reason is Reason.CONFIRM:
            return interview
        interview = interview.unknown()
    pytest.fail("the dialogue does not end")


# Answering --------------------------------------------------------------------------------


def test_the_question_worth_most_comes_first(begun: Interview) -> None:
    assert begun.incident is not None
    assert begun.asked is not None
    assert begun.asked.reason is Reason.BEST
    assert begun.asked.open == begun.incident.questions[0]


def test_an_answer_moves_the_ranking_and_brings_the_next_question(begun: Interview) -> None:
    after = begun.say("own-internet-up", "no")
    assert after.incident is not None
    assert after.incident.hypotheses[0].cause == "local-internet-down"
    assert question(after) != "own-internet-up"


def test_what_is_answered_comes_from_the_dialogue(begun: Interview) -> None:
    (answer,) = begun.ask("history").answer("never").answers
    assert answer == Answer(id="history", choice="never", source=AnswerSource.DIALOGUE)


def test_dont_know_changes_nothing_but_is_not_asked_again(begun: Interview) -> None:
    after = begun.unknown()
    assert begun.incident is not None
    assert after.incident is not None
    assert after.incident.hypotheses == begun.incident.hypotheses
    assert question(begun) not in [one.id for one in after.incident.questions]


@pytest.mark.parametrize(
    ("name", "choice", "kind"),
    [
        ("weather", "fine", "no-such-question"),
        ("history", "maybe", "no-such-choice"),
        ("tried:prayer", "no-help", "no-such-remedy"),
    ],
)
def test_what_is_no_answer_is_refused(begun: Interview, name: str, choice: str, kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        begun.say(name, choice)


def test_a_value_is_left_as_it_was(begun: Interview) -> None:
    before = replace(begun)
    begun.unknown().skip().go_away("remote").back()
    assert begun == before


def test_an_answer_can_be_corrected_at_any_time(begun: Interview) -> None:
    after = begun.say("history", "never").say("own-internet-up", "yes").say("history", "suddenly")
    assert said(after) == {"own-internet-up": "yes", "history": "suddenly"}
    assert after.diagnosis == (
        begun.say("own-internet-up", "yes").say("history", "suddenly").diagnosis
    )


def test_answering_something_else_leaves_the_chosen_question(begun: Interview) -> None:
    after = begun.ask("middlebox").say("history", "never")
    assert question(after) == "middlebox"


def test_a_repair_that_did_not_help_speaks_against_its_cause(begun: Interview) -> None:
    after = begun.tried("correct-gateway-address")
    assert begun.incident is not None
    assert after.incident is not None
    assert begun.incident.hypotheses[0].cause == "gateway-address-wrong"
    assert after.incident.hypotheses[0].cause != "gateway-address-wrong"
    assert after.failed_repairs == ("correct-gateway-address",)


# Going back, skipping -----------------------------------------------------------------------


def test_back_takes_the_last_answer_back_and_asks_it_again(begun: Interview) -> None:
    first = question(begun)
    after = answered(begun).back()
    assert question(after) == first
    assert after.asked is not None
    assert after.asked.reason is Reason.AGAIN
    assert after.answers == ()
    assert after.diagnosis == begun.diagnosis


def test_back_goes_several_steps(begun: Interview) -> None:
    first = question(begun)
    second = question(answered(begun))
    after = answered(begun).unknown().back()
    assert (question(after), list(said(after))) == (second, [first])
    assert question(after.back()) == first
    assert after.back().back() == after.back()


def test_back_gives_the_answer_before_a_correction_back(begun: Interview) -> None:
    after = begun.say("history", "never").say("history", "suddenly").back()
    assert said(after) == {"history": "never"}


def test_what_came_with_the_call_is_not_taken_back(diagnoser: Diagnoser) -> None:
    known = Answer(id="history", choice="never")
    begun = Interview.begin(diagnoser, examined(diagnoser, TIMED_OUT), given=[known])
    assert not begun.can_go_back
    assert begun.back().answers == (known,)
    assert said(begun.say("history", "suddenly")) == {"history": "suddenly"}


def test_what_was_resumed_can_be_taken_back_and_the_call_wins(diagnoser: Diagnoser) -> None:
    begun = Interview.begin(
        diagnoser,
        examined(diagnoser, TIMED_OUT),
        given=[Answer(id="history", choice="never")],
        resumed=[
            Answer(id="history", choice="suddenly"),
            Answer(id="own-internet-up", choice="yes"),
        ],
    )
    assert said(begun) == {"history": "never", "own-internet-up": "yes"}
    assert question(begun.back()) == "own-internet-up"


def test_a_skipped_question_comes_again_when_nothing_else_is_left(begun: Interview) -> None:
    skipped = question(begun)
    after = begun.skip()
    asked = []
    while after.asked is not None and after.asked.reason is Reason.BEST:
        asked.append(after.asked.question)
        after = after.unknown()
    assert skipped not in asked
    assert after.asked is not None
    assert (after.asked.question, after.asked.reason) == (skipped, Reason.SKIPPED)
    assert said(after).get(str(skipped)) is None


def test_skipped_twice_it_stays_open(begun: Interview) -> None:
    skipped = str(question(begun))
    after = without_further_knowledge_but(begun.skip(), skipped).skip()
    assert question(after) != skipped
    assert after.left_open == (skipped,)


def without_further_knowledge_but(interview: Interview, name: str) -> Interview:
    while interview.asked is not None and interview.asked.question != name:
        interview = interview.unknown()
    return interview


# Away -------------------------------------------------------------------------------------


def test_nobody_there_switches_the_whole_class_off(begun: Interview) -> None:
    after = begun.go_away("remote")
    assert after.incident is not None
    assert after.incident.plan is not None
    assert {one.who for one in after.incident.questions} <= {"local"}
    who = {after.diagnoser.catalog.remedies[one.remedy].who for one in after.incident.plan.repairs}
    assert who <= {"local", "provider"}


def test_the_question_that_is_asked_goes_if_nobody_can_answer_it(begun: Interview) -> None:
    assert question(begun.ask("remote-online").go_away("remote")) != "remote-online"


def test_somebody_there_after_all(begun: Interview) -> None:
    assert begun.go_away("remote").come_back("remote").diagnosis == begun.diagnosis
    assert begun.go_away("remote").back().diagnosis == begun.diagnosis
    assert begun.go_away("remote").go_away("local").away == ("remote", "local")


# Mixed initiative -----------------------------------------------------------------------------


def test_any_question_can_be_asked(begun: Interview) -> None:
    after = begun.ask("tunnel-limit")
    assert after.asked is not None
    assert (after.asked.question, after.asked.reason) == ("tunnel-limit", Reason.CHOSEN)
    assert said(after.answer("full")) == {"tunnel-limit": "full"}
    with pytest.raises(ValueError, match="weather"):
        begun.ask("weather")


def test_the_others_are_those_worth_asking_then_all_then_the_answered(begun: Interview) -> None:
    after = begun.say("history", "never")
    assert after.incident is not None
    worth = [one.id for one in after.incident.questions]
    assert list(after.others[: len(worth)]) == worth
    assert after.others[-1] == "history"


def test_what_the_trace_tells_is_not_among_them(diagnoser: Diagnoser) -> None:
    up = at(0, f"VPN: {LAGER.split()[0]} connected") + set_up(LAGER, 60) + no_answer(LAGER)
    begun = Interview.begin(diagnoser, examined(diagnoser, up))
    assert begun.incident is not None
    told = diagnoser.told(begun.incident)
    assert not set(told) & set(begun.others)


def test_several_sites_in_trouble(diagnoser: Diagnoser) -> None:
    both = examined(diagnoser, TIMED_OUT + no_answer(ZENTRALE))
    begun = Interview.begin(diagnoser, both)
    assert [one.remote_site for one in begun.in_trouble] == ["LAGER", "ZENTRALE"]
    assert begun.incident == begun.in_trouble[0]
    after = begun.turn_to(begun.in_trouble[1].id)
    assert after.incident is not None
    assert after.incident.remote_site == "ZENTRALE"
    assert after.say("history", "never").about == after.about
    with pytest.raises(ValueError, match="99"):
        begun.turn_to("99")


def test_a_healthy_trace_asks_nothing(diagnoser: Diagnoser) -> None:
    begun = Interview.begin(diagnoser, examined(diagnoser, set_up(LAGER)))
    assert begun.asked is None
    assert begun.how() is None
    assert begun.stops == ()
    with pytest.raises(ValueError, match="nothing is asked"):
        begun.unknown()


def test_a_case_without_any_file(diagnoser: Diagnoser) -> None:
    begun = Interview.begin(diagnoser, examined(diagnoser))
    assert begun.asked is not None
    after = begun.say("last-error", "no-poll-entry").say("poll-entry", "missing")
    assert after.incident is not None
    assert after.incident.hypotheses[0].cause == "poll-entry-missing"


# Explaining ---------------------------------------------------------------------------------


def test_why_tells_each_answer(begun: Interview) -> None:
    why = begun.why("own-internet-up")
    assert why.open is not None
    assert why.open.worth_minutes > 0
    assert [one.choice for one in why.outlooks] == ["yes", "no"]
    assert sum(one.probability for one in why.outlooks) == pytest.approx(1)
    assert why.outlooks[1].cause == "local-internet-down"
    after = begun.say("own-internet-up", "no").incident
    assert after is not None
    assert why.outlooks[1].cause_probability == pytest.approx(after.hypotheses[0].probability)


def test_how_adds_up_and_points_at_lines(begun: Interview) -> None:
    after = begun.say("history", "suddenly")
    how = after.how()
    assert how is not None
    assert after.incident is not None
    first, second, *_ = after.incident.hypotheses
    assert (how.first, how.second) == (first.cause, second.cause)
    ratio = 10 ** (sum(one.decibans for one in how.versus) / 10)
    assert ratio == pytest.approx(first.probability / second.probability)
    assert all(one.decibans < 0 for one in how.against)
    rules = {one.rule for one in how.firings}
    assert {f"symptom:{one.id}" for one in how.symptoms} <= rules
    assert all(one.places for one in how.symptoms)


# Contradictions, confirmations, the end -----------------------------------------------------------


def test_a_new_contradiction_is_told_with_both_sources(diagnoser: Diagnoser) -> None:
    text = set_up(LAGER) + at(
        300,
        f"VPN: Error: IFC-X-Line-polling-failed (0x1307) for {LAGER}",
    )
    begun = Interview.begin(diagnoser, examined(diagnoser, text))
    after = begun.say("history", "never")
    (found,) = after.new_contradictions(begun)
    claims = {found.first, found.second}
    assert {claim.choice for claim in claims} == {None, "never"}
    assert all(claim.places for claim in claims if claim.choice is None)
    assert after.say("own-internet-up", "yes").new_contradictions(after) == ()
    assert after.say("history", "suddenly").contradictions == ()


def test_the_answer_it_all_depends_on_is_asked_once_more(begun: Interview) -> None:
    after = without_further_knowledge(begun.say("remote-online", "no"))
    assert after.asked is not None
    assert after.asked.reason is Reason.CONFIRM
    assert after.asked.question == "remote-online"
    assert after.asked.pivot is not None
    assert after.asked.pivot.instead != "remote-offline"
    assert after.answer("no").asked is None
    assert after.skip().asked is None


def test_a_confirmation_may_turn_the_result(begun: Interview) -> None:
    after = without_further_knowledge(begun.say("remote-online", "no")).answer("yes")
    assert after.incident is not None
    assert after.incident.hypotheses[0].cause != "remote-offline"


def test_a_quick_repair_here_needs_no_confirmation(begun: Interview) -> None:
    after = without_further_knowledge(begun.say("own-internet-up", "no"))
    assert after.incident is not None
    assert after.incident.plan is not None
    first = after.diagnoser.catalog.remedies[after.incident.plan.repairs[0].remedy]
    assert (first.who, first.minutes < 10) == ("local", True)
    assert after.asked is None


def test_when_to_hand_over(begun: Interview) -> None:
    assert Stop.REPAIRS_FAILED not in begun.tried("correct-gateway-address").stops
    twice = begun.tried("correct-gateway-address").tried("bring-remote-online")
    assert Stop.REPAIRS_FAILED in twice.stops
    nobody = begun.go_away("remote").go_away("local")
    assert nobody.asked is None
    assert Stop.NO_REPAIR in nobody.stops


# Always ---------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(moves=st.lists(st.sampled_from("ausbnrq"), max_size=14), pick=st.integers(0, 14))
def test_moves_never_fail_and_answers_decide_alone(
    diagnoser: Diagnoser, begun: Interview, moves: list[str], pick: int
) -> None:
    interview = begun
    for move in moves:
        asked = interview.asked
        if move in "aus" and asked is None:
            continue
        if move == "a" and asked is not None:
            choices = diagnoser.catalog.questions[asked.question].choices
            interview = interview.answer(choices[pick % len(choices)].id)
        elif move == "u":
            interview = interview.unknown()
        elif move == "s":
            interview = interview.skip()
        elif move == "b":
            interview = interview.back()
        elif move == "n":
            interview = interview.go_away("remote")
        elif move == "r":
            interview = interview.come_back("remote")
        elif interview.others:
            interview = interview.ask(interview.others[pick % len(interview.others)])
    again = diagnoser.conclude(begun.examined, interview.answers, interview.away)
    assert interview.diagnosis == again
