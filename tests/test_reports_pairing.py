"""Two traces of one tunnel: the clocks in words, and what became of each negotiation."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from reports_pair_samples import (
    AHEAD,
    PEER,
    REFUSAL,
    make_pair_catalog,
    paired,
    paired_case,
    pairing,
    trace_source,
)
from reports_samples import FILE, GATEWAY, SITE, case, time_out_incident

from assistant.model.diagnosis import Diagnosis
from assistant.model.event import RemoteSite
from assistant.model.pairing import ClockOffset, PairedNegotiation, PairVerdict
from assistant.model.source import Place, Side
from reports.html import render_html
from reports.labels import Lang, labels
from reports.pairing import PairingView, clocks_told, paired_with
from reports.text import render_text
from reports.view import case_view

CATALOG = make_pair_catalog()


def view(diagnosis: Diagnosis, lang: Lang = "en") -> PairingView:
    (one,) = case_view(diagnosis, CATALOG, lang).pairings
    return one


def with_pairs(*negotiations: PairedNegotiation, more: int = 0) -> Diagnosis:
    """A time-out, and these negotiations of both traces."""
    diagnosis = case(time_out_incident())
    sources = (diagnosis.sources[0], trace_source(PEER, Side.REMOTE))
    pairs = replace(pairing(*negotiations), more=more)
    return replace(diagnosis, sources=sources, pairings=(pairs,))


# Clocks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "lang", "told"),
    [
        (
            AHEAD,
            "en",
            (
                "The clock there is 3.2 s ahead (± 0.5 s), from 4 common events: equal SPIs or "
                "cookies, messages about the connection."
            ),
        ),
        (
            ClockOffset(seconds=-7200, uncertainty_s=2, events=1, basis=("time-out",)),
            "de",
            (
                "Die Uhr der Gegenstelle geht 2 h 00 min nach (± 2,0 s), nach 1 gemeinsamen "
                "Ereignis: Zeitüberschreitungen."
            ),
        ),
        (
            ClockOffset(seconds=0.01, uncertainty_s=0.02, events=9, basis=("spi",)),
            "en",
            "Both clocks agree (± 20 ms), from 9 common events: equal SPIs or cookies.",
        ),
        (
            ClockOffset(seconds=0, uncertainty_s=30, events=0, basis=("assumed",)),
            "en",
            "The traces have no event in common; the clocks are taken to agree within ± 30.0 s.",
        ),
        (None, "de", "Wie weit die Uhren auseinandergehen, lässt sich nicht schätzen."),
    ],
)
def test_the_offset_is_one_sentence(offset: ClockOffset | None, lang: Lang, told: str) -> None:
    assert clocks_told(offset, labels(lang)) == told


# Negotiations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "caller", "told", "mark"),
    [
        (
            PairVerdict.NEVER_ARRIVED,
            Side.LOCAL,
            "Our request never arrived at the remote site.",
            "fault",
        ),
        (
            PairVerdict.NEVER_ARRIVED,
            Side.REMOTE,
            "The remote site's request never arrived here.",
            "fault",
        ),
        (
            PairVerdict.ANSWER_LOST,
            Side.LOCAL,
            "The remote site answered, but its answer did not come back.",
            "fault",
        ),
        (PairVerdict.BOTH_UP, Side.LOCAL, "The tunnel came up on both sides.", "healthy"),
        (
            PairVerdict.UP_HERE_ONLY,
            Side.REMOTE,
            "The tunnel came up at the remote site only.",
            "fault",
        ),
        (
            PairVerdict.NOT_RECORDED,
            Side.LOCAL,
            "The other side's trace was not running at that time: it says nothing about it.",
            "unknown",
        ),
    ],
)
def test_what_became_of_it_depends_on_who_called(
    verdict: PairVerdict, caller: Side, told: str, mark: str
) -> None:
    (found,) = view(with_pairs(paired(verdict, caller))).negotiations

    assert (found.told, found.mark) == (told, mark)


def test_a_refusal_is_quoted_and_linked() -> None:
    found = view(paired_case()).negotiations[0]

    assert (
        found.because == f"VPN: Error: IKE-R-No-proposal-matched (0x2203) for ZENTRALE ({GATEWAY})"
    )
    assert found.because_ref is not None
    assert (found.because_ref.label, found.because_ref.href) == (f"{PEER} L40-L41", "#i1-s2-L40")


def test_a_lost_message_is_named_with_its_port() -> None:
    found = view(paired_case()).negotiations[1]

    assert found.lost == "Missing there: IKE_AUTH, request, sent by us 5 times, to UDP port 4500"


def test_lines_that_the_page_does_not_show_are_named_without_a_link() -> None:
    found = view(paired_case()).negotiations[2]

    assert found.ours is not None
    assert (found.ours.label, found.ours.href) == (f"{FILE} L700-L701", "")


def test_of_very_many_what_went_wrong_is_shown() -> None:
    fine = paired(PairVerdict.BOTH_UP)
    refused = paired(PairVerdict.REFUSED)
    found = view(with_pairs(*[fine] * 80, refused, *[fine] * 20, more=7))

    assert len(found.negotiations) == 60
    assert [one.verdict for one in found.negotiations].count("refused") == 1
    assert found.counts == (
        "100 \N{MULTIPLICATION SIGN} The tunnel came up on both sides.",
        "1 \N{MULTIPLICATION SIGN} Our request arrived, and the remote site refused it.",
    )
    assert found.more == "48 further negotiations not shown"


# Which one an incident is about -----------------------------------------------------------------


def test_the_incident_tells_the_refusal_that_it_rests_on() -> None:
    diagnosis = paired_case()
    elsewhere = Place(FILE, 300, 301, "connecting")
    refused = paired(PairVerdict.REFUSED, ours=elsewhere, reason=REFUSAL)
    first = paired(PairVerdict.UNCLEAR)
    diagnosis = replace(diagnosis, pairings=(pairing(first, refused),))
    found = paired_with(diagnosis.incidents[0], diagnosis)

    assert found is refused


def test_without_a_refusal_it_tells_the_negotiation_that_it_shows() -> None:
    other = paired(PairVerdict.BOTH_UP, ours=Place(FILE, 300, 301, "connecting"))
    same = paired(PairVerdict.NEVER_ARRIVED, theirs=None)
    diagnosis = with_pairs(other, same)

    assert paired_with(diagnosis.incidents[0], diagnosis) is same


def test_a_negotiation_that_only_the_other_side_shows_is_not_ours() -> None:
    theirs = paired(PairVerdict.NEVER_ARRIVED, Side.REMOTE, ours=None)
    diagnosis = with_pairs(theirs)

    assert paired_with(diagnosis.incidents[0], diagnosis) is None


# On the page and in the terminal ----------------------------------------------------------------


def test_the_page_has_a_row_for_each_negotiation_with_a_word_beside_its_mark() -> None:
    html = render_html(paired_case(), CATALOG, "en")

    assert '<caption class="hidden">Each negotiation as seen from both sides</caption>' in html
    # Once in each language.
    assert html.count('<tr class="k-fault">') == 2 * 2
    assert html.count('<tr class="k-healthy">') == 2
    assert "The clock there is 3.2 s ahead" in html


def test_the_first_screen_names_it() -> None:
    (site,) = case_view(paired_case(), CATALOG, "de").sites

    assert site.paired == "Unsere Anfrage kam an, und die Gegenstelle lehnte sie ab."


def test_the_terminal_names_it_on_one_screen() -> None:
    page = render_text(paired_case(), CATALOG, "en").plain.split("\n")

    assert "  Both traces: Our request arrived, and the remote site refused it." in page
    assert len(page) <= 24


def test_the_long_text_has_the_clocks_and_every_negotiation() -> None:
    text = " ".join(render_text(paired_case(), CATALOG, "en", verbose=True).plain.split())

    assert f"Both traces: {FILE} (our router) and {PEER} (remote site)" in text
    assert "The clock there is 3.2 s ahead (± 0.5 s)" in text
    assert f"{SITE}: The tunnel came up on both sides. {FILE} L700-L701" in text


def test_a_case_without_pairs_has_no_section() -> None:
    assert 'id="pairings"' not in render_html(case(time_out_incident()), CATALOG, "en")


def test_a_site_is_called_as_our_side_calls_it() -> None:
    one = paired(PairVerdict.REFUSED, remote_site=RemoteSite("SÜD\x1b"))

    assert view(with_pairs(one)).negotiations[0].site == "SÜD␛"
