"""What changed since an earlier report, in words: terminal, page, text, JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Diagnosed
from msgspec.structs import replace
from reports_samples import HOSTILE
from test_reports_html import page
from trace_lines import LAGER, ZENTRALE, at, error, no_answer, set_up

from assistant.catalog.catalog import Catalog
from assistant.comparison import Comparison, compare
from assistant.model.answer import Answer
from assistant.model.diagnosis import Diagnosis
from assistant.model.event import RemoteSite
from reports.comparison import ComparisonView, comparison_view
from reports.comparison_text import comparison_lines
from reports.html import render_html
from reports.json_v2 import document, render_json
from reports.labels import Lang, labels
from reports.text import render_text

LATER = 86_400


def compared(then: Diagnosis, now: Diagnosis, report: str = "old.report.html") -> Comparison:
    return compare(replace(then, program="0.0.7"), now, report=report, program="9.9")


def viewed(comparison: Comparison, catalog: Catalog, lang: Lang = "en") -> ComparisonView:
    return comparison_view(comparison, catalog, labels(lang))


@pytest.fixture
def fixed(diagnosed: Diagnosed) -> Comparison:
    return compared(diagnosed(no_answer(LAGER)), diagnosed(set_up(LAGER, LATER)))


def test_a_site_that_looks_repaired(fixed: Comparison, catalog: Catalog) -> None:
    view = viewed(fixed, catalog)
    assert view.verdict == "Fault → Healthy"
    (site,) = view.sites
    assert (site.site, site.mark, site.told) == ("LAGER", "healthy", "looks repaired")
    assert site.then.startswith("down since 2024-05-14 09:00:30, tunnel failed")
    assert site.now == "up since 2024-05-15 09:00:05"
    assert site.recommended.startswith("Recommended then: ")
    assert any("may come back" in one for one in view.notes)


def test_the_same_in_german(fixed: Comparison, catalog: Catalog) -> None:
    view = viewed(fixed, catalog, "de")
    assert view.title == "Änderungen seit old.report.html"
    assert view.since == "Damals: Version 0.0.7, Trace bis 2024-05-14 09:00:30."
    assert view.sites[0].told == "sieht behoben aus"


def test_what_was_changed_is_told_with_then_and_now(diagnosed: Diagnosed, catalog: Catalog) -> None:
    now = no_answer(LAGER, LATER) + no_answer(LAGER, LATER + 600)
    view = viewed(compared(diagnosed(no_answer(LAGER)), diagnosed(now)), catalog)
    (incident,) = view.incidents
    assert incident.told == "changed"
    assert "Occurrences: 1 → 2" in incident.differences


def test_a_site_of_which_the_new_case_says_nothing(diagnosed: Diagnosed, catalog: Catalog) -> None:
    comparison = compared(diagnosed(no_answer(LAGER)), diagnosed(set_up(ZENTRALE, LATER)))
    view = viewed(comparison, catalog)
    assert [(one.site, one.mark) for one in view.sites] == [("LAGER", "inconclusive")]
    assert any("says nothing about LAGER" in note for note in view.notes)


def test_what_is_as_it_was_is_not_told_twice(diagnosed: Diagnosed, catalog: Catalog) -> None:
    one = diagnosed(no_answer(LAGER))
    (site,) = viewed(compared(one, one), catalog).sites
    assert (site.told, site.now) == ("the fault is still there", "as then")
    assert site.then


def test_a_short_trace_proves_little(diagnosed: Diagnosed, catalog: Catalog) -> None:
    long = set_up(LAGER) + error(LAGER, "0x4304", 3600)
    view = viewed(compared(diagnosed(long), diagnosed(set_up(LAGER, LATER))), catalog)
    assert any("proves little" in note for note in view.notes)


def test_the_time_before(diagnosed: Diagnosed, catalog: Catalog) -> None:
    view = viewed(compared(diagnosed(no_answer(LAGER, LATER)), diagnosed(set_up(LAGER))), catalog)
    assert any("the time before" in note for note in view.notes)


def test_a_knowledge_base_that_has_changed(fixed: Comparison, catalog: Catalog) -> None:
    then = replace(fixed.then, knowledge="sha256:" + "0" * 64)
    view = viewed(compared(then, fixed.now), catalog)
    assert any("knowledge base has changed" in note for note in view.notes)


def test_answers_since(diagnosed: Diagnosed, catalog: Catalog) -> None:
    then = diagnosed(no_answer(LAGER))
    now = replace(then, answers=(Answer(id="own-internet-up", choice="yes"),))
    view = viewed(compared(then, now), catalog)
    assert [one.split(":")[0] for one in view.answers] == ["Answered since"]
    assert view.inputs.startswith("Both rest on the same files")
    assert view.same == "1 incident is the same."


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_line_is_wider_than_the_terminal(
    fixed: Comparison, catalog: Catalog, lang: Lang
) -> None:
    for width in (40, 80):
        words = labels(lang)
        lines = comparison_lines(comparison_view(fixed, catalog, words), words, width)
        assert lines
        assert max(line.cell_len for line in lines) <= width


def test_a_thousand_sites_are_counted_not_listed(diagnosed: Diagnosed, catalog: Catalog) -> None:
    sites = [f"SITE{number} (192.0.2.{number % 250})" for number in range(60)]
    then = diagnosed("".join(no_answer(one, 60 * place) for place, one in enumerate(sites)))
    comparison = compared(then, diagnosed(set_up(ZENTRALE, LATER)))
    view = viewed(comparison, catalog)
    assert (len(view.sites), view.more_sites) == (30, "and 30 further remote sites")
    lines = comparison_lines(view, labels("en"), 80)
    assert sum("SITE" in line.plain for line in lines) < 40
    assert any("and 52 further remote sites" in line.plain for line in lines)


def test_text_and_page_tell_it_in_both_languages(fixed: Comparison, catalog: Catalog) -> None:
    text = render_text(fixed.now, catalog, "en", comparison=fixed).plain
    assert text.startswith("What changed since old.report.html: Fault → Healthy")
    html = render_html(fixed.now, catalog, "de", comparison=fixed)
    assert "Änderungen seit old.report.html" in html
    assert "What changed since old.report.html" in html
    assert "sieht behoben aus" in html
    assert "looks repaired" in html
    assert "old.report.html" not in render_html(fixed.now, catalog, "de")


def test_the_json_has_it(fixed: Comparison) -> None:
    found = json.loads(render_json(fixed.now, fixed))["comparison"]
    assert "comparison" not in document(fixed.now)
    assert found["report"] == "old.report.html"
    assert found["verdict"] == {"then": "fault", "now": "healthy"}
    assert found["generator"]["version"] == "0.0.7"
    (site,) = found["sites"]
    assert (site["course"], site["then"]["state_at_end"], site["now"]["state_at_end"]) == (
        "fixed",
        "down",
        "up",
    )
    new, gone = found["incidents"]
    assert (new["change"], new["then"], new["now"]["outcome"]) == ("new", None, "established")
    assert (gone["change"], gone["now"], gone["then"]["outcome"]) == ("gone", None, "failed")
    assert gone["then"]["cause"]
    assert 0 < gone["then"]["probability"] < 1


@pytest.mark.parametrize("evil", HOSTILE.values())
def test_hostile_names_stay_inert(diagnosed: Diagnosed, catalog: Catalog, evil: str) -> None:
    then: Any = diagnosed(no_answer(LAGER))
    renamed = replace(
        then,
        incidents=tuple(replace(one, remote_site=RemoteSite(evil)) for one in then.incidents),
        sites=tuple(replace(one, remote_site=RemoteSite(evil)) for one in then.sites),
    )
    comparison = compared(renamed, diagnosed(at(LATER, f"VPN: connecting to {LAGER}")), evil)
    html = render_html(comparison.now, catalog, "en", comparison=comparison)
    page(html)
    assert "<img src=x" not in html
    plain = render_text(comparison.now, catalog, "en", comparison=comparison).plain
    assert "\x1b" not in plain
    assert "\u202e" not in plain
