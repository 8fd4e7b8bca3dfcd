"""Rules in force with limits, links and sources as CSV or JSON lines, in an order that does not depend on ids of rows.

In: the store, a day. Out: four files in a folder. In CSV a cell that a spreadsheet would run is guarded by an
apostrophe.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any, Literal

from rules_db.connection import StoreError
from rules_db.export.cells import guarded

TABLES = {
    "rules": """SELECT rv.rule_id, rv.n, i.iri AS instrument_iri, i.title AS instrument, i.jurisdiction, rv.eid,
        rv.label, rv.modality, rv.bearer, rv.action, rv.condition, rv.exception, rv.deadline, rv.consequence,
        rv.statement, rv.valid_from, rv.valid_to, rv.status, rv.confidence, e.tier, rv.fingerprint
      FROM rule_version rv JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
      WHERE rv.superseded_at IS NULL AND in_force(rv.status, rv.valid_from, rv.valid_to, :day)
      ORDER BY i.iri, rv.start, rv.rule_id, rv.n""",
    "thresholds": """SELECT rv.rule_id, i.title AS instrument, t.label, t.parameter, t.comparator, t.value,
        t.value_max, t.unit, t.base, t.trigger_event, t.text, rv.valid_from, rv.valid_to
      FROM threshold t JOIN rule_version rv ON rv.id = t.rule_version_id
      JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
      WHERE t.superseded_at IS NULL AND rv.superseded_at IS NULL
        AND in_force(rv.status, rv.valid_from, rv.valid_to, :day) ORDER BY i.iri, t.start, rv.rule_id""",
    "mapping": """SELECT m.id AS link, m.rule_id, m.target_kind, m.target_id, m.relationship, m.status, m.tier,
        m.rationale, m.stamp, m.reviewed_by, m.reviewed_on, m.suspect_since, m.score
      FROM mapping m ORDER BY m.id""",
    "sources": """SELECT DISTINCT rv.rule_id, i.title AS instrument, e.version_date, f.url, f.snapshot_sha256, f.tier,
        f.source_id
      FROM rule_version rv JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
      JOIN manifestation f ON f.expression_id = e.id
      WHERE rv.superseded_at IS NULL AND in_force(rv.status, rv.valid_from, rv.valid_to, :day)
      ORDER BY rv.rule_id, e.version_date, f.url, f.snapshot_sha256""",
}


def write_tables(
    connection: sqlite3.Connection, out: Path, form: Literal["csv", "jsonl"], day: str
) -> list[dict[str, Any]]:
    """Write rules in force on `day` (ISO), their thresholds and sources, and the mapping; returns file and number of
    rows. Raises StoreError."""
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, query in TABLES.items():
            rows = connection.execute(query, {"day": day} if ":day" in query else {})
            columns = [column[0] for column in rows.description]
            path = out / f"{name}.{form}"
            count = 0
            with path.open("w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="") as handle:
                writer = csv.writer(handle)
                if form == "csv":
                    writer.writerow(columns)
                for row in rows:
                    count += 1
                    if form == "csv":
                        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
                    else:
                        value = dict(zip(columns, row, strict=True))
                        handle.write(json.dumps(value, ensure_ascii=False) + "\n")
            written.append({"file": path.name, "entries": count})
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return written
