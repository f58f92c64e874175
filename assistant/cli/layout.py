"""Lays the text of a prompt out in the rows there are, in characters that the terminal can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len, set_cell_size

from reports.paragraph import wrapped

if TYPE_CHECKING:
    from reports.interview import AskedView, EndView
    from reports.labels import Labels

Line: TypeAlias = tuple[str, str]
"""Style class and text of one line."""
_LEAST_HOW = 1
_PLAIN = {
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "ß": "ss",
}
"""For terminals that cannot show these characters."""


def question_lines(view: AskedView, words: Labels, width: int, rows: int) -> list[Line]:
    """All about a question in so many rows: how to find out is cut first."""
    head: list[Line] = [("about", view.about)]
    if view.ranking:
        head.append(("ranking", view.ranking))
    asked: list[Line] = [("reason", line) for line in wrapped(view.reason, width) if line]
    asked += [("question", line) for line in wrapped(view.text, width)]
    asked += [("", line) for line in wrapped(f"({view.meta})", width)]
    tools: list[Line] = []
    for number, line in enumerate(view.console):
        name = words("ask.console")
        told = f"{name if number == 0 else ' ' * len(name)} {line}"
        tools.append(("command", f"  {told}"))
    if view.lanconfig:
        path = f"{words('ask.lanconfig')} {view.lanconfig}"
        tools += [("", line) for line in wrapped(path, width, indent=2, hang=2)]
    how: list[Line] = [("", line) for line in wrapped(view.how, width, indent=2)]
    spaces = 3
    room = rows - len(head) - len(asked) - len(tools) - spaces
    while room < _LEAST_HOW and tools:
        tools.pop()
        room += 1
    if room < _LEAST_HOW:
        spaces, room = 0, room + spaces
    if len(how) > room:
        kept = how[: max(room, 0)]
        if kept:
            more = f" ... ({words('ask.more')})"
            text = set_cell_size(kept[-1][1], width - cell_len(more)).rstrip()
            kept[-1] = ("", text.rsplit(" ", 1)[0] + more)
        how = kept
    blank: list[Line] = [("", "")] if spaces else []
    return [*blank, *head, *blank, *asked, *how, *tools, *blank][-max(rows, 1) :]


def end_lines(view: EndView, rows: int) -> list[Line]:
    """The result in so many rows: the last repairs are left out first."""
    plan = list(view.plan)
    spaces = 2
    while len(view.head) + len(view.tail) + sum(map(len, plan)) + spaces > rows:
        if plan:
            plan.pop()
        elif spaces:
            spaces -= 1
        else:
            break
    lines = [*view.head, *(line for lines in plan for line in lines), *view.tail][:rows]
    shown = [*([""] if spaces > 1 else []), *lines, *([""] if spaces else [])]
    return [("", line) for line in shown]


def printable(text: str, encoding: str | None) -> str:
    """The text in characters that the terminal can show; others are written out or replaced."""
    codec = encoding or "utf-8"
    try:
        text.encode(codec)
    except (UnicodeEncodeError, LookupError):
        return "".join(_shown(one, codec) for one in text)
    return text


def _shown(character: str, codec: str) -> str:
    try:
        character.encode(codec)
    except (UnicodeEncodeError, LookupError):
        return character if character.isascii() else _PLAIN.get(character, "?")
    return character
