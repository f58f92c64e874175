"""What a reader does with the page: languages, ticks, copying, links into what is folded."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest
from chromium import opened, switch, unfold
from real_reports import CASES_BY_NAME, FAULTS, RealReports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
WORDS = {"de": "Erster Schritt", "en": "First step"}
STEP = ".steps input[type=checkbox]"

SEEN_AT = """async (href) => {
  location.hash = href;
  await new Promise((done) => setTimeout(() => requestAnimationFrame(done), 0));
  const box = document.getElementById(decodeURIComponent(href.slice(1))).getBoundingClientRect();
  return box.height > 0 && box.top < innerHeight && box.bottom > 0;
}"""
"""Follow a link; whether what it names is in the window then."""


def language(page: Page) -> str:
    found: str = page.evaluate("document.documentElement.lang")
    return found


def ticked(page: Page) -> list[str]:
    """What is ticked, of both languages."""
    found: list[str] = page.locator(f"{STEP}:checked").evaluate_all(
        "all => all.map(one => one.dataset.step)"
    )
    return found


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_opening_asks_nobody_for_anything_and_says_nothing_on_the_console(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name)) as one:
        unfold(one.page)
        assert one.page.locator("h1 >> visible=true").count() == 1
        assert one.complaints == []


# Languages ----------------------------------------------------------------------------------


def test_the_language_is_switched_in_the_page(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling", "en")) as one:
        page = one.page
        titles = [page.title()]
        for lang in ("de", "en"):
            switch(page, lang)
            other = "en" if lang == "de" else "de"
            assert language(page) == lang
            assert page.locator(f".view[lang={lang}]").is_visible()
            assert not page.locator(f".view[lang={other}]").is_visible()
            assert page.get_by_text(WORDS[lang], exact=True).first.is_visible()
            titles.append(page.title())
        assert titles[0] == titles[2] != titles[1]
        assert one.complaints == []


def test_the_language_chosen_is_that_of_the_next_visit(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling", "en")) as one:
        switch(one.page, "de")
        one.page.reload()
        assert language(one.page) == "de"
        assert one.page.locator("#lang-de").is_checked()


def test_the_other_language_is_hidden_from_a_screen_reader(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling", "en")) as one:
        unfold(one.page)
        assert WORDS["de"] not in one.page.locator("body").aria_snapshot()
        switch(one.page, "de")
        assert WORDS["en"] not in one.page.locator("body").aria_snapshot()


def test_a_link_into_the_other_language_switches_to_it(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling", "en")) as one:
        anchor = one.page.locator(".view[lang=de] .remedy").first.get_attribute("id")
        one.go(f"#{anchor}")
        assert language(one.page) == "de"
        assert one.page.locator(f"#{anchor}").get_attribute("open") is not None
        assert one.page.locator(f"#{anchor} > summary").is_visible()


# Links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_every_link_leads_to_something_that_is_then_seen(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name)) as one:
        for lang in ("de", "en"):
            links = one.page.locator(f".view[lang={lang}] a[href^='#']:not([data-trace])")
            hrefs = links.evaluate_all("all => [...new Set(all.map(one => one.hash))]")
            assert hrefs
            assert [href for href in hrefs if not one.page.evaluate(SEEN_AT, href)] == []
        assert one.complaints == []


def test_an_evidence_line_is_opened_by_its_link(browser: Browser, reports: RealReports) -> None:
    path = reports("polling", "en")
    found = re.search(r'<tr id="([^"]+)" class="decides"', path.read_text("utf-8"))
    assert found is not None
    with opened(browser, path, fragment=f"#{found[1]}") as one:
        row = one.page.locator(f"[id='{found[1]}']")
        assert row.is_visible()
        assert "poll" in row.inner_text()
        box = row.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 800


# Ticks --------------------------------------------------------------------------------------


def test_ticks_are_kept_and_shared_by_both_languages(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling", "en")) as one:
        page = one.page
        unfold(page)
        first = page.locator(f".view[lang=en] {STEP}").first
        first.check()
        assert len(set(ticked(page))) == 1
        assert len(ticked(page)) == 2
        page.reload()
        before = ticked(page)
        assert len(before) == 2
        page.evaluate(f"document.querySelector('{STEP}:checked').closest('details').open = true")
        told = page.locator(".view[lang=en] .ticked >> visible=true").first.inner_text()
        assert told.startswith("1 ")
        page.locator(f".view[lang=en] {STEP}:checked").first.uncheck()
        page.reload()
        assert ticked(page) == []


def test_ticks_of_one_report_are_not_those_of_another(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling", "en")) as one:
        unfold(one.page)
        one.page.locator(f".view[lang=en] {STEP}").first.check()
        one.page.evaluate("window.name = 'kept'")
        other = reports("silent", "en")
        # A page from a file shares its storage with no other file or with all of them.
        kept = one.page.evaluate("Object.entries(localStorage)")
        assert len(kept) >= 1
        with opened(browser, other) as two:
            two.page.evaluate("all => all.forEach(([k, v]) => localStorage.setItem(k, v))", kept)
            two.page.reload()
            assert ticked(two.page) == []


# Copying ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["command", "request"])
def test_a_copy_is_exactly_what_stands_there(
    browser: Browser, reports: RealReports, kind: str
) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, reports("silent", "en"), permissions=allowed) as one:
        unfold(one.page)
        block = one.page.locator(f".view[lang=en] pre.{kind}").last
        text = block.evaluate("one => one.textContent")
        button = block.locator("xpath=..").locator("button.copy")
        word = button.inner_text()
        button.click()
        one.page.wait_for_function(
            "([b, w]) => b.textContent !== w",
            arg=[
                button.element_handle(),
                word,
            ],
        )
        assert text.strip()
        assert one.page.evaluate("navigator.clipboard.readText()") == text
        assert one.complaints == []


# Data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_the_diagnosis_in_the_page_is_the_one_of_the_json(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name)) as one:
        inside = json.loads(one.page.locator("#diagnosis").evaluate("one => one.textContent"))
    if "gzip" in inside:
        inside = json.loads(gzip.decompress(base64.b64decode(inside["gzip"])))
    assert inside["schema"] == "vpn-diagnosis/2"
    # The page keeps what speaks against the unlikely causes too.
    for incident in inside["incidents"]:
        for cause in incident.get("causes", ()):
            if cause["standing"] == "unlikely":
                for name_of in ("prior_decibans", "evidence", "remedies"):
                    del cause[name_of]
    assert inside == json.loads(reports(name, form="json").read_text("utf-8"))


# Without a script, and on paper's way ------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_without_a_script_everything_can_be_read(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name, "en"), java_script_enabled=False) as one:
        page = one.page
        for part in ("h1", ".cause-line", ".step-title", ".symptoms li"):
            assert page.locator(f".view[lang=en] {part}").first.is_visible()
        folded = page.locator(".view[lang=en] details.legend")
        assert not folded.locator("li").first.is_visible()
        folded.locator("summary").click()
        assert folded.locator("li").first.is_visible()
        page.locator(".view[lang=en] .says pre >> visible=true").first.wait_for()
        switch(page, "de")
        assert page.locator(".view[lang=de] h1").is_visible()
        assert not page.locator(".view[lang=en] h1").is_visible()
        assert page.locator("button.copy").count() == 0
        assert one.complaints == []
