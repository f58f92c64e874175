"""The HTML report: whole in one file, inert whatever the trace holds, readable for everybody."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace
from reports_samples import (
    HOSTILE,
    POLLED,
    Trace,
    case,
    healthy_incident,
    incident,
    make_catalog,
    mismatch_incident,
    negotiation,
    polling_incident,
    seen,
    time_out_incident,
)

import reports
from assistant import __version__
from assistant.model.diagnosis import Diagnosis, Verdict, Warned
from assistant.model.event import RemoteSite
from assistant.model.message import PollTimeout
from assistant.model.source import Place
from reports.escape import visible
from reports.html import LIMIT_BYTES, render_html
from reports.json_v2 import document
from reports.labels import Lang
from reports.view import MOST_PROBLEMS, NAMED

CATALOG = make_catalog()
VOID = {"meta", "br", "link", "img", "input", "hr", "use", "path", "circle", "rect"}
GENERATED = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001


def everything() -> Diagnosis:
    """A case with all parts a report can have."""
    return case(
        polling_incident(),
        time_out_incident(),
        mismatch_incident(),
        healthy_incident(),
        missing=("remote-trace", "vpn-status-trace"),
        warnings=(Warned(id="clock-set-back", subject="trace.txt"),),
        unread=(Trace(line=90).record("something else"),),
    )


CASES = {
    "everything": everything(),
    "polling": case(polling_incident()),
    "healthy": case(healthy_incident(), verdict=Verdict.HEALTHY),
    "nothing": case(verdict=Verdict.INCONCLUSIVE, missing=("vpn-status-trace",)),
    "many": case(*(polling_incident(f"SITE-{number}") for number in range(40))),
}


@dataclass
class Page(HTMLParser):
    """What a browser would build from a page, as far as the tests ask."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the tag and opens it."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Closes the tag that was opened last; any other is wrong."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Keeps what is to be read."""
        if self.open and self.open[-1] not in {"style", "script"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that is to be read, white space folded."""
        return " ".join(" ".join(self.texts).split())

    def values(self, attribute: str) -> Iterator[str]:
        """All values of an attribute."""
        for _, attributes in self.tags:
            if attribute in attributes:
                yield attributes[attribute]


def page(html: str) -> Page:
    parsed = Page()
    parsed.feed(html)
    parsed.close()
    return parsed


def view(html: str, lang: Lang) -> str:
    """The part of a page that shows one language."""
    begun = html.index(f'<div class="view" lang="{lang}"')
    end = html.find('<div class="view"', begun + 1)
    return html[begun : end if end > 0 else html.index("<script")]


def rendered(diagnosis: Diagnosis, lang: Lang = "en") -> Page:
    return page(render_html(diagnosis, CATALOG, lang))


# One file, loading nothing ------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", CASES)
def test_the_page_is_well_formed_and_every_link_leads_somewhere(name: str, lang: Lang) -> None:
    found = rendered(CASES[name], lang)
    ids = list(found.values("id"))

    assert found.wrong == []
    assert found.open == []
    assert len(ids) == len(set(ids))
    inside = {target for target in found.values("href") if target.startswith("#")}
    assert {target for target in inside if target[1:] not in ids} == set()


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_loaded_and_nothing_runs(name: str) -> None:
    html = render_html(CASES[name], CATALOG, "en")
    found = page(html)

    # What a reader may follow is a link with no referrer; nothing is fetched by itself.
    assert all(
        attrs["href"].startswith("#") or (tag, attrs["rel"]) == ("a", "noreferrer noopener")
        for tag, attrs in found.tags
        if "href" in attrs
    )
    assert list(found.values("src")) == []
    assert not {"link", "iframe", "img", "form", "object"} & {tag for tag, _ in found.tags}
    assert not [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    assert not re.search(r"url\(|@import|srcset|http-equiv=.refresh", html)


@pytest.mark.parametrize("name", CASES)
def test_only_our_own_script_may_run(name: str) -> None:
    html = render_html(CASES[name], CATALOG, "en")
    data, script = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()

    assert data[0] == ' type="application/json" id="diagnosis"'
    assert f"script-src 'sha256-{digest}';" in html
    assert not re.search(r"\beval\b|Function\(|innerHTML|insertAdjacentHTML|fetch\(", script[1])


@pytest.mark.parametrize("name", CASES)
def test_the_diagnosis_lies_in_the_page(name: str) -> None:
    html = render_html(CASES[name], CATALOG, "en")
    found = re.search(r'id="diagnosis">(.*?)</script>', html)

    assert found
    embedded = json.loads(found[1])
    if "gzip" in embedded:
        embedded = json.loads(gzip.decompress(base64.b64decode(embedded["gzip"])))
    assert embedded == document(CASES[name], everything=True)


def test_the_policy_forbids_what_the_page_does_not_need() -> None:
    (policy,) = [
        attrs["content"]
        for tag, attrs in rendered(CASES["polling"]).tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    ]

    assert re.sub(r"sha256-[^']+", "sha256", policy) == (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_is_marked_as_ours_near_its_start() -> None:
    html = render_html(CASES["polling"], CATALOG, "de")

    assert html.startswith("<!doctype html>")
    mark = f'<meta name="generator" content="lancom-vpn-assistant {__version__}">'
    assert mark in html[:4096]


def test_equal_cases_give_equal_pages_and_the_time_is_named_if_given() -> None:
    html = render_html(CASES["polling"], CATALOG, "en")

    assert html == render_html(CASES["polling"], CATALOG, "en")
    assert "2026-01-02 03:04" in render_html(CASES["polling"], CATALOG, "en", generated=GENERATED)


@pytest.mark.parametrize(("name", "most"), [("polling", 130_000), ("many", LIMIT_BYTES)])
def test_size(name: str, most: int) -> None:
    assert len(render_html(CASES[name], CATALOG, "de").encode()) < most


# What it says -------------------------------------------------------------------------------


def test_the_verdict_the_cause_and_the_first_step_come_first() -> None:
    text = rendered(CASES["polling"]).text
    order = [
        "LAGER is down",
        "down since 2007-12-04 01:24:47",
        "The polls went unanswered.",
        "The polled address is wrong",
        "possible, about 2 in 5 (43 %)",
        "First step Poll the LAN address of the remote router",
        "Read trace.txt",
        "Facts",
        "Possible causes",
    ]
    places = [text.index(part) for part in order]

    assert places == sorted(places)
    assert places[-3] < 1200


def test_the_trace_is_quoted_as_it_is() -> None:
    html = render_html(CASES["polling"], CATALOG, "de")

    assert f"(5 retries left)\nsend poll frame to {POLLED}</pre>" in html


def test_every_part_is_there() -> None:
    text = rendered(CASES["everything"]).text

    for part in (
        "What speaks for it",
        "1 cause below 5 %, and what speaks against it",
        "Ping blocking guards the public address",
        "In what the proposals differ",
        "BLOWFISH_CBC",
        "What would decide the case",
        "To LAGER at 192.0.2.44: from [our public address]",
        "Evidence from the trace",
        "Without a fault",
        "What was not understood",
        "something else",
        "What is missing",
        "the device's clock was set back",
        "LANCOM MIB",
        "unverified",
        "Cuts the tunnel.",
        "Nothing to undo.",
        "LANCOM article: https://docs.example.net/correct-poll-target",
    ):
        assert part in text


def test_assumed_records_are_confessed() -> None:
    polling = polling_incident()
    assert polling.example is not None
    assumed = replace(polling, example=replace(polling.example, inferred_places=3))

    assert "3 records name no remote site" in rendered(case(assumed)).text


def test_an_insufficient_trace_says_how_to_get_a_better_one() -> None:
    text = rendered(CASES["nothing"]).text

    assert "The trace is not sufficient for a verdict" in text
    assert "trace + vpn-status-trace" in text


def test_prose_shows_code_and_device_text_does_not() -> None:
    place = Trace().record("VPN: `tick`")
    quoting = incident(negotiation([seen(PollTimeout(), "poll-timeout", place)]))
    html = render_html(case(polling_incident(), quoting), CATALOG, "en")

    assert "Look up <code>what</code> is polled." in html
    assert "VPN: `tick`" in html


def test_german_and_english_have_the_same_shape() -> None:
    html = render_html(CASES["everything"], CATALOG, "de")
    german, english = page(view(html, "de")), page(view(html, "en"))

    assert [tag for tag, _ in german.tags] == [tag for tag, _ in english.tags]
    assert "ist getrennt" in german.text
    assert "is down" in english.text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_opens_in_the_language_wanted_and_holds_the_other(lang: Lang) -> None:
    found = rendered(CASES["everything"], lang)
    switches = {
        attrs["id"]: "checked" in attrs
        for tag, attrs in found.tags
        if tag == "input" and attrs.get("name") == "lang"
    }

    assert next(found.values("lang")) == lang
    assert switches == {"lang-de": lang == "de", "lang-en": lang == "en"}


def test_both_languages_tick_the_same_steps() -> None:
    html = render_html(CASES["everything"], CATALOG, "en")
    german, english = (list(page(view(html, one)).values("data-step")) for one in ("de", "en"))

    assert german == english
    assert len(set(german)) == len(german) > 3


def test_a_page_without_room_names_the_incidents_it_does_not_show() -> None:
    many = case(*(polling_incident(f"SITE-{number:03}") for number in range(400)))
    html = render_html(many, CATALOG, "en", limit_bytes=600_000)
    shown = html.count('class="incident k-fault"') // 2

    assert len(html.encode()) <= 600_000
    assert 2 < shown <= MOST_PROBLEMS
    assert f"SITE-{shown:03}" in html
    assert f"{400 - shown - NAMED} further incidents are not named" in html


# Hostile input ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_trace_holds_stays_text(name: str) -> None:
    evil = HOSTILE[name]
    harmless = case(
        polling_incident(), mismatch_incident(), warnings=_warned("x"), unread=_unread("x")
    )
    hostile = case(
        polling_incident(evil, gateway=evil),
        replace(mismatch_incident(), remote_site=RemoteSite(evil)),
        warnings=_warned(evil),
        unread=_unread(evil),
        name=evil,
    )
    html = render_html(hostile, CATALOG, "en")
    found, usual = page(html), rendered(harmless)

    assert found.wrong == []
    assert {tag for tag, _ in found.tags} == {tag for tag, _ in usual.tags}
    assert {name for _, attrs in found.tags for name in attrs} == {
        name for _, attrs in usual.tags for name in attrs
    }
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)
    assert visible(evil, limit=20).split("…")[0] in found.text
    assert len(html) < 300_000


def _warned(subject: str) -> tuple[Warned, ...]:
    return (Warned(id="empty-file", subject=subject),)


def _unread(body: str) -> tuple[Place, ...]:
    return (Trace(line=90).record(body),)


# For everybody ------------------------------------------------------------------------------


def test_tables_have_captions_and_headings_a_scope() -> None:
    found = rendered(CASES["everything"])
    tags = [tag for tag, _ in found.tags]

    assert tags.count("table") == tags.count("caption") > 4
    assert all(attrs.get("scope") in {"row", "col"} for tag, attrs in found.tags if tag == "th")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_landmarks_headings_and_a_way_past_the_header(lang: Lang) -> None:
    html = render_html(CASES["everything"], CATALOG, "en")
    tags = [tag for tag, _ in page(view(html, lang)).tags]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]

    assert tags.count("main") == tags.count("h1") == tags.count("footer") == 1
    assert levels[0] == 1
    prefix = "" if lang == "en" else "de-"
    skip = {"class": "skip", "data-lang": lang, "lang": lang, "href": f"#{prefix}findings"}
    assert ("a", skip) in page(html).tags


def test_a_state_is_a_word_beside_its_mark() -> None:
    html = render_html(CASES["everything"], CATALOG, "en")
    chips = re.findall(r'<span class="chip [^"]*">(.*?)</span>', html)

    assert chips
    assert all(re.sub("<[^>]*>", "", chip).strip() for chip in chips)


PAIRS = [
    (ink, paper) for ink in ("ink", "quiet", "accent") for paper in ("paper", "surface", "sunken")
] + [
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("quiet", "accent-soft"),
    ("bad", "bad-soft"),
    ("bad", "surface"),
    ("ink", "bad-soft"),
    ("quiet", "bad-soft"),
    ("good", "good-soft"),
    ("good", "surface"),
    ("open", "open-soft"),
    ("open", "surface"),
    ("ink", "open-soft"),
]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_contrast_is_enough_to_read(scheme: str, ink: str, paper: str) -> None:
    colours = _colours(scheme)
    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[paper])), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _colours(scheme: str) -> dict[str, str]:
    css = (Path(reports.__file__).parent / "static" / "report.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    light, dark, paper = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block)) for block in blocks
    )
    return {"light": light, "dark": dark, "print": light | paper}[scheme]


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
