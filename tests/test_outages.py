"""When a remote site was away, and with what that began."""

from __future__ import annotations

from conftest import Diagnosed
from trace_lines import LAGER, ZENTRALE, missed, no_answer, set_up

from assistant.catalog.catalog import Catalog
from assistant.model.outages import Outages
from reports.json_v2 import document
from reports.view import case_view


def of(diagnosed: Diagnosed, trace: str) -> dict[str, Outages]:
    """The outages by what became of the negotiation that they began with."""
    diagnosis = diagnosed(trace)
    return {
        f"{one.remote_site} {one.outcome.value if one.outcome else ''}": one.outages
        for one in diagnosis.incidents
    }


def test_an_outage_lasts_from_the_fault_to_the_next_success(diagnosed: Diagnosed) -> None:
    trace = set_up(LAGER) + missed(LAGER, 600) + set_up(LAGER, 1000)
    found = of(diagnosed, trace)

    lost = found["LAGER lost"]
    assert (lost.number, lost.still_open) == (1, False)
    assert lost.seconds is not None
    assert 380 < lost.seconds < 410
    assert found["LAGER established"].number == 0


def test_what_fails_during_an_outage_belongs_to_the_fault_it_began_with(
    diagnosed: Diagnosed,
) -> None:
    trace = set_up(LAGER) + missed(LAGER, 600) + no_answer(LAGER, 700) + set_up(LAGER, 1000)
    found = of(diagnosed, trace)

    assert found["LAGER lost"].number == 1
    assert found["LAGER failed"].number == 0


def test_an_outage_that_is_not_over_lasts_at_least_to_the_end_of_the_trace(
    diagnosed: Diagnosed,
) -> None:
    trace = set_up(LAGER) + missed(LAGER, 600) + set_up(ZENTRALE, 1200)
    lost = of(diagnosed, trace)["LAGER lost"]

    assert lost.still_open
    assert lost.seconds is not None
    assert 580 < lost.seconds < 610


def test_sites_are_apart_and_repeats_add_up(diagnosed: Diagnosed) -> None:
    trace = "".join(
        set_up(site, at) + missed(site, at + 300)
        for at in (0, 1000, 2000)
        for site in (LAGER, ZENTRALE)
    ) + set_up(LAGER, 3000)
    found = of(diagnosed, trace)

    assert (found["LAGER lost"].number, found["LAGER lost"].still_open) == (3, False)
    assert (found["ZENTRALE lost"].number, found["ZENTRALE lost"].still_open) == (3, True)


def test_the_sites_of_the_diagnosis_count_the_same_outages(diagnosed: Diagnosed) -> None:
    trace = set_up(LAGER) + missed(LAGER, 600) + set_up(LAGER, 1000) + no_answer(LAGER, 5000)
    diagnosis = diagnosed(trace)

    assert diagnosis.sites[0].outages == sum(one.outages.number for one in diagnosis.incidents)


def test_a_remedy_says_what_it_would_have_prevented(diagnosed: Diagnosed, catalog: Catalog) -> None:
    diagnosis = diagnosed(set_up(LAGER) + missed(LAGER, 600) + set_up(LAGER, 4200))
    told = {
        lang: [one.prevents for one in case_view(diagnosis, catalog, lang).problems[0].remedies]
        for lang in ("de", "en")
    }

    assert told["en"][0] == (
        "Would have prevented, if this is the cause: LAGER: 1 outage (1 h 00 min)."
    )
    assert told["de"][0].startswith(
        "Hätte verhindert, wenn das die Ursache ist: LAGER: 1 Ausfall ("
    )


def test_the_json_has_them(diagnosed: Diagnosed) -> None:
    found = document(diagnosed(set_up(LAGER) + missed(LAGER, 600)))
    incidents = found["incidents"]

    assert isinstance(incidents, list)
    assert incidents[0]["outages"]["number"] == 1
    assert incidents[0]["outages"]["open"] is True
