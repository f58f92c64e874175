"""A report read again: the same document comes out, and a hostile or damaged one is refused."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reports_pair_samples import configured_case, contradicted_case, make_pair_catalog, paired_case
from reports_samples import HOSTILE
from trace_lines import CASES, EXAMPLES, LAGER, at, lost_by_polling, no_answer

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.errors import InputError
from assistant.model.answer import Answer
from assistant.model.diagnosis import Diagnosis
from assistant.model.setting import Secret
from reports.hand_over import render_hand_over
from reports.html import render_html
from reports.json_embedded_v2 import ELEMENT, embedded_json
from reports.json_v2 import SCHEMA, document, render_json
from reports.stored.file import FILE_BYTES, read_stored
from reports.stored.stand_in import with_stand_ins
from reports.text import render_text

STRONGSWAN = CASES / "strongswan"
CONFIGURATIONS = CASES / "config"
ANSWERS = (
    Answer(id="own-internet-up", choice="yes"),
    Answer(id="history", choice="suddenly"),
    Answer(id="tried:correct-poll-target", choice="no-help"),
)
POLLING = EXAMPLES / "polling-failed.txt"


def inputs() -> Iterator[tuple[Path, ...]]:
    """Every example, every case, every pair of logs, configurations alone and with a trace."""
    for path in (*sorted(EXAMPLES.glob("*.txt")), *sorted(CASES.glob("*.txt"))):
        yield (path,)
    for folder in sorted(one for one in STRONGSWAN.iterdir() if one.is_dir()):
        logs = tuple(one for one in sorted(folder.glob("*.log")) if one.stat().st_size)
        yield logs
    for path in sorted(CONFIGURATIONS.glob("*.lcs")):
        yield (path,)
    pair = (CONFIGURATIONS / "nordhof-ikev1.lcs", CONFIGURATIONS / "lager-ikev1.lcs")
    yield pair
    yield (POLLING, *pair)


INPUTS = {"+".join(f"{one.parent.name}-{one.name}" for one in paths): paths for paths in inputs()}


def diagnosed(
    diagnoser: Diagnoser, paths: tuple[Path, ...], answers: tuple[Answer, ...] = ()
) -> Diagnosis:
    files = tuple(
        CaseFile(f"{number}-{path.name}", lambda path=path: io.BytesIO(path.read_bytes()))  # type: ignore[misc]
        for number, path in enumerate(paths, start=1)
    )
    return diagnoser.diagnose(Case(files, answers))


def stored(text: str | bytes, catalog: Catalog) -> Diagnosis:
    data = text.encode() if isinstance(text, str) else text
    return read_stored("old.report.html", io.BytesIO(data), catalog)


def refusal(text: str | bytes, catalog: Catalog) -> str:
    """Id of the error that reading it ends with."""
    with pytest.raises(InputError) as found:
        stored(text, catalog)
    return found.value.id


@pytest.fixture(scope="session")
def polling(diagnoser: Diagnoser) -> Diagnosis:
    return diagnosed(diagnoser, (POLLING,))


# There and back ---------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [(), ANSWERS], ids=["as-read", "with-answers"])
@pytest.mark.parametrize("name", INPUTS)
def test_the_document_of_what_is_restored_is_the_same(
    diagnoser: Diagnoser, catalog: Catalog, name: str, answers: tuple[Answer, ...]
) -> None:
    before = diagnosed(diagnoser, INPUTS[name], answers)
    assert document(stored(render_json(before), catalog)) == document(before)


@pytest.mark.parametrize("make", [configured_case, contradicted_case, paired_case])
@pytest.mark.parametrize("evil", ["", *HOSTILE.values()])
def test_hand_made_cases_with_whatever_in_them_too(make: Any, evil: str) -> None:
    before = make(evil=evil)
    whole = document(before)
    knowledge = f"sha256:{'0' * 64}"
    whole["generator"]["knowledge"] = knowledge  # type: ignore[index]
    after = stored(json.dumps(whole), make_pair_catalog())
    assert document(after) == whole


@pytest.mark.parametrize("name", sorted(INPUTS)[::4])
def test_the_page_holds_the_same(diagnoser: Diagnoser, catalog: Catalog, name: str) -> None:
    before = diagnosed(diagnoser, INPUTS[name])
    page = render_html(before, catalog, "de")
    assert document(stored(page, catalog)) == document(before)


def without_frame(text: str) -> list[str]:
    """Without quoted lines: some are of the negotiation, which a report does not keep."""
    quoted = re.compile(r" *(\d+ \||\||-->|\.\.\.$)|^$")
    return [line for line in text.splitlines() if not quoted.match(line)]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", ["polling-failed", "proposal-mismatch", "success"])
def test_the_terminal_tells_the_same(
    diagnoser: Diagnoser, catalog: Catalog, name: str, lang: Any
) -> None:
    before = diagnosed(diagnoser, (EXAMPLES / f"{name}.txt",))
    after = stored(render_json(before), catalog)
    then, now = (render_text(one, catalog, lang).plain for one in (before, after))
    told, before_told = without_frame(now), without_frame(then)
    # How many causes fit on the page depends on the quoted lines too.
    assert told[:4] == before_told[:4]
    assert told[-2:] == before_told[-2:]
    assert {line for line in before_told if "Schritt:" in line or "step:" in line} <= set(told)


def test_the_deciding_line_is_shown_as_it_stands(polling: Diagnosis, catalog: Catalog) -> None:
    after = stored(render_json(polling), catalog)
    assert "IFC-X-Line-polling-failed (0x1307)" in render_text(after, catalog, "en").plain


def test_of_a_key_only_whether_it_is_set_comes_back() -> None:
    whole = document(configured_case())
    whole["generator"]["knowledge"] = f"sha256:{'0' * 64}"  # type: ignore[index]
    (incident, *_) = stored(json.dumps(whole), make_pair_catalog()).incidents
    assert incident.side_by_side is not None
    secrets = [
        one.value
        for comparison in incident.side_by_side.comparisons
        for one in (*comparison.ours, *comparison.theirs)
        if isinstance(one.value, Secret)
    ]
    assert secrets
    assert {one.fingerprint for one in secrets} == {None}


def test_a_report_of_an_early_program_lacks_what_came_later(
    polling: Diagnosis, catalog: Catalog
) -> None:
    whole: Any = document(polling)
    for name in ("quotes", "remarks", "pairings", "contradictions", "away"):
        del whole[name]
    for incident in whole["incidents"]:
        for name in ("fault", "plan", "pivot", "versus", "origin", "refused_proposals"):
            del incident[name]
        for symptom in incident["symptoms"]:
            del symptom["decisive"]
        for cause in incident["causes"]:
            cause.pop("prior_decibans", None)
    after = stored(json.dumps(whole), catalog)
    assert after.incidents[0].is_fault
    assert [one.decisive for one in after.incidents[0].symptoms] == [
        one.decisive for one in polling.incidents[0].symptoms
    ]
    then, now = (one.incidents[0].hypotheses[0] for one in (polling, after))
    assert now.prior_decibans == pytest.approx(then.prior_decibans, abs=0.1)
    assert "0x1307" in render_text(after, catalog, "en").plain
    render_html(after, catalog, "en")


def test_a_report_of_the_first_schema_is_told_as_it_was(catalog: Catalog) -> None:
    text = (CASES / "reports/polling-failed.vpn-diagnosis-1.json").read_text(encoding="utf-8")
    then = json.loads(text)
    after = document(stored(text, catalog))
    assert after["schema"] == SCHEMA
    now: Any = json.loads(json.dumps(after))
    for name in ("generator", "verdict", "sources", "sites", "answers", "coverage", "quotes"):
        assert now[name] == then[name]
    (was,), (told,) = then["incidents"], now["incidents"]
    assert told["symptoms"] == was["symptoms"]
    assert told["questions"] == was["questions"]
    for before, cause in zip(was["causes"], told["causes"], strict=True):
        assert (cause["id"], cause["probability"]) == (before["id"], before["probability"])
        for evidence in before["evidence"]:
            evidence.pop("places", None)
        if cause["standing"] != "unlikely":
            assert cause == before


def test_what_spoke_against_an_unlikely_cause_is_told_or_said_to_be_missing(
    polling: Diagnosis, catalog: Catalog
) -> None:
    page = render_html(polling, catalog, "en")
    kept = render_html(stored(page, catalog), catalog, "en")
    short = render_html(stored(render_json(polling), catalog), catalog, "en")
    missing = "This report keeps its probability only."
    nothing = "No finding speaks against it"
    assert (missing in kept, missing in short) == (False, True)
    assert kept.count(nothing) == page.count(nothing)
    assert nothing not in short


@pytest.mark.parametrize("like", ["2", "9"])
def test_a_ranking_that_is_nowhere(polling: Diagnosis, catalog: Catalog, like: str) -> None:
    whole: Any = json.loads(render_json(polling))
    (incident,) = whole["incidents"]
    whole["incidents"] = [
        {**incident, "id": str(number), "like": like, "causes": []} for number in (1, 2)
    ]
    assert refusal(json.dumps(whole), catalog) == "stored-damaged"


def test_who_judged_is_kept(polling: Diagnosis, catalog: Catalog) -> None:
    whole: Any = document(polling)
    whole["generator"]["version"] = "0.0.7"
    after = stored(json.dumps(whole), catalog)
    assert document(after)["generator"] == whole["generator"]


# Embedded -----------------------------------------------------------------------------------


def test_a_short_document_stands_there_plainly(diagnoser: Diagnoser) -> None:
    before = diagnosed(diagnoser, (EXAMPLES / "success.txt",))
    assert json.loads(embedded_json(before)) == document(before, everything=True)


def test_nothing_embedded_ends_the_element_or_the_line(diagnoser: Diagnoser) -> None:
    site = "</script><!--\u2028\u2029&amp;"
    text = no_answer(LAGER) + at(40, f"VPN: something new {site}")
    before = diagnoser.diagnose(Case((CaseFile("<&>.txt", lambda: io.BytesIO(text.encode())),)))
    assert site[:13] in render_json(before)
    told = embedded_json(before)
    assert not set(told) & set("<>&\n\r\u2028\u2029")
    assert json.loads(told) == document(before, everything=True)


def test_very_many_incidents_are_packed_and_come_back(
    diagnoser: Diagnoser, catalog: Catalog
) -> None:
    lines = "".join(
        lost_by_polling(f"SITE{number} (192.0.2.{number})", number * 60.0)
        for number in range(1, 60)
    )
    before = diagnoser.diagnose(Case((CaseFile("t.txt", lambda: io.BytesIO(lines.encode())),)))
    text = embedded_json(before)
    assert list(json.loads(text)) == ["gzip"]
    assert len(text) < 300_000
    page = f"{ELEMENT}{text}</script>"
    assert document(stored(page, catalog)) == document(before)


def test_what_is_too_large_for_a_page_says_so(
    polling: Diagnosis, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.json_embedded_v2._CHARACTERS", 1000)
    text = embedded_json(polling)
    assert json.loads(text) == {"schema": SCHEMA, "left_out": "too-large"}
    assert refusal(f"{ELEMENT}{text}</script>", catalog) == "stored-left-out"


# Knowledge has changed since ----------------------------------------------------------------


def renamed(whole: Any, old: str, new: str) -> Any:
    return json.loads(json.dumps(whole).replace(f'"{old}"', f'"{new}"'))


@pytest.mark.parametrize(
    "old",
    ["poll-address-wrong", "line-polling-failed", "correct-poll-target", "history", "remote-trace"],
)
def test_an_id_that_is_gone_keeps_its_place(
    diagnoser: Diagnoser, catalog: Catalog, old: str
) -> None:
    before = diagnosed(diagnoser, (POLLING,), (Answer(id="history", choice="suddenly"),))
    whole = renamed(document(before), old, "gone-since")
    assert whole != document(before)
    after = stored(json.dumps(whole), catalog)
    assert document(after) == whole
    known, gone = with_stand_ins(after, catalog)
    assert gone == (() if old == "remote-trace" else ("gone-since",))
    for lang in ("de", "en"):
        render_html(after, known, lang)
        render_text(after, known, lang, verbose=True)
        render_hand_over(after, known, lang)


# Damaged and hostile --------------------------------------------------------------------------


def page_with(text: str) -> str:
    return f"<!doctype html><body>{ELEMENT}{text}</script></body>"


def test_a_page_that_is_cut(polling: Diagnosis, catalog: Catalog) -> None:
    page = render_html(polling, catalog, "en")
    start = page.index(ELEMENT)
    assert refusal(page[: start + 200], catalog) == "stored-damaged"
    assert refusal(page[: start - 1], catalog) == "stored-no-data"


def test_two_elements(polling: Diagnosis, catalog: Catalog) -> None:
    element = f"{ELEMENT}{embedded_json(polling)}</script>"
    assert refusal(f"<!doctype html>{element}{element}", catalog) == "stored-damaged"
    other = "<script id='diagnosis'>alert(1)</script>"
    assert refusal(f"<!doctype html>{other}{element}", catalog) == "stored-damaged"


def test_a_page_without_data(catalog: Catalog) -> None:
    page = '<!doctype html><meta name="generator" content="lancom-vpn-assistant 0.0.1">'
    assert refusal(page, catalog) == "stored-no-data"


@pytest.mark.parametrize(
    ("schema", "error"),
    [
        ("vpn-diagnosis/3", "stored-newer"),
        ("vpn-diagnosis/0", "stored-foreign"),
        ("something/1", "stored-foreign"),
        ("", "stored-foreign"),
    ],
)
def test_another_schema(polling: Diagnosis, catalog: Catalog, schema: str, error: str) -> None:
    whole = {**document(polling), "schema": schema}
    assert refusal(json.dumps(whole), catalog) == error


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}x",
        '{"schema": 1}',
        "null",
        '{"schema": "vpn-diagnosis/1"}',
        '{"schema": "vpn-diagnosis/1", "generator": NaN}',
        '{"gzip": "x"}',
        '{"gzip": "eA=="}',
    ],
)
def test_json_that_is_none_of_ours(catalog: Catalog, text: str) -> None:
    assert refusal(page_with(text), catalog) in ("stored-damaged", "stored-foreign")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting(polling: Diagnosis, catalog: Catalog, opening: str) -> None:
    deep = opening * 200_000
    assert refusal(page_with(deep), catalog) == "stored-damaged"
    within = json.dumps(document(polling))[:-1] + f', "more": {deep}'
    assert refusal(within, catalog) == "stored-damaged"


def test_a_file_larger_than_any_report(catalog: Catalog) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b" " * size

    endless = Endless()
    with pytest.raises(InputError, match="stored-too-large"):
        read_stored("big.json", endless, catalog)  # type: ignore[arg-type]
    assert endless.taken <= FILE_BYTES + (2 << 20)


def test_a_document_that_unpacks_to_more_than_any_report(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.stored.file.FILE_BYTES", 1 << 20)
    bomb = base64.b64encode(gzip.compress(b" " * (8 << 20))).decode()
    assert refusal(page_with(json.dumps({"gzip": bomb})), catalog) == "stored-damaged"


@lru_cache(maxsize=1)
def whole_document() -> str:
    """The richest document there is: two configurations and a trace."""
    paths = (
        POLLING,
        CONFIGURATIONS / "nordhof-ikev1.lcs",
        CONFIGURATIONS / "lager-ikev1.lcs",
    )
    return json.dumps(document(diagnosed(Diagnoser(load_catalog()), paths, ANSWERS)))


def places_in(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = list(enumerate(value))[:3]
    for name, child in children:
        yield from places_in(child, (*at, name))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["../x", "T25:61:00.000", "2024-13-40T00:00:00.000", "</script>", "a\x00b"]),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_stands_anywhere_is_refused_or_can_be_told(data: st.DataObject) -> None:
    catalog = load_catalog(cached=True)
    whole: Any = json.loads(whole_document())
    where = data.draw(st.sampled_from([one for one in places_in(whole) if one]))
    target = whole
    for step in where[:-1]:
        target = target[step]
    if data.draw(st.booleans()) and isinstance(target, dict):
        del target[where[-1]]
    else:
        target[where[-1]] = data.draw(JUNK)
    try:
        after = stored(json.dumps(whole), catalog)
    except InputError:
        return
    known, _ = with_stand_ins(after, catalog)
    render_text(after, known, "de", verbose=True)
    render_html(after, known, "en")
    render_hand_over(after, known, "de")


def test_no_error_repeats_what_a_document_says(polling: Diagnosis, catalog: Catalog) -> None:
    whole: Any = document(polling)
    whole["incidents"][0]["outcome"] = "<b>evil</b>"
    with pytest.raises(InputError) as found:
        stored(json.dumps(whole), catalog)
    assert "$.incidents[0].outcome" in found.value.words["reason"]


def test_a_negotiation_of_which_nothing_became(polling: Diagnosis, catalog: Catalog) -> None:
    whole: Any = document(polling)
    whole["incidents"][0]["outcome"] = None
    assert refusal(json.dumps(whole), catalog) == "stored-damaged"


def test_lines_that_end_before_they_begin(polling: Diagnosis, catalog: Catalog) -> None:
    whole: Any = document(polling)
    place = whole["incidents"][0]["symptoms"][0]["evidence"][0]
    place["first_line"], place["last_line"] = 9, 2
    assert refusal(json.dumps(whole), catalog) == "stored-damaged"


def test_more_quotes_than_there_is_room_for(diagnoser: Diagnoser, catalog: Catalog) -> None:
    lines = "".join(
        no_answer(f"{'LONG' * 60}{number} (192.0.2.9)", number * 60.0) for number in range(400)
    )
    before = diagnoser.diagnose(Case((CaseFile("t.txt", lambda: io.BytesIO(lines.encode())),)))
    quotes: Any = document(before)["quotes"]
    assert sum(len(one["text"]) for one in quotes) <= 120_000
    after = stored(render_json(before), catalog)
    assert document(after) == document(before)
    assert replace(after, program=None).verdict is before.verdict
    assert LAGER not in render_text(after, catalog, "en").plain
