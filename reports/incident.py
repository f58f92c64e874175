"""Words one incident: facts apart from hypotheses, both sides apart, and every record of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode

from msgspec import Struct, field
from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis
from assistant.model.diagnosis import (
    LIKELY,
    UNKNOWN_CAUSE,
    Diagnosis,
    Hypothesis,
    Incident,
    Origin,
    SymptomSeen,
)
from assistant.model.source import Side
from assistant.model.transcript import Transcript
from reports.causes import CauseView, RemedyLink, cause_views, chance, polled_address
from reports.contradiction import ContradictionView, contradiction_views
from reports.escape import visible
from reports.facts import (
    CodeView,
    Fact,
    StageView,
    code_views,
    facts_of,
    occurrences_told,
    stages_of,
)
from reports.first_step import FirstStep, first_step, is_trouble
from reports.frame import CodeLine, deciding_lines
from reports.labels import Labels
from reports.lines import (
    NO_TRANSCRIPT,
    NOTHING_SHOWN,
    Annotation,
    Badge,
    Row,
    RowGroup,
    annotate,
    badge,
    symptom_anchor,
)
from reports.links import Ref
from reports.pairing import PairedView, paired_view, paired_with
from reports.plan import PlanView, plan_view
from reports.proposals import ProposalView, proposal_views
from reports.questions import QuestionView, answers_told, question_views
from reports.ranking import VersusView, pivot_told, versus_view
from reports.repair import (
    InputView,
    Prevention,
    RemedyView,
    case_facts,
    input_anchor,
    input_view,
    remedy_views,
    wanted_inputs,
)
from reports.side_by_side import SideBySideView, side_by_side_view
from reports.standpoint import lead_of_theirs, whose_told

_SEVERAL = 2


class Told(Struct):
    """What the incidents above have told at length, so that it need not be told again."""

    prevention: Prevention
    """What holds for all of them."""
    remedies: set[str] = field(default_factory=set)
    inputs: dict[str, str] = field(default_factory=dict)
    """Where the table of an input stands, by its id."""

    def copy(self) -> Told:
        """As it is now."""
        return Told(self.prevention, self.remedies.copy(), self.inputs.copy())


class CauseLine(Struct, frozen=True, kw_only=True):
    """The most likely cause in one line."""

    title: str
    chance: str
    """`possible, about 2 in 5 (43 %)`."""
    percent: str
    width: str


class SymptomView(Struct, frozen=True, kw_only=True):
    """Something the negotiation or a configuration shows."""

    anchor: str
    title: str
    detail: str
    """The address it is about; empty if it is about none."""
    explanation: str
    decisive: bool
    doubted: str
    """That something else contradicts it; empty if nothing does."""
    badge: Badge | None
    """Where it rests on a form of a message that nobody has published."""
    refs: tuple[Ref, ...]


class IncidentView(Struct, frozen=True, kw_only=True):
    """Everything about one incident."""

    id: str
    anchor: str
    site: str
    gateway: str
    whose: str
    """`remote site's trace`, where only that shows it; empty if it is our own."""
    mark: Literal["fault", "healthy", "inconclusive"]
    happened: str
    """`was up, then lost`."""
    occurrences: str
    """`3 times`; empty if once."""
    codes: tuple[CodeView, ...]
    explained_by: str
    """What `diagnose explain` takes to tell more: an error code, a cause, a stage; may be empty."""
    title: str
    """Of the deciding symptom; what happened, where there is none."""
    lead: tuple[str, ...]
    """What it rests on, where that is no trace."""
    rests_on: str
    """`what the trace shows`."""
    facts: tuple[Fact, ...]
    stages: tuple[StageView, ...]
    symptoms: tuple[SymptomView, ...]
    contradictions: tuple[ContradictionView, ...]
    paired: PairedView | None
    """What both traces together say of it."""
    side_by_side: SideBySideView | None
    cause: CauseLine | None
    causes: tuple[CauseView, ...]
    folded: tuple[CauseView, ...]
    pivot: str
    """The answer on which the first place depends; empty if none."""
    versus: VersusView | None
    step: FirstStep | None
    plan: PlanView | None
    remedies: tuple[RemedyView, ...]
    """Those that no incident before has told."""
    remedies_above: tuple[RemedyLink, ...]
    """Those that one has."""
    proposals: tuple[ProposalView, ...]
    inputs: tuple[InputView, ...]
    questions: tuple[QuestionView, ...]
    """Worth asking now, the best first."""
    answers: tuple[str, ...]
    """What was answered already, and by whom."""
    messages: tuple[RowGroup, ...]
    trace_filter: str
    """What of the annotated trace belongs to it: `site=LAGER`; empty without such a trace."""
    settings: tuple[RowGroup, ...]
    anchors: Mapping[tuple[str, int], str]
    """Where the lines it shows stand on the page."""
    lines: tuple[CodeLine, ...]
    """What decides, the most telling first."""
    inferred: str
    """Says how many records were given to this site by context; empty if none."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The records of all traces."""
        return tuple(row for group in self.messages for row in group.rows)


def incident_view(  # noqa: PLR0913, PLR0917 - what an incident is worded by
    incident: Incident,
    diagnosis: Diagnosis,
    catalog: Catalog,
    words: Labels,
    told: Told,
    transcript: Transcript = NO_TRANSCRIPT,
    *,
    in_full: bool = True,
) -> IncidentView:
    """Words one incident.

    Args:
        incident: One of the diagnosis.
        diagnosis: Says whose file each source is.
        catalog: Gives the texts.
        words: Of the language wanted.
        told: What need not be told again; what this incident tells is added.
        transcript: Has the records around those that are cited.
        in_full: Whether the report shows all of it; else what nobody sees is left out.
    """
    annotation = (
        annotate(incident, catalog, words, sources=diagnosis.sources, transcript=transcript)
        if in_full
        else NOTHING_SHOWN
    )
    causes, folded = cause_views(incident, catalog, words, annotation, in_full=in_full)
    symptoms = _symptom_views(incident, catalog, words, annotation)
    happened = happened_told(incident, words)
    deciding = next((one.title for one in symptoms if one.decisive), None)
    inputs = _inputs(incident, diagnosis, catalog, words)
    remedies = remedy_views(incident, told.prevention, catalog, words)
    step = first_step(
        incident, catalog, words, inputs=inputs, remedies=remedies, diagnosis=diagnosis
    )
    above = told.remedies.copy()
    told.remedies.update(one.id for one in remedies)
    inputs = tuple(
        replace(one, look_for_at=told.inputs.setdefault(one.id, one.anchor)) for one in inputs
    )
    sides = {source.name: source.side for source in diagnosis.sources}
    paired = paired_with(incident, diagnosis)
    return IncidentView(
        id=incident.id,
        anchor=f"i{incident.id}",
        site=_site(incident, words),
        gateway=visible(incident.gateway) if incident.gateway else "",
        whose=whose_told(incident, words),
        mark=_mark(incident),
        happened=happened,
        occurrences=occurrences_told(incident, words),
        codes=code_views(incident, catalog, words),
        explained_by=_explained_by(incident),
        title=words("sentence", text=deciding or happened[:1].upper() + happened[1:]),
        lead=_lead(incident, words),
        rests_on=_rests_on(incident, annotation, words),
        facts=facts_of(incident, words) if in_full else (),
        stages=stages_of(incident, words) if in_full else (),
        symptoms=symptoms,
        contradictions=contradiction_views(incident, diagnosis, catalog, words, annotation),
        paired=paired_view(paired, annotation.anchors, words) if paired else None,
        side_by_side=side_by_side_view(incident, annotation, words),
        cause=_cause_line(incident.hypotheses[0], causes[0], words) if causes else None,
        causes=causes,
        folded=folded,
        pivot=pivot_told(incident, catalog, words),
        versus=versus_view(incident, catalog, words) if in_full else None,
        step=step,
        plan=plan_view(incident, catalog, words, told.remedies) if in_full else None,
        remedies=tuple(one for one in remedies if one.id not in above),
        remedies_above=tuple(
            RemedyLink(title=one.title, href=f"#{one.anchor}")
            for one in remedies
            if one.id in above
        ),
        proposals=proposal_views(incident, sides, words, annotation),
        inputs=inputs,
        questions=question_views(incident, catalog, words) if in_full else (),
        answers=answers_told(diagnosis, catalog, words) if incident.hypotheses else (),
        messages=annotation.messages,
        trace_filter=(
            urlencode({"site": visible(incident.remote_site)})
            if transcript.sources and incident.remote_site
            else ""
        ),
        settings=annotation.settings,
        anchors=annotation.anchors,
        lines=deciding_lines(incident, catalog) if in_full else (),
        inferred=(
            words.counted("inferred", incident.inferred_places) if incident.inferred_places else ""
        ),
    )


def _site(incident: Incident, words: Labels) -> str:
    if not incident.remote_site and incident.origin is Origin.ANSWERS:
        return words("site.this")
    return words.site(incident.remote_site)


def _inputs(
    incident: Incident, diagnosis: Diagnosis, catalog: Catalog, words: Labels
) -> tuple[InputView, ...]:
    if not is_trouble(incident):
        return ()
    known = case_facts(incident, words)
    return tuple(
        input_view(
            catalog.inputs[one],
            catalog,
            words,
            anchor=input_anchor(incident.id, one),
            known=known,
            incident=incident,
        )
        for one in wanted_inputs(incident, catalog, diagnosis)
    )


def _mark(incident: Incident) -> Literal["fault", "healthy", "inconclusive"]:
    if incident.origin is not Origin.TRACE:
        return "fault" if incident.is_fault else "inconclusive"
    if not is_trouble(incident):
        return "healthy"
    return "fault" if incident.hypotheses or incident.is_fault else "inconclusive"


def happened_told(incident: Incident, words: Labels) -> str:
    """What became of it, in the fewest words: `was up, then lost`."""
    if incident.outcome is None:
        key = f"happened.{incident.origin.value}"
        if not incident.hypotheses and words.has(f"{key}-fits"):
            return words(f"{key}-fits")
        unsure = f"{key}.unsure"
        return words(unsure if words.has(unsure) and not incident.is_fault else key)
    stage = incident.stage.value if incident.stage else "none"
    key = f"happened.{incident.outcome.value}"
    return words(f"{key}.{stage}") if words.has(f"{key}.{stage}") else words(key)


def _explained_by(incident: Incident) -> str:
    """The first code; without one the cause if it is likely, else how far it got."""
    if not is_trouble(incident):
        return ""
    if incident.error_codes:
        return visible(incident.error_codes[0])
    first = incident.hypotheses[0] if incident.hypotheses else None
    if first and first.cause != UNKNOWN_CAUSE and first.probability >= LIKELY:
        return first.cause
    return incident.stage.value if incident.stage else ""


def _rests_on(incident: Incident, annotation: Annotation, words: Labels) -> str:
    theirs = f"origin.{incident.origin.value}.theirs"
    if incident.side is Side.REMOTE and words.has(theirs):
        return words(theirs)
    if incident.origin is Origin.TRACE and annotation.settings:
        return words("origin.both")
    return words(f"origin.{incident.origin.value}")


def _lead(incident: Incident, words: Labels) -> tuple[str, ...]:
    theirs = lead_of_theirs(incident, words)
    lead = [theirs] if theirs else []
    if incident.origin is Origin.TRACE:
        return tuple(lead)
    lead.append(words(f"origin.{incident.origin.value}.told"))
    if incident.origin is Origin.CONFIGURATION and len(incident.named_by_settings) >= _SEVERAL:
        lead.append(words("origin.config.several"))
    return tuple(lead)


def _cause_line(hypothesis: Hypothesis, view: CauseView, words: Labels) -> CauseLine:
    return CauseLine(
        title=view.title,
        chance=chance(hypothesis.standing, hypothesis.probability, words),
        percent=view.percent,
        width=view.width,
    )


def _symptom_views(
    incident: Incident, catalog: Catalog, words: Labels, annotation: Annotation
) -> tuple[SymptomView, ...]:
    """What was seen, what decides first."""
    seen = sorted(incident.symptoms, key=lambda one: not one.decisive)
    return tuple(_symptom_view(one, incident, catalog, words, annotation) for one in seen)


def _symptom_view(
    one: SymptomSeen, incident: Incident, catalog: Catalog, words: Labels, annotation: Annotation
) -> SymptomView:
    symptom = catalog.symptoms[one.id]
    return SymptomView(
        anchor=symptom_anchor(incident.id, one.id),
        title=words.title(symptom.title),
        detail=polled_address(symptom, incident),
        explanation=words.told(symptom.explanation),
        decisive=one.decisive,
        doubted=words("contradiction.doubted") if one.reliability is not None else "",
        badge=badge(Basis.UNVERIFIED, None, words) if one.unverified else None,
        refs=annotation.refs(one.places, words),
    )
