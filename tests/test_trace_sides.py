"""Whose trace it is: ours, the same router's, or the peer's."""

from __future__ import annotations

import pytest
from conftest import Diagnosed
from trace_lines import at, error, lost_by_polling, no_answer, set_up, started

from assistant.model.diagnosis import Diagnosis
from assistant.model.source import Side

OURS = "FILIALE (203.0.113.10)"
"""The peer as we name it; our own address is 198.51.100.7."""
THEIRS = "ZENTRALE (198.51.100.7)"
"""We as the peer names us."""


def tunnel(seconds: float, ours: str, theirs: str, spis: tuple[str, str]) -> str:
    """The lines that show outer addresses and SPIs."""
    outgoing, incoming = spis
    sa = "alg AES keylength 256 +hmac HMAC_SHA"
    return (
        at(seconds, f"VpnIpm: info; SA ESP [{outgoing}] {sa} outgoing")
        + at(seconds, f"VpnIpm: info; SA ESP [{incoming}] {sa} incoming")
        + at(seconds, f"VpnIpm: info; tunnel between src: {ours} dst: {theirs}")
    )


def sides(diagnosis: Diagnosis) -> list[tuple[str | None, str | None]]:
    return [
        (source.side.value if source.side else None, source.side_reason)
        for source in diagnosis.sources
    ]


LOCAL = set_up(OURS) + tunnel(4, "198.51.100.7", "203.0.113.10", ("0x0000a001", "0x0000b002"))


@pytest.mark.parametrize(
    ("second", "side"),
    [
        (lost_by_polling(OURS, 60), ("local", "same-router")),
        (
            set_up("WERK (192.0.2.80)", 100)
            + tunnel(104, "198.51.100.7", "192.0.2.80", ("0x0000c003", "0x0000d004")),
            ("local", "same-router"),
        ),
        (started(THEIRS, 100) + no_answer(THEIRS, 130), ("remote", "dials-us")),
        (
            set_up("OBEN (192.0.2.99)", 0)
            + tunnel(4, "203.0.113.10", "192.0.2.99", ("0x0000e005", "0x0000f006")),
            ("remote", "peer-of-ours"),
        ),
        (
            set_up("OBEN (192.0.2.99)", 0)
            + tunnel(4, "10.0.0.2", "192.0.2.99", ("0x0000B002", "0x0000A001")),
            ("remote", "peer-of-ours"),
        ),
        ("[IP-Router] 2024/05/14 09:00:00,000\nx\n", ("local", "same-router")),
        (no_answer("WERK (192.0.2.80)", 0), ("local", "undecided")),
    ],
    ids=[
        "dials the same peer",
        "has the same own address",
        "dials our address",
        "has the address that we dial",
        "has our SPIs the other way round, behind NAT",
        "another trace class",
        "nothing in common",
    ],
)
def test_the_second_trace(diagnosed: Diagnosed, second: str, side: tuple[str, str]) -> None:
    assert sides(diagnosed(LOCAL, second)) == [("local", "first-file"), side]


def test_what_only_the_peer_shows_is_on_its_side(diagnosed: Diagnosed) -> None:
    second = started(THEIRS, 100) + error(THEIRS, "0x2103", 101)
    found = diagnosed(LOCAL, second)
    assert [(one.remote_site, one.side) for one in found.incidents] == [
        ("FILIALE", Side.LOCAL),
        ("ZENTRALE", Side.REMOTE),
    ]
    assert [site.remote_site for site in found.sites] == ["FILIALE"]
    assert found.verdict.value == "fault"
    assert "remote-trace" not in found.coverage.missing


def test_the_first_trace_is_ours_even_if_it_is_empty_of_tunnels(diagnosed: Diagnosed) -> None:
    found = diagnosed("[IP-Router] 2024/05/14 09:00:00,000\nx\n", LOCAL)
    assert sides(found)[0] == ("local", "first-file")


def test_undecided_is_a_warning(diagnosed: Diagnosed) -> None:
    found = diagnosed(LOCAL, no_answer("WERK (192.0.2.80)", 0))
    assert [(one.id, one.subject) for one in found.warnings] == [("side-undecided", "2.txt")]


def test_a_file_that_is_no_trace_has_no_side_and_is_a_warning(diagnosed: Diagnosed) -> None:
    found = diagnosed("", LOCAL, "Guten Tag")
    assert sides(found) == [(None, None), ("local", "first-file"), (None, None)]
    assert [(one.id, one.subject) for one in found.warnings] == [
        ("empty-file", "1.txt"),
        ("not-used", "3.txt"),
    ]
