"""What contradicts itself: both statements with their sources, before any cause."""

from __future__ import annotations

import pytest
from reports_pair_samples import OUR_SCRIPT, contradicted_case, make_pair_catalog
from reports_samples import FILE, POLLED, SITE, case, polling_incident

from reports.contradiction import ContradictionView
from reports.html import render_html
from reports.labels import Lang
from reports.text import render_text
from reports.view import case_view

CATALOG = make_pair_catalog()


def views(lang: Lang = "en") -> tuple[ContradictionView, ...]:
    (one,) = case_view(contradicted_case(), CATALOG, lang).problems
    return one.contradictions


def test_an_answer_against_a_trace_shows_both_sources() -> None:
    trace, answer = views()[0].claims

    assert trace.told == "The polls went unanswered"
    assert trace.source == "LANCOM trace, our router"
    assert [ref.label for ref in trace.refs] == [f"{FILE} L1-L20"]
    assert answer.told == "Is the remote site online? no"
    assert answer.source == "Answer, from the file of answers"
    assert (answer.quote, answer.refs) == ("", ())


def test_a_decisive_finding_is_quoted_where_it_ends() -> None:
    trace, _ = views()[0].claims

    assert trace.quote.startswith("VPN: Error: IFC-X-Line-polling-failed (0x1307)")


def test_any_other_finding_is_quoted_where_it_begins() -> None:
    row, _ = views()[1].claims

    assert row.quote == f"set /Setup/WAN/Polling-Table/{SITE} 198.51.100.7 30"
    assert row.source == "LANCOM configuration, our router"


def test_what_is_behind_it_is_told_and_what_to_check() -> None:
    first = views()[0]

    assert first.explanation == "Compare the two moments first."
    assert first.checks == (
        (
            f"Is {FILE} this router's, and does what it shows for 2007-12-04 01:24:46 still hold? "
            "If not, record a new one."
        ),
        "Check the answer again: is it about the same router and the time in question?",
    )


def test_the_same_source_is_checked_once() -> None:
    assert views()[1].checks == (
        (
            f"Is {OUR_SCRIPT} this router's configuration, and is it of the day of the trace? "
            "If not, read it out again (readscript)."
        ),
    )


def test_what_is_contradicted_is_marked() -> None:
    (one,) = case_view(contradicted_case(), CATALOG, "en").problems

    assert [seen.doubted for seen in one.symptoms] == ["", "contradicted, counts less"]


def test_it_stands_above_the_causes() -> None:
    html = render_html(contradicted_case(), CATALOG, "en")
    places = [
        html.index(part)
        for part in (
            '<p class="contradicted">',
            "Most likely cause",
            '<div class="contradiction"',
            '<div class="causes">',
        )
    ]

    assert places == sorted(places)


@pytest.mark.parametrize(
    ("lang", "line", "more"),
    [
        (
            "en",
            "Contradiction: It was heard, and it is said to be offline.",
            "  1 further contradiction",
        ),
        (
            "de",
            "Widerspruch: It was heard, and it is said to be offline. (de).",
            "  1 weiterer Widerspruch",
        ),
    ],
)
def test_the_terminal_names_the_first_before_the_causes(lang: Lang, line: str, more: str) -> None:
    page = render_text(contradicted_case(), CATALOG, lang).plain.split("\n")
    first_cause = next(number for number, text in enumerate(page) if text.startswith("  43 %"))

    assert page.index(line) < first_cause
    assert more in page
    assert len(page) <= 24


def test_the_long_text_tells_both_statements() -> None:
    text = " ".join(render_text(contradicted_case(), CATALOG, "en", verbose=True).plain.split())

    assert "- Is the remote site online? no (Answer, from the file of answers)" in text
    assert f"- The polls went to a private address ({'LANCOM configuration, our router'})" in text
    assert "To be checked: Check the answer again" in text


def test_without_a_contradiction_there_is_no_box() -> None:
    assert '<div class="contradiction"' not in render_html(case(polling_incident()), CATALOG, "en")


def test_a_polled_address_is_not_repeated_in_the_claim() -> None:
    assert all(POLLED not in claim.told for one in views() for claim in one.claims)
