"""Hand-made diagnoses of two configurations, two traces and answers that the tests share."""

from __future__ import annotations

from msgspec.structs import replace
from reports_samples import (
    FILE,
    GATEWAY,
    SITE,
    START,
    Trace,
    case,
    hypothesis,
    make_catalog,
    polling_incident,
    text,
    time_out_incident,
)

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis, Choice, Claimed, Incompatible, Question
from assistant.model.answer import (
    Answer,
    AnswerSource,
    OpenQuestion,
    Pivot,
    PlannedRepair,
    RepairPlan,
    Weight,
)
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import (
    Diagnosis,
    Evidence,
    Incident,
    Origin,
    Remark,
    SymptomSeen,
    Verdict,
)
from assistant.model.event import RemoteSite
from assistant.model.finding import Comparison, Match, SideBySide, Subject
from assistant.model.pairing import (
    ClockOffset,
    LostMessage,
    PairedNegotiation,
    Pairing,
    PairVerdict,
)
from assistant.model.setting import Order, Secret, Setting
from assistant.model.source import Moment, Place, Side, Source, SourceKind

OUR_SCRIPT = "router.lcs"
THEIR_SCRIPT = "other.lcs"
PEER = "peer.txt"
KEY = "geheim-9"
"""A preshared key that no output may show."""
LAYER = "/Setup/VPN/Layer"


def make_pair_catalog() -> Catalog:
    """The small knowledge base with a question and what contradicts itself."""
    question = Question(
        id="remote-online",
        text=text("Is the remote site online?"),
        how=text("Call somebody there."),
        who="remote",
        minutes=5,
        reliability=95,
        dont_know=10,
        choices=(
            Choice(id="yes", label=text("yes"), otherwise=80),
            Choice(id="no", label=text("no"), otherwise=20),
        ),
        basis=Basis.JUDGEMENT,
    )
    pairs = (
        Incompatible(
            id="heard-but-offline",
            title=text("It was heard, and it is said to be offline."),
            explanation=text("Compare the two moments first."),
            first=(Claimed(symptom="line-polling-failed"),),
            second=(Claimed(question="remote-online", choice="no"),),
            basis=Basis.JUDGEMENT,
        ),
        Incompatible(
            id="another-configuration",
            title=text("The trace polls what the configuration does not have."),
            explanation=text("It is not the configuration of that day."),
            first=(Claimed(symptom="polled-private"),),
            second=(Claimed(symptom="line-polling-failed"),),
            basis=Basis.JUDGEMENT,
        ),
    )
    return replace(
        make_catalog(),
        questions={question.id: question},
        contradictions={one.id: one for one in pairs},
    )


# Configurations -------------------------------------------------------------------------------


def script(name: str, side: Side) -> Source:
    """A configuration that was read."""
    return Source(
        name=name,
        kind=SourceKind.LANCOM_CONFIG,
        side=side,
        side_reason="configuration" if side is Side.LOCAL else "second-configuration",
        sha256="cd" * 32,
        size_bytes=900,
        encoding="utf-8",
        records=23,
    )


def setting(  # noqa: PLR0913 - a setting has so many parts
    value: str,
    line: int,
    column: str,
    *,
    source: str = OUR_SCRIPT,
    table: str = LAYER,
    row: str = SITE,
    order: Order = Order.MIB,
    line_text: str = "",
) -> Setting[str]:
    """A value in a row of a script."""
    place = Place(source, line, line, line_text or f'add "{row}" {value}')
    return Setting(value=value, table=table, row=row, column=column, order=order, place=place)


def secret(line: int, source: str) -> Setting[Secret]:
    """A preshared key that is set; its line is masked, as the reader leaves it."""
    return Setting(
        value=Secret("set", KEY.encode()),
        table="/Setup/VPN/Certificates-and-Keys/IKE-Keys",
        row=SITE,
        column="Shared-Sec",
        order=Order.MIB,
        place=Place(source, line, line, f'add "{SITE}" ***'),
    )


def side_by_side(evil: str = "") -> SideBySide:
    """One comparison of each kind; `evil` goes wherever a script has text."""
    comparisons = (
        Comparison(
            subject=Subject.EXCHANGE_MODE,
            match=Match.EQUAL,
            ours=(setting("Main-Mode", 9, "IKE-Exchange"),),
            theirs=(setting("Main-Mode", 5, "IKE-Exchange", source=THEIR_SCRIPT),),
        ),
        Comparison(
            subject=Subject.PFS_GROUP,
            match=Match.DIFFERENT,
            ours=(setting(evil or "2", 12, "PFS-Grp", row=evil or SITE, line_text=evil),),
            theirs=(setting("14", 7, "PFS-Grp", source=THEIR_SCRIPT, order=Order.UNVERIFIED),),
        ),
        Comparison(
            subject=Subject.IKE_PROPOSALS,
            match=Match.COMMON,
            ours=tuple(
                setting(value, 15, column)
                for value, column in (("AES-CBC", "IKE-Crypt-Alg"), ("256", "IKE-Crypt-Keylen"))
            ),
            theirs=(setting(evil or "AES-CBC", 8, "IKE-Crypt-Alg", source=THEIR_SCRIPT),),
            common=(evil or "AES-CBC 256",),
        ),
        Comparison(
            subject=Subject.OUR_KEY,
            match=Match.DIFFERENT,
            ours=(secret(25, OUR_SCRIPT),),
            theirs=(secret(17, THEIR_SCRIPT),),
        ),
        Comparison(
            subject=Subject.OUR_NETWORKS,
            match=Match.UNKNOWN,
            ours=(setting("192.168.11.0/24", 38, "IP-Address"),),
            theirs=(),
        ),
    )
    return SideBySide(
        remote_site=RemoteSite(evil or SITE),
        our_source=OUR_SCRIPT,
        their_source=THEIR_SCRIPT,
        their_site=RemoteSite(evil or "ZENTRALE"),
        reasons=("identity", "network"),
        comparisons=comparisons,
    )


def configured_incident(probability: float = 0.7, *, evil: str = "") -> Incident:
    """What two configurations say without any trace."""
    row = Place(OUR_SCRIPT, 12, 12, evil or f'add "{SITE}" 2 2')
    whole = Place(THEIR_SCRIPT, 1, 1, "")
    evidence = Evidence(id="no-proposal-fits", decibans=14.0)
    return Incident(
        id="1",
        origin=Origin.CONFIGURATION,
        remote_site=RemoteSite(evil or SITE),
        gateway=None,
        role=None,
        side=Side.LOCAL,
        outcome=None,
        stage=None,
        error_codes=(),
        occurrences=0,
        recovered=False,
        first_seen=None,
        last_seen=None,
        example=None,
        symptoms=(
            SymptomSeen(id="no-proposal-fits", decisive=True, places=(row,)),
            SymptomSeen(id="came-up", decisive=False, places=(whole,)),
        ),
        hypotheses=(
            hypothesis("ike-proposal-mismatch", probability, evidence),
            hypothesis("unknown", 1 - probability),
        ),
        refused_proposals=(),
        firings=(),
        side_by_side=side_by_side(evil),
    )


def configured_case(*, evil: str = "", verdict: Verdict = Verdict.FAULT) -> Diagnosis:
    """Two configurations and no trace."""
    diagnosis = case(configured_incident(evil=evil), verdict=verdict)
    coverage = replace(diagnosis.coverage, records=0)
    sources = (script(OUR_SCRIPT, Side.LOCAL), script(THEIR_SCRIPT, Side.REMOTE))
    return replace(diagnosis, sources=sources, sites=(), coverage=coverage)


# Two traces -----------------------------------------------------------------------------------


def trace_source(name: str, side: Side) -> Source:
    """A trace that was read."""
    return replace(case().sources[0], name=name, side=side, side_reason="peer-of-ours")


REFUSAL = Trace(PEER, line=40).record(
    f"VPN: Error: IKE-R-No-proposal-matched (0x2203) for ZENTRALE ({GATEWAY})"
)
"""What the other side says of our request."""


def paired(verdict: PairVerdict, caller: Side = Side.LOCAL, **changes: object) -> PairedNegotiation:
    """A negotiation seen from both sides, as `time_out_incident` shows it."""
    one = PairedNegotiation(
        verdict=verdict,
        caller=caller,
        remote_site=RemoteSite(SITE),
        ours=Place(FILE, 1, 2, f"VPN: connecting to {SITE} ({GATEWAY})"),
        theirs=REFUSAL,
        at=Moment(START),
    )
    return replace(one, **changes)


AHEAD = ClockOffset(seconds=3.2, uncertainty_s=0.5, events=4, basis=("spi", "connected"))


def pairing(*negotiations: PairedNegotiation, offset: ClockOffset | None = AHEAD) -> Pairing:
    """Our trace and the peer's."""
    return Pairing(our_source=FILE, their_source=PEER, offset=offset, negotiations=negotiations)


def paired_case(*, evil: str = "") -> Diagnosis:
    """A time-out here, a refusal there, and a message that was lost on the way."""
    refusal = replace(REFUSAL, text=evil or REFUSAL.text)
    one = time_out_incident()
    seen = SymptomSeen(id="no-proposal-fits", decisive=True, places=(refusal,))
    one = replace(one, symptoms=(*one.symptoms, seen))
    lost = LostMessage(
        sender=Side.LOCAL,
        exchange=evil or "IKE_AUTH",
        message="request",
        times=5,
        place=Place(FILE, 900, 901, "sent"),
        port=4500,
    )
    pairs = pairing(
        paired(PairVerdict.REFUSED, reason=refusal),
        paired(
            PairVerdict.REQUEST_LOST,
            ours=Place(FILE, 900, 901, "sent"),
            theirs=None,
            lost=lost,
            remote_site=RemoteSite(evil or SITE),
        ),
        paired(PairVerdict.BOTH_UP, ours=Place(FILE, 700, 701, "up")),
    )
    diagnosis = case(one)
    sources = (diagnosis.sources[0], trace_source(PEER, Side.REMOTE))
    return replace(diagnosis, sources=sources, pairings=(pairs,))


# Contradictions, answers, plan ----------------------------------------------------------------


def contradicted_case(*, evil: str = "") -> Diagnosis:
    """A polling failure with a configuration and answers that do not go with it."""
    one = polling_incident()
    row = Place(OUR_SCRIPT, 5, 5, evil or f"set /Setup/WAN/Polling-Table/{SITE} 198.51.100.7 30")
    failed, polled = one.symptoms
    one = replace(
        one,
        symptoms=(failed, replace(polled, places=(*polled.places, row), reliability=60.0)),
        questions=(
            OpenQuestion(
                id="remote-online", who="remote", minutes=5, worth_minutes=4, choices=("yes", "no")
            ),
        ),
        plan=RepairPlan(
            repairs=(
                PlannedRepair(remedy="allow-traffic", probability=0.36, minutes=4),
                PlannedRepair(remedy="correct-poll-target", probability=0.4, minutes=12),
                PlannedRepair(remedy="align-ike-proposals", probability=0.02, minutes=8),
            ),
            expected_minutes=41.3,
            unrepaired=0.18,
        ),
        pivot=Pivot(
            answer=Answer(id="remote-online", choice="yes"),
            instead="ping-blocked-on-public-address",
            instead_probability=0.52,
        ),
        versus=(
            Weight(id="prior", choice=None, decibans=1.04),
            Weight(id="line-polling-failed", choice=None, decibans=-2.2),
            Weight(id="polled-private", choice=None, decibans=0.1),
            Weight(id="remote-online", choice="yes", decibans=1.6),
        ),
    )
    diagnosis = case(one)
    contradictions = (
        Contradiction(
            id="heard-but-offline",
            incident="1",
            first=Claim(id="line-polling-failed", places=failed.places),
            second=Claim(id="remote-online", choice="no"),
        ),
        Contradiction(
            id="another-configuration",
            incident="1",
            first=Claim(id="polled-private", places=(row,)),
            second=Claim(id="line-polling-failed", places=failed.places),
        ),
    )
    return replace(
        diagnosis,
        sources=(*diagnosis.sources, script(OUR_SCRIPT, Side.LOCAL)),
        contradictions=contradictions,
        answers=(
            Answer(id="remote-online", choice="no", source=AnswerSource.FILE),
            Answer(id="tried:allow-ping", choice="no-help", source=AnswerSource.DIALOGUE),
        ),
        away=("remote",),
        remarks=(Remark(symptom="came-up", remote_site=RemoteSite(evil or SITE), places=(row,)),),
    )
