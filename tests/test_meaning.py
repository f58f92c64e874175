"""What counts as a difference between the documents of two releases: `benchmarks/meaning.py`."""

from __future__ import annotations

import copy
import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from trace_lines import CASES

Document = dict[str, Any]
meaning: Any = importlib.import_module("benchmarks.meaning")


@pytest.fixture(scope="module")
def document() -> Document:
    """Of an earlier release, with every place of all evidence."""
    path = CASES / "reports" / "polling-failed.vpn-diagnosis-1.json"
    found: Document = json.loads(path.read_text(encoding="utf-8"))
    return found


def changed(document: Document, change: Callable[[Document], object]) -> list[str]:
    """Kinds of differences after a change."""
    later = copy.deepcopy(document)
    change(later)
    return [one.kind for one in meaning.differences(document, later)]


def _shorten(document: Document) -> None:
    """The form that says each thing once."""
    for cause in document["incidents"][0]["causes"]:
        for evidence in cause["evidence"]:
            evidence.pop("places", None)
        if cause["standing"] == "unlikely":
            for name in ("evidence", "remedies", "prior_decibans"):
                del cause[name]


def _first(document: Document) -> Document:
    found: Document = document["incidents"][0]["causes"][0]
    return found


def test_a_shorter_form_of_the_same_and_a_new_field_are_no_difference(document: Document) -> None:
    assert changed(document, _shorten) == []
    assert changed(document, lambda one: one.update(added=1)) == []
    assert meaning.added_fields(document, {**document, "added": 1}) == {"added"}


def test_the_short_form_must_have_all_places_under_the_symptoms(document: Document) -> None:
    def lose_a_place(later: Document) -> None:
        _shorten(later)
        for symptom in later["incidents"][0]["symptoms"]:
            del symptom["evidence"][1:]

    assert set(changed(document, lose_a_place)) == {
        "incidents.symptoms.evidence (gone)",
        "incidents.causes.evidence.places (gone)",
    }


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda one: one.update(verdict="healthy"), "verdict"),
        (lambda one: one.pop("away"), "away (left out)"),
        (lambda one: one["incidents"].clear(), "incidents (gone)"),
        (lambda one: one["incidents"][0].update(occurrences=2), "incidents.occurrences"),
        (lambda one: one["incidents"][0].update(recovered=1), "incidents.recovered"),
        (lambda one: one["incidents"][0]["causes"].reverse(), "incidents.causes (order)"),
        (lambda one: _first(one).update(probability=0.1), "incidents.causes.probability"),
        (lambda one: _first(one)["evidence"].pop(), "incidents.causes.evidence (gone)"),
        (lambda one: _first(one).pop("remedies"), "incidents.causes.remedies (left out)"),
        (
            lambda one: _first(one)["evidence"][0].update(first_line=2),
            "incidents.causes.evidence.first_line",
        ),
        (
            lambda one: _first(one).update(probability=_first(one)["probability"] + 0.0001),
            "incidents.causes.probability (last digit)",
        ),
        (lambda one: one["coverage"].update(records=1), "coverage.records"),
        (lambda one: one["sources"][0]["classes"].clear(), "sources.classes.VPN-Status (left out)"),
    ],
)
def test_what_means_something_else_is_a_difference(
    document: Document, change: Callable[[Document], object], kind: str
) -> None:
    assert changed(document, change) == [kind]
