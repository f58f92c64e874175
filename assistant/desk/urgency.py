"""Who must act on a ticket, how soon, and why: points that a person can add up."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.model.diagnosis import LIKELY, UNKNOWN_CAUSE, Verdict
from assistant.model.negotiation import Outcome
from assistant.model.triage import CaseSummary, CommonOutage, Queue, Reason, Urgency

_NOW = 7
_TODAY = 4
_HAND_OVER = "escalate"
"""The remedy that is none: somebody else must look at it."""
_MANY = ((20, 3), (5, 2), (2, 1))
"""Sites with a fault in one ticket, and the points for so many."""
_LONG_S = ((4 * 3600, 2), (900, 1))
_OFTEN = 3
_QUICK_MINUTES = 15
_REPAIRS = {"provider": Queue.PROVIDER, "remote": Queue.PEER}
"""Whoever repairs it; what both sides have to do begins here."""


def urgency_of(points: int, verdict: Verdict) -> Urgency:
    """How soon a ticket of so many points is taken; nothing is urgent about a healthy tunnel.

    >>> urgency_of(7, Verdict.FAULT).value, urgency_of(1, Verdict.INCONCLUSIVE).value
    ('now', 'later')
    """
    if verdict is Verdict.HEALTHY:
        return Urgency.NONE
    if points >= _NOW:
        return Urgency.NOW
    return Urgency.TODAY if points >= _TODAY else Urgency.LATER


def reasons_of(summary: CaseSummary, outage: CommonOutage | None = None) -> tuple[Reason, ...]:
    """What makes it urgent, the heaviest first, then who must act.

    Args:
        summary: Of the ticket.
        outage: The largest that it is part of.
    """
    points = sorted(_points(summary, outage), key=lambda one: -one.points)
    return (*points, _hands(summary, outage)[1])


def queue_of(summary: CaseSummary, outage: CommonOutage | None = None) -> Queue:
    """Who must act next."""
    return _hands(summary, outage)[0]


def _points(summary: CaseSummary, outage: CommonOutage | None) -> Iterator[Reason]:
    if summary.verdict is Verdict.HEALTHY:
        yield Reason(id="healthy")
        return
    yield _what(summary)
    if summary.down_count:
        yield Reason(id="down", points=3, values=(("n", summary.down_count),))
    elif summary.recovered:
        yield Reason(id="recovered", points=-1)
    if points := _reached(summary.site_count, _MANY):
        yield Reason(id="sites", points=points, values=(("n", summary.site_count),))
    lasted = summary.outage_s or 0.0
    if points := _reached(lasted, _LONG_S):
        yield Reason(id="long", points=points, values=(("seconds", lasted),))
    if summary.verdict is Verdict.FAULT and summary.occurrences >= _OFTEN:
        yield Reason(id="often", points=1, values=(("n", summary.occurrences),))
    if outage is None:
        yield from _sure(summary)
    else:
        yield Reason(id="shared", points=2, values=(("n", len(outage.tickets)),))


def _what(summary: CaseSummary) -> Reason:
    """What is wrong; who had a tunnel and lost it stands still, who never had one was not there."""
    if summary.verdict is Verdict.INCONCLUSIVE:
        return Reason(id="inconclusive", points=1)
    if summary.fingerprint.outcome == Outcome.LOST.value:
        return Reason(id="lost", points=2)
    if summary.fingerprint.outcome == Outcome.FAILED.value:
        return Reason(id="failed", points=1)
    return Reason(id="configured-wrong", points=1)


def _reached(value: float, steps: tuple[tuple[int, int], ...]) -> int:
    """The points of the first step that is reached."""
    return next((points for least, points in steps if value >= least), 0)


def _sure(summary: CaseSummary) -> Iterator[Reason]:
    """A cause that is known and quickly repaired goes before one that is guessed."""
    step, cause = summary.step, summary.fingerprint.cause
    if step is None or step.kind != "remedy" or step.id == _HAND_OVER:
        return
    likely = cause not in (None, UNKNOWN_CAUSE) and (summary.probability or 0.0) >= LIKELY
    if likely and step.minutes <= _QUICK_MINUTES:
        yield Reason(
            id="quick", points=1, values=(("cause", cause or ""), ("minutes", step.minutes))
        )


def _hands(summary: CaseSummary, outage: CommonOutage | None) -> tuple[Queue, Reason]:
    """Who must act, and by what that is known."""
    if summary.verdict is Verdict.HEALTHY:
        return Queue.NOBODY, Reason(id="nobody-must")
    if outage is not None:
        # What its own trace makes likely is not what struck all of them at once.
        subject = (("subject", outage.subject),)
        if outage.basis == "network":
            return Queue.PROVIDER, Reason(id="ask-network", values=subject)
        return Queue.PEER, Reason(id="ask-peer", values=subject)
    return _hands_alone(summary)


def _hands_alone(summary: CaseSummary) -> tuple[Queue, Reason]:
    step = summary.step
    if step is not None and step.kind == "input":
        sent = (("input", step.id),)
        theirs = step.who == "remote"
        queue = Queue.PEER if theirs else Queue.CUSTOMER
        return queue, Reason(id="peer-sends" if theirs else "send", values=sent)
    if step is None and summary.missing:
        return Queue.CUSTOMER, Reason(id="send", values=(("input", summary.missing[0]),))
    cause, probability = summary.fingerprint.cause, summary.probability or 0.0
    unexplained = cause == UNKNOWN_CAUSE and probability >= LIKELY
    if step is None or unexplained or step.id == _HAND_OVER:
        known = step is None and not unexplained
        return (Queue.HERE if known else Queue.LANCOM), Reason(id="look" if known else "hand-over")
    return _REPAIRS.get(step.who, Queue.HERE), Reason(
        id="repair", values=(("remedy", step.id), ("minutes", step.minutes))
    )
