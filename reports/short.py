"""Short names in plain text: of a cause, of what an incident is about, of places in a source."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import SHORT_CHARACTERS
from assistant.model.diagnosis import Incident
from assistant.model.source import Place
from reports.escape import visible
from reports.labels import Labels
from reports.paragraph import cut
from reports.standpoint import whose_told


def cause_name(cause: str, catalog: Catalog, words: Labels) -> str:
    """A cause in few words, or the beginning of its title; of one that is not known its id."""
    entry = catalog.causes.get(cause)
    if entry is None:
        return visible(cause)
    return cut(words.title(entry.short or entry.title), SHORT_CHARACTERS)


def about(incident: Incident | None, words: Labels) -> str:
    """Remote site and gateway, and whether only the other side's trace shows it."""
    if incident is None or not (incident.remote_site or incident.gateway):
        return words("ask.about.case")
    site = words.site(incident.remote_site)
    if incident.gateway:
        site = words("ask.about", site=site, gateway=visible(incident.gateway))
    whose = whose_told(incident, words)
    return words("theirs.about", about=site, whose=whose) if whose else site


def places_told(places: Sequence[Place], words: Labels) -> str:
    """Places of one source: `trace.txt, lines 3-5, 9`."""
    lines = [
        f"{one.first_line}"
        if one.first_line == one.last_line
        else f"{one.first_line}-{one.last_line}"
        for one in places
    ]
    single = len(places) == 1 and places[0].first_line == places[0].last_line
    return words(
        "ask.lines.one" if single else "ask.lines.other",
        source=visible(places[0].source),
        lines=", ".join(lines),
    )
