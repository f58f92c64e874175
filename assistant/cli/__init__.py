"""The command line: parses, calls, prints, exits; nothing else.

    program    the typer program, and which word is a command and which a file
    options    options that several commands share
    language   in which language to speak
    inputs     files that the call names; `kept` those that a ticket's id names
    answers    answers that the call brings along
    case       `diagnose FILE...`, `diagnose ask`
    dialogue   asks on a terminal or line by line: `dialogue`, `screen`, `lines`, `moves`
    verdict    what is printed when a case is diagnosed
    check, explain
    triage     `diagnose triage PATH...`; `progress` shows how far it is
    tickets, resolve    what is kept of tickets, and what they really were
    entry      runs it all and tells of errors

Only typer is imported at start; everything else where it is used, so that `--help` and
`--version` answer at once.
"""

from assistant.cli import case, check, explain, resolve, tickets, triage
from assistant.cli.entry import main, run
from assistant.cli.program import CASE, app

__all__ = ["CASE", "app", "case", "check", "explain", "main", "resolve", "run", "tickets", "triage"]
