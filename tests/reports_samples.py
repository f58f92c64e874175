"""A small knowledge base and hand-made diagnoses that the tests of the reports share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import (
    Aspect,
    Basis,
    Cause,
    Condition,
    Console,
    ErrorEntry,
    Input,
    Lanconfig,
    LookFor,
    Pattern,
    PatternFile,
    Remedy,
    Sample,
    Shown,
    Step,
    Symptom,
    Text,
)
from assistant.model.derived import PolledAddress
from assistant.model.diagnosis import (
    Coverage,
    Diagnosis,
    Evidence,
    Hypothesis,
    Incident,
    RefusedProposal,
    SiteState,
    Standing,
    State,
    SymptomSeen,
    Verdict,
    Warned,
)
from assistant.model.event import Address, ErrorCode, Event, Phrase, RemoteSite, Role, Word
from assistant.model.message import (
    Connected,
    Connecting,
    Disconnecting,
    ErrorReported,
    NoResponse,
    PollTimeout,
    ProposalRefused,
    TunnelEndpoints,
)
from assistant.model.negotiation import Negotiation, Occurrence, Outcome, Stage
from assistant.model.source import Moment, Place, Side, Source, SourceKind

START = datetime(2007, 12, 4, 1, 24, 43, 710000)  # noqa: DTZ001 - device times have no zone
SITE = "LAGER"
GATEWAY = "192.0.2.44"
POLLED = "10.1.30.254"
FILE = "trace.txt"


def text(en: str) -> Text:
    """The same in both languages, marked so that a test sees which one was taken."""
    return Text(de=f"{en} (de)", en=en)


def make_catalog() -> Catalog:
    """A knowledge base that knows enough for the diagnoses below."""
    patterns = {one.id: one for one in map(_pattern, _PATTERNS)}
    symptoms = {one.id: one for one in _symptoms()}
    return Catalog(
        pattern_files=(
            PatternFile(
                dialect="lancom",
                trace_class="VPN-Status",
                begins=("VPN:",),
                patterns=tuple(patterns.values()),
            ),
        ),
        patterns=patterns,
        errors={
            "0x1307": ErrorEntry(
                code="0x1307",
                name="IFC-X-Line-polling-failed",
                meaning=text("Polling failed"),
                basis=Basis.ARTICLE,
            ),
            "0x1106": ErrorEntry(
                code="0x1106", name="IFC-I-Connection-timeout-IKE-IPSEC", basis=Basis.ARTICLE
            ),
        },
        aspects=(
            Aspect(
                aspect="everything",
                title=text("Everything"),
                reliability=99,
                floor=0.5,
                symptoms=tuple(symptoms.values()),
            ),
        ),
        symptoms=symptoms,
        causes={one.id: one for one in _causes()},
        remedies={one.id: one for one in _remedies()},
        inputs={one.id: one for one in _inputs()},
        digest="sha256:" + "0123456789abcdef" * 4,
    )


_PATTERNS = ("connecting", "connected", "poll-timeout", "no-response", "error", "disconnecting")


def _pattern(name: str) -> Pattern:
    return Pattern(
        id=name,
        event=name,
        message=f"VPN: {name}",
        meaning=text(f"Meaning of {name}."),
        normal_next=text("An answer within a second.") if name == "connecting" else None,
        basis=Basis.UNVERIFIED if name == "disconnecting" else Basis.ARTICLE,
        samples=(Sample(message=f"VPN: {name}"),),
    )


def _symptoms() -> tuple[Symptom, ...]:
    def symptom(name: str, event: str, title: str, first_input: str | None = None) -> Symptom:
        return Symptom(
            id=name,
            title=text(title),
            explanation=text(f"Explanation of {name}."),
            all=(Condition(event=event),),
            otherwise=10,
            decisive=event in {"failure", "timed-out", "proposals-compared"},
            first_input=first_input,
            inputs=("remote-icmp-trace",) if name == "line-polling-failed" else (),
            basis=Basis.ARTICLE,
        )

    return (
        symptom("line-polling-failed", "failure", "The polls went unanswered."),
        symptom("polled-private", "polled-address", "The polls went to a private address."),
        symptom("no-answer", "timed-out", "The remote site did not answer.", "remote-trace"),
        symptom("no-proposal-fits", "proposals-compared", "No proposal fitted."),
        symptom("came-up", "connected", "The tunnel came up."),
    )


def _causes() -> tuple[Cause, ...]:
    def cause(name: str, title: str, remedy: str, *shown: Shown) -> Cause:
        return Cause(
            id=name,
            title=text(title),
            explanation=text(f"Explanation of {name}."),
            not_when=text(f"Not when of {name}."),
            share=0.5 if name == "unknown" else 5,
            share_basis=Basis.JUDGEMENT,
            shows=shown,
            remedies=(remedy,),
            basis=Basis.ARTICLE,
        )

    private = Shown(
        symptom="polled-private",
        of_100=0.5,
        basis=Basis.JUDGEMENT,
        because=text("Ping blocking guards the public address, this one is private."),
    )
    return (
        cause("poll-address-wrong", "The polled address is wrong.", "correct-poll-target"),
        cause("tunnel-traffic-blocked", "A firewall blocks the tunnel.", "allow-traffic"),
        cause("ping-blocked-on-public-address", "Ping is blocked.", "allow-ping", private),
        cause("gateway-address-wrong", "The gateway address is wrong.", "escalate"),
        cause("ike-proposal-mismatch", "The proposals do not fit.", "align-ike-proposals"),
        cause("unknown", "None of the known causes.", "escalate"),
    )


def _remedies() -> tuple[Remedy, ...]:
    def remedy(name: str, title: str) -> Remedy:
        return Remedy(
            id=name,
            title=text(title),
            who="local",
            minutes=4,
            risk="low",
            risk_note=text("Cuts the tunnel."),
            source=f"https://docs.example.net/{name}",
            cures=95,
            steps=(
                Step(
                    do=text("Look up `what` is polled."),
                    console=Console(command=f"ls /Setup/{name}", basis=Basis.MIB),
                    lanconfig=Lanconfig(path=text("Communication > Here"), basis=Basis.UNVERIFIED),
                    expect=text("A row."),
                    undo=text("Nothing to undo."),
                ),
                Step(do=text("Watch.")),
            ),
            basis=Basis.ARTICLE,
        )

    return (
        remedy("correct-poll-target", "Poll the LAN address of the remote router."),
        remedy("allow-traffic", "Allow the traffic."),
        remedy("allow-ping", "Allow ping."),
        remedy("align-ike-proposals", "Align the proposals."),
        remedy("escalate", "Ask LANCOM."),
    )


def _inputs() -> tuple[Input, ...]:
    def wanted(name: str) -> Input:
        return Input(
            id=name,
            title=text(f"Title of {name}"),
            why=text(f"Why {name}."),
            who="remote",
            minutes=15,
            commands=(f"trace + {name}", f"trace - {name}"),
            look_for=(
                LookFor(
                    see=text("Nothing arrives."),
                    means=text("It is lost on the way."),
                    causes=("gateway-address-wrong",),
                ),
            ),
            request=text("To {remote_site} at {gateway}: from {own_address}, last {time}."),
            basis=Basis.ARTICLE,
        )

    return (wanted("remote-trace"), wanted("remote-icmp-trace"), wanted("vpn-status-trace"))


# Diagnoses ----------------------------------------------------------------------------------


class Trace:
    """Makes records one below the other, a second apart, as the device prints them."""

    def __init__(self, source: str = FILE, *, line: int = 1, after_s: float = 0) -> None:
        self._source = source
        self._line = line
        self._at = START + timedelta(seconds=after_s)

    def record(self, *body: str) -> Place:
        """A record with its header and these lines, and an empty line after it."""
        moment = Moment(self._at)
        header = f"[VPN-Status] {self._at:%Y/%m/%d %H:%M:%S},{self._at.microsecond // 1000:03d}"
        lines = [line for part in body for line in part.split("\n")]
        first = self._line
        self._line += len(lines) + 2
        self._at += timedelta(seconds=1)
        return Place(self._source, first, first + len(lines), "\n".join((header, *lines)), moment)


def seen(event: Event, pattern: str | None, *places: Place, count: int = 0) -> Occurrence:
    """An event at these places."""
    return Occurrence(
        event=event, pattern=pattern, count=count or len(places), places=tuple(places)
    )


def negotiation(
    messages: Iterable[Occurrence], derived: Iterable[Occurrence] = (), *, site: str = SITE
) -> Negotiation:
    """A negotiation that was lost; change what differs with `replace`."""
    messages = tuple(messages)
    places = [place for message in messages for place in message.places]
    return Negotiation(
        remote_site=RemoteSite(site),
        gateway=Address(GATEWAY),
        role=None,
        side=Side.LOCAL,
        source=FILE,
        outcome=Outcome.LOST,
        stage=Stage.CONNECTED,
        error_codes=(),
        first=places[0],
        last=places[-1],
        connected_at=None,
        ended_at=places[-1].time,
        messages=messages,
        derived=tuple(derived),
        inferred_places=0,
    )


def incident(example: Negotiation, **changes: object) -> Incident:
    """An incident of that negotiation alone."""
    whole = Incident(
        id="1",
        remote_site=example.remote_site,
        gateway=example.gateway,
        role=example.role,
        side=example.side,
        outcome=example.outcome,
        stage=example.stage,
        error_codes=example.error_codes,
        occurrences=1,
        recovered=False,
        first_seen=example.first.time,
        last_seen=example.last.time,
        example=example,
        symptoms=(),
        hypotheses=(),
        refused_proposals=(),
        firings=(),
    )
    return replace(whole, **changes)


def hypothesis(cause: str, probability: float, *evidence: Evidence) -> Hypothesis:
    """A cause with its remedies as the small knowledge base has them."""
    standing = (
        Standing.PROVEN
        if probability >= 0.95
        else Standing.LIKELY
        if probability >= 0.5
        else Standing.POSSIBLE
        if probability >= 0.05
        else Standing.UNLIKELY
    )
    remedies = {one.id: one.remedies for one in _causes()}[cause]
    return Hypothesis(
        cause=cause,
        probability=probability,
        standing=standing,
        prior_decibans=-12.0,
        evidence=evidence,
        remedies=remedies,
    )


def polling_incident(site: str = SITE, *, gateway: str = GATEWAY) -> Incident:
    """0x1307: polls of a private address stay unanswered, as in LANCOM's article."""
    names = {"remote_site": RemoteSite(site), "gateway": Address(gateway)}
    trace = Trace()
    polls = []
    for left in (5, 4, 3):
        place = trace.record(
            f"VPN: poll timeout for {site} ({gateway})",
            "remote site did not answer during interval",
            f"({left} retries left)",
            f"send poll frame to {POLLED}",
        )
        event = PollTimeout(**names, retries_left=left, poll_target=Address(POLLED))  # type: ignore[arg-type]
        polls.append(seen(event, "poll-timeout", place))
    error = trace.record(f"VPN: Error: IFC-X-Line-polling-failed (0x1307) for {site} ({gateway})")
    down = trace.record(f"VPN: disconnecting {site} ({gateway})")
    code = ErrorCode("0x1307")
    reported = ErrorReported(**names, code=code, name=Word("IFC-X-Line-polling-failed"))  # type: ignore[arg-type]
    messages = (
        *polls,
        seen(reported, "error", error),
        seen(Disconnecting(**names), "disconnecting", down),  # type: ignore[arg-type]
    )
    poll_places = tuple(place for poll in polls for place in poll.places)
    polled = PolledAddress(**names, target="private", poll_target=Address(POLLED))  # type: ignore[arg-type]
    example = replace(
        negotiation(messages, (seen(polled, None, *poll_places),), site=site),
        gateway=Address(gateway),
        error_codes=(code,),
    )

    def weighed(failed: float, private: float) -> tuple[Evidence, Evidence]:
        return (
            Evidence(id="line-polling-failed", decibans=failed),
            Evidence(id="polled-private", decibans=private),
        )

    return incident(
        example,
        symptoms=(
            SymptomSeen(id="line-polling-failed", decisive=True, places=(*poll_places, error)),
            SymptomSeen(id="polled-private", decisive=False, places=poll_places),
        ),
        hypotheses=(
            hypothesis("poll-address-wrong", 0.43, *weighed(9.8, 1.2)),
            hypothesis("tunnel-traffic-blocked", 0.38, *weighed(12.0, 2.5)),
            hypothesis("unknown", 0.17, *weighed(0.4, -0.3)),
            hypothesis("ping-blocked-on-public-address", 0.004, *weighed(9.8, -14.0)),
        ),
    )


def time_out_incident(first: float = 0.35) -> Incident:
    """0x1106: no answer at all; the deciding symptom asks for the other side's trace."""
    names = {"remote_site": RemoteSite(SITE), "gateway": Address(GATEWAY)}
    trace = Trace()
    start = trace.record(f"VPN: connecting to {SITE} ({GATEWAY})")
    silent = trace.record(f"VPN: connection for {SITE} ({GATEWAY}) timed out: no response")
    example = replace(
        negotiation(
            (
                seen(Connecting(**names), "connecting", start),  # type: ignore[arg-type]
                seen(NoResponse(**names), "no-response", silent),  # type: ignore[arg-type]
            )
        ),
        outcome=Outcome.FAILED,
        stage=Stage.IKE_SA,
        role=Role.INITIATOR,
        error_codes=(ErrorCode("0x1106"),),
    )
    evidence = Evidence(id="no-answer", decibans=3.0)
    return incident(
        example,
        symptoms=(SymptomSeen(id="no-answer", decisive=True, places=(silent,)),),
        hypotheses=(
            hypothesis("gateway-address-wrong", first, evidence),
            hypothesis("unknown", 1 - first, evidence),
        ),
    )


def mismatch_incident() -> Incident:
    """Two comparisons of proposals, both refused."""
    trace = Trace()
    places = [
        trace.record(
            "VpnIpm: info; phase-1 proposal failed; remote No 1 encryption algorithm = "
            f"AES_CBC <-> local No {number} encryption algorithm = BLOWFISH_CBC"
        )
        for number in (1, 2)
    ]
    events = [
        ProposalRefused(
            remote_site=RemoteSite(SITE),
            phase="1",
            remote_no=1,
            local_no=number,
            remote_attribute=Phrase("encryption algorithm"),
            remote_value=Word("AES_CBC"),
            local_attribute=Phrase("encryption algorithm"),
            local_value=Word("BLOWFISH_CBC"),
        )
        for number in (1, 2)
    ]
    example = replace(
        negotiation(seen(event, None, place) for event, place in zip(events, places, strict=True)),
        outcome=Outcome.FAILED,
        stage=Stage.IKE_SA,
    )
    return incident(
        example,
        symptoms=(SymptomSeen(id="no-proposal-fits", decisive=True, places=tuple(places)),),
        hypotheses=(hypothesis("ike-proposal-mismatch", 0.99),),
        refused_proposals=tuple(
            RefusedProposal(event=event, places=(place,))
            for event, place in zip(events, places, strict=True)
        ),
    )


def healthy_incident(site: str = "ZENTRALE") -> Incident:
    """A tunnel that came up and stayed up."""
    trace = Trace(line=200, after_s=600)
    start = trace.record(f"VPN: connecting to {site} ({GATEWAY})")
    ends = trace.record(f"VpnIpm: info; tunnel between src: 198.51.100.7 dst: {GATEWAY}")
    up = trace.record(f"VPN: {site} ({GATEWAY}) connected, set poll timer to 30 sec")
    example = replace(
        negotiation(
            (
                seen(Connecting(remote_site=RemoteSite(site)), "connecting", start),
                seen(TunnelEndpoints(own_address=Address("198.51.100.7")), None, ends),
                seen(Connected(remote_site=RemoteSite(site)), "connected", up),
            ),
            site=site,
        ),
        outcome=Outcome.ESTABLISHED,
    )
    return incident(example, symptoms=(SymptomSeen(id="came-up", decisive=False, places=(up,)),))


def case(
    *incidents: Incident,
    verdict: Verdict = Verdict.FAULT,
    missing: tuple[str, ...] = (),
    warnings: tuple[Warned, ...] = (),
    unread: tuple[Place, ...] = (),
    name: str = FILE,
) -> Diagnosis:
    """A diagnosis of these incidents, numbered; each site is down unless its last one is up."""
    numbered = tuple(replace(one, id=str(number)) for number, one in enumerate(incidents, start=1))
    by_site = {one.remote_site: one for one in numbered}
    return Diagnosis(
        verdict=verdict,
        sources=(
            Source(
                name=name,
                kind=SourceKind.LANCOM_TRACE,
                side=Side.LOCAL,
                side_reason="first-file",
                sha256="ab" * 32,
                size_bytes=1234,
                encoding="utf-8",
                records=8,
                unread_records=len(unread),
                first=Moment(START),
                last=Moment(START + timedelta(seconds=5)),
            ),
        ),
        sites=tuple(
            SiteState(
                remote_site=one.remote_site,
                gateway=one.gateway,
                state_at_end=State.UP if one.outcome is Outcome.ESTABLISHED else State.DOWN,
                since=one.last_seen,
                outages=int(one.outcome is not Outcome.ESTABLISHED),
                outage_s=None,
            )
            for one in by_site.values()
        ),
        incidents=numbered,
        coverage=Coverage(records=8, unread_records=len(unread), unread=unread, missing=missing),
        warnings=warnings,
        knowledge="sha256:" + "0123456789abcdef" * 4,
    )


HOSTILE = {
    "html": "<img src=x onerror=alert(1)>",
    "template": "{{7*7}}",
    "script": "</script><script>alert(1)</script>",
    "style": "</style><b>",
    "reversed": "abc\u202egnirts",
    "terminal": "\x1b[31mred\x1b]0;title\x07",
    "nul": "nul\x00nul",
    "quotes": "a\" onmouseover='x' b",
    "long": "A" * 10_000,
    "braces": "{gateway}",
    "markup": "[bold red]x[/]",
}
"""Names that a trace may hold to do harm where they are shown."""
