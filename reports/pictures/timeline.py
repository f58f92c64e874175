"""Draws the case over time: negotiations by outcome, missed polls, retries, errors, both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.source import Moment, Side
from reports.labels import Labels, Lang, labels
from reports.pairing import clocks_told
from reports.pictures.lanes import LaidOut, anchor
from reports.pictures.picture import MOST_ROWS, Key, Picture, draw, table
from reports.pictures.scale import scale_over
from reports.pictures.tracks import SIGNS, Lane, Tracks

_LANES = 6
_CODES = 2
_TICK_EDGE = 8
_LEGEND = (
    ("setting-up", "setting-up"),
    ("connected", "connected"),
    *((SIGNS[one], f"outcome.{one.value}") for one in Outcome),
    ("bins", "bins"),
    ("repeats", "repeats"),
    ("poll", "poll"),
    ("retry", "retry"),
    ("error", "error"),
    ("nothing", "nothing"),
    ("recorded", "recorded"),
)
"""Signs in the order of the legend, with the key of their word."""


def timeline(
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    negotiations: Sequence[Negotiation] = (),
) -> Picture | None:
    """The case over time; None if nothing of it has a time.

    Args:
        diagnosis: What was found.
        catalog: Not asked yet; every picture is called alike.
        lang: Language of all words.
        negotiations: All of them, where they are known. Without them one of each incident is
            drawn, and for the others from when to when they were.
    """
    del catalog
    words = labels(lang)
    tracks = Tracks(diagnosis, negotiations)
    lanes = tracks.sorted_lanes()
    if not lanes:
        return None
    shown = lanes[:_LANES]
    scale = scale_over([moment for lane in shown for moment in lane.moments()])
    drawing = LaidOut(diagnosis, tracks, scale, words)
    for lane in shown:
        drawing.lane(lane)
    title = words("picture.timeline.title")
    caption = _caption(diagnosis, shown, words)
    picture_id = f"timeline-{lang}"
    rows = _rows(diagnosis, shown, words)
    left_out = len(lanes) - len(shown) + max(len(rows) - MOST_ROWS, 0)
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw(
            "timeline",
            id=picture_id,
            title=title,
            caption=caption,
            tracks=drawing.tracks,
            names=drawing.names,
            ticks=[(x, text, anchor(x, _TICK_EDGE)) for x, text in scale.ticks()],
            height=drawing.y + 22,
            bottom=drawing.y,
        ),
        legend=tuple(
            Key(sign=sign, word=words(f"picture.timeline.{key}"))
            for sign, key in _LEGEND
            if sign in drawing.used
        ),
        columns=tuple(words(f"picture.timeline.column.{one}") for one in ("site", "what", "when")),
        rows=table(rows),
        more=words.counted("picture.more", left_out) if left_out else "",
    )


def _caption(diagnosis: Diagnosis, shown: Sequence[Lane], words: Labels) -> str:
    """How many negotiations from when to when; whose clock the other side is shown by."""
    incidents = [one for one in diagnosis.incidents if one.example is not None]
    number = sum(one.occurrences for one in incidents)
    first = min(_times(one.first_seen for one in incidents), default=None)
    last = max(_times(one.last_seen for one in incidents), default=None)
    key = f"picture.timeline.caption.{'one' if number == 1 else 'other'}"
    told = [words(key, n=words.number(number), period=words.period(first, last))]
    if any(lane.their_marks or lane.theirs for lane in shown):
        told += [clocks_told(one.offset, words) for one in diagnosis.pairings[:1]]
        told.append(words("picture.timeline.our-clock"))
    return " ".join(told)


def _times(moments: Iterator[Moment | None] | Sequence[Moment | None]) -> list[Moment]:
    """Those that are known; without a date where the first one has none."""
    known = [one for one in moments if one is not None]
    return [one for one in known if one.dated == known[0].dated]


def _rows(
    diagnosis: Diagnosis, shown: Sequence[Lane], words: Labels
) -> tuple[tuple[str, str, str], ...]:
    """What is drawn, in words: incident by incident, then what was missed or sent again."""
    sites = {lane.site for lane in shown}
    return (
        *(
            (
                words.site(one.remote_site),
                _incident_told(one, words),
                words.period(one.first_seen, one.last_seen),
            )
            for one in diagnosis.incidents
            if one.example is not None and one.remote_site in sites
        ),
        *(
            (words.site(lane.site), words.counted(f"picture.timeline.{key}", number), "")
            for lane in shown
            for key, number in (("missed", lane.missed), ("retried", lane.retried))
            if number
        ),
        *(
            (
                words.site(one.remote_site),
                words(f"paired.{one.verdict.value}.{one.caller.value}"),
                words.moment(one.at) if one.at else "",
            )
            for pairing in diagnosis.pairings
            for one in pairing.negotiations[:MOST_ROWS]
            if one.remote_site in sites
        ),
    )


def _incident_told(one: Incident, words: Labels) -> str:
    parts = [words(f"picture.timeline.outcome.{one.outcome.value}")] if one.outcome else []
    parts += [str(code) for code in one.error_codes[:_CODES]]
    if one.occurrences > 1:
        parts.append(words.counted("times", one.occurrences))
    if one.side is Side.REMOTE:
        parts.append(words("picture.timeline.side.remote"))
    return ", ".join(parts)
