"""Skeletons of pattern entries for messages that no pattern reads, ready to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.model.diagnosis import UnreadShape
from assistant.trace.text.shapes import OTHERS

_MASK = re.compile(r"<(site|ip|hex|n|text)>")
_HOLES = {
    "site": ("remote_site",),
    "ip": ("gateway",),
    "n": ("number",),
    "hex": ("word",),
    "text": ("text",),
}
"""Holes of the event `noted` for what a shape masks, each at most once."""


def suggestions(shapes: Iterable[UnreadShape]) -> Iterator[str]:
    """One YAML entry for each shape, for the list `patterns` of a file in `knowledge/patterns/`.

    The device's own words stand in it only as quoted text or comment.
    """
    for number, shape in enumerate(shapes, start=1):
        if shape.shape != OTHERS and shape.shape.strip():
            yield _suggestion(number, shape)


def _suggestion(number: int, shape: UnreadShape) -> str:
    message = _with_holes(shape)
    place = shape.example
    sample = _sample_line(shape)
    return "\n".join(
        (
            f"  # {shape.count} x, first in {_comment(place.source)}, line {place.first_line}",
            f"  - id: new-message-{number}",
            "    event: noted  # or the event it tells of, see assistant/model/message.py",
            f"    message: {_quoted(message)}",
            "    sets:",
            f"      note: new-message-{number}",
            "    meaning:",
            "      de: >-",
            "        Was die Meldung sagt und was sie beweist.",
            "      en: >-",
            "        What the message says and what it proves.",
            "    basis: unverified",
            "    samples:",
            f"      - message: {_quoted(sample)}",
            "        yields:",
            f"          note: new-message-{number}",
            "          # and every field that a hole fills",
            "",
        )
    )


def _with_holes(shape: UnreadShape) -> str:
    used: set[str] = set()

    def hole(match: re.Match[str]) -> str:
        for name in _HOLES[match[1]]:
            if name not in used:
                used.add(name)
                return "{" + name + "}"
        return match[0]

    plain = shape.shape.replace("{", "(").replace("}", ")")
    return _MASK.sub(hole, plain)


def _sample_line(shape: UnreadShape) -> str:
    """The line of the example that has this shape's first words."""
    lines = [line.strip() for line in shape.example.text.split("\n") if line.strip()]
    start = _MASK.split(shape.shape, maxsplit=1)[0].strip()
    return next((line for line in lines if line.startswith(start)), lines[-1] if lines else "")


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar; control characters escaped, so that it stays one line."""
    out = text[:400].replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c) & 0xFFFF:04x}" for c in out) + '"'


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:100]
