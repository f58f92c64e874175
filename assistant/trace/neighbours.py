"""How the other remote sites of the same trace fared: their tunnels tell of our own line."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from heapq import merge
from itertools import islice

from assistant.model.derived import OtherSites
from assistant.model.event import Address, RemoteSite
from assistant.model.negotiation import Outcome
from assistant.model.source import Moment, Place
from assistant.trace.earlier import Change, Earlier, Told, changes_of
from assistant.trace.negotiation import Draft

_TOGETHER_S = 60.0
"""Remote sites lost within this time of each other were lost together."""
_NAMED = 3
"""Other sites that are pointed at."""
_SHARED = 32
"""Sites behind one gateway from which on they are left out all at once, not one by one."""
_SHARED_GATEWAYS = 8


class Neighbours:
    """Tells of each fault of a trace how the other remote sites fared at that moment.

    Goes through all changes of all sites once, in the order of time, so that a fault costs the same
    however many sites there are.
    """

    def __init__(
        self,
        by_site: Mapping[RemoteSite, list[Draft]],
        outcomes: Mapping[int, Outcome],
        end: Place | None,
        earlier: Earlier,
        wanted: Container[int] | None,
    ) -> None:
        """Takes the negotiations of one trace.

        Args:
            by_site: In the order of the sites' first appearance.
            outcomes: By the number of the negotiation.
            end: The last record.
            earlier: What those that were settled before leave behind.
            wanted: Numbers of the negotiations whose faults will be asked for; None: of all.
        """
        self._end = end.time if end is not None else None
        self._site_of: dict[RemoteSite, int] = {}
        self._gateways: list[set[Address | None]] = []
        self._changes: list[list[Change]] = []
        for number, (site, drafts) in enumerate(by_site.items()):
            self._site_of[site] = number
            before = earlier.gateways.get(site, ())
            self._gateways.append({*before, *(draft.gateway for draft in drafts)})
            changes = [one for draft in drafts for one in changes_of(draft, outcomes[draft.number])]
            changes += earlier.changes.get(site, ())
            self._changes.append(sorted(changes, key=lambda change: change[0]))
        faults = [
            (draft.ended.time, draft)
            for drafts in by_site.values()
            for draft in drafts
            if draft.number not in earlier.others
            and (
                draft.number in earlier.waiting
                or ((wanted is None or draft.number in wanted) and outcomes[draft.number].is_fault)
            )
            and draft.ended is not None
            and draft.ended.time is not None
        ]
        faults.sort(key=lambda fault: fault[0])
        self._told = dict(self._swept(faults)) if len(by_site) > 1 else {}
        for number in earlier.waiting:
            earlier.others.setdefault(number, self._told.get(number))
        self._before = earlier.others

    def of(self, draft: Draft) -> Iterator[Told]:
        """Up at that moment and for a while after it, or lost within the same minute."""
        told = self._told.get(draft.number) or self._before.get(draft.number)
        if told is not None:
            yield told

    def _swept(self, faults: Iterable[tuple[Moment, Draft]]) -> Iterator[tuple[int, Told]]:
        changes = self._changes
        # By time; of one site in their order.
        timeline = sorted(
            (
                (change[0], site, place)
                for site, of_site in enumerate(changes)
                for place, change in enumerate(of_site)
            ),
            key=lambda entry: entry[0],
        )
        state = _State(changes, self._gateways)
        past = ahead = old = 0
        for now, draft in faults:
            while past < len(timeline) and timeline[past][0] <= now:
                state.pass_(*timeline[past][1:], now)
                past += 1
            while ahead < len(timeline) and timeline[ahead][0].seconds_since(now) <= _TOGETHER_S:
                state.foresee(*timeline[ahead][1:])
                ahead += 1
            while old < past and now.seconds_since(timeline[old][0]) > _TOGETHER_S:
                state.forget(*timeline[old][1:])
                old += 1
            own, gateway = self._site_of[draft.remote_site], draft.gateway
            down = draft.ended
            up = state.steady.first(own, gateway) if self._went_on(now) else []
            if down is None:
                continue
            if up:
                places = [changes[site][state.last[site]][2] for site in up]
                yield draft.number, (OtherSites(state="up"), 1, [*places, down])
                continue
            lost = merge(state.lost.first(own, gateway), state.falling.first(own, gateway))
            named = list(islice(dict.fromkeys(lost), _NAMED))
            if named:
                places = [state.loss(site) for site in named]
                yield draft.number, (OtherSites(state="lost-too"), 1, [*places, down])

    def _went_on(self, since: Moment) -> bool:
        """Only then would the loss of another tunnel have been reported as well."""
        return self._end is not None and self._end.seconds_since(since) >= _TOGETHER_S


class _State:
    """Which sites are up, or were or will be lost within a minute, at one moment."""

    def __init__(self, changes: list[list[Change]], gateways: list[set[Address | None]]) -> None:
        self._changes = changes
        self.last = [-1] * len(changes)
        """Of each site, its last change until now."""
        self.steady, self.lost, self.falling = _Sites(gateways), _Sites(gateways), _Sites(gateways)
        """Up and not about to fall; lost within the last minute; lost in the next one."""
        self._foreseen = [0] * len(changes)
        """Of each site, how many changes are past or within the next minute."""

    def pass_(self, site: int, place: int, now: Moment) -> None:
        """A change is past."""
        of_site = self._changes[site]
        for sites in (self.steady, self.lost, self.falling):
            sites.drop(site)
        self.last[site] = place
        when, what, _ = of_site[place]
        follows = place + 1
        if follows < self._foreseen[site] and of_site[follows][1] == "lost":
            self.falling.add(site)
        elif what == "up":
            self.steady.add(site)
        if what == "lost" and now.seconds_since(when) <= _TOGETHER_S:
            self.lost.add(site)

    def foresee(self, site: int, place: int) -> None:
        """A change is within the next minute, or past."""
        self._foreseen[site] = place + 1
        if self.last[site] == place - 1 and self._changes[site][place][1] == "lost":
            self.falling.add(site)
            self.steady.drop(site)

    def forget(self, site: int, place: int) -> None:
        """A change is more than a minute past."""
        if self.last[site] == place:
            self.lost.drop(site)

    def loss(self, site: int) -> Place:
        """Where the trace tells of the loss of a site that is in `lost` or `falling`."""
        last = self.last[site]
        return self._changes[site][last if site in self.lost else last + 1][2]


class _Sites:
    """Some sites, in the order of their first appearance."""

    def __init__(self, gateways: list[set[Address | None]]) -> None:
        self._gateways = gateways
        counts = Counter(gateway for of_site in gateways for gateway in of_site)
        shared = [name for name, count in counts.most_common(_SHARED_GATEWAYS) if count > _SHARED]
        self._members: set[int] = set()
        self._all: list[int] = []
        self._beside: dict[Address | None, list[int]] = {gateway: [] for gateway in shared}
        """Those that are not behind a gateway that many share."""

    def __contains__(self, site: int) -> bool:
        return site in self._members

    def add(self, site: int) -> None:
        """Also one that is there already."""
        if site not in self._members:
            self._members.add(site)
            insort(self._all, site)
            for gateway, sites in self._beside.items():
                if gateway not in self._gateways[site]:
                    insort(sites, site)

    def drop(self, site: int) -> None:
        """Also one that is not there."""
        if site in self._members:
            self._members.remove(site)
            del self._all[bisect_left(self._all, site)]
            for gateway, sites in self._beside.items():
                if gateway not in self._gateways[site]:
                    del sites[bisect_left(sites, site)]

    def first(self, own: int, gateway: Address | None) -> list[int]:
        """The first few but `own` and those behind the same gateway."""
        sites = self._beside.get(gateway, self._all)
        return list(
            islice(
                (site for site in sites if site != own and gateway not in self._gateways[site]),
                _NAMED,
            )
        )
