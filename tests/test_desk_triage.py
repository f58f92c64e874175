"""What comes first, what is one group, what changed, and that every reason is told."""

from __future__ import annotations

import pytest
from desk_samples import FAILED, LOST, SUMMARY, after, diagnosed, loss, repair
from msgspec.structs import replace

from assistant.desk.similar import Resolved
from assistant.desk.triage import Diagnosed, Earlier, triage
from assistant.desk.urgency import queue_of, reasons_of
from assistant.model.diagnosis import Verdict
from assistant.model.event import RemoteSite
from assistant.model.ticket import BadTicket, TicketId
from assistant.model.triage import CaseSummary, Queue, Step, Triage, Urgency

HEALTHY = replace(
    SUMMARY,
    verdict=Verdict.HEALTHY,
    fingerprint=replace(FAILED, outcome="established", stage="connected", codes=(), cause=None),
    probability=None,
    standing=None,
)


def decided(*found: Diagnosed, resolved: tuple[Resolved, ...] = ()) -> Triage:
    return triage(found, (), knowledge="sha256:0", resolved=resolved)


def points(summary: CaseSummary) -> dict[str, int]:
    return {one.id: one.points for one in reasons_of(summary) if one.points}


# Urgency and queue --------------------------------------------------------------------------


def test_points_add_up_to_the_score_and_each_is_told() -> None:
    (one,) = decided(
        diagnosed("A", fingerprint=LOST, down_count=1, outage_s=5 * 3600.0, occurrences=4)
    ).tickets

    assert points(one.summary) == {"down": 3, "lost": 2, "long": 2, "often": 1}
    assert (one.score, one.urgency) == (8, Urgency.NOW)


def test_what_was_lost_comes_before_what_never_was() -> None:
    first, second = decided(diagnosed("A"), diagnosed("B", fingerprint=LOST)).tickets

    assert (first.id, second.id) == ("B", "A")


def test_what_came_back_can_wait() -> None:
    assert points(replace(SUMMARY, fingerprint=LOST, recovered=True)) == {
        "lost": 2,
        "recovered": -1,
    }


@pytest.mark.parametrize(("sites", "expected"), [(1, 0), (2, 1), (5, 2), (20, 3)])
def test_many_sites_weigh_more(sites: int, expected: int) -> None:
    assert points(replace(SUMMARY, site_count=sites)).get("sites", 0) == expected


def test_a_sure_and_quick_repair_comes_before_a_guess() -> None:
    assert "quick" in points(replace(SUMMARY, step=repair(minutes=15)))
    assert "quick" not in points(replace(SUMMARY, step=repair(minutes=16)))
    assert "quick" not in points(replace(SUMMARY, step=repair(), probability=0.49))


def test_nothing_is_urgent_about_a_healthy_tunnel() -> None:
    result = decided(diagnosed("A", HEALTHY))

    assert result.tickets[0].urgency is Urgency.NONE
    assert result.first == ()


@pytest.mark.parametrize(
    ("summary", "queue"),
    [
        (HEALTHY, Queue.NOBODY),
        (replace(SUMMARY, step=repair("local")), Queue.HERE),
        (replace(SUMMARY, step=repair("both")), Queue.HERE),
        (replace(SUMMARY, step=repair("remote")), Queue.PEER),
        (replace(SUMMARY, step=repair("provider")), Queue.PROVIDER),
        (replace(SUMMARY, step=repair(name="escalate")), Queue.LANCOM),
        (
            replace(SUMMARY, step=repair(), fingerprint=replace(FAILED, cause="unknown")),
            Queue.LANCOM,
        ),
        (
            replace(SUMMARY, step=Step(kind="input", id="x", who="remote", minutes=1)),
            Queue.PEER,
        ),
        (
            replace(SUMMARY, step=Step(kind="input", id="x", who="local", minutes=1)),
            Queue.CUSTOMER,
        ),
        (replace(SUMMARY, missing=("vpn-status-trace",)), Queue.CUSTOMER),
        (SUMMARY, Queue.HERE),
    ],
)
def test_who_must_act(summary: CaseSummary, queue: Queue) -> None:
    assert queue_of(summary) is queue


# Groups -------------------------------------------------------------------------------------


def test_equal_fingerprints_are_one_group_with_its_sites_and_times() -> None:
    result = decided(
        diagnosed("A", remote_site=RemoteSite("WERK"), first_seen=after(5), last_seen=after(6)),
        diagnosed("B", first_seen=after(1), last_seen=after(2)),
        diagnosed("C", first_seen=after(0, dated=False)),
        diagnosed("D", fingerprint=LOST),
    )

    lost, failed = result.groups
    assert lost.tickets == ("D",)
    assert failed.tickets == ("A", "B", "C")
    assert failed.sites == ("LAGER", "WERK")
    assert (failed.first_seen, failed.last_seen) == (after(1), after(6))
    assert {one.group for one in result.tickets if one.id != "D"} == {failed.id}


@pytest.mark.parametrize("name", ["outcome", "stage", "codes", "cause", "attribute"])
def test_every_part_of_a_fingerprint_tells_groups_apart(name: str) -> None:
    other = replace(FAILED, **{name: ("0x1",) if name == "codes" else "other"})

    assert len(decided(diagnosed("A"), diagnosed("B", fingerprint=other)).groups) == 2


def test_an_outage_is_one_thing_to_take_first() -> None:
    struck = [
        diagnosed(f"S{place}", fingerprint=LOST, losses=(loss(place),), step=repair())
        for place in range(4)
    ]
    result = decided(*struck, diagnosed("A"), diagnosed("B", HEALTHY))

    outage, group = result.first
    assert (outage.kind, outage.tickets, outage.ticket) == ("outage", 4, "S0")
    assert {one.id for one in outage.reasons} >= {"together", "shared", "lost", "ask-network"}
    assert {one.queue for one in result.tickets if one.outages} == {Queue.PROVIDER}
    assert (group.kind, group.ticket) == ("group", "A")
    assert result.tickets[0].outages == (result.outages[0].id,)


def test_three_are_enough_for_the_begin_of_a_shift() -> None:
    found = [
        diagnosed(f"T{place}", fingerprint=replace(FAILED, codes=(f"0x{place:04x}",)))
        for place in range(5)
    ]

    assert len(decided(*found).first) == 3


def test_the_order_of_the_tickets_changes_nothing() -> None:
    found = [
        diagnosed("A"),
        diagnosed("B", fingerprint=LOST, losses=(loss(1),)),
        diagnosed("C", fingerprint=LOST, losses=(loss(2),)),
        diagnosed("D", fingerprint=LOST, losses=(loss(3),)),
    ]
    bad = [BadTicket(name=name, reason="ticket-empty") for name in "xyz"]

    assert triage(found, bad, knowledge="") == triage(found[::-1], bad[::-1], knowledge="")


# Similar and earlier ------------------------------------------------------------------------


def resolved(name: str, helped: bool | None = True, **changes: object) -> Resolved:
    return Resolved(
        ticket=TicketId(name),
        name=name,
        fingerprint=replace(FAILED, **changes),
        cause="identity-mismatch",
        remedy="align-identities",
        helped=helped,
        note="",
    )


def test_what_helped_with_an_equal_ticket_comes_first() -> None:
    known = (
        resolved("no", helped=False),
        resolved("part", stage="child-sa"),
        resolved("yes"),
        resolved("other", codes=("0x1"), cause="x"),
    )

    (group,) = decided(diagnosed("A"), resolved=known).groups

    assert [one.ticket for one in group.similar] == ["yes", "no", "part"]
    assert group.similar[2].same == ("outcome", "codes", "cause", "attribute")


def test_a_ticket_is_not_similar_to_itself() -> None:
    assert decided(diagnosed("A"), resolved=(resolved("A"),)).groups[0].similar == ()


def test_healthy_tickets_have_nothing_telling_in_common() -> None:
    known = resolved("old", outcome="established", stage="connected", codes=(), cause=None)

    assert decided(diagnosed("A", HEALTHY), resolved=(known,)).groups[0].similar == ()


def test_what_is_new_gone_and_changed() -> None:
    earlier = Earlier(
        tickets={
            TicketId("A"): ("a", "0" * 64),
            TicketId("B"): ("b", "1" * 64),
            TicketId("X"): ("x", "2" * 64),
        }
    )

    result = triage(
        [diagnosed("A"), diagnosed("B"), diagnosed("C")], (), knowledge="", earlier=earlier
    )

    assert result.changes is not None
    assert (result.changes.new, result.changes.changed) == (("C",), ("B",))
    assert result.changes.gone == (("X", "x"),)
    assert {one.id: one.change for one in result.tickets} == {
        "A": "same", "B": "changed", "C": "new",
    }  # fmt: skip
