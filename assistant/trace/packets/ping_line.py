"""What one line of ping's output says, whichever program printed it, English or German.

Linux (iputils 20221126), busybox 1.35 and GNU inetutils 2.4 are measured, the German words of
iputils are those of its translation, Windows and BSD as commonly published. Of LCOS only the line
of an answer is published; its other lines are read where they look like those of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from typing import Literal

from msgspec import Struct

from assistant.model.capture import IcmpError
from assistant.model.event import Address
from assistant.model.source import Moment
from assistant.trace.packets.capture import spelled

Local = Literal["no-route", "not-permitted", "no-name", "too-big", "other"]
"""Why the pinging host could not send: a route, a filter of its own, a name without an address, the
packet's size."""

_AT = r"(?P<target>[^\s()\[\],]{1,255})"
_COMMAND = re.compile(r"(?:\S{0,60}[$#%>]|[$#%>])? ?(?:\S{0,60}/)?ping6?(?:\.exe)? \S")
_HEADS = (
    # PING 10.2.0.10 (10.2.0.10) from 10.1.0.1 lan: 56(84) bytes of data.
    # PING 2001:db8::1(2001:db8::1) 56 data bytes; PING 10.2.0.1 (10.2.0.1): 56 data bytes
    re.compile(
        rf"PING6? {_AT} ?(?:\((?P<address>[^\s()]{{1,255}}?)(?:%\w{{1,20}})?\)\)?)?"
        r"(?: (?:from|von) (?P<source>[^\s:]{1,64}|[0-9a-fA-F:.]{2,64}?)(?: \S{0,20})?)? ?[: (]"
    ),
    # PING6(56=40+8+8 bytes) 2001:db8::1 --> 2001:db8::2
    re.compile(r"PING6\([^)]{1,40}\) (?P<source>\S{2,64}) --> (?P<target>\S{2,64})"),
    # Pinging gw.example.net [192.0.2.1] from 10.1.0.1 with 32 bytes of data:
    re.compile(
        rf"(?:Pinging|Ping wird ausgef.{{1,3}}hrt f.{{1,3}}r) {_AT}"
        r"(?: \[(?P<address>[^\]\s]{1,64})\])?(?: (?:from|von) (?P<source>[^\s]{2,64}))?"
        r" (?P<windows>with|mit) \d{1,6} (?:bytes of data|Bytes Daten)"
    ),
)
_STAMP = re.compile(r"\[(?P<epoch>\d{9,10})\.(?P<fraction>\d{1,9})\] ")
_ANSWERS = (
    # 64 bytes from gw.example.net (192.0.2.1): icmp_seq=1 ttl=63 time=1.2 ms; busybox: seq=0
    re.compile(
        r"\d{1,6} [Bb]ytes (?:from|von) (?P<name>[^\s():,]{1,255}|[0-9a-fA-F:.%\w]{2,64})"
        r"(?: \((?P<address>[^\s()]{1,64})\))?[:,] (?:icmp_)?(?:seq|req)[= ]\d{1,9}"
    ),
    # Reply from 192.0.2.1: bytes=32 time<1ms TTL=64; of IPv6 without bytes
    re.compile(
        r"(?:Reply from|Antwort von) (?P<name>\S{1,255}): (?i:bytes=\d{1,6} )?(?i:time|Zeit)[=<]"
    ),
    # 56 Byte Packet from 192.168.45.178 seq.no=0 time=3.718 ms (LCOS)
    re.compile(r"\d{1,6} Byte Packet from (?P<name>\S{1,64}) seq\.no=\d{1,9}"),
)
_SILENCES = re.compile(
    r"(?:no answer yet for|noch keine Antwort f.{1,3}r) icmp_seq=\d"
    r"|Request timeout for icmp_seq|Request timed out|Zeit.{1,3}berschreitung der Anforderung"
)
_ERROR = re.compile(
    # From 10.2.0.1 (10.2.0.1) icmp_seq=1 ...; 92 bytes from 10.1.0.254: ...; Reply from x: ...
    r"(?:(?:From|Von) (?P<name>[^\s()]{1,255}?)(?: \((?P<address>[^\s()]{1,64})\))?:?"
    r" icmp_(?:seq|req)=\d{1,9}"
    r"|(?:\d{1,6} bytes from|Reply from|Antwort von) (?P<name_1>[^\s()]{1,255}?)"
    r"(?: \((?P<address_1>[^\s()]{1,64})\))?:)"
    r" (?P<says>[A-Z].{3,120})"
)
_NO_ERROR = re.compile(r"(?i)redirect|netzwerk umleiten|host umleiten|source quench")
_BARE_ERROR = re.compile(
    r"(?:Destination (?:host|net|port|protocol) unreachable|Ziel(?:host|netz|port) nicht erreichbar"
    r"|TTL expired in transit|Die G.{1,3}ltigkeitsdauer wurde bei der .{1,3}bertragung)"
)
"""Windows without a sender: its own host knows no way."""
_SAYS: tuple[tuple[re.Pattern[str], IcmpError], ...] = (
    (re.compile(r"(?i)filtered|gefiltert|prohibited|verboten"), "prohibited"),
    (
        re.compile(r"(?i)time to live|ttl |time exceeded|lebenszeit|g.{1,3}ltigkeitsdauer|hop"),
        "time-exceeded",
    ),
    (re.compile(r"(?i)frag needed|too big|fragmentiert|fragmented|zu gro"), "too-big"),
    (re.compile(r"(?i)protocol|protokoll"), "protocol-unreachable"),
    (re.compile(r"(?i)port"), "port-unreachable"),
    (re.compile(r"(?i)no route|keine route|\bnet\b|network|netz|beyond scope"), "net-unreachable"),
    (re.compile(r"(?i)host|address unreachable|adresse nicht"), "host-unreachable"),
)
_LOCAL: tuple[tuple[re.Pattern[str], Local], ...] = (
    (re.compile(r"(?i)message too long|nachricht zu lang"), "too-big"),
    (
        re.compile(r"(?i)network is (?:unreachable|down)|no route to host|das netzwerk ist nicht"),
        "no-route",
    ),
    (re.compile(r"(?i)operation not permitted|permission denied"), "not-permitted"),
    (
        re.compile(
            r"(?i)name resolution|name or service not known|unknown host|bad address"
            r"|could not find host|konnte den host|cannot resolve|hostnamen"
        ),
        "no-name",
    ),
    (re.compile(r"(?i)general failure|allgemeiner fehler"), "other"),
)
_LOCAL_LINE = re.compile(
    r"(?:\S{0,80}/)?(?i:ping6?: )\S|(?:General failure|Allgemeiner Fehler)\."
    r"|Ping request could not find|Ping-Anforderung konnte"
)
_TITLE = re.compile(
    rf"-{{2,3}} ?{_AT} ping6?[ -](?:statistics?|Statistik(?:en)?) ?-{{0,3}}"
    rf"|(?:Ping statistics for|Ping-Statistik f.{{1,3}}r) (?P<windows>\S{{1,255}}?):?$"
)
_STATISTICS = re.compile(
    r"(?:\d{1,6} Bytes Data, )?(?P<sent>\d{1,9}) (?i:packets|pakete)"
    r" (?:transmitted|.{1,3}bertragen), (?P<received>\d{1,9}) (?:(?i:packets )?received|empfangen)"
    r"|(?:Packets: Sent|Pakete: Gesendet) = (?P<sent_1>\d{1,9}),"
    r" (?:Received|Empfangen) = (?P<received_1>\d{1,9}),"
)
_WORDS = 20


class Head(Struct, frozen=True, kw_only=True):
    """The first line of a run, or the title of its statistics."""

    target: Address
    """The address where it is printed, else the name."""
    source: Address | None = None
    windows: bool = False


class PingError(Struct, frozen=True, kw_only=True):
    """An ICMP error that came back instead of an answer."""

    error: IcmpError
    sender: Address | None
    """Who sent it; None where the pinging host itself knows no way (Windows names nobody then)."""


def head(line: str) -> Head | None:
    """What a run's first line says.

    >>> head("PING 10.2.0.10 (10.2.0.10) from 10.1.0.1 : 56(84) bytes of data.")
    Head(target='10.2.0.10', source='10.1.0.1', windows=False)
    """
    match = _any(_HEADS, line) if line[:1] == "P" else None
    if match is None:
        return None
    known = match.groupdict()
    return Head(
        target=spelled(known.get("address") or known["target"]),
        source=spelled(known["source"]) if known["source"] else None,
        windows=bool(known.get("windows")),
    )


def title(line: str) -> Head | None:
    """What the line above the statistics says."""
    match = _TITLE.match(line)
    if match is None:
        return None
    return Head(target=spelled(match["target"] or match["windows"]), windows=bool(match["windows"]))


def command(line: str) -> Address | None:
    """The address in a command line; some errors name none."""
    at = line.find("ping")
    if at < 0 or not _COMMAND.match(line):
        return None
    words = [spelled(word) for word in line[at:].split()[:_WORDS]]
    return next((word for word in reversed(words) if is_address(word)), None)


def statistics(line: str) -> tuple[int, int] | None:
    """Packets sent and received."""
    match = _STATISTICS.search(line)
    if match is None:
        return None
    return int(match["sent"] or match["sent_1"]), int(match["received"] or match["received_1"])


def answer(line: str) -> Address | None:
    """Who answered.

    >>> answer("56 Byte Packet from 192.168.45.178 seq.no=0 time=3.718 ms")
    '192.168.45.178'
    """
    match = _any(_ANSWERS, line)
    if match is None or "(DUP!)" in line:
        return None
    return spelled(match.groupdict().get("address") or match["name"].rstrip(":"))


def is_silence(line: str) -> bool:
    """Whether it says that no answer came."""
    return _SILENCES.match(line) is not None


def error(line: str) -> PingError | None:
    """Which error came back, and from whom.

    >>> error("From 10.2.0.1 icmp_seq=1 Destination Host Unreachable")
    PingError(error='host-unreachable', sender='10.2.0.1')
    """
    match = _ERROR.match(line)
    if match is None:
        return PingError(error=_meaning(line), sender=None) if _BARE_ERROR.match(line) else None
    if _NO_ERROR.match(match["says"]):
        return None
    sender = match["address"] or match["address_1"] or match["name"] or match["name_1"]
    return PingError(error=_meaning(match["says"]), sender=spelled(sender))


def local_error(line: str) -> Local | None:
    """Why the pinging host could not send."""
    if not _LOCAL_LINE.match(line):
        return None
    return next((local for words, local in _LOCAL if words.search(line)), None)


def without_stamp(text: str) -> tuple[str, Moment | None]:
    """The line without white space around it and without its time (`ping -D`: UTC)."""
    line = text.strip()
    stamp = _STAMP.match(line)
    if stamp is None:
        return line, None
    at = datetime.fromtimestamp(int(stamp["epoch"]), tz=timezone.utc).replace(tzinfo=None)
    at += timedelta(microseconds=int(stamp["fraction"][:6].ljust(6, "0")))
    return line[stamp.end() :], Moment(at)


def is_address(text: str) -> bool:
    """Whether a text is an address and no name.

    >>> is_address("192.0.2.1"), is_address("2001:db8::1"), is_address("gw.example.net")
    (True, True, False)
    """
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _meaning(says: str) -> IcmpError:
    return next((meant for words, meant in _SAYS if words.search(says)), "other")


def _any(patterns: Iterable[re.Pattern[str]], line: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.match(line))), None)
