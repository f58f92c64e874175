"""Gathers the places that one incident shows or cites: in file order, folded and bounded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from assistant.model.beside import SettingFound
from assistant.model.diagnosis import Incident
from assistant.model.negotiation import Occurrence
from assistant.model.setting import Shown
from assistant.model.source import Place
from assistant.model.transcript import AROUND, LeftOut, Transcript, TranscriptRecord

SETTINGS_SHOWN = 48
"""Settings of one side of a comparison that are shown: eight proposals of six columns each."""
_MOST_RECORDS = 48
"""Records of a negotiation that are shown without gaps; the annotated trace has all of them."""
_KEPT_AT_EACH_END = 3
_FOLDED_FROM = 3


class Record(Struct, frozen=True):
    """One place with all that happened there."""

    place: Place
    occurrences: tuple[Occurrence, ...]
    """Of the negotiation; empty for a place that is only cited."""
    found: tuple[SettingFound, ...] = ()
    """What a configuration was found to say there."""
    folded_to: int | None = None
    """Last line of the equal records after this one that it stands for."""
    beside: TranscriptRecord | None = None
    """Of a record that is neither of the negotiation nor cited, but next to one that is."""

    def touches(self, spans: Spans) -> bool:
        """Whether one of these lies in it, or in what it stands for."""
        place = self.place
        return spans.meet(place.source, place.first_line, self.folded_to or place.last_line)


class Spans:
    """Lines of sources, to be asked for as often as there are records."""

    def __init__(self, places: Iterable[Place]) -> None:
        firsts: dict[str, list[int]] = {}
        lasts: dict[str, list[int]] = {}
        for source, first, last in sorted({key(place) for place in places}):
            ends = lasts.setdefault(source, [])
            if ends and first <= ends[-1]:
                ends[-1] = max(ends[-1], last)
            else:
                firsts.setdefault(source, []).append(first)
                ends.append(last)
        self._firsts, self._lasts = firsts, lasts

    def meet(self, source: str, first: int, last: int) -> bool:
        """Whether one of them and these lines have a line in common."""
        at = bisect_right(self._firsts.get(source, ()), last) - 1
        return at >= 0 and self._lasts[source][at] >= first


def records_of(
    incident: Incident, order: Mapping[str, int], transcript: Transcript
) -> tuple[tuple[Record, ...], list[int]]:
    """The records to show, and of each how many are left out before it.

    Every place of the negotiation and every cited one that no such place contains, with what
    stands around the cited ones. Of a long negotiation the cited ones, what is around them, and
    both ends.

    Args:
        incident: Its negotiation and its claims.
        order: Position of each source in the case.
        transcript: Has what stands around; may be empty.
    """
    gathered = _gathered(incident)
    gathered |= _around(incident, gathered, transcript)
    ordered = [
        gathered[each]
        for each in sorted(gathered, key=lambda each: (order.get(each[0], len(order)), each))
    ]
    return _shortened(_folded(ordered), cited(incident))


def cited(incident: Incident) -> tuple[Place, ...]:
    """Every place that a claim about the incident rests on."""
    return (
        *incident.claimed,
        *(setting.place for setting in compared_settings(incident)),
    )


def compared_settings(incident: Incident) -> tuple[Shown, ...]:
    """The settings that the comparison of two configurations shows."""
    both = incident.side_by_side
    return tuple(
        setting
        for comparison in (both.comparisons if both else ())
        for side in (comparison.ours, comparison.theirs)
        for setting in side[:SETTINGS_SHOWN]
    )


def key(place: Place) -> tuple[str, int, int]:
    """Where it stands, without what it says."""
    return (place.source, place.first_line, place.last_line)


def joined(places: Iterable[Place]) -> list[tuple[str, int, int]]:
    """Spans of lines, neighbours made one even across a blank line, in the order first named."""
    spans: list[tuple[str, int, int]] = []
    for source, first, last in dict.fromkeys(key(place) for place in places):
        if spans and spans[-1][0] == source and spans[-1][1] <= first <= spans[-1][2] + 2:
            spans[-1] = (source, spans[-1][1], max(last, spans[-1][2]))
        else:
            spans.append((source, first, last))
    return spans


def _gathered(incident: Incident) -> dict[tuple[str, int, int], Record]:
    occurrences: dict[Place, list[Occurrence]] = {}
    for message in incident.messages:
        for place in message.places:
            occurrences.setdefault(place, []).append(message)
    found = {key(place): Record(place, tuple(said)) for place, said in occurrences.items()}
    begun = {(source, line) for source, first, last in found for line in range(first, last + 1)}
    settings = _settings_found(incident)
    for place in (*cited(incident), *settings):
        if (place.source, place.first_line) not in begun:
            begun.add((place.source, place.first_line))
            found[key(place)] = Record(place, (), tuple(settings.get(place, ())))
    return found


def _around(
    incident: Incident, gathered: Mapping[tuple[str, int, int], Record], transcript: Transcript
) -> dict[tuple[str, int, int], Record]:
    """The records next to cited ones that belong to nothing that is shown."""
    begun = {(source, line) for source, first, last in gathered for line in range(first, last + 1)}
    wanted: dict[str, set[int]] = {}
    for place in cited(incident):
        wanted.setdefault(place.source, set()).add(place.first_line)
    found: dict[tuple[str, int, int], Record] = {}
    for source in transcript:
        near = {
            number for line in wanted.get(source.source, ()) for number in _near(source.parts, line)
        }
        for number in sorted(near):
            record = source.parts[number]
            if isinstance(record, TranscriptRecord):
                place = Place(
                    source.source, record.first_line, record.last_line, record.text, record.time
                )
                if (place.source, place.first_line) not in begun:
                    found[key(place)] = Record(place, (), beside=record)
    return found


def _near(parts: Sequence[TranscriptRecord | LeftOut], line: int) -> Iterator[int]:
    """Positions of the record that contains a line and of those that follow on each other there."""
    # There are thousands of parts and hundreds of incidents: none looks at all of them.
    at = bisect_right(parts, line, key=lambda part: part.first_line) - 1
    if at < 0 or parts[at].last_line < line:
        return
    for steps in (range(AROUND + 1), range(-1, -AROUND - 1, -1)):
        for step in steps:
            if not 0 <= at + step < len(parts) or isinstance(parts[at + step], LeftOut):
                break
            yield at + step


def _settings_found(incident: Incident) -> dict[Place, list[SettingFound]]:
    found: dict[Place, list[SettingFound]] = {}
    for occurrence in incident.example.beside if incident.example else ():
        if isinstance(occurrence.event, SettingFound):
            for place in occurrence.places:
                found.setdefault(place, []).append(occurrence.event)
    return found


def _folded(records: Sequence[Record]) -> list[Record]:
    """Three or more equal records in a row become one."""
    folded: list[Record] = []
    start = 0
    while start < len(records):
        end = start + 1
        while end < len(records) and _says_the_same(records[start], records[end]):
            end += 1
        run = records[start:end]
        if len(run) < _FOLDED_FROM:
            folded.extend(run)
        else:
            last_line = run[-1].place.last_line
            folded.append(Record(run[0].place, run[0].occurrences, folded_to=last_line))
        start = end
    return folded


def _says_the_same(one: Record, other: Record) -> bool:
    return bool(one.occurrences) and one.occurrences == other.occurrences


def _shortened(
    records: Sequence[Record], wanted_places: Iterable[Place]
) -> tuple[tuple[Record, ...], list[int]]:
    """Keeps both ends and all that is cited or near; also how many are left out before each."""
    if len(records) <= _MOST_RECORDS:
        return tuple(records), [0] * len(records)
    wanted = {(place.source, place.first_line) for place in wanted_places}
    near = {*range(_KEPT_AT_EACH_END), *range(len(records) - _KEPT_AT_EACH_END, len(records))}
    for number, record in enumerate(records):
        if (record.place.source, record.place.first_line) in wanted:
            near.update(range(number - AROUND, number + AROUND + 1))
    kept: list[Record] = []
    left_out: list[int] = []
    missing = 0
    for number, record in enumerate(records):
        if number not in near:
            missing += 1
            continue
        left_out.append(missing)
        missing = 0
        kept.append(record)
    return tuple(kept), left_out
