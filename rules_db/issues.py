"""The ledger of issues: what a maintainer must see, opened once, counted while it lasts, closed when it is over."""

from __future__ import annotations

import sqlite3

from rules_db.model import Issue


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
