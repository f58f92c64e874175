"""The knowledge base in memory: every entry by its id."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from assistant.catalog.schema import (
    Aspect,
    Cause,
    ErrorEntry,
    Incompatible,
    Input,
    Pattern,
    PatternFile,
    PppError,
    Question,
    Remedy,
    Symptom,
)


class Catalog(Struct, frozen=True, kw_only=True):
    """All knowledge, loaded and cross-checked by `assistant.catalog.load.load_catalog`."""

    pattern_files: tuple[PatternFile, ...]
    patterns: Mapping[str, Pattern]
    """By id, of all files."""
    errors: Mapping[str, ErrorEntry]
    """By code, `0x1106`."""
    aspects: tuple[Aspect, ...]
    """In the order of their files' names; the order in which evidence is weighed."""
    symptoms: Mapping[str, Symptom]
    """By id, of all aspects, in the order of the aspects."""
    causes: Mapping[str, Cause]
    """By id; `unknown` is among them."""
    remedies: Mapping[str, Remedy]
    inputs: Mapping[str, Input]
    ppp_errors: Mapping[str, PppError] = field(default_factory=dict)
    """By code, `0x8001`."""
    digest: str
    """`sha256:` and 64 hexadecimal digits of the content of all its files."""
    questions: Mapping[str, Question] = field(default_factory=dict)
    """By id, in the order of their files' names; the order in which answers are weighed."""
    contradictions: Mapping[str, Incompatible] = field(default_factory=dict)
    """By id, in the order of the files."""
