"""Prompts fit on 80x24: whatever is asked stands on the screen as a whole, in both languages."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Question
from assistant.cli.layout import end_lines, printable, question_lines
from assistant.diagnose import Case, Diagnoser
from assistant.interview import Interview
from reports.interview import AskedView, EndView, InterviewWords
from reports.labels import Lang, labels

COLUMNS, ROWS = 80, 24
BAR = 3
"""A blank line and two lines of commands."""


@pytest.fixture(scope="module")
def begun(diagnoser: Diagnoser) -> Interview:
    return Interview.begin(diagnoser, diagnoser.examine(Case(())))


def view_of(begun: Interview, question: Question, lang: Lang) -> AskedView:
    asked = begun.ask(question.id).asked
    assert asked is not None
    return InterviewWords(begun.diagnoser.catalog, labels(lang), COLUMNS - 1).asked(begun, asked)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_question_fits_with_its_choices(
    begun: Interview, catalog: Catalog, lang: Lang
) -> None:
    for question in catalog.questions.values():
        room = ROWS - 1 - BAR - len(question.choices)
        view = view_of(begun, question, lang)
        lines = question_lines(view, labels(lang), COLUMNS - 1, room)
        assert len(lines) <= room
        assert max(cell_len(text) for _, text in lines) < COLUMNS
        asked = " ".join(text for style, text in lines if style == "question")
        assert asked == view.text


def test_how_to_find_out_is_cut_before_anything_else(begun: Interview, catalog: Catalog) -> None:
    view = view_of(begun, catalog.questions["psk-compared"], "en")
    whole = question_lines(view, labels("en"), 79, 40)
    room = len(whole) - 1
    fewer = question_lines(view, labels("en"), 79, room)
    assert len(fewer) == room
    assert any(text.endswith("... (more with w)") for _, text in fewer)
    assert {text for _, text in whole} - {text for _, text in fewer} <= {
        text for style, text in whole if not style
    }


def test_the_question_stays_where_there_is_hardly_any_room(
    begun: Interview, catalog: Catalog
) -> None:
    view = view_of(begun, catalog.questions["psk-compared"], "en")
    lines = question_lines(view, labels("en"), 79, 3)
    assert [text for style, text in lines if style == "question"] == [view.text]


def test_of_a_long_result_the_last_repairs_are_left_out() -> None:
    view = EndView(head=("result",), plan=(("1. a", "   a"), ("2. b",), ("3. c",)), tail=("stop",))
    assert [text for _, text in end_lines(view, 99)] == [
        "",
        "result",
        "1. a",
        "   a",
        "2. b",
        "3. c",
        "stop",
        "",
    ]
    assert [text for _, text in end_lines(view, 6)] == ["", "result", "1. a", "   a", "stop", ""]
    assert [text for _, text in end_lines(view, 2)] == ["result", "stop"]


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("für „A“ …", "utf-8", "für „A“ …"),
        ("für 5", "latin-1", "für 5"),
        ("für „A“ …", "latin-1", 'für "A" ...'),
        ("Größe", "ascii", "Groesse"),
        ("\N{GREEK SMALL LETTER OMEGA}", "ascii", "?"),
        ("plain", "no-such-codec", "plain"),
        ("plain", None, "plain"),
    ],
)
def test_what_a_terminal_can_show(text: str, encoding: str | None, shown: str) -> None:
    assert printable(text, encoding) == shown
