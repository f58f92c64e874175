"""Words the dialogue: the question that is asked, what else could be, and the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from assistant.catalog.catalog import Catalog
from assistant.interview import Interview
from assistant.model.answer import UNKNOWN, Answer, OpenQuestion, PlannedRepair, RepairPlan
from assistant.model.diagnosis import UNKNOWN_CAUSE, Incident
from assistant.model.dialogue import Asked, Reason, Stop
from reports.causes import answer_told
from reports.labels import Labels
from reports.paragraph import wrapped
from reports.short import about, cause_name
from reports.standpoint import ours_first, who_told

_RANKED = 3
_COMMAND_LINES = 3
_REPAIRS = 5


class ChoiceLine(Struct, frozen=True, kw_only=True):
    """One possible answer."""

    id: str
    label: str


class AskedView(Struct, frozen=True, kw_only=True):
    """The question that is asked, ready to be laid out; what is not known is empty."""

    about: str
    """The remote site it is about."""
    ranking: str
    """The first causes in one line: `31 % gateway address wrong | 26 % remote site offline`."""
    reason: str
    """Why it is asked, where that is not plain."""
    text: str
    meta: str
    """Who finds out, how long it takes, what it saves."""
    how: str
    console: tuple[str, ...]
    """Commands, one a line."""
    lanconfig: str
    choices: tuple[ChoiceLine, ...]
    """Without "don't know"."""
    answered: str | None
    """The choice so far, where it was answered before."""


class EndView(Struct, frozen=True, kw_only=True):
    """When no question is worth asking: what to repair, and when to stop."""

    head: tuple[str, ...]
    """What it is about, and the first causes; all there is to say where there is no plan."""
    plan: tuple[tuple[str, ...], ...] = ()
    """The lines of each repair, in the order to try them."""
    tail: tuple[str, ...] = ()
    """How long it takes, when to hand over, what was left open."""
    repairs: tuple[ChoiceLine, ...] = ()
    """The same remedies: id and title."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.head, *(line for lines in self.plan for line in lines), *self.tail)


class InterviewWords:
    """Words one dialogue in one language; no line is longer than `width` cells."""

    def __init__(self, catalog: Catalog, words: Labels, width: int) -> None:
        self._catalog = catalog
        self._words = words
        self._width = width

    # The question -----------------------------------------------------------------------

    def asked(self, interview: Interview, asked: Asked) -> AskedView:
        """The question with all that is needed to answer it."""
        question = self._catalog.questions[asked.question]
        said = next((one for one in interview.answers if one.id == question.id), None)
        told = self._words.told
        return AskedView(
            about=about(interview.incident, self._words),
            ranking=self.ranking(interview.incident),
            reason=self._reason(asked, said),
            text=told(question.text),
            meta=self._meta(
                who_told(question.who, interview.incident, self._words),
                question.minutes,
                asked.open,
            ),
            how=told(question.how),
            console=_command_lines(question.console.command) if question.console else (),
            lanconfig=told(question.lanconfig.path) if question.lanconfig else "",
            choices=tuple(ChoiceLine(id=one.id, label=told(one.label)) for one in question.choices),
            answered=said.choice if said else None,
        )

    def ranking(self, incident: Incident | None) -> str:
        """The first two or three causes, as many as fit into one line."""
        line = ""
        for one in incident.hypotheses[:_RANKED] if incident else ():
            ranked = self._words(
                "ask.rank",
                percent=self._words.percent(one.probability),
                cause=cause_name(one.cause, self._catalog, self._words),
            )
            longer = f"{line} | {ranked}" if line else ranked
            if line and cell_len(longer) > self._width - 2:
                break
            line = longer
        return line

    def answer(self, answer: Answer) -> str:
        """An answer in words: question and choice, or the repair that did not help."""
        return answer_told(answer.id, answer.choice, self._catalog, self._words)

    def choice(self, question: str, choice: str) -> str:
        """One choice of a question in words."""
        if choice == UNKNOWN:
            return self._words("ask.unknown")
        labels = {one.id: one.label for one in self._catalog.questions[question].choices}
        return self._words.told(labels[choice])

    def _reason(self, asked: Asked, said: Answer | None) -> str:
        words = self._words
        if asked.reason is Reason.CONFIRM and asked.pivot is not None:
            pivot = asked.pivot
            return words(
                "ask.reason.confirm",
                answer=self.choice(pivot.answer.id, pivot.answer.choice),
                instead=words.title(self._catalog.causes[pivot.instead].title),
                percent=words.percent(pivot.instead_probability),
            )
        if asked.reason is Reason.AGAIN:
            return words("ask.reason.again")
        if asked.reason is Reason.SKIPPED:
            return words("ask.reason.skipped")
        if said is not None:
            return words("ask.reason.chosen.was", answer=self.choice(said.id, said.choice))
        return ""

    def _meta(self, who: str, minutes: int, worth: OpenQuestion | None) -> str:
        words = self._words
        key = "plain" if worth is None else "confirms" if worth.confirms else "worth"
        return words(
            f"ask.meta.{key}",
            who=who,
            minutes=words.number(minutes),
            **({"worth": words.number(worth.worth_minutes, 1)} if worth and key == "worth" else {}),
        )

    # Choosing ---------------------------------------------------------------------------

    def others(self, interview: Interview) -> Iterator[ChoiceLine]:
        """Every question that can be answered, with what was said so far."""
        said = {one.id: one for one in interview.answers}
        for name in interview.others:
            text = self._words.told(self._catalog.questions[name].text)
            if name in said:
                answer = self.choice(name, said[name].choice)
                text = self._words("ask.other.answered", question=text, answer=answer)
            yield ChoiceLine(id=name, label=text)

    def sites(self, interview: Interview) -> Iterator[ChoiceLine]:
        """The incidents with causes to choose from."""
        for one in ours_first(interview.in_trouble):
            yield ChoiceLine(id=one.id, label=f"{about(one, self._words)}: {self.ranking(one)}")

    # The end ----------------------------------------------------------------------------

    def end(self, interview: Interview) -> EndView:
        """The result: causes, repairs in their order, and when to hand over."""
        incident = interview.incident
        if incident is None:
            return EndView(head=tuple(self._wrapped(self._words("ask.no-incident"))))
        if incident.plan is None:
            return EndView(head=tuple(self._wrapped(self._words("ask.end.healthy"))))
        planned = incident.plan.repairs[:_REPAIRS]
        return EndView(
            head=tuple(self._result(incident, planned)),
            plan=tuple(
                tuple(self._repair(number, one, incident))
                for number, one in enumerate(planned, start=1)
            ),
            tail=tuple(self._stopping(interview, incident, incident.plan)),
            repairs=tuple(
                ChoiceLine(
                    id=one.remedy, label=self._words.title(self._catalog.remedies[one.remedy].title)
                )
                for one in planned
            ),
        )

    def _result(self, incident: Incident, planned: Sequence[PlannedRepair]) -> Iterator[str]:
        words = self._words
        yield from self._wrapped(words("ask.end.title", site=about(incident, self._words)))
        for one in incident.hypotheses[:_RANKED]:
            title = words.title(self._catalog.causes[one.cause].title)
            yield from self._wrapped(
                f"{words.percent(one.probability):>6}  {title}", indent=1, hang=8
            )
        if planned:
            yield from self._wrapped(words("ask.end.repairs"))

    def _repair(self, number: int, one: PlannedRepair, incident: Incident) -> Iterator[str]:
        words = self._words
        remedy = self._catalog.remedies[one.remedy]
        told = words(
            "ask.end.repair",
            title=words.title(remedy.title),
            who=who_told(remedy.who, incident, words),
            minutes=words.number(one.minutes),
            percent=words.percent(one.probability),
        )
        yield from self._wrapped(f"{number}. {told}", indent=2, hang=3)

    def _stopping(
        self, interview: Interview, incident: Incident, plan: RepairPlan
    ) -> Iterator[str]:
        words = self._words
        if plan.repairs:
            minutes, left = words.number(plan.expected_minutes), words.percent(plan.unrepaired)
            yield from self._wrapped(words("ask.end.minutes", minutes=minutes, percent=left))
        if not interview.stops:
            yield from self._wrapped(words("ask.end.stop"))
        for stop in interview.stops:
            yield from self._wrapped(self._stop(stop, interview, incident))
        left_open = interview.left_open
        if left_open:
            key = "ask.end.left-open." + ("one" if len(left_open) == 1 else "other")
            named = ", ".join(left_open)
            yield from self._wrapped(words(key, n=words.number(len(left_open)), questions=named))

    def _stop(self, stop: Stop, interview: Interview, incident: Incident) -> str:
        words = self._words
        if stop is Stop.REPAIRS_FAILED:
            return words("ask.stop.repairs-failed", n=words.number(len(interview.failed_repairs)))
        if stop is Stop.FITS_NOTHING:
            shares = (one.probability for one in incident.hypotheses if one.cause == UNKNOWN_CAUSE)
            return words("ask.stop.fits-nothing", percent=words.percent(next(shares, 0.0)))
        if interview.away:
            return words("ask.stop.no-repair-there")
        return words("ask.stop.no-repair")

    # Lines ------------------------------------------------------------------------------

    def _wrapped(self, text: str, *, indent: int = 0, hang: int = 0) -> list[str]:
        return wrapped(text, self._width, indent=indent, hang=hang)


def _command_lines(command: str) -> tuple[str, ...]:
    lines: Sequence[str] = command.strip().splitlines()
    return tuple(lines[:_COMMAND_LINES])
