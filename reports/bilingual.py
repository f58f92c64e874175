"""Makes one HTML file that holds a content in both languages and loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from msgspec import Struct

from assistant import __version__
from reports.labels import Labels, Lang, labels
from reports.templating import environment

GENERATOR = f"lancom-vpn-assistant {__version__}"
"""The mark by which a page is known to be ours and may be replaced."""
NOTHING = Markup()
_OTHER: dict[Lang, Lang] = {"de": "en", "en": "de"}
_POINTING = re.compile(r' (id|for|aria-labelledby|aria-describedby)="([^"]*)"| href="#([^"]*)"')
_SHARED = ("m-", "trace")
"""How ids begin that stand outside the languages: icons, the annotated trace."""


class View(Struct, frozen=True, kw_only=True):
    """The content in one language."""

    lang: Lang
    prefix: str
    """Of its ids; empty for the language the page opens in."""
    words: Labels
    title: str
    body: Markup


def languages(first: Lang) -> tuple[Lang, Lang]:
    """Both, the one the page opens in first."""
    return first, _OTHER[first]


def view(template: str, title: str, lang: Lang, first: Lang, **values: object) -> View:
    """What a template makes in one language.

    Args:
        template: Its file name.
        title: Of the page in this language.
        lang: Of the values.
        first: The language the page opens in; ids of the other one get a prefix.
        **values: What the template prints; everything is escaped.
    """
    prefix = "" if lang == first else f"{lang}-"
    body = environment().get_template(template).render(**values)
    return View(
        lang=lang, prefix=prefix, words=labels(lang), title=title, body=_prefixed(body, prefix)
    )


def page(  # noqa: PLR0913 - what a page is made of
    views: Sequence[View],
    *,
    report_id: str,
    style: Markup,
    script: Markup,
    data: Mapping[str, str],
    shared: Markup = NOTHING,
    stamp: str = "",
) -> str:
    """The whole file.

    Args:
        views: In both languages, the one the page opens in first.
        report_id: By which a browser keeps what the reader ticks; ASCII letters and digits.
        style: Ours, without any text of a case.
        script: Ours, without any text of a case; it alone may run.
        data: JSON by the id of its element, made so that nothing in it ends the element.
        shared: What stands once, for both languages.
        stamp: Of what it was made, for whoever wrote it; ASCII.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            lang=views[0].lang,
            views=views,
            report_id=report_id,
            generator=GENERATOR,
            style=style,
            script=script,
            script_hash=Markup("'sha256-{}'").format(digest),
            data={name: Markup(text) for name, text in data.items()},  # noqa: S704 - see above
            shared=shared,
            stamp=stamp,
        )
    )


@lru_cache(maxsize=8)
def static(*names: str) -> Markup:
    """Files of `static`, one after the other, ours and without any text of a case."""
    folder = Path(__file__).with_name("static")
    return Markup("\n").join(
        Markup(folder.joinpath(name).read_text(encoding="utf-8").strip())  # noqa: S704
        for name in names
    )


@lru_cache(maxsize=8)
def style(*names: str) -> Markup:
    """The same for style sheets, without their indents."""
    return Markup(re.sub(r"\n\s+", "\n", static(*names)))  # noqa: S704 - ours


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
