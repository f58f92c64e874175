"""The output of ping, of Linux, BSD, busybox, Windows and LCOS, English or German, to runs.

PING 10.2.0.99 (10.2.0.99) from 10.1.0.1 : 56(84) bytes of data.
From 10.2.0.1 icmp_seq=1 Destination Host Unreachable
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from assistant.model.event import Address
from assistant.model.source import Moment, Place
from assistant.trace.packets import ping_line
from assistant.trace.packets.ping_line import Local, PingError
from assistant.trace.packets.traced import Sightings
from assistant.trace.text.lines import numbered

_LONGEST = 1_000
"""Characters of a line that are looked at."""
_RUNS = 100
"""Runs kept of one file."""
_KEPT = 100
"""Places kept of each sort of line of a run."""
_ERRORS = 50
"""Different errors kept of a run."""
_TIMES = 2_000
"""Time stamps kept of a run."""


class PingRun(Struct, kw_only=True):
    """One call of ping: what was sent, and what came back."""

    target: Address
    """The address where it is printed, else the name."""
    source: Address | None = None
    """Of the pinging host, where it was chosen (`-I`, `-S`)."""
    head: Place | None = None
    """None where the output's beginning was not copied."""
    statistics: Place | None = None
    """None where its end was not copied."""
    sent: int | None = None
    """As the statistics say."""
    received: int | None = None
    """As the statistics say; Windows counts errors that came back too."""
    answers: Sightings = field(default_factory=Sightings)
    """Lines of answers from the target itself."""
    silences: Sightings = field(default_factory=Sightings)
    """Lines that say that no answer came; only some programs print them."""
    errors: dict[PingError, Sightings] = field(default_factory=dict)
    local: dict[Local, Sightings] = field(default_factory=dict)
    """What the pinging host itself failed at."""
    times: list[Moment] = field(default_factory=list)
    """Of the lines, UTC (`ping -D`); empty where there are none."""
    windows: bool = False

    @property
    def answered(self) -> int | None:
        """How many answers came from the target; None if that is not shown."""
        shown = self.answers.count
        if self.received is None:
            seen = shown or self.silences.count or self.errors or self.local
            return shown if seen else None
        if self.windows:
            replied = sum(
                seen.count for error, seen in self.errors.items() if error.sender is not None
            )
            return max(shown, self.received - replied)
        return max(shown, self.received)

    @property
    def asked(self) -> int | None:
        """How many polls were sent, at least; None if that is not shown."""
        if self.sent is not None:
            return self.sent
        seen = (self.answers, self.silences, *self.errors.values())
        return max((one.count for one in seen), default=0) or None

    @property
    def places(self) -> list[Place]:
        """The lines that tell most, in file order."""
        shown = [self.answers, self.silences, *self.errors.values(), *self.local.values()]
        places = [place for seen in shown for place in (*seen.places[:2], *seen.places[-1:])]
        places += [place for place in (self.head, self.statistics) if place is not None]
        return sorted(set(places), key=lambda place: place.first_line)


class PingOutput(Struct, kw_only=True):
    """All runs of one file, in file order."""

    source: str
    """Name of the file as given."""
    runs: list[PingRun] = field(default_factory=list)
    not_kept: int = 0
    """Runs beyond the limit."""


def looks_like_ping(head: str) -> bool:
    """Whether a text is the output of ping, by its first characters.

    >>> looks_like_ping("PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.")
    True
    >>> looks_like_ping("VPN: ping the remote site")
    False
    """
    lines = (ping_line.without_stamp(line)[0] for _, line in numbered([head], _LONGEST))
    return any(
        ping_line.head(line) or ping_line.answer(line) or ping_line.title(line) for line in lines
    )


def read_ping_output(source: str, pieces: Iterable[str]) -> PingOutput:
    """Read the text of a file to its end; raises nothing for its content.

    Args:
        source: Name of the file as given.
        pieces: The text, in pieces.
    """
    output = PingOutput(source=source)
    run: PingRun | None = None
    called: Address | None = None
    for number, text in numbered(pieces, _LONGEST):
        line, time = ping_line.without_stamp(text)
        if not line:
            continue
        place = Place(source, number, number, text.rstrip(), time)
        called = ping_line.command(line) or called
        begun = _begun(line, place, run, called)
        if begun is not None:
            run = begun
            if len(output.runs) < _RUNS:
                output.runs.append(run)
            else:
                output.not_kept += 1
        if run is not None:
            _take(run, line, place)
    return output


def _begun(line: str, place: Place, run: PingRun | None, called: Address | None) -> PingRun | None:
    """The run that begins with this line; its head may be missing."""
    if head := ping_line.head(line):
        return PingRun(target=head.target, source=head.source, head=place, windows=head.windows)
    if run is not None and run.statistics is None:
        return None
    # LCOS prints no head, and a copy may begin anywhere.
    if target := ping_line.answer(line):
        return PingRun(target=target)
    if title := ping_line.title(line):
        return PingRun(target=title.target, windows=title.windows)
    if called is not None and (ping_line.local_error(line) or ping_line.is_silence(line)):
        return PingRun(target=called)
    return None


def _take(run: PingRun, line: str, place: Place) -> None:
    """What one line says of the run."""
    if place.time is not None and len(run.times) < _TIMES:
        run.times.append(place.time)
    if numbers := ping_line.statistics(line):
        if run.statistics is None:
            run.sent, run.received = numbers
            run.statistics = place
    elif address := ping_line.answer(line):
        # Where only names are printed, they cannot be compared.
        if address == run.target or not all(map(ping_line.is_address, (address, run.target))):
            run.answers.add(place, _KEPT)
    elif ping_line.is_silence(line):
        run.silences.add(place, _KEPT)
    elif error := ping_line.error(line):
        if error in run.errors or len(run.errors) < _ERRORS:
            run.errors.setdefault(error, Sightings()).add(place, _KEPT)
    elif local := ping_line.local_error(line):
        run.local.setdefault(local, Sightings()).add(place, _KEPT)
