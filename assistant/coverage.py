"""What was read, what was not, what is missing, and what the user should know of the input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from assistant.case import CaseContent, ReadCapture, ReadConfiguration
from assistant.catalog.catalog import Catalog
from assistant.gaps import GAPS, gaps
from assistant.model.diagnosis import Coverage, Incident, Verdict, Warned
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.pairing import Pairing, PairVerdict
from assistant.model.setting import Configuration, ProblemKind
from assistant.model.source import Side, Source, SourceKind
from assistant.trace.read import UNREAD_LIMIT, ReadSource
from assistant.trace.sides import Decided
from assistant.trace.text.record import VPN_STATUS

CONFIGURED_SITES = 300
"""Remote sites of a configuration that no trace names and that are judged all the same."""
_TOLD_PROBLEMS = frozenset(
    {ProblemKind.FILE_CUT, ProblemKind.TOO_MANY_ROWS, ProblemKind.ENDS_EARLY}
)
"""Of a configuration: those after which something may be missing; the others are summed up."""


def sources_of(content: CaseContent, sides: dict[str, Decided]) -> Iterator[Source]:
    """All sources as the diagnosis shows them, in the order given."""
    for one in content.read:
        if isinstance(one, (ReadConfiguration, ReadCapture)):
            yield one.source
        else:
            yield _source(one, sides.get(one.name))


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
        device=tuple(sorted(read.device.items())),
        classes=tuple(sorted((name, count) for name, count in read.classes.items() if name)),
        first=read.first,
        last=read.last,
    )


def coverage_of(  # noqa: PLR0913 - everything that was read and judged
    *,
    content: CaseContent,
    sides: dict[str, Decided],
    verdict: Verdict,
    incidents: tuple[Incident, ...],
    found: tuple[Negotiation, ...],
    pairings: tuple[Pairing, ...],
    catalog: Catalog,
) -> Coverage:
    """What was read of all sources, and which further input would help."""
    read = content.sources
    unread = [place for source in read for place in source.unread]
    names = {one.remote_site for one in found}
    missing = []
    if not any(_shows_vpn(source) for source in read):
        missing.append("vpn-status-trace")
    if verdict is not Verdict.HEALTHY:
        other = any(decided.side is Side.REMOTE for decided in sides.values())
        if not other:
            missing.append("remote-trace")
        # What the symptoms of anything that is not well ask for.
        for incident in incidents:
            if incident.hypotheses or incident.outcome is Outcome.UNFINISHED:
                for symptom in incident.symptoms:
                    missing += catalog.symptoms[symptom.id].inputs
        if other and not _not_recorded(pairings):
            missing = [name for name in missing if name != "remote-trace"]
    return Coverage(
        records=sum(source.records for source in read),
        unread_records=sum(source.unread_records for source in read),
        unread=tuple(unread[:UNREAD_LIMIT]),
        missing=tuple(dict.fromkeys(missing)),
        shapes=tuple(shape for source in read for shape in source.shapes.shapes(names)),
        gaps=tuple(islice(gaps(found, {source.name: source.end for source in read}), GAPS)),
    )


def _not_recorded(pairings: tuple[Pairing, ...]) -> bool:
    """Whether the other side's trace was not running when one of our negotiations failed."""
    return any(
        one.verdict is PairVerdict.NOT_RECORDED
        for pairing in pairings
        for one in pairing.negotiations
    )


def warnings_of(
    content: CaseContent, sides: dict[str, Decided], incidents: Iterable[Incident]
) -> Iterator[Warned]:
    """What the user should know of the input."""
    for problem, name in content.problems:
        yield Warned(id=f"archive-{problem}", subject=name)
    for configuration in content.read:
        if isinstance(configuration, ReadConfiguration):
            yield from _configuration_warnings(configuration.configuration)
    yield from _source_warnings(content.sources, sides)
    yield from _incident_warnings(tuple(incidents))


def _configuration_warnings(one: Configuration) -> Iterator[Warned]:
    kinds = {problem.kind for problem in one.problems}
    for kind in sorted(kinds & _TOLD_PROBLEMS):
        yield Warned(id=f"config-{kind.value}", subject=one.source)
    if kinds - _TOLD_PROBLEMS:
        yield Warned(id="config-partly-read", subject=one.source)
    if not one.peers:
        yield Warned(id="config-without-peers", subject=one.source)
    if len(one.peers) > CONFIGURED_SITES:
        yield Warned(id="config-many-peers", subject=one.source)


def _source_warnings(read: list[ReadSource], sides: dict[str, Decided]) -> Iterator[Warned]:
    for source in read:
        if source.kind is SourceKind.EMPTY:
            yield Warned(id="empty-file", subject=source.name)
        elif source.kind is SourceKind.OTHER:
            yield Warned(id="not-used", subject=source.name)
        elif not _shows_vpn(source):
            yield Warned(id="no-vpn-records", subject=source.name)
        if source.settings:
            yield Warned(id="configuration-inside-trace", subject=source.name)
        if source.clock_set_back:
            yield Warned(id="clock-set-back", subject=source.name)
        if source.name in sides and sides[source.name].reason == "undecided":
            yield Warned(id="side-undecided", subject=source.name)


def _shows_vpn(source: ReadSource) -> bool:
    return source.kind is SourceKind.STRONGSWAN_LOG or bool(source.classes[VPN_STATUS])


def _incident_warnings(incidents: tuple[Incident, ...]) -> Iterator[Warned]:
    remembered = (
        one.remote_site for one in incidents if any(seen.unverified for seen in one.symptoms)
    )
    for site in dict.fromkeys(remembered):
        yield Warned(id="unverified-form", subject=site)
    inferred = (one.remote_site for one in incidents if one.inferred_places)
    for site in dict.fromkeys(inferred):
        yield Warned(id="inferred-site", subject=site)
