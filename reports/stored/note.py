"""Says that a diagnosis comes from a stored report: who judged it, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from assistant import __version__
from assistant.model.diagnosis import Diagnosis, Warned
from reports.escape import visible
from reports.labels import Labels
from reports.sources import DIGEST_SHOWN

_PREFIX = "stored-"
_NAMED = 5
"""Entries that are gone, by name; the others are counted."""
_FILES = 3


class StoredNote(Struct, frozen=True, kw_only=True):
    """What to know of a diagnosis that was read from a report."""

    report: str
    """Name of the file."""
    version: str
    """Of the program that judged."""
    knowledge: str
    """Of the knowledge base that judged, as `sha256:...`."""
    knowledge_now: str
    sources: tuple[str, ...]
    """Names of the files that it was made of."""
    gone: tuple[str, ...]
    """Ids that today's knowledge base does not have."""

    @property
    def is_of_today(self) -> bool:
        """The same program and knowledge base would judge alike."""
        return (self.version, self.knowledge) == (__version__, self.knowledge_now)


def stored_note(
    diagnosis: Diagnosis, *, report: str, knowledge_now: str, gone: tuple[str, ...]
) -> StoredNote:
    """What to know of this one."""
    return StoredNote(
        report=report,
        version=diagnosis.program or "",
        knowledge=diagnosis.knowledge,
        knowledge_now=knowledge_now,
        sources=tuple(source.name for source in diagnosis.sources),
        gone=gone,
    )


def note_told(note: StoredNote, words: Labels) -> Iterator[str]:
    """The note in sentences."""
    yield words(
        "stored.told",
        report=visible(note.report),
        version=visible(note.version),
        knowledge=_short(note.knowledge),
    )
    if note.knowledge != note.knowledge_now:
        yield words(
            "stored.knowledge", knowledge=_short(note.knowledge_now), again=_again(note, words)
        )
    elif not note.is_of_today:
        yield words("stored.program", version=__version__, again=_again(note, words))
    for one in note.gone[:_NAMED]:
        yield words("warning.stored-gone", subject=visible(one))
    if len(note.gone) > _NAMED:
        yield words.counted("stored.gone-more", len(note.gone) - _NAMED)


def with_warnings(diagnosis: Diagnosis, note: StoredNote) -> Diagnosis:
    """The diagnosis with the note among its warnings, for reports made of it."""
    told = [Warned(id="stored-report", subject=note.version)]
    if note.knowledge != note.knowledge_now:
        told.append(Warned(id="stored-knowledge", subject=_short(note.knowledge_now)))
    told += [Warned(id="stored-gone", subject=one) for one in note.gone[:_NAMED]]
    kept = (one for one in diagnosis.warnings if not one.id.startswith(_PREFIX))
    return replace(diagnosis, warnings=(*told, *kept))


def _again(note: StoredNote, words: Labels) -> str:
    """What to do for a judgement of today."""
    names = [visible(one) for one in note.sources[:_FILES]]
    if not names:
        return words("stored.again.answers")
    more = " ..." if len(note.sources) > _FILES else ""
    return words("stored.again", files=" ".join(names) + more)


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:DIGEST_SHOWN]
