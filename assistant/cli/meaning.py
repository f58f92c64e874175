"""What `diagnose explain` does: a trace record by record, or what a code, cause or stage means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.inputs import case_file
from assistant.cli.verdict import width
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.catalog.catalog import Catalog
    from reports.labels import Lang


def tell_meaning(word: str, language: Lang, knowledge: tuple[Path, ...] = ()) -> int:
    """Print what a file says, or what a word means; the exit code.

    Raises:
        UsageError: it is neither.
    """
    from assistant.catalog.load import load_catalog
    from assistant.explain import explain
    from reports.explain import render_explanation

    catalog = load_catalog(*knowledge, cached=True)
    if word == "-" or Path(word).exists():
        _explain_file(word, catalog, language)
        return 0
    explained = explain(word, catalog, cached=True)
    if explained is None:
        raise UsageError("nothing-to-explain", word=word)
    print(render_explanation(explained, catalog, language, width()), end="")
    return 0


def _explain_file(file: str, catalog: Catalog, language: Lang) -> None:
    """Print a trace record by record, as it is read: no length is too long.

    Nothing of a configuration is printed: it holds keys and passwords.
    """
    from assistant.case import HEAD_BYTES, is_configuration
    from assistant.trace.read import TraceReader
    from assistant.trace.text.recognise import is_own_report
    from assistant.trace.text.unpack import Packed, parts
    from reports.escape import visible
    from reports.explain import TraceExplainer

    reader = TraceReader(catalog)
    given = case_file(file)
    with given.open() as stream:
        for part in parts(given.name, stream, Packed()):
            explainer = TraceExplainer(catalog, language, width())
            # A member's name is chosen by whoever packed the archive.
            name = visible(part.name, limit=200)
            head = part.head(HEAD_BYTES)
            if is_own_report(head):
                if part.name == given.name:
                    raise UsageError("explain-stored", file=file)
                print(explainer.stored(name))
                continue
            if is_configuration(head):
                print(explainer.configuration(name))
                continue
            scripts = reader.scripts()
            for one in reader.annotate(part.name, part.stream, scripts):
                print(explainer.record(one))
            if scripts.settings:
                print(explainer.left_out(name))
            print(f"{name}: {explainer.summary()}")
