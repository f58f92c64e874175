"""Words the questions worth asking now, and how their answers are given."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.answer import OpenQuestion
from assistant.model.diagnosis import Diagnosis, Incident
from reports.causes import answer_told
from reports.escape import visible
from reports.labels import Labels
from reports.lines import Badge, badge
from reports.standpoint import who_told

QUESTIONS_SHOWN = 4
"""The next ones; after an answer others may be worth more."""


class ChoiceView(Struct, frozen=True, kw_only=True):
    """One possible answer and how to give it."""

    label: str
    option: str
    """`--answer own-internet-up=yes`"""


class QuestionView(Struct, frozen=True, kw_only=True):
    """One open question."""

    text: str
    how: str
    """How to find out."""
    command: str
    badge: Badge | None
    """What the command rests on."""
    who: str
    """Who finds out."""
    meta: str
    """Who, how long, what it saves."""
    choices: tuple[ChoiceView, ...]


def question_views(incident: Incident, catalog: Catalog, words: Labels) -> tuple[QuestionView, ...]:
    """The first few open questions of an incident, the best first."""
    return tuple(
        _view(one, incident, catalog, words) for one in incident.questions[:QUESTIONS_SHOWN]
    )


def answers_told(diagnosis: Diagnosis, catalog: Catalog, words: Labels) -> tuple[str, ...]:
    """What was answered, in words, and where from."""
    return tuple(
        words(
            "answer.with-origin",
            told=visible(answer_told(one.id, one.choice, catalog, words), limit=400),
            origin=words(f"answer-from.{one.source.value}"),
        )
        for one in diagnosis.answers
    )


def away_told(diagnosis: Diagnosis, words: Labels) -> tuple[str, ...]:
    """At which sides nobody can be reached, and what follows from that."""
    return tuple(words(f"away.{one}") for one in diagnosis.away)


def _view(one: OpenQuestion, incident: Incident, catalog: Catalog, words: Labels) -> QuestionView:
    question = catalog.questions[one.id]
    key = "html.question.confirms" if one.confirms else "html.question.worth"
    console = question.console
    who = who_told(one.who, incident, words)
    return QuestionView(
        text=words.told(question.text),
        how=words.told(question.how),
        command=console.command.strip() if console else "",
        badge=badge(console.basis, console.source, words) if console else None,
        who=who,
        meta=words(
            key,
            who=who,
            minutes=words.number(one.minutes),
            worth=words.number(one.worth_minutes, 1),
        ),
        choices=tuple(
            ChoiceView(label=words.told(choice.label), option=f"--answer {one.id}={choice.id}")
            for choice in question.choices
        ),
    )
