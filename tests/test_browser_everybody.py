"""For everybody: the keyboard alone, axe's rules, dark, forced colours, paper."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chromium import AXE, DESKTOP, PHONE, opened, switch, unfold
from real_reports import CASES_BY_NAME, FAULTS, RealReports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice")
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = (one.matches("input") ? one.closest("label") || one : one).getBoundingClientRect();
  const style = getComputedStyle(one);
  const around = one.matches("input") && one.closest("label")
    ? getComputedStyle(one.closest("label").querySelector("span") || one) : style;
  return {
    name: one.localName,
    id: one.id,
    type: one.type || "",
    text: one.textContent.trim().slice(0, 40),
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    ring: [style, around].some(
      (found) => found.outlineStyle !== "none" && parseFloat(found.outlineWidth) > 0,
    ),
    order: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


def tabbed(page: Page, most: int = 400) -> list[dict[str, Any]]:
    """Everything that the Tab key reaches, in its order."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        one = page.evaluate(FOCUSED)
        if one is None or (found and one["order"] == found[0]["order"]):
            break
        found.append(one)
    return found


# Keyboard -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["polling", "sides"])
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name, "en")) as one:
        stops = tabbed(one.page)
        assert stops[0]["name"] == "a"
        assert stops[0]["text"] == "Skip to the findings"
        assert stops[1]["id"] == "lang-en"
        assert {"a", "button", "input", "pre", "summary"} <= {stop["name"] for stop in stops}
        assert {"radio", "checkbox"} <= {stop["type"] for stop in stops}
        assert [stop for stop in stops if not stop["seen"]] == []
        assert [stop for stop in stops if not stop["ring"]] == []
        orders = [stop["order"] for stop in stops]
        assert orders == sorted(orders)
        assert one.complaints == []


def test_keys_do_what_the_mouse_does(browser: Browser, reports: RealReports) -> None:
    with opened(browser, reports("polling", "en")) as one:
        page = one.page
        page.locator("#lang-en").focus()
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.documentElement.lang") == "de"
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.documentElement.lang") == "en"
        folded = page.locator(".view[lang=en] details:not([open]) > summary >> visible=true").first
        parent = folded.locator("xpath=..").element_handle()
        folded.focus()
        page.keyboard.press("Enter")
        assert parent.get_property("open").json_value() is True
        page.keyboard.press("Space")
        assert parent.get_property("open").json_value() is False
        box = page.locator(".view[lang=en] .steps input >> visible=true").first
        box.focus()
        page.keyboard.press("Space")
        assert box.is_checked()


def test_the_way_past_the_header_leads_to_the_findings(
    browser: Browser, reports: RealReports
) -> None:
    with opened(browser, reports("polling", "en")) as one:
        one.page.keyboard.press("Tab")
        one.page.keyboard.press("Enter")
        assert one.page.evaluate("document.activeElement.localName") == "main"


# axe ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def axe() -> str:
    place = os.environ.get(AXE)
    if not place:
        pytest.skip(f"NOT RUN: axe-core needs the path of its axe.min.js in {AXE}")
    return Path(place).read_text("utf-8")


def violations(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """What axe finds, one line each."""
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", list(rules)
    )
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


LARGE = frozenset({"hostile", "long"})
"""They have many of what the others have; in the dark axe would take a minute for each."""


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_axe_finds_nothing(browser: Browser, reports: RealReports, axe: str, name: str) -> None:
    # The page's own policy would keep axe out; everything else is as the reader has it.
    with opened(browser, reports(name), bypass_csp=True) as one:
        one.page.evaluate(axe)
        assert violations(one.page) == []
        unfold(one.page)
        for lang, (width, height) in (("de", DESKTOP), ("en", PHONE)):
            switch(one.page, lang)
            one.page.set_viewport_size({"width": width, "height": height})
            assert violations(one.page) == [], (lang, width)
            if name in LARGE:
                continue
            # In the dark only the colours are others.
            one.page.emulate_media(color_scheme="dark")
            assert violations(one.page, ["color-contrast"]) == [], (lang, width, "dark")
            one.page.emulate_media(color_scheme="light")


# Colours ------------------------------------------------------------------------------------


def test_dark_is_dark(browser: Browser, reports: RealReports) -> None:
    papers = []
    for scheme in ("light", "dark"):
        with opened(browser, reports("polling"), color_scheme=scheme) as one:
            colour = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
            papers.append(sum(int(part) for part in re.findall(r"\d+", colour)[:3]))
    light, dark = papers
    assert light > 3 * 200
    assert dark < 3 * 60


@pytest.mark.parametrize("name", ["polling", "healthy"])
def test_where_colours_are_forced_marks_and_words_still_tell_the_state(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name, "en"), forced_colors="active") as one:
        word = {"polling": "fault", "healthy": "healthy"}[name]
        verdict = one.page.locator(".view[lang=en] h1 .verdict")
        assert word in verdict.inner_text().lower()
        # A mark in the colour of its background would not be seen.
        ink, paper = one.page.evaluate(
            "() => [getComputedStyle(document.querySelector('h1 .icon')).color,"
            " getComputedStyle(document.body).backgroundColor]"
        )
        assert ink != paper
        widths = one.page.locator(".view[lang=en] .bar i").evaluate_all(
            "all => all.map(one => [getComputedStyle(one).backgroundColor,"
            " getComputedStyle(one.parentElement).backgroundColor])"
        )
        assert [pair for pair in widths if pair[0] == pair[1]] == []


# Paper --------------------------------------------------------------------------------------


def printed(page: Page, folder: Path) -> str:
    """The text of what a printer would get."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("NOT RUN: reading a print needs pdftotext (poppler-utils)")
    target = folder / "print.pdf"
    page.pdf(path=target, format="A4", print_background=False, prefer_css_page_size=True)
    done = subprocess.run(  # noqa: S603 - our own file
        [tool, "-raw", str(target), "-"], check=True, capture_output=True
    )
    return done.stdout.decode()


def squeezed(text: str) -> str:
    """Without white space and soft hyphens: lines break elsewhere on paper."""
    return re.sub(r"[\s\u00ad\u200b\f]+", "", text)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "without"])
@pytest.mark.parametrize("name", ["polling", "proposals", "sides", "configurations"])
def test_a_print_holds_all_the_evidence_and_folds_nothing(
    browser: Browser, reports: RealReports, tmp_path: Path, name: str, *, scripted: bool
) -> None:
    with opened(browser, reports(name, "en"), java_script_enabled=scripted) as one:
        view = one.page.locator(".view[lang=en]")
        quoted = view.locator(".log .says pre").evaluate_all("all => all.map(e => e.textContent)")
        parts = [
            *view.locator(".cause-title").all_text_contents(),
            *view.locator(".remedy-title").all_text_contents(),
            *view.locator(".symptoms > li > p:first-child").all_text_contents(),
            *view.locator("pre.command").all_text_contents(),
            *view.locator(".legend li").all_text_contents(),
        ]
        paper = squeezed(printed(one.page, tmp_path))
        hidden = squeezed(one.page.locator(".view[lang=de] h1").text_content() or "")
        assert one.complaints == []
    assert quoted
    lines = [line for text in quoted for line in text.split("\n") if line.strip()]
    assert [line for line in lines if squeezed(line) not in paper] == []
    assert [part for part in parts if squeezed(part) not in paper] == []
    assert hidden not in paper


@pytest.mark.parametrize("name", ["polling", "proposals", "sides", "configurations"])
def test_a_print_says_where_its_links_lead(
    browser: Browser, reports: RealReports, tmp_path: Path, name: str
) -> None:
    with opened(browser, reports(name, "en")) as one:
        links = one.page.locator(".view[lang=en] a[href^='https:']")
        addresses = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
        paper = squeezed(printed(one.page, tmp_path))
    assert addresses
    assert [address for address in addresses if squeezed(address) not in paper] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_print_keeps_every_table_on_the_sheet(
    browser: Browser, reports: RealReports, name: str
) -> None:
    with opened(browser, reports(name, "de"), size=(700, 1000)) as one:
        one.page.emulate_media(media="print")
        width = one.page.evaluate("document.documentElement.scrollWidth")
        # A border that falls between two pixels counts as one.
        assert width <= 701
