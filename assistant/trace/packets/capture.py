"""Packets of one capture, counted by sort, with the time it ran and what it could have shown.

Knows packets, no negotiations; `assistant.trace.packets.tcpdump` fills it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

from msgspec import Struct, field

from assistant.model.capture import IcmpError
from assistant.model.event import Address, Word
from assistant.model.source import Moment, Place
from assistant.trace.packets.traced import Sightings

What = Literal[
    "echo-request",
    "echo-reply",
    "icmp-error",
    "neighbour-request",
    "neighbour-reply",
    "ike",
    "esp",
    "keep-alive",
    "udp",
    "other",
]
"""`neighbour-*`: ARP (RFC 826) or neighbour discovery (RFC 4861); `udp`: to or from the ports of
IKE without a word of what it carries."""

Way = Literal["in", "out"]
"""As the capturing host sees it; only captures of the Linux device `any` print it."""

Clock = Literal["wall", "epoch"]
"""`wall`: the capturing host's own zone, which it does not print; `epoch`: UTC."""

_FLOWS = 2_000
"""Different flows kept of each sort; a busy LAN must not crowd out the pings."""
_KEPT = 200
"""Places kept of a flow: the first and the latest hundred."""
_KEPT_OF_MANY = 2
_KEPT_ALTOGETHER = 20_000
_ZONES_H = range(-12, 15)
"""Whole hours by which a wall clock may differ from UTC."""
_COVERED = 2
"""Polls that must fall into a capture before their absence says something."""
ANY = "any"
"""The Linux device that shows all interfaces."""


class Packet(Struct, frozen=True, kw_only=True):
    """What is counted together of a printed packet: all but its time and its numbers."""

    what: What
    source: Address
    """Of a neighbour request: who asks. An address in its shortest spelling, or a name."""
    destination: Address
    """Of neighbour requests and replies: the address in question."""
    interface: str | None = None
    """`lan`, `ipsec0`; None where neither the line nor the head of the capture names it."""
    way: Way | None = None
    source_port: int | None = None
    destination_port: int | None = None
    exchange: Word | None = None
    """Of IKE, as tcpdump prints it: `ikev2_init`, `ident`, `oakley-quick`."""
    by_initiator: bool | None = None
    """Of IKE: whether the original initiator sent it; None if the line does not say."""
    encapsulated: bool = False
    """Of ESP: in UDP."""
    spi: Word | None = None
    error: IcmpError | None = None
    about: Address | None = None
    """Of an ICMP error: the destination that was not reached; None if the line does not say."""
    about_port: int | None = None


class Capture(Struct, kw_only=True):
    """One text of tcpdump, read to its end; bounded whatever its size."""

    source: str
    """Name of the file as given."""
    flows: dict[Packet, Sightings] = field(default_factory=dict)
    """In order of appearance; `other` packets are in `packets` only."""
    packets: int = 0
    """All that were printed, also those nothing is made of."""
    devices: list[str] = field(default_factory=list)
    """What was listened on, as the head says; a file may hold several captures."""
    command: str | None = None
    """The command, where the console's line was copied."""
    first: Place | None = None
    """First packet."""
    last: Place | None = None
    head: Place | None = None
    """`listening on ...`."""
    tail: Place | None = None
    """`6 packets captured`; None if the end was not copied."""
    captured: int | None = None
    """Packets of all captures in the file as their tails say."""
    dropped: int = 0
    """Packets the kernel or the interface dropped, as the tail says."""
    clock: Clock = "wall"
    not_kept: int = 0
    """Packets of flows beyond the limit."""
    _flows_of: Counter[str] = field(default_factory=Counter)
    _kept: int = 0

    def take(self, packet: Packet, place: Place) -> None:
        """Count one packet of a sort that is kept."""
        if packet not in self.flows:
            if self._flows_of[packet.what] >= _FLOWS:
                self.not_kept += 1
                return
            self._flows_of[packet.what] += 1
            self.flows[packet] = Sightings()
        limit = _KEPT if self._kept < _KEPT_ALTOGETHER else _KEPT_OF_MANY
        self._kept += self.flows[packet].add(place, limit)

    def find(self, *whats: What) -> list[tuple[Packet, Sightings]]:
        """All flows of some sorts, in order of appearance."""
        return [(packet, seen) for packet, seen in self.flows.items() if packet.what in whats]

    @property
    def complete(self) -> bool:
        """Whether all that was captured is here: the tail is there and its number agrees."""
        return self.captured is not None and self.captured == self.packets and not self.not_kept

    @property
    def shows_ways(self) -> bool:
        """Whether it tells packets that come in from packets that go out, on all interfaces."""
        return ANY in self.devices and any(packet.way for packet in self.flows)

    @property
    def shows_pings(self) -> bool:
        """Whether a ping would have been shown: the filter asks for ICMP, or some was shown."""
        asked = self.command is not None and re.search(r"\bicmp6?\b", self.command) is not None
        return asked or bool(self.find("echo-request", "echo-reply", "icmp-error"))

    def covers(self, sent: Iterable[Moment], clock: Clock) -> bool:
        """Whether it ran while at least two of these packets were sent.

        Wall clocks are compared as they are. A wall clock and UTC may differ by whole hours.

        Args:
            sent: When they were sent.
            clock: The clock of these times.
        """
        first = self.first.time if self.first else None
        last = self.last.time if self.last else None
        if first is None or last is None:
            return False
        times = [moment for moment in sent if moment.dated == first.dated == last.dated]
        shifts = [0] if clock == self.clock else list(_ZONES_H)
        return any(
            sum(first.at <= moment.at + timedelta(hours=hours) <= last.at for moment in times)
            >= _COVERED
            for hours in shifts
        )


@lru_cache(maxsize=4_096)
def spelled(text: str) -> Address:
    """One spelling for each address, lower case for names.

    >>> spelled("2001:DB8:0::1"), spelled("Gateway.example.NET")
    ('2001:db8::1', 'gateway.example.net')
    """
    try:
        return Address(str(ip_address(text)))
    except ValueError:
        return Address(text.lower())
