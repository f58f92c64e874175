"""Rows become settings of both generations; each keeps its place, and no secret is kept."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.config.compare import compared
from assistant.config.findings import (
    dialled_findings,
    polled_findings,
    router_findings,
    site_findings,
)
from assistant.config.pairing import paired
from assistant.config.script import read_script
from assistant.config.secret import sealed
from assistant.config.settings import read_configuration
from assistant.config.tables import TABLES
from assistant.model.setting import Configuration, Grounds, Ike

CASES = Path(__file__).parent / "cases" / "config"
FILES = sorted(CASES.glob("*.lcs"))


def case(name: str) -> Configuration:
    return read_configuration(name, (CASES / name).read_bytes())


def everything(configuration: Configuration) -> str:
    """All that can be got out of a configuration, as text of every kind."""
    sites = [peer.name.value for peer in configuration.peers] or ["LAGER"]
    findings = [
        *router_findings(configuration),
        *(one for site in sites for one in site_findings(configuration, site)),
        *(one for site in sites for one in dialled_findings(configuration, site, "192.0.2.1")),
        *(one for site in sites for one in polled_findings(configuration, site, "192.0.2.1")),
    ]
    both = [
        one
        for pair in paired(configuration, configuration)
        for one in compared(configuration, configuration, pair.ours, pair.theirs)
    ]
    values = [configuration, findings, both]
    plain = [
        msgspec.to_builtins(one, builtin_types=(bytes,), enc_hook=str)
        for one in (configuration, *findings, *both)
    ]
    return "\n".join([repr(values), str(values), repr(plain), json.dumps(plain, default=str)])


def test_an_ikev1_peer_with_all_that_belongs_to_it() -> None:
    nordhof = case("nordhof-ikev1.lcs")
    (peer,) = nordhof.peers
    assert (peer.name.value, peer.ike, peer.keeps_alive) == ("LAGER", Ike.V1, True)
    assert peer.gateway is not None
    assert peer.gateway.value == "198.51.100.7"
    (layer,) = nordhof.layers
    assert layer.pfs_group is not None
    assert layer.pfs_group.value == "2"
    assert [[one.value for one in each.members] for each in nordhof.proposal_lists] == [
        ["I-AES256", "I-AES128"],
        ["E-AES256"],
    ]
    (keys,) = nordhof.credentials
    assert keys.local.text is not None
    assert keys.local.text.value == "nordhof.example"
    (poll,) = nordhof.polls
    assert [one.value for one in poll.addresses] == ["192.168.44.254"]
    assert [one.value for one in nordhof.lan_networks] == ["192.168.11.0/24"]
    assert [(one.network.value, one.via and one.via.value) for one in nordhof.routes] == [
        ("192.168.44.0/24", "LAGER"),
        ("0.0.0.0/0", "INTERNET"),
    ]
    assert nordhof.ping_block is not None
    assert nordhof.ping_block.value == "WAN"
    assert nordhof.problems == ()


def test_an_ikev2_peer_with_all_that_belongs_to_it() -> None:
    nordhof = case("nordhof-ikev2.lcs")
    (peer,) = nordhof.peers
    assert (peer.ike, peer.keeps_alive, peer.active and peer.active.value) == (Ike.V2, True, True)
    (encryption,) = nordhof.encryptions
    assert encryption.ike_ciphers is not None
    assert encryption.ike_ciphers.value == "AES-GCM-256,AES-CBC-256"
    (keys,) = nordhof.credentials
    assert (str(keys.local_secret and keys.local_secret.value), keys.ike) == ("set", Ike.V2)
    (rule,) = nordhof.network_rules
    assert [one.value for one in rule.remote] == ["192.168.44.0/24", "192.168.45.0/24"]
    (times,) = nordhof.lifetimes
    assert (times.ike_s and times.ike_s.value, times.child_s and times.child_s.value) == (
        86400,
        14400,
    )


def test_a_german_script_says_the_same() -> None:
    german = case("keep-alive-without-poll-row.de.lcs")
    (peer,) = german.peers
    assert (peer.row.table, peer.keeps_alive, german.language) == (
        "/Setup/VPN/VPN-Peers",
        True,
        "Deutsch",
    )
    assert german.problems == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_value_stands_in_the_line_it_names(path: Path) -> None:
    lines = path.read_text("utf-8-sig").splitlines()
    script = read_script(path.name, path.read_bytes())
    assert script.rows
    for one in [*script.settings, *(cell for row in script.rows for cell in row.texts)]:
        line = lines[one.place.first_line - 1].casefold()
        german = {"no": "nein", "yes": "ja"}.get(one.value.casefold(), one.value.casefold())
        if not one.row or one.column != TABLES[one.table].keys[0]:
            assert one.value.casefold() in line or german in line


# Secrets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_secrets_are_in_no_output(path: Path) -> None:
    shown = everything(read_configuration(path.name, path.read_bytes()))
    for secret in ("geheim", "nutzer", "zum Lager", "Tor 2"):
        assert secret not in shown


@pytest.mark.parametrize(
    "line",
    [
        'cd /Setup/WAN/PPP\nset LAGER {Key} "geheim-1"',
        'cd /Setup/WAN/PPP\nset LAGER {Key} "geheim-1',
        "cd /Setup/WAN/PPP\nset LAGER {Key} geheim-1 {Time} geheim-1",
        'cd /Setup/WAN/PPP\nset LAGER {Kee} "geheim-1"',
        'cd /Setup/WAN/PPP\nset LAGER {Key} "a" geheim-1',
        'cd /Setup/WAN/PPP\nset LAGER {Key} "a\\"geheim-1" "geheim-1"',
        'cd /Setup/WAN/PPP\nadd LAGER "geheim-1"',
        'cd /Setup/WAN/PPP\nadd LAGER none "geheim-1" 6 5 "geheim-1"',
        'cd /Setup/WAN/PPP\nadd LAGER none none "geheim-1" 6 5 10 5 2 "geheim-1" IP',
        "cd /Setup/WAN/PPP\ntab Peer Key Secret\nadd LAGER geheim-1 geheim-1",
        'cd /Setup/VPN/Certificates-and-Keys/IKE-Keys\nadd LAGER "geheim-1" "geheim-1"',
        "set /Setup/VPN/Certificates-and-Keys/IKE-Keys/LAGER geheim-1 geheim-1 geheim-1",
        'cd /Setup/VPN/Certificates-and-Keys/IKE-Keys\nadd LAGER Key-ID "a" Key-ID "b" "geheim-1"',
        "set /Setup/VPN/IKEv2/Auth/Parameter/LAGER geheim-1",
        "set /Setup/VPN/IKEv2/Auth/PPKs/LAGER geheim-1",
        "cd /Setup/WAN/Action-Table\nadd 1 h p 0 Establish http://u:geheim-1@dyn.example/ geheim-1",
        "set /Setup/SNMP/Community geheim-1",
        "set /Setup/Config/Password geheim-1 \\\ngeheim-1",
        "# password: geheim-1",
        "geheim-1",
        "cd /Setup/WAN/PPP\nset LAGER {Key} " + "geheim-1" * 4000,
    ],
)
def test_secrets_in_unexpected_places_are_in_no_output(line: str) -> None:
    text = f"set /Setup/VPN/VPN-Peers/LAGER {{SH-Time}} 9999\n{line}\n"
    assert "geheim" not in everything(read_configuration("router.lcs", text.encode()))


def test_equal_secrets_are_equal_and_say_no_more() -> None:
    assert sealed("geheim-1") == sealed("geheim-1")
    assert sealed("geheim-1") != sealed("geheim-2")
    assert repr(sealed("geheim-1")) == repr(sealed("geheim-2")) == "Secret(state='set')"
    assert sealed("***").fingerprint is None


# Absence -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "grounds"),
    [
        ("cd /Setup/WAN/Polling-Table\ndel *\n", Grounds.STATED),
        ("set /Setup/WAN/PPP/HOF {Time} 3\n", Grounds.IMPLIED),
        ("", Grounds.NOT_SHOWN),
        ("cd /Setup/WAN/Polling-Table\nflash No\n", Grounds.NOT_SHOWN),
    ],
)
def test_what_a_missing_row_means(more: str, grounds: Grounds) -> None:
    text = "set /Setup/VPN/VPN-Peers/LAGER {SH-Time} 9999\n" + more
    read = read_configuration("router.lcs", text.encode())
    assert read.grounds("/Setup/WAN/Polling-Table") is grounds


# Any bytes ---------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "cd", "set", "add", "del", "default", "tab", "lang", "flash", "exit", "*", "..", "/", "\\",
        "/Setup/VPN/VPN-Peers", "/Setup/WAN/PPP", "/Setup/WAN/Polling-Table", "/Setup/VPN/Layer",
        "/Setup/IP-Router/IP-Routing-Table", "/Setup/IP-Router/Firewall/Rules", "/Setup/VPN",
        "/Setup/VPN/IKEv2/Peers", "/Setup/VPN/IKEv2/Auth/Parameter", "/Setup/TCP-IP/Network-list",
        "{SH-Time}", "{Key}", "{Remote-Gw}", "{Nothing}", "{", "LAGER", '"LAGER"', '"', '""',
        "9999", "No", "192.168.44.0", "255.255.255.0", "2001:db8::1", "%A10.0.0.0 %M255.0.0.0",
        "-1", "\n", "\n", "\n", "#", "99999999999999999999", "\u0130", "\u00b2",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=60))
@example(["set", "/Setup/VPN/VPN-Peers"])
def test_any_words_are_read(words: list[str]) -> None:
    everything(read_configuration("router.lcs", " ".join(words).encode()))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
def test_any_bytes_are_read(data: bytes) -> None:
    everything(read_configuration("router.lcs", data))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_file_cut_anywhere_is_read_and_shows_no_secret(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    end = data.draw(st.integers(0, len(whole)))
    shown = everything(read_configuration(path.name, whole[:end]))
    assert "geheim" not in shown


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_file_without_its_beginning_is_read_and_shows_no_secret(
    path: Path, data: st.DataObject
) -> None:
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    shown = everything(read_configuration(path.name, whole[start:]))
    assert "geheim" not in shown
