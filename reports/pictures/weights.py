"""What a picture says of evidence: its words, and how many decibans it is worth."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.answer import Weight
from assistant.model.diagnosis import Evidence
from reports.causes import answer_told
from reports.labels import Labels

PRIOR = "prior"
_TELLING_DECIBANS = 0.5


class Worth(Struct, frozen=True, kw_only=True):
    """One piece of evidence, or several in one."""

    told: str
    decibans: float
    sum_of: int = 1


def worth_of(one: Evidence | Weight, catalog: Catalog, words: Labels) -> Worth:
    """Evidence in words."""
    if one.id == PRIOR:
        told = words("versus.prior")
    elif one.choice is None and one.id in catalog.symptoms:
        told = words.title(catalog.symptoms[one.id].title)
    else:
        told = answer_told(one.id, one.choice, catalog, words)
    return Worth(told=told, decibans=one.decibans)


def strongest(found: Sequence[Worth], most: int, words: Labels) -> tuple[Worth, ...]:
    """The strongest first; the others, and those that say next to nothing, summed up in one."""
    ranked = sorted(found, key=lambda one: -abs(one.decibans))
    telling = [one for one in ranked if abs(one.decibans) >= _TELLING_DECIBANS]
    if len(telling) > most:
        telling = telling[: most - 1]
    rest = ranked[len(telling) :]
    if not any(round(abs(one.decibans), 1) for one in rest):
        return tuple(telling)
    told = words.counted("picture.why.rest", len(rest))
    total = sum(one.decibans for one in rest)
    return (*telling, Worth(told=told, decibans=total, sum_of=len(rest)))


def signed(decibans: float, words: Labels) -> str:
    """`+10.7`; a negative one with a true minus sign; a zero has no sign."""
    rounded = round(decibans, 1)
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}{words.number(abs(rounded), 1)}"
