"""`diagnose resolve TICKET --cause ID`: records what it really was."""

from __future__ import annotations

import difflib
import getpass
from collections.abc import Iterable
from enum import Enum
from typing import Annotated

import typer

from assistant.cli.language import language_chosen
from assistant.cli.options import Knowledge, Lang, StoreOption
from assistant.cli.program import app
from assistant.errors import UsageError

_NOTE = 2000
"""Characters; the ticket system has room for more."""
_ALIKE = 3


class Helped(str, Enum):
    """`--helped`."""

    YES = "yes"
    NO = "no"


@app.command("resolve", help="Records what a ticket really was, and what helped.")
def _resolve(  # noqa: PLR0913, PLR0917 - one parameter for each option of the contract
    ticket: Annotated[str, typer.Argument(metavar="TICKET")],
    cause: Annotated[str, typer.Option("--cause", metavar="ID", help="What it was.")],
    remedy: Annotated[
        str | None, typer.Option("--remedy", metavar="ID", help="What was done.")
    ] = None,
    helped: Annotated[
        Helped | None, typer.Option("--helped", help="Whether the remedy helped.")
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Anything else.")] = "",
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who says so (default: you).")
    ] = None,
    store: StoreOption = None,
    lang: Lang = None,
    knowledge: Knowledge = None,
) -> int:
    from assistant.catalog.load import load_catalog
    from assistant.desk.identity import writable
    from assistant.desk.store.place import store_path
    from assistant.desk.store.store import Store
    from assistant.desk.store.tickets import resolve
    from reports.escape import visible
    from reports.labels import labels
    from reports.short import cause_name

    words = labels(language_chosen(lang))
    catalog = load_catalog(*(knowledge or ()), cached=True)
    _known(cause, catalog.causes, "resolve-no-such-cause")
    if remedy is not None:
        _known(remedy, catalog.remedies, "resolve-no-such-remedy")
    elif helped is not None:
        raise UsageError("resolve-helped-what")
    if len(note) > _NOTE:
        raise UsageError("note-too-long", n=str(_NOTE))
    kept = resolve(
        Store(store_path(store)),
        ticket,
        cause=cause,
        remedy=remedy,
        helped=None if helped is None else helped is Helped.YES,
        note=writable(note),
        who=writable(by or _user()),
    )
    name = cause_name(cause, catalog, words)
    print(words("desk.resolved", ticket=kept.id, name=visible(kept.name), cause=name))
    return 0


def _known(found: str, ids: Iterable[str], error: str) -> None:
    """Refuse an id that the knowledge base does not have, and say which it may have been."""
    known = list(ids)
    if found not in known:
        alike = difflib.get_close_matches(found, known, n=_ALIKE, cutoff=0.4)
        raise UsageError(error, found=found, alike=", ".join(alike or sorted(known)))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"
