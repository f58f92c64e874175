"""What a start of the program does without: counted, because seconds depend on the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import pytest

from assistant.cache import PLACE

TICKET = str(Path(__file__).parent.parent / "knowledge" / "examples" / "polling-failed.txt")
ASKED_RARELY = (
    "alembic",
    "platformdirs",
    "prompt_toolkit",
    "rich.text",
    "sqlalchemy",
    "tarfile",
    "yaml",
    "zipfile",
    "assistant.captured",
    "assistant.catalog.reading",
    "assistant.check",
    "assistant.comparison",
    "assistant.config",
    "assistant.configured",
    "assistant.desk",
    "assistant.interview",
    "assistant.trace.charon",
    "assistant.trace.packets.ping_output",
    "assistant.trace.packets.tcpdump",
    "assistant.trace.pairing.pairs",
    "reports.comparison",
    "reports.stored.restore",
    "reports.triage",
    "reports.verbose",
)
"""What only other calls, other files and other terminals need."""


class Work(NamedTuple):
    """What a process did."""

    modules: frozenset[str]
    """That it imported."""
    regexes: int
    """Regular expressions that it compiled, of all packages."""
    templates: int
    rules: int
    """That were made known to experta."""

    def imported(self, *packages: str) -> set[str]:
        """Modules of these packages that it imported."""
        return {
            one
            for one in self.modules
            for name in packages
            if one == name or one.startswith(f"{name}.")
        }


Start = Callable[..., Work]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Runs the program with these words in a process of its own."""

    def run(*words: str) -> Work:
        command = [sys.executable, __file__, *words]
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=True)  # noqa: S603
        modules, *counts = json.loads(done.stderr.splitlines()[-1])
        return Work(frozenset(modules), *counts)

    return run


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_need_no_package(start: Start, option: str) -> None:
    work = start(option)
    assert not work.imported("typer", "msgspec", "jinja2", "experta", "yaml", "rich", "sqlalchemy")
    assert len(work.imported("assistant", "reports", "knowledge")) <= 6
    assert work.regexes == 0


@pytest.mark.parametrize("word", ["0x1106", "poll-address-wrong"])
def test_a_word_that_was_explained_before_needs_no_reader_and_no_engine(
    start: Start, word: str
) -> None:
    start("explain", word)
    work = start("explain", word)
    assert not work.imported("typer", "jinja2", "experta", *ASKED_RARELY)
    assert not work.imported("assistant.diagnose", "assistant.trace", "assistant.engine")
    assert not work.imported("assistant.inference", "reports.html", "reports.text")


def test_a_ticket_needs_what_it_shows(start: Start) -> None:
    for one in Path(os.environ[PLACE]).glob("templates-*"):
        one.unlink()
    assert start(TICKET).templates > 0
    work = start(TICKET)
    assert work.templates == 0
    assert not work.imported("typer", *ASKED_RARELY)
    assert work.imported("jinja2.environment", "experta.engine", "assistant.trace.read")
    # Of the knowledge base's 1,261, as many as the facts of one trace could fire.
    assert 0 < work.rules <= 120
    assert work.regexes <= 110


def test_options_are_parsed_by_typer_and_change_nothing_else(start: Start, tmp_path: Path) -> None:
    start(TICKET)
    (plain,) = tmp_path.glob("*.html")
    page = plain.read_bytes()
    work = start("-q", TICKET)
    assert work.imported("typer")
    assert plain.read_bytes() == page
    assert not work.imported(*ASKED_RARELY)


def _counted() -> None:
    """The process: counts what the program does, and tells it on standard error."""
    counts = {("compile", "regexes"): 0, ("compile", "templates"): 0, ("_compiled", "rules"): 0}
    where = {
        "re/_compiler.py": "regexes",
        "sre_compile.py": "regexes",
        "jinja2/environment.py": "templates",
        "assistant/engine/_experta.py": "rules",
    }

    def called(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name in ("compile", "_compiled"):
            path = code.co_filename.replace("\\", "/")
            kind = next((kind for end, kind in where.items() if path.endswith(end)), "")
            if (code.co_name, kind) in counts:
                counts[code.co_name, kind] += 1

    before = set(sys.modules)
    from assistant.cli import run  # noqa: PLC0415 - counted too

    sys.setprofile(called)
    code = run(sys.argv[1:])
    sys.setprofile(None)
    sys.stderr.write(json.dumps([sorted(set(sys.modules) - before), *counts.values()]))
    sys.exit(code)


if __name__ == "__main__":
    _counted()
