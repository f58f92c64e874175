"""Why a cause stands first: waterfall, comparison and tree add up and say so in words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from reports_pair_samples import make_pair_catalog
from reports_samples import case, hypothesis, polling_incident
from svg_reader import read_svg

from assistant.model.answer import OpenQuestion, Weight
from assistant.model.diagnosis import Evidence, Firing, Incident
from reports.causes import share
from reports.pictures import Picture, rules, versus, why

CATALOG = make_pair_catalog()
POLLING = polling_incident()


def weighed(*decibans: float) -> Incident:
    """A first cause with that evidence, in that order."""
    ids = ("line-polling-failed", "polled-private", "no-answer", "came-up")
    evidence = [
        Evidence(id=ids[number % len(ids)], decibans=value) for number, value in enumerate(decibans)
    ]
    first = hypothesis("poll-address-wrong", share(-12.0 + sum(decibans)), *evidence)
    return replace(POLLING, hypotheses=(first, hypothesis("unknown", 0.1)))


def drawn(one: Incident) -> Picture:
    picture = why(case(one), CATALOG, "en", one)
    assert picture is not None
    return picture


def test_the_steps_lead_from_the_prior_to_the_probability() -> None:
    picture = drawn(weighed(10.0, -3.0))

    assert picture.rows == (
        ("how common the cause is otherwise", "\N{MINUS SIGN}12.0", "6 %"),
        ("The polls went unanswered", "+10.0", "39 %"),
        ("The polls went to a private address", "\N{MINUS SIGN}3.0", "24 %"),
        ("all together", "\N{MINUS SIGN}5.0", "24 %"),
    )


def test_direction_is_a_shape_and_a_sign_beside_a_colour() -> None:
    picture = drawn(weighed(10.0, -3.0))
    svg = read_svg(str(picture.svg))

    assert [one.sign for one in picture.legend] == ["start", "for", "against"]
    assert (svg.number_of("p-bar-for"), svg.number_of("p-bar-against")) == (1, 1)
    assert {"+10.0", "\N{MINUS SIGN}3.0"} <= set(svg.texts())


def test_at_most_seven_steps_and_the_rest_is_summed_up() -> None:
    picture = drawn(weighed(*(float(value) for value in range(20, 1, -1))))

    assert len(picture.rows) == 1 + 7 + 1
    assert picture.rows[-2][0] == "13 further observations together"


def test_what_says_next_to_nothing_is_summed_up() -> None:
    picture = drawn(weighed(10.0, 0.2, 0.1))

    assert picture.rows[2][:2] == ("2 further observations together", "+0.3")


def test_bars_stay_on_the_drawing() -> None:
    svg = read_svg(str(drawn(weighed(80.0, -95.0, 40.0)).svg))
    bars = [one for one in svg.all("rect") if one.has_class("p-bar")]

    assert all(float(one.attributes["x"].rstrip("%")) >= 0 for one in bars)
    assert all(
        float(one.attributes["x"].rstrip("%")) + float(one.attributes["width"].rstrip("%")) <= 100
        for one in bars
    )


@pytest.mark.parametrize(("decibans", "probability"), [(0.0, 0.5), (10.0, 0.909), (-10.0, 0.091)])
def test_decibans_are_odds(decibans: float, probability: float) -> None:
    assert round(share(decibans), 3) == probability


def test_no_waterfall_without_causes() -> None:
    healthy = replace(POLLING, hypotheses=())

    assert why(case(healthy), CATALOG, "en", healthy) is None


def test_the_comparison_of_the_first_two_adds_up() -> None:
    weights = (
        Weight(id="prior", choice=None, decibans=1.0),
        Weight(id="line-polling-failed", choice=None, decibans=-2.5),
        Weight(id="polled-private", choice=None, decibans=6.0),
    )
    one = replace(POLLING, versus=weights)
    picture = versus(case(one), CATALOG, "en", one)

    assert picture is not None
    assert picture.rows == (
        ("The polls went to a private address", "+6.0"),
        ("The polls went unanswered", "\N{MINUS SIGN}2.5"),
        ("How common the two are", "+1.0"),
        ("Sum", "+4.5"),
    )


def test_one_cause_is_compared_with_nothing() -> None:
    assert versus(case(POLLING), CATALOG, "en", POLLING) is None


def test_the_tree_says_what_is_there_what_is_absent_and_what_is_open() -> None:
    one = replace(
        POLLING,
        firings=(
            Firing(
                rule="symptom:line-polling-failed",
                facts=("failure(failure=line-polling-failed)",),
                absent=("failure(layer=ike)",),
            ),
            Firing(rule="cause:unknown:line-polling-failed", facts=("symptom()",), absent=()),
        ),
        questions=(
            OpenQuestion(
                id="remote-online", who="remote", minutes=5, worth_minutes=4, choices=("yes",)
            ),
        ),
    )
    picture = rules(case(one), CATALOG, "en", one)

    assert picture is not None
    assert picture.rows == (
        ("The polls went unanswered", "is there"),
        ("failure(failure=line-polling-failed)", "is there"),
        ("failure(layer=ike)", "must not be there, and is not"),
        ("The polls went to a private address", "is there"),
        ("Is the remote site online?", "not known yet"),
    )


def test_evidence_against_the_cause_has_a_sign_of_its_own() -> None:
    one = weighed(10.0, -3.0)
    picture = rules(case(one), CATALOG, "en", one)

    assert picture is not None
    assert [key.sign for key in picture.legend] == ["yes", "no"]
