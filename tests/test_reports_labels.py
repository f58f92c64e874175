"""The fixed words: complete in both languages, and numbers and times as people write them."""

from __future__ import annotations

import inspect
import re
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from conftest import Diagnosed

import reports
from assistant.catalog.schema import Basis, Remedy, Text
from assistant.model.answer import AnswerSource, Who
from assistant.model.diagnosis import Origin, Standing, State, Verdict
from assistant.model.event import Role
from assistant.model.finding import FindingKind, Match, PairReason, Subject
from assistant.model.negotiation import Outcome, Stage
from assistant.model.pairing import ClockOffset, PairVerdict
from assistant.model.source import Moment, Side, SourceKind
from reports.labels import Lang, all_words, labels

ROOM = Path(reports.__file__).parent
EN = labels("en")
DE = labels("de")
MOMENT = Moment(datetime(2007, 12, 4, 1, 24, 43, 710000))  # noqa: DTZ001


CLOCK_BASES = ("spi", "message", "auth-packet", "connected", "time-out", "attempt", "assumed")
"""As `ClockOffset.basis` lists them."""


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(all_words()))
def test_every_key_has_both_languages_with_the_same_holes(key: str) -> None:
    word = all_words()[key]

    assert set(word) == {"de", "en"}
    assert word["de"].strip()
    assert word["en"].strip()
    assert holes(word["de"]) == holes(word["en"])


def test_no_key_stands_twice() -> None:
    text = (ROOM / "labels.yaml").read_text(encoding="utf-8")
    keys = re.findall(r"^([a-z][^:\s]*):", text, re.MULTILINE)

    assert len(keys) == len(set(keys)) == len(all_words())


@pytest.mark.parametrize(
    "key",
    [
        *(f"verdict.{one.value}" for one in Verdict),
        *(f"standing.{one.value}" for one in Standing),
        *(f"state.{one.value}" for one in State),
        *(f"outcome.{one.value}" for one in Outcome),
        *(f"happened.{one.value}" for one in Outcome),
        *(f"stage.{one.value}" for one in Stage),
        *(f"role.{one.value}" for one in Role),
        *(f"kind.{one.value}" for one in SourceKind),
        *(f"who-is.{one.value}" for one in Side),
        *(f"basis.{one.value}" for one in Basis),
        *(f"origin.{one.value}" for one in Origin),
        *(f"origin.{one.value}.told" for one in Origin),
        *(f"subject.{one.value}" for one in Subject),
        *(f"match.{one.value}" for one in Match),
        *(f"match-symbol.{one.value}" for one in Match),
        *(f"finding.{one.value}" for one in FindingKind),
        *(f"pair-reason.{one}" for one in get_args(PairReason)),
        *(f"paired.{one.value}.{side.value}" for one in PairVerdict for side in Side),
        *(f"paired.caller.{one.value}" for one in Side),
        *(f"clock-basis.{one}" for one in CLOCK_BASES),
        *(f"answer-from.{one.value}" for one in AnswerSource),
        *(f"away.{one}" for one in get_args(Who)),
        *(f"setting.{one}" for one in ("set", "empty", "yes", "no")),
        *(f"ike-message.{one}" for one in ("request", "response")),
        *(f"who.{one}" for one in ("local", "remote", "both", "provider")),
        *(f"risk.{one}" for one in ("none", "low", "medium", "high")),
        *(
            f"side.{one}"
            for one in (
                "first-file",
                "same-router",
                "dials-us",
                "peer-of-ours",
                "other-address",
                "undecided",
            )
        ),
        *(
            f"warning.{one}"
            for one in (
                "empty-file",
                "side-undecided",
                "encoding-replaced",
                "clock-set-back",
                "no-vpn-records",
                "inferred-site",
            )
        ),
    ],
)
def test_every_closed_word_of_the_model_has_a_label(key: str) -> None:
    assert EN.has(key)


def test_the_bases_of_a_clock_are_those_of_the_model() -> None:
    source = Path(inspect.getfile(ClockOffset)).read_text(encoding="utf-8")
    told = source.partition("basis: tuple[str, ...]")[2].split('"""')[1]

    assert tuple(re.findall(r"`([a-z-]+)`", told)) == CLOCK_BASES


def test_every_word_a_template_asks_for_exists() -> None:
    asked = set()
    for path in (ROOM / "templates").glob("*.j2"):
        asked |= set(re.findall(r't\("([a-z.-]+)"[,)]', path.read_text(encoding="utf-8")))

    assert asked
    assert asked <= set(all_words())


def test_remedy_words_are_those_of_the_schema() -> None:
    # A new risk or person in the schema must get its words: this fails until it has.
    annotations = Remedy.__annotations__

    assert "local" in str(annotations["who"])
    assert "medium" in str(annotations["risk"])


@pytest.mark.parametrize(("lang", "shown"), [("en", "1,204.5"), ("de", "1.204,5")])
def test_numbers(lang: Lang, shown: str) -> None:
    assert labels(lang).number(1204.46, 1) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "0 %"), (0.003, "< 1 %"), (0.43, "43 %"), (0.996, "> 99 %"), (1.0, "100 %")],
)
def test_percent_is_never_rounded_to_certainty(share: float, shown: str) -> None:
    assert EN.percent(share) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.01, "10 ms"),
        (5.04, "5,0 s"),
        (30.0, "30 s"),
        (125, "2 min 05 s"),
        (12_000, "3 h 20 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert DE.duration(seconds) == shown


def test_moments_are_iso() -> None:
    assert EN.moment(MOMENT) == DE.moment(MOMENT) == "2007-12-04 01:24:43"
    assert EN.clock(MOMENT) == "01:24:43.710"


def test_moments_without_a_date_count_days() -> None:
    first, late = (Moment(datetime(1, 1, day, 0, 10), dated=False) for day in (2, 3))  # noqa: DTZ001

    assert EN.moment(first) == "00:10:00"
    assert EN.moment(late) == "00:10:00 (+1 d)"


def test_the_first_day_of_a_trace_without_dates_is_none_later(diagnosed: Diagnosed) -> None:
    trace = (
        "23:59:50,000\nVPN: connecting to LAGER (192.0.2.44)\n\n"
        "00:00:20,000\nVPN: connection for LAGER (192.0.2.44) timed out: no response\n"
    )
    (one,) = diagnosed(trace).incidents

    assert EN.moment(one.first_seen) == "23:59:50"
    assert EN.moment(one.last_seen) == "00:00:20 (+1 d)"


def test_a_period_names_its_day_once() -> None:
    later = Moment(MOMENT.at + timedelta(seconds=5))

    assert EN.period(MOMENT, later) == "2007-12-04 01:24:43 to 01:24:48"
    assert DE.period(MOMENT, MOMENT) == "2007-12-04 01:24:43"


def test_a_clock_set_back_is_seen() -> None:
    assert EN.since(MOMENT, Moment(MOMENT.at + timedelta(seconds=2))) == "\N{MINUS SIGN}2.0 s"


def test_titles_lose_their_full_stop() -> None:
    assert EN.title(Text(de="Eins.", en="One.")) == "One"
    assert EN.title(Text(de="Und ...", en="And ...")) == "And ..."
