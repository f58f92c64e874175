"""What was worked out once, kept in a file of the user's, so that the next start need not do it.

Keyed by the content of everything it was made of: whatever changes is worked out anew. A cache that
cannot be read or written is no cache, never an error.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from assistant import __version__

PLACE = "LANCOM_VPN_ASSISTANT_CACHE"
"""Environment variable with another folder; `off` for none."""
_APPLICATION = "lancom-vpn-assistant"
_SUM_BYTES = 4


class Cache:
    """Keeps contents of one kind, each under the fingerprint of what it was made of.

    Args:
        name: What the files are called after.
        kept: How many of them stay; the oldest go.
    """

    def __init__(self, name: str, *, kept: int) -> None:
        self._name = name
        self._kept = kept
        self._folder = _folder()

    def get(self, fingerprint: str) -> bytes | None:
        """What was kept; None if nothing, or if it is damaged or may be somebody else's."""
        if self._folder is None:
            return None
        try:
            with self._file(self._folder, fingerprint).open("rb") as file:
                content = file.read() if _is_ours(file.fileno()) else b""
        except OSError:
            return None
        told, content = content[:_SUM_BYTES], content[_SUM_BYTES:]
        return content if content and told == _sum(content) else None

    def keep(self, fingerprint: str, content: bytes) -> None:
        """Keep it for the next time, in place of the oldest."""
        if self._folder is None:
            return
        # Importing it takes longer than reading what is kept, which is all that most starts do.
        import tempfile  # noqa: PLC0415

        # A full disk or a folder that may not be written costs time, not the diagnosis.
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Nobody else may read or write this file.
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_sum(content) + content)
                Path(name).replace(self._file(self._folder, fingerprint))
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            self._forget(self._folder)

    def _file(self, folder: Path, fingerprint: str) -> Path:
        return folder / f"{self._name}-{fingerprint}.kept"

    def _forget(self, folder: Path) -> None:
        files = sorted(folder.glob(f"{self._name}-*"), key=_age, reverse=True)
        for file in files[self._kept :]:
            file.unlink(missing_ok=True)


def fingerprint(parts: Iterable[tuple[str, bytes]]) -> str:
    """Hexadecimal digits for our version and for these contents under their names."""
    digest = hashlib.sha256(__version__.encode())
    for name, content in parts:
        digest.update(f"\0{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()[:40]


def modules_of(package: Path) -> bytes:
    """Stands for the code of a package: names, times and sizes, as Python itself looks at them.

    Raises:
        OSError: a folder cannot be read.
    """
    found: list[str] = []
    folders = [os.fspath(package)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    told = entry.stat()
                    found.append(f"{entry.path} {told.st_mtime_ns} {told.st_size}")
                elif entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                    folders.append(entry.path)
    return "\n".join(sorted(found)).encode("utf-8", "surrogateescape")


def _folder() -> Path | None:
    chosen = os.environ.get(PLACE)
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen)
    if sys.platform == "linux":
        # The same as below; importing that takes longer than reading what is kept.
        base = os.environ.get("XDG_CACHE_HOME", "").strip()
        return Path(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), _APPLICATION)  # noqa: PTH111, PTH117
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path(_APPLICATION, appauthor=False)


def _is_ours(file: int) -> bool:
    """Whether nobody else can have written it: what is kept is trusted, code among it."""
    if os.name == "nt":
        return True  # it lies in the user's profile
    found = os.fstat(file)
    others = stat.S_IWGRP | stat.S_IWOTH
    trusted = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
    return trusted and not found.st_mode & others


def _sum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_SUM_BYTES, "big")


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
