"""What a call found: a diagnosis, of today or of a stored report, and what is told beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from assistant import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.catalog.catalog import Catalog
    from assistant.cli.stored import StoredReport
    from assistant.comparison import Comparison
    from assistant.model.diagnosis import Diagnosis
    from assistant.model.transcript import Transcript
    from reports.output import Content
    from reports.stored.note import StoredNote


class Found(Struct, frozen=True, kw_only=True):
    """A diagnosis and everything that is needed to tell it."""

    diagnosis: Diagnosis
    catalog: Catalog
    """Knows every id of it; of a stored one some only as stand-ins."""
    note: StoredNote | None = None
    """Of a stored report."""
    comparison: Comparison | None = None

    def content(
        self,
        transcribe: Callable[[], Transcript] | None = None,
        *,
        everything: bool = False,
        pretty: bool = False,
    ) -> Content:
        """What reports are made of: they have no terminal around them that says what it is.

        Args:
            transcribe: Reads the records of the case; a stored report has none.
            everything: JSON tells the evidence of unlikely causes too.
            pretty: JSON is indented.
        """
        from assistant.model.transcript import Transcript
        from reports.output import Content
        from reports.stored.note import with_warnings

        note = self.note
        return Content(
            diagnosis=with_warnings(self.diagnosis, note) if note else self.diagnosis,
            catalog=self.catalog,
            transcribe=transcribe or Transcript,
            comparison=self.comparison,
            everything=everything,
            pretty=pretty,
        )


def found_stored(stored: StoredReport, catalog: Catalog) -> Found:
    """What a stored report tells.

    Raises:
        InputError: it cannot be read, is damaged, or of a later program.
    """
    from reports.stored.note import stored_note
    from reports.stored.stand_in import with_stand_ins

    diagnosis = stored.read(catalog)
    whole, gone = with_stand_ins(diagnosis, catalog)
    note = stored_note(diagnosis, report=stored.file.name, knowledge_now=catalog.digest, gone=gone)
    return Found(diagnosis=diagnosis, catalog=whole, note=note)


def compared(found: Found, old: StoredReport) -> Found:
    """The same with what changed since an earlier report.

    Raises:
        InputError: that report cannot be read, is damaged, or of a later program.
    """
    from assistant.comparison import compare
    from reports.stored.stand_in import with_stand_ins

    then = old.read(found.catalog)
    whole, _ = with_stand_ins(then, found.catalog)
    comparison = compare(then, found.diagnosis, report=old.file.name, program=__version__)
    return replace(found, catalog=whole, comparison=comparison)
