"""What one configuration proves or excludes, with the row and column it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config.findings import (
    Finding,
    dialled_findings,
    polled_findings,
    router_findings,
    site_findings,
)
from assistant.config.settings import read_configuration
from assistant.model.finding import FindingKind
from assistant.model.setting import Configuration, Grounds, Ike

CASES = Path(__file__).parent / "cases" / "config"

PEER = 'set /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999 {Remote-Gw} "198.51.100.7"\n'
ROUTE = 'set /Setup/IP-Router/IP-Routing-Table/192.168.44.0 255.255.255.0 "LAGER" 0\n'
POLL = "set /Setup/WAN/Polling-Table/LAGER "


def case(name: str) -> Configuration:
    return read_configuration(name, (CASES / name).read_bytes())


def text(script: str) -> Configuration:
    return read_configuration("router.lcs", script.encode())


def found(configuration: Configuration, kind: FindingKind) -> Finding:
    (one,) = (each for each in site_findings(configuration, "LAGER") if each.kind is kind)
    return one


def kinds(configuration: Configuration, prefix: str = "") -> list[str]:
    findings = site_findings(configuration, "LAGER")
    return [one.kind.value for one in findings if one.kind.value.startswith(prefix)]


def test_keep_alive_without_a_polling_row_with_both_places() -> None:
    one = found(case("keep-alive-without-poll-row.de.lcs"), FindingKind.POLL_ROW_MISSING)
    (hold,) = one.settings
    assert (one.ike, one.grounds, one.table) == (
        Ike.V1,
        Grounds.STATED,
        "/Setup/WAN/Polling-Table",
    )
    assert (hold.column, hold.row, hold.value, hold.place.first_line) == (
        "SH-Time",
        "LAGER",
        9999,
        5,
    )


def test_the_same_in_ikev2_names_its_generation() -> None:
    script = "set /Setup/VPN/IKEv2/Peers/LAGER {SH-Time} 9999\n"
    assert found(text(script), FindingKind.POLL_ROW_MISSING).ike is Ike.V2


def test_a_peer_that_the_ppp_list_polls_is_another_finding() -> None:
    one = found(case("nordhof-ikev2.lcs"), FindingKind.POLLED_BY_PPP_ONLY)
    assert [setting.column for setting in one.settings] == ["SH-Time", "Time"]


def test_a_ppp_row_without_a_poll_time_polls_nothing() -> None:
    script = PEER + "set /Setup/WAN/PPP/LAGER {Time} 0\n"
    assert "poll-row-missing" in kinds(text(script))


@pytest.mark.parametrize("hold", ["0", "300"])
def test_without_keep_alive_no_polling_row_is_needed(hold: str) -> None:
    script = f"set /Setup/VPN/VPN-Peers/LAGER {{SH-Time}} {hold}\n"
    assert kinds(text(script)) == ["peer-present", "hold-time-other"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (PEER + POLL + "198.51.100.7 30 5\n", "poll-address-is-gateway"),
        (PEER + POLL + "203.0.113.24 30 5\n", "poll-address-public"),
        (PEER + ROUTE + POLL + "192.168.44.254 30 5\n", "poll-address-inside"),
        (PEER + ROUTE + POLL + "192.168.45.254 30 5\n", "poll-address-outside"),
        (PEER + POLL + "192.168.45.254 30 5\n", "poll-address-private"),
        (PEER + POLL + "0.0.0.0 30 5\n", "poll-address-empty"),
        (PEER + POLL + "{Time} 30\n", "poll-address-empty"),
    ],
)
def test_what_kind_of_address_is_polled(script: str, expected: str) -> None:
    assert kinds(text(script), "poll-address") == [expected]


def test_the_polled_gateway_is_shown_with_both_rows() -> None:
    one = found(case("polls-the-gateway.lcs"), FindingKind.POLL_ADDRESS_IS_GATEWAY)
    assert [(each.table, each.column, each.place.first_line) for each in one.settings] == [
        ("/Setup/WAN/Polling-Table", "IP-Address-1", 5),
        ("/Setup/VPN/VPN-Peers", "Remote-Gw", 4),
    ]


def test_the_networks_of_a_manual_rule_decide_instead_of_the_routes() -> None:
    script = (
        PEER
        + "set /Setup/VPN/VPN-Peers/LAGER {Rule-creation} manually\n"
        + ROUTE
        + "set /Setup/IP-Router/Firewall/Rules/V {VPN-Rule} Yes {Source} ORT {Destination} ZIEL\n"
        + 'set /Setup/IP-Router/Firewall/Objects/ORT "%A192.168.11.0 %M255.255.255.0"\n'
        + 'set /Setup/IP-Router/Firewall/Objects/ZIEL "%A10.9.9.0 %M255.255.255.0 %HLAGER"\n'
        + POLL
        + "192.168.44.254 30 5\n"
    )
    one = found(text(script), FindingKind.POLL_ADDRESS_OUTSIDE)
    assert [setting.value for setting in one.settings] == ["192.168.44.254", "10.9.9.0/24"]


@pytest.mark.parametrize(
    ("script", "grounds"),
    [
        (
            "cd /Setup/VPN/IKEv2/Peers\ndel *\ncd /Setup/VPN/VPN-Peers\nadd HOF\n",
            Grounds.STATED,
        ),
        ("cd /Setup/VPN/VPN-Peers\nadd HOF\n", Grounds.IMPLIED),
        ("cd /Setup/WAN/PPP\n", Grounds.NOT_SHOWN),
    ],
)
def test_a_peer_that_has_no_entry(script: str, grounds: Grounds) -> None:
    one = found(text(script), FindingKind.PEER_MISSING)
    assert (one.grounds, one.settings) == (grounds, ())


def test_the_name_of_a_peer_is_found_in_any_case() -> None:
    script = 'set /Setup/VPN/VPN-Peers/lager {Remote-Gw} "198.51.100.7"\n'
    assert kinds(text(script)) == ["peer-present"]


@pytest.mark.parametrize(
    ("gateway", "dialled", "expected"),
    [
        ("198.51.100.7", "198.51.100.7", "dialled-gateway-agrees"),
        ("198.51.100.7", "203.0.113.24", "dialled-gateway-differs"),
        ("vpn.lager.example", "203.0.113.24", "dialled-gateway-by-name"),
        ("2001:db8::7", "2001:db8:0::7", "dialled-gateway-agrees"),
    ],
)
def test_the_dialled_gateway_against_the_trace(gateway: str, dialled: str, expected: str) -> None:
    script = f'set /Setup/VPN/VPN-Peers/LAGER {{Remote-Gw}} "{gateway}"\n'
    (one,) = dialled_findings(text(script), "LAGER", dialled)
    assert (one.kind.value, one.seen, one.settings[0].column) == (expected, dialled, "Remote-Gw")


def test_one_of_several_gateways_is_enough() -> None:
    script = PEER + "set /Setup/VPN/Additional-Gateways/LAGER {Gateway-2} 203.0.113.24\n"
    (one,) = dialled_findings(text(script), "LAGER", "203.0.113.24")
    assert (one.kind, one.settings[0].column) == (FindingKind.DIALLED_GATEWAY_AGREES, "Gateway-2")


@pytest.mark.parametrize(
    ("polled", "expected"),
    [
        ("192.168.44.254", FindingKind.POLLED_ADDRESS_AGREES),
        ("192.168.44.253", FindingKind.POLLED_ADDRESS_DIFFERS),
    ],
)
def test_the_polled_address_against_the_trace(polled: str, expected: FindingKind) -> None:
    (one,) = polled_findings(case("nordhof-ikev1.lcs"), "LAGER", polled)
    assert (one.kind, one.settings[0].value, one.seen) == (expected, "192.168.44.254", polled)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Off", "ping-answered"),
        ("Always", "ping-blocked"),
        ("WAN", "ping-blocked"),
        ("Default-Route", "ping-blocked"),
    ],
)
def test_whether_the_router_answers_pings(value: str, expected: str) -> None:
    (one,) = router_findings(text(f"set /Setup/IP-Router/Firewall/Ping-Block {value}\n"))
    assert (one.kind.value, one.settings[0].column) == (expected, "Ping-Block")


def test_a_switched_off_vpn_and_an_active_dyndns_client() -> None:
    assert [one.kind for one in router_findings(text("set /Setup/VPN/Operating No\n"))] == [
        FindingKind.VPN_SWITCHED_OFF
    ]
    assert FindingKind.DYNDNS_CLIENT_ACTIVE in {
        one.kind for one in router_findings(case("nordhof-ikev1.lcs"))
    }


def test_networks_that_overlap_and_a_gateway_inside_the_remote_network() -> None:
    script = (
        'set /Setup/VPN/VPN-Peers/LAGER {Remote-Gw} "192.168.44.1"\n'
        + ROUTE
        + "set /Setup/TCP-IP/Network-list/INTRANET 192.168.0.1 255.255.0.0\n"
    )
    assert kinds(text(script)) == [
        "peer-present",
        "gateway-inside-remote-network",
        "networks-overlap",
    ]


def test_the_default_route_is_no_network_of_a_peer_that_overlaps() -> None:
    script = (
        PEER
        + 'set /Setup/IP-Router/IP-Routing-Table/255.255.255.255 0.0.0.0 "LAGER" 0\n'
        + "set /Setup/TCP-IP/Network-list/INTRANET 192.168.11.1 255.255.255.0\n"
    )
    assert kinds(text(script), "networks") == kinds(text(script), "gateway-inside") == []


def test_a_name_without_its_row_never_counts_as_stated() -> None:
    script = "set /Setup/VPN/VPN-Peers/LAGER {Layer} L\ncd /Setup/VPN/Layer\ndel *\n"
    one = found(text(script), FindingKind.REFERENCE_MISSING)
    assert (one.grounds, one.table, one.seen) == (Grounds.IMPLIED, "/Setup/VPN/Layer", "L")


def test_an_empty_proposal_list_pfs_and_an_empty_key() -> None:
    script = """\
set /Setup/VPN/VPN-Peers/LAGER {Layer} L
set /Setup/VPN/Layer/L 0 2 "I" "E" "K"
set /Setup/VPN/Proposals/IKE/P AES-CBC 256 SHA2-256 Preshared-Key 28800 0
set /Setup/VPN/Proposals/IKE-Proposal-Lists/I P
set /Setup/VPN/Proposals/IPSEC-Proposal-Lists/E ""
set /Setup/VPN/Certificates-and-Keys/IKE-Keys/K {Shared-Sec} ""
"""
    assert kinds(text(script)) == ["peer-present", "pfs-off", "proposal-list-empty", "key-empty"]


def test_no_key_is_missed_where_it_is_in_a_file_or_a_certificate_is_used() -> None:
    layer = 'set /Setup/VPN/VPN-Peers/LAGER {Layer} L\nset /Setup/VPN/Layer/L 0 2 "I" "" "K"\n'
    lists = "set /Setup/VPN/Proposals/IKE-Proposal-Lists/I P\n"
    keys = "set /Setup/VPN/Certificates-and-Keys/IKE-Keys/K "
    psk = "set /Setup/VPN/Proposals/IKE/P {IKE-Auth-Mode} Preshared-Key\n"
    rsa = "set /Setup/VPN/Proposals/IKE/P {IKE-Auth-Mode} RSA-Signature\n"
    in_file = keys + '{Shared-Sec} "" {Shared-Sec-File} "psk.txt"\n'
    assert kinds(text(layer + lists + psk + in_file), "key-empty") == []
    assert kinds(text(layer + lists + rsa + keys + '{Shared-Sec} ""\n'), "key-empty") == []
    assert kinds(text(layer + keys + '{Shared-Sec} ""\n'), "key-empty") == []
