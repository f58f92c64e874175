"""The second reading of a case: the same lines, what is cited first, the rest counted."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from msgspec.structs import replace
from test_distortions import Copy, copies
from trace_lines import CASES, EXAMPLES, LAGER, ZENTRALE, at, missed, no_answer, set_up

from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.membership import Membership
from assistant.model.diagnosis import Diagnosis
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Stage
from assistant.model.source import Place
from assistant.model.transcript import AROUND, LeftOut, RecordState, SourceTranscript, Transcript
from assistant.trace.read import TraceReader
from assistant.transcript import transcribe

TRACES = [*sorted(EXAMPLES.glob("*.txt")), *sorted(CASES.glob("*.txt"))]
LOGS = sorted((CASES / "strongswan").glob("*/initiator.log"))


def both(
    diagnoser: Diagnoser, *files: tuple[str, bytes], budget: int = 600_000
) -> tuple[Diagnosis, Transcript]:
    """A case diagnosed and transcribed."""
    case = Case(tuple(CaseFile(name, _opener(data)) for name, data in files))
    diagnosis = diagnoser.diagnose(case)
    return diagnosis, transcribe(case, diagnosis, diagnoser.catalog, budget=budget)


def _opener(data: bytes) -> Callable[[], io.BytesIO]:
    return lambda: io.BytesIO(data)


def places(diagnosis: Diagnosis) -> Iterator[Place]:
    """All that the diagnosis points at."""
    for incident in diagnosis.incidents:
        for symptom in incident.symptoms:
            yield from symptom.places
        for message in incident.messages:
            yield from message.places
        yield from incident.claimed


def lines_of(source: SourceTranscript) -> dict[int, str]:
    """The lines that are there, by their numbers."""
    return {
        number: line
        for record in source.records
        for number, line in enumerate(record.text.split("\n"), start=record.first_line)
    }


def quoted(lines: dict[int, str], place: Place) -> str:
    """What the transcript says where a place is."""
    numbers = range(place.first_line, place.last_line + 1)
    return "\n".join(lines.get(number, "nothing") for number in numbers)


# The same lines ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*TRACES, *LOGS], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_every_place_is_there_with_its_own_lines(diagnoser: Diagnoser, path: Path) -> None:
    diagnosis, transcript = both(diagnoser, ("1.txt", path.read_bytes()))
    (source,) = transcript
    lines = lines_of(source)

    assert source.left_out == 0
    assert len(source.records) == diagnosis.coverage.records
    for place in places(diagnosis):
        assert quoted(lines, place) == place.text


@given(copies())
@settings(derandomize=True, deadline=None, max_examples=60)
def test_also_in_what_mail_programs_and_terminals_make_of_a_trace(
    diagnoser: Diagnoser, copy: Copy
) -> None:
    note(copy.text())
    diagnosis, transcript = both(diagnoser, ("copy.txt", copy.content()))
    (source,) = transcript
    lines = lines_of(source)

    assert len(source.records) == diagnosis.coverage.records
    for place in places(diagnosis):
        assert quoted(lines, place) == place.text


def test_parts_of_archives_are_called_as_places_call_them(diagnoser: Diagnoser) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/trace.txt", no_answer(LAGER))
        archive.writestr("b.txt.gz", gzip.compress(no_answer(ZENTRALE).encode()))
    diagnosis, transcript = both(diagnoser, ("all.zip", packed.getvalue()))

    assert [source.source for source in transcript] == [one.name for one in diagnosis.sources]
    assert {place.source for place in places(diagnosis)} <= {one.source for one in transcript}


def test_of_two_members_with_one_name_none_is_quoted(diagnoser: Diagnoser) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("trace.txt", no_answer(LAGER))
        archive.writestr("trace.txt", no_answer(ZENTRALE))
        archive.writestr("other.txt", set_up(LAGER))
    _, transcript = both(diagnoser, ("all.zip", packed.getvalue()))

    assert [source.source for source in transcript] == ["all.zip/other.txt"]


def test_a_configuration_is_never_in_it_and_scripts_between_records_are_blanked(
    diagnoser: Diagnoser,
) -> None:
    script = (CASES / "config" / "nordhof-ikev1.lcs").read_bytes()
    trace = no_answer(LAGER) + script.decode() + no_answer(LAGER, 90)
    _, transcript = both(diagnoser, ("trace.txt", trace.encode()), ("router.lcs", script))
    text = "\n".join(record.text for source in transcript for record in source.records)

    assert [source.source for source in transcript] == ["trace.txt"]
    assert "0x1106" in text
    assert "geheim" not in text


def test_a_file_that_changed_is_left_out(diagnoser: Diagnoser, catalog: Catalog) -> None:
    contents = [no_answer(LAGER).encode(), no_answer(ZENTRALE).encode()]
    case = Case((CaseFile("trace.txt", lambda: io.BytesIO(contents.pop(0))),))
    diagnosis = diagnoser.diagnose(case)

    assert transcribe(case, diagnosis, catalog) == Transcript()


def test_a_file_that_vanished_is_left_out(
    diagnoser: Diagnoser, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "trace.txt"
    path.write_text(no_answer(LAGER), encoding="utf-8")
    case = Case((CaseFile("trace.txt", lambda: path.open("rb")),))
    diagnosis = diagnoser.diagnose(case)
    path.unlink()

    assert transcribe(case, diagnosis, catalog) == Transcript()


# What is known of a record --------------------------------------------------------------------


def test_site_and_stage_of_each_record(diagnoser: Diagnoser) -> None:
    trace = set_up(LAGER) + no_answer(ZENTRALE, 200)
    _, transcript = both(diagnoser, ("trace.txt", trace.encode()))
    records = transcript.sources[0].records

    assert [one.remote_site for one in records] == ["LAGER"] * (len(records) - 2) + ["ZENTRALE"] * 2
    stages = [one.stage for one in records if one.remote_site == "LAGER"]
    assert stages[0] is Stage.CALLED
    assert stages[-1] is Stage.CONNECTED
    ranks = [stage.rank for stage in stages if stage]
    assert ranks == sorted(ranks)


def test_what_became_of_a_record(diagnoser: Diagnoser) -> None:
    trace = (
        no_answer(LAGER)
        + at(40, "VPN: something that nobody has seen")
        + "[SNTP] 2024/02/01 10:00:41,000\nnothing of ours\n"
    )
    _, transcript = both(diagnoser, ("trace.txt", trace.encode()))
    states = [one.state for one in transcript.sources[0].records]

    assert states == [RecordState.READ, RecordState.READ, RecordState.UNREAD, RecordState.OTHER]


# More than there is room for ------------------------------------------------------------------


def many() -> str:
    """A long quiet trace with two faults in its middle."""
    quiet = "".join(at(number, "VPN: something that nobody has seen") for number in range(2000))
    return quiet + set_up(LAGER, 3000) + missed(LAGER, 3600) + no_answer(ZENTRALE, 4000) + quiet


@pytest.mark.parametrize("budget", [0, 1_000, 10_000, 40_000, 10_000_000])
def test_nothing_is_lost_without_being_counted(diagnoser: Diagnoser, budget: int) -> None:
    diagnosis, transcript = both(diagnoser, ("t.txt", many().encode()), budget=budget)
    (source,) = transcript
    left_out = [part for part in source.parts if isinstance(part, LeftOut)]

    assert len(source.records) + source.left_out == diagnosis.coverage.records
    assert all(sum(count for _, count in one.classes) == one.records > 0 for one in left_out)
    assert all(one.first_line <= one.last_line for one in source.parts)
    assert all(one.last_line < other.first_line for one, other in pairwise(source.parts))
    assert sum(len(one.text) for one in source.records) <= budget


def test_what_is_cited_comes_first_with_what_is_around_it(diagnoser: Diagnoser) -> None:
    diagnosis, transcript = both(diagnoser, ("t.txt", many().encode()), budget=20_000)
    (source,) = transcript
    there = {one.first_line for one in source.records}
    cited = {
        place.first_line
        for one in diagnosis.incidents
        for seen in one.symptoms
        for place in seen.places
    }
    first = min(cited)
    before = [one for one in source.records if one.last_line < first]

    assert source.left_out > 1000
    assert cited <= there
    assert len([one for one in before if one.first_line > first - 10]) >= AROUND
    assert source.records[0].first_line == 1
    assert source.records[-1].last_line == many().rstrip().count("\n") + 1


def test_several_sources_share_the_budget(diagnoser: Diagnoser) -> None:
    other = many().replace("LAGER", "HAFEN")
    _, transcript = both(
        diagnoser, ("1.txt", many().encode()), ("2.txt", other.encode()), budget=40_000
    )
    sizes = [sum(len(one.text) for one in source.records) for source in transcript]

    assert sum(sizes) <= 40_000
    assert len(sizes) == 2
    assert all(5_000 < size <= 40_000 for size in sizes)


def test_many_sources_take_no_more_than_one(diagnoser: Diagnoser) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", many() if number < 2 else set_up(LAGER))
    _, transcript = both(diagnoser, ("all.zip", packed.getvalue()), budget=100_000)
    short = transcript.sources[2:]

    assert len(transcript.sources) == 20
    assert sum(len(one.text) for source in transcript for one in source.records) <= 100_000
    assert all(source.left_out == 0 for source in short)


def test_a_trace_class_in_every_record_costs_no_more_than_one(diagnoser: Diagnoser) -> None:
    strange = "".join(f"[C{one}] 2024/02/06 07:41:12,430\nx\n\n" for one in range(10_000))
    tracemalloc.start()
    diagnosis, transcript = both(diagnoser, ("t.txt", (set_up(LAGER) + strange).encode()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (source,) = transcript
    left_out = [part for part in source.parts if isinstance(part, LeftOut)]

    assert most < 100 << 20
    assert len(source.records) + source.left_out == diagnosis.coverage.records
    assert left_out
    assert all(len(one.classes) <= 100 for one in left_out)


def test_many_tunnels_at_once_cost_no_more_than_one(diagnoser: Diagnoser) -> None:
    diagnosis, _ = both(diagnoser, ("t.txt", set_up(LAGER).encode()))
    (one,) = diagnosis.negotiations
    sites = [RemoteSite(f"S{number}") for number in range(10_000)]
    end = replace(one.last, first_line=2_000_000, last_line=2_000_000)
    membership = Membership(replace(one, remote_site=site, last=end) for site in sites)
    reader = TraceReader(diagnoser.catalog)
    other = set_up(LAGER) + "[ICMP] 2024/02/06 07:41:12,430\nx\n"
    (*_, read) = reader.annotate("t.txt", io.BytesIO(other.encode()))
    begun = time.process_time()
    for _ in range(20_000):
        membership.of(read)

    assert time.process_time() - begun < 1
