"""No output shows a secret of a configuration, and nothing a file holds acts where it stands."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from reports_pair_samples import (
    configured_case,
    contradicted_case,
    make_pair_catalog,
    paired_case,
)
from reports_samples import HOSTILE
from rich.cells import cell_len
from test_reports_html import page
from trace_lines import CASES, EXAMPLES

from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.model.diagnosis import Diagnosis
from reports.hand_over import render_hand_over
from reports.html import render_html
from reports.json_v2 import render_json
from reports.labels import Lang
from reports.markdown import render_markdown
from reports.reply import render_reply
from reports.text import render_text

CONFIGURATIONS = sorted((CASES / "config").glob("*.lcs"))
SECRETS = sorted(
    {
        secret
        for path in CONFIGURATIONS
        for secret in re.findall(r"geheim-\w+", path.read_text(encoding="utf-8-sig"))
    }
)
POLLING = EXAMPLES / "polling-failed.txt"
RUNS = {
    **{path.name: (path,) for path in CONFIGURATIONS},
    "two-configurations": (CASES / "config/nordhof-ikev1.lcs", CASES / "config/lager-ikev1.lcs"),
    "nothing-fits": (
        CASES / "config/nordhof-ikev1.lcs",
        CASES / "config/lager-ikev1-nothing-fits.lcs",
    ),
    "two-of-ikev2": (CASES / "config/nordhof-ikev2.lcs", CASES / "config/lager-ikev2.lcs"),
    "with-a-trace": (POLLING, *CONFIGURATIONS[:2], CASES / "config/polls-the-gateway.lcs"),
}


def outputs(diagnosis: Diagnosis, catalog: Catalog) -> Iterator[str]:
    """Everything that can be shown of a diagnosis."""
    yield render_json(diagnosis)
    for lang in ("de", "en"):
        yield render_html(diagnosis, catalog, lang)
        yield render_text(diagnosis, catalog, lang).plain
        yield render_text(diagnosis, catalog, lang, verbose=True).plain
        yield render_hand_over(diagnosis, catalog, lang)
        yield render_markdown(diagnosis, catalog, lang)
        yield render_reply(diagnosis, catalog, lang)


def diagnosed(diagnoser: Diagnoser, *paths: Path) -> Diagnosis:
    files = tuple(
        CaseFile(path.name, lambda path=path: io.BytesIO(path.read_bytes()))  # type: ignore[misc]
        for path in paths
    )
    return diagnoser.diagnose(Case(files))


def test_the_configurations_hold_secrets_to_look_for() -> None:
    assert len(SECRETS) >= 4


@pytest.mark.parametrize("name", RUNS)
def test_no_secret_of_a_configuration_is_in_any_output(
    diagnoser: Diagnoser, catalog: Catalog, name: str
) -> None:
    diagnosis = diagnosed(diagnoser, *RUNS[name])
    shown = "\n".join(outputs(diagnosis, catalog))

    assert RUNS[name][-1].name in shown
    assert [secret for secret in SECRETS if secret in shown] == []


def test_a_row_with_a_key_is_shown_masked(diagnoser: Diagnoser, catalog: Catalog) -> None:
    html = render_html(diagnosed(diagnoser, *RUNS["nothing-fits"]), catalog, "de")

    assert "{Shared-Sec} ***</pre>" in html
    assert "gesetzt, aber ein anderer" in html


# Hostile text -----------------------------------------------------------------------------------

MAKERS = {
    "configurations": configured_case,
    "traces": paired_case,
    "contradictions": contradicted_case,
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_configuration_or_a_peer_holds_stays_text(name: str, maker: str) -> None:
    catalog, make = make_pair_catalog(), MAKERS[maker]
    html = render_html(make(evil=HOSTILE[name]), catalog, "en")
    found, usual = page(html), page(render_html(make(), catalog, "en"))

    assert found.wrong == []
    assert found.open == []
    assert {tag for tag, _ in found.tags} <= {tag for tag, _ in usual.tags}
    assert {name for _, attrs in found.tags for name in attrs} <= {
        name for _, attrs in usual.tags for name in attrs
    }
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)
    assert len(html) < 300_000


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_nor_does_it_act_on_the_terminal(name: str, maker: str, lang: Lang) -> None:
    catalog, diagnosis = make_pair_catalog(), MAKERS[maker](evil=HOSTILE[name])
    for verbose in (False, True):
        text = render_text(diagnosis, catalog, lang, verbose=verbose).plain

        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert max(map(cell_len, text.split("\n"))) <= 80
        assert verbose or len(text.split("\n")) <= 24


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_and_the_json_stays_whole(name: str, maker: str) -> None:
    evil = HOSTILE[name]

    assert evil in str_values(json.loads(render_json(MAKERS[maker](evil=evil))))


def str_values(value: object) -> set[str]:
    """All texts in a document."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    return (
        {text for each in value for text in str_values(each)} if isinstance(value, list) else set()
    )


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("maker", MAKERS)
def test_the_page_is_well_formed_and_every_link_leads_somewhere(maker: str, lang: Lang) -> None:
    found = page(render_html(MAKERS[maker](), make_pair_catalog(), lang))
    ids = list(found.values("id"))

    assert found.wrong == []
    assert len(ids) == len(set(ids))
    inside = {target for target in found.values("href") if target.startswith("#")}
    assert {target for target in inside if target[1:] not in ids} == set()
    assert [tag for tag, _ in found.tags].count("table") == [tag for tag, _ in found.tags].count(
        "caption"
    )
