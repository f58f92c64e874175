"""Two real daemons, three faults and a success: `pytest -m live`, as root, with strongSwan."""

from __future__ import annotations

from pathlib import Path

import pytest
from live_tunnel import Setup, logs, missing

from assistant.case import Case, CaseFile
from assistant.diagnose import Diagnoser
from assistant.model.diagnosis import Diagnosis, Verdict
from assistant.model.pairing import PairVerdict
from assistant.model.source import Side

pytestmark = pytest.mark.live

UDP = "udp dport { 500, 4500 }"


@pytest.fixture(scope="module", autouse=True)
def _able() -> None:
    reason = missing()
    if reason is not None:
        pytest.skip(f"NOT RUN: the live check {reason}")


def both(
    diagnoser: Diagnoser, folder: Path, initiator: Setup, responder: Setup
) -> tuple[Diagnosis, Diagnosis]:
    """Diagnoses of the initiator's log alone and of both."""
    written = logs(folder, initiator, responder)
    ours, theirs = written.initiator, written.responder
    alone = CaseFile("initiator.log", lambda: ours.open("rb"))
    other = CaseFile("responder.log", lambda: theirs.open("rb"), Side.REMOTE)
    return diagnoser.diagnose(Case((alone,))), diagnoser.diagnose(Case((alone, other)))


def leads(diagnosis: Diagnosis) -> str:
    return diagnosis.incidents[0].hypotheses[0].cause


@pytest.mark.parametrize("version", [1, 2])
def test_different_keys(diagnoser: Diagnoser, tmp_path: Path, version: int) -> None:
    initiator = Setup(version=version)
    alone, together = both(diagnoser, tmp_path, initiator, Setup(version=version, key="another"))
    assert (leads(alone), leads(together)) == ("psk-mismatch", "psk-mismatch")
    assert together.incidents[0].hypotheses[0].probability >= 0.9


@pytest.mark.parametrize("version", [1, 2])
def test_different_proposals(diagnoser: Diagnoser, tmp_path: Path, version: int) -> None:
    initiator = Setup(version=version, proposals="aes128-sha1-modp2048")
    alone, together = both(diagnoser, tmp_path, initiator, Setup(version=version))
    assert (leads(alone), leads(together)) == ("ike-proposal-mismatch", "ike-proposal-mismatch")
    assert together.pairings[0].negotiations[0].verdict is PairVerdict.REFUSED


def test_a_firewall_drops_the_answers(diagnoser: Diagnoser, tmp_path: Path) -> None:
    alone, together = both(diagnoser, tmp_path, Setup(drop=UDP), Setup())
    seen = {symptom.id for symptom in alone.incidents[0].symptoms}
    assert {"nothing-heard", "no-answer-in-phase-1"} <= seen
    assert leads(together) == "firewall-blocks-ike"
    assert together.pairings[0].negotiations[0].verdict is PairVerdict.ANSWER_LOST


def test_a_firewall_drops_port_4500(diagnoser: Diagnoser, tmp_path: Path) -> None:
    alone, together = both(diagnoser, tmp_path, Setup(), Setup(drop="udp dport 4500"))
    assert (leads(alone), leads(together)) == ("natt-port-blocked", "natt-port-blocked")


@pytest.mark.parametrize("version", [1, 2])
def test_nothing_wrong(diagnoser: Diagnoser, tmp_path: Path, version: int) -> None:
    set_up = Setup(version=version)
    verdicts = [one.verdict for one in both(diagnoser, tmp_path, set_up, set_up)]
    assert verdicts == [Verdict.HEALTHY, Verdict.HEALTHY]
