"""Which files a knowledge base is made of, what each holds, and all of it once it is checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct

from assistant.catalog.schema import (
    Aspect,
    Cause,
    ContradictionFile,
    ErrorFile,
    Input,
    PatternFile,
    PppErrorFile,
    Question,
    Remedy,
)

T = TypeVar("T", bound=Struct)


class Kind(Struct, Generic[T], frozen=True):
    """One sort of file: where it lies and what it holds."""

    glob: str
    type: type[T]


PATTERNS = Kind("patterns/*/*.yaml", PatternFile)
ERRORS = Kind("vpn-errors.yaml", ErrorFile)
PPP_ERRORS = Kind("ppp-errors.yaml", PppErrorFile)
ASPECTS = Kind("symptoms/*.yaml", Aspect)
CAUSES = Kind("causes/*/cause.yaml", Cause)
REMEDIES = Kind("remedies/*.yaml", Remedy)
INPUTS = Kind("inputs/*.yaml", Input)
QUESTIONS = Kind("questions/*.yaml", Question)
CONTRADICTIONS = Kind("contradictions.yaml", ContradictionFile)
_KINDS: tuple[Kind[Any], ...] = (
    PATTERNS,
    ERRORS,
    PPP_ERRORS,
    ASPECTS,
    CAUSES,
    REMEDIES,
    INPUTS,
    QUESTIONS,
    CONTRADICTIONS,
)


class Checked(Struct, frozen=True, kw_only=True):
    """All entries of a knowledge base without a mistake, file by file."""

    patterns: tuple[PatternFile, ...]
    errors: tuple[ErrorFile, ...]
    ppp_errors: tuple[PppErrorFile, ...]
    aspects: tuple[Aspect, ...]
    causes: tuple[Cause, ...]
    remedies: tuple[Remedy, ...]
    inputs: tuple[Input, ...]
    questions: tuple[Question, ...]
    contradictions: tuple[ContradictionFile, ...]
    digest: str


def files_of(root: Path) -> Iterator[Path]:
    """Everything that the knowledge base in a folder is made of, in a fixed order."""
    for kind in _KINDS:
        yield from sorted(root.glob(kind.glob))
