"""Words why the causes stand in their order: first against second, and the answer it depends on."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.answer import Weight
from assistant.model.diagnosis import Incident
from reports.causes import answer_told
from reports.escape import visible
from reports.labels import Labels

_TELLING_DECIBANS = 0.5
"""Weights below are added up in one line."""
_SENTENCE_LIMIT = 400
_PRIOR = "prior"
_TEN = 10.0
_MOST_DECIBANS = 30.0


class WeightView(Struct, frozen=True, kw_only=True):
    """One piece of evidence in the comparison of the first two causes."""

    told: str
    decibans: str
    """`+10.7`."""
    speaks_for: bool
    """For the first cause."""


class VersusView(Struct, frozen=True, kw_only=True):
    """Why the first cause stands before the second."""

    told: str
    """How much more probable it is, and how to read the table."""
    weights: tuple[WeightView, ...]
    """How common both are, then the strongest evidence first, then the rest in one line."""
    total: str
    """The sum of the lines."""


def versus_view(incident: Incident, catalog: Catalog, words: Labels) -> VersusView | None:
    """The comparison of the first two causes; None if there are not two."""
    if not incident.versus or len(incident.hypotheses) <= 1:
        return None
    first, second = (
        words.title(catalog.causes[one.cause].title) for one in incident.hypotheses[:2]
    )
    total = sum(one.decibans for one in incident.versus)
    return VersusView(
        told=words(
            "versus.told",
            first=first,
            second=second,
            ratio=_ratio(total, words),
        ),
        weights=_weights(incident.versus, catalog, words),
        total=_decibans(total, words),
    )


def _weights(versus: tuple[Weight, ...], catalog: Catalog, words: Labels) -> tuple[WeightView, ...]:
    telling = [one for one in versus if one.id == _PRIOR or abs(one.decibans) >= _TELLING_DECIBANS]
    telling.sort(key=lambda one: (one.id != _PRIOR, -abs(one.decibans)))
    views = [_weight(_told(one, catalog, words), one.decibans, words) for one in telling]
    if len(telling) < len(versus):
        # What is shown adds up as it is shown, rounding included.
        total = round(sum(one.decibans for one in versus), 1)
        rest = total - sum(round(one.decibans, 1) for one in telling)
        if round(rest, 1):
            views.append(_weight(words("versus.rest"), rest, words))
    return tuple(views)


def _ratio(decibans: float, words: Labels) -> str:
    ratio = _TEN ** (min(max(decibans, 0.0), _MOST_DECIBANS) / _TEN)
    if decibans > _MOST_DECIBANS:
        return f"> {words.number(ratio)}"
    return words.number(ratio, 1 if ratio < _TEN else 0)


def _weight(told: str, decibans: float, words: Labels) -> WeightView:
    return WeightView(told=told, decibans=_decibans(decibans, words), speaks_for=decibans >= 0)


def _told(one: Weight, catalog: Catalog, words: Labels) -> str:
    if one.id == _PRIOR:
        return words("versus.prior")
    symptom = catalog.symptoms.get(one.id)
    if one.choice is None and symptom is not None:
        return words.title(symptom.title)
    return visible(answer_told(one.id, one.choice, catalog, words), limit=_SENTENCE_LIMIT)


def _decibans(value: float, words: Labels) -> str:
    """With its sign; a zero has none."""
    rounded = round(value, 1)
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}{words.number(abs(rounded), 1)}"


def pivot_told(incident: Incident, catalog: Catalog, words: Labels) -> str:
    """The answer on which the first place depends; empty if there is none."""
    pivot = incident.pivot
    if pivot is None or pivot.instead not in catalog.causes:
        return ""
    answer = answer_told(pivot.answer.id, pivot.answer.choice, catalog, words)
    return words(
        "pivot.told",
        answer=visible(answer if answer.endswith((".", "?", "!")) else f"{answer}.", limit=400),
        cause=words.title(catalog.causes[pivot.instead].title),
        percent=words.percent(pivot.instead_probability),
    )
