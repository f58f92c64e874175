"""The annotated trace in the page: every record once, as text and as data, within its room."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from reports_samples import HOSTILE, case, make_catalog, polling_incident
from test_reports_html import page

from assistant.model.event import RemoteSite
from assistant.model.negotiation import Stage
from assistant.model.source import Moment
from assistant.model.transcript import (
    LeftOut,
    RecordState,
    SourceTranscript,
    Transcript,
    TranscriptRecord,
)
from reports.html import render_html
from reports.trace import TraceSection, trace_section

CATALOG = make_catalog()
ROOM = 100_000
AT = datetime(2024, 2, 6, 7, 41, 12)  # noqa: DTZ001 - device times have no zone


def record(number: int, text: str = "VPN: something", **known: Any) -> TranscriptRecord:
    """The record whose header is line `3 * number + 1`; a blank line is behind it."""
    line = 3 * number + 1
    fields: dict[str, Any] = {
        "first_line": line,
        "last_line": line + text.count("\n") + 1,
        "text": f"[VPN-Status] header {number}\n{text}",
        "time": Moment(AT + timedelta(seconds=number)),
        "trace_class": "VPN-Status",
        "remote_site": RemoteSite("LAGER"),
        "stage": Stage.CONNECTED,
        "pattern": "poll-timeout",
        "state": RecordState.READ,
    }
    return TranscriptRecord(**(fields | known))


def transcript(*parts: TranscriptRecord | LeftOut, name: str = "trace.txt") -> Transcript:
    return Transcript(sources=(SourceTranscript(source=name, parts=parts),))


def section(made: Transcript, *, room: int = ROOM, **cited: list[str]) -> TraceSection:
    """With what is cited by `L7=["i1-L7"]`."""
    places = {("trace.txt", int(line[1:])): anchors for line, anchors in cited.items()}
    found = trace_section(made, CATALOG, budget_bytes=room, cited=places)
    assert found is not None
    return found


def plain(found: TraceSection) -> str:
    """What a reader without a script sees of the trace."""
    (text,) = re.findall(r"<pre[^>]*>\n(.*?)</pre>", found.html, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def data(found: TraceSection) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(found.data)
    return known


# What stands there ----------------------------------------------------------------------------


def test_each_record_stands_once_with_the_number_of_its_first_line() -> None:
    found = section(transcript(record(0), record(1, "VPN: two\nlines")))

    assert plain(found).splitlines() == [
        "1\t[VPN-Status] header 0",
        "\tVPN: something",
        "4\t[VPN-Status] header 1",
        "\tVPN: two",
        "\tlines",
    ]
    assert "VPN: two" not in found.data


def test_what_is_known_of_a_record_is_data_beside_it() -> None:
    found = data(
        section(
            transcript(
                record(0),
                record(1, pattern=None, state=RecordState.UNREAD, remote_site=RemoteSite("")),
                record(2, pattern=None, state=RecordState.OTHER, trace_class="SNTP", stage=None),
            ),
            L4=["i1-L4"],
        )
    )
    (source,) = found["sources"]

    assert [found["classes"][one] for one in source["classes"]] == ["VPN-Status"] * 2 + ["SNTP"]
    assert [found["sites"][one] for one in source["sites"]] == ["LAGER", "", "LAGER"]
    assert [found["stages"][one][0] for one in source["stages"]] == ["connected"] * 2 + [""]
    assert source["patterns"] == [0, -1, -2]
    assert source["times"][1:] == [1000, 1000]
    assert source["cited"] == [[1, "i1-L4"]]
    assert found["patterns"] == [
        ["Meaning of poll-timeout. (de)", "Meaning of poll-timeout.", "", ""]
    ]


def test_a_record_without_a_time_has_none() -> None:
    (source,) = data(section(transcript(record(0, time=None), record(1))))["sources"]

    assert source["times"][0] is None
    assert source["times"][1] > 0


def test_both_languages_have_the_same_words() -> None:
    words = data(section(transcript(record(0))))["words"]

    assert set(words) == {"de", "en"}
    assert set(words["de"]) == set(words["en"])
    assert all(words["de"].values())


def test_several_sources_stand_apart() -> None:
    both = Transcript(
        sources=tuple(
            SourceTranscript(source=name, parts=(record(0, f"VPN: of {name}"),))
            for name in ("a.txt", "b.txt")
        )
    )
    found = trace_section(both, CATALOG, budget_bytes=ROOM, cited={})

    assert found
    assert found.html.count("<pre") == 2
    assert len(data(found)["sources"]) == 2


def test_nothing_to_show_is_no_section() -> None:
    assert trace_section(Transcript(), CATALOG, budget_bytes=ROOM, cited={}) is None
    assert trace_section(transcript(record(0)), CATALOG, budget_bytes=10, cited={}) is None


# More than there is room for ------------------------------------------------------------------


@pytest.mark.parametrize("room", [6_000, 12_000, 50_000])
def test_it_keeps_within_its_room_and_counts_what_it_leaves_out(room: int) -> None:
    many = transcript(*(record(number) for number in range(3000)))
    found = section(many, room=room)
    (source,) = data(found)["sources"]

    assert len(found.html.encode()) + len(found.data) <= room
    assert len(source["classes"]) + source["left_out"] == 3000
    assert source["left_out"] > 0


def test_what_is_cited_is_kept_first() -> None:
    many = transcript(*(record(number) for number in range(3000)))
    found = section(many, room=12_000, L6001=["i1-L6001"])

    lines = [int(one) for one in re.findall(r"(?m)^(\d+)\t\[VPN", plain(found))]
    assert {5995, 5998, 6001, 6004, 6007} <= set(lines)
    assert lines == sorted(lines)


def test_what_is_left_out_is_named_in_both_languages() -> None:
    gap = LeftOut(first_line=4, last_line=3000, records=999, classes=(("IP-Router", 990), ("", 9)))
    found = section(transcript(record(0), gap, record(1000)))

    assert '<i data-line="4">4–3000\t' in found.html  # noqa: RUF001 - as it is printed
    for told in ("999 records left out (IP-Router 990, ", "999 Meldungen ausgelassen (IP-Router"):
        assert told in found.html
    assert data(found)["sources"][0]["left_out"] == 999


# Hostile input --------------------------------------------------------------------------------

EVIL = [
    *HOSTILE.values(),
    "</pre></details><script>alert(1)</script>",
    "<!-- <script>",
    "x" * 10_000,
    "a\tb\n7\tfaked",
]


@pytest.mark.parametrize("evil", EVIL)
def test_whatever_a_record_holds_stays_text(evil: str) -> None:
    harmless = section(transcript(record(0, "x", remote_site=RemoteSite("x"))))
    found = trace_section(
        transcript(record(0, evil, remote_site=RemoteSite(evil), trace_class=evil), name=evil),
        CATALOG,
        budget_bytes=ROOM,
        cited={},
    )
    assert found
    seen = page(found.html)

    assert seen.wrong == []
    assert seen.open == []
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in page(harmless.html).tags]
    assert not re.search("[<>&]|[^ -~]", found.data)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", found.html)
    # A tab of a record cannot make another record of it.
    assert len(re.findall(r"(?m)^\d+\t", plain(found))) == 1


# In the page ----------------------------------------------------------------------------------


def test_the_page_has_it_once_and_links_lead_there() -> None:
    diagnosis = case(polling_incident())
    text = render_html(diagnosis, CATALOG, "en", transcript=transcript(record(0), record(1)))
    found = page(text)

    assert text.count('id="trace"') == text.count('id="trace-data"') == 1
    assert text.count('data-trace="site=LAGER"') == 2
    rows = re.findall(r'data-trace="line=s1-(\d+)" aria-label="([^"]*)">([^<]+)', text)
    assert len(rows) >= 4
    for line, told, shown in rows:
        assert shown.partition("-")[0] == line
        assert told in {f"{shown}, in the whole trace", f"{shown}, im ganzen Trace"}
    assert found.wrong == []
    ids = list(found.values("id"))
    assert len(ids) == len(set(ids))


def test_the_page_keeps_its_limit_with_a_trace() -> None:
    diagnosis = case(*(polling_incident(f"SITE-{number}") for number in range(60)))
    many = transcript(*(record(number) for number in range(20_000)))
    text = render_html(diagnosis, CATALOG, "en", transcript=many, limit_bytes=900_000)

    assert len(text.encode()) <= 900_000
    # Incidents would fill the page; they leave the records room for more than a glance.
    (source,) = json.loads(text.partition('id="trace-data">')[2].partition("</script>")[0])[
        "sources"
    ]
    assert len(source["classes"]) > 3000
