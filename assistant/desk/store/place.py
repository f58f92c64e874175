"""Where the store is; needs neither SQLAlchemy nor anything else that is slow to import."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.errors import UsageError

STORE_VARIABLE = "LANCOM_VPN_ASSISTANT_STORE"
"""Environment variable that names another store, as `--store` does."""
_APPLICATION = "lancom-vpn-assistant"
_NAME = "tickets.sqlite"
_SQLITE = "sqlite://"


def store_path(chosen: str | None) -> Path:
    """The file that `--store`, the environment, or else the user's data folder names.

    Args:
        chosen: `sqlite:///relative.sqlite`, `sqlite:////absolute.sqlite`, or a plain path.

    Raises:
        UsageError: the URL names another database than SQLite, or no file.
    """
    named = chosen or os.environ.get(STORE_VARIABLE)
    if not named:
        # Only the desk needs to know where each system keeps such files.
        import platformdirs  # noqa: PLC0415

        return platformdirs.user_data_path(_APPLICATION, appauthor=False) / _NAME
    if "://" not in named:
        return Path(named)
    scheme, _, rest = named.partition("://")
    path = rest.removeprefix("/").partition("?")[0]
    if f"{scheme}://" != _SQLITE or not rest.startswith("/") or not path or path == ":memory:":
        raise UsageError("store-url", url=named)
    return Path(path)
