"""Records of a VPN-Status trace, for tests that need more than they can show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE / "cases"
"""Our versions of the published excerpts."""
EXAMPLES = HERE.parent / "knowledge" / "examples"

LAGER = "LAGER (192.0.2.44)"
ZENTRALE = "ZENTRALE (203.0.113.10)"
_BEGIN = datetime(2024, 5, 14, 9, 0)  # noqa: DTZ001 - device times have no zone


def at(seconds: float, *lines: str) -> str:
    """One record, so many seconds after nine in the morning."""
    time = _BEGIN + timedelta(seconds=seconds)
    header = f"[VPN-Status] {time:%Y/%m/%d %H:%M:%S},{time.microsecond // 1000:03d}"
    return "\n".join([header, *lines, "", ""])


def started(site: str, seconds: float = 0) -> str:
    """The call up to the first IKE message, as initiator."""
    name, _ = site.split()
    return (
        at(seconds, f"VPN: connecting to {site}")
        + at(seconds + 0.01, f"VPN: start IKE negotiation for {site}")
        + at(
            seconds + 0.02,
            f"VpnIpm: info; Phase-1 negotiation started for peer {name} "
            f"rule isakmp-peer-{name} using MAIN mode",
        )
    )


def answered(site: str, seconds: float = 0) -> str:
    """The first IKE answer; names the address only."""
    _, address = site.split()
    return at(
        seconds,
        f"VpnIpm: info; The remote server {address.strip('()')}:500 id <no_id> is "
        "Enigmatec IPSEC version 1.4.0",
    )


def refused(seconds: float, remote: int = 1, local: int = 1, *, phase: int = 1) -> str:
    """A comparison of proposals that does not fit; names nobody."""
    return at(
        seconds,
        f"VpnIpm: info; phase-{phase} proposal failed; remote No {remote} encryption algorithm = "
        f"AES_CBC <-> local No {local} encryption algorithm = 3DES_CBC",
    )


def matched(seconds: float) -> str:
    """A comparison of proposals that fits; names nobody."""
    return at(seconds, "VpnIpm: info; Phase-1 remote proposal 1 matched with local proposal 1")


def connected(site: str, seconds: float) -> str:
    return at(seconds, f"VPN: {site} connected, set poll timer to 30 sec")


def set_up(site: str, seconds: float = 0, *, networks: str = "") -> str:
    """A call that succeeds after 5 seconds; `networks` adds the line with the VPN rule."""
    name, _ = site.split()
    rule = [f"VpnIpm: info; rule:' ipsec {networks} '"] if networks else []
    return (
        started(site, seconds)
        + answered(site, seconds + 0.3)
        + matched(seconds + 0.31)
        + at(
            seconds + 4,
            f"VpnIpm: info; Phase-2 [inititiator] done with 2 SAS for peer {name} "
            f"rule ipsec-0-{name}-pr0-l0-r0",
        )
        + "".join(at(seconds + 4, line) for line in rule)
        + connected(site, seconds + 5)
    )


def no_answer(site: str, seconds: float = 30) -> str:
    return at(seconds, f"VPN: connection for {site} timed out: no response") + error(
        site, "0x1106", seconds, name="IFC-I-Connection-timeout-IKE-IPSEC"
    )


def missed(
    site: str,
    seconds: float,
    *,
    left: Sequence[int] = (5, 4, 3, 2, 1, 0),
    target: str = "192.168.30.254",
) -> str:
    """Poll time-outs one second after another; at 0 the device gives up."""
    records = []
    for place, retries in enumerate(left):
        lines = [f"VPN: poll timeout for {site}", "remote site did not answer during interval"]
        if place == 0:
            lines.append("setting poll time to 1 sec.")
        if retries:
            lines += [f"({retries} retries left)", f"send poll frame to {target}"]
        else:
            lines.append("no retries left, disconnect channel")
        records.append(at(seconds + place, *lines))
    return "".join(records)


def error(site: str, code: str, seconds: float, *, name: str = "Some-error") -> str:
    return at(seconds, f"VPN: Error: {name} ({code}) for {site}")


def disconnecting(site: str, seconds: float) -> str:
    return at(seconds, f"VPN: disconnecting {site}")


def lost_by_polling(site: str, seconds: float, *, target: str = "192.168.30.254") -> str:
    """Polls missed until the device gives up, with the code and the disconnect."""
    return (
        missed(site, seconds, target=target)
        + error(site, "0x1307", seconds + 5.01, name="IFC-X-Line-polling-failed")
        + disconnecting(site, seconds + 5.01)
    )
