"""What the README promises: commands, files, links and options that exist."""

from __future__ import annotations

import re
import shlex

import pytest
import typer.main
from test_structure import ROOT

from assistant.cli.commands import CASE
from assistant.cli.commands import COMMANDS as NAMES
from assistant.cli.help import HELP
from assistant.cli.program import app

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.strip() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
PROGRAM = typer.main.get_command(app)
COMMANDS = {name: PROGRAM.get_command(None, name) for name in NAMES}  # type: ignore[attr-defined]


def test_two_commands_of_one_line_stand_at_the_top() -> None:
    main_job, tests = BLOCKS[:2]
    assert "\n" not in main_job + tests
    assert main_job.endswith("diagnose knowledge/examples/polling-failed.txt")
    assert tests.endswith("python -m pytest")
    assert all("python3 -m venv .venv" in command for command in (main_job, tests))
    assert README.index(tests) < README.index("## ")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"knowledge/[\w./-]*\w", README))))
def test_files_that_are_named_exist(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    "target", sorted({link for link in re.findall(r"\]\(([^)]+)\)", README) if "//" not in link})
)
def test_links_lead_somewhere(target: str) -> None:
    if target.startswith("#"):
        titles = re.findall(r"(?m)^#+ (.*)", README.lower())
        assert target[1:] in [re.sub(r"\s+", "-", title) for title in titles]
    else:
        assert (ROOT / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(diagnose [^`\n]+)`", README))))
def test_options_exist(command: str) -> None:
    _, *words = shlex.split(command)
    name = words[0] if words and words[0] in COMMANDS else CASE
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    known |= {"-h", "--help"}
    assert {word for word in words if word.startswith("-") and word != "-"} <= known


def test_help_names_every_command_and_option_there_is() -> None:
    listed = re.findall(r"^  (\w+)  ", HELP.split("Commands:\n")[1], re.MULTILINE)
    assert listed == sorted(name for name, one in COMMANDS.items() if not one.hidden)
    options = re.findall(r"--[\w-]+", HELP.split("Options:\n")[1].split("\n\n")[0])
    assert options == [one.opts[-1] for one in PROGRAM.params] + ["--help"]


def test_help_fits_into_a_terminal() -> None:
    assert max(map(len, HELP.splitlines())) <= 80


def test_the_versions_of_python_are_those_of_the_package() -> None:
    package = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    versions = re.findall(r"Python :: 3\.(\d+)", package)
    assert f"Python 3.{versions[0]} to 3.{versions[-1]}" in README
    assert f'requires-python = ">=3.{versions[0]}"' in package
