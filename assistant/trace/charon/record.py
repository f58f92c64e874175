"""Text of charon's log to records: one line, one record, whatever syslog put before it.

    2026-11-23T11:36:24.083 00[DMN] Starting IKE charon daemon (strongSwan 5.9.8, ...)
    Nov 23 11:36:24 gw charon-systemd[417]: 12[IKE] <BUGFIX|1> initiating IKE_SA BUGFIX[1] to ...

What counts is thread and subsystem (`12[IKE]`) and, where the daemon is set to print it, the
connection with the number of its IKE_SA (`<BUGFIX|1>`, or `<1>` before the connection is known).
The stamp before them is the daemon's, syslog's or journald's. Without a year it keeps the order
and the time of day: days are counted from the first stamp, as in a leap year, which has every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from assistant.model.source import Moment, Place
from assistant.trace.text.record import Record

_BEFORE = 240
"""Characters in which the tag must begin: stamp, host, program."""
_THREAD = re.compile(
    r"(?:^|(?<=[\s\":,|]))(\d{2,3})\[([A-Z]{3})\d?\] (?:<(?:([^<>|\n]{1,100})\|)?(\d{1,10})>)?"
)
_PROGRAM = re.compile(
    r"\bcharon(?:-systemd|-nm)?(?:\[\d{1,10}\])?: (?:<(?:([^<>|\n]{1,100})\|)?(\d{1,10})>)?"
)
"""Loggers may be set to print neither thread nor subsystem."""
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?", re.ASCII)
_MONTH_DAY = re.compile(
    r"(?:(\d{4}) )?\b([A-Z][a-zä]{2})\.? {1,2}(\d{1,2})(?: (\d{4}))?,? "
    r"(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?",
)
_TIME = re.compile(r"(?<![\d:])(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?!:)", re.ASCII)
_MONTHS = {
    "Jan": 1,
    "Feb": 2,
    "Mar": 3,
    "Mär": 3,
    "Mrz": 3,
    "Apr": 4,
    "May": 5,
    "Mai": 5,
    "Jun": 6,
    "Jul": 7,
    "Aug": 8,
    "Sep": 9,
    "Oct": 10,
    "Okt": 10,
    "Nov": 11,
    "Dec": 12,
    "Dez": 12,
}
"""journald writes them in the language of whoever asks."""
_LEAP_YEAR = 2000
_HALF_A_YEAR = 183
_WRAPPED = 2
"""Further lines that one line may have become in a mail."""
_SUBSYSTEMS = frozenset(
    (
        "DMN",
        "MGR",
        "IKE",
        "CHD",
        "JOB",
        "CFG",
        "KNL",
        "NET",
        "ASN",
        "ENC",
        "TNC",
        "IMC",
        "IMV",
        "PTS",
        "TLS",
        "APP",
        "ESP",
        "LIB",
    )
)
_LANCOM = re.compile(r"^[ \t]*\[[A-Za-z0-9][\w-]{1,30}\] +\d{4}/\d", re.MULTILINE)


class CharonRecord(Record, frozen=True):
    """One line of the log; its class is the subsystem, None where the logger leaves it out."""

    thread: int | None = None
    """A thread works for one IKE_SA at a time."""
    connection: str | None = None
    """Name of the entry, once the daemon has chosen one."""
    ike_sa: int | None = None
    """The daemon's own number of the IKE_SA; None where the line prints none."""


def is_charon_log(text: str) -> bool:
    r"""Whether most records in a text are charon's.

    >>> is_charon_log("Hello,\n> 12[IKE] initiating IKE_SA BUGFIX[1] to 192.0.2.1\n")
    True
    """
    lines = (line for line in text.split("\n") if "[" in line or "charon" in line)
    own = sum(_tag(line) is not None for line in lines)
    return own > len(_LANCOM.findall(text)) if own else False


def _tag(line: str) -> re.Match[str] | None:
    """Where thread, subsystem and IKE_SA stand; what follows is the message."""
    match = _THREAD.search(line, 0, _BEFORE + 120)
    if match is not None and match[2] in _SUBSYSTEMS:
        return match
    match = _PROGRAM.search(line, 0, _BEFORE + 120)
    # Whoever writes about it may name the program too.
    return match if match is not None and Clock.has_stamp(line[: match.start()]) else None


class CharonReader:
    """Cuts a log into records; passes over the lines of other programs."""

    def __init__(self, source: str) -> None:
        """Reads a source."""
        self._source = source
        self._clock = Clock()
        self._line = 0

    @property
    def clock_set_back(self) -> bool:
        """A stamp more than a minute before the one above it."""
        return self._clock.set_back

    def records(self, pieces: Iterable[str]) -> Iterator[CharonRecord]:
        """Records in file order; a line that is no record goes to the one it was wrapped from."""
        held: CharonRecord | None = None
        for piece in pieces:
            # Every piece but the last ends with a line end.
            for line in piece.removesuffix("\n").split("\n"):
                self._line += 1
                tag = _tag(line)
                if tag is not None:
                    if held is not None:
                        yield held
                    held = self._record(line, tag)
                elif held is not None and self._goes_on(held, line):
                    held = _joined(held, line, self._line)
                elif held is not None:
                    yield held
                    held = None
        if held is not None:
            yield held

    def _record(self, line: str, tag: re.Match[str]) -> CharonRecord:
        groups = tag.groups()
        thread, subsystem = (int(groups[0]), groups[1]) if len(groups) > 2 else (None, None)  # noqa: PLR2004 - a program's tag has two
        name, number = groups[-2:]
        time = self._clock.read(line[: tag.start()])
        message = line[tag.end() :].strip()
        place = Place(self._source, self._line, self._line, line.rstrip(), time)
        return CharonRecord(
            subsystem,
            time,
            (message,) if message else (),
            (0,) if message else (),
            place,
            thread=thread,
            connection=name,
            ike_sa=int(number) if number else None,
        )

    def _goes_on(self, held: CharonRecord, line: str) -> bool:
        """A copy's second line has neither stamp nor program before it."""
        return (
            bool(held.lines)
            and bool(line.strip())
            and self._line == held.place.last_line + 1
            and len(held.lines) <= _WRAPPED
            and not Clock.has_stamp(line[:_BEFORE])
        )


def _joined(held: CharonRecord, line: str, number: int) -> CharonRecord:
    place = held.place
    return replace(
        held,
        lines=(*held.lines, line.strip()),
        offsets=(*held.offsets, number - held.place.first_line),
        place=replace(place, last_line=number, text=f"{place.text}\n{line.rstrip()}"),
    )


class Clock:
    """Reads the stamp before a message, in whatever form the logger was given."""

    def __init__(self) -> None:
        self.set_back = False
        """A stamp more than a minute before the one above it."""
        self._head: str | None = None
        self._moment: Moment | None = None
        self._before: datetime | None = None
        self._first_day: int | None = None
        self._last_day = 0
        self._days = 0
        # Not the first day there is: one looks half a day back.
        self._day = datetime(1, 1, 2)  # noqa: DTZ001 - device times have no zone

    @staticmethod
    def has_stamp(head: str) -> bool:
        """Whether a line begins like one of some program's log."""
        return any(regex.search(head[:_BEFORE]) for regex in (_ISO, _MONTH_DAY, _TIME))

    def read(self, head: str) -> Moment | None:
        """The moment that stands in the text before a message; None for none or an impossible one.

        >>> str(Clock().read("2026-11-23T11:36:24.083 "))
        '2026-11-23T11:36:24.083'
        >>> str(Clock().read("Nov 23 11:36:24 gw charon: "))
        'T11:36:24.000'
        """
        if head == self._head:
            return self._moment
        try:
            moment = self._read(head)
        except (ValueError, OverflowError):
            moment = None
        if moment is not None:
            before = self._before
            if before is not None and moment.at < before - timedelta(minutes=1):
                self.set_back = True
            self._before = moment.at
        self._head, self._moment = head, moment
        return moment

    def _read(self, head: str) -> Moment | None:
        match = _ISO.search(head)
        if match:
            year, month, day, *rest = match.groups()
            return Moment(_at(int(year), int(month), int(day), rest))
        match = _MONTH_DAY.search(head)
        if match and match[2] in _MONTHS:
            year = match[1] or match[4]
            month, day, clock = _MONTHS[match[2]], int(match[3]), match.groups()[4:]
            if year:
                return Moment(_at(int(year), month, day, clock))
            return Moment(self._yearless(month, day, clock), dated=False)
        match = _TIME.search(head)
        return Moment(self._dateless(match.groups()), dated=False) if match else None

    def _yearless(self, month: int, day: int, rest: Iterable[str | None]) -> datetime:
        today = date(_LEAP_YEAR, month, day).toordinal()
        if self._first_day is None:
            self._first_day = self._last_day = today
        if today < self._last_day - _HALF_A_YEAR:
            self._days += 366  # New Year's Eve is behind us
        self._last_day = today
        days = timedelta(days=self._days + today - self._first_day)
        return _at(1, 1, 2, rest) + days

    def _dateless(self, rest: Iterable[str | None]) -> datetime:
        time = _at(1, 1, 2, rest)
        at = time.replace(year=self._day.year, month=self._day.month, day=self._day.day)
        if self._before is not None and at < self._before - timedelta(hours=12):
            self._day += timedelta(days=1)
            at += timedelta(days=1)
        return at


def _at(year: int, month: int, day: int, rest: Iterable[str | None]) -> datetime:
    """A time; finer than milliseconds is left out."""
    hour, minute, second, fraction = rest
    ms = int(fraction[:3].ljust(3, "0")) if fraction else 0
    return datetime(  # noqa: DTZ001 - device times have no zone
        year, month, day, int(hour or 0), int(minute or 0), int(second or 0), ms * 1000
    )
