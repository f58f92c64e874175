"""Words the input files: what each is, whose, and how much of it was read."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Warned
from assistant.model.source import Source, SourceKind
from reports.escape import visible
from reports.labels import Labels

DIGEST_SHOWN = 12
"""Characters of a digest that are shown."""
_CLASSES_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
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
    firsts = [source.first for source in diagnosis.sources if source.first]
    lasts = [source.last for source in diagnosis.sources if source.last]
    period = words.period(firsts[0] if firsts else None, lasts[-1] if lasts else None)
    timed = (period,) if diagnosis.sources and _has_records(diagnosis) else ()
    return " · ".join((_files(diagnosis, words), *timed, *_records(diagnosis, words)))


def read_short(diagnosis: Diagnosis, words: Labels) -> str:
    """Records and files, without the times."""
    return " · ".join((*_records(diagnosis, words), _files(diagnosis, words)))


def warnings_told(diagnosis: Diagnosis, words: Labels) -> tuple[str, ...]:
    """What the user should know of the input; unknown ids as they are."""
    return tuple(_warning(warned, words) for warned in diagnosis.warnings)


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
