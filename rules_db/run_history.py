"""Daily runs: what has not been told yet, and the record that it was.

In: the store. Out: events waiting for a report; rows of finished runs. An event is told in exactly one report. It waits
until it is, whichever run recorded it: nothing here compares clocks, which may jump.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from rules_db.connection import DataFolder, connect, transaction
from rules_db.decisions import log
from rules_db.decisions.log import Anchor

Row = dict[str, Any]
_QUERIES = {
    "change": """SELECT c.id, c.kind, i.title, i.jurisdiction, coalesce(nullif(c.to_label, ''), c.from_label) AS place,
        c.summary, c.valid_on, c.recorded_at
      FROM change c LEFT JOIN instrument i ON i.id = c.instrument_id
      WHERE NOT EXISTS (SELECT 1 FROM told_event t WHERE t.event = 'change:' || c.id) ORDER BY i.title, c.rowid""",
    "flag": """SELECT f.expression_id AS id, f.score, f.reasons, i.title, i.jurisdiction, e.version_date,
        e.document_number, e.effective_on, f.recorded_at,
        (SELECT min(m.url) FROM manifestation m WHERE m.expression_id = e.id) AS url
      FROM flag f JOIN expression e ON e.id = f.expression_id JOIN instrument i ON i.id = e.instrument_id
      WHERE f.score > 0 AND e.replaced_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM told_event t WHERE t.event = 'flag:' || f.expression_id)
      ORDER BY f.score DESC, f.expression_id""",
    "suspect": """SELECT m.id || '@' || m.suspect_since AS id, m.id AS link, m.target_kind, m.target_id, m.rationale
      FROM mapping m WHERE m.status = 'suspect' AND m.suspect_since IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM told_event t WHERE t.event = 'suspect:' || m.id || '@' || m.suspect_since) ORDER BY m.id""",
    "issue": """SELECT id, severity, stage, code, subject, message, first_seen FROM issue
      WHERE resolved_at IS NULL AND NOT EXISTS (SELECT 1 FROM told_event t WHERE t.event = 'issue:' || issue.id)
      ORDER BY id""",
    # only troubles that were told can be told to be over
    "resolved": """SELECT id, severity, stage, code, subject, message, first_seen, resolved_at FROM issue
      WHERE resolved_at IS NOT NULL AND EXISTS (SELECT 1 FROM told_event t WHERE t.event = 'issue:' || issue.id)
        AND NOT EXISTS (SELECT 1 FROM told_event t WHERE t.event = 'resolved:' || issue.id) ORDER BY id""",
}


@dataclass(frozen=True, slots=True)
class Untold:
    """What the next report tells, by kind of event. `withdrawn` are addresses of pages that lists no longer show."""

    changes: tuple[Row, ...]
    flags: tuple[Row, ...]
    suspects: tuple[Row, ...]
    issues: tuple[Row, ...]
    resolved: tuple[Row, ...]
    withdrawn: tuple[str, ...]

    def events(self) -> list[str]:
        """The keys under which these are remembered as told."""
        groups = {"change": self.changes, "flag": self.flags, "suspect": self.suspects, "issue": self.issues}
        keys = [f"{kind}:{row['id']}" for kind, rows in groups.items() for row in rows]
        keys += [f"resolved:{row['id']}" for row in self.resolved]
        return keys + [f"withdrawn:{url}" for url in self.withdrawn]


def untold(connection: sqlite3.Connection, withdrawn: Iterable[str]) -> Untold:
    """Everything that waits to be told; `withdrawn` are the candidates that this run found."""
    rows = {kind: tuple(dict(row) for row in connection.execute(query)) for kind, query in _QUERIES.items()}
    for flag in rows["flag"]:
        flag |= json.loads(flag.pop("reasons"))
    known = {row["event"] for row in connection.execute("SELECT event FROM told_event WHERE event LIKE 'withdrawn:%'")}
    new = tuple(sorted(url for url in set(withdrawn) if f"withdrawn:{url}" not in known))
    return Untold(rows["change"], rows["flag"], rows["suspect"], rows["issue"], rows["resolved"], new)


def record_run(connection: sqlite3.Connection, report: Mapping[str, Any], events: Iterable[str]) -> None:
    """Remember a run and what it tells, in one transaction; `mark_written` follows when its files are there."""
    with transaction(connection):
        connection.execute(
            "INSERT INTO daily_run VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                report["run"],
                report["started_at"],
                report["finished_at"],
                report["exit_code"],
                json.dumps(report, ensure_ascii=False),
                report["decisions"]["entries"],
                report["decisions"]["hash"],
            ),
        )
        connection.executemany("INSERT INTO told_event VALUES (?, ?)", [(event, report["run"]) for event in events])


def unwritten(connection: sqlite3.Connection) -> list[str]:
    """Names of recorded runs of which it is not known that their report was written."""
    rows = connection.execute(
        """SELECT run FROM daily_run WHERE NOT EXISTS (
             SELECT 1 FROM told_event t WHERE t.event = 'report:' || daily_run.run) ORDER BY rowid"""
    )
    return [row["run"] for row in rows]


def mark_written(connection: sqlite3.Connection, run: str) -> None:
    """Remember that the files of a report were written; who deletes them later does not get them back."""
    connection.execute("INSERT OR IGNORE INTO told_event VALUES ('report:' || ?1, ?1)", (run,))


def forget(connection: sqlite3.Connection, run: str) -> None:
    """Take back that a run told anything: its report reached nobody, and the next one tells it."""
    with transaction(connection):
        connection.execute("DELETE FROM told_event WHERE run = ?", (run,))
        connection.execute("DELETE FROM daily_run WHERE run = ?", (run,))


def unused_name(connection: sqlite3.Connection, wished: str) -> str:
    """The name for a run: the one wished for, or with a number behind it when a clock that was set back repeats it."""
    taken = {row["run"] for row in connection.execute("SELECT run FROM daily_run WHERE run LIKE ? || '%'", (wished,))}
    name, number = wished, 1
    while name in taken:
        number += 1
        name = f"{wished}-{number}"
    return name


def current_anchor(folder: DataFolder) -> Anchor | None:
    """Where the decisions log stands now; None without decisions. Raises StoreError for an unreadable log."""
    with log.open_log(folder.decisions_db) as connection:
        return log.anchor(connection) if connection else None


def anchors(folder: DataFolder) -> list[Anchor]:
    """Where the decisions log stood at each daily run, oldest first."""
    with closing(connect(folder.work_db, read_only=True)) as store:
        if store.execute("SELECT 1 FROM sqlite_master WHERE name = 'daily_run'").fetchone() is None:
            return []  # a store from before there were daily reports
        rows = store.execute("SELECT DISTINCT decisions, decisions_hash FROM daily_run WHERE decisions > 0 ORDER BY 1")
        return [Anchor(row["decisions"], row["decisions_hash"]) for row in rows]
