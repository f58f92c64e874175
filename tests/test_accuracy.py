"""What real logs with a known fault score: a floor, so that no change of knowledge loses it.

The numbers of today are a little higher (`python tests/benchmarks/accuracy.py tests/cases/...`);
a fall below these is a fault of the knowledge, not of the tests.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from assistant.diagnose import Diagnoser

RUNS = Path(__file__).parent / "cases" / "strongswan"
CANNOT_TELL = {
    "psk_mismatch-ikev2": {"psk-compared", "identities-compared"},
    "identity_mismatch_initiator-ikev1": {"psk-compared", "identities-compared"},
    "responder_not_configured-ikev1": {"proposals-compared", "remote-entry"},
    "ike_proposal_mismatch-ikev1": {"proposals-compared", "remote-entry"},
    "child_pfs_mismatch-ikev1": {"proposals-compared", "pfs-compared"},
}
"""Runs whose initiator's log fits several causes, and the questions that separate these."""


@pytest.fixture(scope="module")
def labelled() -> Any:
    return importlib.import_module("benchmarks.labelled_runs")


@pytest.fixture(scope="module")
def scores(labelled: Any) -> Any:
    """Of the benchmark's own folder, which the import above has made known."""
    assert labelled is not None
    return importlib.import_module("scores")


@pytest.fixture(scope="module")
def every(labelled: Any, diagnoser: Diagnoser) -> Any:
    return list(labelled.runs(RUNS, diagnoser))


@pytest.fixture(scope="module")
def judged(labelled: Any, every: Any, diagnoser: Diagnoser) -> Any:
    return [labelled.judged(run, diagnoser) for run in every]


def rankings(judged: Any, reader: str) -> list[Any]:
    return [one.labelled for one in judged if one.run.reader == reader and one.run.is_fault]


@pytest.mark.parametrize(
    ("reader", "floor"),
    [
        ("initiator", {"list-1": 0.95, "top-1": 0.55, "top-3": 0.90}),
        ("responder", {"list-1": 0.95, "top-1": 0.85, "top-3": 0.95}),
        ("both", {"list-1": 0.97, "top-1": 0.85, "top-3": 0.97}),
    ],
)
def test_the_right_cause_leads_as_often_as_the_logs_allow(
    scores: Any, judged: Any, reader: str, floor: dict[str, float]
) -> None:
    found = rankings(judged, reader)
    measures = {**scores.STRICT, **scores.LISTS}
    below = {
        name: scores.mean(measures[name], found)
        for name, least in floor.items()
        if scores.mean(measures[name], found) < least
    }
    assert below == {}


@pytest.mark.parametrize(
    ("reader", "log_loss", "brier"),
    [("initiator", 1.05, 0.55), ("responder", 0.4, 0.2), ("both", 0.45, 0.25)],
)
def test_probabilities_mean_what_they_say(
    scores: Any, judged: Any, reader: str, log_loss: float, brier: float
) -> None:
    found = rankings(judged, reader)
    assert scores.mean(scores.log_loss, found) <= log_loss
    assert scores.mean(scores.brier, found) <= brier


def test_nothing_is_wrong_with_healthy_tunnels(judged: Any) -> None:
    assert [one.run.name for one in judged if one.is_false_alarm] == []


def test_verdict_outcome_and_stage_are_as_labelled(judged: Any) -> None:
    wrong = {f"{one.run.name}/{one.run.reader}": one.disagreements for one in judged}
    assert {name: what for name, what in wrong.items() if what} == {}


def test_causes_that_cannot_be_are_improbable(judged: Any) -> None:
    assert {one.run.name: one.must_not for one in judged if one.must_not} == {}


def test_no_line_of_the_logs_is_unread(judged: Any) -> None:
    unread = {
        one.run.name: one.diagnosis.coverage.unread_records
        for one in judged
        if one.diagnosis and one.diagnosis.coverage.unread_records
    }
    assert unread == {}


def test_the_scores_rest_on_evidence_and_not_on_the_shares_of_causes(
    labelled: Any, scores: Any, every: Any, diagnoser: Diagnoser
) -> None:
    faults = [run for run in every if run.is_fault]
    others = [Diagnoser(labelled.shuffled(diagnoser.catalog, seed)) for seed in range(1, 6)]
    own, *shuffled = [
        [labelled.judged(run, each) for run in faults] for each in (diagnoser, *others)
    ]
    lost = {
        (reader, name): scores.mean(measure, rankings(own, reader))
        - sum(scores.mean(measure, rankings(one, reader)) for one in shuffled) / len(shuffled)
        for reader in labelled.READERS
        for name, measure in {**scores.STRICT, **scores.LISTS}.items()
        if name in ("top-1", "top-3", "list-1")
    }
    assert {what: round(value, 3) for what, value in lost.items() if value >= 0.08} == {}


@pytest.mark.parametrize(("run", "questions"), CANNOT_TELL.items())
def test_what_no_log_can_separate_is_asked_first(
    judged: Any, run: str, questions: set[str]
) -> None:
    (one,) = [one for one in judged if (one.run.name, one.run.reader) == (run, "initiator")]
    assert one.question in questions
