"""The Markdown report: what it says, and that nothing of a trace means anything in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from reports_samples import (
    HOSTILE,
    case,
    healthy_incident,
    make_catalog,
    mismatch_incident,
    polling_incident,
    time_out_incident,
)

from assistant import __version__
from assistant.model.diagnosis import Diagnosis, Verdict, Warned
from reports.labels import Lang
from reports.markdown import code, fenced, plain, render_markdown

CATALOG = make_catalog()
PARSER = MarkdownIt("gfm-like", {"html": True, "linkify": False})
EVIL = (
    "![x](https://evil.example/a.png) <img src=x onerror=alert(1)> [click](javascript:alert(1)) "
    "| **bold** | @everyone #1 https://evil.example www.evil.example ``` ~~~ `code` </details>"
)


def rendered(diagnosis: Diagnosis, lang: Lang = "en") -> str:
    return render_markdown(diagnosis, CATALOG, lang)


def tokens(text: str) -> Iterator[Token]:
    """All tokens a Markdown reader sees, those inside others too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def test_what_it_says_in_which_order() -> None:
    text = rendered(case(polling_incident(), healthy_incident()))
    order = [
        "# Fault: LAGER is down",
        "- **LAGER** (192.0.2.44): down since 2007-12-04 01:24:47.",
        "## LAGER: tunnel was up, then lost `0x1307`",
        "| The polled address is wrong | 43 % |",
        "20 | VPN: Error: IFC-X-Line-polling-failed (0x1307) for LAGER (192.0.2.44)",
        "**First step:** Poll the LAN address of the remote router",
        "- [ ] Look up what is polled.",
        "    ls /Setup/correct-poll-target",
        "**Read** trace.txt",
        f"lancom-vpn-assistant {__version__} · ",
    ]
    places = [text.index(part) for part in order]

    assert places == sorted(places)


def test_german_has_the_same_shape() -> None:
    german, english = (rendered(case(polling_incident()), lang) for lang in ("de", "en"))

    assert "Störung" in german
    kinds = [[token.type for token in tokens(text)] for text in (german, english)]
    assert kinds[0] == kinds[1]


def test_what_belongs_to_a_step_is_read_as_lines_of_its_own() -> None:
    text = rendered(case(polling_incident()))
    told = [token.content for token in tokens(text) if token.type == "inline"]

    assert any(one.startswith("Expected: ") for one in told)
    assert any(one.startswith("Undo: ") for one in told)
    assert not [one for one in told if "\n" in one]


def test_a_request_to_the_other_side_is_ready_to_be_copied() -> None:
    text = rendered(case(time_out_incident(), missing=("remote-trace",)))

    blocks = [token.content for token in tokens(text) if token.type == "fence"]
    assert any("To LAGER at 192.0.2.44" in block for block in blocks)


def test_without_a_verdict_it_says_what_is_missing() -> None:
    text = rendered(case(verdict=Verdict.INCONCLUSIVE, missing=("vpn-status-trace",)))

    assert text.startswith("# Not sufficient: The trace is not sufficient for a verdict")
    assert "trace + vpn-status-trace" in text


def test_very_many_incidents_stay_readable() -> None:
    text = rendered(case(*(polling_incident(f"SITE-{number}") for number in range(300))))

    assert len(text) < 60_000
    assert "292 further incidents" in text


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("evil", [*HOSTILE.values(), EVIL], ids=[*HOSTILE, "markdown"])
def test_nothing_of_a_trace_means_anything(evil: str, lang: Lang) -> None:
    hostile = case(
        polling_incident(evil, gateway=evil),
        mismatch_incident(),
        warnings=(Warned(id="empty-file", subject=evil),),
        name=evil,
    )
    harmless = case(
        polling_incident("x", gateway="x"),
        mismatch_incident(),
        warnings=(Warned(id="empty-file", subject="x"),),
        name="x",
    )
    text = rendered(hostile, lang)
    seen = {token.type for token in tokens(text)}

    assert seen == {token.type for token in tokens(rendered(harmless, lang))}
    assert not {"html_block", "html_inline", "image", "link_open"} & seen
    outside = re.sub(r"(`{3,})text\n.*?\n *\1", "", text, flags=re.DOTALL)
    assert not re.search(r"(?<!\\)[@<]|(?<!\\)://|www\.", outside)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


@given(st.text(max_size=200))
def test_plain_text_is_read_as_it_was(text: str) -> None:
    escaped = plain(text)
    found = list(tokens(escaped))
    read = "".join(token.content for token in found if token.type in {"text", "text_special"})

    assert {token.type for token in found} <= {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special",
    }  # fmt: skip
    shown = " ".join(text.replace("`", "").split())
    shown = shown.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert read.replace("\N{WORD JOINER}", "") == shown.replace("\N{WORD JOINER}", "")


@given(st.text(alphabet="`~ \nab-", max_size=80))
def test_a_fence_ends_where_we_end_it(text: str) -> None:
    found = list(tokens("\n".join([*fenced(text), "behind"])))

    assert [token.type for token in found[:2]] == ["fence", "paragraph_open"]
    assert found[0].content == f"{text}\n"


@pytest.mark.parametrize("text", ["@everyone", "see #12", "a@example.net"])
def test_nobody_is_mentioned(text: str) -> None:
    (paragraph,) = [one for one in tokens(plain(text)) if one.type == "inline"]
    read = "".join(one.content for one in paragraph.children or ())

    assert not re.search(r"@\w|#\d", read)


def test_code_cannot_be_ended_from_inside() -> None:
    assert code("a`b") == "`a'b`"
    assert code("") == ""
