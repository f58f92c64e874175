"""What can go wrong on the user's side, as a tree; every class knows its exit code.

    AssistantError
    +-- UsageError            2   the call makes no sense
    +-- InputError            3   unreadable, or nothing in it that belongs to a case
    +-- KnowledgeError        4   the knowledge base is broken
    +-- OutputError           5   the report could not be written

Exit code 1 is kept for bugs of ours, 130 for an interrupt (contract: exit codes).
An error carries an id and what fills its sentence; the sentences, in German and English, are in
`reports/labels.yaml` under `error.<id>`.
"""

from __future__ import annotations

from typing import ClassVar


class AssistantError(Exception):
    """Something the user can act on: says what was expected, what was found, what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, error_id: str, **words: str) -> None:
        super().__init__(f"{error_id}: {words}")
        self.id = error_id
        self.words = words
        """What stands in the holes of the sentence; may be hostile, escape it when shown."""


class UsageError(AssistantError):
    """The call makes no sense."""

    exit_code = 2


class InputError(AssistantError):
    """An input is unreadable, or nothing in it belongs to a case."""

    exit_code = 3


class KnowledgeError(AssistantError):
    """The knowledge base is broken; carries every error found, not the first only."""

    exit_code = 4

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("knowledge-broken", problems="\n".join(problems))
        self.problems = problems
        """Each `file:line: what is wrong`."""


class OutputError(AssistantError):
    """A report could not be written."""

    exit_code = 5
