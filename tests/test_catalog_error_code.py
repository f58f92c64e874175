"""What the digits of an error code say."""

from __future__ import annotations

import pytest

from assistant.catalog.error_code import is_disconnect_reason, layer_of, side_of
from assistant.model.event import ErrorCode


@pytest.mark.parametrize(
    ("code", "layer", "side"),
    [
        ("0x1106", "interface", "initiator"),
        ("0x1307", "interface", "none"),
        ("0x2203", "ike", "responder"),
        ("0x3102", "ipsec", "initiator"),
        ("0x4302", "disconnect", "none"),
        ("0x5301", "mesh", "none"),
        ("0x2777", "ike", "unknown"),
        ("0x0113", "unknown", "initiator"),
        ("0x11061", "unknown", "unknown"),
    ],
)
def test_layer_and_side(code: str, layer: str, side: str) -> None:
    assert (layer_of(ErrorCode(code)), side_of(ErrorCode(code))) == (layer, side)


@pytest.mark.parametrize(("code", "is_reason"), [("0x4301", True), ("0x4201", False)])
def test_reason_for_a_disconnect(code: str, is_reason: bool) -> None:
    assert is_disconnect_reason(ErrorCode(code)) is is_reason
