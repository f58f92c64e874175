"""Lays proposals of both sides against each other: which fits which, and what keeps them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from assistant.model.diagnosis import Incident
from assistant.model.event import Phase
from assistant.model.ike_event import ProposalsConfigured, ProposalsReceived
from assistant.model.message import ProposalMatched, ProposalRefused
from assistant.model.source import Side
from reports.escape import visible

_MOST_PROPOSALS = 40
_MOST_WORDS = 12
_KINDS = ("encryption", "integrity", "prf", "group", "sequence-numbers")
"""What a proposal is made of, in the order it is shown."""
_GROUPS = ("MODP_", "ECP_", "CURVE_", "KE_", "ML_KEM", "NTRU", "NEWHOPE")
_INTEGRITY = ("HMAC_", "AES_XCBC", "AES_CMAC", "AES_128_GMAC", "AES_256_GMAC")
_SEQUENCE = ("NO_EXT_SEQ", "EXT_SEQ")


class Cell(Struct, frozen=True, kw_only=True):
    """One attribute of one of our proposals against one of theirs."""

    attribute: str
    """As the device calls it, or one of `_KINDS`."""
    ours: str
    theirs: str
    equal: bool


class Pair(Struct, frozen=True, kw_only=True):
    """One of our proposals against one of theirs."""

    ours: int
    theirs: int
    cells: tuple[Cell, ...]
    """What is known of it; a LANCOM device names the first attribute that differs."""

    @property
    def fits(self) -> bool:
        """Nothing differs."""
        return all(cell.equal for cell in self.cells)

    @property
    def apart(self) -> int:
        """Attributes that differ."""
        return sum(not cell.equal for cell in self.cells)


class Comparison(Struct, kw_only=True):
    """All pairs that were compared in one phase."""

    phase: Phase
    pairs: dict[tuple[int, int], Pair] = field(default_factory=dict)
    whole: bool = False
    """Whether whole proposals are known, not only what differs first."""

    def closest(self) -> Pair:
        """The pair that fits, else the one that differs in least."""
        return min(self.pairs.values(), key=lambda one: (one.apart, one.theirs, one.ours))


def comparisons(incident: Incident) -> tuple[Comparison, ...]:
    """What was compared, phase by phase; empty if nothing of it is shown.

    A phase in which nothing was refused is left out: there is nothing to explain.
    """
    found: dict[Phase, Comparison] = {}
    flipped = incident.side is Side.REMOTE
    lists: dict[Phase, dict[str, str]] = {}
    for one in incident.messages:
        event = one.event
        match event:
            case ProposalRefused():
                _refused(found, event, flipped=flipped)
            case ProposalMatched():
                _matched(found, event, flipped=flipped)
            case ProposalsReceived():
                side = "ours" if flipped else "theirs"
                lists.setdefault(event.phase, {})[side] = event.proposals
            case ProposalsConfigured():
                side = "theirs" if flipped else "ours"
                lists.setdefault(event.phase, {})[side] = event.proposals
            case _:
                pass
    for phase, both in lists.items():
        if len(both) > 1:
            found[phase] = _listed(phase, both["ours"], both["theirs"])
    return tuple(
        one
        for _, one in sorted(found.items())
        if one.pairs and not all(pair.fits for pair in one.pairs.values())
    )


def _refused(found: dict[Phase, Comparison], event: ProposalRefused, *, flipped: bool) -> None:
    ours, theirs = (event.local_no, event.local_value), (event.remote_no, event.remote_value)
    if flipped:
        ours, theirs = theirs, ours
    attribute = str(event.local_attribute)
    if event.remote_attribute != event.local_attribute:
        attribute = f"{event.local_attribute} / {event.remote_attribute}"
    comparison = found.setdefault(event.phase, Comparison(phase=event.phase))
    if len(comparison.pairs) >= _MOST_PROPOSALS * _MOST_PROPOSALS:
        return
    cell = Cell(attribute=visible(attribute), ours=ours[1], theirs=theirs[1], equal=False)
    pair = Pair(ours=ours[0], theirs=theirs[0], cells=(cell,))
    comparison.pairs.setdefault((pair.ours, pair.theirs), pair)


def _matched(found: dict[Phase, Comparison], event: ProposalMatched, *, flipped: bool) -> None:
    ours, theirs = event.local_no, event.remote_no
    if flipped:
        ours, theirs = theirs, ours
    comparison = found.setdefault(event.phase, Comparison(phase=event.phase))
    comparison.pairs[ours, theirs] = Pair(ours=ours, theirs=theirs, cells=())


def _listed(phase: Phase, ours: str, theirs: str) -> Comparison:
    """Every pair of two lists as charon prints them."""
    comparison = Comparison(phase=phase, whole=True)
    for number, one in enumerate(_split(ours), start=1):
        for other_number, other in enumerate(_split(theirs), start=1):
            cells = tuple(_cells(one, other))
            pair = Pair(ours=number, theirs=other_number, cells=cells)
            comparison.pairs[number, other_number] = pair
    return comparison


def _split(proposals: str) -> list[dict[str, list[str]]]:
    """Each proposal's algorithms by what they do.

    >>> _split("IKE:AES_CBC_256/HMAC_SHA1_96/MODP_2048")
    [{'encryption': ['AES_CBC_256'], 'integrity': ['HMAC_SHA1_96'], 'group': ['MODP_2048']}]
    """
    found = []
    for one in proposals.split(", ", _MOST_PROPOSALS)[:_MOST_PROPOSALS]:
        kinds: dict[str, list[str]] = {}
        for word in one.split(":", 1)[-1].strip().split("/", _MOST_WORDS)[:_MOST_WORDS]:
            kinds.setdefault(_kind(word), []).append(word)
        found.append(kinds)
    return found


def _kind(word: str) -> str:
    if word.startswith("PRF_"):
        return "prf"
    if word.startswith(_GROUPS):
        return "group"
    if word.startswith(_INTEGRITY):
        return "integrity"
    return "sequence-numbers" if word in _SEQUENCE else "encryption"


def _cells(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> Iterator[Cell]:
    for kind in _KINDS:
        if kind in ours or kind in theirs:
            here, there = ours.get(kind, []), theirs.get(kind, [])
            yield Cell(
                attribute=kind,
                ours=_joined(here),
                theirs=_joined(there),
                equal=bool(set(here) & set(there)),
            )


def _joined(algorithms: Iterable[str]) -> str:
    return " / ".join(algorithms)
