"""YAML in a strict dialect, with the line of every node.

Only `true`, `false`, `null` and integers are not text; a key stands once; no tags, no aliases'
explosions. Everything wrong with a file is found in one go and told as `file:line: ...`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from msgspec import Struct

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_NODE_LIMIT = 200_000
"""Far more than any sensible file has; aliases that multiply themselves stop here."""
_DEPTH_LIMIT = 50
"""A list that contains itself stops here."""


class Document(Struct, frozen=True):
    """One YAML file as plain values, and where each of them stood."""

    data: object
    lines: dict[tuple[str | int, ...], int]
    """Line of the value at a path of keys and positions, counted from 1."""

    def line_at(self, path: tuple[str | int, ...]) -> int:
        """Line of the value at `path`, or of the nearest value around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class StrictYamlError(Exception):
    """A file that is no valid document of the dialect: each problem with its line."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__(problems[0][1])
        self.problems = problems


def load_strict(text: str) -> Document:
    r"""Read one document.

    Raises:
        StrictYamlError: it is not YAML, or not of this dialect.

    >>> load_strict("share: 0.05\ncount: 3\nanswer: yes").data
    {'share': '0.05', 'count': 3, 'answer': 'yes'}
    """
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except RecursionError:
        raise StrictYamlError([(1, "not YAML: nested too deeply")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise StrictYamlError([(line, f"not YAML: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise StrictYamlError([(1, f"not YAML: {error}".splitlines()[0])]) from None
    if root is None:
        raise StrictYamlError([(1, "expected an entry, found an empty file")])
    reader = _Reader()
    data = reader.value(root, ())
    if reader.problems:
        raise StrictYamlError(reader.problems)
    return Document(data, reader.lines)


class _Reader:
    """Turns nodes into plain values; collects what is wrong on the way."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.problems: list[tuple[int, str]] = []

    def value(self, node: yaml.Node, path: tuple[str | int, ...]) -> object:
        line = node.start_mark.line + 1
        if len(self.lines) >= _NODE_LIMIT:
            if not self.problems:
                self.problems.append((line, f"more than {_NODE_LIMIT} values in one file"))
            return None
        if len(path) > _DEPTH_LIMIT:
            self.problems.append((line, "nested too deeply"))
            return None
        self.lines[path] = line
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return dict(self._items(node, path))

    def _items(self, node: yaml.Node, path: tuple[str | int, ...]) -> Iterator[tuple[str, object]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append((line, "expected a word as key, found a list or mapping"))
                continue
            key = str(key_node.value)
            if key in seen:
                self.problems.append((line, f"key {key!r} stands twice, first in line {seen[key]}"))
                continue
            seen[key] = line
            yield key, self.value(value_node, (*path, key))


def _scalar(node: yaml.ScalarNode) -> object:
    text = str(node.value)
    if node.style in {'"', "'", "|", ">"}:  # quoted or block style: always text
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.match(text) else text
