"""charon's lines to negotiations: which line belongs to which, and what ends with the daemon."""

from __future__ import annotations

from assistant.catalog.message import Reading
from assistant.model.event import Event
from assistant.model.ike_event import DaemonStarted, DaemonStopping, IkePacket, IkeSaRekeyed
from assistant.model.message import IkeNegotiationStarted
from assistant.model.source import Place
from assistant.trace.charon.attempt import Attempt, Attempts
from assistant.trace.charon.jobs import Jobs
from assistant.trace.charon.learn import Told, begins_anew, learn
from assistant.trace.charon.record import CharonRecord
from assistant.trace.negotiation import Draft, Seen


class CharonAssembler:
    """Takes the read lines of one log in order and keeps the negotiations they tell of."""

    def __init__(self) -> None:
        self.end: Place | None = None
        """The last line with a time."""
        self._attempts = Attempts()
        self._jobs = Jobs(self._attempts)
        self._has_tags = False
        """The log prints the connection before each line of an IKE_SA."""

    def pass_by(self, place: Place) -> None:
        """A line that belongs to no negotiation still tells that time went on."""
        if place.time is not None:
            self.end = place

    def take(self, record: CharonRecord, reading: Reading) -> None:
        """Give one line to the negotiation it belongs to."""
        self.pass_by(record.place)
        event = reading.event
        if isinstance(event, DaemonStarted):
            self._start(record.place)
        elif isinstance(event, DaemonStopping):
            self._stop(record.place, reading)
        elif record.ike_sa is not None:
            self._has_tags = True
            self._add(self._tagged(record, record.ike_sa, event), record.place, reading)
        elif not self._has_tags:
            for attempt, place, one in self._jobs.give(record, reading):
                self._add(attempt, place, one)

    def finish(self) -> list[Draft]:
        """All negotiations, in the order in which they began."""
        for attempt, place, one in self._jobs.finish():
            self._add(attempt, place, one)
        drafts = self._attempts.drafts()
        for number, draft in enumerate(drafts):
            draft.number = number
        return drafts

    # The daemon -------------------------------------------------------------------------

    def _start(self, place: Place) -> None:
        """Whatever was up went down with the daemon before."""
        for attempt, before, one in self._jobs.finish():
            self._add(attempt, before, one)
        for attempt in self._attempts.under_way():
            if attempt.draft.was_up:
                Told(self._attempts, attempt, _NOTHING, place).end()
        self._attempts.forget()
        self._attempts.stopping = False

    def _stop(self, place: Place, reading: Reading) -> None:
        self._attempts.stopping = True
        for attempt in self._attempts.under_way():
            if attempt.draft.was_up:
                seen = attempt.draft.remember(reading.pattern, reading.event)
                seen.add(place)
                attempt.draft.last = place
                Told(self._attempts, attempt, seen, place).end()

    # Which negotiation ------------------------------------------------------------------

    def _tagged(self, record: CharonRecord, number: int, event: Event) -> Attempt:
        name = record.connection
        attempt = self._attempts.numbered(number, name)
        if attempt is None:
            attempt = self._continued(event) or self._attempts.begin(number, record.place)
            self._attempts.count(attempt, number)
        if name is not None and attempt.draft.remote_site != name:
            self._attempts.call(attempt, name)
        return attempt

    def _continued(self, event: Event) -> Attempt | None:
        """The negotiation that a new IKE_SA only carries on."""
        if isinstance(event, IkePacket) and event.direction == "received":
            return self._attempts.begun_again(event.gateway)
        if isinstance(event, (IkeNegotiationStarted, IkeSaRekeyed)) and event.remote_site:
            return self._attempts.up(event.remote_site, event.gateway)
        return None

    def _add(self, attempt: Attempt, place: Place, reading: Reading) -> None:
        event = reading.event
        if attempt.is_over and begins_anew(attempt, event):
            attempt = self._attempts.anew(attempt, place)
            attempt.draft.started = True
        draft = attempt.draft
        draft.last = place
        seen = draft.remember(reading.pattern, event)
        seen.add(place)
        learn(Told(self._attempts, attempt, seen, place), event)


_NOTHING = Seen(Event(), None)
