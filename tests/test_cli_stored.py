"""`diagnose old.report.html` and `diagnose --compare`: a report is an input too."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from our_program import PROGRAM
from trace_lines import LAGER, ZENTRALE, no_answer, set_up

from assistant import __version__, cli
from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog


@pytest.fixture(autouse=True)
def _load_our_knowledge_once(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "assistant.catalog.load.load_catalog",
        lambda *more, **own: load_catalog(*more, **own) if more or own else catalog,
    )


@pytest.fixture(autouse=True)
def _a_report_of_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """English, in a folder with a trace, its reports, and a trace of the next day."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("trace.txt").write_text(no_answer(LAGER), encoding="utf-8")
    Path("new.txt").write_text(set_up(LAGER, 86_400), encoding="utf-8")
    assert cli.run(["trace.txt", "--format", "html", "--format", "json"]) == 0
    capsys.readouterr()


def files() -> set[str]:
    return {path.name for path in Path().iterdir()}


def said_error(capsys: pytest.CaptureFixture[str], code: int, *args: str) -> str:
    assert cli.run(args) == code
    said = capsys.readouterr()
    assert said.err.startswith("diagnose: ")
    return said.err


# Reading it again ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["html", "json"])
def test_a_report_tells_its_result_again(capsys: pytest.CaptureFixture[str], form: str) -> None:
    before = files()
    assert cli.run(["trace.txt", "--format", "text", "-o", "-"]) == 0
    verdict = capsys.readouterr().out.splitlines()[0]
    assert cli.run([f"trace.report.{form}"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0].startswith(f"trace.report.{form} is a stored report: judged by version")
    assert verdict in lines
    assert max(map(len, lines)) <= 80
    assert files() == before


def test_in_the_language_that_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace.report.html", "--lang", "de"]) == 0
    said = capsys.readouterr().out
    assert "ist ein gespeicherter Bericht" in said
    assert "STÖRUNG[0x1106] LAGER" in said


def test_quietly_one_line_and_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace.report.html", "-q", "--exit-code"]) == 10
    assert capsys.readouterr().out.startswith("FAULT[0x1106] LAGER")


def test_as_json_it_is_the_same_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace.report.html", "--format", "json", "-o", "-"]) == 0
    again = json.loads(capsys.readouterr().out)
    before = json.loads(Path("trace.report.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in again["warnings"]] == ["stored-report"]
    assert {**again, "warnings": []} == before


def test_reports_of_it_have_a_name_of_their_own_and_say_what_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = files()
    args = ["trace.report.json", "--format", "html", "--format", "text"]
    assert cli.run(args) == 0
    assert capsys.readouterr().out.split() == [
        "trace.stored.report.html",
        "trace.stored.report.txt",
    ]
    assert files() - before == {"trace.stored.report.html", "trace.stored.report.txt"}
    page = Path("trace.stored.report.html").read_text(encoding="utf-8")
    assert "From a stored report" in page
    assert "Aus einem gespeicherten Bericht" in page


def test_a_report_of_a_report_is_one_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace.report.json", "--format", "html", "-o", "again.html"]) == 0
    assert cli.run(["again.html", "--format", "json", "-o", "-"]) == 0
    out = capsys.readouterr().out
    again = json.loads(out[out.index("{") :])
    assert [one["id"] for one in again["warnings"]] == ["stored-report"]


def changed(name: str, **generator: str) -> None:
    """Makes the stored report one of another program or knowledge base."""
    whole = json.loads(Path("trace.report.json").read_text(encoding="utf-8"))
    whole["generator"].update(generator)
    Path(name).write_text(json.dumps(whole), encoding="utf-8")


def test_another_knowledge_base_is_named_with_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    changed("old.json", knowledge="sha256:" + "0" * 64)
    assert cli.run(["old.json"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Today's knowledge base is another one" in said
    assert "diagnose the trace again: diagnose trace.txt" in said


def test_another_version_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    changed("old.json", version="0.0.1")
    assert cli.run(["old.json"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "judged by version 0.0.1" in said
    assert f"This program is version {__version__}" in said


def test_entries_that_are_gone_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("trace.report.json").read_text(encoding="utf-8")
    Path("old.json").write_text(
        text.replace('"gateway-address-wrong"', '"of-long-ago"'), encoding="utf-8"
    )
    assert cli.run(["old.json", "-v"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "no longer has the entry of-long-ago" in said
    assert cli.run(["old.json", "--format", "json", "-o", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"id": "stored-gone", "subject": "of-long-ago"} in found["warnings"]


@pytest.mark.parametrize("pack", ["gz", "zip", "tar"])
def test_a_packed_report(capsys: pytest.CaptureFixture[str], pack: str) -> None:
    data = Path("trace.report.html").read_bytes()
    name = f"trace.report.html.{pack}"
    if pack == "gz":
        Path(name).write_bytes(gzip.compress(data))
    elif pack == "tar":
        with tarfile.open(name, "w") as archive:
            archive.add("trace.report.html")
    else:
        with zipfile.ZipFile(name, "w") as zipped:
            zipped.writestr("trace.report.html", data)
    assert cli.run([name, "-q"]) == 0
    assert capsys.readouterr().out.startswith("FAULT[0x1106] LAGER")


def test_an_archive_of_reports(capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile("both.zip", "w") as archive:
        archive.write("trace.report.html")
        archive.write("trace.report.json")
    assert "Several reports" in said_error(capsys, 3, "both.zip")


def test_an_archive_with_a_trace_and_its_report_is_a_case(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with zipfile.ZipFile("ticket.zip", "w") as archive:
        archive.write("trace.report.html")
        archive.write("trace.txt")
    assert cli.run(["ticket.zip"]) == 0
    assert "stored report" not in capsys.readouterr().out
    assert "ticket.report.html" in files()


def run_with(data: bytes, given: str, *args: str) -> subprocess.CompletedProcess[bytes]:
    """The program with this on its standard input, from a file or through a pipe."""
    call = [sys.executable, "-c", PROGRAM, "-", *args]
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    if given == "pipe":
        return subprocess.run(call, input=data, capture_output=True, check=False, env=environment)  # noqa: S603
    Path("given").write_bytes(data)
    with Path("given").open("rb") as stream:
        return subprocess.run(  # noqa: S603 - our own program
            call, stdin=stream, capture_output=True, check=False, env=environment
        )


@pytest.mark.parametrize("given", ["file", "pipe"])
def test_from_standard_input(given: str) -> None:
    done = run_with(Path("trace.report.html").read_bytes(), given, "-q")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"FAULT[0x1106] LAGER")


@pytest.mark.parametrize("given", ["file", "pipe"])
def test_a_trace_from_standard_input_loses_nothing(given: str) -> None:
    data = Path("trace.txt").read_bytes() * 2000
    done = run_with(data, given, "--format", "json", "-o", "-")
    assert done.stderr == b""
    (source,) = json.loads(done.stdout)["sources"]
    assert source["bytes"] == len(data)


# What a stored report is not for ---------------------------------------------------------------


def test_a_report_and_other_files_are_no_case(capsys: pytest.CaptureFixture[str]) -> None:
    for args in (("trace.report.html", "new.txt"), ("new.txt", "--remote", "trace.report.json")):
        said = said_error(capsys, 2, *args)
        assert "--compare" in said


@pytest.mark.parametrize(
    "more", [("--ask",), ("--answer", "history=suddenly"), ("--away", "remote")]
)
def test_questions_are_answered_about_the_trace(
    capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    assert "about the trace" in said_error(capsys, 2, "trace.report.html", *more)


def test_it_cannot_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    said = said_error(capsys, 2, "explain", "trace.report.html")
    assert "diagnose trace.report.html shows it" in said


def test_in_an_archive_it_is_passed_by(capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile("ticket.zip", "w") as archive:
        archive.write("trace.report.html")
        archive.write("trace.txt")
    assert cli.run(["explain", "ticket.zip"]) == 0
    said = capsys.readouterr().out
    assert "ticket.zip/trace.report.html is a report of this program, no trace." in said
    assert "<script" not in said


def test_it_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("trace.report.html").read_bytes()
    args = ("trace.report.html", "--format", "html", "-o", "trace.report.html", "--force")
    assert "one of the inputs" in said_error(capsys, 5, *args)
    compared = ("--compare", "trace.report.html", "trace.txt", "-o", "trace.report.html")
    assert "one of the inputs" in said_error(capsys, 5, *compared)
    assert Path("trace.report.html").read_bytes() == before


def test_compared_with_the_report_of_the_same_name_both_are_kept() -> None:
    before = Path("trace.report.html").read_bytes()
    assert cli.run(["--compare", "trace.report.html", "trace.txt", "-q"]) == 0
    assert Path("trace.report.html").read_bytes() == before
    assert 'id="comparison"' in Path("trace.compared.report.html").read_text(encoding="utf-8")
    args = ["trace.txt", "--format", "json", "--format", "html", "-o", "."]
    assert cli.run(["--compare", "trace.report.html", *args]) == 0
    assert Path("trace.report.html").read_bytes() == before
    assert Path("trace.compared.report.json").is_file()


def test_a_damaged_report(capsys: pytest.CaptureFixture[str]) -> None:
    data = Path("trace.report.json").read_bytes()
    Path("cut.json").write_bytes(data[: len(data) // 2])
    said = said_error(capsys, 3, "cut.json")
    assert "damaged" in said
    assert "diagnose the trace again" in said.lower()


# Comparing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["html", "json"])
def test_what_changed_comes_before_the_verdict(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert cli.run(["--compare", f"trace.report.{form}", "new.txt"]) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert lines[0] == f"What changed since trace.report.{form}: Fault → Healthy"
    assert "  LAGER: looks repaired" in lines
    assert said.index("looks repaired") < said.index("HEALTHY LAGER")
    assert max(map(len, lines)) <= 80
    page = Path("new.report.html").read_text(encoding="utf-8")
    assert "looks repaired" in page
    assert "sieht behoben aus" in page


def test_the_exit_code_is_that_of_the_new_case() -> None:
    assert cli.run(["--compare", "trace.report.html", "new.txt", "--exit-code"]) == 0
    Path("still.txt").write_text(no_answer(LAGER, 86_400), encoding="utf-8")
    assert cli.run(["--compare", "trace.report.html", "still.txt", "--exit-code"]) == 10


def test_two_stored_reports(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["new.txt"]) == 0
    capsys.readouterr()
    before = files()
    assert cli.run(["--compare", "trace.report.json", "new.report.html"]) == 0
    said = capsys.readouterr().out
    assert "new.report.html is a stored report" in said
    assert "LAGER: looks repaired" in said
    assert files() == before


def test_the_comparison_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["--compare", "trace.report.html", "new.txt", "--lang", "de"]
    formats = ("json", "text", "markdown")
    assert cli.run([*args, *(word for one in formats for word in ("--format", one))]) == 0
    capsys.readouterr()
    found = json.loads(Path("new.report.json").read_text(encoding="utf-8"))
    assert [one["course"] for one in found["comparison"]["sites"]] == ["fixed"]
    for name in ("new.report.txt", "new.report.md"):
        assert "sieht behoben aus" in Path(name).read_text(encoding="utf-8")
    markdown = Path("new.report.md").read_text(encoding="utf-8").splitlines()
    site = markdown.index("- **LAGER**: sieht behoben aus")
    assert [line.partition(": ")[0] for line in markdown[site + 1 : site + 4]] == [
        "  - damals",
        "  - jetzt",
        "  - Empfohlen war",
    ]


def test_quietly_the_change_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--compare", "trace.report.html", "new.txt", "-q"]) == 0
    said = capsys.readouterr().out
    assert said == "What changed since trace.report.html: Fault → Healthy\n"


def test_with_answers_to_the_same_trace(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["--compare", "trace.report.html", "trace.txt", "--answer", "own-internet-up=yes"]
    assert cli.run([*args, "-o", "answered.html"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Answered since:" in said
    assert "Both rest on the same files" in said


def test_nothing_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert "compared with?" in said_error(capsys, 2, "--compare", "trace.report.html")


def test_with_itself(capsys: pytest.CaptureFixture[str]) -> None:
    args = ("--compare", "trace.report.html", "./trace.report.html")
    assert "with itself" in said_error(capsys, 2, *args)


def test_with_what_is_no_report(capsys: pytest.CaptureFixture[str]) -> None:
    said = said_error(capsys, 3, "--compare", "trace.txt", "new.txt")
    assert "expects a report of this program" in said
    assert "no file" in said_error(capsys, 3, "--compare", "absent.html", "new.txt")
    Path("empty").touch()
    assert "expects a report" in said_error(capsys, 3, "--compare", "empty", "new.txt")


def test_a_report_whose_entries_are_gone_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("trace.report.json").read_text(encoding="utf-8")
    for old in ("gateway-address-wrong", "remote-offline", "no-answer"):
        text = text.replace(f'"{old}"', f'"gone-{old}"')
    Path("old.json").write_text(text, encoding="utf-8")
    assert cli.run(["--compare", "old.json", "new.txt"]) == 0
    assert "looks repaired" in capsys.readouterr().out


def test_the_knowledge_base_of_then(capsys: pytest.CaptureFixture[str]) -> None:
    changed("old.json", knowledge="sha256:" + "0" * 64)
    assert cli.run(["--compare", "old.json", "new.txt"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "a changed probability may come from that too" in said


def test_another_site(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.txt").write_text(set_up(ZENTRALE, 86_400), encoding="utf-8")
    assert cli.run(["--compare", "trace.report.html", "other.txt"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "LAGER: the new case says nothing about it" in said
