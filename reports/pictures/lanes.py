"""Lays out the lanes of the timeline: what stands where, in per cent and pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from assistant.model.diagnosis import Diagnosis
from assistant.model.negotiation import Outcome
from assistant.model.source import Side
from reports.labels import Labels
from reports.pictures.fit import shortened
from reports.pictures.scale import Scale
from reports.pictures.tracks import SIGNS, Course, Lane, Mark, Tracks, recorded

_SINGLE = 24
"""Negotiations of one track that are drawn one by one; more are counted in bins."""
_REPEATS = 4
_BINS = 60
_BIN_PX = 24
"""Height of the fullest bin."""
_NEAR = 1.2
"""Per cent: marks nearer than that are drawn as one."""
_LEAST_WIDTH = 0.8
"""Per cent: nothing is drawn narrower."""
_CODE_ROOM = 24
"""Per cent that the codes of one negotiation need."""
_VERDICT_ROOM = 50
"""Per cent that the words of a verdict need."""
_NAME_CELLS = 30
_TOP_PX = 6
_EDGE = 25
CAME_UP = frozenset({Outcome.ESTABLISHED, Outcome.DISCONNECTED, Outcome.UNFINISHED})
"""Drawn upwards in a bin; the others downwards."""


class Box(Struct, frozen=True, kw_only=True):
    """A horizontal stretch, per cent."""

    x: float
    width: float
    css: str = ""


class Sign(Struct, frozen=True, kw_only=True):
    """A sign, and where it stands."""

    name: str
    x: float
    y: float


class Label(Struct, frozen=True, kw_only=True):
    """A text, and where it stands."""

    text: str
    x: float
    y: float
    anchor: str


class Bin(Struct, frozen=True, kw_only=True):
    """Negotiations that began in one stretch of time; up came up, down did not."""

    x: float
    width: float
    up_px: float
    down_px: float


class Track(Struct, kw_only=True):
    """One side of one remote site, ready to be drawn."""

    name: str
    y: float
    """Of its middle."""
    recorded: tuple[Box, ...] = ()
    boxes: list[Box] = field(default_factory=list)
    stretches: list[tuple[Box, float]] = field(default_factory=list)
    """From the first to the last of those that are not drawn one by one, and how far down."""
    bins: list[Bin] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    texts: list[Label] = field(default_factory=list)
    height: float
    below: float
    """Where the next one may begin."""


class LaidOut:
    """Lays out the lanes below each other."""

    def __init__(self, diagnosis: Diagnosis, tracks: Tracks, scale: Scale, words: Labels) -> None:
        self._scale = scale
        self._words = words
        self._recorded = {
            side: recorded(diagnosis, tracks, side, scale.first, scale.last) for side in Side
        }
        self.tracks: list[Track] = []
        self.names: list[Label] = []
        self.used: set[str] = set()
        self.y: float = _TOP_PX

    def lane(self, lane: Lane) -> None:
        """One remote site: its name, our track, and the other side's where there is one."""
        both = bool(lane.theirs or lane.their_marks)
        name = shortened(self._words.site(lane.site), _NAME_CELLS)
        self.names.append(Label(text=name, x=0, y=self.y + 13, anchor="start"))
        self.y += 20
        if lane.ours or lane.repeats or lane.marks or not both:
            self._track(Side.LOCAL, lane.ours, lane, both=both)
        if both:
            self._track(Side.REMOTE, lane.theirs, lane, both=True)
        self.y += 8

    def _track(self, side: Side, courses: list[Course], lane: Lane, *, both: bool) -> None:
        ours = side is Side.LOCAL
        marks = lane.marks if ours else lane.their_marks
        many = len(courses) > _SINGLE or (not ours and len(marks) > _SINGLE)
        half = _BIN_PX + 2 if many else 13
        if both:
            self.y += 14
        name = self._words(f"picture.timeline.side.{side.value}") if both else ""
        track = Track(name=name, y=self.y + half, height=2 * half, below=self.y + 2 * half)
        track.recorded = tuple(self._box(*stretch) for stretch in self._recorded[side])
        if track.recorded:
            self.used.add("recorded")
        if many:
            self._bins(track, courses, () if ours else marks)
        else:
            for course in courses:
                self._course(track, course)
            self._marks(track, marks)
            if not ours:
                self._verdicts(track, marks)
        if track.texts:
            track.below += 14
        if ours:
            self._repeats(track, lane)
        self.y = track.below + 4
        self.tracks.append(track)

    def _box(self, first: float, last: float, css: str = "") -> Box:
        x = self._scale.x(first)
        width = max(self._scale.x(last) - x, _LEAST_WIDTH)
        return Box(x=min(x, 100 - width), width=round(width, 2), css=css)

    def _course(self, track: Track, course: Course) -> None:
        up_from = course.connected
        if course.outcome is Outcome.LOST and up_from is None:
            up_from = course.start  # the trace begins while it is up
        if up_from is None or up_from > course.start:
            until = course.end if up_from is None else up_from
            track.boxes.append(self._box(course.start, until, "p-setting-up"))
            self.used.add("setting-up")
        if up_from is not None:
            track.boxes.append(self._box(up_from, course.end, "p-connected"))
            self.used.add("connected")
        x = self._scale.x(course.end)
        self._sign(track, SIGNS[course.outcome], x)
        near = any(abs(one.x - x) < _CODE_ROOM for one in track.texts)
        if course.codes and not near:
            text = " ".join(shortened(one, 10) for one in course.codes)
            y = track.y + track.height / 2 + 11
            track.texts.append(Label(text=text, x=x, y=y, anchor=anchor(x)))

    def _marks(self, track: Track, marks: Sequence[Mark]) -> None:
        taken: dict[str, float] = {}
        ends = [one.x for one in track.signs]
        for mark in sorted(marks, key=lambda one: (one.at, one.sign)):
            x = self._scale.x(mark.at)
            if mark.sign == "error" and any(abs(x - end) < _NEAR for end in ends):
                continue  # the end of the negotiation has its code beside it
            if x - taken.get(mark.sign, -_NEAR) >= _NEAR:
                taken[mark.sign] = x
                self._sign(track, mark.sign, x)

    def _verdicts(self, track: Track, marks: Sequence[Mark]) -> None:
        """In few words what became of it, where there is room for them."""
        for mark in marks:
            x = self._scale.x(mark.at)
            if mark.verdict and all(abs(one.x - x) >= _VERDICT_ROOM for one in track.texts):
                text = self._words(f"picture.timeline.verdict.{mark.verdict.value}")
                y = track.y + track.height / 2 + 11
                track.texts.append(Label(text=text, x=x, y=y, anchor=anchor(x)))

    def _sign(self, track: Track, name: str, x: float) -> None:
        self.used.add(name)
        track.signs.append(Sign(name=name, x=x, y=track.y))

    def _repeats(self, track: Track, lane: Lane) -> None:
        for one in lane.repeats[:_REPEATS]:
            y = track.below + 6
            track.below += 20
            box = self._box(one.first, one.last)
            middle = box.x + box.width / 2
            track.stretches.append((box, y))
            track.texts.append(
                Label(
                    text=self._words(
                        "picture.timeline.repeated",
                        n=self._words.number(one.count),
                        outcome=self._words(f"picture.timeline.outcome.{one.outcome.value}"),
                    ),
                    x=round(middle, 2),
                    y=y + 12,
                    anchor=anchor(middle),
                )
            )
            self.used.add("repeats")

    def _bins(self, track: Track, courses: list[Course], marks: Sequence[Mark]) -> None:
        up: Counter[int] = Counter()
        down: Counter[int] = Counter()
        for course in courses:
            place = self._bin(course.start)
            (up if course.outcome in CAME_UP else down)[place] += 1
        for mark in marks:
            (up if mark.sign == "up" else down)[self._bin(mark.at)] += 1
        fullest = max((*up.values(), *down.values()))
        self.used.add("bins")
        width_s = (self._scale.last - self._scale.first) / _BINS
        text = self._words(
            "picture.timeline.fullest",
            n=self._words.number(fullest),
            time=self._words.duration(width_s),
        )
        y = track.y + track.height / 2 + 11
        track.texts.append(Label(text=text, x=100, y=y, anchor="end"))
        for place in sorted(set(up) | set(down)):
            track.bins.append(
                Bin(
                    x=round(place * 100 / _BINS, 2),
                    width=round(100 / _BINS - 0.3, 2),
                    up_px=_height(up[place], fullest),
                    down_px=_height(down[place], fullest),
                )
            )

    def _bin(self, at: float) -> int:
        return min(int(self._scale.x(at) * _BINS / 100), _BINS - 1)


def _height(number: int, fullest: int) -> float:
    """Of a bin; one that holds anything can be seen."""
    return round(max(number * _BIN_PX / fullest, 2.0), 1) if number else 0.0


def anchor(x: float, edge: float = _EDGE) -> str:
    """How a text at a place is aligned so that it stays on the drawing.

    Args:
        x: Its place in per cent.
        edge: How near to a side, in per cent, it has to keep clear of it; half its width.
    """
    if x < edge:
        return "start"
    return "end" if x > 100 - edge else "middle"
