"""Restores a diagnosis from a `vpn-diagnosis` document, as far as the document has it.

What only the trace has (the events of a negotiation, the rules that fired) is not in it: such an
incident has no `example`. Everything else is as it was judged then, and nothing is judged anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from assistant.catalog.catalog import Catalog
from assistant.model.answer import (
    Answer,
    OpenQuestion,
    Pivot,
    PlannedRepair,
    RepairPlan,
    Weight,
)
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import (
    Coverage,
    Diagnosis,
    Evidence,
    EvidenceKind,
    Gap,
    Hypothesis,
    Incident,
    Origin,
    RefusedProposal,
    Remark,
    SiteState,
    SymptomSeen,
    UnreadShape,
    Warned,
)
from assistant.model.event import Address, ErrorCode, Phrase, RemoteSite, Word
from assistant.model.finding import Comparison, SideBySide, Subject
from assistant.model.message import ProposalRefused
from assistant.model.outages import Outages
from assistant.model.pairing import ClockOffset, LostMessage, PairedNegotiation, Pairing
from assistant.model.setting import Secret, Setting, Shown
from assistant.model.source import Moment, Place, Source
from reports.json_quotes_v2 import NOT_QUOTED
from reports.stored import schema

_FIRST_DAY = "0001-01-02"
"""A trace without dates begins there."""
_LEAST = 0.00001
_KEYS = frozenset({Subject.OUR_KEY, Subject.THEIR_KEY})

_Quotes: TypeAlias = Mapping[tuple[str, int, int], tuple[str, Moment | None]]


def restored(document: schema.DocumentPart, catalog: Catalog) -> Diagnosis:
    """The diagnosis that the document tells.

    Args:
        document: Checked for types and ranges already.
        catalog: Says which symptoms decide, where an early document does not.

    Raises:
        ValueError: A time or a span of lines is none, or what must be there is missing.
    """
    return _Restorer(document, catalog).diagnosis()


class _Restorer:
    """Restores one document: its places get what the quotes say stands there."""

    def __init__(self, document: schema.DocumentPart, catalog: Catalog) -> None:
        self._document = document
        self._catalog = catalog
        self._by_id = {one.id: one for one in document.incidents}
        self._quotes: _Quotes = {
            (one.source, one.first_line, one.last_line): (one.text, _moment(one.time))
            for one in document.quotes
        }

    def diagnosis(self) -> Diagnosis:
        document = self._document
        return Diagnosis(
            verdict=document.verdict,
            sources=tuple(map(_source, document.sources)),
            sites=tuple(map(_site, document.sites)),
            incidents=tuple(map(self._incident, document.incidents)),
            coverage=self._coverage(document.coverage),
            warnings=tuple(Warned(id=one.id, subject=one.subject) for one in document.warnings),
            answers=tuple(
                Answer(id=one.id, choice=one.choice, source=one.source) for one in document.answers
            ),
            away=document.away,
            contradictions=tuple(map(self._contradiction, document.contradictions)),
            pairings=tuple(map(self._pairing, document.pairings)),
            remarks=tuple(
                Remark(
                    symptom=one.id,
                    remote_site=RemoteSite(one.remote_site),
                    places=self._places(one.evidence),
                )
                for one in document.remarks
            ),
            knowledge=document.generator.knowledge,
            program=document.generator.version,
        )

    def _incident(self, one: schema.IncidentPart) -> Incident:
        if one.outcome is None and one.origin is Origin.TRACE:
            message = f"$.incidents: {one.id}: expected what became of it, found null"
            raise ValueError(message)
        ranked = self._ranked(one)
        return Incident(
            id=one.id,
            origin=one.origin,
            remote_site=RemoteSite(one.remote_site),
            gateway=_address(one.gateway),
            role=one.role,
            side=one.side,
            outcome=one.outcome,
            stage=one.stage,
            error_codes=tuple(map(ErrorCode, one.error_codes)),
            occurrences=one.occurrences,
            recovered=one.recovered,
            first_seen=_moment(one.first_seen),
            last_seen=_moment(one.last_seen),
            example=None,
            symptoms=tuple(map(self._symptom, one.symptoms)),
            hypotheses=tuple(map(self._hypothesis, ranked.causes)),
            questions=tuple(map(_question, ranked.questions)),
            refused_proposals=tuple(map(self._refused, one.refused_proposals)),
            firings=(),
            plan=_plan(ranked.plan) if ranked.plan else None,
            pivot=_pivot(ranked.pivot) if ranked.pivot else None,
            versus=tuple(
                Weight(id=each.id, choice=each.choice, decibans=each.decibans)
                for each in ranked.versus
            ),
            side_by_side=(
                self._side_by_side(one.side_by_side, one.remote_site) if one.side_by_side else None
            ),
            judged_fault=one.fault,
            outages=(
                Outages(
                    number=one.outages.number,
                    seconds=one.outages.seconds,
                    still_open=one.outages.open,
                )
                if one.outages
                else Outages(number=0, seconds=None, still_open=False)
            ),
        )

    def _ranked(self, one: schema.IncidentPart) -> schema.IncidentPart:
        """The incident that has the ranking: itself, or the one it names."""
        if one.like is None:
            return one
        like = self._by_id.get(one.like)
        if like is None or like.like is not None:
            message = f"$.incidents: like {one.like}: expected an incident with a ranking"
            raise ValueError(message)
        return like

    def _symptom(self, one: schema.SymptomPart) -> SymptomSeen:
        decisive = one.decisive
        if decisive is None:
            known = self._catalog.symptoms.get(one.id)
            decisive = known is not None and known.decisive
        return SymptomSeen(
            id=one.id,
            decisive=decisive,
            places=self._places(one.evidence),
            unverified=one.unverified,
            reliability=one.reliability,
        )

    def _hypothesis(self, one: schema.CausePart) -> Hypothesis:
        return Hypothesis(
            cause=one.id,
            probability=_inside(one.probability),
            standing=one.standing,
            prior_decibans=_prior(one),
            evidence=tuple(map(self._evidence, one.evidence)),
            remedies=one.remedies,
            whole=one.prior_decibans is not None or bool(one.evidence or one.remedies),
        )

    def _evidence(self, one: schema.EvidencePart) -> Evidence:
        return Evidence(
            id=one.id,
            decibans=one.decibans,
            kind=one.kind,
            choice=one.choice,
        )

    def _refused(self, one: schema.ProposalPart) -> RefusedProposal:
        ours, _, our_value = one.local.partition(" = ")
        theirs, _, their_value = one.remote.partition(" = ")
        return RefusedProposal(
            event=ProposalRefused(
                phase=one.phase,
                remote_no=one.remote_no,
                local_no=one.local_no,
                remote_attribute=Phrase(theirs),
                remote_value=Word(their_value),
                local_attribute=Phrase(ours),
                local_value=Word(our_value),
            ),
            places=self._places(one.evidence),
        )

    def _side_by_side(self, one: schema.SideBySidePart, remote_site: str) -> SideBySide:
        return SideBySide(
            remote_site=RemoteSite(remote_site),
            our_source=one.our_source,
            their_source=one.their_source,
            their_site=RemoteSite(one.their_site),
            reasons=one.reasons,
            comparisons=tuple(
                Comparison(
                    subject=each.subject,
                    match=each.match,
                    ours=tuple(self._setting(part, each.subject) for part in each.ours),
                    theirs=tuple(self._setting(part, each.subject) for part in each.theirs),
                    common=each.common,
                )
                for each in one.comparisons
            ),
        )

    def _setting(self, one: schema.SettingPart, subject: Subject) -> Shown:
        value = _value(one.value, subject)
        setting: Setting[Any] = Setting(
            value=value,
            table=one.table,
            row=one.row,
            column=one.column,
            order=one.order,
            place=self._place(one),
        )
        return setting

    def _contradiction(self, one: schema.ContradictionPart) -> Contradiction:
        return Contradiction(
            id=one.id,
            incident=one.incident,
            first=self._claim(one.first),
            second=self._claim(one.second),
        )

    def _claim(self, one: schema.ClaimPart) -> Claim:
        if one.kind is EvidenceKind.ANSWER:
            return Claim(id=one.id, choice=one.choice or "")
        return Claim(id=one.id, places=self._places(one.evidence))

    def _pairing(self, one: schema.PairingPart) -> Pairing:
        offset = one.offset
        return Pairing(
            our_source=one.our_source,
            their_source=one.their_source,
            offset=(
                ClockOffset(
                    seconds=offset.seconds,
                    uncertainty_s=offset.uncertainty_s,
                    events=offset.events,
                    basis=offset.basis,
                )
                if offset
                else None
            ),
            negotiations=tuple(map(self._paired, one.negotiations)),
            more=one.more,
        )

    def _paired(self, one: schema.PairedPart) -> PairedNegotiation:
        lost = one.lost
        return PairedNegotiation(
            verdict=one.verdict,
            caller=one.caller,
            remote_site=RemoteSite(one.remote_site),
            ours=self._place(one.ours) if one.ours else None,
            theirs=self._place(one.theirs) if one.theirs else None,
            reason=self._place(one.reason) if one.reason else None,
            lost=(
                LostMessage(
                    sender=lost.sender,
                    exchange=lost.exchange,
                    message=lost.message,
                    times=lost.times,
                    place=self._place(lost),
                    port=lost.port,
                )
                if lost
                else None
            ),
            at=_moment(one.at),
        )

    def _coverage(self, one: schema.CoveragePart) -> Coverage:
        return Coverage(
            records=one.records,
            unread_records=one.unread_records,
            unread=tuple(
                Place(
                    source=each.source,
                    first_line=each.line,
                    last_line=each.line + each.text.count("\n"),
                    text=each.text,
                )
                for each in one.unread
            ),
            missing=one.missing,
            shapes=tuple(
                UnreadShape(shape=each.shape, count=each.count, example=self._place(each))
                for each in one.shapes
            ),
            gaps=tuple(
                Gap(
                    kind=each.kind,
                    remote_site=RemoteSite(each.remote_site),
                    place=self._place(each),
                    seconds=each.seconds,
                )
                for each in one.gaps
            ),
        )

    def _places(self, parts: Iterable[schema.PlacePart]) -> tuple[Place, ...]:
        return tuple(map(self._place, parts))

    def _place(self, one: schema.PlacePart) -> Place:
        if one.last_line < one.first_line:
            message = f"lines {one.first_line} to {one.last_line}"
            raise ValueError(message)
        key = (one.source, one.first_line, one.last_line)
        said, time = self._quotes.get(key, (NOT_QUOTED, None))
        return Place(*key, text=said, time=time)


def _source(one: schema.SourcePart) -> Source:
    return Source(
        name=one.name,
        kind=one.kind,
        side=one.side,
        side_reason=one.side_reason.replace(" ", "-") if one.side_reason else None,
        sha256=one.sha256,
        size_bytes=one.bytes,
        encoding=one.encoding,
        records=one.records,
        unread_records=one.unread_records,
        classes=tuple(one.classes.items()),
        device=tuple(one.device.items()),
        first=_moment(one.first),
        last=_moment(one.last),
    )


def _site(one: schema.SitePart) -> SiteState:
    return SiteState(
        remote_site=RemoteSite(one.remote_site),
        gateway=_address(one.gateway),
        state_at_end=one.state_at_end,
        since=_moment(one.since),
        outages=one.outages,
        outage_s=one.outage_s,
    )


def _question(one: schema.QuestionPart) -> OpenQuestion:
    return OpenQuestion(
        id=one.id,
        who=one.who,
        minutes=one.minutes,
        worth_minutes=one.worth_minutes,
        choices=one.choices,
        # Contract: 0 where the answer only makes surer.
        confirms=not one.worth_minutes,
    )


def _inside(probability: float) -> float:
    """What four decimals made 0 or 1 was neither: nothing is told as certain."""
    return min(max(probability, _LEAST), 1 - _LEAST)


def _prior(one: schema.CausePart) -> float:
    """Where an early document does not tell it, what is left of the odds without the evidence."""
    if one.prior_decibans is not None:
        return one.prior_decibans
    probability = _inside(one.probability)
    odds = 10 * math.log10(probability / (1 - probability))
    return odds - sum(each.decibans for each in one.evidence)


def _plan(one: schema.PlanPart) -> RepairPlan:
    return RepairPlan(
        repairs=tuple(
            PlannedRepair(
                remedy=each.remedy, probability=_inside(each.probability), minutes=each.minutes
            )
            for each in one.repairs
        ),
        expected_minutes=one.expected_minutes,
        unrepaired=one.unrepaired,
    )


def _pivot(one: schema.PivotPart) -> Pivot:
    return Pivot(
        answer=Answer(id=one.id, choice=one.choice),
        instead=one.instead,
        instead_probability=one.instead_probability,
    )


def _value(value: str | bool | int, subject: Subject) -> str | bool | int | Secret:
    """Of a key only whether it is set was ever written."""
    if subject in _KEYS and value in ("set", "empty"):
        return Secret("set" if value == "set" else "empty")
    return value


def _address(value: str | None) -> Address | None:
    return Address(value) if value is not None else None


def _moment(value: str | None) -> Moment | None:
    if value is None:
        return None
    dated = not value.startswith("T")
    return Moment(datetime.fromisoformat(value if dated else _FIRST_DAY + value), dated)
