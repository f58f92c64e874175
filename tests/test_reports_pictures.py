"""What all pictures have in common: well-formed, named, bounded, inert, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

import pytest
from msgspec.structs import replace
from reports_pair_samples import configured_case, make_pair_catalog, paired_case
from reports_samples import case, mismatch_incident, polling_incident, time_out_incident
from svg_reader import Element, read_svg

from assistant.model.answer import Weight
from assistant.model.diagnosis import Diagnosis, Firing, Incident
from assistant.model.event import Network, RemoteSite
from assistant.model.message import TrafficRule
from assistant.model.negotiation import Occurrence
from reports.bilingual import style
from reports.labels import Lang, labels
from reports.pictures import (
    Picture,
    ladder,
    networks,
    proposals,
    rules,
    timeline,
    versus,
    why,
)
from reports.pictures.picture import MOST_ROWS
from reports.templating import environment

CATALOG = make_pair_catalog()
LANGS: tuple[Lang, ...] = get_args(Lang)
EVIL = "<script>alert(1)</script>{{7*7}}]]>\u202e\x1b[31m\x00\ufffe&amp;\"'" + "A" * 10_000
LONGEST_SVG = 60_000


def figure(picture: Picture, table: str, legend: str) -> str:
    """A picture with its heading, legend and table, as on the page."""
    macros = environment().get_template("pictures/figure.html.j2").module
    return str(macros.figure(picture, table, legend))  # type: ignore[attr-defined]


def told_in_full(incident: Incident) -> Incident:
    """With what every picture needs: a comparison, rules, networks."""
    first = incident.symptoms[0]
    rule = TrafficRule(
        local_network=Network("192.168.20.0/255.255.255.0"),
        remote_network=Network("10.1.30.0/255.255.255.0"),
    )
    seen = Occurrence(event=rule, pattern=None, count=1, places=first.places[:1])
    assert incident.example is not None
    return replace(
        incident,
        example=replace(incident.example, messages=(*incident.messages, seen)),
        versus=(
            Weight(id="prior", choice=None, decibans=1.0),
            Weight(id=first.id, choice=None, decibans=-2.5),
        ),
        firings=(Firing(rule=f"symptom:{first.id}", facts=("failure()",), absent=("noted()",)),),
    )


def pictures_of(diagnosis: Diagnosis, lang: Lang) -> Iterator[Picture]:
    """All that this diagnosis gives."""
    case_picture = timeline(diagnosis, CATALOG, lang)
    if case_picture is not None:
        yield case_picture
    makers: tuple[Callable[..., Picture | None], ...] = (
        ladder,
        proposals,
        why,
        versus,
        rules,
        networks,
    )
    for incident in diagnosis.incidents:
        for make in makers:
            picture = make(diagnosis, CATALOG, lang, incident)
            if picture is not None:
                yield picture


def cases(evil: str = "") -> tuple[Diagnosis, ...]:
    """One for each kind of picture; `evil` goes wherever a device writes."""
    polling = told_in_full(polling_incident(evil or "LAGER", gateway=evil or "192.0.2.44"))
    return (
        case(polling),
        case(told_in_full(time_out_incident())),
        case(mismatch_incident()),
        paired_case(evil=evil),
        configured_case(evil=evil),
    )


def all_pictures(lang: Lang, evil: str = "") -> list[Picture]:
    return [picture for one in cases(evil) for picture in pictures_of(one, lang)]


def elements(root: Element) -> Iterator[Element]:
    for child in root.children:
        yield child
        yield from elements(child)


def test_the_samples_give_every_kind_of_picture() -> None:
    kinds = {one.id.split("-")[0] for one in all_pictures("en")}

    assert kinds == {"timeline", "ladder", "proposals", "why", "versus", "rules", "networks"}


@pytest.mark.parametrize("lang", LANGS)
def test_every_svg_is_xml_with_a_name_and_a_description(lang: Lang) -> None:
    for picture in all_pictures(lang):
        svg = read_svg(str(picture.svg))
        title, desc = svg.children[0], svg.children[1]

        assert (svg.name, svg.attributes["role"]) == ("svg", "img")
        assert (title.name, title.text) == ("title", picture.title)
        assert (desc.name, desc.text) == ("desc", picture.caption)
        assert svg.attributes["aria-labelledby"] == (
            f"{title.attributes['id']} {desc.attributes['id']}"
        )


@pytest.mark.parametrize("lang", LANGS)
def test_every_picture_is_told_in_a_table_too(lang: Lang) -> None:
    for picture in all_pictures(lang):
        assert 0 < len(picture.rows) <= MOST_ROWS
        assert {len(row) for row in picture.rows} == {len(picture.columns)}


def test_both_languages_can_stand_on_one_page() -> None:
    english = {one.id for one in pictures_of(cases()[0], "en")}
    german = {one.id for one in pictures_of(cases()[0], "de")}

    assert not english & german


def test_equal_cases_give_equal_pictures() -> None:
    assert all_pictures("en") == all_pictures("en")


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_text_is_inert(lang: Lang) -> None:
    found = all_pictures(lang, EVIL)

    assert found
    for picture in found:
        html = figure(picture, "table", "legend")
        svg = read_svg(str(picture.svg))
        assert {one.name for one in elements(svg)} <= {
            *("title", "desc", "text", "svg", "g", "path", "circle", "rect", "line"),
        }
        assert "<script" not in html
        assert "\u202e" not in html
        assert "\x1b" not in html
        assert "49]]" not in html


def test_endless_names_do_not_make_endless_pictures() -> None:
    for picture in all_pictures("en", EVIL):
        assert len(picture.svg) < LONGEST_SVG
        assert max(map(len, read_svg(str(picture.svg)).texts())) <= 80


def test_a_picture_loads_and_runs_nothing() -> None:
    for picture in all_pictures("en"):
        html = figure(picture, "table", "legend")
        for word in ("href=", "src=", "url(", "<style", "<script", "onload", "<foreignObject"):
            assert word not in html


def test_colours_come_from_the_style_sheet_only() -> None:
    for picture in all_pictures("en"):
        for one in elements(read_svg(str(picture.svg))):
            assert not {"fill", "stroke", "style"} & set(one.attributes)
    assert "#" not in str(style("pictures.css")).replace("/*", "")


def test_every_sign_of_a_legend_is_drawn() -> None:
    for picture in all_pictures("en"):
        svgs = figure(picture, "table", "legend").split('<svg class="picture-sign"')[1:]

        assert len(svgs) == len(picture.legend)
        assert all("<path" in one or "<rect" in one or "<circle" in one for one in svgs)


def test_words_of_a_picture_follow_the_language() -> None:
    (german,) = (one for one in pictures_of(cases()[0], "de") if one.id.startswith("timeline"))

    assert german.title == labels("de")("picture.timeline.title") == "Zeitverlauf"


def test_a_nameless_site_has_words() -> None:
    nameless = replace(polling_incident(), remote_site=RemoteSite(""))
    picture = ladder(case(nameless), CATALOG, "en", nameless)

    assert picture is not None
    assert labels("en").site("") in picture.title
