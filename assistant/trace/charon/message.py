"""Reads charon's lines with the patterns of its dialect, and names the error among the payloads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from assistant.catalog.message import MessageMatcher, Reading
from assistant.catalog.schema import PatternFile
from assistant.model.event import Constant
from assistant.model.newer_message import IkeMessage
from assistant.trace.charon.record import CharonRecord

DIALECT = "strongswan"

_NOTIFY = re.compile(r"\bN\(([A-Z0-9_]{1,40})\)")
_ERRORS = {
    short: Constant(name)
    for short, name in {
        "CRIT": "UNSUPPORTED_CRITICAL_PAYLOAD",
        "INVAL_IKE_SPI": "INVALID_IKE_SPI",
        "INVAL_MAJOR": "INVALID_MAJOR_VERSION",
        "INVAL_SYN": "INVALID_SYNTAX",
        "INVAL_MID": "INVALID_MESSAGE_ID",
        "INVAL_SPI": "INVALID_SPI",
        "NO_PROP": "NO_PROPOSAL_CHOSEN",
        "PLD_MAL": "PAYLOAD_MALFORMED",
        "INVAL_KE": "INVALID_KE_PAYLOAD",
        "INVAL_ID": "INVALID_ID_INFORMATION",
        "INVAL_CERT": "INVALID_CERTIFICATE",
        "CERT_UNSUP": "CERT_TYPE_UNSUPPORTED",
        "INVAL_CA": "INVALID_CERT_AUTHORITY",
        "INVAL_HASH": "INVALID_HASH_INFORMATION",
        "AUTH_FAILED": "AUTHENTICATION_FAILED",
        "INVAL_SIG": "INVALID_SIGNATURE",
        "SINGLE_PAIR": "SINGLE_PAIR_REQUIRED",
        "NO_ADD_SAS": "NO_ADDITIONAL_SAS",
        "INT_ADDR_FAIL": "INTERNAL_ADDRESS_FAILURE",
        "FAIL_CP_REQ": "FAILED_CP_REQUIRED",
        "TS_UNACCEPT": "TS_UNACCEPTABLE",
        "INVAL_SEL": "INVALID_SELECTORS",
        "TEMP_FAIL": "TEMPORARY_FAILURE",
        "NO_CHILD_SA": "CHILD_SA_NOT_FOUND",
    }.items()
}
"""charon's short words for the errors of RFC 2408 and RFC 7296. Measured: `NO_PROP`, `INVAL_KE`,
`INVAL_ID`, `AUTH_FAILED`, `TS_UNACCEPT`; the others stand so in the program text of strongSwan 5.
All other notifications report a state, not an error.
"""


class CharonMatcher:
    """Reads records of charon's log."""

    def __init__(self, files: Iterable[PatternFile]) -> None:
        """Compiles the patterns of the dialect among all files."""
        own = [one for one in files if one.dialect == DIALECT]
        self._matcher = MessageMatcher(own)
        self._classes = tuple(dict.fromkeys(one.trace_class for one in own))

    def read(self, record: CharonRecord) -> tuple[Reading | None, bool]:
        """What a record says, and whether its subsystem is one that should be read."""
        subsystem = record.trace_class
        if not record.lines:
            return None, False
        if subsystem is None:
            readings = (self._matcher.read(record.lines, one) for one in self._classes)
            reading = next((one for one in readings if one is not None), None)
        elif self._matcher.knows(subsystem):
            reading = self._matcher.read(record.lines, subsystem)
        else:
            return None, False
        if reading is not None and isinstance(reading.event, IkeMessage):
            reading = _with_error(reading, reading.event)
        return reading, True


def _with_error(reading: Reading, event: IkeMessage) -> Reading:
    """The first error among the notifications of a message is its notification."""
    if event.payloads is None or "N(" not in event.payloads:
        return reading
    found = (_ERRORS.get(short) for short in _NOTIFY.findall(event.payloads))
    notify = next((one for one in found if one is not None), None)
    return replace(reading, event=replace(event, notify=notify)) if notify else reading
