"""What the log of an IKE daemon means: one line or two, the symptom, and the cause that leads."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from conftest import Diagnosed

from assistant.case import Case, CaseFile
from assistant.diagnose import Diagnoser
from assistant.model.diagnosis import Diagnosis, Verdict
from assistant.model.source import Side

RUNS = Path(__file__).parent / "cases" / "strongswan"

OPENING = """\
2026-11-23T09:00:00.000 07[IKE] <LAGER|1> initiating IKE_SA LAGER[1] to 203.0.113.7
2026-11-23T09:00:00.001 07[ENC] <LAGER|1> generating IKE_SA_INIT request 0 [ SA KE No ]
2026-11-23T09:00:00.002 07[NET] <LAGER|1> sending packet: from 192.0.2.1[500] to 203.0.113.7[500] (464 bytes)
2026-11-23T09:00:00.010 09[NET] <LAGER|1> received packet: from 203.0.113.7[500] to 192.0.2.1[500] (36 bytes)
"""  # noqa: E501 - as the daemon prints it
CHOSEN = """\
2026-11-23T09:00:00.011 09[CFG] <LAGER|1> selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
"""  # noqa: E501
BY_KEY = """\
2026-11-23T09:00:00.020 09[IKE] <LAGER|1> authentication of 'lager.example.net' (myself) with pre-shared key
"""  # noqa: E501
BY_CERTIFICATE = """\
2026-11-23T09:00:00.020 09[IKE] <LAGER|1> authentication of 'lager.example.net' (myself) with RSA_EMSA_PKCS1_SHA2_256 successful
2026-11-23T09:00:00.020 09[IKE] <LAGER|1> sending end entity cert "C=DE, O=Lager, CN=lager.example.net"
"""  # noqa: E501
PHASE_1_DONE = """\
2026-11-23T09:00:00.030 09[IKE] <LAGER|1> IKE_SA LAGER[1] established between 192.0.2.1[lager.example.net]...203.0.113.7[zentrale.example.net]
"""  # noqa: E501


def said(text: str, subsystem: str = "IKE") -> str:
    return f"2026-11-23T09:00:01.000 10[{subsystem}] <LAGER|1> {text}\n"


def of(run: str, reader: str, diagnoser: Diagnoser) -> Diagnosis:
    """A run as the initiator or both see it."""
    folder = RUNS / run
    files = [CaseFile("initiator.log", lambda: (folder / "initiator.log").open("rb"))]
    if reader == "both":
        responder = folder / "responder.log"
        files.append(CaseFile("responder.log", lambda: responder.open("rb"), Side.REMOTE))
    return diagnoser.diagnose(Case(tuple(files)))


def shown(diagnosis: Diagnosis) -> set[str]:
    return {symptom.id for symptom in diagnosis.incidents[0].symptoms}


def shares(diagnosis: Diagnosis) -> dict[str, float]:
    return {one.cause: one.probability for one in diagnosis.incidents[0].hypotheses}


@pytest.mark.parametrize(
    ("log", "symptom", "cause"),
    [
        (
            OPENING + said("received NO_PROPOSAL_CHOSEN notify error"),
            "no-proposal-notified-in-phase-1",
            "ike-proposal-mismatch",
        ),
        (
            OPENING + CHOSEN + PHASE_1_DONE + said("received NO_PROPOSAL_CHOSEN error notify"),
            "no-proposal-notified-in-phase-2",
            "ipsec-proposal-mismatch",
        ),
        (
            OPENING + CHOSEN + BY_KEY + said("received AUTHENTICATION_FAILED notify error"),
            "authentication-failure-notified",
            "psk-mismatch",
        ),
        (
            OPENING + CHOSEN + BY_CERTIFICATE + said("received AUTHENTICATION_FAILED notify error"),
            "authentication-failure-notified",
            "certificate-invalid",
        ),
        (
            OPENING + CHOSEN + PHASE_1_DONE + said("received TS_UNACCEPTABLE notify error"),
            "traffic-selectors-refusal-notified",
            "network-mismatch",
        ),
        (
            OPENING + CHOSEN + PHASE_1_DONE + said("received INVALID_ID_INFORMATION error notify"),
            "network-ids-refusal-notified",
            "network-mismatch",
        ),
        (
            OPENING + CHOSEN + said("received INVALID_ID_INFORMATION error notify"),
            "identity-refusal-notified",
            "identity-mismatch",
        ),
        (
            OPENING + CHOSEN + said("received INVALID_KE_PAYLOAD error notify"),
            "key-exchange-refusal-notified",
            "psk-mismatch",
        ),
        (
            OPENING + CHOSEN + said("received PAYLOAD_MALFORMED error notify"),
            "malformed-notified",
            "psk-mismatch",
        ),
        (
            OPENING + CHOSEN + said("received INVALID_HASH_INFORMATION error notify"),
            "hash-refusal-notified",
            "psk-mismatch",
        ),
        (
            OPENING + said("received INVALID_MAJOR_VERSION notify error"),
            "version-refusal-notified",
            "ike-version-mismatch",
        ),
        (
            OPENING + said("received INVALID_EXCHANGE_TYPE error notify"),
            "exchange-refusal-notified",
            "exchange-mode-mismatch",
        ),
        (
            OPENING + CHOSEN + PHASE_1_DONE + said("received NO_ADDITIONAL_SAS notify error"),
            "limit-notified",
            "tunnel-limit-reached",
        ),
        (
            OPENING + CHOSEN + PHASE_1_DONE + said("received INVALID_KE_PAYLOAD error notify"),
            "pfs-refusal-notified",
            "pfs-group-mismatch",
        ),
        (
            OPENING + said("configuration uses unsupported authentication", "CFG"),
            "authentication-unsupported-here",
            "auth-method-mismatch",
        ),
        (
            OPENING
            + CHOSEN
            + said("unable to install inbound and outbound IPsec SA (SAD) in kernel"),
            "sa-not-installed",
            "local-ipsec-failure",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_what_ends_an_attempt_names_its_cause(
    diagnosed: Diagnosed, log: str, symptom: str, cause: str
) -> None:
    found = diagnosed(log)
    assert found.verdict is Verdict.FAULT
    assert symptom in shown(found)
    assert next(iter(shares(found))) == cause


def test_a_stranger_who_calls_has_no_entry(diagnosed: Diagnosed) -> None:
    log = """\
2026-11-23T09:00:00.000 08[NET] <1> received packet: from 198.51.100.9[500] to 203.0.113.7[500] (464 bytes)
2026-11-23T09:00:00.001 08[IKE] <1> no IKE config found for 203.0.113.7...198.51.100.9, sending NO_PROPOSAL_CHOSEN
"""  # noqa: E501
    found = diagnosed(log)
    assert "no-entry-for-caller" in shown(found)
    assert next(iter(shares(found))) == "remote-not-configured"


def test_the_first_answer_may_mean_that_nobody_knows_us(diagnosed: Diagnosed) -> None:
    found = diagnosed(OPENING + said("received NO_PROPOSAL_CHOSEN notify error"))
    possible = [cause for cause, share in shares(found).items() if share >= 0.03]
    assert possible == [
        "ike-proposal-mismatch",
        "remote-not-configured",
        "ike-version-mismatch",
        "nat-changes-source-address",
    ]


def test_only_our_own_nat_is_believed(diagnosed: Diagnosed) -> None:
    refused = said("received AUTHENTICATION_FAILED notify error")
    remote = diagnosed(OPENING + CHOSEN + said("remote host is behind NAT") + refused)
    behind = said("local host is behind NAT, sending keep alives")
    local = diagnosed(OPENING + CHOSEN + behind + refused)
    assert "own-address-translated" not in shown(remote)
    assert "own-address-translated" in shown(local)


def test_a_message_that_cannot_be_decrypted_is_a_wrong_key(diagnoser: Diagnoser) -> None:
    """Not even where port 4500 seems blocked, because it ends as a time-out (IKEv1)."""
    silent = of("firewall_drop_4500_only-ikev1", "initiator", diagnoser)
    assert "answer-unreadable" not in shown(silent)
    assert next(iter(shares(silent))) == "natt-port-blocked"
    with_answer = (RUNS / "firewall_drop_4500_only-ikev1" / "initiator.log").read_text()
    unreadable = """\
2026-11-23T11:37:50.000 12[NET] <BUGFIX|1> received packet: from 198.51.100.1[500] to 192.0.2.1[500] (92 bytes)
2026-11-23T11:37:50.000 12[ENC] <BUGFIX|1> could not decrypt payloads
"""  # noqa: E501
    first, _, rest = with_answer.partition("sending retransmit 1")
    end = rest.index("\n") + 1
    log = first + "sending retransmit 1" + rest[:end] + unreadable + rest[end:]
    found = diagnoser.diagnose(Case((CaseFile("1.txt", lambda: io.BytesIO(log.encode())),)))
    assert "answer-unreadable" in shown(found)
    assert next(iter(shares(found))) == "psk-mismatch"


# Both sides ---------------------------------------------------------------------------------


def test_answers_that_do_not_arrive_are_a_firewall(diagnoser: Diagnoser) -> None:
    found = of("firewall_drop_replies-ikev1", "both", diagnoser)
    assert "answers-lost-on-port-500" in shown(found)
    assert shares(found)["firewall-blocks-ike"] >= 0.5


@pytest.mark.parametrize("run", ["responder_not_configured-ikev1", "responder_other_peer-ikev2"])
def test_the_peer_has_no_entry_for_us(diagnoser: Diagnoser, run: str) -> None:
    found = of(run, "both", diagnoser)
    assert {"peer-has-no-entry", "peer-sees-our-address"} <= shown(found)
    assert shares(found)["remote-not-configured"] >= 0.9


def test_nat_changes_the_address_that_the_peer_sees(diagnoser: Diagnoser) -> None:
    found = of("nat_between_peer_pinned-ikev2", "both", diagnoser)
    assert "peer-sees-another-address" in shown(found)
    assert shares(found)["nat-changes-source-address"] >= 0.1


def test_whoever_records_is_not_offline(diagnoser: Diagnoser) -> None:
    found = of("firewall_drop_500_4500-ikev2", "both", diagnoser)
    assert "peer-was-running" in shown(found)
    assert shares(found)["remote-offline"] < 0.05


def test_what_we_see_as_a_refusal_is_the_peers_own_fault(diagnoser: Diagnoser) -> None:
    found = of("kernel_without_esp-ikev2", "both", diagnoser)
    assert "peer-could-not-install" in shown(found)
    assert next(iter(shares(found))) == "local-ipsec-failure"


# Captures beside a log ----------------------------------------------------------------------

REQUEST = (
    "11:35:12.1 wan   Out IP 192.0.2.1.500 > 198.51.100.1.500: isakmp: parent_sa ikev2_init[I]\n"
)
ANSWER = REQUEST.replace("Out", "In ").replace("init[I]", "init[R]")
ANSWER = ANSWER.replace("192.0.2.1.500 > 198.51.100.1.500", "198.51.100.1.500 > 192.0.2.1.500")
CLOSED = "11:35:12.2 wan   In  IP 198.51.100.1 > 192.0.2.1: ICMP 198.51.100.1 udp port 500 unreachable, length 72\n"  # noqa: E501
FILTERED = "11:35:12.2 wan   In  IP 203.0.113.254 > 192.0.2.1: ICMP host 198.51.100.1 unreachable - admin prohibited filter, length 72\n"  # noqa: E501
NO_HOST = "11:35:12.2 wan   In  IP 203.0.113.254 > 192.0.2.1: ICMP host 198.51.100.1 unreachable, length 72\n"  # noqa: E501


@pytest.mark.parametrize(
    ("capture", "symptom", "causes"),
    [
        (REQUEST + CLOSED, "ike-port-closed", {"remote-ike-not-running"}),
        (REQUEST + FILTERED, "ike-prohibited-on-the-way", {"firewall-blocks-ike"}),
        (
            REQUEST + NO_HOST,
            "gateway-host-unreachable",
            {"gateway-address-wrong", "remote-offline"},
        ),
        (
            REQUEST.replace("Out", "In "),
            "ike-requests-ignored-there",
            {"remote-not-configured", "firewall-blocks-ike"},
        ),
        (
            (REQUEST + ANSWER).replace("Out", "XX").replace("In ", "Out").replace("XX", "In "),
            "ike-answers-leave-there",
            {"firewall-blocks-ike"},
        ),
    ],
)
def test_a_capture_tells_apart_what_is_silence_in_the_log(
    diagnosed: Diagnosed, capture: str, symptom: str, causes: set[str]
) -> None:
    log = (RUNS / "responder_daemon_down-ikev2" / "initiator.log").read_text()
    found = diagnosed(log, capture)
    assert symptom in shown(found)
    assert next(iter(shares(found))) in causes
