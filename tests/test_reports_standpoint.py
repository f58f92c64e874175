"""Incidents that only the other side's trace shows: said so, after ours, with its own hands."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from reports_samples import (
    GATEWAY,
    SITE,
    case,
    make_catalog,
    mismatch_incident,
    polling_incident,
    time_out_incident,
)

from assistant.catalog.catalog import Catalog
from assistant.model.answer import OpenQuestion, PlannedRepair, RepairPlan
from assistant.model.diagnosis import Diagnosis, Incident, Origin
from assistant.model.event import RemoteSite
from assistant.model.source import Side
from reports.hand_over import render_hand_over
from reports.html import render_html
from reports.incident import IncidentView
from reports.labels import Lang, labels
from reports.questions import question_views
from reports.short import about
from reports.standpoint import ours_first, who_told
from reports.text import render_text
from reports.view import CaseView, case_view

CATALOG = make_catalog()
EN = labels("en")


def theirs(incident: Incident, site: str = "DEPOT") -> Incident:
    """The same, seen by the other side only."""
    return replace(incident, side=Side.REMOTE, remote_site=RemoteSite(site))


def view(*incidents: Incident, lang: Lang = "en") -> CaseView:
    return case_view(case(*incidents), CATALOG, lang)


def only(*incidents: Incident) -> IncidentView:
    (one,) = view(*incidents).problems
    return one


def plain(diagnosis: Diagnosis, lang: Lang = "en") -> str:
    return " ".join(render_text(diagnosis, CATALOG, lang).plain.split())


# Who --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("local", "at the remote site"),
        ("remote", "at DEPOT"),
        ("both", "on both sides"),
        ("provider", "at the provider"),
    ],
)
def test_who_is_said_from_our_side(who: str, told: str) -> None:
    assert who_told(who, theirs(time_out_incident()), EN) == told


def test_a_site_that_nobody_names_is_taken_for_ours() -> None:
    assert who_told("remote", theirs(time_out_incident(), ""), EN) == EN("who.local")


@pytest.mark.parametrize("incident", [time_out_incident(), None])
def test_of_our_own_trace_who_stays(incident: Incident | None) -> None:
    assert who_told("local", incident, EN) == "here, at our own router"


def test_first_step_remedies_and_plan_name_the_same_hands() -> None:
    polled = polling_incident()
    remedy = polled.hypotheses[0].remedies[0]
    plan = RepairPlan(
        repairs=(PlannedRepair(remedy=remedy, minutes=5, probability=0.4),),
        expected_minutes=9.0,
        unrepaired=0.2,
    )
    ours = replace(polled, plan=plan)

    assert hands(only(ours)) == ["here, at our own router"] * 3
    assert hands(only(theirs(ours))) == ["at the remote site"] * 3


def hands(one: IncidentView) -> list[str]:
    assert one.step is not None
    assert one.plan is not None
    return [one.step.who, one.remedies[0].who, one.plan.repairs[0].who]


def test_a_question_names_who_finds_out(catalog: Catalog) -> None:
    question = OpenQuestion(
        id="own-internet-up", who="local", minutes=1, worth_minutes=2.0, choices=("yes", "no")
    )
    ours = replace(time_out_incident(), questions=(question,))

    assert question_views(ours, catalog, EN)[0].who == "here, at our own router"
    assert question_views(theirs(ours), catalog, EN)[0].who == "at the remote site"


# Whose ------------------------------------------------------------------------------------


def test_the_headline_of_the_text_says_whose_trace_it_is() -> None:
    assert (
        "FAULT[0x1106] DEPOT (192.0.2.44): tunnel failed in phase 1 (IKE) (remote site's trace)"
        in plain(case(theirs(time_out_incident())))
    )


def test_it_says_how_the_words_are_meant() -> None:
    assert "Aus Sicht der Gegenstelle gesagt: „Gegenstelle“ meint hier DEPOT." in plain(
        case(theirs(time_out_incident())), "de"
    )


def test_the_headline_of_the_case_says_it_where_nothing_is_ours() -> None:
    alone = replace(case(theirs(time_out_incident())), sites=())

    told = case_view(alone, CATALOG, "en").headline
    assert told == "DEPOT had a fault, says the remote site's trace"


def test_the_headline_of_the_case_is_about_our_own_faults() -> None:
    both = replace(case(theirs(time_out_incident()), mismatch_incident()), sites=())

    assert case_view(both, CATALOG, "en").headline == f"{SITE} had a fault"


def test_the_facts_say_whose_trace_it_is() -> None:
    one = only(theirs(time_out_incident()))

    assert one.whose == "remote site's trace"
    assert one.rests_on == "what the remote site's trace shows"
    assert one.lead[0].startswith("Only the remote site's trace shows this incident")
    assert ("Seen by", "remote site") in {(fact.label, fact.value) for fact in one.facts}


def test_a_configuration_of_the_other_side_is_no_trace() -> None:
    incident = replace(
        theirs(time_out_incident()), origin=Origin.CONFIGURATION, outcome=None, stage=None
    )

    assert only(incident).whose == "remote site's configuration"


def test_of_our_own_trace_nothing_is_said() -> None:
    one = only(time_out_incident())

    assert (one.whose, one.lead) == ("", ())


def test_the_page_says_it_on_the_first_screen_and_at_the_incident() -> None:
    page = render_html(case(theirs(time_out_incident())), CATALOG, "de")

    assert '<p class="quiet">Das zeigt nur der Trace der Gegenstelle.</p>' in page
    assert '<p class="over">Vorfall 1 · Trace der Gegenstelle</p>' in page


def test_a_dialogue_names_it_with_the_site() -> None:
    assert about(theirs(time_out_incident()), EN) == f"DEPOT ({GATEWAY}), remote site's trace"


# Order ------------------------------------------------------------------------------------


def test_ours_come_first_and_keep_their_order() -> None:
    first, second, third = theirs(mismatch_incident()), time_out_incident(), polling_incident()

    assert ours_first((first, second, third)) == (second, third, first)


def test_the_report_tells_ours_first() -> None:
    found = view(theirs(mismatch_incident()), time_out_incident())

    assert [one.site for one in found.problems] == [SITE, "DEPOT"]
    assert [one.name for one in found.sites] == [SITE, "DEPOT"]


def test_a_site_is_told_by_our_own_trace() -> None:
    """The other side may call its peer as we call ours, and be surer of the cause."""
    ours = time_out_incident(0.35)
    (site,) = view(theirs(time_out_incident(0.9), SITE), ours).sites

    assert (site.theirs, site.cause.percent if site.cause else "") == ("", "35 %")


def test_the_hand_over_is_about_ours_by_default() -> None:
    told = render_hand_over(case(theirs(mismatch_incident()), time_out_incident()), CATALOG, "en")

    assert f"{SITE} ({GATEWAY})" in told.splitlines()[0]
    assert "DEPOT" not in told.splitlines()[0]
