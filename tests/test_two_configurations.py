"""Two configurations that differ in one thing: what would fail, before it fails."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from assistant.case import Case, CaseFile
from assistant.diagnose import Diagnoser
from assistant.model.diagnosis import Diagnosis, Standing, Verdict

CONFIG = Path(__file__).parent / "cases" / "config"
OURS = (CONFIG / "nordhof-ikev1.lcs").read_text(encoding="utf-8")
THEIRS = (CONFIG / "lager-ikev1.lcs").read_text(encoding="utf-8")
"""The other end; everything fits."""


def diagnosis(diagnoser: Diagnoser, theirs: str) -> Diagnosis:
    files = (("ours.lcs", OURS), ("theirs.lcs", theirs))
    return diagnoser.diagnose(
        Case(
            tuple(
                CaseFile(name, lambda text=text: io.BytesIO(text.encode()))  # type: ignore[misc]
                for name, text in files
            )
        )
    )


@pytest.mark.parametrize(
    ("here", "there", "cause"),
    [
        ("geheim-1", "geheim-9", "psk-mismatch"),
        ("Main-Mode", "Aggressive-Mode", "exchange-mode-mismatch"),
        ('"nordhof.example"', '"nordhof.example.org"', "identity-mismatch"),
        ("AES-CBC 128 SHA1", "AES-CBC 192 SHA1", "ike-proposal-mismatch"),
        ("HMAC-SHA2-256", "HMAC-MD5", "ipsec-proposal-mismatch"),
        ('add "NORDHOF" 2 2 ', 'add "NORDHOF" 5 2 ', "pfs-group-mismatch"),
    ],
)
def test_one_difference_is_a_fault_with_its_cause_first(
    diagnoser: Diagnoser, here: str, there: str, cause: str
) -> None:
    assert THEIRS.count(here) == 1
    found = diagnosis(diagnoser, THEIRS.replace(here, there))
    first = found.incidents[0].hypotheses[0]
    assert (found.verdict, first.cause, first.standing) == (Verdict.FAULT, cause, Standing.LIKELY)


def test_another_version_of_ike(diagnoser: Diagnoser) -> None:
    found = diagnosis(diagnoser, (CONFIG / "lager-ikev2.lcs").read_text(encoding="utf-8"))
    first = found.incidents[0].hypotheses[0]
    assert (found.verdict, first.cause) == (Verdict.FAULT, "ike-version-mismatch")
