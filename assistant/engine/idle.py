"""Rules that no fact so far could fire: what need not be made known to the engine yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from assistant.engine.facts import Fact
from assistant.engine.rules import Rule
from assistant.model.vocabulary import Value


class IdleRules:
    """Hands each rule out once, as soon as facts could come about for all that it needs present.

    What it needs absent is not looked at, so that more rules are handed out than fire.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Takes rules of which each needs at least one fact present."""
        self._unmet = {rule.id: len(set(rule.present)) for rule in rules}
        # By kind, names of the fields, their values: who waits for such a fact.
        self._waiting: defaultdict[
            str, defaultdict[tuple[str, ...], dict[tuple[Value | None, ...], list[Rule]]]
        ] = defaultdict(lambda: defaultdict(dict))
        for rule in rules:
            for pattern in set(rule.present):
                names = tuple(name for name, _ in pattern.fields)
                values = tuple(value for _, value in pattern.fields)
                self._waiting[pattern.kind][names].setdefault(values, []).append(rule)

    def woken(self, facts: Iterable[Fact]) -> Iterator[Rule]:
        """Rules that these facts, and those before, are the first that could fire."""
        open_ = list(facts)
        while open_:
            fact = open_.pop()
            fields = dict(fact.fields)
            for names, by_values in self._waiting.get(fact.kind, {}).items():
                for rule in by_values.pop(tuple(fields.get(name) for name in names), ()):
                    self._unmet[rule.id] -= 1
                    if not self._unmet[rule.id]:
                        open_.append(rule.concludes)
                        yield rule
