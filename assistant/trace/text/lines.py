"""Pieces of text to numbered lines, cut where they are longer than anything worth reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def numbered(pieces: Iterable[str], longest: int) -> Iterator[tuple[int, str]]:
    r"""Lines with their numbers, counted from 1, of at most `longest` characters.

    A piece may end anywhere; a last line without an end is a line too.

    >>> list(numbered(["one\ntwo", "fold\n"], longest=5))
    [(1, 'one'), (2, 'twofo')]
    """
    left = ""
    number = 0
    for piece in pieces:
        *whole, left = (left + piece).split("\n")
        for line in whole:
            number += 1
            yield number, line[:longest]
        left = left[:longest]
    if left:
        yield number + 1, left
