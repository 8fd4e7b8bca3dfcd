"""When one instrument ends another: the repeal as an event of the feed, and the thresholds that the new one sets anew.

The two are different instruments with different identities, so their rules are not one line; but a reader of the feed
wants to see that 15 working days became 30 days. Each pair of instruments is told once: what is corrected afterwards in
our account of either is no change of law.
"""

from __future__ import annotations

import json
import sqlite3

from rules_db.changes import record_succession
from rules_db.connection import transaction
from rules_db.fingerprint import fingerprint
from rules_db.model import ChangeKind, EffectKind
from rules_db.readings import load_reading
from rules_db.reconcile import compare, ordered_expressions

# An instrument that ends more than these is a clean-up of old documents, and no successor of any of them.
MOST_PREDECESSORS = 6


def record_successions(connection: sqlite3.Connection, recorded_at: str) -> int:
    """Tell every applied repeal and replacement with a date that was not told yet; returns the number of rows."""
    pending = connection.execute(
        """SELECT f.affecting_expression_id, f.kind, f.target_instrument_id, coalesce(f.target_label, '') AS part,
             f.effective_on, x.instrument_id, i.title, t.title AS target_title,
             count(*) FILTER (WHERE f.target_label IS NULL) OVER (PARTITION BY f.affecting_expression_id) AS ended
           FROM effect f JOIN expression x ON x.id = f.affecting_expression_id
             JOIN instrument i ON i.id = x.instrument_id JOIN instrument t ON t.id = f.target_instrument_id
           WHERE f.state = 'applied' AND f.kind IN (?, ?) AND f.effective_on IS NOT NULL AND x.replaced_at IS NULL
             AND x.status <> 'draft'
           ORDER BY f.effective_on, f.id""",
        (EffectKind.REPEALS, EffectKind.REPLACES),
    ).fetchall()
    written = 0
    for row in pending:
        with transaction(connection):
            written += _tell(connection, row, recorded_at)
    return written


def _tell(connection: sqlite3.Connection, row: sqlite3.Row, recorded_at: str) -> int:
    old_id = ordered_expressions(connection, row["target_instrument_id"])[-1]
    verb = "replaced" if row["kind"] == EffectKind.REPLACES else "repealed"
    what = f"{row['part']} {verb}" if row["part"] else verb.capitalize()
    told = connection.execute(
        """INSERT OR IGNORE INTO change (id, kind, instrument_id, from_expression_id, to_expression_id, from_label,
             summary, detail, valid_on, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            fingerprint("succession", row["instrument_id"], row["target_instrument_id"], row["part"]),
            ChangeKind.STATUS_CHANGED,
            row["target_instrument_id"],
            old_id,
            row["affecting_expression_id"],
            row["part"],
            f"{what} by 《{row['title']}》",
            json.dumps({"by": row["instrument_id"], "part": row["part"]}, ensure_ascii=False),
            row["effective_on"],
            recorded_at,
        ),
    ).rowcount
    if not told or row["part"] or row["ended"] > MOST_PREDECESSORS:
        return told
    old, new = load_reading(connection, old_id), load_reading(connection, row["affecting_expression_id"])
    return told + record_succession(connection, old, new, compare(old, new), recorded_at)
