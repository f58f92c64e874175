"""The hand-over text: everything gathered, in both languages, bounded and harmless."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from trace_lines import LAGER, ZENTRALE, at, error, lost_by_polling, no_answer, set_up

from assistant import __version__
from assistant.case import Wanted
from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.interview import Interview
from assistant.model.source import Side
from reports.hand_over import render_hand_over
from reports.labels import Lang
from reports.output import Request, write_text

TIMED_OUT = no_answer(LAGER)
SECRET = "Winter-in-Aachen-1904"  # noqa: S105 - invented
CONFIGURATION = f"""\
lang English
flash No
cd /Setup/VPN/VPN-Peers
tab Peer SH-Time Extranet-Address Remote-Gw
add "LAGER" 9999 0.0.0.0 "192.0.2.44"
cd /Setup/VPN/Certificates-and-Keys/IKE-Keys
tab Name Remote-Identity Local-Identity Shared-Sec
add "LAGER" "" "" "{SECRET}"
exit
"""


def begun(diagnoser: Diagnoser, *texts: str) -> Interview:
    files = [
        CaseFile(f"{number}.txt", lambda text=text: io.BytesIO(text.encode()))  # type: ignore[misc]
        for number, text in enumerate(texts, start=1)
    ]
    return Interview.begin(diagnoser, diagnoser.examine(Case(tuple(files))))


def told(interview: Interview, lang: Lang = "en", incident: str | None = None) -> str:
    text = render_hand_over(interview.diagnosis, interview.diagnoser.catalog, lang, incident)
    # Wrapping is not what these tests are about.
    return " ".join(text.split())


def test_the_case_and_its_causes_with_numbers(diagnoser: Diagnoser) -> None:
    interview = begun(diagnoser, TIMED_OUT)
    text = told(interview)
    assert text.startswith("Hand-over: VPN fault LAGER (192.0.2.44)")
    assert "Outcome: did not come up" in text
    assert "Error codes: 0x1106 (IFC-I-Connection-timeout-IKE-IPSEC)" in text
    assert "State at the end: down since 2024-05-14 09:00:30" in text
    incident = interview.incident
    assert incident is not None
    percent = round(incident.hypotheses[0].probability * 100)
    assert f"{percent} % The gateway address of the remote site is wrong" in text


def test_the_lines_that_prove_it_are_quoted(diagnoser: Diagnoser) -> None:
    text = told(begun(diagnoser, TIMED_OUT))
    assert (
        "1.txt, lines 1-2 > [VPN-Status] 2024/05/14 09:00:30,000 "
        "> VPN: connection for LAGER (192.0.2.44) timed out: no response"
    ) in text


def test_what_was_answered_not_known_and_tried(diagnoser: Diagnoser) -> None:
    interview = begun(diagnoser, TIMED_OUT)
    before = told(interview)
    assert "WHAT WAS ASKED Nothing yet." in before
    assert "WHAT WAS TRIED Nothing yet." in before
    interview = (
        interview.say("own-internet-up", "yes")
        .say("history", "unknown")
        .tried("correct-gateway-address")
        .go_away("remote")
    )
    text = told(interview)
    assert "- Does the Internet access on this side work while the tunnel is down? Yes" in text
    assert "- not known: Has this tunnel ever worked" in text
    assert "Not reachable: at the remote site" in text
    assert "WHAT WAS TRIED - Tried, did not help: Correct the remote site's gateway address" in text


def test_contradictions_with_both_sides(diagnoser: Diagnoser) -> None:
    text = set_up(LAGER) + lost_by_polling(LAGER, 300)
    interview = begun(diagnoser, text).say("history", "never")
    assert interview.contradictions
    assert "CONTRADICTIONS - " in told(interview)
    assert "Answer: Has this tunnel ever worked, and what happened before it failed?" in told(
        interview
    )


def test_what_is_missing_and_the_versions(diagnoser: Diagnoser, catalog: Catalog) -> None:
    text = told(begun(diagnoser, TIMED_OUT))
    assert "WHAT IS MISSING - " in text
    assert f"Program: lancom-vpn-assistant {__version__}" in text
    assert f"Knowledge base: {catalog.digest[7:19]}" in text
    assert "- 1.txt, LANCOM trace, our router, 2024-05-14 09:00:30, sha256 " in text


def test_in_german(diagnoser: Diagnoser) -> None:
    text = told(begun(diagnoser, TIMED_OUT).say("own-internet-up", "yes"), "de")
    assert text.startswith("Übergabe: VPN-Störung LAGER (192.0.2.44)")
    assert "Ergebnis: nicht aufgebaut" in text
    assert "1.txt, Zeilen 1-2 >" in text


def test_about_one_of_several_incidents(diagnoser: Diagnoser) -> None:
    interview = begun(diagnoser, TIMED_OUT + no_answer(ZENTRALE))
    assert told(interview).startswith("Hand-over: VPN fault LAGER")
    second = told(interview, incident=interview.in_trouble[1].id)
    assert second.startswith("Hand-over: VPN fault ZENTRALE (203.0.113.10)")
    assert "Also in trouble: LAGER (192.0.2.44)" in second


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_healthy_case_and_one_without_a_file(diagnoser: Diagnoser, lang: Lang) -> None:
    for interview in (begun(diagnoser, set_up(LAGER)), begun(diagnoser)):
        text = told(interview, lang)
        assert f"lancom-vpn-assistant {__version__} · {interview.diagnosis.verdict.value}" in text


def test_hostile_text_is_shown_harmless(diagnoser: Diagnoser) -> None:
    site = "A\x1b[31m\u202e{B} (192.0.2.9)"
    text = render_hand_over(begun(diagnoser, no_answer(site)).diagnosis, diagnoser.catalog, "en")
    assert "A␛[31m\\u{202e}{B}" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_it_stays_some_pages_whatever_the_trace_holds(diagnoser: Diagnoser) -> None:
    names = (f"SITE-{'X' * 200}-{number} (192.0.2.{number % 250})" for number in range(300))
    many = "".join(no_answer(name, number) for number, name in enumerate(names))
    long = error(LAGER, "0x1307", 1, name="N" * 5000)
    endless = at(400, f"VPN: connection for {LAGER} timed out: no response", *["x" * 3000] * 500)
    interview = begun(diagnoser, many + long + endless)
    text = render_hand_over(interview.diagnosis, diagnoser.catalog, "en")
    assert len(text) < 40_000
    assert text.count("\n") < 400


def test_keys_of_a_configuration_never_stand_in_it(diagnoser: Diagnoser) -> None:
    both = Case(
        (
            CaseFile("trace.txt", lambda: io.BytesIO(TIMED_OUT.encode())),
            CaseFile(
                "router.lcs",
                lambda: io.BytesIO(CONFIGURATION.encode()),
                Side.LOCAL,
                Wanted.CONFIGURATION,
            ),
        )
    )
    interview = Interview.begin(diagnoser, diagnoser.examine(both))
    for lang in ("de", "en"):
        text = render_hand_over(interview.diagnosis, diagnoser.catalog, lang)
        assert "router.lcs" in text
        assert SECRET not in text


def test_it_may_be_written_again_but_replaces_nothing_else(
    diagnoser: Diagnoser, tmp_path: Path
) -> None:
    request = Request(
        formats=(), output=f"{tmp_path}/", first_name="trace.txt", inputs=(), force=False
    )
    path = request.beside("hand-over.txt")
    text = render_hand_over(begun(diagnoser, TIMED_OUT).diagnosis, diagnoser.catalog, "en")
    assert write_text(request, path, text) == tmp_path / "trace.hand-over.txt"
    write_text(request, path, text)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(Exception, match="not-ours"):
        write_text(request, path, text)
