"""Words the ranked causes: how probable in words, and what speaks for and against each."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Symptom, Text
from assistant.model.answer import TRIED
from assistant.model.derived import PolledAddress, PolledNetwork
from assistant.model.diagnosis import Evidence, EvidenceKind, Hypothesis, Incident, Standing
from reports.escape import visible
from reports.labels import Labels
from reports.lines import Annotation, Badge, badge
from reports.links import Ref

SHOWN_FROM = 0.05
"""Causes below this probability are folded away (contract: `unlikely`)."""

_STRONG_DECIBANS = 10
_CLEAR_DECIBANS = 5
_SLIGHT_DECIBANS = 2
_FRACTIONS = (
    (1, 20),
    (1, 10),
    (1, 7),
    (1, 5),
    (1, 4),
    (1, 3),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (3, 4),
    (4, 5),
    (9, 10),
    (19, 20),
)
_NEARLY_NONE = 0.035
_NEARLY_ALL = 0.97
_TEN = 10.0
_MOST_DECIBANS = 60.0


class EvidenceView(Struct, frozen=True, kw_only=True):
    """One observation and what it does to one cause."""

    symptom: str
    """Title of the symptom."""
    detail: str
    """The address it is about; empty if it is about none."""
    strength: str
    """`speaks strongly for it`."""
    level: str
    """`strong`, `clear`, `slight` or `none`, for the style sheet."""
    speaks_for: bool
    because: str
    """Why, by the knowledge base; may be empty."""
    refs: tuple[Ref, ...]


class RemedyLink(Struct, frozen=True, kw_only=True):
    """A remedy named under a cause."""

    title: str
    href: str


class CauseView(Struct, frozen=True, kw_only=True):
    """One hypothesis, ready to be printed."""

    id: str
    title: str
    explanation: str
    not_when: str
    percent: str
    """`43 %`."""
    width: str
    """Of the bar: a number between 1 and 100 with a decimal point."""
    odds: str
    """`about 2 in 5`."""
    standing: str
    standing_id: str
    before: str
    """What was believed before any evidence, as a sentence."""
    badge: Badge
    evidence_for: tuple[EvidenceView, ...]
    """Strongest first; the negligible ones are in `negligible`."""
    evidence_against: tuple[EvidenceView, ...]
    """Strongest first."""
    negligible: tuple[EvidenceView, ...]
    main_objection: EvidenceView | None
    no_objection: str
    """What to say where there is none."""
    """The strongest evidence against it, however weak; None if nothing speaks against it."""
    remedies: tuple[RemedyLink, ...]


def odds(probability: float, words: Labels) -> str:
    """A probability as a frequency that one can picture: `about 2 in 5`."""
    if probability < _NEARLY_NONE:
        return words("odds.under", a=1, b=20)
    if probability > _NEARLY_ALL:
        return words("odds.over", a=19, b=20)
    part, whole = min(_FRACTIONS, key=lambda pair: abs(pair[0] / pair[1] - probability))
    return words("odds.about", a=part, b=whole)


def chance(standing: Standing, probability: float, words: Labels) -> str:
    """Standing, frequency and per cent in one phrase: `possible, about 2 in 5 (43 %)`."""
    return words(
        "chance",
        standing=words(f"standing.{standing.value}"),
        odds=odds(probability, words),
        percent=words.percent(probability),
    )


def cause_views(
    incident: Incident,
    catalog: Catalog,
    words: Labels,
    annotation: Annotation,
    *,
    in_full: bool = True,
) -> tuple[tuple[CauseView, ...], tuple[CauseView, ...]]:
    """The causes worth reading, and those that are folded away: none of these if not `in_full`.

    The first cause is always among those worth reading.
    """
    shown = max(1, sum(found.probability >= SHOWN_FROM for found in incident.hypotheses))
    views = [
        _cause_view(incident, hypothesis, catalog, words, annotation)
        for hypothesis in (incident.hypotheses if in_full else incident.hypotheses[:shown])
    ]
    return tuple(views[:shown]), tuple(views[shown:])


def remedy_anchor(remedy_id: str) -> str:
    """Anchor of a remedy inside the report; it stands there once, however many incidents."""
    return f"do-{remedy_id}"


def _cause_view(
    incident: Incident,
    hypothesis: Hypothesis,
    catalog: Catalog,
    words: Labels,
    annotation: Annotation,
) -> CauseView:
    cause = catalog.causes[hypothesis.cause]
    because = {shown.symptom: shown.because for shown in cause.shows if shown.because}
    because |= {
        f"{told.question}={told.choice}": told.because for told in cause.answers if told.because
    }
    weighed = sorted(hypothesis.evidence, key=lambda found: -abs(found.decibans))
    reader = _Reader(incident, catalog, words, annotation)
    views = [reader.view(found, because.get(_key(found))) for found in weighed]
    against = [view for view, found in zip(views, weighed, strict=True) if found.decibans < 0]
    telling = [view for view in views if view.level != "none"]
    return CauseView(
        id=cause.id,
        title=words.title(cause.title),
        explanation=words.told(cause.explanation),
        not_when=words.told(cause.not_when),
        percent=words.percent(hypothesis.probability),
        width=f"{max(1.0, hypothesis.probability * 100):.1f}",
        odds=odds(hypothesis.probability, words),
        standing=words(f"standing.{hypothesis.standing.value}"),
        standing_id=hypothesis.standing.value,
        before=_before(hypothesis, words),
        badge=badge(cause.basis, cause.source, words),
        evidence_for=tuple(view for view in telling if view.speaks_for),
        evidence_against=tuple(view for view in telling if not view.speaks_for),
        negligible=tuple(view for view in views if view.level == "none"),
        main_objection=against[0] if against else None,
        no_objection=words("html.no-objection" if hypothesis.whole else "html.not-kept"),
        remedies=tuple(
            RemedyLink(
                title=words.title(catalog.remedies[one].title),
                href=f"#{remedy_anchor(one)}",
            )
            for one in hypothesis.remedies
        ),
    )


def share(decibans: float) -> float:
    """The probability of odds in decibans, 0 to 1.

    >>> share(0.0)
    0.5
    """
    bounded = min(max(decibans, -_MOST_DECIBANS), _MOST_DECIBANS)
    odds_for = _TEN ** (bounded / _TEN)
    return float(odds_for / (1 + odds_for))


def _before(hypothesis: Hypothesis, words: Labels) -> str:
    """Its share of cases before anything was known; a rare one not as `0`.

    As it was judged with, as in the picture: the shares of the knowledge base sum to more than 100.
    """
    of_100 = share(hypothesis.prior_decibans) * 100
    told = words.number(of_100, 0) if of_100 >= 1 else words("before.under-one")
    return words("before", share=told)


class _Reader(Struct, frozen=True):
    """Words the evidence of one incident."""

    incident: Incident
    catalog: Catalog
    words: Labels
    annotation: Annotation

    def view(self, evidence: Evidence, because: Text | None) -> EvidenceView:
        """One piece of evidence."""
        level = _level(evidence.decibans)
        direction = "for" if evidence.decibans >= 0 else "against"
        symptom = self.catalog.symptoms.get(evidence.id)
        if evidence.kind is EvidenceKind.ANSWER or symptom is None:
            told, detail = answer_told(evidence.id, evidence.choice, self.catalog, self.words), ""
        else:
            told = self.words.title(symptom.title)
            detail = polled_address(symptom, self.incident)
        return EvidenceView(
            symptom=told,
            detail=detail,
            strength=self.words(f"strength.{level}.{direction}"),
            level=level,
            speaks_for=evidence.decibans >= 0,
            because=self.words.told(because) if because else "",
            refs=self.annotation.refs(self.incident.places_of(evidence), self.words),
        )


def _key(evidence: Evidence) -> str:
    return f"{evidence.id}={evidence.choice}" if evidence.choice is not None else evidence.id


def answer_told(question_id: str, choice: str | None, catalog: Catalog, words: Labels) -> str:
    """An answer in words: the question and what was said, or the repair that did not help."""
    question = catalog.questions.get(question_id)
    if question is None:
        remedy = catalog.remedies.get(question_id.removeprefix(TRIED))
        title = words.title(remedy.title) if remedy else question_id
        return words("answer.no-help", title=title)
    label = next((one.label for one in question.choices if one.id == choice), None)
    said = words.told(label) if label else words("answer.unknown")
    return words("answer.told", question=words.told(question.text), answer=said)


def polled_address(symptom: Symptom, incident: Incident) -> str:
    """The polled address, for a symptom that is about it; else nothing."""
    kinds = {condition.event for condition in symptom.all}
    for found in incident.derived:
        if found.event.kind in kinds and isinstance(found.event, PolledAddress | PolledNetwork):
            return visible(found.event.poll_target)
    return ""


def _level(decibans: float) -> str:
    """How strongly evidence speaks, whichever way."""
    size = abs(decibans)
    if size >= _STRONG_DECIBANS:
        return "strong"
    if size >= _CLEAR_DECIBANS:
        return "clear"
    return "slight" if size >= _SLIGHT_DECIBANS else "none"
