"""`diagnose explain` answers for every code, cause, stage and trace in both languages."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import pytest
from test_knowledge_coverage import MIB_CODES, codes
from trace_lines import CASES, EXAMPLES, LAGER, at, no_answer, started

from assistant import cli
from assistant.catalog.catalog import Catalog
from assistant.explain import StageExplained, explain
from assistant.model.negotiation import Stage
from assistant.trace.read import TraceReader
from reports.explain import TraceExplainer, render_explanation
from reports.labels import Lang, labels

LANGUAGES: tuple[Lang, ...] = ("de", "en")
CODES = codes(MIB_CODES)


def told(word: str, catalog: Catalog, lang: Lang = "en", width: int = 80) -> str:
    explained = explain(word, catalog)
    assert explained is not None
    return render_explanation(explained, catalog, lang, width)


def together(text: str) -> str:
    """The text without its line breaks and indents."""
    return " ".join(text.split())


def annotated(content: bytes, catalog: Catalog, lang: Lang = "en") -> list[str]:
    """The records of a trace as they are explained, and the summary last."""
    explainer = TraceExplainer(catalog, lang)
    reader = TraceReader(catalog)
    records = [explainer.record(one) for one in reader.annotate("1.txt", io.BytesIO(content))]
    return [*records, explainer.summary()]


# Codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_is_answered_in_both_languages(catalog: Catalog, code: str, lang: Lang) -> None:
    text = told(code, catalog, lang)
    entry = catalog.errors[code]
    assert entry.meaning is not None
    assert entry.advice is not None
    first, *_ = text.splitlines()
    assert first == f"{code} ({int(code, 16)})  {entry.name}"
    assert together(getattr(entry.meaning, lang)) in together(text)
    assert together(getattr(entry.advice, lang)) in together(text)


@pytest.mark.parametrize(
    ("lang", "decoded", "digit"),
    [
        ("en", "IKE, responder's side, unknown code", "The digit 7"),
        ("de", "IKE, Seite des Responders, unbekannter Code", "Die Ziffer 7"),
    ],
)
def test_a_code_in_no_table_is_decoded_and_shown_as_unknown(
    catalog: Catalog, lang: Lang, decoded: str, digit: str
) -> None:
    first, second, *more = told("0x2777", catalog, lang).splitlines()
    assert (first, second.strip()) == ("0x2777 (10103)", decoded)
    assert digit in together("\n".join(more))


def test_a_code_of_documented_digits_assumes_nothing(catalog: Catalog) -> None:
    assert "not documented" not in told("0x2277", catalog)
    assert "unknown layer" in told("0x9999", catalog)


def test_a_code_names_its_causes_and_how_to_read_on(catalog: Catalog) -> None:
    text = told("0x1106", catalog)
    assert "diagnose explain gateway-address-wrong" in text
    assert together(catalog.causes["gateway-address-wrong"].title.en) in together(text)
    assert "0x1206" in text


# Causes and stages ------------------------------------------------------------------------


def test_how_common_causes_are_sums_to_a_hundred(catalog: Catalog) -> None:
    shares = [
        float(found[1])
        for cause in catalog.causes
        if (found := re.search(r"Of 100 VPN tickets about ([\d.]+)", told(cause, catalog)))
    ]

    assert len(shares) == len(catalog.causes)
    assert sum(shares) == pytest.approx(100, abs=0.05 * len(shares))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cause_is_told_with_what_to_do(catalog: Catalog, lang: Lang) -> None:
    for name, cause in catalog.causes.items():
        text = together(told(name, catalog, lang))
        assert name in text
        assert together(getattr(cause.title, lang)) in text
        assert together(getattr(cause.explanation, lang)) in text
        assert together(getattr(cause.not_when, lang)) in text
        for remedy in cause.remedies:
            assert together(getattr(catalog.remedies[remedy].title, lang)) in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("stage", [stage.value for stage in Stage])
def test_every_stage_is_told_with_its_messages(catalog: Catalog, stage: str, lang: Lang) -> None:
    text = told(stage, catalog, lang)
    assert stage in text.splitlines()[0]
    assert together(labels(lang)(f"stage.{stage}.told")) in together(text)
    explained = explain(stage, catalog)
    assert isinstance(explained, StageExplained)
    for pattern in explained.patterns:
        assert together(pattern.message) in together(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_is_longer_than_a_terminal(catalog: Catalog, lang: Lang) -> None:
    for word in [*CODES, "0x2777", *catalog.causes, *(stage.value for stage in Stage)]:
        assert max(map(len, told(word, catalog, lang).splitlines())) <= 80, word


def test_a_narrow_terminal_breaks_everything_but_commands(catalog: Catalog) -> None:
    for word in ("0x1106", "0x2777", "poll-address-wrong", "child-sa"):
        for line in told(word, catalog, width=60).splitlines():
            assert len(line) <= 60 or line.lstrip().startswith("> ")


def test_every_explanation_ends_with_one_line_end(catalog: Catalog) -> None:
    for word in ("0x1106", "0x2777", "unknown", "called"):
        text = told(word, catalog)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


# Traces -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.txt")), ids=lambda path: path.stem)
def test_every_record_of_an_example_is_understood(catalog: Catalog, path: Path, lang: Lang) -> None:
    content = path.read_bytes()
    *records, summary = annotated(content, catalog, lang)
    assert len(records) == content.count(b"[VPN-Status]")
    assert str(len(records)) in summary
    assert not any(labels(lang)("explain.unread") in together(record) for record in records)


def test_a_record_is_told_with_its_place_its_time_and_what_follows(catalog: Catalog) -> None:
    first, second, *_ = annotated((started(LAGER) + no_answer(LAGER)).encode(), catalog)
    lines = first.splitlines()
    assert lines[0].startswith("L1-2")
    assert "09:00:00" in lines[0]
    assert [line.strip() for line in lines[1:3]] == [
        "[VPN-Status] 2024/05/14 09:00:00,000",
        "VPN: connecting to LAGER (192.0.2.44)",
    ]
    pattern = catalog.patterns["connecting"]
    assert together(pattern.meaning.en) in together(first)
    assert pattern.normal_next is not None
    assert together(pattern.normal_next.en) in together(first)
    assert second.startswith("L4-5")


def test_the_same_message_is_explained_once(catalog: Catalog) -> None:
    message = f"VPN: disconnecting {LAGER}"
    first, second, _ = annotated((at(0, message) + at(1, message)).encode(), catalog)
    meaning = together(catalog.patterns["disconnecting"].meaning.en)
    assert meaning in together(first)
    assert meaning not in together(second)
    assert together(labels("en")("explain.told-before", line=1)) in together(second)


def test_an_error_is_explained_by_its_code(catalog: Catalog) -> None:
    *_, error, _ = annotated(no_answer(LAGER).encode(), catalog)
    meaning = catalog.errors["0x1106"].meaning
    assert meaning is not None
    assert together(meaning.en) in together(error)


def test_what_no_pattern_knows_is_said_to_be_unread(catalog: Catalog) -> None:
    (record, _) = annotated(at(0, "VPN: something new").encode(), catalog)
    assert together(labels("en")("explain.unread")) in together(record)


def test_prose_is_shown_where_it_stands(catalog: Catalog) -> None:
    content = (CASES / "005-with-prose.txt").read_bytes()
    text = "\n".join(annotated(content, catalog))
    assert "Anbei der Mitschnitt von heute Morgen" in text
    assert "So weit, so gut." in text


# The command ------------------------------------------------------------------------------


@pytest.fixture
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize("word", ["0x1106", "4358", "poll-address-wrong", "child-sa", "0x2777"])
def test_the_command_prints_the_explanation(
    capsys: pytest.CaptureFixture[str], catalog: Catalog, word: str
) -> None:
    for lang in LANGUAGES:
        assert cli.run(["explain", word, "--lang", lang]) == 0
        said = capsys.readouterr()
        assert (said.out, said.err) == (told(word, catalog, lang), "")


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize("word", ["nonsense", "0xyz", "poll-adress-wrong", "nobody.txt"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nonsense_is_a_usage_error_with_examples(
    capsys: pytest.CaptureFixture[str], word: str, lang: Lang
) -> None:
    assert cli.run(["explain", word, "--lang", lang]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    message = together(said.err)
    assert word in message
    for example in ("diagnose explain 0x1106", "diagnose explain poll-address-wrong"):
        assert example in message


@pytest.mark.usefixtures("_elsewhere")
def test_a_file_comes_first_then_a_code_then_a_cause(capsys: pytest.CaptureFixture[str]) -> None:
    Path("0x1106").write_text(started(LAGER), encoding="utf-8")
    assert cli.run(["explain", "0x1106", "--lang", "en"]) == 0
    assert "VPN: connecting to LAGER" in capsys.readouterr().out
    Path("0x1106").unlink()
    assert cli.run(["explain", "0x1106", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("0x1106 (4358)")


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize(
    "content", [started(LAGER).encode(), gzip.compress(started(LAGER).encode())]
)
def test_a_file_is_told_record_by_record(
    capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    Path("trace.txt").write_bytes(content)
    assert cli.run(["explain", "trace.txt", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert out.index("VPN: connecting") < out.index("VPN: start IKE") < out.index("3 messages")
