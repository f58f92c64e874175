"""When many tickets are one outage, and when they only look like it."""

from __future__ import annotations

from desk_samples import after, loss

from assistant.desk.common_outages import common_outages
from assistant.model.ticket import TicketId
from assistant.model.triage import CommonOutage, Loss


def found(*losses: Loss) -> tuple[CommonOutage, ...]:
    """Each loss is of another ticket: A, B, C."""
    return common_outages({TicketId(chr(65 + place)): (one,) for place, one in enumerate(losses)})


def test_three_of_one_network_within_minutes_are_one_outage() -> None:
    (one,) = found(
        loss(4, "198.51.100.9", "WERK"), loss(0, "198.51.100.7"), loss(2, "198.51.100.250", "HAFEN")
    )

    assert (one.basis, one.subject) == ("network", "198.51.100.0/24")
    assert one.tickets == ("B", "C", "A")
    assert one.sites == ("LAGER", "HAFEN", "WERK")
    assert (one.first, one.last) == (after(0), after(4))
    assert [each.loss.at for each in one.sightings] == [after(0), after(2), after(4)]


def test_two_may_be_chance() -> None:
    assert found(loss(0), loss(1)) == ()


def test_one_recording_sent_three_times_is_one_witness() -> None:
    assert found(*(loss(0) for _ in range(5))) == ()
    assert len(found(loss(0), loss(0), loss(1), loss(2))[0].tickets) == 4


def test_one_ticket_that_flaps_is_one_witness() -> None:
    flapping = tuple(loss(minute) for minute in range(9))

    assert common_outages({TicketId("A"): flapping, TicketId("B"): (loss(3),)}) == ()


def test_other_networks_are_other_outages() -> None:
    assert found(loss(0), loss(0, "203.0.113.1"), loss(0, "198.51.100.8")) == ()


def test_hours_apart_is_not_together() -> None:
    assert found(loss(0), loss(60), loss(120)) == ()


def test_what_drops_one_by_one_for_hours_is_no_event() -> None:
    one, other = found(*(loss(4 * step) for step in range(15)))

    assert max(len(one.tickets), len(other.tickets)) == 8
    assert one.last.seconds_since(one.first) <= 30 * 60


def test_a_time_of_day_is_of_no_day() -> None:
    assert found(*(loss(minute, dated=False) for minute in range(3))) == ()


def test_ipv6_by_48() -> None:
    (one,) = found(*(loss(host, f"2001:db8:7:{host:x}::1") for host in range(3)))

    assert one.subject == "2001:db8:7::/48"


def test_a_peer_counts_by_name_only_where_no_address_tells_it_apart() -> None:
    (one,) = found(*(loss(minute, None, "ZENTRALE") for minute in range(3)))

    assert (one.basis, one.subject) == ("peer", "zentrale")
    assert found(*(loss(0, f"{net}.0.2.1", "ZENTRALE") for net in (192, 193, 194))) == ()


def test_a_host_name_is_a_peer() -> None:
    (one,) = found(*(loss(0, "VPN.example", site) for site in ("A", "B", "C")))

    assert (one.basis, one.subject) == ("peer", "vpn.example")


def test_the_order_of_the_tickets_changes_nothing() -> None:
    losses = {TicketId(name): (loss(place), loss(50)) for place, name in enumerate("ABCDE")}

    assert common_outages(losses) == common_outages(dict(reversed(losses.items())))
