"""Options that several commands share."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.language import Language


class Format(str, Enum):
    """`--format`."""

    HTML = "html"
    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    REPLY = "reply"


class Side(str, Enum):
    """`--away`."""

    LOCAL = "local"
    REMOTE = "remote"


Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of the reports (default: the locale's, else en)."),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where tickets are kept: a file, or sqlite:///FILE (default: the user's data folder).",
        show_default=False,
    ),
]
Knowledge = Annotated[
    list[Path] | None,
    typer.Option(
        "--knowledge", metavar="DIR", help="Folder that adds entries to the knowledge base."
    ),
]
