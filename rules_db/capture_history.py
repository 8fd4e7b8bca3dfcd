"""What earlier runs saw: the known documents of a source, its runs, what its lists showed. Read only.

In: the ledger of capture. Out: plain values, for the crawl's schedule, its verdicts and who asks how a source does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules_db.model import Verdict


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document the store has seen at a source. `confirmed_at` is its newest sighting inside a *finished* run: what an
    interrupted run saw counts as unseen, so that a restart completes it. `facts` are those of the newest sighting."""

    url: str
    role: str
    first_seen: str
    confirmed_at: str | None
    facts: Mapping[str, Any]
    parent_url: str | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of one source as the ledger has it; `verdict` is None when the run never came to its end."""

    id: int
    source_id: str
    started_at: str
    finished_at: str | None
    verdict: Verdict | None
    reason: str
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """One line that a list showed in a run."""

    url: str
    title: str
    published_on: str | None
    column: str


def last_good_run(connection: sqlite3.Connection, source_id: str, before: int | None = None) -> sqlite3.Row | None:
    """The newest run of a source with verdict ok or quiet, older than run `before`."""
    row: sqlite3.Row | None = connection.execute(
        """SELECT * FROM crawl_run WHERE source_id = ? AND verdict IN ('ok', 'quiet') AND id < ?
           ORDER BY id DESC LIMIT 1""",
        (source_id, before if before is not None else 1 << 62),
    ).fetchone()
    return row


def known_documents(connection: sqlite3.Connection, source_id: str) -> list[KnownDocument]:
    """Details and attachments of a source whose bytes are held, by address."""
    rows = connection.execute(
        """SELECT s.url AS url, s.role AS role, min(s.seen_at) AS first_seen,
             max(CASE WHEN r.finished_at IS NOT NULL THEN s.id END) AS confirmed, max(s.id) AS newest
           FROM sighting s JOIN crawl_run r ON r.id = s.run_id
           WHERE s.source_id = ? AND s.role IN ('detail', 'attachment') AND s.snapshot_sha256 IS NOT NULL
           GROUP BY s.url ORDER BY s.url""",
        (source_id,),
    ).fetchall()
    known = []
    for row in rows:
        newest = connection.execute(
            "SELECT facts, parent_url, role FROM sighting WHERE id = ?", (row["newest"],)
        ).fetchone()
        known.append(
            KnownDocument(
                url=row["url"],
                role=newest["role"],
                first_seen=row["first_seen"],
                confirmed_at=_seen_at(connection, row["confirmed"]),
                facts=json.loads(newest["facts"]),
                parent_url=newest["parent_url"],
            )
        )
    return known


def _seen_at(connection: sqlite3.Connection, sighting_id: int | None) -> str | None:
    """When a sighting was, by the clock of its run. The newest is the one that was written last: a clock that once ran
    ahead does not make everything due until it is caught up with."""
    found = connection.execute("SELECT seen_at FROM sighting WHERE id = ?", (sighting_id,)).fetchone()
    return str(found["seen_at"]) if found else None


def gone_documents(connection: sqlite3.Connection, source_id: str, times: int, run_id: int) -> list[str]:
    """Documents whose bytes are held and whose newest `times` sightings, up to a run, all say that the page is gone."""
    rows = connection.execute(
        """SELECT url FROM (
             SELECT url, outcome, row_number() OVER (PARTITION BY url ORDER BY id DESC) AS age
             FROM sighting WHERE source_id = ? AND role = 'detail' AND run_id <= ?)
           WHERE age <= ? GROUP BY url HAVING count(*) = ? AND min(outcome = 'gone')
           INTERSECT SELECT url FROM sighting WHERE source_id = ? AND snapshot_sha256 IS NOT NULL
           ORDER BY url""",
        (source_id, run_id, times, times, source_id),
    )
    return [row["url"] for row in rows]


def newest_run_id(connection: sqlite3.Connection) -> int:
    """Id of the newest run of any source; 0 when there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM crawl_run").fetchone()[0])


def runs_after(connection: sqlite3.Connection, run_id: int) -> list[RunRecord]:
    """Runs newer than `run_id`, oldest first."""
    return _run_records(connection, "id > ? ORDER BY id", (run_id,))


def recent_runs(
    connection: sqlite3.Connection, source_id: str, verdicts: tuple[Verdict, ...], limit: int
) -> list[RunRecord]:
    """The newest finished runs of a source with one of the verdicts, newest first."""
    marks = ", ".join("?" for _ in verdicts)
    where = f"source_id = ? AND verdict IN ({marks}) ORDER BY id DESC LIMIT ?"
    return _run_records(connection, where, (source_id, *verdicts, limit))


def listed_documents(connection: sqlite3.Connection, run_id: int) -> list[ListedDocument]:
    """What the lists of a run showed, in list order."""
    rows = connection.execute(
        """SELECT url, title, published_on, list_column FROM list_entry
           WHERE run_id = ? ORDER BY list_column, position, url""",
        (run_id,),
    )
    return [ListedDocument(row["url"], row["title"], row["published_on"], row["list_column"]) for row in rows]


def _run_records(connection: sqlite3.Connection, where: str, parameters: tuple[object, ...]) -> list[RunRecord]:
    """`where` is one of the literals above, never text from outside."""
    rows = connection.execute(f"SELECT * FROM crawl_run WHERE {where}", parameters).fetchall()  # noqa: S608
    return [
        RunRecord(
            id=row["id"],
            source_id=row["source_id"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            verdict=Verdict(row["verdict"]) if row["verdict"] else None,
            reason=row["reason"] or "",
            metrics={
                metric["name"]: metric["value"]
                for metric in connection.execute(
                    "SELECT name, value FROM run_metric WHERE run_id = ? ORDER BY name", (row["id"],)
                )
            },
        )
        for row in rows
    ]
