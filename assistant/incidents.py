"""Groups what was judged into incidents, and says of each what answers change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

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
    SiteState,
    SymptomSeen,
)
from assistant.model.event import Address, ErrorCode, RemoteSite, Role
from assistant.model.finding import SideBySide
from assistant.model.message import ProposalRefused
from assistant.model.negotiation import Negotiation, Outcome, Stage
from assistant.model.outages import Outages
from assistant.model.source import Moment, Side
from assistant.outages import Course, Outage, lasted

MEMBERS = 1_000
"""Negotiations of one incident that are named."""
REMEMBERED = 4_096
"""Different sets of symptoms and answers whose ranking is kept."""
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
    outages: Outages = Outages(number=0, seconds=None, still_open=False)
    members: tuple[tuple[str, int], ...] = ()
    """Ids of its negotiations, the first ones of very many."""

    @property
    def is_decisive(self) -> bool:
        """Whether something names a fault."""
        return any(symptom.decisive for symptom in self.symptoms)


class Grouping:
    """Takes judged negotiations in their order and makes incidents of equal ones.

    What one more equal negotiation costs does not depend on how many there were.
    """

    def __init__(
        self, catalog: Catalog, side_by_side: Callable[[Negotiation], SideBySide | None]
    ) -> None:
        """Of no negotiation yet."""
        self._catalog = catalog
        self._side_by_side = side_by_side
        self._growing: dict[object, _Growing] = {}
        self._courses: dict[tuple[Side, RemoteSite], Course[_Growing]] = {}
        self._connected: dict[tuple[Side, RemoteSite], int] = {}
        """Of each site, which negotiation was the last that came up."""
        self._count = 0

    def add(self, one: Negotiation, judgement: Judgement) -> None:
        """The next negotiation; those of one site come in the order in which they began."""
        self._count += 1
        site = (one.side, one.remote_site)
        key = (one.shown, judgement.decisive)
        growing = self._growing.get(key)
        if growing is None:
            growing = self._growing[key] = _Growing(one, judgement)
        growing.add(one, judgement, self._count)
        if one.connected_at is not None:
            self._connected[site] = self._count
        course = self._courses.get(site)
        if course is None:
            course = self._courses[site] = Course(one.remote_site)
        ended = course.add(one, growing)
        if ended is not None:
            ended.owner.end(ended, None)

    def sites(self) -> tuple[SiteState, ...]:
        """Each remote site of our side, in order of first appearance."""
        return tuple(
            course.state for (side, _), course in self._courses.items() if side is Side.LOCAL
        )

    def groups(self, ends: Mapping[Side, Moment | None]) -> tuple[Group, ...]:
        """All groups, in order of their first negotiation; asked once, at the end.

        Args:
            ends: When the traces of each side end.
        """
        for (side, _), course in self._courses.items():
            going_on = course.not_over
            if going_on is not None:
                going_on.owner.end(going_on, ends.get(side))
        return tuple(
            self._group(str(number), one)
            for number, one in enumerate(self._growing.values(), start=1)
        )

    def _group(self, name: str, one: _Growing) -> Group:
        example, judgement = one.example, one.judgement
        connected = self._connected.get((example.side, example.remote_site), 0)
        return Group(
            id=name,
            remote_site=example.remote_site,
            gateway=one.gateway,
            role=one.role,
            side=example.side,
            outcome=example.outcome,
            stage=example.stage,
            error_codes=example.error_codes,
            occurrences=one.occurrences,
            recovered=connected > one.last_place,
            first_seen=one.first_seen,
            last_seen=one.last_seen,
            example=example,
            symptoms=tuple(_marked(example, judgement, self._catalog)),
            refused_proposals=tuple(_refused(example)),
            firings=judgement.firings,
            side_by_side=self._side_by_side(example),
            outages=Outages(
                number=one.outages,
                seconds=None if one.seconds is None else round(one.seconds, 3),
                still_open=one.still_open,
            ),
            members=tuple(one.members),
        )


class _Growing:
    """A group that negotiations are added to."""

    def __init__(self, one: Negotiation, judgement: Judgement) -> None:
        self.example, self.judgement = one, judgement
        """The one that tells most stands for all; of equals the first."""
        self.gateway: Address | None = None
        self.role: Role | None = None
        self.occurrences = 0
        self.first_seen: Moment | None = None
        self.last_seen: Moment | None = None
        self.last_place = 0
        self.members: list[tuple[str, int]] = []
        self.outages = 0
        self.seconds: float | None = None
        self.still_open = False

    def add(self, one: Negotiation, judgement: Judgement, place: int) -> None:
        if len(judgement.symptoms) > len(self.judgement.symptoms) and one.equals is None:
            self.example, self.judgement = one, judgement
        self.occurrences += 1
        self.last_place = place
        self.gateway = one.gateway or self.gateway
        self.role = self.role or one.role
        self.first_seen = self.first_seen or one.first.time or one.last.time
        self.last_seen = one.last.time or one.first.time or self.last_seen
        if len(self.members) < MEMBERS:
            self.members.append(one.id)

    def end(self, outage: Outage[_Growing], end: Moment | None) -> None:
        """An outage that began with one of it is over, or goes on when the trace ends."""
        self.outages += 1
        self.still_open = self.still_open or not outage.over
        seconds = outage.seconds if outage.over else lasted(outage.begin, end)
        if seconds is not None:
            self.seconds = (self.seconds or 0.0) + seconds


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
        self._known: dict[object, _Assessed] = {}

    def incident(
        self, group: Group, answers: tuple[Answer, ...], away: tuple[Who, ...]
    ) -> tuple[Incident, tuple[Contradiction, ...]]:
        """The incident, and what contradicts itself in it."""
        contradictions = self._referee.contradictions(group.id, group.symptoms, answers)
        symptoms, given = group.symptoms, answers
        if contradictions:
            symptoms, given = self._tempered(symptoms, answers, contradictions)
        assessed = self._assessed(symptoms, given, away)
        incident = _incident(group, symptoms)
        ranked = replace(incident, hypotheses=assessed.hypotheses)
        if not self._is_ranked(group, ranked, given):
            return incident, contradictions
        return assessed.given_to(incident), contradictions

    def _assessed(
        self, symptoms: tuple[SymptomSeen, ...], answers: tuple[Answer, ...], away: tuple[Who, ...]
    ) -> _Assessed:
        """What is the same for all incidents with these symptoms, wherever they stand."""
        key = (tuple((one.id, one.reliability, one.causes) for one in symptoms), answers, away)
        assessed = self._known.get(key)
        if assessed is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            assessed = self._known[key] = _Assessed(self, symptoms, answers, away)
        return assessed

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


class _Assessed:
    """What symptoms and answers mean: the ranking at once, the rest if somebody wants it."""

    def __init__(
        self,
        maker: IncidentMaker,
        symptoms: tuple[SymptomSeen, ...],
        answers: tuple[Answer, ...],
        away: tuple[Who, ...],
    ) -> None:
        self._maker = maker
        self._from = (symptoms, answers, away)
        self.hypotheses = maker.ranker.rank(symptoms, answers)

    def given_to(self, incident: Incident) -> Incident:
        """The incident with its causes and all that follows from them."""
        return replace(incident, hypotheses=self.hypotheses, **self._rest)

    @cached_property
    def _rest(self) -> dict[str, Any]:
        symptoms, answers, away = self._from
        ranker, policy = self._maker.ranker, self._maker.policy
        first, second = self.hypotheses[0].cause, self.hypotheses[1].cause
        return {
            "questions": policy.next_questions(symptoms, answers, away=away),
            "plan": policy.plan(symptoms, answers, away=away),
            "pivot": ranker.pivot(symptoms, answers),
            "versus": ranker.compare(first, second, symptoms, answers),
        }


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
        refused_proposals=group.refused_proposals,
        firings=group.firings,
        side_by_side=group.side_by_side,
        outages=group.outages,
        members=group.members,
    )


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
