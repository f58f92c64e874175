"""In what two lists of proposals differ, as charon prints them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from assistant.model.event import Phase
from assistant.model.ike_event import ProposalListsCompared
from assistant.trace.charon.attempt import Attempt

Kind: TypeAlias = Literal["encryption", "integrity", "prf", "group", "sequence-numbers"]
Differs: TypeAlias = Kind | Literal["several"]

_GROUPS = ("MODP_", "ECP_", "CURVE_", "KE_", "ML_KEM", "NTRU", "NEWHOPE")
_INTEGRITY = ("HMAC_", "AES_XCBC", "AES_CMAC", "AES_128_GMAC", "AES_256_GMAC")
_SEQUENCE = ("NO_EXT_SEQ", "EXT_SEQ")
_PROPOSALS = 40
"""Of one list that are looked at."""


def compare(attempt: Attempt, phase: Phase) -> ProposalListsCompared | None:
    """In what the lists differ that were printed before a refusal; None if they were not."""
    if attempt.received is None or attempt.configured is None:
        return None
    theirs, ours = attempt.received[0], attempt.configured[0]
    if theirs.phase != phase or ours.phase != phase:
        return None
    # The first CHILD_SA of IKEv2 takes its keys from the IKE_SA and needs no group.
    is_first_child = attempt.latest is not None and attempt.latest.exchange == "IKE_AUTH"
    with_group = phase == "1" or not is_first_child
    differs = difference(theirs.proposals, ours.proposals, with_group=with_group)
    return ProposalListsCompared(phase=phase, differs=differs) if differs else None


def difference(theirs: str, ours: str, *, with_group: bool = True) -> Differs | None:
    """What keeps the two proposals apart that are most alike; None if nothing visible does.

    >>> difference("AES_CBC_256/HMAC_SHA1_96/MODP_2048", "AES_CBC_256/HMAC_SHA1_96/MODP_3072")
    'group'
    """
    best: set[Kind] | None = None
    for one in _split(theirs):
        for other in _split(ours):
            apart = {
                kind
                for kind in {**one, **other}
                if (with_group or kind != "group")
                and not one.get(kind, frozenset()) & other.get(kind, frozenset())
            }
            if best is None or len(apart) < len(best):
                best = apart
    if not best:
        return None
    return best.pop() if len(best) == 1 else "several"


def _split(proposals: str) -> list[dict[Kind, frozenset[str]]]:
    return [_algorithms(one) for one in proposals.split(", ")[:_PROPOSALS]]


def _algorithms(proposal: str) -> dict[Kind, frozenset[str]]:
    """By what they do; one proposal may name several of a kind."""
    found: dict[Kind, frozenset[str]] = {}
    for word in proposal.split(":", 1)[-1].strip().split("/"):
        kind: Kind = "encryption"
        if word.startswith("PRF_"):
            kind = "prf"
        elif word.startswith(_GROUPS):
            kind = "group"
        elif word.startswith(_INTEGRITY):
            kind = "integrity"
        elif word in _SEQUENCE:
            kind = "sequence-numbers"
        found[kind] = found.get(kind, frozenset()) | {word}
    return found
