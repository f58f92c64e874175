"""Where a moment lies on a drawing, and which moments its axis names."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from assistant.model.source import Moment

_EPOCH = datetime.min  # noqa: DTZ901 - device times have no zone
_STEPS = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0),
    *(3600.0, 7200.0, 10800.0, 21600.0, 43200.0),
    *(86400.0, 172800.0, 604800.0, 1209600.0, 2592000.0, 7776000.0, 31536000.0),
)
"""Seconds between the named moments of an axis; the last one is a year."""
_TICKS = 5
_FINE_TICKS = 3
_MINUTE_S = 60
_DAY_S = 86400
_LEAST_S = 0.2
_MARGIN = 0.03
_HUNDRED = 100.0


def seconds(moment: Moment) -> float:
    """Seconds since the first day of the calendar; moments without a date count from there too."""
    return (moment.at - _EPOCH) / timedelta(seconds=1)


class Scale(Struct, frozen=True):
    """A stretch of time, drawn from 0 to 100 per cent."""

    first: float
    """Seconds as `seconds` counts them."""
    last: float

    def x(self, at: float) -> float:
        """Per cent from the left, two decimals; a moment outside lies on the edge."""
        share = (at - self.first) / (self.last - self.first)
        return round(min(max(share, 0.0), 1.0) * _HUNDRED, 2)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The moments the axis names, with their places in per cent; at most six.

        Their names are short enough for a drawing of 330 pixels.
        """
        length = self.last - self.first
        # Fractions of a second make long names.
        step = next(
            (one for one in _STEPS if length / one <= (_TICKS if one >= 1 else _FINE_TICKS)), None
        )
        if step is None:
            step = length / _TICKS
        number = int(self.first // step) + 1
        found: list[tuple[float, str]] = []
        while number * step <= self.last and len(found) <= _TICKS:
            at = number * step
            found.append((self.x(at), _clock(at, step)))
            number += 1
        return tuple(found)


def scale_over(moments: list[float]) -> Scale:
    """A scale with room for all these moments and a margin beside them."""
    first, last = min(moments), max(moments)
    margin = max((last - first) * _MARGIN, _LEAST_S / 2)
    return Scale(max(first - margin, 0.0), last + margin)


def _clock(at: float, step: float) -> str:
    """A moment as fine as the steps of the axis are."""
    try:
        # Whole hundredths: a float does not hit the second.
        moment = _EPOCH + timedelta(milliseconds=round(at * 1000))
    except OverflowError:
        return ""
    if step >= _DAY_S:
        return f"{moment:%m-%d}" if moment.year > 1 else f"+{(moment - _EPOCH).days - 1} d"
    if step >= _MINUTE_S:
        return f"{moment:%H:%M}"
    if step >= 1:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%H:%M:%S}.{moment.microsecond // 10000:02d}"
