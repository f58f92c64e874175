"""Makes the picture of a report that the README shows, and knows when it is of another day.

    python tests/screenshot.py

The picture carries the fingerprint of the page it was made from, in a text chunk of the PNG.
"""

# A program for whoever changes the page; it says what it wrote.
# ruff: noqa: T201

from __future__ import annotations

import base64
import hashlib
import re
import struct
import tempfile
import zlib
from pathlib import Path

from chromium import chromium, missing, opened

from assistant.case import Case, CaseFile
from assistant.catalog.load import load_catalog
from assistant.diagnose import Diagnoser
from assistant.transcript import transcribe
from reports.html import render_html

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "knowledge" / "examples" / "proposal-mismatch.txt"
PICTURE = ROOT / "tests" / "snapshots" / "report.png"
COMMAND = "python tests/screenshot.py"
MOST_BYTES = 200_000
SIZE = (1120, 1180)
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"Comment\x00page "
# A canvas gives the pixels; colours that hardly differ become one, and few are left of a page.
_PIXELS = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const drawing = canvas.getContext("2d");
  drawing.drawImage(image, 0, 0);
  const { data } = drawing.getImageData(0, 0, image.width, image.height);
  let text = "";
  for (let at = 0; at < data.length; at += 4) {
    text += String.fromCharCode(data[at], data[at + 1], data[at + 2]);
  }
  return [image.width, image.height, btoa(text)];
}"""


def page() -> str:
    """The report of the example as it is today."""
    catalog = load_catalog()
    case = Case((CaseFile(EXAMPLE.name, lambda: EXAMPLE.open("rb")),))
    diagnosis = Diagnoser(catalog).diagnose(case)
    return render_html(diagnosis, catalog, "en", transcript=transcribe(case, diagnosis, catalog))


def fingerprint(html: str) -> str:
    """Of what a reader sees and what shapes it: without versions, ours and the knowledge's."""
    shown = re.sub(r"<script.*?</script>|<meta [^>]*>", "", html, flags=re.DOTALL)
    shown = re.sub(r"lancom-vpn-assistant \d[\w.+]*|<code>[0-9a-f]{12}</code>", "", shown)
    return hashlib.sha256(shown.encode()).hexdigest()


def fingerprint_of(picture: bytes) -> str | None:
    """Of the page that a picture was made from; None if it does not say."""
    for kind, body in _chunks(picture):
        if kind == b"tEXt" and body.startswith(_KEYWORD):
            return body[len(_KEYWORD) :].decode("ascii")
    return None


def take(html: str, folder: Path) -> bytes:
    """The picture of a page's first screens, light, in 256 colours at most.

    Raises:
        RuntimeError: there is no Chromium here.
    """
    if (reason := missing()) is not None:
        raise RuntimeError(f"the picture {reason}")
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    with chromium() as browser, opened(browser, path, size=SIZE, color_scheme="light") as one:
        shot = one.page.screenshot()
        blank = one.context.new_page()
        source = "data:image/png;base64," + base64.b64encode(shot).decode()
        width, height, pixels = blank.evaluate(_PIXELS, source)
    return _png(width, height, base64.b64decode(pixels), fingerprint(html))


def _png(width: int, height: int, pixels: bytes, page_fingerprint: str) -> bytes:
    """A PNG with a palette: the colours most used, each pixel the nearest of them."""
    counts: dict[bytes, int] = {}
    every = [pixels[at : at + 3] for at in range(0, len(pixels), 3)]
    for colour in every:
        counts[colour] = counts.get(colour, 0) + 1
    palette = sorted(counts, key=lambda one: -counts[one])[:256]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in counts:
        if colour not in place:
            place[colour] = min(range(len(palette)), key=lambda n: _distance(palette[n], colour))
    rows = bytearray()
    for row in range(height):
        rows.append(0)
        rows += bytes(place[colour] for colour in every[row * width : (row + 1) * width])
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"tEXt", _KEYWORD + page_fingerprint.encode()),
            _chunk(b"PLTE", b"".join(palette)),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and body of each chunk, of a PNG that is whole."""
    found, at = [], len(_SIGNATURE)
    while at + 12 <= len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        found.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def main() -> None:
    """Write the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        picture = take(page(), Path(folder))
    PICTURE.write_bytes(picture)
    print(f"{PICTURE.relative_to(ROOT)}: {len(picture) // 1000} kB")


if __name__ == "__main__":
    main()
