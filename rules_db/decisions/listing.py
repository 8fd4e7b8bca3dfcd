"""Changes beside what was decided about them: for lists, pages and exports.

In: the working store (or the published copy) and the log. Out: plain rows; files of them.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rules_db.connection import StoreError
from rules_db.decisions.log import Decided, DecisionError
from rules_db.export.cells import guarded
from rules_db.projection.build import PUBLIC_CHANGES

COLUMNS = (
    "change_id", "kind", "title", "jurisdiction", "place", "summary", "recorded_at", "flag",
    "relevant", "severity", "owner", "due_on", "note", "decided_by", "decided_at", "entry",
)  # fmt: skip
_CHANGES = """SELECT c.id AS change_id, c.kind, i.title, i.jurisdiction,
    coalesce(nullif(c.to_label, ''), c.from_label) AS place, c.summary, c.recorded_at,
    coalesce(json_extract(f.reasons, '$.kind'), '') AS flag, coalesce(f.score, 0) AS score
  FROM change c LEFT JOIN instrument i ON i.id = c.instrument_id
    LEFT JOIN flag f ON f.expression_id = c.to_expression_id
  ORDER BY c.recorded_at DESC, score DESC, c.id"""


def require_change(connection: sqlite3.Connection, change_id: str) -> None:
    """Raise DecisionError unless the store (or the published copy) holds the change."""
    if connection.execute("SELECT 1 FROM change WHERE id = ?", (change_id,)).fetchone() is None:
        raise DecisionError(f"no change {change_id!r}; 'guiji decide list' shows the ids of changes")


def listed(
    store: sqlite3.Connection, decisions: Mapping[str, Decided], *, undecided: bool = False
) -> list[dict[str, Any]]:
    """Flagged changes of law, newest first, each with its decision; and whatever else was decided about. `undecided`
    keeps those that wait."""
    rows = []
    for row in store.execute(_CHANGES):
        decided = decisions.get(row["change_id"])
        flagged = row["score"] > 0 and row["kind"] in PUBLIC_CHANGES
        if (flagged and not (undecided and decided)) or (decided and not undecided):
            rows.append({**{c: row[c] for c in COLUMNS[:8]}, **_told(decided)})
    return rows


def write_decisions(store: sqlite3.Connection, decisions: Mapping[str, Decided], out: Path) -> list[dict[str, Any]]:
    """Write decisions.csv and decisions.json: the decision that holds for each change. Raises StoreError."""
    rows = [row for row in listed(store, decisions) if row["decided_at"]]
    known = {row["change_id"] for row in rows}
    # a decision outlives its change when a store was rebuilt: it is kept, without what is no longer known
    rows += [
        {**dict.fromkeys(COLUMNS, ""), "change_id": change_id, **_told(decided)}
        for change_id, decided in decisions.items()
        if change_id not in known
    ]
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / "decisions.csv").open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(COLUMNS)
            for row in rows:
                writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in map(row.get, COLUMNS)])
        text = json.dumps(rows, ensure_ascii=False, indent=1)
        (out / "decisions.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return [{"file": name, "entries": len(rows)} for name in ("decisions.csv", "decisions.json")]


def _told(decided: Decided | None) -> dict[str, Any]:
    if decided is None:
        return dict.fromkeys(COLUMNS[8:], "")
    told = asdict(decided.decision)
    told["relevant"] = "yes" if decided.decision.relevant else "no"
    return {**told, "decided_by": decided.decided_by, "decided_at": decided.decided_at, "entry": decided.n}
