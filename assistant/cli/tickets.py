"""`diagnose tickets [TICKET]`: what the store has of tickets."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Annotated

import typer

from assistant.cli.language import language_chosen
from assistant.cli.options import Knowledge, Lang, StoreOption
from assistant.cli.program import app


class TicketsFormat(str, Enum):
    """`--format`."""

    TEXT = "text"
    JSON = "json"


class WhoActs(str, Enum):
    """`--queue`."""

    HERE = "here"
    CUSTOMER = "customer"
    PEER = "peer"
    PROVIDER = "provider"
    LANCOM = "lancom"
    NOBODY = "nobody"


@app.command("tickets", help="Lists the tickets that were diagnosed, or shows one.")
def _tickets(  # noqa: PLR0913, PLR0917 - one parameter for each option of the contract
    ticket: Annotated[str | None, typer.Argument(metavar="[TICKET]", show_default=False)] = None,
    resolved: Annotated[
        bool | None,
        typer.Option("--resolved/--open", help="Only those that are resolved, or open."),
    ] = None,
    cause: Annotated[
        str | None, typer.Option("--cause", metavar="ID", help="Only those of this cause.")
    ] = None,
    queue: Annotated[
        WhoActs | None, typer.Option("--queue", help="Only those on which these must act.")
    ] = None,
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT", help="In id, name, subject or remote site.")
    ] = "",
    form: Annotated[
        TicketsFormat, typer.Option("--format", help="How to print them.")
    ] = TicketsFormat.TEXT,
    store: StoreOption = None,
    lang: Lang = None,
    knowledge: Knowledge = None,
) -> int:
    from assistant.catalog.load import load_catalog
    from assistant.desk.store.place import store_path
    from assistant.desk.store.store import Store
    from assistant.desk.store.tickets import Filter, document_of, find_ticket, list_tickets
    from assistant.model.triage import Queue
    from reports.output import send_text
    from reports.triage.json_tickets_v1 import render_tickets_json
    from reports.triage.tickets_text import render_ticket, render_tickets

    kept = Store(store_path(store))
    language = language_chosen(lang)
    if ticket is not None:
        one = find_ticket(kept, ticket)
        if form is TicketsFormat.JSON:
            send_text(render_tickets_json([one], {one.id: document_of(kept, ticket)}), sys.stdout)
            return 0
        catalog = load_catalog(*(knowledge or ()), cached=True)
        print(render_ticket(one, catalog, language).plain)
        return 0
    found = list_tickets(
        kept,
        Filter(
            resolved=resolved,
            cause=cause,
            queue=Queue(queue.value) if queue else None,
            text=text,
        ),
    )
    if form is TicketsFormat.JSON:
        send_text(render_tickets_json(found, {}), sys.stdout)
        return 0
    catalog = load_catalog(*(knowledge or ()), cached=True)
    print(render_tickets(found, catalog, language).plain)
    return 0
