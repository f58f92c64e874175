"""A dialogue on a terminal: menus with arrow keys, numbers and one letter for each command.

Everything of one question stands in one prompt that is redrawn in place and never taller than
the terminal; what stays behind is one line for each answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct
from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.output import ColorDepth, Output, create_output
from prompt_toolkit.styles import Style
from prompt_toolkit.widgets import RadioList
from rich.cells import cell_len

from assistant.cli.layout import Line, end_lines, printable, question_lines
from assistant.cli.moves import LETTERS, Command, Move
from reports.paragraph import cut, wrapped

if TYPE_CHECKING:
    from reports.interview import AskedView, ChoiceLine, EndView
    from reports.labels import Labels

_STYLE = Style.from_dict(
    {
        "about": "bold",
        "ranking": "ansicyan",
        "question": "bold",
        "reason": "ansiyellow",
        "command": "ansicyan",
        "key": "bold",
        "chosen": "bold reverse",
    }
)
_DIGITS = 9
"""So many options can be chosen by one digit."""
_TELLING = "äöüß"


class _Menu(Struct, frozen=True, kw_only=True):
    """One prompt: lines above, options, keys beside them."""

    above: Callable[[int, int], Sequence[Line]]
    """Lines for a terminal of so many columns, in so many rows at most."""
    options: Sequence[tuple[str, str]]
    """Value and label."""
    keys: Mapping[str, str]
    """Letter to the value that it stands for."""
    bar: Sequence[tuple[str, str]]
    """Letter and what it does, shown at the bottom."""
    default: str | None = None
    head: int = 4
    """Rows that `above` needs at least, where there are more options than rows."""


class ScreenTalk:
    """Talks on a terminal.

    Args:
        out: The terminal; standard error where standard output is for the report.
        words: Language.
        width: Cells of what stays behind.
        color: Whether colours are wanted.
    """

    def __init__(self, out: TextIO, words: Labels, width: int, *, color: bool) -> None:
        # Some terminals break a line that fills them; without umlauts words grow.
        self.width = width - (1 if printable(_TELLING, out.encoding) == _TELLING else 8)
        self._out = out
        self._words = words
        self._depth = None if color else ColorDepth.DEPTH_1_BIT

    def say(self, lines: Iterable[str]) -> None:
        """Print, above the next prompt."""
        for line in lines:
            print(printable(line, self._out.encoding), file=self._out)
        self._out.flush()

    def page(self, lines: Sequence[str]) -> None:
        """Show something a screen at a time; it goes away when it has been read."""
        room = max(self._rows() - 4, 1)
        pages = [lines[start : start + room] for start in range(0, len(lines), room)] or [[]]
        for number, page in enumerate(pages, start=1):
            shown = [("", line) for line in page]
            told = self._words("ask.continue")
            if len(pages) > 1:
                told = self._words("ask.continue.page", n=number, of=len(pages))
            chosen = self._ask(
                _Menu(
                    above=lambda _, __, shown=shown: [("", ""), *shown, ("", "")],  # type: ignore[misc]
                    options=[("on", told)],
                    keys={LETTERS[Command.BACK]: "", LETTERS[Command.QUIT]: "", " ": "on"},
                    bar=(),
                )
            )
            if not chosen:
                return

    def question(self, view: AskedView, commands: Sequence[Command], *, away: bool) -> Move | None:
        """Ask with a menu; leaving it by Ctrl-D is quitting."""
        widest = max(len(one.id) for one in view.choices)
        options = [(f"={one.id}", f"{one.id:<{widest}}  {one.label}") for one in view.choices]
        chosen = self._ask(
            _Menu(
                above=lambda columns, rows: question_lines(
                    view, self._words, min(columns - 1, self.width), rows
                ),
                options=options,
                keys={LETTERS[one]: one.value for one in commands},
                bar=[(LETTERS[one], self._command(one, away=away)) for one in commands],
                default=f"={view.answered}" if view.answered else None,
            )
        )
        if chosen.startswith("="):
            return Move(command=Command.ANSWER, what=chosen[1:])
        return Move(command=Command(chosen))

    def end(
        self, view: EndView, commands: Sequence[Command], *, away: bool, save_as: str
    ) -> Move | None:
        """Show the result and a menu of what may follow."""
        words = self._words
        options = [("quit", words("ask.end.finish"))]
        options += [
            (f"={one.id}", words("ask.end.tried", title=one.label)) for one in view.repairs[:2]
        ]
        if view.tail:
            options.append(("hand-over", words("ask.end.hand-over")))
            options.append(("save", words("ask.end.save", file=save_as)))
        chosen = self._ask(
            _Menu(
                above=lambda _, rows: end_lines(view, rows),
                options=options,
                keys={LETTERS[one]: one.value for one in commands},
                bar=[(LETTERS[one], self._command(one, away=away)) for one in commands],
            )
        )
        if chosen.startswith("="):
            return Move(command=Command.TRIED, what=chosen[1:])
        return Move(command=Command(chosen))

    def choose(
        self, title: str, options: Sequence[ChoiceLine], *, leave: str, typed: str
    ) -> str | None:
        """Let one be chosen from a list."""
        del typed
        chosen = self._ask(
            _Menu(
                above=lambda _, __: [("", ""), *([("question", title)] if title else [])],
                options=[
                    *([("", leave)] if leave else []),
                    *((f"={one.id}", one.label) for one in options),
                ],
                keys={LETTERS[Command.BACK]: "", LETTERS[Command.QUIT]: ""},
                bar=[(LETTERS[Command.BACK], leave)] if leave else [],
                head=2,
            )
        )
        return chosen[1:] or None

    def problem(self, move: Move, text: str) -> None:
        """Say what cannot be done."""
        del move
        if text:
            self.say(wrapped(text, self.width))

    # Layout -----------------------------------------------------------------------------

    def _command(self, command: Command, *, away: bool) -> str:
        name = "there" if command is Command.AWAY and away else command.value
        return self._words(f"ask.key.{name}")

    def _bar(self, bar: Sequence[tuple[str, str]], columns: int) -> list[StyleAndTextTuples]:
        """The commands in as few lines as they fit into."""
        lines: list[StyleAndTextTuples] = []
        used = columns
        for letter, name in bar:
            told = self._printable(name)
            size = cell_len(letter) + 1 + cell_len(told)
            if used + 3 + size > columns - 1:
                lines.append([])
                used = 0
            else:
                lines[-1].append(("", "   "))
                used += 3
            lines[-1] += [("class:key", letter), ("", f" {told}")]
            used += size
        return lines

    # The prompt -------------------------------------------------------------------------

    def _ask(self, menu: _Menu) -> str:
        output = self._output()
        size = output.get_size()
        bar = self._bar(menu.bar, size.columns)
        below = len(bar) + bool(bar)
        most = max(size.rows - below - 1, 2)
        listed = min(len(menu.options), max(most - menu.head, most // 2))

        def above() -> StyleAndTextTuples:
            now = output.get_size()
            lines = menu.above(now.columns, max(now.rows - below - listed - 1, 1))
            found: StyleAndTextTuples = []
            for number, (style, text) in enumerate(lines):
                shown = self._printable(cut(text, now.columns - 1))
                found.append((f"class:{style}" if style else "", "\n" * (number > 0) + shown))
            return found

        keys = [value for value, _ in menu.options]
        radio = RadioList(
            values=[
                (value, self._printable(cut(label, size.columns - 9)))
                for value, label in menu.options
            ],
            default=menu.default if menu.default in keys else keys[0],
            select_on_focus=True,
            open_character="",
            select_character=">",
            close_character="",
            show_cursor=False,
            show_numbers=len(keys) > 1,
            show_scrollbar=False,
            checked_style="class:chosen",
            number_style="class:key",
        )
        radio.window.height = Dimension(min=1, preferred=listed, max=listed)
        parts: list[Window] = [
            Window(FormattedTextControl(above), dont_extend_height=True, wrap_lines=False),
            radio.window,
        ]
        if bar:
            parts.append(Window(height=1))
            parts += [Window(FormattedTextControl(line), height=1) for line in bar]
        application: Application[str] = Application(
            layout=Layout(HSplit(parts), focused_element=radio.window),
            key_bindings=_bindings(menu, radio, keys),
            style=_STYLE,
            color_depth=self._depth,
            output=output,
            input=create_input(),
            erase_when_done=True,
            full_screen=False,
            mouse_support=False,
        )
        return application.run()

    def _output(self) -> Output:
        output = create_output(stdout=self._out)
        # The place on the screen need not be known, and some terminals never tell it.
        if hasattr(output, "enable_cpr"):
            output.enable_cpr = False
        return output

    def _rows(self) -> int:
        return self._output().get_size().rows

    def _printable(self, text: str) -> str:
        return printable(text, self._out.encoding)


def is_dumb() -> bool:
    """Whether the terminal cannot move its cursor."""
    return os.environ.get("TERM", "").lower() in {"dumb", "unknown"}


def _bindings(menu: _Menu, radio: RadioList[str], keys: Sequence[str]) -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter", eager=True)
    def _accept(event: KeyPressEvent) -> None:
        event.app.exit(result=radio.current_value)

    for number, value in enumerate(keys[:_DIGITS], start=1):
        _leads_to(bindings, str(number), value)
    for number in range(len(keys) + 1, _DIGITS + 1):
        bindings.add(str(number), eager=True)(lambda _: None)  # no such option
    for letter, value in menu.keys.items():
        _leads_to(bindings, letter, value)

    @bindings.add("c-d", eager=True)
    def _left(event: KeyPressEvent) -> None:
        event.app.exit(result=menu.keys.get("q", keys[0]))

    @bindings.add("c-c", eager=True)
    @bindings.add("<sigint>", eager=True)
    def _interrupted(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    return bindings


def _leads_to(bindings: KeyBindings, key: str, value: str) -> None:
    @bindings.add(key, eager=True)
    def _leave(event: KeyPressEvent) -> None:
        event.app.exit(result=value)
