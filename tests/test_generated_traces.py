"""The traces that speed is measured on: the same each time, read whole, and judged as they are."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import cli

traces: Any = importlib.import_module("benchmarks.traces")
logs: Any = importlib.import_module("benchmarks.daemon_logs")
yardsticks: Any = importlib.import_module("benchmarks.yardsticks")
growth: Any = importlib.import_module("benchmarks.growth")

SIZE = 40_000
NAIVE, NAIVE_CHARON = yardsticks.LANCOM, yardsticks.CHARON


def made(name: str) -> Iterator[bytes]:
    """A short trace of each sort."""
    if name == "sites":
        return iter(traces.two_records_each(50))
    if name == "ticket":
        return iter(traces.ticket(3, SIZE))
    if name == "charon":
        return iter(logs.charon(SIZE))
    return iter(getattr(traces, name)(SIZE))


NAMES = (
    *("dense", "mixed", "packets", "flapping", "distinct"),
    *("sites", "ticket", "charon"),
)


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_read_and_the_naive_loop_says_the_same(name: str, tmp_path: Path) -> None:
    path, report = tmp_path / "trace.txt", tmp_path / "report.json"
    path.write_bytes(b"".join(made(name)))
    assert cli.run([str(path), "--format", "json", "-o", str(report), "-q"]) == 0
    document = json.loads(report.read_bytes())
    naive = NAIVE_CHARON if name == "charon" else NAIVE
    assert list(yardsticks.wrong(document, path, naive)) == []
    assert document["verdict"] == "fault"
    assert sum(one["occurrences"] for one in document["incidents"]) > 1


def test_an_answer_that_is_not_the_naive_one_is_told(tmp_path: Path) -> None:
    path, report = tmp_path / "trace.txt", tmp_path / "report.json"
    path.write_bytes(b"".join(made("sites")))
    assert cli.run([str(path), "--format", "json", "-o", str(report), "-q"]) == 0
    document = json.loads(report.read_bytes())
    document["incidents"][3]["occurrences"] += 1
    document["coverage"]["unread_records"] = 1
    assert list(yardsticks.wrong(document, path, NAIVE)) == [
        "other fates than the naive loop",
        "1 records not read",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_dice_make_the_same_trace_of_the_wanted_size(name: str) -> None:
    content = b"".join(made(name))
    assert content == b"".join(made(name))
    if name != "sites":
        assert 0.9 * SIZE < len(content) <= SIZE


def _texts(content: bytes) -> list[str]:
    return [record.split("\n", 1)[1] for record in content.decode().split("\n\n") if record]


def test_no_two_messages_of_distinct_are_equal() -> None:
    texts = _texts(b"".join(traces.distinct(SIZE)))
    assert len(texts) == len(set(texts))


def test_few_messages_are_distinct_where_none_should_be() -> None:
    texts = _texts(b"".join(traces.distinct(5 * SIZE, share=0)))
    assert len(set(texts)) < len(texts) / 2


def test_more_sites_say_as_much_in_as_many_bytes() -> None:
    few, many = (_texts(b"".join(traces.dense(SIZE, sites=number))) for number in (1000, 4000))
    assert len(few) == pytest.approx(len(many), rel=0.1)
    assert len(few[0]) == len(many[0])


def test_a_curve_that_is_no_straight_line_is_told() -> None:
    def bend(*seconds: float) -> float:
        points = tuple(growth.Point(x + 1, y, 10) for x, y in enumerate(seconds))
        return float(growth.Curve("", points).bend(lambda one: one.cpu_s))

    assert bend(1, 2, 3, 4) == pytest.approx(1)
    assert bend(1, 4, 9, 16, 25) == pytest.approx(25 / 17)
    assert bend(5, 4, 3, 5) == pytest.approx(1)
