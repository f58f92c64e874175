"""Keeps very many negotiations of one trace small: equal ones whole once, the others as numbers.

A central gateway negotiates ten thousands of times a day, in some dozen ways. While a trace is read
the latest negotiations are kept whole; of older ones that are over, the first of each way is, and
of every further one a row: when and where it began, came up and ended. Nothing is forgotten: counts
and times stay exact. A trace with few negotiations never comes here.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from assistant.catalog.schema import ErrorEntry
from assistant.model.event import RemoteSite
from assistant.model.message import PollTimeout
from assistant.model.negotiation import Negotiation
from assistant.model.source import Moment, Place, Side
from assistant.trace.derived import negotiations
from assistant.trace.earlier import Earlier
from assistant.trace.endpoints import Endpoints
from assistant.trace.negotiation import Draft
from assistant.trace.outcome import FLAPS, flaps
from assistant.trace.packets.traced import PacketLog

WHOLE = 1_000
"""The latest negotiations of a trace that are kept whole in any case."""
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - device times have no zone
_MS = timedelta(milliseconds=1)
_NEAR = timedelta(minutes=5)
"""Longer than other sites are looked at before a fault."""
_NO_TIME = -1
_COLUMNS = 9
"""Of a row: way, number, lines of the first and of the last record, and four times."""

Likeness = Callable[[Negotiation], Hashable]
"""What is equal of negotiations that are judged alike."""


class Context(Struct):
    """What a trace shows beside its negotiations, while it is being read."""

    errors: Mapping[str, ErrorEntry]
    packets: PacketLog
    device: Mapping[str, str] = field(default_factory=dict)
    """`model` and `version`."""
    endpoints: Endpoints = field(default_factory=Endpoints)


class Settled:
    """The older negotiations of one source."""

    def __init__(self, source: str, context: Context, likeness: Likeness | None) -> None:
        """Of no negotiation yet.

        Args:
            source: Its name.
            context: Grows while the source is read.
            likeness: What is equal of those that are judged alike; None to settle none.
        """
        self.source = source
        self.context = context
        self._likeness = likeness
        self._earlier = Earlier()
        self._ways: dict[Hashable, int] = {}
        self.whole: list[Negotiation] = []
        """The first of each way, in the order in which they were settled; their side is not known
        yet."""
        self._rows = array("q")
        self.first = 0
        """Number of the first negotiation: more than 0 where another source has the same name."""

    def __len__(self) -> int:
        return len(self.whole) + len(self._rows) // _COLUMNS

    def settle(
        self, drafts: list[Draft], going_on: Mapping[RemoteSite, Draft], end: Place | None
    ) -> list[Draft]:
        """Take what is over and not among the latest; the rest is given back.

        Args:
            drafts: In the order in which they began.
            going_on: The last one of each remote site.
            end: The last record that was read.
        """
        undecided = self._undecided(drafts, going_on)
        over = {
            draft.number
            for draft in drafts[:-WHOLE]
            if going_on.get(draft.remote_site) is not draft and draft.number not in undecided
        }
        self._earlier.waiting = frozenset(
            draft.number
            for draft in drafts[:-WHOLE]
            if draft.ended is not None and draft.number not in over
        )
        settled = self._finished(drafts, Side.LOCAL, end, wanted=over)
        left: list[Draft] = []
        done: list[Draft] = []
        for draft in drafts:
            if draft.number in over:
                done.append(draft)
            else:
                left.append(draft)
        for draft, one in zip(done, settled, strict=True):
            self.context.endpoints.learn(draft)
            self._earlier.add(draft, one.outcome)
            self._keep(one)
        self._forget(left, end)
        return left

    def _forget(self, left: Sequence[Draft], end: Place | None) -> None:
        """What no fault will be seen against any more; those to come are later than the end."""
        faults = [
            draft.ended.time
            for draft in left
            if draft.ended is not None
            and draft.ended.time is not None
            and draft.number not in self._earlier.others
        ]
        if end is not None and end.time is not None:
            since = min([*faults, end.time])
            try:
                since = Moment(since.at - _NEAR, since.dated)
            except OverflowError:  # the first minute there is
                return
            self._earlier.forget(since)

    def _undecided(self, drafts: Sequence[Draft], going_on: Mapping[RemoteSite, Draft]) -> set[int]:
        """Negotiations that are lost if the peer takes down the next ones as soon."""
        runs: dict[RemoteSite, list[int]] = {}
        before = dict(self._earlier.flaps)
        for draft in drafts:
            site = draft.remote_site
            if flaps(draft):
                runs.setdefault(site, []).append(draft.number)
            elif going_on.get(site) is not draft:
                runs.pop(site, None)
                before.pop(site, None)
        return {
            number
            for site, run in runs.items()
            if before.get(site, 0) + len(run) < FLAPS
            for number in run
        }

    def rest(
        self, drafts: Sequence[Draft], side: Side, end: Place | None
    ) -> tuple[Negotiation, ...]:
        """All that are whole, when the trace is over, in the order in which they began."""
        latest = self._finished(list(drafts), side, end)
        older = (replace(one, side=side) for one in self.whole)
        whole = sorted([*older, *latest], key=lambda one: one.number)
        if self.first:
            whole = [replace(one, number=self.first + one.number) for one in whole]
        return tuple(whole)

    def all(self, whole: Sequence[Negotiation]) -> Iterator[Negotiation]:
        """Every negotiation in the order in which they began, with `whole` as `rest` gave them.

        One of which only a row is left has no messages and no derived events, and names in
        `equals` the one that has.
        """
        rows = self._rows
        if not rows:
            yield from whole
            return
        by_number = {one.number: one for one in whole}
        ways = [by_number[self.first + one.number] for one in self.whole]
        order = sorted(range(0, len(rows), _COLUMNS), key=lambda at: rows[at + 1])
        waiting = iter(whole)
        following = next(waiting, None)
        for at in order:
            while following is not None and following.number < self.first + rows[at + 1]:
                yield following
                following = next(waiting, None)
            yield _read(rows[at : at + _COLUMNS], ways[rows[at]], self.first)
        while following is not None:
            yield following
            following = next(waiting, None)

    def _finished(
        self,
        drafts: list[Draft],
        side: Side,
        end: Place | None,
        wanted: Container[int] | None = None,
    ) -> list[Negotiation]:
        context = self.context
        return negotiations(
            drafts,
            source=self.source,
            side=side,
            end=end,
            errors=context.errors,
            packets=context.packets,
            lcos_version=context.device.get("version"),
            earlier=self._earlier,
            wanted=wanted,
        )

    def _keep(self, one: Negotiation) -> None:
        dated = one.first.time is None or one.first.time.dated
        key = (
            one.remote_site,
            one.gateway,
            one.role,
            one.outcome,
            one.stage,
            one.error_codes,
            dated,
            # A configuration is asked about each polled address.
            frozenset(
                message.event.poll_target
                for message in one.messages
                if isinstance(message.event, PollTimeout)
            ),
            self._likeness(one) if self._likeness is not None else one.number,
        )
        way = self._ways.setdefault(key, len(self.whole))
        if way == len(self.whole):
            self.whole.append(one)
            return
        self._rows.extend(
            (
                way,
                one.number,
                one.first.first_line,
                one.last.first_line,
                one.last.last_line,
                _written(one.first.time),
                _written(one.last.time),
                _written(one.connected_at),
                _written(one.ended_at),
            )
        )


def _written(moment: Moment | None) -> int:
    """Milliseconds since the first day there is."""
    return _NO_TIME if moment is None else (moment.at - _EPOCH) // _MS


def _read(row: Sequence[int], equal: Negotiation, first: int) -> Negotiation:
    _, number, begin, last, end, first_at, last_at, up, down = row
    first_time = equal.first.time
    dated = first_time is None or first_time.dated

    def moment(written: int) -> Moment | None:
        return None if written == _NO_TIME else Moment(_EPOCH + written * _MS, dated)

    return replace(
        equal,
        number=first + number,
        first=Place(equal.source, begin, begin, "", moment(first_at)),
        last=Place(equal.source, last, end, "", moment(last_at)),
        connected_at=moment(up),
        ended_at=moment(down),
        messages=(),
        derived=(),
        equals=equal.id,
    )
