"""The words knowledge may use of events: their kinds, their fields and the values of these.

Whoever reads or compiles conditions asks here, so that a misspelt word is an error with the
right words beside it, and never a condition that silently matches nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Literal, TypeAlias, get_args, get_origin

from assistant.model.event import ErrorCode, Event
from assistant.model.event_types import EVENT_TYPES

Value: TypeAlias = str | int
"""What a field is compared with."""

_ERROR_CODE = re.compile(r"0x[0-9a-f]{4}")


def field_names(kind: str) -> tuple[str, ...]:
    """Every field of the event type, in the order of the class.

    Raises:
        KeyError: No event has this kind.

    >>> field_names("failure")
    ('remote_site', 'gateway', 'failure', 'layer', 'side')
    """
    return EVENT_TYPES[kind].__struct_fields__


@cache
def field_values(kind: str, field: str) -> tuple[str, ...] | type[str | int]:
    """The values a field may have: all of them where they are listed, else their type.

    Raises:
        KeyError: No event has this kind, or it has no such field.

    >>> field_values("timed-out", "phase")
    ('1', '2')
    >>> field_values("ike-sa-established", "role")
    ('initiator', 'responder')
    >>> field_values("poll-series", "retries")
    <class 'int'>
    """
    hint = field_types(kind)[field]
    if get_origin(hint) is Literal:
        return tuple(str(value) for value in get_args(hint))
    # A NewType stands for the type it names; what is left is a class.
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if issubclass(hint, Enum):
        return tuple(str(member.value) for member in hint)
    return int if issubclass(hint, int) else str


def normalised(kind: str, field: str, value: Value) -> Value:
    """The value in the type of the event's field, so that `1` and `"1"` mean the same.

    Raises:
        KeyError: No event has this kind, or it has no such field.
        ValueError: The field holds whole numbers and this is none.

    >>> normalised("timed-out", "phase", 1), normalised("poll-series", "retries", "5")
    ('1', 5)
    """
    return int(value) if field_values(kind, field) is int else str(value)


def condition_problems(kind: str, where: Mapping[str, Value]) -> tuple[str, ...]:
    """What is wrong with a condition on events of this kind; empty if it can match.

    >>> condition_problems("timed-out", {"phase": 3})
    ('timed-out.phase: expected 1 or 2, found 3',)
    """
    if kind not in EVENT_TYPES:
        return (f"event: expected {_kinds_like(kind)}, found {kind}",)
    known = field_names(kind)
    found = [_value_problem(kind, name, value) for name, value in where.items() if name in known]
    found += [
        f"{kind}: expected {_one_of(known)} as field, found {name}"
        for name in where
        if name not in known
    ]
    return tuple(problem for problem in found if problem)


def _value_problem(kind: str, field: str, value: Value) -> str | None:
    expected: str | None = None
    allowed = field_values(kind, field)
    if isinstance(allowed, tuple):
        if str(value) not in allowed:
            expected = _one_of(allowed)
    elif allowed is int:
        try:
            int(value)
        except ValueError:
            expected = "a whole number"
    elif field_types(kind)[field] is ErrorCode and not _ERROR_CODE.fullmatch(str(value)):
        # Unquoted in YAML, 0x1106 is the number 4358.
        expected = 'a code in quotes, "0x" and four lower-case hexadecimal digits'
    return expected and f"{kind}.{field}: expected {expected}, found {value}"


@cache
def field_types(kind: str) -> Mapping[str, Any]:
    """Types of the fields by name, without `None`, which says that a field may be unknown.

    Raises:
        KeyError: No event has this kind.
    """
    event = EVENT_TYPES[kind]
    # The classes of events say their fields in the same few words: `get_type_hints` would look
    # at each of 300 anew.
    hints = {
        name: _meant(hint, one.__module__)
        for one in reversed(event.__mro__)
        if issubclass(one, Event)
        for name, hint in one.__annotations__.items()
    }
    return {name: _known(hints[name]) for name in event.__struct_fields__}


@cache
def _meant(hint: str, module: str) -> Any:
    """What an annotation means where it stands."""
    return eval(hint, vars(sys.modules[module]))  # noqa: S307 - our own code


def _known(hint: Any) -> Any:
    present = [option for option in get_args(hint) if option is not NoneType]
    optional = len(present) < len(get_args(hint)) and get_origin(hint) is not Literal
    return present[0] if optional else hint


def _kinds_like(kind: str) -> str:
    # Only a mistake needs it, and a program without mistakes need not wait for the import.
    from difflib import get_close_matches  # noqa: PLC0415

    return _one_of(tuple(get_close_matches(kind, EVENT_TYPES)) or tuple(EVENT_TYPES))


def _one_of(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0]
