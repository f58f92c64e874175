"""Reasons, groups and bad tickets of a triage in words."""

from __future__ import annotations

from assistant.catalog.catalog import Catalog
from assistant.model.ticket import BadTicket
from assistant.model.triage import CommonOutage, Fingerprint, Reason, Similar
from reports.escape import visible
from reports.labels import Labels
from reports.short import cause_name


def reason_told(reason: Reason, catalog: Catalog, words: Labels) -> str:
    """`the tunnel was up and was lost (+2)`."""
    holes = {name: _value(name, value, catalog, words) for name, value in reason.values}
    told = words(f"triage.why.{reason.id}", **holes)
    if not reason.points:
        return told
    return words("triage.why.points", why=told, points=f"{reason.points:+d}")


def what_told(fingerprint: Fingerprint, catalog: Catalog, words: Labels) -> str:
    """What the cases of a group have in common, the cause first: that is what one looks for."""
    cause = fingerprint.cause
    if cause is None:
        told = "" if fingerprint.outcome else words("triage.no-negotiation")
    else:
        told = cause_name(cause, catalog, words)
    outcome = words(f"outcome.{fingerprint.outcome}") if fingerprint.outcome else ""
    attribute = visible(fingerprint.attribute) if fingerprint.attribute else ""
    parts = (told, attribute, " ".join(fingerprint.codes), outcome)
    return ", ".join(part for part in parts if part)


def outage_of(one: CommonOutage, words: Labels) -> str:
    """`Outage in network 198.51.100.0/24`."""
    return words(f"triage.outage-of.{one.basis}", subject=visible(one.subject))


def lost_together(one: CommonOutage, words: Labels) -> str:
    """How many sites were lost, and between which times."""
    return words(
        "triage.lost-together",
        sites=words.counted("triage.sites", len(one.sites)),
        first=words.moment(one.first),
        last=words.moment(one.last),
    )


def similar_told(one: Similar, catalog: Catalog, words: Labels) -> str:
    """An earlier ticket, what it was, and what helped."""
    cause = cause_name(one.cause, catalog, words)
    if one.remedy is None or one.helped is None:
        return words("triage.similar", ticket=one.ticket, cause=cause)
    known = catalog.remedies.get(one.remedy)
    remedy = words.title(known.title) if known else visible(one.remedy)
    key = "triage.similar.helped" if one.helped else "triage.similar.not-helped"
    return words(key, ticket=one.ticket, cause=cause, remedy=remedy)


def bad_told(bad: BadTicket, words: Labels) -> str:
    """Why something is no ticket."""
    holes = {
        name: words(f"looks.{value}") if name == "looks" else visible(value, limit=200)
        for name, value in bad.words
    }
    return words(f"error.{bad.reason}", **holes)


def _value(name: str, value: str | float, catalog: Catalog, words: Labels) -> str:
    """A value as a reason tells it: ids by their titles, seconds as people say them."""
    if isinstance(value, str):
        if name == "cause":
            return cause_name(value, catalog, words)
        if name == "remedy" and value in catalog.remedies:
            return words.title(catalog.remedies[value].title)
        if name == "input" and value in catalog.inputs:
            return words.title(catalog.inputs[value].title)
        return visible(value)
    return words.duration(value) if name == "seconds" else words.number(value)
