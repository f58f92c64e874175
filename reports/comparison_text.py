"""Prints what changed since an earlier report on the terminal, in front of the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from reports.comparison import ComparisonView, SiteChangeView
from reports.labels import Labels
from reports.layout import QUIET, STRONG, wrapped
from reports.styled import Text

_SITES = 8
_INCIDENTS = 8
_ANSWERS = 4
_STYLES = {"fault": "bold red", "healthy": "bold green", "inconclusive": "bold yellow"}


def comparison_lines(view: ComparisonView, words: Labels, width: int) -> list[Text]:
    """The comparison in lines no longer than `width` cells; the first one says the most."""
    return [line for block in _blocks(view, words, width) for line in block]


def _blocks(view: ComparisonView, words: Labels, width: int) -> Iterator[list[Text]]:
    yield wrapped([(f"{view.title}:", STRONG), (view.verdict, "")], width, indent=0, hang=2)
    yield wrapped([(view.since, QUIET)], width, indent=2, hang=0)
    for site in view.sites[:_SITES]:
        yield from _site(site, words, width)
    yield _more("comparison.more-sites", view.sites_total - _SITES, words, width)
    yield _line(view.quiet, width)
    for incident in view.incidents[:_INCIDENTS]:
        head = (f"{incident.told}:", STRONG)
        yield wrapped([head, (f"{incident.site}, {incident.title}", "")], width, indent=2, hang=2)
        for difference in incident.differences:
            yield wrapped([(difference, "")], width, indent=4, hang=2)
    yield _more("comparison.more-incidents", view.incidents_total - _INCIDENTS, words, width)
    for told in (view.same, *view.answers[:_ANSWERS], view.inputs):
        yield _line(told, width)
    for note in view.notes:
        yield wrapped([(words("comparison.note"), STRONG), (note, "")], width, indent=2, hang=2)


def _site(site: SiteChangeView, words: Labels, width: int) -> Iterator[list[Text]]:
    pieces = [(f"{site.site}:", STRONG), (site.told, _STYLES[site.mark])]
    yield wrapped(pieces, width, indent=2, hang=2)
    for key, told in (("then", site.then), ("now", site.now)):
        if told:
            pieces = [(words(f"comparison.{key}"), QUIET), (told, "")]
            yield wrapped(pieces, width, indent=4, hang=2)
    if site.recommended:
        yield wrapped([(site.recommended, "")], width, indent=4, hang=2)


def _more(key: str, hidden: int, words: Labels, width: int) -> list[Text]:
    return _line(words.counted(key, hidden), width) if hidden > 0 else []


def _line(told: str, width: int) -> list[Text]:
    return wrapped([(told, QUIET)], width, indent=2, hang=2) if told else []
