"""Words the parts of a case as lines of a terminal; which of them are shown others decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.cells import cell_len

from reports.first_step import FirstStep
from reports.frame import CodeLine
from reports.incident import IncidentView
from reports.layout import ELISION, QUIET, STRONG, Piece, row, under, wrapped
from reports.marking import Span
from reports.repair import first_lines
from reports.sites import SiteView, differences_told
from reports.styled import Text
from reports.view import CaseView

_COLOURS = {"fault": "bold red", "healthy": "bold green", "inconclusive": "bold yellow"}
_STATE_COLOURS = {"up": "green", "down": "red", "unknown": "yellow"}
_COMMAND = "cyan"
_CODES = 3
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])")


class Page:
    """The parts of one case in one width."""

    def __init__(self, case: CaseView, width: int) -> None:
        self.case = case
        self.words = case.words
        self.width = width

    def paragraph(
        self, pieces: Iterable[Piece], *, indent: int = 2, hang: int = 0, most: int | None = None
    ) -> list[Text]:
        """Words filled into lines of the page."""
        return wrapped(pieces, self.width, indent=indent, hang=hang, most=most)

    # The case -----------------------------------------------------------------------------

    def verdict(self) -> list[Text]:
        """The first line of a case that is more than one incident."""
        case = self.case
        pieces = [(case.verdict_word.upper(), _COLOURS[case.verdict]), (case.headline, STRONG)]
        return self.paragraph(pieces, indent=0, hang=2, most=2)

    def notes(self, most: int) -> list[Text]:
        """Warnings about the input, who is away, and remarks."""
        case, words = self.case, self.words
        told = [
            *((words("text.note"), one) for one in (*case.warnings, *case.away)),
            *((words("text.remark"), one.told) for one in case.remarks),
        ]
        lines = []
        for label, note in told[:most]:
            lines += self.paragraph([(label, "yellow"), (note, "")], indent=0, hang=2, most=2)
        hidden = len(told) - most
        if hidden > 0:
            lines += self.paragraph([(words.counted("text.notes", hidden), QUIET)], most=1)
        return lines

    def healthy(self) -> list[Text]:
        """One line for each remote site without a fault."""
        lines = []
        for one in self.case.healthy:
            lines += self.headline(one)[:1]
        hidden = self.case.further_healthy
        if hidden:
            lines += self.paragraph([(self.words.counted("text.more-healthy", hidden), QUIET)])
        return lines

    # An incident --------------------------------------------------------------------------

    def headline(self, one: IncidentView) -> list[Text]:
        """Verdict with what explains it, remote site, gateway, what happened, further codes."""
        word = self.words(f"verdict.{one.mark}").upper()
        if one.explained_by:
            word = f"{word}[{one.explained_by}]"
        about = f"{one.site} ({one.gateway})" if one.gateway else one.site
        happened = one.happened
        if one.whose:
            happened = self.words("theirs.happened", happened=happened, whose=one.whose)
        told = ", ".join((happened, *(code.code for code in one.codes[1:_CODES])))
        pieces = [(word, _COLOURS[one.mark]), (f"{about}:", STRONG), (told, "")]
        return self.paragraph(pieces, indent=0, hang=2, most=2)

    def title(self, one: IncidentView) -> list[Text]:
        """The deciding symptom, unless the headline has said it."""
        if one.title == self.words("sentence", text=one.happened[:1].upper() + one.happened[1:]):
            return []
        return self.paragraph([(one.title, "")], most=2)

    def state(self, one: IncidentView) -> list[Text]:
        """Whether the remote site is up at the end, and how often this happened.

        Of an incident of the other side how to read it: the states are those of our own trace.
        """
        if one.whose:
            view = self.words("theirs.view", site=one.site)
            return self.paragraph([(view, ""), (one.occurrences, QUIET)], most=2)
        sites = (*self.case.sites, *self.case.quiet_sites)
        site = next((site for site in sites if site.name == one.site), None)
        return self._state_of(site, one) if site and site.traced else []

    def _state_of(self, site: SiteView, one: IncidentView) -> list[Text]:
        more = ", ".join(part for part in (site.outages, one.occurrences) if part)
        state = f"{site.state}," if more else site.state
        pieces = [(self.words("text.state"), QUIET), (state, _STATE_COLOURS[site.state_id])]
        return self.paragraph([*pieces, (more, QUIET)], most=1)

    def paired(self, one: IncidentView) -> list[Text]:
        """What both traces together say of it."""
        if one.paired is None:
            return []
        pieces = [(self.words("text.paired"), STRONG), (one.paired.told, "")]
        return self.paragraph(pieces, hang=2, most=2)

    def contradictions(self, one: IncidentView, most: int) -> list[Text]:
        """What contradicts itself, in one sentence each."""
        lines = []
        for found in one.contradictions[:most]:
            pieces = [(self.words("text.contradiction"), "bold yellow"), (f"{found.title}.", "")]
            lines += self.paragraph(pieces, indent=0, hang=2, most=2)
        hidden = len(one.contradictions) - most
        if hidden > 0:
            more = self.words.counted("text.contradictions", hidden)
            lines += self.paragraph([(more, QUIET)], most=1)
        return lines

    def causes(self, one: IncidentView, most: int, *, lines: int) -> list[Text]:
        """The first causes with their probabilities, and the answer that decides between them."""
        page = []
        widest = max((len(found.standing) for found in one.causes[:most]), default=0)
        for found in one.causes[:most]:
            head = f"{found.percent:>6}  {found.standing:<{widest}}  "
            page += under(head, found.title, self.width, most=lines)
        hidden = max(0, len(one.causes) - most) + len(one.folded)
        if hidden:
            key = "text.further" if len(one.causes) > most else "text.folded"
            page += row([(" " * 7, ""), (self.words.counted(key, hidden), QUIET)], self.width)
        if one.pivot:
            page += self.paragraph([(one.pivot, "")], most=lines)
        return page

    def differences(self, one: IncidentView, most: int) -> list[Text]:
        """What a mismatch of proposals or of configurations differs in."""
        lines = []
        told = differences_told(one, self.words)
        for found in told[:most]:
            what, _, values = found.partition(": ")
            lines += row([(f"  {what}:", STRONG), (values, "")], self.width)
        if len(told) > most:
            more = self.words.counted("text.differences", len(told) - most)
            lines += row([("  " + ELISION, ""), (more, QUIET)], self.width)
        return lines

    def frame(self, one: IncidentView, most: int) -> list[Text]:
        """The deciding lines as they stand in the files, the words that decide underlined."""
        lines: list[Text] = []
        shown = _chosen(one.lines, most)
        for source in dict.fromkeys(line.source for line in one.lines):
            own = sorted(
                (line for line in shown if line.source == source), key=lambda line: line.number
            )
            if not own:
                continue
            gutter = max(4, len(str(own[-1].number)))
            arrow = f"{' ' * gutter}--> {source}:{own[0].number}"
            lines += row([(arrow, QUIET)], self.width)
            before = own[0].number - 1
            for line in own:
                if line.number > before + 1:
                    lines.append(Text(f"{ELISION:>{gutter}}", style=QUIET))
                before = line.number
                lines += self._framed(line, gutter)
        return lines

    def _framed(self, line: CodeLine, gutter: int) -> list[Text]:
        """One line, moved so far to the left that its first deciding words are seen."""
        room = self.width - gutter - 3
        text, marks = _moved(line, room)
        framed = row([(f"{line.number:>{gutter}} |", QUIET), (text, "")], self.width)
        under = "".join(
            " "
            * (cell_len(text[:start]) - (cell_len(text[: marks[number - 1][1]]) if number else 0))
            + "^" * cell_len(text[start:end])
            for number, (start, end) in enumerate(marks)
        )
        if under:
            underline = Text(f"{'':>{gutter}} | ", style=QUIET)
            underline.append(under[:room], style="bold yellow")
            framed.append(underline)
        return framed

    def why(self, one: IncidentView, most: int) -> list[Text]:
        """What speaks most for the first cause."""
        if not one.causes or not most:
            return []
        evidence = one.causes[0].evidence_for
        if not evidence:
            return []
        label = (self.words("text.why"), STRONG)
        first = next((found for found in evidence if found.because), evidence[0])
        lines = self._whole(first.because, most=most, head=[label], hang=2)
        if lines:
            return lines
        told = self.words("text.why.strength", symptom=first.symptom, strength=first.strength)
        return self.paragraph([label, (told, "")], hang=2, most=most)

    def step(self, step: FirstStep | None, *, do: int, commands: int) -> list[Text]:
        """What to do first, with the command."""
        if step is None:
            return []
        words = self.words
        who = words("text.who", who=step.who, minutes=step.minutes)
        label = (words("text.first-step"), "bold cyan")
        lines = self.paragraph(
            [label, (step.title, STRONG), (who, QUIET)], indent=0, hang=2, most=2
        )
        if do:
            lines += self._sentences(step.do, most=do)
        for command in first_lines(step.commands, commands):
            lines += row([("  >", QUIET), (command, _COMMAND)], self.width)
        return lines

    def _sentences(self, text: str, *, most: int) -> list[Text]:
        """As many whole sentences as fit into so many lines; the first one cut if it must be."""
        lines = self._whole(text, most=most)
        return lines or self.paragraph([(_SENTENCE_END.split(text)[0], "")], most=most)

    def _whole(
        self, text: str, *, most: int, head: Sequence[Piece] = (), hang: int = 0
    ) -> list[Text]:
        """As many whole sentences as fit into so many lines; none if not even the first does."""
        sentences = _SENTENCE_END.split(text) if text else []
        for number in range(len(sentences), 0, -1):
            lines = self.paragraph([*head, (" ".join(sentences[:number]), "")], hang=hang)
            if len(lines) <= most:
                return lines
        return []

    def question(self, one: IncidentView, most: int) -> list[Text]:
        """The question that helps most, and how to answer it where there is room for that."""
        if not one.questions or not most:
            return []
        ask = one.questions[0]
        options = "|".join(choice.option.rpartition("=")[2] for choice in ask.choices)
        start = ask.choices[0].option.rpartition("=")[0]
        theirs = self.words("theirs.ask", who=ask.who) if one.whose else ""
        pieces = [(theirs or self.words("text.ask"), STRONG), (ask.text, "")]
        lines = self.paragraph(pieces, indent=0, hang=2)
        option = self.paragraph([(f"{start}={options}", _COMMAND)])
        if len(lines) + len(option) <= most:
            return [*lines, *option]
        return self.paragraph(pieces, indent=0, hang=2, most=most)


def _chosen(lines: Sequence[CodeLine], most: int) -> list[CodeLine]:
    """The first of the lines, as many as fit together with what is under and between them."""
    chosen: list[CodeLine] = []
    for line in lines:
        more = [*chosen, line]
        places = sorted((one.source, one.number) for one in more)
        gaps = sum(one[0] == other[0] and other[1] > one[1] + 1 for one, other in pairwise(places))
        underlined = sum(bool(one.marks) for one in more)
        # One line is shown in any case.
        if len(more) + gaps + underlined <= most or not chosen:
            chosen = more
    return chosen


def _moved(line: CodeLine, room: int) -> tuple[str, tuple[Span, ...]]:
    """A line and its marks without its beginning, where that would hide the first mark."""
    if not line.marks or line.marks[0][1] <= room:
        return line.text, line.marks
    start = min(line.marks[0][0], max(0, line.marks[0][1] - room + len(ELISION)))
    start = max(start, len(ELISION))
    shift = start - len(ELISION)
    marks = ((max(one - shift, 0), other - shift) for one, other in line.marks)
    return f"{ELISION}{line.text[start:]}", tuple(marks)
