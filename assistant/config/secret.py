"""Seals a secret: what leaves this module tells whether two are the same, and nothing else."""

from __future__ import annotations

import hmac
import os

from assistant.model.setting import Secret

_KEY = os.urandom(32)
"""Of this process only: a fingerprint that got out cannot be tried against a list of words.

Files that are to be compared must therefore be read by the same process.
"""


def sealed(text: str) -> Secret:
    """What is kept of a key or password.

    Asterisks stand for a secret that was hidden before: set, but not to be compared.

    >>> str(sealed("geheim-1")), str(sealed("")), sealed("geheim-1") == sealed("geheim-2")
    ('set', 'empty', False)
    """
    if not text:
        return Secret("empty")
    if not text.strip("*"):
        return Secret("set")
    data = text.encode("utf-8", "surrogatepass")
    return Secret("set", hmac.digest(_KEY, data, "sha256"))
