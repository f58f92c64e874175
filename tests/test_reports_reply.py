"""The reply draft: both languages, plain words, no more certainty than there is."""

from __future__ import annotations

import re

import pytest
from conftest import Diagnosed
from reports_samples import HOSTILE, case, make_catalog, polling_incident
from trace_lines import CASES, EXAMPLES, LAGER, ZENTRALE, missed, no_answer, set_up

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, Diagnoser
from assistant.model.answer import Answer
from assistant.model.diagnosis import Diagnosis
from assistant.model.event import RemoteSite
from reports.labels import Lang, labels
from reports.reply import render_reply

RULER = "-" * 76
JARGON = re.compile(
    r"\b(?:IKE|IPsec|IPSec|SA|PSK|Proposals?|proposals?|Phase|phase|DPD|NAT|ESP|UDP|Responder|"
    r"Initiator|0x[0-9a-f]{4})\b"
)


def drafts(diagnosis: Diagnosis, catalog: Catalog, lang: Lang = "en") -> tuple[str, str]:
    """The draft in the wanted language and in the other one."""
    text = render_reply(diagnosis, catalog, lang)
    first, second = text.split(f"\n\n{RULER}\n\n")
    return first, second


def example(diagnosed: Diagnosed, name: str) -> Diagnosis:
    return diagnosed((EXAMPLES / f"{name}.txt").read_text("utf-8"))


@pytest.mark.parametrize(
    ("lang", "first", "second"), [("de", "Guten Tag", "Hello"), ("en", "Hello", "Guten Tag")]
)
def test_both_languages_the_wanted_one_first(
    diagnosed: Diagnosed, catalog: Catalog, lang: Lang, first: str, second: str
) -> None:
    one, other = drafts(example(diagnosed, "polling-failed"), catalog, lang)

    assert f"\n{first},\n" in one
    assert f"\n{second},\n" in other


def test_what_it_says(diagnosed: Diagnosed, catalog: Catalog) -> None:
    draft, _ = drafts(example(diagnosed, "polling-failed"), catalog)
    folded = " ".join(draft.split())

    assert draft.startswith("Subject: Your VPN connection (LAGER): what we found\n")
    assert "At the end of the recording the connection LAGER is down, since 2024-02-06" in folded
    assert "test packets to a device on the other side that does not answer" in folded
    assert "One question would help us on: Has this tunnel ever worked" in folded
    assert "Kind regards\n[your name]" in draft


def test_the_last_line_marks_it_as_ours(diagnosed: Diagnosed, catalog: Catalog) -> None:
    text = render_reply(example(diagnosed, "success"), catalog, "de")

    assert text.splitlines()[-1] == f"lancom-vpn-assistant {__version__} · draft"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("proposal-mismatch", "The cause is found:"),
        ("no-poll-entry", "The cause is found:"),
        ("polling-failed", "The cause is not certain yet."),
    ],
)
def test_it_is_as_sure_as_the_diagnosis(
    diagnosed: Diagnosed, catalog: Catalog, name: str, told: str
) -> None:
    draft, _ = drafts(example(diagnosed, name), catalog)

    assert told in " ".join(draft.split())


def test_what_the_other_side_must_do_is_ready_to_be_passed_on(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    draft, _ = drafts(example(diagnosed, "no-response"), catalog, "de")
    mail, _, request = draft.partition("Text für die Gegenseite, zum Weiterleiten:")

    assert "trace + vpn-status" in request
    assert "203.0.113.10" in request
    assert "finden Sie\nunten" in mail or "finden Sie unten" in mail


def test_a_healthy_connection_is_told_so(diagnosed: Diagnosed, catalog: Catalog) -> None:
    draft, _ = drafts(example(diagnosed, "success"), catalog)

    assert "We found no fault in it." in draft
    assert "cause" not in draft


def test_a_recording_that_shows_nothing_is_asked_for_again(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    draft, _ = drafts(diagnosed("[IP-Router] 2024/02/06 07:41:12,430\nDstIP: 192.0.2.1\n"), catalog)

    assert "not sufficient yet for a verdict" in " ".join(draft.split())
    assert "How to get it (" in draft
    assert "trace + vpn-status" in draft


def test_sites_in_trouble_come_first_and_many_are_counted(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    trace = set_up(ZENTRALE) + set_up(LAGER) + missed(LAGER, 600)
    draft, _ = drafts(diagnosed(trace), catalog)
    many = "".join(no_answer(f"SITE-{number:02} (192.0.2.44)", number * 100) for number in range(9))

    assert draft.index("connection LAGER") < draft.index("connection ZENTRALE")
    assert "about 3 further connections" in drafts(diagnosed(many), catalog)[0]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_plain_words_of_the_causes_are_plain(catalog: Catalog, lang: Lang) -> None:
    told = {
        one.id: (one.plain.de if lang == "de" else one.plain.en) if one.plain else ""
        for one in catalog.causes.values()
    }

    assert [name for name, text in told.items() if not text.strip()] == []
    assert {name: JARGON.findall(text) for name, text in told.items() if JARGON.search(text)} == {}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_trace_holds_stays_text(name: str) -> None:
    evil = HOSTILE[name]
    text = render_reply(case(polling_incident(evil, gateway=evil), name=evil), make_catalog(), "de")

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    assert len(text) < 10_000


def test_what_was_sent_is_what_is_thanked_for(diagnosed: Diagnosed, catalog: Catalog) -> None:
    script = (CASES / "config" / "keep-alive-without-poll-row.de.lcs").read_text("utf-8")
    draft, _ = drafts(diagnosed(script), catalog)

    assert "thank you for the configuration of your router" in draft
    assert "recording" not in draft


def test_no_line_is_longer_than_a_mail_program_leaves_it(
    diagnosed: Diagnosed, catalog: Catalog
) -> None:
    text = render_reply(example(diagnosed, "no-response"), catalog, "de")
    lines = text.splitlines()

    assert max(map(len, lines)) <= 76
    assert "  2. Eingeben: trace + vpn-status" in lines


@pytest.mark.parametrize("lang", ["de", "en"])
def test_whoever_must_act_there_are_words_for_it(lang: Lang) -> None:
    words = labels(lang)

    for who in ("local", "remote", "both", "provider"):
        assert words.has(f"reply.step.{who}")
        assert words.has(f"reply.input.{who}")
        assert words.has(f"reply.request.{who}")


@pytest.mark.parametrize(
    ("lang", "told"), [("de", "die Verbindung gerade"), ("en", "connection is")]
)
def test_of_answers_alone_no_recording_is_spoken_of_and_no_name(
    diagnoser: Diagnoser, lang: Lang, told: str
) -> None:
    found = diagnoser.diagnose(Case((), answers=(Answer(id="own-internet-up", choice="yes"),)))
    draft = " ".join(drafts(found, diagnoser.catalog, lang)[0].split())

    assert told in draft
    assert labels(lang).site(RemoteSite("")) not in draft
    wanted = diagnoser.catalog.inputs["vpn-status-trace"].title
    assert f"({labels(lang).title(wanted)}):" in draft
    assert not re.search("recording that we received|Aufzeichnung, die wir bekommen", draft)
