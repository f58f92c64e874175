"""What a reader does with the annotated trace: searches, filters, follows links, goes back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

import pytest
from chromium import opened, switch
from real_reports import RealReports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
ROWS = "#trace-rows .trace-row"
PAGE = 200
"""Records of one page of the trace."""


def count(page: Page) -> tuple[int, int]:
    """What is told above the records: how many match, of how many."""
    told = page.locator("#trace-status").inner_text()
    found = [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", told)]
    return found[0], found[1] if "of" in told else found[0]


def search(page: Page, text: str) -> None:
    """Type a search and wait for what it finds."""
    page.locator("#trace-q").fill(text)
    page.wait_for_url(lambda url: parse_qs(url.partition("?")[2]).get("q") == [text])


def asked(page: Page) -> dict[str, list[str]]:
    """What the address says."""
    return parse_qs(page.evaluate("location.hash").partition("?")[2])


def texts(page: Page) -> list[str]:
    return page.locator(f"{ROWS} pre").all_inner_texts()


def listed(page: Page, kind: str) -> list[str]:
    """What may be chosen of a kind, without `all` and `none`."""
    found: list[str] = page.locator(f"#trace-{kind} option").evaluate_all(
        "all => all.map(one => one.value.slice(1)).filter(Boolean)"
    )
    return found


def test_without_a_script_the_trace_is_a_text_to_unfold(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling"), java_script_enabled=False) as one:
        page = one.page
        assert not page.locator("#trace pre").is_visible()
        page.locator("#trace > summary").click()
        assert "poll timeout" in page.locator("#trace pre").inner_text()
        assert not page.locator("#trace-app").is_visible()


def test_records_are_made_when_they_are_wanted_and_one_page_at_a_time(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        assert page.locator(ROWS).count() == 0
        page.locator("#trace > summary").click()
        page.locator(ROWS).first.wait_for()
        assert count(page)[1] > PAGE
        assert page.locator("#trace-rows tr").count() == PAGE
        first = texts(page)[0]
        page.locator("#trace-after").click()
        assert texts(page)[0] != first
        page.locator("#trace-before").click()
        assert texts(page)[0] == first
        assert page.locator("#trace-before").is_disabled()
        assert one.complaints == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("poll timeout", lambda text: "poll" in text and "timeout" in text),
        ('"poll timeout for"', lambda text: "poll timeout for" in text),
        ("!poll", lambda text: "poll" not in text),
        ("POLL (5", lambda text: "poll" in text and "(5" in text),
    ],
)
def test_a_search_finds_records_with_all_its_words(
    browser: Browser, reports: RealReports, text: str, says: object
) -> None:
    assert callable(says)
    with opened(browser, reports("long"), fragment="#trace?q=") as one:
        page = one.page
        search(page, text)
        n, of = count(page)
        shown = [each.lower() for each in texts(page)]
        assert 0 < n < of
        assert len(shown) == min(n, PAGE)
        assert all(says(each) for each in shown)
        marks = page.locator(f"{ROWS} mark").count()
        assert marks == 0 if text.startswith("!") else marks >= len(shown)
        assert one.complaints == []


def test_words_of_the_search_mean_the_same_in_both_languages(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long"), fragment="#trace?q=") as one:
        page = one.page
        site = listed(page, "site")[0]
        page.locator("#trace-site").select_option(f"={site}")
        chosen = count(page)
        assert asked(page)["site"] == [site]
        page.locator("#trace-all").click()
        for word in ("site", "gegenstelle"):
            search(page, f'{word}:"{site}"')
            assert count(page) == chosen
        search(page, f'!site:"{site}"')
        assert count(page)[0] == chosen[1] - chosen[0]


@pytest.mark.parametrize("kind", ["site", "class", "stage"])
def test_each_filter_parts_the_records(browser: Browser, reports: RealReports, kind: str) -> None:
    with opened(browser, reports("long"), fragment="#trace?q=") as one:
        page = one.page
        values = page.locator(f"#trace-{kind} option").evaluate_all("all => all.map(o => o.value)")
        found = []
        for value in values:
            page.locator(f"#trace-{kind}").select_option(value)
            found.append(count(page)[0])
        assert len(values) > 1
        assert found[0] == sum(found[1:])
        assert min(found) > 0


def test_nothing_found_is_said(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling"), fragment="#trace?site=NOBODY") as one:
        page = one.page
        assert "No record matches." in page.locator("#trace-status").inner_text()
        assert page.locator("#trace-site").input_value() == "=NOBODY"
        assert not page.locator("#trace-log").is_visible()


def test_the_address_leads_back_to_the_same_records(browser: Browser, reports: RealReports) -> None:
    report = reports("long")
    with opened(browser, report, fragment="#trace?q=") as one:
        page = one.page
        page.locator("#trace-class").select_option("=VPN-Status")
        search(page, 'timeout !"(5"')
        fragment, before, shown = page.evaluate("location.hash"), count(page), texts(page)
    with opened(browser, report, fragment=fragment) as again:
        page = again.page
        assert (count(page), texts(page)) == (before, shown)
        assert page.locator("#trace-q").input_value() == 'timeout !"(5"'
        assert page.locator("#trace-class").input_value() == "=VPN-Status"


def test_going_back_takes_a_filter_off_and_not_one_letter_of_it(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long"), fragment="#trace?stage=connected") as one:
        page = one.page
        before = count(page)
        page.locator("#trace-q").press_sequentially("timeout", delay=220)
        page.wait_for_url("**q=timeout")
        assert count(page) != before
        page.go_back()
        page.wait_for_url(lambda url: "q=" not in url)
        assert count(page) == before
        assert page.locator("#trace-q").input_value() == ""
        assert page.locator("#trace-stage").input_value() == "=connected"


def test_going_back_to_before_any_filter_takes_all_of_them_off(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        page.locator("#trace > summary").click()
        every = count(page)
        page.locator("#trace-stage").select_option("=connected")
        assert count(page) != every
        page.go_back()
        page.wait_for_url(lambda url: "?" not in url)
        page.locator("#trace-all").wait_for(state="hidden")
        assert page.locator("#trace-stage").input_value() == "*"
        assert count(page) == every


def test_an_incident_leads_to_all_records_of_its_site(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        link = page.locator("a[data-trace^=site] >> visible=true").first
        link.click()
        page.locator(ROWS).first.wait_for()
        (site,) = asked(page)["site"]
        sites = page.locator(f"{ROWS} .meta bdi").all_inner_texts()
        assert set(sites) == {site}
        assert page.locator("#trace > summary").evaluate("one => one === document.activeElement")


def test_the_line_of_a_piece_of_evidence_leads_to_it_among_all_others(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling")) as one:
        row = one.page.locator(".decides >> visible=true").first
        text, link = row.locator("pre").inner_text(), row.locator("th a")
        line = link.inner_text()
        link.click()
        here = one.page.locator(f"{ROWS}.trace-here")
        here.wait_for()
        assert here.locator("pre").inner_text() == text
        assert asked(one.page) == {"line": [f"s1-{line.partition('-')[0]}"]}
        assert one.complaints == []


def test_evidence_leads_to_its_incident_and_the_language_is_kept(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling"), fragment="#trace") as one:
        page = one.page
        for lang in ("de", "en"):
            switch(page, lang)
            page.locator(f"{ROWS} .chip").first.click()
            target = page.locator(f".view[lang={lang}] tr:target")
            target.wait_for()
            assert page.evaluate("document.documentElement.lang") == lang
            assert "poll timeout" in target.inner_text()
        assert one.complaints == []


def test_a_line_has_a_link_that_shows_it_among_all_others(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long"), fragment="#trace?q=timeout") as one:
        page = one.page
        row = page.locator(ROWS).last
        text = row.locator("pre").inner_text()
        row.locator("th a").click()
        here = page.locator(f"{ROWS}.trace-here")
        here.wait_for()
        assert here.locator("pre").inner_text() == text
        assert here.evaluate(
            "one => { const box = one.getBoundingClientRect();"
            " return box.top >= 0 && box.bottom <= innerHeight; }"
        )
        assert asked(page).keys() == {"line"}
        assert here.locator("th a").evaluate("one => one === document.activeElement")


def test_a_line_inside_a_record_leads_to_it(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling"), fragment="#trace?line=s1-10") as one:
        assert one.page.locator(".trace-here th").inner_text().strip("L") == "8"


@pytest.mark.parametrize("name", ["sides", "polling"])
def test_every_record_of_the_files_is_there_as_it_stands(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name), java_script_enabled=False) as one:
        plain = "".join(one.page.locator("#trace pre").all_text_contents())
    with opened(browser, reports(name), fragment="#trace?q=") as one:
        page = one.page
        found = page.locator(f"{ROWS} pre").all_text_contents()
        lines = [line.partition("\t")[2] for line in plain.splitlines() if "\t" in line]
        shown = "\n".join(found).split("\n")
        assert shown == lines[: len(shown)]
        assert len(found) == min(count(page)[1], PAGE)
        assert page.locator("#trace-rows tr.trace-source").count() == (2 if name == "sides" else 0)


def test_the_language_changes_what_is_told_of_records(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling"), fragment="#trace?q=poll") as one:
        page = one.page
        english = page.locator(f"{ROWS} .means").first.inner_text()
        switch(page, "de")
        assert page.locator(f"{ROWS} .means").first.inner_text() != english
        assert page.locator("#trace-status").inner_text().startswith("Meldungen:")
        assert page.locator(f"{ROWS} mark").count() > 0


@pytest.mark.parametrize(
    "text", ["(", "[a-", "\\", '"', "!", ":", "site:", "*+?", '""', "!!!", "a:b:c"]
)
def test_no_search_breaks_anything(browser: Browser, reports: RealReports, text: str) -> None:
    with opened(browser, reports("polling"), fragment=f"#trace?q={quote(text)}") as one:
        page = one.page
        assert page.locator("#trace-q").input_value() == text
        assert "Records:" in page.locator("#trace-status").inner_text()
        assert one.complaints == []


def test_on_paper_the_trace_stands_only_where_it_was_unfolded(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling")) as one:
        page = one.page
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert not page.locator("#trace").is_visible()
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.evaluate("document.getElementById('trace').open = true")
        assert page.locator("#trace-log").is_visible()
        assert not page.locator("#trace-filter").is_visible()
