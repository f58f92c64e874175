"""The one public function: a case and the knowledge base in, a diagnosis out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from assistant.catalog.catalog import Catalog
from assistant.engine.judge import Judge, Judgement
from assistant.errors import InputError
from assistant.inference.posterior import Ranker
from assistant.model.diagnosis import (
    Coverage,
    Diagnosis,
    Incident,
    RefusedProposal,
    SiteState,
    State,
    Verdict,
    Warned,
)
from assistant.model.event import ProposalRefused, ProposalsCompared, RemoteSite
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.source import Moment, Side, Source, SourceKind
from assistant.trace.derived import negotiations
from assistant.trace.read import UNREAD_LIMIT, ReadSource, TraceReader
from assistant.trace.record import VPN_STATUS
from assistant.trace.sides import Decided, decide_sides

_FAULTY = (Outcome.FAILED, Outcome.LOST)


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


class Diagnoser:
    """Diagnoses cases with one catalog; what can be prepared once is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._reader = TraceReader(catalog)
        self._judge = Judge(catalog)
        self._ranker = Ranker(catalog)

    def diagnose(self, case: Case) -> Diagnosis:
        """Read, judge and rank one case.

        Raises:
            InputError: a file cannot be read, or nothing in any file belongs to a case.
        """
        read = [self._read(file) for file in case.files]
        traces = [source for source in read if source.kind is SourceKind.LANCOM_TRACE]
        if not traces:
            raise _nothing_to_diagnose(read)
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
                )
            ]
        incidents = tuple(self._incidents(found))
        verdict = _verdict(incidents)
        return Diagnosis(
            verdict=verdict,
            sources=tuple(_source(source, sides.get(source.name)) for source in read),
            sites=tuple(_sites(one for one, _ in found)),
            incidents=incidents,
            coverage=_coverage(read, sides, verdict, incidents, self._catalog),
            warnings=tuple(_warnings(read, sides, incidents)),
            knowledge=self._catalog.digest,
        )

    def _read(self, file: CaseFile) -> ReadSource:
        try:
            with file.open() as stream:
                return self._reader.read(file.name, stream)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError("unreadable", file=file.name, reason=reason) from error

    # Incidents --------------------------------------------------------------------------

    def _incidents(self, found: list[tuple[Negotiation, Judgement]]) -> Iterator[Incident]:
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
            yield self._incident(str(number), group, recovered=recovered)

    def _incident(
        self, number: str, group: list[tuple[Negotiation, Judgement]], *, recovered: bool
    ) -> Incident:
        # The one that tells most stands for all; of equals the first.
        example, judgement = max(group, key=lambda one: len(one[1].symptoms))
        ranked = example.outcome in _FAULTY or (
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
            symptoms=judgement.symptoms,
            hypotheses=self._ranker.rank(judgement.symptoms) if ranked else (),
            refused_proposals=tuple(_refused(example)) if ranked else (),
            firings=judgement.firings,
        )


def diagnose(case: Case, catalog: Catalog) -> Diagnosis:
    """Diagnose one case; for many, keep a `Diagnoser`.

    Raises:
        InputError: a file cannot be read, or nothing in any file belongs to a case.
    """
    return Diagnoser(catalog).diagnose(case)


def _nothing_to_diagnose(read: list[ReadSource]) -> InputError:
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
    if outcomes & set(_FAULTY):
        return Verdict.FAULT
    if not incidents or Outcome.UNFINISHED in outcomes:
        return Verdict.INCONCLUSIVE
    return Verdict.HEALTHY


# Remote sites -----------------------------------------------------------------------------


def _sites(found: Iterable[Negotiation]) -> Iterator[SiteState]:
    """Each remote site over the local traces, in order of first appearance."""
    by_site: dict[RemoteSite, list[Negotiation]] = defaultdict(list)
    for one in found:
        if one.side is Side.LOCAL:
            by_site[one.remote_site].append(one)
    for site, run in by_site.items():
        yield _site(site, run)


def _site(site: RemoteSite, run: list[Negotiation]) -> SiteState:
    state, since = State.UNKNOWN, None
    down_since: Moment | None = None
    out = False
    outages, lengths = 0, []
    for one in run:
        if one.connected_at is not None and out:
            out = False
            if down_since is not None:
                lengths.append(max(one.connected_at.seconds_since(down_since), 0.0))
        if one.outcome in _FAULTY and not out:
            out, outages = True, outages + 1
            down_since = one.ended_at or one.last.time
        was = state
        if one.outcome is Outcome.ESTABLISHED:
            state = State.UP
            since = one.connected_at if was is not State.UP else since
        elif one.outcome is Outcome.UNFINISHED:
            state, since = State.UNKNOWN, None
        else:
            state = State.DOWN
            if was is not State.DOWN or one.connected_at is not None:
                since = one.ended_at or one.last.time
    gateways = [one.gateway for one in run if one.gateway is not None]
    return SiteState(
        remote_site=site,
        gateway=gateways[-1] if gateways else None,
        state_at_end=state,
        since=since,
        outages=outages,
        outage_s=round(sum(lengths), 3) if lengths else None,
    )


# What was read ----------------------------------------------------------------------------


def _source(read: ReadSource, decided: Decided | None) -> Source:
    return Source(
        name=read.name,
        kind=read.kind,
        side=decided.side if decided else None,
        side_reason=decided.reason if decided else None,
        sha256=read.sha256,
        size_bytes=read.size_bytes,
        encoding=read.encoding,
        records=read.records,
        unread_records=read.unread_records,
        classes=tuple(sorted((name, count) for name, count in read.classes.items() if name)),
        first=read.first,
        last=read.last,
    )


def _coverage(
    read: list[ReadSource],
    sides: dict[str, Decided],
    verdict: Verdict,
    incidents: tuple[Incident, ...],
    catalog: Catalog,
) -> Coverage:
    unread = [place for source in read for place in source.unread]
    missing = []
    if not any(source.classes[VPN_STATUS] for source in read):
        missing.append("vpn-status-trace")
    if verdict is not Verdict.HEALTHY:
        if not any(decided.side is Side.REMOTE for decided in sides.values()):
            missing.append("remote-trace")
        # What the symptoms of anything that is not well ask for.
        for incident in incidents:
            if incident.hypotheses or incident.outcome is Outcome.UNFINISHED:
                for symptom in incident.symptoms:
                    missing += catalog.symptoms[symptom.id].inputs
    return Coverage(
        records=sum(source.records for source in read),
        unread_records=sum(source.unread_records for source in read),
        unread=tuple(unread[:UNREAD_LIMIT]),
        missing=tuple(dict.fromkeys(missing)),
    )


def _warnings(
    read: list[ReadSource], sides: dict[str, Decided], incidents: tuple[Incident, ...]
) -> Iterator[Warned]:
    for source in read:
        if source.kind is SourceKind.EMPTY:
            yield Warned(id="empty-file", subject=source.name)
        elif source.kind is SourceKind.OTHER:
            yield Warned(id="not-used", subject=source.name)
        elif not source.classes[VPN_STATUS]:
            yield Warned(id="no-vpn-records", subject=source.name)
        if source.clock_set_back:
            yield Warned(id="clock-set-back", subject=source.name)
        if source.name in sides and sides[source.name].reason == "undecided":
            yield Warned(id="side-undecided", subject=source.name)
    inferred = (one.remote_site for one in incidents if one.example.inferred_places)
    for site in dict.fromkeys(inferred):
        yield Warned(id="inferred-site", subject=site)
