"""Prepares a dialogue: on a terminal or line by line, resumed or begun anew, kept where."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from assistant.cli.answers import Given
from assistant.cli.dialogue import Dialogue, Talk
from assistant.cli.inputs import Inputs
from assistant.cli.keeping import Keeping
from assistant.cli.language import language_chosen
from assistant.cli.lines import LineTalk
from assistant.cli.verdict import width
from assistant.interview import Interview
from assistant.model.dialogue import AwaySide
from assistant.session import Resumed, Session, session_folder
from reports.escape import visible
from reports.hand_over import render_hand_over
from reports.labels import Labels, Lang, labels
from reports.output import Request, write_text
from reports.paragraph import wrapped

if TYPE_CHECKING:
    from assistant.catalog.catalog import Catalog
    from assistant.diagnose import Diagnoser, Examined
    from assistant.model.diagnosis import Diagnosis

_LINE_WIDTH = 80
_FORGOTTEN_SHOWN = 5


class Asking(Struct, frozen=True, kw_only=True):
    """What the call says about the dialogue."""

    inputs: Inputs
    given: Given
    request: Request
    language: Lang
    knowledge: tuple[Path, ...]
    fresh: bool
    color: bool


def ask_about(diagnoser: Diagnoser, examined: Examined, asking: Asking) -> Diagnosis:
    """Hold the dialogue; the diagnosis with everything that was answered.

    Raises:
        KeyboardInterrupt: somebody broke it off; nothing is lost.
    """
    words = labels(asking.language)
    out = sys.stderr if asking.request.to_standard_output else sys.stdout
    talk = _talk(out, words, color=asking.color)
    before = diagnoser.conclude(examined)
    names = [visible(one.name, limit=200) for one in before.sources]
    session = Session(session_folder(), [one.sha256 for one in before.sources], names)
    kept, resumed = _resumed(session, diagnoser.catalog, asking, talk, words)
    interview = Interview.begin(
        diagnoser,
        examined,
        given=asking.given.answers,
        away=_sides(asking.given.away, resumed.away),
        resumed=resumed.answers,
    )
    keeping = Keeping(
        session=kept,
        go_on=_call(asking),
        hand_over=lambda now: render_hand_over(
            now.diagnosis, diagnoser.catalog, asking.language, now.about
        ),
        hand_over_to=asking.request.beside("hand-over.txt"),
        write=functools.partial(write_text, asking.request),
    )
    interview = Dialogue(talk, diagnoser.catalog, words, keeping).hold(interview)
    talk.say([""])
    return interview.diagnosis


def _talk(out: TextIO, words: Labels, *, color: bool) -> Talk:
    # A closed standard input has no answers.
    answers = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115
    if answers.isatty() and out.isatty():
        # prompt_toolkit takes a fifth of a second to import.
        from assistant.cli.screen import ScreenTalk, is_dumb

        if not is_dumb():
            return ScreenTalk(out, words, width(), color=color)
    if hasattr(answers, "reconfigure"):
        answers.reconfigure(errors="replace")
    return LineTalk(answers, out, words, _LINE_WIDTH)


def _resumed(
    session: Session, catalog: Catalog, asking: Asking, talk: Talk, words: Labels
) -> tuple[Session | None, Resumed]:
    """What an earlier dialogue left, told to the person; no session where none can be kept."""
    try:
        resumed = session.resume(catalog)
        if asking.fresh and resumed.at is not None and session.path.exists():
            aside = session.set_aside("earlier")
            talk.say(wrapped(words("ask.session.set-aside", file=aside), talk.width))
            resumed = Resumed()
        known = {one.id for one in asking.given.answers}
        answers = [one for one in resumed.answers if one.id not in known]
        if answers or resumed.away or resumed.aside:
            session.save([*asking.given.answers, *answers], resumed.away)
    except OSError as error:
        reason = error.strerror or str(error)
        told = words("ask.session.not-saved", file=session.path, reason=reason)
        talk.say(wrapped(told, talk.width))
        return None, Resumed()
    if resumed.forgotten:
        shown = ", ".join(visible(one) for one in resumed.forgotten[:_FORGOTTEN_SHOWN])
        told = words("ask.session.unknown", answers=shown, file=resumed.aside)
        talk.say(wrapped(told, talk.width))
    elif resumed.aside is not None:
        told = words("ask.session.damaged", file=resumed.aside)
        talk.say(wrapped(told, talk.width))
    if resumed.at is not None and (resumed.answers or resumed.away):
        at = f"{resumed.at:%Y-%m-%d %H:%M}"
        key = "ask.resumed." + ("one" if len(resumed.answers) == 1 else "other")
        told = words(key, n=len(resumed.answers), at=at)
        talk.say(wrapped(told, talk.width))
    return session, resumed


def _sides(*more: tuple[AwaySide, ...]) -> tuple[AwaySide, ...]:
    return tuple(dict.fromkeys(side for sides in more for side in sides))


def _call(asking: Asking) -> tuple[str, ...]:
    """The call that goes on with this dialogue."""
    inputs = asking.inputs
    named = (
        ("--remote", inputs.remote),
        ("--config", inputs.config),
        ("--remote-config", inputs.remote_config),
        ("--knowledge", [str(one) for one in asking.knowledge]),
    )
    options = [word for option, files in named for file in files for word in (option, file)]
    if asking.language != language_chosen(None):
        options += ["--lang", asking.language]
    return ("diagnose", "ask", *inputs.files, *options)
