"""A knowledge base that was checked once is taken from the cache, and only if nothing changed."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from assistant.cache import PLACE, Cache
from assistant.catalog.load import load_catalog
from assistant.errors import KnowledgeError

ADDED = """\
aspect: weather
title: {de: Wetter, en: Weather}
reliability: 98
floor: 1
symptoms:
  - id: rain
    title: {de: Regen, en: Rain}
    explanation: {de: Es regnet., en: It is raining.}
    all:
      - event: connected
    otherwise: 1
    basis: judgement
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(PLACE, str(folder))
    return folder


def kept(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.exists() else []


def addition(tmp_path: Path, text: str = ADDED) -> Path:
    folder = tmp_path / "mine"
    (folder / "symptoms").mkdir(parents=True, exist_ok=True)
    (folder / "symptoms" / "99-weather.yaml").write_text(text, encoding="utf-8")
    return folder


def test_what_comes_from_the_cache_is_the_same(cache: Path) -> None:
    first = load_catalog(cached=True)
    (file,) = kept(cache)
    second = load_catalog(cached=True)
    assert first == second == load_catalog()
    assert kept(cache) == [file]


def test_without_being_asked_for_nothing_is_kept(cache: Path) -> None:
    load_catalog()
    assert kept(cache) == []


def test_a_changed_file_is_read_anew(cache: Path, tmp_path: Path) -> None:
    folder = addition(tmp_path)
    assert load_catalog(folder, cached=True).symptoms["rain"].title.en == "Rain"
    addition(tmp_path, ADDED.replace("en: Rain", "en: Drizzle"))
    assert load_catalog(folder, cached=True).symptoms["rain"].title.en == "Drizzle"
    assert len(kept(cache)) == 2


def test_a_mistake_is_told_each_time(cache: Path, tmp_path: Path) -> None:
    folder = addition(tmp_path, ADDED.replace("event: connected", "event: sunshine"))
    for _ in range(2):
        with pytest.raises(KnowledgeError):
            load_catalog(folder, cached=True)
    assert kept(cache) == []


def test_a_folder_that_is_not_there_is_told_although_the_rest_is_cached(
    cache: Path, tmp_path: Path
) -> None:
    load_catalog(cached=True)
    assert kept(cache)
    with pytest.raises(KnowledgeError):
        load_catalog(tmp_path / "nobody", cached=True)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x81\xa8patterns\xc0", b"\x91" * 5000])
def test_a_damaged_cache_is_made_anew(cache: Path, content: bytes) -> None:
    load_catalog(cached=True)
    (file,) = kept(cache)
    file.write_bytes(content)
    assert load_catalog(cached=True) == load_catalog()
    assert file.read_bytes() != content


def test_a_changed_byte_is_noticed(cache: Path) -> None:
    load_catalog(cached=True)
    (file,) = kept(cache)
    content = bytearray(file.read_bytes())
    place = content.index(b"polling")
    content[place : place + 7] = b"Polling"
    file.write_bytes(content)
    assert load_catalog(cached=True) == load_catalog()


@pytest.mark.skipif(os.name == "nt", reason="files have no such mode there")
def test_what_others_may_have_written_is_not_read(cache: Path) -> None:
    load_catalog(cached=True)
    (file,) = kept(cache)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.stem.removeprefix("knowledge-")
    assert Cache("knowledge", kept=4).get(key)
    for mode in (0o620, 0o602, 0o666):
        file.chmod(mode)
        assert Cache("knowledge", kept=4).get(key) is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is asked")
@pytest.mark.parametrize("place", [None, "", " ", "relative", "/elsewhere"])
def test_it_lies_where_the_system_keeps_such_things(
    monkeypatch: pytest.MonkeyPatch, place: str | None
) -> None:
    monkeypatch.delenv(PLACE)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if place is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", place)
    expected = user_cache_path("lancom-vpn-assistant", appauthor=False)
    assert Cache("x", kept=1)._folder == expected  # noqa: SLF001 - nothing else shows it


def test_a_cache_that_cannot_be_written_is_none(cache: Path) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert load_catalog(cached=True) == load_catalog()


def test_only_a_few_are_kept(cache: Path, tmp_path: Path) -> None:
    folder = addition(tmp_path)
    for number in range(6):
        addition(tmp_path, ADDED.replace("en: Rain", f"en: Rain {number}"))
        load_catalog(folder, cached=True)
    assert len(kept(cache)) == 4


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(PLACE, "off")
    assert load_catalog(cached=True) == load_catalog()
    assert list(tmp_path.iterdir()) == []
