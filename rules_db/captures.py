"""The ledger of capture: sources, runs, sightings of URLs and list entries, as they are written and asked for while a
run is under way. What earlier runs saw is in capture_history.py.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules_db.model import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Sighting:
    """One URL in one run. `facts` are head facts known before the bytes are read (list title, date, manifest row),
    under the field names of `HeadFacts`. `role` is list, detail, attachment or file."""

    url: str
    role: str
    outcome: Outcome
    http_status: int | None = None
    snapshot_sha256: str | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    facts: Mapping[str, Any] | None = None
    parent_url: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional GET of a known URL sends, and the snapshot that a 304 confirms."""

    etag: str | None
    last_modified: str | None
    snapshot_sha256: str


def register_source(
    connection: sqlite3.Connection,
    *,
    source_id: str,
    name: str,
    platform: str,
    jurisdiction: str,
    grade: str,
    status: str,
    tier: str,
    config: Mapping[str, Any] | None = None,
) -> None:
    """Record a source of the registry, or its new settings."""
    connection.execute(
        """INSERT INTO source (id, name, platform, jurisdiction, grade, status, tier, config)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, platform = excluded.platform, grade = excluded.grade,
             jurisdiction = excluded.jurisdiction, status = excluded.status, tier = excluded.tier,
             config = excluded.config""",
        (source_id, name, platform, jurisdiction, grade, status, tier, json.dumps(config or {}, ensure_ascii=False)),
    )


def start_run(connection: sqlite3.Connection, source_id: str, started_at: str) -> int:
    """Open a run; `started_at` is ISO UTC. Returns its id; a run without end is one that was cut off."""
    cursor = connection.execute("INSERT INTO crawl_run (source_id, started_at) VALUES (?, ?)", (source_id, started_at))
    assert cursor.lastrowid is not None  # noqa: S101 - sqlite always sets it after INSERT
    return cursor.lastrowid


def finish_run(
    connection: sqlite3.Connection,
    run_id: int,
    *,
    finished_at: str,
    verdict: Verdict,
    reason: str,
    metrics: Mapping[str, float],
) -> None:
    """Close a run with its verdict, the reason in words, and counts by name."""
    connection.execute(
        "UPDATE crawl_run SET finished_at = ?, verdict = ?, reason = ? WHERE id = ?",
        (finished_at, verdict, reason, run_id),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO run_metric (run_id, name, value) VALUES (?, ?, ?)",
        [(run_id, name, float(value)) for name, value in sorted(metrics.items())],
    )


def mark_interrupted(connection: sqlite3.Connection, source_id: str) -> int:
    """Say of the unfinished runs of a source that they ended without a verdict; returns how many there were."""
    return connection.execute(
        "UPDATE crawl_run SET reason = 'interrupted' WHERE source_id = ? AND finished_at IS NULL AND reason IS NULL",
        (source_id,),
    ).rowcount


def record_sighting(
    connection: sqlite3.Connection, run_id: int, source_id: str, sighting: Sighting, seen_at: str
) -> None:
    """One row a run and URL; a second sighting in the same run (a retry) replaces the first."""
    connection.execute(
        """INSERT INTO sighting (run_id, source_id, url, role, outcome, http_status, snapshot_sha256, content_type,
             etag, last_modified, facts, parent_url, error, seen_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (run_id, url) DO UPDATE SET role = excluded.role, outcome = excluded.outcome,
             http_status = excluded.http_status, snapshot_sha256 = excluded.snapshot_sha256,
             content_type = excluded.content_type, etag = excluded.etag, last_modified = excluded.last_modified,
             facts = excluded.facts, parent_url = excluded.parent_url, error = excluded.error,
             seen_at = excluded.seen_at""",
        (
            run_id,
            source_id,
            sighting.url,
            sighting.role,
            sighting.outcome,
            sighting.http_status,
            sighting.snapshot_sha256,
            sighting.content_type,
            sighting.etag,
            sighting.last_modified,
            json.dumps(dict(sighting.facts or {}), ensure_ascii=False, sort_keys=True),
            sighting.parent_url,
            sighting.error,
            seen_at,
        ),
    )


def record_list_entry(
    connection: sqlite3.Connection,
    run_id: int,
    *,
    url: str,
    title: str,
    published_on: str | None,
    position: int,
    column: str,
) -> None:
    """Keep one row of a list screen; `position` counts from the top of the column over all its screens. A row that is
    held for the run already stays as it is."""
    connection.execute(
        """INSERT OR IGNORE INTO list_entry (run_id, url, title, published_on, position, list_column)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (run_id, url, title, published_on, position, column),
    )


def validators(connection: sqlite3.Connection, url: str) -> Validators | None:
    """What is known of a URL from its newest sighting that brought or confirmed bytes."""
    row = connection.execute(
        """SELECT etag, last_modified, snapshot_sha256 FROM sighting
           WHERE url = ? AND snapshot_sha256 IS NOT NULL ORDER BY id DESC LIMIT 1""",
        (url,),
    ).fetchone()
    return Validators(row["etag"], row["last_modified"], row["snapshot_sha256"]) if row else None


def sightings_of(connection: sqlite3.Connection, run_id: int) -> dict[str, Sighting]:
    """What a run asked for, by address, in the order of the answers."""
    rows = connection.execute("SELECT * FROM sighting WHERE run_id = ? ORDER BY id", (run_id,))
    return {
        row["url"]: Sighting(
            url=row["url"],
            role=row["role"],
            outcome=Outcome(row["outcome"]),
            http_status=row["http_status"],
            snapshot_sha256=row["snapshot_sha256"],
            content_type=row["content_type"],
            etag=row["etag"],
            last_modified=row["last_modified"],
            facts=json.loads(row["facts"]),
            parent_url=row["parent_url"],
            error=row["error"],
        )
        for row in rows
    }


def count_sightings(connection: sqlite3.Connection, source_ids: Sequence[str], since: str) -> int:
    """How many addresses of sources were asked for since a moment (ISO UTC), in finished and unfinished runs."""
    query = "SELECT count(*) FROM sighting WHERE source_id IN (SELECT value FROM json_each(?)) AND seen_at > ?"
    return int(connection.execute(query, (json.dumps(source_ids), since)).fetchone()[0])
