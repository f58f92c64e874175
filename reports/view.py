"""Words a diagnosis for one language: everything a report prints, decided and made safe.

Templates and the terminal only print what stands here; device text passes `escape.visible`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident, SiteState, State, Verdict, Warned
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Place, Source
from reports.escape import TEXT_LIMIT, visible
from reports.first_step import FirstStep, choose_first_step, is_trouble, step_of_input
from reports.incident import CauseLine, IncidentView, incident_view
from reports.labels import Labels, Lang, labels
from reports.repair import InputView, case_facts, input_anchor, input_view

__all__ = ["CaseView", "case_view", "choose_first_step"]

_FULL_PROBLEMS = 25
_FULL_HEALTHY = 6
_SITES_IN_FULL = 4
_UNREAD_SHOWN = 60
_DIGEST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """One remote site on the first screen."""

    name: str
    gateway: str
    state_id: str
    state: str
    """`down since 2007-12-04 01:24:48`."""
    outages: str
    """How often it was down, where that is more than the state says."""
    happened: str
    codes: tuple[str, ...]
    cause: CauseLine | None
    step: FirstStep | None
    href: str
    """Of the incident it tells about; empty if it is not in the report in full."""
    more: str
    """How many further incidents this site has; empty if none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One input file."""

    name: str
    kind: str
    side: str
    side_reason: str
    period: str
    records: str
    read: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadView:
    """One record that no pattern reads."""

    lines: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingView:
    """Something that was not given, and where the report says how to get it."""

    title: str
    why: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
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
    """Those with nothing to tell but their state, where there are many."""
    step: FirstStep | None
    """What to do where no site tells it."""
    read_line: str
    knowledge: str
    """Short digest of the knowledge base."""
    sources: tuple[SourceView, ...]
    warnings: tuple[str, ...]
    problems: tuple[IncidentView, ...]
    healthy: tuple[IncidentView, ...]
    further: tuple[IncidentView, ...]
    """Incidents that are named but not shown in full."""
    unread: tuple[UnreadView, ...]
    unread_count: str
    """`3 records`; empty if everything was read."""
    unread_more: str
    missing: tuple[MissingView, ...]
    inputs: tuple[InputView, ...]
    """Wanted inputs that no incident shows."""


def case_view(diagnosis: Diagnosis, catalog: Catalog, lang: Lang) -> CaseView:
    """Words a diagnosis for one language."""
    words = labels(lang)
    trouble = tuple(one for one in diagnosis.incidents if is_trouble(one))
    quiet = tuple(one for one in diagnosis.incidents if not is_trouble(one))
    names = tuple(source.name for source in diagnosis.sources)
    worded = {
        one.id: incident_view(one, diagnosis, catalog, words, names) for one in diagnosis.incidents
    }
    full = (*trouble[:_FULL_PROBLEMS], *quiet[:_FULL_HEALTHY])
    shown_inputs = {wanted.id: wanted for one in full for wanted in worded[one.id].inputs}
    inputs = tuple(
        input_view(
            catalog.inputs[one],
            catalog,
            words,
            anchor=input_anchor(None, one),
            known=case_facts(trouble[0] if trouble else None, words),
        )
        for one in diagnosis.coverage.missing
        if one in catalog.inputs and one not in shown_inputs
    )
    sites = _site_views(diagnosis, worded, frozenset(one.id for one in full), words)
    plain = tuple(site for site in sites if not (site.step or site.cause))
    quiet = plain if len(sites) > _SITES_IN_FULL else ()
    coverage = diagnosis.coverage
    return CaseView(
        lang=lang,
        words=words,
        verdict=diagnosis.verdict.value,
        verdict_word=words(f"verdict.{diagnosis.verdict.value}"),
        headline=_headline(diagnosis, words),
        reason=_reason(diagnosis, words),
        title=_title(diagnosis, words),
        sites=tuple(site for site in sites if site not in quiet),
        quiet_sites=quiet,
        step=_case_step(diagnosis, sites, inputs),
        read_line=_read_line(diagnosis, words),
        knowledge=diagnosis.knowledge.removeprefix("sha256:")[:_DIGEST_SHOWN],
        sources=tuple(_source_view(source, words) for source in diagnosis.sources),
        warnings=tuple(_warning(warned, words) for warned in diagnosis.warnings),
        problems=tuple(worded[one.id] for one in trouble[:_FULL_PROBLEMS]),
        healthy=tuple(worded[one.id] for one in quiet[:_FULL_HEALTHY]),
        further=tuple(
            worded[one.id] for one in (*trouble[_FULL_PROBLEMS:], *quiet[_FULL_HEALTHY:])
        ),
        unread=tuple(
            UnreadView(
                lines=_lines(place, several=len(names) > 1),
                text=visible(place.text, limit=TEXT_LIMIT, lines=True),
            )
            for place in coverage.unread[:_UNREAD_SHOWN]
        ),
        unread_count=(
            words.counted("records", coverage.unread_records) if coverage.unread_records else ""
        ),
        unread_more=(
            words("unread.more", n=words.number(coverage.unread_records - _UNREAD_SHOWN))
            if coverage.unread_records > _UNREAD_SHOWN
            else ""
        ),
        missing=_missing(diagnosis, catalog, words, shown_inputs),
        inputs=inputs,
    )


# The case -----------------------------------------------------------------------------------


def _headline(diagnosis: Diagnosis, words: Labels) -> str:
    """The verdict as one sentence."""
    verdict = diagnosis.verdict
    if verdict is Verdict.INCONCLUSIVE:
        return words("headline.inconclusive")
    names = _site_names(diagnosis)
    one = visible(names[0]) if len(names) == 1 else ""
    if verdict is Verdict.HEALTHY:
        return (
            words("headline.healthy.one", site=one)
            if one
            else words("headline.healthy.some", n=words.number(len(names)))
        )
    down = [site for site in diagnosis.sites if site.state_at_end is State.DOWN]
    if len(down) == 1:
        return words("headline.fault.one-down", site=visible(down[0].remote_site))
    if down:
        n, m = words.number(len(down)), words.number(len(names))
        return words("headline.fault.some-down", n=n, m=m)
    hurt = {incident.remote_site for incident in diagnosis.incidents if is_trouble(incident)}
    if len(hurt) == 1:
        return words("headline.fault.one", site=visible(next(iter(hurt))))
    return words("headline.fault.some", n=words.number(len(hurt)))


def _reason(diagnosis: Diagnosis, words: Labels) -> str:
    if diagnosis.verdict is not Verdict.INCONCLUSIVE:
        return ""
    if any(incident.outcome is Outcome.UNFINISHED for incident in diagnosis.incidents):
        return words("reason.unfinished")
    if not diagnosis.incidents:
        return words("reason.no-negotiation")
    return words("reason.nothing-decides")


def _title(diagnosis: Diagnosis, words: Labels) -> str:
    names = _site_names(diagnosis)
    about = ", ".join(visible(name, limit=24) for name in names[:3])
    if not about and diagnosis.sources:
        about = visible(diagnosis.sources[0].name)
    return words("page.title", verdict=words(f"verdict.{diagnosis.verdict.value}"), about=about)


def _read_line(diagnosis: Diagnosis, words: Labels) -> str:
    """What was read, in one line."""
    sources, coverage = diagnosis.sources, diagnosis.coverage
    firsts = [source.first for source in sources if source.first]
    lasts = [source.last for source in sources if source.last]
    parts = [
        visible(sources[0].name) if len(sources) == 1 else words.counted("files", len(sources)),
        words.period(firsts[0] if firsts else None, lasts[-1] if lasts else None),
        words.counted("records", coverage.records),
        _read_share(coverage.records, coverage.unread_records, words),
    ]
    return " · ".join(parts)


def _read_share(records: int, unread: int, words: Labels) -> str:
    if not records:
        return words("read.nothing")
    if not unread:
        return words("read.all")
    share = words.percent((records - unread) / records)
    return words("read.share", percent=share, n=words.number(unread))


def _case_step(
    diagnosis: Diagnosis, sites: tuple[SiteView, ...], inputs: tuple[InputView, ...]
) -> FirstStep | None:
    """What to get where nothing was seen that a site's own step could start from."""
    if diagnosis.verdict is Verdict.HEALTHY or any(site.step for site in sites) or not inputs:
        return None
    return step_of_input(inputs[0])


def _source_view(source: Source, words: Labels) -> SourceView:
    reason = source.side_reason or ""
    return SourceView(
        name=visible(source.name),
        kind=words(f"kind.{source.kind.value}"),
        side=words(f"who-is.{source.side.value}") if source.side else "",
        side_reason=words(f"side.{reason}") if words.has(f"side.{reason}") else reason,
        period=words.period(source.first, source.last),
        records=words.number(source.records),
        read=_read_share(source.records, source.unread_records, words),
        digest=source.sha256[:_DIGEST_SHOWN],
    )


def _warning(warned: Warned, words: Labels) -> str:
    subject = visible(warned.subject)
    if words.has(f"warning.{warned.id}"):
        return words(f"warning.{warned.id}", subject=subject)
    return words("warning.other", id=visible(warned.id), subject=subject)


def _missing(
    diagnosis: Diagnosis, catalog: Catalog, words: Labels, shown: Mapping[str, InputView]
) -> tuple[MissingView, ...]:
    return tuple(
        MissingView(
            title=words.told(catalog.inputs[one].title),
            why=words.told(catalog.inputs[one].why),
            href=f"#{shown[one].anchor if one in shown else input_anchor(None, one)}",
        )
        for one in diagnosis.coverage.missing
        if one in catalog.inputs
    )


def _lines(place: Place, *, several: bool) -> str:
    lines = f"L{place.first_line}"
    if place.last_line != place.first_line:
        lines += f"-L{place.last_line}"
    return f"{visible(place.source)} {lines}" if several else lines


# Remote sites -------------------------------------------------------------------------------


def _site_names(diagnosis: Diagnosis) -> tuple[RemoteSite, ...]:
    """Every remote site of the case, those of the local trace first."""
    known = [site.remote_site for site in diagnosis.sites]
    return tuple(dict.fromkeys((*known, *(one.remote_site for one in diagnosis.incidents))))


def _site_views(
    diagnosis: Diagnosis,
    worded: Mapping[str, IncidentView],
    full: frozenset[str],
    words: Labels,
) -> tuple[SiteView, ...]:
    """The sites with a fault first, those of them that are down before the others."""
    states = {site.remote_site: site for site in diagnosis.sites}
    ranked: list[tuple[int, SiteView]] = []
    for name in _site_names(diagnosis):
        incidents = [one for one in diagnosis.incidents if one.remote_site == name]
        leading = _leading(incidents)
        state = states.get(name) or _unknown_state(name, leading)
        told = worded[leading.id] if leading else None
        view = _site_view(
            state,
            told,
            href=f"#{told.anchor}" if told and told.id in full else "",
            more=words.counted("site.more", len(incidents) - 1) if len(incidents) > 1 else "",
            words=words,
        )
        hurt = leading is not None and is_trouble(leading)
        up = state.state_at_end is not State.DOWN
        ranked.append((2 * (not hurt) + up, view))
    return tuple(view for _, view in sorted(ranked, key=lambda pair: pair[0]))


def _unknown_state(name: RemoteSite, leading: Incident | None) -> SiteState:
    """Of a site that only the other side's trace shows."""
    return SiteState(
        remote_site=name,
        gateway=leading.gateway if leading else None,
        state_at_end=State.UNKNOWN,
        since=None,
        outages=0,
        outage_s=None,
    )


def _leading(incidents: list[Incident]) -> Incident | None:
    """The incident that tells most about a site: trouble that lasts, then any, then the last."""
    trouble = [one for one in incidents if is_trouble(one)]
    explained = [one for one in trouble if one.hypotheses] or trouble
    lasting = [one for one in explained if not one.recovered]
    best = lasting or explained or incidents
    return best[-1] if best else None


def _site_view(
    state: SiteState, told: IncidentView | None, *, href: str, more: str, words: Labels
) -> SiteView:
    at_end = state.state_at_end
    since = state.since if at_end is not State.UNKNOWN else None
    return SiteView(
        name=visible(state.remote_site),
        gateway=visible(state.gateway) if state.gateway else told.gateway if told else "",
        state_id=at_end.value,
        state=(
            words(f"state.{at_end.value}.since", since=words.moment(since))
            if since
            else words(f"state.{at_end.value}")
        ),
        outages=_outages(state, words),
        happened=told.title if told else "",
        codes=tuple(code.code for code in told.codes) if told else (),
        cause=told.cause if told else None,
        step=told.step if told else None,
        href=href,
        more=more,
    )


def _outages(state: SiteState, words: Labels) -> str:
    """The outages, where there is more to say than that it is down now."""
    if state.outage_s is not None:
        counted = words.counted("outages", state.outages)
        return words("outages.lasting", outages=counted, time=words.duration(state.outage_s))
    return words.counted("outages", state.outages) if state.outages > 1 else ""
