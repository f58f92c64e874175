"""The house is built as its plan says, and nothing of anybody's network lies in it."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
PLACES = ("assistant", "knowledge", "reports", "tests", ".ci", "README.md", "pyproject.toml")


def ignored() -> list[str]:
    """Names that git ignores: what commands leave behind."""
    path = ROOT / ".gitignore"
    return [line.strip("/") for line in path.read_text("utf-8").split()] if path.exists() else []


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of ours and its content."""
    for place in PLACES:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            parts = file.relative_to(ROOT).parts
            if file.is_file() and not any(
                fnmatch(part, one) for part in parts for one in ignored()
            ):
                yield "/".join(parts), file.read_bytes().decode("utf-8", "replace")


def test_import_contracts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    # It disables the loggers of everybody else in this process.
    others = [one for one in logging.root.manager.loggerDict.values() if hasattr(one, "disabled")]
    for one in others:
        monkeypatch.setattr(one, "disabled", one.disabled)
    code = lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)
    assert code == 0, capsys.readouterr().out


def test_visible_top_level() -> None:
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in names if not any(fnmatch(name, one) for one in ignored())} == {
        "LICENSE",
        "README.md",
        "assistant",
        "knowledge",
        "pyproject.toml",
        "reports",
        "tests",
    }


def test_no_path_of_anybodys_machine() -> None:
    path = re.compile(r"(?<![\w.}~*])[/](?:work|tmp|home|Users|root)/[\w.]")
    found = {name: hits for name, text in texts() if (hits := path.findall(text))}
    assert found == {}


def test_every_address_is_private_or_made_for_documentation() -> None:
    found = {
        address
        for _, text in texts()
        for address in re.findall(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", text)
        if not _is_nobodys(address)
    }
    assert found == set()


def _is_nobodys(text: str) -> bool:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return True
    # `is_global` is false for private, documentation, shared, loopback and link-local ranges.
    return not address.is_global
