"""Which words are commands, and where each is."""

from __future__ import annotations

CASE = "case"
"""Name of the command that `diagnose FILE...` stands for; not shown."""
COMMANDS = {
    CASE: "case",
    "ask": "case",
    "check": "check",
    "explain": "explain",
    "resolve": "resolve",
    "tickets": "tickets",
    "triage": "triage",
}
"""Every command, and the module beside this one that adds it to the program."""
