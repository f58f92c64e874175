"""What anybody writes in an afternoon: a loop over the lines of a LANCOM trace, and a verdict.

    python tests/benchmarks/naive.py TRACE

A yardstick: it knows every message of `traces.py`, keeps one session for each remote site, and says
what became of each. It explains nothing, and takes apart no text that a mail program touched.
"""

# Device times have no zone.
# ruff: noqa: DTZ007

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

_WHO = r"(?P<{0}>\S+) \(\S+\)"
_INFO = r"VpnIpm: info; "
MESSAGES = {
    "connecting": rf"VPN: connecting to {_WHO}",
    "connected": rf"VPN: {_WHO} connected, set poll timer to \d+ sec",
    "error": rf"VPN: Error: \S+ \((?P<code>0x\w+)\) for {_WHO}",
    "no_response": rf"VPN: connection for {_WHO} timed out: no response",
    "poll": rf"VPN: poll timeout for {_WHO}",
    "disconnecting": rf"VPN: disconnecting {_WHO}",
    "installing": rf"VPN: installing ruleset for {_WHO}",
    "installed": rf"VPN: ruleset installed for {_WHO}",
    "ike": rf"VPN: start IKE negotiation for {_WHO}",
    "dynamic": rf"VPN: start dynamic VPN negotiation for {_WHO} via \S+",
    "created": rf"VPN: create authentication packet for {_WHO}",
    "received": rf"VPN: received authentication packet from {_WHO}",
    "rulesets": r"VPN: installed rulesets",
    "announced": rf"{_INFO}phase-1 negotiation started for peer isakmp-peer-\S+",
    "started": rf"{_INFO}Phase-1 negotiation started for peer \S+ rule \S+ using \w+ mode",
    "peer": rf"{_INFO}The remote server \S+ id \S+ is .+",
    "refused": rf"{_INFO}phase-[12] proposal failed; remote No \d+ .+ <-> local No \d+ .+",
    "matched": rf"{_INFO}Phase-[12] remote proposal \d+ matched with local proposal \d+",
    "phase_1": rf"{_INFO}Phase-1 \[\w+\] between initiator id \S+, responder id \S+ done",
    "phase_2": rf"{_INFO}Phase-2 \[\w+\] done with \d+ SAS for peer \S+ rule \S+",
    "ike_sa": rf"{_INFO}SA ISAKMP for peer \S+ encryption \S+ authentication \S+",
    "life": rf"{_INFO}life time \( \d+ sec/ \d+ kb\)",
    "soft": rf"{_INFO}life soft\( \d+ sec/\d+ kb\) hard \(\d+ sec/\d+ kb\)",
    "rule": rf"{_INFO}rule:' ipsec \S+ <-> \S+ '",
    "esp": rf"{_INFO}SA ESP \[\w+\] alg \w+ keylength \d+ \+hmac \w+ (?:out|in)going",
    "tunnel": rf"{_INFO}tunnel between src: \S+ dst: \S+",
    "header": r"\[(?P<trace_class>[\w-]+)\] (?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,\d{3})",
}
LINE = re.compile(
    "|".join(f"(?P<{name}>{text.replace('{0}', f'of_{name}')})" for name, text in MESSAGES.items())
)
"""All of them in one expression, each as a group of its name."""
_OF_A_SITE = {"connecting", "connected", "error", "no_response", "poll", "disconnecting"}
_LOST = {"0x1307", "0x4304", "0x4305", "0x430b"}
_NORMAL_END = "0x43"
_POLLED_S = 5
"""A missed poll is reported again within this time, or was answered."""


class Session:
    """One try of one remote site."""

    def __init__(self) -> None:
        self.up = self.ended = False
        self.fault = self.polled = ""
        self.codes: set[str] = set()

    def learn(self, name: str, code: str | None, time: str) -> None:
        """What a message of this site tells."""
        if name == "connected":
            self.up = True
        elif name == "poll":
            self.polled = time
        elif name == "disconnecting":
            self.ended = True
        elif name == "no_response":
            self.fault = self.fault or name
        elif code is not None:
            self.codes.add(code)
            if code.startswith(_NORMAL_END) and code not in _LOST:
                self.ended = True
            else:
                self.fault = self.fault or code

    def outcome(self, end: str, *, last: bool) -> str:
        """In the words of the contract; `end` is the time of the last record."""
        if self.fault:
            return "lost" if self.up or self.fault in _LOST else "failed"
        if self.ended:
            return "disconnected"
        if not self.up:
            return "unfinished" if last else "failed"
        polling = last and self.polled and _seconds(self.polled, end) <= _POLLED_S
        return "unfinished" if polling else "established"


def sessions(path: str) -> tuple[dict[str, list[Session]], Counter[str], str]:
    """The sessions of each remote site, how often each class came, and the last time."""
    found: dict[str, list[Session]] = {}
    classes: Counter[str] = Counter()
    time = ""
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            match = LINE.match(line)
            if match is None:
                continue
            name = str(match.lastgroup)
            if name == "header":
                classes[match["trace_class"]] += 1
                time = match["time"]
            elif name in _OF_A_SITE:
                tries = found.setdefault(match[f"of_{name}"], [])
                if name == "connecting" or not tries:
                    tries.append(Session())
                tries[-1].learn(name, match["code"], time)
    return found, classes, time


def _seconds(begin: str, end: str) -> float:
    first, last = (datetime.strptime(one, "%Y/%m/%d %H:%M:%S,%f") for one in (begin, end))
    return (last - first).total_seconds()


def told(
    found: dict[str, list[Session]], classes: Counter[str], end: str = ""
) -> dict[str, object]:
    """Verdict, what became of how many sessions of each site, its state at the end, records."""
    fates: Counter[str] = Counter()
    states = {}
    outcomes: set[str] = set()
    for site, tries in found.items():
        for session in tries:
            outcome = session.outcome(end, last=session is tries[-1])
            outcomes.add(outcome)
            fates[" ".join((site, outcome, *sorted(session.codes)))] += 1
        states[site] = {"established": "up", "unfinished": "unknown"}.get(outcome, "down")
    verdict = "inconclusive" if "unfinished" in outcomes else "healthy"
    verdict = "fault" if outcomes & {"failed", "lost"} else verdict
    return {"verdict": verdict, "fates": fates, "states": states, "classes": classes}


if __name__ == "__main__":
    json.dump(told(*sessions(sys.argv[1])), sys.stdout)
