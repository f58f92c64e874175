"""The words that conditions may use, and what is said of others."""

from __future__ import annotations

import pytest

from assistant.model.event_types import EVENT_TYPES
from assistant.model.vocabulary import (
    condition_problems,
    field_names,
    field_values,
    normalised,
)


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_field_of_every_event_is_known(kind: str) -> None:
    for name in field_names(kind):
        allowed = field_values(kind, name)
        assert allowed in (str, int) or (isinstance(allowed, tuple) and allowed)


def test_a_field_that_may_be_unknown_has_the_values_of_one_that_may_not() -> None:
    assert field_values("peer-identified", "port") is int
    assert field_values("connecting", "gateway") is str
    assert field_values("polled-network", "inside_rule") == ("yes", "no")


def test_unknown_words_are_key_errors() -> None:
    with pytest.raises(KeyError):
        field_values("failur", "failure")
    with pytest.raises(KeyError):
        field_values("failure", "failur")


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("connected", {}),
        ("timed-out", {"phase": 1}),
        ("poll-timeout", {"retries_left": "0"}),
        ("error-reported", {"code": "0x1106"}),
    ],
)
def test_a_condition_that_can_match_has_no_problem(kind: str, where: dict[str, str | int]) -> None:
    assert condition_problems(kind, where) == ()


@pytest.mark.parametrize(
    ("kind", "where", "problem"),
    [
        ("failure", {"layer": "ik"}, "failure.layer: expected interface, ike, ipsec, disconnect,"),
        ("poll-timeout", {"retries_left": "none"}, "retries_left: expected a whole number, found"),
        ("connected", {"gatway": "x"}, "expected remote_site, gateway or poll_timer_s as field,"),
        # Unquoted in YAML, 0x1106 is this number.
        ("error-reported", {"code": 4358}, "error-reported.code: expected a code in quotes,"),
        ("poll-time-out", {}, "event: expected poll-timeout"),
        ("zzz", {}, "event: expected connecting, dynamic-vpn-started,"),
    ],
)
def test_a_condition_that_cannot_match_is_told_why(
    kind: str, where: dict[str, str | int], problem: str
) -> None:
    (found,) = condition_problems(kind, where)
    assert problem in found


def test_values_that_mean_the_same_become_the_same() -> None:
    assert normalised("timed-out", "phase", 1) == normalised("timed-out", "phase", "1") == "1"
    assert normalised("poll-series", "retries", "5") == 5
    with pytest.raises(ValueError, match="invalid literal"):
        normalised("poll-series", "retries", "five")
