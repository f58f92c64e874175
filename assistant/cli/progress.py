"""Shows how far a run through many tickets is: a bar on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from reports.labels import Labels

_EVERY_S = 5.0
"""Between two plain lines: somebody reads them in a log."""


class Progress:
    """Tells standard error how many tickets are done, how fast, and how long it will take."""

    def __init__(self, words: Labels, *, quiet: bool) -> None:
        self.total = 0
        self.done = 0
        self._words = words
        self._quiet = quiet
        self._bar: Bar | None = None
        self._begun = self._told = time.monotonic()

    def begins(self, total: int) -> None:
        """So many there are."""
        self.total = total
        self._begun = self._told = time.monotonic()
        if sys.stderr.isatty() and not self._quiet:
            self._bar = _bar()
            self._bar.start()
            self._bar.add_task("", total=total)

    def advances(self, done: int) -> None:
        """So many more are done and kept."""
        self.done += done
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], done)
        elif (
            not self._quiet
            and self.done < self.total  # the end is told by what was found
            and time.monotonic() - self._told >= _EVERY_S
        ):
            self._told = time.monotonic()
            print(self._line(), file=sys.stderr, flush=True)

    def ends(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _line(self) -> str:
        rate = self.done / max(time.monotonic() - self._begun, 1e-3)
        left = (self.total - self.done) / rate if rate else 0.0
        return self._words(
            "triage.progress",
            done=self._words.number(self.done),
            total=self._words.number(self.total),
            rate=self._words.number(rate, 1),
            left=self._words.duration(left),
        )


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Tickets a second, of the last few."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
