"""Human review of weak lineage: pairs of provisions that the comparison was unsure of, and what a person decided.

A decision belongs to the wording of both provisions, not to rows: comparing again, also of other copies with the same
words, meets the same decision; when either wording changes it no longer fits and the review is open again. Rows of
lineage are superseded, never changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules_db.connection import StoreError
from rules_db.diff.align import EidPair
from rules_db.diff.canonical import mask
from rules_db.diff.similarity import wording
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.model import Continuity
from rules_db.readings import ExpressionReading, load_reading
from rules_db.reviews import Decision, decisions_of

LINEAGE = "lineage"


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a pair: the text it stands in, its eId (None: there is no provision on this side) and its words."""

    expression: str
    eid: str | None
    label: str
    text: str


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


def reviewed_links(connection: sqlite3.Connection, old: str, new: str) -> list[EidPair] | None:
    """Which provisions of two expressions belong together, where a person had a say in it; None where none had."""
    rows = connection.execute(
        """SELECT from_eid, to_eid, superseded_at FROM provision_lineage
           WHERE from_expression_id = ? AND to_expression_id = ? ORDER BY rowid""",
        (old, new),
    ).fetchall()
    if all(row["superseded_at"] is None for row in rows):  # a decision ends the row it is about, also to renew it
        return None
    return [(row["from_eid"], row["to_eid"]) for row in rows if row["superseded_at"] is None]


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
    old: _Side,
    new: _Side,
    right: _Side | None,
    reviewer: str,
    now: str,
) -> None:
    rows = _Rows(connection, instrument_id, old.expression, new.expression, reviewer, now)
    if decision is Decision.ACCEPTED:
        rows.renew(old, new)
        return
    rows.end(old, new)
    if right is not None:
        left, other = (old, right) if old.eid is not None else (right, new)
        rows.add(left, other, "paired by a person")
    rows.complete(old, new, *([right] if right else []))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Lineage between two expressions, changed by superseding rows and adding others."""

    connection: sqlite3.Connection
    instrument_id: str
    old: str
    new: str
    reviewer: str
    now: str

    def end(self, old: _Side, new: _Side) -> sqlite3.Row | None:
        where = """from_expression_id = ? AND to_expression_id = ? AND from_eid IS ? AND to_eid IS ?
                   AND superseded_at IS NULL"""
        values = (self.old, self.new, old.eid, new.eid)
        row: sqlite3.Row | None = self.connection.execute(
            f"SELECT * FROM provision_lineage WHERE {where}",  # noqa: S608 - the literal above
            values,
        ).fetchone()
        self.connection.execute(
            f"UPDATE provision_lineage SET superseded_at = ? WHERE {where}",  # noqa: S608 - the literal above
            (self.now, *values),
        )
        return row

    def renew(self, old: _Side, new: _Side) -> None:
        row = self.end(old, new)
        if row is not None:
            reason = f"{row['reason']}; accepted by a person"
            self._insert(old.eid, new.eid, row["continuity"], row["similarity"], reason)

    def add(self, old: _Side, new: _Side, reason: str) -> None:
        score = round(wording(mask(old.text), mask(new.text)), 4)
        same = comparison_key(old.text) == comparison_key(new.text)
        self._insert(old.eid, new.eid, Continuity.SAME if same else Continuity.AMENDED, score, reason)

    def complete(self, *sides: _Side) -> None:
        """Give a provision that lost its last partner a row of its own, and take that of one which has got one."""
        for side in sides:
            if side.eid is None:
                continue
            ours, theirs = ("from", "to") if side.expression == self.old else ("to", "from")
            rows = self.connection.execute(
                f"""SELECT {theirs}_eid AS partner FROM provision_lineage WHERE from_expression_id = ?
                    AND to_expression_id = ? AND {ours}_eid = ? AND superseded_at IS NULL""",  # noqa: S608 - two words
                (self.old, self.new, side.eid),
            ).fetchall()
            alone = [row for row in rows if row["partner"] is None]
            if not rows and ours == "from":
                self._insert(side.eid, None, Continuity.DELETED, 0.0, "its only partner was rejected by a person")
            elif not rows:
                self._insert(None, side.eid, Continuity.ADDED, 0.0, "its only partner was rejected by a person")
            elif alone and len(rows) > len(alone):
                self.connection.execute(
                    f"""UPDATE provision_lineage SET superseded_at = ? WHERE from_expression_id = ?
                        AND to_expression_id = ? AND {ours}_eid = ? AND {theirs}_eid IS NULL
                        AND superseded_at IS NULL""",  # noqa: S608 - two words
                    (self.now, self.old, self.new, side.eid),
                )

    def _insert(self, from_eid: str | None, to_eid: str | None, kind: str, score: float, reason: str) -> None:
        self.connection.execute(
            """INSERT INTO provision_lineage (instrument_id, from_expression_id, from_eid, to_expression_id, to_eid,
                 continuity, similarity, reason, needs_review, decided_by, recorded_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)""",
            (self.instrument_id, self.old, from_eid, self.new, to_eid, kind, score, reason, self.reviewer, self.now),
        )


def _partner(readings: Mapping[str, ExpressionReading], old: _Side, new: _Side, label: str) -> _Side:
    side = new if old.eid is not None else old
    found = [unit for unit in _units(readings[side.expression]) if unit.label == label]
    if len(found) != 1:
        date = readings[side.expression].version_date or "undated"
        raise StoreError(f"the text of {date} has {len(found) or 'no'} provisions {label}")
    return found[0]


def _sides(
    connection: sqlite3.Connection, row: sqlite3.Row, readings: dict[str, ExpressionReading]
) -> tuple[_Side, _Side]:
    found = []
    for expression, eid in (
        (row["from_expression_id"], row["from_eid"]),
        (row["to_expression_id"], row["to_eid"]),
    ):
        if expression not in readings:
            readings[expression] = load_reading(connection, expression)
        side = next((s for s in _units(readings[expression]) if s.eid == eid), None)
        found.append(side or _Side(expression, None, "", ""))
    return found[0], found[1]


def _units(reading: ExpressionReading) -> Iterable[_Side]:
    for unit in reading.units:
        yield _Side(reading.id, unit.provision.eid, unit.provision.label, unit.provision.text)


def _pair(old: str, new: str) -> str:
    return fingerprint(comparison_key(old), comparison_key(new))


def _earlier(connection: sqlite3.Connection, instrument_id: str, old: _Side, new: _Side) -> str:
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
