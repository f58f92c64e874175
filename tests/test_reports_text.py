"""The terminal report: one screen, no line too long, the verdict in the first line."""

from __future__ import annotations

import re

import pytest
from conftest import Diagnosed
from msgspec.structs import replace
from reports_samples import (
    GATEWAY,
    HOSTILE,
    POLLED,
    Trace,
    case,
    healthy_incident,
    make_catalog,
    mismatch_incident,
    polling_incident,
    time_out_incident,
)
from rich.cells import cell_len
from trace_lines import HERE, LAGER, no_answer

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.explain import explain
from assistant.model.diagnosis import Diagnosis, Verdict, Warned
from assistant.model.event import RemoteSite
from reports.labels import Lang
from reports.text import render_text

CATALOG = make_catalog()
MARK = f"lancom-vpn-assistant {__version__}"

CASES = {
    "polling": case(polling_incident()),
    "time-out": case(time_out_incident(), missing=("remote-trace",)),
    "mismatch": case(mismatch_incident()),
    "healthy": case(healthy_incident(), verdict=Verdict.HEALTHY),
    "nothing": case(verdict=Verdict.INCONCLUSIVE, missing=("vpn-status-trace",)),
    "with-others": case(
        polling_incident(),
        healthy_incident(),
        healthy_incident("FILIALE"),
        warnings=(Warned(id="clock-set-back", subject="trace.txt"),) * 5,
        unread=(Trace(line=90).record("something else"),),
    ),
}


def lines(diagnosis: Diagnosis, lang: Lang = "en", **options: object) -> list[str]:
    options.setdefault("report", "trace.report.html")
    return render_text(diagnosis, CATALOG, lang, **options).plain.split("\n")  # type: ignore[arg-type]


def test_a_polling_failure_on_one_screen() -> None:
    assert lines(CASES["polling"]) == [
        "FAULT[0x1307] LAGER (192.0.2.44): tunnel was up, then lost",
        "  The polls went unanswered.",
        "  At the end of the trace: down since 2007-12-04 01:24:47",
        "",
        "    --> trace.txt:14",
        "  14 | VPN: poll timeout for LAGER (192.0.2.44)",
        " ...",
        "  17 | send poll frame to 10.1.30.254",
        " ...",
        "  20 | VPN: Error: IFC-X-Line-polling-failed (0x1307) for LAGER (192.0.2.44)",
        "",
        "  43 %  possible  The polled address is wrong",
        "  38 %  possible  A firewall blocks the tunnel",
        "  17 %  possible  None of the known causes",
        "        1 further cause below 5 %",
        "  Why: The polls went unanswered (speaks clearly for it)",
        "",
        "First step: Poll the LAN address of the remote router (here, at our own router,",
        "  4 min)",
        "  Look up `what` is polled.",
        "  > ls /Setup/correct-poll-target",
        "",
        "Report: trace.report.html",
        f"{MARK} · 8 records · all understood · trace.txt",
    ]


def test_the_words_that_decide_are_underlined(diagnosed: Diagnosed, catalog: Catalog) -> None:
    diagnosis = diagnosed(no_answer(LAGER))
    page = render_text(diagnosis, catalog, "en").plain.split("\n")
    place = next(number for number, line in enumerate(page) if "timed out: no response" in line)

    start = page[place].index("timed out")
    assert page[place + 1] == f"{'|':>6}".ljust(start) + "^" * len("timed out: no response")


def test_a_long_line_is_moved_until_its_deciding_words_are_seen(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    log = (HERE / "cases/strongswan/psk_mismatch-ikev2/initiator.log").read_text("utf-8")
    page = render_text(diagnosed(log), catalog, "en").plain.split("\n")
    framed = [
        (page[number - 1], line)
        for number, line in enumerate(page)
        if line.strip().startswith("|") and "^" in line
    ]

    assert framed
    assert all("..." in line[:12] or len(line) < 80 for line, _ in framed)
    assert all(len(line) <= 80 for pair in framed for line in pair)
    assert any("AUTHENTICATION_FAILED" in line for line, _ in framed)


def test_without_a_code_the_headline_has_what_can_be_explained(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    log = (HERE / "cases/strongswan/psk_mismatch-ikev2/initiator.log").read_text("utf-8")
    diagnosis = diagnosed(log)
    first = render_text(diagnosis, catalog, "en").plain.split("\n")[0]
    word = first.partition("[")[2].partition("]")[0]

    assert explain(word, catalog) is not None


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", CASES)
def test_one_incident_fits_on_a_screen(name: str, lang: Lang) -> None:
    page = lines(CASES[name], lang)

    assert len(page) <= 24
    assert max(map(cell_len, page)) <= 80


@pytest.mark.parametrize("width", [40, 61, 80, 100])
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_no_line_is_longer_than_the_terminal(name: str, width: int, *, verbose: bool) -> None:
    page = lines(CASES[name], "de", width=width, verbose=verbose, report="x" * 150 + ".html")

    assert max(map(cell_len, page)) <= width


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("polling", f"FAULT[0x1307] LAGER ({GATEWAY}): tunnel was up, then lost"),
        ("time-out", f"FAULT[0x1106] LAGER ({GATEWAY}): tunnel failed in phase 1 (IKE)"),
        ("healthy", f"HEALTHY ZENTRALE ({GATEWAY}): tunnel came up"),
        ("nothing", "NOT SUFFICIENT The trace is not sufficient for a verdict"),
    ],
)
def test_the_first_line_is_the_verdict(name: str, first: str) -> None:
    assert lines(CASES[name])[0] == first


@pytest.mark.parametrize("name", CASES)
def test_the_last_line_marks_the_report_as_ours(name: str) -> None:
    assert MARK in lines(CASES[name], report=None)[-1]


def test_the_deciding_lines_are_quoted_with_their_numbers() -> None:
    page = lines(CASES["polling"])

    assert f"  17 | send poll frame to {POLLED}" in page
    assert "    --> trace.txt:14" in page


def test_a_mismatch_says_what_differs() -> None:
    assert "  encryption algorithm: ours BLOWFISH_CBC, theirs AES_CBC" in lines(CASES["mismatch"])


def test_a_case_for_the_other_side_says_what_to_type_there() -> None:
    assert "  > trace + remote-trace" in lines(CASES["time-out"])


def test_what_is_healthy_takes_one_line() -> None:
    page = lines(CASES["with-others"])

    assert sum("HEALTHY" in line for line in page) == 2
    assert f"HEALTHY FILIALE ({GATEWAY}): tunnel came up" in page


def test_several_incidents_say_the_same_shorter() -> None:
    page = lines(case(polling_incident(), polling_incident("FILIALE"), time_out_incident()))
    blocks = "\n".join(page).split("\n\n")

    assert page[0] == "FAULT 2 of 2 remote sites are down"
    assert [block.split(":")[0] for block in blocks[1:4]] == [
        f"FAULT[0x1307] LAGER ({GATEWAY})",
        f"FAULT[0x1307] FILIALE ({GATEWAY})",
        f"FAULT[0x1106] LAGER ({GATEWAY})",
    ]
    assert all(len(block.split("\n")) <= 11 for block in blocks[1:4])


def test_very_many_incidents_do_not_flood_the_terminal() -> None:
    page = lines(case(*(polling_incident(f"SITE-{number}") for number in range(300))))

    assert len(page) < 160
    assert "  288 further incidents" in page


def test_verbose_tells_why() -> None:
    text = "\n".join(lines(CASES["polling"], verbose=True))

    assert "Explanation of poll-address-wrong." in text
    assert "speaks strongly against it: Ping blocking guards" in " ".join(text.split())
    assert f"({POLLED})" in text


def test_colours_only_repeat_what_the_words_say() -> None:
    text = render_text(CASES["polling"], CATALOG, "en")
    styles = {style for _, style in text.pieces}

    assert "bold red" in styles
    assert "\x1b" not in text.plain
    assert text.plain.startswith("FAULT")


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_trace_holds_cannot_act_on_the_terminal(name: str, *, verbose: bool) -> None:
    evil = HOSTILE[name]
    hostile = case(
        polling_incident(evil, gateway=evil),
        warnings=(Warned(id="empty-file", subject=evil),),
        name=evil,
    )
    page = lines(hostile, verbose=verbose, report=None)

    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(page))
    assert max(map(cell_len, page)) <= 80
    assert page[0].startswith("FAULT")
    assert verbose or len(page) <= 24


def test_wide_characters_are_counted_as_two_cells() -> None:
    wide = replace(polling_incident(), remote_site=RemoteSite("倉庫" * 30))

    assert max(map(cell_len, lines(case(wide)))) <= 80
