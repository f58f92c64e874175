"""Writes what is known of each record as columns of numbers, for a script to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from assistant.catalog.catalog import Catalog
from assistant.model.negotiation import Stage
from assistant.model.source import Moment
from assistant.model.transcript import RecordState, TranscriptRecord
from reports.escape import visible
from reports.labels import Labels, all_words, labels
from reports.lines import meaning_badge
from reports.trace.selection import Selected

UNREAD, OTHER = -1, -2
"""In the place of a pattern's number: no pattern reads it; none reads its class."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the device prints no zone
_WORDS = "trace.js."
"""How the keys begin of words that the script prints."""
_NOT_IN_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class _Numbers:
    """Values by the number under which they were first met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[str]:
        return list(self._numbers)


def columns(
    sources: Sequence[Selected],
    titles: Mapping[str, Sequence[str]],
    catalog: Catalog,
    cited: Mapping[tuple[str, int], Sequence[str]],
) -> str:
    """The JSON beside the texts: ASCII, and nothing in it can end an element.

    Args:
        sources: What is shown, in the order of the page.
        titles: Of each source, in German and English; already visible.
        catalog: Gives the meanings; each stands there once.
        cited: Anchors of what rests on a line of a source.

    Returns:
        An object: `words` by language; `classes`, `sites`, `stages` and `patterns`, to which
        the columns of each source refer by number. `times` has milliseconds, the first since
        1970, the others since the one before; null without one. -1 in the place of a pattern
        is a record that no pattern reads, -2 one of a class that none reads.
    """
    classes, sites, stages, patterns = _Numbers(), _Numbers(), _Numbers(), _Numbers()
    used = {one.record.stage for source in sources for one in source.written}
    for stage in (None, *Stage):  # in their order, not in that in which they were met
        if stage in used:
            stages.of(stage.value if stage else "")
    made = [
        {
            "titles": titles[source.name],
            "left_out": source.left_out,
            "classes": [classes.of(visible(one.trace_class)) for one in records],
            "sites": [sites.of(visible(one.remote_site)) for one in records],
            "stages": [stages.of(one.stage.value if one.stage else "") for one in records],
            "patterns": [_pattern(one, patterns) for one in records],
            **_times(records),
            "cited": _cited(source.name, records, cited),
        }
        for source in sources
        for records in [[one.record for one in source.written]]
    ]
    document = {
        "words": {one.lang: _words(one) for one in _both()},
        "classes": classes.values,
        "sites": sites.values,
        "stages": [
            [value, *(one(f"stage.{value}") if value else "" for one in _both())]
            for value in stages.values
        ],
        "patterns": [_meaning(one, catalog) for one in patterns.values],
        "sources": made,
    }
    text = json.dumps(document, separators=(",", ":"))
    return text.translate(_NOT_IN_HTML)


def _both() -> tuple[Labels, Labels]:
    return labels("de"), labels("en")


def _words(words: Labels) -> dict[str, str]:
    return {
        key.removeprefix(_WORDS): words.words[key] for key in all_words() if key.startswith(_WORDS)
    }


def _pattern(record: TranscriptRecord, patterns: _Numbers) -> int:
    if record.pattern is not None:
        return patterns.of(record.pattern)
    return OTHER if record.state is RecordState.OTHER else UNREAD


def _meaning(pattern_id: str, catalog: Catalog) -> list[str]:
    """Meaning in German and English, and what it rests on where LANCOM has not published it."""
    pattern = catalog.patterns.get(pattern_id)
    if pattern is None:
        return ["", "", "", ""]
    marks = [meaning_badge(pattern, one) for one in _both()]
    return [
        *(one.told(pattern.meaning) for one in _both()),
        *(mark.word if mark else "" for mark in marks),
    ]


def _times(records: Iterable[TranscriptRecord]) -> dict[str, object]:
    dated: bool | None = None
    before = 0
    times: list[int | None] = []
    for record in records:
        moment = record.time
        # A time of the day cannot be compared with a date; its text shows it all the same.
        if moment is None or moment.dated is not (moment.dated if dated is None else dated):
            times.append(None)
            continue
        dated = moment.dated
        now = _milliseconds(moment)
        times.append(now - before)
        before = now
    return {"dated": bool(dated), "times": times}


def _milliseconds(moment: Moment) -> int:
    past = moment.at - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1000 + past.microseconds // 1000


def _cited(
    name: str,
    records: Sequence[TranscriptRecord],
    cited: Mapping[tuple[str, int], Sequence[str]],
) -> list[list[object]]:
    """Of each record that claims rest on its number and where these are shown."""
    lines = {line for source, line in cited if source == name}
    found: list[list[object]] = []
    for number, record in enumerate(records) if lines else ():
        inside = sorted(lines.intersection(range(record.first_line, record.last_line + 1)))
        anchors = dict.fromkeys(anchor for line in inside for anchor in cited[name, line])
        if anchors:
            found.append([number, *anchors])
    return found
