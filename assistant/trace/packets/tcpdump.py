"""The text that tcpdump prints, to a capture: with or without dates, `-e`, `-v`, names, IPv6.

listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
11:36:42.999970 ARP, Request who-has 10.2.0.99 tell 10.2.0.1, length 28
6 packets captured
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from msgspec.structs import replace

from assistant.model.source import Moment, Place
from assistant.trace.packets.capture import ANY, Capture, Packet, Way
from assistant.trace.packets.tcpdump_packet import packet_of, quoted, worth_reading
from assistant.trace.text.lines import numbered

_LONGEST = 2_000
"""Characters of a line that are looked at; tcpdump's own are far shorter."""
_BODY_LINES = 12
"""Lines below a header that are looked at; the rest are options and bytes in hexadecimal."""
_DEVICES = 20

_NUMBER = r"(?:\d{1,9} {2})?"
"""`--number` counts the packets."""
_HEADER = re.compile(
    rf"^(?P<space>[ ]*){_NUMBER}(?:"
    r"(?:(?P<date>\d{4}-\d\d-\d\d) )?(?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,9}))?"
    r"|(?P<epoch>\d{9,10})\.(?P<epoch_fraction>\d{1,9}))"
    r" +(?P<rest>\S.*)$"
)
_HEADER_WITHOUT_TIME = re.compile(
    rf"^{_NUMBER}(?P<rest>(?:IP6?|ARP|arp)[ ,].*"
    r"|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} (?:> |\().*"
    r"|\S{1,15} +(?:In|Out) +(?:IP6?|ARP)[ ,].*)$"
)
_IS_PACKET = re.compile(
    r"(?:IP6?|ARP|arp|ip6?:)[ ,]|(?:\S{1,15} +)?(?:In|Out|B|M|P) +"
    r"(?:(?:IP6?|ARP|arp)[ ,]|ifindex |ethertype |[0-9a-f]{2}:)"
    r"|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} (?:> |\()|PPPoE |IP6?: |\(authentic|AF IPv|ff 03 "
    r"|\S{1,260} > \S{1,260}: |arp who-has |arp reply |unknown ip"
)
"""Behind the time; other programs print times with six decimals too."""
_COOKED = re.compile(r"(?:(?P<interface>\S{1,15}) +)?(?P<way>In|Out|B|M|P) +(?=\S)")
_LISTENING = re.compile(r"(?:tcpdump: )?listening on (?P<device>[^\s,]{1,60}), link-type ")
_TAIL = re.compile(r"\^?C?(?P<count>\d{1,12}) packets? (?P<what>captured|dropped by \w{1,20})")
_COMMAND = re.compile(r"(?:^|[$#%>] ?|sudo )(?P<command>tcpdump(?: [^\n]{0,200}|$))")
_HEAD_WORDS = re.compile(
    r"^(?:tcpdump: )?(?:listening on \S{1,60}, link-type |verbose output suppressed, use -v)"
    r"|^reading from file \S{1,260}, link-type |^tcpdump: ",
    re.MULTILINE,
)
_UNDATED = datetime(1, 1, 2)  # noqa: DTZ001 - as `Moment` counts where there is no date
_HALF_A_DAY = timedelta(hours=12)


def looks_like_tcpdump(head: str) -> bool:
    """Whether a text is what tcpdump prints, by its first characters.

    >>> looks_like_tcpdump("listening on eth0, link-type EN10MB (Ethernet), snapshot length 96")
    True
    >>> looks_like_tcpdump("[VPN-Status] 2024/02/06 07:41:12,430")
    False
    """
    if _HEAD_WORDS.search(head):
        return True
    return any(_header(line) is not None for _, line in numbered([head], _LONGEST))


def read_tcpdump(source: str, pieces: Iterable[str]) -> Capture:
    """Read the text of a file to its end; raises nothing for its content.

    Args:
        source: Name of the file as given.
        pieces: The text, in pieces of whole lines.
    """
    reader = _Reader(Capture(source=source))
    for number, line in numbered(pieces, _LONGEST):
        reader.line(number, line)
    return reader.end()


class _Reader:
    """Gathers the lines of one packet after the other."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._header: re.Match[str] | None = None
        self._lines: list[str] = []
        self._number = 0
        self._device: str | None = None
        self._day = _UNDATED
        self._latest: datetime | None = None
        self._relative: bool | None = None

    def line(self, number: int, line: str) -> None:
        """One more line."""
        header = _header(line)
        if header is not None:
            self._finish()
            self._header, self._lines, self._number = header, [line], number
        elif line and not self._about(number, line) and len(self._lines) <= _BODY_LINES:
            self._lines.append(line)

    def end(self) -> Capture:
        """What all lines said."""
        self._finish()
        return self._capture

    def _about(self, number: int, line: str) -> bool:
        """Whether a line tells of the capture and not of a packet; what it tells is kept."""
        capture = self._capture
        place = Place(capture.source, number, number, line)
        if match := _LISTENING.match(line):
            self._finish()
            self._device = match["device"]
            if len(capture.devices) < _DEVICES:
                capture.devices.append(match["device"])
            capture.head = capture.head or place
            # Another capture of the same file may count its time anew.
            self._relative = None
            return True
        if match := _TAIL.match(line):
            self._finish()
            if match["what"] == "captured":
                capture.captured = (capture.captured or 0) + int(match["count"])
                capture.tail = place
            else:
                capture.dropped += int(match["count"])
            return True
        if capture.command is None and (match := _COMMAND.search(line)):
            if not line.startswith("tcpdump: "):
                capture.command = match["command"]
            return True
        return False

    def _finish(self) -> None:
        """The packet whose lines are gathered is complete."""
        header, lines = self._header, self._lines
        self._header, self._lines = None, []
        if header is None:
            return
        capture = self._capture
        capture.packets += 1
        last = self._number + len(lines) - 1
        time = self._time(header)
        first_line = Place(capture.source, self._number, self._number, lines[0].rstrip(), time)
        capture.first = capture.first or first_line
        capture.last = first_line
        if not any(map(worth_reading, lines)):
            return
        rest = header["rest"]
        cooked = _COOKED.match(rest)
        packet, used = _packet(rest[cooked.end() :] if cooked else rest, lines)
        if packet is None:
            return
        interface = (cooked and cooked["interface"]) or self._device
        way: Way | None = None
        if cooked and cooked["way"] != "P":  # `P`: of others to others, overheard
            way = "out" if cooked["way"] == "Out" else "in"
        packet = replace(packet, interface=None if interface == ANY else interface, way=way)
        last = self._number + used - 1
        text = "\n".join(map(str.rstrip, lines[:used]))
        capture.take(packet, Place(capture.source, self._number, last, text, time))

    def _time(self, header: re.Match[str]) -> Moment | None:
        """None for impossible times, and for those that count from a packet on (`-ttt`)."""
        groups = header.groupdict()
        try:
            if groups.get("epoch"):
                self._capture.clock = "epoch"
                at = datetime.fromtimestamp(int(groups["epoch"]), tz=timezone.utc)
                at = at.replace(tzinfo=None)
                return Moment(at + _fraction(groups["epoch_fraction"]))
            if not groups.get("time"):
                return None
            fraction = _fraction(groups["fraction"])
            if groups["date"]:
                at = datetime.fromisoformat(f"{groups['date']} {groups['time']}")
                return Moment(at + fraction)
            hour, minute, second = map(int, groups["time"].split(":"))
            at = self._day.replace(hour=hour, minute=minute, second=second) + fraction
            if self._relative is None:
                # The first packet of `-ttt` and `-ttttt` comes at zero.
                self._relative = at == self._day
            if self._relative:
                return None
            if self._latest is not None and at < self._latest - _HALF_A_DAY:
                self._day += timedelta(days=1)
                at += timedelta(days=1)
        except (ValueError, OverflowError, OSError):
            return None
        self._latest = at
        return Moment(at, dated=False)


def _header(line: str) -> re.Match[str] | None:
    """The first line of a packet."""
    match = _HEADER.match(line)
    if match is None:
        return _HEADER_WITHOUT_TIME.match(line)
    return match if _IS_PACKET.match(match["rest"]) else None


def _packet(rest: str, lines: list[str]) -> tuple[Packet | None, int]:
    """The packet of these lines, and how many of them tell it: with `-v` it stands in the second.

    The rest of an ICMP error's lines show the packet it is about.
    """
    body = lines[1:]
    packet, used = packet_of(rest), 1
    if packet is None and body and rest.rstrip().endswith(")"):
        packet, used = packet_of(body.pop(0)), 2
    if packet is not None and packet.error is not None and packet.about is None:
        for more, line in enumerate(body, start=used + 1):
            if about := quoted(line):
                return replace(packet, about=about[0], about_port=about[1]), more
    return packet, used


def _fraction(digits: str | None) -> timedelta:
    return timedelta(microseconds=int((digits or "0")[:6].ljust(6, "0")))
