"""Which lines of the files an incident is shown by, and which of them first."""

from __future__ import annotations

import time

from msgspec.structs import replace
from reports_samples import FILE, Trace, case, hypothesis, make_catalog, time_out_incident

from assistant.model.diagnosis import Evidence, Incident, SymptomSeen
from reports.frame import deciding_lines, telling_line
from reports.text import render_text

THEIRS = "theirs.txt"
REFUSED = "VPN: Error: IKE-R-No-proposal-matched (0x2203) for FILIALE (198.51.100.7)"
REFUSAL = replace(Trace(line=4).record(REFUSED), source=THEIRS)
SILENT = "VPN: connection for LAGER (192.0.2.44) timed out: no response"


def refused_there(decibans: float, cause: str = "gateway-address-wrong") -> Incident:
    """A time-out here, 3 decibans, and beside it what the other side's trace shows."""
    incident = time_out_incident()
    (here,) = incident.hypotheses[0].evidence
    there = Evidence(id="line-polling-failed", decibans=decibans)
    seen = SymptomSeen(id="line-polling-failed", decisive=False, places=(REFUSAL,))
    return replace(
        incident,
        symptoms=(*incident.symptoms, seen),
        hypotheses=(hypothesis(cause, 0.9, here, there),),
    )


def first_line(incident: Incident) -> tuple[str, str]:
    line = deciding_lines(incident, make_catalog())[0]
    return (line.source, line.text)


def test_what_speaks_most_for_the_first_cause_comes_first() -> None:
    assert first_line(refused_there(9.0)) == (THEIRS, REFUSED)


def test_what_speaks_less_comes_after_what_decides() -> None:
    assert first_line(refused_there(1.0)) == (FILE, SILENT)


def test_what_speaks_against_it_does_not_come_first() -> None:
    assert first_line(refused_there(-9.0)) == (FILE, SILENT)


def test_an_unknown_cause_has_no_say() -> None:
    assert first_line(refused_there(9.0, "unknown")) == (FILE, SILENT)


def test_one_line_of_text_is_that_one() -> None:
    several = case(refused_there(9.0), refused_there(9.0))
    told = render_text(several, make_catalog(), "en").plain.splitlines()

    assert f"   5 | {REFUSED}" in told
    assert not any(SILENT in line for line in told)


def test_a_line_of_blanks_that_begins_like_a_header_takes_no_time() -> None:
    almost = f"[VPN-Status]{' ' * 60_000}x"
    begun = time.process_time()
    told = telling_line(Trace().record(almost))

    assert time.process_time() - begun < 1
    assert told == almost
