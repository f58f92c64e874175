"""Two traces of one tunnel: whose clock is off, who refused, what never arrived."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from trace_lines import (
    CASES,
    answered,
    at,
    connected,
    disconnecting,
    error,
    lost_by_polling,
    matched,
    missed,
    no_answer,
    refused,
    set_up,
    started,
)

from assistant.catalog.catalog import Catalog
from assistant.model.beside import PeerFailure, PeerTrace
from assistant.model.event import Event, Word
from assistant.model.negotiation import Negotiation
from assistant.model.pairing import ClockOffset, Pairing
from assistant.model.source import Side
from assistant.trace.derived import negotiations
from assistant.trace.pairing.pairs import NEGOTIATIONS, pair
from assistant.trace.pairing.recorded import Recorded, Together
from assistant.trace.read import TraceReader

OURS = "FILIALE (203.0.113.10)"
"""The peer as we name it; our own address is 198.51.100.7."""
THEIRS = "ZENTRALE (198.51.100.7)"
"""We as the peer names us."""
WERK = "WERK (192.0.2.80)"
"""Somebody else."""


@dataclass(frozen=True)
class Laid:
    """Two traces laid side by side."""

    ours: tuple[Negotiation, ...]
    theirs: tuple[Negotiation, ...]
    together: Together

    @property
    def pairing(self) -> Pairing:
        """The only one."""
        (only,) = self.together.pairings
        return only

    @property
    def offset(self) -> ClockOffset:
        """Theirs minus ours."""
        assert self.pairing.offset is not None
        return self.pairing.offset

    @property
    def verdicts(self) -> list[str]:
        """In the order of our clock."""
        return [one.verdict.value for one in self.pairing.negotiations]

    def events(self, one: Negotiation) -> list[Event]:
        """What the other trace says of a negotiation."""
        return [each.event for each in self.together.beside.get(one.id, ())]


Lay: TypeAlias = Callable[..., Laid]


@pytest.fixture(scope="module")
def lay(catalog: Catalog) -> Lay:
    """Takes our trace and those of the other side."""
    reader = TraceReader(catalog)

    def record(name: str, text: str, side: Side, *, told: bool = False) -> Recorded:
        source = reader.read(name, io.BytesIO(text.encode()))
        found = negotiations(
            source.drafts, source=name, side=side, end=source.end, errors=catalog.errors
        )
        return Recorded(source=source, negotiations=tuple(found), told=told)

    def laid(ours: str, *theirs: str, told: bool = False) -> Laid:
        mine = record("ours.txt", ours, Side.LOCAL)
        other = [
            record(f"theirs-{number}.txt", text, Side.REMOTE, told=told)
            for number, text in enumerate(theirs, start=1)
        ]
        return Laid(
            ours=mine.negotiations,
            theirs=tuple(one for each in other for one in each.negotiations),
            together=pair([mine], other, catalog.errors),
        )

    return laid


def shows(what: str) -> Event:
    return PeerTrace(shows=what)  # type: ignore[arg-type]


def reports(failure: str, layer: str) -> Event:
    return PeerFailure(failure=Word(failure), layer=layer)  # type: ignore[arg-type]


def called(site: str, seconds: float) -> str:
    """Phase 1 as the side sees it that was called."""
    name, _ = site.split()
    return at(
        seconds,
        "VpnIpm: info; Phase-1 [responder] between initiator id 198.51.100.7, "
        "responder id 203.0.113.10 done",
    ) + at(
        seconds,
        f"VpnIpm: info; SA ISAKMP for peer {name} encryption aes-cbc authentication sha",
    )


def tunnel(seconds: float, own: str, peer: str, outgoing: str, incoming: str) -> str:
    """The lines that show outer addresses and SPIs."""
    sa = "alg AES keylength 256 +hmac HMAC_SHA"
    return (
        at(seconds, f"VpnIpm: info; SA ESP [{outgoing}] {sa} outgoing")
        + at(seconds, f"VpnIpm: info; SA ESP [{incoming}] {sa} incoming")
        + at(seconds, f"VpnIpm: info; tunnel between src: {own} dst: {peer}")
    )


def up_here(seconds: float, *, spi: int = 0xA001) -> str:
    """A tunnel that we set up, from the call to `connected` 5 s later."""
    return (
        started(OURS, seconds)
        + answered(OURS, seconds + 0.3)
        + matched(seconds + 0.31)
        + at(
            seconds + 4,
            "VpnIpm: info; Phase-2 [inititiator] done with 2 SAS for peer FILIALE "
            "rule ipsec-0-FILIALE-pr0-l0-r0",
        )
        + tunnel(seconds + 4, "198.51.100.7", "203.0.113.10", f"0x{spi:08x}", f"0x{spi + 1:08x}")
        + connected(OURS, seconds + 5)
    )


def up_there(seconds: float, *, spi: int = 0xA001) -> str:
    """The same tunnel as the called side shows it, on a clock of its own."""
    return (
        called(THEIRS, seconds + 2)
        + at(
            seconds + 4.1,
            "VpnIpm: info; Phase-2 [responder] done with 2 SAS for peer ZENTRALE "
            "rule ipsec-0-ZENTRALE-pr0-l0-r0",
        )
        + tunnel(seconds + 4.1, "203.0.113.10", "198.51.100.7", f"0x{spi + 1:08x}", f"0x{spi:08x}")
        + connected(THEIRS, seconds + 5.2)
    )


def silence(*seconds: float) -> str:
    """Records of another remote site: only they prove that the trace was running."""
    return "".join(
        missed(WERK, one, left=(5,)) if place else connected(WERK, one)
        for place, one in enumerate(seconds)
    )


def in_vain(seconds: float, site: str = OURS) -> str:
    """A call that is not answered for its 30 seconds."""
    return started(site, seconds) + no_answer(site, seconds + 30)


# What became of it ----------------------------------------------------------------------------

NO_RESPONSE = (CASES / "002-no-response.txt").read_text("utf-8")
"""Ends at 16:03:57, so it began at 16:03:27."""
_THEN = "[VPN-Status] 2008/05/21 16:03:27,640\n"
_BEFORE = "[VPN-Status] 2008/05/21 16:02:58,110\nVPN: WERK (192.0.2.80) connected\n\n"
_AFTER = "[VPN-Status] 2008/05/21 16:04:31,020\nVPN: disconnecting WERK (192.0.2.80)\n"


@pytest.mark.parametrize(
    ("theirs", "verdict", "events"),
    [
        (_BEFORE + _AFTER, "never-arrived", [shows("nothing")]),
        (
            f"{_THEN}VPN: Error: IKE-R-No-rule-matched-ID (0x2209) for DEFAULT (198.51.100.77)",
            "refused",
            [shows("unknown-peer"), reports("identity-rejected", "ike")],
        ),
        (
            f"""{_THEN}Counterpart identified as peer DEFAULT

[VPN-Status] 2008/05/21 16:03:27,650
VPN: Error: IKE-R-General-failure (0x22ff) for DEFAULT (198.51.100.77)""",
            "refused",
            [shows("unknown-peer"), reports("general-failure", "ike")],
        ),
        (
            f"{_THEN}VPN: Error: IKE-R-No-proposal-matched (0x2203) for SUEDHOF (198.51.100.77)",
            "refused",
            [shows("proposal"), reports("no-ike-proposal-matched", "ike")],
        ),
        (
            f"{_THEN}VPN: Error: IKE-R-IKE-key-mismatch (0x220a) for SUEDHOF (198.51.100.77)",
            "refused",
            [shows("auth"), reports("ike-key-mismatch", "ike")],
        ),
        (
            f"{_THEN}VPN: Error: IPSEC-R-No-rule-matched-IDs (0x3201) for SUEDHOF (198.51.100.77)",
            "refused",
            [shows("network"), reports("network-refused", "ipsec")],
        ),
    ],
    ids=["nothing", "unknown by its identity", "unknown", "proposals", "key", "networks"],
)
def test_a_time_out_here_and_what_the_peer_shows_of_it(
    lay: Lay, theirs: str, verdict: str, events: list[Event]
) -> None:
    laid = lay(NO_RESPONSE, theirs)
    assert laid.verdicts == [verdict]
    assert laid.events(laid.ours[0]) == events


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("0x2201", "limit"),
        ("0x2202", "mode-or-version"),
        ("0x2204", "proposal"),
        ("0x2208", "auth"),
        ("0x2216", "auth"),
        ("0x3202", "proposal"),
        ("0x3203", "proposal"),
        ("0x22fe", "arrived"),
    ],
)
def test_what_a_code_of_the_called_side_shows(lay: Lay, code: str, word: str) -> None:
    laid = lay(in_vain(0), error(THEIRS, code, 0.4))
    assert laid.verdicts == ["refused"]
    assert laid.events(laid.ours[0])[0] == shows(word)


def test_what_codes_show_is_a_choice_of_the_question_and_said_by_the_called_side(
    catalog: Catalog,
) -> None:
    choices = {choice.id for choice in catalog.questions["remote-trace-shows"].choices}
    told = [entry for entry in catalog.errors.values() if entry.shows is not None]
    assert [entry.code for entry in told if entry.shows not in choices] == []
    assert {entry.code[3:4] for entry in told} == {"2"}


def test_the_reason_is_the_record_of_the_other_side(lay: Lay) -> None:
    laid = lay(in_vain(0), error(THEIRS, "0x2203", 0.4))
    (one,) = laid.pairing.negotiations
    assert one.reason is not None
    assert one.reason.source == "theirs-1.txt"
    assert "(0x2203)" in one.reason.text
    (occurrence, _) = laid.together.beside[laid.ours[0].id]
    assert occurrence.places == (one.reason,)


def test_proposals_that_end_without_a_match_are_a_refusal_without_any_code(lay: Lay) -> None:
    theirs = (
        at(
            0.1,
            "VpnIpm: info; Phase-1 negotiation started for peer ZENTRALE rule "
            "isakmp-peer-ZENTRALE using MAIN mode",
        )
        + refused(0.2)
        + refused(0.2, local=2)
        + error(THEIRS, "0x22ff", 1)
    )
    laid = lay(in_vain(0), theirs)
    assert laid.verdicts == ["refused"]
    assert laid.events(laid.ours[0])[0] == shows("proposal")


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict", "shown"),
    [
        (up_here(0), up_there(0), "both-up", "answers-sent"),
        (
            up_here(0),
            called(THEIRS, 2) + error(THEIRS, "0x1206", 33),
            "up-here-only",
            "answers-sent",
        ),
        (
            started(OURS) + answered(OURS, 0.3) + no_answer(OURS, 30),
            up_there(0),
            "up-there-only",
            "answers-sent",
        ),
        (in_vain(0), matched(0.2) + error(THEIRS, "0x1206", 31), "answer-lost", "answers-sent"),
        (
            started(OURS) + answered(OURS, 0.3) + error(OURS, "0x2103", 0.5),
            matched(0.2) + error(THEIRS, "0x1206", 31),
            "answer-refused",
            "answers-sent",
        ),
        (
            started(OURS) + answered(OURS, 0.3) + no_answer(OURS, 30),
            called(THEIRS, 2) + error(THEIRS, "0x1206", 31),
            "unclear",
            "answers-sent",
        ),
        (
            in_vain(0),
            at(0.2, f"VPN: received authentication packet from {THEIRS}"),
            "unclear",
            "arrived",
        ),
        (in_vain(0), silence(-40, 70), "never-arrived", "nothing"),
    ],
    ids=[
        "up on both sides",
        "up here only",
        "up there only",
        "their answers do not come back",
        "we refuse the answer",
        "both wait for the other",
        "it arrived and that is all",
        "nothing arrived",
    ],
)
def test_a_call_of_ours(lay: Lay, ours: str, theirs: str, verdict: str, shown: str) -> None:
    laid = lay(ours, theirs)
    assert laid.verdicts == [verdict]
    assert laid.events(laid.ours[0])[0] == shows(shown)


def ikev2(seconds: float, arrow: str, exchange: str, number: int, *, port: int = 500) -> str:
    """A message of IKEv2 between 198.51.100.7 (ours) and 203.0.113.10."""
    name, ends, direction = {
        "we send": ("FILIALE", "198.51.100.7:{0}-->203.0.113.10:{0}", "Sending"),
        "we receive": ("FILIALE", "198.51.100.7:{0}<--203.0.113.10:{0}", "Received"),
        "they send": ("ZENTRALE", "203.0.113.10:{0}-->198.51.100.7:{0}", "Sending"),
        "they receive": ("ZENTRALE", "203.0.113.10:{0}<--198.51.100.7:{0}", "Received"),
    }[arrow]
    kind = "REQUEST" if arrow in ("we send", "they receive") else "RESPONSE"
    return at(
        seconds,
        f"Peer {name}: {direction} an {exchange}-{kind} of 600 bytes",
        f"Gateways: {ends.format(port)}",
        f"SPIs: 0x1f2e3d4c5b6a7988{'0' * 16 if number == 0 else '8796a5b4c3d2e1f0'}, "
        f"Message-ID {number}",
    )


def test_a_later_request_that_does_not_arrive_is_named_with_its_port(lay: Lay) -> None:
    ours = (
        ikev2(0, "we send", "IKE_SA_INIT", 0)
        + ikev2(0.1, "we receive", "IKE_SA_INIT", 0)
        + ikev2(0.2, "we send", "IKE_AUTH", 1, port=4500)
        + ikev2(8, "we send", "IKE_AUTH", 1, port=4500)
        + no_answer(OURS, 30)
    )
    theirs = (
        silence(77)
        + ikev2(100.05, "they receive", "IKE_SA_INIT", 0)
        + ikev2(100.06, "they send", "IKE_SA_INIT", 0)
        + silence(140)
    )
    laid = lay(ours, theirs)
    (one,) = laid.pairing.negotiations
    assert one.verdict.value == "request-lost"
    assert one.lost is not None
    assert (one.lost.sender, one.lost.exchange, one.lost.port) == (Side.LOCAL, "IKE_AUTH", 4500)
    assert one.lost.times == 2
    assert one.lost.place.first_line == ours[: ours.index("IKE_AUTH")].count("\n")


def test_a_lost_message_is_named_only_if_the_other_trace_ran_all_the_time(lay: Lay) -> None:
    ours = (
        ikev2(0, "we send", "IKE_SA_INIT", 0)
        + ikev2(0.1, "we receive", "IKE_SA_INIT", 0)
        + ikev2(0.2, "we send", "IKE_AUTH", 1, port=4500)
        + no_answer(OURS, 30)
    )
    theirs = ikev2(0.05, "they receive", "IKE_SA_INIT", 0) + ikev2(
        0.06, "they send", "IKE_SA_INIT", 0
    )
    (one,) = lay(ours, theirs).pairing.negotiations
    assert (one.verdict.value, one.lost) == ("unclear", None)


# Nothing arrived ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "theirs",
    [
        silence(15, 90),
        silence(-60, 20),
        silence(-60, -50),
        "",
        at(-60, "VPN: WERK connected").replace("VPN-Status", "IP-Router")
        + at(90, "x").replace("VPN-Status", "IP-Router"),
        silence(-60, 90).replace("[VPN-Status] 2024/05/14", "[VPN-Status] 2024/05/16"),
    ],
    ids=[
        "began after the call",
        "ended before its end",
        "ended before it",
        "is empty",
        "was another trace class only",
        "is of another day",
    ],
)
def test_a_trace_that_does_not_cover_the_call_says_nothing_about_it(lay: Lay, theirs: str) -> None:
    laid = lay(in_vain(0), theirs)
    verdicts = [one.verdict.value for p in laid.together.pairings for one in p.negotiations]
    assert verdicts in ([], ["not-recorded"])
    assert laid.together.beside == {}


def test_other_classes_prove_that_the_trace_ran_on(lay: Lay) -> None:
    theirs = silence(-60) + at(90, "IP-Router Rx").replace("VPN-Status", "IP-Router")
    assert lay(in_vain(0), theirs).verdicts == ["never-arrived"]


def test_nothing_stands_between_the_records_before_and_after(lay: Lay) -> None:
    laid = lay(in_vain(0), silence(-90, -60, 90, 120))
    (occurrence,) = laid.together.beside[laid.ours[0].id]
    assert [place.time.at.minute for place in occurrence.places if place.time] == [59, 1]


@pytest.mark.parametrize(
    "ours",
    [
        started(OURS) + answered(OURS, 0.3) + no_answer(OURS, 30),
        started(OURS),
        lost_by_polling(OURS, 5),
    ],
    ids=["heard from it", "the trace ends first", "was up before"],
)
def test_nothing_is_claimed_of_a_call_that_was_heard_is_not_over_or_is_none(
    lay: Lay, ours: str
) -> None:
    laid = lay(ours, silence(-60, 200))
    assert laid.verdicts[0] in ("unclear", "not-recorded")
    assert laid.together.beside == {}


def test_somebody_else_at_that_moment_may_have_been_us(lay: Lay) -> None:
    theirs = (
        silence(-60)
        + error("NORD (192.0.2.199)", "0x2203", 1)
        + error("LAGER (192.0.2.44)", "0x220a", 2)
        + silence(90)
    )
    laid = lay(NO_RESPONSE.replace("2008/05/21 16:03:57", "2024/05/14 09:00:30"), theirs)
    assert laid.verdicts == ["unclear"]
    assert laid.together.beside == {}


def test_of_several_sites_the_one_that_was_called_at_that_moment_is_us(lay: Lay) -> None:
    theirs = silence(-25) + error(THEIRS, "0x2203", 0.4) + silence(90)
    laid = lay(NO_RESPONSE.replace("2008/05/21 16:03:57", "2024/05/14 09:00:30"), theirs)
    assert laid.verdicts == ["refused"]
    assert laid.events(laid.ours[0])[0] == shows("proposal")


def test_a_call_that_never_left_is_no_evidence(lay: Lay) -> None:
    ours = at(0, f"VPN: connecting to {OURS}") + error(OURS, "0x1103", 1)
    laid = lay(ours, silence(-60, 90))
    assert laid.verdicts == ["never-arrived"]
    assert laid.together.beside == {}


# Clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [0, 187, -41.5, 7_200, -86_400 * 3 + 12])
def test_spis_tell_the_offset(lay: Lay, ahead: float) -> None:
    laid = lay(
        up_here(0) + up_here(4_000, spi=0xB001),
        up_there(ahead)
        + disconnecting(THEIRS, 3_999 + ahead)
        + up_there(4_000 + ahead, spi=0xB001),
    )
    assert laid.verdicts == ["both-up", "both-up"]
    assert laid.offset.seconds == pytest.approx(ahead, abs=laid.offset.uncertainty_s)
    assert laid.offset.uncertainty_s <= 1.5
    assert laid.offset.basis[0] == "spi"


def test_messages_cannot_arrive_before_they_are_sent(lay: Lay) -> None:
    ours = (
        ikev2(0, "we send", "IKE_SA_INIT", 0)
        + ikev2(0.4, "we receive", "IKE_SA_INIT", 0)
        + no_answer(OURS, 30)
    )
    theirs = ikev2(100.2, "they receive", "IKE_SA_INIT", 0) + ikev2(
        100.2, "they send", "IKE_SA_INIT", 0
    )
    offset = lay(ours, theirs).offset
    assert offset.seconds == pytest.approx(100, abs=0.2)
    assert offset.uncertainty_s == pytest.approx(0.4, abs=0.01)
    assert offset.basis[0] == "message"


def test_authentication_packets_tell_the_offset(lay: Lay) -> None:
    ours = (
        at(0, f"VPN: connecting to {OURS}")
        + at(0.01, f"VPN: create authentication packet for {OURS}")
        + at(0.5, f"VPN: received authentication packet from {OURS}")
        + no_answer(OURS, 30)
    )
    theirs = at(300.3, f"VPN: received authentication packet from {THEIRS}") + at(
        300.31, f"VPN: create authentication packet for {THEIRS}"
    )
    offset = lay(ours, theirs).offset
    assert offset.basis[0] == "auth-packet"
    assert offset.seconds == pytest.approx(300, abs=offset.uncertainty_s)
    assert offset.uncertainty_s < 0.5


def test_three_calls_at_odd_intervals_are_recognised_hours_away(lay: Lay) -> None:
    starts = (0, 71, 300)
    ours = "".join(in_vain(one) for one in starts)
    theirs = "".join(error(THEIRS, "0x2203", one + 10_000.5) for one in starts)
    laid = lay(ours, theirs)
    assert laid.verdicts == ["refused"] * 3
    assert laid.offset.seconds == pytest.approx(10_000, abs=laid.offset.uncertainty_s)


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        (error(THEIRS, "0x2203", 0.5 - 7_200), "refused"),
        (error(THEIRS, "0x2203", 0.5).replace("2024/05/14 09:", "1970/01/02 03:"), "refused"),
        (error(THEIRS, "0x2203", 0.5 - 6_000), "not-recorded"),
        (error(THEIRS, "0x2203", 0.5).replace("2024/05/14", "2024/05/11"), "not-recorded"),
    ],
    ids=["another time zone", "a clock never set", "neither of them", "another day"],
)
def test_a_single_call_hours_away(lay: Lay, theirs: str, verdict: str) -> None:
    assert lay(in_vain(0), theirs).verdicts == [verdict]


@pytest.mark.parametrize(
    ("ours_dated", "theirs_dated"), [(False, False), (True, False), (False, True)]
)
def test_without_dates_days_do_not_count(lay: Lay, *, ours_dated: bool, theirs_dated: bool) -> None:
    def undated(text: str, *, dated: bool) -> str:
        return text if dated else text.replace("2024/05/14 ", "").replace("2024/05/15 ", "")

    laid = lay(
        undated(in_vain(0), dated=ours_dated),
        undated(error(THEIRS, "0x2203", 0.5), dated=theirs_dated),
    )
    assert laid.verdicts == ["refused"]
    assert abs(laid.offset.seconds) <= laid.offset.uncertainty_s


def test_undated_traces_that_begin_on_either_side_of_midnight(lay: Lay) -> None:
    midnight = 15 * 3_600
    ours = (in_vain(midnight - 20) + in_vain(midnight + 600)).replace("2024/05/14 ", "")
    theirs = error(THEIRS, "0x2203", midnight + 3) + error(THEIRS, "0x2203", midnight + 600.5)
    laid = lay(ours.replace("2024/05/15 ", ""), theirs.replace("2024/05/15 ", ""))
    assert laid.verdicts == ["refused", "refused"]


def test_without_anything_in_common_the_clocks_are_taken_to_agree(lay: Lay) -> None:
    offset = lay(in_vain(0), silence(-60, 90)).offset
    assert (offset.seconds, offset.events, offset.basis) == (0.0, 0, ("assumed",))
    assert offset.uncertainty_s == 10.0


def test_traces_that_do_not_overlap_and_have_nothing_in_common_tell_no_offset(lay: Lay) -> None:
    assert lay(in_vain(0), silence(4_000, 4_100)).pairing.offset is None


def test_a_clock_that_was_set_spoils_the_coverage_and_not_what_is_linked(lay: Lay) -> None:
    theirs = silence(-60) + up_there(600) + disconnecting(THEIRS, 610)
    theirs += up_there(200, spi=0xB001) + silence(2_000)
    laid = lay(in_vain(-20) + up_here(100) + up_here(200, spi=0xB001), theirs)
    assert laid.verdicts == ["not-recorded", "both-up", "both-up"]


# Who is who -----------------------------------------------------------------------------------


ANOTHER_ROUTER = (
    set_up("OBEN (192.0.2.99)", -200)
    + tunnel(-196, "192.0.2.1", "192.0.2.99", "0x0000e005", "0x0000f006")
    + missed("OBEN (192.0.2.99)", 100, left=(5,))
)
"""Its address is not the one we dial, and it talks to somebody else."""


def test_the_trace_of_another_router_is_no_pair(lay: Lay) -> None:
    assert lay(in_vain(0), ANOTHER_ROUTER).together == Together()


def test_if_it_is_said_to_be_the_peers_we_dial_the_wrong_address(lay: Lay) -> None:
    laid = lay(in_vain(0), ANOTHER_ROUTER, told=True)
    assert laid.verdicts == ["never-arrived"]
    assert laid.events(laid.ours[0]) == [shows("nothing")]


def test_what_worked_leads_to_the_router_that_it_worked_with(lay: Lay) -> None:
    assert lay(up_here(0), ANOTHER_ROUTER, told=True).together.beside == {}


def test_nat_gives_us_another_address_there(lay: Lay) -> None:
    elsewhere = set_up("OBEN (192.0.2.99)", -200) + tunnel(
        -196, "203.0.113.10", "192.0.2.99", "0x0000e005", "0x0000f006"
    )
    ours = up_here(-4_000) + in_vain(0)
    laid = lay(ours, elsewhere + error("HINTER-NAT (192.0.2.200)", "0x2209", 0.4))
    assert laid.verdicts == ["not-recorded", "refused"]


def test_the_address_decides_among_several_sites(lay: Lay) -> None:
    ours = in_vain(0) + in_vain(0.2, WERK)
    theirs = (
        disconnecting(THEIRS, -3_000)
        + called(THEIRS, -900)
        + error("LAGER (192.0.2.44)", "0x2203", 0.3)
        + error(THEIRS, "0x220a", 0.6)
        + silence(90)
    )
    laid = lay(up_here(-4_000) + ours, up_there(-4_000) + theirs)
    by_site = {str(one.remote_site): laid.events(one) for one in laid.ours}
    assert by_site["FILIALE"] == [shows("auth"), reports("ike-key-mismatch", "ike")]
    assert by_site["WERK"] == []


def test_sites_that_nothing_tells_apart_are_left_alone(lay: Lay) -> None:
    ours = in_vain(0) + in_vain(1, WERK)
    theirs = error("NORD (192.0.2.7)", "0x2203", 0.5) + error("SUED (192.0.2.8)", "0x220a", 1.5)
    assert lay(ours, theirs).together == Together()


def test_a_tunnel_that_seems_not_to_go_down_there_is_linked_to_both_of_ours(lay: Lay) -> None:
    ours = up_here(0) + up_here(4_000, spi=0xB001)
    laid = lay(ours, up_there(0) + up_there(4_000, spi=0xB001))
    assert (len(laid.theirs), laid.verdicts) == (1, ["both-up", "both-up"])


def test_both_sides_calling_is_two_calls(lay: Lay) -> None:
    laid = lay(in_vain(0), silence(-60) + in_vain(3, THEIRS) + silence(90))
    assert laid.verdicts == ["never-arrived"]
    laid = lay(
        up_here(-500) + in_vain(0) + silence(90), up_there(-500) + in_vain(3, THEIRS) + silence(90)
    )
    assert laid.verdicts == ["both-up", "never-arrived", "never-arrived"]
    assert [one.caller for one in laid.pairing.negotiations] == [
        Side.LOCAL,
        Side.LOCAL,
        Side.REMOTE,
    ]


# The other way round --------------------------------------------------------------------------


def test_a_call_of_theirs_that_we_refuse(lay: Lay) -> None:
    laid = lay(error(OURS, "0x2203", 0.4), in_vain(0, THEIRS))
    (one,) = laid.pairing.negotiations
    assert (one.verdict.value, one.caller, one.remote_site) == ("refused", Side.REMOTE, "FILIALE")
    assert one.reason is not None
    assert one.reason.source == "ours.txt"
    # Whoever is refused waits in vain: that tells nothing new to who refused.
    assert laid.events(laid.ours[0]) == []
    assert laid.together.absorbed == {laid.theirs[0].id}
    assert laid.events(laid.theirs[0]) == []


def test_a_call_of_theirs_that_never_arrived_is_shown_by_our_trace(lay: Lay) -> None:
    laid = lay(up_here(-500) + silence(90), up_there(-500) + in_vain(0, THEIRS))
    assert laid.verdicts == ["both-up", "never-arrived"]
    theirs = laid.theirs[1]
    assert laid.events(theirs) == [shows("nothing")]
    (occurrence,) = laid.together.beside[theirs.id]
    assert {place.source for place in occurrence.places} == {"ours.txt"}
    assert theirs.id not in laid.together.absorbed
    assert str(laid.pairing.negotiations[1].at) == "2024-05-14T09:00:00.000"


def test_our_trace_may_show_nothing_but_that_it_ran(lay: Lay) -> None:
    ours = at(-60, "VPN: installed rulesets") + at(90, "VPN: installed rulesets")
    laid = lay(ours, in_vain(0, THEIRS))
    assert laid.ours == ()
    assert laid.verdicts == ["never-arrived"]
    assert laid.events(laid.theirs[0]) == [shows("nothing")]


def test_whether_somebody_elses_call_reached_us_is_not_asked(lay: Lay) -> None:
    laid = lay(in_vain(0) + silence(90), silence(-60) + in_vain(3, WERK))
    assert laid.together.beside.keys() <= {laid.ours[0].id}


# Repeats --------------------------------------------------------------------------------------


def test_repeated_calls_are_paired_by_time_and_equal_ones_get_equal_events(lay: Lay) -> None:
    ours = "".join(in_vain(70 * one) for one in range(5))
    theirs = "".join(error(THEIRS, "0x2203", 70 * one + 0.4) for one in (2, 3, 4))
    laid = lay(ours, theirs)
    assert laid.verdicts == ["not-recorded", "not-recorded", "refused", "refused", "refused"]
    assert [one.theirs.first_line if one.theirs else 0 for one in laid.pairing.negotiations] == [
        0,
        0,
        1,
        4,
        7,
    ]
    events = [shows("proposal"), reports("no-ike-proposal-matched", "ike")]
    assert [laid.events(one) for one in laid.ours] == [events] * 5


def test_where_its_like_arrived_a_missing_call_is_no_evidence_that_nothing_does(lay: Lay) -> None:
    ours = up_here(-500) + "".join(in_vain(70 * one) for one in range(3))
    theirs = up_there(-500) + disconnecting(THEIRS, -100)
    theirs += error(THEIRS, "0x2203", 0.4) + error(THEIRS, "0x2203", 140.4) + silence(300)
    laid = lay(ours, theirs)
    assert Counter(laid.verdicts) == {"both-up": 1, "refused": 2, "unclear": 1}


def test_equal_calls_that_are_told_differently_share_nothing(lay: Lay) -> None:
    ours = "".join(in_vain(70 * one) for one in range(3))
    theirs = error(THEIRS, "0x2203", 70.4) + error(THEIRS, "0x220a", 140.4)
    laid = lay(ours, theirs)
    assert laid.verdicts == ["not-recorded", "refused", "refused"]
    assert laid.events(laid.ours[0]) == []


def test_thousands_of_calls_are_paired_and_a_part_of_them_listed(lay: Lay) -> None:
    ours = "".join(in_vain(61 * one) for one in range(1_500))
    theirs = "".join(error(THEIRS, "0x2203", 61 * one + 0.4) for one in range(1_500))
    laid = lay(ours, theirs)
    assert len(laid.pairing.negotiations) == NEGOTIATIONS
    assert laid.pairing.more == 1_500 - NEGOTIATIONS
    assert len(laid.together.absorbed) == 1_500
    assert set(laid.verdicts) == {"refused"}


# strongSwan -----------------------------------------------------------------------------------

STRONGSWAN = CASES / "strongswan"
_SILENT = {"auth_method_mismatch-ikev1", "responder_daemon_down-ikev2"}
"""Nothing was sent at all, and the responder's log is empty."""
_TOLD = {
    folder.name: json.loads((folder / "truth.json").read_text("utf-8"))["answers"].get(
        "remote-trace-shows"
    )
    for folder in sorted(STRONGSWAN.iterdir())
    if folder.is_dir()
}


def log(case: str, side: str) -> str:
    return (STRONGSWAN / case / f"{side}.log").read_text("utf-8")


@pytest.mark.parametrize("case", sorted({case for case, told in _TOLD.items() if told} - _SILENT))
def test_what_the_responder_shows_of_real_faults(lay: Lay, case: str) -> None:
    laid = lay(log(case, "initiator"), log(case, "responder"))
    told = [one for one in laid.events(laid.ours[0]) if isinstance(one, PeerTrace)]
    assert told == [shows(_TOLD[case])]


@pytest.mark.parametrize("case", sorted(_SILENT))
def test_what_was_never_sent_or_recorded_is_no_evidence(lay: Lay, case: str) -> None:
    assert lay(log(case, "initiator"), log(case, "responder")).together.beside == {}


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ("success-ikev1", "both-up"),
        ("nat_between_ok-ikev1", "both-up"),
        ("firewall_drop_replies-ikev1", "answer-lost"),
        ("cert_expired_responder-ikev1", "answer-refused"),
        ("line_cut_dpd-ikev1", "both-up"),
    ],
)
def test_what_became_of_real_negotiations(lay: Lay, case: str, verdict: str) -> None:
    there = log(case, "responder").replace("T11:", "T14:")
    laid = lay(log(case, "initiator"), there)
    assert laid.verdicts == [verdict]
    assert laid.offset.seconds == pytest.approx(3 * 3_600, abs=laid.offset.uncertainty_s)
    assert laid.offset.uncertainty_s < 2


@pytest.mark.parametrize(
    ("case", "exchange"),
    [("firewall_drop_4500_only-ikev1", "ID_PROT"), ("nat_between_4500_blocked-ikev2", "IKE_AUTH")],
)
def test_the_blocked_port_is_named(lay: Lay, case: str, exchange: str) -> None:
    (one,) = lay(log(case, "initiator"), log(case, "responder")).pairing.negotiations
    assert one.verdict.value == "request-lost"
    assert one.lost is not None
    assert (one.lost.sender, one.lost.exchange, one.lost.port) == (Side.LOCAL, exchange, 4500)
    assert one.lost.times == 5


def test_a_lancom_router_calls_strongswan(lay: Lay) -> None:
    ours = """
[VPN-Status] 2026/11/23 11:36:13,702
VPN: connecting to BUGFIX (198.51.100.1)

[VPN-Status] 2026/11/23 11:36:13,712
VPN: start IKE negotiation for BUGFIX (198.51.100.1)

[VPN-Status] 2026/11/23 11:36:43,712
VPN: Error: IFC-I-Connection-timeout-IKE-IPSEC (0x1106) for BUGFIX (198.51.100.1)
"""
    laid = lay(ours, log("responder_not_configured-ikev1", "responder"))
    assert laid.verdicts == ["refused"]
    assert laid.events(laid.ours[0])[0] == shows("unknown-peer")


# Several files --------------------------------------------------------------------------------


def test_what_one_file_does_not_show_may_stand_in_another(lay: Lay) -> None:
    laid = lay(
        up_here(-500) + in_vain(0),
        up_there(-500) + silence(100),
        tunnel(-400, "203.0.113.10", "198.51.100.7", "0x00000c01", "0x00000c02")
        + error(THEIRS, "0x220a", 0.4),
    )
    assert laid.events(laid.ours[1]) == [shows("auth"), reports("ike-key-mismatch", "ike")]
    verdicts = [[one.verdict.value for one in p.negotiations] for p in laid.together.pairings]
    assert "never-arrived" not in [each for one in verdicts for each in one]


def test_without_the_other_side_there_is_nothing_to_pair(lay: Lay) -> None:
    assert lay(in_vain(0)).together == Together()


def test_a_tunnel_lost_at_both_sides_is_one(lay: Lay) -> None:
    ours = up_here(0) + lost_by_polling(OURS, 300)
    theirs = up_there(0) + error(THEIRS, "0x220d", 320) + disconnecting(THEIRS, 320)
    laid = lay(ours, theirs)
    assert laid.verdicts == ["both-up"]
    assert reports("dpd-timeout", "ike") in laid.events(laid.ours[0])


@pytest.mark.parametrize("cut", range(0, 1_800, 150))
def test_traces_cut_anywhere_are_paired_without_complaint(lay: Lay, cut: int) -> None:
    ours = up_here(0) + lost_by_polling(OURS, 300) + in_vain(400)
    theirs = up_there(90) + error(THEIRS, "0x2203", 490.4)
    laid = lay(ours[cut:], theirs[: -cut or None])
    assert len(laid.together.pairings) <= 1
