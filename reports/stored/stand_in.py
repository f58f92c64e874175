"""Stands in for entries that the knowledge base no longer has, so that an old report can be told.

An id that is gone keeps its place and is its own title; which ones those are is told as a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import (
    Basis,
    Cause,
    Choice,
    Question,
    Remedy,
    Step,
    Symptom,
    Text,
)
from assistant.model.answer import TRIED
from assistant.model.diagnosis import Diagnosis, EvidenceKind, Incident
from reports.labels import all_words

Entry = TypeVar("Entry")


def with_stand_ins(diagnosis: Diagnosis, catalog: Catalog) -> tuple[Catalog, tuple[str, ...]]:
    """The catalog with a stand-in for each id of the diagnosis that it lacks, and these ids.

    Contradictions and inputs need none: of an unknown one nothing is told.
    """
    symptoms = _unknown(_symptoms(diagnosis), catalog.symptoms)
    causes = _unknown(_causes(diagnosis), catalog.causes)
    questions = _unknown(_questions(diagnosis), catalog.questions)
    remedies = _unknown(_remedies(diagnosis), catalog.remedies)
    contradictions = _unknown((one.id for one in diagnosis.contradictions), catalog.contradictions)
    whole = replace(
        catalog,
        symptoms={**catalog.symptoms, **{one: _symptom(one) for one in symptoms}},
        causes={**catalog.causes, **{one: _cause(one) for one in causes}},
        questions={**catalog.questions, **{one: _question(one) for one in questions}},
        remedies={**catalog.remedies, **{one: _remedy(one) for one in remedies}},
    )
    return whole, tuple(dict.fromkeys((*symptoms, *causes, *questions, *remedies, *contradictions)))


def _unknown(ids: Iterable[str], known: Mapping[str, Entry]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(ids) if one not in known)


def _symptoms(diagnosis: Diagnosis) -> Iterator[str]:
    for incident in diagnosis.incidents:
        yield from (one.id for one in incident.symptoms)
        for hypothesis in incident.hypotheses:
            for evidence in hypothesis.evidence:
                if evidence.kind is EvidenceKind.SYMPTOM:
                    yield evidence.id
    yield from (one.symptom for one in diagnosis.remarks)
    for contradiction in diagnosis.contradictions:
        for claim in (contradiction.first, contradiction.second):
            if claim.choice is None:
                yield claim.id


def _causes(diagnosis: Diagnosis) -> Iterator[str]:
    for incident in diagnosis.incidents:
        yield from (one.cause for one in incident.hypotheses)
        if incident.pivot is not None:
            yield incident.pivot.instead


def _remedies(diagnosis: Diagnosis) -> Iterator[str]:
    for incident in diagnosis.incidents:
        for hypothesis in incident.hypotheses:
            yield from hypothesis.remedies
        if incident.plan is not None:
            yield from (one.remedy for one in incident.plan.repairs)
    for answer in diagnosis.answers:
        if answer.remedy is not None:
            yield answer.remedy


def _questions(diagnosis: Diagnosis) -> Iterator[str]:
    ids = (
        *(one.id for one in diagnosis.answers),
        *(each for one in diagnosis.incidents for each in _asked(one)),
        *(
            claim.id
            for one in diagnosis.contradictions
            for claim in (one.first, one.second)
            if claim.choice is not None
        ),
    )
    return (one for one in ids if not one.startswith(TRIED))


def _asked(incident: Incident) -> Iterator[str]:
    yield from (one.id for one in incident.questions)
    if incident.pivot is not None:
        yield incident.pivot.answer.id
    for hypothesis in incident.hypotheses:
        for evidence in hypothesis.evidence:
            if evidence.kind is EvidenceKind.ANSWER:
                yield evidence.id


def _same(value: str) -> Text:
    return Text(de=value, en=value)


def _gone() -> Text:
    words = all_words()["stored.entry-gone"]
    return Text(de=words["de"], en=words["en"])


def _symptom(name: str) -> Symptom:
    return Symptom(
        id=name, title=_same(name), explanation=_gone(), all=(), otherwise=0, basis=Basis.JUDGEMENT
    )


def _cause(name: str) -> Cause:
    return Cause(
        id=name,
        title=_same(name),
        explanation=_gone(),
        not_when=_gone(),
        share=0,
        share_basis=Basis.JUDGEMENT,
        basis=Basis.JUDGEMENT,
    )


def _question(name: str) -> Question:
    choices = tuple(Choice(id=one, label=_same(one), otherwise=0) for one in ("yes", "no"))
    return Question(
        id=name,
        text=_same(name),
        how=_gone(),
        who="local",
        minutes=0,
        reliability=0,
        dont_know=0,
        choices=choices,
        basis=Basis.JUDGEMENT,
    )


def _remedy(name: str) -> Remedy:
    return Remedy(
        id=name,
        title=_same(name),
        who="both",
        minutes=0,
        risk="none",
        cures=0,
        steps=(Step(do=_gone()),),
        basis=Basis.JUDGEMENT,
    )
