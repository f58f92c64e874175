"""Words what is worth telling although no cause is likely by it."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis
from reports.escape import visible
from reports.frame import telling_line
from reports.labels import Labels
from reports.links import Anchors, Ref, linked

_LINE_LIMIT = 300


class RemarkView(Struct, frozen=True, kw_only=True):
    """One remark and where it comes from."""

    told: str
    explanation: str
    quote: str
    """The line it rests on; empty for a whole file."""
    ref: Ref | None


def remark_views(
    diagnosis: Diagnosis,
    catalog: Catalog,
    words: Labels,
    *,
    told: Collection[tuple[str, str]],
    anchors: Anchors,
) -> tuple[RemarkView, ...]:
    """The remarks that no incident tells already.

    Args:
        diagnosis: Has them.
        catalog: Has their words.
        words: Of the language wanted.
        told: Remote site and symptom of what the incidents tell.
        anchors: Of the lines that the page shows.
    """
    views = []
    several = len(diagnosis.sources) > 1
    for one in diagnosis.remarks:
        symptom = catalog.symptoms.get(one.symptom)
        if symptom is None or (one.remote_site, one.symptom) in told:
            continue
        place = one.places[-1] if one.places else None
        title = words("sentence", text=words.title(symptom.title))
        views.append(
            RemarkView(
                told=words("remark", site=words.site(one.remote_site), told=title),
                explanation=words.told(symptom.explanation),
                quote=visible(telling_line(place), limit=_LINE_LIMIT) if place else "",
                ref=linked(place, anchors, several=several),
            )
        )
    return tuple(views)
