"""The shape of a document as it is read again, `vpn-diagnosis/1` or `/2`: types, ranges, bounds.

Fields that a later program added are ignored; those that an earlier one did not know yet have
defaults. What is restored from it: `reports.stored.restore`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from assistant.model.answer import AnswerSource, Who
from assistant.model.diagnosis import EvidenceKind, Origin, Standing, State, Verdict
from assistant.model.event import Phase, Role
from assistant.model.finding import Match, PairReason, Subject
from assistant.model.negotiation import Outcome, Stage
from assistant.model.pairing import PairVerdict
from assistant.model.setting import Order
from assistant.model.source import Side, SourceKind

_MOST = 50_000
"""Of anything in one list: more than the negotiations of one log that are kept."""

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
AnswerId = Annotated[str, Meta(pattern=r"^(tried:)?[a-z0-9]+(-[a-z0-9]+)*$", max_length=70)]
IncidentId = Annotated[str, Meta(pattern=r"^[0-9]{1,9}$")]
Name = Annotated[str, Meta(max_length=10_000)]
"""Of a file or a remote site, as hostile as it likes: shown through `escape.visible` only."""
Quoted = Annotated[str, Meta(max_length=10_000)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
LineNumber = Annotated[int, Meta(ge=1, le=2**53)]
Probability = Annotated[float, Meta(ge=0, le=1)]
Decibans = Annotated[float, Meta(ge=-10_000, le=10_000)]
Seconds = Annotated[float, Meta(ge=-1e12, le=1e12)]
Minutes = Annotated[float, Meta(ge=0, le=1e9)]
Time = Annotated[
    str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}$")
]
Version = Annotated[str, Meta(pattern=r"^[0-9A-Za-z.+!_-]{1,60}$")]
Digest = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$")]


class Part(Struct, frozen=True, kw_only=True):
    """What all parts of the document share: unknown fields are passed by."""


class PlacePart(Part, frozen=True, kw_only=True):
    """Lines of a source."""

    source: Name
    first_line: LineNumber
    last_line: LineNumber


Places = Annotated[tuple[PlacePart, ...], Meta(max_length=_MOST)]
SomePlaces = Annotated[tuple[PlacePart, ...], Meta(min_length=1, max_length=_MOST)]


class QuotePart(PlacePart, frozen=True, kw_only=True):
    """What stands there."""

    text: Quoted
    time: Time | None = None


class GeneratorPart(Part, frozen=True, kw_only=True):
    """Who judged."""

    name: Literal["lancom-vpn-assistant"]
    version: Version
    knowledge: Digest


class SourcePart(Part, frozen=True, kw_only=True):
    """An input file."""

    name: Name
    kind: SourceKind
    side: Side | None
    side_reason: Annotated[str, Meta(max_length=100)] | None
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{0,64}$")]
    bytes: Count
    encoding: Annotated[str, Meta(max_length=40)] | None
    records: Count
    unread_records: Count
    device: Annotated[dict[str, Name], Meta(max_length=20)] = field(default_factory=dict)
    classes: Annotated[dict[str, Count], Meta(max_length=_MOST)] = field(default_factory=dict)
    first: Time | None
    last: Time | None


class SitePart(Part, frozen=True, kw_only=True):
    """A remote site over the whole trace."""

    remote_site: Name
    state_at_end: State
    since: Time | None
    outages: Count
    outage_s: Annotated[float, Meta(ge=0, le=1e12)] | None
    gateway: Name | None = None


class SymptomPart(Part, frozen=True, kw_only=True):
    """What was seen."""

    id: Id
    decisive: bool | None = None
    unverified: bool = False
    reliability: Annotated[float, Meta(ge=0, le=100)] | None = None
    evidence: SomePlaces


class EvidencePart(Part, frozen=True, kw_only=True):
    """What speaks for or against a cause."""

    kind: EvidenceKind = EvidenceKind.SYMPTOM
    id: AnswerId
    decibans: Decibans
    choice: Id | None = None


class CausePart(Part, frozen=True, kw_only=True):
    """A hypothesis."""

    id: Id
    probability: Probability
    standing: Standing
    prior_decibans: Decibans | None = None
    evidence: Annotated[tuple[EvidencePart, ...], Meta(max_length=1_000)] = ()
    remedies: Annotated[tuple[Id, ...], Meta(max_length=200)] = ()


class WeightPart(Part, frozen=True, kw_only=True):
    """A line of the comparison of two causes."""

    id: AnswerId
    choice: Id | None = None
    decibans: Decibans


class PivotPart(Part, frozen=True, kw_only=True):
    """The answer on which the first place depends."""

    id: AnswerId
    choice: Id
    instead: Id
    instead_probability: Probability


class RepairPart(Part, frozen=True, kw_only=True):
    """A planned repair."""

    remedy: Id
    probability: Probability
    minutes: Annotated[int, Meta(ge=0, le=1_000_000)]


class PlanPart(Part, frozen=True, kw_only=True):
    """The repairs in their order."""

    repairs: Annotated[tuple[RepairPart, ...], Meta(max_length=200)]
    expected_minutes: Minutes
    unrepaired: Probability


class QuestionPart(Part, frozen=True, kw_only=True):
    """An open question."""

    id: Id
    who: Who
    minutes: Annotated[int, Meta(ge=0, le=1_000_000)]
    worth_minutes: Minutes
    choices: Annotated[tuple[Id, ...], Meta(max_length=100)]


class ProposalPart(Part, frozen=True, kw_only=True):
    """A comparison of two proposals that did not fit."""

    phase: Phase
    local_no: Count
    local: Name
    remote_no: Count
    remote: Name
    evidence: SomePlaces


class SettingPart(PlacePart, frozen=True, kw_only=True):
    """A setting of a configuration."""

    table: Name
    row: Name
    column: Name
    value: Name | bool | Annotated[int, Meta(ge=-(2**53), le=2**53)]
    order: Order


Settings = Annotated[tuple[SettingPart, ...], Meta(max_length=1_000)]


class ComparisonPart(Part, frozen=True, kw_only=True):
    """One line side by side."""

    subject: Subject
    match: Match
    common: Annotated[tuple[Name, ...], Meta(max_length=1_000)]
    ours: Settings
    theirs: Settings


class SideBySidePart(Part, frozen=True, kw_only=True):
    """Two routers' settings for one tunnel."""

    our_source: Name
    their_source: Name
    their_site: Name
    reasons: Annotated[tuple[PairReason, ...], Meta(max_length=10)]
    comparisons: Annotated[tuple[ComparisonPart, ...], Meta(max_length=100)]


class OutagesPart(Part, frozen=True, kw_only=True):
    """The outages that began with an incident."""

    number: Count
    seconds: Annotated[float, Meta(ge=0, le=1e12)] | None
    open: bool


class IncidentPart(Part, frozen=True, kw_only=True):
    """Equal negotiations of one remote site."""

    id: IncidentId
    remote_site: Name
    gateway: Name | None
    role: Role | None
    side: Side
    origin: Origin = Origin.TRACE
    outcome: Outcome | None
    stage: Stage | None
    error_codes: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^0x[0-9a-f]{4}$")], ...], Meta(max_length=1_000)
    ]
    occurrences: Count
    recovered: bool
    fault: bool | None = None
    first_seen: Time | None
    last_seen: Time | None
    symptoms: Annotated[tuple[SymptomPart, ...], Meta(max_length=1_000)]
    like: IncidentId | None = None
    """The incident that has the ranking."""
    causes: Annotated[tuple[CausePart, ...], Meta(max_length=1_000)]
    versus: Annotated[tuple[WeightPart, ...], Meta(max_length=1_000)] = ()
    pivot: PivotPart | None = None
    plan: PlanPart | None = None
    questions: Annotated[tuple[QuestionPart, ...], Meta(max_length=1_000)] = ()
    refused_proposals: Annotated[tuple[ProposalPart, ...], Meta(max_length=_MOST)] = ()
    side_by_side: SideBySidePart | None = None
    outages: OutagesPart | None = None


class AnswerPart(Part, frozen=True, kw_only=True):
    """What somebody said."""

    id: AnswerId
    choice: Id
    source: AnswerSource = field(name="from")


class ClaimPart(Part, frozen=True, kw_only=True):
    """One of two statements that cannot both be true."""

    kind: EvidenceKind
    id: AnswerId
    choice: Id | None = None
    evidence: Places = ()


class ContradictionPart(Part, frozen=True, kw_only=True):
    """Both of them."""

    id: Id
    incident: IncidentId
    first: ClaimPart
    second: ClaimPart


class OffsetPart(Part, frozen=True, kw_only=True):
    """How far the other clock is ahead."""

    seconds: Seconds
    uncertainty_s: Annotated[float, Meta(ge=0, le=1e12)]
    events: Count
    basis: Annotated[
        tuple[
            Literal["spi", "message", "auth-packet", "connected", "time-out", "attempt", "assumed"],
            ...,
        ],
        Meta(max_length=20),
    ]


class LostPart(PlacePart, frozen=True, kw_only=True):
    """A message that did not arrive."""

    sender: Side
    exchange: Name
    message: Literal["request", "response"]
    times: Count
    port: Annotated[int, Meta(ge=0, le=65535)] | None = None


class PairedPart(Part, frozen=True, kw_only=True):
    """One negotiation from both sides."""

    verdict: PairVerdict
    caller: Side
    remote_site: Name
    at: Time | None
    ours: PlacePart | None
    theirs: PlacePart | None
    reason: PlacePart | None
    lost: LostPart | None


class PairingPart(Part, frozen=True, kw_only=True):
    """A trace of ours and one of the other side."""

    our_source: Name
    their_source: Name
    offset: OffsetPart | None
    negotiations: Annotated[tuple[PairedPart, ...], Meta(max_length=_MOST)]
    more: Count


class RemarkPart(Part, frozen=True, kw_only=True):
    """Worth telling, no finding."""

    id: Id
    remote_site: Name
    evidence: Places


class WarningPart(Part, frozen=True, kw_only=True):
    """What to know about the input."""

    id: Id
    subject: Name


class UnreadPart(Part, frozen=True, kw_only=True):
    """A record that no pattern reads."""

    source: Name
    line: LineNumber
    text: str


class ShapePart(PlacePart, frozen=True, kw_only=True):
    """Unread records of one shape."""

    shape: str
    count: Count


class GapPart(PlacePart, frozen=True, kw_only=True):
    """What the trace does not show."""

    kind: Literal["starts-inside", "ends-early", "time-jump"]
    remote_site: Name
    seconds: Count | None


class CoveragePart(Part, frozen=True, kw_only=True):
    """What was read and what not."""

    records: Count
    unread_records: Count
    unread: Annotated[tuple[UnreadPart, ...], Meta(max_length=_MOST)]
    missing: Annotated[tuple[Id, ...], Meta(max_length=1_000)]
    shapes: Annotated[tuple[ShapePart, ...], Meta(max_length=_MOST)] = ()
    gaps: Annotated[tuple[GapPart, ...], Meta(max_length=_MOST)] = ()


class DocumentPart(Part, frozen=True, kw_only=True):
    """The whole document."""

    generator: GeneratorPart
    verdict: Verdict
    sources: Annotated[tuple[SourcePart, ...], Meta(max_length=_MOST)]
    sites: Annotated[tuple[SitePart, ...], Meta(max_length=_MOST)]
    incidents: Annotated[tuple[IncidentPart, ...], Meta(max_length=_MOST)]
    answers: Annotated[tuple[AnswerPart, ...], Meta(max_length=1_000)]
    away: Annotated[tuple[Who, ...], Meta(max_length=3)] = ()
    contradictions: Annotated[tuple[ContradictionPart, ...], Meta(max_length=_MOST)] = ()
    pairings: Annotated[tuple[PairingPart, ...], Meta(max_length=1_000)] = ()
    remarks: Annotated[tuple[RemarkPart, ...], Meta(max_length=_MOST)] = ()
    warnings: Annotated[tuple[WarningPart, ...], Meta(max_length=_MOST)]
    coverage: CoveragePart
    quotes: Annotated[tuple[QuotePart, ...], Meta(max_length=_MOST)] = ()
