# ruff: noqa: INP001 - a script, no package
"""Build hook: compiles our modules when they are installed in place (`pip install -e`).

pip does this with what it copies, so that a program need not compile itself at each start; what
stays where it is it leaves alone. Where Python may not write bytecode
(`PYTHONDONTWRITEBYTECODE`, as in many containers) a start would take twice as long for ever.
"""

from __future__ import annotations

import compileall
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledInPlace(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Runs when a wheel is built; that of an installation in place has the version `editable`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile what the wheel points at."""
        if version == "editable":
            for package in self.build_config.packages:
                compileall.compile_dir(str(Path(self.root) / package), quiet=1)
