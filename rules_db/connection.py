"""Opening the data folder: where its parts lie, and connections with the settings that every user of it needs.

In: a folder. Out: a `DataFolder` and sqlite3 connections (WAL, foreign keys on, rows by name).
Errors: `StoreError` with one line that says what, where and what to do.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rules_db.in_force import teach

BUSY_TIMEOUT_MS = 10_000
SCHEMA = Path(__file__).parent / "schema"


class StoreError(Exception):
    """The store can't be used as asked; the message is fit for a person."""


class OlderStoreError(StoreError):
    """The store is older than the program; whatever writes brings it up to date."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Layout of all state below one folder."""

    root: Path

    @property
    def work_db(self) -> Path:
        return self.root / "work.db"

    @property
    def public_db(self) -> Path:
        return self.root / "public" / "rules.db"

    @property
    def decisions_db(self) -> Path:
        """What people decided; made with the first decision."""
        return self.root / "decisions.db"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    def create(self) -> DataFolder:
        """Make the folder and its parts. Raises StoreError when the place can't be written."""
        try:
            for folder in (self.root, self.public_db.parent, self.snapshots, self.runs):
                folder.mkdir(parents=True, exist_ok=True)
            if not os.access(self.root, os.W_OK):
                raise PermissionError(f"{self.root} is not writable")
        except OSError as error:
            raise StoreError(
                f"data folder {self.root}: {error.strerror or error}; choose another with --data"
            ) from error
        return self

    def require(self) -> DataFolder:
        """The folder as it must be for reading. Raises StoreError when it holds no store."""
        if not self.work_db.exists():
            raise StoreError(
                f"no rule store in {self.root}; run 'guiji ingest PATH --data {self.root}' or 'guiji demo' first"
            )
        return self

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the one writer's lock; the kernel drops it when the process dies, and every process that was given the
        file (the value here) with it. Raises StoreError when it is held."""
        with (self.root / ".lock").open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreError(
                    f"another guiji is writing to {self.root}; wait for it to end and try again"
                ) from error
            yield handle.fileno()


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to a store that exists or may be created. Raises StoreError for a file that is no database."""
    try:
        if read_only:
            connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        else:
            connection = sqlite3.connect(path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        teach(connection)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}; is it a Guiji store, and may you write there?") from error
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing: BEGIN IMMEDIATE … COMMIT, rolled back on any exception. Nested use joins the outer one."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def open_store(folder: DataFolder, *, read_only: bool = False) -> sqlite3.Connection:
    """The working store, migrated to the newest schema.

    A reader changes nothing: StoreError where the store is older than the program. So for both where it is newer.
    """
    path = folder.require().work_db if read_only else folder.create().work_db
    connection = connect(path, read_only=read_only)
    try:
        missing = _missing_migrations(connection, path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{path} is damaged, or no store of Guiji ({error}); 'guiji restore' lays out a backup"
        ) from error
    if missing and read_only:
        raise OlderStoreError(
            f"{path} was written by an earlier version of Guiji; 'guiji publish' brings it up to date, "
            "'guiji backup' keeps a copy of it before that"
        )
    if missing:
        from sqlite_utils import Database

        from rules_db.migrations import store

        store.apply(Database(connection, execute_plugins=False))
    return connection


def open_public(path: Path) -> sqlite3.Connection:
    """The readers' copy, to be read. Raises StoreError where none is published, or what lies there is none."""
    if not path.exists():
        raise StoreError(f"nothing is published at {path}; run 'guiji publish' first")
    connection = connect(path, read_only=True)
    try:
        known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'about'").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is damaged, or no copy of Guiji ({error}); 'guiji publish' writes it anew") from error
    if known is None:
        raise StoreError(f"{path} is no copy of Guiji; 'guiji publish' writes it anew")
    return connection


def _missing_migrations(connection: sqlite3.Connection, path: Path) -> set[str]:
    """Migrations that the store has not seen. Each is a file of `schema` by the same name."""
    known = {f"m{file.stem}" for file in SCHEMA.glob("*.sql")}
    tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        return known
    if "_sqlite_migrations" not in tables:
        raise StoreError(f"{path} is no store of Guiji; name another folder with --data")
    seen = {
        row["name"] for row in connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'guiji'")
    }
    if seen - known:
        raise StoreError(f"{path} was written by a later version of Guiji; update Guiji, or restore an earlier backup")
    return known - seen
