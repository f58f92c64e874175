"""Whether a refused certificate is too old or too young, by the clock of the log."""

from __future__ import annotations

import re
from datetime import datetime

from assistant.model.ike_event import CertificateOutOfDate, CertificateRefused
from assistant.model.source import Moment

_DATE = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d):(\d\d):(\d\d)(?: UTC)? +(\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def out_of_date(event: CertificateRefused, now: Moment | None) -> CertificateOutOfDate | None:
    """Expired or not yet valid; None where the log's clock has no year, or both dates fit it."""
    if now is None or not now.dated:
        return None
    begins, ends = _read(event.valid_from), _read(event.valid_to)
    if ends is not None and now.at > ends:
        return CertificateOutOfDate(state="expired")
    if begins is not None and now.at < begins:
        return CertificateOutOfDate(state="not-yet-valid")
    return None


def _read(text: str | None) -> datetime | None:
    """`Oct 19 11:23:12 2026`."""
    match = _DATE.search(text or "")
    if match is None or match[1] not in _MONTHS:
        return None
    day, hour, minute, second, year = map(int, match.groups()[1:])
    try:
        return datetime(year, _MONTHS.index(match[1]) + 1, day, hour, minute, second)  # noqa: DTZ001 - as the log prints it
    except ValueError:
        return None
