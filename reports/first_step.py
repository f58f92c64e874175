"""Says what to do before anything else."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident, Origin
from assistant.model.negotiation import Outcome
from reports.causes import remedy_anchor
from reports.labels import Labels
from reports.repair import InputView, LookForView, RemedyView, wanted_inputs
from reports.standpoint import who_told

_LIKELY = 0.5
_TROUBLE = frozenset({Outcome.FAILED, Outcome.LOST, Outcome.UNFINISHED})


class FirstStep(Struct, frozen=True, kw_only=True):
    """What to do before anything else."""

    kind: Literal["input", "remedy"]
    id: str
    title: str
    do: str
    """Why the input is wanted, or the first step of the remedy."""
    commands: tuple[str, ...]
    """To be typed; may be empty."""
    where: str
    """LANconfig path; may be empty."""
    who: str
    minutes: str
    look_for: tuple[LookForView, ...]
    request: str
    href: str
    """Where the report tells it at length; empty if it does not."""
    more: Literal["steps", "request", "look-for", "details"]
    """What stands there."""


def choose_first_step(
    incident: Incident, catalog: Catalog, diagnosis: Diagnosis | None = None
) -> tuple[Literal["input", "remedy"], str] | None:
    """What comes before anything else: the id of an input to get, or of a remedy.

    An input that a deciding symptom asks for goes first while no cause of ours is likely: with
    four possible causes a look at the other side costs less than four repairs. Otherwise the
    first repair of the plan, or of the first cause. Without causes it is whatever input would
    help. Of the whole case, `diagnosis`, no input is asked for that it has, and nobody who is away.

    Where answers are all there is, the next question comes before a repair that is a guess.
    """
    if not is_trouble(incident):
        return None
    wanted = wanted_inputs(incident, catalog, diagnosis)
    get: tuple[Literal["input"], str] | None = ("input", wanted[0]) if wanted else None
    if not incident.hypotheses:
        return get
    first = incident.hypotheses[0]
    asked = any(
        one.decisive and catalog.symptoms[one.id].first_input in wanted for one in incident.symptoms
    )
    undecided = first.cause == "unknown" or first.probability < _LIKELY
    if undecided and incident.origin is Origin.ANSWERS and incident.questions:
        return get
    planned = [one.remedy for one in incident.plan.repairs] if incident.plan else []
    repairs = [*planned, *first.remedies]
    if (asked and undecided) or not repairs:
        # `wanted_inputs` names the first inputs of deciding symptoms before all others.
        return get
    return ("remedy", repairs[0])


def is_trouble(incident: Incident) -> bool:
    """Whether there is something to explain: it did not end well, or it has causes."""
    if incident.origin is not Origin.TRACE:
        return True
    return incident.outcome in _TROUBLE or bool(incident.hypotheses)


def first_step(  # noqa: PLR0913 - what the report shows of it
    incident: Incident,
    catalog: Catalog,
    words: Labels,
    *,
    inputs: tuple[InputView, ...],
    remedies: tuple[RemedyView, ...],
    diagnosis: Diagnosis | None = None,
) -> FirstStep | None:
    """The first step in words.

    Args:
        incident: To choose for.
        catalog: Has the remedies.
        words: Of the language wanted.
        inputs: The incident's wanted inputs, as the report shows them.
        remedies: The incident's remedies, as the report shows them.
        diagnosis: The whole case.
    """
    chosen = choose_first_step(incident, catalog, diagnosis)
    if chosen is None:
        return None
    kind, wanted = chosen
    if kind == "input":
        return step_of_input(next(one for one in inputs if one.id == wanted))
    shown = {one.id for one in remedies}
    remedy = catalog.remedies[wanted]
    step = remedy.steps[0]
    return FirstStep(
        kind="remedy",
        id=remedy.id,
        title=words.title(remedy.title),
        do=words.told(step.do),
        commands=(step.console.command.strip(),) if step.console else (),
        where=words.told(step.lanconfig.path) if step.lanconfig else "",
        who=who_told(remedy.who, incident, words),
        minutes=words("minutes", n=remedy.minutes),
        look_for=(),
        request="",
        href=f"#{remedy_anchor(remedy.id)}" if remedy.id in shown else "",
        more="steps",
    )


def step_of_input(wanted: InputView) -> FirstStep:
    """Getting an input as the first step."""
    return FirstStep(
        kind="input",
        id=wanted.id,
        title=wanted.title,
        do=wanted.why,
        commands=wanted.commands,
        where="",
        who=wanted.who,
        minutes=wanted.minutes,
        look_for=wanted.look_for,
        request=wanted.request,
        href=f"#{wanted.anchor}",
        more="request" if wanted.request else "look-for" if wanted.look_for else "details",
    )
