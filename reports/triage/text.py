"""The triage of many tickets for the terminal: what comes first, outages, groups, tickets.

Colours only repeat what the words say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.triage import (
    CommonOutage,
    First,
    Group,
    Triage,
    TriagedTicket,
    Urgency,
)
from reports.escape import visible
from reports.labels import Lang, labels
from reports.layout import QUIET, STRONG, row, spaced, table_row, wrapped
from reports.styled import Text, joined
from reports.triage.words import (
    bad_told,
    lost_together,
    outage_of,
    reason_told,
    similar_told,
    what_told,
)

_T = TypeVar("_T")

_NARROWEST = 60
_GROUPS, _TICKETS, _BAD, _OUTAGES = 15, 15, 8, 5
"""Rows on a terminal; the text file has all of them."""
_STYLES = {Urgency.NOW: "bold red", Urgency.TODAY: "yellow"}
_URGENCY, _QUEUE, _COUNT, _ID, _SITE = 8, 12, 5, 8, 18


def render_triage(
    triage: Triage, catalog: Catalog, lang: Lang, *, width: int = 80, whole: bool = False
) -> Text:
    """The triage as text.

    Args:
        triage: What was decided.
        catalog: Has the words for causes, remedies and inputs.
        lang: Of everything but names.
        width: No line is longer than this many terminal cells; at least 60.
        whole: Every group and every ticket; else what fits on a screen or two.
    """
    page = _Page(triage, catalog, lang, max(width, _NARROWEST), whole=whole)
    return joined("\n", page.lines())


class _Page:
    def __init__(
        self, triage: Triage, catalog: Catalog, lang: Lang, width: int, *, whole: bool
    ) -> None:
        self.triage = triage
        self.catalog = catalog
        self.words = labels(lang)
        self.width = width
        self.whole = whole

    def lines(self) -> list[Text]:
        blocks = [self.head(), self.first(), self.outages(), self.groups(), self.tickets()]
        return spaced([*blocks, self.bad(), self.mark()])

    def mark(self) -> list[Text]:
        """By which a file is known to be ours, in its last line."""
        if not self.whole:
            return []
        tickets = self.words.counted("triage.tickets", len(self.triage.tickets))
        return row([(f"lancom-vpn-assistant {__version__} · {tickets}", QUIET)], self.width)

    def counts(self) -> str:
        words, triage = self.words, self.triage
        told = [
            words.counted("triage.tickets", len(triage.tickets)),
            words.counted("triage.groups", len(triage.groups)),
            words.counted("triage.outages", len(triage.outages)) if triage.outages else "",
            words.counted("triage.bad", len(triage.bad)) if triage.bad else "",
        ]
        return ", ".join(one for one in told if one)

    def head(self) -> list[Text]:
        lines = wrapped([(self.counts(), STRONG)], self.width, indent=0, hang=2)
        changes = self.triage.changes
        if changes is not None:
            told = self.words(
                "triage.changes",
                new=len(changes.new),
                changed=len(changes.changed),
                gone=len(changes.gone),
            )
            lines += wrapped([(told, "")], self.width, indent=0, hang=2)
        return lines

    def first(self) -> list[Text]:
        words = self.words
        if not self.triage.tickets:
            return []
        if not self.triage.first:
            return wrapped([(words("triage.nothing-first"), "")], self.width, indent=0, hang=0)
        lines = [Text(words("triage.first"), style=STRONG)]
        for number, one in enumerate(self.triage.first, start=1):
            lines += wrapped(
                [
                    (f"{number}.", STRONG),
                    (words(f"urgency.{one.urgency.value}"), _STYLES.get(one.urgency, "")),
                    (f"· {self._item(one)},", ""),
                    (words("triage.begin-with", ticket=one.ticket), STRONG),
                ],
                self.width,
                indent=0,
                hang=3,
            )
            why = "; ".join(reason_told(each, self.catalog, words) for each in one.reasons)
            lines += wrapped([(why, QUIET)], self.width, indent=3, hang=0, most=4)
        return lines

    def outages(self) -> list[Text]:
        if not self.triage.outages:
            return []
        lines = [Text(self.words("triage.outages"), style=STRONG)]
        shown = self._some(self.triage.outages, _OUTAGES)
        for one in shown:
            lines += wrapped([(self._outage(one), "")], self.width, indent=0, hang=2)
            names = ", ".join(self.words.site(site) for site in one.sites)
            lines += wrapped([(names, QUIET)], self.width, indent=2, hang=0, most=2)
            listed = ", ".join(one.tickets)
            lines += wrapped([(listed, QUIET)], self.width, indent=2, hang=0, most=2)
        return [*lines, *self._more(self.triage.outages, shown)]

    def groups(self) -> list[Text]:
        groups = self.triage.groups
        if not groups:
            return []
        shown = self._some(groups, _GROUPS)
        wide = self.width - _COUNT - _URGENCY - _QUEUE - _ID - 4
        lines = wrapped([(self.words("triage.groups"), STRONG)], self.width, indent=0, hang=2)
        lines.append(self._columns(("count", "urgency", "queue", "what", "group"), wide))
        for one in shown:
            cells = (
                (str(len(one.tickets)).rjust(_COUNT), _COUNT, ""),
                (
                    self.words(f"urgency.{one.urgency.value}"),
                    _URGENCY,
                    _STYLES.get(one.urgency, ""),
                ),
                (self.words(f"queue.{one.queue.value}"), _QUEUE, ""),
                (what_told(one.fingerprint, self.catalog, self.words), wide, ""),
                (one.id, _ID, QUIET),
            )
            lines.append(table_row(cells))
            lines += self._similar(one)
        return [*lines, *self._more(groups, shown)]

    def tickets(self) -> list[Text]:
        tickets = self.triage.tickets
        if not tickets:
            return []
        shown = self._some(tickets, _TICKETS)
        wide = self.width - _ID - _URGENCY - _QUEUE - _SITE - 4
        lines = [Text(self.words("triage.list"), style=STRONG)]
        lines.append(self._columns(("ticket", "urgency", "queue", "site", "name"), wide))
        lines += [self._ticket(one, wide) for one in shown]
        return [*lines, *self._more(tickets, shown)]

    def bad(self) -> list[Text]:
        if not self.triage.bad:
            return []
        lines = [Text(self.words("triage.bad"), style=STRONG)]
        shown = self._some(self.triage.bad, _BAD)
        for one in shown:
            pieces = [(f"{visible(one.name)}:", ""), (bad_told(one, self.words), QUIET)]
            lines += wrapped(pieces, self.width, indent=0, hang=2, most=None if self.whole else 2)
        return [*lines, *self._more(self.triage.bad, shown)]

    def _ticket(self, one: TriagedTicket, wide: int) -> Text:
        site = one.summary.remote_site
        return table_row((
            (one.id, _ID, STRONG),
            (self.words(f"urgency.{one.urgency.value}"), _URGENCY, _STYLES.get(one.urgency, "")),
            (self.words(f"queue.{one.queue.value}"), _QUEUE, ""),
            (visible(site) if site else "-", _SITE, ""),
            (self._name(one, wide), wide, QUIET),
        ))  # fmt: skip

    def _name(self, one: TriagedTicket, wide: int) -> str:
        """What it is called, and whether it is new; in a first run all are."""
        name = visible(one.name, limit=wide)
        if self.triage.changes is None or one.change == "same":
            return name
        return f"{self.words(f'triage.change.{one.change}')}: {name}"

    def _item(self, one: First) -> str:
        if one.kind == "outage":
            outage = next(each for each in self.triage.outages if each.id == one.id)
            return self._outage(outage)
        group = next(each for each in self.triage.groups if each.id == one.id)
        return f"{what_told(group.fingerprint, self.catalog, self.words)} [{one.id}]"

    def _outage(self, one: CommonOutage) -> str:
        words = self.words
        of, lost = outage_of(one, words), lost_together(one, words)
        return f"{of} [{one.id}]: {words.counted('triage.tickets', len(one.tickets))}, {lost}"

    def _similar(self, group: Group) -> Iterable[Text]:
        for one in group.similar[: None if self.whole else 1]:
            told = similar_told(one, self.catalog, self.words)
            yield from wrapped([(told, QUIET)], self.width, indent=_COUNT + 1, hang=2, most=2)

    def _columns(self, names: Sequence[str], wide: int) -> Text:
        widths = {"count": _COUNT, "urgency": _URGENCY, "queue": _QUEUE, "site": _SITE}
        widths |= {"what": wide, "name": wide, "group": _ID, "ticket": _ID}
        return table_row(
            (self.words(f"triage.column.{name}"), widths[name], QUIET) for name in names
        )

    def _some(self, entries: Sequence[_T], most: int) -> Sequence[_T]:
        return entries if self.whole else entries[:most]

    def _more(self, entries: Sequence[object], shown: Sequence[object]) -> list[Text]:
        left = len(entries) - len(shown)
        return [Text(self.words("triage.more", n=left), style=QUIET)] if left else []
