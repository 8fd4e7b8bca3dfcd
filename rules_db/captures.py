"""The ledger of capture: sources, runs, sightings of URLs, list entries, metrics and issues.

Written by the crawler and by ingest; read by the later stages, which find here what is pending for them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules_db.model import Issue, Outcome, Verdict


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
    connection.execute(
        "UPDATE crawl_run SET finished_at = ?, verdict = ?, reason = ? WHERE id = ?",
        (finished_at, verdict, reason, run_id),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO run_metric (run_id, name, value) VALUES (?, ?, ?)",
        [(run_id, name, float(value)) for name, value in sorted(metrics.items())],
    )


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


def last_good_run(connection: sqlite3.Connection, source_id: str, before: int | None = None) -> sqlite3.Row | None:
    """The newest run of a source with verdict ok or quiet, older than run `before`."""
    row: sqlite3.Row | None = connection.execute(
        """SELECT * FROM crawl_run WHERE source_id = ? AND verdict IN ('ok', 'quiet') AND id < ?
           ORDER BY id DESC LIMIT 1""",
        (source_id, before if before is not None else 1 << 62),
    ).fetchone()
    return row


def raise_issue(connection: sqlite3.Connection, issue: Issue, now: str) -> bool:
    """Open an issue, or count one more occurrence of it. True when it is new: it is to be told once."""
    cursor = connection.execute(
        """UPDATE issue SET times = times + 1, last_seen = ?, message = ?, severity = ?
           WHERE stage = ? AND code = ? AND subject = ? AND resolved_at IS NULL""",
        (now, issue.message, issue.severity, issue.stage, issue.code, issue.subject),
    )
    if cursor.rowcount:
        return False
    connection.execute(
        """INSERT INTO issue (severity, stage, code, subject, source_id, message, first_seen, last_seen)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (issue.severity, issue.stage, issue.code, issue.subject, issue.source_id, issue.message, now, now),
    )
    return True


def resolve_issues(
    connection: sqlite3.Connection, *, stage: str, subject: str, now: str, code: str | None = None
) -> int:
    """Close the open issues of a stage about a subject (of one code, if given); returns how many there were (recovery
    is told when > 0)."""
    return connection.execute(
        """UPDATE issue SET resolved_at = :now WHERE stage = :stage AND subject = :subject AND resolved_at IS NULL
           AND (:code IS NULL OR code = :code)""",
        {"now": now, "stage": stage, "subject": subject, "code": code},
    ).rowcount


def withdraw_issues(connection: sqlite3.Connection, *, stage: str, opened_at: str) -> int:
    """Close the issues of a stage that a run opened, before anybody was told; returns how many there were."""
    return connection.execute(
        "UPDATE issue SET resolved_at = first_seen WHERE stage = ? AND first_seen = ? AND resolved_at IS NULL",
        (stage, opened_at),
    ).rowcount


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


def count_sightings(connection: sqlite3.Connection, source_ids: Sequence[str], since: str) -> int:
    """How many addresses of sources were asked for since a moment (ISO UTC), in finished and unfinished runs."""
    query = "SELECT count(*) FROM sighting WHERE source_id IN (SELECT value FROM json_each(?)) AND seen_at > ?"
    return int(connection.execute(query, (json.dumps(source_ids), since)).fetchone()[0])


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


def mark_interrupted(connection: sqlite3.Connection, source_id: str) -> int:
    """Say of the unfinished runs of a source that they ended without a verdict; returns how many there were."""
    return connection.execute(
        "UPDATE crawl_run SET reason = 'interrupted' WHERE source_id = ? AND finished_at IS NULL AND reason IS NULL",
        (source_id,),
    ).rowcount


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
