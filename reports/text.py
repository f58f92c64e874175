"""Writes a diagnosis for the terminal: the verdict, the causes, the deciding lines, what to do.

Colours only repeat what the words say; `.plain` is the same report without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis
from reports.escape import visible
from reports.incident import IncidentView
from reports.labels import Lang
from reports.layout import QUIET, STRONG, row, spaced, wrapped
from reports.page import Page
from reports.styled import Text, joined
from reports.view import CaseView, case_view

if TYPE_CHECKING:
    from assistant.comparison import Comparison

_WHOLE_LINES = 24
_NARROWEST = 40
_FRAME_LINES_SHORT = 1
_CAUSES_SHORT = 2
_DIFFERENCES = 3
_COMPARED = 6
_FRAME = 8
_FRAME_COMPARED = 1
_COMMANDS = 3
_NOTES = 2
_INCIDENTS = 12


def render_text(  # noqa: PLR0913 - the options of the command line
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    *,
    report: str | None = None,
    width: int = 80,
    verbose: bool = False,
    comparison: Comparison | None = None,
) -> Text:
    """The report as text.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language of everything but the device's own words.
        report: Path of the full report, named at the end.
        width: No line is longer than this many terminal cells; at least 40.
        verbose: Explain every cause and show more lines; else one incident fits on 24 lines.
        comparison: With an earlier report, to be told first.
    """
    case = case_view(diagnosis, catalog, lang)
    width = max(width, _NARROWEST)
    tail = _tail(case, report, width)
    # Most reports are neither long nor compared with another one.
    if verbose:
        from reports.verbose import VerbosePage  # noqa: PLC0415

        body = VerbosePage(case, width).lines()
    elif len(case.problems) == 1:
        body = _One(case, width).lines(_WHOLE_LINES - len(tail))
    else:
        body = _Several(case, width).lines()
    if comparison is not None:
        from reports.comparison import comparison_view  # noqa: PLC0415
        from reports.comparison_text import comparison_lines  # noqa: PLC0415

        changes = comparison_view(comparison, catalog, case.words)
        body = [*comparison_lines(changes, case.words, width), Text(), *body]
    return joined("\n", [*body, *tail])


class _Room(Struct, frozen=True):
    """How many lines each part of a one-page report may take."""

    do: int
    commands: int
    causes: int
    cause_lines: int
    frame: int
    notes: int
    question: int
    why: int


_TERSER = (
    _Room(2, 3, 9, 2, _FRAME, 2, 5, 2),
    _Room(2, 3, 9, 2, 7, 2, 4, 2),
    _Room(2, 2, 9, 2, 7, 1, 3, 2),
    _Room(2, 1, 4, 2, 7, 1, 3, 2),
    _Room(1, 1, 4, 2, 5, 1, 2, 2),
    _Room(1, 1, 3, 1, 5, 1, 2, 2),
    _Room(1, 1, 3, 1, 5, 1, 1, 2),
    _Room(0, 1, 3, 1, 5, 1, 1, 2),
    _Room(0, 1, 2, 1, 5, 1, 1, 2),
    _Room(0, 1, 2, 1, 5, 1, 1, 1),
    _Room(0, 1, 2, 1, 2, 1, 1, 1),
    _Room(0, 1, 2, 1, 2, 0, 1, 0),
    _Room(0, 1, 2, 1, 1, 0, 0, 0),
)
"""From generous to terse; the first that fits is taken.

The question that helps most is worth more than a third cause.
"""


class _One(Page):
    """One incident that needs an explanation: everything on one screen."""

    def lines(self, room: int) -> list[Text]:
        """The report in so many lines at most, but never without its verdict."""
        one = self.case.problems[0]
        step = one.step or self.case.step
        head = [
            *self.headline(one),
            *self.title(one),
            *self.state(one),
            *self.paired(one),
        ]
        healthy = self.healthy()[:3]
        # Two configurations tell more by what differs than by their rows.
        compared = bool(one.side_by_side and one.side_by_side.different and not one.proposals)
        most = _FRAME_COMPARED if compared else _FRAME
        page: list[Text] = []
        for terse in _TERSER:
            differences = min(_COMPARED, terse.frame + 1) if compared else _DIFFERENCES
            blocks = [
                head,
                self.contradictions(one, 1),
                [*self.frame(one, min(terse.frame, most)), *self.differences(one, differences)],
                [
                    *self.causes(one, terse.causes, lines=terse.cause_lines),
                    *self.why(one, terse.why),
                ],
                [
                    *self.step(step, do=terse.do, commands=terse.commands),
                    *self.question(one, terse.question),
                ],
                [*healthy, *self.notes(terse.notes)],
            ]
            page = spaced(blocks)
            if len(page) <= room:
                return page
        return page[:room]


class _Several(Page):
    """No incident or many: the verdict, then the same for each, shorter."""

    def lines(self) -> list[Text]:
        """The whole report without its tail."""
        case = self.case
        if not case.problems and len(case.healthy) == 1 and not case.further:
            one = case.healthy[0]
            head = [*self.headline(one), *self.state(one), *self.paired(one)]
            return spaced([head, self.contradictions(one, 1), self.notes(_NOTES)])
        blocks = [self.verdict()]
        if case.reason:
            blocks[0] += self.paragraph([(case.reason, "")])
        blocks += [self._briefly(one) for one in case.problems[:_INCIDENTS]]
        hidden = case.further_problems
        hidden += max(0, len(case.problems) - _INCIDENTS)
        if hidden:
            blocks.append(self.paragraph([(self.words.counted("text.more", hidden), QUIET)]))
        blocks += [
            self.healthy(),
            self.step(case.step, do=3, commands=_COMMANDS),
            self.notes(_NOTES),
        ]
        return spaced(blocks)

    def _briefly(self, one: IncidentView) -> list[Text]:
        return [
            *self.headline(one),
            *self.title(one),
            *self.state(one),
            *self.paired(one),
            *self.contradictions(one, 1),
            *self.frame(one, _FRAME_LINES_SHORT),
            *self.differences(one, 1),
            *self.causes(one, _CAUSES_SHORT, lines=1),
            *self.step(one.step, do=0, commands=1),
        ]


def _tail(case: CaseView, report: str | None, width: int) -> list[Text]:
    """What was read, where the report lies, and our mark in the last line."""
    lines = [Text()]
    if report is not None:
        # Not cut: a path of which a part is missing leads nowhere.
        shown = visible(report, limit=len(report))
        path = [(case.words("text.report"), ""), (shown, STRONG)]
        lines += wrapped(path, width, indent=0, hang=0)
    mark = f"lancom-vpn-assistant {__version__} · {case.read_short}"
    return [*lines, *row([(mark, QUIET)], width)]
