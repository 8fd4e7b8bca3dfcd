"""The figures of a day that `guiji demo` prints, read from the store as any reader would read them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from rules_db.connection import DataFolder, open_store
from rules_db.flags import list_flags
from rules_db.mapping.coverage import list_links
from rules_db.workdays import china_day


def day_report(folder: DataFolder, verdicts: Sequence[Mapping[str, Any]], when: str) -> dict[str, Any]:
    """Flags, changed limits, suspect links and silent documents of the run at `when` (ISO UTC)."""
    with closing(open_store(folder, read_only=True)) as connection:
        changes = _changes_recorded(connection, when)
        thresholds = [change for change in changes if change["kind"].startswith("threshold_")]
        suspect = list_links(connection, china_day(when), "suspect")
        revised = thresholds[0] if thresholds else None
        pair = f"?from={revised['from_expression_id']}&to={revised['to_expression_id']}" if revised else ""
        return {
            "flags": list_flags(connection, since=when),
            "rule": revised["title"] if revised else "",
            "rule_id": suspect[0]["rule_id"] if suspect else "",
            "diff_path": f"/diff{pair}",
            "thresholds": thresholds,
            "suspect": suspect,
            "silent": _silent_documents(connection, when),
            "verdicts": verdicts,
            "data": str(folder.root),
        }


def _changes_recorded(connection: sqlite3.Connection, recorded_at: str) -> list[dict[str, Any]]:
    """Rows of the change feed written at one record time, in feed order."""
    rows = connection.execute(
        """SELECT c.*, i.title FROM change c LEFT JOIN instrument i ON i.id = c.instrument_id
           WHERE c.recorded_at = ? ORDER BY c.rowid""",
        (recorded_at,),
    ).fetchall()
    return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]


def _silent_documents(connection: sqlite3.Connection, recorded_at: str) -> list[str]:
    """Titles whose page was fetched at that time with other bytes than before, and whose law stayed the same."""
    rows = connection.execute(
        """SELECT DISTINCT i.title FROM reading r JOIN expression e ON e.id = r.expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE r.read_at = ? AND r.outcome = 'same_text' ORDER BY i.title""",
        (recorded_at,),
    )
    return [row["title"] for row in rows]
