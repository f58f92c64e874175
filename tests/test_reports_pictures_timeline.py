"""The timeline: bars by outcome, ticks, two tracks on one clock, bins for very many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace
from reports_pair_samples import make_pair_catalog, paired_case
from reports_samples import START, case, incident, negotiation, polling_incident, time_out_incident
from svg_reader import read_svg

from assistant.model.diagnosis import Diagnosis
from assistant.model.event import RemoteSite
from assistant.model.negotiation import Negotiation, Outcome
from assistant.model.pairing import PairVerdict
from assistant.model.source import Moment
from reports.pictures import Picture, timeline
from reports.pictures.scale import Scale, scale_over, seconds
from reports.pictures.tracks import Tracks

CATALOG = make_pair_catalog()


def drawn(diagnosis: Diagnosis, negotiations: Iterable[Negotiation] = ()) -> Picture:
    picture = timeline(diagnosis, CATALOG, "en", tuple(negotiations))
    assert picture is not None
    return picture


def signs(picture: Picture) -> set[str]:
    return {one.sign for one in picture.legend}


def at(after_s: float) -> Moment:
    return Moment(START + timedelta(seconds=after_s))


def negotiated(after_s: float, outcome: Outcome, site: str = "LAGER") -> Negotiation:
    """One that takes ten seconds."""
    one = negotiation(time_out_incident().messages, site=site)
    first = replace(one.first, time=at(after_s))
    last = replace(one.last, time=at(after_s + 10))
    up = at(after_s + 5) if outcome is not Outcome.FAILED else None
    return replace(
        one, first=first, last=last, outcome=outcome, connected_at=up, ended_at=last.time
    )


def test_a_lost_tunnel_shows_its_missed_polls_and_its_code() -> None:
    picture = drawn(case(polling_incident()))
    svg = read_svg(str(picture.svg))

    assert signs(picture) == {"connected", "lost", "poll", "error", "recorded"}
    assert "0x1307" in svg.texts()
    assert ("LAGER", "3 polls without an answer", "") in picture.rows


def test_a_failed_set_up_is_hollow() -> None:
    svg = read_svg(str(drawn(case(time_out_incident())).svg))

    assert svg.number_of("p-setting-up") == 1
    assert svg.number_of("p-connected") == 0


def test_repeats_are_counted_where_only_first_and_last_are_known() -> None:
    often = replace(time_out_incident(), occurrences=4000, last_seen=at(86_400))
    picture = drawn(case(often))

    assert "4,000 times: failed" in read_svg(str(picture.svg)).texts()
    assert picture.rows[0][1] == "failed, 0x1106, 4,000 times"


def test_very_many_negotiations_become_bins_with_a_count() -> None:
    many = [
        negotiated(60 * number, Outcome.FAILED if number % 3 else Outcome.DISCONNECTED)
        for number in range(3000)
    ]
    picture = drawn(case(time_out_incident()), many)
    svg = read_svg(str(picture.svg))

    assert len(picture.svg) < 40_000
    assert svg.number_of("p-bin-up") <= 60
    assert svg.number_of("p-bin-down") <= 60
    assert any(text.startswith("at most 3") for text in svg.texts())


def test_each_negotiation_is_drawn_where_they_are_few() -> None:
    few = [negotiated(0, Outcome.FAILED), negotiated(60, Outcome.DISCONNECTED)]
    svg = read_svg(str(drawn(case(time_out_incident()), few).svg))

    assert svg.number_of("p-setting-up") == 2
    assert svg.number_of("p-connected") == 1


def test_sites_beyond_the_first_few_are_counted() -> None:
    sites = [replace(time_out_incident(), remote_site=RemoteSite(f"S{n}")) for n in range(40)]
    sites = [replace(one, example=negotiated(0, Outcome.FAILED, one.remote_site)) for one in sites]
    picture = drawn(case(*sites))

    assert len(picture.svg) < 40_000
    assert "34" in picture.more


def test_the_other_side_has_a_track_of_its_own_on_our_clock() -> None:
    diagnosis = paired_case()
    tracks = Tracks(diagnosis, ())
    lane = tracks.lanes[RemoteSite("LAGER")]
    refused = next(one for one in lane.their_marks if one.verdict is PairVerdict.REFUSED)
    texts = read_svg(str(drawn(diagnosis).svg)).texts()

    # The other side's clock is 3.2 s ahead: what it shows happened that much earlier.
    assert round(seconds(Moment(START)) - refused.at, 3) == 3.2
    assert texts.index("our router") < texts.index("remote site")
    assert "arrived, refused" in texts


def test_the_caption_says_whose_clock_it_is() -> None:
    caption = drawn(paired_case()).caption

    assert "3.2 s" in caption
    assert caption.endswith("All times are by our clock.")


def test_without_times_there_is_no_timeline() -> None:
    one = time_out_incident()
    example = one.example
    assert example is not None
    timeless = replace(
        example,
        first=replace(example.first, time=None),
        last=replace(example.last, time=None),
        messages=(),
        ended_at=None,
    )
    bare = replace(incident(timeless), first_seen=None, last_seen=None)

    assert timeline(case(bare), CATALOG, "en") is None


def test_a_clock_at_the_first_day_and_a_huge_offset_do_no_harm() -> None:
    diagnosis = paired_case()
    (pairing,) = diagnosis.pairings
    assert pairing.offset is not None
    absurd = replace(pairing, offset=replace(pairing.offset, seconds=1e12))

    assert drawn(replace(diagnosis, pairings=(absurd,))).svg


def test_an_axis_names_few_round_moments() -> None:
    scale = scale_over([seconds(at(0)), seconds(at(86_400))])

    assert [text for _, text in scale.ticks()] == ["06:00", "12:00", "18:00", "00:00"]
    assert all(0 <= x <= 100 for x, _ in scale.ticks())


def test_a_moment_outside_lies_on_the_edge() -> None:
    scale = Scale(10.0, 20.0)

    assert (scale.x(0.0), scale.x(15.0), scale.x(99.0)) == (0.0, 50.0, 100.0)
