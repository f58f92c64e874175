"""The command line as a program of its own, for tests where the process is the point."""

from __future__ import annotations

PROGRAM = (
    # A shell's background job ignores Ctrl-C, and so would whatever it starts.
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from assistant.cli import main; main()"
)
"""To be run with `python -c`."""
