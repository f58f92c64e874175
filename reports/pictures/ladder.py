"""Draws one negotiation as a ladder: us, the peer, what went between them and where it stopped."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from assistant.catalog.catalog import Catalog
from assistant.model.derived import TraceCoverage
from assistant.model.diagnosis import Diagnosis, Incident
from assistant.model.negotiation import Outcome, Stage
from assistant.model.pairing import PairedNegotiation, PairVerdict
from assistant.model.source import Moment, Side
from reports.escape import visible
from reports.frame import telling_line
from reports.labels import Labels, Lang, labels
from reports.pairing import paired_with
from reports.pictures.ahead import Ahead
from reports.pictures.fit import shortened
from reports.pictures.picture import Key, Picture, draw, table
from reports.pictures.rungs import Rung, Rungs

_MOST_RUNGS = 26
_KEPT_AT_END = 12
_LABEL_CELLS = 34
_NOTE_CELLS = 41
_NAME_CELLS = 22
_LOST_ON_THE_WAY = frozenset(
    {PairVerdict.NEVER_ARRIVED, PairVerdict.ANSWER_LOST, PairVerdict.REQUEST_LOST}
)
_LINE = 300
_LOG_HEADER = re.compile(r"^\S{1,40} \d{1,6}\[[A-Z]{2,4}\] (?:<[^<>]{0,80}> )?")
"""What charon prints before each line; the picture has a clock of its own."""
_HEAD_PX, _TALL_PX, _LOW_PX, _STOP_PX = 30, 44, 30, 36


class _Line(Struct, frozen=True, kw_only=True):
    """A rung, ready to be drawn."""

    kind: str
    state: str
    right: bool
    """An arrow from left to right; an event at the peer."""
    y: float
    clock: str
    label: str
    note: str


def ladder(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> Picture | None:
    """The negotiation of an incident that is shown; None if nothing is known of its course.

    Args:
        diagnosis: Has what the other side's trace shows of it.
        catalog: Not asked; every picture is called alike.
        lang: Language of all words.
        incident: One of the diagnosis.
    """
    del catalog
    words = labels(lang)
    if incident.example is None:
        return None
    read = Rungs(incident, words)
    if not any(one.kind in ("arrow", "milestone", "event") for one in read.found):
        return None
    paired = paired_with(incident, diagnosis)
    rungs = _with_start(_until_the_end(read.found, incident), incident, words)
    rungs = _both_ends(rungs, paired, read, words) if paired else _unanswered(rungs, read, incident)
    rungs = _bounded(rungs, words)
    stop = _stop(incident, words)
    if stop:
        rungs.append(stop)
        if incident.stage is not Stage.CONNECTED:
            rungs += Ahead(read, words).rungs()
    first = next((one.at for one in rungs if one.at is not None), None)
    lines, height = _laid_out(rungs, first, words)
    picture_id = f"ladder-{visible(incident.id)}-{lang}"
    peer = words.site(incident.remote_site)
    title = words("picture.ladder.title", site=peer)
    caption = _caption(incident, paired, words)
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw(
            "ladder",
            id=picture_id,
            title=title,
            caption=caption,
            us=words("picture.ladder.us"),
            peer=shortened(peer, _NAME_CELLS),
            lines=lines,
            height=height,
        ),
        legend=_legend(rungs, words),
        columns=tuple(words(f"picture.ladder.column.{one}") for one in ("when", "who", "what")),
        rows=table(_row(one, first, peer, words) for one in rungs),
    )


# What happened ------------------------------------------------------------------------------


def _until_the_end(found: list[Rung], incident: Incident) -> list[Rung]:
    """Without the clearing up after a fault."""
    ended = incident.example.ended_at if incident.example else None
    if incident.outcome is None or not incident.outcome.is_fault or ended is None:
        return found
    return [
        one
        for one in found
        if one.at is None or one.at <= ended or one.state == "bad" or one.kind == "milestone"
    ]


def _with_start(rungs: list[Rung], incident: Incident, words: Labels) -> list[Rung]:
    """Says so where the trace begins in the middle."""
    cut = any(
        isinstance(one.event, TraceCoverage) and one.event.start == "missing"
        for one in incident.derived
    )
    return [Rung(kind="note", label=words("picture.ladder.begins")), *rungs] if cut else rungs


def _unanswered(rungs: list[Rung], read: Rungs, incident: Incident) -> list[Rung]:
    """The last message of ours, where nothing came back: nobody knows how far it got."""
    if incident.outcome is not Outcome.FAILED:
        return rungs
    last = _last_arrow(rungs)
    if last is None or rungs[last].side is not incident.side or rungs[last].state != "done":
        return rungs
    if not read.by_messages and "answer" in read.reached:
        return rungs
    return [*rungs[:last], replace(rungs[last], state="unanswered"), *rungs[last + 1 :]]


def _both_ends(
    rungs: list[Rung], paired: PairedNegotiation, read: Rungs, words: Labels
) -> list[Rung]:
    """What the other side's trace adds: where a message was lost, why it was refused."""
    if paired.verdict in _LOST_ON_THE_WAY:
        return _lost(rungs, paired, read, words)
    if paired.verdict is PairVerdict.REFUSED:
        refuser = Side.REMOTE if paired.caller is Side.LOCAL else Side.LOCAL
        if refuser is Side.REMOTE and paired.reason is not None:
            told = _LOG_HEADER.sub("", telling_line(paired.reason)[:_LINE], count=1)
            label = words("picture.ladder.refused-there")
            said = Rung(kind="event", side=refuser, state="bad", label=label, note=told)
            last = _last_arrow(rungs, sender=Side.LOCAL)
            at = len(rungs) if last is None else last + 1
            return [*rungs[:at], said, *rungs[at:]]
    return rungs


def _lost(rungs: list[Rung], paired: PairedNegotiation, read: Rungs, words: Labels) -> list[Rung]:
    lost = paired.lost
    sender = paired.caller
    if lost is not None:
        sender = lost.sender
    elif paired.verdict is PairVerdict.ANSWER_LOST:
        sender = Side.REMOTE if paired.caller is Side.LOCAL else Side.LOCAL
    last = _last_arrow(rungs, sender=sender)
    shown_by = Side.LOCAL if paired.ours is not None else Side.REMOTE
    if sender is shown_by and last is not None:
        one = rungs[last]
        port = lost.port if lost else one.port
        here = replace(one, state="lost", port=one.port or port)
        return [*rungs[:last], here, *rungs[last + 1 :]]
    before = _last_arrow(rungs)
    asked = rungs[before].exchange if before is not None else ""
    exchange = lost.exchange if lost else asked if read.by_messages else ""
    message = lost.message if lost else "response"
    times = lost.times if lost else 1
    one = Rung(
        kind="arrow",
        side=sender,
        state="lost",
        label=read.next_label(exchange, message) if exchange else words("picture.ladder.answer"),
        note=words("picture.ladder.repeated", n=times - 1) if times > 1 else "",
        port=lost.port if lost else None,
        exchange=exchange,
        message=message,
    )
    read.found.append(one)
    place = len(rungs) if before is None else before + 1
    return [*rungs[:place], one, *rungs[place:]]


def _last_arrow(rungs: list[Rung], sender: Side | None = None) -> int | None:
    for number in range(len(rungs) - 1, -1, -1):
        one = rungs[number]
        if one.kind == "arrow" and one.exchange != "poll" and sender in (None, one.side):
            return number
    return None


def _bounded(rungs: list[Rung], words: Labels) -> list[Rung]:
    if len(rungs) <= _MOST_RUNGS:
        return rungs
    hidden = len(rungs) - _MOST_RUNGS + 1
    gap = Rung(kind="note", label=words.counted("picture.ladder.hidden", hidden))
    return [*rungs[: _MOST_RUNGS - 1 - _KEPT_AT_END], gap, *rungs[-_KEPT_AT_END:]]


def _stop(incident: Incident, words: Labels) -> Rung | None:
    outcome = incident.outcome
    if outcome is None or outcome in (Outcome.ESTABLISHED, Outcome.DISCONNECTED):
        return None
    ended = incident.example.ended_at if incident.example else None
    key = f"picture.ladder.stop.{outcome.value}"
    return Rung(kind="stop", state="bad", label=words(key), at=ended)


# How it is drawn ----------------------------------------------------------------------------


def _laid_out(rungs: list[Rung], first: Moment | None, words: Labels) -> tuple[list[_Line], float]:
    lines = []
    y = float(_HEAD_PX)
    for one in rungs:
        note = _note(one, words)
        height = _STOP_PX if one.kind == "stop" else _TALL_PX if note else _LOW_PX
        lines.append(
            _Line(
                kind=one.kind,
                state=one.state,
                right=one.side is (Side.LOCAL if one.kind == "arrow" else Side.REMOTE),
                y=y,
                clock=_clock(one, first, words),
                label=shortened(one.label, _LABEL_CELLS),
                note=shortened(note, _NOTE_CELLS),
            )
        )
        y += height
    return lines, y + 8


def _note(one: Rung, words: Labels) -> str:
    parts = [one.note]
    if one.port is not None:
        parts.insert(0, words("picture.ladder.port", port=one.port))
    if one.state in ("lost", "unanswered") and one.exchange != "poll":
        parts.insert(0, words(f"picture.ladder.{one.state}"))
    return " · ".join(part for part in parts if part)


def _clock(one: Rung, first: Moment | None, words: Labels) -> str:
    if one.at is None:
        return ""
    return words.since(one.at, first) or f"{one.at.at:%H:%M:%S}"


def _row(one: Rung, first: Moment | None, peer: str, words: Labels) -> tuple[str, str, str]:
    who = words("picture.ladder.us") if one.side is Side.LOCAL else peer
    what = one.label
    note = _note(one, words)
    if note:
        what = f"{what}: {note}"
    if one.state == "ghost":
        what = f"{what} ({words('picture.ladder.ghost')})"
    return (_clock(one, first, words), who if one.kind in ("arrow", "event") else "", what)


def _legend(rungs: list[Rung], words: Labels) -> tuple[Key, ...]:
    found = {one.state for one in rungs if one.kind == "arrow"}
    signs = (
        ("done", "sent"),
        ("unanswered", "unknown"),
        ("lost", "lost-message"),
        ("ghost", "ghost"),
    )
    return tuple(
        Key(sign=sign, word=words(f"picture.ladder.key.{state}"))
        for state, sign in signs
        if state in found
    )


def _caption(incident: Incident, paired: PairedNegotiation | None, words: Labels) -> str:
    if paired is not None:
        told = [words(f"paired.{paired.verdict.value}.{paired.caller.value}")]
    else:
        whose = "ours" if incident.side is Side.LOCAL else "theirs"
        told = [words(f"picture.ladder.{whose}-only")]
    if incident.occurrences > 1:
        told.append(words("picture.ladder.one-of", n=words.number(incident.occurrences)))
    return " ".join(told)
