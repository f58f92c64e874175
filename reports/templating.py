"""The templates' environment; what jinja2 makes of the templates is kept for the next start."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Mapping, MutableMapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound
from markupsafe import Markup, escape

from assistant.cache import Cache, fingerprint

_FOLDER = Path(__file__).with_name("templates")
_OPTIONS: Mapping[str, Any] = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "auto_reload": False,
}
_KEPT = 2


@cache
def environment() -> Environment:
    """Everything is escaped; a name that does not exist is an error."""
    made = Environment(loader=_Compiled(), **_OPTIONS)  # noqa: S701 - see the options
    made.filters["prose"] = _prose
    return made


class _Compiled(BaseLoader):
    """Templates as Python code, compiled by jinja2 when one of them has changed.

    jinja2's own cache looks at the source of a template only, and reads files with `pickle`. Ours
    is also made anew for another jinja2, another Python and other options.
    """

    def __init__(self) -> None:
        self._sources = {
            path.relative_to(_FOLDER).as_posix(): path.read_bytes()
            for path in sorted(_FOLDER.rglob("*.j2"))
        }
        self._codes: dict[str, CodeType] = {}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002 - jinja2's signature
        """The text of a template and where it stands."""
        if template not in self._sources:
            raise TemplateNotFound(template)
        return self._sources[template].decode("utf-8"), str(_FOLDER / template), None

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - jinja2's signature
    ) -> Template:
        """A template, ready to be rendered."""
        if not self._codes:
            self._codes = self._compiled(environment)
        if name not in self._codes:
            raise TemplateNotFound(name)
        return environment.template_class.from_code(
            environment, self._codes[name], {} if globals is None else globals
        )

    def _compiled(self, environment: Environment) -> dict[str, CodeType]:
        kept = Cache("templates", kept=_KEPT)
        key = fingerprint(
            [
                ("made by", f"{jinja2.__version__} {sys.version} {_OPTIONS} {_FOLDER}".encode()),
                *self._sources.items(),
            ]
        )
        known = kept.get(key)
        if known is not None:
            codes: dict[str, CodeType] = marshal.loads(known)  # noqa: S302 - ours, see `Cache`
            return codes
        codes = {}
        for name in self._sources:
            source, filename, _ = self.get_source(environment, name)
            codes[name] = environment.compile(source, name, filename)
        kept.keep(key, marshal.dumps(codes))
        return codes


def _prose(text: str) -> Markup:
    """Text of the knowledge base with what stands between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    pieces = [
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    ]
    return Markup("").join(pieces)
