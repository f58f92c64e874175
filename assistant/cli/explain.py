"""The options of `diagnose explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.language import language_chosen
from assistant.cli.meaning import tell_meaning
from assistant.cli.options import Knowledge, Lang
from assistant.cli.program import app


@app.command(
    "explain",
    help="Explains a trace record by record, a VPN error code (number or name), a cause, a stage.",
)
def _explain(
    word: Annotated[str, typer.Argument(metavar="FILE|CODE|CAUSE|STAGE", show_default=False)],
    lang: Lang = None,
    knowledge: Knowledge = None,
) -> int:
    return tell_meaning(word, language_chosen(lang), tuple(knowledge or ()))
