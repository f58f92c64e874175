"""`--ask` and `diagnose ask`: the dialogue line by line and on a terminal, saved at every step."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from our_program import PROGRAM
from trace_lines import LAGER, ZENTRALE, lost_by_polling, no_answer, set_up

from assistant import cli
from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.cli.moves import LETTERS, WORDS, Command, Move, move_of
from assistant.session import STATE_VARIABLE

TIMED_OUT = no_answer(LAGER)
CONFIGURATION = """\
lang English
flash No
cd /Setup/VPN/VPN-Peers
tab Peer SH-Time Extranet-Address Remote-Gw
add "LAGER" 9999 0.0.0.0 "192.0.2.44"
cd /
flash Yes
exit
"""


@pytest.fixture(autouse=True)
def _load_our_knowledge_once(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "assistant.catalog.load.load_catalog",
        lambda *more, **own: load_catalog(*more, **own) if more or own else catalog,
    )


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """English, in a folder of its own, with a state folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "state"
    monkeypatch.setenv(STATE_VARIABLE, str(folder))
    Path("trace.txt").write_text(TIMED_OUT, encoding="utf-8")
    return folder / "dialogues"


class Lines:
    """Runs a dialogue with these lines as standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *lines: str, call: Sequence[str] = ("trace.txt", "--ask")) -> str:
        """What was printed; the report is JSON."""
        answers = io.StringIO("".join(f"{line}\n" for line in lines))
        self._monkeypatch.setattr("sys.stdin", answers)
        assert cli.run([*call, "--format", "json", "-o", "out.json"]) == 0
        said = self._capsys.readouterr()
        assert said.err == ""
        # Wrapping is not what these tests are about.
        return " ".join(said.out.split())


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lines:
    return Lines(monkeypatch, capsys)


def report() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("out.json").read_text("utf-8"))
    return found


def answers() -> list[tuple[str, str]]:
    return [(one["id"], one["choice"]) for one in report()["answers"]]


def saved(state: Path) -> list[str]:
    """The lines of the session file without the remarks."""
    (file,) = state.iterdir()
    return [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]


# Line by line -----------------------------------------------------------------------------


def test_it_asks_and_tells_the_ranking_in_one_line(ask: Lines) -> None:
    said = ask()
    assert "LAGER (192.0.2.44)" in said
    assert re.search(r"\d+ % gateway address wrong \| \d+ % ", said)
    assert "Has this tunnel ever worked" in said
    assert "1 never Has never worked 2 until-change" in said


def test_answers_by_id_number_and_letter(ask: Lines) -> None:
    ask("history=never", "other own-internet-up", "yes", "other remote-online", "2", "u")
    (history, own, online, unknown) = answers()
    assert (history, own) == (("history", "never"), ("own-internet-up", "yes"))
    assert online == ("remote-online", "no")
    assert unknown[1] == "unknown"
    assert {one["from"] for one in report()["answers"]} == {"dialogue"}


def test_remarks_and_empty_lines_say_nothing(ask: Lines) -> None:
    ask("# a remark", "", "   ", "history=never # so they say")
    assert answers() == [("history", "never")]


def test_it_says_when_the_answers_run_out(ask: Lines) -> None:
    assert "The answers have run out" in ask("history=never")


def test_a_wrong_line_says_what_would_do_and_goes_on(ask: Lines) -> None:
    said = ask("other own-internet-up", "perhaps", "9", "history=maybe", "weather=fine", "yes")
    assert '"perhaps" is no answer here. Possible: yes, no, why' in said
    assert '"9" is no answer here' in said
    assert 'There is no choice "maybe" for history' in said
    assert 'There is no question "weather"' in said
    assert answers() == [("own-internet-up", "yes")]


def test_a_line_without_end_is_one_wrong_line(ask: Lines) -> None:
    said = ask("\x1b[31m" + "x" * 100_000, "history=never")
    assert "␛[31mxxxx" in said
    assert len(said) < 10_000
    assert answers() == [("history", "never")]


def test_why_and_how(ask: Lines) -> None:
    said = ask("other own-internet-up", "why", "how")
    assert "What each answer would change" in said
    assert re.search(r"no \d+ % \d+ % own Internet down", said)
    assert "symptom:no-answer-in-phase-1 [trace.txt, lines 1-2, 4-5]" in said
    assert "in decibans" in said


def test_after_an_explanation_only_the_question_itself_comes_again(ask: Lines) -> None:
    said = ask("other own-internet-up", "why", "away bogus")
    in_full = "1 yes Yes, it works 2 no"
    reminder = "? (1 yes | 2 no)"
    assert (said.count(in_full), said.count(reminder)) == (1, 2)


def test_another_question_is_told_in_full_again(ask: Lines) -> None:
    said = ask("other own-internet-up", "other remote-online", "other own-internet-up")
    assert said.count("1 yes Yes, it works 2 no") == 2


def test_after_the_hand_over_text_the_result_is_only_named_again(ask: Lines) -> None:
    said = ask(*["unknown"] * 40, "save", "save")
    assert said.count("No further question is worth asking.") == 3
    assert said.count("Repair in this order: 1. ") == 1


@pytest.mark.parametrize("line", ["why history", "warum history", "w history", "save notes.txt"])
def test_what_follows_a_command_that_takes_nothing_is_not_dropped(ask: Lines, line: str) -> None:
    word = line.partition(" ")[0]
    said = ask("other own-internet-up", line)
    assert f'Nothing may follow "{word}". To be asked a certain question, type' in said
    assert "Why this question?" not in said
    assert not Path("trace.hand-over.txt").exists()


@pytest.mark.parametrize(("lang", "form"), [("de", "FRAGE=WAHL."), ("en", "QUESTION=CHOICE.")])
def test_a_wrong_line_names_the_form_as_the_help_does(ask: Lines, lang: str, form: str) -> None:
    said = ask("nonsense", call=["ask", "trace.txt", "--lang", lang])
    assert f", {form}" in said
    assert "ID=CHOICE" not in said


def test_back_asks_again(ask: Lines) -> None:
    said = ask("other own-internet-up", "no", "history=never", "back", "back", "yes")
    assert "The answer has been taken back." in said
    assert answers() == [("own-internet-up", "yes")]
    assert "There is no answer to take back." in ask("back", call=["ask", "trace.txt", "--fresh"])


def test_skipping_answers_nothing(ask: Lines) -> None:
    said = ask("skip")
    assert "Skipped: Has this tunnel ever worked" in said
    assert answers() == []


def test_nobody_at_the_other_side(ask: Lines, state: Path) -> None:
    ask("away")
    (incident,) = report()["incidents"]
    assert {one["who"] for one in incident["questions"]} == {"local"}
    assert saved(state) == ["away: remote"]
    ask("away none")
    assert saved(state) == ["{}"]


def test_of_the_other_sides_trace_its_people_are_asked(ask: Lines) -> None:
    said = ask("other own-internet-up", call=["ask", "--remote", "trace.txt"])
    assert "LAGER (192.0.2.44), remote site's trace" in said
    assert "(at the remote site, 1 min" in said
    assert "here, at our own router" not in said


def test_a_contradiction_is_told_at_once_with_how_to_change_it(ask: Lines) -> None:
    text = set_up(LAGER) + lost_by_polling(LAGER, 300)
    Path("trace.txt").write_text(text, encoding="utf-8")
    said = ask("history=never")
    assert "Contradiction:" in said
    assert "trace.txt, line" in said
    assert "Change it by history=never | history=until-change | history=suddenly" in said


def test_what_the_call_contradicts_is_told_before_the_first_question(ask: Lines) -> None:
    text = set_up(LAGER) + lost_by_polling(LAGER, 300)
    Path("trace.txt").write_text(text, encoding="utf-8")
    said = ask(call=["ask", "trace.txt", "--answer", "history=never"])
    assert said.startswith("Contradiction:")


def test_several_sites_in_trouble(ask: Lines) -> None:
    Path("trace.txt").write_text(TIMED_OUT + no_answer(ZENTRALE), encoding="utf-8")
    said = ask("site 2", "site 9")
    assert "Which remote site is it about?" in said
    assert "It is about ZENTRALE (203.0.113.10)." in said
    assert 'There is no "9". Possible: 1, 2.' in said


def test_the_end_tells_repairs_and_takes_what_was_tried(ask: Lines) -> None:
    finish = ["unknown"] * 40
    said = ask("history=never", *finish, "tried correct-gateway-address", "hand-over", "save")
    assert "No further question is worth asking." in said
    assert "Repair in this order: 1. " in said
    assert "Hand over when two repairs have not helped" in said
    assert "Tried, did not help: Correct the remote site's gateway address" in said
    assert ("tried:correct-gateway-address", "no-help") in answers()
    assert "Hand-over text: trace.hand-over.txt" in said
    text = Path("trace.hand-over.txt").read_text("utf-8")
    assert "Has this tunnel ever worked" in text


def test_a_file_in_the_way_of_the_hand_over_ends_nothing(ask: Lines) -> None:
    Path("trace.hand-over.txt").write_text("mine", encoding="utf-8")
    said = ask("save", "history=never")
    assert "trace.hand-over.txt exists and is no report of this program" in said
    assert Path("trace.hand-over.txt").read_text("utf-8") == "mine"
    assert answers() == [("history", "never")]


def test_a_healthy_case_has_nothing_to_ask(ask: Lines) -> None:
    Path("trace.txt").write_text(set_up(LAGER), encoding="utf-8")
    assert "There is no fault here, and nothing to ask." in ask()


def test_without_any_file(ask: Lines) -> None:
    said = ask("last-error=no-poll-entry", call=["ask"])
    assert "Case without a trace, by answers" in said
    (incident,) = report()["incidents"]
    assert (incident["origin"], incident["causes"][0]["id"]) == ("answers", "poll-entry-missing")


def test_in_german(ask: Lines) -> None:
    call = ["ask", "trace.txt", "--lang", "de"]
    said = ask("warum", "später", "niemand", "zurück", "ende", call=call)
    assert "Warum diese Frage?" in said
    assert "Antwort erwartet dann steht vorn" in said
    assert "Übersprungen:" in said
    assert "Zurückgenommen." in said
    assert "Weiter mit: diagnose ask trace.txt" in said


def test_a_report_on_standard_output_has_it_to_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("history=never\n"))
    assert cli.run(["ask", "trace.txt", "--format", "json", "-o", "-"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["answers"][0]["id"] == "history"
    assert "Has this tunnel ever worked" in said.err


# Saved and resumed ------------------------------------------------------------------------


def test_quitting_saves_and_the_next_call_resumes(ask: Lines, state: Path) -> None:
    said = ask("history=never", "own-internet-up=yes", "quit", "remote-online=no")
    (file,) = state.iterdir()
    assert f"Saved in {file} Go on with: diagnose ask trace.txt" in said
    said = ask("back")
    assert re.search(r"Resumed: 2 answers of \d{4}-\d\d-\d\d \d\d:\d\d. Begin anew", said)
    assert answers() == [("history", "never")]
    assert saved(state) == ["history: never"]


def test_the_saved_file_can_be_given_to_the_option(ask: Lines, state: Path) -> None:
    ask("history=never", "tried:correct-gateway-address=no-help", "away")
    (file,) = state.iterdir()
    first = report()
    assert cli.run(["trace.txt", "--answers", str(file), "--format", "json", "-o", "2.json"]) == 0
    second = json.loads(Path("2.json").read_text("utf-8"))
    assert first["incidents"] == second["incidents"]


def test_another_name_for_the_same_content_resumes(ask: Lines) -> None:
    ask("history=never")
    Path("trace.txt").rename("other.txt")
    assert "Resumed: 1 answer" in ask(call=["ask", "other.txt"])
    Path("other.txt").write_text(no_answer(ZENTRALE), encoding="utf-8")
    assert "Resumed" not in ask(call=["ask", "other.txt"])


def test_beginning_anew_keeps_the_earlier_answers_aside(ask: Lines, state: Path) -> None:
    ask("history=never")
    said = ask("own-internet-up=yes", call=["ask", "trace.txt", "--fresh"])
    assert "The earlier answers lie in" in said
    assert answers() == [("own-internet-up", "yes")]
    assert len(list(state.iterdir())) == 2


def test_what_the_call_says_wins_over_what_was_saved(ask: Lines) -> None:
    ask("history=never")
    ask(call=["ask", "trace.txt", "--answer", "history=suddenly"])
    assert answers() == [("history", "suddenly")]


def test_a_damaged_file_is_told_and_kept(ask: Lines, state: Path) -> None:
    ask("history=never")
    (file,) = state.iterdir()
    file.write_bytes(b"\xff{{{")
    said = ask("own-internet-up=yes")
    assert "could not be read. They lie unchanged in" in said
    assert answers() == [("own-internet-up", "yes")]
    contents = sorted(path.read_bytes()[:4] for path in state.iterdir())
    assert contents == [b"# An", b"\xff{{{"]


def test_answers_that_are_no_longer_known_are_told(ask: Lines, state: Path) -> None:
    ask("history=never")
    (file,) = state.iterdir()
    file.write_text("history: never\nweather: fine\n", encoding="utf-8")
    said = ask()
    assert "does not know these saved answers: weather: fine." in said
    assert answers() == [("history", "never")]


def test_where_nothing_can_be_saved_it_says_so_once_and_goes_on(ask: Lines, state: Path) -> None:
    state.parent.write_text("in the way", encoding="utf-8")
    said = ask("history=never", "own-internet-up=yes")
    assert said.count("cannot be saved") == 1
    assert answers() == [("history", "never"), ("own-internet-up", "yes")]


# The call ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (["-", "--ask"], "Standard input (-) is the trace already"),
        (["ask", "trace.txt", "--remote", "-"], "Standard input (-) is the trace already"),
        (["trace.txt", "--fresh"], "--fresh belongs to --ask"),
        (["-q"], "No file is given"),
        (["--away", "remote"], "No file is given"),
        (["trace.txt", "--away", "moon"], "--away"),
    ],
)
def test_a_call_that_makes_no_sense(
    capsys: pytest.CaptureFixture[str], call: list[str], says: str
) -> None:
    assert cli.run(call) == 2
    said = capsys.readouterr()
    assert (said.out, says in " ".join(said.err.split())) == ("", True)


def test_away_as_option_and_in_the_file_of_answers() -> None:
    Path("answers.yaml").write_text("history: never\naway: remote\n", encoding="utf-8")
    for options in (["--away", "remote"], ["--answers", "answers.yaml"]):
        call = ["trace.txt", *options, "--format", "json", "-o", "out.json"]
        assert cli.run(call) == 0
        (incident,) = report()["incidents"]
        assert {one["who"] for one in incident["questions"]} <= {"local"}


def test_whose_file_it_is(ask: Lines) -> None:
    Path("peer.txt").write_text(no_answer(ZENTRALE), encoding="utf-8")
    Path("router.lcs").write_text(CONFIGURATION, encoding="utf-8")
    Path("their.lcs").write_text(CONFIGURATION.replace("LAGER", "WERK"), encoding="utf-8")
    options = ["--remote", "peer.txt", "--config", "router.lcs", "--remote-config", "their.lcs"]
    ask(call=["ask", "trace.txt", *options])
    sides = {one["name"]: (one["kind"], one["side"]) for one in report()["sources"]}
    assert sides == {
        "trace.txt": ("lancom-trace", "local"),
        "peer.txt": ("lancom-trace", "remote"),
        "router.lcs": ("lancom-config", "local"),
        "their.lcs": ("lancom-config", "remote"),
    }


def test_a_configuration_alone_names_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    Path("router.lcs").write_text(CONFIGURATION, encoding="utf-8")
    assert cli.run(["--config", "router.lcs", "--format", "json"]) == 0
    assert capsys.readouterr().out == "router.report.json\n"


def test_a_trace_is_no_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--config", "trace.txt"]) == 3
    assert "is no LANCOM configuration" in capsys.readouterr().err


def test_without_a_dialogue_its_libraries_are_not_loaded() -> None:
    code = (
        "import sys; from assistant.cli import run; run(['trace.txt', '-q', '--format', 'json']);"
        " print(*sys.modules)"
    )
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], stdout=subprocess.PIPE, check=True
    )
    assert not {b"prompt_toolkit", b"platformdirs"} & set(ended.stdout.split())


# Moves ------------------------------------------------------------------------------------


def test_every_command_can_be_typed_beside_every_choice(catalog: Catalog) -> None:
    choices = {choice.id for one in catalog.questions.values() for choice in one.choices}
    assert not choices & {*LETTERS.values(), "unknown", "why", "how", "back", "skip", "quit"}
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert set(LETTERS.values()) <= set(WORDS)


@pytest.mark.parametrize(
    ("line", "move"),
    [
        ("WHY", Move(command=Command.WHY)),
        ("q", Move(command=Command.QUIT)),
        ("away=local", Move(command=Command.AWAY, what="local")),
        ("site 2", Move(command=Command.SITE, what="2")),
        ("other", Move(command=Command.ANSWER, what="other")),
        ("other history", Move(command=Command.OTHER, what="history")),
        ("o", Move(command=Command.OTHER)),
        ("1", Move(command=Command.ANSWER, what="yes")),
        ("0", None),
        ("4", None),
        ("\u0661", None),
        ("99999999999999999999", None),
        ("yes please", None),
    ],
)
def test_what_a_line_means(line: str, move: Move | None) -> None:
    assert move_of(line, ["yes", "no", "other"]) == move


# As a process -----------------------------------------------------------------------------


class Conversation:
    """A dialogue as a process, driven by what it prints."""

    def __init__(self, *call: str, terminal: bool = False) -> None:
        environment = os.environ | {"TERM": "xterm", "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
        command = [sys.executable, "-c", PROGRAM, *call, "--format", "json", "-o", "out.json"]
        ends: dict[str, Any]
        if terminal:
            # Both exist where there are terminals only.
            import fcntl  # noqa: PLC0415
            import pty  # noqa: PLC0415
            import struct  # noqa: PLC0415
            import termios  # noqa: PLC0415

            self.out, far = pty.openpty()
            fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            ends = {"stdin": far, "stdout": far, "stderr": far, "start_new_session": True}
            self.into = self.out
        else:
            read, self.into = os.pipe()
            self.out, far = os.pipe()
            ends = {"stdin": read, "stdout": far, "stderr": far}
        self.process = subprocess.Popen(command, env=environment, **ends)  # noqa: S603
        for one in {ends["stdin"], far}:
            os.close(one)
        self.said = ""

    def type(self, keys: str) -> None:
        """Answer."""
        os.write(self.into, keys.encode())

    def until(self, text: str) -> str:
        """Read until this is printed; what was printed since the last time."""
        start = len(self.said)
        patience = time.monotonic() + 60
        while text not in self.said[start:]:
            ready, _, _ = select.select([self.out], [], [], max(0, patience - time.monotonic()))
            data = b""
            with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
                data = os.read(self.out, 1 << 16) if ready else b""
            if not data:
                pytest.fail(f"{text!r} was not printed but: {self.said[start:]}")
            self.said += data.decode("utf-8", "replace")
        return self.said[start:]

    def end(self) -> int:
        """Close standard input and wait; the exit code."""
        if self.into != self.out:
            os.close(self.into)
        code = self.process.wait(timeout=60)
        os.close(self.out)
        return code


@pytest.fixture
def conversations() -> Iterator[list[Conversation]]:
    begun: list[Conversation] = []
    yield begun
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def test_killed_after_each_answer_nothing_is_lost(
    conversations: list[Conversation], state: Path
) -> None:
    given = ["history: never", "own-internet-up: yes", "remote-online: no"]
    for number, line in enumerate(given, start=1):
        one = Conversation("ask", "trace.txt")
        conversations.append(one)
        one.until("QUESTION=CHOICE]")
        one.type(line.replace(": ", "=") + "\n")
        # The next question comes after saving.
        one.until("LAGER (192.0.2.44)")
        one.process.send_signal(signal.SIGKILL)
        assert one.end() == -signal.SIGKILL
        assert saved(state) == given[:number]


def test_an_interrupt_says_where_the_answers_are(
    conversations: list[Conversation], state: Path
) -> None:
    one = Conversation("ask", "trace.txt")
    conversations.append(one)
    one.until("1 never")
    one.type("never\n")
    one.until("LAGER (192.0.2.44)")
    one.process.send_signal(signal.SIGINT)
    (file,) = state.iterdir()
    said = " ".join(one.until("Go on with").split())
    assert f"Interrupted; no answer is lost. Saved in {file}" in said
    assert one.end() == 130
    assert not Path("out.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_on_a_terminal(conversations: list[Conversation], state: Path) -> None:
    one = Conversation("ask", "trace.txt", terminal=True)
    conversations.append(one)
    one.until("quit (saves)")
    one.type("w")
    one.until("Enter to go on")
    one.type("\r")
    one.until("quit (saves)")
    one.type("1")
    assert "- Has this tunnel ever worked" in one.until("quit (saves)")
    assert saved(state) == ["history: never"]
    one.type("b")
    one.until("quit (saves)")
    assert saved(state) == ["{}"]
    one.type("\x1b[B\r")
    one.until("quit (saves)")
    assert saved(state) == ["history: until-change"]
    one.type("\x03")
    one.until("Go on with: diagnose ask trace.txt")
    assert one.end() == 130


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_on_a_terminal_quitting_writes_the_report(conversations: list[Conversation]) -> None:
    one = Conversation("ask", "trace.txt", "--lang", "de", "--no-color", terminal=True)
    conversations.append(one)
    one.until("beenden (speichert)")
    one.type("u")
    one.until("beenden (speichert)")
    one.type("q")
    said = one.until("out.json")
    assert "Gespeichert in" in said
    assert one.end() == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", one.said)
    assert answers() == [("history", "unknown")]
