"""Words two routers' settings for one tunnel side by side: what differs first, the rest folded."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from assistant.model.diagnosis import Incident
from assistant.model.finding import Comparison, Match, SideBySide, Subject
from assistant.model.setting import Order, Secret, Shown
from reports.escape import visible
from reports.labels import Labels
from reports.lines import Annotation
from reports.links import Ref
from reports.records import SETTINGS_SHOWN

_VALUE_LIMIT = 200
_COMMON_SHOWN = 6
_FROM_COLUMN = 4
"""From so many columns on a row's columns are not listed one by one."""
_IKEV2 = "/Setup/VPN/IKEv2/"
_LIFETIMES = frozenset({Subject.IKE_LIFETIME, Subject.IPSEC_LIFETIME})
_RANKS = {Match.DIFFERENT: 0, Match.COMMON: 1, Match.UNKNOWN: 2, Match.EQUAL: 3}
_IN_ORDER = (
    Subject.IKE_VERSION,
    Subject.EXCHANGE_MODE,
    Subject.IKE_PROPOSALS,
    Subject.IKE_GROUP,
    Subject.OUR_AUTH_METHOD,
    Subject.THEIR_AUTH_METHOD,
    Subject.OUR_IDENTITY,
    Subject.THEIR_IDENTITY,
    Subject.OUR_KEY,
    Subject.THEIR_KEY,
    Subject.OUR_NETWORKS,
    Subject.THEIR_NETWORKS,
    Subject.IPSEC_PROPOSALS,
    Subject.PFS_GROUP,
    Subject.IKE_LIFETIME,
    Subject.IPSEC_LIFETIME,
)
"""As a negotiation comes to them; it fails at the first that does not fit."""
_KEYS = frozenset({Subject.OUR_KEY, Subject.THEIR_KEY})


class SettingView(Struct, frozen=True, kw_only=True):
    """What one row of a configuration says of one thing."""

    value: str
    table: str
    """`/Setup/VPN/Layer`."""
    row: str
    """The row's key; empty for a single setting."""
    columns: str
    """`PFS-Grp`; `IKE-Crypt-Alg ... IKE-Auth-Mode` of many."""
    note: str
    """Where the column is known from a remembered order only; else empty."""
    ref: Ref


class ComparisonView(Struct, frozen=True, kw_only=True):
    """One line of the table."""

    subject: str
    match_id: str
    match: str
    symbol: str
    told: str
    """What is in common, or why nothing can be said; may be empty."""
    harmless: bool
    """Different, and nothing fails by that."""
    ours: tuple[SettingView, ...]
    theirs: tuple[SettingView, ...]
    ours_more: str
    """How many further entries our side has; empty if all are shown."""
    theirs_more: str

    @property
    def subject_short(self) -> str:
        """The subject without what stands in parentheses."""
        return self.subject.split(" (")[0]

    @property
    def ours_short(self) -> str:
        """Our side in one line."""
        return "; ".join(one.value for one in self.ours)

    @property
    def theirs_short(self) -> str:
        """Theirs in one line."""
        return "; ".join(one.value for one in self.theirs)


class SideBySideView(Struct, frozen=True, kw_only=True):
    """The whole table, in four parts."""

    told: str
    """Which entries are compared, and why these belong together."""
    summary: str
    """How many of each kind."""
    differing: tuple[ComparisonView, ...]
    """Different ones, then those that have something in common."""
    unknown: tuple[ComparisonView, ...]
    unknown_title: str
    equal: tuple[ComparisonView, ...]
    equal_title: str

    @property
    def different(self) -> tuple[ComparisonView, ...]:
        """Those that have nothing in common although they should."""
        return tuple(
            one
            for one in self.differing
            if one.match_id == Match.DIFFERENT.value and not one.harmless
        )


def side_by_side_view(
    incident: Incident, annotation: Annotation, words: Labels
) -> SideBySideView | None:
    """The comparison of an incident; None if there are no two configurations."""
    both = incident.side_by_side
    if both is None:
        return None
    ordered = sorted(
        both.comparisons, key=lambda one: (_RANKS[one.match], _IN_ORDER.index(one.subject))
    )
    views = [_comparison_view(one, annotation, words) for one in ordered]
    unknown = tuple(one for one in views if one.match_id == Match.UNKNOWN.value)
    equal = tuple(one for one in views if one.match_id == Match.EQUAL.value)
    return SideBySideView(
        told=_told(both, words),
        summary=_summary(both, words),
        differing=tuple(one for one in views if one not in unknown and one not in equal),
        unknown=unknown,
        unknown_title=words.counted("html.not-compared", len(unknown)),
        equal=equal,
        equal_title=words.counted("html.equal", len(equal)),
    )


def _told(both: SideBySide, words: Labels) -> str:
    return words(
        "side-by-side.told",
        ours=words.site(both.remote_site),
        our_source=visible(both.our_source),
        theirs=words.site(both.their_site),
        their_source=visible(both.their_source),
        reasons=", ".join(words(f"pair-reason.{one}") for one in both.reasons),
    )


def _summary(both: SideBySide, words: Labels) -> str:
    counts = Counter(one.match for one in both.comparisons)
    return ", ".join(
        words(
            "side-by-side.count", n=words.number(counts[match]), match=words(f"match.{match.value}")
        )
        for match in _RANKS
        if counts[match]
    )


def _comparison_view(one: Comparison, annotation: Annotation, words: Labels) -> ComparisonView:
    return ComparisonView(
        subject=words(f"subject.{one.subject.value}"),
        match_id=one.match.value,
        match=words(f"match.{one.match.value}"),
        symbol=words(f"match-symbol.{one.match.value}"),
        told=words("match.lifetime.told") if _is_harmless(one) else _why(one, words),
        harmless=_is_harmless(one),
        ours=_settings(one, one.ours, annotation, words),
        theirs=_other_key(one, _settings(one, one.theirs, annotation, words), words),
        ours_more=_more(one.ours, words),
        theirs_more=_more(one.theirs, words),
    )


def _other_key(
    one: Comparison, theirs: tuple[SettingView, ...], words: Labels
) -> tuple[SettingView, ...]:
    """Says of two keys that are both set that they are not the same."""
    if one.subject not in _KEYS or one.match is not Match.DIFFERENT:
        return theirs
    states = {str(setting.value) for setting in (*one.ours, *one.theirs)}
    if len(states) > 1:
        return theirs
    return tuple(replace(view, value=words("setting.set.other")) for view in theirs)


def _is_harmless(one: Comparison) -> bool:
    """Life times of IKEv2 are each side's own affair (RFC 7296, 2.8)."""
    return (
        one.subject in _LIFETIMES
        and one.match is Match.DIFFERENT
        and any(setting.table.startswith(_IKEV2) for setting in (*one.ours, *one.theirs))
    )


def _why(one: Comparison, words: Labels) -> str:
    """What is in common of two that are not equal; why two cannot be compared."""
    if one.match is Match.COMMON and one.common:
        shown = ", ".join(visible(text) for text in one.common[:_COMMON_SHOWN])
        more = ", ..." if len(one.common) > _COMMON_SHOWN else ""
        return words("match.common.told", common=shown + more)
    if one.match is not Match.UNKNOWN:
        return ""
    missing: Literal["neither", "ours", "theirs", "unsure"] = "unsure"
    if not one.ours:
        missing = "ours" if one.theirs else "neither"
    elif not one.theirs:
        missing = "theirs"
    return words(f"match.unknown.{missing}")


def _settings(
    comparison: Comparison, settings: tuple[Shown, ...], annotation: Annotation, words: Labels
) -> tuple[SettingView, ...]:
    """The settings, those of one row together."""
    rows: dict[tuple[object, ...], list[Shown]] = {}
    for one in settings[:SETTINGS_SHOWN]:
        rows.setdefault((one.table, one.row, one.place.first_line), []).append(one)
    return tuple(_setting(comparison.subject, row, annotation, words) for row in rows.values())


def _setting(
    subject: Subject, row: list[Shown], annotation: Annotation, words: Labels
) -> SettingView:
    first = row[0]
    columns = list(dict.fromkeys(visible(one.column) for one in row))
    remembered = any(one.order is Order.UNVERIFIED for one in row)
    (ref, *_) = annotation.refs((first.place,), words)
    return SettingView(
        value=_row_value(subject, row, words),
        table=visible(first.table, limit=_VALUE_LIMIT),
        row=visible(first.row),
        columns=(
            ", ".join(columns) if len(columns) < _FROM_COLUMN else f"{columns[0]} ... {columns[-1]}"
        ),
        note=words("order.unverified") if remembered else "",
        ref=ref,
    )


def _row_value(subject: Subject, row: list[Shown], words: Labels) -> str:
    if subject is Subject.IKE_VERSION:
        # What is compared is the table that the entry stands in, not its name.
        return "IKEv2" if any(one.table.startswith(_IKEV2) for one in row) else "IKEv1"
    values = [setting_value(one, words, seconds=subject in _LIFETIMES) for one in row]
    one_column = len({one.column for one in row}) == 1
    return (", " if one_column else " ").join(values)


def setting_value(setting: Shown, words: Labels, *, seconds: bool = False) -> str:
    """One value in words; of a secret only whether there is one."""
    value = setting.value
    if isinstance(value, Secret):
        return words(f"setting.{value.state}")
    if isinstance(value, bool):
        return words("setting.yes" if value else "setting.no")
    if isinstance(value, int):
        text = words.number(value)
        return words("setting.seconds", n=text) if seconds else text
    return visible(value, limit=_VALUE_LIMIT) if value else words("setting.empty")


def _more(settings: tuple[Shown, ...], words: Labels) -> str:
    left_out = len(settings) - SETTINGS_SHOWN
    return words.counted("setting.more", left_out) if left_out > 0 else ""
