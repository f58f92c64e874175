"""The triage page in a browser: which first, the filter and its address, everybody."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import AXE, DESKTOP, PHONE, Size, opened, switch, unfold
from test_browser_everybody import RULES, violations
from test_browser_first_screen import WIDER_THAN_THE_WINDOW
from test_reports_triage import sample
from test_reports_triage_page import written

from assistant.catalog.catalog import Catalog
from reports.triage.html import render_triage_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SEEN = ".view:not([hidden]) .ticket >> visible=true"


@pytest.fixture(scope="module")
def triage(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    path = tmp_path_factory.mktemp("triage") / "triage.html"
    page = render_triage_html(sample(changes=True), catalog, "en", written)
    path.write_text(page, encoding="utf-8")
    return path


def field(name: str) -> str:
    return f".view[lang=en] .filter [name={name}]"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_which_to_take_first_is_on_the_first_screen(
    browser: Browser, triage: Path, size: Size
) -> None:
    with opened(browser, triage, size=size) as one:
        first = one.page.locator(".firsts > li >> visible=true").first.bounding_box()

        assert first
        assert first["y"] + first["height"] <= size[1]
        assert one.page.evaluate(WIDER_THAN_THE_WINDOW) == []
        assert one.complaints == []


def test_the_filter_shows_what_fits_and_its_address_does_the_same(
    browser: Browser, triage: Path
) -> None:
    with opened(browser, triage) as one:
        page = one.page
        page.locator(field("queue")).select_option("provider")
        told = page.locator(".view[lang=en] .filter-count").inner_text()
        assert told == "20 of 40 tickets"
        assert page.locator(".group >> visible=true").count() == 1
        page.locator(field("q")).fill("S0007")
        assert page.locator(SEEN).count() == 1
        hash_ = page.evaluate("location.hash")
        assert one.complaints == []
    with opened(browser, triage, fragment=hash_) as again:
        assert again.page.locator(SEEN).count() == 1
        assert again.page.locator(field("q")).input_value() == "S0007"


def test_the_other_language_has_the_same_filter(browser: Browser, triage: Path) -> None:
    with opened(browser, triage, fragment="#triage?queue=provider") as one:
        switch(one.page, "de")

        assert one.page.locator(".view[lang=de] .filter-count").inner_text() == "20 von 40 Tickets"
        assert one.page.locator("h1 >> visible=true").inner_text().startswith("40 Tickets: zuerst")


def test_without_a_script_everything_is_there(browser: Browser, triage: Path) -> None:
    with opened(browser, triage, java_script_enabled=False) as one:
        assert one.page.locator(".filter >> visible=true").count() == 0
        assert one.page.locator(".group >> visible=true").count() == 21
        one.page.locator(".group > summary >> visible=true").first.click()
        assert one.page.locator(SEEN).count() > 0


@pytest.mark.parametrize("lang", ["de", "en"])
def test_axe_finds_nothing(browser: Browser, triage: Path, lang: str) -> None:
    place = os.environ.get(AXE)
    if not place:
        pytest.skip(f"NOT RUN: axe-core needs the path of its axe.min.js in {AXE}")
    script = Path(place).read_text(encoding="utf-8")
    with opened(browser, triage, bypass_csp=True) as one:
        switch(one.page, lang)
        one.page.evaluate(script)
        found = violations(one.page, RULES)
        unfold(one.page)
        one.page.emulate_media(color_scheme="dark")
        assert [*found, *violations(one.page, RULES)] == []
