"""What a VPN error code says by its digits alone: `0xLSnn`, layer, side, failure.

Derived from the values in LANCOM's SNMP MIB: layer 1 interface, 2 IKE, 3 IPsec, 4 reasons for a
disconnect, 5 Advanced Mesh; side 1 initiator, 2 responder, 3 neither. The same failure carries the
same `nn` on both sides.
"""

from __future__ import annotations

from typing import Literal

from assistant.model.event import ErrorCode

Layer = Literal["interface", "ike", "ipsec", "disconnect", "mesh", "unknown"]
CodeSide = Literal["initiator", "responder", "none", "unknown"]

_LAYERS: dict[str, Layer] = {
    "1": "interface",
    "2": "ike",
    "3": "ipsec",
    "4": "disconnect",
    "5": "mesh",
}
_SIDES: dict[str, CodeSide] = {"1": "initiator", "2": "responder", "3": "none"}


def layer_of(code: ErrorCode) -> Layer:
    """The layer that reports the failure.

    >>> layer_of(ErrorCode("0x2203"))
    'ike'
    """
    return _LAYERS.get(code[2:3], "unknown") if len(code) == 6 else "unknown"  # noqa: PLR2004


def side_of(code: ErrorCode) -> CodeSide:
    """The role of the traced router in the failed negotiation.

    >>> side_of(ErrorCode("0x1106"))
    'initiator'
    """
    return _SIDES.get(code[3:4], "unknown") if len(code) == 6 else "unknown"  # noqa: PLR2004


def is_disconnect_reason(code: ErrorCode) -> bool:
    """0x43xx: why a connection ended; most of them are no faults."""
    return code.startswith("0x43") and len(code) == 6  # noqa: PLR2004
