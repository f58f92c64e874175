"""The numbers: probabilities, standings, decibans."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Aspect, Basis, Cause, Condition, Shown, Symptom, Text
from assistant.inference.posterior import Ranker, standing, symptom_likelihoods
from assistant.model.diagnosis import Hypothesis, SymptomSeen
from assistant.model.source import Place

WORDS = Text(de="-", en="-")
HERE = (Place("1.txt", 1, 1, "x"),)


def symptom(name: str, otherwise: float) -> Symptom:
    return Symptom(
        id=name,
        title=WORDS,
        explanation=WORDS,
        all=(Condition(event="connected"),),
        otherwise=otherwise,
        basis=Basis.JUDGEMENT,
    )


def aspect(
    name: str,
    *symptoms: Symptom,
    same_fact: str | None = None,
    reliability: float = 100,
    floor: float = 0,
) -> Aspect:
    return Aspect(
        aspect=name,
        title=WORDS,
        same_fact=same_fact,
        reliability=reliability,
        floor=floor,
        symptoms=symptoms,
    )


def cause(name: str, share: float, **shows: float) -> Cause:
    return Cause(
        id=name,
        title=WORDS,
        explanation=WORDS,
        not_when=WORDS,
        share=share,
        share_basis=Basis.JUDGEMENT,
        shows=tuple(
            Shown(symptom=shown, of_100=of_100, basis=Basis.JUDGEMENT)
            for shown, of_100 in shows.items()
        ),
        basis=Basis.JUDGEMENT,
    )


def ranker(aspects: Iterable[Aspect], *causes: Cause) -> Ranker:
    listed = tuple(aspects)
    return Ranker(
        Catalog(
            pattern_files=(),
            patterns={},
            errors={},
            aspects=listed,
            symptoms={one.id: one for each in listed for one in each.symptoms},
            causes={one.id: one for one in causes},
            remedies={},
            inputs={},
            digest="sha256:0",
        )
    )


def seen(*names: str) -> list[SymptomSeen]:
    return [SymptomSeen(id=name, decisive=False, places=HERE) for name in names]


def numbers(found: tuple[Hypothesis, ...]) -> dict[str, float]:
    return {one.cause: one.probability for one in found}


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (1.0, "proven"),
        (0.95, "proven"),
        (0.9499, "likely"),
        (0.5, "likely"),
        (0.4999, "possible"),
        (0.05, "possible"),
        (0.0499, "unlikely"),
        (0.0, "unlikely"),
    ],
)
def test_standing(probability: float, word: str) -> None:
    assert standing(probability).value == word


def test_without_evidence_the_shares_of_tickets_are_the_probabilities() -> None:
    found = ranker([], cause("a", 3), cause("b", 1)).rank([])
    assert numbers(found) == pytest.approx({"a": 0.75, "b": 0.25})


def test_bayes_with_two_causes_by_hand() -> None:
    # 90 of 100 tickets with a show it, 30 of 100 with b: 0.5*0.9 against 0.5*0.3.
    found = ranker([aspect("x", symptom("s", 10))], cause("a", 1, s=90), cause("b", 1, s=30)).rank(
        seen("s")
    )
    assert numbers(found) == pytest.approx({"a": 0.75, "b": 0.25})
    assert [(one.evidence[0].decibans) for one in found] == pytest.approx(
        [10 * math.log10(3), -10 * math.log10(3)]
    )


def test_a_cause_that_says_nothing_shows_it_as_often_as_others_do() -> None:
    likelihoods = symptom_likelihoods(
        aspect("x", symptom("s", 20), symptom("t", 30)), cause("a", 1)
    )
    assert likelihoods == pytest.approx({"s": 0.2, "t": 0.3})


def test_what_a_cause_does_not_name_shares_the_rest() -> None:
    likelihoods = symptom_likelihoods(
        aspect("x", symptom("s", 50), symptom("t", 20), symptom("u", 20)), cause("a", 1, s=60)
    )
    # 40 left for t, u and neither of them, in the proportion 20 : 20 : 10.
    assert likelihoods == pytest.approx({"s": 0.6, "t": 0.16, "u": 0.16})


def test_an_observation_is_only_as_good_as_its_aspect() -> None:
    likelihoods = symptom_likelihoods(
        aspect("x", symptom("s", 50), symptom("t", 50), reliability=90), cause("a", 1, s=100)
    )
    assert likelihoods == pytest.approx({"s": 0.95, "t": 0.05})


def test_nothing_is_impossible() -> None:
    rank = ranker([aspect("x", symptom("s", 10))], cause("a", 1, s=0), cause("b", 1, s=50)).rank
    probability = numbers(rank(seen("s")))["a"]
    assert 0 < probability < 0.001


def test_the_same_fact_told_again_counts_half() -> None:
    aspects = [
        aspect("x", symptom("s", 10), same_fact="silence"),
        aspect("y", symptom("t", 10), same_fact="silence"),
    ]
    (first, second) = (
        ranker(aspects, cause("a", 1, s=90, t=90), cause("b", 1, s=30, t=30))
        .rank(seen("s", "t"))[0]
        .evidence
    )
    assert second.decibans == pytest.approx(first.decibans / 2, abs=0.01)


def test_the_order_of_the_evidence_changes_nothing() -> None:
    aspects = [aspect("x", symptom("s", 10)), aspect("y", symptom("t", 10))]
    rank = ranker(aspects, cause("a", 1, s=90, t=20), cause("b", 2, s=30, t=60)).rank
    assert rank(seen("s", "t")) == rank(seen("t", "s"))


def test_evidence_that_says_nothing_about_a_cause_is_not_listed() -> None:
    aspects = [aspect("x", symptom("s", 10))]
    found = ranker(aspects, cause("a", 1, s=50), cause("b", 1, s=50)).rank(seen("s"))
    assert [one.evidence for one in found] == [(), ()]


def test_equal_causes_stand_in_the_order_of_their_ids() -> None:
    found = ranker([], cause("c", 1), cause("a", 1), cause("b", 1)).rank([])
    assert [one.cause for one in found] == ["a", "b", "c"]


def test_prior_and_evidence_add_up_to_the_odds() -> None:
    aspects = [aspect("x", symptom("s", 10)), aspect("y", symptom("t", 10))]
    found = ranker(aspects, cause("a", 1, s=90, t=20), cause("b", 2, s=30, t=60)).rank(
        seen("s", "t")
    )
    for one in found:
        total = one.prior_decibans + sum(evidence.decibans for evidence in one.evidence)
        odds = one.probability / (1 - one.probability)
        assert total == pytest.approx(10 * math.log10(odds))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_probabilities_of_any_symptoms_sum_to_one(data: st.DataObject, catalog: Catalog) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(catalog.symptoms)), max_size=8))
    found = Ranker(catalog).rank(seen(*names))
    assert len(found) == len(catalog.causes)
    assert sum(one.probability for one in found) == pytest.approx(1, abs=1e-9)
    assert abs(sum(round(one.probability, 4) for one in found) - 1) <= 0.001
    assert [one.probability for one in found] == sorted(
        (one.probability for one in found), reverse=True
    )
