"""Letting go of old bytes that prove nothing: screens of lists, which are kept for every look at every source.

In: a store, a floor in days. Out: `Pruned`. Bytes of documents and files are evidence and are never touched, whether a
text was read in them or not; of a list the newest screen stays, for conditional requests. What was seen on a screen
(its rows, with their days) stays in the store; only its bytes go.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rules_db.connection import DataFolder, StoreError, transaction

FLOOR_DAYS = 30
_OLD_SCREENS = """
SELECT n.sha256, n.size FROM snapshot n
WHERE EXISTS (SELECT 1 FROM sighting s WHERE s.snapshot_sha256 = n.sha256)
  AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.snapshot_sha256 = n.sha256
    AND (s.role <> 'list' OR s.seen_at >= :floor
      OR s.id = (SELECT max(id) FROM sighting l WHERE l.url = s.url AND l.snapshot_sha256 IS NOT NULL)))
  AND NOT EXISTS (SELECT 1 FROM conversion c WHERE c.snapshot_sha256 = n.sha256)
  AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.snapshot_sha256 = n.sha256)
  AND NOT EXISTS (SELECT 1 FROM manifestation m WHERE m.snapshot_sha256 = n.sha256)
ORDER BY n.sha256"""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many snapshots went (or would go) and how many stay; bytes that were freed. `strays` are files that no row
    names, left by runs that were cut off."""

    snapshots: int
    kept: int
    strays: int
    size: int


def prune(folder: DataFolder, connection: sqlite3.Connection, *, days: int, now: str, dry_run: bool) -> Pruned:
    """Delete screens of lists last seen more than `days` before `now` (ISO UTC), and stray files as old. Rows go first,
    in one transaction: a run that is cut off leaves strays, which the next one takes. The caller holds the lock. Raises
    StoreError below the floor."""
    if days < FLOOR_DAYS:
        raise StoreError(f"{days} days: bytes are kept for at least {FLOOR_DAYS} days")
    floor = datetime.datetime.fromisoformat(now) - datetime.timedelta(days=days)
    bound = floor.strftime("%Y-%m-%dT%H:%M:%SZ")
    old = connection.execute(_OLD_SCREENS, {"floor": bound}).fetchall()
    digests = [(row["sha256"],) for row in old]
    if not dry_run:
        with transaction(connection):
            connection.executemany("UPDATE sighting SET snapshot_sha256 = NULL WHERE snapshot_sha256 = ?", digests)
            connection.executemany("DELETE FROM snapshot WHERE sha256 = ?", digests)
    going = {digest for (digest,) in digests}
    strays = [path for path in _strays(folder, connection, going) if path.stat().st_mtime < floor.timestamp()]
    size = sum(row["size"] for row in old) + sum(path.stat().st_size for path in strays)
    if not dry_run:
        for digest in going:
            (folder.snapshots / digest[:2] / f"{digest}.bin").unlink(missing_ok=True)
        for path in strays:
            path.unlink(missing_ok=True)
    left = connection.execute("SELECT count(*) FROM snapshot").fetchone()[0]
    return Pruned(len(old), left - (len(old) if dry_run else 0), len(strays), size)


def _strays(folder: DataFolder, connection: sqlite3.Connection, going: set[str]) -> Iterator[Path]:
    """Files under snapshots that no row names, those of rows that just went left out."""
    known = {row["sha256"] for row in connection.execute("SELECT sha256 FROM snapshot")} | going
    for path in sorted(folder.snapshots.glob("??/*")):
        if path.is_file() and path.stem not in known:
            yield path
