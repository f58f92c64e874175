"""experta behind its seam: its traps, each shown on stock experta first and then on ours.

The numbers (T1b, T2, ...) name the traps; the stock half of a test is their documentation.
"""

# The traps lie inside of experta and of what hardens it.
# ruff: noqa: SLF001

from __future__ import annotations

import logging
import os
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assistant.engine._experta import Engine
from assistant.engine.facts import Fact
from assistant.engine.rules import Fired, Rule

# Only importable as it is because the seam has been imported above.
experta: Any = import_module("experta")

A, B, C = Fact("a"), Fact("b"), Fact("c")
START, GO, STOP = (type(name, (experta.Fact,), {}) for name in ("Start", "Go", "Stop"))


class Broken(str):
    """A value that cannot be compared, as if the user had pressed Ctrl-C just then."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        raise KeyboardInterrupt


class Unhashable:
    """A value that experta does not take."""

    __hash__ = None  # type: ignore[assignment]


def rule(
    name: str,
    *present: Fact,
    absent: tuple[Fact, ...] = (),
    concludes: Fact | None = None,
    salience: int = 0,
) -> Rule:
    return Rule(
        id=name,
        present=present,
        absent=absent,
        concludes=concludes or Fact("done", (("by", name),)),
        salience=salience,
    )


def run(engine: Engine, *facts: Fact) -> tuple[Fired, ...]:
    return engine.run(facts, steps=1000)


def names(fired: tuple[Fired, ...]) -> list[str]:
    return [step.rule.id for step in fired]


def stock_engine(rules: list[Any]) -> Any:
    """Stock experta, with the rules as methods as its manual has it."""
    methods = {f"rule_{number:03}": made for number, made in enumerate(rules)}
    return type("Stock", (experta.KnowledgeEngine,), methods)()


def stock_rule(fired: list[int], number: int, *lhs: Any, salience: int = 0) -> Any:
    def fire(_engine: Any, **_facts: Any) -> None:
        fired.append(number)

    return experta.Rule(*lhs, salience=salience)(fire)


def python(code: str, **environment: str) -> str:
    """What the code prints in a Python of its own, where every warning is an error."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


# The import -------------------------------------------------------------------------------


def test_import_is_silent_and_leaves_no_trace() -> None:
    code = """
import collections, logging
root = logging.getLogger()
root.setLevel(logging.ERROR)
{handler}
before = root.handlers[:], root.level
import assistant.engine._experta
assert (root.handlers, root.level) == before, root.handlers
assert not hasattr(collections, "Mapping")
import experta
print(experta.__version__)
"""
    for handler in ("", "root.addHandler(logging.StreamHandler())"):
        assert python(code.format(handler=handler)) == "1.9.4\n"


def test_import_keeps_a_mapping_that_somebody_else_put_there() -> None:
    code = """
import collections, collections.abc
collections.Mapping = collections.abc.Mapping
import assistant.engine._experta
print(collections.Mapping.__name__)
"""
    assert python(code) == "Mapping\n"


def test_an_experta_that_came_out_empty_is_refused(tmp_path: Path) -> None:
    """It hides the ImportError of what it needs, and would fail much later."""
    (tmp_path / "experta.py").write_text("")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
try:
    import assistant.engine._experta
except ImportError as error:
    print(error)
"""
    assert "pip install --force-reinstall experta==1.9.4" in python(code)


def test_t17_no_match_is_logged_whatever_the_root_logger_asks_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    engine = Engine([rule("one", A)])
    with caplog.at_level(logging.DEBUG):
        run(engine, A)
        assert caplog.records == []
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.NOTSET, logger="experta"):
        run(engine, A)
        assert caplog.records != []


# Wrong answers ----------------------------------------------------------------------------


def test_t1b_a_rule_does_not_fire_once_what_must_be_absent_was_concluded() -> None:
    """Stock looks for the activation to take back in three neighbouring places only."""
    fired: list[int] = []

    def derive_even(engine: Any, **_facts: Any) -> None:
        for number in range(0, 40, 2):
            engine.declare(STOP(no=number))

    stock = stock_engine(
        [
            experta.Rule(START(), salience=1)(derive_even),
            *(
                stock_rule(fired, number, GO(), experta.NOT(STOP(no=number)))
                for number in range(40)
            ),
        ]
    )
    stock.reset()
    stock.declare(START(), GO())
    stock.run()
    odd = list(range(1, 40, 2))
    assert set(fired) > set(odd)  # equal would be right

    stops = [Fact("stop", (("no", number),)) for number in range(40)]
    derive = [
        rule(f"derive-{number}", Fact("start"), concludes=stops[number], salience=1)
        for number in range(0, 40, 2)
    ]
    go = [rule(f"go-{number}", Fact("go"), absent=(stops[number],)) for number in range(40)]
    ours = run(Engine(derive + go), Fact("start"), Fact("go"))
    assert sorted(names(ours)) == sorted(
        [made.id for made in derive] + [f"go-{number}" for number in odd]
    )


def test_t2_facts_that_come_one_by_one_take_back_every_rule_that_needs_them_absent() -> None:
    fired: list[int] = []
    stock = stock_engine(
        [stock_rule(fired, number, experta.NOT(STOP(no=number))) for number in range(40)]
    )
    stock.reset()
    for number in range(40):
        stock.declare(STOP(no=number))
    stock.run()
    assert fired != []  # 0 would be right

    stops = [Fact("stop", (("no", number),)) for number in range(40)]
    chain = [
        rule(f"derive-{before}", before, concludes=after, salience=1)
        for before, after in pairwise(stops)
    ]
    go = [rule(f"go-{stop}", Fact("go"), absent=(stop,)) for stop in stops]
    ours = run(Engine(chain + go), Fact("go"), stops[0])
    assert sorted(names(ours)) == sorted(made.id for made in chain)


def test_t12_a_case_that_broke_off_leaves_nothing_to_the_next() -> None:
    fired: list[int] = []
    stock = stock_engine([stock_rule(fired, 1, START()), stock_rule(fired, 2, GO(v="x"))])
    stock.reset()
    with pytest.raises(KeyboardInterrupt):
        stock.declare(START(), GO(v=Broken("x")))
    stock.reset()
    stock.run()
    assert fired == [1]  # of the first case; nothing was declared in the second

    ours = Engine([rule("one", A), rule("two", Fact("b", (("v", "x"),)))])
    with pytest.raises(KeyboardInterrupt):
        run(ours, A, Fact("b", (("v", Broken("x")),)))
    assert run(ours) == ()
    with pytest.raises(KeyboardInterrupt):
        run(ours, A, Fact("b", (("v", Broken("x")),)))
    other = Fact("a", (("x", 2),))
    assert [step.facts for step in run(ours, other)] == [(other,)]


def test_t13_an_engine_that_broke_off_does_not_stand_as_running() -> None:
    def fail(_engine: Any, **_facts: Any) -> None:
        raise KeyboardInterrupt

    stock = stock_engine([experta.Rule(START())(fail)])
    stock.reset()
    stock.declare(START())
    with pytest.raises(KeyboardInterrupt):
        stock.run()
    assert stock.running

    not_taken: Any = Unhashable()
    ours = Engine(
        [
            rule("bad", A, concludes=Fact("bad", (("v", not_taken),))),
            rule("first", B, concludes=C),
            rule("second", C),
        ]
    )
    with pytest.raises(TypeError, match="not hashable"):
        run(ours, A)
    assert not ours._engine.running
    assert names(run(ours, B)) == ["first", "second"]


def test_t14_rules_that_say_the_same_all_fire() -> None:
    def fire(_engine: Any, **_facts: Any) -> None:
        fired.append(1)

    fired: list[int] = []
    stock = stock_engine([experta.Rule(START())(fire) for _ in range(5)])
    stock.reset()
    stock.declare(START())
    stock.run()
    assert fired == [1]

    ours = Engine([rule(f"rule-{number}", A, concludes=B) for number in range(5)])
    assert names(run(ours, A)) == [f"rule-{number}" for number in (4, 3, 2, 1, 0)]


def test_the_same_conclusion_from_two_rules_is_in_the_ledger_twice() -> None:
    """T9: declaring an equal fact again does nothing; the second reason still counts."""
    ours = Engine([rule("one", A, concludes=C), rule("two", B, concludes=C), rule("then", C)])
    assert sorted(names(run(ours, A, B))) == ["one", "then", "two"]


# Reproducible order -----------------------------------------------------------------------

ORDER = """
from importlib import import_module
from assistant.engine._experta import Engine
from assistant.engine.facts import Fact
from assistant.engine.rules import Rule
experta = import_module("experta")
engine = Engine(
    [
        Rule(id=f"rule-{no:02}", present=(Fact("a"), Fact("b")), concludes=Fact("c"), salience=0)
        for no in range(20)
    ]
)
print(*(step.rule.id for step in engine.run([Fact("a"), Fact("b")], steps=100)))
order = []
def made(no):
    def fire(engine, **facts):
        order.append(no)
    return experta.Rule(experta.Fact(a=1))(fire)
Stock = type("Stock", (experta.KnowledgeEngine,), {f"rule_{no:02}": made(no) for no in range(20)})
stock = Stock()
stock.reset()
stock.declare(experta.Fact(a=1))
stock.run()
print(*order)
"""


def test_t25_equally_salient_rules_fire_in_one_order_whatever_the_hash_seed() -> None:
    outputs = [python(ORDER, PYTHONHASHSEED=str(seed)).splitlines() for seed in range(5)]
    by_name = " ".join(f"rule-{number:02}" for number in range(19, -1, -1))
    assert {ours for ours, _ in outputs} == {by_name}
    assert len({stock for _, stock in outputs}) > 1


def test_t26_patterns_are_looked_up_so_that_no_test_can_run_before_another() -> None:
    """Stock orders the tests inside a pattern by hash: a predicate may meet any value."""
    fired: list[int] = []
    stock = stock_engine(
        [
            stock_rule(fired, number, experta.Fact(kind=f"k{number}", n=experta.P(number.__lt__)))
            for number in range(64)
        ]
    )
    of_type = {str(child.node.matcher): child.node for child in stock.matcher.root_node.children}
    first_tests = {child.node.matcher.what for child in of_type["type() == Fact"].children}
    assert first_tests == {"kind", "n"}  # `kind` first would be right

    numbers = Fact("a", (("kind", "number"), ("n", 1)))
    ours = Engine([rule("number", numbers)])
    assert run(ours, Fact("a", (("kind", "text"), ("n", "many"))), Fact("a"), B) == ()
    assert names(run(ours, numbers)) == ["number"]


# What the seam takes ----------------------------------------------------------------------


def test_all_facts_must_be_present_and_none_of_the_absent() -> None:
    engine = Engine([rule("both", A, B, absent=(C,))])
    assert names(run(engine, B, A)) == ["both"]
    assert run(engine, A) == ()
    assert run(engine, A, B, C) == ()


def test_a_pattern_matches_facts_that_say_more_and_none_that_say_less() -> None:
    engine = Engine([rule("x-is-1", Fact("a", (("x", 1),)))])
    more = Fact("a", (("x", 1), ("y", "2")))
    assert run(engine, more, Fact("a"), Fact("a", (("x", "1"),)), Fact("b", (("x", 1),))) == (
        Fired(rule=rule("x-is-1", Fact("a", (("x", 1),))), facts=(more,)),
    )


def test_facts_fire_in_the_order_of_salience() -> None:
    engine = Engine([rule(f"rule-{number}", A, salience=number) for number in (2, 3, 1)])
    assert names(run(engine, A)) == ["rule-3", "rule-2", "rule-1"]


def test_rules_that_do_not_come_to_rest_are_an_error() -> None:
    engine = Engine([rule("one", A, concludes=B), rule("two", B, concludes=C)])
    with pytest.raises(RuntimeError, match="within 1 firings"):
        engine.run([A], steps=1)
    assert names(run(engine, B)) == ["two"]


def test_a_rule_without_a_fact_that_must_be_present_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a fact that must be present"):
        Engine([rule("nothing", absent=(A,))])


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same id twice"):
        Engine([rule("one", A), rule("one", B)])


@pytest.mark.parametrize(
    "element",
    [
        experta.EXISTS(START()),
        experta.TEST(bool),
        experta.OR(START(), GO()),
        START(v=experta.P(bool)),
        START(v=experta.MATCH.v),
        experta.NOT(experta.AND(START(), GO())),
    ],
    ids=["exists", "test", "or", "predicate", "variable", "not-and"],
)
def test_what_experta_answers_wrongly_is_refused(element: Any) -> None:
    engine_type: Any = type(Engine([])._engine)
    made = experta.Rule(START(), element)(lambda _engine, **_facts: None)
    with pytest.raises(TypeError, match="expected a fact with literal fields"):
        engine_type().add(made)


def test_t16_a_further_engine_adds_nothing_to_what_experta_keeps_for_ever() -> None:
    checks: Any = import_module("experta.matchers.rete.check")
    kept = (checks.TypeCheck, checks.FactCapture, checks.FeatureCheck, checks.WhereCheck)
    rules = [rule("one", A, B, absent=(C,)), rule("two", Fact("a", (("x", 1),)))]
    facts = (A, B, Fact("a", (("x", 1),)))
    assert set(names(run(Engine(rules), *facts))) == {"one", "two"}
    before = [len(check._instances) for check in kept]
    assert set(names(run(Engine(rules), *facts))) == {"one", "two"}
    assert [len(check._instances) for check in kept] == before


# Rules are made known to experta when they are needed ---------------------------------------


def known(engine: Engine) -> list[str]:
    return sorted(one.__name__ for one in engine._engine.get_rules())


def test_a_rule_is_known_as_soon_as_facts_could_fire_it_and_from_then_on() -> None:
    red, blue = Fact("a", (("colour", "red"),)), Fact("a", (("colour", "blue"),))
    engine = Engine(
        [
            rule("any", A, concludes=B, salience=5),
            rule("red", red, salience=4),
            rule("blue", blue, salience=3),
            rule("follows", B, blue, concludes=C, salience=2),
            rule("last", C, absent=(A,), salience=1),
        ]
    )
    assert known(engine) == []
    assert names(run(engine, red)) == ["any", "red"]
    assert known(engine) == ["any", "red"]
    assert names(run(engine, Fact("d"))) == []
    assert known(engine) == ["any", "red"]
    assert names(run(engine, blue)) == ["any", "blue", "follows"]
    # It could have fired, as far as can be told without looking at what must be absent.
    assert known(engine) == ["any", "blue", "follows", "last", "red"]
    assert names(run(engine, red, blue)) == ["any", "any", "red", "blue", "follows"]


def test_whoever_interrupts_it_gets_all_rules_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine([rule("one", A), rule("two", A), rule("three", A)])
    with monkeypatch.context() as patch:
        patch.setattr(
            "assistant.engine._experta._compiled",
            lambda made, _record: made if made.id == "one" else 1 / 0,
        )
        with pytest.raises((ZeroDivisionError, TypeError)):
            run(engine, A)
    assert sorted(names(run(engine, A))) == ["one", "three", "two"]


def test_two_engines_do_not_disturb_each_other() -> None:
    """T22, T23: stock engines share caches, and facts to begin with."""
    one, two = Engine([rule("one", A)]), Engine([rule("two", A)])
    assert [names(run(engine, A)) for engine in (one, two, one)] == [["one"], ["two"], ["one"]]
