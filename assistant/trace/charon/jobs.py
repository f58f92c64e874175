"""Whose line is it, in a log that prints no connection: by thread, names and addresses.

By default charon prints `12[IKE] received packet: ...` without `<BUGFIX|1>`. A thread works for one
IKE_SA at a time and begins a piece of work with a packet, a repetition, a check or a call; the
lines of this piece belong together, and one of them tells a name or the addresses.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from assistant.catalog.message import Reading
from assistant.model.event import Address, Event, RemoteSite, Role
from assistant.model.ike_event import (
    DpdTimedOut,
    GaveUp,
    IkePacket,
    IkeSaAbandoned,
    NoIkeConfig,
    Retransmission,
)
from assistant.model.message import IkeNegotiationStarted
from assistant.model.newer_message import DpdMessage, GatewayResolved, IkeMessage
from assistant.model.source import Moment, Place
from assistant.trace.charon.attempt import Attempt, Attempts
from assistant.trace.charon.record import CharonRecord

Given = tuple[Attempt, Place, Reading]

_PENDING = 60
"""Lines of one piece of work that wait for a name."""
_THREADS = 1_000
_PIECE_S = 1.0
"""A piece of work takes milliseconds; syslog counts whole seconds."""
_BEGINS = (Retransmission, GaveUp, DpdMessage, DpdTimedOut, IkeSaAbandoned)
_OPENING = ("IKE_SA_INIT", "ID_PROT", "AGGRESSIVE")


class _Job(Struct):
    """One piece of work of one thread."""

    attempt: Attempt | None = None
    packet: IkePacket | None = None
    """That it began with."""
    last: Moment | None = None
    pending: list[tuple[Place, Reading]] = field(default_factory=list)


class Jobs:
    """Gives lines without a number to the negotiations they belong to."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._jobs: dict[int, _Job] = {}

    def give(self, record: CharonRecord, reading: Reading) -> Iterator[Given]:
        """The lines of which it is known now where they belong, in order."""
        thread = record.thread if record.thread is not None else -1
        job = self._jobs.get(thread)
        event, time = reading.event, record.time
        if job is None or _begins(event) or _is_late(job, time):
            if job is not None:
                yield from self._close(job)
            job = self._jobs[thread] = _Job()
            if len(self._jobs) > _THREADS:
                yield from self._close(self._jobs.pop(next(iter(self._jobs))))
        job.last = time or job.last
        if isinstance(event, IkePacket) and job.packet is None:
            job.packet = event
        found = self._named(event, record.place) or job.attempt or self._found(job, event, record)
        if found is None:
            job.pending.append((record.place, reading))
            if len(job.pending) > _PENDING:
                yield from self._close(job)
            return
        job.attempt = found
        for place, one in job.pending:
            yield found, place, one
        job.pending.clear()
        yield found, record.place, reading

    def finish(self) -> Iterator[Given]:
        """The lines that still wait."""
        for job in self._jobs.values():
            yield from self._close(job)
        self._jobs.clear()

    def _close(self, job: _Job) -> Iterator[Given]:
        """A packet shows whose work it was; lines without one are the daemon's own."""
        if not job.pending:
            return
        found = job.attempt
        if found is None and job.packet is not None:
            found = self._between(job.packet) or self._begin(job.pending[0][0])
        if found is not None:
            for place, one in job.pending:
                yield found, place, one
        job.pending.clear()

    def _named(self, event: Event, place: Place) -> Attempt | None:
        """A line that says `BUGFIX[1]` itself."""
        name, number = event.remote_site, getattr(event, "ike_sa", None)
        if name is None or number is None:
            return None
        attempts = self._attempts
        found = attempts.numbered(number, name)
        if isinstance(event, IkeNegotiationStarted) and (found is None or not found.named):
            found = attempts.up(name, event.gateway) or attempts.begin(number, place)
        if found is not None:
            _call(attempts, found, name)
            attempts.count(found, number)
        return found

    def _found(self, job: _Job, event: Event, record: CharonRecord) -> Attempt | None:
        if isinstance(event, IkeNegotiationStarted):
            return self._attempts.begun_again(event.gateway) or self._begin(record.place)
        if isinstance(event, (NoIkeConfig, GatewayResolved)):
            return self._begin(record.place)
        if isinstance(event, (GaveUp, DpdTimedOut)):
            return self._that_waits(event)
        return None if _is_undecided(event) else self._between(job.packet)

    def _between(self, packet: IkePacket | None) -> Attempt | None:
        peer = packet.gateway if packet is not None else None
        if packet is None or peer is None:
            return None
        return self._attempts.between(packet.own_address, peer)

    def _begin(self, place: Place) -> Attempt:
        return self._attempts.begin(None, place)

    def _that_waits(self, event: GaveUp | DpdTimedOut) -> Attempt | None:
        """The one that has repeated its request just so often, and longest ago."""
        under_way = self._attempts.under_way()
        waiting = [one for one in under_way if one.is_waiting]
        if isinstance(event, GaveUp):
            just = [one for one in waiting if one.retransmits == event.retransmits]
            waiting = just or waiting
        else:
            waiting = [one for one in under_way if one.is_up]
        return min(waiting, key=_since, default=under_way[0] if len(under_way) == 1 else None)


def _call(attempts: Attempts, found: Attempt, name: RemoteSite) -> None:
    if not found.named:
        attempts.call(found, name)


def _since(attempt: Attempt) -> tuple[bool, Address | str]:
    place = attempt.retransmitted or attempt.draft.last
    return place.time is None, str(place.time)


def _begins(event: Event) -> bool:
    if isinstance(event, IkePacket):
        return event.direction == "received"
    if isinstance(event, IkeNegotiationStarted):
        return event.role is Role.INITIATOR
    if isinstance(event, DpdMessage):
        return event.direction == "sent"
    return isinstance(event, _BEGINS)


def _is_undecided(event: Event) -> bool:
    """What arrived may be the first of a new negotiation; what is sent belongs to one."""
    if isinstance(event, IkePacket):
        return event.direction == "received"
    return isinstance(event, IkeMessage) and _opens(event)


def _opens(event: IkeMessage) -> bool:
    """The request with which a negotiation begins, or its repetition."""
    return (
        event.direction == "received"
        and event.message == "request"
        and event.exchange in _OPENING
        and (event.payloads or "").startswith("SA ")
    )


def _is_late(job: _Job, time: Moment | None) -> bool:
    if job.last is None or time is None:
        return False
    return not 0 <= time.seconds_since(job.last) <= _PIECE_S
