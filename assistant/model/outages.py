"""The outages of a remote site, taken together."""

from __future__ import annotations

from msgspec import Struct


class Outages(Struct, frozen=True, kw_only=True):
    """The outages that began with an incident, taken together."""

    number: int
    seconds: float | None
    """Of those whose length was seen, an open one up to the end of the trace; None if of none."""
    still_open: bool
    """The last one is not over: it is longer than `seconds` says."""
