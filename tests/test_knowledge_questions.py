"""Every question of the contract is asked as the contract says, in two languages, and tells."""

from __future__ import annotations

import math

import msgspec
import pytest

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis
from assistant.inference.posterior import answer_likelihoods

CONTRACT = {
    "own-internet-up": ("local", "yes no"),
    "gateway-answers-ping": ("local", "yes no"),
    "gateway-address-current": ("both", "same different"),
    "history": ("local", "never until-change suddenly"),
    "remote-online": ("remote", "yes no"),
    "remote-trace-shows": (
        "remote",
        "nothing unknown-peer proposal mode-or-version auth network answers-sent limit",
    ),
    "remote-entry": ("remote", "matches missing"),
    "middlebox": ("local", "none open unsure"),
    "psk-compared": ("both", "equal different"),
    "identities-compared": ("both", "equal different"),
    "proposals-compared": ("both", "equal ike-different ipsec-different lifetime-different"),
    "networks-compared": ("both", "equal different"),
    "certificate-state": ("both", "psk-used valid invalid"),
    "tunnel-limit": ("local", "free full"),
    "hold-time": ("local", "keep-alive other"),
    "poll-entry": ("local", "present missing"),
    "poll-target-kind": ("local", "public-ip lan-router lan-host outside-rule empty"),
    "poll-target-answers": ("remote", "yes no"),
    "remote-icmp-trace": ("remote", "not-arriving arrives-no-reply reply-leaves"),
    "tunnel-carries-data": ("local", "yes no"),
}
"""Question id to who looks and the choices; people and scripts may rely on them."""

TELLING = {
    "gateway-address-wrong": ("gateway-address-current", "different"),
    "remote-not-configured": ("remote-entry", "missing"),
    "firewall-blocks-ike": ("middlebox", "unsure"),
    "poll-address-wrong": ("poll-target-answers", "no"),
    "tunnel-traffic-blocked": ("tunnel-state", "up-without-data"),
    "ping-blocked-on-public-address": ("poll-target-kind", "public-ip"),
    "poll-entry-missing": ("poll-entry", "missing"),
    "ike-proposal-mismatch": ("proposals-compared", "ike-different"),
    "ipsec-proposal-mismatch": ("proposals-compared", "ipsec-different"),
    "natt-port-blocked": ("middlebox", "unsure"),
    "remote-offline": ("remote-online", "no"),
    "remote-ike-not-running": ("remote-vpn-active", "no"),
    "remote-behind-cgnat": ("remote-address-kind", "shared"),
    "local-internet-down": ("own-internet-up", "no"),
    "no-route-to-gateway": ("gateway-route", "none"),
    "name-resolution-failed": ("gateway-name", "fails"),
    "psk-mismatch": ("psk-compared", "different"),
    "identity-mismatch": ("identities-compared", "different"),
    "network-mismatch": ("networks-compared", "different"),
    "networks-overlap": ("networks-distinct", "overlapping"),
    "pfs-group-mismatch": ("pfs-compared", "different"),
    "lifetime-mismatch": ("proposals-compared", "lifetime-different"),
    "ike-version-mismatch": ("ike-settings-compared", "version-different"),
    "exchange-mode-mismatch": ("ike-settings-compared", "mode-different"),
    "auth-method-mismatch": ("ike-settings-compared", "method-different"),
    "certificate-invalid": ("certificate-state", "invalid"),
    "nat-changes-source-address": ("own-address", "translated"),
    "fragmentation-blocked": ("large-packets", "lost"),
    "tunnel-limit-reached": ("tunnel-limit", "full"),
    "client-identity-in-use": ("client-connected-twice", "yes"),
    "ppp-entry-missing": ("ppp-entry", "missing"),
    "dynamic-vpn-blocked": ("dynamic-vpn", "on"),
    "peer-unreachable-after-connect": ("path-stability", "gaps"),
    "poll-source-outside-vpn-rule": ("poll-source", "outside"),
    "gateway-inside-remote-network": ("gateway-route", "into-tunnel"),
    "local-ipsec-failure": ("router-load", "exhausted"),
}
"""The answer that speaks most plainly for each cause, whatever the trace shows."""


def test_the_questions_of_the_contract(catalog: Catalog) -> None:
    found = {
        name: (asked.who, " ".join(choice.id for choice in asked.choices))
        for name, asked in catalog.questions.items()
        if name in CONTRACT
    }
    assert found == CONTRACT


def test_every_cause_has_an_answer_that_tells(catalog: Catalog) -> None:
    assert set(TELLING) == set(catalog.causes) - {"unknown"}


@pytest.mark.parametrize(("cause", "answer"), TELLING.items())
def test_the_telling_answer_tells(catalog: Catalog, cause: str, answer: tuple[str, str]) -> None:
    """At least 4 decibans for its cause, against what is usual: that is felt."""
    name, choice = answer
    asked = catalog.questions[name]
    here = answer_likelihoods(asked, catalog.causes[cause])[choice]
    silent = msgspec.structs.replace(catalog.causes["unknown"], answers=())
    usual = answer_likelihoods(asked, silent)[choice]
    assert 10 * math.log10(here / usual) >= 4


def test_every_question_tells_something(catalog: Catalog) -> None:
    telling = {answered.question for one in catalog.causes.values() for answered in one.answers}
    assert telling == set(catalog.questions)


def test_every_question_says_how_to_find_out(catalog: Catalog) -> None:
    for asked in catalog.questions.values():
        for text in (asked.text.de, asked.text.en):
            assert text.endswith("?")
            assert text.count("?") == 1
        for text in (asked.how.de, asked.how.en):
            assert text.endswith((".", "!"))


def test_what_is_shown_as_documented_names_its_source(catalog: Catalog) -> None:
    documented = {Basis.ARTICLE, Basis.MANUAL, Basis.MIB}
    for asked in catalog.questions.values():
        for place in (asked, asked.console, asked.lanconfig):
            if place is not None and place.basis in documented:
                assert place.source, asked.id


def test_labels_fit_a_menu(catalog: Catalog) -> None:
    for asked in catalog.questions.values():
        for choice in asked.choices:
            assert max(len(choice.label.de), len(choice.label.en)) <= 72


def test_likelihoods_of_every_question_and_cause_sum_to_one(catalog: Catalog) -> None:
    for asked in catalog.questions.values():
        for one in catalog.causes.values():
            assert math.fsum(answer_likelihoods(asked, one).values()) == pytest.approx(1)


def test_what_worked_does_not_unconfigure_itself(catalog: Catalog) -> None:
    asked = catalog.questions["history"]
    for name in (
        "psk-mismatch",
        "identity-mismatch",
        "ike-proposal-mismatch",
        "ipsec-proposal-mismatch",
        "network-mismatch",
        "ike-version-mismatch",
        "exchange-mode-mismatch",
    ):
        assert answer_likelihoods(asked, catalog.causes[name])["suddenly"] < 0.06
    for name in ("remote-offline", "certificate-invalid", "local-internet-down"):
        assert answer_likelihoods(asked, catalog.causes[name])["suddenly"] > 0.75
