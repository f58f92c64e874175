"""The knowledge base loads, and every mistake in an addition to it is told with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from trace_lines import HERE

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import OWN_KNOWLEDGE, load_catalog
from assistant.check import check
from assistant.errors import KnowledgeError

BROKEN = sorted(path for path in (HERE / "broken_knowledge").iterdir() if path.is_dir())
"""Each an addition to the knowledge base with one sort of mistake, and what is said of it."""


def told(folder: Path, only: str) -> tuple[str, ...]:
    """What loading says; if the addition loads, what its samples and cases say."""
    try:
        return check(folder, only=only).problems
    except KnowledgeError as error:
        return error.problems


@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_a_mistake_is_told(folder: Path) -> None:
    expected = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    only = "tunnel-renamed" if (folder / "patterns").exists() else "bad-weather"
    found = told(folder, only)
    assert len(found) == len(expected)
    for problem, line in zip(found, expected, strict=True):
        # Where a line ends in dots, numbers follow that the rest of the knowledge base decides.
        assert problem == line or (line.endswith("...") and problem.startswith(line[:-3]))


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    folders = [folder for folder in BROKEN if folder.name in ("unknown-hole", "duplicate-key")]
    expected = [(one / "expected.txt").read_text(encoding="utf-8").strip() for one in folders]
    with pytest.raises(KnowledgeError) as caught:
        load_catalog(*folders)
    assert sorted(caught.value.problems) == sorted(expected)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_catalog(tmp_path / "nobody", file)
    assert caught.value.problems == (
        f"{tmp_path / 'nobody'}: expected a folder with knowledge files, found nothing",
        f"{file}: expected a folder with knowledge files, found a file",
    )


def test_the_cause_unknown_must_exist(tmp_path: Path) -> None:
    own = tmp_path / "knowledge"
    shutil.copytree(OWN_KNOWLEDGE, own, ignore=shutil.ignore_patterns("*.trace", "__pycache__"))
    shutil.rmtree(own / "causes" / "unknown")
    with pytest.raises(KnowledgeError) as caught:
        load_catalog(own=own)
    assert "expected the cause 'unknown', found none" in caught.value.problems[-1]


def test_problems_name_a_folder_given_as_a_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = HERE / "broken_knowledge" / "duplicate-key"
    monkeypatch.chdir(folder)
    assert told(Path(), "bad-weather") == told(folder, "bad-weather")


def test_entries_are_found_by_their_ids(catalog: Catalog) -> None:
    assert all(name == entry.id for name, entry in catalog.patterns.items())
    assert all(name == entry.id for name, entry in catalog.causes.items())
    assert all(name == entry.code for name, entry in catalog.errors.items())
    assert list(catalog.symptoms) == [
        symptom.id for aspect in catalog.aspects for symptom in aspect.symptoms
    ]


def test_the_digest_is_of_the_content(catalog: Catalog, tmp_path: Path) -> None:
    own = tmp_path / "knowledge"
    shutil.copytree(OWN_KNOWLEDGE, own, ignore=shutil.ignore_patterns("__pycache__"))
    assert load_catalog(own=own).digest == catalog.digest
    changed = own / "vpn-errors.yaml"
    changed.write_text(changed.read_text("utf-8") + "# more\n", "utf-8")
    digest = load_catalog(own=own).digest
    assert digest != catalog.digest
    assert len(digest.removeprefix("sha256:")) == 64


def test_the_contract_knows_the_causes(catalog: Catalog) -> None:
    article = {
        "gateway-address-wrong",
        "remote-not-configured",
        "firewall-blocks-ike",
        "poll-address-wrong",
        "tunnel-traffic-blocked",
        "ping-blocked-on-public-address",
        "poll-entry-missing",
        "ike-proposal-mismatch",
        "ipsec-proposal-mismatch",
    }
    assert article | {"unknown"} <= set(catalog.causes)


def test_an_added_cause_is_weighed(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    broken = HERE / "broken_knowledge" / "no-case" / "causes"
    shutil.copytree(broken, folder / "causes")
    assert "bad-weather" in load_catalog(folder).causes
