"""What an error code makes likely if it is all that is known."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant.cache import Cache, fingerprint, modules_of
from assistant.catalog.catalog import Catalog
from assistant.model.event import ErrorCode

if TYPE_CHECKING:
    from assistant.diagnose import Diagnoser

Causes = tuple[tuple[str, float], ...]
"""Ids and their probability."""
_CAUSES = 5
_WORTH_NAMING = 0.02
"""Causes less probable than this are not named."""
_KEPT = 2
_diagnosers: list[tuple[Catalog, Diagnoser]] = []
"""The last catalog's: whoever explains one code often explains the next."""


def causes_of(code: ErrorCode, catalog: Catalog, *, cached: bool = False) -> Causes:
    """What a diagnosis says of a trace that shows this code and nothing else.

    `cached` takes what was diagnosed before with the same knowledge base and program.
    """
    if not cached:
        return _diagnosed(code, catalog)
    cache = Cache("codes", kept=_KEPT)
    key = fingerprint(
        [("knowledge", catalog.digest.encode()), ("program", modules_of(Path(__file__).parent))]
    )
    known = _known(cache.get(key))
    if code not in known:
        known[code] = _diagnosed(code, catalog)
        cache.keep(key, msgspec.msgpack.encode(known))
    return known[code]


def _known(content: bytes | None) -> dict[str, Causes]:
    if content is None:
        return {}
    try:
        return msgspec.msgpack.decode(content, type=dict[str, Causes])
    except msgspec.MsgspecError:
        return {}


def _diagnosed(code: ErrorCode, catalog: Catalog) -> Causes:
    # Mostly what was diagnosed before is asked for again, and nothing of it is needed.
    from assistant.diagnose import Case, CaseFile, Diagnoser  # noqa: PLC0415

    trace = (
        "[VPN-Status] 2024/01/01 00:00:00,000\n"
        f"VPN: Error: CODE ({code}) for REMOTE-SITE (192.0.2.1)\n"
    )
    if not _diagnosers or _diagnosers[0][0] is not catalog:
        _diagnosers[:] = [(catalog, Diagnoser(catalog))]
    case = Case((CaseFile("code", lambda: io.BytesIO(trace.encode())),))
    return tuple(
        (one.cause, one.probability)
        for incident in _diagnosers[0][1].diagnose(case).incidents
        for one in incident.hypotheses[:_CAUSES]
        if one.probability >= _WORTH_NAMING
    )
