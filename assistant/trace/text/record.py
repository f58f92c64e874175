"""Text to records: a header with class and time, and the lines that belong to it.

    [VPN-Status] 2007/12/04 01:24:48,720
    VPN: disconnecting ZENTRALE (192.0.2.1)

File order is kept; nothing is sorted by time, because a trace is printed late but in order.
"""

from __future__ import annotations

import re

from msgspec import Struct

from assistant.later import compiled_later
from assistant.model.source import Moment, Place

HEADER = compiled_later(
    r"^[ \t]*(?:\[(?P<tag>[A-Za-z0-9][\w .#/-]{0,39})\][ \t]*)?"
    r"(?:(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})[ \t]+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2}),(?P<ms>\d{3})(?!\d)"
    r"[ \t]*(?P<interface>\[[^\]\n]{1,80}\])?"
    # Long enough to be wrapped by a mail program.
    r"(?:[ \t]*(?i:Devicetime):[ \t]*\n?[ \t]*"
    r"(?P<stamp>[\d/]{8,10}[ \t]*[ \t\n][ \t]*[\d:]{7,8},\d{3})"
    r"[ \t]*(?P<late>\[[^\]\n]{1,80}\])?)?"
    r"(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
"""`2004/01/20 15:18:34,500`, `[VPN-Status] 2007/12/04 14:37:57,210`, `10:17:58,480`; behind them
`[INTRANET (4)]` (LCOS from 10.20) and `Devicetime: ...` (LANtracer puts the PC's time first).
"""

BODY_LINES = 200
"""Lines of one record that are looked at; a VPN record has at most half a dozen."""

VPN_STATUS = "VPN-Status"


class Body(Struct):
    """What stands below a header; of equal texts there is one, wherever they stand."""

    lines: tuple[str, ...]
    offsets: tuple[int, ...]
    trace_class: str
    last: int
    """Offset of the last line that is not empty; 0 if there is none."""
    text: str
    """From the end of the header to that line, without white space at the lines' ends."""
    reading: object = None
    """What whoever reads messages made of it; nothing here looks at it."""
    is_read: bool = False


class Record(Struct, frozen=True):
    """One trace output."""

    trace_class: str | None
    """What the header names, or what the first line gives away; None if neither does."""
    time: Moment | None
    lines: tuple[str, ...]
    """The body's lines without white space around them, empty ones left out."""
    offsets: tuple[int, ...]
    """Of each of `lines` from the record's first line; the header's is 0."""
    place: Place
    """From the header to the last line that is not empty."""
    interface: str | None = None
    """`INTRANET (4)`, where the header names one (LCOS from 10.20)."""
    prose: tuple[Place, ...] = ()
    """Lines between the header and its message that the device did not print."""
    body: Body | None = None
    """Shared by records with equal texts; None where the text had to be cleaned."""

    @property
    def line_numbers(self) -> tuple[int, ...]:
        """Of each of `lines`, counted from 1."""
        return tuple(self.place.first_line + offset for offset in self.offsets)
