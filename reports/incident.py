"""Words one incident: facts apart from hypotheses, and every record of its negotiation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis
from assistant.model.diagnosis import Diagnosis, Hypothesis, Incident, RefusedProposal
from assistant.model.event import ErrorCode
from assistant.model.message import (
    ErrorReported,
    IkeNegotiationStarted,
    PeerIdentified,
    PollTimeout,
    TrafficRule,
    TunnelEndpoints,
)
from assistant.model.negotiation import Outcome, Stage
from assistant.model.source import Side
from reports.causes import CauseView, RemedyLink, cause_views, chance, polled_address
from reports.escape import visible
from reports.first_step import FirstStep, first_step, is_trouble
from reports.frame import CodeLine, deciding_lines
from reports.labels import Labels
from reports.lines import Annotation, Badge, Ref, Row, annotate, badge
from reports.questions import QuestionView, answers_told, question_views
from reports.repair import (
    InputView,
    RemedyView,
    case_facts,
    input_anchor,
    input_view,
    remedy_views,
    wanted_inputs,
)

_MOST_VALUES = 3


@dataclass(slots=True)
class Told:
    """What the incidents above have told at length, so that it need not be told again."""

    remedies: set[str] = field(default_factory=set)
    inputs: dict[str, str] = field(default_factory=dict)
    """Where the table of an input stands, by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLine:
    """The most likely cause in one line."""

    title: str
    chance: str
    """`possible, about 2 in 5 (43 %)`."""
    percent: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of what the trace says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One step of bringing a tunnel up and whether it was reached."""

    word: str
    state_id: str
    """`done`, `broken`, `open` or `ahead`."""
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """An error code of the device."""

    code: str
    name: str
    meaning: str
    badge: Badge | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomView:
    """Something the negotiation shows."""

    title: str
    detail: str
    """The address it is about; empty if it is about none."""
    explanation: str
    decisive: bool
    badge: Badge | None
    """Where it rests on a form of a message that nobody has published."""
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """One attribute in which proposals differ."""

    phase: str
    attribute: str
    ours: str
    theirs: str
    compared: str
    """Which proposals were held against each other: `1/1, 2/1`."""
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """Everything about one incident."""

    id: str
    anchor: str
    site: str
    gateway: str
    mark: Literal["fault", "healthy", "inconclusive"]
    happened: str
    """`was up, then lost`."""
    occurrences: str
    """`3 times`; empty if once."""
    codes: tuple[CodeView, ...]
    title: str
    """Of the deciding symptom; what happened, where there is none."""
    facts: tuple[Fact, ...]
    stages: tuple[StageView, ...]
    symptoms: tuple[SymptomView, ...]
    cause: CauseLine | None
    causes: tuple[CauseView, ...]
    folded: tuple[CauseView, ...]
    step: FirstStep | None
    remedies: tuple[RemedyView, ...]
    """Those that no incident before has told."""
    remedies_above: tuple[RemedyLink, ...]
    """Those that one has."""
    proposals: tuple[ProposalView, ...]
    inputs: tuple[InputView, ...]
    questions: tuple[QuestionView, ...]
    """Worth asking now, the best first."""
    answers: tuple[str, ...]
    """What was answered already."""
    rows: tuple[Row, ...]
    lines: tuple[CodeLine, ...]
    """What decides, the most telling first."""
    inferred: str
    """Says how many records were given to this site by context; empty if none."""


def incident_view(
    incident: Incident, diagnosis: Diagnosis, catalog: Catalog, words: Labels, told: Told
) -> IncidentView:
    """Words one incident.

    Args:
        incident: One of the diagnosis.
        diagnosis: Says whose file each source is.
        catalog: Gives the texts.
        words: Of the language wanted.
        told: What need not be told again; what this incident tells is added.
    """
    source_names = tuple(source.name for source in diagnosis.sources)
    annotation = annotate(incident, catalog, words, source_names=source_names)
    causes, folded = cause_views(incident, catalog, words, annotation)
    symptoms = _symptom_views(incident, catalog, words, annotation)
    happened = _happened(incident, words)
    deciding = next((one.title for one in symptoms if one.decisive), None)
    known = case_facts(incident, words)
    inputs = tuple(
        input_view(
            catalog.inputs[one], catalog, words, anchor=input_anchor(incident.id, one), known=known
        )
        for one in (wanted_inputs(incident, catalog) if is_trouble(incident) else ())
    )
    remedies = remedy_views(incident, catalog, words)
    step = first_step(incident, catalog, words, inputs, remedies)
    above = told.remedies.copy()
    told.remedies.update(one.id for one in remedies)
    inputs = tuple(
        replace(one, look_for_at=told.inputs.setdefault(one.id, one.anchor)) for one in inputs
    )
    sides = {source.name: source.side for source in diagnosis.sources}
    return IncidentView(
        id=incident.id,
        anchor=f"i{incident.id}",
        site=words.site(incident.remote_site),
        gateway=visible(incident.gateway) if incident.gateway else "",
        mark=_mark(incident),
        happened=happened,
        occurrences=_occurrences(incident, words),
        codes=tuple(_code_view(code, incident, catalog, words) for code in _codes(incident)),
        title=words("sentence", text=deciding or happened[:1].upper() + happened[1:]),
        facts=_facts(incident, words),
        stages=_stages(incident, words),
        symptoms=symptoms,
        cause=_cause_line(incident.hypotheses[0], causes[0], words) if causes else None,
        causes=causes,
        folded=folded,
        step=step,
        remedies=tuple(one for one in remedies if one.id not in above),
        remedies_above=tuple(
            RemedyLink(title=one.title, href=f"#{one.anchor}")
            for one in remedies
            if one.id in above
        ),
        proposals=tuple(_proposal_views(incident, sides, words, annotation)),
        inputs=inputs,
        questions=question_views(incident, catalog, words),
        answers=answers_told(diagnosis, catalog, words) if incident.hypotheses else (),
        rows=annotation.rows,
        lines=deciding_lines(incident),
        inferred=(
            words.counted("inferred", incident.inferred_places) if incident.inferred_places else ""
        ),
    )


def _mark(incident: Incident) -> Literal["fault", "healthy", "inconclusive"]:
    if incident.outcome is Outcome.UNFINISHED and not incident.hypotheses:
        return "inconclusive"
    return "fault" if is_trouble(incident) else "healthy"


def _happened(incident: Incident, words: Labels) -> str:
    """What became of it, in the fewest words: `was up, then lost`."""
    stage = incident.stage.value if incident.stage else "none"
    if incident.outcome is None:
        return words(f"happened.{incident.origin.value}")
    key = f"happened.{incident.outcome.value}"
    return words(f"{key}.{stage}") if words.has(f"{key}.{stage}") else words(key)


def _cause_line(hypothesis: Hypothesis, view: CauseView, words: Labels) -> CauseLine:
    return CauseLine(
        title=view.title,
        chance=chance(hypothesis, words),
        percent=view.percent,
        width=view.width,
    )


def _symptom_views(
    incident: Incident, catalog: Catalog, words: Labels, annotation: Annotation
) -> tuple[SymptomView, ...]:
    """What was seen, what decides first."""
    seen = sorted(incident.symptoms, key=lambda one: not one.decisive)
    return tuple(
        SymptomView(
            title=words.title(catalog.symptoms[one.id].title),
            detail=polled_address(catalog.symptoms[one.id], incident),
            explanation=words.told(catalog.symptoms[one.id].explanation),
            decisive=one.decisive,
            badge=badge(Basis.UNVERIFIED, None, words) if one.unverified else None,
            refs=annotation.refs(one.places, words),
        )
        for one in seen
    )


def _codes(incident: Incident) -> tuple[ErrorCode, ...]:
    return tuple(dict.fromkeys(incident.error_codes))


def _code_view(code: ErrorCode, incident: Incident, catalog: Catalog, words: Labels) -> CodeView:
    """An error code with its name; the name as the device spelt it, where it did."""
    printed = next(
        (
            message.event.name
            for message in incident.messages
            if isinstance(message.event, ErrorReported) and message.event.code == code
        ),
        None,
    )
    entry = catalog.errors.get(code)
    if entry is None:
        return CodeView(
            code=visible(code),
            name=visible(printed) if printed else "",
            meaning=words("code.unlisted"),
            badge=None,
        )
    return CodeView(
        code=entry.code,
        name=visible(printed or entry.name),
        meaning=words.told(entry.meaning) if entry.meaning else "",
        badge=badge(entry.basis, entry.source, words),
    )


def _occurrences(incident: Incident, words: Labels) -> str:
    return words.counted("times", incident.occurrences) if incident.occurrences > 1 else ""


def _facts(incident: Incident, words: Labels) -> tuple[Fact, ...]:
    """What the trace says about the negotiation itself."""
    facts = [
        ("fact.remote-site", words.site(incident.remote_site)),
        ("fact.gateway", visible(incident.gateway) if incident.gateway else ""),
        (
            "fact.outcome",
            words(f"outcome.{incident.outcome.value}") if incident.outcome else "",
        ),
        ("fact.role", words(f"role.{incident.role.value}") if incident.role else ""),
        *_seen_values(incident),
        ("fact.seen", words.period(incident.first_seen, incident.last_seen)),
        ("fact.occurrences", _occurrences(incident, words)),
        ("fact.recovered", words("recovered.yes") if incident.recovered else ""),
        ("fact.side", words("who-is.remote") if incident.side is Side.REMOTE else ""),
    ]
    return tuple(Fact(label=words(key), value=value) for key, value in facts if value)


def _seen_values(incident: Incident) -> list[tuple[str, str]]:
    """What the messages name that one looks up in a configuration."""
    found: dict[str, list[str]] = {}
    for message in incident.messages:
        event = message.event
        match event:
            case PollTimeout(poll_target=str(target)):
                found.setdefault("fact.polled", []).append(target)
            case TrafficRule():
                networks = f"{event.local_network} \N{LEFT RIGHT ARROW} {event.remote_network}"
                found.setdefault("fact.networks", []).append(networks)
            case TunnelEndpoints():
                found.setdefault("fact.own-address", []).append(event.own_address)
            case PeerIdentified(product=str(product)):
                found.setdefault("fact.product", []).append(product)
            case IkeNegotiationStarted(mode=str(mode)):
                found.setdefault("fact.mode", []).append(mode)
            case _:
                pass
    return [
        (key, ", ".join(visible(value) for value in list(dict.fromkeys(values))[:_MOST_VALUES]))
        for key, values in found.items()
    ]


def _stages(incident: Incident, words: Labels) -> tuple[StageView, ...]:
    """The way of a tunnel, and where this one stopped; empty if the trace does not show it."""
    reached = incident.stage
    if reached is None:
        return ()
    kinds = {message.event.kind for message in incident.messages}
    dynamic = reached is Stage.DYNAMIC_VPN or "dynamic-vpn-started" in kinds
    views = []
    for stage in Stage:
        if stage is Stage.DYNAMIC_VPN and not dynamic:
            continue
        if stage.rank < reached.rank:
            state = "done"
        elif stage.rank > reached.rank:
            state = "ahead"
        elif incident.outcome is not None and incident.outcome.is_fault:
            state = "broken"
        else:
            state = "open" if incident.outcome is Outcome.UNFINISHED else "done"
        lost = state == "broken" and incident.outcome is Outcome.LOST
        word = words("stage-state.lost") if lost else words(f"stage-state.{state}")
        views.append(StageView(word=words(f"stage.{stage.value}"), state_id=state, state=word))
    return tuple(views)


def _proposal_views(
    incident: Incident,
    sides: Mapping[str, Side | None],
    words: Labels,
    annotation: Annotation,
) -> list[ProposalView]:
    """Equal differences made one, with all the proposals they concern."""
    grouped: dict[tuple[str, str, str, str], list[tuple[str, RefusedProposal]]] = {}
    for refused in incident.refused_proposals:
        event = refused.event
        # "local" is whoever wrote the trace; in the peer's trace we are the remote one.
        theirs_wrote = sides.get(refused.places[0].source) is Side.REMOTE
        ours, theirs = event.local_value, event.remote_value
        our_no, their_no = event.local_no, event.remote_no
        if theirs_wrote:
            ours, theirs, our_no, their_no = theirs, ours, their_no, our_no
        attribute = str(event.local_attribute)
        if event.remote_attribute != event.local_attribute:
            attribute = f"{event.local_attribute} / {event.remote_attribute}"
        key = (event.phase, attribute, str(ours), str(theirs))
        grouped.setdefault(key, []).append((f"{our_no}/{their_no}", refused))
    return [
        ProposalView(
            phase=words(f"phase.{phase}"),
            attribute=visible(attribute),
            ours=visible(ours),
            theirs=visible(theirs),
            compared=", ".join(dict.fromkeys(pair for pair, _ in found)),
            refs=annotation.refs((place for _, one in found for place in one.places), words),
        )
        for (phase, attribute, ours, theirs), found in grouped.items()
    ]
