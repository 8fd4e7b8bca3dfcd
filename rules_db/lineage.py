"""Rows of provision lineage: which provision of a text continues which of the one before it.

Rows are superseded, never changed; those that stand are total: each provision of either text is in one at least.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rules_db.diff.align import EidPair
from rules_db.diff.canonical import mask
from rules_db.diff.result import InstrumentDiff
from rules_db.diff.similarity import wording
from rules_db.fingerprint import comparison_key
from rules_db.model import Continuity
from rules_db.timeline import Links

_INSERT = """INSERT INTO provision_lineage (instrument_id, from_expression_id, from_eid, to_expression_id, to_eid,
  continuity, similarity, reason, needs_review, decided_by, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def record_lineage(
    connection: sqlite3.Connection, instrument_id: str, old: str, new: str, diff: InstrumentDiff, recorded_at: str
) -> None:
    """What a comparison of two expressions found: one row a pair; a deleted or added provision has one with an empty
    side."""
    connection.executemany(
        _INSERT,
        [
            (
                *(instrument_id, old, from_eid, new, to_eid, entry.link.continuity, entry.link.similarity),
                *(entry.link.reason, int(entry.link.needs_review), "program", recorded_at),
            )
            for entry in diff.entries
            for from_eid in entry.link.old or (None,)
            for to_eid in entry.link.new or (None,)
        ],
    )


def known_links(connection: sqlite3.Connection, old_id: str, new_id: str) -> Links | None:
    """Links decided earlier for this pair (by the program or a person), or None when it was never compared."""
    rows = connection.execute(
        """SELECT from_eid, to_eid FROM provision_lineage
           WHERE from_expression_id = ? AND to_expression_id = ? AND superseded_at IS NULL ORDER BY rowid""",
        (old_id, new_id),
    ).fetchall()
    if not rows:
        return None
    return [((row["from_eid"],) if row["from_eid"] else (), (row["to_eid"],) if row["to_eid"] else ()) for row in rows]


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


def told_of_worse_copies(connection: sqlite3.Connection, instrument_id: str, old_id: str, new_id: str) -> bool:
    """Whether this pair was compared before, in copies that these two took the place of: one change of law."""
    family = "SELECT id FROM expression WHERE instrument_id = ? AND (id = ? OR replaced_by = ?)"
    row = connection.execute(
        f"""SELECT 1 FROM provision_lineage WHERE from_expression_id IN ({family}) AND to_expression_id IN ({family})
            LIMIT 1""",  # noqa: S608 - the literal above
        (instrument_id, old_id, old_id, instrument_id, new_id, new_id),
    ).fetchone()
    return row is not None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair: the text it stands in, its eId (None: there is no provision on this side) and its words."""

    expression: str
    eid: str | None
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Lineage between two expressions, changed by superseding rows and adding others."""

    connection: sqlite3.Connection
    instrument_id: str
    old: str
    new: str
    reviewer: str
    now: str

    def end(self, old: Side, new: Side) -> sqlite3.Row | None:
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

    def renew(self, old: Side, new: Side) -> None:
        row = self.end(old, new)
        if row is not None:
            reason = f"{row['reason']}; accepted by a person"
            self._insert(old.eid, new.eid, row["continuity"], row["similarity"], reason)

    def add(self, old: Side, new: Side, reason: str) -> None:
        score = round(wording(mask(old.text), mask(new.text)), 4)
        same = comparison_key(old.text) == comparison_key(new.text)
        self._insert(old.eid, new.eid, Continuity.SAME if same else Continuity.AMENDED, score, reason)

    def complete(self, *sides: Side) -> None:
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
            _INSERT,
            (
                *(self.instrument_id, self.old, from_eid, self.new, to_eid, kind, score, reason),
                *(0, self.reviewer, self.now),
            ),
        )
