"""The words of the dialogue: short names for every cause, and no line too long or hostile."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from trace_lines import LAGER, no_answer, set_up

from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.interview import Interview
from reports.interview import InterviewWords
from reports.labels import Lang, labels
from reports.reasons import ReasonWords
from reports.short import about, cause_name

WIDTH = 79


def begun(diagnoser: Diagnoser, text: str) -> Interview:
    file = CaseFile("1.txt", lambda: io.BytesIO(text.encode()))
    return Interview.begin(diagnoser, diagnoser.examine(Case((file,))))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_cause_has_a_short_name(catalog: Catalog, lang: Lang) -> None:
    words = labels(lang)
    assert [one.id for one in catalog.causes.values() if one.short is None] == []
    assert max(len(cause_name(name, catalog, words)) for name in catalog.causes) <= 26


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_line_is_too_long(diagnoser: Diagnoser, lang: Lang) -> None:
    told = InterviewWords(diagnoser.catalog, labels(lang), WIDTH)
    reasons = ReasonWords(diagnoser.catalog, labels(lang), WIDTH)
    interview = begun(diagnoser, no_answer(LAGER)).say("history", "suddenly")
    lines = [told.ranking(interview.incident), *told.end(interview).lines]
    for name in interview.others:
        lines += reasons.why(interview.ask(name))
    lines += reasons.how(interview.how())
    assert max(map(cell_len, lines)) <= WIDTH


def test_the_ranking_is_one_line_of_the_first_causes(diagnoser: Diagnoser) -> None:
    interview = begun(diagnoser, no_answer(LAGER)).say("own-internet-up", "no")
    line = InterviewWords(diagnoser.catalog, labels("en"), WIDTH).ranking(interview.incident)
    assert interview.incident is not None
    first = round(interview.incident.hypotheses[0].probability * 100)
    assert line.startswith(f"{first} % own Internet down | ")


def test_why_says_what_an_answer_is_worth(diagnoser: Diagnoser) -> None:
    interview = begun(diagnoser, no_answer(LAGER)).ask("own-internet-up")
    why = interview.why()
    assert why.open is not None
    text = " ".join(ReasonWords(diagnoser.catalog, labels("en"), WIDTH).why(interview))
    assert f"It saves {why.open.worth_minutes:.1f} min on average until the repair (1 min" in text


def test_how_shows_decibans_that_add_up(diagnoser: Diagnoser) -> None:
    how = begun(diagnoser, no_answer(LAGER)).say("remote-online", "no").how()
    assert how is not None
    lines = list(ReasonWords(diagnoser.catalog, labels("en"), WIDTH).how(how))
    total = sum(one.decibans for one in how.versus)
    assert f"{f'+{total:.1f}':>9}  sum" in lines


def test_without_a_ranking_how_says_so(diagnoser: Diagnoser) -> None:
    how = begun(diagnoser, set_up(LAGER)).how()
    text = " ".join(ReasonWords(diagnoser.catalog, labels("en"), WIDTH).how(how))
    assert "There is no ranking yet" in text


def test_a_hostile_name_is_shown_harmless(diagnoser: Diagnoser) -> None:
    interview = begun(diagnoser, no_answer("A\x1b[31m\u202e{B} (192.0.2.9)"))
    assert about(interview.incident, labels("en")) == "A␛[31m\\u{202e}{B} (192.0.2.9)"
