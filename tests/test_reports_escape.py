"""Text of unknown origin can be looked at without harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.escape import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ZENTRALE-Köln (192.0.2.1)", "ZENTRALE-Köln (192.0.2.1)"),
        ("a\x1b[2Jb", "a␛[2Jb"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("a\u202eb\u2066c", r"a\u{202e}b\u{2066}c"),
        ("a\u200bb\ufeffc", r"a\u{200b}b\u{feff}c"),
        ("a\x85b", r"a\u{85}b"),
        ("a\nb\tc", "a␊b␉c"),
        ("\ud800", r"\u{d800}"),
    ],
)
def test_what_acts_or_hides_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_are_kept_where_a_block_is_shown() -> None:
    assert visible("a\nb\x1b", lines=True) == "a\nb␛"


def test_length_is_bounded_and_says_what_is_missing() -> None:
    assert visible("A" * 10_000, limit=10) == "A" * 10 + "…[+9990]"


def test_marks_do_not_pile_up() -> None:
    shown = visible("e" + "\u0301" * 50)

    assert shown.startswith("e\u0301\u0301\\u{301}")


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    categories = {unicodedata.category(one) for one in visible(text, limit=1000)}

    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])))
def test_readable_text_stays_as_it_is(text: str) -> None:
    assert visible(text, limit=1000) == text
