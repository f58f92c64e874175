"""The one public function: a case and the knowledge base in, a diagnosis out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis
from assistant.coverage import coverage_of, source_of, warnings_of
from assistant.engine.judge import Judge, Judgement
from assistant.errors import InputError
from assistant.inference.posterior import Ranker
from assistant.inference.questions import QuestionPolicy
from assistant.model.answer import Answer
from assistant.model.derived import ProposalsCompared
from assistant.model.diagnosis import (
    Diagnosis,
    Incident,
    RefusedProposal,
    SymptomSeen,
    Verdict,
)
from assistant.model.event import RemoteSite
from assistant.model.message import ProposalRefused
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.source import Side, SourceKind
from assistant.sites import site_states
from assistant.trace.derived import negotiations
from assistant.trace.read import ReadSource, TraceReader
from assistant.trace.sides import decide_sides
from assistant.trace.unpack import Packed


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One file of a case; opened when it is its turn."""

    name: str
    """As shown: without its folders; `stdin` for standard input."""
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Case:
    """All files that tell of one fault."""

    files: tuple[CaseFile, ...]
    answers: tuple[Answer, ...] = ()
    """What people said of it; each names a question of the catalog, or a repair that was tried."""


class Diagnoser:
    """Diagnoses cases with one catalog; what can be prepared once is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._reader = TraceReader(catalog)
        self._judge = Judge(catalog)
        self._ranker = Ranker(catalog)
        self._policy = QuestionPolicy(catalog, self._ranker)

    def diagnose(self, case: Case) -> Diagnosis:
        """Read, judge and rank one case.

        Raises:
            InputError: a file cannot be read, or nothing in any file belongs to a case.
        """
        read: list[ReadSource] = []
        problems: list[tuple[str, str]] = []
        for file in case.files:
            sources, packed = self._read(file)
            read += sources
            problems += [(problem, file.name) for problem in packed.problems]
        traces = [source for source in read if source.kind is SourceKind.LANCOM_TRACE]
        if not traces:
            raise _nothing_to_diagnose(read, problems)
        sides = decide_sides(traces)
        found: list[tuple[Negotiation, Judgement]] = []
        for source in traces:
            found += [
                (negotiation, self._judge.judge(negotiation))
                for negotiation in negotiations(
                    source.drafts,
                    source=source.name,
                    side=sides[source.name].side,
                    end=source.end,
                    errors=self._catalog.errors,
                    packets=source.packets,
                    lcos_version=source.device.get("version"),
                )
            ]
        incidents = tuple(self._incidents(found, case.answers))
        verdict = _verdict(incidents)
        return Diagnosis(
            verdict=verdict,
            sources=tuple(source_of(source, sides.get(source.name)) for source in read),
            sites=tuple(site_states(one for one, _ in found)),
            incidents=incidents,
            coverage=coverage_of(
                read=read,
                sides=sides,
                verdict=verdict,
                incidents=incidents,
                found=[one for one, _ in found],
                catalog=self._catalog,
            ),
            warnings=tuple(warnings_of(read, sides, incidents, problems)),
            answers=case.answers,
            knowledge=self._catalog.digest,
        )

    def _read(self, file: CaseFile) -> tuple[list[ReadSource], Packed]:
        try:
            with file.open() as stream:
                return self._reader.read_file(file.name, stream)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError("unreadable", file=file.name, reason=reason) from error

    # Incidents --------------------------------------------------------------------------

    def _incidents(
        self, found: list[tuple[Negotiation, Judgement]], answers: tuple[Answer, ...]
    ) -> Iterator[Incident]:
        """Equal negotiations of one remote site together, in order of their first line."""
        groups: dict[object, list[tuple[Negotiation, Judgement]]] = defaultdict(list)
        last_connected: dict[tuple[Side, RemoteSite], int] = {}
        for place, (one, judgement) in enumerate(found):
            groups[_signature(one, judgement)].append((one, judgement))
            if one.connected_at is not None:
                last_connected[one.side, one.remote_site] = place
        position = {id(one): place for place, (one, _) in enumerate(found)}
        for number, group in enumerate(groups.values(), start=1):
            last, _ = group[-1]
            recovered = last_connected.get((last.side, last.remote_site), -1) > position[id(last)]
            yield self._incident(str(number), group, answers, recovered=recovered)

    def _incident(
        self,
        number: str,
        group: list[tuple[Negotiation, Judgement]],
        answers: tuple[Answer, ...],
        *,
        recovered: bool,
    ) -> Incident:
        # The one that tells most stands for all; of equals the first.
        example, judgement = max(group, key=lambda one: len(one[1].symptoms))
        ranked = example.outcome.is_fault or (
            example.outcome is Outcome.UNFINISHED
            and any(symptom.decisive for symptom in judgement.symptoms)
        )
        gateways = [one.gateway for one, _ in group if one.gateway is not None]
        roles = [one.role for one, _ in group if one.role is not None]
        times = [place.time for one, _ in group for place in (one.first, one.last) if place.time]
        return Incident(
            id=number,
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
            symptoms=tuple(self._marked(example, judgement)),
            hypotheses=self._ranker.rank(judgement.symptoms, answers) if ranked else (),
            questions=self._policy.next_questions(judgement.symptoms, answers) if ranked else (),
            refused_proposals=tuple(_refused(example)) if ranked else (),
            firings=judgement.firings,
        )

    def _marked(self, example: Negotiation, judgement: Judgement) -> Iterator[SymptomSeen]:
        """The symptoms, those marked that rest on a message form nobody has published."""
        patterns = self._catalog.patterns
        remembered = {
            (place.source, place.first_line)
            for one in example.messages
            if one.pattern is not None and patterns[one.pattern].basis is Basis.UNVERIFIED
            for place in one.places
        }
        for symptom in judgement.symptoms:
            rests = any((one.source, one.first_line) in remembered for one in symptom.places)
            yield replace(symptom, unverified=True) if rests else symptom


def diagnose(case: Case, catalog: Catalog) -> Diagnosis:
    """Diagnose one case; for many, keep a `Diagnoser`.

    Raises:
        InputError: a file cannot be read, or nothing in any file belongs to a case.
    """
    return Diagnoser(catalog).diagnose(case)


def _nothing_to_diagnose(read: list[ReadSource], problems: list[tuple[str, str]]) -> InputError:
    if problems and not any(source.kind is SourceKind.OTHER for source in read):
        problem, name = problems[0]
        return InputError(f"archive-{problem}", file=name)
    if all(source.kind is SourceKind.EMPTY for source in read):
        return InputError("empty", file=", ".join(source.name for source in read))
    source = next(source for source in read if source.kind is not SourceKind.EMPTY)
    return InputError("no-trace", file=source.name, looks=source.looks)


def _signature(one: Negotiation, judgement: Judgement) -> object:
    """Contract, `incident`: remote site, outcome, stage, codes, ids of decisive symptoms."""
    decisive = tuple(symptom.id for symptom in judgement.symptoms if symptom.decisive)
    return one.side, one.remote_site, one.outcome, one.stage, one.error_codes, decisive


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


def _verdict(incidents: tuple[Incident, ...]) -> Verdict:
    outcomes = {incident.outcome for incident in incidents}
    if any(outcome.is_fault for outcome in outcomes):
        return Verdict.FAULT
    if not incidents or Outcome.UNFINISHED in outcomes:
        return Verdict.INCONCLUSIVE
    return Verdict.HEALTHY
