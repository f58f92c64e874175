"""Writes a diagnosis for the terminal: the verdict, the causes, the deciding lines, what to do.

Colours only repeat what the words say; `.plain` is the same report without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis
from reports.causes import CauseView, EvidenceView
from reports.first_step import FirstStep
from reports.frame import CodeLine
from reports.incident import IncidentView
from reports.labels import Lang
from reports.repair import first_lines
from reports.view import CaseView, SiteView, case_view

_WHOLE_LINES = 24
_NARROWEST = 40
_FRAME_LINES_VERBOSE = 30
_FRAME_LINES_SHORT = 1
_CAUSES_SHORT = 2
_DIFFERENCES = 3
_COMMANDS = 3
_WARNINGS = 2
_INCIDENTS = 12
_ELISION = "..."

_COLOURS = {"fault": "bold red", "healthy": "bold green", "inconclusive": "bold yellow"}
_STATE_COLOURS = {"up": "green", "down": "red", "unknown": "yellow"}
_QUIET = "dim"
_STRONG = "bold"
_COMMAND = "cyan"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])")

Piece = tuple[str, str]
"""Some words and their style; the style may be empty."""


def render_text(  # noqa: PLR0913 - the options of the command line
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    *,
    report: str | None = None,
    width: int = 80,
    verbose: bool = False,
) -> Text:
    """The report as text.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language of everything but the device's own words.
        report: Path of the full report, named at the end.
        width: No line is longer than this many terminal cells; at least 40.
        verbose: Explain every cause and show more lines; else one incident fits on 24 lines.
    """
    case = case_view(diagnosis, catalog, lang)
    width = max(width, _NARROWEST)
    tail = _tail(case, report, width)
    if verbose:
        body = _Verbose(case, width).lines()
    elif len(case.problems) == 1:
        body = _One(case, width).lines(_WHOLE_LINES - len(tail))
    else:
        body = _Several(case, width).lines()
    return Text("\n").join([*body, *tail])


@dataclass(frozen=True, slots=True)
class _Room:
    """How many lines each part of a one-page report may take."""

    do: int
    commands: int
    causes: int
    cause_lines: int
    frame: int
    warnings: int


_TERSER = (
    _Room(2, 3, 9, 2, 8, 2),
    _Room(2, 3, 9, 2, 5, 2),
    _Room(2, 2, 9, 2, 5, 1),
    _Room(2, 1, 9, 2, 5, 1),
    _Room(1, 1, 9, 2, 5, 1),
    _Room(1, 1, 9, 1, 5, 1),
    _Room(1, 1, 9, 1, 3, 1),
    _Room(1, 1, 5, 1, 3, 1),
    _Room(0, 1, 3, 1, 3, 0),
)
"""From generous to terse; the first that fits is taken."""


class _Page:
    """Words the parts of a case as lines of one width."""

    def __init__(self, case: CaseView, width: int) -> None:
        self._case = case
        self._words = case.words
        self._width = width

    def _paragraph(
        self, pieces: Iterable[Piece], *, indent: int = 2, hang: int = 0, most: int | None = None
    ) -> list[Text]:
        return _wrapped(pieces, self._width, indent=indent, hang=hang, most=most)

    def _verdict(self) -> list[Text]:
        """The first line of a case that is more than one incident."""
        case = self._case
        pieces = [(case.verdict_word.upper(), _COLOURS[case.verdict]), (case.headline, _STRONG)]
        return self._paragraph(pieces, indent=0, hang=2, most=2)

    def _headline(self, one: IncidentView) -> list[Text]:
        """Verdict, remote site, gateway, what happened, codes."""
        word = self._words(f"verdict.{one.mark}").upper()
        about = f"{one.site} ({one.gateway})" if one.gateway else one.site
        told = ", ".join((one.happened, *(code.code for code in one.codes[:3])))
        pieces = [(word, _COLOURS[one.mark]), (f"{about}:", _STRONG), (told, "")]
        return self._paragraph(pieces, indent=0, hang=2, most=2)

    def _state(self, one: IncidentView) -> list[Text]:
        """Whether the remote site is up at the end, and how often this happened."""
        site = next(
            (
                site
                for site in (*self._case.sites, *self._case.quiet_sites)
                if site.name == one.site
            ),
            None,
        )
        return self._state_of(site, one) if site else []

    def _state_of(self, site: SiteView, one: IncidentView) -> list[Text]:
        words = self._words
        more = ", ".join(part for part in (site.outages, one.occurrences) if part)
        state = f"{site.state}," if more else site.state
        pieces = [(words("text.state"), _QUIET), (state, _STATE_COLOURS[site.state_id])]
        return self._paragraph([*pieces, (more, _QUIET)], most=1)

    def _title(self, one: IncidentView) -> list[Text]:
        """The deciding symptom, unless the headline has said it."""
        if one.title == self._words("sentence", text=one.happened[:1].upper() + one.happened[1:]):
            return []
        return self._paragraph([(one.title, "")], most=2)

    def _causes(self, one: IncidentView, most: int, *, lines: int) -> list[Text]:
        page = []
        widest = max((len(found.standing) for found in one.causes[:most]), default=0)
        for found in one.causes[:most]:
            head = f"{found.percent:>6}  {found.standing:<{widest}}  "
            page += _under(head, found.title, self._width, most=lines)
        hidden = max(0, len(one.causes) - most) + len(one.folded)
        if hidden:
            key = "text.further" if len(one.causes) > most else "text.folded"
            page += _row([(" " * 7, ""), (self._words.counted(key, hidden), _QUIET)], self._width)
        return page

    def _differences(self, one: IncidentView, most: int) -> list[Text]:
        """What a mismatch of proposals differs in."""
        lines = []
        for found in one.proposals[:most]:
            told = self._words("text.differs", ours=found.ours, theirs=found.theirs)
            lines += _row([("  " + found.attribute + ":", _STRONG), (told, "")], self._width)
        if len(one.proposals) > most:
            more = self._words.counted("text.differences", len(one.proposals) - most)
            lines += _row([("  " + _ELISION, ""), (more, _QUIET)], self._width)
        return lines

    def _frame(self, one: IncidentView, most: int) -> list[Text]:
        """The deciding lines as they stand in the trace."""
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
            lines += _row([(arrow, _QUIET)], self._width)
            before = own[0].number - 1
            for line in own:
                if line.number > before + 1:
                    lines.append(Text(f"{_ELISION:>{gutter}}", style=_QUIET))
                before = line.number
                lines += _row(
                    [(f"{line.number:>{gutter}} |", _QUIET), (line.text, "")], self._width
                )
        return lines

    def _step(self, step: FirstStep | None, *, do: int, commands: int) -> list[Text]:
        """What to do first, with the command."""
        if step is None:
            return []
        words = self._words
        who = words("text.who", who=step.who, minutes=step.minutes)
        label = (words("text.first-step"), "bold cyan")
        lines = self._paragraph(
            [label, (step.title, _STRONG), (who, _QUIET)], indent=0, hang=2, most=2
        )
        if do:
            lines += self._sentences(step.do, most=do)
        for command in first_lines(step.commands, commands):
            lines += _row([("  >", _QUIET), (command, _COMMAND)], self._width)
        return lines

    def _sentences(self, text: str, *, most: int) -> list[Text]:
        """As many whole sentences as fit into so many lines; the first one cut if it must be."""
        sentences = _SENTENCE_END.split(text)
        for number in range(len(sentences), 0, -1):
            lines = self._paragraph([(" ".join(sentences[:number]), "")])
            if len(lines) <= most:
                return lines
        return self._paragraph([(sentences[0], "")], most=most)

    def _warnings(self, most: int) -> list[Text]:
        lines = []
        for warning in self._case.warnings[:most]:
            pieces = [(self._words("text.note"), "yellow"), (warning, "")]
            lines += self._paragraph(pieces, indent=0, hang=2, most=2)
        hidden = len(self._case.warnings) - most
        if hidden > 0:
            lines += self._paragraph([(self._words.counted("text.notes", hidden), _QUIET)], most=1)
        return lines

    def _healthy(self) -> list[Text]:
        """One line for each remote site without a fault."""
        lines = []
        for one in self._case.healthy:
            lines += self._headline(one)[:1]
        hidden = sum(one.mark == "healthy" for one in self._case.further)
        if hidden:
            lines += self._paragraph([(self._words.counted("text.more-healthy", hidden), _QUIET)])
        return lines


class _One(_Page):
    """One incident that needs an explanation: everything on one screen."""

    def lines(self, room: int) -> list[Text]:
        """The report in so many lines at most, but never without its verdict."""
        one = self._case.problems[0]
        step = one.step or self._case.step
        head = [*self._headline(one), *self._title(one), *self._state(one)]
        healthy = self._healthy()[:3]
        page: list[Text] = []
        for terse in _TERSER:
            blocks = [
                head,
                self._causes(one, terse.causes, lines=terse.cause_lines),
                [*self._frame(one, terse.frame), *self._differences(one, _DIFFERENCES)],
                self._step(step, do=terse.do, commands=terse.commands),
                [*healthy, *self._warnings(terse.warnings)],
            ]
            page = _spaced(blocks)
            if len(page) <= room:
                ask = self._question(one)
                return [*page, *ask] if len(page) + len(ask) <= room else page
        return page[:room]

    def _question(self, one: IncidentView) -> list[Text]:
        """The question that helps most, and how to answer it."""
        if not one.questions:
            return []
        ask = one.questions[0]
        options = "|".join(choice.option.rpartition("=")[2] for choice in ask.choices)
        start = ask.choices[0].option.rpartition("=")[0]
        return [
            *self._paragraph(
                [(self._words("text.ask"), _STRONG), (ask.text, "")], indent=0, hang=2
            ),
            *self._paragraph([(f"{start}={options}", _COMMAND)], indent=2),
        ]


class _Several(_Page):
    """No incident or many: the verdict, then the same for each, shorter."""

    def lines(self) -> list[Text]:
        """The whole report without its tail."""
        case = self._case
        if not case.problems and len(case.healthy) == 1 and not case.further:
            one = case.healthy[0]
            return _spaced([[*self._headline(one), *self._state(one)], self._warnings(_WARNINGS)])
        blocks = [self._verdict()]
        if case.reason:
            blocks[0] += self._paragraph([(case.reason, "")])
        blocks += [self._briefly(one) for one in case.problems[:_INCIDENTS]]
        hidden = sum(one.mark != "healthy" for one in case.further)
        hidden += max(0, len(case.problems) - _INCIDENTS)
        if hidden:
            blocks.append(self._paragraph([(self._words.counted("text.more", hidden), _QUIET)]))
        blocks += [
            self._healthy(),
            self._step(case.step, do=3, commands=_COMMANDS),
            self._warnings(_WARNINGS),
        ]
        return _spaced(blocks)

    def _briefly(self, one: IncidentView) -> list[Text]:
        return [
            *self._headline(one),
            *self._title(one),
            *self._state(one),
            *self._causes(one, _CAUSES_SHORT, lines=1),
            *self._frame(one, _FRAME_LINES_SHORT),
            *self._differences(one, 1),
            *self._step(one.step, do=0, commands=1),
        ]


class _Verbose(_Page):
    """Everything that fits into text: each cause with its evidence, all symptoms, requests."""

    def lines(self) -> list[Text]:
        """The whole report without its tail."""
        case = self._case
        blocks = [] if len(case.problems) == 1 else [self._verdict()]
        if case.reason:
            blocks.append(self._paragraph([(case.reason, "")]))
        for one in case.problems:
            blocks += self._incident(one)
        blocks += [
            self._healthy(),
            self._step(case.step, do=6, commands=_FRAME_LINES_VERBOSE),
            self._warnings(len(case.warnings)),
            self._unread(),
        ]
        return _spaced(blocks)

    def _incident(self, one: IncidentView) -> list[list[Text]]:
        symptoms = []
        for seen in one.symptoms:
            where = " ".join(ref.label for ref in seen.refs)
            symptoms += self._paragraph(
                [("-", _QUIET), (_with(seen.title, seen.detail), ""), (where, _QUIET)], hang=2
            )
        head = [*self._headline(one), *self._state(one), *symptoms]
        if one.inferred:
            head += self._paragraph([(one.inferred, _QUIET)])
        return [
            head,
            *(self._cause(found) for found in one.causes),
            self._causes_folded(one),
            [
                *self._frame(one, _FRAME_LINES_VERBOSE),
                *self._differences(one, len(one.proposals)),
            ],
            self._whole_step(one.step),
        ]

    def _cause(self, found: CauseView) -> list[Text]:
        lines = _under(f"{found.percent:>6}  {found.standing}  ", found.title, self._width)
        lines += self._paragraph([(found.explanation, "")], indent=8)
        for sign, group in (("+", found.evidence_for), ("-", found.evidence_against)):
            for evidence in group:
                lines += self._paragraph(_weighed(sign, evidence), indent=8, hang=2)
        return lines

    def _causes_folded(self, one: IncidentView) -> list[Text]:
        lines = []
        for found in one.folded:
            lines += _row([(f"{found.percent:>6}  {found.title}", "")], self._width)
            if found.main_objection:
                lines += self._paragraph(_weighed("-", found.main_objection), indent=8, hang=2)
        return lines

    def _whole_step(self, step: FirstStep | None) -> list[Text]:
        lines = self._step(step, do=20, commands=_FRAME_LINES_VERBOSE)
        if step is None:
            return lines
        for look in step.look_for:
            lines += self._paragraph([("-", _QUIET), (look.see, _STRONG), (look.means, "")], hang=2)
        for line in step.request.split("\n") if step.request else ():
            lines += self._paragraph([(line, "")], indent=4)
        return lines

    def _unread(self) -> list[Text]:
        lines = []
        for found in self._case.unread:
            first = found.text.split("\n", 1)[0]
            lines += _row([(f"  {found.lines} |", _QUIET), (first, "")], self._width)
        return lines


def _tail(case: CaseView, report: str | None, width: int) -> list[Text]:
    """What was read, where the report lies, and our mark in the last line."""
    lines = [Text()]
    if report is not None:
        # Not cut: a path of which a part is missing leads nowhere.
        path = [(case.words("text.report"), ""), (report, _STRONG)]
        lines += _wrapped(path, width, indent=0, hang=0)
    mark = f"lancom-vpn-assistant {__version__} · {case.read_short}"
    return [*lines, *_row([(mark, _QUIET)], width)]


def _with(title: str, detail: str) -> str:
    return f"{title} ({detail})" if detail else title


def _weighed(sign: str, evidence: EvidenceView) -> list[Piece]:
    where = " ".join(ref.label for ref in evidence.refs)
    told = f"{evidence.strength}: {evidence.because}" if evidence.because else evidence.strength
    colour = "green" if evidence.speaks_for else "red"
    return [
        (sign, colour),
        (f"{_with(evidence.symptom, evidence.detail)},", ""),
        (told, ""),
        (where, _QUIET),
    ]


def _chosen(lines: Sequence[CodeLine], most: int) -> list[CodeLine]:
    """The first of the lines, as many as fit together with the gaps between them."""
    chosen: list[CodeLine] = []
    for line in lines:
        more = [*chosen, line]
        places = sorted((one.source, one.number) for one in more)
        gaps = sum(one[0] == other[0] and other[1] > one[1] + 1 for one, other in pairwise(places))
        if len(more) + gaps <= most:
            chosen = more
    return chosen


def _spaced(blocks: Iterable[list[Text]]) -> list[Text]:
    """Blocks with an empty line between them; empty blocks leave no trace."""
    page: list[Text] = []
    for block in blocks:
        if block:
            page += [Text(), *block] if page else block
    return page


def _row(pieces: Sequence[Piece], width: int) -> list[Text]:
    """One line as it is, cut at the width; its pieces keep their own spaces."""
    line = Text(" ").join(Text(text, style=style) for text, style in pieces)
    if line.cell_len > width:
        room = width - len(_ELISION)
        line.truncate(room)
        line.append(_ELISION, style=_QUIET)
    return [line]


def _under(head: str, text: str, width: int, *, most: int = 2) -> list[Text]:
    """A text beside its head; its further lines stand under its first."""
    lines = _wrapped([(text, "")], width, indent=len(head), hang=0, most=most)
    first = Text().append(head, style=_STRONG)
    first.append_text(lines[0][len(head) :])
    return [first, *lines[1:]]


def _wrapped(
    pieces: Iterable[Piece], width: int, *, indent: int, hang: int, most: int | None = None
) -> list[Text]:
    """Words filled into lines; the first one is indented, the others hang deeper."""
    lines: list[Text] = []
    line = Text(" " * indent)
    start = indent
    for text, style in pieces:
        for word in text.split():
            for part in _parts(word, width - indent - hang):
                gap = 1 if line.cell_len > start else 0
                if gap and line.cell_len + gap + cell_len(part) > width:
                    lines.append(line)
                    start = indent + hang
                    line, gap = Text(" " * start), 0
                line.append(" " * gap)
                line.append(part, style=style or None)
    if line.cell_len > start:
        lines.append(line)
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        if last.cell_len + len(_ELISION) + 1 > width:
            last.truncate(width - len(_ELISION) - 1)
        last.append(f" {_ELISION}", style=_QUIET)
        lines = lines[:most]
    return lines


def _parts(word: str, room: int) -> Iterable[str]:
    """A word in pieces that fit into a line."""
    while cell_len(word) > room:
        # A wide character at the border leaves a space there, which is taken away again.
        part = set_cell_size(word, room).rstrip() or word[0]
        yield part
        word = word[len(part) :]
    if word:
        yield word
