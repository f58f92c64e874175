"""Words an explanation for the terminal: a code, a cause, a stage, a trace record by record."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis, Shown, Text
from assistant.explain import (
    CauseExplained,
    CodeExplained,
    Explained,
    PppExplained,
    StageExplained,
)
from assistant.model.source import Moment
from reports.escape import visible
from reports.labels import Labels, Lang, labels

if TYPE_CHECKING:
    from assistant.trace.read import Annotated


def render_explanation(explained: Explained, catalog: Catalog, lang: Lang, width: int = 80) -> str:
    """The explanation as plain text, no line longer than `width`."""
    page = _Page(catalog, labels(lang), width)
    if isinstance(explained, CodeExplained):
        lines = page.code(explained)
    elif isinstance(explained, PppExplained):
        lines = page.ppp(explained)
    elif isinstance(explained, CauseExplained):
        lines = page.cause(explained)
    else:
        lines = page.stage(explained)
    return "\n".join(lines).rstrip() + "\n"


class _Page:
    """Words explanations in one language and width."""

    def __init__(self, catalog: Catalog, words: Labels, width: int) -> None:
        self._catalog = catalog
        self._words = words
        self._width = width

    # A code -----------------------------------------------------------------------------

    def code(self, one: CodeExplained) -> Iterator[str]:
        words = self._words
        entry = one.entry
        layer, side = words(f"layer.{one.layer}"), words(f"code-side.{one.side}")
        if entry is None:
            yield f"{one.code} ({one.decimal})"
            yield from self.indented(words("explain.decoded-only", layer=layer, side=side))
            yield ""
            if one.side_assumed:
                yield from self.indented(words("explain.side-assumed", digit=one.code[3]))
            yield from self.indented(words("explain.unknown-code.told"))
            return
        yield f"{one.code} ({one.decimal})  {entry.name}"
        yield from self.indented(words("explain.decoded", layer=layer, side=side))
        if entry.meaning:
            yield ""
            yield from self.told(entry.meaning)
        if entry.advice:
            yield ""
            yield from self._headed("explain.advice", entry.advice)
        if one.twin:
            yield ""
            yield from self.indented(words("explain.twin", code=one.twin.code, name=one.twin.name))
        if one.causes:
            yield ""
            yield words("explain.causes")
            for cause, probability in one.causes:
                title = words.told(self._catalog.causes[cause].title)
                yield from self.indented(f"{words.percent(probability):>6}  {title}", hang=8)
                yield from self.indented(f"diagnose explain {cause}", indent=10)
        yield ""
        yield from self._basis(entry.basis.value, entry.source)

    def ppp(self, one: PppExplained) -> Iterator[str]:
        """A PPP error code."""
        entry = one.entry
        yield f"{entry.code} ({int(entry.code, 16)})  {self._words.told(entry.name)}"
        yield from self.indented(self._words("explain.ppp"))
        yield ""
        yield from self.told(entry.meaning)
        yield ""
        yield from self._headed("explain.advice", entry.advice)
        yield ""
        yield from self._basis(entry.basis.value, entry.source)

    # A cause ----------------------------------------------------------------------------

    def cause(self, one: CauseExplained) -> Iterator[str]:
        cause, words = one.cause, self._words
        yield from self.indented(words.told(cause.title), indent=0)
        yield from self.indented(cause.id)
        yield ""
        yield from self.told(cause.explanation)
        yield ""
        yield from self._headed("explain.not-when", cause.not_when)
        yield from self._shown("explain.supports", one.supports)
        yield from self._shown("explain.opposes", one.opposes)
        if cause.remedies:
            yield ""
            yield words("explain.remedies")
            for name in cause.remedies:
                remedy = self._catalog.remedies[name]
                yield from self.indented(
                    f"{words.told(remedy.title)} "
                    f"({words(f'who.{remedy.who}')}, {remedy.minutes} min)"
                )
                for number, step in enumerate(remedy.steps, start=1):
                    yield from self.indented(f"{number}. {words.told(step.do)}", indent=4, hang=3)
                    if step.console:
                        for line in step.console.command.splitlines():
                            yield f"       > {line}"
                    if step.lanconfig:
                        yield from self.indented(
                            f"LANconfig: {words.told(step.lanconfig.path)}", indent=7
                        )
        yield ""
        # As it is judged with: the shares of the knowledge base need not sum to 100.
        of_100 = 100 * cause.share / sum(each.share for each in self._catalog.causes.values())
        yield from self.indented(words("explain.share", share=words.number(of_100, 1)))
        yield from self._basis(cause.basis.value, cause.source)

    def _shown(self, heading: str, shown: Iterable[Shown]) -> Iterator[str]:
        listed = list(shown)
        if not listed:
            return
        yield ""
        yield self._words(heading)
        for one in listed:
            symptom = self._catalog.symptoms[one.symptom]
            share = self._words.number(one.of_100, 1 if one.of_100 % 1 else 0)
            yield from self.indented(
                f"{share:>5} {self._words('explain.of-100')}  {self._words.told(symptom.title)}",
                hang=15,
            )

    # A stage ----------------------------------------------------------------------------

    def stage(self, one: StageExplained) -> Iterator[str]:
        words = self._words
        yield f"{words(f'stage.{one.stage.value}')}  ({one.stage.value})"
        yield ""
        yield from self.indented(words(f"stage.{one.stage.value}.told"))
        yield ""
        yield words("explain.messages")
        for pattern in one.patterns:
            yield from self.indented(pattern.message, hang=4)
            yield from self.told(pattern.meaning, indent=6)

    # Pieces -----------------------------------------------------------------------------

    def _headed(self, heading: str, text: Text) -> Iterator[str]:
        yield self._words(heading)
        yield from self.told(text)

    def told(self, text: Text, indent: int = 2) -> Iterator[str]:
        """A text of the knowledge base in the page's language."""
        yield from self.indented(self._words.told(text), indent=indent)

    def _basis(self, basis: str, source: str | None) -> Iterator[str]:
        told = self._words("explain.basis", basis=self._words(f"basis.{basis}"))
        yield from self.indented(f"{told} {' '.join(source.split())}" if source else told)

    def indented(self, text: str, *, indent: int = 2, hang: int = 0) -> Iterator[str]:
        """The text in lines of the page's width."""
        yield from textwrap.wrap(
            text,
            self._width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_on_hyphens=False,
        )


class TraceExplainer:
    """Words the records of one trace one after the other; a meaning is told once."""

    def __init__(self, catalog: Catalog, lang: Lang, width: int = 80) -> None:
        """Begins a trace."""
        self._catalog = catalog
        self._words = labels(lang)
        self._page = _Page(catalog, self._words, width)
        self._before: Moment | None = None
        self._told: dict[str, int] = {}
        self.read = 0
        self.unread = 0
        self.other = 0

    def record(self, one: Annotated) -> str:
        """The record with its place and time, and what it says."""
        place = one.record.place
        since = self._words.since(place.time, self._before)
        self._before = place.time or self._before
        span = f"L{place.first_line}"
        if place.last_line != place.first_line:
            span += f"-{place.last_line}"
        head = (span, self._words.clock(place.time), since)
        lines = ["  ".join(filter(None, head))]
        shown = (line for line in place.text.split("\n") if line.strip())
        lines += [f"    {visible(line, limit=200)}" for line in shown]
        lines += self._meaning(one, place.first_line)
        return "\n".join(lines) + "\n"

    def _meaning(self, one: Annotated, line: int) -> Iterator[str]:
        if one.reading is None:
            if one.known_class:
                self.unread += 1
                yield from self._page.indented(self._words("explain.unread"))
            else:
                self.other += 1
                name = visible(one.record.trace_class or "", limit=60)
                yield from self._page.indented(self._words("explain.other-class", name=name))
            return
        self.read += 1
        pattern = self._catalog.patterns[one.reading.pattern]
        code = getattr(one.reading.event, "code", None)
        entry = self._catalog.errors.get(code) if code is not None else None
        if entry is not None and entry.meaning is not None:
            yield from self._page.indented(f"{code}: {self._words.told(entry.meaning)}")
        if pattern.id in self._told:
            yield from self._page.indented(
                self._words("explain.told-before", line=self._told[pattern.id])
            )
            return
        self._told[pattern.id] = line
        yield from self._page.told(pattern.meaning)
        if pattern.normal_next:
            told = self._words.told(pattern.normal_next)
            yield from self._page.indented(self._words("explain.next", told=told))
        if pattern.basis is Basis.UNVERIFIED:
            yield from self._page.indented(self._words("explain.unverified"))

    def configuration(self, name: str) -> str:
        """Says that a file is a configuration, instead of showing anything of it."""
        return self._told_of("explain.configuration", name)

    def stored(self, name: str) -> str:
        """Says that a file is a report of ours, which explains nothing record by record."""
        return self._told_of("explain.stored", name)

    def left_out(self, name: str) -> str:
        """Says that commands of a configuration stood between the records."""
        return self._told_of("warning.configuration-inside-trace", name)

    def _told_of(self, key: str, name: str) -> str:
        return "\n".join(self._page.indented(self._words(key, subject=name), indent=0)) + "\n"

    def summary(self) -> str:
        """How much was read."""
        words = self._words
        return words(
            "explain.summary",
            read=words.number(self.read),
            unread=words.number(self.unread),
            other=words.number(self.other),
        )
