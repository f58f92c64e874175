"""Words in which order to repair, what that costs on average, and when to hand the case over."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Incident
from reports.causes import remedy_anchor
from reports.labels import Labels
from reports.standpoint import who_told


class PlannedView(Struct, frozen=True, kw_only=True):
    """One repair in its place."""

    title: str
    who: str
    minutes: str
    helps: str
    """`43 %`: that it helps if it is done first of all."""
    href: str
    """Of its steps; empty where the page does not tell them."""


class PlanView(Struct, frozen=True, kw_only=True):
    """The repairs in their order, and what comes after the last one."""

    repairs: tuple[PlannedView, ...]
    expected: str
    """How long it takes on average."""
    unrepaired: str
    """With which probability none helps, and what then."""


def plan_view(
    incident: Incident, catalog: Catalog, words: Labels, told: Collection[str]
) -> PlanView | None:
    """The plan of an incident; None if it has none.

    Args:
        incident: Has it.
        catalog: Has the remedies.
        words: Of the language wanted.
        told: Ids of the remedies whose steps the page tells.
    """
    plan = incident.plan
    if plan is None:
        return None
    return PlanView(
        repairs=tuple(
            PlannedView(
                title=words.title(catalog.remedies[one.remedy].title),
                who=who_told(catalog.remedies[one.remedy].who, incident, words),
                minutes=words("minutes", n=words.number(one.minutes)),
                helps=words.percent(one.probability),
                href=f"#{remedy_anchor(one.remedy)}" if one.remedy in told else "",
            )
            for one in plan.repairs
        ),
        expected=words("plan.expected", minutes=words.number(plan.expected_minutes)),
        unrepaired=(
            words("plan.unrepaired", percent=words.percent(plan.unrepaired))
            if plan.repairs
            else words("plan.none")
        ),
    )
