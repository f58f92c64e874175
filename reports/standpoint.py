"""Words an incident of the other side's trace as seen from ours: whose it is, who is to do what.

The knowledge base speaks from the side that recorded the trace: its "local" is the router there.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.model.diagnosis import Incident, Origin
from assistant.model.source import Side
from reports.labels import Labels

_SWAPPED = {"local": "remote", "remote": "local"}


def who_seen(who: str, side: Side) -> str:
    """Whose hands are meant, seen from our side.

    Args:
        who: As the knowledge base has it, seen from the side that recorded.
        side: Which side recorded.
    """
    return _SWAPPED.get(who, who) if side is Side.REMOTE else who


def who_told(who: str, incident: Incident | None, words: Labels) -> str:
    """The same in words: `at the remote site`.

    The peer of the other side may be another site than ours, so that it is called by its name.

    Args:
        who: As the knowledge base has it.
        incident: What it is about; None for the whole case.
        words: Of the language wanted.
    """
    if incident is None or incident.side is not Side.REMOTE:
        return words(f"who.{who}")
    if who == "remote" and incident.remote_site:
        return words("who.site", site=words.site(incident.remote_site))
    return words(f"who.{who_seen(who, incident.side)}")


def whose_told(incident: Incident, words: Labels) -> str:
    """`remote site's trace`; empty for an incident of our own."""
    return words(_key(incident)) if incident.side is Side.REMOTE else ""


def only_theirs(incident: Incident, words: Labels) -> str:
    """That only the other side shows it, as a sentence; empty for an incident of our own."""
    return words(f"{_key(incident)}.only") if incident.side is Side.REMOTE else ""


def lead_of_theirs(incident: Incident, words: Labels) -> str:
    """How to read an incident of the other side; empty for one of our own."""
    if incident.side is not Side.REMOTE:
        return ""
    return words(f"{_key(incident)}.told", site=words.site(incident.remote_site))


def ours_first(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """The incidents of our side before those that only the other side shows."""
    return tuple(sorted(incidents, key=lambda one: one.side is Side.REMOTE))


def _key(incident: Incident) -> str:
    return "theirs.config" if incident.origin is Origin.CONFIGURATION else "theirs.trace"
