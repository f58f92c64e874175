"""Whose configuration it is does not hang on the order of the files."""

from __future__ import annotations

import io
from itertools import permutations
from pathlib import Path

import pytest
from trace_lines import LAGER, no_answer

from assistant.case import Case, CaseFile
from assistant.diagnose import Diagnoser
from assistant.model.diagnosis import Diagnosis
from assistant.model.source import Side

CONFIG = Path(__file__).parent / "cases" / "config"
FILES = {
    "trace.txt": no_answer(LAGER),
    "nordhof.lcs": (CONFIG / "nordhof-ikev1.lcs").read_text("utf-8"),
    "lager.lcs": (CONFIG / "lager-ikev1.lcs").read_text("utf-8"),
}
"""Nordhof's router calls LAGER; only its own configuration has a peer of that name."""


def diagnosed(diagnoser: Diagnoser, names: tuple[str, ...], **told: Side) -> Diagnosis:
    return diagnoser.diagnose(
        Case(
            tuple(
                CaseFile(
                    name,
                    lambda name=name: io.BytesIO(FILES[name].encode()),  # type: ignore[misc]
                    told.get(name.partition(".")[0]),
                )
                for name in names
            )
        )
    )


@pytest.mark.parametrize("names", list(permutations(FILES)))
def test_the_configuration_that_names_our_remote_sites_is_ours(
    diagnoser: Diagnoser, names: tuple[str, ...]
) -> None:
    found = diagnosed(diagnoser, names)
    sides = {source.name: source.side for source in found.sources}

    assert sides["nordhof.lcs"] is Side.LOCAL
    assert sides["lager.lcs"] is Side.REMOTE
    (one,) = found.incidents
    assert one.side_by_side
    assert one.side_by_side.our_source == "nordhof.lcs"


def test_the_reason_is_told_where_it_was_not_the_order(diagnoser: Diagnoser) -> None:
    found = diagnosed(diagnoser, ("lager.lcs", "nordhof.lcs", "trace.txt"))
    reasons = {source.name: source.side_reason for source in found.sources}

    assert reasons["nordhof.lcs"] == "names-our-sites"
    assert reasons["lager.lcs"] == "second-configuration"


def test_what_an_option_says_stays(diagnoser: Diagnoser) -> None:
    found = diagnosed(diagnoser, tuple(FILES), nordhof=Side.REMOTE, lager=Side.LOCAL)
    sides = {source.name: source.side for source in found.sources}

    assert sides["nordhof.lcs"] is Side.REMOTE
    assert sides["lager.lcs"] is Side.LOCAL


def test_without_a_trace_the_first_one_is_ours(diagnoser: Diagnoser) -> None:
    found = diagnosed(diagnoser, ("lager.lcs", "nordhof.lcs"))

    assert [source.side for source in found.sources] == [Side.LOCAL, Side.REMOTE]
