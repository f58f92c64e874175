"""Words a triage for one language of its page: decided and made safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from urllib.parse import quote

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Verdict
from assistant.model.event import RemoteSite
from assistant.model.ticket import TicketId
from assistant.model.triage import (
    CaseSummary,
    CommonOutage,
    Fingerprint,
    First,
    Group,
    Queue,
    Similar,
    Triage,
    TriagedTicket,
    Urgency,
)
from reports.causes import chance
from reports.escape import visible
from reports.labels import Lang, labels
from reports.triage.json_v1 import Written
from reports.triage.view import (
    BadView,
    Choice,
    FirstView,
    GroupView,
    OutageView,
    SimilarView,
    TicketView,
    TriageView,
)
from reports.triage.words import (
    bad_told,
    lost_together,
    outage_of,
    reason_told,
    similar_told,
    what_told,
)

MOST_TICKETS = 60
"""Tickets of one group that are shown."""
_GROUPS = 150
_OUTAGES = 20
_SIGHTINGS = 60
_BAD = 100
_SITES = 3
_GONE = 12
_SIMILAR = 3
_TEXT = 160
_REQUEST = 4000


def triage_view(  # noqa: PLR0913 - what a page is worded by
    triage: Triage,
    catalog: Catalog,
    lang: Lang,
    written: Written,
    *,
    store: str = "",
    most_tickets: int = MOST_TICKETS,
) -> TriageView:
    """Words a triage.

    Args:
        triage: What was decided.
        catalog: Has the words for causes, remedies and inputs.
        lang: Of everything but names, and what is sent to somebody.
        written: Where the report and the reply of a ticket lie, seen from the page.
        store: Where the tickets are kept; shown at the end.
        most_tickets: Of one group that are shown.
    """
    tickets = {one.id: one for one in triage.tickets}
    return _Wording(triage, catalog, lang, written, tickets).view(store, most_tickets)


class _Wording(Struct):
    triage: Triage
    catalog: Catalog
    lang: Lang
    written: Written
    tickets: Mapping[TicketId, TriagedTicket]

    def view(self, store: str, most: int) -> TriageView:
        triage, words = self.triage, labels(self.lang)
        tickets = words.counted("triage.tickets", len(triage.tickets))
        firsts = tuple(self._first(one) for one in triage.first)
        named = [one.ticket.id for one in firsts]
        key = "triage.page.headline" if named else "triage.page.headline.none"
        return TriageView(
            lang=self.lang,
            words=words,
            title=words("triage.page.title", tickets=tickets),
            headline=words(key, tickets=tickets, first=self._listed(named)),
            counted=tuple(self._counted()),
            since=tuple(self._since()),
            first=firsts,
            outages=tuple(self._outage(one) for one in triage.outages[:_OUTAGES]),
            groups=tuple(self._group(one, most) for one in triage.groups[:_GROUPS]),
            groups_more=words.counted_if_any(
                "triage.page.more-groups", len(triage.groups) - _GROUPS
            ),
            bad=tuple(
                BadView(reference=visible(one.name, limit=_TEXT), reason=bad_told(one, words))
                for one in triage.bad[:_BAD]
            ),
            bad_more=words.counted_if_any("triage.page.more-bad", len(triage.bad) - _BAD),
            filters=tuple(self._filters()),
            store=visible(store, limit=1000),
        )

    # The whole ---------------------------------------------------------------------------

    def _listed(self, names: Sequence[str]) -> str:
        if len(names) <= 1:
            return "".join(names)
        words = labels(self.lang)
        return words("triage.page.and", some=", ".join(names[:-1]), last=names[-1])

    def _counted(self) -> Iterable[tuple[str, str]]:
        words = labels(self.lang)
        found = Counter(one.summary.verdict.value for one in self.triage.tickets)
        found["bad"] = len(self.triage.bad)
        for verdict in (*(one.value for one in Verdict), "bad"):
            if found[verdict]:
                told = words(f"triage.page.verdict.{verdict}", n=words.number(found[verdict]))
                yield verdict, told

    def _since(self) -> Iterable[str]:
        words, changes = labels(self.lang), self.triage.changes
        if changes is None:
            return
        yield words("triage.page.new", n=words.number(len(changes.new)))
        yield words("triage.page.changed", n=words.number(len(changes.changed)))
        if changes.gone:
            named = [f"{name} ({visible(where, limit=64)})" for name, where in changes.gone[:_GONE]]
            left = len(changes.gone) - _GONE
            more = [words("triage.more", n=words.number(left))] if left > 0 else []
            yield words("triage.page.gone", tickets=", ".join((*named, *more)))

    def _filters(self) -> Iterable[tuple[str, str, tuple[Choice, ...]]]:
        words, tickets = labels(self.lang), self.triage.tickets
        kinds: tuple[tuple[str, str, list[tuple[str, str]], Counter[str]], ...] = (
            (
                "urgency",
                words("triage.page.urgency"),
                [(one.value, words(f"urgency.{one.value}")) for one in Urgency],
                Counter(one.urgency.value for one in tickets),
            ),
            (
                "queue",
                words("triage.page.queue"),
                [(one.value, words(f"queue.{one.value}")) for one in Queue],
                Counter(one.queue.value for one in tickets),
            ),
            (
                "verdict",
                words("triage.page.verdict"),
                [(one.value, words(f"verdict.{one.value}")) for one in Verdict],
                Counter(one.summary.verdict.value for one in tickets),
            ),
            (
                "news",
                words("triage.page.news"),
                [(one, words(f"triage.change.{one}")) for one in ("new", "changed", "same")],
                Counter(one.change for one in tickets),
            ),
        )
        for name, label, values, counts in kinds:
            choices = tuple(
                Choice(value=value, word=word, count=counts[value])
                for value, word in values
                if counts[value]
            )
            if name != "news" or self.triage.changes is not None:
                yield name, label, choices

    # What comes first ---------------------------------------------------------------------

    def _first(self, one: First) -> FirstView:
        words = labels(self.lang)
        ticket = self._ticket(self.tickets[one.ticket])
        step, queue = ticket.next, ticket.queue_word
        if one.kind == "outage":
            outage = self._outage_of(one.id)
            title = self._outage_title(outage)
            step = words(f"triage.page.outage.advice.{outage.basis}")
            shared = Queue.PROVIDER if outage.basis == "network" else Queue.PEER
            queue = words(f"queue.{shared.value}")
        else:
            title = what_told(self._group_of(one.id).fingerprint, self.catalog, words)
        return FirstView(
            title=title,
            href=f"#{one.kind}-{one.id}",
            count_told=words.counted("triage.tickets", one.tickets),
            reasons=tuple(reason_told(each, self.catalog, words) for each in one.reasons),
            ticket=ticket,
            explained=one.kind == "outage",
            next=step,
            queue_word=queue,
        )

    def _outage_of(self, outage: str) -> CommonOutage:
        return next(one for one in self.triage.outages if one.id == outage)

    def _group_of(self, group: str) -> Group:
        return next(one for one in self.triage.groups if one.id == group)

    # Outages ------------------------------------------------------------------------------

    def _outage_title(self, one: CommonOutage) -> str:
        words = labels(self.lang)
        of = outage_of(one, words)
        return f"{of}: {words.counted('triage.tickets', len(one.tickets))}"

    def _outage(self, one: CommonOutage) -> OutageView:
        words = labels(self.lang)
        lost = lost_together(one, words)
        basis = words(f"triage.page.outage.{one.basis}", subject=visible(one.subject))
        return OutageView(
            anchor=f"outage-{one.id}",
            title=self._outage_title(one),
            because=(f"{lost[:1].upper()}{lost[1:]}.", basis),
            rows=tuple(
                (
                    each.ticket,
                    self._href(each.ticket, "report"),
                    words.site(each.loss.remote_site),
                    words.moment(each.loss.at),
                )
                for each in one.sightings[:_SIGHTINGS]
            ),
            more=words.counted_if_any("triage.page.more-tickets", len(one.sightings) - _SIGHTINGS),
            advice=words(f"triage.page.outage.advice.{one.basis}"),
        )

    # Groups -------------------------------------------------------------------------------

    def _group(self, one: Group, most: int) -> GroupView:
        words = labels(self.lang)
        tickets = [self.tickets[each] for each in one.tickets]
        period = one.first_seen is not None and one.last_seen is not None
        return GroupView(
            anchor=f"group-{one.id}",
            title=self._group_title(one.fingerprint),
            count=len(tickets),
            count_told=words.counted("triage.tickets", len(tickets)),
            sites_told=words.counted("triage.sites", len(one.sites)),
            seen=words.period(one.first_seen, one.last_seen) if period else "",
            codes=tuple(visible(each) for each in one.fingerprint.codes),
            verdict=tickets[0].summary.verdict.value,
            verdict_word=words(f"verdict.{tickets[0].summary.verdict.value}"),
            urgency=one.urgency.value,
            urgency_word=words(f"urgency.{one.urgency.value}"),
            because=tuple(self._because(one)),
            similar=tuple(self._similar(each) for each in one.similar[:_SIMILAR]),
            tickets=tuple(self._ticket(each) for each in tickets[:most]),
            more=words.counted_if_any("triage.page.more-tickets", len(tickets) - most),
        )

    def _group_title(self, fingerprint: Fingerprint) -> str:
        words = labels(self.lang)
        cause = self.catalog.causes.get(fingerprint.cause or "")
        if cause is not None:
            return words.title(cause.title)
        return what_told(fingerprint, self.catalog, words) or words("triage.no-cause")

    def _because(self, one: Group) -> Iterable[str]:
        """What of the fingerprint they share."""
        words, shared = labels(self.lang), one.fingerprint
        if len(one.tickets) == 1:
            yield words("triage.page.same.alone")
        cause = self.catalog.causes.get(shared.cause or "")
        parts = (
            ("outcome", words(f"outcome.{shared.outcome}") if shared.outcome else ""),
            ("stage", words(f"stage.{shared.stage}") if shared.stage else ""),
            ("codes", ", ".join(map(visible, shared.codes))),
            ("cause", words.title(cause.title) if cause else visible(shared.cause or "")),
            ("attribute", visible(shared.attribute) if shared.attribute else ""),
        )
        for name, value in parts:
            if value:
                yield words(f"triage.page.same.{name}", value=value)

    def _similar(self, one: Similar) -> SimilarView:
        return SimilarView(
            told=similar_told(one, self.catalog, labels(self.lang)),
            helped=one.helped is True,
            note=visible(one.note, limit=_TEXT) if one.note else "",
        )

    # Tickets ------------------------------------------------------------------------------

    def _ticket(self, one: TriagedTicket) -> TicketView:
        words, found = labels(self.lang), one.summary
        cause = self.catalog.causes.get(found.fingerprint.cause or "")
        period = found.first_seen is not None and found.last_seen is not None
        asked = next((each.request for each in found.wanted if each.request), "")
        return TicketView(
            id=one.id,
            reference=visible(one.name, limit=_TEXT),
            subject=visible(one.subject, limit=_TEXT) if one.subject else "",
            href=self._href(one.id, "report"),
            reply_href=self._href(one.id, "reply"),
            verdict=found.verdict.value,
            verdict_word=words(f"verdict.{found.verdict.value}"),
            urgency=one.urgency.value,
            urgency_word=words(f"urgency.{one.urgency.value}"),
            reasons=tuple(reason_told(each, self.catalog, words) for each in one.reasons),
            queue=one.queue.value,
            queue_word=words(f"queue.{one.queue.value}"),
            sites=self._sites(found.sites or tuple(filter(None, (found.remote_site,)))),
            told=what_told(found.fingerprint, self.catalog, words),
            cause=words.title(cause.title) if cause else "",
            chance=self._chance(found) if cause else "",
            width=f"{max(1.0, (found.probability or 0) * 100):.0f}" if cause else "",
            seen=words.period(found.first_seen, found.last_seen) if period else "",
            next=self._next(one),
            ask=visible(asked, limit=_REQUEST, lines=True) if asked else "",
            ask_lang=one.language,
            news=one.change if self.triage.changes is not None else "",
            news_word=words(f"triage.change.{one.change}"),
        )

    def _chance(self, found: CaseSummary) -> str:
        if found.probability is None or found.standing is None:
            return ""
        return chance(found.standing, found.probability, labels(self.lang))

    def _next(self, one: TriagedTicket) -> str:
        words, step = labels(self.lang), one.summary.step
        entries = self.catalog.remedies if step and step.kind == "remedy" else self.catalog.inputs
        entry = entries.get(step.id) if step else None
        if entry is not None:
            return words.title(entry.title)
        key = "nobody-must" if one.queue is Queue.NOBODY else "look"
        return words(f"triage.why.{key}")

    def _sites(self, sites: Sequence[RemoteSite]) -> str:
        words = labels(self.lang)
        named = ", ".join(words.site(site) for site in sites[:_SITES])
        left = len(sites) - _SITES
        if left <= 0:
            return named
        return words("triage.page.sites-more", sites=named, n=words.number(left))

    def _href(self, ticket: TicketId, what: str) -> str:
        beside = self.written(ticket)
        if beside is None:
            return ""
        path: PurePath = beside.report if what == "report" else beside.reply
        return quote(path.as_posix())
