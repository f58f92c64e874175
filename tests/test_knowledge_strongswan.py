"""The messages of strongSwan's log in the knowledge base: proved by samples and by real runs."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest

from assistant.catalog.catalog import Catalog
from assistant.catalog.message import MessageMatcher, event_fields
from assistant.catalog.schema import Basis, Pattern, PatternFile
from assistant.model.event_types import IKE_LOG_EVENTS
from assistant.trace.read import TraceReader

CASES = Path(__file__).parent / "cases" / "strongswan"
OF_NOBODY = r"192\.0\.2|198\.51\.100|203\.0\.113|192\.168|10|0\.0\.0"
ADDRESS = re.compile(rf"(?<![\d.])(?!(?:{OF_NOBODY})\.)(?:\d{{1,3}}\.){{3}}\d{{1,3}}")


@pytest.fixture(scope="module")
def files(catalog: Catalog) -> list[PatternFile]:
    return [one for one in catalog.pattern_files if one.dialect == "strongswan"]


@pytest.fixture(scope="module")
def patterns(files: list[PatternFile]) -> list[Pattern]:
    return [pattern for file in files for pattern in file.patterns]


@pytest.fixture(scope="module")
def read_in_runs(catalog: Catalog) -> Counter[str]:
    """How many lines of the measured runs each pattern reads."""
    reader = TraceReader(catalog)
    return Counter(
        one.reading.pattern
        for path in CASES.glob("*/*r.log")
        for one in reader.annotate(path.name, io.BytesIO(path.read_bytes()))
        if one.reading is not None
    )


def test_every_event_of_the_log_has_a_pattern(patterns: list[Pattern]) -> None:
    said = {pattern.event for pattern in patterns}
    assert {event.kind for event in IKE_LOG_EVENTS} - said == set()


def test_what_is_called_measured_reads_lines_of_the_runs(
    patterns: list[Pattern], read_in_runs: Counter[str]
) -> None:
    measured = {one.id for one in patterns if one.basis is Basis.MEASURED}
    assert measured == set(read_in_runs)


def test_what_is_not_measured_is_unverified_and_says_why(patterns: list[Pattern]) -> None:
    assert {one.basis for one in patterns} == {Basis.MEASURED, Basis.UNVERIFIED}
    assert [one.id for one in patterns if not one.source] == []


def test_every_sample_is_read_in_each_of_its_subsystems(files: list[PatternFile]) -> None:
    for file in files:
        matcher = MessageMatcher([file])
        for pattern in file.patterns:
            for sample in pattern.samples:
                for subsystem in (file.trace_class, *file.also):
                    reading = matcher.read((sample.message.strip(),), subsystem)
                    assert reading is not None, pattern.id
                    assert reading.pattern == pattern.id
                    assert event_fields(reading.event) == dict(sample.yields)


def test_no_sample_has_an_address_of_somebody(patterns: list[Pattern]) -> None:
    for pattern in patterns:
        for sample in pattern.samples:
            assert not ADDRESS.search(sample.message), pattern.id


def test_first_lines_of_the_dialect_are_not_looked_for_in_lancom_traces(
    files: list[PatternFile],
) -> None:
    assert [file.begins for file in files] == [()] * len(files)
