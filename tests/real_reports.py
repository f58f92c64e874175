"""Reports as the command line writes them of real cases; the tests in a browser open these."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import hostile
import pytest
from trace_lines import CASES, EXAMPLES

from assistant import cli

Arguments: TypeAlias = Callable[[Path], list[str]]
"""Takes a folder to write inputs into; gives the arguments of the command line."""
RUN = CASES / "strongswan" / "psk_mismatch-ikev2"
PROPOSALS = CASES / "strongswan" / "ike_proposal_mismatch-ikev1"
CONFIG = CASES / "config"
RECORDS_A_MEGABYTE = 9480
"""Of the generated trace below."""


def generated(records: int) -> bytes:
    """A trace of about so many records: days of a router with several sites."""
    made = importlib.import_module("benchmarks.traces").days(
        -(-records * (1 << 20) // RECORDS_A_MEGABYTE)
    )
    return bytes(made)


def _long(folder: Path) -> list[str]:
    (folder / "long.txt").write_bytes(generated(10_000))
    return [str(folder / "long.txt")]


CASES_BY_NAME: dict[str, Arguments] = {
    "polling": lambda _: [str(EXAMPLES / "polling-failed.txt")],
    "silent": lambda _: [str(EXAMPLES / "no-response.txt")],
    "proposals": lambda _: [str(EXAMPLES / "proposal-mismatch.txt")],
    "healthy": lambda _: [str(EXAMPLES / "success.txt")],
    "sides": lambda _: [str(RUN / "initiator.log"), "--remote", str(RUN / "responder.log")],
    "configurations": lambda _: [
        *("--config", str(CONFIG / "nordhof-ikev1.lcs")),
        *("--remote-config", str(CONFIG / "lager-ikev1-nothing-fits.lcs")),
    ],
    "long": _long,
    "hostile": hostile.write,
}
FAULTS = ("polling", "silent", "proposals", "sides", "configurations", "long")
"""Those in which something is wrong and there is something to do."""


class RealReports:
    """The reports, each made once, when first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str, str], Path] = {}

    def __call__(self, name: str, lang: str = "en", form: str = "html") -> Path:
        """The path of one report.

        Args:
            name: One of `CASES_BY_NAME`.
            lang: `de` or `en`, in which it opens.
            form: As `--format` takes it.
        """
        key = (name, lang, form)
        if key not in self._made:
            inputs = self._folder / name
            inputs.mkdir(exist_ok=True)
            target = self._folder / f"{name}.{lang}.report.{form}"
            arguments = [
                *CASES_BY_NAME[name](inputs),
                *("--lang", lang, "--format", form, "-o", str(target), "-q"),
            ]
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(inputs)
                assert cli.run(arguments) == 0
            self._made[key] = target
        return self._made[key]
