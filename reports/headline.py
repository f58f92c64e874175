"""Words the verdict of the whole case in one sentence, and why there is none."""

from __future__ import annotations

from assistant.model.diagnosis import Diagnosis, Origin, State, Verdict
from assistant.model.negotiation import Outcome
from assistant.model.source import Side, SourceKind
from reports.escape import visible
from reports.labels import Labels
from reports.sites import site_names

_NAMED = 3
_NAME_LIMIT = 24


def headline(diagnosis: Diagnosis, words: Labels) -> str:
    """The verdict as one sentence."""
    verdict = diagnosis.verdict
    if verdict is Verdict.INCONCLUSIVE:
        basis = _basis(diagnosis)
        if basis is Origin.TRACE:
            return words("headline.inconclusive")
        return words(f"headline.inconclusive.{basis.value}")
    names = site_names(diagnosis)
    if verdict is Verdict.FAULT:
        return _fault(diagnosis, len(names), words)
    if len(names) == 1:
        return words("headline.healthy.one", site=words.site(names[0]))
    return words("headline.healthy.some", n=words.number(len(names)))


def reason(diagnosis: Diagnosis, words: Labels) -> str:
    """Why there is no verdict; empty if there is one."""
    if diagnosis.verdict is not Verdict.INCONCLUSIVE:
        return ""
    basis = _basis(diagnosis)
    if basis is not Origin.TRACE:
        return words(f"reason.{basis.value}")
    if any(incident.outcome is Outcome.UNFINISHED for incident in diagnosis.incidents):
        return words("reason.unfinished")
    if not diagnosis.incidents:
        return words("reason.no-negotiation")
    return words("reason.nothing-decides")


def page_title(diagnosis: Diagnosis, words: Labels) -> str:
    """Title of the page: the verdict and the first few sites, or the file."""
    names = [name for name in site_names(diagnosis) if name]
    about = ", ".join(visible(name, limit=_NAME_LIMIT) for name in names[:_NAMED])
    if not about and diagnosis.sources:
        about = visible(diagnosis.sources[0].name)
    verdict = words(f"verdict.{diagnosis.verdict.value}")
    return words("page.title", verdict=verdict, about=about) if about else verdict


def _basis(diagnosis: Diagnosis) -> Origin:
    """What the case rests on: a trace if there is any, else a configuration, else answers."""
    kinds = {source.kind for source in diagnosis.sources}
    if kinds == {SourceKind.LANCOM_CONFIG}:
        return Origin.CONFIGURATION
    if not kinds and any(one.origin is Origin.ANSWERS for one in diagnosis.incidents):
        return Origin.ANSWERS
    return Origin.TRACE


def _fault(diagnosis: Diagnosis, sites: int, words: Labels) -> str:
    down = [site for site in diagnosis.sites if site.state_at_end is State.DOWN]
    if len(down) == 1:
        return words("headline.fault.one-down", site=words.site(down[0].remote_site))
    if down:
        n, m = words.number(len(down)), words.number(sites)
        return words("headline.fault.some-down", n=n, m=m)
    every = [incident for incident in diagnosis.incidents if incident.is_fault]
    ours = [incident for incident in every if incident.side is not Side.REMOTE]
    trouble = ours or every
    theirs = "" if ours or not every else ".theirs"
    hurt = list(dict.fromkeys(incident.remote_site for incident in trouble))
    origins = {incident.origin for incident in trouble}
    if origins == {Origin.ANSWERS}:
        return words("headline.fault.answers")
    configured = origins == {Origin.CONFIGURATION}
    key = f"headline.fault{theirs}{'.config' if configured else ''}"
    several = f"{key}.some"
    one = key if configured else f"{key}.one"
    if len(hurt) == 1:
        return words(one, site=words.site(hurt[0]))
    return words(several, n=words.number(len(hurt)))
