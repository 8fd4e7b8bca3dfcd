"""Replaying a day: what today's patterns and watches say of the bytes of that day, knowing what was held before it.

In: a store and a day. Out: a data folder of its own in a scratch place, filled first with all looks before the day,
then with those of the day; the caller runs the stages after each. The store itself is only read.
"""

from __future__ import annotations

import datetime
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules_db.connection import DataFolder, StoreError, connect, open_store, transaction
from rules_db.mapping.parties import read_parties
from rules_db.notify.events import texts_for
from rules_db.watch.profiles import Recipient
from rules_db.watch.subjects import subjects_since
from rules_db.workdays import china_midnight

_SEEN = "seen_at >= :start AND seen_at < :end"
# What a look consists of, in an order that references allow. Conversions follow from the bytes alone and are not made
# anew; those of other versions of the converter are of no use and do no harm.
_LOOKS = {
    "source": "SELECT * FROM source",
    "snapshot": f"SELECT * FROM snapshot WHERE sha256 IN (SELECT snapshot_sha256 FROM sighting WHERE {_SEEN})",  # noqa: S608
    "crawl_run": f"SELECT * FROM crawl_run WHERE id IN (SELECT run_id FROM sighting WHERE {_SEEN})",  # noqa: S608
    "sighting": f"SELECT * FROM sighting WHERE {_SEEN}",  # noqa: S608
    "conversion": f"""SELECT c.* FROM conversion c WHERE EXISTS (
      SELECT 1 FROM sighting s WHERE s.snapshot_sha256 = c.snapshot_sha256 AND s.url = c.url AND {_SEEN})""",  # noqa: S608
    "attached_file": f"""SELECT a.* FROM attached_file a WHERE EXISTS (
      SELECT 1 FROM sighting s WHERE s.snapshot_sha256 = a.snapshot_sha256 AND s.url = a.url AND {_SEEN})""",  # noqa: S608
}
_SHOWN = ("title", "jurisdiction", "score", "kind", "reasons", "recorded")


@dataclass(frozen=True, slots=True)
class ReplayedDay:
    """A day of China's calendar as moments of the store (ISO UTC): `start` belongs to it, `end` does not."""

    day: str
    start: str
    end: str


def replayed_day(day: datetime.date) -> ReplayedDay:
    """The bounds of a day in China."""
    return ReplayedDay(day.isoformat(), china_midnight(day), china_midnight(day + datetime.timedelta(days=1)))


def prepare(folder: DataFolder, scratch: Path, day: ReplayedDay) -> DataFolder:
    """A store with every look before the day, over the same snapshots. Raises StoreError when the day saw nothing."""
    with closing(open_store(folder, read_only=True)) as store:
        seen = store.execute("SELECT count(*) FROM sighting WHERE seen_at >= ? AND seen_at < ?", (day.start, day.end))
        if not seen.fetchone()[0]:
            days = store.execute("SELECT min(seen_at), max(seen_at) FROM sighting").fetchone()
            raise StoreError(f"nothing was looked at on {day.day}; there are looks from {days[0]} to {days[1]}")
    made = DataFolder(scratch)
    made.create()
    made.snapshots.rmdir()
    made.snapshots.symlink_to(folder.snapshots.resolve(), target_is_directory=True)
    if (folder.root / "catalogue").is_dir():
        shutil.copytree(folder.root / "catalogue", scratch / "catalogue")
    _take_over(folder, made, "", day.start)
    return made


def add_day(folder: DataFolder, made: DataFolder, day: ReplayedDay) -> None:
    """Add the looks of the day itself."""
    _take_over(folder, made, day.start, day.end)


def said(made: DataFolder, folder: DataFolder, day: ReplayedDay, recipients: tuple[Recipient, ...]) -> dict[str, Any]:
    """What the replay came to: flags, changes, and who would have been told; each flag beside what the store says."""
    moment = day.end
    with (
        closing(open_store(made, read_only=True)) as store,
        closing(connect(made.public_db, read_only=True)) as public,
        closing(open_store(folder, read_only=True)) as today,
    ):
        flags = [
            {**dict(row), **json.loads(row["reasons"]), "recorded": _recorded(today, row["snapshot"])}
            for row in store.execute(
                """SELECT f.expression_id, i.title, i.jurisdiction, f.score, f.reasons,
                     (SELECT min(m.snapshot_sha256) FROM manifestation m WHERE m.expression_id = e.id) AS snapshot
                   FROM flag f JOIN expression e ON e.id = f.expression_id JOIN instrument i ON i.id = e.instrument_id
                   WHERE f.recorded_at = ? AND e.replaced_at IS NULL ORDER BY f.score DESC, i.title""",
                (moment,),
            )
        ]
        changes = store.execute(
            """SELECT c.kind, i.title, coalesce(nullif(c.to_label, ''), c.from_label) AS place, c.summary
               FROM change c LEFT JOIN instrument i ON i.id = c.instrument_id
               WHERE c.recorded_at = ? ORDER BY i.title, c.rowid""",
            (moment,),
        )
        searches = sorted({w.search for r in recipients for w in r.watches if w.search})
        subjects = subjects_since(store, public, moment, searches)
        parties = read_parties()
        told = {
            recipient.id: [
                {"kind": event.kind, "title": event.subject.title, "watches": [w.id for w in event.watches]}
                for event in texts_for(recipient, subjects, parties, moment)
            ]
            for recipient in recipients
            if not recipient.maintainer
        }
        return {
            "day": day.day,
            "flags": [{key: flag[key] for key in _SHOWN} for flag in flags],
            "changes": [dict(row) for row in changes],
            "told": told,
        }


def _recorded(today: sqlite3.Connection, snapshot: str) -> str:
    """What the store says of the same bytes: the kind of flag, or nothing when it holds no text of them."""
    row = today.execute(
        """SELECT json_extract(f.reasons, '$.kind') AS kind FROM manifestation m
           JOIN flag f ON f.expression_id = m.expression_id WHERE m.snapshot_sha256 = ? LIMIT 1""",
        (snapshot,),
    ).fetchone()
    return str(row["kind"]) if row else ""


def _take_over(folder: DataFolder, made: DataFolder, start: str, end: str) -> None:
    """Copy the looks of a span of time, with what is needed to read their bytes again."""
    span = {"start": start, "end": end}
    with (
        closing(connect(folder.work_db, read_only=True)) as store,
        closing(open_store(made)) as target,
        transaction(target),
    ):
        for table, query in _LOOKS.items():
            rows = store.execute(query, span if ":end" in query else {})
            names = [column[0] for column in rows.description]
            marks = ", ".join("?" * len(names))
            target.executemany(
                f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - names of ours
                map(tuple, rows),
            )
