"""The shape of every file in the knowledge base; `knowledge/schema/` is made from this module."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""Kebab-case; names the problem."""
Share = Annotated[float, Meta(ge=0, le=100)]
"""Of 100 tickets; `0.05` means one of two thousand."""
Minutes = Annotated[int, Meta(ge=0, le=600)]
Prose = Annotated[str, Meta(min_length=1, max_length=4000)]
Line = Annotated[str, Meta(min_length=1, max_length=400)]


class Basis(str, Enum):
    """What a statement rests on."""

    ARTICLE = "article"
    """Published by LANCOM; `source` names the article or page."""
    MEASURED = "measured"
    """Seen on real devices or daemons by us."""
    MIB = "mib"
    """From the device's own SNMP MIB or the configuration tree it mirrors."""
    MANUAL = "manual"
    """From a LANCOM manual."""
    JUDGEMENT = "judgement"
    """Experience and reasoning; better numbers are welcome."""
    UNVERIFIED = "unverified"
    """Remembered; accepted when read, never to be cited as documented."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all entries share: unknown fields are errors."""


class Text(Entry, frozen=True, kw_only=True):
    """The same thing in both languages."""

    de: Prose
    en: Prose


class Sample(Entry, frozen=True, kw_only=True):
    """A message as a device printed it and what reading it must yield."""

    message: Prose
    """The record's body, without its header."""
    yields: dict[str, str | int] = field(default_factory=dict)
    """Every field of the event that is not empty."""


class Continuation(Entry, frozen=True, kw_only=True):
    """A further line of a record, with holes of its own: `({retries_left} retries left)`."""

    line: Line
    """`{_}` is a hole too; what stands in it is not kept."""
    sets: dict[str, str | int] = field(default_factory=dict)
    """Fields that the line means without printing them."""


class Pattern(Entry, frozen=True, kw_only=True):
    """One message with holes: `VPN: connecting to {remote_site} ({gateway})`."""

    id: Id
    event: Id
    """Kind of the event it yields; the event's fields give each hole its type."""
    message: Line
    sets: dict[str, str | int] = field(default_factory=dict)
    """Fields that the message means without printing them."""
    continues: tuple[Continuation, ...] = ()
    """Lines that may follow in the same record, in any order, each at most once."""
    meaning: Text
    normal_next: Text | None = None
    """What follows when all is well."""
    basis: Basis
    source: Line | None = None
    samples: Annotated[tuple[Sample, ...], Meta(min_length=1)]


class PatternFile(Entry, frozen=True, kw_only=True):
    """Messages of one trace class of one dialect."""

    dialect: Literal["lancom", "strongswan"]
    """Whose messages they are; a file is read in one dialect."""
    trace_class: Line
    """As the device prints it between brackets: `VPN-Status`; of strongSwan's log the subsystem, of
    which a file of `any` holds messages that several print."""
    also: tuple[Line, ...] = ()
    """Further classes that print the same messages."""
    begins: tuple[Line, ...]
    """How first lines of such records begin, where no header names the class: `VPN:`. Empty if too
    many other texts begin like that; such records are read under a header with the class only."""
    patterns: Annotated[tuple[Pattern, ...], Meta(min_length=1)]


PeerShows = Literal[
    "unknown-peer",
    "proposal",
    "mode-or-version",
    "auth",
    "network",
    "answers-sent",
    "limit",
]
"""Answers to the question `remote-trace-shows` that an error code may be."""


class ErrorEntry(Entry, frozen=True, kw_only=True):
    """One VPN error code of the device."""

    code: Annotated[str, Meta(pattern=r"^0x[0-9a-f]{4}$")]
    name: Line
    """As the trace spells it; derived from the MIB's name where no trace is published."""
    failure: Id | None = None
    """What went wrong, the same word for both sides' codes; symptoms refer to it."""
    shows: PeerShows | None = None
    """Which answer to `remote-trace-shows` this code in the called side's trace is; absent where it
    only says that something arrived."""
    meaning: Text | None = None
    advice: Text | None = None
    """The first thing to do, in one or two sentences."""
    basis: Basis
    source: Line | None = None


class ErrorFile(Entry, frozen=True, kw_only=True):
    """All VPN error codes."""

    errors: Annotated[tuple[ErrorEntry, ...], Meta(min_length=1)]


class PppError(Entry, frozen=True, kw_only=True):
    """One error code of the PPP negotiation, that is of the line under the tunnel."""

    code: Annotated[str, Meta(pattern=r"^0x80[0-9a-f]{2}$")]
    name: Text
    """As LANmonitor shows it in either language."""
    meaning: Text
    advice: Text
    """The first thing to do, in one or two sentences."""
    basis: Basis
    source: Line | None = None


class PppErrorFile(Entry, frozen=True, kw_only=True):
    """The PPP error codes: for the VPN fault that is really one of the Internet connection."""

    errors: Annotated[tuple[PppError, ...], Meta(min_length=1)]


class Condition(Entry, frozen=True, kw_only=True):
    """An event with these values in these fields; fields not named do not matter."""

    event: Id
    where: dict[str, str | int] = field(default_factory=dict)


class Symptom(Entry, frozen=True, kw_only=True):
    """What a negotiation shows: all of these events and none of those."""

    id: Id
    title: Text
    """One sentence that a customer understands; `{...}` is not replaced."""
    explanation: Text
    """What it means and what it does not mean."""
    all: Annotated[tuple[Condition, ...], Meta(min_length=1)]
    none: tuple[Condition, ...] = ()
    decisive: bool = False
    """It names the fault: belongs to the signature of an incident."""
    remark: bool = False
    """Worth telling even where no cause is likely by it."""
    otherwise: Share
    """Of 100 tickets whose cause says nothing about it, in how many it is seen."""
    first_input: Id | None = None
    """Entry of `knowledge/inputs/` to get before any repair, unless a cause is likely already."""
    inputs: tuple[Id, ...] = ()
    """Entries of `knowledge/inputs/` that help further."""
    basis: Basis
    source: Line | None = None


class Aspect(Entry, frozen=True, kw_only=True):
    """One thing to look at, with the symptoms that exclude each other there.

    Where a negotiation shows none of them the aspect says nothing: absence counts only where a
    symptom says so by `none`, because a trace need not cover all of a negotiation.
    """

    aspect: Id
    title: Text
    same_fact: Id | None = None
    """Aspects with the same word here tell the same fact: the first counts fully, others half."""
    reliability: Share
    """Of 100 such observations, how many are what they seem."""
    floor: Share
    """No cause gives a symptom of this aspect a smaller share than this."""
    answers: Id | None = None
    """The question that these symptoms answer: each of them is named by `told_by` of one of its
    choices and counts as that answer, with this aspect's reliability. Causes then say nothing of
    them: the numbers are those of the question."""
    symptoms: Annotated[tuple[Symptom, ...], Meta(min_length=1)]


class Shown(Entry, frozen=True, kw_only=True):
    """How often a cause shows a symptom, and why we think so."""

    symptom: Id
    of_100: Share
    stated: bool = False
    """The router itself names this cause by this symptom: first place is then `proven`."""
    basis: Basis
    because: Text | None = None
    """Shown beside the evidence; worth writing wherever it is not obvious."""


class Answered(Entry, frozen=True, kw_only=True):
    """How often a question is answered so where this cause is at work, and why we think so."""

    question: Id
    choice: Id
    of_100: Share
    """Of 100 who know the answer; those who do not are the question's `dont_know`."""
    basis: Basis
    because: Text | None = None
    """Shown beside the evidence; worth writing wherever it is not obvious."""


SHORT_CHARACTERS = 34
PLAIN_CHARACTERS = 320


class Cause(Entry, frozen=True, kw_only=True):
    """One thing that may be wrong."""

    id: Id
    title: Text
    explanation: Text
    """What is wrong and why it looks the way it looks."""
    not_when: Text
    """When this is not the cause although it looks like it (false positives)."""
    share: Share
    """Its share of 100 tickets, before anything is known."""
    share_basis: Basis
    shows: tuple[Shown, ...] = ()
    """Symptoms not named take the rest, in the proportion of their `otherwise`."""
    answers: tuple[Answered, ...] = ()
    """Choices not named take the rest, in the proportion of their `otherwise`."""
    remedies: tuple[Id, ...] = ()
    short: Text | None = None
    """The title in the fewest words, for a line of a menu: at most `SHORT_CHARACTERS`."""
    plain: Text | None = None
    """For a customer who knows nothing of networks: what is wrong, without a word of the trade and
    without blame; at most `PLAIN_CHARACTERS`. How sure it is, others say."""
    only_by: Text | None = None
    """What alone would show it: the peer's trace, a configuration, a question. A cause that says so
    needs no case that ranks it, because no trace of one side can."""
    basis: Basis
    """Of the cause itself: does LANCOM name it, or do we?"""
    source: Line | None = None


class Console(Entry, frozen=True, kw_only=True):
    """What to type, and the same for a console that speaks German where that is known."""

    command: Prose
    basis: Basis
    source: Line | None = None


class Lanconfig(Entry, frozen=True, kw_only=True):
    """Where to click in LANconfig; the path differs between versions."""

    path: Text
    basis: Basis
    source: Line | None = None


class Choice(Entry, frozen=True, kw_only=True):
    """One answer to a question."""

    id: Id
    label: Text
    """A few words, as a menu shows them."""
    otherwise: Share
    """Of 100 tickets whose cause says nothing about it, in how many it is the answer."""
    told_by: tuple[Id, ...] = ()
    """Symptoms that say the same; where one of them is seen the question is never asked."""


class Question(Entry, frozen=True, kw_only=True):
    """Something a person can find out that no trace of this side needs to show."""

    id: Id
    text: Text
    """One sentence that a network administrator understands."""
    how: Text
    """How to find out, and whom to call."""
    console: Console | None = None
    lanconfig: Lanconfig | None = None
    who: Literal["local", "remote", "both"]
    minutes: Minutes
    reliability: Share
    """Of 100 such answers, how many are what they seem."""
    dont_know: Share
    """Of 100 who are asked, how many cannot say."""
    same_fact: Id | None = None
    """Questions with the same word here, and the aspect so called, tell the same fact: the first
    counts fully, others half."""
    choices: Annotated[tuple[Choice, ...], Meta(min_length=2)]
    """They exclude each other and leave nothing out."""
    basis: Basis
    source: Line | None = None


class Claimed(Entry, frozen=True, kw_only=True):
    """A symptom, or a question answered so."""

    symptom: Id | None = None
    question: Id | None = None
    choice: Id | None = None


class Incompatible(Entry, frozen=True, kw_only=True):
    """Two statements that cannot both be true."""

    id: Id
    title: Text
    """One sentence that says what does not go together."""
    explanation: Text
    """Why not, and what is most likely behind it; two different moments come first."""
    first: Annotated[tuple[Claimed, ...], Meta(min_length=1)]
    """Any of these ..."""
    second: Annotated[tuple[Claimed, ...], Meta(min_length=1)]
    """... with any of these."""
    doubts: tuple[Id, ...] = ()
    """Symptoms that are worth less while this stands; answers in it always are."""
    basis: Basis
    source: Line | None = None


class ContradictionFile(Entry, frozen=True, kw_only=True):
    """All pairs of statements that contradict each other."""

    contradictions: Annotated[tuple[Incompatible, ...], Meta(min_length=1)]


class Step(Entry, frozen=True, kw_only=True):
    """One thing to do."""

    do: Text
    console: Console | None = None
    lanconfig: Lanconfig | None = None
    expect: Text | None = None
    """How one sees that it worked."""
    undo: Text | None = None


class Remedy(Entry, frozen=True, kw_only=True):
    """How to repair one cause."""

    id: Id
    title: Text
    who: Literal["local", "remote", "both", "provider"]
    minutes: Minutes
    risk: Literal["none", "low", "medium", "high"]
    risk_note: Text | None = None
    cures: Share
    """Of 100 tickets with its cause, in how many it helps."""
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    basis: Basis
    source: Line | None = None


class LookFor(Entry, frozen=True, kw_only=True):
    """What one may see in the wanted input, and what it would mean."""

    see: Text
    means: Text
    causes: tuple[Id, ...] = ()


class Input(Entry, frozen=True, kw_only=True):
    """Something that would help and was not given: another trace, the peer's trace."""

    id: Id
    title: Text
    why: Text
    who: Literal["local", "remote", "both"]
    minutes: Minutes
    commands: Annotated[tuple[Prose, ...], Meta(min_length=1)]
    """In the order they are typed."""
    look_for: tuple[LookFor, ...] = ()
    request: Text | None = None
    """Ready to be copied to whoever can get it; `{remote_site}`, `{gateway}`, `{time}`,
    `{own_address}` are replaced."""
    basis: Basis
    source: Line | None = None
