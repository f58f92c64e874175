"""A dialogue without a terminal: questions are printed, answers read line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from assistant.cli.moves import WORDS, Command, Move, move_of, stands_alone
from reports.escape import visible
from reports.paragraph import wrapped

if TYPE_CHECKING:
    from reports.interview import AskedView, ChoiceLine, EndView
    from reports.labels import Labels

_LINE_LIMIT = 1000
"""Characters of one answer; the rest of a longer line is read and dropped."""
_SHOWN = 60
_OF_A_QUESTION = {Command.WHY, Command.SKIP, Command.UNKNOWN}
"""Commands that mean nothing while no question is asked."""


class LineTalk:
    """Prints to one stream and reads from another."""

    def __init__(self, answers: TextIO, out: TextIO, words: Labels, width: int) -> None:
        self.width = width
        self._answers = answers
        self._out = out
        self._words = words
        self._told_commands: set[str] = set()
        self._shown: AskedView | EndView | None = None
        """What was printed in full last: as long as it stays, a reminder of it will do."""

    def say(self, lines: Iterable[str]) -> None:
        """Print."""
        for line in lines:
            print(line, file=self._out)
        # Whoever drives this through a pipe waits for the question.
        self._out.flush()

    def page(self, lines: Sequence[str]) -> None:
        """Print; nobody has to be waited for."""
        self.say(["", *lines])

    def question(self, view: AskedView, commands: Sequence[Command], *, away: bool) -> Move | None:
        """Print the question and read lines until one is a move; None at their end."""
        del commands, away  # every command is understood at any time
        self.say(self._reminder(view) if view == self._shown else self._question(view))
        self._shown = view
        self._tell_commands("ask.commands")
        choices = [one.id for one in view.choices]
        while (line := self._next()) is not None:
            move = move_of(line, choices)
            if move is not None:
                return move
            self._not_understood(line, "ask.not-understood", choices)
        return None

    def end(
        self, view: EndView, commands: Sequence[Command], *, away: bool, save_as: str
    ) -> Move | None:
        """Print the result and read on: what was tried, or another answer; None at their end."""
        del commands, away
        if view == self._shown:
            self.say(["", *view.head[:1]])
        else:
            self.say(["", *view.lines])
            self.say(f"     {Command.TRIED.value} {one.id}" for one in view.repairs)
        self._shown = view
        self._tell_commands("ask.end.commands", self._words("ask.hand-over.hint", file=save_as))
        while (line := self._next()) is not None:
            move = move_of(line, ())
            if move is not None and move.command not in _OF_A_QUESTION:
                return move
            self._not_understood(line, "ask.nothing-asked", ())
        return None

    def choose(
        self, title: str, options: Sequence[ChoiceLine], *, leave: str, typed: str
    ) -> str | None:
        """Print what there is and how it is typed."""
        del leave
        self.say(["", *([title] if title else []), *self._listed(options)])
        self._wrap(typed)
        return None

    def problem(self, move: Move, text: str) -> None:
        """Say what cannot be done."""
        if text:
            self._wrap(text)
        else:
            self._not_understood(move.command.value, "ask.nothing-asked", ())

    def _reminder(self, view: AskedView) -> Iterable[str]:
        """The question alone, with what may be typed: the rest stands above."""
        choices = " | ".join(f"{n} {one.id}" for n, one in enumerate(view.choices, start=1))
        yield ""
        yield from wrapped(f"{view.text} ({choices})", self.width)

    def _question(self, view: AskedView) -> Iterable[str]:
        words = self._words
        yield ""
        yield view.about
        if view.ranking:
            yield view.ranking
        if view.reason:
            yield from wrapped(view.reason, self.width)
        yield from wrapped(view.text, self.width)
        yield from wrapped(f"({view.meta})", self.width, indent=2)
        yield from wrapped(view.how, self.width, indent=2)
        for number, line in enumerate(view.console):
            name = words("ask.console")
            yield f"  {name if number == 0 else ' ' * len(name)} {line}"
        if view.lanconfig:
            told = f"{words('ask.lanconfig')} {view.lanconfig}"
            yield from wrapped(told, self.width, indent=2, hang=2)
        yield from self._listed(view.choices, numbered=True)

    def _listed(self, options: Sequence[ChoiceLine], *, numbered: bool = False) -> Iterable[str]:
        widest = max((len(one.id) for one in options), default=0)
        for number, one in enumerate(options, start=1):
            head = f"{number:>3} " if numbered else "  "
            yield from wrapped(
                f"{head}{one.id:<{widest}}  {one.label}", self.width, hang=len(head) + widest + 2
            )

    def _tell_commands(self, key: str, *more: str) -> None:
        """How to answer; told once."""
        if key not in self._told_commands:
            self._told_commands.add(key)
            for text in (self._words(key), *more):
                self._wrap(f"[{text}]")

    def _not_understood(self, line: str, key: str, choices: Sequence[str]) -> None:
        left_out = _OF_A_QUESTION if key == "ask.nothing-asked" else set()
        typed = {one.value for one in Command if one not in left_out}
        alone = stands_alone(line)
        if alone:
            self._wrap(self._words("ask.one-word", word=alone))
            return
        say = self._words("ask.say")
        expected = ", ".join([*choices, *(word for word in WORDS if word in typed), say])
        holes = {"line": visible(line, limit=_SHOWN)} if key == "ask.not-understood" else {}
        self._wrap(self._words(key, expected=expected, **holes))

    def _wrap(self, text: str) -> None:
        self.say(wrapped(text, self.width))

    def _next(self) -> str | None:
        """The next line that says something; None at the end."""
        while line := self._answers.readline(_LINE_LIMIT):
            whole = line
            while whole and not whole.endswith("\n"):
                whole = self._answers.readline(_LINE_LIMIT)
            said = line.partition("#")[0].strip()
            if said:
                return said
        return None
