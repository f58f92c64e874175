"""Tickets as the desk sees them, for tests of what it decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from assistant.desk.triage import Diagnosed
from assistant.model.diagnosis import Standing, Verdict
from assistant.model.event import Address, RemoteSite
from assistant.model.source import Moment
from assistant.model.ticket import Ticket, TicketId, TicketInput, TicketKind
from assistant.model.triage import CaseSummary, Fingerprint, Loss, Step

NINE = datetime(2024, 5, 14, 9, 0)  # noqa: DTZ001 - device times have no zone

LOST = Fingerprint(
    outcome="lost", stage="connected", codes=("0x1307",), cause="poll-address-wrong", attribute=None
)
FAILED = Fingerprint(
    outcome="failed", stage="ike-sa", codes=("0x220a",), cause="psk-mismatch", attribute=None
)

SUMMARY = CaseSummary(
    verdict=Verdict.FAULT,
    fingerprint=FAILED,
    remote_site=RemoteSite("LAGER"),
    gateway=Address("192.0.2.44"),
    probability=0.6,
    standing=Standing.LIKELY,
    recovered=False,
    occurrences=1,
    first_seen=Moment(NINE),
    last_seen=Moment(NINE),
    sites=(RemoteSite("LAGER"),),
    site_count=1,
    down=(),
    down_count=0,
    outage_s=None,
    losses=(),
    unrepaired=0.2,
    missing=(),
    step=None,
    wanted=(),
)


def after(minutes: float, *, dated: bool = True) -> Moment:
    """A moment so many minutes after nine."""
    return Moment(NINE + timedelta(minutes=minutes), dated=dated)


def loss(
    minutes: float, gateway: str | None = "198.51.100.7", site: str = "LAGER", *, dated: bool = True
) -> Loss:
    """A tunnel lost then."""
    return Loss(
        remote_site=RemoteSite(site),
        gateway=Address(gateway) if gateway else None,
        at=after(minutes, dated=dated),
    )


def ticket(name: str, *, digest: str = "0" * 64) -> Ticket:
    """A ticket with one file."""
    return Ticket(
        id=TicketId(name),
        name=f"in/{name}.txt",
        kind=TicketKind.FILE,
        place=f"in/{name}.txt",
        seed=name,
        digest=digest,
        inputs=(TicketInput(name=f"{name}.txt", sha256=digest, size_bytes=1, data=b"x"),),
    )


def diagnosed(name: str, summary: CaseSummary = SUMMARY, **changes: object) -> Diagnosed:
    """A ticket and what was found of it."""
    changed: CaseSummary = replace(summary, **changes)
    return Diagnosed(ticket=ticket(name), language="en", summary=changed)


def repair(who: str = "local", minutes: int = 4, name: str = "set-same-psk") -> Step:
    """A remedy as the first step."""
    return Step(kind="remedy", id=name, who=who, minutes=minutes)  # type: ignore[arg-type]
