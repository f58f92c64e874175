"""One source from bytes to events: everything is read, or counted and shown."""

from __future__ import annotations

import hashlib
import time
import tracemalloc

import msgspec
import pytest
from conftest import Read
from trace_lines import CASES, EXAMPLES, LAGER, at, lost_by_polling, set_up, started

from assistant.catalog.load import OWN_KNOWLEDGE
from assistant.catalog.message import event_fields
from assistant.catalog.schema import PatternFile
from assistant.catalog.strict_yaml import load_strict
from assistant.model.source import SourceKind
from assistant.trace.read import UNREAD_LIMIT

# Without the rest of the knowledge base: what is wrong there is told by its own tests.
SAMPLES = [
    pytest.param(sample.message, dict(sample.yields), id=f"{pattern.id}-{number}")
    for path in sorted(OWN_KNOWLEDGE.glob("patterns/*/vpn-status.yaml"))
    for pattern in msgspec.convert(load_strict(path.read_text("utf-8")).data, PatternFile).patterns
    for number, sample in enumerate(pattern.samples, start=1)
]
JUNK = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(256))
TAGGED = "[VPN-Status] 2024/05/14 09:00:00,000\n"
BARE = "2024/05/14 09:00:00,000\n"


def only_event(read: Read, text: str) -> dict[str, str | int]:
    """Fields of the one event of a text."""
    source = read(text)
    assert (source.records, source.unread_records, source.unread) == (1, 0, [])
    events = [seen.event for draft in source.drafts for seen in draft.seen.values()]
    return event_fields(events[0]) if events else {}


@pytest.mark.parametrize("header", [TAGGED, BARE, ""], ids=["tagged", "bare", "none"])
@pytest.mark.parametrize(("message", "yields"), SAMPLES)
def test_every_message_is_read_under_both_headers_and_without(
    read: Read, header: str, message: str, yields: dict[str, str | int]
) -> None:
    assert only_event(read, header + message + "\n") == yields


@pytest.mark.parametrize(("message", "yields"), SAMPLES)
def test_every_message_is_read_in_any_case(
    read: Read, message: str, yields: dict[str, str | int]
) -> None:
    swapped = only_event(read, TAGGED + message.swapcase())
    assert {name: str(value).lower() for name, value in swapped.items()} == {
        name: str(value).lower() for name, value in yields.items()
    }


@pytest.mark.parametrize(("message", "yields"), SAMPLES)
def test_every_message_is_read_indented_and_with_other_white_space(
    read: Read, message: str, yields: dict[str, str | int]
) -> None:
    spaced = "".join(f"\t {line.replace(' ', '  ')}  \r\n" for line in message.split("\n"))
    found = only_event(read, TAGGED + spaced)
    assert {name: " ".join(str(value).split()) for name, value in found.items()} == {
        name: str(value) for name, value in yields.items()
    }


@pytest.mark.parametrize(
    "message",
    [
        "VpnIpm: info; life time (108000 sec/0 kb)",
        "VpnIpm: info; life time (  108000 sec/  0 kb)",
        "VpnIpm:info;life time (108000 sec/ 0 kb)",
    ],
)
def test_white_space_beside_brackets_and_slashes_may_be_missing(read: Read, message: str) -> None:
    assert only_event(read, TAGGED + message) == {"life_s": 108000, "life_kb": 0}


def test_both_spellings_of_the_initiator(read: Read) -> None:
    line = "VpnIpm: info; Phase-2 [{}] done with 2 SAS for peer LAGER rule ipsec-0-LAGER"
    roles = [
        only_event(read, TAGGED + line.format(spelling))["role"]
        for spelling in ("inititiator", "initiator", "INITIATOR", "responder")
    ]
    assert roles == ["initiator", "initiator", "initiator", "responder"]


def test_an_error_code_is_lower_case_and_has_four_digits(read: Read) -> None:
    line = "VPN: Error: IFC-I-Connection-timeout-IKE-IPSEC (0X210A) for LAGER (192.0.2.44)"
    assert only_event(read, TAGGED + line)["code"] == "0x210a"


def test_a_word_with_a_dotless_i_is_none_of_ours(read: Read) -> None:
    line = "VpnIpm: info; SA ESP [0x1a] alg AES keylength 256 +hmac HMAC_SHA \u0131ncoming"
    assert read(TAGGED + line).unread_records == 1


def test_a_message_without_pattern_is_counted_and_shown(read: Read) -> None:
    source = read(TAGGED + "VPN: something new for LAGER (192.0.2.44)\nmore\n" + started(LAGER, 1))
    (unread,) = source.unread
    assert (source.records, source.unread_records) == (4, 1)
    assert (unread.first_line, unread.last_line) == (1, 3)
    assert unread.text.endswith("VPN: something new for LAGER (192.0.2.44)\nmore")


def test_a_line_that_no_pattern_knows_is_shown_and_its_message_is_read(read: Read) -> None:
    text = TAGGED + "VPN: disconnecting LAGER (192.0.2.44)\n  reason: 17\n"
    source = read(text)
    (draft,) = source.drafts
    (unread,) = source.unread
    assert (source.unread_records, unread.first_line, unread.text) == (0, 3, "  reason: 17")
    assert (draft.last.first_line, draft.last.last_line) == (1, 2)


def test_the_prompt_after_the_last_message_is_no_evidence(read: Read) -> None:
    text = (
        TAGGED + "VPN: disconnecting LAGER (192.0.2.44)\n\n\nroot@LAGER:/\n> trace - vpn-status\n"
    )
    (draft,) = read(text).drafts
    assert draft.last.text == text.rstrip().split("\n\n\n")[0]


def test_other_trace_classes_are_counted_and_not_used(read: Read) -> None:
    source = read(
        "[IP-Router] 2024/05/14 09:00:00,000\nIP-Router Rx (LAGER, RtgTag: 0):\n\n"
        + at(1, f"VPN: connecting to {LAGER}")
        + "[Ethernet] 2024/05/14 09:00:02,000\nReceived 60 byte Ethernet packet via LAN-1:\n"
    )
    assert source.classes == {"IP-Router": 1, "VPN-Status": 1, "Ethernet": 1}
    assert (source.records, source.unread_records) == (3, 0)
    assert (str(source.first), str(source.last)) == (
        "2024-05-14T09:00:00.000",
        "2024-05-14T09:00:02.000",
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", SourceKind.EMPTY),
        ("\ufeff", SourceKind.EMPTY),
        (" \r\n\t\n\n", SourceKind.EMPTY),
        (TAGGED, SourceKind.LANCOM_TRACE),
        ("VPN: disconnecting LAGER (192.0.2.44)", SourceKind.LANCOM_TRACE),
        ("10:17:58,480\nChange phase to ESTABLISH\n", SourceKind.LANCOM_TRACE),
        ("[IP-Router] 2024/05/14 09:00:00,000\nx\n", SourceKind.LANCOM_TRACE),
        ("Guten Tag,\nmein VPN: geht nicht.\n", SourceKind.OTHER),
        ("VPN: ist kaputt, bitte melden\n", SourceKind.OTHER),
        ("| LANCOM 1781VA\n| Ver. 10.12\n\nroot@LAGER:/\n> ", SourceKind.OTHER),
        ("[main] 2024/05/14 09:00:00,000 INFO  o.e.Server - up\n" * 3, SourceKind.OTHER),
        ("2024/05/14 09:00:00,000 INFO  o.e.Server - up\n" * 3, SourceKind.OTHER),
        ("1\n00:00:01,000 --> 00:00:04,000\nHello.\n", SourceKind.OTHER),
        (JUNK, SourceKind.OTHER),
    ],
)
def test_the_kind_is_told_by_the_content(
    read: Read, content: str | bytes, kind: SourceKind
) -> None:
    assert read(content).kind is kind


def test_a_trace_in_a_mail_is_read_and_the_mail_is_shown(read: Read) -> None:
    source = read((CASES / "005-with-prose.txt").read_bytes())
    (draft,) = source.drafts
    assert (source.kind, draft.remote_site) == (SourceKind.LANCOM_TRACE, "NORDHOF")
    assert [place.text.split("\n")[-1] for place in source.unread] == [
        "Anbei der Mitschnitt von heute Morgen, Bemerkungen stehen dazwischen.",
        "So weit, so gut. Dann sendet der Router seine eigene Adresse:",
        "(das sind unsere beiden Server)",
        "VPN: start IKE negotiation for NORDHOF (203.0.113.24) <- ab hier IKE",
        "Danach kam nichts mehr, ich habe nach zehn Sekunden abgebrochen.",
    ]


@pytest.mark.parametrize(
    ("newline", "encoding"),
    [
        *((newline, name) for newline in ("\n", "\r\n", "\r") for name in ("utf-8", "cp1252")),
        ("\r\n", "utf-8-sig"),
        ("\r\n", "utf-16"),
    ],
)
def test_line_ends_and_encodings_change_nothing(read: Read, newline: str, encoding: str) -> None:
    text = set_up(LAGER) + lost_by_polling(LAGER, 40) + "Anmerkung: Prüfen\n"
    same = read(text.replace("\n", newline).encode(encoding))
    assert [place.text for place in same.unread] == ["Anmerkung: Prüfen"]
    assert same.drafts == read(text).drafts


def test_every_place_is_what_the_file_says_there(read: Read) -> None:
    for path in sorted([*CASES.glob("*.txt"), *EXAMPLES.glob("*.txt")]):
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        source = read(text)
        places = [place for d in source.drafts for s in d.seen.values() for place in s.places]
        assert places
        for place in [*places, *source.unread]:
            there = lines[place.first_line - 1 : place.last_line]
            assert place.text == "\n".join(map(str.rstrip, there))


UNKNOWN = "".join(f"nobody knows line {n}, or does somebody?\n" for n in range(200_000)).encode()


def test_unknown_lines_cost_little_time(read: Read) -> None:
    begun = time.process_time()
    source = read(UNKNOWN)
    assert time.process_time() - begun < 10
    # Lines without a header are one record for each 200, or less where a piece ends.
    assert 1000 <= source.unread_records == source.records < 1010
    assert len(source.unread) <= UNREAD_LIMIT


def test_memory_does_not_grow_with_the_file(read: Read) -> None:
    shorter, longer = UNKNOWN[: 3 << 20], UNKNOWN[: 6 << 20]
    assert peak(read, longer) < 1.3 * peak(read, shorter)


def peak(read: Read, data: bytes) -> int:
    """The most memory that reading takes, in bytes."""
    tracemalloc.start()
    try:
        read(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_long_texts_are_not_remembered_for_ever(read: Read) -> None:
    noise = "".join(at(number, f"VPN: {number} " + "x" * 3000) for number in range(1000))
    tracemalloc.start()
    try:
        read(noise)
        current, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert current < len(noise) / 2


def test_a_line_of_megabytes_does_not_hold_up_the_next(read: Read) -> None:
    source = read(TAGGED + "VPN: " + "a = b <-> " * 500_000 + "\n\n" + started(LAGER, 1))
    assert (source.records, source.unread_records, len(source.drafts)) == (4, 1, 1)
