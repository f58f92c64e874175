"""What is printed when a case is diagnosed, and the exit code that tells the verdict."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.cli.found import Found
    from assistant.model.diagnosis import Diagnosis
    from reports.labels import Lang
    from reports.stored.note import StoredNote

_NARROWEST, _WIDEST = 40, 100


class Telling(Struct, frozen=True, kw_only=True):
    """How much to print, and how."""

    whole: bool
    """The verdict too, not only where the reports lie."""
    quiet: bool
    verbose: bool
    color: bool


def tell(found: Found, language: Lang, written: Mapping[str, str], telling: Telling) -> None:
    """The verdict on standard output, or only where the reports lie if formats were chosen."""
    diagnosis, catalog, comparison = found.diagnosis, found.catalog, found.comparison

    if telling.quiet or not telling.whole:
        if telling.quiet and telling.whole:
            from reports.text import render_text

            text = render_text(diagnosis, catalog, language, comparison=comparison)
            print(text.plain.split("\n", 1)[0])
        elif not telling.quiet:
            from reports.escape import visible

            # A script gets the path as it is; on a terminal a name must not act.
            terminal = sys.stdout.isatty()
            for path in written.values():
                print(visible(path, limit=len(path)) if terminal else path)
        return
    from reports.text import render_text

    report = next(iter(written.values()), None)
    terminal = sys.stdout.isatty()
    columns = width() if terminal else 80
    if found.note is not None:
        _tell_note(found.note, language, columns)
    text = render_text(
        diagnosis,
        catalog,
        language,
        report=report,
        width=columns,
        verbose=telling.verbose,
        comparison=comparison,
    )
    if terminal and telling.color:
        from rich.console import Console

        Console(highlight=False, width=columns).print(text.rich(), soft_wrap=True)
    else:
        print(text.plain)


def _tell_note(note: StoredNote, language: Lang, columns: int) -> None:
    """That it is a stored report, in front of everything."""
    from reports.labels import labels
    from reports.paragraph import wrapped
    from reports.stored.note import note_told

    for sentence in note_told(note, labels(language)):
        for line in wrapped(sentence, columns):
            print(line)
    print()


def suggest(diagnosis: Diagnosis, language: Lang) -> None:
    """Print a pattern entry to fill in for what is not understood."""
    from assistant.suggest import suggestions
    from reports.labels import labels

    words = labels(language)
    entries = list(suggestions(diagnosis.coverage.shapes))
    print()
    print(words("suggest.head" if entries else "suggest.none"))
    for entry in entries:
        print(entry)


def open_report(written: Mapping[str, str]) -> None:
    """Open the HTML report in the browser, if one was written."""
    import webbrowser

    path = written.get("html")
    if path is not None:
        webbrowser.open(Path(path).resolve().as_uri())


def code_of(diagnosis: Diagnosis) -> int:
    """`--exit-code`."""
    from assistant.model.diagnosis import Verdict

    return {Verdict.FAULT: 10, Verdict.INCONCLUSIVE: 11, Verdict.HEALTHY: 0}[diagnosis.verdict]


def width() -> int:
    """Columns of the terminal, within what is good to read."""
    return max(_NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))
