"""What work costs, counted: equal things are done once, and nothing grows faster than its input."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from trace_lines import LAGER, at, disconnecting, lost_by_polling, no_answer, set_up, started

from assistant.catalog.catalog import Catalog
from assistant.catalog.message import MessageMatcher
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.engine.judge import Judge
from assistant.inference.posterior import Ranker
from assistant.inference.questions import QuestionPolicy
from assistant.model.diagnosis import Diagnosis
from assistant.model.source import Side
from assistant.trace import negotiation, neighbours, settled
from assistant.trace.read import TraceReader
from assistant.trace.text.record import Record
from reports.json_v2 import json_pieces


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Counter[str]]:
    """Counts the calls of methods: `counted(Ranker, "rank", "compare")`."""
    calls: Counter[str] = Counter()

    def count(owner: Any, *names: str) -> Counter[str]:
        for name in names:
            original = getattr(owner, name)

            def replacement(
                *args: Any, _name: str = name, _original: Any = original, **options: Any
            ) -> Any:
                calls[_name] += 1
                return _original(*args, **options)

            monkeypatch.setattr(owner, name, replacement)
        return calls

    return count


def site(number: int) -> str:
    return f"SITE-{number} (198.51.{100 + number // 250}.{number % 250 + 1})"


def diagnosis_of(diagnoser: Diagnoser, text: str) -> Diagnosis:
    return diagnoser.diagnose(Case((CaseFile("t.txt", lambda: io.BytesIO(text.encode())),)))


# Reading ------------------------------------------------------------------------------------


def test_each_distinct_text_is_matched_once(catalog: Catalog, counted: Any) -> None:
    calls = counted(MessageMatcher, "_read")
    text = "".join(lost_by_polling(LAGER, number * 100.0) for number in range(20))
    source = TraceReader(catalog).read("t.txt", io.BytesIO(text.encode()))
    assert (source.records, calls["_read"]) == (20 * 8, 8)


def test_patterns_that_begin_otherwise_are_not_tried(catalog: Catalog) -> None:
    """Of the patterns of a class only those that begin like the text."""
    files = [one for one in catalog.pattern_files if one.dialect == "lancom"]
    all_of_them = sum(len(one.patterns) for one in files if one.trace_class == "VPN-Status")
    beginnings = MessageMatcher(files)._readers["vpn-status"]  # noqa: SLF001 - what is counted
    tried = beginnings.of("vpn:error:ifc-x-line-polling-failed(0x1307)forlager(192.0.2.44)")
    assert all_of_them > 60
    assert 1 <= len(tried) <= 5


def test_only_the_patterns_that_are_needed_are_compiled(catalog: Catalog) -> None:
    reader = TraceReader(catalog)
    text = lost_by_polling(LAGER, 0)
    reader.read("t.txt", io.BytesIO(text.encode()))
    readers = {
        one
        for beginnings in reader._patterns.lancom._readers.values()  # noqa: SLF001
        for group in beginnings._readers  # noqa: SLF001
        for one in group
    }
    compiled = [one for one in readers if one.head._compiled is not None]  # noqa: SLF001
    assert len(readers) > 80
    assert 1 <= len(compiled) <= 10


def test_what_nobody_reads_makes_no_record(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def record(*args: Any, **fields: Any) -> Record:
        made.append(args[0] if args else fields)
        return Record(*args, **fields)

    monkeypatch.setattr("assistant.trace.text.reader.Record", record)
    monkeypatch.setattr("assistant.trace.text.copied.Record", record)
    other = "[DHCP] 2024/05/14 09:00:{:02d},000\nDHCP server: lease renewed, number {}\n\n"
    text = at(0, f"VPN: connecting to {LAGER}")
    text += "".join(other.format(number % 60, number) for number in range(1000))
    text += no_answer(LAGER)
    source = TraceReader(catalog).read("t.txt", io.BytesIO(text.encode()))
    assert (source.records, source.classes["DHCP"]) == (1003, 1000)
    assert len(made) == 3


@pytest.mark.parametrize("sites", [10, 40])
def test_a_message_without_a_name_looks_at_no_open_negotiation(
    catalog: Catalog, counted: Any, sites: int
) -> None:
    calls = counted(negotiation, "_waits_for")
    text = "".join(started(site(number), number) for number in range(sites))
    nameless = "VpnIpm: info; Phase-1 remote proposal 1 matched with local proposal 1"
    text += "".join(at(100 + number, nameless) for number in range(sites))
    source = TraceReader(catalog).read("t.txt", io.BytesIO(text.encode()))
    # Once for the negotiation that each record belongs to.
    assert calls["_waits_for"] == source.records == 4 * sites


def changes_seen(catalog: Catalog, counted: Any, sites: int) -> tuple[int, int]:
    calls = counted(neighbours._State, "pass_", "foresee", "forget")  # noqa: SLF001
    text = "".join(set_up(site(number), number) for number in range(sites))
    text += "".join(lost_by_polling(site(number), 500 + number) for number in range(sites))
    source = TraceReader(catalog).read("t.txt", io.BytesIO(text.encode()))
    before = sum(calls.values())
    found = source.settled.rest(source.drafts, Side.LOCAL, source.end)
    return sum(calls.values()) - before, sum(one.outcome.is_fault for one in found)


def test_other_sites_are_gone_through_once(catalog: Catalog, counted: Any) -> None:
    steps, faults = changes_seen(catalog, counted, 40)
    # Two changes of each site, each of which comes near, is past and grows old.
    assert faults == 40
    assert steps == pytest.approx(3 * 2 * 40, abs=2 * 40)


# Judging ------------------------------------------------------------------------------------


def test_a_ranking_is_computed_once_for_all_sites(diagnoser: Diagnoser, counted: Any) -> None:
    text = "".join(
        started(site(number), number * 100.0) + no_answer(site(number), number * 100.0 + 31)
        for number in range(60)
    )
    diagnosis_of(diagnoser, text)
    fresh = Diagnoser(diagnoser.catalog)
    calls = counted(Ranker, "rank", "compare")
    counted(QuestionPolicy, "next_questions", "plan")
    counted(Judge, "_chain")
    found = diagnosis_of(fresh, text)
    assert len(found.incidents) == 60
    different = {one.hypotheses for one in found.incidents}
    assert len(different) <= 3
    for name in ("rank", "compare", "next_questions", "plan"):
        assert calls[name] == len(different), name
    shared = {id(one.hypotheses) for one in found.incidents}  # the very objects
    assert len(shared) == len(different)


def test_a_document_grows_with_its_incidents_only(diagnoser: Diagnoser) -> None:
    def size(sites: int) -> int:
        text = "".join(
            started(site(number), number * 100.0) + no_answer(site(number), number * 100.0 + 31)
            for number in range(sites)
        )
        return sum(map(len, json_pieces(diagnosis_of(diagnoser, text))))

    first, more, most = size(100), size(200), size(300)
    assert most - more == pytest.approx(more - first, rel=0.1)
    # Beyond the first few one more costs little more than its lines.
    assert (more - first) / 100 < 2_000


# Memory -------------------------------------------------------------------------------------


def test_equal_negotiations_leave_numbers_only(
    diagnoser: Diagnoser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negotiation, "SETTLED_FROM", 20)
    monkeypatch.setattr(settled, "WHOLE", 10)
    text = "".join(
        set_up(LAGER, number * 1000.0) + disconnecting(LAGER, number * 1000.0 + 500)
        for number in range(200)
    )
    source = diagnoser.reader.read("t.txt", io.BytesIO(text.encode()))
    assert source.begun == 200
    assert len(source.drafts) <= 20
    assert len(source.settled.whole) <= 2
