"""What a person may do in a dialogue, and the words and letters for it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct


class Command(str, Enum):
    """One sort of move; the value is the word that is typed where there is no terminal."""

    ANSWER = "answer"
    """Choose an answer to the question that is asked."""
    SAY = "say"
    """Answer any question, `QUESTION=CHOICE`."""
    WHY = "why"
    HOW = "how"
    BACK = "back"
    SKIP = "skip"
    UNKNOWN = "unknown"
    AWAY = "away"
    """Nobody is at the side named, or somebody is there after all."""
    OTHER = "other"
    """Ask another question."""
    SITE = "site"
    """Turn to another incident."""
    TRIED = "tried"
    """A repair did not help."""
    HAND_OVER = "hand-over"
    SAVE = "save"
    """Write the hand-over text to a file."""
    QUIT = "quit"


LETTERS = {
    Command.WHY: "w",
    Command.HOW: "h",
    Command.BACK: "b",
    Command.SKIP: "s",
    Command.UNKNOWN: "u",
    Command.AWAY: "n",
    Command.OTHER: "o",
    Command.SITE: "g",
    Command.QUIT: "q",
}
"""The key of each command on a terminal, the same in both languages; also a line of its own."""
_GERMAN = {
    "warum": Command.WHY,
    "wie": Command.HOW,
    "zurück": Command.BACK,
    "zurueck": Command.BACK,
    "später": Command.SKIP,
    "spaeter": Command.SKIP,
    "unbekannt": Command.UNKNOWN,
    "niemand": Command.AWAY,
    "andere": Command.OTHER,
    "gegenstelle": Command.SITE,
    "versucht": Command.TRIED,
    "übergabe": Command.HAND_OVER,
    "uebergabe": Command.HAND_OVER,
    "speichern": Command.SAVE,
    "ende": Command.QUIT,
}
WORDS = {
    **{
        command.value: command
        for command in Command
        if command not in {Command.ANSWER, Command.SAY}
    },
    **{letter: command for command, letter in LETTERS.items()},
    **_GERMAN,
}
"""Everything that is a command when it is the first word of a line."""
_WITH_MORE = {Command.AWAY, Command.OTHER, Command.SITE, Command.TRIED}
"""Commands that take something; after another one it would be silently dropped."""


class Move(Struct, frozen=True, kw_only=True):
    """One thing that somebody did."""

    command: Command
    what: str = ""
    """Choice, question, side, incident or remedy, by the command; may be empty."""
    choice: str = ""
    """Of `Command.SAY`."""


def move_of(line: str, choices: Sequence[str]) -> Move | None:
    """What a line means; None for what is neither a command nor one of the choices.

    >>> move_of(" 2 ", ["yes", "no"])
    Move(command=<Command.ANSWER: 'answer'>, what='no', choice='')
    >>> move_of("history = never", [])
    Move(command=<Command.SAY: 'say'>, what='history', choice='never')
    """
    name, equals, choice = line.partition("=")
    if equals and name.strip() == Command.AWAY.value:
        # As the file of answers has it.
        return Move(command=Command.AWAY, what=choice.strip())
    if equals:
        return Move(command=Command.SAY, what=name.strip(), choice=choice.strip())
    word, _, rest = line.strip().partition(" ")
    # The choices come first: a question is there to be answered.
    if not rest and word in choices:
        return Move(command=Command.ANSWER, what=word)
    if not rest and word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= len(choices):
        return Move(command=Command.ANSWER, what=choices[int(word[:4]) - 1])
    command = WORDS.get(word.lower())
    if command is None or (rest.strip() and command not in _WITH_MORE):
        return None
    return Move(command=command, what=rest.strip())


def stands_alone(line: str) -> str:
    """The command at the beginning of a line that says more although none may follow; else empty.

    >>> stands_alone("why history")
    'why'
    >>> stands_alone("other history")
    ''
    """
    word, _, rest = line.strip().partition(" ")
    command = WORDS.get(word.lower())
    return word if command and rest.strip() and command not in _WITH_MORE else ""
