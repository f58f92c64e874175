"""What a code, a cause or a stage means; what each record of a trace says."""

from __future__ import annotations

import re

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.error_code import CodeSide, Layer, layer_of, side_of
from assistant.catalog.schema import Cause, ErrorEntry, Pattern, PppError, Shown
from assistant.code_causes import causes_of
from assistant.model.event import ErrorCode
from assistant.model.negotiation import Stage

_HEX = re.compile(r"0x[0-9a-f]{1,8}", re.IGNORECASE)


class CodeExplained(Struct, frozen=True, kw_only=True):
    """An error code, known or only decoded by its digits."""

    code: ErrorCode
    entry: ErrorEntry | None
    """None for a code in no table."""
    layer: Layer
    side: CodeSide
    side_assumed: bool
    """Its digit is none of the documented ones."""
    twin: ErrorEntry | None
    """The same failure as the other side reports it."""
    causes: tuple[tuple[str, float], ...]
    """Cause ids and their probability if this code is all that is known."""

    @property
    def decimal(self) -> int:
        """The number as the MIB counts it."""
        return int(self.code, 16)


class CauseExplained(Struct, frozen=True, kw_only=True):
    """A cause and what speaks for and against it."""

    cause: Cause
    supports: tuple[Shown, ...]
    """Symptoms it shows more often than others do."""
    opposes: tuple[Shown, ...]
    """Symptoms it shows less often."""


class StageExplained(Struct, frozen=True, kw_only=True):
    """A stage and the messages that prove it."""

    stage: Stage
    patterns: tuple[Pattern, ...]


class PppExplained(Struct, frozen=True, kw_only=True):
    """An error code of the PPP connection under the tunnel."""

    entry: PppError


Explained = CodeExplained | PppExplained | CauseExplained | StageExplained


def explain(word: str, catalog: Catalog, *, cached: bool = False) -> Explained | None:
    """A code (`0x1106`, `4358`, any spelling of its name), a cause id or a stage; else None.

    `cached` takes what was worked out before about the same code.
    """
    code = find_code(word, catalog)
    if code is not None:
        ppp = catalog.ppp_errors.get(code)
        return PppExplained(entry=ppp) if ppp else _code(code, catalog, cached=cached)
    key = word.strip().lower()
    if key in catalog.causes:
        return _cause(catalog.causes[key], catalog)
    if key in {stage.value for stage in Stage}:
        return _stage(Stage(key), catalog)
    return None


def find_code(word: str, catalog: Catalog) -> ErrorCode | None:
    """The code a person means: hexadecimal, decimal, or a name in any spelling.

    The device, its MIB and LANCOM's articles spell one name in three ways:
    `IFC-I-Connection-timeout-IKE-IPSEC`, `eIfcIConnectionTimeoutIkeIpsec`, `ifc_i_...`.
    """
    text = word.strip()
    if _HEX.fullmatch(text):
        return ErrorCode(f"0x{int(text, 16):04x}")
    if text.isascii() and text.isdecimal() and len(text) <= 10:  # noqa: PLR2004 - 32 bits
        code = ErrorCode(f"0x{int(text):04x}")
        # `1106` is mostly 0x1106 with the 0x left out, unless there is a decimal 1106.
        typed = ErrorCode(f"0x{text:>04}")
        return typed if code not in catalog.errors and typed in catalog.errors else code
    bare = _bare(text)
    names = {_bare(entry.name): code for code, entry in catalog.errors.items()}
    for candidate in (
        bare,
        bare.removeprefix("e"),
        bare.replace("licence", "license"),
        _short(bare),
    ):
        if candidate in names:
            return ErrorCode(names[candidate])
    return None


def _short(bare: str) -> str:
    """LANCOM's articles write `interface_i_...` for `IFC-I-...`."""
    return bare.replace("interface", "ifc", 1)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _code(code: ErrorCode, catalog: Catalog, *, cached: bool) -> CodeExplained:
    entry = catalog.errors.get(code)
    side = side_of(code)
    # Undocumented digits stand in no table; beside the initiator's 1 and the X of 3 we read them
    # as the responder's.
    assumed = side == "unknown" and layer_of(code) in {"interface", "ike", "ipsec"}
    if assumed:
        side = "responder"
    other = {"initiator": "2", "responder": "1"}.get(side)
    twin = catalog.errors.get(f"{code[:3]}{other}{code[4:]}") if other else None
    return CodeExplained(
        code=code,
        entry=entry,
        layer=layer_of(code),
        side=side,
        side_assumed=assumed,
        twin=twin,
        causes=causes_of(code, catalog, cached=cached) if entry else (),
    )


def _cause(cause: Cause, catalog: Catalog) -> CauseExplained:
    def supports(shown: Shown) -> bool:
        return shown.of_100 > catalog.symptoms[shown.symptom].otherwise

    return CauseExplained(
        cause=cause,
        supports=tuple(shown for shown in cause.shows if supports(shown)),
        opposes=tuple(shown for shown in cause.shows if not supports(shown)),
    )


def _stage(stage: Stage, catalog: Catalog) -> StageExplained:
    # Nothing else here needs to know how traces are read.
    from assistant.trace.negotiation import STAGE_OF

    kinds = {event.kind for event, proves in STAGE_OF.items() if proves is stage}
    return StageExplained(
        stage=stage,
        patterns=tuple(one for one in catalog.patterns.values() if one.event in kinds),
    )
