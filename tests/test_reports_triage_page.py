"""The triage page: which first and why, groups, outages, one file that does nothing by itself."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import PurePath

import pytest
from desk_samples import FAILED, LOST, diagnosed, loss, repair
from msgspec.structs import replace
from reports_samples import HOSTILE
from test_reports_html import page
from test_reports_html import view as view_of
from test_reports_triage import sample

from assistant.catalog.catalog import Catalog
from assistant.desk.triage import triage
from assistant.model.diagnosis import Verdict
from assistant.model.event import RemoteSite
from assistant.model.ticket import BadTicket, TicketId
from assistant.model.triage import Similar, Triage, Wanted
from reports.html import LIMIT_BYTES
from reports.labels import Lang
from reports.triage.html import render_triage_html
from reports.triage.json_v1 import Beside
from reports.triage.page import triage_view
from reports.triage.view import TriageView


def written(ticket: TicketId) -> Beside:
    """As if every report was."""
    folder = PurePath("tickets")
    return Beside(report=folder / f"{ticket}.report.html", reply=folder / f"{ticket}.reply.txt")


def nothing(_: TicketId) -> None:
    """As if none was."""


def worded(catalog: Catalog, made: Triage, lang: Lang = "en") -> TriageView:
    return triage_view(made, catalog, lang, written, store="tickets.db")


def test_three_to_take_first_and_why(catalog: Catalog) -> None:
    outage, *groups = worded(catalog, sample()).first

    assert outage.title == "Outage in network 198.51.100.0/24: 20 tickets"
    assert outage.next.startswith("Ask the provider of this network first")
    assert outage.queue_word == "provider"
    assert outage.explained
    assert "20 tickets at once" in outage.reasons
    assert outage.ticket.href == "tickets/S0000.report.html"
    assert len(groups) == 2


def test_the_headline_names_them(catalog: Catalog) -> None:
    healthy = triage([diagnosed("A", verdict=Verdict.HEALTHY)], (), knowledge="sha256:0")

    assert worded(catalog, sample()).headline.startswith(
        "40 tickets: take S0000, T0009 and T0018 first"
    )
    assert worded(catalog, healthy).headline == "1 ticket, none is urgent"
    assert worded(catalog, sample(), "de").headline.startswith("40 Tickets: zuerst S0000, T0009")


def test_a_group_says_what_its_tickets_share(catalog: Catalog) -> None:
    (group,) = [one for one in worded(catalog, sample()).groups if one.count > 1]

    assert group.title == "The polling address does not answer or is wrong"
    assert group.because == (
        "Outcome: came up, then lost",
        "got as far as: Connected",
        "Error codes: 0x1307",
        "most likely cause: The polling address does not answer or is wrong",
    )
    assert group.count_told == "20 tickets"


def test_a_group_names_earlier_cases_and_what_helped(catalog: Catalog) -> None:
    made = triage([diagnosed("A"), diagnosed("B")], (), knowledge="sha256:0")
    earlier = Similar(
        ticket=TicketId("K7F2Q"),
        name="in/old.txt",
        same=("outcome",),
        cause="psk-mismatch",
        remedy="set-same-psk",
        helped=True,
        note="Key had a blank at its end.",
    )
    made = replace(made, groups=(replace(made.groups[0], similar=(earlier,)),))
    (group,) = worded(catalog, made).groups

    assert group.similar[0].helped
    assert "K7F2Q" in group.similar[0].told
    assert group.similar[0].note == "Key had a blank at its end."


def test_an_outage_shows_its_evidence(catalog: Catalog) -> None:
    (outage,) = worded(catalog, sample()).outages

    assert outage.because[0].startswith("20 remote sites lost between 2024-05-14 09:00:00 and")
    assert outage.because[1] == "All remote sites lie in the network 198.51.100.0/24."
    assert len(outage.rows) == 20
    assert outage.rows[0][1] == "tickets/S0000.report.html"


def test_what_is_missing_is_ready_to_be_asked_for(catalog: Catalog) -> None:
    wanted = (Wanted(input="vpn-status-trace", request="Please send us a trace.\nThank you."),)
    made = triage([diagnosed("A", wanted=wanted)], (), knowledge="sha256:0")
    html = render_triage_html(made, catalog, "de", nothing)

    assert html.count('<pre class="request" tabindex="0" lang="en">Please send us a trace.') == 2


def test_what_changed_since_the_last_run(catalog: Catalog) -> None:
    view = worded(catalog, sample(changes=True))

    assert view.since == ("35 new", "5 changed")
    assert {one[0] for one in view.filters} == {"urgency", "queue", "verdict", "news"}
    assert worded(catalog, sample()).since == ()


def test_bad_tickets_are_named_with_their_reason(catalog: Catalog) -> None:
    bad = [BadTicket(name=f"in/{number}.txt", reason="ticket-empty") for number in range(130)]
    view = worded(catalog, triage([diagnosed("A")], bad, knowledge="sha256:0"))

    assert len(view.bad) == 100
    assert view.bad_more == "30 further entries"
    assert all(one.reason for one in view.bad)


# One file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_is_well_formed_and_its_links_lead_somewhere(catalog: Catalog, lang: Lang) -> None:
    html = render_triage_html(sample(changes=True), catalog, lang, written)
    found = page(html)
    ids = list(found.values("id"))

    assert found.wrong == found.open == []
    assert len(ids) == len(set(ids))
    inside = {one[1:] for one in found.values("href") if one.startswith("#")}
    assert inside <= set(ids)
    outside = {one for one in found.values("href") if not one.startswith("#")}
    assert all(re.fullmatch(r"tickets/\w+\.re(port\.html|ply\.txt)", one) for one in outside)
    assert {"link", "iframe", "img", "object"}.isdisjoint(tag for tag, _ in found.tags)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in html
    assert not list(found.values("style")) or "width:" in "".join(found.values("style"))


def test_both_languages_have_the_same_shape(catalog: Catalog) -> None:
    html = render_triage_html(sample(changes=True), catalog, "de", written)
    german, english = page(view_of(html, "de")), page(view_of(html, "en"))

    assert [tag for tag, _ in german.tags] == [tag for tag, _ in english.tags]
    assert "Gruppen gleicher Fälle" in german.text
    assert "Groups of equal cases" in english.text


def test_a_thousand_tickets_stay_one_mail(catalog: Catalog) -> None:
    found = [
        diagnosed(
            f"N{number:04d}",
            fingerprint=replace(FAILED, codes=(f"0x{number % 300:04x}",)),
            remote_site=RemoteSite("L" * 60),
            wanted=(Wanted(input="vpn-status-trace", request="Please " * 100),),
        )
        for number in range(1000)
    ]
    html = render_triage_html(triage(found, (), knowledge="sha256:0"), catalog, "en", written)

    assert len(html.encode()) <= LIMIT_BYTES
    assert "1,000 tickets" in html
    assert "further groups are not shown" in html


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_tickets_hold_stays_text(catalog: Catalog, name: str) -> None:
    evil = HOSTILE[name]

    def made(text: str) -> str:
        ticket = diagnosed(
            "A",
            fingerprint=replace(LOST, attribute=text),
            remote_site=RemoteSite(text),
            sites=(RemoteSite(text),),
            losses=(loss(1, site=text),),
            step=repair(),
            wanted=(Wanted(input="vpn-status-trace", request=text),),
        )
        ticket = replace(ticket, ticket=replace(ticket.ticket, name=text, subject=text))
        bad = [BadTicket(name=text, reason="ticket-empty")]
        return render_triage_html(
            triage([ticket], bad, knowledge="sha256:0"), catalog, "en", written, store=text
        )

    html, usual = made(evil), page(made("x"))
    found = page(html)

    assert found.wrong == []
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in usual.tags]
    assert {key for _, attrs in found.tags for key in attrs} == {
        key for _, attrs in usual.tags for key in attrs
    }
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)
