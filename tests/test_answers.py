"""Answers given with the call: they move the ranking, are told in the reports, and are checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import run

TRACE = """[VPN-Status] 2024/05/14 09:00:30,000
VPN: connection for LAGER (192.0.2.44) timed out: no response

[VPN-Status] 2024/05/14 09:00:30,010
VPN: Error: IFC-I-Connection-timeout-IKE-IPSEC (0x1106) for LAGER (192.0.2.44)
"""


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trace.txt").write_text(TRACE)
    return "trace.txt"


def found(*options: str) -> dict[str, object]:
    assert run([*options, "--format", "json", "-o", "out.json", "--force", "-q"]) == 0
    document: dict[str, object] = json.loads(Path("out.json").read_text("utf-8"))
    return document


def first(document: dict[str, object]) -> tuple[str, float]:
    cause = document["incidents"][0]["causes"][0]  # type: ignore[index]
    return cause["id"], cause["probability"]


def asked(document: dict[str, object]) -> list[str]:
    return [one["id"] for one in document["incidents"][0]["questions"]]  # type: ignore[index]


def test_an_answer_moves_the_ranking_and_is_not_asked_again(trace: str) -> None:
    before = found(trace)
    after = found(trace, "--answer", "own-internet-up=no")
    assert first(before)[0] == "gateway-address-wrong"
    assert first(after)[0] == "local-internet-down"
    assert "own-internet-up" in asked(before)
    assert "own-internet-up" not in asked(after)
    assert after["answers"] == [{"id": "own-internet-up", "choice": "no", "from": "option"}]


def test_it_stands_among_the_evidence(trace: str) -> None:
    document = found(trace, "--answer", "gateway-address-current=different")
    cause = document["incidents"][0]["causes"][0]  # type: ignore[index]
    assert cause["id"] == "gateway-address-wrong"
    (said,) = [one for one in cause["evidence"] if one["kind"] == "answer"]
    assert (said["id"], said["choice"]) == ("gateway-address-current", "different")
    assert said["decibans"] > 5


def test_dont_know_changes_nothing_but_is_not_asked_again(trace: str) -> None:
    before, after = found(trace), found(trace, "--answer", "history=unknown")
    assert first(after) == first(before)
    assert "history" not in asked(after)


def test_a_repair_that_did_not_help_speaks_against_its_cause(trace: str) -> None:
    tried = ["--answer", "tried:correct-gateway-address=no-help"]
    assert first(found(trace, *tried))[0] != "gateway-address-wrong"


def test_answers_from_a_file_are_words_also_yes_and_no(trace: str) -> None:
    Path("answers.yaml").write_text("own-internet-up: no\nhistory: suddenly\n")
    document = found(trace, "--answers", "answers.yaml")
    assert document["answers"] == [
        {"id": "own-internet-up", "choice": "no", "from": "file"},
        {"id": "history", "choice": "suddenly", "from": "file"},
    ]
    assert first(document)[0] == "local-internet-down"


def test_an_answer_of_the_call_wins_over_the_file(trace: str) -> None:
    Path("answers.yaml").write_text("own-internet-up: no\n")
    document = found(trace, "--answers", "answers.yaml", "--answer", "own-internet-up=yes")
    assert first(document)[0] == "gateway-address-wrong"


def test_the_report_tells_answers_and_the_next_question(trace: str) -> None:
    options = ["--answer", "own-internet-up=yes", "--format", "html", "-o", "out.html", "--force"]
    assert run([trace, *options]) == 0
    page = Path("out.html").read_text("utf-8")
    assert "Yes, it works" in page
    assert "What to ask now" in page
    assert "--answer history=" in page


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ("own-internet-up", 2, "QUESTION=CHOICE"),
        ("own-internet-up=maybe", 2, "yes, no, unknown"),
        ("weather=fine", 2, "own-internet-up"),
        ("tried:prayer=no-help", 2, "correct-gateway-address"),
    ],
)
def test_what_is_no_answer_is_a_usage_error(
    trace: str, answer: str, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([trace, "--answer", answer]) == code
    assert says in capsys.readouterr().err
    assert not Path("trace.report.html").exists()


@pytest.mark.parametrize("content", ["- a\n- b\n", "own-internet-up: true\n", "a: [1\n", ""])
def test_a_file_of_something_else_is_an_input_error(
    trace: str, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("answers.yaml").write_text(content)
    assert run([trace, "--answers", "answers.yaml"]) == 3
    assert "answers.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xd4\xff\x00", "answers.yaml is no UTF-8 text."),
        (b"history: [never]", "answers.yaml, line 1: a choice is one word."),
        (b"- history", "answers.yaml, line 1: this cannot be read as an answer."),
        (b"away: nobody", "answers.yaml, line 1: away says on which side"),
        (b"#" * 70_000, "answers.yaml is larger than 65536 bytes"),
    ],
)
def test_a_file_of_no_answers_is_refused_in_words(
    trace: str, content: bytes, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("answers.yaml").write_bytes(content)

    assert run([trace, "--answers", "answers.yaml", "--lang", "en"]) == 3
    assert told in " ".join(capsys.readouterr().err.split())
