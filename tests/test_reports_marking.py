"""The words of a record that decide, for every message that the knowledge base reads."""

from __future__ import annotations

import itertools
import re

import pytest

from assistant.catalog.catalog import Catalog
from assistant.catalog.load import load_catalog
from assistant.catalog.schema import Pattern
from reports.marking import deciding_words

PATTERNS = list(load_catalog().patterns.values())


def marked(text: str, pattern: Pattern) -> list[str]:
    return [text[start:end] for start, end in deciding_words(text, pattern)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (
            "no-response",
            "VPN: connection for LAGER (192.0.2.44) timed out: no response",
            ["timed out: no response"],
        ),
        (
            "error-reported",
            "VPN: Error: IFC-X-Line-polling-failed (0x1307) for LAGER (192.0.2.44)",
            ["IFC-X-Line-polling-failed (0x1307)"],
        ),
        (
            "poll-timeout",
            (
                "VPN: poll timeout for LAGER (192.0.2.44)\n"
                "remote site did not answer during interval\n"
                "no retries left, disconnect channel"
            ),
            ["poll timeout", "did not answer during interval\nno retries left, disconnect channel"],
        ),
        (
            "ike-proposal-refused",
            (
                "VpnIpm: info; phase-1 proposal failed; "
                "remote No 1 encryption algorithm = AES_CBC <-> "
                "local No 1 encryption algorithm = 3DES_CBC"
            ),
            [
                (
                    "phase-1 proposal failed; remote No 1 encryption algorithm = AES_CBC <-> "
                    "local No 1 encryption algorithm = 3DES_CBC"
                )
            ],
        ),
    ],
)
def test_what_is_marked(catalog: Catalog, pattern: str, text: str, expected: list[str]) -> None:
    assert marked(text, catalog.patterns[pattern]) == expected


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_every_message_has_words_that_decide(pattern: Pattern) -> None:
    for sample in pattern.samples:
        text = f"[VPN-Status] 2024/02/06 07:41:17,440\n{sample.message}"
        spans = deciding_words(text, pattern)

        assert spans
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
        assert all(word == word.strip() for word in marked(text, pattern))


@pytest.mark.parametrize("text", ["", "\n", "VPN:", "VPN: connection for " + "A" * 100_000])
def test_a_text_that_the_pattern_does_not_read_has_none(catalog: Catalog, text: str) -> None:
    assert deciding_words(text, catalog.patterns["no-response"]) == ()


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_text_made_to_be_searched_for_ever_is_not(pattern: Pattern) -> None:
    lines = [pattern.message, *(more.line for more in pattern.continues)]
    for line in lines:
        pieces = [piece for piece in re.split(r"\{[^{}]*\}", line) if piece.strip()]
        for missing in range(len(pieces)):
            others = " ".join(pieces[:missing] + pieces[missing + 1 :]) or "x"
            text = others * (4_000 // len(others))
            spans = deciding_words(text, pattern)

            assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
