"""Words the input files: what each is, whose, and how much of it was read."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident, Warned
from assistant.model.source import Moment, Side, Source, SourceKind
from reports.escape import visible
from reports.labels import Labels

DIGEST_SHOWN = 12
"""Characters of a digest that are shown."""
_CLASSES_SHOWN = 12


class SourceView(Struct, frozen=True, kw_only=True):
    """One input file."""

    name: str
    kind: str
    """And the trace classes in it, with those named that are read but not used."""
    device: str
    """Model and firmware, where the console's greeting was copied."""
    side: str
    side_reason: str
    period: str
    """Empty for a configuration: it has no times."""
    records: str
    """How many; of a configuration how many commands."""
    read: str
    digest: str


def source_views(diagnosis: Diagnosis, catalog: Catalog, words: Labels) -> tuple[SourceView, ...]:
    """All files, in the order given."""
    return tuple(_source_view(source, catalog, words) for source in diagnosis.sources)


def read_line(diagnosis: Diagnosis, words: Labels) -> str:
    """What was read, in one line: files, times, records."""
    timed = (_period(diagnosis, words),) if diagnosis.sources and _has_records(diagnosis) else ()
    return " · ".join((_files(diagnosis, words), *timed, *_records(diagnosis, words)))


def read_short(diagnosis: Diagnosis, words: Labels) -> str:
    """Records and files, without the times."""
    return " · ".join((*_records(diagnosis, words), _files(diagnosis, words)))


def warnings_told(diagnosis: Diagnosis, words: Labels) -> tuple[str, ...]:
    """What the user should know of the input; unknown ids as they are."""
    return tuple(_warning(warned, words) for warned in diagnosis.warnings)


def _period(diagnosis: Diagnosis, words: Labels) -> str:
    """From the earliest to the latest time, in whatever order the files were given.

    By our own clock where it is known; the other side's may be hours off. Incidents are asked too:
    where the clock was set back, the first record of a file is not its earliest.
    """
    spans: list[Source | Incident] = [*diagnosis.sources, *diagnosis.incidents]
    ours = [time for one in spans if one.side is not Side.REMOTE for time in _times(one) if time]
    times = ours or [time for one in spans for time in _times(one) if time]
    # A time of the day says nothing about a date; where both are there, dates tell more.
    times = [time for time in times if time.dated] or times
    return words.period(min(times, default=None), max(times, default=None))


def _times(one: Source | Incident) -> tuple[Moment | None, Moment | None]:
    return (one.first, one.last) if isinstance(one, Source) else (one.first_seen, one.last_seen)


def _files(diagnosis: Diagnosis, words: Labels) -> str:
    sources = diagnosis.sources
    if not sources:
        return words("files.none")
    return visible(sources[0].name) if len(sources) == 1 else words.counted("files", len(sources))


def _has_records(diagnosis: Diagnosis) -> bool:
    """Whether there is anything but configurations."""
    kinds = {source.kind for source in diagnosis.sources}
    return not kinds or kinds != {SourceKind.LANCOM_CONFIG}


def _records(diagnosis: Diagnosis, words: Labels) -> tuple[str, ...]:
    if not diagnosis.sources:
        return ()
    told = []
    coverage = diagnosis.coverage
    if _has_records(diagnosis):
        told.append(words.counted("records", coverage.records))
        told.append(_read_share(coverage.records, coverage.unread_records, words))
    scripts = [one for one in diagnosis.sources if one.kind is SourceKind.LANCOM_CONFIG]
    if scripts:
        told.append(words.counted("commands", sum(one.records for one in scripts)))
    return tuple(told)


def _read_share(records: int, unread: int, words: Labels) -> str:
    if not records:
        return words("read.nothing")
    if not unread:
        return words("read.all")
    share = words.percent((records - unread) / records)
    return words("read.share", percent=share, n=words.number(unread))


def _source_view(source: Source, catalog: Catalog, words: Labels) -> SourceView:
    reason = source.side_reason or ""
    read = {
        name.casefold() for one in catalog.pattern_files for name in (one.trace_class, *one.also)
    }
    classes = [
        words(
            "class.read" if name.casefold() in read else "class.unused",
            name=visible(name),
            n=words.number(count),
        )
        for name, count in source.classes[:_CLASSES_SHOWN]
    ]
    kind = words(f"kind.{source.kind.value}")
    is_script = source.kind is SourceKind.LANCOM_CONFIG
    share = _read_share(source.records, source.unread_records, words)
    return SourceView(
        name=visible(source.name),
        kind=f"{kind} ({'; '.join(classes)})" if classes else kind,
        device=" ".join(visible(value) for _, value in source.device),
        side=words(f"who-is.{source.side.value}") if source.side else "",
        side_reason=words(f"side.{reason}") if words.has(f"side.{reason}") else visible(reason),
        period="" if is_script else words.period(source.first, source.last),
        records=words.number(source.records),
        read="" if is_script else share,
        digest=source.sha256[:DIGEST_SHOWN],
    )


def _warning(warned: Warned, words: Labels) -> str:
    subject = visible(warned.subject)
    if words.has(f"warning.{warned.id}"):
        return words(f"warning.{warned.id}", subject=subject)
    return words("warning.other", id=visible(warned.id), subject=subject)
