"""Two routers' settings side by side: what differs first, each with its row and column."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from reports_pair_samples import (
    KEY,
    OUR_SCRIPT,
    THEIR_SCRIPT,
    configured_case,
    configured_incident,
    make_pair_catalog,
    script,
    setting,
)
from reports_samples import SITE, case, healthy_incident, polling_incident, seen

from assistant.model.beside import SettingFound
from assistant.model.diagnosis import Diagnosis, Incident, Verdict
from assistant.model.finding import Comparison, FindingKind, Match, Subject
from assistant.model.setting import Grounds, Setting
from assistant.model.source import Place, Side
from reports.html import render_html
from reports.labels import Lang, labels
from reports.records import SETTINGS_SHOWN
from reports.side_by_side import SideBySideView, setting_value
from reports.text import render_text
from reports.view import case_view

CATALOG = make_pair_catalog()


def view(diagnosis: Diagnosis, lang: Lang = "en") -> SideBySideView:
    (one,) = case_view(diagnosis, CATALOG, lang).problems
    assert one.side_by_side is not None
    return one.side_by_side


def comparing(*comparisons: Comparison) -> Diagnosis:
    """The two configurations with these comparisons alone."""
    diagnosis = configured_case()
    (one,) = diagnosis.incidents
    assert one.side_by_side is not None
    both = replace(one.side_by_side, comparisons=comparisons)
    return replace(diagnosis, incidents=(replace(one, side_by_side=both),))


def words(text: str) -> str:
    return " ".join(text.split())


def test_what_differs_stands_before_what_has_something_in_common() -> None:
    both = view(configured_case())

    assert [(one.symbol, one.match, one.subject) for one in both.differing] == [
        ("≠", "different", "Preshared key"),
        ("≠", "different", "PFS group"),
        ("≈", "partly in common", "IKE proposals (phase 1)"),
    ]
    assert both.summary == "2 different, 1 partly in common, 1 not comparable, 1 equal"


def test_a_setting_is_named_by_table_row_and_column_and_linked() -> None:
    pfs = view(configured_case()).differing[1]
    (ours,), (theirs,) = pfs.ours, pfs.theirs

    assert (ours.value, ours.table, ours.row, ours.columns) == (
        "2",
        "/Setup/VPN/Layer",
        SITE,
        "PFS-Grp",
    )
    assert (ours.ref.label, ours.ref.href) == (f"{OUR_SCRIPT} L12", "#i1-s1-L12")
    assert (theirs.ref.label, theirs.ref.href) == (f"{THEIR_SCRIPT} L7", "#i1-s2-L7")


def test_a_column_that_is_only_remembered_is_marked() -> None:
    pfs = view(configured_case()).differing[1]

    assert [one.note for one in (*pfs.ours, *pfs.theirs)] == [
        "",
        "column unverified (by its position)",
    ]


def test_the_settings_of_one_row_stand_together() -> None:
    proposals = view(configured_case()).differing[2]

    assert [(one.value, one.columns) for one in proposals.ours] == [
        ("AES-CBC 256", "IKE-Crypt-Alg, IKE-Crypt-Keylen")
    ]
    assert proposals.told == "In common: AES-CBC 256"


def test_of_keys_only_is_told_that_they_are_not_the_same() -> None:
    keys = view(configured_case()).differing[0]

    assert (keys.ours_short, keys.theirs_short) == ("set", "set, but another one")


def test_why_nothing_can_be_said_is_told() -> None:
    (networks,) = view(configured_case()).unknown

    assert networks.told == "The remote site's does not show it."


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ((), (), "Neither of them shows it."),
        ((), (setting("1", 3, "X", source=THEIR_SCRIPT),), "Our configuration does not show it."),
        (
            (setting("1", 3, "X"),),
            (setting("2", 3, "X", source=THEIR_SCRIPT),),
            "What they show cannot be compared with certainty.",
        ),
    ],
)
def test_the_reason_says_which_side_is_missing(
    ours: tuple[Setting[str], ...], theirs: tuple[Setting[str], ...], told: str
) -> None:
    comparison = Comparison(
        subject=Subject.IKE_GROUP, match=Match.UNKNOWN, ours=ours, theirs=theirs
    )

    assert view(comparing(comparison)).unknown[0].told == told


def test_life_times_of_ikev2_may_differ() -> None:
    table = "/Setup/VPN/IKEv2/Lifetimes"
    comparison = Comparison(
        subject=Subject.IKE_LIFETIME,
        match=Match.DIFFERENT,
        ours=(setting("86400", 3, "IKE-SA-Sec", table=table),),
        theirs=(setting("3600", 3, "IKE-SA-Sec", table=table, source=THEIR_SCRIPT),),
    )
    (found,) = view(comparing(comparison)).differing

    assert found.harmless
    assert found.told.startswith("IKEv2 does not negotiate it")


def test_the_ike_version_is_that_of_the_table() -> None:
    comparison = Comparison(
        subject=Subject.IKE_VERSION,
        match=Match.DIFFERENT,
        ours=(setting(SITE, 3, "Peer", table="/Setup/VPN/VPN-Peers"),),
        theirs=(setting(SITE, 3, "Peer", table="/Setup/VPN/IKEv2/Peers", source=THEIR_SCRIPT),),
    )
    (found,) = view(comparing(comparison)).differing

    assert (found.ours_short, found.theirs_short) == ("IKEv1", "IKEv2")


def test_very_many_settings_are_counted_and_not_listed() -> None:
    many = tuple(setting(f"10.{number}.0.0/16", number, "Net") for number in range(1, 200))
    comparison = Comparison(
        subject=Subject.OUR_NETWORKS, match=Match.DIFFERENT, ours=many, theirs=()
    )
    (found,) = view(comparing(comparison)).differing

    assert len(found.ours) == SETTINGS_SHOWN
    assert found.ours_more == f"and {199 - SETTINGS_SHOWN} further entries"


@pytest.mark.parametrize(
    ("value", "lang", "shown"),
    [
        (True, "de", "ja"),
        (False, "en", "no"),
        (28800, "de", "28.800 s"),
        ("", "en", "empty"),
        ("a\x1b", "en", "a␛"),
    ],
)
def test_values_in_words(value: str | int | bool, lang: Lang, shown: str) -> None:
    one = replace(setting("", 1, "X"), value=value)

    assert setting_value(one, labels(lang), seconds=True) == shown


def test_the_page_folds_what_is_equal_or_not_comparable() -> None:
    html = render_html(configured_case(), CATALOG, "en")

    assert '<details class="small"><summary>1 setting is equal</summary>' in html
    assert '<details class="small"><summary>1 setting cannot be compared</summary>' in html
    assert '<tr class="m-different">' in html
    assert '<span class="symbol" aria-hidden="true">≠</span> different' in html


def test_the_terminal_shows_what_differs_at_once() -> None:
    text = render_text(configured_case(), CATALOG, "en").plain

    assert "  ≠ PFS group: ours 2, theirs 14" in text
    assert "  ≠ Preshared key: ours set, theirs set, but another one" in text


def test_the_long_text_has_every_line_of_the_table() -> None:
    text = words(render_text(configured_case(), CATALOG, "de", verbose=True).plain)

    assert "= IKE-Exchange (Main oder Aggressive Mode): gleich" in text
    assert f"≠ PFS-Gruppe: verschieden wir 2, Gegenstelle 14 {OUR_SCRIPT} L12 PFS-Grp" in text
    assert "? Unsere Netze (bei uns lokal, drüben entfernt): nicht zu vergleichen" in text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_output_shows_a_key_or_its_fingerprint(lang: Lang) -> None:
    html = render_html(configured_case(), CATALOG, lang)
    text = render_text(configured_case(), CATALOG, lang, verbose=True).plain

    assert KEY not in html + text
    assert "fingerprint" not in html + text


# A case without any trace ---------------------------------------------------------------------


def test_a_configuration_alone_says_so_and_claims_no_state() -> None:
    found = case_view(configured_case(), CATALOG, "en")
    (site,), (one,) = found.sites, found.problems

    assert found.headline == f"Wrong configuration of the tunnel to {SITE}"
    assert (site.state, site.traced) == ("no trace", False)
    assert one.lead[0].startswith("Judged without a trace, by the configuration alone")
    assert one.rests_on == "what the configuration shows"
    assert one.rows == ()


def test_its_rows_are_the_code_frame() -> None:
    (one,) = case_view(configured_case(), CATALOG, "en").problems
    ours, theirs = one.settings

    assert ours.title == f"{OUR_SCRIPT} \N{EN DASH} LANCOM configuration, our router"
    assert [(row.lines, row.table) for row in ours.rows if row.belongs] == [
        ("12", f"/Setup/VPN/Layer, {SITE}")
    ]
    assert theirs.rows[0].text == (("(the whole file)", False),)


def test_a_row_says_what_rests_on_it() -> None:
    (one,) = case_view(configured_case(), CATALOG, "en").problems
    row = next(row for row in one.settings[0].rows if row.belongs)

    assert [claim.label for claim in row.shows] == ["No proposal fitted"]
    assert not row.decides


def test_a_row_beside_a_trace_says_what_was_found_there() -> None:
    row = Place(OUR_SCRIPT, 5, 5, "set Polling-Table/LAGER 198.51.100.7 30")
    found = SettingFound(
        found=FindingKind.POLL_ADDRESS_IS_GATEWAY, router=Side.LOCAL, grounds=Grounds.STATED
    )
    polling = polling_incident()
    assert polling.example is not None
    example = replace(polling.example, beside=(seen(found, None, row),))
    diagnosis = case(replace(polling, example=example))
    diagnosis = replace(diagnosis, sources=(*diagnosis.sources, script(OUR_SCRIPT, Side.LOCAL)))
    (one,) = case_view(diagnosis, CATALOG, "en").problems

    assert [row.meaning for group in one.settings for row in group.rows] == [
        ("The remote site's own public address is polled.",)
    ]
    assert one.rests_on == "what trace and configuration show"


def test_a_whole_file_is_linked_by_its_name() -> None:
    (one,) = case_view(configured_case(), CATALOG, "en").problems

    assert [ref.label for ref in one.symptoms[1].refs] == [THEIR_SCRIPT]


def test_the_terminal_quotes_the_row_and_says_nothing_of_a_trace() -> None:
    page = render_text(configured_case(), CATALOG, "en").plain.split("\n")

    assert page[0] == f"FAULT[ike-proposal-mismatch] {SITE}: not right by its configuration"
    assert f"   --> {OUR_SCRIPT}:12" in "\n".join(page)
    assert f'  12 | add "{SITE}" 2 2' in page
    assert not any("end of the trace" in line for line in page)
    assert page[-1].endswith("46 configuration commands · 2 files")
    assert len(page) <= 24


def doubtful() -> Incident:
    return configured_incident(0.3)


def test_what_no_cause_is_likely_by_is_no_fault_and_not_healthy() -> None:
    diagnosis = replace(configured_case(verdict=Verdict.INCONCLUSIVE), incidents=(doubtful(),))
    found = case_view(diagnosis, CATALOG, "en")
    (one,) = found.problems

    assert found.headline == "The configuration is not sufficient for a verdict"
    assert (one.mark, one.happened) == ("inconclusive", "questionable by its configuration")


def test_configurations_without_a_finding_say_what_would_tell() -> None:
    diagnosis = replace(configured_case(verdict=Verdict.INCONCLUSIVE), incidents=())
    found = case_view(diagnosis, CATALOG, "de")

    assert found.headline == "Die Konfiguration reicht für ein Urteil nicht aus"
    assert "ob er steht, zeigt erst ein Trace" in found.reason


def test_a_configuration_has_commands_and_no_times() -> None:
    source = case_view(configured_case(), CATALOG, "en").sources[1]

    assert (source.kind, source.side, source.side_reason) == (
        "LANCOM configuration",
        "remote site",
        "second configuration",
    )
    assert (source.records, source.period, source.read) == ("23", "", "")


def test_a_healthy_tunnel_beside_a_faulty_one_needs_no_comparison() -> None:
    (one,) = case_view(case(polling_incident(), healthy_incident()), CATALOG, "en").healthy

    assert one.side_by_side is None
