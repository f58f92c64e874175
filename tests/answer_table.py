"""What a person in each situation would truthfully answer; knows no number of the knowledge base.

Several choices: people in this situation see the one or the other. `unknown`: there is nothing to
see, for instance no traffic to test while no tunnel comes up.
"""

from __future__ import annotations

from collections.abc import Mapping

NOBODY_CAN_SAY = ("unknown",)

USUAL: Mapping[str, tuple[str, ...]] = {
    "own-internet-up": ("yes",),
    "gateway-answers-ping": ("yes", "yes", "no"),
    "gateway-address-current": ("same",),
    "history": ("never", "until-change"),
    "remote-online": ("yes",),
    "remote-trace-shows": ("answers-sent",),
    "remote-entry": ("matches",),
    "middlebox": ("none", "none", "open"),
    "psk-compared": ("equal",),
    "identities-compared": ("equal",),
    "proposals-compared": ("equal",),
    "networks-compared": ("equal",),
    "certificate-state": ("psk-used", "psk-used", "psk-used", "valid"),
    "tunnel-limit": ("free",),
    "hold-time": ("keep-alive", "other"),
    "poll-entry": ("present", "missing"),
    "poll-target-kind": ("lan-router", "lan-host", "empty"),
    "poll-target-answers": ("yes",),
    "remote-icmp-trace": NOBODY_CAN_SAY,
    "tunnel-carries-data": NOBODY_CAN_SAY,
    "last-error": ("time-out",),
    "tunnel-state": ("never-up",),
    "ike-settings-compared": ("equal",),
    "pfs-compared": ("equal",),
    "networks-distinct": ("apart",),
    "gateway-name": ("address-used", "resolves"),
    "gateway-route": ("internet",),
    "own-address": ("public", "public", "translated"),
    "remote-address-kind": ("public",),
    "remote-vpn-active": ("yes",),
    "large-packets": ("pass",),
    "dynamic-vpn": ("off",),
    "ppp-entry": ("present",),
    "client-connected-twice": ("no",),
    "router-load": ("normal",),
    "poll-source": ("inside",),
    "path-stability": ("steady",),
}
"""Where everything but the tunnel works and the tunnel does not come up."""

_POLLED = {
    "last-error": ("polling",),
    "tunnel-state": ("drops",),
    "hold-time": ("keep-alive",),
    "poll-entry": ("present",),
    "poll-target-kind": ("lan-router", "lan-host"),
    "remote-icmp-trace": ("reply-leaves",),
    "tunnel-carries-data": ("yes",),
}
"""Where the tunnel comes up and its polls go unanswered."""

_OWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "gateway-address-wrong": {
        "gateway-address-current": ("different",),
        "gateway-answers-ping": ("no", "no", "yes"),
        "history": ("suddenly", "suddenly", "never", "until-change"),
        "remote-trace-shows": ("nothing",),
    },
    "remote-not-configured": {
        "remote-trace-shows": ("unknown-peer",),
        "remote-entry": ("missing",),
        "history": ("never", "never", "until-change"),
    },
    "firewall-blocks-ike": {
        "remote-trace-shows": ("nothing", "nothing", "nothing", "answers-sent"),
        "middlebox": ("unsure", "unsure", "unsure", "open"),
        "history": ("until-change", "never", "suddenly"),
    },
    "poll-address-wrong": {
        **_POLLED,
        "poll-target-kind": ("lan-host", "lan-host", "outside-rule"),
        "poll-target-answers": ("no",),
        "remote-icmp-trace": ("arrives-no-reply", "not-arriving"),
    },
    "tunnel-traffic-blocked": {
        **_POLLED,
        "tunnel-carries-data": ("no",),
        "remote-icmp-trace": ("not-arriving", "arrives-no-reply"),
    },
    "ping-blocked-on-public-address": {
        **_POLLED,
        "poll-target-kind": ("public-ip",),
        "gateway-answers-ping": ("no",),
        "poll-target-answers": ("no", "yes"),
        "remote-icmp-trace": ("arrives-no-reply",),
    },
    "poll-entry-missing": {
        "last-error": ("no-poll-entry",),
        "hold-time": ("keep-alive",),
        "poll-entry": ("missing",),
        "poll-target-kind": ("empty",),
        "remote-trace-shows": ("nothing", "answers-sent"),
    },
    "ike-proposal-mismatch": {
        "last-error": ("proposal", "proposal", "time-out"),
        "remote-trace-shows": ("proposal",),
        "proposals-compared": ("ike-different",),
    },
    "ipsec-proposal-mismatch": {
        "last-error": ("proposal",),
        "remote-trace-shows": ("proposal",),
        "proposals-compared": ("ipsec-different",),
    },
    "natt-port-blocked": {
        "remote-trace-shows": ("answers-sent",),
        "middlebox": ("unsure", "unsure", "open"),
        "own-address": ("translated",),
    },
    "remote-offline": {
        "remote-online": ("no",),
        "gateway-answers-ping": ("no",),
        "history": ("suddenly",),
        "remote-trace-shows": ("nothing",),
        "tunnel-state": ("never-up", "drops"),
        "path-stability": ("gaps", "steady"),
        "remote-vpn-active": NOBODY_CAN_SAY,
        "large-packets": NOBODY_CAN_SAY,
    },
    "remote-ike-not-running": {
        "remote-vpn-active": ("no",),
        "gateway-answers-ping": ("yes",),
        "remote-trace-shows": ("nothing",),
        "history": ("until-change", "never"),
    },
    "remote-behind-cgnat": {
        "remote-address-kind": ("shared",),
        "remote-trace-shows": ("nothing",),
        "gateway-address-current": ("same", "different"),
        "gateway-answers-ping": ("no", "yes"),
        "history": ("never", "until-change"),
    },
    "local-internet-down": {
        "own-internet-up": ("no",),
        "gateway-answers-ping": ("no",),
        "history": ("suddenly",),
        "remote-trace-shows": ("nothing",),
        "tunnel-state": ("never-up", "drops"),
        "path-stability": ("gaps",),
        "large-packets": ("lost",),
    },
    "no-route-to-gateway": {
        "last-error": ("no-way",),
        "gateway-route": ("none",),
        "gateway-answers-ping": ("no",),
        "remote-trace-shows": ("nothing",),
        "history": ("until-change", "never"),
    },
    "name-resolution-failed": {
        "last-error": ("no-way",),
        "gateway-name": ("fails",),
        "gateway-answers-ping": ("no",),
        "remote-trace-shows": ("nothing",),
        "history": ("suddenly", "never"),
    },
    "psk-mismatch": {
        "last-error": ("authentication", "time-out"),
        "remote-trace-shows": ("auth",),
        "psk-compared": ("different",),
        "certificate-state": ("psk-used",),
    },
    "identity-mismatch": {
        "last-error": ("authentication", "authentication", "time-out"),
        "remote-trace-shows": ("auth", "unknown-peer"),
        "identities-compared": ("different",),
    },
    "network-mismatch": {
        "last-error": ("network", "network", "time-out"),
        "remote-trace-shows": ("network",),
        "networks-compared": ("different",),
    },
    "networks-overlap": {
        "last-error": ("polling", "network", "other"),
        "tunnel-state": ("drops", "up-without-data", "never-up"),
        "networks-distinct": ("overlapping",),
        "tunnel-carries-data": ("no",),
        "history": ("never",),
    },
    "pfs-group-mismatch": {
        "last-error": ("proposal", "proposal", "time-out"),
        "remote-trace-shows": ("proposal",),
        "pfs-compared": ("different",),
        "proposals-compared": ("equal", "ipsec-different"),
    },
    "lifetime-mismatch": {
        "last-error": ("proposal", "proposal", "time-out"),
        "tunnel-state": ("never-up", "drops"),
        "remote-trace-shows": ("proposal",),
        "proposals-compared": ("lifetime-different",),
    },
    "ike-version-mismatch": {
        "remote-trace-shows": ("mode-or-version",),
        "ike-settings-compared": ("version-different",),
    },
    "exchange-mode-mismatch": {
        "last-error": ("proposal", "time-out"),
        "remote-trace-shows": ("mode-or-version",),
        "ike-settings-compared": ("mode-different",),
    },
    "auth-method-mismatch": {
        "last-error": ("proposal", "time-out"),
        "remote-trace-shows": ("proposal", "auth"),
        "ike-settings-compared": ("method-different",),
        "certificate-state": ("psk-used", "valid"),
    },
    "certificate-invalid": {
        "last-error": ("certificate",),
        "remote-trace-shows": ("auth",),
        "certificate-state": ("invalid",),
        "history": ("suddenly",),
    },
    "nat-changes-source-address": {
        "remote-trace-shows": ("unknown-peer",),
        "own-address": ("translated",),
        "middlebox": ("open", "unsure"),
        "history": ("until-change", "never"),
    },
    "fragmentation-blocked": {
        "large-packets": ("lost",),
        "certificate-state": ("valid", "psk-used"),
        "middlebox": ("open", "none", "unsure"),
    },
    "tunnel-limit-reached": {
        "last-error": ("limit", "limit", "time-out"),
        "tunnel-limit": ("full",),
        "remote-trace-shows": ("limit",),
        "history": ("suddenly", "until-change"),
    },
    "client-identity-in-use": {
        "last-error": ("client-in-use",),
        "client-connected-twice": ("yes",),
        "remote-trace-shows": ("limit", "answers-sent"),
        "history": ("suddenly",),
    },
    "ppp-entry-missing": {
        "last-error": ("no-way",),
        "ppp-entry": ("missing",),
        "dynamic-vpn": ("on",),
        "remote-trace-shows": ("nothing",),
    },
    "dynamic-vpn-blocked": {
        "last-error": ("dynamic-vpn",),
        "dynamic-vpn": ("on",),
        "remote-trace-shows": ("nothing",),
        "middlebox": ("unsure", "none"),
        "history": ("until-change", "never"),
    },
    "peer-unreachable-after-connect": {
        "last-error": ("peer-lost",),
        "tunnel-state": ("drops",),
        "path-stability": ("gaps",),
        "history": ("suddenly",),
        "tunnel-carries-data": ("yes",),
    },
    "poll-source-outside-vpn-rule": {
        **_POLLED,
        "poll-source": ("outside",),
        "remote-icmp-trace": ("not-arriving",),
    },
    "gateway-inside-remote-network": {
        "last-error": ("no-way",),
        "gateway-route": ("into-tunnel",),
        "gateway-answers-ping": ("no",),
        "remote-trace-shows": ("nothing",),
        "networks-compared": ("equal", "different"),
    },
    "local-ipsec-failure": {
        "last-error": ("memory",),
        "router-load": ("exhausted",),
        "history": ("suddenly", "until-change"),
    },
}


def truthful(cause: str, question: str) -> tuple[str, ...]:
    """What people would answer where this is what is wrong."""
    return _OWN[cause].get(question, USUAL[question])


CAUSES = tuple(_OWN)
"""Every cause that names something; `unknown` names nothing, so nobody can answer for it."""
