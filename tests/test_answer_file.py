"""Answers as a file: what is read, what is refused, and that what is written reads the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer_file import AnswerFileError, parse_answers, render_answers
from assistant.catalog.catalog import Catalog
from assistant.model.answer import NO_HELP, TRIED, UNKNOWN, Answer
from assistant.model.dialogue import AwaySide


def test_yes_and_no_are_words() -> None:
    lines = parse_answers("own-internet-up: yes\nremote-online: no\n")
    assert lines.choices == {"own-internet-up": "yes", "remote-online": "no"}


@pytest.mark.parametrize(
    ("text", "away"),
    [
        ("history: never", ()),
        ("away: remote", ("remote",)),
        ("away: [remote, local, remote]", ("remote", "local")),
        ("away: []", ()),
    ],
)
def test_who_is_away(text: str, away: tuple[AwaySide, ...]) -> None:
    lines = parse_answers(text)
    assert lines.away == away
    assert "away" not in lines.choices


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "a: true",
        "a: 1",
        "a: [b]",
        "a: {b: c}",
        "a: 1\na: 2",
        "away: nobody",
        "away: 1",
    ],
)
def test_what_is_no_such_file(text: str) -> None:
    with pytest.raises(AnswerFileError):
        parse_answers(text)


@given(data=st.data())
def test_what_is_written_reads_the_same(catalog: Catalog, data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(sorted(catalog.questions)), unique=True))
    tried = data.draw(st.lists(st.sampled_from(sorted(catalog.remedies)), unique=True, max_size=3))
    sides = data.draw(st.lists(st.sampled_from(["local", "remote"]), unique=True))
    remarks = data.draw(st.lists(st.text(), max_size=3))
    answers = [
        *(
            Answer(
                id=name,
                choice=data.draw(
                    st.sampled_from([UNKNOWN, *(c.id for c in catalog.questions[name].choices)])
                ),
            )
            for name in asked
        ),
        *(Answer(id=f"{TRIED}{name}", choice=NO_HELP) for name in tried),
    ]
    lines = parse_answers(render_answers(answers, sides, remarks))  # type: ignore[arg-type]
    assert list(lines.choices.items()) == [(one.id, one.choice) for one in answers]
    assert list(lines.away) == sides


def test_a_name_with_line_ends_stays_a_remark() -> None:
    text = render_answers([], (), ["trace\nhistory: never\u2028x\x85.txt"])
    assert text == "# trace?history: never?x?.txt\n{}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("history: never\nremote-online: [yes]\n", ("choice", 2)),
        ("history: !!python/object:os.system {}\n", ("choice", 1)),
        ("history: never\naway: nobody\n", ("away", 2)),
        ("- history\n", ("form", 1)),
        ("history: never\nhistory: never\n", ("form", 2)),
        ('history: never\nx: "', ("form", 2)),
    ],
)
def test_the_line_that_is_wrong_is_named(text: str, problem: tuple[str, int]) -> None:
    with pytest.raises(AnswerFileError) as caught:
        parse_answers(text)

    assert (caught.value.kind, caught.value.line) == problem
