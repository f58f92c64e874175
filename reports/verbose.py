"""Words everything that fits into text: each cause with its evidence, both sides, all symptoms."""

from __future__ import annotations

from reports.causes import CauseView, EvidenceView
from reports.contradiction import ContradictionView
from reports.first_step import FirstStep
from reports.incident import IncidentView
from reports.layout import QUIET, STRONG, Piece, row, spaced, under
from reports.page import Page
from reports.pairing import PairedView, PairingView
from reports.plan import PlanView
from reports.ranking import VersusView
from reports.side_by_side import ComparisonView, SideBySideView
from reports.styled import Text

_FRAME_LINES = 30
_DO_LINES = 20


class VerbosePage(Page):
    """The long form of the report."""

    def lines(self) -> list[Text]:
        """The whole report without its tail."""
        case = self.case
        blocks = [] if len(case.problems) == 1 else [self.verdict()]
        if case.reason:
            blocks.append(self.paragraph([(case.reason, "")]))
        blocks += [self._pairing(one) for one in case.pairings]
        for one in case.problems:
            blocks += self._incident(one)
        blocks += [
            self.healthy(),
            self.step(case.step, do=6, commands=_FRAME_LINES),
            self.notes(len(case.warnings) + len(case.remarks) + len(case.away)),
            self._unread(),
        ]
        return spaced(blocks)

    def _incident(self, one: IncidentView) -> list[list[Text]]:
        symptoms = []
        for seen in one.symptoms:
            where = " ".join(ref.label for ref in seen.refs)
            told = _with(seen.title, seen.detail)
            pieces = [("-", QUIET), (told, ""), (seen.doubted, "yellow"), (where, QUIET)]
            symptoms += self.paragraph(pieces, hang=2)
        head = [*self.headline(one), *self.state(one)]
        for lead in one.lead:
            head += self.paragraph([(lead, QUIET)])
        head += [*self.paired(one), *self._because(one.paired), *symptoms]
        if one.inferred:
            head += self.paragraph([(one.inferred, QUIET)])
        return [
            head,
            *(self._contradiction(found) for found in one.contradictions),
            *(self._cause(found) for found in one.causes),
            self._causes_folded(one),
            self.paragraph([(one.pivot, "")]) if one.pivot else [],
            self._versus(one.versus),
            [
                *self.frame(one, _FRAME_LINES),
                *(self.differences(one, len(one.proposals)) if one.proposals else []),
            ],
            self._side_by_side(one.side_by_side),
            self._whole_step(one.step),
            self._plan(one.plan),
            self._answers(one),
            self.question(one, _DO_LINES),
        ]

    # Causes -------------------------------------------------------------------------------

    def _cause(self, found: CauseView) -> list[Text]:
        lines = under(f"{found.percent:>6}  {found.standing}  ", found.title, self.width)
        lines += self.paragraph([(found.explanation, "")], indent=8)
        for sign, group in (("+", found.evidence_for), ("-", found.evidence_against)):
            for evidence in group:
                lines += self.paragraph(_weighed(sign, evidence), indent=8, hang=2)
        return lines

    def _causes_folded(self, one: IncidentView) -> list[Text]:
        lines = []
        for found in one.folded:
            lines += row([(f"{found.percent:>6}  {found.title}", "")], self.width)
            if found.main_objection:
                lines += self.paragraph(_weighed("-", found.main_objection), indent=8, hang=2)
        return lines

    def _versus(self, versus: VersusView | None) -> list[Text]:
        if versus is None:
            return []
        lines = self.paragraph([(self.words("text.versus"), STRONG)])
        for weight in versus.weights:
            lines += under(f"{weight.decibans:>8}  ", weight.told, self.width)
        lines += under(f"{versus.total:>8}  ", self.words("versus.sum"), self.width)
        return [*lines, *self.paragraph([(versus.told, QUIET)])]

    # What to do ---------------------------------------------------------------------------

    def _whole_step(self, step: FirstStep | None) -> list[Text]:
        lines = self.step(step, do=_DO_LINES, commands=_FRAME_LINES)
        if step is None:
            return lines
        for look in step.look_for:
            lines += self.paragraph([("-", QUIET), (look.see, STRONG), (look.means, "")], hang=2)
        for line in step.request.split("\n") if step.request else ():
            lines += self.paragraph([(line, "")], indent=4)
        return lines

    def _plan(self, plan: PlanView | None) -> list[Text]:
        if plan is None:
            return []
        lines = self.paragraph([(self.words("text.plan"), "bold cyan")], indent=0)
        for number, one in enumerate(plan.repairs, start=1):
            head = f"{number:>4}. {one.helps:>6} {one.minutes:>7}  "
            lines += under(head, f"{one.title} ({one.who})", self.width)
        return [*lines, *self.paragraph([(plan.expected, QUIET), (plan.unrepaired, "")])]

    def _answers(self, one: IncidentView) -> list[Text]:
        if not one.answers:
            return []
        lines = self.paragraph([(self.words("text.answers"), STRONG)], indent=0)
        for said in one.answers:
            lines += self.paragraph([("-", QUIET), (said, "")], hang=2)
        return lines

    # Both sides ---------------------------------------------------------------------------

    def _contradiction(self, one: ContradictionView) -> list[Text]:
        words = self.words
        head: list[Piece] = [(words("text.contradiction"), "bold yellow"), (f"{one.title}.", "")]
        lines = self.paragraph(head, indent=0, hang=2)
        for claim in one.claims:
            where = " ".join(ref.label for ref in claim.refs)
            source = f"({claim.source})" if claim.source else ""
            pieces = [("-", QUIET), (claim.told, ""), (source, QUIET), (where, QUIET)]
            lines += self.paragraph(pieces, hang=2)
            for line in claim.quote.splitlines():
                lines += row([("    |", QUIET), (line, "")], self.width)
        lines += self.paragraph([(one.explanation, "")])
        for check in one.checks:
            pieces = [(f"{words('html.contradiction.check')}:", STRONG), (check, "")]
            lines += self.paragraph(pieces, hang=2)
        return lines

    def _pairing(self, one: PairingView) -> list[Text]:
        words = self.words
        lines = self.paragraph(
            [(words("text.paired"), STRONG), (one.sources, "")], indent=0, hang=2
        )
        lines += self.paragraph([(one.clocks, "")], hang=2)
        for found in one.negotiations:
            where = " ".join(ref.label for ref in (found.ours, found.theirs) if ref)
            pieces = [("-", QUIET), (found.at, QUIET), (f"{found.site}:", STRONG)]
            lines += self.paragraph([*pieces, (found.told, ""), (where, QUIET)], hang=2)
            lines += self._because(found)
        if one.more:
            lines += self.paragraph([(one.more, QUIET)])
        return lines

    def _because(self, one: PairedView | None) -> list[Text]:
        if one is None:
            return []
        lines = self.paragraph([(one.lost, "")], indent=4, hang=2) if one.lost else []
        if one.because:
            where = one.because_ref.label if one.because_ref else ""
            lines += row([("    |", QUIET), (one.because, ""), (where, QUIET)], self.width)
        return lines

    def _side_by_side(self, both: SideBySideView | None) -> list[Text]:
        if both is None:
            return []
        lines = self.paragraph([(self.words("text.side-by-side"), STRONG)], indent=0)
        lines += self.paragraph([(both.told, QUIET)])
        for one in (*both.differing, *both.unknown, *both.equal):
            lines += self._comparison(one)
        return lines

    def _comparison(self, one: ComparisonView) -> list[Text]:
        words = self.words
        told = words(
            "text.differs",
            ours=one.ours_short or words("setting.not-shown"),
            theirs=one.theirs_short or words("setting.not-shown"),
        )
        style = STRONG if one.match_id == "different" else ""
        lines = self.paragraph(
            [(one.symbol, style), (f"{one.subject}:", style), (one.match, style)], hang=2
        )
        lines += self.paragraph([(told, "")], indent=4, hang=2)
        places = [f"{each.ref.label} {each.columns}" for each in (*one.ours, *one.theirs)]
        if places and one.match_id != "equal":
            lines += self.paragraph([("; ".join(places), QUIET)], indent=4, hang=2)
        if one.told:
            lines += self.paragraph([(one.told, QUIET)], indent=4, hang=2)
        return lines

    # The rest -----------------------------------------------------------------------------

    def _unread(self) -> list[Text]:
        lines = []
        for found in self.case.unread.records:
            first = found.text.split("\n", 1)[0]
            lines += row([(f"  {found.lines} |", QUIET), (first, "")], self.width)
        return lines


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
        (where, QUIET),
    ]
