"""From a catalog and a negotiation to symptoms, links and the ledger."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from assistant.catalog.catalog import Catalog
from assistant.catalog.schema import Basis, Cause, Condition, Shown, Symptom, Text
from assistant.engine import Judge, evaluator, problems
from assistant.engine.facts import Fact
from assistant.engine.rules import compile_rules
from assistant.errors import KnowledgeError
from assistant.model.derived import Failure, PollSeries, ProposalsCompared, TimedOut
from assistant.model.diagnosis import Firing, SymptomSeen
from assistant.model.event import Address, Event, RemoteSite, Role, Word
from assistant.model.event_types import EVENT_TYPES
from assistant.model.message import Connecting, IkeSaEstablished, PeerIdentified, PollTimeout
from assistant.model.negotiation import Negotiation, Occurrence, Outcome
from assistant.model.source import Place, Side
from assistant.model.vocabulary import Value, field_names, field_values

WORDS = Text(de="-", en="-")


def on(event: str, **where: Value) -> Condition:
    return Condition(event=event, where=where)


def symptom(
    name: str, *present: Condition, none: Sequence[Condition] = (), decisive: bool = False
) -> Symptom:
    return Symptom(
        id=name,
        title=WORDS,
        explanation=WORDS,
        all=present,
        none=tuple(none),
        decisive=decisive,
        otherwise=1,
        basis=Basis.JUDGEMENT,
    )


def cause(name: str, *symptoms: str) -> Cause:
    return Cause(
        id=name,
        title=WORDS,
        explanation=WORDS,
        not_when=WORDS,
        share=1,
        share_basis=Basis.JUDGEMENT,
        shows=tuple(Shown(symptom=shown, of_100=50, basis=Basis.JUDGEMENT) for shown in symptoms),
        basis=Basis.JUDGEMENT,
    )


def catalog(*entries: Symptom | Cause) -> Catalog:
    return Catalog(
        pattern_files=(),
        patterns={},
        errors={},
        aspects=(),
        symptoms={entry.id: entry for entry in entries if isinstance(entry, Symptom)},
        causes={entry.id: entry for entry in entries if isinstance(entry, Cause)},
        remedies={},
        inputs={},
        digest="sha256:0",
    )


def at(line: int, source: str = "trace.txt") -> Place:
    return Place(source=source, first_line=line, last_line=line, text=f"line {line}")


def occurred(event: Event, *lines: int) -> Occurrence:
    places = tuple(at(line) for line in lines)
    return Occurrence(event=event, pattern=None, count=len(places), places=places)


def negotiation(*occurrences: Occurrence, derived: Sequence[Occurrence] = ()) -> Negotiation:
    return Negotiation(
        remote_site=RemoteSite("LAGER"),
        gateway=Address("192.0.2.1"),
        role=Role.INITIATOR,
        side=Side.LOCAL,
        source="trace.txt",
        outcome=Outcome.FAILED,
        stage=None,
        error_codes=(),
        first=at(1),
        last=at(99),
        connected_at=None,
        ended_at=None,
        messages=occurrences,
        derived=tuple(derived),
        inferred_places=0,
    )


def failure(word: str) -> Failure:
    return Failure(failure=Word(word), layer="ike", side="initiator")


POLLING = catalog(
    symptom("line-polling-failed", on("failure", failure="line-polling-failed"), decisive=True),
    symptom("timed-out", on("timed-out", phase="1"), decisive=True),
    symptom(
        "another-error",
        on("failure"),
        none=(on("failure", failure="line-polling-failed"), on("timed-out")),
        decisive=True,
    ),
    symptom("polls-missed", on("poll-timeout", retries_left=0)),
    cause("poll-address-wrong", "line-polling-failed", "polls-missed"),
    cause("remote-offline", "timed-out", "line-polling-failed"),
    cause("unknown", "another-error"),
)


# What is judged ---------------------------------------------------------------------------


def test_a_symptom_names_every_place_of_what_it_rests_on() -> None:
    judged = Judge(POLLING).judge(
        negotiation(
            occurred(PollTimeout(retries_left=1), 3),
            occurred(PollTimeout(retries_left=0, poll_target=Address("10.1.1.1")), 7, 12),
            occurred(PollTimeout(retries_left=0, poll_target=Address("10.1.1.2")), 9),
            derived=[occurred(failure("line-polling-failed"), 12)],
        )
    )
    assert judged.symptoms == (
        SymptomSeen(
            id="line-polling-failed",
            decisive=True,
            places=(at(12),),
            causes=frozenset(("poll-address-wrong", "remote-offline")),
        ),
        SymptomSeen(
            id="polls-missed",
            decisive=False,
            places=(at(7), at(9), at(12)),
            causes=frozenset(("poll-address-wrong",)),
        ),
    )


def test_a_cause_is_weighed_with_each_symptom_that_it_shows() -> None:
    judged = Judge(POLLING).judge(
        negotiation(
            occurred(PollTimeout(retries_left=0), 7),
            derived=[occurred(failure("line-polling-failed"), 12)],
        )
    )
    assert judged.hypotheses == (
        ("poll-address-wrong", "line-polling-failed"),
        ("poll-address-wrong", "polls-missed"),
        ("remote-offline", "line-polling-failed"),
    )


def test_the_ledger_says_what_was_present_and_what_had_to_be_absent() -> None:
    judged = Judge(POLLING).judge(negotiation(derived=[occurred(failure("odd one"), 4)]))
    assert judged.firings == (
        Firing(
            rule="symptom:another-error",
            facts=("failure(failure='odd one')",),
            absent=("failure(failure=line-polling-failed)", "timed-out()"),
        ),
        Firing(rule="cause:unknown:another-error", facts=("symptom(id=another-error)",), absent=()),
    )


def test_an_event_under_none_keeps_a_symptom_from_being_seen() -> None:
    judged = Judge(POLLING).judge(
        negotiation(
            derived=[occurred(failure("connection-timeout"), 4), occurred(TimedOut(phase="2"), 4)]
        )
    )
    assert judged.symptoms == ()


def test_a_negotiation_that_shows_nothing_has_an_empty_judgement() -> None:
    judged = Judge(POLLING).judge(negotiation(occurred(Connecting(), 1)))
    assert (judged.symptoms, judged.hypotheses, judged.firings) == ((), (), ())


def test_values_are_compared_in_the_type_of_the_field() -> None:
    judge = Judge(
        catalog(
            symptom("phase-as-number", on("timed-out", phase=1)),
            symptom("number-as-word", on("poll-series", retries="5")),
            symptom("role", on("ike-sa-established", role="responder")),
        )
    )
    judged = judge.judge(
        negotiation(
            occurred(IkeSaEstablished(role=Role.RESPONDER), 1),
            derived=[
                occurred(TimedOut(phase="1"), 2),
                occurred(PollSeries(ended="disconnect", retries=5), 3),
            ],
        )
    )
    assert [seen.id for seen in judged.symptoms] == ["phase-as-number", "number-as-word", "role"]


def test_a_field_of_which_the_trace_tells_nothing_equals_no_value() -> None:
    judge = Judge(catalog(symptom("port", on("peer-identified", port=500))))
    assert judge.judge(negotiation(occurred(PeerIdentified(), 1))).symptoms == ()


def test_places_of_the_own_source_come_first_and_each_but_once() -> None:
    event = failure("line-polling-failed")
    elsewhere = Occurrence(event=event, pattern=None, count=1, places=(at(2, "peer.txt"),))
    judged = Judge(POLLING).judge(
        negotiation(elsewhere, derived=[occurred(event, 30, 4), occurred(event, 4)])
    )
    assert judged.symptoms[0].places == (at(4), at(30), at(2, "peer.txt"))


def test_a_symptom_on_several_events_fires_once_however_many_there_are() -> None:
    """As a join over the events, this would be eight million firings."""
    several = catalog(
        symptom("all", on("peer-identified"), on("failure"), on("poll-timeout")),
        symptom("port", on("peer-identified", port=1)),
        symptom("word", on("failure", failure="w")),
        symptom("left", on("poll-timeout", retries_left=-1)),
    )
    judged = Judge(several).judge(
        negotiation(
            *(occurred(PeerIdentified(port=500 + n), n + 1) for n in range(200)),
            *(occurred(PollTimeout(retries_left=n), n + 201) for n in range(200)),
            derived=[occurred(failure(f"word-{n}"), n + 401) for n in range(200)],
        )
    )
    assert [firing.rule for firing in judged.firings] == ["symptom:all"]
    assert judged.symptoms[0].places == tuple(at(line) for line in range(1, 601))


# Once for all that are equal --------------------------------------------------------------


def test_equal_negotiations_cost_one_run_and_keep_places_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from assistant.engine._experta import Engine  # noqa: PLC0415

    runs = []
    run = Engine.run

    def counted(self: Engine, facts: Sequence[Fact], *, steps: int) -> Any:
        runs.append(facts)
        return run(self, facts, steps=steps)

    monkeypatch.setattr(Engine, "run", counted)
    judge = Judge(POLLING)
    first = judge.judge(
        negotiation(
            occurred(Connecting(remote_site=RemoteSite("LAGER")), 1),
            derived=[occurred(failure("line-polling-failed"), 5)],
        )
    )
    second = judge.judge(
        negotiation(
            occurred(Connecting(remote_site=RemoteSite("ZENTRALE")), 20),
            derived=[occurred(failure("line-polling-failed"), 25)],
        )
    )
    assert len(runs) == 1
    assert first.firings == second.firings
    assert [first.symptoms[0].places, second.symptoms[0].places] == [(at(5),), (at(25),)]


def test_one_case_leaves_nothing_to_the_next() -> None:
    judge = Judge(POLLING)
    judge.judge(negotiation(derived=[occurred(failure("line-polling-failed"), 5)]))
    judged = judge.judge(negotiation(derived=[occurred(TimedOut(phase="1"), 5)]))
    assert [seen.id for seen in judged.symptoms] == ["timed-out"]


def test_experta_is_not_imported_before_a_case_needs_it() -> None:
    code = """
import sys
import assistant.engine, test_engine_judge as cases
judge = assistant.engine.Judge(cases.POLLING)
assert "experta" not in sys.modules
judge.judge(cases.negotiation())
assert "experta" in sys.modules
"""
    assert in_a_python_of_its_own(code) == ""


def test_five_hash_seeds_give_one_ledger() -> None:
    code = """
import assistant.engine, test_engine_judge as cases
occurrences = [
    cases.occurred(cases.failure(f"word-{n}"), n) for n in (3, 1, 2)
] + [cases.occurred(cases.PollTimeout(retries_left=0), 9)]
judged = assistant.engine.Judge(cases.POLLING).judge(cases.negotiation(*occurrences))
print(judged.firings, judged.symptoms)
"""
    ledgers = {in_a_python_of_its_own(code, PYTHONHASHSEED=str(seed)) for seed in range(5)}
    assert len(ledgers) == 1
    assert "'failure(failure=word-1)', 'failure(failure=word-2)'" in ledgers.pop()


def in_a_python_of_its_own(code: str, **environment: str) -> str:
    here = os.path.dirname(__file__)  # noqa: PTH120
    path = os.pathsep.join([here, *filter(None, sys.path)])
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


# What is compiled -------------------------------------------------------------------------


def test_one_rule_for_each_condition_symptom_and_link_in_firing_order() -> None:
    rules = compile_rules(POLLING)
    assert [rule.id for rule in rules] == [
        "condition:failure(failure=line-polling-failed)",
        "condition:timed-out(phase=1)",
        "condition:failure()",
        "condition:timed-out()",
        "condition:poll-timeout(retries_left=0)",
        "symptom:line-polling-failed",
        "symptom:timed-out",
        "symptom:another-error",
        "symptom:polls-missed",
        "cause:poll-address-wrong:line-polling-failed",
        "cause:poll-address-wrong:polls-missed",
        "cause:remote-offline:timed-out",
        "cause:remote-offline:line-polling-failed",
        "cause:unknown:another-error",
    ]
    assert [rule.salience for rule in rules] == list(range(14, 0, -1))


def test_two_conditions_that_read_alike_are_two() -> None:
    rules = compile_rules(
        catalog(
            symptom("one", on("error-reported", code="0x1106", name="x")),
            symptom("two", on("error-reported", code="0x1106", name="x, y=1")),
            symptom("three", on("error-reported", code="0x1106", name="'x, y=1'")),
        )
    )
    assert len({rule.id for rule in rules}) == len(rules) == 6


def test_no_event_is_called_like_a_conclusion() -> None:
    assert EVENT_TYPES.keys().isdisjoint({"condition", "symptom", "hypothesis"})


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            symptom("s", on("failur")),
            "symptom s: event: expected failure or peer-failure, found failur",
        ),
        (
            symptom("s", on("timed-out"), none=(on("timed-out", phase="3"),)),
            "symptom s: timed-out.phase: expected 1 or 2, found 3",
        ),
        (
            symptom("s", on("timed-out", fase="1")),
            "symptom s: timed-out: expected remote_site, gateway or phase as field, found fase",
        ),
        (
            cause("c", "s"),
            "cause c: shows: expected the id of a symptom, found s",
        ),
    ],
    ids=["kind", "value", "field", "symptom"],
)
def test_what_could_never_fire_is_refused(entry: Symptom | Cause, problem: str) -> None:
    assert problems(catalog(entry)) == (problem,)
    with pytest.raises(KnowledgeError) as raised:
        Judge(catalog(entry))
    assert raised.value.problems == (problem,)


def test_a_symptom_named_twice_by_one_cause_is_refused() -> None:
    assert problems(catalog(symptom("s", on("connected")), cause("c", "s", "s"))) == (
        "cause c: shows: expected each symptom once, found s again",
    )


# Compiled rules and plain Python say the same ---------------------------------------------

KINDS = (
    "connecting",
    "failure",
    "ike-sa-established",
    "peer-identified",
    "poll-timeout",
    "proposals-compared",
)
assert {Connecting, Failure, ProposalsCompared} <= {EVENT_TYPES[kind] for kind in KINDS}


def values(kind: str, name: str) -> st.SearchStrategy[Value]:
    """Few values, so that conditions and events often meet."""
    allowed = field_values(kind, name)
    if isinstance(allowed, tuple):
        return st.sampled_from(allowed[:3])
    return st.integers(0, 2) if allowed is int else st.sampled_from(["a", "b", "a, b=c"])


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    kind = draw(st.sampled_from(KINDS))
    asked = draw(st.lists(st.sampled_from(field_names(kind)), max_size=2, unique=True))
    where = {name: draw(values(kind, name)) for name in asked}
    # In YAML, numbers may stand as text and the other way round.
    if draw(st.booleans()):
        where = {name: str(value) for name, value in where.items()}
    return Condition(event=kind, where=where)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    ids = [f"s{number}" for number in range(draw(st.integers(1, 6)))]
    symptoms = [
        symptom(
            name,
            *draw(st.lists(conditions(), min_size=1, max_size=3)),
            none=draw(st.lists(conditions(), max_size=3)),
            decisive=draw(st.booleans()),
        )
        for name in ids
    ]
    causes = [
        cause(f"c{number}", *draw(st.lists(st.sampled_from(ids), unique=True)))
        for number in range(draw(st.integers(0, 4)))
    ]
    return catalog(*symptoms, *causes)


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    kind = draw(st.sampled_from(KINDS))
    event = EVENT_TYPES[kind]
    given_values: dict[str, object] = {}
    for field in fields(event):
        if field.required or draw(st.booleans()):
            value: object = draw(values(kind, field.name))
            given_values[field.name] = Role(value) if field.name == "role" else value
    return occurred(
        event(**given_values),  # type: ignore[arg-type]
        *draw(st.lists(st.integers(1, 20), min_size=1, max_size=3)),
    )


@settings(max_examples=60, deadline=None)
@given(
    knowledge=catalogs(),
    cases=st.lists(st.lists(occurrences(), max_size=10), min_size=1, max_size=4),
)
def test_compiled_rules_say_what_plain_python_says(
    knowledge: Catalog, cases: list[list[Occurrence]]
) -> None:
    judge = Judge(knowledge)
    # The first again at the end: from the memory, and after others.
    for case in (*cases, cases[0]):
        half = len(case) // 2
        negotiated = negotiation(*case[:half], derived=case[half:])
        judged = judge.judge(negotiated)
        seen = evaluator.symptoms_seen(knowledge, negotiated)
        links = evaluator.hypotheses(knowledge, {symptom.id: symptom for symptom in seen})
        assert judged.symptoms == seen
        assert judged.hypotheses == links
        assert [firing.rule for firing in judged.firings] == [
            *(f"symptom:{symptom.id}" for symptom in seen),
            *(f"cause:{name}:{shown}" for name, shown in links),
        ]
