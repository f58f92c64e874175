"""A run through many tickets: every form, any order, interrupted, continued, with bugs in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from ticket_makers import Made, Maker
from trace_lines import LAGER, ZENTRALE, lost_by_polling, no_answer, set_up

from assistant.catalog.catalog import Catalog
from assistant.desk.intake import Intake
from assistant.desk.run import Order, Ran, run
from assistant.desk.store.store import Store
from assistant.desk.worker import Setup, Told
from assistant.errors import OutputError
from assistant.model.diagnosis import Diagnosis
from assistant.model.ticket import Language, Ticket
from assistant.model.triage import Triage
from reports.triage.json_v1 import render_triage_json
from reports.triage.ticket import TicketTeller

TRACE = no_answer(LAGER)


@dataclass
class Watcher:
    """Watches a run, and may interrupt it."""

    total: int = 0
    done: int = 0
    stop_after: int | None = None

    def begins(self, total: int) -> None:
        """See `assistant.desk.run.Progress`."""
        self.total = total

    def advances(self, done: int) -> None:
        """The same."""
        self.done += done
        if self.stop_after is not None and self.done >= self.stop_after:
            raise KeyboardInterrupt


@dataclass(frozen=True)
class Failing:
    """Words diagnoses, but not of every ticket: sent to other processes like the real one."""

    kind: str
    name: str
    teller: TicketTeller

    def __call__(
        self, ticket: Ticket, diagnosis: Diagnosis, catalog: Catalog, language: Language
    ) -> Told:
        """See `assistant.desk.worker.Teller`."""
        if ticket.name.endswith(self.name):
            if self.kind == "dies":
                os._exit(9)
            raise OutputError("not-written", file="x", reason="no room")
        return self.teller(ticket, diagnosis, catalog, language)

    def is_told(self, ticket: Ticket, knowledge: str, language: Language) -> bool:
        """The same."""
        return self.teller.is_told(ticket, knowledge, language)


class Desk:
    """A store and the knowledge base, for runs in a test."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.store = folder / "tickets.sqlite"
        self.reports = folder / "tickets"
        self.teller = TicketTeller(folder=None, lang="en", force=False)
        self._digest = catalog.digest

    def run(
        self,
        *paths: str,
        workers: int = 1,
        watcher: Watcher | None = None,
        tell: Failing | TicketTeller | None = None,
    ) -> Ran:
        """One run through these paths."""
        order = Order(
            paths=paths,
            intake=Intake(),
            language="en",
            workers=workers,
            keep_inputs=False,
            setup=Setup(knowledge=(), tell=tell or self.teller),
            digest=self._digest,
        )
        return run(order, Store(self.store), watcher or Watcher())

    def diagnoses(self) -> int:
        """How many the store has."""
        with closing(sqlite3.connect(self.store)) as connection:
            return int(connection.execute("SELECT count(*) FROM diagnoses").fetchone()[0])


@pytest.fixture
def desk(tmp_path: Path, catalog: Catalog) -> Desk:
    return Desk(tmp_path, catalog)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Sequence[str]]:
    maker = Maker(tmp_path_factory.mktemp("made") / "in", seed=7)
    return maker.make(46, struck=4, junk=6), maker.paths


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, catalog: Catalog, made: tuple[Made, Sequence[str]]
) -> Triage:
    """Of one run through all of them, in one process."""
    return Desk(tmp_path_factory.mktemp("whole"), catalog).run(*made[1]).triage


def shown(triage: Triage) -> str:
    return render_triage_json(triage, lambda _: None)


def test_every_ticket_of_every_form_is_found_and_grouped(
    whole: Triage, made: tuple[Made, Sequence[str]]
) -> None:
    truth, _ = made

    groups = {one.name: one.group for one in whole.tickets}
    assert set(groups) == set(truth.groups)
    assert {one.name for one in whole.bad} == truth.junk
    for fault in set(truth.groups.values()):
        of_fault = [groups[name] for name, each in truth.groups.items() if each == fault]
        assert len(set(of_fault)) == 1, fault
    assert len(set(groups.values())) == len(set(truth.groups.values()))
    (outage,) = whole.outages
    assert {one.name for one in whole.tickets if one.id in outage.tickets} == truth.struck


def test_order_and_processes_change_not_a_byte(
    desk: Desk, whole: Triage, made: tuple[Made, Sequence[str]]
) -> None:
    _, paths = made

    assert shown(desk.run(*paths[::-1], workers=2).triage) == shown(whole)


def test_an_interrupted_run_keeps_what_is_done_and_continues(
    desk: Desk,
    whole: Triage,
    made: tuple[Made, Sequence[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However fast tickets are diagnosed: not all of them are kept at once.
    monkeypatch.setattr("assistant.desk.run._BATCH", 8)
    _, paths = made
    watcher = Watcher(stop_after=20)

    with pytest.raises(KeyboardInterrupt):
        desk.run(*paths, watcher=watcher)
    kept = desk.diagnoses()
    ran = desk.run(*paths)

    assert 0 < kept < 40
    assert ran.reused == kept
    assert desk.diagnoses() == 40
    assert shown(ran.triage) == shown(whole)


def test_a_second_run_diagnoses_nothing_again_and_says_what_changed(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("stays", "changes", "goes"):
        (folder / f"{name}.txt").write_text(TRACE, encoding="utf-8")
    first = desk.run(str(folder)).triage
    ids = {one.name: one.id for one in first.tickets}
    (folder / "goes.txt").unlink()
    (folder / "changes.txt").write_text(no_answer(ZENTRALE), encoding="utf-8")
    (folder / "comes.txt").write_text(TRACE, encoding="utf-8")

    ran = desk.run(str(folder))

    assert first.changes is None
    assert ran.reused == 1
    changes = ran.triage.changes
    assert changes is not None
    assert changes.gone == ((ids["in/goes.txt"], "in/goes.txt"),)
    assert changes.changed == (ids["in/changes.txt"],)
    (new,) = changes.new
    assert {one.name for one in ran.triage.tickets if one.id == new} == {"in/comes.txt"}


def test_a_missing_report_is_written_again(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TRACE, encoding="utf-8")
    teller = replace(desk.teller, folder=desk.reports)
    desk.run(str(tmp_path / "a.txt"), tell=teller)
    (report,) = desk.reports.glob("*.html")
    before = report.read_bytes()
    report.unlink()

    assert desk.run(str(tmp_path / "a.txt"), tell=teller).reused == 0
    assert report.read_bytes() == before
    assert desk.diagnoses() == 1
    assert desk.run(str(tmp_path / "a.txt"), tell=teller).reused == 1


def test_a_report_of_other_content_is_written_again(desk: Desk, tmp_path: Path) -> None:
    trace = tmp_path / "a.txt"
    trace.write_text(TRACE, encoding="utf-8")
    teller = replace(desk.teller, folder=desk.reports)
    desk.run(str(trace), tell=teller)
    (report,) = desk.reports.glob("*.html")
    trace.write_text(no_answer("WERK-SUED (192.0.2.9)"), encoding="utf-8")
    desk.run(str(trace))  # without reports, as for `--format json -o -`

    desk.run(str(trace), tell=teller)

    assert "WERK-SUED" in report.read_text(encoding="utf-8")
    assert desk.run(str(trace), tell=teller).reused == 1


def test_an_outage_lasts_to_the_end_of_the_latest_trace(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "4711"
    folder.mkdir(parents=True)
    later = set_up(LAGER) + lost_by_polling(LAGER, 100) + no_answer(ZENTRALE, 4000)
    (folder / "a.txt").write_text(later, encoding="utf-8")
    (folder / "b.txt").write_text(no_answer(ZENTRALE), encoding="utf-8")

    (ticket,) = desk.run(str(tmp_path / "in")).triage.tickets

    assert ticket.summary.outage_s is not None
    assert ticket.summary.outage_s > 3000


def test_answers_beside_a_trace_count(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "4711"
    folder.mkdir(parents=True)
    (folder / "trace.txt").write_text(TRACE, encoding="utf-8")
    (ranked,) = desk.run(str(tmp_path / "in")).triage.tickets
    (folder / "answers.yaml").write_text("gateway-answers-ping: yes\n", encoding="utf-8")
    (asked,) = desk.run(str(tmp_path / "in")).triage.tickets
    (folder / "answers.yaml").write_text("gateway-answers: yes\n", encoding="utf-8")
    (bad,) = desk.run(str(tmp_path / "in")).triage.bad

    assert asked.id == ranked.id
    assert asked.summary.probability != ranked.summary.probability
    assert bad.reason == "no-such-question"


@pytest.mark.parametrize(
    "where",
    [
        "assistant.desk.content.language_of",
        "assistant.desk.worker.Diagnoser.diagnose",
        "reports.triage.ticket.choose_first_step",
    ],
)
def test_a_bug_costs_one_ticket_and_is_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(where, broken)
    (tmp_path / "a.txt").write_text(TRACE, encoding="utf-8")

    ran = desk.run(str(tmp_path / "a.txt"))

    assert [(one.reason, dict(one.words)) for one in ran.triage.bad] == [
        ("ticket-bug", {"kind": "ZeroDivisionError"})
    ]
    assert "ZeroDivisionError" in ran.bugs[0]


def test_a_process_that_dies_costs_the_ticket_it_died_of(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(no_answer(f"S{number} (192.0.2.9)"), "utf-8")

    ran = desk.run(str(folder), workers=2, tell=Failing("dies", "3.txt", desk.teller))

    assert [one.name for one in ran.triage.bad] == ["in/3.txt"]
    assert ran.triage.bad[0].reason == "ticket-worker-died"
    assert len(ran.triage.tickets) == 5


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_ends_the_run_and_keeps_what_is_done(
    desk: Desk, tmp_path: Path, workers: int
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(no_answer(f"S{number} (192.0.2.9)"), "utf-8")

    with pytest.raises(OutputError) as caught:
        desk.run(str(folder), workers=workers, tell=Failing("full", "2.txt", desk.teller))

    assert (caught.value.id, caught.value.words["reason"]) == ("not-written", "no room")
    assert desk.diagnoses() == 2 if workers == 1 else desk.diagnoses() <= 2
