"""Words what the proposals of a refused comparison differ in."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from assistant.model.diagnosis import Incident, RefusedProposal
from assistant.model.source import Side
from reports.escape import visible
from reports.labels import Labels
from reports.lines import Annotation
from reports.links import Ref


class ProposalView(Struct, frozen=True, kw_only=True):
    """One attribute in which proposals differ."""

    phase: str
    attribute: str
    ours: str
    theirs: str
    compared: str
    """Which proposals were held against each other: `1/1, 2/1`."""
    refs: tuple[Ref, ...]


def proposal_views(
    incident: Incident,
    sides: Mapping[str, Side | None],
    words: Labels,
    annotation: Annotation,
) -> tuple[ProposalView, ...]:
    """Equal differences made one, with all the proposals they concern."""
    grouped: dict[tuple[str, str, str, str], list[tuple[str, RefusedProposal]]] = {}
    for refused in incident.refused_proposals:
        event = refused.event
        # "local" is whoever wrote the trace; in the peer's trace we are the remote one.
        theirs_wrote = sides.get(refused.places[0].source) is Side.REMOTE
        ours, theirs = event.local_value, event.remote_value
        our_no, their_no = event.local_no, event.remote_no
        if theirs_wrote:
            ours, theirs, our_no, their_no = theirs, ours, their_no, our_no
        attribute = str(event.local_attribute)
        if event.remote_attribute != event.local_attribute:
            attribute = f"{event.local_attribute} / {event.remote_attribute}"
        key = (event.phase, attribute, str(ours), str(theirs))
        grouped.setdefault(key, []).append((f"{our_no}/{their_no}", refused))
    return tuple(
        ProposalView(
            phase=words(f"phase.{phase}"),
            attribute=visible(attribute),
            ours=visible(ours),
            theirs=visible(theirs),
            compared=", ".join(dict.fromkeys(pair for pair, _ in found)),
            refs=annotation.refs((place for _, one in found for place in one.places), words),
        )
        for (phase, attribute, ours, theirs), found in grouped.items()
    )
