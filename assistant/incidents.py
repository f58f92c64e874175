"""Groups what was judged into incidents, and says of each what answers change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis
from assistant.engine.judge import Judgement
from assistant.engine.referee import Referee
from assistant.inference.posterior import Ranker
from assistant.inference.questions import QuestionPolicy
from assistant.model.answer import Answer, Who
from assistant.model.contradiction import Contradiction
from assistant.model.derived import ProposalsCompared
from assistant.model.diagnosis import (
    LIKELY,
    UNKNOWN_CAUSE,
    Firing,
    Incident,
    Origin,
    RefusedProposal,
    SymptomSeen,
)
from assistant.model.event import Address, ErrorCode, RemoteSite, Role
from assistant.model.finding import SideBySide
from assistant.model.message import ProposalRefused
from assistant.model.negotiation import Negotiation, Outcome, Stage
from assistant.model.source import Moment, Side

CONTRADICTED = 60.0
"""Of 100 statements that something else contradicts, how many are what they seem."""


class Group(Struct, frozen=True, kw_only=True):
    """Equal negotiations of one remote site, or what a configuration or answers say of one.

    All that does not depend on what people answer.
    """

    id: str
    origin: Origin = Origin.TRACE
    remote_site: RemoteSite
    gateway: Address | None = None
    role: Role | None = None
    side: Side = Side.LOCAL
    outcome: Outcome | None = None
    stage: Stage | None = None
    error_codes: tuple[ErrorCode, ...] = ()
    occurrences: int = 0
    """Negotiations; 0 without any."""
    recovered: bool = False
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    example: Negotiation | None = None
    symptoms: tuple[SymptomSeen, ...]
    refused_proposals: tuple[RefusedProposal, ...] = ()
    firings: tuple[Firing, ...] = ()
    side_by_side: SideBySide | None = None

    @property
    def is_decisive(self) -> bool:
        """Whether something names a fault."""
        return any(symptom.decisive for symptom in self.symptoms)


def groups(
    found: Iterable[tuple[Negotiation, Judgement]],
    catalog: Catalog,
    side_by_side: Callable[[Negotiation], SideBySide | None],
) -> Iterator[Group]:
    """Equal negotiations of one remote site together, in order of their first line."""
    together: dict[object, list[tuple[Negotiation, Judgement]]] = defaultdict(list)
    last_connected: dict[tuple[Side, RemoteSite], int] = {}
    position: dict[int, int] = {}
    for place, (one, judgement) in enumerate(found):
        together[_signature(one, judgement)].append((one, judgement))
        position[id(one)] = place
        if one.connected_at is not None:
            last_connected[one.side, one.remote_site] = place
    for number, group in enumerate(together.values(), start=1):
        last, _ = group[-1]
        recovered = last_connected.get((last.side, last.remote_site), -1) > position[id(last)]
        # The one that tells most stands for all; of equals the first.
        example, judgement = max(group, key=lambda one: len(one[1].symptoms))
        gateways = [one.gateway for one, _ in group if one.gateway is not None]
        roles = [one.role for one, _ in group if one.role is not None]
        times = [place.time for one, _ in group for place in (one.first, one.last) if place.time]
        yield Group(
            id=str(number),
            remote_site=example.remote_site,
            gateway=gateways[-1] if gateways else None,
            role=roles[0] if roles else None,
            side=example.side,
            outcome=example.outcome,
            stage=example.stage,
            error_codes=example.error_codes,
            occurrences=len(group),
            recovered=recovered,
            first_seen=times[0] if times else None,
            last_seen=times[-1] if times else None,
            example=example,
            symptoms=tuple(_marked(example, judgement, catalog)),
            refused_proposals=tuple(_refused(example)),
            firings=judgement.firings,
            side_by_side=side_by_side(example),
        )


def doubted(group: Group) -> Group:
    """A group whose symptoms count less, because what they rest on is contradicted."""
    symptoms = tuple(replace(one, reliability=CONTRADICTED) for one in group.symptoms)
    return replace(group, symptoms=symptoms)


class IncidentMaker:
    """Ranks groups, with what people answered."""

    def __init__(self, catalog: Catalog) -> None:
        self.ranker = Ranker(catalog)
        self.policy = QuestionPolicy(catalog, self.ranker)
        self._catalog = catalog
        self._referee = Referee(catalog)

    def incident(
        self, group: Group, answers: tuple[Answer, ...], away: tuple[Who, ...]
    ) -> tuple[Incident, tuple[Contradiction, ...]]:
        """The incident, and what contradicts itself in it."""
        contradictions = self._referee.contradictions(group.id, group.symptoms, answers)
        symptoms, given = self._tempered(group.symptoms, answers, contradictions)
        hypotheses = self.ranker.rank(symptoms, given)
        ranked = replace(_incident(group, symptoms), hypotheses=hypotheses)
        if not self._is_ranked(group, ranked, given):
            return _incident(group, symptoms), contradictions
        first, second = hypotheses[0].cause, hypotheses[1].cause
        incident = replace(
            ranked,
            questions=self.policy.next_questions(symptoms, given, away=away),
            refused_proposals=group.refused_proposals,
            plan=self.policy.plan(symptoms, given, away=away),
            pivot=self.ranker.pivot(symptoms, given),
            versus=self.ranker.compare(first, second, symptoms, given),
        )
        return incident, contradictions

    @staticmethod
    def _is_ranked(group: Group, ranked: Incident, answers: tuple[Answer, ...]) -> bool:
        """Contract, `incident` and `verdict`: which incidents have causes."""
        first = ranked.hypotheses[0]
        if group.origin is Origin.ANSWERS:
            return True
        if group.origin is Origin.CONFIGURATION:
            return first in ranked.named_by_settings
        if group.outcome is not None and group.outcome.is_fault:
            return True
        if group.outcome is Outcome.UNFINISHED:
            return group.is_decisive
        # Healthy: only what lies beside it can make a fault of it.
        likely = first.cause != UNKNOWN_CAUSE and first.probability >= LIKELY
        return likely and (group.is_decisive or bool(answers))

    def _tempered(
        self,
        symptoms: tuple[SymptomSeen, ...],
        answers: tuple[Answer, ...],
        contradictions: tuple[Contradiction, ...],
    ) -> tuple[tuple[SymptomSeen, ...], tuple[Answer, ...]]:
        """What is contradicted counts less; which of the two is wrong nobody knows."""
        doubted = {
            claim.id
            for one in contradictions
            for claim in (one.first, one.second)
            if claim.choice is not None
        }
        doubts = {
            symptom
            for one in contradictions
            for symptom in self._catalog.contradictions[one.id].doubts
        }
        return (
            tuple(
                replace(one, reliability=CONTRADICTED) if one.id in doubts else one
                for one in symptoms
            ),
            tuple(
                replace(one, reliability=CONTRADICTED) if one.id in doubted else one
                for one in answers
            ),
        )


def _incident(group: Group, symptoms: tuple[SymptomSeen, ...]) -> Incident:
    """Without causes: these are for whoever ranks it."""
    return Incident(
        id=group.id,
        origin=group.origin,
        remote_site=group.remote_site,
        gateway=group.gateway,
        role=group.role,
        side=group.side,
        outcome=group.outcome,
        stage=group.stage,
        error_codes=group.error_codes,
        occurrences=group.occurrences,
        recovered=group.recovered,
        first_seen=group.first_seen,
        last_seen=group.last_seen,
        example=group.example,
        symptoms=symptoms,
        hypotheses=(),
        refused_proposals=(),
        firings=group.firings,
        side_by_side=group.side_by_side,
    )


def _signature(one: Negotiation, judgement: Judgement) -> object:
    """Contract, `incident`: remote site, outcome, stage, codes, ids of decisive symptoms."""
    decisive = tuple(symptom.id for symptom in judgement.symptoms if symptom.decisive)
    return one.side, one.remote_site, one.outcome, one.stage, one.error_codes, decisive


def _marked(example: Negotiation, judgement: Judgement, catalog: Catalog) -> Iterator[SymptomSeen]:
    """The symptoms, those marked that rest on a message form nobody has published."""
    remembered = {
        (place.source, place.first_line)
        for one in example.messages
        if one.pattern is not None and catalog.patterns[one.pattern].basis is Basis.UNVERIFIED
        for place in one.places
    }
    for symptom in judgement.symptoms:
        rests = any((one.source, one.first_line) in remembered for one in symptom.places)
        yield replace(symptom, unverified=True) if rests else symptom


def _refused(example: Negotiation) -> Iterator[RefusedProposal]:
    """Comparisons of the phase that found no match; refusals before a match are no finding."""
    failed = {
        occurrence.event.phase
        for occurrence in example.derived
        if isinstance(occurrence.event, ProposalsCompared) and occurrence.event.result == "refused"
    }
    for occurrence in example.messages:
        event = occurrence.event
        if isinstance(event, ProposalRefused) and event.phase in failed:
            yield RefusedProposal(event=event, places=occurrence.places)
