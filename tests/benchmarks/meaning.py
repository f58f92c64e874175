"""What two JSON documents of the same case say differently, whatever form they say it in.

The document may be long (every place beside every piece of evidence) or short (the first place
there, all of them once under `symptoms`; of unlikely causes id, probability and standing only):
both are brought to one form first. Fields that only the later document has are no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Document: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str, ...]
"""Names of fields from the document inwards, without the numbers of lists."""

_PLACE = ("source", "first_line", "last_line")
_MAY_BE_SHORT = "unlikely"
_SHORTENED = frozenset({"evidence", "remedies", "prior_decibans"})
"""What an unlikely cause may leave out."""
_LAST_DIGIT = 1.001
"""Two roundings of one number differ by one in the last digit at most."""

_KEYS: Mapping[Path, tuple[str, ...]] = {
    ("sources",): ("name",),
    ("sites",): ("remote_site",),
    ("incidents", "symptoms"): ("id",),
    ("incidents", "causes"): ("id",),
    ("incidents", "causes", "evidence"): ("kind", "id", "choice"),
    ("incidents", "versus"): ("id", "choice"),
    ("incidents", "questions"): ("id",),
    ("incidents", "plan", "repairs"): ("remedy",),
    ("remarks",): ("id", "remote_site"),
    ("warnings",): ("id", "subject"),
    ("contradictions",): ("id", "incident"),
    ("quotes",): _PLACE,
    ("coverage", "shapes"): ("shape",),
}
"""By what the members of a list are known; other lists are compared by position."""
_NAMED_BY_DATA = frozenset({("sources", "classes"), ("sources", "device")})
_FATE = ("remote_site", "side", "origin", "outcome", "stage", "error_codes")
"""By what incidents are known where their numbers do not agree."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same."""

    kind: str
    """Fields from the document inwards, and in brackets how they differ."""
    where: str
    """Which member of each list."""
    old: object
    new: object


def differences(old: Document, new: Document) -> Iterator[Difference]:
    """What is not the same, in the order of the earlier document."""
    yield from _values(_common_form(old), _common_form(new), (), "")


def added_fields(old: Document, new: Document) -> set[str]:
    """Fields that only the later document has."""
    return _fields(_common_form(new)) - _fields(_common_form(old))


def _common_form(document: Document) -> dict[str, Any]:
    """The document with all places beside each piece of evidence, and without who wrote it."""
    return {
        **{name: value for name, value in document.items() if name != "generator"},
        "incidents": [_incident(one) for one in document["incidents"]],
    }


def _incident(incident: Document) -> dict[str, Any]:
    places = {one["id"]: one["evidence"] for one in incident["symptoms"]}
    return {**incident, "causes": [_cause(one, places) for one in incident["causes"]]}


def _cause(cause: Document, places: Mapping[str, Sequence[Document]]) -> dict[str, Any]:
    if "evidence" not in cause:
        return dict(cause)
    return {**cause, "evidence": [_evidence(one, places) for one in cause["evidence"]]}


def _evidence(evidence: Document, places: Mapping[str, Sequence[Document]]) -> dict[str, Any]:
    said = dict(evidence)
    if "places" not in said and "source" in said:
        said["places"] = places.get(said["id"], [])
    return said


# Comparing ------------------------------------------------------------------------------------


def _values(old: Any, new: Any, path: Path, where: str) -> Iterator[Difference]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(old, new, path, where)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path, where)
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        how = " (last digit)" if _is_last_digit(old, new) else ""
        yield Difference(".".join(path) + how, where, old, new)


def _mappings(old: Document, new: Document, path: Path, where: str) -> Iterator[Difference]:
    shortened: frozenset[str] = frozenset()
    if path == ("incidents", "causes") and old.get("standing") == _MAY_BE_SHORT:
        shortened = _SHORTENED - (old.keys() & new.keys())
    for name, value in old.items():
        if name in shortened:
            continue
        inner = (*path, name)
        if name in new:
            yield from _values(value, new[name], inner, where)
        else:
            yield Difference(f"{'.'.join(inner)} (left out)", where, value, None)


def _lists(old: list[Any], new: list[Any], path: Path, where: str) -> Iterator[Difference]:
    old_keys, new_keys = _keyed(old, new, path)
    if old_keys != new_keys:
        yield from _members(old_keys, new_keys, path, where)
    found = dict(zip(new_keys, new, strict=True))
    for key, value in zip(old_keys, old, strict=True):
        if key in found:
            yield from _values(value, found[key], path, f"{where}/{_shown(key)}")


def _members(old: list[Any], new: list[Any], path: Path, where: str) -> Iterator[Difference]:
    name = ".".join(path)
    gone = [key for key in old if key not in set(new)]
    came = [key for key in new if key not in set(old)]
    if gone:
        yield Difference(f"{name} (gone)", where, [*map(_shown, gone)], None)
    if came:
        yield Difference(f"{name} (new)", where, None, [*map(_shown, came)])
    if [key for key in old if key not in gone] != [key for key in new if key not in came]:
        yield Difference(f"{name} (order)", where, [*map(_shown, old)], [*map(_shown, new)])


def _keyed(old: list[Any], new: list[Any], path: Path) -> tuple[list[Any], list[Any]]:
    """What the members of two lists are known by; each key is there once."""
    names = _KEYS.get(path)
    if path == ("incidents",):
        names = ("id",) if len(old) == len(new) else _FATE
    if names is None:
        return [*range(len(old))], [*range(len(new))]
    return _numbered(old, names), _numbered(new, names)


def _numbered(members: list[Any], names: tuple[str, ...]) -> list[Any]:
    seen: Counter[Any] = Counter()
    keys = []
    for one in members:
        key = tuple(_frozen(one.get(name)) for name in names)
        seen[key] += 1
        keys.append((*key, seen[key]) if seen[key] > 1 else key)
    return keys


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shown(key: Any) -> str:
    if not isinstance(key, tuple):
        return str(key)
    return " ".join(str(part) for part in key if part is not None)


def _is_last_digit(old: Any, new: Any) -> bool:
    """Both are the same number, rounded up once and down once."""
    if not (isinstance(old, float) and isinstance(new, float)):
        return False
    digits = max(len(repr(one).partition(".")[2]) for one in (old, new))
    return abs(old - new) < _LAST_DIGIT * 10.0**-digits


def _fields(value: Any, path: Path = ()) -> set[str]:
    """Names of all fields; those of a mapping whose names are data are none."""
    found: set[str] = set()
    if isinstance(value, list):
        for inner in value:
            found |= _fields(inner, path)
    elif isinstance(value, Mapping) and path not in _NAMED_BY_DATA:
        for name, inner in value.items():
            found |= {".".join((*path, name)), *_fields(inner, (*path, name))}
    return found
