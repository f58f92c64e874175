"""`diagnose --version`."""

from __future__ import annotations

from assistant import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` alone takes a fifth of the time that this answer does
    from reports.labels import Lang


def tell_version(language: Lang | None = None) -> int:
    """The version; in some language also where the tickets of the desk are kept."""
    print(f"diagnose {__version__}")
    if language is None:
        return 0
    from assistant.desk.store.place import store_path
    from reports.escape import visible
    from reports.labels import labels

    words, path = labels(language), store_path(None)
    shown = visible(str(path), limit=1000)
    here = shown if path.exists() else words("desk.version.none", store=shown)
    print(words("desk.version.store", store=here))
    return 0
