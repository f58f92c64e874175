"""Compares two diagnoses: what is new, gone, changed or the same, and which sites look repaired.

It compares what was found; whether the difference proves anything depends on what the later trace
covers, which is said beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from assistant.model.answer import Answer
from assistant.model.diagnosis import (
    UNKNOWN_CAUSE,
    Diagnosis,
    Hypothesis,
    Incident,
    Origin,
    SiteState,
    State,
)
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Moment, Side, Source, SourceKind

_MOVED = 0.005
"""Difference of a probability from which on it counts as changed: what per cent can show."""
_SHORTER = 0.5
"""A trace of less than this share of the other's time shows little by showing no fault."""

Aspect: TypeAlias = Literal[
    "outcome", "stage", "codes", "occurrences", "recovered", "cause", "probability"
]
"""What of an incident may have changed."""


class Change(str, Enum):
    """What became of an incident."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"


class Course(str, Enum):
    """What became of a remote site, as far as the later case shows it."""

    FIXED = "fixed"
    """It had a fault, which no longer shows, and it is up."""
    UP_AGAIN = "up-again"
    """It is up at the end, but the later case shows the fault too."""
    STILL = "still"
    """The fault of then is there still."""
    OTHER_FAULT = "other-fault"
    """It had a fault and has another one."""
    NEW_FAULT = "new-fault"
    """It had none that was seen, and has one."""
    UNCLEAR = "unclear"
    """The fault no longer shows, but neither does a tunnel that is up."""
    NOT_COVERED = "not-covered"
    """The later case says nothing about it."""
    QUIET = "quiet"
    """No fault then, none now."""


class IncidentChange(Struct, frozen=True, kw_only=True):
    """One incident, then and now; at least one of them is there."""

    change: Change
    then: Incident | None
    now: Incident | None
    aspects: tuple[Aspect, ...] = ()
    """What differs, of a changed one."""
    rank_now: int | None = None
    """Place that its first cause of then has now, counted from 1; None if it has none."""

    @property
    def remote_site(self) -> RemoteSite:
        """As the later case calls it, if it knows it."""
        return self._either.remote_site

    @property
    def side(self) -> Side:
        """Whose trace shows it."""
        return self._either.side

    @property
    def _either(self) -> Incident:
        found = self.now or self.then
        if found is None:
            raise ValueError("neither then nor now")
        return found


class SiteChange(Struct, frozen=True, kw_only=True):
    """One remote site, then and now."""

    remote_site: RemoteSite
    then: SiteState | None
    """None if the local trace of then does not show it."""
    now: SiteState | None
    course: Course


class AnswerChange(Struct, frozen=True, kw_only=True):
    """One question that was answered, or answered otherwise."""

    id: str
    then: str | None
    """The choice; None if it was not answered."""
    now: str | None


class InputChange(Struct, frozen=True, kw_only=True):
    """Which files are the same, by their SHA-256."""

    kept: tuple[Source, ...]
    new: tuple[Source, ...]
    gone: tuple[Source, ...]

    @property
    def same(self) -> bool:
        """Both cases were made of the same files."""
        return not (self.new or self.gone)


class Comparison(Struct, frozen=True, kw_only=True):
    """What changed from one diagnosis to a later one."""

    report: str
    """Name of the report that tells of then."""
    then: Diagnosis
    now: Diagnosis
    sites: tuple[SiteChange, ...]
    """Those of then first, in their order."""
    incidents: tuple[IncidentChange, ...]
    """Those of the later case in their order, then those that are gone."""
    answers: tuple[AnswerChange, ...]
    inputs: InputChange
    same_knowledge: bool
    same_program: bool
    """Where one of both is not the same, a changed probability may come from that."""
    backwards: bool
    """The case that is compared ends before the report's begins: it shows the time before."""
    span_then_s: float | None
    """Seconds from the first to the last record of our own traces; None if that is not shown."""
    span_now_s: float | None

    @property
    def is_short(self) -> bool:
        """The later trace covers much less time: that a fault is not in it proves little."""
        if self.span_then_s is None or self.span_now_s is None:
            return False
        return self.span_now_s < self.span_then_s * _SHORTER

    def of(self, change: Change) -> tuple[IncidentChange, ...]:
        """The incidents of which that became."""
        return tuple(one for one in self.incidents if one.change is change)


def compare(then: Diagnosis, now: Diagnosis, *, report: str, program: str) -> Comparison:
    """What changed from one diagnosis to a later one.

    Args:
        then: The earlier one, as a report kept it.
        now: The later one.
        report: Name of the report with the earlier one.
        program: Version of this program, which judged what names none.
    """
    incidents = tuple(_incidents(then, now))
    first_then, last_then, last_now = _first(then), _last(then), _last(now)
    return Comparison(
        report=report,
        then=then,
        now=now,
        sites=tuple(_sites(then, now, incidents)),
        incidents=incidents,
        answers=tuple(_answers(then.answers, now.answers)),
        inputs=_inputs(then.sources, now.sources),
        same_knowledge=then.knowledge == now.knowledge,
        same_program=(then.program or program) == (now.program or program),
        backwards=_before(last_now, first_then),
        span_then_s=_span(first_then, last_then),
        span_now_s=_span(_first(now), last_now),
    )


# Incidents ----------------------------------------------------------------------

_Key: TypeAlias = Callable[[Incident], Hashable]


def leading_cause(incident: Incident) -> Hypothesis | None:
    """The first cause; None where there is none, or none of ours leads."""
    first = next(iter(incident.hypotheses), None)
    return first if first is not None and first.cause != UNKNOWN_CAUSE else None


def _cause(incident: Incident) -> str | None:
    leading = leading_cause(incident)
    return leading.cause if leading else None


def _of_fault(incident: Incident, value: tuple[str, ...] | str | None) -> Hashable:
    """A weak likeness counts between faults only; None matches nothing."""
    return value if value and incident.is_fault else None


def _signs(incident: Incident) -> tuple[str, ...]:
    """By what a fault is known: its codes; where a log has none, what decides."""
    decisive = tuple(one.id for one in incident.symptoms if one.decisive)
    return incident.error_codes or decisive


_KEYS: tuple[_Key, ...] = (
    lambda one: (one.outcome, one.stage, _signs(one), _cause(one)),
    lambda one: (one.outcome, one.stage, _signs(one)),
    lambda one: (one.outcome, _signs(one)),
    lambda one: _of_fault(one, _signs(one)),
    lambda one: _of_fault(one, _cause(one)),
    lambda one: None if one.is_fault else one.outcome,
)
"""By what two incidents of one remote site are the same, strictest first.

Not what `incidents.Grouping` puts together, which is what is equal within one case: another trace
of the same fault may show it less far, and in another release's knowledge base what decides has
other names.
"""


def _incidents(then: Diagnosis, now: Diagnosis) -> Iterator[IncidentChange]:
    matched = _matched(then.incidents, now.incidents)
    for one in now.incidents:
        before = matched.get(one.id)
        if before is None:
            yield IncidentChange(change=Change.NEW, then=None, now=one)
        else:
            yield _changed(before, one)
    for one in _others(then.incidents, matched.values()):
        yield IncidentChange(change=Change.GONE, then=one, now=None)


def _matched(then: Iterable[Incident], now: Iterable[Incident]) -> dict[str, Incident]:
    """The incident of then for each of now that has one, by the id of the latter."""
    left_then, left_now = list(then), list(now)
    matched: dict[str, Incident] = {}
    for key in _KEYS:
        waiting: dict[Hashable, list[Incident]] = defaultdict(list)
        for one in left_then:
            waiting[_identity(one), key(one)].append(one)
        unmatched = []
        for one in left_now:
            candidates = waiting.get((_identity(one), key(one)))
            if candidates and key(one) is not None:
                matched[one.id] = candidates.pop(0)
            else:
                unmatched.append(one)
        left_then = _others(left_then, matched.values())
        left_now = unmatched
    return matched


def _others(all_of_them: Iterable[Incident], some: Iterable[Incident]) -> list[Incident]:
    known = {one.id for one in some}
    return [one for one in all_of_them if one.id not in known]


def _identity(one: Incident) -> Hashable:
    """Whose incident it is; of an unnamed site its gateway says so."""
    return one.side, one.remote_site.casefold() or one.gateway, one.outcome is None


def _changed(then: Incident, now: Incident) -> IncidentChange:
    aspects = tuple(_aspects(then, now))
    return IncidentChange(
        change=Change.CHANGED if aspects else Change.SAME,
        then=then,
        now=now,
        aspects=aspects,
        rank_now=_rank(then, now),
    )


def _aspects(then: Incident, now: Incident) -> Iterator[Aspect]:
    if then.outcome is not now.outcome:
        yield "outcome"
    if then.stage is not now.stage:
        yield "stage"
    if then.error_codes != now.error_codes:
        yield "codes"
    if then.occurrences != now.occurrences:
        yield "occurrences"
    if then.recovered != now.recovered:
        yield "recovered"
    before, after = (next(iter(one.hypotheses), None) for one in (then, now))
    if (before.cause if before else None) != (after.cause if after else None):
        yield "cause"
    elif before and after and abs(before.probability - after.probability) >= _MOVED:
        yield "probability"


def _rank(then: Incident, now: Incident) -> int | None:
    if not then.hypotheses:
        return None
    wanted = then.hypotheses[0].cause
    return next(
        (place for place, one in enumerate(now.hypotheses, start=1) if one.cause == wanted), None
    )


# Remote sites ----------------------------------------------------------------------


def _sites(
    then: Diagnosis, now: Diagnosis, incidents: tuple[IncidentChange, ...]
) -> Iterator[SiteChange]:
    before = {_name(one.remote_site): one for one in then.sites}
    after = {_name(one.remote_site): one for one in now.sites}
    changes: dict[str, list[IncidentChange]] = defaultdict(list)
    for change in incidents:
        changes[_name(change.remote_site)].append(change)
    names = dict.fromkeys(
        one
        for case in (then, now)
        for one in (
            *(site.remote_site for site in case.sites),
            *(incident.remote_site for incident in case.incidents),
        )
    )
    configured = any(one.kind is SourceKind.LANCOM_CONFIG for one in now.sources)
    told: set[str] = set()
    for name in names:
        key = _name(name)
        if key in told:
            continue
        told.add(key)
        yield SiteChange(
            remote_site=name,
            then=before.get(key),
            now=after.get(key),
            course=_course(changes[key], after.get(key), configured=configured),
        )


def _name(site: RemoteSite) -> str:
    return site.casefold()


def _course(changes: list[IncidentChange], now: SiteState | None, *, configured: bool) -> Course:
    """What became of a site, by its incidents and by its state at the end of the later trace.

    Args:
        changes: Its incidents, then and now.
        now: Its state.
        configured: The later case has a configuration, which tells nothing where all is right.
    """
    faults_then = [one for one in changes if one.then is not None and one.then.is_fault]
    faults_now = [one for one in changes if one.now is not None and one.now.is_fault]
    up = now is not None and now.state_at_end is State.UP
    if not any(one.now is not None for one in changes):
        by_settings = {one.then.origin for one in faults_then if one.then is not None}
        unseen = configured and by_settings == {Origin.CONFIGURATION}
        return Course.UNCLEAR if unseen else Course.NOT_COVERED
    if not faults_then:
        return Course.NEW_FAULT if faults_now else Course.QUIET
    if not faults_now:
        return Course.FIXED if up and _came_up(changes) else Course.UNCLEAR
    if up and all(one.now is not None and one.now.recovered for one in faults_now):
        return Course.UP_AGAIN
    same = any(one.then is not None and one.then.is_fault for one in faults_now)
    return Course.STILL if same else Course.OTHER_FAULT


def _came_up(changes: list[IncidentChange]) -> bool:
    """Whether the later trace shows the tunnel up, and not only that it was not seen to fail."""
    return any(one.now is not None and one.now.outcome is Outcome.ESTABLISHED for one in changes)


# What both rest on ----------------------------------------------------------------------


def _answers(then: Iterable[Answer], now: Iterable[Answer]) -> Iterator[AnswerChange]:
    before = {one.id: one.choice for one in then}
    after = {one.id: one.choice for one in now}
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield AnswerChange(id=name, then=before.get(name), now=after.get(name))


def _inputs(then: tuple[Source, ...], now: tuple[Source, ...]) -> InputChange:
    before = {one.sha256 for one in then}
    after = {one.sha256 for one in now}
    return InputChange(
        kept=tuple(one for one in now if one.sha256 in before),
        new=tuple(one for one in now if one.sha256 not in before),
        gone=tuple(one for one in then if one.sha256 not in after),
    )


def _ours(diagnosis: Diagnosis) -> Iterator[Source]:
    """What shows time from our side."""
    for one in diagnosis.sources:
        if one.side is not Side.REMOTE and one.kind is not SourceKind.LANCOM_CONFIG:
            yield one


def _first(diagnosis: Diagnosis) -> Moment | None:
    return min((one.first for one in _ours(diagnosis) if one.first), default=None)


def _last(diagnosis: Diagnosis) -> Moment | None:
    return max((one.last for one in _ours(diagnosis) if one.last), default=None)


def _span(first: Moment | None, last: Moment | None) -> float | None:
    if first is None or last is None or first.dated != last.dated:
        return None
    return last.seconds_since(first)


def _before(one: Moment | None, other: Moment | None) -> bool:
    """Whether one lies before the other, where both have a date."""
    if one is None or other is None or not (one.dated and other.dated):
        return False
    return one.at < other.at
