"""The JSON of what both sides say: settings, pairings, contradictions, plan."""

from __future__ import annotations

import json
from typing import Any

from reports_pair_samples import (
    KEY,
    OUR_SCRIPT,
    PEER,
    THEIR_SCRIPT,
    configured_case,
    contradicted_case,
    paired_case,
    setting,
)
from reports_samples import FILE, SITE

from assistant.model.diagnosis import Diagnosis
from assistant.model.event import RemoteSite
from assistant.model.finding import Comparison, Match, SideBySide, Subject
from reports.json_sides_v2 import side_by_side_object
from reports.json_v2 import render_json


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_json(diagnosis))
    return found


def test_an_incident_without_a_negotiation() -> None:
    (incident,) = document(configured_case())["incidents"]

    assert [incident[name] for name in ("origin", "outcome", "stage", "first_seen", "role")] == [
        "config",
        None,
        None,
        None,
        None,
    ]
    assert incident["occurrences"] == 0


def test_both_configurations() -> None:
    both = document(configured_case())["incidents"][0]["side_by_side"]
    comparisons = both.pop("comparisons")

    assert both == {
        "our_source": OUR_SCRIPT,
        "their_source": THEIR_SCRIPT,
        "their_site": "ZENTRALE",
        "reasons": ["identity", "network"],
    }
    assert comparisons[1] == {
        "subject": "pfs-group",
        "match": "different",
        "common": [],
        "ours": [
            {
                "table": "/Setup/VPN/Layer",
                "row": SITE,
                "column": "PFS-Grp",
                "value": "2",
                "order": "mib",
                "source": OUR_SCRIPT,
                "first_line": 12,
                "last_line": 12,
            }
        ],
        "theirs": [
            {
                "table": "/Setup/VPN/Layer",
                "row": SITE,
                "column": "PFS-Grp",
                "value": "14",
                "order": "unverified",
                "source": THEIR_SCRIPT,
                "first_line": 7,
                "last_line": 7,
            }
        ],
    }


def test_of_a_secret_only_whether_it_is_set() -> None:
    comparisons = document(configured_case())["incidents"][0]["side_by_side"]["comparisons"]
    (ours,) = comparisons[3]["ours"]

    assert ours["value"] == "set"
    assert KEY not in render_json(configured_case())


def test_very_many_settings_are_cut_at_a_hundred() -> None:
    many = tuple(setting(f"10.{number}.0.0/16", number, "Net") for number in range(1, 200))
    both = SideBySide(
        remote_site=RemoteSite(SITE),
        our_source=OUR_SCRIPT,
        their_source=THEIR_SCRIPT,
        their_site=RemoteSite(SITE),
        reasons=(),
        comparisons=(
            Comparison(subject=Subject.OUR_NETWORKS, match=Match.UNKNOWN, ours=many, theirs=()),
        ),
    )
    (comparison,) = json.loads(json.dumps(side_by_side_object(both)))["comparisons"]

    assert len(comparison["ours"]) == 100


def test_both_traces() -> None:
    (pairing,) = document(paired_case())["pairings"]
    refused, lost, up = pairing.pop("negotiations")

    assert pairing == {
        "our_source": FILE,
        "their_source": PEER,
        "offset": {
            "seconds": 3.2,
            "uncertainty_s": 0.5,
            "events": 4,
            "basis": ["spi", "connected"],
        },
        "more": 0,
    }
    assert refused == {
        "verdict": "refused",
        "caller": "local",
        "remote_site": SITE,
        "at": "2007-12-04T01:24:43.710",
        "ours": {"source": FILE, "first_line": 1, "last_line": 2},
        "theirs": {"source": PEER, "first_line": 40, "last_line": 41},
        "reason": {"source": PEER, "first_line": 40, "last_line": 41},
        "lost": None,
    }
    assert lost["lost"] == {
        "sender": "local",
        "exchange": "IKE_AUTH",
        "message": "request",
        "times": 5,
        "port": 4500,
        "source": FILE,
        "first_line": 900,
        "last_line": 901,
    }
    assert (up["verdict"], up["reason"]) == ("both-up", None)


def test_contradictions_name_both_statements() -> None:
    first, second = document(contradicted_case())["contradictions"]

    assert (first["id"], first["incident"]) == ("heard-but-offline", "1")
    assert (first["first"]["kind"], first["first"]["id"]) == ("symptom", "line-polling-failed")
    assert first["first"]["evidence"][-1] == {"source": FILE, "first_line": 19, "last_line": 20}
    assert first["second"] == {"kind": "answer", "id": "remote-online", "choice": "no"}
    assert second["first"]["evidence"] == [{"source": OUR_SCRIPT, "first_line": 5, "last_line": 5}]


def test_what_is_contradicted_says_how_much_it_is_worth() -> None:
    (incident,) = document(contradicted_case())["incidents"]

    assert [one["reliability"] for one in incident["symptoms"]] == [None, 60.0]


def test_plan_pivot_and_versus() -> None:
    (incident,) = document(contradicted_case())["incidents"]

    assert incident["plan"] == {
        "repairs": [
            {"remedy": "allow-traffic", "probability": 0.36, "minutes": 4},
            {"remedy": "correct-poll-target", "probability": 0.4, "minutes": 12},
            {"remedy": "align-ike-proposals", "probability": 0.02, "minutes": 8},
        ],
        "expected_minutes": 41.3,
        "unrepaired": 0.18,
    }
    assert incident["pivot"] == {
        "id": "remote-online",
        "choice": "yes",
        "instead": "ping-blocked-on-public-address",
        "instead_probability": 0.52,
    }
    assert incident["versus"] == [
        {"id": "prior", "decibans": 1.04},
        {"id": "line-polling-failed", "decibans": -2.2},
        {"id": "polled-private", "decibans": 0.1},
        {"id": "remote-online", "decibans": 1.6, "choice": "yes"},
    ]


def test_answers_away_and_remarks() -> None:
    found = document(contradicted_case())

    assert found["answers"] == [
        {"id": "remote-online", "choice": "no", "from": "file"},
        {"id": "tried:allow-ping", "choice": "no-help", "from": "dialogue"},
    ]
    assert found["away"] == ["remote"]
    assert found["remarks"] == [
        {
            "id": "came-up",
            "remote_site": SITE,
            "evidence": [{"source": OUR_SCRIPT, "first_line": 5, "last_line": 5}],
        }
    ]
