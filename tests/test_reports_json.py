"""The JSON document, field by field as scripts rely on it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Content, Diagnosed
from trace_lines import CASES, LAGER, answered, at, error, no_answer, refused, set_up, started

from assistant import __version__
from reports.json_v2 import render_json

POLLING = (CASES / "003-polling-failed.txt").read_text(encoding="utf-8")
OWN = "lancom-vpn-assistant"


def document(diagnosed: Diagnosed, *contents: Content) -> dict[str, Any]:
    text = render_json(diagnosed(*contents))
    assert text.endswith("}\n")
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_fields_of_the_contract(diagnosed: Diagnosed) -> None:
    found = document(diagnosed, POLLING)
    assert list(found) == [
        "schema",
        "generator",
        "verdict",
        "sources",
        "sites",
        "incidents",
        "answers",
        "away",
        "contradictions",
        "pairings",
        "remarks",
        "warnings",
        "coverage",
        "quotes",
    ]
    assert found["schema"] == "vpn-diagnosis/2"
    assert found["verdict"] == "fault"
    assert found["answers"] == found["away"] == found["warnings"] == []
    assert found["contradictions"] == found["pairings"] == found["remarks"] == []


def test_who_made_it(diagnosed: Diagnosed) -> None:
    generator = document(diagnosed, POLLING)["generator"]
    knowledge = generator.pop("knowledge")
    assert generator == {"name": OWN, "version": __version__}
    assert (knowledge[:7], len(knowledge)) == ("sha256:", 7 + 64)


def test_source(diagnosed: Diagnosed) -> None:
    (source,) = document(diagnosed, POLLING)["sources"]
    assert len(source.pop("sha256")) == 64
    assert source == {
        "name": "1.txt",
        "kind": "lancom-trace",
        "side": "local",
        "side_reason": "first file",
        "bytes": len(POLLING),
        "encoding": "utf-8",
        "records": 8,
        "unread_records": 0,
        "device": {},
        "classes": {"VPN-Status": 8},
        "first": "2008-05-22T02:15:43.710",
        "last": "2008-05-22T02:15:48.720",
    }


def test_site(diagnosed: Diagnosed) -> None:
    assert document(diagnosed, POLLING)["sites"] == [
        {
            "remote_site": "NORDHOF",
            "state_at_end": "down",
            "since": "2008-05-22T02:15:48.720",
            "outages": 1,
            "outage_s": None,
            "gateway": "203.0.113.24",
        }
    ]


def test_incident(diagnosed: Diagnosed) -> None:
    (incident,) = document(diagnosed, POLLING)["incidents"]
    symptoms, causes = incident.pop("symptoms"), incident.pop("causes")
    questions = incident.pop("questions")
    plan, versus = incident.pop("plan"), incident.pop("versus")
    assert list(plan) == ["repairs", "expected_minutes", "unrepaired"]
    assert versus[0]["id"] == "prior"
    assert [list(one) for one in questions] == [
        ["id", "who", "minutes", "worth_minutes", "choices"] for _ in questions
    ]
    worth = [one["worth_minutes"] for one in questions]
    assert questions
    assert worth == sorted(worth, reverse=True)
    assert incident == {
        "id": "1",
        "remote_site": "NORDHOF",
        "gateway": "203.0.113.24",
        "role": None,
        "side": "local",
        "origin": "trace",
        "outcome": "lost",
        "stage": "connected",
        "error_codes": ["0x1307"],
        "occurrences": 1,
        "recovered": False,
        "fault": True,
        "outages": {"number": 1, "seconds": 0.0, "open": True},
        "first_seen": "2008-05-22T02:15:43.710",
        "last_seen": "2008-05-22T02:15:48.720",
        "refused_proposals": [],
        "pivot": None,
        "side_by_side": None,
    }
    assert symptoms[0] == {
        "id": "line-polling-failed",
        "decisive": True,
        "unverified": False,
        "reliability": None,
        "evidence": [
            {"source": "1.txt", "first_line": first, "last_line": last}
            for first, last in [
                (1, 6),
                (8, 12),
                (14, 18),
                (20, 24),
                (26, 30),
                (32, 35),
                (37, 38),
            ]
        ],
    }
    assert {(cause["standing"] == "unlikely", tuple(cause)) for cause in causes} == {
        (False, ("id", "probability", "standing", "prior_decibans", "evidence", "remedies")),
        (True, ("id", "probability", "standing")),
    }


def test_on_demand_unlikely_causes_are_told_whole(diagnosed: Diagnosed) -> None:
    found = json.loads(render_json(diagnosed(POLLING), everything=True))
    causes = found["incidents"][0]["causes"]
    assert {tuple(cause) for cause in causes} == {
        ("id", "probability", "standing", "prior_decibans", "evidence", "remedies")
    }


def test_a_document_is_one_line_and_indented_on_demand(diagnosed: Diagnosed) -> None:
    diagnosis = diagnosed(POLLING)
    compact, pretty = render_json(diagnosis), render_json(diagnosis, pretty=True)
    assert (compact.count("\n"), pretty[:14]) == (1, '{\n  "schema": ')
    assert json.loads(compact) == json.loads(pretty)


def test_of_very_many_incidents_ranked_alike_one_has_the_ranking(diagnosed: Diagnosed) -> None:
    sites = [f"SITE-{number} (192.0.2.{number})" for number in range(1, 61)]
    trace = "".join(no_answer(site, number * 100.0) for number, site in enumerate(sites))
    incidents = document(diagnosed, trace)["incidents"]
    assert len(incidents) == len(sites)
    assert not any("like" in one for one in incidents[:50])
    by_id = {one["id"]: one for one in incidents}
    for one in incidents[50:]:
        like = by_id[one["like"]]
        assert "like" not in like
        assert not one.keys() & {"versus", "pivot", "plan", "questions"}
        assert one["causes"] == [
            {name: cause[name] for name in ("id", "probability", "standing")}
            for cause in like["causes"]
            if cause["standing"] != "unlikely"
        ]


def test_causes(diagnosed: Diagnosed) -> None:
    (incident,) = document(diagnosed, POLLING)["incidents"]
    causes = incident["causes"]
    probabilities = [cause["probability"] for cause in causes]
    assert sum(probabilities) == pytest.approx(1, abs=0.001)
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(round(one, 4) == one for one in probabilities)
    assert "unknown" in [cause["id"] for cause in causes]
    assert {cause["standing"] for cause in causes} <= {"proven", "likely", "possible", "unlikely"}
    first = causes[0]
    assert first["id"] == "poll-address-wrong"
    assert first["remedies"]
    assert list(first["evidence"][0]) == [
        "kind",
        "id",
        "decibans",
        "source",
        "first_line",
        "last_line",
    ]
    assert first["evidence"][0]["kind"] == "symptom"
    assert len({evidence["id"] for evidence in first["evidence"]}) == len(first["evidence"])


def test_coverage_shows_what_no_pattern_reads(diagnosed: Diagnosed) -> None:
    text = at(0, "VPN: something new for LAGER (192.0.2.44)") + no_answer(LAGER)
    assert document(diagnosed, text)["coverage"] == {
        "records": 3,
        "unread_records": 1,
        "unread": [
            {
                "source": "1.txt",
                "line": 1,
                "text": "[VPN-Status] 2024/05/14 09:00:00,000\n"
                "VPN: something new for LAGER (192.0.2.44)",
            }
        ],
        "missing": document(diagnosed, no_answer(LAGER))["coverage"]["missing"],
        "shapes": [
            {
                "shape": "VPN: something new for <site> (<ip>)",
                "count": 1,
                "source": "1.txt",
                "first_line": 1,
                "last_line": 2,
            }
        ],
        "gaps": [
            {
                "kind": "starts-inside",
                "remote_site": "LAGER",
                "seconds": None,
                "source": "1.txt",
                "first_line": 4,
                "last_line": 5,
            }
        ],
    }


def test_refused_proposals_with_ours_and_theirs(diagnosed: Diagnosed) -> None:
    text = started(LAGER) + answered(LAGER, 0.3) + refused(0.4) + error(LAGER, "0x2103", 0.5)
    (incident,) = document(diagnosed, text)["incidents"]
    assert incident["refused_proposals"] == [
        {
            "phase": "1",
            "local_no": 1,
            "local": "encryption algorithm = 3DES_CBC",
            "remote_no": 1,
            "remote": "encryption algorithm = AES_CBC",
            "evidence": [{"source": "1.txt", "first_line": 13, "last_line": 14}],
        }
    ]


def test_what_the_trace_does_not_show_is_null(diagnosed: Diagnosed) -> None:
    text = "VPN: Error: Physical-disconnected (0x4304) for LAGER (192.0.2.44)"
    found = document(diagnosed, text, "")
    (incident,) = found["incidents"]
    assert [incident[name] for name in ("role", "stage", "first_seen", "last_seen")] == [None] * 4
    assert (found["sources"][0]["first"], found["sources"][0]["last"]) == (None, None)
    assert (found["sources"][1]["side"], found["sources"][1]["encoding"]) == (None, None)
    assert found["sites"][0]["since"] is None


def test_a_healthy_incident_has_no_causes(diagnosed: Diagnosed) -> None:
    found = document(diagnosed, set_up(LAGER))
    (incident,) = found["incidents"]
    assert (found["verdict"], incident["causes"], incident["role"]) == ("healthy", [], "initiator")


def test_times_without_a_date(diagnosed: Diagnosed) -> None:
    text = set_up(LAGER).replace("2024/05/14 ", "")
    (incident,) = document(diagnosed, text)["incidents"]
    assert incident["first_seen"] == "T09:00:00.000"


def test_text_of_the_device_is_not_changed(diagnosed: Diagnosed) -> None:
    text = 'VPN: connecting to <b>"MÜNCHEN"</b>\u202e (192.0.2.44)'
    (incident,) = document(diagnosed, text)["incidents"]
    assert incident["remote_site"] == '<b>"MÜNCHEN"</b>\u202e'


def test_every_cited_place_is_quoted_once(diagnosed: Diagnosed) -> None:
    found = document(diagnosed, POLLING)
    (incident,) = found["incidents"]
    quoted = [(one["source"], one["first_line"], one["last_line"]) for one in found["quotes"]]
    assert len(quoted) == len(set(quoted))
    cited = {
        (place["source"], place["first_line"], place["last_line"])
        for symptom in incident["symptoms"]
        for place in symptom["evidence"]
    }
    assert cited <= set(quoted)


def test_what_decides_is_quoted_first_word_for_word(diagnosed: Diagnosed) -> None:
    first = document(diagnosed, POLLING)["quotes"][0]
    lines = POLLING.splitlines()
    assert first["text"] == "\n".join(lines[first["first_line"] - 1 : first["last_line"]])
    assert first["time"] == "2008-05-22T02:15:48.720"
    assert "0x1307" in first["text"]


def test_a_long_quote_is_cut_and_says_so(diagnosed: Diagnosed) -> None:
    text = at(0, "VPN: something new for LAGER (192.0.2.44) " + "x" * 5000) + no_answer(LAGER)
    longest = max((one["text"] for one in document(diagnosed, text)["quotes"]), key=len)
    assert len(longest) == 2000
    assert longest.endswith("x…")
