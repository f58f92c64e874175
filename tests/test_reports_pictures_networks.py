"""The networks around a tunnel, and the address that does not fit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from reports_pair_samples import configured_incident, make_pair_catalog, setting
from reports_samples import FILE, case, incident, negotiation, seen
from svg_reader import read_svg

from assistant.model.diagnosis import Incident
from assistant.model.event import Address, Event, Network
from assistant.model.finding import Comparison, Match, Subject
from assistant.model.message import PollTimeout, TrafficRule, TunnelEndpoints
from assistant.model.source import Place, Side
from reports.pictures import Picture, networks

CATALOG = make_pair_catalog()


def tunnel(local: str, remote: str, *more: Event) -> Incident:
    """A tunnel with one rule, and what else the trace shows of it."""
    rule = TrafficRule(local_network=Network(local), remote_network=Network(remote))
    events = (rule, TunnelEndpoints(own_address=Address("198.51.100.7")), *more)
    return incident(
        negotiation(
            seen(event, None, Place(FILE, number, number, "text"))
            for number, event in enumerate(events, start=1)
        )
    )


def poll(target: str) -> PollTimeout:
    return PollTimeout(poll_target=Address(target))


def drawn(one: Incident) -> Picture:
    picture = networks(case(one), CATALOG, "en", one)
    assert picture is not None
    return picture


def test_both_networks_both_gateways_and_what_is_polled() -> None:
    picture = drawn(
        tunnel("192.168.20.0/255.255.255.0", "10.1.30.0/255.255.255.0", poll("10.1.30.254"))
    )

    assert picture.rows == (
        ("our network", "192.168.20.0/255.255.255.0"),
        ("our gateway", "198.51.100.7"),
        ("remote gateway", "192.0.2.44"),
        ("remote network", "10.1.30.0/255.255.255.0"),
        ("polling target", "10.1.30.254"),
    )
    assert picture.caption == "As far as known all addresses fit together."
    assert "192.168.20.0/24" in read_svg(str(picture.svg)).texts()


@pytest.mark.parametrize(
    ("local", "remote", "polled", "caption"),
    [
        (
            "192.168.20.0/24",
            "10.1.30.0/24",
            "10.9.9.9",
            "The polling target is in no network of the remote site.",
        ),
        (
            "192.168.20.0/24",
            "10.1.30.0/24",
            "192.0.2.44",
            "The polling target is the public address of the remote gateway.",
        ),
        (
            "10.0.0.0/8",
            "10.1.30.0/24",
            "10.1.30.254",
            "Our own and the remote network overlap.",
        ),
        (
            "192.168.20.0/24",
            "192.0.2.0/24",
            "192.0.2.9",
            "The remote gateway itself is inside a network of the remote site.",
        ),
    ],
)
def test_what_does_not_fit_is_marked_and_said(
    local: str, remote: str, polled: str, caption: str
) -> None:
    picture = drawn(tunnel(local, remote, poll(polled)))

    assert picture.caption == caption
    assert read_svg(str(picture.svg)).number_of("p-place-wrong") > 0


def test_a_rule_for_everything_is_no_fault() -> None:
    picture = drawn(tunnel("192.168.20.0/24", "0.0.0.0/0", poll("10.1.30.254")))

    assert picture.caption == "As far as known all addresses fit together."


def test_two_configurations_that_differ_show_both_entries() -> None:
    one = configured_incident()
    assert one.side_by_side is not None
    differs = Comparison(
        subject=Subject.THEIR_NETWORKS,
        match=Match.DIFFERENT,
        ours=(setting("10.1.30.0/24", 38, "IP-Address"),),
        theirs=(setting("10.1.31.0/24", 12, "IP-Address"),),
    )
    one = replace(one, side_by_side=replace(one.side_by_side, comparisons=(differs,)))
    picture = drawn(one)

    assert ("remote network", "10.1.30.0/24") in picture.rows
    assert ("remote network, as entered there", "10.1.31.0/24") in picture.rows
    assert picture.caption == "The two sides have different entries for the remote site's network."


def test_what_cannot_be_read_as_an_address_is_shown_and_not_judged() -> None:
    picture = drawn(tunnel("INTRANET", "10.1.30.0/24", poll("router.example")))

    assert picture.caption == "As far as known all addresses fit together."
    assert ("polling target", "router.example") in picture.rows


def test_many_networks_are_counted() -> None:
    rules = [
        TrafficRule(
            local_network=Network("192.168.20.0/24"), remote_network=Network(f"10.{n}.0.0/16")
        )
        for n in range(200)
    ]
    texts = read_svg(str(drawn(tunnel("192.168.20.0/24", "172.16.0.0/12", *rules)).svg)).texts()

    assert "and 61 more" in texts


def test_what_only_the_other_side_shows_is_not_drawn_as_ours() -> None:
    theirs = replace(tunnel("192.168.20.0/24", "10.1.30.0/24"), side=Side.REMOTE)

    assert networks(case(theirs), CATALOG, "en", theirs) is None
