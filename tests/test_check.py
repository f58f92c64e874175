"""The knowledge base is held to its own proofs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from trace_lines import CASES, HERE, LAGER, error, lost_by_polling, set_up

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import OWN_KNOWLEDGE
from assistant.check import NoSuchEntryError, check
from assistant.errors import KnowledgeError


def test_our_own_knowledge_base_is_in_order(catalog: Catalog) -> None:
    result = check()
    assert result.problems == ()
    assert (result.patterns, result.symptoms, result.causes, result.remedies) == (
        len(catalog.patterns),
        len(catalog.symptoms),
        len(catalog.causes),
        len(catalog.remedies),
    )
    traces = len(list(OWN_KNOWLEDGE.glob("*/*/*.trace"))) + len(
        list(OWN_KNOWLEDGE.glob("healthy/*.trace"))
    )
    assert result.cases == traces
    assert result.samples >= result.patterns


def test_one_entry_alone() -> None:
    result = check(only="poll-address-wrong")
    cases = list((OWN_KNOWLEDGE / "causes" / "poll-address-wrong").glob("*.trace"))
    assert (result.problems, result.cases) == ((), len(cases))


def test_an_entry_that_is_not_there() -> None:
    with pytest.raises(NoSuchEntryError):
        check(only="poll-adress-wrong")


def test_files_that_cannot_be_loaded_are_told_before_anything_is_checked() -> None:
    with pytest.raises(KnowledgeError) as caught:
        check(HERE / "broken_knowledge" / "duplicate-key")
    assert len(caught.value.problems) == 1


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """An addition with one cause that has no case yet."""
    folder = tmp_path / "mine"
    shutil.copytree(HERE / "broken_knowledge" / "no-case" / "causes", folder / "causes")
    return folder


def test_a_cause_needs_a_case_for_and_one_against(mine: Path) -> None:
    cases = mine / "causes" / "bad-weather"
    (cases / "not_healthy.trace").write_text(set_up(LAGER), encoding="utf-8")
    assert check(mine, only="bad-weather").problems == (
        "causes/bad-weather: expected a case is_*.trace or may_*.trace, found none",
    )


def test_a_case_against_must_leave_the_cause_below_5_percent(mine: Path) -> None:
    cause = mine / "causes" / "bad-weather" / "cause.yaml"
    text = cause.read_text("utf-8").replace("share: 0.1", "share: 90")
    cause.write_text(text.replace("of_100: 50", "of_100: 99"), encoding="utf-8")
    for name in ("is_lost", "may_be_lost", "not_lost"):
        (cause.parent / f"{name}.trace").write_text(lost_by_polling(LAGER, 0), encoding="utf-8")
    (problem,) = check(mine, only="bad-weather").problems
    assert problem.startswith("bad-weather/not_lost.trace: expected 'bad-weather' below 0.05")


def test_of_several_incidents_the_one_that_ranks_the_cause_highest_decides(mine: Path) -> None:
    cause = mine / "causes" / "bad-weather" / "cause.yaml"
    cause.write_text(cause.read_text("utf-8").replace("share: 0.1", "share: 90"), encoding="utf-8")
    text = error(LAGER, "0x1108", 0) + lost_by_polling("WERK (192.0.2.80)", 60)
    (cause.parent / "is_lost.trace").write_text(text, encoding="utf-8")
    (cause.parent / "not_healthy.trace").write_text(set_up(LAGER), encoding="utf-8")
    assert check(mine, only="bad-weather").problems == ()


def test_a_healthy_trace_must_be_healthy_and_have_no_cause(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "healthy").mkdir(parents=True)
    shutil.copy(CASES / "001-set-up.txt", folder / "healthy" / "set-up.trace")
    shutil.copy(CASES / "004-no-poll-entry.txt", folder / "healthy" / "no-poll-entry.trace")
    assert check(folder).problems == (
        "healthy/no-poll-entry.trace: expected a healthy case, found 'fault'",
        "healthy/no-poll-entry.trace: expected no cause, found 'poll-entry-missing' first",
    )
