"""Writes a diagnosis as Markdown, for a ticket or a chat; inert whatever a trace holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.comparison import Comparison
from assistant.model.diagnosis import Diagnosis
from reports.comparison import ComparisonView, comparison_view
from reports.first_step import FirstStep
from reports.frame import CodeLine
from reports.incident import IncidentView
from reports.labels import Lang, labels
from reports.repair import RemedyView
from reports.sites import SiteView
from reports.view import CaseView, case_view

_INCIDENTS = 8
_SITES = 30
_CAUSES = 5
_REMEDIES = 3
_LINES = 12
_ITEMS = 12
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!@&$^])")
"""What Markdown means something by, and what forges and chats read as mentions and references."""
_ADDRESS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
"""Where bare addresses become links."""
_MENTION = re.compile(r"@(?=\w)|#(?=\d)")
_JOINER = "\N{WORD JOINER}"
"""Not seen, and no part of a name: what stands before it mentions nobody."""
_RUN = re.compile(r"`+")


def render_markdown(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, *, comparison: Comparison | None = None
) -> str:
    """The report as Markdown: verdict, causes, deciding lines, what to do, what was read.

    Text of files stands in fences, or escaped so that no letter of it means anything.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language of everything but the device's own words.
        comparison: What changed since an earlier report.
    """
    changed = comparison_view(comparison, catalog, labels(lang)) if comparison else None
    page = _Page(case_view(diagnosis, catalog, lang), changed)
    return "\n".join([*page.lines(), ""])


class _Page:
    """Words the parts of one report."""

    def __init__(self, case: CaseView, changed: ComparisonView | None) -> None:
        self._case = case
        self._changed = changed
        self._words = case.words

    def lines(self) -> Iterator[str]:
        """All of it, with our mark in the last line."""
        case, words = self._case, self._words
        yield f"# {plain(case.verdict_word)}: {plain(case.headline)}"
        if case.reason:
            yield from ("", plain(case.reason))
        sites = [*case.sites, *case.quiet_sites]
        if sites:
            yield ""
            yield from (self._site(site) for site in sites[:_SITES])
            if len(sites) > _SITES:
                yield f"- {plain(words.counted('site.not-named', len(sites) - _SITES))}"
        if case.step is not None:
            yield from self._first_step(case.step)
        if self._changed is not None:
            yield from self._comparison(self._changed)
        for one in case.problems[:_INCIDENTS]:
            yield from self._incident(one)
        left = case.further_problems + len(case.problems[_INCIDENTS:])
        if left:
            yield from ("", f"*{plain(words.counted('text.more', left))}*")
        yield from self._rest()
        yield ""
        yield f"lancom-vpn-assistant {__version__} \N{MIDDLE DOT} {plain(case.read_short)}"

    def _site(self, site: SiteView) -> str:
        name = f"**{plain(site.name)}**"
        told = [site.state, site.outages, site.theirs]
        state = plain(", ".join(filter(None, told)))
        gateway = f" {plain('(' + site.gateway + ')')}" if site.gateway else ""
        cause = ""
        if site.cause:
            cause = f" {plain(site.cause.title)}: {plain(site.cause.chance)}."
        return f"- {name}{gateway}: {state}. {plain(site.happened)}{cause}"

    def _comparison(self, one: ComparisonView) -> Iterator[str]:
        yield from ("", f"## {plain(one.title)}", "", plain(one.verdict), "")
        for site in one.sites[:_SITES]:
            yield f"- **{plain(site.site)}**: {plain(site.told)}"
            for key, told in (("then", site.then), ("now", site.now)):
                if told:
                    yield f"  - {plain(self._words(f'comparison.{key}'))} {plain(told)}"
            if site.recommended:
                yield f"  - {plain(site.recommended)}"
        for incident in one.incidents[:_INCIDENTS]:
            told = "; ".join((f"{incident.site}, {incident.title}", *incident.differences))
            yield f"- {plain(incident.told)}: {plain(told)}"
        for told in (one.since, one.quiet, one.same, *one.answers, one.inputs, *one.notes):
            if told:
                yield f"- {plain(told)}"

    # One incident -----------------------------------------------------------------------

    def _incident(self, one: IncidentView) -> Iterator[str]:
        words = self._words
        codes = " ".join(code(each.code) for each in one.codes)
        yield ""
        yield f"## {plain(one.site)}: {plain(one.happened)}" + (f" {codes}" if codes else "")
        for told in (one.whose, *one.lead):
            if told:
                yield from ("", plain(told))
        yield from ("", plain(one.title))
        for found in one.contradictions:
            label = plain(words("text.contradiction"))
            yield from ("", f"**{label}** {plain(found.title)}")
        yield from self._causes(one)
        yield from self._frame(one.lines)
        if one.step is not None:
            yield from self._first_step(one.step)
        for remedy in one.remedies[:_REMEDIES]:
            yield from self._remedy(remedy)
        yield from self._questions(one)
        for wanted in one.inputs:
            if wanted.request and (one.step is None or one.step.id != wanted.id):
                yield from ("", f"### {plain(words('html.request'))}: {plain(wanted.title)}", "")
                yield from fenced(wanted.request)

    def _causes(self, one: IncidentView) -> Iterator[str]:
        words = self._words
        if not one.causes:
            return
        yield ""
        heads = (words("html.causes"), words("html.probability"), words("html.for"))
        yield "| " + " | ".join(plain(head) for head in heads) + " |"
        yield "|---|--:|---|"
        for found in one.causes[:_CAUSES]:
            because = "; ".join(evidence.symptom for evidence in found.evidence_for[:2])
            yield f"| {plain(found.title)} | {plain(found.percent)} | {plain(because)} |"
        left = len(one.causes) - _CAUSES + len(one.folded)
        if left > 0:
            yield from ("", f"*{plain(words.counted('text.further', left))}*")
        if one.pivot:
            yield from ("", plain(one.pivot))

    def _frame(self, lines: tuple[CodeLine, ...]) -> Iterator[str]:
        """The most telling lines of each file, in their order there."""
        shown = sorted(lines[:_LINES], key=lambda line: (line.source, line.number))
        for source in dict.fromkeys(line.source for line in shown):
            own = [line for line in shown if line.source == source]
            width = len(str(own[-1].number))
            yield from ("", f"{plain(source)}:", "")
            yield from fenced("\n".join(f"{line.number:>{width}} | {line.text}" for line in own))

    # What to do -------------------------------------------------------------------------

    def _first_step(self, step: FirstStep) -> Iterator[str]:
        words = self._words
        yield ""
        yield f"**{plain(words('text.first-step'))}** {plain(step.title)} " + plain(
            words("text.who", who=step.who, minutes=step.minutes)
        )
        if step.kind == "input":
            yield from ("", plain(step.do))
            for command in step.commands:
                yield from ("", *fenced(command))
            if step.request:
                yield from ("", f"{plain(words('html.request'))}:", "", *fenced(step.request))

    def _remedy(self, one: RemedyView) -> Iterator[str]:
        words = self._words
        yield ""
        yield f"### {plain(one.title)}"
        yield ""
        yield plain(f"{one.who}, {one.minutes}, {one.risk}. {one.prevents}".strip())
        if one.risk_note:
            yield from ("", plain(one.risk_note))
        yield ""
        for step in one.steps:
            yield f"- [ ] {plain(step.do)}"
            # What belongs to an item stands under it, four spaces in; as items of its own, because
            # lines one below the other would become one.
            if step.console:
                yield ""
                yield from (f"    {line}".rstrip() for line in fenced(step.console.text))
                yield ""
            if step.lanconfig:
                label = plain(words("html.lanconfig"))
                yield f"    - {label}: {plain(step.lanconfig.text)}"
            for key, told in (("expect", step.expect), ("undo", step.undo)):
                if told:
                    yield f"    - {plain(words(f'html.{key}'))}: {plain(told)}"

    def _questions(self, one: IncidentView) -> Iterator[str]:
        if not one.questions:
            return
        yield from ("", f"### {plain(self._words('html.questions'))}", "")
        for ask in one.questions:
            choices = " / ".join(choice.label for choice in ask.choices)
            yield f"- {plain(ask.text)} ({plain(ask.who)}): {plain(choices)}"

    # The rest ---------------------------------------------------------------------------

    def _rest(self) -> Iterator[str]:
        case, words = self._case, self._words
        told = [
            *case.warnings,
            *case.away,
            *(remark.told for remark in case.remarks),
            *case.gaps,
            *(f"{words('html.missing')}: {one.title}" for one in case.missing),
        ]
        yield ""
        yield f"**{plain(words('html.read'))}** {plain(case.read_line)}"
        if told:
            yield ""
            yield from (f"- {plain(one)}" for one in told[:_ITEMS])


def plain(text: str) -> str:
    """Text in which no character means anything to Markdown or to who reads more into it.

    Code between backticks of the knowledge base loses them; what stood between stays.
    """
    folded = " ".join(text.replace("`", "").split())
    escaped = _SPECIAL.sub(r"\\\1", folded)
    # Forges look for mentions in what Markdown makes, where no escape is left.
    escaped = _MENTION.sub(f"\\g<0>{_JOINER}", escaped)
    escaped = _ADDRESS.sub(lambda found: f"\\{found[0]}", escaped)
    # A number before a full stop cannot be escaped, the full stop can.
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", re.sub(r"^([-+=])", r"\\\1", escaped))


def code(text: str) -> str:
    """A word as code; backticks in it cannot end it."""
    folded = " ".join(text.split()).replace("`", "'")
    return f"`{folded}`" if folded else ""


def fenced(text: str) -> list[str]:
    """Lines as a block of code, between fences longer than any run of backticks in them."""
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *text.split("\n"), fence]
