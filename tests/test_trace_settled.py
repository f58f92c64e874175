"""Very many negotiations are kept small, and nothing of what is told changes by it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trace_lines import (
    at,
    disconnecting,
    error,
    lost_by_polling,
    no_answer,
    refused,
    set_up,
    started,
)

from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.model.diagnosis import Diagnosis
from assistant.model.source import Side
from assistant.trace import negotiation, settled
from reports.json_v2 import document

SITES = ("LAGER (192.0.2.44)", "ZENTRALE (203.0.113.10)", "NORD (198.51.100.7)")


def stretch(kind: str, site: str, begin: float) -> str:
    """One try of one site; at most 80 seconds."""
    if kind == "no-answer":
        return started(site, begin) + no_answer(site, begin + 31)
    if kind == "refused":
        return started(site, begin) + refused(begin + 1) + error(site, "0x2103", begin + 2)
    if kind == "lost":
        return set_up(site, begin) + lost_by_polling(site, begin + 40)
    if kind == "flaps":
        code = error(site, "0x4301", begin + 20)
        return set_up(site, begin) + code + disconnecting(site, begin + 20)
    if kind == "up":
        return set_up(site, begin)
    return set_up(site, begin) + disconnecting(site, begin + 60)


KINDS = ("no-answer", "refused", "lost", "flaps", "up", "down")
tries = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(SITES), st.sampled_from((30, 100, 700))),
    min_size=1,
    max_size=40,
)


def trace_of(chosen: Sequence[tuple[str, str, int]]) -> str:
    text, now = "", 0.0
    for kind, site, pause in chosen:
        text += stretch(kind, site, now)
        now += 80 + pause
    return text + at(now + 300, "VPN: installed rulesets")


def diagnosis_of(diagnoser: Diagnoser, text: str) -> Diagnosis:
    return diagnoser.diagnose(Case((CaseFile("t.txt", lambda: io.BytesIO(text.encode())),)))


@given(chosen=tries)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_told_is_the_same(
    diagnoser: Diagnoser, monkeypatch: pytest.MonkeyPatch, chosen: list[tuple[str, str, int]]
) -> None:
    text = trace_of(chosen)
    whole: Any = document(diagnosis_of(diagnoser, text))
    with monkeypatch.context() as patch:
        patch.setattr(negotiation, "SETTLED_FROM", 8)
        patch.setattr(settled, "WHOLE", 4)
        small: Any = document(diagnosis_of(diagnoser, text))
    assert json.loads(json.dumps(small)) == json.loads(json.dumps(whole))


@given(chosen=tries)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_outages_of_incidents_sum_to_those_of_sites(
    diagnoser: Diagnoser, chosen: list[tuple[str, str, int]]
) -> None:
    found = diagnosis_of(diagnoser, trace_of(chosen))
    for site in found.sites:
        incidents = [
            one
            for one in found.incidents
            if one.remote_site == site.remote_site and one.side is Side.LOCAL
        ]
        assert sum(one.outages.number for one in incidents) == site.outages
        if not any(one.outages.still_open for one in incidents):
            seconds = sum(one.outages.seconds or 0.0 for one in incidents)
            assert seconds == pytest.approx(site.outage_s or 0.0, abs=0.01)


def test_an_outage_belongs_to_the_fault_it_began_with(diagnoser: Diagnoser) -> None:
    """Two failures with one code are two incidents if different symptoms decide."""
    site = SITES[0]
    cipher = (
        "VpnIpm: info; phase-1 proposal failed; remote No 1 encryption algorithm = AES_CBC "
        "<-> local No 1 encryption algorithm = 3DES_CBC"
    )
    method = (
        "VpnIpm: info; phase-1 proposal failed; remote No 1 authentication method = RSA_SIG "
        "<-> local No 1 authentication method = PRE_SHARED"
    )
    text = (
        started(site, 0)
        + at(1, cipher)
        + error(site, "0x2103", 2)
        + set_up(site, 1000)
        + disconnecting(site, 2000)
        + started(site, 3000)
        + at(3001, method)
        + error(site, "0x2103", 3002)
        + set_up(site, 6200)
    )
    failed = [
        one for one in diagnosis_of(diagnoser, text).incidents if one.error_codes == ("0x2103",)
    ]
    assert [one.outages.number for one in failed] == [1, 1]
    assert [one.outages.seconds for one in failed] == [
        pytest.approx(1003),
        pytest.approx(3203),
    ]
