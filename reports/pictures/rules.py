"""Draws the rules behind the first cause as a tree: what is there, what is absent, what is open."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Evidence, EvidenceKind, Firing, Incident
from reports.escape import visible
from reports.labels import Labels, Lang, labels
from reports.pictures.fit import filled, shortened
from reports.pictures.picture import Key, Picture, draw, table
from reports.pictures.weights import worth_of

_MOST_EVIDENCE = 5
_MOST_FACTS = 3
_MOST_OPEN = 2
_TELLING_DECIBANS = 0.5
_CELLS = 46
_FACT_CELLS = 43
_TOP_PX, _LINE_PX, _GAP_PX = 6, 16, 8
_INDENT_PX = 22


class _Leaf(Struct, frozen=True, kw_only=True):
    """One line of the tree."""

    depth: int
    sign: str
    """`yes`, `no`, `absent` or `unknown`; empty at the root."""
    text: str
    is_fact: bool = False


class _Line(Struct, frozen=True, kw_only=True):
    """A leaf, ready to be drawn."""

    depth: int
    sign: str
    x: float
    y: float
    """Of its first line of text."""
    lines: tuple[str, ...]
    is_fact: bool
    parent_y: float
    """Where the branch to it begins."""


def rules(diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident) -> Picture | None:
    """The rules that fired for the first cause; None if none did.

    Args:
        diagnosis: Not asked; every picture is called alike.
        catalog: Gives the words of causes, symptoms and questions.
        lang: Language of all words.
        incident: One of the diagnosis.
    """
    del diagnosis
    words = labels(lang)
    leaves = tuple(_leaves(incident, catalog, words))
    if not leaves:
        return None
    lines, height = _laid_out(leaves)
    picture_id = f"rules-{visible(incident.id)}-{lang}"
    title = words("picture.rules.title")
    caption = words("picture.rules.caption", cause=leaves[0].text)
    used = {one.sign for one in leaves}
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw("rules", id=picture_id, title=title, caption=caption, lines=lines, height=height),
        legend=tuple(
            Key(sign=sign, word=words(f"picture.rules.key.{sign}"))
            for sign in ("yes", "no", "absent", "unknown")
            if sign in used
        ),
        columns=(words("picture.rules.column.what"), words("picture.rules.column.state")),
        rows=table(
            (one.text, words(f"picture.rules.key.{one.sign}")) for one in leaves if one.sign
        ),
    )


def _leaves(incident: Incident, catalog: Catalog, words: Labels) -> Iterator[_Leaf]:
    if not incident.hypotheses:
        return
    first = incident.hypotheses[0]
    telling = [one for one in first.evidence if abs(one.decibans) >= _TELLING_DECIBANS]
    telling.sort(key=lambda one: -abs(one.decibans))
    if not telling:
        return
    fired = {one.rule: one for one in incident.firings}
    yield _Leaf(depth=0, sign="", text=words.title(catalog.causes[first.cause].title))
    for evidence in telling[:_MOST_EVIDENCE]:
        yield _Leaf(
            depth=1,
            sign="yes" if evidence.decibans > 0 else "no",
            text=worth_of(evidence, catalog, words).told,
        )
        yield from _facts(evidence, fired.get(f"symptom:{evidence.id}"))
    for question in incident.questions[:_MOST_OPEN]:
        if question.id in catalog.questions:
            text = words.told(catalog.questions[question.id].text)
            yield _Leaf(depth=1, sign="unknown", text=text)


def _facts(evidence: Evidence, firing: Firing | None) -> Iterator[_Leaf]:
    if firing is None or evidence.kind is EvidenceKind.ANSWER:
        return
    for fact in firing.facts[:_MOST_FACTS]:
        yield _Leaf(depth=2, sign="yes", text=fact, is_fact=True)
    for fact in firing.absent[:_MOST_FACTS]:
        yield _Leaf(depth=2, sign="absent", text=fact, is_fact=True)


def _laid_out(leaves: tuple[_Leaf, ...]) -> tuple[tuple[_Line, ...], float]:
    """One below the other; a branch begins at the line it belongs to."""
    found = []
    y = float(_TOP_PX)
    last_at = [y, y, y]
    for one in leaves:
        is_fact = one.is_fact
        lines = (shortened(one.text, _FACT_CELLS),) if is_fact else filled(one.text, _CELLS)
        first = y + 12
        found.append(
            _Line(
                depth=one.depth,
                sign=one.sign,
                x=one.depth * _INDENT_PX,
                y=first,
                lines=lines,
                is_fact=is_fact,
                parent_y=last_at[max(one.depth - 1, 0)] + _GAP_PX,
            )
        )
        last_at[one.depth] = first
        y += _LINE_PX * len(lines) + _GAP_PX
    return tuple(found), y
