"""Holds the knowledge base to its own proofs: samples are read, cases rank as their names say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import OWN_KNOWLEDGE, load_catalog
from assistant.catalog.message import MessageMatcher, event_fields
from assistant.catalog.schema import Pattern, Sample
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.errors import AssistantError
from assistant.inference.posterior import POSSIBLE
from assistant.model.diagnosis import Diagnosis, Incident, Verdict

_LEADING = 4
"""`may_*` cases: the cause stands among this many."""


class NoSuchEntryError(Exception):
    """What was asked to be checked is not in the knowledge base."""


class CheckResult(Struct, frozen=True, kw_only=True):
    """What was checked and what is wrong."""

    patterns: int
    samples: int
    symptoms: int
    causes: int
    remedies: int
    cases: int
    problems: tuple[str, ...]
    """Each `file: what was expected, what was found`."""


def check(*more: Path, only: str | None = None, own: Path = OWN_KNOWLEDGE) -> CheckResult:
    """Check schema, references, samples and cases; `only` limits samples and cases to one id.

    Raises:
        KnowledgeError: a file cannot be loaded; says everything that is wrong with all of them.
        NoSuchEntryError: no pattern and no cause is called `only`.
    """
    catalog = load_catalog(*more, own=own)
    if only is not None and only not in catalog.patterns and only not in catalog.causes:
        raise NoSuchEntryError(only)
    problems = list(_samples(catalog, only))
    problems += _proofs(catalog, (own, *more), only)
    cases = 0
    diagnoser = Diagnoser(catalog)
    for path, judge in _cases((own, *more), only):
        cases += 1
        shown = f"{path.parent.name}/{path.name}"
        try:
            diagnosis = diagnoser.diagnose(
                Case((CaseFile(path.name, lambda path=path: path.open("rb")),))  # type: ignore[misc]
            )
        except AssistantError as error:
            found = error.words.get("looks", error.id)
            problems.append(f"{shown}: expected a trace, found {found}")
            continue
        if diagnosis.coverage.unread_records or diagnosis.coverage.unread:
            line = diagnosis.coverage.unread[0].first_line if diagnosis.coverage.unread else 1
            problems.append(
                f"{shown}:{line}: expected a case that is read whole, found a line "
                "that no pattern reads"
            )
        problems += [f"{shown}: {what}" for what in judge(diagnosis)]
    return CheckResult(
        patterns=len(catalog.patterns),
        samples=sum(len(pattern.samples) for pattern in catalog.patterns.values()),
        symptoms=len(catalog.symptoms),
        causes=len(catalog.causes),
        remedies=len(catalog.remedies),
        cases=cases,
        problems=tuple(problems),
    )


def _samples(catalog: Catalog, only: str | None) -> Iterator[str]:
    """Every sample is read, by its own pattern, and yields what it says."""
    matcher = MessageMatcher(catalog.pattern_files)
    for file in catalog.pattern_files:
        for pattern in file.patterns:
            if only not in {None, pattern.id}:
                continue
            for number, sample in enumerate(pattern.samples, start=1):
                for what in _sample(matcher, file.trace_class, pattern, sample):
                    yield f"pattern {pattern.id!r}, sample {number}: {what}"


def _sample(
    matcher: MessageMatcher, trace_class: str, pattern: Pattern, sample: Sample
) -> Iterator[str]:
    lines = tuple(line.strip() for line in sample.message.split("\n") if line.strip())
    reading = matcher.read(lines, trace_class)
    if reading is None:
        yield "expected to be read, no pattern reads it"
        return
    if reading.pattern != pattern.id:
        yield f"expected to be read by its own pattern, {reading.pattern!r} reads it"
    for place in sorted({*reading.unread, *reading.partly}):
        yield f"expected to be read whole, line {place + 1} is not"
    found = event_fields(reading.event)
    if found != sample.yields:
        yield f"expected {dict(sample.yields)}, found {found}"


Judged = Callable[[Diagnosis], Iterator[str]]


def _cases(roots: tuple[Path, ...], only: str | None) -> Iterator[tuple[Path, Judged]]:
    for root in roots:
        for path in sorted(root.glob("causes/*/*.trace")):
            cause = path.parent.name
            if only in (None, cause):
                kind = path.name.split("_", 1)[0]
                yield (
                    path,
                    lambda diagnosis, cause=cause, kind=kind: _ranks(  # type: ignore[misc]
                        diagnosis, cause, kind
                    ),
                )
        if only is None:
            for path in sorted(root.glob("healthy/*.trace")):
                yield path, _is_healthy


def _proofs(catalog: Catalog, roots: tuple[Path, ...], only: str | None) -> Iterator[str]:
    """No case, no cause: one that ranks it, unless no trace can, and one that must not."""
    for cause, entry in catalog.causes.items():
        if only not in (None, cause):
            continue
        names = [path.name for root in roots for path in (root / "causes" / cause).glob("*.trace")]
        ranked = any(name.startswith(("is_", "may_")) for name in names)
        if not ranked and entry.only_by is None:
            yield f"causes/{cause}: expected a case is_*.trace or may_*.trace, found none"
        if not any(name.startswith("not_") for name in names):
            yield f"causes/{cause}: expected a case not_*.trace, found none"


def _ranks(diagnosis: Diagnosis, cause: str, kind: str) -> Iterator[str]:
    """The incident that ranks the cause highest decides, for `not_` as for the others."""
    ranked = [incident for incident in diagnosis.incidents if incident.hypotheses]
    best = max(ranked, key=lambda incident: _probability(incident, cause), default=None)
    probability = _probability(best, cause) if best else 0.0
    place = [one.cause for one in best.hypotheses].index(cause) + 1 if best and probability else 0
    found = f"found place {place} with {probability:.3f}" if place else "found it nowhere"
    if kind == "is":
        if place != 1:
            yield f"expected {cause!r} first, {found}"
    elif kind == "may":
        if not 1 <= place <= _LEADING or probability < POSSIBLE:
            yield f"expected {cause!r} among the first {_LEADING} and >= {POSSIBLE}, {found}"
    elif kind == "not":
        if probability >= POSSIBLE:
            yield f"expected {cause!r} below {POSSIBLE}, {found}"
    else:
        yield "expected a name that begins with is_, may_ or not_"


def _probability(incident: Incident, cause: str) -> float:
    return next((one.probability for one in incident.hypotheses if one.cause == cause), 0.0)


def _is_healthy(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.verdict is not Verdict.HEALTHY:
        yield f"expected a healthy case, found {diagnosis.verdict.value!r}"
    for incident in diagnosis.incidents:
        if incident.hypotheses:
            yield f"expected no cause, found {incident.hypotheses[0].cause!r} first"
