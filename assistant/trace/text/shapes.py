"""Unread text by its shape: numbers, names and addresses masked, so that equal ones are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.model.diagnosis import UnreadShape
from assistant.model.source import Place

SHAPES = 500
"""Different shapes that are kept; a file of noise has as many as it has lines."""
OTHERS = "..."
"""The shape that counts all further ones."""
_CHARACTERS = 300

_MASKS = (
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?:/\d+(?:\.\d+){0,3})?"), "<ip>"),
    (re.compile(r"\b(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}\b"), "<ip>"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), "<hex>"),
    (re.compile(r"'[^']{1,80}'|\"[^\"]{1,80}\""), "<text>"),
    (re.compile(r"\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b"), "<hex>"),
    (re.compile(r"\d+"), "<n>"),
)


def shape_of(text: str, names: Iterable[str] = ()) -> str:
    """The text with everything masked that differs from one time to the next.

    >>> shape_of("VPN: something new for LAGER (192.0.2.44) after 17 s", ["LAGER"])
    'VPN: something new for <site> (<ip>) after <n> s'
    """
    shape = text[:_CHARACTERS]
    for name in sorted(filter(None, names), key=len, reverse=True):
        shape = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "<site>", shape)
    for mask, word in _MASKS:
        shape = mask.sub(word, shape)
    return shape


class ShapeCounter:
    """Counts unread texts by shape, with a bound on how many shapes there are."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, Place]] = {}

    def add(self, text: str, place: Place) -> None:
        """Count one unread text."""
        shape = shape_of(text)
        if shape not in self._found and len(self._found) >= SHAPES:
            shape = OTHERS
        count, example = self._found.get(shape, (0, place))
        self._found[shape] = (count + 1, example)

    def shapes(self, names: Iterable[str]) -> Iterator[UnreadShape]:
        """Most frequent first; names of remote sites are masked now that they are known."""
        known = list(names)
        together: dict[str, tuple[int, Place]] = {}
        for shape, (count, example) in self._found.items():
            masked = shape_of(shape, known)
            before, first = together.get(masked, (0, example))
            together[masked] = (before + count, first)
        for shape, (count, example) in sorted(
            together.items(), key=lambda item: (-item[1][0], item[1][1].first_line, item[0])
        ):
            yield UnreadShape(shape=shape, count=count, example=example)
