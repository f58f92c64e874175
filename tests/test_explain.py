"""A code, a cause or a stage is found however a person writes it, and explained by what we know."""

from __future__ import annotations

import pytest
from conftest import Diagnosed
from test_knowledge_coverage import LEADS, MIB_CODES, codes, reported

from assistant.catalog.catalog import Catalog
from assistant.explain import (
    CauseExplained,
    CodeExplained,
    StageExplained,
    explain,
    find_code,
)
from assistant.model.event import ErrorCode
from assistant.model.negotiation import Stage
from assistant.trace.negotiation import STAGE_OF

CODES = codes(MIB_CODES)
TWO_SIDED = {"1", "2"}
"""The side digits of initiator and responder."""


def code_explained(word: str, catalog: Catalog) -> CodeExplained:
    found = explain(word, catalog)
    assert isinstance(found, CodeExplained)
    return found


# How a code is written --------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_found_in_all_its_spellings(catalog: Catalog, code: str) -> None:
    name = catalog.errors[code].name
    words = name.split("-")
    camel = "".join(word[0].upper() + word[1:].lower() for word in words)
    for spelling in (
        code,
        code.upper().replace("0X", "0x"),
        code.upper(),
        str(int(code, 16)),
        name,
        name.upper(),
        camel,
        f"e{camel}",
        "_".join(words).lower(),
        " ".join(words),
        f"  {name} ",
    ):
        assert find_code(spelling, catalog) == code, spelling


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("IFC-I-Connection-timeout-IKE-IPSEC", "0x1106"),
        ("eIfcIConnectionTimeoutIkeIpsec", "0x1106"),
        ("IfcIConnectionTimeoutIkeIpsec", "0x1106"),
        ("ifc_i_connection_timeout_ike_ipsec", "0x1106"),
        ("4358", "0x1106"),
        ("IFC-X-Line-polling-failed", "0x1307"),
        ("eIfcXLinePollingFailed", "0x1307"),
        ("IFC-I-No-poll-table-entry-matched", "0x1108"),
        ("ike_i_ike_key_mismatch", "0x210a"),
        ("ike_r_ike_key_mismatch", "0x220a"),
        ("ipsec_r_no_rule_matched_ids", "0x3201"),
        ("ipsec_i_no_proposal_matched", "0x3102"),
        ("ipsec_r_no_proposal_matched", "0x3202"),
        ("eIkeICertRevokedAACompromise", "0x213c"),
        ("12801", "0x3201"),
        ("eIfcILicenseExceeded", "0x1101"),
        ("eNone", "0x0000"),
    ],
)
def test_names_as_trace_mib_and_articles_print_them(catalog: Catalog, word: str, code: str) -> None:
    assert find_code(word, catalog) == code


@pytest.mark.parametrize(
    ("word", "code"), [("0x2777", "0x2777"), ("0x1", "0x0001"), ("0X210A", "0x210a")]
)
def test_any_hexadecimal_number_is_a_code(catalog: Catalog, word: str, code: str) -> None:
    assert find_code(word, catalog) == code


@pytest.mark.parametrize(
    "word",
    ["", " ", "0x", "0xg", "x1106", "-1", "1.5", "\u0661\u0662", "0x123456789", "9" * 11, "e", "-"],
)
def test_what_is_no_code(catalog: Catalog, word: str) -> None:
    assert find_code(word, catalog) is None


# What a code is explained by --------------------------------------------------------------


def test_a_code_of_the_table_is_explained_by_its_entry(catalog: Catalog) -> None:
    for code in CODES:
        found = code_explained(code, catalog)
        assert (found.code, found.decimal) == (code, int(code, 16))
        assert found.entry == catalog.errors[code]
        assert not found.side_assumed or code[3] not in "123"


def test_a_code_in_no_table_is_decoded_by_its_digits(catalog: Catalog) -> None:
    found = code_explained("0x2777", catalog)
    assert (found.entry, found.causes, found.twin) == (None, (), None)
    assert (found.layer, found.side, found.side_assumed) == ("ike", "responder", True)


@pytest.mark.parametrize(
    ("code", "layer", "side", "assumed"),
    [
        ("0x1177", "interface", "initiator", False),
        ("0x2277", "ike", "responder", False),
        ("0x3377", "ipsec", "none", False),
        ("0x1577", "interface", "responder", True),
        ("0x4377", "disconnect", "none", False),
        ("0x9999", "unknown", "unknown", False),
        ("0x12345", "unknown", "unknown", False),
    ],
)
def test_digits_tell_layer_and_side(
    catalog: Catalog, code: str, layer: str, side: str, *, assumed: bool
) -> None:
    found = code_explained(code, catalog)
    assert (found.layer, found.side, found.side_assumed) == (layer, side, assumed)


def test_a_twin_is_the_same_failure_of_the_other_side(catalog: Catalog) -> None:
    for code in CODES:
        twin = code_explained(code, catalog).twin
        if twin is not None:
            assert {code[3], twin.code[3]} == TWO_SIDED, code
            assert (code[2], code[4:]) == (twin.code[2], twin.code[4:])
            assert twin.failure == catalog.errors[code].failure


@pytest.mark.parametrize(
    ("code", "twin"),
    [
        ("0x2103", "0x2203"),
        ("0x220a", "0x210a"),
        ("0x1106", "0x1206"),
        ("0x2202", None),
        ("0x3201", None),
        ("0x1307", None),
    ],
)
def test_codes_that_have_a_twin_and_codes_that_have_none(
    catalog: Catalog, code: str, twin: str | None
) -> None:
    found = code_explained(code, catalog).twin
    assert (found.code if found else None) == twin


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (code, cause)
        for cause, ranges in LEADS.items()
        if cause != "unknown"
        for code in codes(ranges)
    ],
)
def test_the_first_cause_is_the_one_that_a_trace_with_this_code_alone_has(
    catalog: Catalog, diagnosed: Diagnosed, code: str, cause: str
) -> None:
    (incident,) = diagnosed(reported(code)).incidents
    named = [name for name, _ in code_explained(code, catalog).causes]
    assert named[0] == incident.hypotheses[0].cause == cause


def test_causes_of_a_code_fall_in_probability(catalog: Catalog) -> None:
    for code in CODES:
        shares = [share for _, share in code_explained(code, catalog).causes]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1


def test_a_normal_end_has_no_causes(catalog: Catalog) -> None:
    for code in codes("4302-4303 4306-430a 430c"):
        assert code_explained(code, catalog).causes == ()


# Causes and stages ------------------------------------------------------------------------


def test_every_cause_is_explained_by_what_speaks_for_and_against_it(catalog: Catalog) -> None:
    for name, cause in catalog.causes.items():
        found = explain(name, catalog)
        assert isinstance(found, CauseExplained)
        assert found.cause == cause
        assert sorted(one.symptom for one in (*found.supports, *found.opposes)) == sorted(
            one.symptom for one in cause.shows
        )
        for shown in found.supports:
            assert shown.of_100 > catalog.symptoms[shown.symptom].otherwise
        for shown in found.opposes:
            assert shown.of_100 <= catalog.symptoms[shown.symptom].otherwise


def test_every_stage_is_explained_by_the_messages_that_prove_it(catalog: Catalog) -> None:
    for stage in Stage:
        found = explain(stage.value, catalog)
        assert isinstance(found, StageExplained)
        kinds = {event.kind for event, proves in STAGE_OF.items() if proves is stage}
        assert {pattern.event for pattern in found.patterns} == kinds
        assert found.stage is stage


@pytest.mark.parametrize("word", ["Poll-Address-Wrong", " poll-address-wrong ", "CHILD-SA"])
def test_capitals_and_blanks_do_not_matter(catalog: Catalog, word: str) -> None:
    assert explain(word, catalog) is not None


@pytest.mark.parametrize(
    "word", ["", "nonsense", "poll-adress-wrong", "phase-3", "0xyz", "1106 or 1307", "none-of-it"]
)
def test_nonsense_is_nothing(catalog: Catalog, word: str) -> None:
    assert explain(word, catalog) is None


def test_no_cause_and_no_stage_is_spelt_like_a_code(catalog: Catalog) -> None:
    for word in [*catalog.causes, *(stage.value for stage in Stage)]:
        assert find_code(word, catalog) is None


def test_the_table_has_no_code_twice_under_another_name(catalog: Catalog) -> None:
    names = {find_code(entry.name, catalog) for entry in catalog.errors.values()}
    assert names == set(map(ErrorCode, CODES))
