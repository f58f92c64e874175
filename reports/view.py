"""Words a diagnosis for one language: everything a report prints, decided and made safe.

Templates and the terminal only print what stands here; device text passes `escape.visible`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import (
    Coverage,
    Diagnosis,
    Gap,
    Incident,
    SiteState,
    State,
    Verdict,
    Warned,
)
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Place, Source
from reports.escape import TEXT_LIMIT, visible
from reports.first_step import FirstStep, choose_first_step, is_trouble, step_of_input
from reports.incident import CauseLine, IncidentView, Told, incident_view
from reports.labels import Labels, Lang, labels
from reports.lines import Badge
from reports.repair import InputView, case_facts, input_anchor, input_view

__all__ = ["CaseView", "case_view", "choose_first_step"]

_FULL_PROBLEMS = 25
_FULL_HEALTHY = 6
_SITES_IN_FULL = 4
_ALSO_NAMED = 4
_DIFFERENCES = 3
_UNREAD_SHOWN = 60
_CLASSES_SHOWN = 12
_DIGEST_SHOWN = 12
_ADDRESS = re.compile(r"https://[!-~]+")


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
    differs: tuple[str, ...]
    """What a mismatch of proposals differs in, the first few."""
    cause: CauseLine | None
    also: str
    """The other causes worth reading, in one sentence; empty if there are none."""
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
    """And the trace classes in it, with those named that are read but not used."""
    device: str
    """Model and firmware, where the console's greeting was copied."""
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
    """Something that was not given, and the incident that says how to get it."""

    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedView:
    """An article, a page or a table that statements of the report rest on."""

    basis: str
    source: str
    href: str
    """Its address, if it is nothing but an address; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeView:
    """Unread text that is equal but for numbers, names and addresses."""

    count: str
    lines: str
    """Where the first of them stands."""
    text: str


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
    read_short: str
    """Records and files, without the times."""
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
    shapes: tuple[ShapeView, ...]
    """The unread records and lines, equal ones counted together; most frequent first."""
    shapes_more: str
    gaps: tuple[str, ...]
    """What the trace does not show, one sentence each."""
    missing: tuple[MissingView, ...]
    """Of these an incident says how to get them."""
    inputs: tuple[InputView, ...]
    """Wanted inputs that no incident shows."""
    cited: tuple[CitedView, ...]
    """What the marks of the report refer to."""


def case_view(diagnosis: Diagnosis, catalog: Catalog, lang: Lang) -> CaseView:
    """Words a diagnosis for one language."""
    words = labels(lang)
    trouble = tuple(one for one in diagnosis.incidents if is_trouble(one))
    quiet = tuple(one for one in diagnosis.incidents if not is_trouble(one))
    names = tuple(source.name for source in diagnosis.sources)
    full = (*trouble[:_FULL_PROBLEMS], *quiet[:_FULL_HEALTHY])
    others = (*trouble[_FULL_PROBLEMS:], *quiet[_FULL_HEALTHY:])
    told = Told()
    # Those shown in full come first: what they tell the others need not.
    worded = {
        one.id: incident_view(one, diagnosis, catalog, words, told) for one in (*full, *others)
    }
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
    folded = plain if len(sites) > _SITES_IN_FULL else ()
    coverage = diagnosis.coverage
    return CaseView(
        lang=lang,
        words=words,
        verdict=diagnosis.verdict.value,
        verdict_word=words(f"verdict.{diagnosis.verdict.value}"),
        headline=_headline(diagnosis, words),
        reason=_reason(diagnosis, words),
        title=_title(diagnosis, words),
        sites=tuple(site for site in sites if site not in folded),
        quiet_sites=folded,
        step=_case_step(diagnosis, sites, inputs),
        read_line=_read_line(diagnosis, words),
        read_short=f"{_records(diagnosis, words)} · {_files(diagnosis, words)}",
        knowledge=diagnosis.knowledge.removeprefix("sha256:")[:_DIGEST_SHOWN],
        sources=tuple(_source_view(source, catalog, words) for source in diagnosis.sources),
        warnings=tuple(_warning(warned, words) for warned in diagnosis.warnings),
        problems=tuple(worded[one.id] for one in trouble[:_FULL_PROBLEMS]),
        healthy=tuple(worded[one.id] for one in quiet[:_FULL_HEALTHY]),
        further=tuple(worded[one.id] for one in others),
        unread=tuple(
            UnreadView(
                lines=_lines(place, several=len(names) > 1),
                text=visible(place.text, limit=TEXT_LIMIT, lines=True),
            )
            for place in coverage.unread[:_UNREAD_SHOWN]
        ),
        unread_count=_unread_count(coverage, words),
        unread_more=(
            words("unread.more", n=words.number(coverage.unread_records - _UNREAD_SHOWN))
            if coverage.unread_records > _UNREAD_SHOWN
            else ""
        ),
        shapes=tuple(
            ShapeView(
                count=words.number(shape.count),
                lines=_lines(shape.example, several=len(names) > 1),
                text=visible(shape.shape, limit=TEXT_LIMIT, lines=True),
            )
            for shape in coverage.shapes[:_UNREAD_SHOWN]
        ),
        shapes_more=(
            words("unread.shapes-more", n=words.number(len(coverage.shapes) - _UNREAD_SHOWN))
            if len(coverage.shapes) > _UNREAD_SHOWN
            else ""
        ),
        gaps=tuple(_gap(gap, words, several=len(names) > 1) for gap in coverage.gaps),
        missing=_missing(diagnosis, catalog, words, shown_inputs),
        inputs=inputs,
        cited=_cited((*(worded[one.id] for one in full), *inputs)),
    )


def _unread_count(coverage: Coverage, words: Labels) -> str:
    if coverage.unread_records:
        return words.counted("records", coverage.unread_records)
    lines = sum(shape.count for shape in coverage.shapes)
    return words.counted("lines", lines) if lines else ""


def _gap(gap: Gap, words: Labels, *, several: bool) -> str:
    key = f"gap.{gap.kind}"
    if gap.seconds is None and words.has(f"{key}.unknown"):
        key = f"{key}.unknown"
    site = words.site(gap.remote_site)
    seconds = words.number(gap.seconds) if gap.seconds is not None else ""
    return f"{words(key, site=site, seconds=seconds)} ({_lines(gap.place, several=several)})"


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
        return words("headline.fault.one-down", site=words.site(down[0].remote_site))
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
    firsts = [source.first for source in diagnosis.sources if source.first]
    lasts = [source.last for source in diagnosis.sources if source.last]
    period = words.period(firsts[0] if firsts else None, lasts[-1] if lasts else None)
    return " · ".join((_files(diagnosis, words), period, _records(diagnosis, words)))


def _files(diagnosis: Diagnosis, words: Labels) -> str:
    sources = diagnosis.sources
    return visible(sources[0].name) if len(sources) == 1 else words.counted("files", len(sources))


def _records(diagnosis: Diagnosis, words: Labels) -> str:
    coverage = diagnosis.coverage
    read = _read_share(coverage.records, coverage.unread_records, words)
    return f"{words.counted('records', coverage.records)} · {read}"


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


def _source_view(source: Source, catalog: Catalog, words: Labels) -> SourceView:
    reason = source.side_reason or ""
    read = {
        name.casefold() for one in catalog.pattern_files for name in (one.trace_class, *one.also)
    }
    classes = [
        words(
            "class.read" if name.casefold() in read else "class.unused",
            name=visible(name),
            n=words.number(count),
        )
        for name, count in source.classes[:_CLASSES_SHOWN]
    ]
    kind = words(f"kind.{source.kind.value}")
    device = " ".join(visible(value) for _, value in source.device)
    return SourceView(
        name=visible(source.name),
        kind=f"{kind} ({'; '.join(classes)})" if classes else kind,
        device=device,
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
    """All marks in a value, however deep."""
    if isinstance(value, Badge):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _badges(part)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _badges(getattr(value, each.name))


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
    """The incident that tells most about a site.

    Trouble that lasts before trouble that is over; of these the one with the surest cause.
    """
    trouble = [one for one in incidents if is_trouble(one)]
    lasting = [one for one in trouble if not one.recovered]
    candidates = lasting or trouble or incidents
    return max(candidates, key=_certainty) if candidates else None


def _certainty(incident: Incident) -> float:
    """How sure the first cause is; an unknown one counts little, none at all nothing."""
    if not incident.hypotheses:
        return 0.0
    first = incident.hypotheses[0]
    return first.probability if first.cause != "unknown" else first.probability / 100


def _site_view(
    state: SiteState, told: IncidentView | None, *, href: str, more: str, words: Labels
) -> SiteView:
    at_end = state.state_at_end
    since = state.since if at_end is not State.UNKNOWN else None
    return SiteView(
        name=words.site(state.remote_site),
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
        differs=tuple(
            f"{one.attribute}: {words('text.differs', ours=one.ours, theirs=one.theirs)}"
            for one in (told.proposals[:_DIFFERENCES] if told else ())
        ),
        cause=told.cause if told else None,
        also=_also(told, words) if told else "",
        step=told.step if told else None,
        href=href,
        more=more,
    )


def _also(told: IncidentView, words: Labels) -> str:
    """The causes after the first, with their numbers."""
    others = [
        words("cause.with-percent", title=one.title, percent=one.percent)
        for one in told.causes[1:_ALSO_NAMED]
    ]
    return words("site.also", causes=" · ".join(others)) if others else ""


def _outages(state: SiteState, words: Labels) -> str:
    """The outages, where there is more to say than that it is down now."""
    if state.outage_s is not None:
        key = f"outages.lasting.{'one' if state.outages == 1 else 'other'}"
        time = words.duration(state.outage_s)
        return words(key, n=words.number(state.outages), time=time)
    return words.counted("outages", state.outages) if state.outages > 1 else ""
