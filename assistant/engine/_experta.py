"""The seam: the only module that knows experta; plain rules and facts in, what fired out.

experta 1.9.4 is its last release and older than every Python we run on. What is mended here,
through the hooks it offers for a matcher and a strategy of one's own:

- Its import needs `collections.Mapping`, and configures the root logger.
- Its agenda looks for an activation to remove in three places only, so that a rule could fire
  although a fact that must be absent had come. Ours finds it by a key that is its identity.
- The order of tests in a pattern, and of rules that are equally salient, hung on hash values
  and addresses. Ours has no tests to order, because it looks patterns up by their values, and
  orders rules by salience, newest facts and name.
- An exception left activations behind that reset() kept, and an engine that stood as running.
- Its network serves a language much larger than ours, part of which it answers wrongly. Ours
  refuses all but facts with literal fields and the negation of such facts.
"""

from __future__ import annotations

import collections
import collections.abc
import logging
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import attrgetter
from threading import Lock
from typing import Any

from assistant.engine.facts import Fact
from assistant.engine.idle import IdleRules
from assistant.engine.rules import Fired, Rule


@contextmanager
def _as_experta_expects() -> Iterator[None]:
    """Gives `collections.Mapping` back for a moment, and keeps the root logger as it is."""
    missing = not hasattr(collections, "Mapping")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    if missing:
        collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if missing:
            del collections.Mapping  # type: ignore[attr-defined]
        for handler in root.handlers:
            if handler not in handlers:
                handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)


with _as_experta_expects():
    import experta

    # It swallows the ImportError if a package of its own is missing, and comes out empty.
    if not hasattr(experta, "KnowledgeEngine"):
        message = (
            "expected experta 1.9.4 with its KnowledgeEngine, found an empty module: a package "
            "it needs (frozendict, schema) is missing or broken. "
            "Reinstall it: pip install --force-reinstall experta==1.9.4"
        )
        raise ImportError(message, name="experta")
    from experta.abstract import Matcher, Strategy
    from experta.matchers.rete.check import FactCapture, SameContextCheck
    from experta.matchers.rete.nodes import (
        ConflictSetNode,
        FeatureTesterNode,
        NotNode,
        OrdinaryMatchNode,
    )
    from experta.matchers.rete.token import Token

# Its loggers report every single match; even unheard that doubles the time of a case.
logging.getLogger("experta").setLevel(logging.WARNING)


class Engine:
    """Runs a set of rules on the facts of one case after the other.

    experta gets a rule when there are facts for the first time that it could fire on: making one
    known to it costs as much as a hundred firings, and most cases need few.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        if len({rule.id for rule in rules}) < len(rules):
            raise ValueError("expected rules with ids of their own, found the same id twice")
        for rule in rules:
            if not rule.present:
                raise ValueError(f"{rule.id}: expected a fact that must be present, found none")
        self._rules = rules
        self._fired: list[Fired] = []
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self._idle = IdleRules(self._rules)
        self._engine = _KnowledgeEngine()

    def run(self, facts: Iterable[Fact], *, steps: int) -> tuple[Fired, ...]:
        """Everything that fires on these facts, in that order; what was before is forgotten.

        Args:
            facts: What holds from the start.
            steps: The most that may fire.

        Raises:
            RuntimeError: Not at rest after so many steps.
        """
        with self._lock:
            given = tuple(facts)
            self._wake(given)
            self._fired.clear()
            self._engine.reset()
            self._engine.declare(*map(_declarable, given))
            self._engine.run(steps + 1)
            if len(self._fired) > steps:
                raise RuntimeError(f"the rules did not come to rest within {steps} firings")
            return tuple(self._fired)

    def _wake(self, facts: Iterable[Fact]) -> None:
        """Make known to experta what these facts could fire."""
        try:
            for rule in self._idle.woken(facts):
                self._engine.add(_compiled(rule, self._fired.append))
        except BaseException:
            # A rule that was handed out and did not arrive would never fire.
            self._begin()
            raise


def _compiled(rule: Rule, record: Callable[[Fired], None]) -> Any:
    """An experta rule with a function of its own: it takes rules that share one for equal."""
    names = [f"present{number}" for number in range(len(rule.present))]

    def fire(engine: Any, **matched: Any) -> None:
        record(Fired(rule=rule, facts=tuple(matched[name].plain for name in names)))
        engine.declare(_declarable(rule.concludes))

    fire.__name__ = rule.id
    return experta.Rule(
        *(name << _declarable(pattern) for name, pattern in zip(names, rule.present, strict=True)),
        # Last, so that there is something to the left of each. A name saves experta from
        # making up one for every pattern, which it would keep for ever.
        *(
            experta.NOT(f"absent{number}" << _declarable(pattern))
            for number, pattern in enumerate(rule.absent)
        ),
        salience=rule.salience,
    )(fire)


def _declarable(fact: Fact) -> Any:
    """The fact as experta wants it, with ours at hand."""
    made = _fact_class(fact.kind)(**dict(fact.fields))
    made.plain = fact
    return made


@cache
def _fact_class(kind: str) -> Any:
    """One flat class for each kind: experta compares types by identity, not by inheritance."""
    return type(kind, (experta.Fact,), {})


def _tests(fact: Any) -> dict[str, Any]:
    """The fields of an experta fact without what experta keeps among them."""
    return {name: value for name, value in fact.items() if not fact.is_special(name)}


class _ConflictSet(ConflictSetNode):  # type: ignore[misc]
    """Knows when it changed, and forgets changes nobody fetched when it is reset."""

    def __init__(self, rule: Any, changed: dict[Any, None]) -> None:
        self._changed = changed
        super().__init__(rule)

    def _reset(self) -> None:
        super()._reset()
        self.added: set[Any] = set()
        self.removed: set[Any] = set()

    def activate(self, token: Any) -> None:
        """Takes a token from the node above, as it is: there is nobody below to copy it for."""
        self._activate(token)
        self._changed[self] = None


class _Matcher(Matcher):  # type: ignore[misc]
    """Rete of experta's nodes, with a table in place of the chains of tests."""

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        # By class, names of the fields tested, their values, and the name bound.
        self._alpha: dict[type, dict[tuple[str, ...], dict[tuple[Any, ...], dict[str, Any]]]] = {}
        self._memories: list[Any] = []
        self._changed: dict[Any, None] = {}

    def wire(self, rule: Any) -> None:
        """Takes one more rule; facts that came before do not reach it."""
        last: Any = None
        for element in rule:
            negated = isinstance(element, experta.NOT)
            source = self._source(element[0] if negated else element)
            if last is None:
                if negated:
                    raise TypeError(f"{rule.__name__}: expected a fact first, found {element}")
                last = source
                continue
            join = (NotNode if negated else OrdinaryMatchNode)(SameContextCheck())
            last.add_child(join, join.activate_left)
            source.add_child(join, join.activate_right)
            self._memories.append(join)
            last = join
        conflict_set = _ConflictSet(rule, self._changed)
        last.add_child(conflict_set, conflict_set.activate)
        self._memories.append(conflict_set)

    def _source(self, pattern: Any) -> Any:
        """The node that facts like the pattern enter by."""
        if not isinstance(pattern, experta.Fact) or pattern.has_field_constraints():
            raise TypeError(f"expected a fact with literal fields, found {pattern!r}")
        tests = dict(sorted(_tests(pattern).items()))
        table = self._alpha.setdefault(type(pattern), {}).setdefault(tuple(tests), {})
        by_name = table.setdefault(tuple(tests.values()), {})
        name = pattern.__bind__
        if name not in by_name:
            by_name[name] = FeatureTesterNode(FactCapture(name))
        return by_name[name]

    def changes(
        self, adding: Sequence[Any] = (), deleting: Sequence[Any] = ()
    ) -> tuple[list[Any], list[Any]]:
        """Takes changes of the facts; gives activations that came and that went."""
        for fact in deleting:
            self._enter(fact, Token.invalid(fact))
        for fact in adding:
            self._enter(fact, Token.valid(fact))
        came: list[Any] = []
        went: list[Any] = []
        for conflict_set in self._changed:
            added, removed = conflict_set.get_activations()
            came += added
            went += removed
        self._changed.clear()
        return came, went

    def _enter(self, fact: Any, token: Any) -> None:
        for names, table in self._alpha.get(type(fact), {}).items():
            values = tuple(fact.get(name) for name in names)
            for node in table.get(values, {}).values():
                node.activate(token)

    def reset(self) -> None:
        """Forgets all facts, and changes that an exception kept from being fetched."""
        for node in self._memories:
            # The public reset() walks all that hangs below, once for each way that leads there.
            node._reset()  # noqa: SLF001
        self._changed.clear()


class _Strategy(Strategy):  # type: ignore[misc]
    """Highest salience first, then newest facts; ties by name, whatever the addresses."""

    def _update_agenda(self, agenda: Any, added: list[Any], removed: list[Any]) -> None:
        waiting = agenda.activations
        by_key = attrgetter("key")
        for activation in removed:
            key = _identity(activation)
            place = bisect_left(waiting, key, key=by_key)
            if place < len(waiting) and waiting[place].key == key:
                del waiting[place]
        for activation in added:
            activation.key = _identity(activation)
            insort(waiting, activation, key=by_key)


def _identity(activation: Any) -> tuple[Any, ...]:
    """What tells an activation from every other, in the order of firing."""
    bound = sorted((name, fact.__factid__) for name, fact in activation.context.items())
    newest = sorted((number for _, number in bound), reverse=True)
    return activation.rule.salience, newest, activation.rule.__name__, bound


class _KnowledgeEngine(experta.KnowledgeEngine):  # type: ignore[misc]
    """experta's engine with the parts above, and rules given to it, not found on its class."""

    __matcher__ = _Matcher
    __strategy__ = _Strategy

    def __init__(self) -> None:
        self._rules: list[Any] = []
        super().__init__()

    def add(self, rule: Any) -> None:
        """One more rule, from the next reset on."""
        self._rules.append(rule)
        self.matcher.wire(rule)

    def get_rules(self) -> Sequence[Any]:
        """The rules it has so far."""
        return self._rules

    def get_deffacts(self) -> list[Any]:
        """Only the fact that each reset begins with; stock looks through all attributes."""
        return [_initial_facts]

    def run(self, steps: float = float("inf")) -> None:
        """Fires, and stands as running no longer than that."""
        try:
            super().run(steps)
        finally:
            # Else facts declared next would wait for a run that never comes.
            self.running = False


def _initial_facts() -> Iterator[Any]:
    yield experta.InitialFact()
