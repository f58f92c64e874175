"""The diagnosis as the text of a `<script type="application/json">` in our own page.

It is the document of `reports.json_v2`, so that a report can be read again; the way back is
`unpacked`.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import TYPE_CHECKING

from assistant.model.diagnosis import Diagnosis
from reports.json_v2 import SCHEMA, json_pieces

if TYPE_CHECKING:
    from assistant.comparison import Comparison

ELEMENT = '<script type="application/json" id="diagnosis">'
"""What stands in front of the text, and nowhere else in the page."""
_PLAIN = 20_000
"""Characters from which on the text is packed."""
_CHARACTERS = 700_000
"""At most; a page may have 2 MB, with the trace in it."""
_LEFT_OUT = "too-large"
_NOT_IN_HTML = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})
"""Nothing in it closes the element or opens a comment; line ends are ASCII escapes already."""


def embedded_json(diagnosis: Diagnosis, comparison: Comparison | None = None) -> str:
    """The text: ASCII without line ends, to stand in the element as it is.

    A short document stands there plainly; a long one as `{"gzip": "<base64>"}`, a sixth of it. One
    that is too large even so is left out, which `left_out` says.

    Args:
        diagnosis: What was found.
        comparison: What changed since an earlier report.
    """
    # Whoever opens the page again wants to see what spoke against the unlikely causes too.
    whole = b"".join(json_pieces(diagnosis, comparison, everything=True))
    if len(whole) > _PLAIN:
        # Most documents are short.
        from gzip import compress  # noqa: PLC0415

        packed = compress(whole, mtime=0)
        text = _dumped({"gzip": base64.b64encode(packed).decode()})
    else:
        text = _dumped(json.loads(whole))
    if len(text) > _CHARACTERS:
        text = _dumped({"schema": SCHEMA, "left_out": _LEFT_OUT})
    return text.translate(_NOT_IN_HTML)


def unpacked(packed: str, most_bytes: int) -> bytes:
    """The document that `{"gzip": packed}` holds.

    Raises:
        ValueError: It is damaged, or larger than `most_bytes`.
    """
    try:
        data = base64.b64decode(packed, validate=True)
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        text = unpacker.decompress(data, most_bytes)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from None
    if not unpacker.eof:
        message = "gzip: larger than any report, or cut"
        raise ValueError(message)
    return text


def _dumped(whole: dict[str, object]) -> str:
    return json.dumps(whole, separators=(",", ":"))
