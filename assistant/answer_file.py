"""Answers as a file, one `QUESTION: CHOICE` a line: `--answers` reads it, a dialogue saves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from assistant.catalog.strict_yaml import StrictYamlError, load_strict
from assistant.model.answer import Answer
from assistant.model.dialogue import AwaySide

AWAY = "away"
"""The one key that names no question: at which side nobody can be reached."""
LIMIT_BYTES = 1 << 16
"""Far more than all questions of a knowledge base take."""

Problem: TypeAlias = Literal["form", "choice", "away"]
"""Why it is none: no lines of answers, a choice that is no word, a side that is none."""

_SIDES: Mapping[str, AwaySide] = {"local": "local", "remote": "remote"}


class AnswerLines(Struct, frozen=True, kw_only=True):
    """What such a file says; no id is checked against a knowledge base."""

    choices: Mapping[str, str]
    """Question, or `tried:<remedy>`, to choice, in the order of the file."""
    away: tuple[AwaySide, ...] = ()


class AnswerFileError(Exception):
    """The text is no such file; its `kind` and line say why."""

    def __init__(self, kind: Problem, line: int = 1) -> None:
        super().__init__(f"line {line}: {kind}")
        self.kind = kind
        self.line = line


def parse_answers(text: str) -> AnswerLines:
    r"""Read the text of a file; `yes` and `no` are words in it.

    Raises:
        AnswerFileError: it is no such file.

    >>> parse_answers("own-internet-up: yes\naway: remote").choices
    {'own-internet-up': 'yes'}
    """
    try:
        document = load_strict(text)
    except StrictYamlError as error:
        raise AnswerFileError("form", error.problems[0][0]) from None
    data = document.data
    if not isinstance(data, dict):
        raise AnswerFileError("form")
    away = data.pop(AWAY, [])
    sides = away if isinstance(away, list) else [away]
    if not all(isinstance(side, str) and side in _SIDES for side in sides):
        raise AnswerFileError("away", document.line_at((AWAY,)))
    for name, choice in data.items():
        if not isinstance(choice, str):
            raise AnswerFileError("choice", document.line_at((name,)))
    return AnswerLines(
        choices={str(name): choice for name, choice in data.items()},
        away=tuple(dict.fromkeys(_SIDES[side] for side in sides)),
    )


def render_answers(
    answers: Iterable[Answer], away: Iterable[AwaySide] = (), remarks: Iterable[str] = ()
) -> str:
    """The text of such a file.

    Args:
        answers: Checked against a knowledge base: their ids need no quotes.
        away: Sides nobody can be reached at.
        remarks: Comment lines at the top; what does not print in them is replaced.
    """
    lines = [f"# {_printable(remark)}" for remark in remarks]
    body = [f"{answer.id}: {answer.choice}" for answer in answers]
    sides = list(away)
    if sides:
        body.append(f"{AWAY}: {sides[0] if len(sides) == 1 else '[' + ', '.join(sides) + ']'}")
    # A file of comments only would be an empty one.
    return "\n".join([*lines, *(body or ["{}"]), ""])


def _printable(text: str) -> str:
    """A file's name may hold anything, line ends too."""
    return "".join(one if one.isprintable() else "?" for one in text[:200])
