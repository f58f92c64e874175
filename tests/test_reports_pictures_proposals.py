"""Proposals of both sides: the grid of pairs, and the attribute that refused."""

from __future__ import annotations

from msgspec.structs import replace
from reports_pair_samples import make_pair_catalog
from reports_samples import FILE, case, incident, mismatch_incident, negotiation, seen
from svg_reader import read_svg

from assistant.model.diagnosis import Incident
from assistant.model.event import Event, Proposals
from assistant.model.ike_event import ProposalsConfigured, ProposalsReceived
from assistant.model.message import ProposalMatched
from assistant.model.source import Place, Side
from reports.pictures import Picture, proposals

CATALOG = make_pair_catalog()


def showing(*events: Event) -> Incident:
    places = [Place(FILE, number, number, "text") for number in range(1, len(events) + 1)]
    return incident(
        negotiation(seen(event, None, place) for event, place in zip(events, places, strict=True))
    )


def drawn(one: Incident) -> Picture:
    picture = proposals(case(one), CATALOG, "en", one)
    assert picture is not None
    return picture


def lists(ours: str, theirs: str) -> Incident:
    """As charon prints both lists where none fits."""
    return showing(
        ProposalsReceived(phase="1", proposals=Proposals(theirs)),
        ProposalsConfigured(phase="1", proposals=Proposals(ours)),
    )


def test_a_lancom_refusal_names_the_attribute_and_both_values() -> None:
    picture = drawn(mismatch_incident())
    svg = read_svg(str(picture.svg))

    assert picture.caption == "None of the compared pairs fits."
    assert [row[0] for row in picture.rows] == ["Phase 1, 1 : 1", "Phase 1, 2 : 1"]
    # The same difference twice is drawn once, with both pairs.
    assert svg.texts()[-4:] == ["encryption algorithm", "1 : 1, 2 : 1", "BLOWFISH_CBC", "AES_CBC"]


def test_the_matching_pair_is_framed() -> None:
    refused = mismatch_incident()
    matched = showing(ProposalMatched(phase="1", remote_no=9, local_no=9)).messages
    assert refused.example is not None
    both = replace(
        refused, example=replace(refused.example, messages=(*refused.messages, *matched))
    )
    picture = drawn(both)

    assert read_svg(str(picture.svg)).number_of("p-cell-fits") == 1
    assert ("Phase 1, 9 : 9", "fits", "", "") in picture.rows
    assert picture.caption.startswith("One pair fits")


def test_of_whole_lists_the_closest_pair_is_shown_attribute_by_attribute() -> None:
    picture = drawn(
        lists(
            "IKE:AES_CBC_128/HMAC_SHA1_96/MODP_1024, IKE:AES_CBC_256/HMAC_SHA2_256_128/MODP_1024",
            "IKE:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048",
        )
    )
    svg = read_svg(str(picture.svg))

    assert ("Phase 1, 2 : 1", "DH group", "MODP_1024", "MODP_2048") in picture.rows
    assert svg.number_of("p-cell-differs") == 2
    assert [one.sign for one in picture.legend] == ["cross", "equal", "differs"]


def test_the_peers_trace_has_the_sides_the_other_way_round() -> None:
    one = lists("AES_CBC_128", "AES_CBC_256")
    theirs = replace(one, side=Side.REMOTE)

    assert drawn(one).rows[0][2:] == ("AES_CBC_128", "AES_CBC_256")
    assert drawn(theirs).rows[0][2:] == ("AES_CBC_256", "AES_CBC_128")


def test_endless_lists_are_bounded() -> None:
    endless = ", ".join("/".join(f"AES_{n}_{m}" for m in range(50)) for n in range(500))
    picture = drawn(lists(endless, "NULL"))

    assert len(picture.svg) < 20_000
    assert picture.more == ""


def test_without_a_refusal_there_is_nothing_to_explain() -> None:
    matched = showing(ProposalMatched(phase="1", remote_no=1, local_no=1))

    assert proposals(case(matched), CATALOG, "en", matched) is None
