"""What the configurations of a case say of one remote site, as events with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from assistant.config.compare import compared
from assistant.config.findings import (
    Finding,
    dialled_findings,
    peers_named,
    polled_findings,
    router_findings,
    site_findings,
)
from assistant.config.networks import address
from assistant.config.pairing import Pair, paired
from assistant.model.beside import SettingFound, SettingsCompared
from assistant.model.event import Address, Event, RemoteSite
from assistant.model.finding import Match, SideBySide
from assistant.model.message import PollTimeout
from assistant.model.negotiation import Negotiation, Occurrence, Outcome
from assistant.model.setting import Configuration
from assistant.model.source import Place, Side

_PLACES = 12
"""Places of one event that are kept: a hostile script may name a thousand networks."""


class Configurations(Struct, frozen=True, kw_only=True):
    """The configurations of one case, and the outer addresses that its traces show."""

    ours: Sequence[Configuration]
    theirs: Sequence[Configuration]
    our_addresses: frozenset[Address] = frozenset()
    their_addresses: frozenset[Address] = frozenset()
    _pairs: dict[tuple[int, int], tuple[Pair, ...]] = field(default_factory=dict)
    """Found once, by place in `ours` and in `theirs`."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.ours or self.theirs)

    def of_negotiation(self, one: Negotiation) -> tuple[Occurrence, ...]:
        """What they say of a negotiation of our side, what its trace dials and polls included."""
        found = list(self._of_site(one.remote_site))
        for configuration in self.ours:
            if one.gateway is not None:
                found += _events(
                    dialled_findings(configuration, one.remote_site, one.gateway), Side.LOCAL
                )
            for target in dict.fromkeys(_polled(one)):
                found += _events(
                    polled_findings(configuration, one.remote_site, target), Side.LOCAL
                )
        return tuple(_merged(found))

    def of_site(self, remote_site: RemoteSite) -> tuple[Occurrence, ...]:
        """What they say of a remote site, without any trace."""
        return tuple(_merged(self._of_site(remote_site)))

    def side_by_side(self, remote_site: RemoteSite) -> SideBySide | None:
        """Both routers' entries for the tunnel, where both are known."""
        for number, ours in enumerate(self.ours):
            for place, theirs in enumerate(self.theirs):
                pair = self._pair(number, place, remote_site)
                if pair is not None:
                    return SideBySide(
                        remote_site=remote_site,
                        our_source=ours.source,
                        their_source=theirs.source,
                        their_site=RemoteSite(pair.theirs.name.value),
                        reasons=pair.reasons,
                        comparisons=compared(ours, theirs, pair.ours, pair.theirs),
                    )
        return None

    def sites(self) -> tuple[RemoteSite, ...]:
        """Every remote site that our configurations name, in their order."""
        names = {
            peer.name.value.casefold(): RemoteSite(peer.name.value)
            for configuration in reversed(self.ours)
            for peer in reversed(configuration.peers)
        }
        return tuple(reversed(names.values()))

    def _of_site(self, remote_site: RemoteSite) -> Iterator[tuple[Event, tuple[Place, ...]]]:
        for configuration in self.ours:
            yield from _events(site_findings(configuration, remote_site), Side.LOCAL, configuration)
            yield from _events(router_findings(configuration), Side.LOCAL)
        for place, theirs in enumerate(self.theirs):
            name = self._name_there(place, remote_site)
            if name is not None:
                yield from _events(site_findings(theirs, name), Side.REMOTE, theirs)
            elif not theirs.peers:
                # Not one entry: whatever they call us, it is not there.
                yield from _events(site_findings(theirs, ""), Side.REMOTE, theirs)
            yield from _events(router_findings(theirs), Side.REMOTE)
        both = self.side_by_side(remote_site)
        for one in both.comparisons if both is not None else ():
            places = tuple(shown.place for shown in (*one.ours, *one.theirs))
            if one.match is not Match.UNKNOWN and places:
                yield SettingsCompared(subject=one.subject, match=one.match), places

    def _name_there(self, place: int, remote_site: RemoteSite) -> str | None:
        """What the other side calls us: by both configurations, by our address, or the only one."""
        for number in range(len(self.ours)):
            pair = self._pair(number, place, remote_site)
            if pair is not None:
                return pair.theirs.name.value
        peers = self.theirs[place].peers
        ours = {address(one) for one in self.our_addresses} - {None}
        by_address = [
            peer for peer in peers if peer.gateway and address(peer.gateway.value) in ours
        ]
        candidates = by_address or (list(peers) if not self.ours else [])
        names = {peer.name.value.casefold() for peer in candidates}
        return candidates[0].name.value if len(names) == 1 else None

    def _pair(self, number: int, place: int, remote_site: RemoteSite) -> Pair | None:
        if (number, place) not in self._pairs:
            self._pairs[number, place] = paired(
                self.ours[number],
                self.theirs[place],
                our_addresses=tuple(sorted(self.our_addresses)),
                their_addresses=tuple(sorted(self.their_addresses)),
            )
        mine = peers_named(self.ours[number], remote_site)
        return next((pair for pair in self._pairs[number, place] if pair.ours in mine), None)


def _events(
    findings: Iterable[Finding], router: Side, configuration: Configuration | None = None
) -> Iterator[tuple[Event, tuple[Place, ...]]]:
    """Findings as events; one that rests on nothing in a script points at its beginning."""
    for one in findings:
        places = tuple(shown.place for shown in one.settings)
        if not places and configuration is not None:
            places = (Place(configuration.source, 1, 1, ""),)
        if places:
            event = SettingFound(found=one.kind, router=router, ike=one.ike, grounds=one.grounds)
            yield event, places


def _merged(found: Iterable[tuple[Event, tuple[Place, ...]]]) -> Iterator[Occurrence]:
    together: dict[Event, dict[Place, None]] = {}
    for event, places in found:
        together.setdefault(event, {}).update(dict.fromkeys(places))
    for event, known in together.items():
        yield Occurrence(event=event, pattern=None, count=1, places=tuple(known)[:_PLACES])


def _polled(one: Negotiation) -> Iterator[Address]:
    """Addresses that were polled in vain."""
    if one.outcome is not Outcome.LOST:
        return
    for occurrence in one.messages:
        event = occurrence.event
        if isinstance(event, PollTimeout) and event.poll_target is not None:
            yield event.poll_target
