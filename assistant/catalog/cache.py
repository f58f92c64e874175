"""A knowledge base that was checked once, kept so that the next start need not check it again.

Keyed by the content of every file and of the code that checks it: whatever changes is read anew.
A cache that cannot be read or written is no cache, never an error.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from assistant import __version__

T = TypeVar("T")

PLACE = "LANCOM_VPN_ASSISTANT_CACHE"
"""Environment variable with another folder; `off` for none."""
_KEPT = 4
"""Knowledge bases that are kept; an expert tries several in a day."""


class Cache(Generic[T]):
    """Keeps values of one type, each under the fingerprint of what it was made of."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._folder = _folder()

    def get(self, fingerprint: str) -> T | None:
        """What was kept; None if nothing, or nothing that can be read."""
        if self._folder is None:
            return None
        try:
            return self._decoder.decode(self._file(self._folder, fingerprint).read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def keep(self, fingerprint: str, value: T) -> None:
        """Keep it for the next time, in place of the oldest."""
        if self._folder is None:
            return
        # A full disk or a folder that may not be written costs time, not the diagnosis.
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(msgspec.msgpack.encode(value))
                Path(name).replace(self._file(self._folder, fingerprint))
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            self._forget(self._folder)

    @staticmethod
    def _file(folder: Path, fingerprint: str) -> Path:
        return folder / f"knowledge-{fingerprint}.msgpack"

    @staticmethod
    def _forget(folder: Path) -> None:
        files = sorted(folder.glob("knowledge-*.msgpack"), key=_age, reverse=True)
        for file in files[_KEPT:]:
            file.unlink(missing_ok=True)


def fingerprint(files: Iterable[tuple[str, Path]]) -> str:
    """Hexadecimal digits for the content of these files and of the code that reads them.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256(f"{__version__} {msgspec.__version__}".encode())
    for name, path in (*_code(), *files):
        content = path.read_bytes()
        digest.update(f"\0{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()[:40]


def _code() -> Iterator[tuple[str, Path]]:
    """A newer program may check more, or keep something else."""
    here = Path(__file__).parent
    for name in ("cache.py", "crosscheck.py", "load.py", "message.py", "schema.py"):
        yield name, here / name


def _folder() -> Path | None:
    chosen = os.environ.get(PLACE)
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen)
    # Only where there is something to keep: its import is not free.
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("lancom-vpn-assistant", appauthor=False)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
