"""The triage in words: every id has some in both languages, and nothing is too wide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk_samples import FAILED, LOST, SUMMARY, diagnosed, loss, repair
from msgspec.structs import replace
from rich.cells import cell_len

import assistant.desk
from assistant.catalog.catalog import Catalog
from assistant.desk.triage import Earlier, triage
from assistant.desk.urgency import reasons_of
from assistant.model.diagnosis import Verdict
from assistant.model.event import RemoteSite
from assistant.model.ticket import BadTicket
from assistant.model.triage import Queue, Reason, Step, Triage, Urgency
from reports.labels import Lang, all_words, labels
from reports.triage.text import render_triage
from reports.triage.words import bad_told, reason_told, what_told

ROOM = Path(assistant.desk.__file__).parent


def sample(*, changes: bool = False) -> Triage:
    """Forty tickets with an outage, long names and some junk."""
    found = [
        diagnosed(
            f"S{place:04d}",
            fingerprint=LOST,
            losses=(loss(place % 5, site=f"FILIALE-{place}"),),
            remote_site=RemoteSite(f"FILIALE-{place}-" + "X" * 40),
            step=repair(),
            down_count=1,
        )
        for place in range(20)
    ]
    found += [
        diagnosed(f"T{place:04d}", fingerprint=replace(FAILED, codes=(f"0x{place:04x}",)))
        for place in range(20)
    ]
    bad = [BadTicket(name="漢字" * 60, reason="ticket-empty")] * 12
    earlier = Earlier(tickets={one.ticket.id: ("", "") for one in found[:5]}) if changes else None
    return triage(found, bad, knowledge="sha256:0", earlier=earlier)


def test_every_id_that_the_desk_gives_has_words() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py"))
    errors = set(
        re.findall(r'"((?:ticket|store|triage|no-ticket|no-such-ticket)-[a-z-]+)"', source)
    )
    reasons = set(re.findall(r'Reason\(\s*id="([a-z-]+)"', source))
    reasons |= set(re.findall(r'id="([a-z-]+)" if \w+ else "([a-z-]+)"', source).pop())
    words = set(all_words())

    assert len(errors) > 20
    assert len(reasons) > 14
    assert {f"error.{one}" for one in errors} <= words
    assert {f"triage.why.{one}" for one in reasons} <= words
    assert {f"urgency.{one.value}" for one in Urgency} <= words
    assert {f"queue.{one.value}" for one in Queue} <= words


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal(catalog: Catalog, lang: Lang, width: int) -> None:
    text = render_triage(sample(changes=True), catalog, lang, width=width).plain

    assert max(cell_len(line) for line in text.split("\n")) <= width


def test_a_terminal_shows_the_begin_and_a_file_all(catalog: Catalog) -> None:
    short = render_triage(sample(), catalog, "en").plain
    whole = render_triage(sample(), catalog, "en", whole=True).plain

    assert "and 25 more" in short
    assert sum(f"T{place:04d}" in whole.split("Tickets, the most")[1] for place in range(20)) == 20
    assert whole.endswith("· 40 tickets")


def test_what_comes_first_and_why(catalog: Catalog) -> None:
    lines = render_triage(sample(), catalog, "en").plain.split("\n")

    first = " ".join(" ".join(lines[2:8]).split())
    assert "1. now · Outage in network 198.51.100.0/24" in first
    assert "20 tickets, 20 remote sites lost between 2024-05-14 09:00:00 and" in first
    assert "begin with S0000" in first
    assert "down at the end of the trace: 1 (+3)" in first


def test_a_later_run_says_what_is_new(catalog: Catalog) -> None:
    text = render_triage(sample(changes=True), catalog, "en").plain

    assert "Since the last run: 35 new, 5 changed, 0 gone" in text
    assert re.search(r"S0000 .*changed: in/S0000.txt", text)


def test_nothing_to_do_is_said(catalog: Catalog) -> None:
    healthy = triage([diagnosed("A", verdict=Verdict.HEALTHY)], (), knowledge="sha256:0")

    assert "No ticket shows a fault." in render_triage(healthy, catalog, "en").plain


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason(id="long", points=2, values=(("seconds", 20_000.0),)), "Ausfall 5 h 33 min (+2)"),
        (Reason(id="recovered", points=-1), "kam von selbst wieder (-1)"),
        (
            Reason(id="repair", values=(("remedy", "set-same-psk"), ("minutes", 10))),
            "zu tun: {} (10 min)",
        ),
    ],
)
def test_reasons_name_things_by_their_titles(catalog: Catalog, reason: Reason, told: str) -> None:
    title = labels("de").title(catalog.remedies["set-same-psk"].title)

    assert reason_told(reason, catalog, labels("de")) == told.format(title)


def test_every_reason_of_a_ticket_can_be_told(catalog: Catalog) -> None:
    for step in (None, repair(), Step(kind="input", id="remote-trace", who="remote", minutes=15)):
        summary = replace(SUMMARY, step=step, site_count=7, outage_s=1000.0, occurrences=9)
        told = [reason_told(one, catalog, labels("en")) for one in reasons_of(summary)]
        assert all(told)
        assert not any("{" in one for one in told)


def test_a_group_says_what_its_cases_have_in_common(catalog: Catalog) -> None:
    one = replace(FAILED, attribute="phase-1 \x1b[1m")

    assert what_told(one, catalog, labels("en")) == (
        f"{what_told(replace(FAILED, codes=(), outcome=None), catalog, labels('en'))}, "
        "phase-1 \u241b[1m, 0x220a, did not come up"
    )


def test_why_something_is_no_ticket_with_its_holes_filled_safely() -> None:
    bad = BadTicket(name="x", reason="no-trace", words=(("file", "a\x1b.txt"), ("looks", "pdf")))

    assert bad_told(bad, labels("en")).startswith(
        "a\u241b.txt holds no LANCOM trace; it looks like a PDF document."
    )
