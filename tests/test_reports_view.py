"""What a report says, before it has a form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import Diagnosed
from msgspec.structs import replace
from reports_samples import (
    FILE,
    GATEWAY,
    POLLED,
    START,
    Trace,
    case,
    healthy_incident,
    hypothesis,
    incident,
    make_catalog,
    mismatch_incident,
    negotiation,
    polling_incident,
    seen,
    time_out_incident,
)
from trace_lines import at

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident, SymptomSeen, Verdict, Warned
from assistant.model.event import RemoteSite
from assistant.model.message import PollTimeout
from assistant.model.negotiation import Outcome
from assistant.model.source import Moment, Place, Side
from assistant.model.transcript import (
    RecordState,
    SourceTranscript,
    Transcript,
    TranscriptRecord,
)
from reports.causes import odds
from reports.incident import IncidentView
from reports.labels import Lang, labels
from reports.view import MOST_PROBLEMS, CaseView, case_view, choose_first_step

CATALOG = make_catalog()


def view(*incidents: Incident, lang: Lang = "en", **changes: object) -> CaseView:
    return case_view(case(*incidents, **changes), CATALOG, lang)  # type: ignore[arg-type]


def only(found: CaseView) -> IncidentView:
    (one,) = found.problems
    return one


# First step ---------------------------------------------------------------------------------


def test_the_input_comes_first_while_no_cause_is_likely() -> None:
    assert choose_first_step(time_out_incident(0.35), CATALOG) == ("input", "remote-trace")


def test_the_remedy_comes_first_once_a_cause_is_likely() -> None:
    assert choose_first_step(time_out_incident(0.5), CATALOG) == ("remedy", "escalate")


def test_the_remedy_comes_first_where_no_deciding_symptom_asks_for_an_input() -> None:
    assert choose_first_step(polling_incident(), CATALOG) == ("remedy", "correct-poll-target")


def test_an_unknown_cause_is_looked_into_before_it_is_escalated() -> None:
    unknown = replace(time_out_incident(), hypotheses=(hypothesis("unknown", 0.9),))

    assert choose_first_step(unknown, CATALOG) == ("input", "remote-trace")


def test_an_unknown_cause_is_escalated_where_no_input_would_help() -> None:
    unknown = replace(mismatch_incident(), hypotheses=(hypothesis("unknown", 0.9),))

    assert choose_first_step(unknown, CATALOG) == ("remedy", "escalate")


def test_without_causes_the_input_that_would_help_comes_first() -> None:
    cut_off = replace(time_out_incident(), outcome=Outcome.UNFINISHED, hypotheses=())

    assert choose_first_step(cut_off, CATALOG) == ("input", "remote-trace")


def test_a_healthy_incident_needs_no_step() -> None:
    assert choose_first_step(healthy_incident(), CATALOG) is None


def test_the_first_remedy_tells_its_first_step() -> None:
    step = only(view(polling_incident())).step

    assert step is not None
    assert step.title == "Poll the LAN address of the remote router"
    assert step.do == "Look up `what` is polled."
    assert step.commands == ("ls /Setup/correct-poll-target",)


def test_a_case_without_negotiations_says_what_to_get() -> None:
    found = view(verdict=Verdict.INCONCLUSIVE, missing=("vpn-status-trace",))

    assert found.step is not None
    assert found.step.commands == ("trace + vpn-status-trace", "trace - vpn-status-trace")
    assert found.reason


def test_a_healthy_case_asks_for_nothing() -> None:
    found = view(healthy_incident(), verdict=Verdict.HEALTHY, missing=("remote-trace",))

    assert found.step is None


# Causes -------------------------------------------------------------------------------------


def test_causes_below_five_percent_are_folded() -> None:
    one = only(view(polling_incident()))

    assert [found.id for found in one.causes] == [
        "poll-address-wrong",
        "tunnel-traffic-blocked",
        "unknown",
    ]
    assert [found.id for found in one.folded] == ["ping-blocked-on-public-address"]


def test_a_folded_cause_tells_what_speaks_against_it_most() -> None:
    (folded,) = only(view(polling_incident())).folded
    objection = folded.main_objection

    assert objection is not None
    assert objection.symptom == "The polls went to a private address"
    assert objection.detail == POLLED
    assert objection.because == "Ping blocking guards the public address, this one is private."
    assert objection.strength == "speaks strongly against it"
    assert [ref.label for ref in objection.refs] == ["L1-L17"]


def test_evidence_is_sorted_by_strength_and_the_negligible_is_apart() -> None:
    first, second, _ = only(view(polling_incident())).causes

    assert [one.level for one in first.evidence_for] == ["clear"]
    assert [one.level for one in first.negligible] == ["none"]
    assert [one.level for one in second.evidence_for] == ["strong", "slight"]


@pytest.mark.parametrize(
    ("decibans", "share"), [(-12.0, "6"), (-25.0, "fewer than 1"), (-13.5, "4")]
)
def test_how_common_a_cause_is_otherwise_is_told_as_it_was_judged(
    decibans: float, share: str
) -> None:
    judged = replace(hypothesis("poll-address-wrong", 0.4), prior_decibans=decibans)
    shown = only(view(replace(polling_incident(), hypotheses=(judged,))))

    assert shown.causes[0].before == f"Before any evidence: {share} of 100 cases."


def test_the_first_cause_is_shown_however_small() -> None:
    small = replace(polling_incident(), hypotheses=(hypothesis("unknown", 0.04),))

    assert [found.id for found in only(view(small)).causes] == ["unknown"]


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.01, "less than 1 in 20"),
        (0.06, "about 1 in 20"),
        (0.33, "about 1 in 3"),
        (0.43, "about 2 in 5"),
        (0.52, "about 1 in 2"),
        (0.9, "about 9 in 10"),
        (0.99, "more than 19 in 20"),
    ],
)
def test_odds_are_frequencies(probability: float, said: str) -> None:
    assert odds(probability, labels("en")) == said


def test_the_first_cause_in_one_line() -> None:
    cause = only(view(polling_incident())).cause

    assert cause is not None
    assert cause.chance == "possible, about 2 in 5 (43 %)"


# Remote sites -------------------------------------------------------------------------------


def test_a_site_says_its_state_what_happened_and_why() -> None:
    (site,) = view(polling_incident()).sites

    assert site.state == "down since 2007-12-04 01:24:47"
    assert site.happened == "The polls went unanswered."
    assert site.codes == ("0x1307",)
    assert site.also.startswith("Also possible: A firewall blocks the tunnel (38 %)")


def test_trouble_that_lasts_leads() -> None:
    over = replace(mismatch_incident(), recovered=True)
    (site,) = view(over, polling_incident()).sites

    assert site.codes == ("0x1307",)
    assert site.more == "and 1 further incident"


def test_sites_with_a_fault_stand_before_the_others() -> None:
    found = view(healthy_incident(), polling_incident())

    assert [site.name for site in found.sites] == ["LAGER", "ZENTRALE"]


def test_many_quiet_sites_are_told_briefly() -> None:
    quiet = [healthy_incident(f"FILIALE-{number}") for number in range(8)]
    found = view(polling_incident(), *quiet)

    assert [site.name for site in found.sites] == ["LAGER"]
    assert len(found.quiet_sites) == 8


@pytest.mark.parametrize(
    ("verdict", "headline"),
    [
        (Verdict.FAULT, "LAGER is down"),
        (Verdict.HEALTHY, "No fault at LAGER"),
        (Verdict.INCONCLUSIVE, "The trace is not sufficient for a verdict"),
    ],
)
def test_headlines(verdict: Verdict, headline: str) -> None:
    assert view(polling_incident(), verdict=verdict).headline == headline


# The negotiation ----------------------------------------------------------------------------


def test_records_stand_in_file_order_with_their_text_and_meaning() -> None:
    rows = only(view(polling_incident())).rows

    assert [row.lines for row in rows] == ["1-5", "7-11", "13-17", "19-20", "22-23"]
    assert "".join(text for text, _ in rows[0].text).endswith(
        f"(5 retries left)\nsend poll frame to {POLLED}"
    )
    assert rows[0].meaning == ("Meaning of poll-timeout.",)
    assert [row.since_previous for row in rows] == ["", "+1.0 s", "+1.0 s", "+1.0 s", "+1.0 s"]


def test_a_meaning_is_told_once() -> None:
    rows = only(view(polling_incident())).rows

    assert rows[1].meaning == ()
    assert rows[1].as_above is not None
    assert rows[1].as_above.label == "L1"


def test_the_record_that_decides_is_marked_once() -> None:
    rows = only(view(polling_incident())).rows

    assert [row.decides for row in rows] == [False, False, False, True, False]
    assert [row.belongs for row in rows] == [True, True, True, True, False]


def test_a_meaning_that_lancom_did_not_publish_is_marked() -> None:
    rows = only(view(polling_incident())).rows

    assert [row.badge.word if row.badge else "" for row in rows][-1] == "unverified"
    assert rows[0].badge is None


def test_what_should_have_followed_is_said_where_it_did_not() -> None:
    rows = only(view(time_out_incident())).rows

    assert [row.normal_next for row in rows] == ["An answer within a second.", ""]


def test_equal_records_in_a_row_are_one() -> None:
    trace = Trace()
    places = [trace.record("VPN: poll timeout for LAGER (192.0.2.44)") for _ in range(6)]
    poll = seen(PollTimeout(), "poll-timeout", *places, count=4000)
    rows = only(view(incident(negotiation([poll])))).rows

    assert [row.repeats for row in rows] == ["\N{MULTIPLICATION SIGN}4,000, last L17"]


def test_cited_lines_outside_the_negotiation_are_rows_too() -> None:
    place = Trace(line=500).record("VPN: connecting to ELSEWHERE (203.0.113.9)")
    polling = polling_incident()
    symptoms = (*polling.symptoms, SymptomSeen(id="came-up", decisive=False, places=(place,)))
    one = only(view(replace(polling, symptoms=symptoms)))

    assert one.rows[-1].elsewhere
    assert one.symptoms[-1].refs[0].href == f"#{one.rows[-1].anchor}"


def test_long_negotiations_keep_their_ends_and_what_is_cited() -> None:
    trace = Trace()
    polls = [
        seen(PollTimeout(retries_left=number), "poll-timeout", trace.record(f"poll {number}"))
        for number in range(400)
    ]
    cited = SymptomSeen(id="came-up", decisive=False, places=polls[200].places)
    one = only(view(replace(incident(negotiation(polls)), symptoms=(cited,))))

    # Three at each end, the cited one and two on either side of it.
    assert len(one.rows) == 3 + 5 + 3
    assert [row.left_out_before for row in one.rows if row.left_out_before] == [
        "195 records left out",
        "194 records left out",
    ]
    assert one.symptoms[0].refs[0].href == f"#{one.rows[5].anchor}"


def test_claims_and_records_are_linked_both_ways() -> None:
    one = only(view(polling_incident()))
    anchors = {row.anchor for row in one.rows}
    claims = {symptom.anchor: symptom for symptom in one.symptoms}

    assert {ref.href[1:] for claim in claims.values() for ref in claim.refs} <= anchors
    back = {ref.href[1:]: row for row in one.rows for ref in row.shows}
    assert set(back) == set(claims)


def test_the_words_that_decide_are_marked(diagnosed: Diagnosed, catalog: Catalog) -> None:
    text = "VPN: Error: IFC-X-Line-polling-failed (0x1307) for LAGER (192.0.2.44)"
    one = only(case_view(diagnosed(at(5, text)), catalog, "en"))
    (deciding,) = [row for row in one.rows if row.decides]

    assert "".join(text for text, _ in deciding.text).endswith("for LAGER (192.0.2.44)")
    assert [text for text, marked in deciding.text if marked] == [
        "IFC-X-Line-polling-failed (0x1307)"
    ]


def test_what_stands_around_a_cited_record_is_shown_with_it() -> None:
    trace = Trace()
    other = [trace.record(f"VPN: other {number}") for number in range(4)]
    fault = seen(PollTimeout(), "poll-timeout", trace.record("VPN: poll timeout"))
    after = [trace.record(f"VPN: after {number}") for number in range(4)]
    found = replace(
        incident(negotiation([fault])),
        symptoms=(SymptomSeen(id="came-up", decisive=True, places=fault.places),),
    )
    one = only(
        case_view(case(found), CATALOG, "en", transcript=transcript(*other, *fault.places, *after))
    )

    assert ["".join(text for text, _ in row.text).split("\n")[-1] for row in one.rows] == [
        "VPN: other 2",
        "VPN: other 3",
        "VPN: poll timeout",
        "VPN: after 0",
        "VPN: after 1",
    ]
    assert [row.beside for row in one.rows] == [True, True, False, True, True]
    assert one.trace_filter == "site=LAGER"


def transcript(*places: Place) -> Transcript:
    """These records and no others."""
    return Transcript(
        sources=(
            SourceTranscript(
                source=places[0].source,
                parts=tuple(
                    TranscriptRecord(
                        first_line=place.first_line,
                        last_line=place.last_line,
                        text=place.text,
                        time=place.time,
                        trace_class="VPN-Status",
                        remote_site=RemoteSite(""),
                        stage=None,
                        pattern=None,
                        state=RecordState.UNREAD,
                    )
                    for place in places
                ),
            ),
        )
    )


def test_assumed_records_are_counted() -> None:
    polling = polling_incident()
    assert polling.example is not None
    example = replace(polling.example, inferred_places=2)

    assert only(view(replace(polling, example=example))).inferred.startswith("2 records name no")
    assert only(view(polling)).inferred == ""


# Proposals ----------------------------------------------------------------------------------


def test_equal_differences_are_one_row() -> None:
    (found,) = only(view(mismatch_incident())).proposals

    assert (found.attribute, found.ours, found.theirs) == (
        "encryption algorithm",
        "BLOWFISH_CBC",
        "AES_CBC",
    )
    assert found.compared == "1/1, 2/1"


def test_in_the_peers_trace_ours_is_what_it_calls_remote() -> None:
    diagnosis = case(mismatch_incident())
    peers = replace(diagnosis.sources[0], side=Side.REMOTE)
    found = case_view(replace(diagnosis, sources=(peers,)), CATALOG, "en")
    (row,) = only(found).proposals

    assert (row.ours, row.theirs) == ("AES_CBC", "BLOWFISH_CBC")


# Inputs -------------------------------------------------------------------------------------


def test_a_request_is_filled_and_leaves_what_is_unknown_to_the_reader() -> None:
    (wanted,) = only(view(time_out_incident())).inputs

    assert wanted.request == (
        f"To LAGER at {GATEWAY}: from [our public address], last 2007-12-04 01:24:44."
    )


def test_a_hole_in_a_name_is_not_filled() -> None:
    odd = replace(time_out_incident(), remote_site=RemoteSite("{gateway}"))
    (wanted,) = only(view(odd)).inputs

    assert wanted.request.startswith(f"To {{gateway}} at {GATEWAY}:")


def test_an_input_that_an_incident_shows_is_only_linked_from_what_is_missing() -> None:
    found = view(time_out_incident(), missing=("remote-trace", "vpn-status-trace"))

    assert [one.href for one in found.missing] == ["#i1-get-remote-trace"]
    assert [one.id for one in found.inputs] == ["vpn-status-trace"]


def test_what_was_told_above_is_not_told_again() -> None:
    first, second = view(polling_incident(), polling_incident("ZENTRALE")).problems

    assert [one.id for one in first.remedies] == [
        "correct-poll-target",
        "allow-traffic",
        "escalate",
    ]
    assert second.remedies == ()
    assert [one.href for one in second.remedies_above][:1] == ["#do-correct-poll-target"]
    assert second.inputs[0].look_for_at == first.inputs[0].anchor


# The case -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "told"), [("de", "war gestört"), ("en", "had a fault")])
def test_the_headline_does_not_repeat_the_verdict_before_it(lang: Lang, told: str) -> None:
    again = replace(polling_incident(), recovered=True)
    found = view(again, healthy_incident("LAGER"), lang=lang)

    assert found.headline == f"LAGER {told}"
    assert found.verdict_word not in found.headline


def test_what_was_read_is_one_line() -> None:
    unread = (Trace(line=90).record("something else"),)

    assert view(polling_incident()).read_line == (
        f"{FILE} · 2007-12-04 01:24:43 to 01:24:48 · 8 records · all understood"
    )
    assert view(polling_incident(), unread=unread).read_line.endswith("88 % understood, 1 not")


def test_the_time_that_was_read_does_not_hang_on_the_order_of_the_files() -> None:
    one = case(healthy_incident())
    (source,) = one.sources
    day = timedelta(days=1)
    later = replace(source, name="2.txt", first=Moment(START + day), last=Moment(START + day))
    theirs = replace(later, side=Side.REMOTE, last=Moment(START + 9 * day))
    told = case_view(replace(one, sources=(later, source, theirs)), CATALOG, "en").read_line

    assert told.startswith("3 files · 2007-12-04 01:24:43 to 2007-12-05 01:24:43 · ")


def test_where_the_clock_was_set_back_the_time_that_was_read_begins_before_it_ends() -> None:
    (source,) = case().sources
    back = replace(source, first=source.last, last=source.first)
    told = case_view(replace(case(polling_incident()), sources=(back,)), CATALOG, "en").read_line

    assert told.startswith(f"{FILE} · 2007-12-04 01:24:43 to 01:24:48 · ")


def test_unread_records_are_told_with_their_lines() -> None:
    found = view(polling_incident(), unread=(Trace(line=90).record("something else"),))

    assert found.unread.count == "1 record"
    assert [one.lines for one in found.unread.records] == ["L90-L91"]


def test_warnings_are_worded_even_unknown_ones() -> None:
    warned = (Warned(id="empty-file", subject="b.txt"), Warned(id="brand-new", subject="c\x1b"))

    assert view(warnings=warned).warnings == ("b.txt is empty.", "brand-new: c␛")


def test_very_many_incidents_are_named_only() -> None:
    found = view(*(polling_incident(f"SITE-{number}") for number in range(40)))

    assert len(found.problems) == MOST_PROBLEMS
    assert len(found.further) == 40 - MOST_PROBLEMS


@pytest.mark.parametrize("lang", ["de", "en"])
def test_texts_of_the_knowledge_base_are_those_of_the_language(lang: Lang) -> None:
    one = only(view(polling_incident(), lang=lang))

    assert one.causes[0].explanation.endswith("(de)") == (lang == "de")
    assert one.rows[0].text == only(view(polling_incident())).rows[0].text


def test_equal_diagnoses_give_equal_views() -> None:
    diagnosis: Diagnosis = case(polling_incident(), time_out_incident())

    assert case_view(diagnosis, CATALOG, "de") == case_view(diagnosis, CATALOG, "de")
