"""The command line: what it prints, writes and returns."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from our_program import PROGRAM
from trace_lines import CASES, EXAMPLES, HERE, LAGER, no_answer, set_up, started

from assistant import __version__, cli
from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.cli.commands import COMMANDS
from assistant.cli.help import HELP
from assistant.errors import AssistantError
from reports.labels import all_words

FAULT = no_answer(LAGER)


@pytest.fixture(autouse=True)
def _load_our_knowledge_once(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "assistant.catalog.load.load_catalog",
        lambda *more, **own: load_catalog(*more, **own) if more or own else catalog,
    )


@pytest.fixture(autouse=True)
def _english_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("trace.txt").write_text(FAULT, encoding="utf-8")


def document(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    """The JSON on standard output."""
    assert cli.run([*args, "--format", "json", "-o", "-"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def files() -> set[str]:
    return {path.name for path in Path().iterdir()}


# What it prints and writes ----------------------------------------------------------------


def test_without_options_the_verdict_and_the_html_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["trace.txt"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    first, *_ = said.out.splitlines()
    assert "LAGER" in first
    assert "trace.report.html" in said.out
    assert "\x1b" not in said.out
    assert len(said.out.splitlines()) <= 24
    assert files() == {"trace.txt", "trace.report.html"}


@pytest.mark.parametrize("case", sorted(path.name for path in EXAMPLES.glob("*.txt")))
def test_every_example_fits_on_a_screen(capsys: pytest.CaptureFixture[str], case: str) -> None:
    for language in ("de", "en"):
        assert cli.run([str(EXAMPLES / case), "--lang", language]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 80


@pytest.mark.skipif(os.name == "nt", reason="such a name cannot be given there")
@pytest.mark.parametrize("terminal", [True, False])
def test_the_name_of_a_file_does_not_act_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    name = "a\x1b[31m\u202eb"
    Path(f"{name}.txt").write_text(FAULT, encoding="utf-8")
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    assert cli.run([f"{name}.txt", "--no-color"]) == 0
    assert "a␛[31m\\u{202e}b.report.html" in capsys.readouterr().out.replace("\n", "")
    assert cli.run([f"{name}.txt", "--format", "json"]) == 0
    # A script gets the path as it is.
    shown = "a␛[31m\\u{202e}b" if terminal else name
    assert capsys.readouterr().out == f"{shown}.report.json\n"
    assert f"{name}.report.html" in files()


def test_chosen_formats_replace_html_and_their_paths_are_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["trace.txt", "--format", "json", "--format", "text"]) == 0
    assert capsys.readouterr().out == "trace.report.json\ntrace.report.txt\n"
    assert files() == {"trace.txt", "trace.report.json", "trace.report.txt"}


def test_to_standard_output_nothing_else_goes(capsys: pytest.CaptureFixture[str]) -> None:
    for form, begins in (("json", "{"), ("html", "<!doctype html>"), ("text", "")):
        assert cli.run(["trace.txt", "--format", form, "-o", "-"]) == 0
        said = capsys.readouterr()
        assert said.out.startswith(begins)
        assert said.err == ""
    assert files() == {"trace.txt"}


def test_quietly_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace.txt", "-q"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert cli.run(["trace.txt", "-q", "--format", "json"]) == 0
    assert capsys.readouterr().out == ""


def test_all_files_are_one_case(capsys: pytest.CaptureFixture[str]) -> None:
    Path("more").mkdir()
    Path("more/trace.txt").write_text(set_up(LAGER, 600), encoding="utf-8")
    found = document(capsys, "trace.txt", "more/trace.txt")
    assert [source["name"] for source in found["sources"]] == ["trace.txt", "more/trace.txt"]
    assert [one["outcome"] for one in found["incidents"]] == ["failed", "established"]


def test_the_shown_name_has_no_folders(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, str(Path("trace.txt").resolve()))
    assert [source["name"] for source in found["sources"]] == ["trace.txt"]


def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("trace.txt").open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert cli.run(["-"]) == 0
    assert "stdin.report.html" in capsys.readouterr().out
    assert files() == {"trace.txt", "stdin.report.html"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_opened_once_and_read_as_often_as_needed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    os.mkfifo("pipe.txt")
    writer = threading.Thread(
        target=lambda: Path("pipe.txt").write_text(FAULT, encoding="utf-8"), daemon=True
    )
    writer.start()
    assert cli.run(["pipe.txt", "-q"]) == 0
    writer.join()
    assert "LAGER" in capsys.readouterr().out
    assert files() == {"trace.txt", "pipe.txt", "pipe.report.html"}


def test_the_report_of_a_file_elsewhere_is_written_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run([str(EXAMPLES / "success.txt")]) == 0
    assert "success.report.html" in capsys.readouterr().out
    assert "success.report.html" in files()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    for args in (["--version"], ["trace.txt", "--version"], ["--version", "nobody.txt"]):
        assert cli.run(args) == 0
        assert capsys.readouterr().out == f"diagnose {__version__}\n"


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    # The last one goes through typer.
    for args in (["--help"], ["-h"], ["-h", "--help"]):
        assert cli.run(args) == 0
        assert capsys.readouterr().out == HELP


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["check", "--lang", "de"]) == 0
    assert capsys.readouterr().out.startswith("Wissensbasis in Ordnung")
    assert cli.run(["--lang", "en", "check", "psk-mismatch"]) == 0
    assert capsys.readouterr().out.startswith("Knowledge base in order")


# Words that are commands, options and files -----------------------------------------------


def test_options_may_stand_before_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--format", "json", "-o", "-", "--lang=de", "trace.txt"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "fault"


def test_a_file_with_the_name_of_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy("trace.txt", "check")
    assert document(capsys, "./check")["sources"][0]["name"] == "check"
    assert document(capsys, "trace.txt", "check")["sources"][1]["name"] == "check"
    assert cli.run(["check"]) == 0
    assert capsys.readouterr().out.startswith("Knowledge base in order")


def test_the_value_of_an_option_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-o", "check", "trace.txt"]) == 0
    assert "check" in capsys.readouterr().out
    assert files() == {"trace.txt", "check"}


def test_a_file_called_like_the_hidden_command(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy("trace.txt", "case")
    assert document(capsys, "case")["sources"][0]["name"] == "case"


def test_a_file_that_begins_with_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy("trace.txt", "-v.txt")
    assert cli.run(["--format", "json", "-o", "-", "--", "-v.txt"]) == 0
    assert json.loads(capsys.readouterr().out)["sources"][0]["name"] == "-v.txt"


@pytest.mark.parametrize("command", ["triage", "serve", "resolve", "redact"])
def test_what_is_not_built_yet_is_a_file_that_is_not_there(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    if command in COMMANDS:
        return
    assert cli.run([command]) == 3
    assert command in capsys.readouterr().err


def test_a_name_that_is_no_utf_8(capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"st\xf6rung.txt")
    shutil.copy("trace.txt", name)
    assert document(capsys, name)["sources"][0]["name"] == "st?rung.txt"
    assert cli.run([name]) == 0
    assert Path(os.fsdecode(b"st\xf6rung.report.html")).exists()


# Exit codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [(FAULT, 10), (started(LAGER), 11), (set_up(LAGER), 0)],
    ids=["fault", "inconclusive", "healthy"],
)
def test_the_verdict_as_exit_code_only_if_asked_for(text: str, code: int) -> None:
    Path("trace.txt").write_text(text, encoding="utf-8")
    assert cli.run(["trace.txt", "-q"]) == 0
    assert cli.run(["trace.txt", "-q", "--exit-code"]) == code


@pytest.mark.parametrize(
    "args",
    [
        ["--nobody"],
        ["trace.txt", "--nobody"],
        ["trace.txt", "--format", "pdf"],
        ["trace.txt", "--format"],
        ["trace.txt", "--lang", "fr"],
        ["-q"],
        ["check", "one", "two"],
        ["check", "nobody-knows"],
        ["trace.txt", "trace.txt"],
        ["trace.txt", "./trace.txt"],
        ["-", "-"],
        ["trace.txt", "--format", "html", "--format", "json", "-o", "-"],
        ["trace.txt", "--format", "html", "--format", "json", "-o", "trace.txt"],
    ],
    ids=" ".join,
)
def test_a_call_that_makes_no_sense(capsys: pytest.CaptureFixture[str], args: list[str]) -> None:
    assert cli.run(args) == 2
    said = capsys.readouterr()
    assert (said.out, said.err != "") == ("", True)
    assert files() == {"trace.txt"}


@pytest.mark.parametrize(
    ("name", "content", "english", "german"),
    [
        ("nobody.txt", None, "There is no file nobody.txt", "nobody.txt gibt es nicht"),
        ("empty.txt", b"", "empty.txt is empty", "empty.txt ist leer"),
        ("blank.txt", b" \r\n\r\n", "blank.txt is empty", "blank.txt ist leer"),
        ("mail.txt", b"Guten Tag", "looks like some other text", "sieht aus wie anderer Text"),
        ("scan.pdf", b"%PDF-1.7", "looks like a PDF document", "sieht aus wie ein PDF"),
        ("junk.bin", bytes(range(256)) * 9, "looks like binary data", "aus wie Binärdaten"),
        (
            "access.log",
            b'203.0.113.9 - - [14/May/2024] "GET / HTTP/1.1" 200\n',
            "the log of a web server",
            "das Log eines Webservers",
        ),
        ("banner.txt", b"| LANCOM 1781VA\n| Ver. 10.12\n", "greeting", "Begrüßung"),
    ],
)
def test_an_input_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    english: str,
    german: str,
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    assert cli.run([name]) == 3
    assert english in capsys.readouterr().err
    assert cli.run([name, "--lang", "de"]) == 3
    said = capsys.readouterr()
    assert german in said.err
    assert said.out == ""
    assert not list(Path().glob("*.report.*"))


def test_a_folder_is_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    Path("folder").mkdir()
    assert cli.run(["folder"]) == 3
    assert "folder is a folder" in capsys.readouterr().err


def test_a_link_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    Path("loop").symlink_to("loop")
    assert cli.run(["loop"]) == 3
    assert "loop cannot be read" in capsys.readouterr().err


def test_one_missing_file_of_several_is_told_before_any_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["trace.txt", "nobody.txt"]) == 3
    assert "nobody.txt" in capsys.readouterr().err
    assert files() == {"trace.txt"}


def test_a_file_that_may_not_be_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert cli.run(["trace.txt"]) == 3
    assert "trace.txt may not be read" in capsys.readouterr().err


def test_a_file_that_breaks_off_while_it_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("assistant.cli.inputs.opener", lambda _: Broken)
    assert cli.run(["trace.txt"]) == 3
    assert "trace.txt cannot be read: Input/output error" in capsys.readouterr().err


def test_no_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert cli.run(["-"]) == 3
    assert "- cannot be read" in capsys.readouterr().err


def test_hostile_names_are_shown_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["\x1b[31m\u202e{x}.txt"]) == 3
    said = capsys.readouterr().err
    assert "␛[31m\\u{202e}{x}.txt" in said


def test_a_broken_knowledge_base(capsys: pytest.CaptureFixture[str]) -> None:
    folder = HERE / "broken_knowledge" / "duplicate-key"
    expected = (folder / "expected.txt").read_text(encoding="utf-8").strip()
    for args in (["trace.txt"], ["check"], ["check", "psk-mismatch"]):
        assert cli.run([*args, "--knowledge", str(folder)]) == 4
        said = capsys.readouterr().err
        assert "The knowledge base is broken" in said
        assert expected in said
    assert files() == {"trace.txt"}
    assert cli.run(["check", "--knowledge", "nobody"]) == 4


def test_a_case_that_does_not_rank_breaks_the_knowledge_base(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = HERE / "broken_knowledge" / "no-case"
    args = ["check", "bad-weather", "--knowledge", str(folder), "--lang", "de"]
    assert cli.run(args) == 4
    said = capsys.readouterr().err
    assert "Die Wissensbasis ist fehlerhaft" in said
    assert "causes/bad-weather: expected a case" in said


def test_added_knowledge_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    folder = HERE / "broken_knowledge" / "no-case"
    found = document(capsys, "trace.txt", "--knowledge", str(folder))
    (incident,) = found["incidents"]
    assert "bad-weather" in [cause["id"] for cause in incident["causes"]]


def test_a_foreign_file_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    report = Path("trace.report.html")
    report.write_text("mine", encoding="utf-8")
    assert cli.run(["trace.txt"]) == 5
    assert "trace.report.html exists and is no report of this program" in capsys.readouterr().err
    assert cli.run(["trace.txt", "--lang", "de"]) == 5
    assert "trace.report.html gibt es schon" in capsys.readouterr().err
    assert report.read_text(encoding="utf-8") == "mine"
    assert cli.run(["trace.txt", "--force", "-q"]) == 0
    assert cli.run(["trace.txt", "-q"]) == 0


def test_the_input_is_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace.txt", "-o", "trace.txt", "--force"]) == 5
    assert "trace.txt is one of the inputs" in capsys.readouterr().err
    assert Path("trace.txt").read_text(encoding="utf-8") == FAULT


def test_a_bug_of_ours_says_where_to_report_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("assistant.diagnose.Diagnoser.diagnose", broken)
    assert cli.run(["trace.txt"]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert said.splitlines()[-1].startswith(f"diagnose: This is a bug in diagnose {__version__}")


def test_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.diagnose.Diagnoser.diagnose", interrupted)
    assert cli.run(["trace.txt"]) == 130


# Language ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "args", "is_german"),
    [
        ({}, [], False),
        ({"LANG": "de_DE.UTF-8"}, [], True),
        ({"LANG": "de"}, [], True),
        ({"LANG": "de_AT@euro"}, [], True),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, [], False),
        ({"LANG": "C", "LC_MESSAGES": "de_CH"}, [], True),
        ({"LANG": "den_CA"}, [], False),
        ({"LANG": "de_DE.UTF-8"}, ["--lang", "en"], False),
        ({}, ["--lang=de"], True),
    ],
)
def test_the_language_is_the_chosen_one_else_the_locales(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    args: list[str],
    *,
    is_german: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli.run(["nobody.txt", *args]) == 3
    assert ("gibt es nicht" in capsys.readouterr().err) is is_german
    cli.run(["trace.txt", *args])
    assert ("STÖRUNG" in capsys.readouterr().out.upper()) is is_german


def test_device_text_is_the_same_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    told = "VPN: Error: IFC-I-Connection-timeout-IKE-IPSEC (0x1106) for LAGER (192.0.2.44)"
    for language in ("de", "en"):
        assert cli.run(["trace.txt", "--lang", language]) == 0
        # The terminal is 80 characters wide.
        assert told[:70] in capsys.readouterr().out
        assert told in Path("trace.report.html").read_text("utf-8")


def test_every_error_has_its_words() -> None:
    raised = {
        word.split('"')[1]
        for path in (*HERE.parent.glob("assistant/**/*.py"), *HERE.parent.glob("reports/*.py"))
        for kind in AssistantError.__subclasses__()
        for word in path.read_text(encoding="utf-8").split(f"{kind.__name__}(")[1:]
        if word.startswith('"')
    }
    assert raised
    assert {f"error.{one}" for one in raised} <= set(all_words())


# As a process -----------------------------------------------------------------------------


def process(args: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the program; both outputs are kept unless `options` say otherwise."""
    outputs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [sys.executable, "-c", PROGRAM, *args]
    ended: subprocess.CompletedProcess[bytes]
    ended = subprocess.run(command, check=False, **outputs)  # noqa: S603 - our own program
    return ended


def test_a_reader_that_has_enough_is_no_error() -> None:
    # `diagnose trace.txt | head -c 1`
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = process(["trace.txt"], stdout=writer)
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("args", [["trace.txt"], ["trace.txt", "-o", "-"]])
def test_standard_output_that_is_full(args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = process(args, stdout=full)
    assert ended.returncode == 5
    assert b"stdout cannot be written" in ended.stderr


def test_output_in_any_encoding() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LANG": "C", "PYTHONUTF8": "0"}
    shown = process(["trace.txt", "--lang", "de"], env=environment)
    assert (shown.returncode, shown.stderr) == (0, b"")
    piped = process(["trace.txt", "--lang", "de", "--format", "html", "-o", "-"], env=environment)
    assert "Störung" in piped.stdout.decode("utf-8")


def test_a_pipe_is_read_once() -> None:
    with Path("trace.txt").open("rb") as stream:
        ended = process(["-", "--format", "json", "-o", "-"], stdin=stream)
    assert json.loads(ended.stdout)["sources"][0]["name"] == "stdin"


def test_the_published_cases_as_a_whole(capsys: pytest.CaptureFixture[str]) -> None:
    paths = sorted(map(str, CASES.glob("00[1-4]*.txt")))
    found = document(capsys, *paths)
    assert [one["outcome"] for one in found["incidents"]] == [
        "established",
        "failed",
        "lost",
        "failed",
    ]
