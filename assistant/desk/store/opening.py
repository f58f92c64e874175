"""Opens the store, makes it on first use, brings it up to date; a foreign file is left alone."""

from __future__ import annotations

import os
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from assistant.errors import AssistantError, InputError, OutputError

APPLICATION_ID = 0x4C56_4131
"""`LVA1`; bytes 68 to 71 of our files (SQLite's file format, section 1.3)."""
REVISIONS = ("0001", "0002")
"""Of the migrations, in their order; alembic itself is imported only where one has to be run."""
MIGRATIONS = Path(__file__).parent / "migrations"
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_ID_AT = 68
_BUSY_MS = 5_000
_CHECKED_BYTES = 256 << 20
"""Larger files are not read as a whole only to be opened."""
_SAID: tuple[tuple[str, type[AssistantError], str], ...] = (
    ("locked", OutputError, "store-locked"),
    ("readonly", OutputError, "store-read-only"),
    ("unable to open", OutputError, "store-read-only"),
    ("disk is full", OutputError, "store-full"),
    ("malformed", InputError, "store-damaged"),
    ("not a database", InputError, "store-damaged"),
)
"""In SQLite's sentences, which never change; numbers come with Python 3.11 only."""


def open_store(path: Path) -> Engine:
    """The engine of the store in this file, made if there is none.

    Raises:
        InputError: the file is none of ours, damaged, or of a newer program; it is left as it is.
        OutputError: it cannot be written, or another program does not let go of it.
    """
    with told(path):
        if not os.path.lexists(path):
            _make(path)
        with _untouched(path):
            _check(path)
            revision = _revision(path)
        engine = _engine(path)
        if revision != REVISIONS[-1]:
            with engine.begin() as connection:
                _migrate(connection, REVISIONS[-1])
    return engine


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Whatever SQLite says of the file, as an error that a person can act on."""
    try:
        yield
    except DBAPIError as error:
        raise _error(path, error.orig or error) from error
    except sqlite3.Error as error:
        raise _error(path, error) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("store-not-opened", file=str(path), reason=reason) from error


def make_store(path: Path, revision: str = REVISIONS[-1]) -> None:
    """Write an empty store of that revision into a file that is not there yet."""
    engine = _engine(path)
    with engine.begin() as connection:
        _migrate(connection, revision)
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        plain.execute("PRAGMA journal_mode = WAL")
    engine.dispose()


def _make(path: Path) -> None:
    """Beside its place, then under its name: nobody ever sees half a store."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".tickets-", suffix=".sqlite", dir=path.parent)
    os.close(handle)
    try:
        make_store(Path(name))
        with suppress(FileExistsError):  # another process was faster
            _name(name, path)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(name + suffix).unlink(missing_ok=True)


def _name(name: str, path: Path) -> None:
    """Give a file its name, unless that is taken."""
    try:
        os.link(name, path)
    except FileExistsError:
        raise
    except OSError:
        # File systems without links; the moment between the two is theirs.
        if path.exists():
            raise FileExistsError from None
        Path(name).rename(path)


def _check(path: Path) -> None:
    """Refuse what is not ours before SQLite touches it, and what it cannot read."""
    if not path.is_file():
        raise InputError("store-foreign", file=str(path))
    with path.open("rb") as stream:
        header = stream.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise InputError("store-foreign", file=str(path))
    (application,) = struct.unpack_from(">I", header, _ID_AT)
    if application != APPLICATION_ID:
        raise InputError("store-foreign", file=str(path))
    if not os.access(path, os.W_OK):
        raise OutputError("store-read-only", file=str(path))
    if path.stat().st_size <= _CHECKED_BYTES:
        with closing(_read_only(path)) as connection:
            row = connection.execute("PRAGMA quick_check(1)").fetchone()
        if row != ("ok",):
            raise InputError("store-damaged", file=str(path))


@contextmanager
def _untouched(path: Path) -> Iterator[None]:
    """Leave nothing beside a file that is refused: SQLite makes two to read one of ours."""
    beside = [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm")]
    there = [one for one in beside if one.exists()]
    try:
        yield
    except (AssistantError, sqlite3.Error):
        if not there and not (beside[0].exists() and beside[0].stat().st_size):
            for one in beside:
                one.unlink(missing_ok=True)
        raise


def _revision(path: Path) -> str:
    with closing(_read_only(path)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            row = None
    if row is None:
        raise InputError("store-damaged", file=str(path))
    if row[0] not in REVISIONS:
        raise InputError("store-newer", file=str(path))
    return str(row[0])


def _read_only(path: Path) -> sqlite3.Connection:
    name = quote(path.resolve().as_posix())
    return sqlite3.connect(f"file:{name}?mode=ro", uri=True, timeout=_BUSY_MS / 1000)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        # Transactions are begun below; the driver's own way does not hold tables being made.
        connect_args={"isolation_level": None, "timeout": _BUSY_MS / 1000},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # What is said to be kept is on the disk, not on its way there.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    # To write is asked for at once: a reader that wants to write later may have to be refused.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _error(path: Path, error: BaseException) -> AssistantError:
    sentence = str(error)
    for said, kind, name in _SAID:
        if said in sentence:
            return kind(name, file=str(path))
    return OutputError("store-not-opened", file=str(path), reason=sentence)
