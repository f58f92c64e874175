"""The one public function: a case and the knowledge base in, a diagnosis out.

What looks at configurations, captures and two sides is imported for a case that has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from assistant.case import Case, CaseContent, CaseFile, CaseReader
from assistant.catalog.catalog import Catalog
from assistant.coverage import CONFIGURED_SITES, coverage_of, sources_of, warnings_of
from assistant.engine.judge import Judge, Judgement
from assistant.incidents import Group, Grouping, IncidentMaker, doubted
from assistant.model.answer import Answer, Outlook, Who
from assistant.model.contradiction import Contradiction
from assistant.model.diagnosis import (
    Diagnosis,
    Incident,
    Origin,
    Remark,
    SiteState,
    SymptomSeen,
    Verdict,
)
from assistant.model.event import Address, RemoteSite
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.pairing import Pairing
from assistant.model.source import Side, Source
from assistant.outages import end_of
from assistant.trace.pairing.recorded import Recorded, Together
from assistant.trace.read import TraceReader
from assistant.trace.sides import Decided, decide_sides
from assistant.whose import settled

if TYPE_CHECKING:
    from assistant.captured import Captured
    from assistant.configured import Configurations

_REMARKS = 200
"""Remarks that are told; a central router may have a thousand remote sites."""

__all__ = ["Case", "CaseFile", "Diagnoser", "Examined", "diagnose"]


class Examined(Struct, frozen=True, kw_only=True):
    """A case as read and judged: everything that does not depend on what people answer."""

    content: CaseContent
    sides: dict[str, Decided]
    sources: tuple[Source, ...]
    found: tuple[Negotiation, ...]
    """In the order of the sources; without those of the other side that belong to one of ours."""
    sites: tuple[SiteState, ...]
    groups: tuple[Group, ...]
    pairings: tuple[Pairing, ...]
    remarks: tuple[Remark, ...]


class Diagnoser:
    """Diagnoses cases with one catalog; what can be prepared once is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._judge = Judge(catalog)
        self._reader = CaseReader(catalog, self._judge.likeness)
        self._maker = IncidentMaker(catalog)

    def diagnose(self, case: Case) -> Diagnosis:
        """Read, judge and rank one case.

        Raises:
            InputError: a file cannot be read, or nothing in any file belongs to a case.
        """
        return self.conclude(self.examine(case), case.answers, case.away)

    def examine(self, case: Case) -> Examined:
        """Read and judge one case; its answers come later, as often as they change.

        Raises:
            InputError: a file cannot be read, or nothing in any file belongs to a case.
        """
        content = self._reader.read(case)
        sides = decide_sides(content.traces, content.told)
        recorded: dict[Side, list[Recorded]] = {Side.LOCAL: [], Side.REMOTE: []}
        in_order: list[Recorded] = []
        begun: Counter[str] = Counter()
        for source in content.traces:
            # Two members of an archive may have one name; their negotiations have ids of their own.
            source.settled.first = begun[source.name]
            side = sides[source.name].side
            told = source.name in content.told
            in_order.append(
                Recorded(source=source, told=told, negotiations=source.negotiations(side))
            )
            recorded[side].append(in_order[-1])
            begun[source.name] += source.begun
        content = settled(
            content,
            {each.remote_site for one in recorded[Side.LOCAL] for each in one.negotiations},
        )
        together = self._together(recorded[Side.LOCAL], recorded[Side.REMOTE])
        ours = _configurations(content, recorded, Side.LOCAL)
        theirs = _configurations(content, recorded, Side.REMOTE)
        captured = _captured(content, recorded)
        sources = tuple(sources_of(content, sides))
        found: list[Negotiation] = []
        grouping = Grouping(
            self._catalog,
            lambda one: (
                ours.side_by_side(one.remote_site) if ours and one.side is Side.LOCAL else None
            ),
        )
        for each in in_order:
            is_ours = sides[each.source.name].side is Side.LOCAL
            beside = _Beside(together, ours if is_ours else theirs, captured)
            judged: dict[tuple[str, int], Judgement] = {}
            for one in each.source.settled.all(each.negotiations):
                if one.id in together.absorbed:
                    continue
                if one.equals is not None:
                    grouping.add(one, judged[one.equals])
                    continue
                whole = beside.added_to(one)
                judged[one.id] = self._judge.judge(whole)
                grouping.add(whole, judged[one.id])
                found.append(whole)
        grouped = grouping.groups({side: end_of(sources, side) for side in Side})
        everything = [*grouped]
        if ours is not None:
            everything += self._configured(grouped, ours, content)
        if not content.read:
            everything.append(
                Group(id="1", origin=Origin.ANSWERS, remote_site=RemoteSite(""), symptoms=())
            )
        return Examined(
            content=content,
            sides=sides,
            sources=sources,
            found=tuple(found),
            sites=grouping.sites(),
            groups=tuple(everything),
            pairings=together.pairings,
            remarks=tuple(
                islice(
                    self._remarks(
                        (group.remote_site, symptom)
                        for group in everything
                        for symptom in group.symptoms
                    ),
                    _REMARKS,
                )
            ),
        )

    def conclude(
        self,
        examined: Examined,
        answers: Iterable[Answer] = (),
        away: Iterable[Who] = (),
    ) -> Diagnosis:
        """Rank an examined case with these answers."""
        given, not_there = tuple(answers), tuple(dict.fromkeys(away))
        incidents: list[Incident] = []
        contradictions: list[Contradiction] = []
        for group in examined.groups:
            if group.origin is Origin.CONFIGURATION and any(map(_of_another_day, contradictions)):
                group = doubted(group)  # noqa: PLW2901 - the same group, worth less
            incident, contradicted = self._maker.incident(group, given, not_there)
            told = incident.hypotheses or incident.side_by_side
            if incident.origin is Origin.CONFIGURATION and not told:
                continue  # nothing but a remark
            contradictions += contradicted
            incidents.append(incident)
        found, content = examined.found, examined.content
        verdict = _verdict(incidents)
        return Diagnosis(
            verdict=verdict,
            sources=examined.sources,
            sites=examined.sites,
            incidents=tuple(incidents),
            coverage=coverage_of(
                content=content,
                sides=examined.sides,
                verdict=verdict,
                incidents=tuple(incidents),
                found=found,
                pairings=examined.pairings,
                catalog=self._catalog,
            ),
            warnings=tuple(warnings_of(content, examined.sides, incidents)),
            answers=given,
            away=not_there,
            contradictions=tuple(contradictions),
            pairings=examined.pairings,
            negotiations=examined.found,
            remarks=examined.remarks,
            knowledge=self._catalog.digest,
        )

    @property
    def reader(self) -> TraceReader:
        """What reads traces, for whoever reads one again."""
        return self._reader.traces

    @property
    def catalog(self) -> Catalog:
        """The knowledge base it judges with."""
        return self._catalog

    def told(self, incident: Incident) -> Mapping[str, str]:
        """Questions that the case itself answers, with the choice; they are never asked."""
        return self._maker.policy.told(incident.symptoms)

    def outlook(
        self, incident: Incident, question: str, answers: Iterable[Answer] = ()
    ) -> tuple[Outlook, ...]:
        """What each answer to a question would change: the `why` of a dialogue."""
        return self._maker.policy.why(question, incident.symptoms, tuple(answers))

    def _together(self, ours: list[Recorded], theirs: list[Recorded]) -> Together:
        if not (ours and theirs):
            return Together()
        from assistant.trace.pairing.pairs import pair

        return pair(ours, theirs, self._catalog.errors)

    def _configured(
        self, grouped: tuple[Group, ...], configurations: Configurations, content: CaseContent
    ) -> Iterator[Group]:
        """What a configuration finds about sites no trace names."""
        from assistant.configured import Configurations

        # The other side's configuration for itself; how both fit is told with ours.
        theirs = Configurations(ours=content.configurations(Side.REMOTE), theirs=())
        known = {(group.side, group.remote_site.casefold()) for group in grouped}
        number = len(grouped)
        for side, each in ((Side.LOCAL, configurations), (Side.REMOTE, theirs)):
            for site in each.sites()[:CONFIGURED_SITES]:
                if (side, site.casefold()) in known:
                    continue
                judgement = self._judge.judge_events(each.of_site(site), each.ours[0].source)
                both = each.side_by_side(site)
                if both or any(self._is_told(symptom) for symptom in judgement.symptoms):
                    number += 1
                    yield Group(
                        id=str(number),
                        origin=Origin.CONFIGURATION,
                        remote_site=site,
                        side=side,
                        symptoms=judgement.symptoms,
                        firings=judgement.firings,
                        side_by_side=both,
                    )

    def _is_told(self, symptom: SymptomSeen) -> bool:
        return symptom.decisive or self._catalog.symptoms[symptom.id].remark

    def _remarks(self, seen: Iterable[tuple[RemoteSite, SymptomSeen]]) -> Iterator[Remark]:
        told: set[tuple[RemoteSite, str]] = set()
        for site, symptom in seen:
            if self._catalog.symptoms[symptom.id].remark and (site, symptom.id) not in told:
                told.add((site, symptom.id))
                yield Remark(symptom=symptom.id, remote_site=site, places=symptom.places)


class _Beside(Struct, frozen=True):
    """What the rest of the case says of the negotiations of one side."""

    together: Together
    configurations: Configurations | None
    captured: Captured | None

    def added_to(self, one: Negotiation) -> Negotiation:
        """The negotiation with it."""
        beside = self.together.beside.get(one.id, ())
        if self.configurations:
            beside = (*beside, *self.configurations.of_negotiation(one))
        if self.captured is not None:
            beside = (*beside, *self.captured.of_negotiation(one))
        return replace(one, beside=beside) if beside else one


def diagnose(case: Case, catalog: Catalog) -> Diagnosis:
    """Diagnose one case; for many, keep a `Diagnoser`.

    Raises:
        InputError: a file cannot be read, or nothing in any file belongs to a case.
    """
    return Diagnoser(catalog).diagnose(case)


def _configurations(
    content: CaseContent, recorded: dict[Side, list[Recorded]], side: Side
) -> Configurations | None:
    """The configurations as one side sees them: its own, and the other's; None without any."""
    other = Side.REMOTE if side is Side.LOCAL else Side.LOCAL
    ours, theirs = content.configurations(side), content.configurations(other)
    if not (ours or theirs):
        return None
    from assistant.configured import Configurations

    dialled_by_us = _addresses(recorded[side], dialled=True)
    dialled_by_them = _addresses(recorded[other], dialled=True)
    return Configurations(
        ours=ours,
        theirs=theirs,
        our_addresses=_addresses(recorded[side], dialled=False) | dialled_by_them,
        their_addresses=_addresses(recorded[other], dialled=False) | dialled_by_us,
    )


def _captured(content: CaseContent, recorded: dict[Side, list[Recorded]]) -> Captured | None:
    """The captures and pings beside the traces; None without any."""
    if not (content.captures or content.pings):
        return None
    from assistant.captured import Captured
    from assistant.trace.packets.capture import spelled

    own = _addresses(recorded[Side.LOCAL], dialled=False)
    return Captured(content, _gateways(recorded), frozenset(map(spelled, own)))


def _gateways(recorded: dict[Side, list[Recorded]]) -> frozenset[Address]:
    """Addresses of the other gateway itself, as far as traces show them."""
    return _addresses(recorded[Side.REMOTE], dialled=False) | _addresses(
        recorded[Side.LOCAL], dialled=True
    )


def _addresses(recorded: list[Recorded], *, dialled: bool) -> frozenset[Address]:
    sets = (one.source.gateways if dialled else one.source.own_addresses for one in recorded)
    return frozenset().union(*sets)


def _of_another_day(contradiction: Contradiction) -> bool:
    """Whether it says that trace and configuration do not belong together."""
    return contradiction.id.startswith("not-the-configuration-")


def _verdict(incidents: list[Incident]) -> Verdict:
    if any(incident.is_fault for incident in incidents):
        return Verdict.FAULT
    outcomes = {incident.outcome for incident in incidents}
    if outcomes <= {None} or Outcome.UNFINISHED in outcomes:
        return Verdict.INCONCLUSIVE
    return Verdict.HEALTHY
