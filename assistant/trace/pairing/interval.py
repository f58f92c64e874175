"""Intervals in which a value may lie, and where most of them agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

Interval = tuple[float, float]
"""Least and greatest value."""
INLIERS = 0.9
"""Of the intervals, so many have to agree; the others are chance."""


def densest(intervals: Sequence[Interval], wishes: Sequence[float]) -> tuple[Interval, int, bool]:
    """Where most intervals overlap, how many, and whether they do so elsewhere too.

    Of equally dense places the one nearest a wish.
    """
    edges = sorted([(low, 0) for low, _ in intervals] + [(high, 1) for _, high in intervals])
    best: Interval = intervals[0]
    most = count = places = 0
    far = float("inf")
    for (at, ends), (then, ends_next) in pairwise(edges):
        count += -1 if ends else 1
        if ends or not ends_next or count < most:
            continue
        distance = min(_distance(wish, at, then) for wish in wishes)
        if count > most:
            most, places, far, best = count, 1, distance, (at, then)
        else:
            places += 1
            if distance < far:
                far, best = distance, (at, then)
    return best, most, places > 1


def _distance(wish: float, low: float, high: float) -> float:
    return max(low - wish, wish - high, 0.0)


def agreed(intervals: Sequence[Interval]) -> tuple[Interval, int]:
    """What events allow together that are the same on both sides."""
    best, most, _ = densest(intervals, (median(sum(one) / 2 for one in intervals),))
    if most >= INLIERS * len(intervals):
        return best, most
    # The clocks drift against each other, or one was set: the middle, and how far most lie off it.
    middles = sorted(sum(one) / 2 for one in intervals)
    middle = median(middles)
    off = sorted(abs(one - middle) for one in middles)
    width = median((high - low) / 2 for low, high in intervals)
    half = max(width, off[min(int(INLIERS * len(off)), len(off) - 1)])
    return (middle - half, middle + half), len(intervals)
