"""Which lines a record has in common with what is cited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.model.source import Place
from reports.records import Spans

LINES = st.tuples(st.sampled_from("ab"), st.integers(1, 40), st.integers(0, 6))


@given(st.lists(LINES), LINES)
def test_spans_meet_where_a_line_is_in_both(
    places: list[tuple[str, int, int]], asked: tuple[str, int, int]
) -> None:
    spans = Spans(Place(source, first, first + more, "x", None) for source, first, more in places)
    source, first, more = asked
    lines = {
        (one, line) for one, begin, length in places for line in range(begin, begin + length + 1)
    }

    assert spans.meet(source, first, first + more) == any(
        (source, line) in lines for line in range(first, first + more + 1)
    )
