"""Publishing: gate, then the new copy into the served file in one step that readers can't see half of.

The copy is built beside, checked, and written with SQLite's backup API into the WAL-mode `public/rules.db`: a reader
sees the old copy or the new one, and a crash at any moment leaves one of them whole. (A rename would leave a running
server with the old file until it is restarted.) The caller holds the data folder's lock.
In: a data folder, the time. Out: `Published`.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rules_db.connection import DataFolder, StoreError, connect
from rules_db.gate import GateFinding, check, check_copy
from rules_db.projection.build import build_public

# How long to wait for readers in the middle of a query, in seconds.
READER_PATIENCE = 30.0
SAMPLE_MARKER = ".sample"


@dataclass(frozen=True, slots=True)
class Published:
    """`done` is False when the gate refused; then `findings` says why and the last good copy stays. `counts` are the
    rows of the copy's main tables."""

    path: Path
    done: bool
    findings: tuple[GateFinding, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def publish(folder: DataFolder, *, now: str, sample: bool | None = None, accept_mass_change: bool = False) -> Published:
    """Publish what the store holds. `now`: ISO UTC time; `sample`: mark the copy as sample data (None: when the folder
    bears the marker file of a demonstration, or a source's config says so). Raises StoreError when a file can't be read
    or written; the last good copy stays then too."""
    folder.require()
    public = folder.public_db
    try:
        with contextlib.closing(connect(folder.work_db, read_only=True)) as store:
            findings = check(store)
        if findings:
            return Published(public, False, tuple(findings))
        public.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="publish-", dir=folder.root) as workshop:
            built = Path(workshop) / "rules.db"
            if sample is None and (folder.root / SAMPLE_MARKER).exists():
                sample = True
            build_public(folder.work_db, built, now=now, sample=sample)
            with contextlib.closing(sqlite3.connect(built)) as copy, _last_good(public) as previous:
                findings = check_copy(copy, previous, accept_mass_change=accept_mass_change)
                counts = _counts(copy)
            if findings:
                return Published(public, False, tuple(findings), counts)
            replace_copy(built, public)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"publishing to {public} failed: {error}; the last good copy is still in place") from error
    return Published(public, True, (), counts)


def replace_copy(built: Path, public: Path) -> None:
    """Make `public` hold what `built` holds, atomically for readers. Raises sqlite3.Error, OSError."""
    if not _usable(public):
        # nobody can be reading a file that is missing or no database
        for suffix in ("", "-wal", "-shm"):
            public.with_name(public.name + suffix).unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(built)) as source:
            source.execute("PRAGMA journal_mode = WAL")
        built.replace(public)
        return
    with (
        contextlib.closing(sqlite3.connect(built)) as source,
        contextlib.closing(sqlite3.connect(public, timeout=READER_PATIENCE, isolation_level=None)) as target,
    ):
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        source.backup(target)
        # Readers still on the old copy keep the log, and a full disk may: it is emptied now or at the next publish. The
        # new copy is in place already, so this must not be told as a failure.
        with contextlib.suppress(sqlite3.OperationalError):
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _usable(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError:
        return False


@contextlib.contextmanager
def _last_good(public: Path) -> Iterator[sqlite3.Connection | None]:
    if not _usable(public):
        yield None
        return
    with contextlib.closing(connect(public, read_only=True)) as previous:
        yield previous


def _counts(copy: sqlite3.Connection) -> dict[str, int]:
    rows = copy.execute("SELECT substr(key, 7), CAST(value AS INTEGER) FROM about WHERE key LIKE 'count@_%' ESCAPE '@'")
    return {row[0]: row[1] for row in rows}
