"""Whatever a case holds to do harm stays text, in every format and in a real browser."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import hostile
import pytest
from chromium import opened, switch, unfold
from real_reports import RealReports
from test_reports_html import page as parsed

from reports.labels import Lang
from reports.output import ENDINGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
"""What acts on a terminal or hides what stands there; line ends and tabs are ours."""
NAMES = "all => [...new Set(all.map(one => one.localName))]"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("form", sorted(ENDINGS))
def test_nothing_in_a_report_acts_or_hides(reports: RealReports, form: str, lang: Lang) -> None:
    text = reports("hostile", lang, form).read_bytes().decode("utf-8")
    # JSON says what was there; its own writing keeps control characters from acting.
    found = CONTROL.findall(text) if form != "json" else re.findall("[\x00-\x09\x0b-\x1f]", text)
    assert found == []


def test_the_page_has_no_element_and_no_attribute_more_than_a_harmless_one(
    reports: RealReports,
) -> None:
    found = parsed(reports("hostile").read_text("utf-8"))
    usual = [
        parsed(reports(name).read_text("utf-8")) for name in ("long", "configurations", "sides")
    ]
    tags = {tag for one in usual for tag, _ in one.tags}
    names = {name for one in usual for _, attributes in one.tags for name in attributes}
    assert found.wrong == []
    assert found.open == []
    assert {tag for tag, _ in found.tags} <= tags
    assert {name for _, attributes in found.tags for name in attributes} <= names


def test_the_json_says_what_was_there(reports: RealReports) -> None:
    document = json.loads(reports("hostile", form="json").read_text("utf-8"))
    sites = {one["remote_site"] for one in document["incidents"]}
    assert hostile.word(hostile.PAYLOADS["script"]) in sites
    assert hostile.word(hostile.PAYLOADS["terminal"]) in sites
    assert any(hostile.FILE in one["name"] for one in document["sources"])


def test_a_long_name_fills_no_page(reports: RealReports) -> None:
    for form in ENDINGS:
        text = reports("hostile", form=form).read_text("utf-8")
        if form != "json":
            assert "L" * 2_000 not in text
    assert len(reports("hostile").read_bytes()) <= 2_000_000


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["de", "en"])
def test_in_a_browser_nothing_runs_loads_or_appears(
    browser: Browser, reports: RealReports, lang: Lang
) -> None:
    with opened(browser, reports("hostile", lang)) as one:
        page = one.page
        unfold(page)
        for shown in ("de", "en"):
            switch(page, shown)
            assert page.evaluate(f"window.{hostile.MARK}") is None
            title = page.title()
            assert not CONTROL.search(title)
            body = page.locator("body").inner_text()
            # Each text is there to be read, as it was written.
            for name in ("image", "script", "svg", "style", "template"):
                assert hostile.word(hostile.PAYLOADS[name]) in body, name
            assert not CONTROL.search(body)
        assert (
            page.locator(
                "img, iframe, object, embed, form[action], link, base, script[src]"
            ).count()
            == 0
        )
        assert page.locator("script:not([type='application/json'])").count() == 1
        assert page.locator("style").count() == 1
        assert (
            page.locator("body[onload], [onerror], [onfocus], [onload], [autofocus]").count() == 0
        )
        schemes = page.locator("a").evaluate_all("all => all.map(one => one.protocol)")
        assert set(schemes) <= {"file:", "https:"}
        hosts = page.locator("a[href^=http]").evaluate_all("all => all.map(one => one.hostname)")
        assert "evil.example" not in hosts
        assert one.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("text", ["<img", "</script>", "{{7*7}}", "javascript:", "onload="])
def test_in_a_browser_what_a_search_marks_stays_text(
    browser: Browser, reports: RealReports, text: str
) -> None:
    with opened(browser, reports("hostile"), fragment="#trace?q=") as one:
        page = one.page
        rows = page.locator("#trace-rows")
        rows.locator(".trace-row").first.wait_for()
        usual = set(rows.locator("*").evaluate_all(NAMES))
        page.locator("#trace-q").fill(text)
        marks = rows.locator("mark")
        marks.first.wait_for()
        assert {mark.lower() for mark in marks.all_inner_texts()} == {text}
        assert set(rows.locator("*").evaluate_all(NAMES)) <= usual | {"mark"}
        assert page.evaluate(f"window.{hostile.MARK}") is None
        assert one.complaints == []


@pytest.mark.browser
def test_in_a_browser_a_place_in_the_address_does_no_harm_either(
    browser: Browser, reports: RealReports
) -> None:
    for fragment in (
        f"#<img src=x onerror=window.{hostile.MARK}=1>",
        f"#trace?q=<img src=x onerror=window.{hostile.MARK}=1>&site=%00&line=s1-99999999999",
        "#trace?q=%E0%A4%A&stage=..%2f&class=]]>",
        "#%E0%A4%A",
    ):
        with opened(browser, reports("silent"), fragment=fragment) as one:
            assert one.page.locator("h1 >> visible=true").count() == 1
            assert one.page.evaluate(f"window.{hostile.MARK}") is None
            assert one.complaints == [], fragment
