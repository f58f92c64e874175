"""`diagnose triage`, `tickets`, `resolve`: what they print, write and return."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from our_program import PROGRAM
from trace_lines import LAGER, ZENTRALE, lost_by_polling, no_answer, set_up

from assistant import __version__, cli
from assistant.desk.store.place import STORE_VARIABLE


@pytest.fixture(autouse=True)
def _a_desk_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path / "store" / "tickets.sqlite"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    put("in/4711.txt", set_up(LAGER) + lost_by_polling(LAGER, 100))
    put("in/4712.txt", no_answer(ZENTRALE))
    put("in/junk.txt", "Our tunnel is down.\n")


def put(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def document(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    """What a call prints as JSON."""
    assert cli.run([*args, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def triaged(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    return document(capsys, "triage", "in", "-o", "-", *args)


def test_a_table_and_a_report_of_every_ticket(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["triage", "in"]) == 0

    out, err = capsys.readouterr()
    assert out.startswith("2 tickets, 2 groups, 1 entry is no ticket\n\nTake first\n1. ")
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "in/junk.txt: junk.txt holds no LANCOM trace" in out
    assert f"Written: triage-reports{os.sep}" in out
    assert "tickets.sqlite" in err
    ids = sorted(path.name.partition(".")[0] for path in Path("triage-reports").glob("*.html"))
    assert len(ids) == 2
    assert all(name in out for name in ids)
    html = Path("triage-reports", f"{ids[0]}.report.html").read_text(encoding="utf-8")
    assert '<meta name="generator" content="lancom-vpn-assistant' in html
    reply = Path("triage-reports", f"{ids[0]}.reply.txt").read_text(encoding="utf-8")
    assert reply.startswith("Subject: ")


def test_german_speaks_german(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["triage", "in", "--lang", "de", "--no-reports"]) == 0

    out = capsys.readouterr().out
    assert "Zuerst\n" in out
    assert "Wer handelt" in out
    assert not Path("triage-reports").exists()


def test_one_line_if_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["triage", "in", "-q", "--no-reports"]) == 0
    out, err = capsys.readouterr()
    assert out == "2 tickets, 2 groups, 1 entry is no ticket\n"
    assert err == ""


def test_json_has_what_the_contract_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = triaged(capsys)

    assert found["schema"] == "vpn-triage/1"
    assert found["counts"]["tickets"] == 2
    assert found["changes"] is None
    first = found["tickets"][0]
    assert (first["name"], first["urgency"], first["report"]) == ("in/4711.txt", "today", None)
    assert first["score"] == sum(one["points"] for one in first["reasons"])
    (group,) = [one for one in found["groups"] if first["id"] in one["tickets"]]
    assert (group["id"], group["why"]["error_codes"]) == (first["group"], ["0x1307"])
    assert found["bad"] == [
        {
            "name": "in/junk.txt",
            "reason": "no-trace",
            "words": {"file": "junk.txt", "looks": "text"},
        }
    ]
    second = found["tickets"][1]
    assert second["requests"][0]["input"] in second["missing"]
    assert "ZENTRALE" in second["requests"][0]["text"]
    assert not Path("triage-reports").exists()


def test_files_of_several_formats_and_where_the_reports_lie() -> None:
    args = ["triage", "in", "-o", "out"]
    assert cli.run([*args, "--format", "json", "--format", "csv", "--format", "text"]) == 0

    found = json.loads(Path("out/triage.json").read_text(encoding="utf-8"))
    assert all(Path("out", one["report"]).is_file() for one in found["tickets"])
    assert all(Path("out", one["reply"]).is_file() for one in found["tickets"])
    text = Path("out/triage.txt").read_text(encoding="utf-8")
    assert text.splitlines()[-1].startswith(f"lancom-vpn-assistant {__version__}")
    # What we wrote we may replace; what lies among the tickets by then is no ticket.
    assert cli.run(["triage", "in", "out", "-o", "out", "--format", "csv"]) == 0


def test_no_cell_of_the_table_is_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    trace = no_answer("=CMD (192.0.2.9)")
    put("in/=1+1.txt", trace)
    put("in/e.jsonl", json.dumps({"id": "-2", "text": trace, "subject": "@SUM(A1)"}))
    assert cli.run(["triage", "in", "--format", "csv", "-o", "-"]) == 0

    out = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert len(rows) == 5
    assert {"'@SUM(A1)"} <= {row["subject"] for row in rows}
    assert {"'=CMD"} <= {row["remote_site"] for row in rows}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t"}]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], 2, "No folder or file with tickets"),
        (["nowhere"], 3, "no file nowhere"),
        (["in", "-o", "-"], 2, "exactly one --format"),
        (["in", "-o", "in/4711.txt"], 2, "is a file"),
        (["in", "--store", "postgresql://x"], 2, "no store"),
        (["in", "--store", "in/junk.txt"], 3, "is no store of tickets"),
    ],
)
def test_calls_that_make_no_sense(
    capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str
) -> None:
    assert cli.run(["triage", *args]) == code
    assert said in capsys.readouterr().err
    assert Path("in/junk.txt").read_text(encoding="utf-8") == "Our tunnel is down.\n"


def test_exit_codes() -> None:
    assert cli.run(["triage", "in", "-q", "--no-reports", "--exit-code"]) == 10
    put("bad/junk.txt", "nothing")
    assert cli.run(["triage", "bad", "-q", "--no-reports"]) == 3


def test_somebody_elses_file_is_not_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    put("out/triage.csv", "mine")

    assert cli.run(["triage", "in", "-o", "out", "--format", "csv", "--no-reports"]) == 5
    assert "was not overwritten" in capsys.readouterr().err
    assert Path("out/triage.csv").read_text(encoding="utf-8") == "mine"


def test_hostile_names_stay_inert(capsys: pytest.CaptureFixture[str]) -> None:
    put("in/\x1b[31m\u202e.txt", no_answer("\x1b]0;x\x07LAGER (192.0.2.44)"))

    assert cli.run(["triage", "in", "--no-reports"]) == 0

    out = capsys.readouterr().out
    assert not {"\x1b", "\u202e", "\x07"} & set(out)


# Resolve and tickets ------------------------------------------------------------------------


def test_what_a_ticket_was_helps_the_next_one(capsys: pytest.CaptureFixture[str]) -> None:
    ticket = triaged(capsys)["tickets"][0]["id"]
    call = ["resolve", ticket.lower(), "--cause", "poll-address-wrong"]
    call += [
        "--remedy",
        "correct-poll-target",
        "--helped",
        "yes",
        "--note",
        "was .253",
        "--by",
        "K",
    ]
    assert cli.run(call) == 0
    assert ticket in capsys.readouterr().out
    put("next/1.txt", set_up("WERK (192.0.2.45)") + lost_by_polling("WERK (192.0.2.45)", 100))

    (group,) = document(capsys, "triage", "next", "-o", "-")["groups"]

    assert group["similar"] == [
        {
            "ticket": ticket,
            "name": "in/4711.txt",
            "same": ["outcome", "stage", "codes", "cause", "attribute"],
            "cause": "poll-address-wrong",
            "remedy": "correct-poll-target",
            "helped": True,
            "note": "was .253",
        }
    ]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["AAAAA", "--cause", "psk-mismatch"], 3, "no ticket AAAAA"),
        (["{}", "--cause", "psk-mismach"], 2, "You may mean: psk-mismatch"),
        (["{}", "--cause", "unknown", "--remedy", "set-same-pks"], 2, "set-same-psk"),
        (["{}", "--cause", "unknown", "--helped", "yes"], 2, "--remedy ID says which"),
        (["{}", "--cause", "unknown", "--note", "x" * 2001], 2, "more than 2000"),
    ],
)
def test_what_cannot_be_recorded(
    capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str
) -> None:
    ticket = triaged(capsys)["tickets"][0]["id"]

    assert cli.run(["resolve", *(one.format(ticket) for one in args)]) == code
    assert said in capsys.readouterr().err
    (kept,) = document(capsys, "tickets", ticket)["tickets"]
    assert kept["resolutions"] == []


def test_tickets_are_listed_filtered_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (one["id"] for one in triaged(capsys)["tickets"])
    assert cli.run(["resolve", first, "--cause", "unknown", "--note", "a \x1b[1m note"]) == 0
    capsys.readouterr()

    assert cli.run(["tickets", "--open"]) == 0
    listed = capsys.readouterr().out
    assert second in listed
    assert first not in listed
    assert cli.run(["tickets", first, "--lang", "de"]) == 0
    shown = capsys.readouterr().out
    assert "Gelöst:" in shown
    assert "a \u241b[1m note" in shown
    (one,) = document(capsys, "tickets", first)["tickets"]
    assert one["diagnosis"]["schema"] == "vpn-diagnosis/2"
    assert one["resolutions"][0]["cause"] == "unknown"
    assert document(capsys, "tickets", "--text", "zentrale")["tickets"][0]["id"] == second
    assert cli.run(["tickets", "--cause", "remote-offline"]) == 0
    assert capsys.readouterr().out == "There is no such ticket in the store.\n"


def test_the_version_says_where_tickets_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version", "-v"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"diagnose {__version__}\nstore of tickets: ")
    assert out.endswith("tickets.sqlite (none yet)\n")
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"diagnose {__version__}\n"


def test_one_case_needs_no_database() -> None:
    program = (
        "import sys; from assistant.cli import run; run(['in/4712.txt', '-q']);"
        "print([one for one in ('sqlalchemy', 'alembic') if one in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# Ended --------------------------------------------------------------------------------------


def begun(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def tickets_kept(store: Path) -> int:
    """How many are diagnosed and kept by now; 0 as long as there is no store."""
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM diagnoses").fetchone()[0])
    except sqlite3.OperationalError:  # it is being made
        return 0


def test_a_run_killed_again_and_again_comes_to_the_same_end(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for number in range(40):
        put(f"in/{number}.txt", no_answer(f"S{number} (192.0.2.9)"))
    call = ["triage", "in", "--format", "json", "--no-reports", "--workers", "2"]
    for after in (1.5, 3.0, 4.5):
        process = begun(*call, "-o", "killed")
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    assert cli.run([*call, "-o", "killed"]) == 0
    whole = str(tmp_path / "other.sqlite")
    assert cli.run([*call, "-o", "whole", "--store", whole]) == 0
    capsys.readouterr()

    killed = Path("killed/triage.json").read_bytes()
    document = json.loads(killed)
    if document["changes"] is None:  # none of the three came to its end
        assert killed == Path("whole/triage.json").read_bytes()
    assert document["counts"]["tickets"] == 42
    assert len(triaged(capsys)["tickets"]) == 42


@pytest.mark.skipif(os.name == "nt", reason="sends a signal as a terminal does")
def test_ctrl_c_keeps_what_is_done_and_says_so() -> None:
    for number in range(300):
        put(f"in/{number}.txt", no_answer(f"S{number} (192.0.2.9)"))
    process = begun("triage", "in", "--no-reports", "--workers", "1", "--lang", "en")
    try:
        while not tickets_kept(Path("store/tickets.sqlite")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    finally:
        process.kill()
        process.communicate()

    assert process.returncode == 130
    assert "The same call continues there." in err
    done = int(err.split("Interrupted: ")[1].split()[0])
    assert 0 < done < 303


# A ticket in place of a file ---------------------------------------------------------------


def test_a_tickets_id_stands_for_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    ticket = triaged(capsys, "--keep-inputs")["tickets"][0]["id"]
    Path("in/4711.txt").unlink()

    found = document(capsys, ticket.lower(), "-o", "-")

    assert found["sources"][0]["name"] == "4711.txt"
    assert found["incidents"][0]["error_codes"] == ["0x1307"]


def test_what_was_diagnosed_before_is_kept_when_that_is_asked_for_later(
    capsys: pytest.CaptureFixture[str],
) -> None:
    triaged(capsys)
    ticket = triaged(capsys, "--keep-inputs")["tickets"][0]["id"]

    assert document(capsys, ticket, "-o", "-")["sources"][0]["name"] == "4711.txt"


def test_an_archive_that_was_kept_is_unpacked_again(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in/junk.txt").unlink()
    with zipfile.ZipFile("in/4713.zip", "w") as archive:
        archive.write("in/4711.txt", "trace.txt")
    tickets = triaged(capsys, "--keep-inputs")["tickets"]
    (ticket,) = [one["id"] for one in tickets if one["kind"] == "archive"]

    assert document(capsys, ticket, "-o", "-")["incidents"][0]["error_codes"] == ["0x1307"]


def test_two_tickets_in_place_of_files_are_told_apart_and_keep_their_sides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put("in/4711-remote.txt", no_answer(LAGER))
    rows = [{"id": 1, "text": no_answer(ZENTRALE)}, {"id": 2, "text": set_up(LAGER)}]
    put("in/e.json", json.dumps(rows))
    ids = {one["name"]: one["id"] for one in triaged(capsys, "--keep-inputs")["tickets"]}
    first, second = ids["in/e.json/1"], ids["in/e.json/2"]

    both = document(capsys, first, "--remote", second, "-o", "-")["sources"]
    pair = document(capsys, ids["in/4711-remote.txt"], "-o", "-")["sources"]

    assert [(one["name"], one["side"]) for one in both] == [
        ("text.txt", "local"),
        (f"{second}/text.txt", "remote"),
    ]
    assert [(one["name"], one["side"]) for one in pair] == [
        ("4711.txt", "local"),
        ("4711-remote.txt", "remote"),
    ]


def test_a_folder_called_tickets_gets_nothing_from_us_and_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("in").rename("tickets")
    before = sorted(Path("tickets").iterdir())

    assert cli.run(["triage", "tickets"]) == 0
    capsys.readouterr()

    assert sorted(Path("tickets").iterdir()) == before
    assert [one["kind"] for one in document(capsys, "triage", ".", "-o", "-")["tickets"]] == [
        "folder"
    ]


def test_a_sub_folder_of_many_files_may_be_many_tickets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(10):
        put(f"in/monday/{number}.txt", no_answer(f"S{number} (192.0.2.9)"))

    assert cli.run(["triage", "in", "--no-reports", "--lang", "en"]) == 0

    err = capsys.readouterr().err
    assert "The sub-folder in/monday of 10 files counts as one ticket." in err


def test_a_folder_without_a_ticket_is_an_unusable_input() -> None:
    Path("empty").mkdir()

    assert cli.run(["triage", "empty", "--no-reports"]) == 3


def test_what_was_not_kept_is_told_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    ticket = triaged(capsys)["tickets"][0]["id"]

    assert cli.run([ticket]) == 3
    assert str(Path("in/4711.txt").resolve()) in capsys.readouterr().err


def test_a_file_so_called_and_no_ticket_so_called_are_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ticket = triaged(capsys)["tickets"][0]["id"]
    put(ticket, no_answer(ZENTRALE))

    assert document(capsys, ticket, "-o", "-")["sources"][0]["name"] == ticket
    assert cli.run(["AAAAA"]) == 3
    assert "There is no file AAAAA" in capsys.readouterr().err
