"""Two configurations side by side: each line names both rows and columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config.compare import compared
from assistant.config.pairing import paired
from assistant.config.settings import read_configuration
from assistant.model.finding import Comparison, Match, Subject
from assistant.model.setting import Configuration

CASES = Path(__file__).parent / "cases" / "config"


def case(name: str) -> Configuration:
    return read_configuration(name, (CASES / name).read_bytes())


def text(script: str) -> Configuration:
    return read_configuration("router.lcs", script.encode())


def table(ours: Configuration, theirs: Configuration) -> dict[Subject, Comparison]:
    (pair,) = paired(ours, theirs)
    return {one.subject: one for one in compared(ours, theirs, pair.ours, pair.theirs)}


def matches(ours: Configuration, theirs: Configuration) -> dict[Subject, Match]:
    return {subject: one.match for subject, one in table(ours, theirs).items()}


def test_two_ends_that_fit() -> None:
    found = matches(case("nordhof-ikev1.lcs"), case("lager-ikev1.lcs"))
    assert found == {
        subject: Match.COMMON if subject is Subject.IKE_PROPOSALS else Match.EQUAL
        for subject in Subject
        if subject not in (Subject.OUR_AUTH_METHOD, Subject.THEIR_AUTH_METHOD, Subject.THEIR_KEY)
    }


def test_two_ends_of_which_nothing_fits() -> None:
    found = matches(case("nordhof-ikev1.lcs"), case("lager-ikev1-nothing-fits.lcs"))
    equal = (Subject.IKE_VERSION,)
    # Our own networks come from a table that is remembered only, life times from a common offer.
    unknown = (Subject.OUR_NETWORKS, Subject.IKE_LIFETIME, Subject.IPSEC_LIFETIME)
    assert {one for one, match in found.items() if match is Match.EQUAL} == set(equal)
    assert {one for one, match in found.items() if match is Match.UNKNOWN} == set(unknown)
    assert {match for one, match in found.items() if one not in equal + unknown} == {
        Match.DIFFERENT
    }


def test_two_ends_in_ikev2() -> None:
    found = matches(case("nordhof-ikev2.lcs"), case("lager-ikev2.lcs"))
    assert found == {
        Subject.IKE_VERSION: Match.EQUAL,
        Subject.OUR_NETWORKS: Match.EQUAL,
        Subject.THEIR_NETWORKS: Match.COMMON,
        Subject.OUR_IDENTITY: Match.EQUAL,
        Subject.THEIR_IDENTITY: Match.EQUAL,
        Subject.OUR_KEY: Match.DIFFERENT,
        Subject.THEIR_KEY: Match.EQUAL,
        Subject.OUR_AUTH_METHOD: Match.EQUAL,
        Subject.THEIR_AUTH_METHOD: Match.EQUAL,
        Subject.IKE_GROUP: Match.COMMON,
        Subject.IKE_PROPOSALS: Match.COMMON,
        Subject.IPSEC_PROPOSALS: Match.DIFFERENT,
        Subject.PFS_GROUP: Match.DIFFERENT,
        Subject.IKE_LIFETIME: Match.DIFFERENT,
        Subject.IPSEC_LIFETIME: Match.DIFFERENT,
    }


def test_one_generation_each() -> None:
    found = matches(case("nordhof-ikev1.lcs"), case("lager-ikev2.lcs"))
    assert found[Subject.IKE_VERSION] is Match.DIFFERENT
    assert Subject.IKE_PROPOSALS not in found


def test_each_side_s_row_column_and_value_stand_beside_each_other() -> None:
    one = table(case("nordhof-ikev1.lcs"), case("lager-ikev1-nothing-fits.lcs"))
    shown = [
        [(each.place.source, each.row, each.column, str(each.value)) for each in side]
        for side in (one[Subject.THEIR_IDENTITY].ours, one[Subject.OUR_KEY].theirs)
    ]
    assert shown == [
        [
            ("nordhof-ikev1.lcs", "LAGER", "Remote-ID-Type", "Domain-Name"),
            ("nordhof-ikev1.lcs", "LAGER", "Remote-Identity", "lager.example"),
        ],
        [("lager-ikev1-nothing-fits.lcs", "NORDHOF", "Shared-Sec", "set")],
    ]


def test_the_comparison_is_the_same_from_the_other_side() -> None:
    crossed = {
        Subject.OUR_IDENTITY: Subject.THEIR_IDENTITY,
        Subject.OUR_NETWORKS: Subject.THEIR_NETWORKS,
        Subject.OUR_KEY: Subject.THEIR_KEY,
        Subject.OUR_AUTH_METHOD: Subject.THEIR_AUTH_METHOD,
    }
    crossed |= {theirs: ours for ours, theirs in crossed.items()}
    ours, theirs = case("nordhof-ikev2.lcs"), case("lager-ikev2.lcs")
    there, back = matches(ours, theirs), matches(theirs, ours)
    assert {crossed.get(subject, subject): match for subject, match in there.items()} == back


KEYS = """\
set /Setup/VPN/VPN-Peers/X {Layer} L
set /Setup/VPN/Layer/L {IKE-Key} K
set /Setup/VPN/Certificates-and-Keys/IKE-Keys/K """


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ('{Shared-Sec} "geheim-1"', '{Shared-Sec} "geheim-1"', Match.EQUAL),
        ('{Shared-Sec} "geheim-1"', '{Shared-Sec} "geheim-2"', Match.DIFFERENT),
        ('{Shared-Sec} "geheim-1"', '{Shared-Sec} "geheim-1 "', Match.DIFFERENT),
        ('{Shared-Sec} "geheim-1"', '{Shared-Sec} ""', Match.DIFFERENT),
        ('{Shared-Sec} ""', '{Shared-Sec} ""', Match.UNKNOWN),
        ('{Shared-Sec} "***"', '{Shared-Sec} "geheim-1"', Match.UNKNOWN),
        ('{Shared-Sec} "geheim-1"', "{Local-Identity} a", Match.UNKNOWN),
    ],
)
def test_keys(ours: str, theirs: str, expected: Match) -> None:
    found = matches(text(KEYS + ours + "\n"), text(KEYS + theirs + "\n"))
    assert found[Subject.OUR_KEY] is expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (("Key-ID", "a"), ("Key-ID", "a"), Match.EQUAL),
        (("Key-ID", "a"), ("Key-ID", "b"), Match.DIFFERENT),
        (("Key-ID", "a"), ("Key-ID", "A"), Match.UNKNOWN),
        (("Key-ID", "a.example"), ("Domain-Name", "a.example"), Match.DIFFERENT),
        (("No-Identity", '""'), ("No-Identity", '""'), Match.EQUAL),
        (("No-Identity", '""'), ("IP-Address", "192.0.2.1"), Match.UNKNOWN),
        (("IPv6-Address", "2001:db8::1"), ("IPv6-Address", "2001:db8:0::1"), Match.EQUAL),
    ],
)
def test_identities(ours: tuple[str, str], theirs: tuple[str, str], expected: Match) -> None:
    mine = KEYS + f"{{Local-ID-Type}} {ours[0]} {{Local-Identity}} {ours[1]}\n"
    other = KEYS + f"{{Remote-ID-Type}} {theirs[0]} {{Remote-Identity}} {theirs[1]}\n"
    assert matches(text(mine), text(other))[Subject.OUR_IDENTITY] is expected


def test_what_comes_with_the_device_is_unknown_not_different() -> None:
    ours = text("set /Setup/VPN/IKEv2/Peers/X {Encryption} DEFAULT\n")
    theirs = text("set /Setup/VPN/IKEv2/Peers/Y {Encryption} DEFAULT\n")
    found = matches(ours, theirs)
    assert {found[one] for one in (Subject.IKE_PROPOSALS, Subject.IPSEC_PROPOSALS)} == {
        Match.UNKNOWN
    }


def test_a_cipher_that_authenticates_itself_needs_no_common_hash() -> None:
    row = "set /Setup/VPN/IKEv2/Peers/X {Encryption} E\nset /Setup/VPN/IKEv2/Encryption/E "
    values = "{{IKE-SA-Cipher-List}} {} {{IKE-SA-Integ-Alg-List}} {}\n"
    gcm = [text(row + values.format("AES-GCM-256", one)) for one in ("SHA256", "SHA512")]
    cbc = [text(row + values.format("AES-CBC-256", one)) for one in ("SHA256", "SHA512")]
    assert matches(*gcm)[Subject.IKE_PROPOSALS] is Match.COMMON
    assert matches(*cbc)[Subject.IKE_PROPOSALS] is Match.DIFFERENT


def test_entries_are_paired_by_what_leads_to_each_other() -> None:
    ours = text(
        "set /Setup/VPN/VPN-Peers/LAGER {Remote-Gw} 198.51.100.7\n"
        "set /Setup/VPN/VPN-Peers/DEPOT {Remote-Gw} 203.0.113.24\n"
    )
    theirs = text(
        "set /Setup/VPN/VPN-Peers/NORDHOF {Remote-Gw} 192.0.2.1\n"
        "set /Setup/VPN/VPN-Peers/SUEDHOF {Remote-Gw} 192.0.2.9\n"
    )
    ends = paired(ours, theirs, our_addresses=["192.0.2.1"], their_addresses=["203.0.113.24"])
    assert [(one.ours.name.value, one.theirs.name.value) for one in ends] == [("DEPOT", "NORDHOF")]
    # Their entry is known, ours could be either.
    assert paired(ours, theirs, our_addresses=["192.0.2.1"]) == ()
    assert paired(ours, theirs) == ()


def test_an_end_is_found_among_very_many_that_share_an_identity() -> None:
    head = "cd /Setup/VPN/IKEv2/Auth/Parameter\n"
    row = "set {0} {{Remote-ID-Type}} Key-ID {{Remote-ID}} {1} {{Local-ID-Type}} Key-ID "
    row += "{{Local-ID}} {2}\nset /Setup/VPN/IKEv2/Peers/{0} {{Authentication}} {0}\n"
    many = "".join(row.format(f"P{number}", f"n{number}", "zentrale") for number in range(1200))
    ours, theirs = text(head + row.format("Z", "zentrale", "n77")), text(head + many)
    assert [one.theirs.name.value for one in paired(ours, theirs)] == ["P77"]


def test_very_many_entries_are_not_paired() -> None:
    rows = "".join(f"set /Setup/VPN/VPN-Peers/P{number} {{SH-Time}} 0\n" for number in range(200))
    assert paired(text(rows), text(rows)) == ()
