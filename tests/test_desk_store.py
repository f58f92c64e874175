"""The store: made on first use, brought up to date, and never at the cost of somebody's file."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from desk_samples import FAILED, SUMMARY, ticket

from assistant.desk.store import opening
from assistant.desk.store.place import STORE_VARIABLE, store_path
from assistant.desk.store.store import Key, Run, Store
from assistant.desk.store.tables import Table
from assistant.desk.store.tickets import Filter, document_of, find_ticket, list_tickets, resolve
from assistant.desk.worker import Result, Task
from assistant.errors import InputError, OutputError, UsageError
from assistant.model.ticket import TicketId
from assistant.model.triage import Queue

FIRST = Path(__file__).parent / "stores" / "first_migration.sqlite.gz"
"""Written by migration 0001: one ticket with its diagnosis and a resolution."""

HERE = str(Path(__file__).parent)
_PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_desk_store import keep, result, said, Store
store = Store(Path({path!r}))

def once(name):
    keep(store, result(name))

def write():
    for place in range(100_000):
        name = f"T{{place:05d}}"
        once(name)
        said(store, name)
        print(name, flush=True)

"""
"""Of another process."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "tickets.sqlite"


def begun(store: Store) -> Run:
    return store.begin(["in"], program="0.1.0", knowledge="sha256:0")


def result(name: str, *, digest: str = "0" * 64, language: str = "en") -> Result:
    task = Task(ticket=ticket(name, digest=digest), language="de" if language == "de" else "en")
    return Result(task=task, summary=SUMMARY, document='{"a": 1}', ranking=(("psk-mismatch", 0.6),))


def keep(store: Store, *results: Result, contents: bool = False) -> Run:
    run = begun(store)
    store.keep(run, results, contents=contents)
    return run


def said(store: Store, name: str = "AAAAA", *, helped: bool | None = True) -> None:
    resolve(
        store, name, cause="psk-mismatch", remedy="set-same-psk", helped=helped, note="n", who="kim"
    )


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


# The file -----------------------------------------------------------------------------------


def test_it_is_made_on_first_use_with_what_keeps_it_whole(path: Path) -> None:
    Store(path)

    with closing(sqlite3.connect(path)) as connection:
        values = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "application_id")
        ]
    assert values == ["wal", opening.APPLICATION_ID]
    assert [one.name for one in path.parent.iterdir()] == ["tickets.sqlite"]


def test_every_connection_writes_through_and_checks_references(path: Path) -> None:
    with Store(path).session() as session:
        connection = session.connection()
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys")
        ]
    assert values == [2, 1]


def test_the_tables_are_what_the_migrations_make(path: Path) -> None:
    with Store(path).session() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Table.metadata) == []


def test_the_revisions_are_those_of_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    revisions = ScriptDirectory.from_config(config).walk_revisions()

    assert tuple(one.revision for one in revisions)[::-1] == opening.REVISIONS


def test_a_store_of_the_first_migration_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(gzip.decompress(FIRST.read_bytes()))

    store = Store(path)

    assert count(path, "answers") == 0
    (old,) = store.resolved()
    assert (old.ticket, old.remedy, old.helped) == (
        "K7F2Q", "allow-ping-on-public-address", True,
    )  # fmt: skip
    keep(store, result("AAAAA"))
    assert [one.id for one in list_tickets(store, Filter())] == ["AAAAA", "K7F2Q"]


def damaged(data: bytes) -> bytes:
    page = 4096
    return data[: 3 * page] + b"\xff" * (4 * page) + data[7 * page :]


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda _: b"", "store-foreign"),
        (lambda _: b"my notes\n" * 100, "store-foreign"),
        (lambda data: data[:68] + b"\0\0\0\1" + data[72:], "store-foreign"),
        (lambda data: data[:40], "store-foreign"),
        (damaged, "store-damaged"),
        (lambda data: data[: len(data) // 2], "store-damaged"),
        (
            lambda data: data.replace(b"\x080002", b"\x089999").replace(b"0002", b"9999"),
            "store-newer",
        ),
    ],
)
def test_what_is_not_ours_or_broken_is_left_alone(
    path: Path, spoil: Callable[[bytes], bytes], error: str
) -> None:
    keep(Store(path), *(result(f"T{place:04d}") for place in range(50)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spoiled = spoil(path.read_bytes())
    path.write_bytes(spoiled)

    with pytest.raises(InputError) as caught:
        Store(path)

    assert (caught.value.id, caught.value.exit_code) == (error, 3)
    assert path.read_bytes() == spoiled
    assert {one.name for one in path.parent.iterdir()} <= {path.name}


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Store(tmp_path)
    assert caught.value.id == "store-foreign"


def test_a_store_that_may_not_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(path)
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(OutputError) as caught:
        Store(path)
    assert (caught.value.id, caught.value.exit_code) == ("store-read-only", 5)


def test_a_store_that_somebody_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    store = Store(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(OutputError) as caught:
            begun(store)

    assert caught.value.id == "store-locked"
    assert begun(store).id == 1


def test_processes_that_make_it_at_once_have_one_store(path: Path) -> None:
    names = [f"T{place:04d}" for place in range(3)]
    programs = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _PROGRAM.format(tests=HERE, path=str(path)) + f"once({name!r})"]
        )
        for name in names
    ]

    assert [one.wait() for one in programs] == [0, 0, 0]
    assert [one.id for one in list_tickets(Store(path), Filter())] == names


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("desk.sqlite", "desk.sqlite"),
        ("sqlite:///desk.sqlite", "desk.sqlite"),
        ("sqlite:////srv/desk.sqlite", "/srv/desk.sqlite"),
    ],
)
def test_where_it_is(named: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, "other.sqlite")

    assert store_path(named) == Path(expected)
    assert store_path(None) == Path("other.sqlite")


@pytest.mark.parametrize("url", ["postgresql://db/desk", "sqlite://", "sqlite:///:memory:"])
def test_no_other_databases(url: str) -> None:
    with pytest.raises(UsageError):
        store_path(url)


# What is kept -------------------------------------------------------------------------------


def test_a_diagnosis_is_used_again_only_under_the_same_conditions(path: Path) -> None:
    store = Store(path)
    keep(store, result("AAAAA"))
    key = Key(ticket=TicketId("AAAAA"), digest="0" * 64, language="en")

    (number,) = store.kept("sha256:0", "0.1.0").values()

    assert set(store.kept("sha256:0", "0.1.0")) == {key}
    assert store.summary(number) == SUMMARY
    assert store.kept("sha256:1", "0.1.0") == store.kept("sha256:0", "0.2.0") == {}


def test_only_the_last_diagnosis_counts_and_earlier_ones_stay(path: Path) -> None:
    store = Store(path)
    keep(store, result("AAAAA"))
    keep(store, result("AAAAA"))
    keep(store, result("AAAAA", digest="1" * 64))

    assert count(path, "diagnoses") == 2
    assert {key.digest for key in store.kept("sha256:0", "0.1.0")} == {"1" * 64}


def test_contents_are_kept_when_asked_for(path: Path) -> None:
    store = Store(path)
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of b"x"
    keep(store, result("AAAAA", digest=digest))
    assert count(path, "inputs WHERE content IS NOT NULL") == 0

    keep(store, result("AAAAA", digest=digest), contents=True)
    assert count(path, "inputs WHERE content IS NOT NULL") == 1


def test_a_content_that_changed_meanwhile_is_not_kept(path: Path) -> None:
    keep(Store(path), result("AAAAA", digest="0" * 64), contents=True)

    assert count(path, "inputs WHERE content IS NOT NULL") == 0


def test_the_last_run_that_came_to_its_end_is_the_earlier_one(path: Path) -> None:
    store = Store(path)
    run = keep(store, result("AAAAA"), result("BBBBB"))
    assert begun(store).earlier is None

    store.finish(run, [ticket("AAAAA")], bad=0)

    earlier = begun(store).earlier
    assert earlier is not None
    assert dict(earlier.tickets) == {"AAAAA": ("in/AAAAA.txt", "0" * 64)}
    assert store.begin(["elsewhere"], program="", knowledge="").earlier is None


def test_all_of_a_batch_or_nothing(path: Path) -> None:
    store = Store(path)
    run = begun(store)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON ranks BEGIN SELECT RAISE(ABORT, 'disk is full');"
            " END"
        )
    with pytest.raises(OutputError) as caught:
        store.keep(run, [result("AAAAA"), result("BBBBB")], contents=False)

    assert caught.value.id == "store-full"
    assert [count(path, table) for table in ("tickets", "inputs", "diagnoses")] == [0, 0, 0]


# What people ask ----------------------------------------------------------------------------


def test_resolutions_are_added_and_never_replaced(path: Path) -> None:
    store = Store(path)
    keep(store, result("AAAAA"))
    said(store, helped=False)
    said(store, "aaaaa", helped=True)

    kept = find_ticket(store, "AAAAA")

    assert [one.helped for one in kept.resolutions] == [False, True]
    assert kept.queue is Queue.NOBODY
    (one,) = store.resolved()
    assert (one.fingerprint, one.helped, one.note) == (FAILED, True, "n")


def test_an_unknown_ticket_names_similar_ones(path: Path) -> None:
    store = Store(path)
    keep(store, result("AAAAA"), result("ZZZZZ"))

    with pytest.raises(InputError) as caught:
        find_ticket(store, "AAAAB")
    assert (caught.value.id, caught.value.words["alike"]) == ("no-such-ticket", "AAAAA")
    with pytest.raises(InputError) as caught:
        find_ticket(store, "12345")
    assert caught.value.id == "no-ticket-alike"


def test_filters(path: Path) -> None:
    store = Store(path)
    keep(store, result("AAAAA"), result("BBBBB"))
    said(store)

    def ids(wanted: Filter) -> list[str]:
        return [one.id for one in list_tickets(store, wanted)]

    assert ids(Filter()) == ["AAAAA", "BBBBB"]
    assert ids(Filter(resolved=True)) == ["AAAAA"]
    assert ids(Filter(queue=Queue.HERE)) == ["BBBBB"]
    assert ids(Filter(cause="psk-mismatch", text="bbb")) == ["BBBBB"]
    assert ids(Filter(cause="remote-offline")) == []
    assert document_of(store, "BBBBB") == '{"a": 1}'


# Killed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 7, 20])
def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(
    path: Path, lines: int
) -> None:
    program = _PROGRAM.format(tests=HERE, path=str(path)) + "write()"
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline().strip() for _ in range(lines)]
        writer.kill()
        told += writer.stdout.read().split()

    kept = {one.id: one for one in list_tickets(Store(path), Filter())}

    assert all(kept[TicketId(name)].resolutions for name in told)
    assert len(kept) <= len(told) + 1
