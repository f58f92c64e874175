"""Words what contradicts itself: both statements with their sources, and what to check."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.answer import Answer
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.source import Place, Source, SourceKind
from reports.causes import answer_told
from reports.escape import visible
from reports.frame import body_lines
from reports.labels import Labels
from reports.lines import Annotation, Badge, badge
from reports.links import Ref

_SENTENCE_LIMIT = 400
_QUOTE_LIMIT = 600
_QUOTED_LINES = 5


class ClaimView(Struct, frozen=True, kw_only=True):
    """One of the two statements."""

    told: str
    source: str
    """Who or what says so: `LANCOM configuration, our router`; `answer, given with the call`."""
    quote: str
    """The lines it rests on, the first few; empty for an answer."""
    refs: tuple[Ref, ...]


class ContradictionView(Struct, frozen=True, kw_only=True):
    """Two statements that cannot both be true."""

    id: str
    title: str
    explanation: str
    """Why not, and what is most likely behind it."""
    claims: tuple[ClaimView, ClaimView]
    checks: tuple[str, ...]
    """What to look at again, where no contradiction above has said so."""
    badge: Badge


def contradiction_views(
    incident: Incident,
    diagnosis: Diagnosis,
    catalog: Catalog,
    words: Labels,
    annotation: Annotation,
) -> tuple[ContradictionView, ...]:
    """All contradictions of one incident."""
    wording = _Wording(diagnosis, catalog, words, annotation)
    checked: set[str] = set()
    return tuple(
        wording.view(one, checked)
        for one in diagnosis.contradictions
        if one.incident == incident.id and one.id in catalog.contradictions
    )


class _Wording(Struct, frozen=True):
    diagnosis: Diagnosis
    catalog: Catalog
    words: Labels
    annotation: Annotation

    def view(self, one: Contradiction, checked: set[str]) -> ContradictionView:
        """One contradiction; what it says to check is added to what is known."""
        entry = self.catalog.contradictions[one.id]
        checks = []
        for claim in (one.first, one.second):
            about = claim.places[-1].source if claim.places else f"answer:{claim.id}"
            if about not in checked:
                checked.add(about)
                checks.append(self._check(claim))
        return ContradictionView(
            id=one.id,
            title=self.words.title(entry.title),
            explanation=self.words.told(entry.explanation),
            claims=(self._claim(one.first), self._claim(one.second)),
            checks=tuple(dict.fromkeys(checks)),
            badge=badge(entry.basis, entry.source, self.words),
        )

    def _claim(self, claim: Claim) -> ClaimView:
        words = self.words
        if claim.choice is not None:
            told = answer_told(claim.id, claim.choice, self.catalog, words)
            answer = self._answer(claim)
            origin = words(f"answer-from.{answer.source.value}") if answer else ""
            return ClaimView(
                told=visible(told, limit=_SENTENCE_LIMIT),
                source=words("claim.answer", origin=origin) if origin else "",
                quote="",
                refs=(),
            )
        symptom = self.catalog.symptoms[claim.id]
        return ClaimView(
            told=words.title(symptom.title),
            source=self._source_told(claim),
            quote=_quote(claim.places, last=symptom.decisive),
            refs=self.annotation.refs(claim.places, words),
        )

    def _check(self, claim: Claim) -> str:
        """What to look at again before one believes it."""
        source = self._source(claim)
        if claim.choice is not None or source is None:
            return self.words("contradiction.check.answer")
        kind = "config" if source.kind is SourceKind.LANCOM_CONFIG else "trace"
        return self.words(
            f"contradiction.check.{kind}",
            source=visible(source.name),
            time=self.words.moment(claim.places[-1].time),
        )

    def _answer(self, claim: Claim) -> Answer | None:
        """The answer as given; the last one where there are several."""
        given = [one for one in self.diagnosis.answers if one.id == claim.id]
        return given[-1] if given else None

    def _source(self, claim: Claim) -> Source | None:
        name = claim.places[-1].source if claim.places else None
        return next((one for one in self.diagnosis.sources if one.name == name), None)

    def _source_told(self, claim: Claim) -> str:
        source = self._source(claim)
        if source is None:
            return ""
        kind = self.words(f"kind.{source.kind.value}")
        if source.side is None:
            return kind
        side = self.words(f"who-is.{source.side.value}")
        return self.words("claim.source", kind=kind, side=side)


def _quote(places: tuple[Place, ...], *, last: bool) -> str:
    """What a decisive symptom rests on stands at its end, else where it is first seen."""
    if not places:
        return ""
    place = places[-1] if last else places[0]
    return visible(body_lines(place, _QUOTED_LINES), limit=_QUOTE_LIMIT, lines=True)
