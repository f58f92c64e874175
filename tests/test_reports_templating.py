"""Templates are compiled once, and again whenever what they are made of has changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, TemplateNotFound, UndefinedError

from assistant.cache import PLACE
from reports import templating
from reports.templating import environment


class Compiling:
    """Which templates jinja2 compiles, counted while it does."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        before: Any = Environment.compile

        def compile_it(self_: Environment, source: str, name: str, *others: str) -> object:
            self.names.append(name)
            return before(self_, source, name, *others)

        patch.setattr(Environment, "compile", compile_it)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Templates that may be changed."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "word.j2").write_text("{% import 'sign.j2' as signs %}{{ word }}{{ signs.sign() }}")
    (folder / "sign.j2").write_text("{% macro sign() %}!{% endmacro %}")
    monkeypatch.setattr(templating, "_FOLDER", folder)
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(PLACE, str(folder))
    return folder


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> Compiling:
    return Compiling(monkeypatch)


def said(word: str = "<b>") -> str:
    """What a program that was just started makes of a template."""
    return environment.__wrapped__().get_template("word.j2").render(word=word)


@pytest.mark.usefixtures("folder", "cache")
def test_the_next_start_compiles_nothing(compiling: Compiling) -> None:
    assert said() == "&lt;b&gt;!"
    assert sorted(compiling.names) == ["sign.j2", "word.j2"]
    assert said() == "&lt;b&gt;!"
    assert len(compiling.names) == 2


@pytest.mark.usefixtures("cache")
def test_a_changed_template_is_never_told_from_the_cache(folder: Path) -> None:
    said()
    (folder / "sign.j2").write_text("{% macro sign() %}?{% endmacro %}")
    assert said() == "&lt;b&gt;?"


@pytest.mark.usefixtures("cache")
def test_neither_are_templates_elsewhere_nor_those_of_another_jinja2(
    folder: Path, compiling: Compiling, monkeypatch: pytest.MonkeyPatch
) -> None:
    said()
    monkeypatch.setattr(templating, "_FOLDER", shutil.copytree(folder, folder.parent / "other"))
    said()
    assert len(compiling.names) == 4
    monkeypatch.setattr("jinja2.__version__", "99.0")
    said()
    assert len(compiling.names) == 6


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0\0\0\0", b"\xff" * 400])
def test_a_damaged_cache_is_made_anew(cache: Path, compiling: Compiling, content: bytes) -> None:
    said()
    (file,) = cache.iterdir()
    file.write_bytes(content)
    assert said() == "&lt;b&gt;!"
    assert len(compiling.names) == 4
    assert said() == "&lt;b&gt;!"
    assert len(compiling.names) == 4


@pytest.mark.usefixtures("folder")
def test_code_that_somebody_else_may_have_written_is_not_run(
    cache: Path, compiling: Compiling
) -> None:
    said()
    (file,) = cache.iterdir()
    file.chmod(0o666)
    said()
    assert len(compiling.names) == 4


@pytest.mark.usefixtures("folder")
def test_a_cache_that_cannot_be_written_is_none(cache: Path) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert said() == said() == "&lt;b&gt;!"


@pytest.mark.usefixtures("folder", "cache")
def test_mistakes_in_a_call_are_told() -> None:
    for _ in range(2):
        made = environment.__wrapped__()
        with pytest.raises(TemplateNotFound):
            made.get_template("none.j2")
        with pytest.raises(UndefinedError):
            made.get_template("word.j2").render()
