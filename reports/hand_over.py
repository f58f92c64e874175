"""Writes the hand-over: all that is known of a case, as plain text for whoever gets it next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.answer import UNKNOWN
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import Diagnosis, Incident, State, SymptomSeen
from assistant.model.source import Place, Source
from reports.causes import answer_told
from reports.escape import visible
from reports.labels import Labels, Lang, labels
from reports.paragraph import wrapped
from reports.short import about, places_told
from reports.standpoint import lead_of_theirs, ours_first, who_told

_WIDTH = 76
"""Mail programs break longer lines."""
_CAUSES = 6
_SYMPTOMS = 12
_PLACES = 3
_LINES = 6
_ITEMS = 20
_OTHERS = 10
_LINE_LIMIT = 300
_TEXT_LIMIT = 600
_DIGEST_DIGITS = 12


def render_hand_over(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: str | None = None
) -> str:
    """The text, ready to be mailed; some pages at most, whatever the trace holds.

    Args:
        diagnosis: What was found and answered.
        catalog: The knowledge base that judged.
        lang: Language of everything but the device's own words.
        incident: Its id; by default the first with causes, else the first.
    """
    incidents = ours_first(diagnosis.incidents)
    chosen = (
        next((one for one in incidents if one.id == incident), None)
        or next((one for one in incidents if one.hypotheses), None)
        or next(iter(incidents), None)
    )
    page = _Page(diagnosis, catalog, labels(lang), chosen)
    return "\n".join([*page.lines(), ""])


class _Page(Struct, frozen=True):
    """Words the parts of one hand-over."""

    diagnosis: Diagnosis
    catalog: Catalog
    words: Labels
    incident: Incident | None

    def lines(self) -> Iterator[str]:
        """All of it, with our mark in the last line."""
        yield self.words("hand-over.title", site=about(self.incident, self.words))
        yield from self._wrapped(self.words("hand-over.note"))
        parts: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
            ("case", self._case),
            ("ranking", self._ranking),
            ("evidence", self._evidence),
            ("answers", self._answers),
            ("repairs", self._repairs),
            ("plan", self._plan),
            ("contradictions", self._contradictions),
            ("missing", self._missing),
            ("input", self._input),
        )
        for key, part in parts:
            found = list(part())
            if found:
                yield ""
                yield self.words(f"hand-over.{key}")
                yield from found
        yield ""
        yield f"lancom-vpn-assistant {__version__} \N{MIDDLE DOT} {self.diagnosis.verdict.value}"

    # The parts --------------------------------------------------------------------------

    def _case(self) -> Iterator[str]:
        words, one = self.words, self.incident
        yield self._fact("verdict", words(f"verdict.{self.diagnosis.verdict.value}"))
        if one is not None:
            theirs = lead_of_theirs(one, words)
            if theirs:
                yield from self._wrapped(theirs, indent=2)
            yield from self._incident(one)
        for side in self.diagnosis.away:
            yield self._fact("away", words(f"who.{side}"))
        others = [
            other for other in self.diagnosis.incidents if other.hypotheses and other is not one
        ]
        for other in others[:_OTHERS]:
            yield self._fact("other", about(other, self.words))
        yield from self._more(len(others) - _OTHERS)

    def _incident(self, one: Incident) -> Iterator[str]:
        words = self.words
        codes = ", ".join(map(self._code, one.error_codes))
        seen = words.period(one.first_seen, one.last_seen) if one.first_seen else ""
        facts = (
            ("site", words.site(one.remote_site)),
            ("gateway", visible(one.gateway) if one.gateway else ""),
            ("role", words(f"role.{one.role.value}") if one.role else ""),
            ("outcome", words(f"outcome.{one.outcome.value}") if one.outcome else ""),
            ("stage", words(f"stage.{one.stage.value}") if one.stage else ""),
            ("codes", codes),
            ("seen", seen),
            ("often", words.counted("times", one.occurrences) if one.occurrences > 1 else ""),
        )
        for key, value in facts:
            if value:
                yield self._fact(key, value)
        yield from self._state(one)

    def _state(self, one: Incident) -> Iterator[str]:
        words = self.words
        site = next(
            (site for site in self.diagnosis.sites if site.remote_site == one.remote_site), None
        )
        if site is None:
            return
        state = words(f"state.{site.state_at_end.value}")
        if site.since is not None and site.state_at_end is not State.UNKNOWN:
            since = words.moment(site.since)
            state = words(f"state.{site.state_at_end.value}.since", since=since)
        yield self._fact("since", state)

    def _ranking(self) -> Iterator[str]:
        words, one = self.words, self.incident
        if one is None or not one.hypotheses:
            yield f"  {words('hand-over.no-causes')}"
            return
        for hypothesis in one.hypotheses[:_CAUSES]:
            title = words.title(self.catalog.causes[hypothesis.cause].title)
            standing = words(f"standing.{hypothesis.standing.value}")
            percent = words.percent(hypothesis.probability)
            yield from self._wrapped(f"{percent:>6}  {title} ({standing})", indent=2, hang=8)
        against = [item for item in one.hypotheses[0].evidence if item.decibans < 0]
        for item in sorted(against, key=lambda item: item.decibans)[:_PLACES]:
            told = (
                answer_told(item.id, item.choice, self.catalog, words)
                if item.choice is not None
                else words.title(self.catalog.symptoms[item.id].title)
            )
            yield from self._wrapped(
                words("hand-over.against", told=visible(told, limit=_TEXT_LIMIT)), indent=4, hang=2
            )
        if one.pivot is not None:
            answer = one.pivot.answer
            told = words(
                "hand-over.pivot",
                answer=answer_told(answer.id, answer.choice, self.catalog, words),
                instead=words.title(self.catalog.causes[one.pivot.instead].title),
                percent=words.percent(one.pivot.instead_probability),
            )
            yield from self._wrapped(told, indent=2)

    def _evidence(self) -> Iterator[str]:
        one = self.incident
        if one is None:
            return
        # What names the fault comes first.
        symptoms = sorted(one.symptoms, key=lambda symptom: not symptom.decisive)
        for symptom in symptoms[:_SYMPTOMS]:
            yield from self._symptom(symptom)
        yield from self._more(len(symptoms) - _SYMPTOMS)

    def _symptom(self, symptom: SymptomSeen) -> Iterator[str]:
        title = self.words.title(self.catalog.symptoms[symptom.id].title)
        yield from self._wrapped(f"- {title}", indent=2, hang=2)
        for place in symptom.places[:_PLACES]:
            yield from self._quoted(place)
        yield from self._more(len(symptom.places) - _PLACES, indent=4)

    def _answers(self) -> Iterator[str]:
        words = self.words
        said = [one for one in self.diagnosis.answers if one.remedy is None]
        for answer in said[:_ITEMS]:
            if answer.choice == UNKNOWN:
                question = words.told(self.catalog.questions[answer.id].text)
                told = words("hand-over.not-known", question=question)
            else:
                told = answer_told(answer.id, answer.choice, self.catalog, words)
            yield from self._wrapped(f"- {told}", indent=2, hang=2)
        yield from self._more(len(said) - _ITEMS)
        if not said:
            yield f"  {words('hand-over.nothing-asked')}"
        for one in self.incident.questions[:_PLACES] if self.incident else ():
            question = words.told(self.catalog.questions[one.id].text)
            yield from self._wrapped(
                f"- {words('hand-over.open', question=question)}", indent=2, hang=2
            )

    def _repairs(self) -> Iterator[str]:
        tried = [one.remedy for one in self.diagnosis.answers if one.remedy is not None]
        for remedy in tried[:_ITEMS]:
            title = self.words.title(self.catalog.remedies[remedy].title)
            told = self.words("answer.no-help", title=title)
            yield from self._wrapped(f"- {told}", indent=2, hang=2)
        if not tried:
            yield f"  {self.words('hand-over.nothing-tried')}"

    def _plan(self) -> Iterator[str]:
        words = self.words
        if self.incident is None or self.incident.plan is None:
            return
        plan = self.incident.plan
        for number, repair in enumerate(plan.repairs, start=1):
            remedy = self.catalog.remedies[repair.remedy]
            told = words(
                "ask.end.repair",
                title=words.title(remedy.title),
                who=who_told(remedy.who, self.incident, words),
                minutes=words.number(repair.minutes),
                percent=words.percent(repair.probability),
            )
            yield from self._wrapped(f"{number}. {told}", indent=2, hang=3)
        if plan.repairs:
            minutes, left = words.number(plan.expected_minutes), words.percent(plan.unrepaired)
            told = words("ask.end.minutes", minutes=minutes, percent=left)
        else:
            told = words("ask.stop.no-repair")
        yield from self._wrapped(told, indent=2)

    def _contradictions(self) -> Iterator[str]:
        found = [
            one
            for one in self.diagnosis.contradictions
            if self.incident is None or one.incident == self.incident.id
        ]
        for one in found[:_ITEMS]:
            yield from self._contradiction(one)

    def _contradiction(self, one: Contradiction) -> Iterator[str]:
        entry = self.catalog.contradictions[one.id]
        yield from self._wrapped(f"- {self.words.title(entry.title)}", indent=2, hang=2)
        for claim in (one.first, one.second):
            yield from self._claim(claim)

    def _claim(self, claim: Claim) -> Iterator[str]:
        if claim.choice is not None:
            told = answer_told(claim.id, claim.choice, self.catalog, self.words)
            yield from self._wrapped(
                self.words("ask.contradiction.answer", answer=told), indent=4, hang=2
            )
            return
        title = self.words.title(self.catalog.symptoms[claim.id].title)
        yield from self._wrapped(title, indent=4, hang=2)
        for place in claim.places[:1]:
            yield from self._quoted(place)

    def _missing(self) -> Iterator[str]:
        words, coverage = self.words, self.diagnosis.coverage
        for name in coverage.missing[:_ITEMS]:
            if name in self.catalog.inputs:
                title = words.title(self.catalog.inputs[name].title)
                yield from self._wrapped(f"- {title}", indent=2, hang=2)
        if coverage.unread_records:
            number = words.number(coverage.unread_records)
            yield from self._wrapped(words("hand-over.unread", n=number), indent=2)

    def _input(self) -> Iterator[str]:
        words = self.words
        for source in self.diagnosis.sources[:_ITEMS]:
            yield from self._wrapped(f"- {self._source(source)}", indent=2, hang=2)
        yield from self._more(len(self.diagnosis.sources) - _ITEMS)
        yield self._fact("program", f"lancom-vpn-assistant {__version__}")
        digest = self.diagnosis.knowledge.removeprefix("sha256:")[:_DIGEST_DIGITS]
        yield self._fact("knowledge", digest)
        for warned in self.diagnosis.warnings[:_ITEMS]:
            key = f"warning.{warned.id}"
            subject = visible(warned.subject)
            told = (
                words(key, subject=subject)
                if words.has(key)
                else words("warning.other", id=warned.id, subject=subject)
            )
            yield from self._wrapped(f"- {told}", indent=2, hang=2)

    # Words ------------------------------------------------------------------------------

    def _code(self, code: str) -> str:
        entry = self.catalog.errors.get(code)
        return f"{code} ({entry.name})" if entry else visible(code)

    def _source(self, source: Source) -> str:
        words = self.words
        kind = words(f"kind.{source.kind.value}")
        told = [visible(source.name, limit=_LINE_LIMIT), kind]
        if source.side is not None:
            told.append(words(f"who-is.{source.side.value}"))
        told += [visible(value) for _, value in source.device]
        if source.first is not None:
            told.append(words.period(source.first, source.last))
        told.append(f"sha256 {source.sha256[:_DIGEST_DIGITS]}")
        return ", ".join(told)

    def _quoted(self, place: Place) -> Iterator[str]:
        """The lines of a place as they stand in the source, each made visible and bounded."""
        yield f"    {places_told([place], self.words)}"
        lines = place.text.split("\n", _LINES)
        for line in lines[:_LINES]:
            yield f"    > {visible(line, limit=_LINE_LIMIT)}"
        if len(lines) > _LINES:
            yield "    > ..."

    def _fact(self, key: str, value: str) -> str:
        return f"  {self.words(f'hand-over.{key}')}: {value}"

    def _more(self, left: int, indent: int = 2) -> Sequence[str]:
        if left <= 0:
            return ()
        return (" " * indent + self.words.counted("hand-over.more", left),)

    def _wrapped(self, text: str, *, indent: int = 0, hang: int = 0) -> list[str]:
        return wrapped(text, _WIDTH, indent=indent, hang=hang)
