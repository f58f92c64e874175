"""Every cause that a trace can show leads in a case of its own, and in none of another's."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Diagnosed
from test_knowledge_coverage import CONTRACT

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import OWN_KNOWLEDGE
from assistant.inference.posterior import POSSIBLE
from assistant.model.diagnosis import Verdict

AMONG = 4
"""Where a trace of one side cannot tell causes apart, the true one is among this many."""


def cases(kind: str) -> list[object]:
    """The cases of all causes whose names begin so, with the folder's cause."""
    return [
        pytest.param(path, path.parent.name, id=f"{path.parent.name}-{path.stem}")
        for path in sorted(OWN_KNOWLEDGE.glob(f"causes/*/{kind}_*.trace"))
    ]


def ranking(diagnosed: Diagnosed, path: Path, cause: str) -> list[tuple[str, float]]:
    """The causes of the incident that gives this one most."""
    ranked = [
        [(one.cause, one.probability) for one in incident.hypotheses]
        for incident in diagnosed(path.read_bytes()).incidents
        if incident.hypotheses
    ]
    return max(ranked, key=lambda one: dict(one).get(cause, 0.0), default=[])


@pytest.mark.parametrize("cause", CONTRACT.split())
def test_every_cause_that_a_trace_can_show_has_a_case(catalog: Catalog, cause: str) -> None:
    folder = OWN_KNOWLEDGE / "causes" / cause
    proving = [*folder.glob("is_*.trace"), *folder.glob("may_*.trace")]
    assert proving or catalog.causes[cause].only_by is not None


@pytest.mark.parametrize(("path", "cause"), cases("is"))
def test_where_a_trace_tells_the_cause_leads(diagnosed: Diagnosed, path: Path, cause: str) -> None:
    assert ranking(diagnosed, path, cause)[0][0] == cause


@pytest.mark.parametrize(("path", "cause"), cases("may"))
def test_where_a_trace_cannot_tell_the_cause_is_among_the_first(
    diagnosed: Diagnosed, path: Path, cause: str
) -> None:
    leading = dict(ranking(diagnosed, path, cause)[:AMONG])
    assert cause in leading
    assert leading[cause] >= POSSIBLE


@pytest.mark.parametrize(("path", "cause"), cases("not"))
def test_what_only_looks_like_a_cause_rules_it_out(
    diagnosed: Diagnosed, path: Path, cause: str
) -> None:
    assert dict(ranking(diagnosed, path, cause)).get(cause, 0.0) < POSSIBLE


@pytest.mark.parametrize(
    "path",
    [*sorted(OWN_KNOWLEDGE.glob("healthy/*.trace")), OWN_KNOWLEDGE / "examples" / "success.txt"],
    ids=lambda path: path.stem,
)
def test_a_healthy_trace_has_no_cause(diagnosed: Diagnosed, path: Path) -> None:
    diagnosis = diagnosed(path.read_bytes())
    assert diagnosis.verdict is Verdict.HEALTHY
    assert [one.hypotheses for one in diagnosis.incidents if one.hypotheses] == []


def test_the_probabilities_of_every_case_sum_to_one(diagnosed: Diagnosed) -> None:
    for path in sorted(OWN_KNOWLEDGE.glob("causes/*/*.trace")):
        for incident in diagnosed(path.read_bytes()).incidents:
            shares = [one.probability for one in incident.hypotheses]
            assert shares == sorted(shares, reverse=True)
            assert not shares or sum(shares) == pytest.approx(1, abs=0.001)
