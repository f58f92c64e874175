"""Holds a dialogue: asks, does what is answered, saves after every step, and ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.cli.keeping import Keeping
from assistant.cli.moves import Command, Move
from assistant.errors import OutputError
from assistant.inference.questions import answer_problem
from assistant.model.answer import NO_HELP, TRIED, UNKNOWN, Answer
from reports.escape import visible
from reports.interview import InterviewWords
from reports.paragraph import wrapped
from reports.reasons import ReasonWords
from reports.short import about

if TYPE_CHECKING:
    from assistant.catalog.catalog import Catalog
    from assistant.interview import Interview
    from assistant.model.contradiction import Contradiction
    from assistant.model.dialogue import Asked
    from reports.interview import AskedView, ChoiceLine, EndView
    from reports.labels import Labels

_WORD_LIMIT = 1000


class Talk(Protocol):
    """How the dialogue reaches whoever answers: a terminal, or lines without one."""

    width: int
    """Cells of a line."""

    def say(self, lines: Iterable[str]) -> None:
        """Something that stays: what was answered, a warning."""

    def page(self, lines: Sequence[str]) -> None:
        """Something to read before going on."""

    def question(self, view: AskedView, commands: Sequence[Command], *, away: bool) -> Move | None:
        """Ask; None when nothing more will come."""

    def end(
        self, view: EndView, commands: Sequence[Command], *, away: bool, save_as: str
    ) -> Move | None:
        """Show the result and ask how to go on; None when nothing more will come."""

    def choose(
        self, title: str, options: Sequence[ChoiceLine], *, leave: str, typed: str
    ) -> str | None:
        """Let one option be chosen.

        Returns:
            Its id; None to `leave` it, or where it has to be `typed` as a move. Without words
            for leaving one of them is taken.
        """

    def problem(self, move: Move, text: str) -> None:
        """A move that cannot be done."""


class Dialogue:
    """One dialogue; `hold` it until nothing more is asked or somebody leaves."""

    def __init__(self, talk: Talk, catalog: Catalog, words: Labels, keeping: Keeping) -> None:
        self._talk = talk
        self._catalog = catalog
        self._words = words
        self._told = InterviewWords(catalog, words, talk.width)
        self._reasons = ReasonWords(catalog, words, talk.width)
        self._keeping = keeping

    def hold(self, interview: Interview) -> Interview:
        """Ask until no question is left or somebody leaves; the interview at the end.

        Raises:
            KeyboardInterrupt: after saying where the answers are.
        """
        try:
            return self._hold(interview)
        except KeyboardInterrupt:
            self._talk.say(self._keeping.farewell(self._words, interrupted=True))
            raise

    def _hold(self, interview: Interview) -> Interview:
        interview = self._begin(interview)
        while True:
            asked = interview.asked
            move = self._asked(interview, asked) if asked else self._ended(interview)
            if move is None:
                self._ran_out(interview)
                return interview
            if move.command is Command.QUIT:
                if asked:
                    self._talk.say(self._keeping.farewell(self._words, interrupted=False))
                return interview
            after = self._done(interview, move)
            if after.steps != interview.steps:
                self._talk.say(self._keeping.save(after, self._words))
            stays = after.about == interview.about
            interview = self._contradicted(
                after, after.new_contradictions(interview) if stays else after.contradictions
            )

    def _begin(self, interview: Interview) -> Interview:
        sites = list(self._told.sites(interview))
        if len(sites) > 1:
            chosen = self._chosen("ask.site", sites, leave="")
            if chosen is not None:
                interview = interview.turn_to(chosen)
        return self._contradicted(interview, interview.contradictions)

    # Asking -----------------------------------------------------------------------------

    def _asked(self, interview: Interview, asked: Asked) -> Move | None:
        view = self._told.asked(interview, asked)
        return self._talk.question(view, self._commands(interview), away=bool(interview.away))

    def _ended(self, interview: Interview) -> Move | None:
        left_out = {Command.WHY, Command.SKIP, Command.UNKNOWN}
        commands = [one for one in self._commands(interview) if one not in left_out]
        return self._talk.end(
            self._told.end(interview),
            commands,
            away=bool(interview.away),
            save_as=str(self._keeping.hand_over_to),
        )

    @staticmethod
    def _commands(interview: Interview) -> list[Command]:
        left_out = set()
        if not interview.can_go_back:
            left_out.add(Command.BACK)
        if len(interview.in_trouble) < 2:  # noqa: PLR2004 - another one than this
            left_out.add(Command.SITE)
        if interview.incident is None:
            left_out |= {Command.OTHER, Command.HOW}
        return [
            command
            for command in (
                Command.WHY,
                Command.HOW,
                Command.BACK,
                Command.SKIP,
                Command.UNKNOWN,
                Command.AWAY,
                Command.OTHER,
                Command.SITE,
                Command.QUIT,
            )
            if command not in left_out
        ]

    def _ran_out(self, interview: Interview) -> None:
        incident = interview.incident
        if interview.asked is not None and incident is not None:
            left = max(len(incident.questions), 1)
            self._talk.say([self._words.counted("ask.ran-out", left)])

    # Moves ------------------------------------------------------------------------------

    def _done(self, interview: Interview, move: Move) -> Interview:  # noqa: PLR0911 - one each
        match move.command:
            case Command.ANSWER:
                return self._answered(interview, move.what)
            case Command.UNKNOWN:
                return self._answered(interview, UNKNOWN)
            case Command.SAY:
                return self._said(interview, move, move.what, move.choice)
            case Command.TRIED:
                return self._said(interview, move, f"{TRIED}{move.what}", NO_HELP)
            case Command.SKIP:
                return self._skipped(interview, move)
            case Command.BACK:
                return self._went_back(interview, move)
            case Command.AWAY:
                return self._went_away(interview, move)
            case Command.OTHER:
                return self._other(interview, move)
            case Command.SITE:
                return self._site(interview, move)
            case _:
                self._shown(interview, move)
                return interview

    def _answered(self, interview: Interview, choice: str) -> Interview:
        asked = interview.asked
        if asked is None:
            return interview
        self._tell(self._told.answer(Answer(id=asked.question, choice=choice)))
        return interview.answer(choice)

    def _said(self, interview: Interview, move: Move, name: str, choice: str) -> Interview:
        answer = Answer(id=name, choice=choice)
        problem = answer_problem(self._catalog, answer)
        if problem is not None:
            expected = ", ".join(problem.expected)
            holes = {"found": problem.found, "question": name, "expected": expected}
            self._talk.problem(move, self._words(f"error.{problem.kind}", **holes))
            return interview
        self._tell(self._told.answer(answer))
        return interview.say(name, choice)

    def _skipped(self, interview: Interview, move: Move) -> Interview:
        asked = interview.asked
        if asked is None:
            self._talk.problem(move, "")
            return interview
        text = self._words.told(self._catalog.questions[asked.question].text)
        self._tell(self._words("ask.skipped", question=text))
        return interview.skip()

    def _went_back(self, interview: Interview, move: Move) -> Interview:
        if not interview.can_go_back:
            self._talk.problem(move, self._words("ask.no-steps"))
            return interview
        self._tell(self._words("ask.taken-back"))
        return interview.back()

    def _went_away(self, interview: Interview, move: Move) -> Interview:
        match move.what:
            case "none":
                after = interview
                for side in interview.away:
                    after = after.come_back(side)
            case "" if interview.away:
                return self._went_away(interview, Move(command=Command.AWAY, what="none"))
            case "" | "remote":
                after = interview.go_away("remote")
            case "local":
                after = interview.go_away("local")
            case _:
                expected = "local, remote, none"
                holes = {"found": move.what, "expected": expected}
                self._talk.problem(move, self._words("ask.no-such", **holes))
                return interview
        for side in after.away:
            self._tell(self._words(f"ask.away.{side}"))
        if not after.away:
            self._tell(self._words("ask.there"))
        return after

    def _other(self, interview: Interview, move: Move) -> Interview:
        options = list(self._told.others(interview))
        if move.what:
            if move.what not in {one.id for one in options}:
                expected = ", ".join(one.id for one in options)
                holes = {"found": move.what, "expected": expected}
                self._talk.problem(move, self._words("ask.no-such", **holes))
                return interview
            return interview.ask(move.what)
        chosen = self._chosen("ask.other", options)
        return interview.ask(chosen) if chosen is not None else interview

    def _site(self, interview: Interview, move: Move) -> Interview:
        options = list(self._told.sites(interview))
        chosen = move.what or self._chosen("ask.site", options)
        if chosen is None:
            return interview
        if chosen not in {one.id for one in options}:
            expected = ", ".join(one.id for one in options)
            holes = {"found": chosen, "expected": expected}
            self._talk.problem(move, self._words("ask.no-such", **holes))
            return interview
        after = interview.turn_to(chosen)
        self._tell(self._words("ask.site.now", site=about(after.incident, self._words)))
        return after

    def _shown(self, interview: Interview, move: Move) -> None:
        """What changes nothing: why, how, the hand-over text."""
        if move.command is Command.WHY:
            if interview.asked is None:
                self._talk.problem(move, "")
            else:
                self._talk.page(list(self._reasons.why(interview)))
        elif move.command is Command.HOW:
            self._talk.page(list(self._reasons.how(interview.how())))
        elif move.command is Command.HAND_OVER:
            self._talk.page(self._keeping.hand_over(interview).splitlines())
        elif move.command is Command.SAVE:
            self._save_hand_over(interview, move)

    def _contradicted(self, interview: Interview, found: Sequence[Contradiction]) -> Interview:
        """Show contradictions at once, with the chance to correct an answer."""
        for one in found:
            self._talk.say(["", *self._reasons.contradiction(one)])
        corrections = list(self._reasons.corrections(found))
        if not corrections:
            return interview
        options = " | ".join(
            f"{one.id}={choice.id}"
            for one in corrections
            for choice in self._catalog.questions[one.id].choices
        )
        chosen = self._talk.choose(
            "",
            corrections,
            leave=self._words("ask.contradiction.keep"),
            typed=self._words("ask.contradiction.typed", options=options),
        )
        return interview.ask(chosen) if chosen is not None else interview

    def _save_hand_over(self, interview: Interview, move: Move) -> None:
        try:
            path = self._keeping.save_hand_over(interview)
        except OutputError as error:
            holes = {name: visible(value, limit=_WORD_LIMIT) for name, value in error.words.items()}
            self._talk.problem(move, self._words(f"error.{error.id}", **holes))
        else:
            self._tell(self._words("ask.hand-over.saved", file=path))

    # Saying -----------------------------------------------------------------------------

    def _tell(self, text: str) -> None:
        self._talk.say(wrapped(f"- {text}", self._talk.width, hang=2))

    def _chosen(
        self, key: str, options: Sequence[ChoiceLine], leave: str | None = None
    ) -> str | None:
        return self._talk.choose(
            self._words(f"{key}.title"),
            options,
            leave=self._words("ask.leave") if leave is None else leave,
            typed=self._words(f"{key}.typed"),
        )
