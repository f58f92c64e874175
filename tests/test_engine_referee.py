"""What cannot both be true is found by rules over symptoms and answers, with both its sources."""

from __future__ import annotations

from itertools import product

import pytest

from assistant.catalog.catalog import Catalog
from assistant.engine.referee import Referee
from assistant.model.answer import Answer
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import SymptomSeen
from assistant.model.source import Place

LINE = Place("trace.txt", 7, 9, "VPN: peer detected")


@pytest.fixture(scope="module")
def referee(catalog: Catalog) -> Referee:
    return Referee(catalog)


def seen(*names: str) -> tuple[SymptomSeen, ...]:
    return tuple(SymptomSeen(id=name, decisive=False, places=(LINE,)) for name in names)


def said(**choices: str) -> tuple[Answer, ...]:
    return tuple(
        Answer(id=name.replace("_", "-"), choice=choice) for name, choice in choices.items()
    )


def test_both_sources_are_named(referee: Referee) -> None:
    found = referee.contradictions("3", seen("ike-answer-heard"), said(remote_online="no"))
    assert found == (
        Contradiction(
            id="peer-heard-but-offline",
            incident="3",
            first=Claim(id="ike-answer-heard", places=(LINE,)),
            second=Claim(id="remote-online", choice="no"),
        ),
    )


def test_two_answers_contradict_each_other(referee: Referee) -> None:
    answers = said(remote_icmp_trace="reply-leaves", poll_target_answers="no")
    assert [one.id for one in referee.contradictions("1", (), answers)] == [
        "reply-leaves-but-no-answer"
    ]


@pytest.mark.parametrize(
    ("symptoms", "answers"),
    [
        ((), {}),
        (("ike-answer-heard",), {}),
        (("ike-answer-heard",), {"remote_online": "yes"}),
        (("ike-answer-heard",), {"remote_online": "unknown"}),
        (("nothing-heard",), {"remote_online": "no"}),
    ],
)
def test_what_goes_together_is_no_contradiction(
    referee: Referee, symptoms: tuple[str, ...], answers: dict[str, str]
) -> None:
    assert referee.contradictions("1", seen(*symptoms), said(**answers)) == ()


def test_the_last_answer_counts(referee: Referee) -> None:
    answers = (*said(remote_online="no"), *said(remote_online="yes"))
    assert referee.contradictions("1", seen("ike-answer-heard"), answers) == ()


def test_an_entry_is_told_once_however_many_of_its_claims_hold(referee: Referee) -> None:
    symptoms = seen("polled-gateway", "configured-poll-gateway")
    found = referee.contradictions("1", symptoms, said(poll_target_kind="lan-router"))
    assert [one.id for one in found] == ["polls-public-but-said-private"]


def test_every_pair_of_every_entry_is_found(referee: Referee, catalog: Catalog) -> None:
    for entry in catalog.contradictions.values():
        for first, second in product(entry.first, entry.second):
            symptoms = seen(*(one.symptom for one in (first, second) if one.symptom))
            answers = [
                Answer(id=str(one.question), choice=str(one.choice))
                for one in (first, second)
                if one.question
            ]
            found = [one.id for one in referee.contradictions("1", symptoms, answers)]
            assert entry.id in found
