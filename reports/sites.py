"""Words the remote sites for the first screen: state, what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from assistant.model.diagnosis import Diagnosis, Incident, Origin, SiteState, State
from assistant.model.event import RemoteSite
from assistant.model.source import Side
from reports.escape import visible
from reports.first_step import FirstStep, is_trouble
from reports.incident import CauseLine, IncidentView
from reports.labels import Labels
from reports.standpoint import only_theirs, ours_first

_ALSO_NAMED = 4
_DIFFERENCES = 3


class SiteView(Struct, frozen=True, kw_only=True):
    """One remote site on the first screen."""

    name: str
    gateway: str
    state_id: str
    state: str
    """`down since 2007-12-04 01:24:48`; `no trace`."""
    traced: bool
    """Whether a trace shows it: else nothing is known of its state."""
    outages: str
    """How often it was down, where that is more than the state says."""
    theirs: str
    """That only the other side shows it; empty if our own trace does."""
    happened: str
    codes: tuple[str, ...]
    paired: str
    """What both traces together say; empty where there is only one."""
    contradictions: tuple[str, ...]
    """Titles."""
    differs: tuple[str, ...]
    """What a mismatch of proposals or of configurations differs in, the first few."""
    cause: CauseLine | None
    also: str
    """The other causes worth reading, in one sentence; empty if there are none."""
    pivot: str
    """The answer on which the first place depends."""
    step: FirstStep | None
    href: str
    """Of the incident it tells about; empty if it is not in the report in full."""
    more: str
    """How many further incidents this site has; empty if none."""


def site_names(diagnosis: Diagnosis) -> tuple[RemoteSite, ...]:
    """Every remote site of the case, those of the local trace first."""
    known = [site.remote_site for site in diagnosis.sites]
    seen = (one.remote_site for one in ours_first(diagnosis.incidents))
    return tuple(dict.fromkeys((*known, *seen)))


def site_views(
    diagnosis: Diagnosis,
    worded: Mapping[str, IncidentView],
    full: frozenset[str],
    words: Labels,
    known: dict[str, SiteView],
) -> tuple[SiteView, ...]:
    """The sites with a fault first, those of them that are down before the others.

    Args:
        diagnosis: Has the sites and the incidents.
        worded: Incidents by their id; of very many not all.
        full: Ids of those that the report shows in full.
        words: Of the language wanted.
        known: Sites that an earlier call worded and of which no incident is shown; those of this
            call are added.
    """
    states = {site.remote_site: site for site in diagnosis.sites}
    of_site: dict[RemoteSite, list[Incident]] = {}
    for one in diagnosis.incidents:
        of_site.setdefault(one.remote_site, []).append(one)
    ranked: list[tuple[int, SiteView]] = []
    for name in site_names(diagnosis):
        incidents = of_site.get(name, [])
        leading = leading_incident(incidents)
        state = states.get(name) or _unknown_state(name, leading)
        told = worded.get(leading.id) if leading else None
        view = known.get(name) if told is None else None
        if view is None:
            view = _site_view(
                state,
                told,
                traced=leading is None or leading.origin is Origin.TRACE,
                href=f"#{told.anchor}" if told and told.id in full else "",
                more=words.counted("site.more", len(incidents) - 1) if len(incidents) > 1 else "",
                theirs=only_theirs(leading, words) if leading else "",
                words=words,
            )
            if told is None:
                known[name] = view
        hurt = leading is not None and is_trouble(leading)
        up = state.state_at_end is not State.DOWN
        # What only the other side shows comes last, whatever its state.
        ranked.append((4 * bool(view.theirs) + 2 * (not hurt) + up, view))
    return tuple(view for _, view in sorted(ranked, key=lambda pair: pair[0]))


def differences_told(told: IncidentView, words: Labels) -> tuple[str, ...]:
    """What a mismatch differs in, by the trace or else by both configurations."""
    if told.proposals or told.side_by_side is None:
        pairs = [(one.attribute, one.ours, one.theirs) for one in told.proposals]
    else:
        pairs = [
            (f"{one.symbol} {one.subject_short}", one.ours_short, one.theirs_short)
            for one in told.side_by_side.different
        ]
    return tuple(
        f"{what}: {words('text.differs', ours=ours, theirs=theirs)}" for what, ours, theirs in pairs
    )


def _unknown_state(name: RemoteSite, leading: Incident | None) -> SiteState:
    """Of a site that our own trace does not show."""
    return SiteState(
        remote_site=name,
        gateway=leading.gateway if leading else None,
        state_at_end=State.UNKNOWN,
        since=None,
        outages=0,
        outage_s=None,
    )


def leading_incident(incidents: Iterable[Incident]) -> Incident | None:
    """The incident that tells most about a site: of our own side, if there is one.

    Trouble that lasts before trouble that is over; of these the one with the surest cause.
    """
    every = list(incidents)
    incidents = [one for one in every if one.side is not Side.REMOTE] or every
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


def _site_view(  # noqa: PLR0913 - what is known of one site
    state: SiteState,
    told: IncidentView | None,
    *,
    traced: bool,
    href: str,
    more: str,
    theirs: str,
    words: Labels,
) -> SiteView:
    return SiteView(
        name=told.site if told else words.site(state.remote_site),
        gateway=visible(state.gateway) if state.gateway else told.gateway if told else "",
        state_id=state.state_at_end.value,
        state=state_told(state, words) if traced else words("state.no-trace"),
        traced=traced,
        outages=_outages(state, words),
        theirs=theirs,
        happened=told.title if told else "",
        codes=tuple(code.code for code in told.codes) if told else (),
        paired=told.paired.told if told and told.paired else "",
        contradictions=tuple(one.title for one in told.contradictions) if told else (),
        differs=differences_told(told, words)[:_DIFFERENCES] if told else (),
        cause=told.cause if told else None,
        also=_also(told, words) if told else "",
        pivot=told.pivot if told else "",
        step=told.step if told else None,
        href=href,
        more=more,
    )


def state_told(state: SiteState, words: Labels) -> str:
    """`down since 2007-12-04 01:24:48`."""
    at_end = state.state_at_end
    since = state.since if at_end is not State.UNKNOWN else None
    if since is None:
        return words(f"state.{at_end.value}")
    return words(f"state.{at_end.value}.since", since=words.moment(since))


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
