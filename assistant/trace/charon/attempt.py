"""The negotiations under way in charon's log, and how to find the one a line belongs to.

charon counts its IKE_SAs; a tunnel that renews its keys goes on under another number, and a
responder has a number before it knows whose entry it will be.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from msgspec import Struct, field

from assistant.model.event import Address, RemoteSite, Role
from assistant.model.ike_event import IkePacket, ProposalsConfigured, ProposalsReceived
from assistant.model.newer_message import IkeMessage
from assistant.model.source import Place
from assistant.trace.negotiation import Draft, Seen

_DISTINCT = 24
"""Distinct messages of one sort kept of one negotiation; a gateway has hundreds of tunnels."""
_NUMBERS = 20_000
"""IKE_SAs, addresses and connections that are remembered."""
_DRAFTS = 10_000
"""Negotiations that are kept from the beginning of a log, and as many from its end."""
_OLDEST = 100
_STRANGERS = 200
"""Callers without an entry that are kept; what faces the Internet hears of thousands."""


class Attempt(Struct):
    """One negotiation while its lines come in, with what only charon's log tells."""

    draft: Draft
    serial: int
    """Counted in the order in which they began."""
    number: int | None
    """Of its latest IKE_SA; None where the log prints none."""
    named: bool = False
    """The connection is known."""
    live: set[int | None] = field(default_factory=set)
    """Numbers of its IKE_SAs that are up."""
    children: set[int | None] = field(default_factory=set)
    """Numbers of its CHILD_SAs that are up."""
    going: int | None = None
    """Number of the IKE_SA that is being taken down."""
    renewing: bool = False
    """Its IKE_SA goes down in order to come up again."""
    own: Address | None = None
    peer_id: str | None = None
    request: IkeMessage | None = None
    """Our last request."""
    latest: IkeMessage | None = None
    """The last message in either direction."""
    packet: IkePacket | None = None
    """The last packet that left."""
    heard: bool = False
    """A packet of the peer arrived."""
    retransmits: int = 0
    """Of the last request."""
    retransmitted: Place | None = None
    child_id: int | None = None
    """Message ID of the last request for a CHILD_SA."""
    received: tuple[ProposalsReceived, Seen] | None = None
    configured: tuple[ProposalsConfigured, Seen] | None = None
    unreadable: bool = False
    """A message of phase 1 could not be decrypted."""

    @property
    def is_over(self) -> bool:
        """A fault or the end was seen."""
        return self.draft.ended is not None

    @property
    def is_up(self) -> bool:
        """Came up and did not end."""
        return self.draft.was_up and self.draft.ended is None

    @property
    def is_waiting(self) -> bool:
        """Has asked for something that was not answered."""
        return not self.is_over and self.retransmits > 0


class Attempts:
    """All negotiations of one log."""

    def __init__(self) -> None:
        self._first: dict[int, Draft] = {}
        self._latest: dict[int, Draft] = {}
        """In the order in which they began; of very many those in the middle are forgotten."""
        self._numbered: dict[int, Attempt] = {}
        self._at: dict[tuple[Address | None, Address], Attempt] = {}
        """The latest by own and the peer's address."""
        self._up: dict[tuple[RemoteSite, Address | None], Attempt] = {}
        self._begun_again: dict[Address, Attempt] = {}
        """Those whose initiator was asked to begin again, by its address."""
        self._under_way: dict[int, Attempt] = {}
        self._begun = 0
        self._strangers = 0
        self.stopping = False
        """The daemon was told to end."""

    def drafts(self) -> list[Draft]:
        """All of them; one that never got a name is called by the peer's address."""
        drafts = [*self._first.values(), *self._latest.values()]
        for draft in drafts:
            if not draft.remote_site and draft.gateway is not None:
                draft.remote_site = RemoteSite(draft.gateway)
        return drafts

    def under_way(self) -> list[Attempt]:
        """Those that are not over."""
        return [one for one in self._under_way.values() if not one.is_over]

    # Find -------------------------------------------------------------------------------

    def numbered(self, number: int, name: str | None) -> Attempt | None:
        """The one with this number, unless it is one of another name."""
        found = self._numbered.get(number)
        if found is None or name is None or not found.named or found.draft.remote_site == name:
            return found
        # A responder may try one entry after the other; else somebody else counts too.
        is_trying = found.draft.role is not Role.INITIATOR and not found.draft.was_up
        return found if is_trying and not found.is_over else None

    def between(self, own: Address, peer: Address) -> Attempt | None:
        """The latest one between these addresses."""
        return self._at.get((own, peer))

    def up(self, name: RemoteSite, peer: Address | None) -> Attempt | None:
        """The one of this connection with this peer that is up, or about to come up again."""
        found = self._up.get((name, peer))
        if found is None or not (found.renewing or (found.is_up and found.live)):
            return None
        return found

    def begun_again(self, peer: Address | None) -> Attempt | None:
        """The one whose initiator was asked to begin again; only once."""
        return self._begun_again.pop(peer, None) if peer is not None else None

    # Make -------------------------------------------------------------------------------

    def begin(self, number: int | None, place: Place) -> Attempt:
        """A new one."""
        draft = Draft(RemoteSite(""), place, place, limit=_DISTINCT)
        self._begun += 1
        attempt = Attempt(draft, self._begun, number)
        begins = len(self._first) < _DRAFTS and not self._latest
        (self._first if begins else self._latest)[attempt.serial] = draft
        if len(self._latest) > _DRAFTS:
            oldest = list(islice(self._latest.items(), _OLDEST))
            # What came up tells more than what did not.
            self._drop(next((serial for serial, one in oldest if not one.was_up), oldest[0][0]))
        self._under_way[attempt.serial] = attempt
        _shorten(self._under_way)
        self.count(attempt, number)
        return attempt

    def anew(self, old: Attempt, place: Place) -> Attempt:
        """The next negotiation under the number of one that is over."""
        attempt = self.begin(old.number, place)
        draft, before = attempt.draft, old.draft
        draft.remote_site, draft.gateway, draft.role = (
            before.remote_site,
            before.gateway,
            before.role,
        )
        attempt.named, attempt.own = old.named, old.own
        attempt.live, attempt.peer_id = old.live, old.peer_id
        if draft.gateway is not None:
            self.meets(attempt, draft.gateway)
        return attempt

    # Learn ------------------------------------------------------------------------------

    def count(self, attempt: Attempt, number: int | None) -> None:
        """It goes by this number too."""
        if number is None:
            return
        attempt.number = number
        self._numbered.pop(number, None)
        self._numbered[number] = attempt
        _shorten(self._numbered)

    def call(self, attempt: Attempt, name: str) -> None:
        """The connection is known now."""
        attempt.named = True
        attempt.draft.remote_site = RemoteSite(name)

    def meets(self, attempt: Attempt, peer: Address) -> None:
        """It talks to this address."""
        attempt.draft.gateway = peer
        if attempt.own is not None:
            self._at[attempt.own, peer] = attempt
            _shorten(self._at)

    def came_up(self, attempt: Attempt) -> None:
        """It is up: a renewal of its keys finds it here."""
        self._under_way.setdefault(attempt.serial, attempt)
        self._up[attempt.draft.remote_site, attempt.draft.gateway] = attempt
        _shorten(self._up)

    def ask_again(self, attempt: Attempt) -> None:
        """The initiator will begin again under the next number."""
        if attempt.draft.gateway is not None:
            self._begun_again[attempt.draft.gateway] = attempt
            _shorten(self._begun_again)

    def finished(self, attempt: Attempt) -> None:
        """Nothing more is expected of it."""
        self._under_way.pop(attempt.serial, None)

    def merge(self, new: Attempt, old: Attempt) -> None:
        """The new IKE_SA belongs to a tunnel that is up: its lines go there."""
        for (pattern, event), seen in new.draft.seen.items():
            target = old.draft.remember(pattern, event)
            for place in seen.places:
                target.add(place)
            target.count += seen.count - len(seen.places)
        old.draft.last = new.draft.last
        self._drop(new.serial)
        self.finished(new)
        self.count(old, new.number)

    def strange(self, attempt: Attempt) -> None:
        """No entry for this caller; of very many only the first are kept."""
        self._strangers += 1
        if self._strangers > _STRANGERS:
            self._drop(attempt.serial)

    def _drop(self, serial: int) -> None:
        self._first.pop(serial, None)
        self._latest.pop(serial, None)

    def forget(self) -> None:
        """The daemon begins anew: its numbers do too."""
        for table in (self._numbered, self._at, self._up, self._begun_again, self._under_way):
            table.clear()


def _shorten(table: dict[Any, Attempt]) -> None:
    """What is oldest is not asked for any more."""
    if len(table) > _NUMBERS:
        table.pop(next(iter(table)))
