"""Verifying a data folder: snapshots against their digests, the store's integrity, the chain of decisions.

In: a data folder. Out: `Verification` with one line for each fault.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.decisions import log
from rules_db.run_history import anchors
from rules_db.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong with it."""

    snapshots: int
    decisions: int
    faults: tuple[str, ...]


def verify(folder: DataFolder) -> Verification:
    """Read everything back. Raises StoreError when there is no store, or none that can be read at all."""
    with closing(open_store(folder, read_only=True)) as store:
        faults = [f"{fault.sha256}: {fault.problem}" for fault in SnapshotStore(folder.snapshots, store).verify()]
        faults += [row[0] for row in store.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"foreign key: {tuple(row)}" for row in store.execute("PRAGMA foreign_key_check")]
        count = store.execute("SELECT count(*) FROM snapshot").fetchone()[0]
    decisions, wrong = _decisions(folder)
    return Verification(count, decisions, (*faults, *wrong))


def _decisions(folder: DataFolder) -> tuple[int, list[str]]:
    kept = anchors(folder)
    try:
        with log.open_log(folder.decisions_db) as connection:
            if connection is None:
                gone = f"decisions.db is gone; it had {kept[-1].n} entries; restore it from a backup" if kept else ""
                return 0, [gone] if gone else []
            last = log.anchor(connection)
            return last.n if last else 0, log.faults(connection, kept)
    except (sqlite3.Error, StoreError) as error:
        return 0, [f"decisions.db: {error}; restore it from a backup"]
