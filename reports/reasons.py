"""Words the reasons in a dialogue: why a question, how the ranking came about, contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.catalog.catalog import Catalog
from assistant.inference.posterior import PRIOR
from assistant.interview import Interview
from assistant.model.answer import Weight
from assistant.model.contradiction import Claim, Contradiction
from assistant.model.diagnosis import SymptomSeen
from assistant.model.dialogue import How, Reason
from assistant.model.source import Place
from reports.causes import answer_told
from reports.escape import visible
from reports.interview import ChoiceLine
from reports.labels import Labels
from reports.paragraph import cut, wrapped
from reports.short import cause_name, places_told
from reports.standpoint import who_told

_RULES = 8
_WEIGHTS = 6
_PLACES = 3
_QUOTED = 2
_OBJECTIONS = 4
_LINE_LIMIT = 200
_QUIET_DECIBANS = 0.05
"""What is rounded to nothing is not worth a line."""


class ReasonWords:
    """Words reasons in one language; no line is longer than `width` cells."""

    def __init__(self, catalog: Catalog, words: Labels, width: int) -> None:
        self._catalog = catalog
        self._words = words
        self._width = width

    # Why and how ------------------------------------------------------------------------

    def why(self, interview: Interview) -> Iterator[str]:
        """What each answer would change, what that is worth, and how to find out."""
        words = self._words
        why = interview.why()
        question = self._catalog.questions[why.question]
        yield from self._wrapped(words("ask.why.title"))
        yield from self._wrapped(words.told(question.text), indent=2)
        yield ""
        if interview.asked is not None and interview.asked.reason is Reason.CONFIRM:
            yield from self._wrapped(self._confirming(interview))
        elif why.open is None:
            yield from self._wrapped(words("ask.why.none"))
        else:
            key = "ask.why.confirms" if why.open.confirms else "ask.why.worth"
            holes = {"minutes": words.number(why.open.minutes)}
            if not why.open.confirms:
                holes["worth"] = words.number(why.open.worth_minutes, 1)
            yield from self._wrapped(words(key, **holes))
        yield ""
        yield from self._wrapped(words("ask.why.table"))
        widest = max(len(words("ask.why.choice")), *(len(one.choice) for one in why.outlooks))
        often = words("ask.why.how-often")
        yield f"  {words('ask.why.choice'):<{widest}}  {often:>8}  {words('ask.why.then')}"
        for one in why.outlooks:
            then = f"{words.percent(one.cause_probability):>6} {self._name(one.cause)}"
            share = words.percent(one.probability)
            yield cut(f"  {one.choice:<{widest}}  {share:>8}  {then}", self._width)
        yield ""
        yield from self._wrapped(words("ask.why.how-to"))
        yield from self._wrapped(words.told(question.how), indent=2)
        if question.console:
            for line in question.console.command.strip().splitlines():
                yield f"  > {line}"
        if question.lanconfig:
            path = words.told(question.lanconfig.path)
            yield from self._wrapped(f"{words('ask.lanconfig')} {path}", indent=2, hang=2)

    def _confirming(self, interview: Interview) -> str:
        """Why an answer is asked for once more: what would be done on its word."""
        incident = interview.incident
        plan = incident.plan if incident else None
        first = next(iter(plan.repairs), None) if plan else None
        if first is None:
            return self._words("ask.why.none")
        remedy = self._catalog.remedies[first.remedy]
        return self._words(
            "ask.why.confirm",
            title=self._words.title(remedy.title),
            who=who_told(remedy.who, incident, self._words),
            minutes=self._words.number(first.minutes),
        )

    def how(self, how: How | None) -> Iterator[str]:
        """Which rules fired on which lines, and what tells the two leading causes apart."""
        words = self._words
        yield from self._wrapped(words("ask.how.title"))
        yield ""
        if how is None:
            yield from self._wrapped(words("ask.how.nothing"))
            return
        yield from self._rules(how)
        yield ""
        yield from self._versus(how)
        yield ""
        yield from self._against(how)

    def _rules(self, how: How) -> Iterator[str]:
        words = self._words
        places = {one.id: one for one in how.symptoms}
        fired = [
            one
            for one in how.firings
            if one.rule.startswith("symptom:") and one.rule.removeprefix("symptom:") in places
        ]
        if not fired:
            yield from self._wrapped(words("ask.how.no-rules"))
            return
        yield from self._wrapped(words("ask.how.rules"))
        for one in fired[:_RULES]:
            symptom = places[one.rule.removeprefix("symptom:")]
            yield from self._wrapped(f"{one.rule}  [{self._places(symptom)}]", indent=2, hang=4)
            facts = visible(", ".join(one.facts), limit=_LINE_LIMIT)
            if one.absent:
                absent = visible(", ".join(one.absent), limit=_LINE_LIMIT)
                facts = f"{facts} {words('ask.how.absent', facts=absent)}"
            yield from self._wrapped(f"<- {facts}", indent=4, hang=3)
        yield from self._more(len(fired) - _RULES)
        leading = tuple(f"cause:{name}:" for name in (how.first, how.second))
        causes = [one.rule for one in how.firings if one.rule.startswith(leading)]
        if causes:
            yield from self._wrapped(words.counted("ask.how.causes", len(causes)))
            for rule in causes[:_RULES]:
                yield cut(f"  {rule}", self._width)
            yield from self._more(len(causes) - _RULES)

    def _versus(self, how: How) -> Iterator[str]:
        words = self._words
        yield from self._wrapped(
            words(
                "ask.how.versus",
                first=self._name(how.first),
                second=self._name(how.second),
            )
        )
        telling = [one for one in how.versus if abs(one.decibans) >= _QUIET_DECIBANS]
        for one in telling[:_WEIGHTS]:
            yield from self._weighed(one)
        rest = telling[_WEIGHTS:]
        if rest:
            told = words.counted("ask.how.rest", len(rest))
            yield f"{self._decibans(sum(one.decibans for one in rest))}  {told}"
        total = sum(one.decibans for one in how.versus)
        yield f"{self._decibans(total)}  {words('ask.how.sum')}"

    def _against(self, how: How) -> Iterator[str]:
        words = self._words
        telling = [one for one in how.against if one.decibans <= -_QUIET_DECIBANS]
        key = "ask.how.against" if telling else "ask.how.nothing-against"
        yield from self._wrapped(words(key, first=self._name(how.first)))
        for one in telling[:_OBJECTIONS]:
            yield from self._weighed(Weight(id=one.id, choice=one.choice, decibans=one.decibans))
            seen = next((each for each in how.symptoms if each.id == one.id), None)
            if one.choice is None and seen is not None:
                yield cut(f"           {self._places(seen)}", self._width)
        yield from self._more(len(telling) - _OBJECTIONS)

    def _weighed(self, one: Weight) -> list[str]:
        return self._wrapped(f"{self._decibans(one.decibans)}  {self._weight(one)}", hang=11)

    def _weight(self, one: Weight) -> str:
        if one.id == PRIOR:
            return self._words("ask.how.prior")
        if one.choice is not None:
            return answer_told(one.id, one.choice, self._catalog, self._words)
        return self._words.title(self._catalog.symptoms[one.id].title)

    def _decibans(self, value: float) -> str:
        return f"{'-' if value < 0 else '+'}{self._words.number(abs(value), 1)}".rjust(9)

    def _places(self, one: SymptomSeen) -> str:
        """`trace.txt, lines 3-5, 9-9; peer.txt, line 4`: the first few places."""
        by_source: dict[str, list[Place]] = {}
        for place in one.places[:_PLACES]:
            by_source.setdefault(place.source, []).append(place)
        told = [places_told(places, self._words) for places in by_source.values()]
        more = len(one.places) - _PLACES
        if more > 0:
            told.append(self._words("refs.more", n=more))
        return "; ".join(told)

    # Contradictions ---------------------------------------------------------------------

    def contradiction(self, one: Contradiction) -> Iterator[str]:
        """What does not go together, why not, and where both come from."""
        entry = self._catalog.contradictions[one.id]
        words = self._words
        yield from self._wrapped(words("ask.contradiction", title=words.title(entry.title)))
        for claim in (one.first, one.second):
            yield from self._claim(claim)
        yield from self._wrapped(words.told(entry.explanation), indent=2)
        yield from self._wrapped(words("ask.contradiction.counts"), indent=2)

    def corrections(self, contradictions: Iterable[Contradiction]) -> Iterator[ChoiceLine]:
        """Answers that could be changed because of contradictions, each question once."""
        claims = [claim for one in contradictions for claim in (one.first, one.second)]
        for question in dict.fromkeys(claim.id for claim in claims if claim.choice is not None):
            text = self._words.told(self._catalog.questions[question].text)
            yield ChoiceLine(
                id=question, label=self._words("ask.contradiction.correct", question=text)
            )

    def _claim(self, claim: Claim) -> Iterator[str]:
        words = self._words
        if claim.choice is not None:
            told = answer_told(claim.id, claim.choice, self._catalog, words)
            yield from self._wrapped(
                f"- {words('ask.contradiction.answer', answer=told)}", indent=2, hang=2
            )
            return
        title = words.title(self._catalog.symptoms[claim.id].title)
        yield from self._wrapped(f"- {title}", indent=2, hang=2)
        for place in claim.places[:_QUOTED]:
            # The header of a record says less than what follows it.
            last = place.text.rstrip().rpartition("\n")[2].strip()
            told = f"    {places_told([place], self._words)}: {visible(last, limit=_LINE_LIMIT)}"
            yield cut(told.removesuffix(": "), self._width)

    # Lines ------------------------------------------------------------------------------

    def _name(self, cause: str) -> str:
        return cause_name(cause, self._catalog, self._words)

    def _more(self, left: int) -> Iterator[str]:
        if left > 0:
            yield f"  {self._words.counted('hand-over.more', left)}"

    def _wrapped(self, text: str, *, indent: int = 0, hang: int = 0) -> list[str]:
        return wrapped(text, self._width, indent=indent, hang=hang)
