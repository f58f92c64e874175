"""What the triage page shows, worded for one language; templates only print it."""

from __future__ import annotations

from msgspec import Struct

from reports.labels import Labels, Lang


class SimilarView(Struct, frozen=True, kw_only=True):
    """An earlier case that was resolved."""

    told: str
    """`like K7F2Q: preshared key; what helped: the same key on both sides`."""
    helped: bool
    note: str
    """What whoever resolved it wrote; may be empty."""


class TicketView(Struct, frozen=True, kw_only=True):
    """One ticket in a row."""

    id: str
    """The short one: `K7F2Q`."""
    reference: str
    """The file, mail or line it came from."""
    subject: str
    """Of the mail or export; may be empty."""
    href: str
    """Of its report; empty if none was written."""
    reply_href: str
    """Of the reply draft; empty if none was written."""
    verdict: str
    """Id."""
    verdict_word: str
    urgency: str
    """Id: `now`, `today`, `later` and what more there may be."""
    urgency_word: str
    reasons: tuple[str, ...]
    """Why it is as urgent, the weightiest first."""
    queue: str
    """Id of who must act."""
    queue_word: str
    sites: str
    """Remote sites, the first few; `LAGER, NORD and 3 more`."""
    told: str
    """What happened, in one sentence."""
    cause: str
    """Title of the first cause; empty if there is none."""
    chance: str
    """`probable, about 3 in 4 (74 %)`."""
    width: str
    """Of the bar, 1 to 100; empty without a cause."""
    seen: str
    """When, by the device's clock; empty if nothing tells."""
    next: str
    """The first step or what is missing, in one sentence."""
    ask: str
    """Ready to be sent: what is missing, in the ticket's language; empty if nothing is."""
    ask_lang: str
    """Language of `ask`."""
    news: str
    """Id: `new`, `changed`, or empty."""
    news_word: str


class FirstView(Struct, frozen=True, kw_only=True):
    """One thing to take first, with the ticket to begin with."""

    title: str
    """Of the outage or the group."""
    href: str
    """Where it stands on the page."""
    count_told: str
    reasons: tuple[str, ...]
    ticket: TicketView
    explained: bool
    """By something that several tickets share: then the single case's cause says little."""
    next: str
    queue_word: str


class GroupView(Struct, frozen=True, kw_only=True):
    """Equal cases."""

    anchor: str
    title: str
    """The cause they share, or what they show where there is none."""
    count: int
    count_told: str
    """`14 tickets`."""
    sites_told: str
    """`12 remote sites`."""
    seen: str
    """From first to last, by the devices' clocks."""
    codes: tuple[str, ...]
    verdict: str
    verdict_word: str
    urgency: str
    urgency_word: str
    because: tuple[str, ...]
    """Why these are one group: what of the fingerprint they share, part by part."""
    similar: tuple[SimilarView, ...]
    tickets: tuple[TicketView, ...]
    """The first ones, the most urgent first."""
    more: str
    """How many are not shown; empty if none."""


class OutageView(Struct, frozen=True, kw_only=True):
    """Many sites lost at once: one outage."""

    anchor: str
    title: str
    """`One outage: 14 tickets lost 203.0.113.0/24 within 6 min`."""
    because: tuple[str, ...]
    """The evidence, sentence by sentence."""
    rows: tuple[tuple[str, str, str, str], ...]
    """Ticket, its link, remote site, when it was lost."""
    more: str
    advice: str


class BadView(Struct, frozen=True, kw_only=True):
    """A ticket that could not be used."""

    reference: str
    reason: str


class Choice(Struct, frozen=True, kw_only=True):
    """One value of a filter."""

    value: str
    word: str
    count: int


class TriageView(Struct, frozen=True, kw_only=True):
    """The whole page in one language."""

    lang: Lang
    words: Labels
    title: str
    headline: str
    counted: tuple[tuple[str, str], ...]
    """Verdict ids (`bad` too) and `12 with a fault`."""
    since: tuple[str, ...]
    """What is new, gone and changed since the last run; empty on the first."""
    first: tuple[FirstView, ...]
    """Which to take first: three, fewer where fewer need anything."""
    outages: tuple[OutageView, ...]
    groups: tuple[GroupView, ...]
    groups_more: str
    """How many groups are not shown; empty if none."""
    bad: tuple[BadView, ...]
    bad_more: str
    filters: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    """Name of the attribute, label, values: queue, urgency, verdict, news."""
    store: str
    """Where the tickets are kept."""
