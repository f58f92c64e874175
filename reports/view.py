"""Words a diagnosis for one language: everything a report prints, decided and made safe.

Templates and the terminal only print what stands here; device text passes `escape.visible`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Verdict
from assistant.model.transcript import Transcript
from reports.first_step import FirstStep, choose_first_step, is_trouble, step_of_input
from reports.headline import headline, page_title, reason
from reports.incident import IncidentView, Told, incident_view
from reports.labels import Labels, Lang, labels
from reports.lines import NO_TRANSCRIPT, Badge
from reports.links import anchors_of
from reports.pairing import PairingView, pairing_views
from reports.questions import away_told
from reports.remark import RemarkView, remark_views
from reports.repair import (
    InputView,
    case_facts,
    input_anchor,
    input_view,
    is_given,
    prevention_of,
)
from reports.sites import SiteView, site_views
from reports.sources import (
    DIGEST_SHOWN,
    SourceView,
    read_line,
    read_short,
    source_views,
    warnings_told,
)
from reports.standpoint import ours_first
from reports.unread import UnreadView, gaps_told, unread_view

__all__ = ["MOST_PROBLEMS", "CaseView", "case_view", "choose_first_step"]

MOST_PROBLEMS = 16
"""Incidents that are shown in full; the others are named."""
_FULL_HEALTHY = 6
_SITES_IN_FULL = 4
NAMED = 50
"""Incidents that are named where they are not shown in full; each is worded like the others."""
_SITES_NAMED = 200
"""Remote sites whose state is named where they are not told at length."""
_ADDRESS = re.compile(r"https://[!-~]+")


class MissingView(Struct, frozen=True, kw_only=True):
    """Something that was not given, and the incident that says how to get it."""

    title: str
    href: str


class CitedView(Struct, frozen=True, kw_only=True):
    """An article, a page or a table that statements of the report rest on."""

    basis: str
    source: str
    href: str
    """Its address, if it is nothing but an address; else empty."""


class CaseView(Struct, frozen=True, kw_only=True):
    """The whole case, worded."""

    lang: Lang
    words: Labels
    """For the fixed words of the templates."""
    verdict: str
    """Id of the verdict."""
    verdict_word: str
    headline: str
    reason: str
    """Why there is no verdict, or that none of the incidents is a fault; may be empty."""
    title: str
    """Of the page."""
    sites: tuple[SiteView, ...]
    quiet_sites: tuple[SiteView, ...]
    """Of many those with nothing to tell but their state, or without room for more."""
    sites_more: str
    """How many remote sites are not even named; empty if none."""
    step: FirstStep | None
    """What to do where no site tells it."""
    read_line: str
    read_short: str
    """Records and files, without the times."""
    knowledge: str
    """Short digest of the knowledge base."""
    sources: tuple[SourceView, ...]
    warnings: tuple[str, ...]
    remarks: tuple[RemarkView, ...]
    away: tuple[str, ...]
    """At which sides nobody can be reached."""
    pairings: tuple[PairingView, ...]
    problems: tuple[IncidentView, ...]
    healthy: tuple[IncidentView, ...]
    further: tuple[IncidentView, ...]
    """Incidents that are named but not shown in full."""
    further_more: str
    """How many more there are that are not even named; empty if none."""
    further_problems: int
    """How many incidents that need an explanation are not shown in full."""
    further_healthy: int
    """How many of the others are not."""
    unread: UnreadView
    gaps: tuple[str, ...]
    """What the trace does not show, one sentence each."""
    missing: tuple[MissingView, ...]
    """Of these an incident says how to get them."""
    inputs: tuple[InputView, ...]
    """Wanted inputs that no incident shows."""
    cited: tuple[CitedView, ...]
    """What the marks of the report refer to."""


class Worded(Struct):
    """Incidents of a case in one language, as far as they were worded."""

    troubled: list[tuple[IncidentView, Told]] = field(default_factory=list)
    """Those with trouble that were shown in full, in their order, and what was told with them."""
    named: dict[str, IncidentView] = field(default_factory=dict)
    """Those that were only named, by id."""
    sites: dict[str, SiteView] = field(default_factory=dict)
    """Remote sites of which no incident was worded, by name."""


def case_view(  # noqa: PLR0913 - what a case is worded by
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    *,
    most_problems: int = MOST_PROBLEMS,
    transcript: Transcript = NO_TRANSCRIPT,
    worded: Worded | None = None,
) -> CaseView:
    """Words a diagnosis for one language.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language of everything but the device's own words.
        most_problems: Incidents that are shown in full where something is wrong.
        transcript: Has the records around those that are cited.
        worded: What an earlier call worded of the same case; what this one words is added. Whoever
            asks again for fewer incidents pays for none twice.
    """
    words = labels(lang)
    incidents = ours_first(diagnosis.incidents)
    trouble = tuple(one for one in incidents if is_trouble(one))
    quiet = tuple(one for one in incidents if not is_trouble(one))
    several = len(diagnosis.sources) > 1
    full = (*trouble[:most_problems], *quiet[:_FULL_HEALTHY])
    others = (*trouble[most_problems:], *quiet[_FULL_HEALTHY:])
    # Those shown in full come first: what they tell the others need not.
    worded = worded or Worded()
    before = worded.troubled
    told = Told(prevention=before[0][1].prevention if before else prevention_of(diagnosis))
    views: dict[str, IncidentView] = {}
    for number, one in enumerate(trouble[:most_problems]):
        if number == len(before):
            view = incident_view(one, diagnosis, catalog, words, told, transcript)
            before.append((view, told.copy()))
        views[one.id], told = before[number][0], before[number][1].copy()
    for one in quiet[:_FULL_HEALTHY]:
        views[one.id] = incident_view(one, diagnosis, catalog, words, told, transcript)
    for one in others[:NAMED]:
        if one.id not in worded.named:
            worded.named[one.id] = incident_view(
                one, diagnosis, catalog, words, told, in_full=False
            )
        views[one.id] = worded.named[one.id]
    shown_inputs = {wanted.id: wanted for one in full for wanted in views[one.id].inputs}
    inputs = tuple(
        input_view(
            catalog.inputs[one],
            catalog,
            words,
            anchor=input_anchor(None, one),
            known=case_facts(trouble[0] if trouble else None, words),
        )
        for one in diagnosis.coverage.missing
        if one in catalog.inputs and one not in shown_inputs and not is_given(one, diagnosis)
    )
    anchors = anchors_of(views[one.id].anchors for one in full)
    in_full = frozenset(one.id for one in full)
    sites = site_views(diagnosis, views, in_full, words, worded.sites)
    shown, folded = _sites_shown(sites, max(most_problems, _SITES_IN_FULL))
    return CaseView(
        lang=lang,
        words=words,
        verdict=diagnosis.verdict.value,
        verdict_word=words(f"verdict.{diagnosis.verdict.value}"),
        headline=headline(diagnosis, words),
        reason=reason(diagnosis, words),
        title=page_title(diagnosis, words),
        sites=shown,
        quiet_sites=folded[:_SITES_NAMED],
        sites_more=words.counted_if_any("site.not-named", len(folded) - _SITES_NAMED),
        step=_case_step(diagnosis, sites, inputs),
        read_line=read_line(diagnosis, words),
        read_short=read_short(diagnosis, words),
        knowledge=diagnosis.knowledge.removeprefix("sha256:")[:DIGEST_SHOWN],
        sources=source_views(diagnosis, catalog, words),
        warnings=warnings_told(diagnosis, words),
        remarks=remark_views(
            diagnosis,
            catalog,
            words,
            told={(one.remote_site, seen.id) for one in trouble for seen in one.symptoms},
            anchors=anchors,
        ),
        away=away_told(diagnosis, words),
        pairings=pairing_views(diagnosis, anchors, words),
        problems=tuple(views[one.id] for one in trouble[:most_problems]),
        healthy=tuple(views[one.id] for one in quiet[:_FULL_HEALTHY]),
        further=tuple(views[one.id] for one in others[:NAMED]),
        further_more=words.counted_if_any("html.further.more", len(others) - NAMED),
        further_problems=len(trouble[most_problems:]),
        further_healthy=len(quiet[_FULL_HEALTHY:]),
        unread=unread_view(diagnosis.coverage, words, several=several),
        gaps=gaps_told(diagnosis.coverage, words, several=several),
        missing=_missing(diagnosis, catalog, words, shown_inputs),
        inputs=inputs,
        cited=_cited((*(views[one.id] for one in full), *inputs)),
    )


def _sites_shown(
    sites: tuple[SiteView, ...], most: int
) -> tuple[tuple[SiteView, ...], tuple[SiteView, ...]]:
    """Those that are told at length, and those whose state is named only."""
    if len(sites) <= _SITES_IN_FULL:
        return sites, ()
    told = [site for site in sites if site.step or site.cause][:most]
    return tuple(told), tuple(site for site in sites if site not in told)


def _case_step(
    diagnosis: Diagnosis, sites: tuple[SiteView, ...], inputs: tuple[InputView, ...]
) -> FirstStep | None:
    """What to get where nothing was seen that a site's own step could start from."""
    if diagnosis.verdict is Verdict.HEALTHY or any(site.step for site in sites) or not inputs:
        return None
    return step_of_input(inputs[0])


def _missing(
    diagnosis: Diagnosis, catalog: Catalog, words: Labels, shown: Mapping[str, InputView]
) -> tuple[MissingView, ...]:
    return tuple(
        MissingView(
            title=words.title(catalog.inputs[one].title),
            href=f"#{shown[one].anchor}",
        )
        for one in diagnosis.coverage.missing
        if one in shown
    )


def _cited(views: tuple[object, ...]) -> tuple[CitedView, ...]:
    """Every source that a mark somewhere in these views names, each once."""
    found = {(one.word, one.source) for one in _badges(views) if one.source}
    return tuple(
        CitedView(basis=word, source=source, href=source if _ADDRESS.fullmatch(source) else "")
        for word, source in sorted(found)
    )


def _badges(value: object) -> Iterator[Badge]:
    """All marks in a value, however deep, in any order."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            waiting += one
        elif isinstance(one, Badge):
            yield one
        elif isinstance(one, Struct):
            waiting += [getattr(one, name) for name in one.__struct_fields__]
