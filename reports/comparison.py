"""Words what changed since an earlier report; every way of showing it prints what stands here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.comparison import (
    Aspect,
    Change,
    Comparison,
    Course,
    IncidentChange,
    SiteChange,
)
from assistant.model.diagnosis import Diagnosis, Incident, SiteState
from reports.causes import answer_told
from reports.escape import visible
from reports.first_step import choose_first_step
from reports.incident import happened_told
from reports.labels import Labels
from reports.repair import is_given
from reports.sites import leading_incident, state_told
from reports.standpoint import whose_told

_SITES = 30
_INCIDENTS = 30
_ANSWERS = 20
_ANSWER_LIMIT = 400
_CODES = 6
_NAMED = 3
_TOLD_FIRST = (
    Course.NEW_FAULT,
    Course.STILL,
    Course.OTHER_FAULT,
    Course.UP_AGAIN,
    Course.FIXED,
    Course.UNCLEAR,
    Course.NOT_COVERED,
)
"""What needs somebody comes first; nothing is told of what was and is quiet."""
_MARKS: dict[Course, Literal["fault", "healthy", "inconclusive"]] = {
    Course.NEW_FAULT: "fault",
    Course.STILL: "fault",
    Course.OTHER_FAULT: "fault",
    Course.FIXED: "healthy",
    Course.QUIET: "healthy",
}


class SiteChangeView(Struct, frozen=True, kw_only=True):
    """What became of one remote site."""

    site: str
    course: str
    """Id: `fixed`, `still`, ..."""
    mark: Literal["fault", "healthy", "inconclusive"]
    """For an icon beside the words."""
    told: str
    """`looks repaired`."""
    then: str
    """State, what happened and the first cause; empty if the site was not known then."""
    now: str
    """The same of now; that it is as then, if it is."""
    recommended: str
    """What the report put first, as a sentence; empty if nothing."""


class IncidentChangeView(Struct, frozen=True, kw_only=True):
    """What became of one incident."""

    change: str
    """Id: `new`, `gone` or `changed`."""
    told: str
    """The same as a word."""
    site: str
    title: str
    """What happened, with its codes."""
    differences: tuple[str, ...]
    """`Occurrences: 1 → 3`; only of a changed one."""
    incident: str
    """Id of the incident in the new report; empty if it is gone."""


class ComparisonView(Struct, frozen=True, kw_only=True):
    """Everything that changed, worded."""

    title: str
    """`What changed since trace.report.html`."""
    since: str
    """Who judged then, and until when its traces go."""
    verdict: str
    """`Then: fault. Now: healthy.`"""
    sites: tuple[SiteChangeView, ...]
    """What needs somebody first."""
    sites_total: int
    """Of such sites, those that are not listed included."""
    more_sites: str
    """How many are not listed; empty if none."""
    quiet: str
    """How many had and have no fault; empty if none."""
    incidents: tuple[IncidentChangeView, ...]
    """New, changed, gone."""
    incidents_total: int
    more_incidents: str
    same: str
    """How many incidents are the same; empty if none."""
    answers: tuple[str, ...]
    inputs: str
    """Which files are the same."""
    notes: tuple[str, ...]
    """What to bear in mind before one believes any of it."""


def comparison_view(comparison: Comparison, catalog: Catalog, words: Labels) -> ComparisonView:
    """Words a comparison for one language.

    Args:
        comparison: Of two diagnoses.
        catalog: Knows every id of both (`reports.stored.stand_in`).
        words: Of the language wanted.
    """
    wording = _Wording(comparison, catalog, words)
    then = comparison.then
    sites = sorted(
        (one for one in comparison.sites if one.course in _TOLD_FIRST),
        key=lambda one: _TOLD_FIRST.index(one.course),
    )
    told = [
        one for change in (Change.NEW, Change.CHANGED, Change.GONE) for one in comparison.of(change)
    ]
    return ComparisonView(
        title=words("comparison.title", report=visible(comparison.report)),
        since=_since(then, words),
        verdict=words(
            "comparison.verdict",
            then=words(f"verdict.{then.verdict.value}"),
            now=words(f"verdict.{comparison.now.verdict.value}"),
        ),
        sites=tuple(map(wording.site, sites[:_SITES])),
        sites_total=len(sites),
        more_sites=words.counted_if_any("comparison.more-sites", len(sites) - _SITES),
        quiet=words.counted_if_any("comparison.quiet", len(comparison.sites) - len(sites)),
        incidents=tuple(map(wording.incident, told[:_INCIDENTS])),
        incidents_total=len(told),
        more_incidents=words.counted_if_any("comparison.more-incidents", len(told) - _INCIDENTS),
        same=words.counted_if_any("comparison.same", len(comparison.of(Change.SAME))),
        answers=tuple(wording.answers())[:_ANSWERS],
        inputs=_inputs(comparison, words),
        notes=tuple(_notes(comparison, words)),
    )


def _since(then: Diagnosis, words: Labels) -> str:
    version = visible(then.program or "")
    lasts = [source.last for source in then.sources if source.last]
    if not lasts:
        return words("comparison.since.no-time", version=version)
    return words("comparison.since", version=version, time=words.moment(max(lasts)))


def _inputs(comparison: Comparison, words: Labels) -> str:
    inputs = comparison.inputs
    if inputs.same:
        return words("comparison.inputs.same")
    if not inputs.kept:
        return words("comparison.inputs.other")
    return words(
        "comparison.inputs.partly",
        kept=words.number(len(inputs.kept)),
        new=words.number(len(inputs.new)),
        gone=words.number(len(inputs.gone)),
    )


def _notes(comparison: Comparison, words: Labels) -> Iterator[str]:
    """What limits what the comparison proves."""
    if comparison.backwards:
        yield words("comparison.note.backwards")
    shown = {one.course for one in comparison.sites}
    if comparison.is_short and shown & {Course.FIXED, Course.UNCLEAR}:
        yield words(
            "comparison.note.short",
            now=words.duration(comparison.span_now_s or 0),
            then=words.duration(comparison.span_then_s or 0),
        )
    elif Course.FIXED in shown:
        yield words("comparison.note.fixed")
    open_still = [one.remote_site for one in comparison.sites if _stays_open(one, comparison)]
    if open_still:
        names = ", ".join(words.site(one) for one in open_still[:_NAMED])
        more = ", ..." if len(open_still) > _NAMED else ""
        yield words("comparison.note.not-covered", sites=names + more)
    if not comparison.same_knowledge:
        yield words("comparison.note.knowledge")
    elif not comparison.same_program:
        yield words("comparison.note.program")


def _stays_open(site: SiteChange, comparison: Comparison) -> bool:
    """Whether it had a fault of which the later case says nothing."""
    name = site.remote_site.casefold()
    return site.course is Course.NOT_COVERED and any(
        one.is_fault and one.remote_site.casefold() == name for one in comparison.then.incidents
    )


class _Wording(Struct, frozen=True):
    comparison: Comparison
    catalog: Catalog
    words: Labels

    # Remote sites ---------------------------------------------------------------------------

    def site(self, one: SiteChange) -> SiteChangeView:
        """One site."""
        comparison = self.comparison
        before = self._leading(comparison.then, one)
        after = self._leading(comparison.now, one)
        then, now = self._state(one.then, before), self._state(one.now, after)
        return SiteChangeView(
            site=self.words.site(one.remote_site),
            course=one.course.value,
            mark=_MARKS.get(one.course, "inconclusive"),
            told=self.words(f"comparison.course.{one.course.value}"),
            then=then,
            now=self.words("comparison.as-then") if then and then == now else now,
            recommended=self._recommended(before),
        )

    def _leading(self, case: Diagnosis, one: SiteChange) -> Incident | None:
        name = one.remote_site.casefold()
        return leading_incident(
            [each for each in case.incidents if each.remote_site.casefold() == name]
        )

    def _state(self, state: SiteState | None, incident: Incident | None) -> str:
        """`down since ..., tunnel was up, then lost (0x1307), most likely ... (43 %)`."""
        words = self.words
        told = []
        if state is not None:
            told.append(state_told(state, words))
            if state.outages > 1:
                told.append(words.counted("outages", state.outages))
        if incident is not None and (incident.is_fault or state is None):
            told.append(self._title(incident))
            if incident.hypotheses:
                first = incident.hypotheses[0]
                told.append(
                    words("comparison.likely", cause=self._cause(first.cause, first.probability))
                )
        return ", ".join(told)

    def _recommended(self, incident: Incident | None) -> str:
        if incident is None:
            return ""
        chosen = choose_first_step(incident, self.catalog, self.comparison.then)
        if chosen is None:
            return ""
        kind, wanted = chosen
        if kind == "remedy":
            title = self.words.title(self.catalog.remedies[wanted].title)
            return self.words("comparison.recommended", title=title)
        title = self.words.title(self.catalog.inputs[wanted].title)
        given = is_given(wanted, self.comparison.now)
        return self.words(f"comparison.recommended{'.given' if given else ''}", title=title)

    # Incidents ------------------------------------------------------------------------------

    def incident(self, one: IncidentChange) -> IncidentChangeView:
        """One incident."""
        shown = one.now or one.then
        whose = whose_told(shown, self.words) if shown else ""
        site = self.words.site(one.remote_site)
        return IncidentChangeView(
            change=one.change.value,
            told=self.words(f"comparison.change.{one.change.value}"),
            site=f"{site} ({whose})" if whose else site,
            title=self._title(shown) if shown else "",
            differences=tuple(self._difference(one, aspect) for aspect in one.aspects),
            incident=one.now.id if one.now else "",
        )

    def _title(self, incident: Incident) -> str:
        happened = happened_told(incident, self.words)
        codes = ", ".join(visible(one) for one in dict.fromkeys(incident.error_codes[:_CODES]))
        return f"{happened} ({codes})" if codes else happened

    def _difference(self, one: IncidentChange, aspect: Aspect) -> str:
        words, then, now = self.words, one.then, one.now
        if then is None or now is None:
            return ""
        before, after = (self._value(each, aspect) for each in (then, now))
        told = words(f"comparison.aspect.{aspect}", then=before, now=after)
        if aspect == "cause" and one.rank_now is not None and then.hypotheses:
            cause = then.hypotheses[0].cause
            probability = now.hypotheses[one.rank_now - 1].probability
            told += words(
                "comparison.rank",
                cause=self._cause(cause, probability),
                rank=words.number(one.rank_now),
            )
        return told

    def _value(self, incident: Incident, aspect: Aspect) -> str:
        words = self.words
        none = words("comparison.none")
        match aspect:
            case "outcome":
                return words(f"outcome.{incident.outcome.value}") if incident.outcome else none
            case "stage":
                return words(f"stage.{incident.stage.value}") if incident.stage else none
            case "codes":
                return ", ".join(visible(one) for one in incident.error_codes[:_CODES]) or none
            case "occurrences":
                return words.number(incident.occurrences)
            case "recovered":
                return words(f"comparison.{'yes' if incident.recovered else 'no'}")
            case "cause" | "probability":
                first = next(iter(incident.hypotheses), None)
                return self._cause(first.cause, first.probability) if first else none

    def _cause(self, cause: str, probability: float) -> str:
        title = self.words.title(self.catalog.causes[cause].title)
        return self.words(
            "cause.with-percent", title=title, percent=self.words.percent(probability)
        )

    # Answers --------------------------------------------------------------------------------

    def answers(self) -> Iterator[str]:
        """What was answered since, or otherwise."""
        for one in self.comparison.answers:
            key = "gone" if one.now is None else "new" if one.then is None else "changed"
            choice = one.then if one.now is None else one.now
            told = answer_told(one.id, choice, self.catalog, self.words)
            yield self.words(f"comparison.answer.{key}", told=visible(told, limit=_ANSWER_LIMIT))
