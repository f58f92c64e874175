"""A ticket's id in place of a file: what the store has kept of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.diagnose import CaseFile

_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{5,16}", re.IGNORECASE)
"""Five or more digits of Crockford's base 32; the store says whether there is such a ticket."""


def kept_files(word: str) -> tuple[CaseFile, ...] | None:
    """The files of the ticket so called; None if the word is a file's name, or no ticket's id.

    Raises:
        InputError: what the ticket holds was not kept; or the store cannot be read.
    """
    if not _ID.fullmatch(word) or Path(word).exists():
        return None
    from assistant.desk.store.place import store_path

    place = store_path(None)
    if not place.exists():
        return None
    # Only now: without a store nobody waits for a database to be imported.
    from assistant.desk.store.store import Store
    from assistant.desk.store.tickets import inputs_of
    from assistant.desk.worker import case_file

    inputs = inputs_of(Store(place), word)
    return None if inputs is None else tuple(map(case_file, inputs))
