"""Answers that come with the call, by option or by file, checked against the knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from assistant.cli.inputs import check_readable
from assistant.errors import InputError, UsageError

if TYPE_CHECKING:
    from assistant.answer_file import AnswerLines
    from assistant.catalog.catalog import Catalog
    from assistant.model.answer import Answer
    from assistant.model.dialogue import AwaySide


class Given(Struct, frozen=True, kw_only=True):
    """What the call says besides the files."""

    answers: tuple[Answer, ...]
    away: tuple[AwaySide, ...]
    """Sides nobody can be reached at."""


def given_answers(
    options: Sequence[str], file: Path | None, away: Sequence[AwaySide], catalog: Catalog
) -> Given:
    """Answers of the options and of a file; those of the options come last and win.

    Raises:
        UsageError: an answer names no question, no choice or no remedy of the catalog.
        InputError: the file cannot be read or holds something else.
    """
    from assistant.inference.questions import answer_problem
    from assistant.model.answer import Answer, AnswerSource

    lines = _lines_of(file) if file else None
    found = [
        Answer(id=name, choice=choice, source=AnswerSource.FILE)
        for name, choice in (lines.choices.items() if lines else ())
    ]
    for one in options:
        name, equals, choice = one.partition("=")
        if not equals:
            raise UsageError("answer-form", answer=one)
        found.append(Answer(id=name.strip(), choice=choice.strip(), source=AnswerSource.OPTION))
    for said in found:
        problem = answer_problem(catalog, said)
        if problem is not None:
            expected = ", ".join(problem.expected)
            raise UsageError(problem.kind, found=problem.found, question=said.id, expected=expected)
    sides = (*(lines.away if lines else ()), *away)
    return Given(answers=tuple(found), away=tuple(dict.fromkeys(sides)))


def _lines_of(file: Path) -> AnswerLines:
    from assistant.answer_file import LIMIT_BYTES, AnswerFileError, parse_answers

    check_readable(file, str(file))
    try:
        with file.open("rb") as stream:
            content = stream.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise InputError("answers-too-large", file=str(file), bytes=str(LIMIT_BYTES))
        return parse_answers(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError("answers-not-utf-8", file=str(file)) from None
    except AnswerFileError as error:
        raise InputError(f"answers-{error.kind}", file=str(file), line=str(error.line)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("unreadable", file=str(file), reason=reason) from None
