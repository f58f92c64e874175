"""Reads the files of a knowledge base and checks them; every error of every file at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec

from assistant.catalog.crosscheck import Located, crosscheck
from assistant.catalog.files import (
    ASPECTS,
    CAUSES,
    CONTRADICTIONS,
    ERRORS,
    INPUTS,
    PATTERNS,
    PPP_ERRORS,
    QUESTIONS,
    REMEDIES,
    Checked,
    Kind,
    T,
)
from assistant.catalog.schema import PppErrorFile
from assistant.catalog.strict_yaml import Document, StrictYamlError, load_strict
from assistant.errors import KnowledgeError


def read_checked(roots: tuple[Path, ...]) -> Checked:
    """All entries of the files in these folders.

    Raises:
        KnowledgeError: with every problem found, each as `file:line: what is wrong`.
    """
    loader = _Loader(roots)
    patterns = loader.load(PATTERNS)
    errors = loader.load(ERRORS)
    ppp_errors = loader.load(PPP_ERRORS)
    aspects = loader.load(ASPECTS)
    causes = loader.load(CAUSES)
    remedies = loader.load(REMEDIES)
    inputs = loader.load(INPUTS)
    questions = loader.load(QUESTIONS)
    contradictions = loader.load(CONTRADICTIONS)
    loader.problems += crosscheck(
        patterns=patterns,
        errors=errors,
        aspects=aspects,
        causes=causes,
        remedies=remedies,
        inputs=inputs,
        questions=questions,
        contradictions=contradictions,
    )
    loader.problems += _ppp_codes_twice(ppp_errors)
    if loader.problems:
        raise KnowledgeError(tuple(loader.problems))
    return Checked(
        patterns=tuple(found.value for found in patterns),
        errors=tuple(found.value for found in errors),
        ppp_errors=tuple(found.value for found in ppp_errors),
        aspects=tuple(found.value for found in aspects),
        causes=tuple(found.value for found in causes),
        remedies=tuple(found.value for found in remedies),
        inputs=tuple(found.value for found in inputs),
        questions=tuple(found.value for found in questions),
        contradictions=tuple(found.value for found in contradictions),
        digest=f"sha256:{loader.hash.hexdigest()}",
    )


def _ppp_codes_twice(files: list[Located[PppErrorFile]]) -> Iterator[str]:
    seen: set[str] = set()
    for found in files:
        for place, entry in enumerate(found.value.errors):
            if entry.code in seen:
                yield found.problem(
                    ("errors", place, "code"), f"PPP error code {entry.code!r} stands twice"
                )
            seen.add(entry.code)


class _Loader:
    """Reads files of several folders and remembers what is wrong with them."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self.roots = roots
        self.problems: list[str] = []
        self.hash = hashlib.sha256()
        self.problems += [
            f"{root}: expected a folder with knowledge files, found "
            f"{'a file' if root.exists() else 'nothing'}"
            for root in roots
            if not root.is_dir()
        ]

    def load(self, kind: Kind[T]) -> list[Located[T]]:
        return [
            found
            for root in self.roots
            for path in sorted(root.glob(kind.glob))
            for found in self._read(path, root, kind)
        ]

    def _read(self, path: Path, root: Path, kind: Kind[T]) -> Iterator[Located[T]]:
        shown = f"{root.resolve().name}/{path.relative_to(root).as_posix()}"
        try:
            content = path.read_bytes()
            text = content.decode("utf-8-sig")
        except OSError as error:
            self.problems.append(f"{shown}:1: cannot be read: {error.strerror}")
            return
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.problems.append(f"{shown}:{line}: expected UTF-8, found a byte that is none")
            return
        self.hash.update(f"{shown}\0{len(content)}\0".encode())
        self.hash.update(content)
        try:
            document = load_strict(text)
        except StrictYamlError as error:
            self.problems += [f"{shown}:{line}: {what}" for line, what in error.problems]
            return
        try:
            value = msgspec.convert(document.data, kind.type, strict=False)
        except msgspec.ValidationError as error:
            self.problems += _shape_problems(shown, document, kind.type, error)
            return
        yield Located(shown, path, document, value)


def _shape_problems(
    shown: str, document: Document, kind: type[msgspec.Struct], error: msgspec.ValidationError
) -> list[str]:
    """The problem that msgspec met first, and those of the other entries of a list."""
    problems = [_located(shown, document, (), str(error))]
    data = document.data
    if not isinstance(data, dict):
        return problems
    for field in msgspec.structs.fields(kind):
        entries = data.get(field.name)
        if not isinstance(entries, list):
            continue
        entry_type = _entry_type(field.type)
        if entry_type is None:
            continue
        for place, entry in enumerate(entries):
            try:
                msgspec.convert(entry, entry_type, strict=False)
            except msgspec.ValidationError as inner:  # noqa: PERF203 - each entry for itself
                problems.append(_located(shown, document, (field.name, place), str(inner)))
    return list(dict.fromkeys(problems))


def _entry_type(hint: Any) -> type[msgspec.Struct] | None:
    """`Annotated[tuple[Pattern, ...], ...]` -> `Pattern`; None for what is no list of entries."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    first = next(iter(get_args(hint)), None)
    return first if isinstance(first, type) and issubclass(first, msgspec.Struct) else None


def _located(shown: str, document: Document, within: tuple[str | int, ...], message: str) -> str:
    """`Expected ... - at `$.steps[0].do`` -> `file:line: steps[0].do: expected ...`."""
    what, _, where = message.partition(" - at `$")
    path = (*within, *_path(where.rstrip("`")))
    label = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    prefix = f"{label.lstrip('.')}: " if label else ""
    unknown = re.search(r"unknown field `([^`]*)`", what)
    if unknown:
        path = (*path, unknown[1])
    return f"{shown}:{document.line_at(path)}: {prefix}{what}"


def _path(text: str) -> Iterator[str | int]:
    """`.steps[0].do` -> "steps", 0, "do"; `[...]`, some key of a mapping, is left out."""
    for name, number in re.findall(r"\.([^.\[\]]+)|\[([0-9]+)\]", text):
        yield name or int(number)
