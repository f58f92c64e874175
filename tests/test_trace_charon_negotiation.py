"""charon's lines to negotiations: how far each got, what became of it, and whose line it was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Negotiated, Read

from assistant.model.derived import Failure, PeerHeard, ProposalsCompared, TimedOut
from assistant.model.event import Event
from assistant.model.ike_event import (
    CertificateOutOfDate,
    DaemonStopping,
    ProposalListsCompared,
    RequestUnanswered,
)
from assistant.model.message import Connected, IkeNegotiationStarted
from assistant.model.negotiation import Negotiation
from assistant.model.newer_message import IkeMessage

CASES = Path(__file__).parent / "cases" / "strongswan"
RUNS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
LOGS = [(run, side) for run in RUNS for side in ("initiator", "responder")]


def log(run: str, side: str) -> str:
    return (CASES / run / f"{side}.log").read_text("utf-8")


def told(run: str, side: str) -> dict[str, object]:
    truth = json.loads((CASES / run / "truth.json").read_text("utf-8"))
    return dict(truth["sides"][side])


def fits(found: object, stated: object) -> bool:
    """What is stated may be one value, several, or none."""
    return stated is None or found in (stated if isinstance(stated, list) else [stated])


def timed(text: str) -> str:
    """One second between two lines."""
    lines = [line for line in text.splitlines() if line]
    return "".join(
        f"2026-11-23T12:{n // 60:02d}:{n % 60:02d}.000 {x}\n" for n, x in enumerate(lines)
    )


def outcomes(negotiations: list[Negotiation]) -> list[tuple[str, str, str | None]]:
    return [
        (one.remote_site, one.outcome.value, one.stage.value if one.stage else None)
        for one in negotiations
    ]


def derived(one: Negotiation, kind: type[Event]) -> list[Event]:
    return [seen.event for seen in one.derived if isinstance(seen.event, kind)]


def failure(one: Negotiation) -> tuple[str, str, str] | None:
    found = [event for event in derived(one, Failure) if isinstance(event, Failure)]
    return (found[0].failure, found[0].layer, found[0].side) if found else None


# Measured runs --------------------------------------------------------------------------------


def test_all_measured_runs_are_there() -> None:
    assert len(RUNS) == 39


@pytest.mark.parametrize(("run", "side"), LOGS)
def test_outcome_and_stage_of_a_measured_run(negotiated: Negotiated, run: str, side: str) -> None:
    found = negotiated(log(run, side))
    stated = told(run, side)
    assert len(found) == (stated["outcome"] is not None)
    for one in found:
        assert fits(one.outcome.value, stated["outcome"])
        assert fits(one.stage.value if one.stage else None, stated["stage"])
        assert one.error_codes == ()


@pytest.mark.parametrize(("run", "side"), LOGS)
def test_the_same_without_the_connection_before_each_line(
    negotiated: Negotiated, run: str, side: str
) -> None:
    text = log(run, side)
    bare = re.sub(r"(\[[A-Z]{3}\]) <[^>]*>", r"\1", text)
    assert bare != text or "<" not in text
    assert outcomes(negotiated(bare)) == outcomes(negotiated(text))


@pytest.mark.parametrize(("run", "side"), LOGS)
def test_the_same_from_syslog_that_knows_no_year(
    negotiated: Negotiated, run: str, side: str
) -> None:
    text = log(run, side)
    syslog = re.sub(r"(?m)^2026-11-23T([\d:]{8})\.\d{3}", r"Nov 23 \1 gw charon:", text)
    assert outcomes(negotiated(syslog)) == outcomes(negotiated(text))


def test_every_line_of_the_measured_runs_is_read(read: Read) -> None:
    sources = [read(log(*one)) for one in LOGS]
    assert sum(source.records for source in sources) == 2493
    assert [place.text for source in sources for place in source.unread] == []


FAILURES = {
    ("auth_method_mismatch-ikev1", "initiator"): ("authentication-unsupported", "ike", "initiator"),
    ("cert_expired_initiator-ikev2", "initiator"): (
        "notify-authentication-failed",
        "ike",
        "initiator",
    ),
    ("cert_expired_initiator-ikev2", "responder"): ("certificate-rejected", "ike", "responder"),
    ("cert_expired_responder-ikev1", "responder"): ("deleted-by-peer", "ike", "responder"),
    ("child_pfs_mismatch-ikev1", "initiator"): ("notify-no-proposal-chosen", "ipsec", "initiator"),
    ("child_pfs_mismatch-ikev1", "responder"): ("pfs-group-refused", "ipsec", "responder"),
    ("child_proposal_mismatch-ikev2", "responder"): (
        "no-ipsec-proposal-matched",
        "ipsec",
        "responder",
    ),
    ("firewall_drop_500_4500-ikev2", "initiator"): ("connection-timeout", "interface", "unknown"),
    ("identity_mismatch_initiator-ikev1", "responder"): ("identity-rejected", "ike", "responder"),
    ("identity_mismatch_responder-ikev2", "responder"): ("identity-rejected", "ike", "responder"),
    ("ike_dh_group_mismatch-ikev1", "responder"): ("dh-group-refused", "ike", "responder"),
    ("ike_proposal_mismatch-ikev1", "responder"): ("no-ike-proposal-matched", "ike", "responder"),
    ("kernel_without_esp-ikev2", "responder"): ("sa-not-installed", "ipsec", "responder"),
    ("line_cut_dpd-ikev1", "initiator"): ("dpd-timeout", "ike", "initiator"),
    ("nat_between_peer_pinned-ikev2", "responder"): ("no-entry-for-peer", "ike", "responder"),
    ("psk_mismatch-ikev2", "responder"): ("ike-key-mismatch", "ike", "responder"),
    ("psk_missing_on_responder-ikev1", "initiator"): (
        "notify-invalid-ke-payload",
        "ike",
        "initiator",
    ),
    ("psk_missing_on_responder-ikev1", "responder"): ("ike-key-mismatch", "ike", "responder"),
    ("ts_mismatch_local_net-ikev2", "initiator"): ("notify-ts-unacceptable", "ipsec", "initiator"),
    ("ts_mismatch_local_net-ikev2", "responder"): ("network-refused", "ipsec", "responder"),
    ("ts_mismatch_remote_net-ikev1", "responder"): ("network-refused", "ipsec", "responder"),
}
"""Failure, layer, side that reports it."""


@pytest.mark.parametrize(("one", "expected"), FAILURES.items())
def test_the_first_fault_of_a_measured_run(
    negotiated: Negotiated, one: tuple[str, str], expected: tuple[str, str, str]
) -> None:
    (found,) = negotiated(log(*one))
    assert failure(found) == expected


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("child_pfs_mismatch-ikev1", [ProposalListsCompared(phase="2", differs="group")]),
        ("child_proposal_mismatch-ikev2", [ProposalListsCompared(phase="2", differs="several")]),
        ("ike_dh_group_mismatch-ikev1", [ProposalListsCompared(phase="1", differs="group")]),
        ("psk_mismatch-ikev2", []),
    ],
)
def test_what_the_two_lists_of_proposals_differ_in(
    negotiated: Negotiated, run: str, expected: list[Event]
) -> None:
    (found,) = negotiated(log(run, "responder"))
    assert derived(found, ProposalListsCompared) == expected


@pytest.mark.parametrize(
    ("run", "state"),
    [("cert_expired_initiator-ikev2", "expired"), ("cert_not_yet_valid-ikev2", "not-yet-valid")],
)
def test_which_end_of_its_life_a_certificate_was_refused_for(
    negotiated: Negotiated, run: str, state: str
) -> None:
    (found,) = negotiated(log(run, "responder"))
    assert [event.state for event in derived(found, CertificateOutOfDate)] == [state]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("run", "exchange", "port", "before"),
    [
        ("firewall_drop_500_4500-ikev2", "IKE_SA_INIT", "500", "silence"),
        ("firewall_drop_replies-ikev1", "ID_PROT", "500", "silence"),
        ("firewall_drop_4500_only-ikev1", "ID_PROT", "4500", "answers"),
        ("nat_between_4500_blocked-ikev2", "IKE_AUTH", "4500", "answers"),
    ],
)
def test_which_request_was_not_answered(
    negotiated: Negotiated, run: str, exchange: str, port: str, before: str
) -> None:
    (found,) = negotiated(log(run, "initiator"))
    (event,) = derived(found, RequestUnanswered)
    assert isinstance(event, RequestUnanswered)
    assert (event.exchange, event.port, event.size, event.before) == (
        exchange,
        port,
        "small",
        before,
    )
    assert derived(found, TimedOut) == [TimedOut(phase="1")]


@pytest.mark.parametrize(
    ("run", "by"),
    [("firewall_drop_500_4500-ikev2", "nothing"), ("firewall_drop_4500_only-ikev1", "ike")],
)
def test_what_was_heard_of_the_peer(negotiated: Negotiated, run: str, by: str) -> None:
    (found,) = negotiated(log(run, "initiator"))
    assert [event.by for event in derived(found, PeerHeard)] == [by]  # type: ignore[attr-defined]


@pytest.mark.parametrize("side", ["initiator", "responder"])
def test_a_group_that_is_asked_for_anew_is_one_negotiation(
    negotiated: Negotiated, side: str
) -> None:
    (found,) = negotiated(log("ike_first_proposal_refused_then_match-ikev2", side))
    assert ProposalsCompared(phase="1", result="refused-then-matched") in derived(
        found, ProposalsCompared
    )


def test_own_addresses_gateways_and_spis_of_both_sides_mirror_each_other(read: Read) -> None:
    ours, theirs = (read(log("success-ikev1", side)) for side in ("initiator", "responder"))
    assert (ours.own_addresses, ours.gateways) == ({"192.0.2.1"}, {"198.51.100.1"})
    assert (theirs.own_addresses, theirs.gateways) == ({"198.51.100.1"}, {"192.0.2.1"})
    assert ours.spis == {("79d2c729", "incoming"), ("c048862e", "outgoing")}
    assert theirs.spis == {("79d2c729", "outgoing"), ("c048862e", "incoming")}


def test_a_message_carries_its_first_error(negotiated: Negotiated) -> None:
    (found,) = negotiated(log("psk_mismatch-ikev2", "initiator"))
    messages = [one.event for one in found.messages if isinstance(one.event, IkeMessage)]
    assert [(one.exchange, one.direction, one.notify) for one in messages] == [
        ("IKE_SA_INIT", "sent", None),
        ("IKE_SA_INIT", "received", None),
        ("IKE_AUTH", "sent", None),
        ("IKE_AUTH", "received", "AUTHENTICATION_FAILED"),
    ]


def test_the_end_of_the_daemon_belongs_to_what_it_ended(negotiated: Negotiated) -> None:
    text = log("ts_narrowed-ikev2", "initiator")
    cut = "".join(
        line
        for line in text.splitlines(keepends=True)
        if not re.search("terminate|delet|DELETE| D ", line)
    )
    (found,) = negotiated(cut)
    assert found.outcome.value == "disconnected"
    assert isinstance(found.messages[-1].event, DaemonStopping)


# Remembered, not measured ---------------------------------------------------------------------

STARTED = """\
09[IKE] <A|1> initiating Main Mode IKE_SA A[1] to 198.51.100.1
09[ENC] <A|1> generating ID_PROT request 0 [ SA V V ]
09[NET] <A|1> sending packet: from 192.0.2.1[500] to 198.51.100.1[500] (180 bytes)
09[NET] <A|1> received packet: from 198.51.100.1[500] to 192.0.2.1[500] (160 bytes)
09[ENC] <A|1> parsed ID_PROT response 0 [ SA V V ]
09[ENC] <A|1> generating ID_PROT request 0 [ ID HASH ]
09[NET] <A|1> sending packet: from 192.0.2.1[500] to 198.51.100.1[500] (76 bytes)
"""
GARBLED = """\
10[NET] <A|1> received packet: from 198.51.100.1[500] to 192.0.2.1[500] (76 bytes)
10[ENC] <A|1> invalid HASH_V1 payload length, decryption failed?
10[ENC] <A|1> could not decrypt payloads
10[IKE] <A|1> message parsing failed
10[IKE] <A|1> ignore malformed INFORMATIONAL request
10[IKE] <A|1> INFORMATIONAL_V1 request with message ID 3345413425 processing failed
"""
GAVE_UP = """\
11[IKE] <A|1> sending retransmit 1 of request message ID 0, seq 3
11[NET] <A|1> sending packet: from 192.0.2.1[500] to 198.51.100.1[500] (76 bytes)
12[IKE] <A|1> giving up after 1 retransmits
12[IKE] <A|1> establishing IKE_SA failed, peer not responding
"""


def test_different_keys_in_ikev1_end_as_a_time_out_for_who_calls(negotiated: Negotiated) -> None:
    (found,) = negotiated(timed(STARTED + GARBLED + GAVE_UP))
    assert failure(found) == ("connection-timeout", "interface", "unknown")
    assert derived(found, PeerHeard) == [PeerHeard(by="ike")]


KEY_REFUSED = """\
09[NET] <1> received packet: from 192.0.2.1[500] to 198.51.100.1[500] (180 bytes)
09[ENC] <1> parsed ID_PROT request 0 [ SA V V ]
09[IKE] <1> 192.0.2.1 is initiating a Main Mode IKE_SA
10[NET] <1> received packet: from 192.0.2.1[500] to 198.51.100.1[500] (76 bytes)
10[ENC] <1> invalid ID_V1 payload length, decryption failed?
10[ENC] <1> could not decrypt payloads
10[IKE] <1> message parsing failed
10[ENC] <1> generating INFORMATIONAL_V1 request 3345413425 [ HASH N(PLD_MAL) ]
10[IKE] <1> ID_PROT request with message ID 0 processing failed
"""


def test_different_keys_in_ikev1_show_where_the_call_arrives(negotiated: Negotiated) -> None:
    (found,) = negotiated(timed(KEY_REFUSED))
    assert (found.remote_site, failure(found)) == (
        "192.0.2.1",
        ("ike-key-mismatch", "ike", "responder"),
    )


def test_another_try_under_the_same_number_is_another_negotiation(negotiated: Negotiated) -> None:
    again = GAVE_UP.replace(
        "establishing IKE_SA failed, peer not responding", "peer not responding, trying again (2/3)"
    )
    text = timed(STARTED + again + STARTED)
    assert outcomes(negotiated(text)) == [
        ("A", "failed", "ike-sa"),
        ("A", "unfinished", "ike-sa"),
    ]


UP = """\
09[IKE] <A|1> initiating IKE_SA A[1] to 198.51.100.1
09[ENC] <A|1> generating IKE_SA_INIT request 0 [ SA KE No ]
09[NET] <A|1> sending packet: from 192.0.2.1[500] to 198.51.100.1[500] (180 bytes)
09[NET] <A|1> received packet: from 198.51.100.1[500] to 192.0.2.1[500] (180 bytes)
09[IKE] <A|1> IKE_SA A[1] established between 192.0.2.1[a]...198.51.100.1[b]
09[IKE] <A|1> CHILD_SA netz{1} established with SPIs 79d2c729_i c048862e_o and TS 10.1.0.0/24 === 10.2.0.0/24
"""  # noqa: E501 - as the daemon prints it
REKEYED = """\
10[IKE] <A|1> establishing CHILD_SA netz{2} reqid 1
10[ENC] <A|1> generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No KE TSi TSr ]
10[IKE] <A|1> inbound CHILD_SA netz{2} established with SPIs 11111111_i 22222222_o and TS 10.1.0.0/24 === 10.2.0.0/24
10[IKE] <A|1> outbound CHILD_SA netz{2} established with SPIs 11111111_i 22222222_o and TS 10.1.0.0/24 === 10.2.0.0/24
10[IKE] <A|1> closing CHILD_SA netz{1} with SPIs 79d2c729_i (504 bytes) c048862e_o (504 bytes) and TS 10.1.0.0/24 === 10.2.0.0/24
10[IKE] <A|1> sending DELETE for ESP CHILD_SA with SPI 79d2c729
10[IKE] <A|1> CHILD_SA closed
"""  # noqa: E501 - as the daemon prints it
IKE_REKEYED = """\
10[IKE] <A|1> initiating IKE_SA A[2] to 198.51.100.1
10[ENC] <A|1> generating CREATE_CHILD_SA request 2 [ SA No KE ]
10[IKE] <A|1> IKE_SA A[2] rekeyed between 192.0.2.1[a]...198.51.100.1[b]
10[IKE] <A|1> deleting IKE_SA A[1] between 192.0.2.1[a]...198.51.100.1[b]
10[IKE] <A|1> sending DELETE for IKE_SA A[1]
10[IKE] <A|1> IKE_SA deleted
11[IKE] <A|2> sending DPD request
"""
REAUTHENTICATED = """\
10[IKE] <A|1> reauthenticating IKE_SA A[1]
10[IKE] <A|1> deleting IKE_SA A[1] between 192.0.2.1[a]...198.51.100.1[b]
10[IKE] <A|1> sending DELETE for IKE_SA A[1]
10[IKE] <A|1> IKE_SA deleted
10[IKE] <A|2> initiating IKE_SA A[2] to 198.51.100.1
10[IKE] <A|2> IKE_SA A[2] established between 192.0.2.1[a]...198.51.100.1[b]
10[IKE] <A|2> CHILD_SA netz{2} established with SPIs 39d2c729_i 4048862e_o and TS 10.1.0.0/24 === 10.2.0.0/24
"""  # noqa: E501 - as the daemon prints it
REKEY_REFUSED = """\
10[IKE] <A|1> establishing CHILD_SA netz{2} reqid 1
10[ENC] <A|1> generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No KE TSi TSr ]
10[ENC] <A|1> parsed CREATE_CHILD_SA response 2 [ N(NO_PROP) ]
10[IKE] <A|1> received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built
10[IKE] <A|1> failed to establish CHILD_SA, keeping IKE_SA
10[IKE] <A|1> CHILD_SA rekeying failed, trying again in 10 seconds
"""
SILENT = """\
10[ENC] <A|1> generating INFORMATIONAL request 2 [ ]
10[NET] <A|1> sending packet: from 192.0.2.1[4500] to 198.51.100.1[4500] (80 bytes)
11[IKE] <A|1> retransmit 1 of request with message ID 2
12[IKE] <A|1> giving up after 1 retransmits
12[IKE] <A|1> restarting CHILD_SA netz
12[IKE] <A|1> initiating IKE_SA A[2] to 198.51.100.1
12[ENC] <A|2> generating IKE_SA_INIT request 0 [ SA KE No ]
13[IKE] <A|2> IKE_SA A[2] established between 192.0.2.1[a]...198.51.100.1[b]
13[IKE] <A|2> CHILD_SA netz{2} established with SPIs 39d2c729_i 4048862e_o and TS 10.1.0.0/24 === 10.2.0.0/24
"""  # noqa: E501 - as the daemon prints it


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("", [("A", "established", "connected")]),
        (REKEYED, [("A", "established", "connected")]),
        (IKE_REKEYED, [("A", "established", "connected")]),
        (REAUTHENTICATED, [("A", "established", "connected")]),
        # A PFS mismatch in IKEv2 comes up and fails at the first renewal.
        (REKEY_REFUSED, [("A", "lost", "connected")]),
        (REKEY_REFUSED + REKEYED, [("A", "established", "connected")]),
        (SILENT, [("A", "lost", "connected"), ("A", "established", "connected")]),
    ],
)
def test_renewing_the_keys_belongs_to_the_negotiation(
    negotiated: Negotiated, later: str, expected: list[tuple[str, str, str]]
) -> None:
    assert outcomes(negotiated(timed(UP + later))) == expected


@pytest.mark.parametrize("later", [REKEYED, REAUTHENTICATED, SILENT])
def test_renewing_is_found_by_names_and_addresses_too(negotiated: Negotiated, later: str) -> None:
    text = timed(UP + later)
    bare = re.sub(r"(\[[A-Z]{3}\]) <[^>]*>", r"\1", text)
    assert outcomes(negotiated(bare)) == outcomes(negotiated(text))


def test_it_connects_once(negotiated: Negotiated) -> None:
    (found,) = negotiated(timed(UP + REKEYED))
    assert derived(found, Connected) == [Connected()]


REJECTED = """\
09[NET] <1> received packet: from 192.0.2.1[500] to 198.51.100.1[500] (180 bytes)
09[ENC] <1> parsed IKE_SA_INIT request 0 [ SA KE No ]
09[IKE] <1> 192.0.2.1 is initiating an IKE_SA
10[CFG] <F|1> selected peer config 'F'
10[IKE] <F|1> IKE_SA F[1] established between 198.51.100.1[b]...192.0.2.1[a]
10[IKE] <F|1> CHILD_SA netz{1} established with SPIs 39d2c729_i 4048862e_o and TS 10.2.0.0/24 === 10.1.0.0/24
10[ENC] <F|1> generating IKE_AUTH response 1 [ IDr CERT AUTH SA TSi TSr ]
11[ENC] <F|1> parsed INFORMATIONAL request 2 [ N(AUTH_FAILED) ]
11[IKE] <F|1> received DELETE for IKE_SA F[1]
11[IKE] <F|1> deleting IKE_SA F[1] between 198.51.100.1[b]...192.0.2.1[a]
"""  # noqa: E501 - as the daemon prints it


def test_a_tunnel_whose_initiator_refuses_our_proof_never_came_up(negotiated: Negotiated) -> None:
    (found,) = negotiated(timed(REJECTED))
    assert outcomes([found]) == [("F", "failed", "ike-sa")]
    assert failure(found) == ("notify-authentication-failed", "ike", "responder")
    assert derived(found, Connected) == []


def test_two_clients_of_one_entry_are_two_negotiations(negotiated: Negotiated) -> None:
    def client(number: int, address: str) -> str:
        return f"""\
09[NET] <{number}> received packet: from {address}[500] to 198.51.100.1[500] (180 bytes)
09[IKE] <{number}> {address} is initiating an IKE_SA
10[CFG] <rw|{number}> selected peer config 'rw'
10[IKE] <rw|{number}> IKE_SA rw[{number}] established between 198.51.100.1[b]...{address}[c{number}]
10[IKE] <rw|{number}> CHILD_SA n{{{number}}} established with SPIs 39d2c72{number}_i 4048862{number}_o and TS 10.2.0.0/24 === 10.1.0.{number}/32
"""  # noqa: E501 - as the daemon prints it

    gone = "09[IKE] <rw|1> received DELETE for IKE_SA rw[1]\n"
    found = negotiated(timed(client(1, "192.0.2.1") + client(2, "192.0.2.9") + gone))
    assert [(one.gateway, one.outcome.value) for one in found] == [
        ("192.0.2.1", "disconnected"),
        ("192.0.2.9", "established"),
    ]


def test_numbers_begin_again_with_the_daemon(negotiated: Negotiated) -> None:
    start = "00[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64)\n"
    text = timed(start + UP + start + UP)
    assert outcomes(negotiated(text)) == [
        ("A", "disconnected", "connected"),
        ("A", "established", "connected"),
    ]


def test_a_name_without_an_address_is_a_fault_before_ike(negotiated: Negotiated) -> None:
    (found,) = negotiated(
        timed("09[IKE] <A|1> unable to resolve vpn.example.com, initiate aborted")
    )
    assert outcomes([found]) == [("A", "failed", "called")]
    assert failure(found) == ("name-unresolved", "interface", "initiator")


def test_an_initiator_is_known_by_its_first_line(negotiated: Negotiated) -> None:
    (found,) = negotiated(timed(UP))
    (begun,) = [o.event for o in found.messages if isinstance(o.event, IkeNegotiationStarted)]
    assert begun.remote_site == "A"
    assert (found.role and found.role.value, found.gateway) == ("initiator", "198.51.100.1")


# Many at once ---------------------------------------------------------------------------------


def all_at_once(*, bare: bool) -> str:
    """The initiators' logs of all runs as one, each with a name, a number and a peer of its own."""
    lines: list[tuple[float, str]] = []
    for number, run in enumerate(RUNS, start=1):
        peer = f"198.51.100.{number}"
        first: float | None = None
        for line in log(run, "initiator").splitlines():
            match = re.match(r"\S+T(\d\d):(\d\d):(\S+) (\d\d)(\[[A-Z]{3}\]) <BUGFIX\|1> (.*)", line)
            if match is None:
                continue
            at = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
            first = at if first is None else first
            text = re.sub(r"198\.51\.100\.(?:1|77)(?!\d)", peer, match[6])
            text = text.replace("BUGFIX[1]", f"C{number}[{number}]")
            tag = "" if bare else f"<C{number}|{number}> "
            thread = number if bare else match[4]
            lines.append((at - first + number * 0.003, f"{thread:0>2}{match[5]} {tag}{text}"))
    return "".join(
        f"2026-11-23T12:{at // 60:02.0f}:{at % 60:06.3f} {text}\n" for at, text in sorted(lines)
    )


@pytest.mark.parametrize("bare", [False, True])
def test_negotiations_at_the_same_time_are_kept_apart(negotiated: Negotiated, bare: bool) -> None:
    found = {one.remote_site: one for one in negotiated(all_at_once(bare=bare))}
    assert sorted(found) == sorted(f"C{number}" for number in range(1, len(RUNS) + 1))
    for number, run in enumerate(RUNS, start=1):
        one, stated = found[f"C{number}"], told(run, "initiator")  # type: ignore[index]
        assert fits(one.outcome.value, stated["outcome"]), run
        assert fits(one.stage.value if one.stage else None, stated["stage"]), run


# Bounds ---------------------------------------------------------------------------------------


def test_of_very_many_strangers_only_the_first_are_kept(read: Read) -> None:
    text = "".join(
        f"12[NET] <{n}> received packet: from 203.0.113.{n % 250}[500] to 192.0.2.1[500] "
        "(9 bytes)\n"
        f"12[IKE] <{n}> no IKE config found for 192.0.2.1...203.0.113.{n % 250}, sending "
        "NO_PROPOSAL_CHOSEN\n"
        for n in range(1, 501)
    )
    assert len(read(text).drafts) == 200


def test_of_years_of_renewals_only_some_are_kept(read: Read) -> None:
    renewal = (
        "10[IKE] <A|1> inbound CHILD_SA netz{{{0}}} established with SPIs {0:08x}_i {0:08x}_o "
        "and TS 10.1.0.0/24 === 10.2.0.0/24\n"
    )
    (draft,) = read(timed(UP) + "".join(renewal.format(n) for n in range(1000))).drafts
    assert len(draft.seen) < 40


# Damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "side"),
    [("psk_mismatch-ikev2", "responder"), ("line_cut_dpd-ikev1", "initiator")],
)
def test_a_log_cut_anywhere_never_raises(negotiated: Negotiated, run: str, side: str) -> None:
    whole = log(run, side)
    for end in range(0, len(whole), 41):
        for one in negotiated(whole[end:]) + negotiated(whole[:end]):
            lines = whole.count("\n") + 1
            assert 1 <= one.first.first_line <= one.last.last_line <= lines
