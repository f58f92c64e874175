"""Tickets as the store has them, for the terminal: a list, or one with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.catalog.catalog import Catalog
from assistant.desk.store.tickets import KeptTicket, Resolution
from reports.escape import visible
from reports.labels import Labels, Lang, labels
from reports.layout import QUIET, STRONG, table_row, wrapped
from reports.short import cause_name
from reports.styled import Text, joined

_ID, _STATE, _QUEUE, _SITE = 8, 8, 12, 16
_CAUSES = 5
_NOTE = 2000


def render_tickets(
    tickets: Sequence[KeptTicket], catalog: Catalog, lang: Lang, *, width: int = 80
) -> Text:
    """A table, one line each."""
    words = labels(lang)
    if not tickets:
        return Text(words("desk.none"))
    wide = (width - _ID - _STATE - _QUEUE - _SITE - 5) // 2
    names = ("ticket", "state", "queue", "site", "what", "name")
    widths = (_ID, _STATE, _QUEUE, _SITE, wide, wide)
    head = [words(f"triage.column.{name}") for name in names]
    lines = [table_row(zip(head, widths, [QUIET] * len(head), strict=True))]
    for one in tickets:
        site = one.summary.remote_site if one.summary else None
        cells = (
            one.id,
            words(f"desk.state.{_state(one)}"),
            words(f"queue.{one.queue.value}") if one.queue else "-",
            visible(site) if site else "-",
            cause_name(one.ranking[0][0], catalog, words) if one.ranking else "-",
            visible(one.name),
        )
        lines.append(table_row(zip(cells, widths, [STRONG, *[""] * 5], strict=True)))
    return joined("\n", lines)


def render_ticket(one: KeptTicket, catalog: Catalog, lang: Lang, *, width: int = 80) -> Text:
    """Everything of one ticket."""
    words = labels(lang)
    lines = wrapped(
        [(one.id, STRONG), (visible(one.name), ""), (visible(one.subject, limit=200), QUIET)],
        width,
        indent=0,
        hang=2,
    )
    ranking = ", ".join(
        f"{cause_name(cause, catalog, words)} {words.percent(share)}"
        for cause, share in one.ranking[:_CAUSES]
    )
    answers = ", ".join(f"{question}: {choice}" for question, choice in one.answers)
    inputs = ", ".join(visible(name) for name, _ in one.inputs)
    parts = (
        ("verdict", words(f"verdict.{one.verdict}")),
        ("ranking", ranking),
        ("answers", visible(answers, limit=1000)),
        ("inputs", inputs),
    )
    for name, told in parts:
        if told:
            pieces = [(f"{words(f'desk.show.{name}')}:", STRONG), (told, "")]
            lines += wrapped(pieces, width, indent=0, hang=2)
    for each in one.resolutions:
        pieces = [(f"{words('desk.show.resolutions')}:", STRONG), (_told(each, catalog, words), "")]
        lines += wrapped(pieces, width, indent=0, hang=2)
        if each.note:
            lines += wrapped([(visible(each.note, limit=_NOTE), QUIET)], width, indent=2, hang=0)
    return joined("\n", lines)


def _state(one: KeptTicket) -> str:
    if not one.resolutions:
        return "open"
    return "not-helped" if one.resolutions[-1].helped is False else "resolved"


def _told(one: Resolution, catalog: Catalog, words: Labels) -> str:
    known = catalog.remedies.get(one.remedy) if one.remedy else None
    holes = {
        "at": f"{one.at:%Y-%m-%d %H:%M} UTC",
        "who": visible(one.who),
        "cause": cause_name(one.cause, catalog, words),
        "remedy": words.title(known.title) if known else visible(one.remedy or ""),
    }
    if one.remedy is None:
        return words("desk.resolution", **holes)
    how = {True: "helped", False: "not-helped", None: "tried"}[one.helped]
    return words(f"desk.resolution.{how}", **holes)
