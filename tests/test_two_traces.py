"""A trace of the other side beside ours: five right answers to one and the same time-out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from assistant.case import Case, CaseFile
from assistant.catalog.catalog import Catalog
from assistant.diagnose import Diagnoser
from assistant.inference.posterior import Ranker
from assistant.model.answer import Answer
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.pairing import PairVerdict
from assistant.model.source import Side

OURS = (Path(__file__).parent / "cases" / "002-no-response.txt").read_text(encoding="utf-8")
"""`NORDHOF (203.0.113.24) timed out: no response`, 0x1106, 16:03:57."""
NOTHING_ARRIVES = frozenset({"gateway-address-wrong", "remote-offline", "firewall-blocks-ike"})
NEEDS_AN_ARRIVAL = frozenset({*NOTHING_ARRIVES, "local-internet-down"})
"""What a request that arrived excludes."""


def record(time: str, text: str) -> str:
    return f"[VPN-Status] 2008/05/21 {time}\n{text}\n\n"


def theirs(refusal: str | None) -> str:
    """What their router writes around our attempt: another site before and after it."""
    name = "DEPOT (198.51.100.99)"
    return (
        record("16:02:00,000", f"VPN: connecting to {name}")
        + record("16:02:30,000", f"VPN: connection for {name} timed out: no response")
        + (
            record("16:03:28,900", f"VPN: Error: {refusal} for FILIALE (198.51.100.7)")
            if refusal
            else ""
        )
        + record("16:05:00,000", f"VPN: connecting to {name}")
    )


def diagnosis(diagnoser: Diagnoser, remote: str) -> Diagnosis:
    texts = (("ours.txt", OURS, None), ("theirs.txt", remote, Side.REMOTE))
    files = tuple(
        CaseFile(name, lambda text=text: io.BytesIO(text.encode()), side)  # type: ignore[misc]
        for name, text, side in texts
    )
    return diagnoser.diagnose(Case(files))


def ours(found: Diagnosis) -> Incident:
    (one,) = (incident for incident in found.incidents if incident.side is Side.LOCAL)
    return one


def shares(incident: Incident) -> dict[str, float]:
    return {one.cause: one.probability for one in incident.hypotheses}


@pytest.mark.parametrize(
    ("refusal", "cause"),
    [
        ("IKE-R-No-matching-ID (0x2209)", "remote-not-configured"),
        ("IKE-R-No-proposal-matched (0x2203)", "ike-proposal-mismatch"),
        ("IKE-R-IKE-key-mismatch (0x220a)", "psk-mismatch"),
        ("IPSEC-R-No-rule-matched-ID (0x3201)", "network-mismatch"),
    ],
)
def test_a_code_of_the_other_side_names_the_cause(
    diagnoser: Diagnoser, refusal: str, cause: str
) -> None:
    found = diagnosis(diagnoser, theirs(refusal))
    incident = ours(found)
    first = incident.hypotheses[0]
    assert first.cause == cause
    assert first.probability >= 0.9
    assert sum(shares(incident)[one] for one in NEEDS_AN_ARRIVAL) < 0.02
    (pairing,) = found.pairings
    (one,) = (each for each in pairing.negotiations if each.ours is not None)
    assert one.verdict is PairVerdict.REFUSED
    assert one.reason is not None
    assert (one.reason.source, refusal in one.reason.text) == ("theirs.txt", True)
    # The other side's line is the evidence.
    places = [place for each in first.evidence for place in incident.places_of(each)]
    assert "theirs.txt" in {place.source for place in places}


def test_nothing_arrives_leaves_three_and_asks(diagnoser: Diagnoser, catalog: Catalog) -> None:
    ranker = Ranker(catalog)
    found = diagnosis(diagnoser, theirs(None))
    incident = ours(found)
    (one,) = (each for each in found.pairings[0].negotiations if each.ours is not None)
    assert one.verdict is PairVerdict.NEVER_ARRIVED
    left = {name: shares(incident)[name] for name in NOTHING_ARRIVES}
    assert sum(left.values()) >= 0.8
    assert max(left.values()) < 0.6
    assert "remote-trace-shows" not in {question.id for question in incident.questions}

    def ratio(choice: str) -> float:
        """By how much an answer to the first question tells two of the three apart."""
        answer = Answer(id=incident.questions[0].id, choice=choice)
        after = ranker.probabilities(incident.symptoms, [answer])
        moved = [after[name] / left[name] for name in NOTHING_ARRIVES]
        return max(moved) / min(moved)

    assert max(map(ratio, incident.questions[0].choices)) >= 2


def test_a_trace_that_ended_before_says_nothing_of_it(diagnoser: Diagnoser) -> None:
    early = record("12:00:00,000", "VPN: connecting to DEPOT (198.51.100.99)") + record(
        "12:00:30,000", "VPN: connection for DEPOT (198.51.100.99) timed out: no response"
    )
    incident = ours(diagnosis(diagnoser, early))
    assert not {"peer-shows-nothing", "request-arrived-there"} & {
        one.id for one in incident.symptoms
    }


@pytest.mark.parametrize(
    ("refusal", "cause"),
    [
        ("IKE-R-No-proposal-matched (0x2203)", "ike-proposal-mismatch"),
        ("IKE-R-IKE-key-mismatch (0x220a)", "psk-mismatch"),
    ],
)
def test_a_refusal_of_our_own_is_not_unsettled_by_the_caller_that_times_out(
    diagnoser: Diagnoser, refusal: str, cause: str
) -> None:
    files = (
        CaseFile("ours.txt", lambda: io.BytesIO(theirs(refusal).encode())),
        CaseFile("theirs.txt", lambda: io.BytesIO(OURS.encode()), Side.REMOTE),
    )
    found = diagnoser.diagnose(Case(files))
    (incident,) = (one for one in found.incidents if one.remote_site == "FILIALE")
    assert incident.hypotheses[0].cause == cause


def test_stamps_with_and_without_a_date_are_no_crash(diagnoser: Diagnoser) -> None:
    mine = (
        "2026-11-23T11:36:13.733 13[IKE] <1> no IKE config found for "
        "198.51.100.1...192.0.2.1, sending NO_PROPOSAL_CHOSEN\n"
    )
    other = (
        "2026-11-23T11:36:13.299 00[LIB] loaded plugins: charon\n"
        "2026-11-23T11:36:13.734 14[ENC] <BUGFIX|1> parsed INFORMATIONAL_V1 request 104532755 "
        "[ N(NO_PROP) ]\n"
        "202x-11-23T11:36:15.487 00[DMN] SIGTERM received\n"
    )
    files = (
        CaseFile("m1.log", lambda: io.BytesIO(mine.encode())),
        CaseFile("m2.log", lambda: io.BytesIO(other.encode()), Side.REMOTE),
    )
    assert diagnoser.diagnose(Case(files)).sources[1].name == "m2.log"
