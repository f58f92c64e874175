"""Writes a diagnosis as one self-contained HTML file that loads nothing from anywhere."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from reports.hand_over import render_hand_over
from reports.labels import Lang
from reports.pictures import Picture, figure_style, ladder, networks, rules, timeline, why
from reports.view import case_view

GENERATOR = f"lancom-vpn-assistant {__version__}"
"""The mark by which a report is known to be ours and may be replaced."""


def render_html(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, *, generated: datetime | None = None
) -> str:
    """The report as one HTML file.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language of everything but the device's own words.
        generated: When it was made; left out of the page if None, so that equal cases give
            equal pages.
    """
    page = _environment().get_template("report.html.j2")
    case = case_view(diagnosis, catalog, lang)
    shown = {one.id for one in case.problems}
    return page.render(
        case=case,
        hand_overs={
            one.id: render_hand_over(diagnosis, catalog, lang, one.id)
            for one in case.problems
            if one.plan is not None
        },
        timeline=timeline(diagnosis, catalog, lang, diagnosis.negotiations),
        pictures={
            one.id: _pictures(diagnosis, catalog, lang, one)
            for one in diagnosis.incidents
            if one.id in shown
        },
        generator=GENERATOR,
        generated=generated.isoformat(sep=" ", timespec="minutes") if generated else "",
        style=_style(),
    )


def _pictures(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> dict[str, Picture]:
    """The pictures of one incident by name; those that have something to show."""
    made = {
        "ladder": ladder(diagnosis, catalog, lang, incident),
        "networks": networks(diagnosis, catalog, lang, incident),
        "why": why(diagnosis, catalog, lang, incident),
        "rules": rules(diagnosis, catalog, lang, incident),
    }
    return {name: picture for name, picture in made.items() if picture is not None}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Everything is escaped; a name that does not exist is an error."""
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["prose"] = _prose
    return environment


def _prose(text: str) -> Markup:
    """Text of the knowledge base with what stands between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    pieces = [
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    ]
    return Markup("").join(pieces)


@lru_cache(maxsize=1)
def _style() -> Markup:
    """The style sheet, ours and without any text of a case."""
    path = resources.files("reports").joinpath("static/report.css")
    return Markup(path.read_text(encoding="utf-8").strip()) + figure_style()  # noqa: S704
