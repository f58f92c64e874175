"""The result: what was found, how sure we are, and every place it rests on.

Ids only; the words for them are in the knowledge base, chosen by `reports`.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from assistant.model.answer import Answer, OpenQuestion, Pivot, RepairPlan, Weight, Who
from assistant.model.contradiction import Contradiction
from assistant.model.event import Address, ErrorCode, RemoteSite, Role
from assistant.model.finding import SideBySide
from assistant.model.message import ProposalRefused
from assistant.model.negotiation import Negotiation, Occurrence, Outcome, Stage
from assistant.model.outages import Outages
from assistant.model.pairing import Pairing
from assistant.model.source import Moment, Place, Side, Source

LIKELY = 0.5
"""Least probability of the standing `likely`; from here on a cause makes a fault by itself."""
_NAMES = 3.0
"""Decibans from which on evidence speaks for a cause: two to one."""
UNKNOWN_CAUSE = "unknown"
"""The leak: none of the causes of the knowledge base."""


class Verdict(str, Enum):
    """The case in one word (contract: `verdict`)."""

    FAULT = "fault"
    INCONCLUSIVE = "inconclusive"
    HEALTHY = "healthy"


class Standing(str, Enum):
    """A probability in words (contract: `standing`)."""

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


class State(str, Enum):
    """Whether a remote site is up at the end of the trace."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class SymptomSeen(Struct, frozen=True, kw_only=True):
    """A symptom of the knowledge base that a negotiation, a configuration or both show."""

    id: str
    decisive: bool
    places: tuple[Place, ...]
    """In file order; never empty."""
    unverified: bool = False
    """It rests on a form of a message that is remembered only; no published trace shows it."""
    reliability: float | None = None
    """Of 100 such observations, how many are what they seem; None takes its aspect's own.
    One that something else contradicts deserves less."""
    causes: frozenset[str] | None = None
    """The causes that the rules concluded from it; None where no rules were asked."""


class EvidenceKind(str, Enum):
    """Where a piece of evidence comes from (contract: `evidence[].kind`)."""

    SYMPTOM = "symptom"
    ANSWER = "answer"


class Evidence(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One symptom or answer weighed for one cause."""

    id: str
    """Of the symptom or the question; `tried:<remedy>` of a repair that did not help."""
    decibans: float
    """10 log10 of the odds ratio this evidence brings to this cause; negative speaks against it."""
    kind: EvidenceKind = EvidenceKind.SYMPTOM
    choice: str | None = None
    """What was answered; None for a symptom."""


class Hypothesis(Struct, frozen=True, kw_only=True, cache_hash=True):
    """A cause with its probability and what speaks for and against it."""

    cause: str
    probability: float
    """0 to 1; those of one incident sum to 1."""
    standing: Standing
    prior_decibans: float
    """The odds before any evidence; plus the evidence's decibans it gives the odds after it."""
    evidence: tuple[Evidence, ...]
    """In the order weighed."""
    remedies: tuple[str, ...]
    whole: bool = True
    """False in a stored report that kept the probability only."""


class Firing(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One rule that fired in the engine: what `how` prints."""

    rule: str
    """`symptom:<id>`, `cause:<id>:<symptom>`."""
    facts: tuple[str, ...]
    """The facts that were present, as text."""
    absent: tuple[str, ...]
    """The facts that had to be absent, as text."""


class RefusedProposal(Struct, frozen=True, kw_only=True):
    """One comparison of proposals that did not fit, for the table ours x theirs."""

    event: ProposalRefused
    places: tuple[Place, ...]


class Origin(str, Enum):
    """What an incident rests on (contract: `origin`)."""

    TRACE = "trace"
    CONFIGURATION = "config"
    ANSWERS = "answers"


class Incident(Struct, frozen=True, kw_only=True):
    """Equal negotiations of one remote site (contract: `incidents`).

    Or, without any negotiation, what a configuration or answers say of a remote site.
    """

    id: str
    origin: Origin = Origin.TRACE
    remote_site: RemoteSite
    """Empty where neither a trace nor a configuration names one."""
    gateway: Address | None
    role: Role | None
    side: Side
    outcome: Outcome | None
    """None without any negotiation."""
    stage: Stage | None
    error_codes: tuple[ErrorCode, ...]
    occurrences: int
    recovered: bool
    first_seen: Moment | None
    last_seen: Moment | None
    example: Negotiation | None
    """The negotiation that is shown: the one that tells most."""
    symptoms: tuple[SymptomSeen, ...]
    hypotheses: tuple[Hypothesis, ...]
    """Falling probability; empty for a healthy incident."""
    questions: tuple[OpenQuestion, ...] = ()
    """Worth asking now, the best first; empty when it is time to repair."""
    refused_proposals: tuple[RefusedProposal, ...]
    """Of a comparison that ended without a match; else empty."""
    firings: tuple[Firing, ...]
    plan: RepairPlan | None = None
    """What to repair in which order, and when to hand over; None without causes."""
    pivot: Pivot | None = None
    """The answer on which the first place depends."""
    versus: tuple[Weight, ...] = ()
    """Why the first cause stands before the second: decibans that add up."""
    side_by_side: SideBySide | None = None
    """Both routers' settings for this tunnel, where both were given."""
    judged_fault: bool | None = None
    """Of a stored report what was judged then; None: what is known here decides."""
    outages: Outages = Outages(number=0, seconds=None, still_open=False)
    """Those that began with one of its negotiations."""
    members: tuple[tuple[str, int], ...] = ()
    """Ids of its negotiations, the first ones of very many; empty without any."""

    @property
    def messages(self) -> tuple[Occurrence, ...]:
        """What the trace says of the negotiation that is shown; empty without any."""
        return self.example.messages if self.example else ()

    @property
    def derived(self) -> tuple[Occurrence, ...]:
        """What follows from it; empty without any."""
        return self.example.derived if self.example else ()

    @property
    def claimed(self) -> tuple[Place, ...]:
        """Places in traces that what is said of it rests on; some more than once."""
        return (
            *(place for seen in self.symptoms for place in seen.places),
            *(place for refused in self.refused_proposals for place in refused.places),
        )

    def places_of(self, evidence: Evidence) -> tuple[Place, ...]:
        """Where a piece of evidence for one of its causes stands; empty for an answer."""
        if evidence.kind is not EvidenceKind.SYMPTOM:
            return ()
        return next((one.places for one in self.symptoms if one.id == evidence.id), ())

    @property
    def inferred_places(self) -> int:
        """Its records that were given to it by their context."""
        return self.example.inferred_places if self.example else 0

    @property
    def is_fault(self) -> bool:
        """It failed or was lost, or something beside the negotiation is likely to be wrong."""
        if self.judged_fault is not None:
            return self.judged_fault
        if self.outcome is not None and self.outcome.is_fault:
            return True
        if self.origin is Origin.CONFIGURATION:
            # Several settings may be wrong at once; they share what one of them would have.
            return sum(one.probability for one in self.named_by_settings) >= LIKELY
        if self.outcome is Outcome.UNFINISHED and not (self.example and self.example.beside):
            return False
        return any(
            one.cause != UNKNOWN_CAUSE and one.probability >= LIKELY for one in self.hypotheses
        )

    @property
    def named_by_settings(self) -> tuple[Hypothesis, ...]:
        """The causes that a decisive symptom speaks for, most probable first."""
        decisive = {one.id for one in self.symptoms if one.decisive}
        return tuple(
            one
            for one in self.hypotheses
            if any(each.id in decisive and each.decibans >= _NAMES for each in one.evidence)
        )


class SiteState(Struct, frozen=True, kw_only=True):
    """A remote site over the whole local trace (contract: `sites`)."""

    remote_site: RemoteSite
    gateway: Address | None
    state_at_end: State
    since: Moment | None
    outages: int
    outage_s: float | None
    """Length of the outages whose end was seen; None if none ended."""


class UnreadShape(Struct, frozen=True, kw_only=True):
    """Unread records that differ in numbers, names and addresses only."""

    shape: str
    """The text with these masked: `VPN: something new for <site> (<ip>)`."""
    count: int
    example: Place


class Gap(Struct, frozen=True, kw_only=True):
    """Something the trace does not show although it may matter."""

    kind: str
    """`starts-inside`, `ends-early`, `time-jump`; words in `reports/labels.yaml`, `gap.<kind>`."""
    remote_site: RemoteSite
    place: Place
    """Where it is noticed: the first record, the last one, the one after the jump."""
    seconds: int | None
    """How long it was: from start to end of the trace, or the jump."""


class Coverage(Struct, frozen=True, kw_only=True):
    """What was read and what was not."""

    records: int
    unread_records: int
    unread: tuple[Place, ...]
    """Records and lines that no pattern reads; the first few hundred."""
    missing: tuple[str, ...]
    """Ids of `knowledge/inputs/`: what would help and was not given."""
    shapes: tuple[UnreadShape, ...] = ()
    """The unread records by shape, most frequent first; those of very many shapes are counted."""
    gaps: tuple[Gap, ...] = ()


class Remark(Struct, frozen=True, kw_only=True):
    """Something worth telling even where no cause is likely by it; no finding."""

    symptom: str
    """Its words are in the knowledge base."""
    remote_site: RemoteSite
    places: tuple[Place, ...]


class Warned(Struct, frozen=True, kw_only=True):
    """Something the user should know about the input, no finding."""

    id: str
    """Words in `reports/labels.yaml`, `warning.<id>`."""
    subject: str
    """What it is about: a file's name, a remote site."""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """All of it: what `assistant.diagnose.diagnose` returns."""

    verdict: Verdict
    sources: tuple[Source, ...]
    sites: tuple[SiteState, ...]
    incidents: tuple[Incident, ...]
    coverage: Coverage
    warnings: tuple[Warned, ...]
    answers: tuple[Answer, ...] = ()
    """What people said, as given."""
    away: tuple[Who, ...] = ()
    """Sides nobody can be reached at."""
    contradictions: tuple[Contradiction, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    negotiations: tuple[Negotiation, ...] = ()
    """Everything that was judged, in the order of the sources; incidents show one each."""
    remarks: tuple[Remark, ...] = ()
    """Each symptom once for each remote site."""
    knowledge: str
    """`sha256:...` of the knowledge base that judged."""
    program: str | None = None
    """Version of the program that judged, of a stored report; None: this one."""
