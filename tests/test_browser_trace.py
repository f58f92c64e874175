"""The annotated trace in a browser: search, filters, links to a line, keys, no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from chromium import opened, switch
from real_reports import RealReports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
ROWS = "#trace-rows tr:not(.gap):not(.trace-source)"
STATUS = "#trace [role=status]"
SEARCH = "#trace input[type=search]"
KINDS = ("site", "class", "stage")


def choose(page: Page, kind: str) -> Locator:
    """The selection of a site, class or stage."""
    return page.locator(f"#trace-{kind}")


def unfolded(page: Page) -> None:
    page.locator("#trace > summary").click()
    page.locator(ROWS).first.wait_for()


def texts(page: Page) -> list[str]:
    """The records that are shown."""
    return page.locator(f"{ROWS} .says pre").all_text_contents()


def found(page: Page) -> int:
    """How many records the status says are shown, over all pages."""
    told = re.search(r"\d[\d,.]*", page.locator(STATUS).inner_text())
    assert told is not None
    return int(re.sub(r"\D", "", told[0]))


def asked(page: Page) -> dict[str, list[str]]:
    """What the address says."""
    begin, _, query = page.evaluate("location.hash").partition("?")
    assert begin in {"", "#trace"}
    return parse_qs(query)


def changed(page: Page, act: Callable[[], object]) -> None:
    """Do something and wait until the status tells of it."""
    before = page.locator(STATUS).inner_text()
    act()
    page.wait_for_function(
        "([where, before]) => document.querySelector(where).innerText !== before",
        arg=[STATUS, before],
    )


# Search and filters -------------------------------------------------------------------------


def test_a_word_leaves_the_records_that_hold_it_marked(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        unfolded(page)
        every = found(page)
        changed(page, lambda: page.locator(SEARCH).fill("POLLING-FAILED"))
        assert 0 < found(page) < every
        assert all("polling-failed" in text.lower() for text in texts(page))
        marks = page.locator("#trace-rows mark").all_text_contents()
        assert marks
        assert {mark.lower() for mark in marks} == {"polling-failed"}
        assert asked(page) == {"q": ["POLLING-FAILED"]}
        assert one.complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_criterion_leaves_fewer_and_says_so_in_the_address(
    browser: Browser, reports: RealReports, kind: str
) -> None:
    with opened(browser, reports("hostile" if kind == "class" else "long")) as one:
        page = one.page
        unfolded(page)
        every = found(page)
        values = choose(page, kind).locator("option").evaluate_all("all => all.map(o => o.value)")
        if len(values) == 2:  # "any" and one class: everything is of it
            choose(page, kind).select_option(values[1])
            assert found(page) == every
        else:
            changed(page, lambda: choose(page, kind).select_option(values[-1]))
            assert 0 < found(page) < every
        assert asked(page)[kind] == [values[-1][1:]]
        assert one.complaints == []


def test_criteria_together_survive_reload_and_steps_back(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        unfolded(page)
        every = found(page)
        changed(page, lambda: choose(page, "site").select_option("=LAGER"))
        of_site = found(page)
        changed(page, lambda: page.locator(SEARCH).fill("error"))
        page.locator(SEARCH).press("Enter")
        both, state = found(page), asked(page)
        assert both < of_site < every
        assert state == {"site": ["LAGER"], "q": ["error"]}
        assert all("error" in text.lower() for text in texts(page))

        page.reload()
        page.locator(ROWS).first.wait_for()
        assert (found(page), asked(page)) == (both, state)
        assert choose(page, "site").input_value() == "=LAGER"
        assert page.locator(SEARCH).input_value() == "error"

        changed(page, page.go_back)
        assert found(page) == of_site
        assert page.locator(SEARCH).input_value() == ""
        changed(page, page.go_forward)
        assert found(page) == both
        assert one.complaints == []


def test_an_address_that_somebody_sent_opens_what_he_saw(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long"), fragment="#trace?site=LAGER&q=error") as one:
        assert one.page.locator("#trace").get_attribute("open") is not None
        one.page.locator(ROWS).first.wait_for()
        assert all("error" in text.lower() for text in texts(one.page))
        assert found(one.page) > 0
        assert one.complaints == []


def test_nothing_found_says_so_and_leads_back(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling"), fragment="#trace?q=no-such-word") as one:
        page = one.page
        assert page.locator(STATUS).inner_text().strip()
        assert page.locator(ROWS).count() == 0
        page.locator("#trace button[type=reset]").click()
        page.locator(ROWS).first.wait_for()
        assert asked(page) == {}


def test_the_words_of_the_trace_follow_the_language(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling", "en")) as one:
        page = one.page
        unfolded(page)
        english, records = page.locator(STATUS).inner_text(), texts(page)
        changed(page, lambda: switch(page, "de"))
        assert page.locator(STATUS).inner_text() != english
        assert texts(page) == records


# Links --------------------------------------------------------------------------------------


def test_a_link_to_a_line_shows_it_wherever_it_is(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        unfolded(page)
        hrefs = page.locator(f"{ROWS} th a").evaluate_all("all => all.map(one => one.hash)")
        page.locator("#trace-after").click()
        hrefs += page.locator(f"{ROWS} th a").evaluate_all("all => all.map(one => one.hash)")
    for href in (hrefs[0], hrefs[len(hrefs) // 2], hrefs[-1]):
        with opened(browser, reports("long"), fragment=href) as one:
            row = one.page.locator("#trace-rows .trace-here")
            row.wait_for()
            assert row.locator("th a").evaluate("one => one.hash") == href
            box = row.bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= 800
            assert one.complaints == []


def test_evidence_and_trace_lead_to_each_other(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling", "en")) as one:
        page = one.page
        page.locator(".view[lang=en] a[data-trace]").first.click()
        page.locator(ROWS).first.wait_for()
        link = page.locator(f"{ROWS} a.chip").first
        place = link.evaluate("one => one.hash.slice(1)")
        link.click()
        shown = page.locator(f"[id='{place}']")
        shown.wait_for()
        box = shown.bounding_box()
        assert box is not None
        assert box["y"] < 800
        assert box["y"] + box["height"] > 0
        assert one.complaints == []


# Keys, and without ---------------------------------------------------------------------------


def test_keys_alone_search_filter_and_turn_pages(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("long")) as one:
        page = one.page
        page.locator("#trace > summary").focus()
        page.keyboard.press("Enter")
        page.locator(ROWS).first.wait_for()
        stops = []
        for _ in range(4):
            page.keyboard.press("Tab")
            stops.append(page.evaluate("document.activeElement.id"))
        assert stops == ["trace-q", "trace-site", "trace-class", "trace-stage"]
        first = texts(page)[0]
        page.locator("#trace-after").focus()
        page.keyboard.press("Enter")
        assert texts(page)[0] != first
        page.locator(SEARCH).focus()
        changed(page, lambda: page.keyboard.type("connected"))
        assert all("connected" in text for text in texts(page))


@pytest.mark.parametrize("name", ["polling", "sides", "long"])
def test_without_a_script_the_same_records_are_a_text(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name)) as one:
        unfolded(one.page)
        records, every = texts(one.page), found(one.page)
    with opened(browser, reports(name), java_script_enabled=False) as one:
        page = one.page
        page.locator("#trace > summary").click()
        assert page.locator("#trace pre").first.is_visible()
        assert not page.locator(SEARCH).is_visible()
        plain = "\n".join(page.locator("#trace pre").all_text_contents())
        lines = plain.split("\n")
        assert sum(line[:1].isdigit() and "\t" in line for line in lines) >= every
        held = {line.partition("\t")[2] for line in lines}
        assert {line for text in records for line in text.split("\n")} <= held
        assert one.complaints == []
