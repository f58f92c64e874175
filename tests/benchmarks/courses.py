"""What may become of a negotiation, in the words of the device, for as many sites as one likes.

The words are those of `knowledge/examples/` and of `ticket_makers.py`.
"""

# ruff: noqa: ISC004

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from ticket_makers import FAULTS, Who
from trace_lines import EXAMPLES

_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
_HOSTS = range(100, 255)

Session = list[tuple[float, str]]
"""One negotiation and what follows it: seconds since its call, and the lines of a record."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One remote site."""

    site: str
    gateway: str
    number: int

    @property
    def network(self) -> str:
        """The first three numbers of the network behind it."""
        return f"10.{self.number // 250 % 250}.{self.number % 250}"


def tunnels(number: int) -> list[Tunnel]:
    """So many remote sites, each with an address of its own.

    They are documentation addresses as far as these go, else all of 10.0.0.0/8.
    """
    documented = number <= len(_NETWORKS) * len(_HOSTS)
    return [
        Tunnel(f"SITE-{place:05}", _documented(place) if documented else _private(place), place)
        for place in range(number)
    ]


def _documented(place: int) -> str:
    network, host = place % len(_NETWORKS), place // len(_NETWORKS)
    return f"{_NETWORKS[network]}.{_HOSTS[host]}"


def _private(place: int) -> str:
    """Outside the networks behind the tunnels; all are of one length."""
    hosts = len(_HOSTS)
    highest, middle = divmod(place // hosts, hosts)
    return f"10.{200 + highest}.{_HOSTS[middle]}.{_HOSTS[place % hosts]}"


# Sessions -------------------------------------------------------------------------------------


def _example(name: str, site: str, gateway: str) -> Session:
    """A published course of events, with holes for whose it is."""
    found: Session = []
    begin: datetime | None = None
    holes = {
        site: "{site}",
        gateway: "{gateway}",
        "192.168.10.": "{network}.",
        "192.168.30.": "{network}.",
        "0x2f41c07a": "{out:#010x}",
        "0x51d3b86e": "{into:#010x}",
    }
    text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    for header, body in re.findall(r"^\[VPN-Status\] (.*)\n((?:.+\n)+)", text, re.MULTILINE):
        at = datetime.strptime(header, "%Y/%m/%d %H:%M:%S,%f")  # noqa: DTZ007
        begin = begin or at
        for word, hole in holes.items():
            body = body.replace(word, hole)  # noqa: PLW2901
        found.append(((at - begin).total_seconds(), body.rstrip("\n")))
    return found


_SET_UP = _example("success", "ZENTRALE", "203.0.113.10")
_SILENT = _example("no-response", "ZENTRALE", "203.0.113.10")
_REFUSED = _example("proposal-mismatch", "WERK-SUED", "198.51.100.80")
_POLLS = _example("polling-failed", "LAGER", "192.0.2.44")
_NO_POLL = _example("no-poll-entry", "LAGER", "192.0.2.44")


def _later(seconds: float, session: Session) -> Session:
    return [(seconds + at, body) for at, body in session]


_CALLED = 1
"""Records of a call before the VPN rules are set."""
_MATCHED = next(place for place, (_, body) in enumerate(_SET_UP) if "matched" in body)
_RENEWED = [(0.0, body) for at, body in _SET_UP if 3 < at < 5]
"""Phase 2 and its SAs, as they come again after their lifetime.

At one moment: only the first of these records says whose they are, so nothing may come between.
"""
_COMPARED = [(at, body) for at, body in _REFUSED if "proposal failed" in body]
_WHO = "{site} ({gateway})"
_DYNAMIC: Session = [
    (0.0, f"VPN: start dynamic VPN negotiation for {_WHO} via ICMP/UDP"),
    (
        0.0,
        f"VPN: create authentication packet for {_WHO}\nDNS: 192.168.20.1, 0.0.0.0\n"
        "NBNS: 192.168.20.1, 0.0.0.0",
    ),
]
_ANSWERED: Session = [
    (
        0.25,
        f"VPN: received authentication packet from {_WHO}\nDNS: {{network}}.1, 0.0.0.0\n"
        "NBNS: {network}.1, 0.0.0.0",
    ),
]


def _up(dice: random.Random) -> Session:
    """Comes up: dynamic or not, after some proposals that did not fit, and renewed or not."""
    compared = dice.choices(_COMPARED, k=dice.choice((0, 0, 2, 5)))
    session = [*_SET_UP[:_MATCHED], *sorted(compared), *_SET_UP[_MATCHED:]]
    if dice.random() < 0.3:
        session[_CALLED:_CALLED] = _DYNAMIC
        session += _ANSWERED
    for again in range(dice.choice((0, 0, 1, 2))):
        session += _later(8 + 5 * again, _RENEWED)
    return session


def _end(body: str) -> Callable[[random.Random], Session]:
    return lambda dice: [*_up(dice), (dice.uniform(20, 60), body)]


def _missed(polls: Session) -> Callable[[random.Random], Session]:
    return lambda dice: [*_up(dice), *_later(dice.uniform(20, 60), polls)]


def _refused(dice: random.Random) -> Session:
    """Any number of proposals of either side, none of which fits."""
    more = sorted(dice.choices(_COMPARED, k=dice.randrange(12)))
    return [*_REFUSED[:-1], *((_REFUSED[-1][0], body) for _, body in more), _REFUSED[-1]]


def _phase_2(error: str) -> Callable[[random.Random], Session]:
    """Phase 1 is done, phase 2 is refused."""
    done = next(place for place, (_, body) in enumerate(_SET_UP) if "life time" in body)
    refused = (2.5, f"VPN: Error: IPSEC-R-{error} for {_WHO}")
    return lambda _: [*_SET_UP[: done + 1], refused]


def _taken_over(fault: str) -> Callable[[random.Random], Session]:
    """One of the tickets' faults."""
    records = list(FAULTS[fault](Who("{site}", "{gateway}")))
    return lambda _: records


Script = Callable[[random.Random], Session]
SCRIPTS: Mapping[str, tuple[int, Script]] = {
    "up": (6, _up),
    "ended": (4, _end(f"VPN: disconnecting {_WHO}")),
    "idle": (2, _end(f"VPN: Error: IFC-X-Shorthold-expired (0x4303) for {_WHO}")),
    "carrier": (1, _end(f"VPN: Error: IFC-X-Physical-disconnected (0x4304) for {_WHO}")),
    "lost": (5, _missed(_POLLS)),
    "recovered": (2, _missed(_POLLS[:2])),
    "no-poll-entry": (1, lambda _: [*_SET_UP[:-1], *_later(_SET_UP[-1][0], _NO_POLL)]),
    "silent": (4, lambda _: _SILENT),
    "refused": (3, _refused),
    "networks": (1, _phase_2("No-rule-matched-IDs (0x3201)")),
    "ipsec": (1, _phase_2("No-proposal-matched (0x3202)")),
    "pfs": (1, _phase_2("PFS-group-mismatch (0x3203)")),
    **{
        name: (1, _taken_over(name))
        for name in ("key", "identity", "licence", "certificate", "ppp")
    },
}
"""What may become of a negotiation: how often, and what the device says."""


def filled(session: Session, tunnel: Tunnel, dice: random.Random) -> Session:
    """The session of one tunnel, with its own SPIs."""
    holes = {
        "site": tunnel.site,
        "gateway": tunnel.gateway,
        "network": tunnel.network,
        "out": dice.randrange(1 << 28, 1 << 32),
        "into": dice.randrange(1 << 28, 1 << 32),
    }
    return [(at, body.format_map(holes)) for at, body in session]


def distinct_session(tunnel: Tunnel, number: int, *, lost: bool) -> Session:
    """A negotiation in which every record has something that only this one has."""
    who = f"{tunnel.site} (10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255})"
    gateway = who.split("(")[1].rstrip(")")
    info, own = "VpnIpm: info;", f"{number + 1000}"
    rule = f"{tunnel.site}-pr{own}-l0-r0"
    name = f"isakmp-peer-{tunnel.site} "
    return [
        (0.00, f"VPN: connecting to {who}"),
        (0.01, f"VPN: installing ruleset for {who}"),
        (0.02, f"VPN: ruleset installed for {who}"),
        (0.02, f"VPN: start IKE negotiation for {who}"),
        (
            0.03,
            f"{info} Phase-1 negotiation started for peer {tunnel.site} rule {name.strip()}-{own} "
            "using MAIN mode",
        ),
        (0.28, f"{info} The remote server {gateway}:500 id <no_id> is Enigmatec IPSEC version 1.4"),
        (
            0.28,
            f"{info} phase-1 proposal failed; remote No {own} encryption algorithm = AES_CBC <-> "
            f"local No {own} encryption algorithm = 3DES_CBC",
        ),
        (0.29, f"{info} Phase-1 remote proposal {own} matched with local proposal {own}"),
        (
            2.14,
            f"{info} Phase-1 [inititiator] between initiator id 198.51.100.7, responder id "
            f"{gateway} done",
        ),
        (2.14, f"{info} life time ( {own} sec/ {own} kb)"),
        (
            3.87,
            f"{info} Phase-2 [inititiator] done with 2 SAS for peer {tunnel.site} "
            f"rule ipsec-0-{rule}",
        ),
        (
            3.87,
            f"{info} rule:' ipsec 192.168.20.0/255.255.255.0 <-> "
            f"10.{number >> 8 & 255}.{number & 255}.{number >> 16 & 255}/255.255.255.255 '",
        ),
        (
            3.87,
            f"{info} SA ESP [{2 * number + (1 << 28):#010x}] alg AES keylength 256 "
            "+hmac HMAC_SHA outgoing",
        ),
        (
            3.87,
            f"{info} SA ESP [{2 * number + 1 + (1 << 28):#010x}] alg AES keylength 256 "
            "+hmac HMAC_SHA incoming",
        ),
        (3.88, f"{info} life soft( {own} sec/{own} kb) hard ({own} sec/{own} kb)"),
        (3.88, f"{info} tunnel between src: 198.51.100.7 dst: {gateway}"),
        (5.02, f"VPN: {who} connected, set poll timer to 30 sec"),
        (
            (50.0, f"VPN: Error: IFC-X-Line-polling-failed (0x1307) for {who}")
            if lost
            else (50.0, f"VPN: Error: IFC-X-Shorthold-expired (0x4303) for {who}")
        ),
        (50.01, f"VPN: disconnecting {who}"),
    ]
