"""What is seen first, and how far the page must be scrolled, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chromium import DESKTOP, PHONE, opened, switch, unfold
from real_reports import CASES_BY_NAME, FAULTS, RealReports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
ONE_SITE = tuple(name for name in FAULTS if name != "long")
WIDER_THAN_THE_WINDOW = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement) {
      const { overflowX } = getComputedStyle(up);
      if (overflowX === "auto" || overflowX === "scroll" || overflowX === "hidden") return true;
    }
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getClientRects().length && one.getBoundingClientRect().right > width + 1)
    .filter((one) => !scrolls(one))
    .map((one) => `${one.localName}.${one.className} ${one.textContent.trim().slice(0, 40)}`)
    .slice(0, 5);
}"""
COVERED = """() => {
  const choices = [...document.querySelectorAll(".switch label")];
  const heading = [...document.querySelectorAll("h1")].find((one) => one.getClientRects().length);
  const range = document.createRange();
  range.selectNodeContents(heading);
  // Half a pixel: edges that touch cover nothing.
  return choices.map((one) => one.getBoundingClientRect()).some((over) =>
    [...range.getClientRects()].some((line) =>
      line.left < over.right - 0.5 && line.right > over.left + 0.5 &&
      line.top < over.bottom - 0.5 && line.bottom > over.top + 0.5));
}"""
"""Whether any line of the headline lies under the switch."""


def bottom(page: Page, selector: str) -> float:
    """Where the first visible one ends, in pixels from the top of the window."""
    box = page.locator(selector).locator("visible=true").first.bounding_box()
    assert box is not None, f"{selector} is not there"
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("document.documentElement.clientWidth") + 1
    return box["y"] + box["height"]


@pytest.mark.parametrize("name", ONE_SITE)
def test_verdict_cause_and_step_are_seen_without_scrolling(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name)) as one:
        for width, height in (DESKTOP, PHONE):
            one.page.set_viewport_size({"width": width, "height": height})
            for lang in ("de", "en"):
                switch(one.page, lang)
                ends = [bottom(one.page, part) for part in ("h1", ".cause-line", ".step-title")]
                assert max(ends) <= height, (lang, width, ends)
        assert one.complaints == []


def test_of_several_sites_the_first_is_seen_without_scrolling(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("long"), size=DESKTOP) as one:
        for part in ("h1", ".cause-line", ".step-title"):
            assert bottom(one.page, part) <= DESKTOP[1]


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_the_page_never_scrolls_sideways(browser: Browser, reports: RealReports, name: str) -> None:
    with opened(browser, reports(name)) as one:
        unfold(one.page)
        for lang in ("de", "en"):
            switch(one.page, lang)
            for width in (700, 650, 390, 320):
                one.page.set_viewport_size({"width": width, "height": 800})
                assert one.page.evaluate(WIDER_THAN_THE_WINDOW) == [], (lang, width)
                assert one.page.evaluate("document.documentElement.scrollWidth") <= width
        assert one.complaints == []


def test_text_of_twice_the_size_keeps_everything_in_the_window(
    browser: Browser, reports: RealReports
) -> None:
    # As a browser zooms: half the pixels for the same window.
    size = (DESKTOP[0] // 2, DESKTOP[1] // 2)
    with opened(browser, reports("polling"), size=size, device_scale_factor=2) as one:
        unfold(one.page)
        assert one.page.evaluate(WIDER_THAN_THE_WINDOW) == []


def test_larger_letters_alone_keep_everything_in_the_window(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling"), bypass_csp=True) as one:
        one.page.add_style_tag(content="html { font-size: 200% } body { font-size: 30px }")
        unfold(one.page)
        assert one.page.evaluate(WIDER_THAN_THE_WINDOW) == []


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_the_languages_to_choose_cover_no_word_of_the_headline(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name)) as one:
        for lang in ("de", "en"):
            switch(one.page, lang)
            for width in (DESKTOP[0], PHONE[0], 320):
                one.page.set_viewport_size({"width": width, "height": 800})
                assert one.page.evaluate(COVERED) is False, (lang, width)
