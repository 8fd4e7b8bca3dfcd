"""Human review of weak lineage: pairs of provisions that the comparison was unsure of, and what a person decided.

A decision belongs to the wording of both provisions, not to rows: comparing again, also of other copies with the same
words, meets the same decision; when either wording changes it no longer fits and the review is open again. Rows of
lineage are superseded, never changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rules_db.connection import StoreError
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.lineage import Rows, Side
from rules_db.readings import ExpressionReading, load_reading
from rules_db.reviews import Decision, decisions_of

LINEAGE = "lineage"


def queue(connection: sqlite3.Connection, limit: int = 50) -> list[dict[str, Any]]:
    """Pairs that nobody decided on, weakest first, each with both texts; a side without a provision is empty (a near
    miss that was told as deleted or added). `earlier` is what was decided before either text changed."""
    rows = connection.execute(
        """SELECT l.rowid, l.*, i.title FROM provision_lineage l JOIN instrument i ON i.id = l.instrument_id
           JOIN expression o ON o.id = l.from_expression_id JOIN expression n ON n.id = l.to_expression_id
           WHERE l.needs_review = 1 AND l.superseded_at IS NULL AND o.replaced_at IS NULL AND n.replaced_at IS NULL
           ORDER BY l.similarity, i.title, l.rowid LIMIT ?""",
        (limit,),
    ).fetchall()
    readings: dict[str, ExpressionReading] = {}
    found = []
    for row in rows:
        old, new = _sides(connection, row, readings)
        found.append(
            {
                "id": _pair(old.text, new.text),
                "title": row["title"],
                "from_date": readings[old.expression].version_date,
                "to_date": readings[new.expression].version_date,
                "old_label": old.label,
                "new_label": new.label,
                "similarity": row["similarity"],
                "reason": row["reason"],
                "old": old.text,
                "new": new.text,
                "earlier": _earlier(connection, row["instrument_id"], old, new),
            }
        )
    return found


def decide(
    connection: sqlite3.Connection,
    pair_id: str,
    decision: Decision,
    *,
    partner: str | None,
    reviewer: str,
    now: str,
) -> None:
    """Record a decision on a pair that waits. A correction names the label of the right `partner`: in the newer text
    for a provision of the older one, else in the older text. Marks the instrument for rebuilding.

    Raises StoreError for an unknown pair, a correction without a partner or with one that does not exist.
    """
    if (decision is Decision.CORRECTED) != (partner is not None):
        raise StoreError("a correction, and nothing else, names the right partner: --with LABEL")
    readings: dict[str, ExpressionReading] = {}
    rows = connection.execute(
        "SELECT rowid, * FROM provision_lineage WHERE needs_review = 1 AND superseded_at IS NULL"
    ).fetchall()
    matching = []
    for row in rows:
        old, new = _sides(connection, row, readings)
        if _pair(old.text, new.text) == pair_id:
            matching.append((row, old, new))
    if not matching:
        raise StoreError(f"no pair that waits has the id {pair_id}; 'guiji review lineage list' shows them")
    for row, old, new in matching:
        right = _partner(readings, old, new, partner) if partner is not None else None
        _carry_out(connection, row["instrument_id"], decision, old, new, right, reviewer, now)
        connection.execute(
            """INSERT INTO review (subject, kind, state, original, corrected, source_fingerprint, reason, opened_at,
                 decided_at, decided_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (subject, kind) DO UPDATE SET state = excluded.state, corrected = excluded.corrected,
                 decided_at = excluded.decided_at, decided_by = excluded.decided_by""",
            (
                f"{row['instrument_id']}:{pair_id}",
                LINEAGE,
                decision,
                json.dumps({"old": old.text, "new": new.text, "labels": [old.label, new.label]}, ensure_ascii=False),
                json.dumps({"partner": right.text if right else None}, ensure_ascii=False),
                pair_id,
                row["reason"],
                now,
                now,
                reviewer,
            ),
        )
        connection.execute("DELETE FROM timeline_state WHERE instrument_id = ?", (row["instrument_id"],))


def apply(connection: sqlite3.Connection, instrument_id: str, readings: Sequence[ExpressionReading], now: str) -> bool:
    """Carry earlier decisions out on lineage that was made since, and open those again of which a text is gone; True
    when lineage changed."""
    decided = decisions_of(connection, instrument_id, LINEAGE)
    if not decided:
        return False
    changed = False
    known = {reading.id: reading for reading in readings}
    rows = connection.execute(
        """SELECT rowid, * FROM provision_lineage
           WHERE instrument_id = ? AND superseded_at IS NULL AND decided_by = 'program'""",
        (instrument_id,),
    ).fetchall()
    for row in rows:
        if row["from_expression_id"] not in known or row["to_expression_id"] not in known:
            continue
        old, new = _sides(connection, row, known)
        decision, fields = decided.get(f"{instrument_id}:{_pair(old.text, new.text)}", (Decision.OPEN, {}))
        if decision is Decision.OPEN:
            continue
        right = None
        if fields.get("partner"):
            side = new if old.eid is not None else old
            right = next((s for s in _units(known[side.expression]) if s.text == fields["partner"]), None)
        _carry_out(connection, instrument_id, decision, old, new, right, "an earlier review", now)
        changed = True
    _reopen(connection, instrument_id, readings)
    return changed


def _reopen(connection: sqlite3.Connection, instrument_id: str, readings: Sequence[ExpressionReading]) -> None:
    held = {comparison_key(unit.provision.text) for reading in readings for unit in reading.units} | {""}
    rows = connection.execute(
        "SELECT subject, original FROM review WHERE kind = ? AND state <> 'open' AND subject LIKE ? || ':%'",
        (LINEAGE, instrument_id),
    ).fetchall()
    for row in rows:
        original = json.loads(row["original"])
        if not {comparison_key(original["old"]), comparison_key(original["new"])} <= held:
            connection.execute(
                """UPDATE review SET state = 'open', reason = 'a text changed since it was reviewed'
                   WHERE subject = ? AND kind = ?""",
                (row["subject"], LINEAGE),
            )


def _carry_out(
    connection: sqlite3.Connection,
    instrument_id: str,
    decision: Decision,
    old: Side,
    new: Side,
    right: Side | None,
    reviewer: str,
    now: str,
) -> None:
    rows = Rows(connection, instrument_id, old.expression, new.expression, reviewer, now)
    if decision is Decision.ACCEPTED:
        rows.renew(old, new)
        return
    rows.end(old, new)
    if right is not None:
        left, other = (old, right) if old.eid is not None else (right, new)
        rows.add(left, other, "paired by a person")
    rows.complete(old, new, *([right] if right else []))


def _partner(readings: Mapping[str, ExpressionReading], old: Side, new: Side, label: str) -> Side:
    side = new if old.eid is not None else old
    found = [unit for unit in _units(readings[side.expression]) if unit.label == label]
    if len(found) != 1:
        date = readings[side.expression].version_date or "undated"
        raise StoreError(f"the text of {date} has {len(found) or 'no'} provisions {label}")
    return found[0]


def _sides(
    connection: sqlite3.Connection, row: sqlite3.Row, readings: dict[str, ExpressionReading]
) -> tuple[Side, Side]:
    found = []
    for expression, eid in (
        (row["from_expression_id"], row["from_eid"]),
        (row["to_expression_id"], row["to_eid"]),
    ):
        if expression not in readings:
            readings[expression] = load_reading(connection, expression)
        side = next((s for s in _units(readings[expression]) if s.eid == eid), None)
        found.append(side or Side(expression, None, "", ""))
    return found[0], found[1]


def _units(reading: ExpressionReading) -> Iterable[Side]:
    for unit in reading.units:
        yield Side(reading.id, unit.provision.eid, unit.provision.label, unit.provision.text)


def _pair(old: str, new: str) -> str:
    return fingerprint(comparison_key(old), comparison_key(new))


def _earlier(connection: sqlite3.Connection, instrument_id: str, old: Side, new: Side) -> str:
    """What was decided on a pair of which one text is still the same."""
    for row in connection.execute(
        """SELECT original, corrected, decided_by FROM review WHERE kind = ? AND state = 'open'
             AND subject LIKE ? || ':%' ORDER BY decided_at DESC""",
        (LINEAGE, instrument_id),
    ):
        original = json.loads(row["original"])
        if (original["old"] and original["old"] == old.text) or (original["new"] and original["new"] == new.text):
            return f"{'、'.join(original['labels'])}: decided by {row['decided_by']} before a text changed"
    return ""
