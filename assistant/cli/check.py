"""`diagnose check`: whether the knowledge base is in order."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.language import language_chosen
from assistant.cli.options import Knowledge, Lang
from assistant.cli.program import app
from assistant.errors import KnowledgeError


@app.command("check", help="Checks the knowledge base: schema, references, samples, cases.")
def _check(
    only: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Check samples and cases of this one only."),
    ] = None,
    lang: Lang = None,
    knowledge: Knowledge = None,
) -> int:
    from assistant.check import NoSuchEntryError, check
    from reports.labels import labels

    words = labels(language_chosen(lang))
    try:
        result = check(*(knowledge or ()), only=only)
    except NoSuchEntryError:
        message = f"{only!r} is neither a message nor a cause of the knowledge base."
        raise typer.BadParameter(message, param_hint="ID") from None
    if result.problems:
        raise KnowledgeError(result.problems)
    print(
        words(
            "check.done",
            patterns=result.patterns,
            samples=result.samples,
            symptoms=result.symptoms,
            causes=result.causes,
            remedies=result.remedies,
            cases=result.cases,
        )
    )
    return 0
