"""Words what to do: remedies step by step, and inputs that would decide the case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Input, Step
from assistant.model.answer import Who
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.event import Role
from assistant.model.message import IkeSaEstablished, TunnelEndpoints
from assistant.model.outages import Outages
from assistant.model.pairing import PairVerdict
from assistant.model.source import Side, SourceKind
from reports.causes import SHOWN_FROM, remedy_anchor
from reports.escape import visible
from reports.labels import Labels
from reports.lines import Badge, badge
from reports.pairing import paired_with
from reports.standpoint import who_seen, who_told

Prevention = Mapping[str, tuple[tuple[Incident, Outages], ...]]
"""Incidents and their outages, by the id of a remedy."""
_WORTH_S = 60
"""Of an outage that is not over: what a trace shows of it that is shorter says nothing."""
_SITES = 4
"""Remote sites whose outages a remedy names."""
_REMOTE_TRACE = "remote-trace"
_TRACES = frozenset({SourceKind.LANCOM_TRACE, SourceKind.STRONGSWAN_LOG})
_PLACEHOLDER = re.compile(r"\{(remote_site|gateway|time|own_address)\}")
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")


class Command(Struct, frozen=True, kw_only=True):
    """Something to type or to click, and where that is known from."""

    text: str
    badge: Badge


class StepView(Struct, frozen=True, kw_only=True):
    """One thing to do; what a step does not say is empty or None."""

    do: str
    console: Command | None
    lanconfig: Command | None
    expect: str
    undo: str


class RemedyView(Struct, frozen=True, kw_only=True):
    """How to repair one cause."""

    id: str
    anchor: str
    title: str
    for_causes: tuple[str, ...]
    """Titles of the causes worth reading that it repairs."""
    who: str
    minutes: str
    risk: str
    risk_id: str
    risk_note: str
    cures: str
    prevents: str
    """What it would have prevented, if a cause that it repairs is the one; may be empty."""
    badge: Badge
    steps: tuple[StepView, ...]


class LookForView(Struct, frozen=True, kw_only=True):
    """What one may see in a wanted input."""

    see: str
    means: str
    causes: tuple[str, ...]


class InputView(Struct, frozen=True, kw_only=True):
    """Something to get, how to get it, and what it will tell."""

    id: str
    anchor: str
    title: str
    why: str
    who: str
    minutes: str
    commands: tuple[str, ...]
    look_for: tuple[LookForView, ...]
    look_for_at: str
    """Where this table stands already, if so; then `look_for` need not be shown again."""
    request: str
    """Ready to be sent; empty if there is nobody to ask."""
    badge: Badge


def remedy_views(
    incident: Incident, prevention: Prevention, catalog: Catalog, words: Labels
) -> tuple[RemedyView, ...]:
    """The remedies of the causes worth reading, each once: as planned, then by cause."""
    causes_of: dict[str, list[str]] = {}
    for rank, hypothesis in enumerate(incident.hypotheses):
        if rank and hypothesis.probability < SHOWN_FROM:
            break
        for remedy in hypothesis.remedies:
            title = words.title(catalog.causes[hypothesis.cause].title)
            causes_of.setdefault(remedy, []).append(title)
    planned = [one.remedy for one in incident.plan.repairs] if incident.plan else []
    ordered = dict.fromkeys([*(one for one in planned if one in causes_of), *causes_of])
    return tuple(
        _remedy_view(remedy, incident, tuple(causes_of[remedy]), prevention, catalog, words)
        for remedy in ordered
    )


def input_view(  # noqa: PLR0913 - what an input is worded by
    wanted: Input,
    catalog: Catalog,
    words: Labels,
    *,
    anchor: str,
    known: Mapping[str, str],
    incident: Incident | None = None,
) -> InputView:
    """One wanted input.

    Args:
        wanted: The input.
        catalog: Has the causes it tells apart.
        words: Of the language wanted.
        anchor: Where it stands on the page.
        known: Fills the holes of the request, see `case_facts`.
        incident: It is wanted for; None for the whole case.
    """
    return InputView(
        id=wanted.id,
        anchor=anchor,
        title=words.title(wanted.title),
        why=words.told(wanted.why),
        who=who_told(wanted.who, incident, words),
        minutes=words("minutes", n=wanted.minutes),
        commands=tuple(command.strip() for command in wanted.commands),
        look_for=tuple(
            LookForView(
                see=words.told(one.see),
                means=words.told(one.means),
                causes=tuple(
                    words.title(catalog.causes[cause].title)
                    for cause in one.causes
                    if cause in catalog.causes
                ),
            )
            for one in wanted.look_for
        ),
        look_for_at="",
        request=request_told(wanted, words, known),
        badge=badge(wanted.basis, wanted.source, words),
    )


def input_anchor(incident_id: str | None, input_id: str) -> str:
    """Anchor of a wanted input inside the report; without an incident, that of the whole case."""
    return f"i{incident_id}-get-{input_id}" if incident_id else f"get-{input_id}"


def wanted_inputs(
    incident: Incident, catalog: Catalog, diagnosis: Diagnosis | None = None
) -> tuple[str, ...]:
    """Ids of what would help with one incident: what decides first, each once.

    Nothing that the case has already, or that somebody who is away would have to get.
    """
    seen = [catalog.symptoms[one.id] for one in incident.symptoms]
    decisive = [one for one in seen if one.decisive]
    ordered = [one.first_input for one in decisive if one.first_input]
    for symptom in (*decisive, *seen):
        ordered.extend(one for one in (symptom.first_input, *symptom.inputs) if one)
    return tuple(
        one
        for one in dict.fromkeys(ordered)
        if one in catalog.inputs
        and not (
            diagnosis is not None
            and (
                _needs(who_seen(catalog.inputs[one].who, incident.side), diagnosis.away)
                or is_given(one, diagnosis, incident)
            )
        )
    )


def is_given(input_id: str, diagnosis: Diagnosis, incident: Incident | None = None) -> bool:
    """Whether the case has the other side's trace, and of that incident, if one is asked about."""
    if input_id != _REMOTE_TRACE or not any(
        source.side is Side.REMOTE and source.kind in _TRACES for source in diagnosis.sources
    ):
        return False
    paired = paired_with(incident, diagnosis) if incident else None
    return paired is None or paired.verdict is not PairVerdict.NOT_RECORDED


def _needs(who: str, away: Collection[Who]) -> bool:
    return who in away or (who == "both" and bool(away))


def case_facts(incident: Incident | None, words: Labels) -> dict[str, str]:
    """What a request may say about the case; only what the trace shows, made visible."""
    if incident is None:
        return {}
    known: dict[str, str | None] = {
        "remote_site": incident.remote_site,
        "gateway": incident.gateway,
        "time": words.moment(incident.last_seen) if incident.last_seen else None,
        "own_address": _own_address(incident),
    }
    return {hole: visible(value) for hole, value in known.items() if value}


def first_lines(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """The first few lines of several commands."""
    return tuple(line for text in texts for line in text.splitlines() if line.strip())[:most]


def prevention_of(diagnosis: Diagnosis) -> Prevention:
    """The outages that would not have been, by the remedy, if a cause that it repairs is the one.

    Those of every incident that it is shown for.
    """
    found: dict[str, list[tuple[Incident, Outages]]] = {}
    for incident in diagnosis.incidents:
        if not incident.outages.number:
            continue
        shown = [
            one
            for rank, one in enumerate(incident.hypotheses)
            if rank == 0 or one.probability >= SHOWN_FROM
        ]
        for remedy in dict.fromkeys(remedy for one in shown for remedy in one.remedies):
            found.setdefault(remedy, []).append((incident, incident.outages))
    return {remedy: tuple(each) for remedy, each in found.items()}


def _prevented(outages: Sequence[tuple[Incident, Outages]], words: Labels) -> str:
    if not outages:
        return ""
    told = [_outages_told(incident, found, words) for incident, found in outages[:_SITES]]
    if len(outages) > _SITES:
        told.append(words.counted("prevents.more", len(outages) - _SITES))
    return words("prevents", outages="; ".join(told))


def _outages_told(incident: Incident, found: Outages, words: Labels) -> str:
    """`LAGER: 2 outages, 3 h 20 min`."""
    told = words.counted("prevents.outages", found.number)
    if found.seconds is not None and (found.seconds >= _WORTH_S or not found.still_open):
        key = "prevents.at-least" if found.still_open else "prevents.time"
        told = words(key, outages=told, time=words.duration(found.seconds))
    elif found.still_open:
        told = words("prevents.open", outages=told)
    return words("prevents.site", site=words.site(incident.remote_site), outages=told)


def _remedy_view(  # noqa: PLR0913, PLR0917 - what a remedy is worded by
    remedy_id: str,
    incident: Incident,
    causes: tuple[str, ...],
    prevention: Prevention,
    catalog: Catalog,
    words: Labels,
) -> RemedyView:
    remedy = catalog.remedies[remedy_id]
    return RemedyView(
        id=remedy.id,
        anchor=remedy_anchor(remedy.id),
        title=words.title(remedy.title),
        for_causes=causes,
        who=who_told(remedy.who, incident, words),
        minutes=words("minutes", n=remedy.minutes),
        risk=words(f"risk.{remedy.risk}"),
        risk_id=remedy.risk,
        risk_note=words.told(remedy.risk_note) if remedy.risk_note else "",
        cures=words("cures", n=words.number(remedy.cures)),
        prevents=_prevented(prevention.get(remedy.id, ()), words),
        badge=badge(remedy.basis, remedy.source, words),
        steps=tuple(_step_view(step, words) for step in remedy.steps),
    )


def _step_view(step: Step, words: Labels) -> StepView:
    console, lanconfig = step.console, step.lanconfig
    return StepView(
        do=words.told(step.do),
        console=(
            Command(text=console.command.strip(), badge=badge(console.basis, console.source, words))
            if console
            else None
        ),
        lanconfig=(
            Command(
                text=words.told(lanconfig.path),
                badge=badge(lanconfig.basis, lanconfig.source, words),
            )
            if lanconfig
            else None
        ),
        expect=words.told(step.expect) if step.expect else "",
        undo=words.told(step.undo) if step.undo else "",
    )


def request_told(wanted: Input, words: Labels, known: Mapping[str, str]) -> str:
    """The request for an input with its holes filled, see `case_facts`.

    What the trace does not show is left to the reader; empty if there is nobody to ask.
    """
    request = wanted.request
    if request is None:
        return ""
    text = request.de if words.lang == "de" else request.en

    def fill(hole: re.Match[str]) -> str:
        return known.get(hole[1]) or words(f"hole.{hole[1]}")

    # One pass, so that a remote site named "{gateway}" stays what it is.
    return _PLACEHOLDER.sub(fill, text).strip()


def _own_address(incident: Incident) -> str | None:
    """Our outer address, if a record of the negotiation names it."""
    for message in incident.messages:
        event = message.event
        if isinstance(event, TunnelEndpoints):
            return event.own_address
        if isinstance(event, IkeSaEstablished):
            ours = event.initiator_id if event.role is Role.INITIATOR else event.responder_id
            # The identity may be a name; only an address is what the other side can look for.
            if ours and _ADDRESS.fullmatch(ours):
                return ours
    return None
