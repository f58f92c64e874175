"""Writes a diagnosis as one self-contained HTML file that loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from reports.hand_over import render_hand_over
from reports.json_v1 import embedded_json
from reports.labels import Labels, Lang, labels
from reports.pictures import (
    Picture,
    figure_style,
    ladder,
    networks,
    proposals,
    rules,
    timeline,
    why,
)
from reports.view import MOST_PROBLEMS, case_view

GENERATOR = f"lancom-vpn-assistant {__version__}"
"""The mark by which a report is known to be ours and may be replaced."""
LIMIT_BYTES = 2_000_000
"""What still goes by mail and opens at once."""
_OTHER: dict[Lang, Lang] = {"de": "en", "en": "de"}
_POINTING = re.compile(r' (id|for|aria-labelledby|aria-describedby)="([^"]*)"| href="#([^"]*)"')
_SHARED = ("m-", "trace")
"""How ids begin that stand outside the languages: icons, the annotated trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """The case in one language."""

    lang: Lang
    prefix: str
    """Of its ids; empty for the language the page opens in."""
    words: Labels
    title: str
    body: Markup


def render_html(
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    *,
    limit_bytes: int = LIMIT_BYTES,
    generated: datetime | None = None,
) -> str:
    """The report as one HTML file in both languages, at most `limit_bytes` long.

    Args:
        diagnosis: What was found.
        catalog: The knowledge base that judged.
        lang: Language the page opens in; the other one is a click away.
        limit_bytes: Incidents beyond it are named and not shown in full.
        generated: When it was made; left out of the page if None, so that equal cases give
            equal pages.
    """
    most = min(MOST_PROBLEMS, len(diagnosis.incidents))
    while True:
        page = _page(diagnosis, catalog, lang, most, generated)
        size = len(page.encode("utf-8", "replace"))
        if size <= limit_bytes or most == 0:
            return page
        # What an incident takes differs; the next try keeps a little below the share that fits.
        most = min(most - 1, most * limit_bytes * 9 // (size * 10))


def _page(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, most: int, generated: datetime | None
) -> str:
    views = [
        _view(diagnosis, catalog, one, most, generated, prefix=prefix)
        for one, prefix in ((lang, ""), (_OTHER[lang], f"{_OTHER[lang]}-"))
    ]
    script = _script()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            lang=lang,
            views=views,
            report_id=_report_id(diagnosis),
            generator=GENERATOR,
            style=_style(),
            script=script,
            script_hash=Markup("'sha256-{}'").format(_digest(script)),
            diagnosis_json=Markup(embedded_json(diagnosis)),  # noqa: S704 - nothing in it ends it
        )
    )


def _view(  # noqa: PLR0913 - what a view is made of
    diagnosis: Diagnosis,
    catalog: Catalog,
    lang: Lang,
    most: int,
    generated: datetime | None,
    *,
    prefix: str,
) -> _View:
    case = case_view(diagnosis, catalog, lang, most_problems=most)
    shown = {one.id for one in case.problems}
    body = (
        _environment()
        .get_template("case.html.j2")
        .render(
            case=case,
            hand_overs={
                one.id: render_hand_over(diagnosis, catalog, lang, one.id)
                for one in case.problems
                if one.plan is not None
            },
            timeline=timeline(diagnosis, catalog, lang, diagnosis.negotiations),
            # Of one incident the course belongs to it; of several it is the overview.
            timeline_inside=len(case.problems) == 1,
            pictures={
                one.id: _pictures(diagnosis, catalog, lang, one)
                for one in diagnosis.incidents
                if one.id in shown
            },
            generator=GENERATOR,
            generated=generated.isoformat(sep=" ", timespec="minutes") if generated else "",
        )
    )
    return _View(
        lang=lang,
        prefix=prefix,
        words=labels(lang),
        title=case.title,
        body=_prefixed(body, prefix),
    )


def _prefixed(body: str, prefix: str) -> Markup:
    """The same with ids of its own.

    What comes out of the templates is escaped: a quotation mark in it is always one of ours.
    """

    def renamed(found: re.Match[str]) -> str:
        name, ids, target = found[1], found[2], found[3]
        if name:
            return f' {name}="{" ".join(prefix + one for one in ids.split())}"'
        return found[0] if target.startswith(_SHARED) else f' href="#{prefix}{target}"'

    return Markup(_POINTING.sub(renamed, body) if prefix else body)  # noqa: S704


def _pictures(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> dict[str, Picture]:
    """The pictures of one incident by name; those that have something to show."""
    made = {
        "ladder": ladder(diagnosis, catalog, lang, incident),
        "proposals": proposals(diagnosis, catalog, lang, incident),
        "networks": networks(diagnosis, catalog, lang, incident),
        "why": why(diagnosis, catalog, lang, incident),
        "rules": rules(diagnosis, catalog, lang, incident),
    }
    return {name: picture for name, picture in made.items() if picture is not None}


def _report_id(diagnosis: Diagnosis) -> str:
    """By what a browser keeps the ticks: equal for equal inputs, whenever diagnosed."""
    inputs = "".join(f"{source.sha256}\n" for source in diagnosis.sources)
    return hashlib.sha256(inputs.encode()).hexdigest()[:16]


def _digest(script: Markup) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


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
    text = _static("report.css") + "\n" + figure_style()
    return Markup(re.sub(r"\n\s+", "\n", text))  # noqa: S704 - the same without indents


@lru_cache(maxsize=1)
def _script() -> Markup:
    """What the page can do, ours and without any text of a case."""
    return _static("report.js")


def _static(name: str) -> Markup:
    path = resources.files("reports").joinpath(f"static/{name}")
    return Markup(path.read_text(encoding="utf-8").strip())  # noqa: S704
