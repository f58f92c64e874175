"""The same loop over the lines of strongSwan's log: `naive.py` for another dialect.

python tests/benchmarks/naive_charon.py LOG
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from naive import Session, told

MESSAGES = {
    "initiating": r"initiating (?:Main Mode |Aggressive Mode )?IKE_SA .+ to \S+",
    "connected": r"(?:outbound |inbound )?CHILD_SA .+ established with SPIs .+",
    "established": r"IKE_SA .+ established between .+",
    "refused": r"received (?P<notify>[A-Z_]+) (?:error )?notify.*",
    "given_up": r"establishing IKE_SA failed, peer not responding",
    "dpd": r"DPD check timed out, enforcing DPD action",
    "deleting": r"deleting IKE_SA .+",
    "closing": r"closing CHILD_SA .+",
    "sending": r"sending packet: from \S+ to \S+ \(\d+ bytes\)",
    "received": r"received packet: from \S+ to \S+ \(\d+ bytes\)",
    "generating": r"generating \w+ (?:request|response) \d+ .+",
    "parsed": r"parsed \w+ (?:request|response) \d+ .+",
    "selected": r"selected proposal: .+",
    "vendor": r"received .+ vendor ID",
    "retransmit": r"retransmit \d+ of request with message ID \d+",
    "authentication": r"authentication of .+ with .+|authentication of .+ successful",
}
LINE = re.compile(
    r"(?P<time>\S+) \d\d\[(?P<subsystem>\w+)\] (?:<(?P<name>[^|>]+)\|(?P<number>\d+)> )?(?:"
    + "|".join(f"(?P<{name}>{text})" for name, text in MESSAGES.items())
    + "|(?P<other>.*))"
)


def sessions(path: str) -> tuple[dict[str, list[Session]], Counter[str]]:
    """The sessions of each connection, and how often each subsystem spoke."""
    found: dict[str, list[Session]] = {}
    by_number: dict[str, Session] = {}
    subsystems: Counter[str] = Counter()
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            match = LINE.match(line)
            if match is None:
                continue
            subsystems[match["subsystem"]] += 1
            what, number = match.lastgroup, match["number"]
            if what == "initiating":
                by_number[number] = Session()
                found.setdefault(match["name"], []).append(by_number[number])
            elif what == "connected":
                by_number[number].up = True
            elif what in {"refused", "given_up"}:
                session = by_number[number]
                session.fault = session.fault or ("" if session.up else str(what))
            elif what == "dpd":
                by_number[number].fault = what
            elif what == "deleting":
                by_number[number].ended = True
    return found, subsystems


if __name__ == "__main__":
    json.dump(told(*sessions(sys.argv[1])), sys.stdout)
