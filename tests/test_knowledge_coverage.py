"""The knowledge base knows every cause and every code there is, in two languages, with a basis."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

import msgspec
import pytest

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis, Cause, Text
from assistant.model.diagnosis import Diagnosis
from assistant.trace.charon import fault as charon_fault

CONTRACT = """
    gateway-address-wrong remote-not-configured firewall-blocks-ike poll-address-wrong
    tunnel-traffic-blocked ping-blocked-on-public-address poll-entry-missing ike-proposal-mismatch
    ipsec-proposal-mismatch natt-port-blocked remote-offline remote-ike-not-running
    remote-behind-cgnat local-internet-down no-route-to-gateway name-resolution-failed psk-mismatch
    identity-mismatch network-mismatch networks-overlap pfs-group-mismatch lifetime-mismatch
    ike-version-mismatch exchange-mode-mismatch auth-method-mismatch certificate-invalid
    nat-changes-source-address fragmentation-blocked tunnel-limit-reached client-identity-in-use
    ppp-entry-missing dynamic-vpn-blocked peer-unreachable-after-connect
    poll-source-outside-vpn-rule gateway-inside-remote-network local-ipsec-failure unknown
"""
"""Every cause id that people and scripts may rely on."""

MIB_CODES = """
    0000 0113
    1101-1106 1108-1109 1111-1117 1121-1127 1129 1201-1206 1229 1307 130a 1328
    2103 210a 210d-213d 21fe-21ff 2201-223d 2250 22fe-22ff
    3102 3201-3203
    4301-430c
    5302-5304 5402 5406-5409 5410 5800-5802 5805 580a-580c 5810
"""
"""The error codes of LANCOM's SNMP MIB, LCOS 10.92, hexadecimal; ranges include both ends."""

LEADS = {
    "no-route-to-gateway": "1103 1203",
    "ppp-entry-missing": "1104 1204",
    "dynamic-vpn-blocked": "1105 1205 1111-1117",
    "poll-entry-missing": "1108",
    "name-resolution-failed": "1109",
    "local-internet-down": "1121-1127 1328 4304-4305 430b",
    "tunnel-limit-reached": "1101-1102 1129 1201-1202 1229 2201 2250",
    "gateway-inside-remote-network": "130a",
    "ike-proposal-mismatch": "2103 2203 2204",
    "psk-mismatch": "210a 220a",
    "peer-unreachable-after-connect": "210d 220d",
    "certificate-invalid": "210e-211c 211e-213d 220e-221c 221e-223d",
    "local-ipsec-failure": "211d 221d 21fe 22fe",
    "exchange-mode-mismatch": "2202",
    "lifetime-mismatch": "2205-2206",
    "identity-mismatch": "2207-2209",
    "client-identity-in-use": "220b-220c",
    "ipsec-proposal-mismatch": "3102 3202",
    "network-mismatch": "3201",
    "pfs-group-mismatch": "3203",
    "unknown": "0113 21ff 22ff 2777 5302-5304 5402 5406-5409 5410 5802 5805 580a 5810",
}
"""The cause that leads if a code is all there is; 0x2777 stands in no table."""

NORMAL_ENDS = "4302-4303 4306-430a 430c"
"""A single 0x4301 is one too, but it makes a symptom: repeated, it is a fault."""


def codes(ranges: str) -> list[str]:
    """`1101-1102 1129` as `0x1101`, `0x1102`, `0x1129`.

    >>> codes("1101-1102 1129")
    ['0x1101', '0x1102', '0x1129']
    """
    found = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        found += [f"0x{code:04x}" for code in range(int(first, 16), int(last or first, 16) + 1)]
    return found


def reported(code: str) -> str:
    return (
        f"[VPN-Status] 2026/03/02 07:04:42,310\nVPN: Error: X ({code}) for LAGER (203.0.113.77)\n"
    )


def structs(value: object, where: str) -> Iterator[tuple[str, msgspec.Struct]]:
    """Every entry inside an entry with its path, for instance `causes/x.shows[2].because`."""
    if isinstance(value, msgspec.Struct):
        yield where, value
        for name in value.__struct_fields__:
            yield from structs(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from structs(one, f"{where}[{place}]")


def everything(catalog: Catalog) -> Iterator[tuple[str, msgspec.Struct]]:
    for file in catalog.pattern_files:
        yield from structs(file, f"patterns/{file.trace_class}")
    for aspect in catalog.aspects:
        yield from structs(aspect, f"symptoms/{aspect.aspect}")
    for kind, entries in (
        ("errors", catalog.errors),
        ("causes", catalog.causes),
        ("remedies", catalog.remedies),
        ("inputs", catalog.inputs),
    ):
        for name, entry in entries.items():
            yield from structs(entry, f"{kind}/{name}")


def texts(catalog: Catalog) -> dict[str, Text]:
    return {where: one for where, one in everything(catalog) if isinstance(one, Text)}


# Causes -----------------------------------------------------------------------------------


def test_every_cause_id_exists_and_no_other(catalog: Catalog) -> None:
    assert sorted(catalog.causes) == sorted(CONTRACT.split())


def test_every_cause_has_a_remedy_that_exists(catalog: Catalog) -> None:
    assert [name for name, cause in catalog.causes.items() if not cause.remedies] == []
    named = {one for cause in catalog.causes.values() for one in cause.remedies}
    assert named <= set(catalog.remedies)


def test_every_remedy_is_used(catalog: Catalog) -> None:
    used = {one for cause in catalog.causes.values() for one in cause.remedies}
    assert set(catalog.remedies) - used == set()


def test_a_cause_leaves_little_of_how_it_ends_to_chance(catalog: Catalog) -> None:
    """What a cause does not name is spread over all codes; a large rest would water them down."""
    ends = {one.id for one in catalog.aspects[0].symptoms}

    def rest(cause: Cause) -> float:
        return 100 - sum(shown.of_100 for shown in cause.shows if shown.symptom in ends)

    left = {name: rest(cause) for name, cause in catalog.causes.items() if name != "unknown"}
    assert {name: share for name, share in left.items() if not 0 <= share <= 6} == {}


def test_what_only_the_other_side_knows_is_asked_of_it(catalog: Catalog) -> None:
    """A cause that no trace of ours shows must stand where the peer's trace is explained."""
    silent = {name for name, cause in catalog.causes.items() if cause.only_by is not None}
    looked_for = {one for look in catalog.inputs["remote-trace"].look_for for one in look.causes}
    assert silent
    assert silent <= looked_for


# Codes ------------------------------------------------------------------------------------


def test_there_are_185_codes_in_the_mib() -> None:
    assert len(codes(MIB_CODES)) == len(set(codes(MIB_CODES))) == 185


def test_every_code_of_the_mib_is_described_and_none_is_invented(catalog: Catalog) -> None:
    assert list(catalog.errors) == codes(MIB_CODES)


def test_every_code_has_meaning_advice_and_failure(catalog: Catalog) -> None:
    bare = [
        code
        for code, entry in catalog.errors.items()
        if not (entry.meaning and entry.advice and entry.failure)
    ]
    assert bare == []


def test_the_words_that_symptoms_use_of_failures_are_those_of_codes(catalog: Catalog) -> None:
    """Or those that the reader of an IKE daemon's log has for what no code says."""
    words = {entry.failure for entry in catalog.errors.values()}
    words |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', inspect.getsource(charon_fault)))
    words |= {"deleted-by-peer", "dpd-timeout"}
    used = {
        condition.where["failure"]
        for symptom in catalog.symptoms.values()
        for condition in (*symptom.all, *symptom.none)
        if condition.event == "failure" and "failure" in condition.where
    }
    assert {one for one in used - words if not str(one).startswith("notify-")} == set()


def test_codes_that_only_a_responder_can_produce_say_what_the_initiator_sees(
    catalog: Catalog,
) -> None:
    for code in codes("2201-2202 2204-2209 220b-220c 2250 3201 3203"):
        meaning = catalog.errors[code].meaning
        assert meaning is not None
        assert "0x1106" in meaning.de, code
        assert "0x1106" in meaning.en, code


def test_normal_ends_are_told_from_faults(catalog: Catalog) -> None:
    for ranges, de, en in (
        (NORMAL_ENDS, "kein Fehler", "no fault"),
        ("4304-4305 430b", "Das ist ein Fehler", "This is a fault"),
    ):
        for code in codes(ranges):
            meaning = catalog.errors[code].meaning
            assert meaning is not None
            assert de in meaning.de, code
            assert en in meaning.en, code


@pytest.mark.parametrize(
    ("code", "cause"),
    [(code, cause) for cause, ranges in LEADS.items() for code in codes(ranges)],
)
def test_a_code_alone_leads_to_its_cause(
    diagnosed: Callable[[str], Diagnosis], code: str, cause: str
) -> None:
    (incident,) = diagnosed(reported(code)).incidents
    assert incident.hypotheses[0].cause == cause


@pytest.mark.parametrize("code", [*codes(NORMAL_ENDS), "0x4301"])
def test_a_normal_end_has_no_cause(diagnosed: Callable[[str], Diagnosis], code: str) -> None:
    (incident,) = diagnosed(reported(code)).incidents
    assert incident.hypotheses == ()


# Words ------------------------------------------------------------------------------------


def test_every_statement_has_a_basis(catalog: Catalog) -> None:
    for where, one in everything(catalog):
        if "basis" in one.__struct_fields__:
            assert isinstance(getattr(one, "basis", None), Basis), where


def test_what_was_published_names_where(catalog: Catalog) -> None:
    for where, one in everything(catalog):
        basis = getattr(one, "basis", None)
        if basis in (Basis.ARTICLE, Basis.MANUAL, Basis.MIB) and hasattr(one, "source"):
            assert one.source, where


def test_german_and_english_differ(catalog: Catalog) -> None:
    same = [where for where, text in texts(catalog).items() if text.de.strip() == text.en.strip()]
    assert same == []


def test_neither_language_is_suspiciously_short(catalog: Catalog) -> None:
    for where, text in texts(catalog).items():
        short, long = sorted((len(text.de), len(text.en)))
        assert short >= 10, where
        assert short > 0.5 * long or long - short < 40, where


@pytest.mark.parametrize(
    ("language", "foreign"),
    [
        ("de", r"\b(the|and|with|which|does|shows)\b"),
        ("en", r"\b(der|die|das|und|nicht|oder|eine|wird)\b|[äöüßÄÖÜ]"),
    ],
)
def test_each_language_speaks_its_own(catalog: Catalog, language: str, foreign: str) -> None:
    for where, text in texts(catalog).items():
        # What stands between quotes or backquotes is printed by a device, in its language.
        spoken = re.sub(r"`[^`]*`|\"[^\"]*\"", "", getattr(text, language))
        assert re.search(foreign, spoken) is None, where


def test_umlauts_are_real(catalog: Catalog) -> None:
    written_out = re.compile(
        r"\b\w*(?:fuer|ueber|koenn|moegl|pruef|aender|waehl|zurueck|schluessel|gegenueb|laeuft|"
        r"muess|loesch|oeffn|gueltig|verfueg|naech|haeng|gehoer|stoer)\w*",
        re.IGNORECASE,
    )
    for where, text in texts(catalog).items():
        assert written_out.search(text.de) is None, where
        assert "Ã" not in text.de + text.en, where
        assert "\N{REPLACEMENT CHARACTER}" not in text.de + text.en, where


def test_no_source_tags_are_left(catalog: Catalog) -> None:
    tag = re.compile(r"\[[A-Z]{1,2}\d*\]")
    for where, text in texts(catalog).items():
        assert tag.search(text.de + text.en) is None, where
    for where, one in everything(catalog):
        assert tag.search(getattr(one, "source", None) or "") is None, where
