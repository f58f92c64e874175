"""Keeps what a dialogue gathers: the answers after every step, the hand-over text when wanted."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.interview import Interview
    from assistant.session import Session
    from reports.labels import Labels


class Keeping:
    """Where a dialogue keeps what it gathers.

    Args:
        session: Of these inputs; None where nothing can be saved.
        go_on: The call that goes on with the dialogue.
        hand_over: Makes the hand-over text.
        hand_over_to: Where it goes.
        write: Writes it; raises an `OutputError`.
    """

    def __init__(
        self,
        *,
        session: Session | None,
        go_on: Sequence[str],
        hand_over: Callable[[Interview], str],
        hand_over_to: Path,
        write: Callable[[Path, str], Path],
    ) -> None:
        self._session = session
        self._go_on = go_on
        self.hand_over = hand_over
        self.hand_over_to = hand_over_to
        self._write = write

    def save(self, interview: Interview, words: Labels) -> Iterator[str]:
        """Save all answers; says so once if that is not possible."""
        session = self._session
        if session is None:
            return
        try:
            session.save(interview.answers, interview.away)
        except OSError as error:
            self._session = None
            reason = error.strerror or str(error)
            yield words("ask.session.not-saved", file=session.path, reason=reason)

    def save_hand_over(self, interview: Interview) -> Path:
        """Write the hand-over text; where it lies.

        Raises:
            OutputError: it cannot be written, or a file that is not ours is in the way.
        """
        return self._write(self.hand_over_to, self.hand_over(interview))

    def farewell(self, words: Labels, *, interrupted: bool) -> Iterator[str]:
        """Where the answers are, and how to go on."""
        session = self._session
        yield ""
        if session is not None and session.path.exists():
            if interrupted:
                yield words("ask.nothing-lost")
            yield words("ask.saved", file=session.path)
        elif interrupted:
            yield words("ask.interrupted")
        yield words("ask.go-on", command=shlex.join(self._go_on))
