"""The command line: parses, calls, prints, exits; nothing else.

    program    the typer program, and which word is a command and which a file
    commands   which words are commands
    help, version    what is asked most often
    options    options that several commands share
    language   in which language to speak
    inputs     files that the call names; `kept` those that a ticket's id names
    answers    answers that the call brings along
    case       options of `diagnose FILE...` and `diagnose ask`; `call` does it
    dialogue   asks on a terminal or line by line: `dialogue`, `screen`, `lines`, `moves`
    verdict    what is printed when a case is diagnosed
    check, explain    `meaning` tells what `explain` explains
    triage     `diagnose triage PATH...`; `progress` shows how far it is
    tickets, resolve    what is kept of tickets, and what they really were
    entry      runs it all and tells of errors

Nothing is imported before it is used, typer and the commands neither, so that `--help` and
`--version` answer at once.
"""

from assistant.cli.entry import main, run

__all__ = ["main", "run"]
