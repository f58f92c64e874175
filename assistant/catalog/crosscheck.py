"""What no single file can say of itself: ids that are unique, references that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct

from assistant.catalog.message import holes_in, required_fields
from assistant.catalog.schema import (
    PLAIN_CHARACTERS,
    SHORT_CHARACTERS,
    Aspect,
    Cause,
    Claimed,
    ContradictionFile,
    ErrorFile,
    Input,
    Pattern,
    PatternFile,
    Question,
    Remedy,
    Text,
)
from assistant.catalog.strict_yaml import Document
from assistant.model.event_types import MESSAGE_EVENTS
from assistant.model.vocabulary import condition_problems, field_types

T = TypeVar("T")
Path_ = tuple[str | int, ...]

UNKNOWN = "unknown"
"""The cause that stands for all that is not in the knowledge base; it must exist."""
DONT_KNOW = "unknown"
"""The choice that every question has besides its own."""


class Located(Struct, Generic[T], frozen=True):
    """An entry and the file it came from."""

    shown: str
    """The file's name as problems show it."""
    path: Path
    document: Document
    value: T

    def problem(self, where: Path_, what: str) -> str:
        """`file:line: what`, with the line of the value at `where`."""
        return f"{self.shown}:{self.document.line_at(where)}: {what}"


def crosscheck(  # noqa: PLR0913 - one for each sort of file
    *,
    patterns: list[Located[PatternFile]],
    errors: list[Located[ErrorFile]],
    aspects: list[Located[Aspect]],
    causes: list[Located[Cause]],
    remedies: list[Located[Remedy]],
    inputs: list[Located[Input]],
    questions: list[Located[Question]],
    contradictions: list[Located[ContradictionFile]],
) -> list[str]:
    """Every contradiction between and within the files, as `file:line: what is wrong`."""
    symptom_ids = {symptom.id for found in aspects for symptom in found.value.symptoms}
    cause_ids = {found.value.id for found in causes}
    remedy_ids = {found.value.id for found in remedies}
    input_ids = {found.value.id for found in inputs}
    problems = [
        *_twice(
            "pattern",
            (
                (found, ("patterns", place, "id"), entry.id)
                for found in patterns
                for place, entry in enumerate(found.value.patterns)
            ),
        ),
        *_twice(
            "error code",
            (
                (found, ("errors", place, "code"), entry.code)
                for found in errors
                for place, entry in enumerate(found.value.errors)
            ),
        ),
        *_twice("aspect", ((found, ("aspect",), found.value.aspect) for found in aspects)),
        *_twice(
            "symptom",
            (
                (found, ("symptoms", place, "id"), entry.id)
                for found in aspects
                for place, entry in enumerate(found.value.symptoms)
            ),
        ),
        *_twice("cause", ((found, ("id",), found.value.id) for found in causes)),
        *_twice("remedy", ((found, ("id",), found.value.id) for found in remedies)),
        *_twice("input", ((found, ("id",), found.value.id) for found in inputs)),
        *_twice("question", ((found, ("id",), found.value.id) for found in questions)),
        *_twice(
            "contradiction",
            (
                (found, ("contradictions", place, "id"), entry.id)
                for found in contradictions
                for place, entry in enumerate(found.value.contradictions)
            ),
        ),
    ]
    for pattern_file in patterns:
        problems += _patterns(pattern_file)
    for aspect in aspects:
        problems += _aspect(aspect, input_ids)
    for cause in causes:
        problems += _cause(cause, symptom_ids, remedy_ids, aspects)
        problems += _answers(cause, {found.value.id: found.value for found in questions})
    for remedy in remedies:
        problems += _names_its_file(remedy, remedy.value.id)
    for wanted in inputs:
        problems += _names_its_file(wanted, wanted.value.id)
        problems += [
            wanted.problem(
                ("look_for", place, "causes"),
                f"look_for names the cause {cause_id!r}, which no file describes",
            )
            for place, look in enumerate(wanted.value.look_for)
            for cause_id in look.causes
            if cause_id not in cause_ids
        ]
    for question in questions:
        problems += _question(question, symptom_ids)
    asked = {found.value.id: found.value for found in questions}
    for aspect in aspects:
        problems += _answering(aspect, asked, causes)
    for file in contradictions:
        problems += _contradictions(file, symptom_ids, asked)
    if causes and UNKNOWN not in cause_ids:
        problems.append("causes/unknown/cause.yaml:1: expected the cause 'unknown', found none")
    return problems


def _twice(what: str, entries: Iterable[tuple[Located[T], Path_, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for found, where, name in entries:
        place = f"{found.shown}:{found.document.line_at(where)}"
        if name in seen:
            yield f"{place}: {what} {name!r} stands twice, first in {seen[name]}"
        else:
            seen[name] = place


def _patterns(found: Located[PatternFile]) -> Iterator[str]:
    for place, pattern in enumerate(found.value.patterns):
        where: Path_ = ("patterns", place)
        if pattern.event not in {event.kind for event in MESSAGE_EVENTS}:
            yield found.problem(
                (*where, "event"), f"pattern {pattern.id!r}: no message says {pattern.event!r}"
            )
            continue
        yield from _holes(found, where, pattern)


def _holes(found: Located[PatternFile], where: Path_, pattern: Pattern) -> Iterator[str]:
    known = field_types(pattern.event)
    filled: set[str] = set(pattern.sets)
    lines = [
        ((*where, "message"), pattern.message, pattern.sets),
        *(
            ((*where, "continues", place), more.line, more.sets)
            for place, more in enumerate(pattern.continues)
        ),
    ]
    for line_where, line, sets in lines:
        for name in (*holes_in(line), *sets):
            if name not in known:
                yield found.problem(
                    line_where,
                    f"pattern {pattern.id!r}: expected a field of {pattern.event!r} "
                    f"({', '.join(sorted(known))}), found {name!r}",
                )
        meant = {name: value for name, value in sets.items() if name in known}
        for what in condition_problems(pattern.event, meant):
            yield found.problem(line_where, f"pattern {pattern.id!r}: {what}")
        if len(set(holes_in(line))) < len(holes_in(line)):
            yield found.problem(line_where, f"pattern {pattern.id!r}: a hole stands twice")
    filled |= {name for name in holes_in(pattern.message) if name in known}
    for name in sorted(required_fields(pattern.event) - filled):
        yield found.problem(
            where, f"pattern {pattern.id!r}: {pattern.event!r} needs {name!r}, nothing fills it"
        )


def _aspect(found: Located[Aspect], input_ids: set[str]) -> Iterator[str]:
    total = sum(symptom.otherwise for symptom in found.value.symptoms)
    if total > 100.001:  # noqa: PLR2004
        yield found.problem(
            ("symptoms",), f"`otherwise` of all symptoms must not exceed 100, found {total:g}"
        )
    for place, symptom in enumerate(found.value.symptoms):
        where: Path_ = ("symptoms", place)
        for part, conditions in (("all", symptom.all), ("none", symptom.none)):
            for number, condition in enumerate(conditions):
                for what in condition_problems(condition.event, condition.where):
                    yield found.problem((*where, part, number), f"symptom {symptom.id!r}: {what}")
        wanted = (*symptom.inputs, *([symptom.first_input] if symptom.first_input else []))
        for name in wanted:
            if name not in input_ids:
                yield found.problem(
                    where, f"symptom {symptom.id!r}: no file in inputs/ is called {name!r}"
                )


def _cause(
    found: Located[Cause],
    symptom_ids: set[str],
    remedy_ids: set[str],
    aspects: list[Located[Aspect]],
) -> Iterator[str]:
    cause = found.value
    if found.path.parent.name != cause.id:
        yield found.problem(
            ("id",), f"expected the folder's name {found.path.parent.name!r}, found {cause.id!r}"
        )
    yield from _too_long(found, "short", cause.short, SHORT_CHARACTERS)
    yield from _too_long(found, "plain", cause.plain, PLAIN_CHARACTERS)
    shown: dict[str, float] = {}
    for place, entry in enumerate(cause.shows):
        where: Path_ = ("shows", place)
        if entry.symptom not in symptom_ids:
            yield found.problem(where, f"no file in symptoms/ describes {entry.symptom!r}")
        if entry.symptom in shown:
            yield found.problem(where, f"symptom {entry.symptom!r} stands twice")
        shown[entry.symptom] = entry.of_100
    for aspect in aspects:
        total = sum(shown.get(symptom.id, 0.0) for symptom in aspect.value.symptoms)
        if total > 100.001:  # noqa: PLR2004
            yield found.problem(
                ("shows",),
                f"of 100 tickets {total:g} show something of {aspect.value.aspect!r}: "
                "its symptoms exclude each other, so at most 100",
            )
    for place, name in enumerate(cause.remedies):
        if name not in remedy_ids:
            yield found.problem(("remedies", place), f"no file in remedies/ is called {name!r}")


def _too_long(found: Located[Cause], name: str, text: Text | None, most: int) -> Iterator[str]:
    for lang, told in (("de", text.de), ("en", text.en)) if text else ():
        length = len(" ".join(told.split()))
        if length > most:
            yield found.problem((name, lang), f"expected at most {most} characters, found {length}")


def _question(found: Located[Question], symptom_ids: set[str]) -> Iterator[str]:
    question = found.value
    name = found.path.stem.lstrip("0123456789").removeprefix("-")
    if name != question.id:
        yield found.problem(
            ("id",), f"expected the file's name {name!r} (after its number), found {question.id!r}"
        )
    total = sum(choice.otherwise for choice in question.choices)
    if abs(total - 100) > 0.001:  # noqa: PLR2004
        yield found.problem(
            ("choices",), f"`otherwise` of all choices must be 100 together, found {total:g}"
        )
    choices: set[str] = set()
    told: dict[str, str] = {}
    for place, choice in enumerate(question.choices):
        where: Path_ = ("choices", place)
        if choice.id == DONT_KNOW:
            yield found.problem(where, f"{DONT_KNOW!r} is allowed anyway and is no choice")
        if choice.id in choices:
            yield found.problem(where, f"choice {choice.id!r} stands twice")
        choices.add(choice.id)
        for symptom in choice.told_by:
            if symptom not in symptom_ids:
                yield found.problem(where, f"no file in symptoms/ describes {symptom!r}")
            if symptom in told:
                yield found.problem(
                    where, f"symptom {symptom!r} tells {told[symptom]!r} already, so not this too"
                )
            told[symptom] = choice.id


def _answering(
    found: Located[Aspect], questions: Mapping[str, Question], causes: list[Located[Cause]]
) -> Iterator[str]:
    """An aspect that answers a question: every symptom tells a choice, and no cause weighs it."""
    name = found.value.answers
    if name is None:
        return
    question = questions.get(name)
    if question is None:
        yield found.problem(("answers",), f"no file in questions/ asks {name!r}")
        return
    told = {symptom for choice in question.choices for symptom in choice.told_by}
    weighed = {shown.symptom for cause in causes for shown in cause.value.shows}
    for place, symptom in enumerate(found.value.symptoms):
        where: Path_ = ("symptoms", place)
        if symptom.id not in told:
            yield found.problem(
                where, f"expected a choice of {name!r} that is told by {symptom.id!r}, found none"
            )
        if symptom.id in weighed:
            yield found.problem(
                where, f"{symptom.id!r} counts as an answer to {name!r}, so no cause shows it"
            )


def _contradictions(
    found: Located[ContradictionFile], symptom_ids: set[str], questions: Mapping[str, Question]
) -> Iterator[str]:
    for place, entry in enumerate(found.value.contradictions):
        for part, claims in (("first", entry.first), ("second", entry.second)):
            for number, claim in enumerate(claims):
                what = _claim_problem(claim, symptom_ids, questions)
                if what:
                    yield found.problem(("contradictions", place, part, number), what)
        for symptom in entry.doubts:
            if symptom not in symptom_ids:
                yield found.problem(
                    ("contradictions", place, "doubts"),
                    f"no file in symptoms/ describes {symptom!r}",
                )


def _claim_problem(
    claim: Claimed, symptom_ids: set[str], questions: Mapping[str, Question]
) -> str | None:
    if claim.symptom is not None:
        if claim.question is not None or claim.choice is not None:
            return "expected a symptom, or a question with its choice, found both"
        known = claim.symptom in symptom_ids
        return None if known else f"no file in symptoms/ describes {claim.symptom!r}"
    if claim.question is None or claim.choice is None:
        return "expected a symptom, or a question with its choice"
    question = questions.get(claim.question)
    if question is None:
        return f"no file in questions/ asks {claim.question!r}"
    choices = [choice.id for choice in question.choices]
    if claim.choice in choices:
        return None
    return f"expected a choice of {claim.question!r} ({', '.join(choices)}), found {claim.choice!r}"


def _answers(found: Located[Cause], questions: Mapping[str, Question]) -> Iterator[str]:
    totals: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for place, entry in enumerate(found.value.answers):
        where: Path_ = ("answers", place)
        question = questions.get(entry.question)
        if question is None:
            yield found.problem(where, f"no file in questions/ asks {entry.question!r}")
            continue
        choices = [choice.id for choice in question.choices]
        if entry.choice not in choices:
            yield found.problem(
                where,
                f"expected a choice of {entry.question!r} ({', '.join(choices)}), "
                f"found {entry.choice!r}",
            )
        if (entry.question, entry.choice) in seen:
            yield found.problem(
                where, f"choice {entry.choice!r} of {entry.question!r} stands twice"
            )
        seen.add((entry.question, entry.choice))
        totals[entry.question] = totals.get(entry.question, 0.0) + entry.of_100
    for name, total in totals.items():
        if total > 100.001:  # noqa: PLR2004
            yield found.problem(
                ("answers",), f"of 100 answers to {name!r} {total:g} are named, so at most 100"
            )


def _names_its_file(found: Located[Any], name: str) -> Iterator[str]:
    if found.path.stem != name:
        yield found.problem(
            ("id",), f"expected the file's name {found.path.stem!r}, found {name!r}"
        )
