"""Words the facts of one incident: what the input says of the negotiation, no judgement."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Incident
from assistant.model.event import ErrorCode
from assistant.model.message import (
    ErrorReported,
    IkeNegotiationStarted,
    PeerIdentified,
    PollTimeout,
    TrafficRule,
    TunnelEndpoints,
)
from assistant.model.negotiation import Outcome, Stage
from assistant.model.source import Side
from reports.escape import visible
from reports.labels import Labels
from reports.lines import Badge, badge

_MOST_VALUES = 3


class Fact(Struct, frozen=True, kw_only=True):
    """One line of what the trace says."""

    label: str
    value: str


class StageView(Struct, frozen=True, kw_only=True):
    """One step of bringing a tunnel up and whether it was reached."""

    word: str
    state_id: str
    """`done`, `broken`, `open` or `ahead`."""
    state: str


class CodeView(Struct, frozen=True, kw_only=True):
    """An error code of the device."""

    code: str
    name: str
    meaning: str
    badge: Badge | None


def facts_of(incident: Incident, words: Labels) -> tuple[Fact, ...]:
    """What is known of the negotiation itself."""
    facts = [
        ("fact.remote-site", words.site(incident.remote_site)),
        ("fact.gateway", visible(incident.gateway) if incident.gateway else ""),
        (
            "fact.outcome",
            words(f"outcome.{incident.outcome.value}") if incident.outcome else "",
        ),
        ("fact.role", words(f"role.{incident.role.value}") if incident.role else ""),
        *_seen_values(incident),
        ("fact.seen", _seen(incident, words)),
        ("fact.occurrences", occurrences_told(incident, words)),
        ("fact.recovered", words("recovered.yes") if incident.recovered else ""),
        ("fact.side", words("who-is.remote") if incident.side is Side.REMOTE else ""),
    ]
    return tuple(Fact(label=words(key), value=value) for key, value in facts if value)


def occurrences_told(incident: Incident, words: Labels) -> str:
    """`3 times`; empty if once or never."""
    return words.counted("times", incident.occurrences) if incident.occurrences > 1 else ""


def stages_of(incident: Incident, words: Labels) -> tuple[StageView, ...]:
    """The way of a tunnel, and where this one stopped; empty if the trace does not show it."""
    reached = incident.stage
    if reached is None:
        return ()
    kinds = {message.event.kind for message in incident.messages}
    dynamic = reached is Stage.DYNAMIC_VPN or "dynamic-vpn-started" in kinds
    views = []
    for stage in Stage:
        if stage is Stage.DYNAMIC_VPN and not dynamic:
            continue
        if stage.rank < reached.rank:
            state = "done"
        elif stage.rank > reached.rank:
            state = "ahead"
        elif incident.outcome is not None and incident.outcome.is_fault:
            state = "broken"
        else:
            state = "open" if incident.outcome is Outcome.UNFINISHED else "done"
        lost = state == "broken" and incident.outcome is Outcome.LOST
        word = words("stage-state.lost") if lost else words(f"stage-state.{state}")
        views.append(StageView(word=words(f"stage.{stage.value}"), state_id=state, state=word))
    return tuple(views)


def code_views(incident: Incident, catalog: Catalog, words: Labels) -> tuple[CodeView, ...]:
    """The error codes, each once."""
    return tuple(
        _code_view(code, incident, catalog, words) for code in dict.fromkeys(incident.error_codes)
    )


def _code_view(code: ErrorCode, incident: Incident, catalog: Catalog, words: Labels) -> CodeView:
    """An error code with its name; the name as the device spelt it, where it did."""
    printed = next(
        (
            message.event.name
            for message in incident.messages
            if isinstance(message.event, ErrorReported) and message.event.code == code
        ),
        None,
    )
    entry = catalog.errors.get(code)
    if entry is None:
        return CodeView(
            code=visible(code),
            name=visible(printed) if printed else "",
            meaning=words("code.unlisted"),
            badge=None,
        )
    return CodeView(
        code=entry.code,
        name=visible(printed or entry.name),
        meaning=words.told(entry.meaning) if entry.meaning else "",
        badge=badge(entry.basis, entry.source, words),
    )


def _seen(incident: Incident, words: Labels) -> str:
    if incident.outcome is None:
        return ""
    return words.period(incident.first_seen, incident.last_seen)


def _seen_values(incident: Incident) -> list[tuple[str, str]]:
    """What the messages name that one looks up in a configuration."""
    found: dict[str, list[str]] = {}
    for message in incident.messages:
        event = message.event
        match event:
            case PollTimeout(poll_target=str(target)):
                found.setdefault("fact.polled", []).append(target)
            case TrafficRule():
                networks = f"{event.local_network} \N{LEFT RIGHT ARROW} {event.remote_network}"
                found.setdefault("fact.networks", []).append(networks)
            case TunnelEndpoints():
                found.setdefault("fact.own-address", []).append(event.own_address)
            case PeerIdentified(product=str(product)):
                found.setdefault("fact.product", []).append(product)
            case IkeNegotiationStarted(mode=str(mode)):
                found.setdefault("fact.mode", []).append(mode)
            case _:
                pass
    return [
        (key, ", ".join(visible(value) for value in list(dict.fromkeys(values))[:_MOST_VALUES]))
        for key, values in found.items()
    ]
