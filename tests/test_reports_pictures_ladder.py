"""The ladder: what went, what came, where it stopped, and how it would have gone on."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec.structs import replace
from reports_pair_samples import PEER, make_pair_catalog, paired, pairing
from reports_samples import FILE, START, case, incident, negotiation, seen
from svg_reader import read_svg

from assistant.model.diagnosis import Incident
from assistant.model.event import Address, Constant, Event, Phrase, Role, Word
from assistant.model.ike_event import GaveUp, IkePacket, Retransmission
from assistant.model.message import (
    Connected,
    Connecting,
    IkeNegotiationStarted,
    IkeSaEstablished,
    PeerIdentified,
    PollTimeout,
    ProposalMatched,
    ProposalRefused,
)
from assistant.model.negotiation import Outcome, Stage
from assistant.model.newer_message import IkeMessage, NotifyReceived
from assistant.model.pairing import LostMessage, PairedNegotiation, PairVerdict
from assistant.model.source import Moment, Place, Side
from reports.pictures import Picture, ladder

CATALOG = make_pair_catalog()


def failed(*events: Event, stage: Stage = Stage.IKE_SA, role: Role = Role.INITIATOR) -> Incident:
    """A negotiation of these events, a second apart, that failed."""
    messages = [
        seen(
            event,
            None,
            Place(FILE, number, number, "text", Moment(START + timedelta(seconds=number - 1))),
        )
        for number, event in enumerate(events, start=1)
    ]
    example = replace(
        negotiation(messages), outcome=Outcome.FAILED, stage=stage, role=role, error_codes=()
    )
    return incident(example)


def message(
    direction: Literal["sent", "received"],
    exchange: Literal["ID_PROT", "IKE_SA_INIT", "IKE_AUTH", "QUICK_MODE"],
    kind: Literal["request", "response"],
    notify: str | None = None,
) -> IkeMessage:
    return IkeMessage(
        direction=direction,
        exchange=exchange,
        message=kind,
        notify=Constant(notify) if notify else None,
    )


def packet(port: int) -> IkePacket:
    own = Address("192.0.2.1")
    return IkePacket(direction="sent", own_address=own, own_port=port, port=port, size_bytes=99)


def drawn(one: Incident, *pairs: PairedNegotiation) -> Picture:
    diagnosis = replace(case(one), pairings=(pairing(*pairs),) if pairs else ())
    picture = ladder(diagnosis, CATALOG, "en", one)
    assert picture is not None
    return picture


def told(picture: Picture) -> list[str]:
    """The rungs, as the table has them."""
    return [what for _, _, what in picture.rows]


NO_ANSWER = failed(
    message("sent", "ID_PROT", "request"),
    packet(500),
    Retransmission(number=1),
    Retransmission(number=2),
    GaveUp(retransmits=2),
)
"""What one end sees where nothing comes back."""


def test_exchanges_of_main_mode_are_counted_and_go_on_pale() -> None:
    both = failed(
        message("sent", "ID_PROT", "request"),
        message("received", "ID_PROT", "response"),
        message("sent", "ID_PROT", "request"),
    )

    assert told(drawn(both)) == [
        "Main Mode 1",
        "Main Mode 2",
        "Main Mode 3: no answer came",
        "the set-up stopped here",
        *(f"Main Mode {number} (how it would go on)" for number in (4, 5, 6)),
        "IKE_SA is up (phase 1) (how it would go on)",
        *(f"Quick Mode {number} (how it would go on)" for number in (1, 2, 3)),
        "CHILD_SA is up (phase 2) (how it would go on)",
        "tunnel is up (how it would go on)",
    ]


def test_exchanges_of_ikev2_have_the_names_of_the_rfc() -> None:
    refused = failed(
        message("sent", "IKE_SA_INIT", "request"),
        message("received", "IKE_SA_INIT", "response"),
        message("sent", "IKE_AUTH", "request"),
        message("received", "IKE_AUTH", "response", "AUTHENTICATION_FAILED"),
        NotifyReceived(notify=Constant("AUTHENTICATION_FAILED")),
    )

    assert told(drawn(refused))[:5] == [
        "IKE_SA_INIT request",
        "IKE_SA_INIT response",
        "IKE_AUTH request",
        "IKE_AUTH response: AUTHENTICATION_FAILED",
        "the set-up stopped here",
    ]


def test_one_trace_alone_does_not_say_that_a_packet_was_lost() -> None:
    picture = drawn(NO_ANSWER)
    svg = read_svg(str(picture.svg))

    assert told(picture)[0] == "Main Mode 1: no answer came · UDP 500 · repeated 2 times"
    assert [one.sign for one in picture.legend] == ["unknown", "ghost"]
    assert "only the remote site's own trace" in picture.caption
    assert svg.number_of("p-dashed") > 0


def test_both_traces_say_where_a_request_was_lost() -> None:
    lost = LostMessage(
        sender=Side.LOCAL,
        exchange="ID_PROT",
        message="request",
        times=3,
        place=Place(FILE, 1, 1, "sent"),
        port=500,
    )
    picture = drawn(NO_ANSWER, paired(PairVerdict.NEVER_ARRIVED, theirs=None, lost=lost))

    assert told(picture)[0] == "Main Mode 1: never arrived · UDP 500 · repeated 2 times"
    assert "lost-message" in {one.sign for one in picture.legend}
    assert picture.caption == "Our request never arrived at the remote site."


def test_an_answer_that_was_lost_starts_at_the_peer() -> None:
    lost = LostMessage(
        sender=Side.REMOTE,
        exchange="ID_PROT",
        message="response",
        times=1,
        place=Place(PEER, 9, 9, "sent"),
        port=4500,
    )
    picture = drawn(NO_ANSWER, paired(PairVerdict.ANSWER_LOST, lost=lost))

    assert picture.rows[1][1:] == ("LAGER", "Main Mode 2: never arrived · UDP 4500")
    assert "Main Mode 3 (how it would go on)" in told(picture)
    assert "Main Mode 2 (how it would go on)" not in told(picture)


def test_a_refusal_over_there_stands_at_the_peer_without_the_log_header() -> None:
    reason = Place(PEER, 4, 4, "2026-11-23T11:36:24.552 13[IKE] <FILIALE|1> no proposal found")
    picture = drawn(NO_ANSWER, paired(PairVerdict.REFUSED, reason=reason))

    assert picture.rows[1][1:] == ("LAGER", "refused there: no proposal found")


def test_a_lancom_trace_is_read_from_its_stages() -> None:
    mismatch = failed(
        Connecting(),
        IkeNegotiationStarted(),
        IkeNegotiationStarted(mode=Word("MAIN")),
        PeerIdentified(product=Phrase("LCOS 10")),
        *(
            ProposalRefused(
                phase="1",
                remote_no=1,
                local_no=number,
                remote_attribute=Phrase("hash algorithm"),
                remote_value=Word("SHA"),
                local_attribute=Phrase("hash algorithm"),
                local_value=Word("MD5"),
            )
            for number in (1, 2)
        ),
    )

    assert told(drawn(mismatch))[:5] == [
        "starts to connect",
        "Main Mode",
        "first answer: LCOS 10",
        "2 comparisons, no proposal fits",
        "the set-up stopped here",
    ]


def test_refusals_before_a_match_are_not_told() -> None:
    refused = ProposalRefused(
        phase="1",
        remote_no=1,
        local_no=1,
        remote_attribute=Phrase("hash algorithm"),
        remote_value=Word("SHA"),
        local_attribute=Phrase("hash algorithm"),
        local_value=Word("MD5"),
    )
    one = failed(
        IkeNegotiationStarted(),
        refused,
        ProposalMatched(phase="1", remote_no=1, local_no=2),
        IkeSaEstablished(),
        stage=Stage.CHILD_SA,
    )

    assert told(drawn(one))[:3] == [
        "Phase 1",
        "a proposal for phase 1 fits",
        "IKE_SA is up (phase 1)",
    ]


def test_a_lost_tunnel_counts_its_polls_and_goes_nowhere() -> None:
    polls = [
        PollTimeout(retries_left=left, poll_target=Address("10.1.30.254")) for left in (2, 1, 0)
    ]
    one = failed(Connected(), *polls, stage=Stage.CONNECTED)
    one = replace(one, outcome=Outcome.LOST)

    assert told(drawn(one)) == [
        "tunnel is up",
        "poll 10.1.30.254: 3 polls without an answer",
        "the tunnel was lost here",
    ]


def test_the_peers_own_trace_is_drawn_from_its_side() -> None:
    one = failed(message("received", "ID_PROT", "request"), role=Role.RESPONDER)
    assert one.example is not None
    theirs = replace(one, side=Side.REMOTE, example=replace(one.example, side=Side.REMOTE))
    picture = drawn(theirs)

    assert picture.rows[0][1] == "our router"
    assert picture.caption == "What the remote site's trace shows."


def test_very_many_messages_are_cut_in_the_middle() -> None:
    many = failed(*(message("sent", "QUICK_MODE", "request") for _ in range(4000)))
    picture = drawn(many)

    assert len(picture.svg) < 40_000
    assert "… 2,975 further steps" in told(picture)


def test_nothing_to_draw_without_a_negotiation() -> None:
    bare = replace(NO_ANSWER, example=None)

    assert ladder(case(bare), CATALOG, "en", bare) is None
