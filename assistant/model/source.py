"""Where text came from: files, the places in them, and the device's own time."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from msgspec import Struct

FIRST_DAY = date(1, 1, 2)
"""On which moments without a date begin. Not the first day there is: one looks half a day back."""


class SourceKind(str, Enum):
    """What a file turned out to be, by its content (contract: `sources[].kind`)."""

    LANCOM_TRACE = "lancom-trace"
    LANCOM_CONFIG = "lancom-config"
    TCPDUMP_TEXT = "tcpdump-text"
    PING_OUTPUT = "ping-output"
    STRONGSWAN_LOG = "strongswan-log"
    EMPTY = "empty"
    OTHER = "other"


class Side(str, Enum):
    """Whose file it is: the router we are asked about, or its peer."""

    LOCAL = "local"
    REMOTE = "remote"


class Moment(Struct, frozen=True, order=True):
    """A time stamp as the device printed it; no zone, and perhaps no date.

    LANCOM prints `2007/12/04 01:24:43,710`, some traces only `10:17:58,480`.
    A moment without a date counts from 0001-01-02, one day more after each midnight.
    """

    at: datetime
    """Naive; milliseconds are the finest the device prints."""
    dated: bool = True
    """False if the trace shows the time of day only."""

    def __str__(self) -> str:
        """ISO 8601 without zone; `T01:24:43.710` where there is no date.

        >>> str(Moment(datetime(2007, 12, 4, 1, 24, 43, 710000)))
        '2007-12-04T01:24:43.710'
        """
        text = self.at.isoformat(timespec="milliseconds")
        return text if self.dated else text[10:]

    def seconds_since(self, earlier: Moment) -> float:
        """Seconds from `earlier` to here; negative if the device's clock was set back."""
        return (self.at - earlier.at).total_seconds()


class Place(Struct, frozen=True):
    """Lines of one source that say one thing: what evidence points at."""

    source: str
    """Name of the source as given (contract: `sources[].name`)."""
    first_line: int
    """Counted from 1."""
    last_line: int
    """Inclusive; never before `first_line`."""
    text: str
    """The lines themselves, joined by `\\n`, without trailing white space."""
    time: Moment | None = None
    """Of the record's header; None if it has none."""


class Source(Struct, frozen=True, kw_only=True):
    """One input file and how well it was read."""

    name: str
    """As given on the command line, without its folders; `stdin` for `-`."""
    kind: SourceKind
    side: Side | None
    side_reason: str | None
    """Id of the reason in `reports/labels.yaml`, `side.<reason>`."""
    sha256: str
    size_bytes: int
    encoding: str | None
    """Python's codec name; None for an empty file."""
    records: int = 0
    unread_records: int = 0
    classes: tuple[tuple[str, int], ...] = ()
    """Trace classes seen (`VPN-Status`, `IP-Router`, ...) with their number of records."""
    device: tuple[tuple[str, str], ...] = ()
    """`model` and `version` of the router, where the console's greeting was copied."""
    first: Moment | None = None
    last: Moment | None = None
