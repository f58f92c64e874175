"""Reads LANCOM VPN traces, judges them, and says what to do."""

from __future__ import annotations

__version__ = "0.1.0"
