"""Provisions whose day of effect differs from that of their text, on a given day: what does not apply yet and what
applied in its place, and what of a later text applies already. Reads the store.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from rules_db.readings import ExpressionReading, load_reading


@dataclass(frozen=True, slots=True)
class Pending:
    """A provision not yet in force: from when it is, and what applies until then (empty for a new one)."""

    eid: str
    label: str
    effective_on: str
    until_then: str


def stated_starts(connection: sqlite3.Connection, expression_id: str) -> dict[str, str]:
    """Days of effect of provisions of a text that have one of their own, by eId."""
    row = connection.execute(
        "SELECT extra FROM extraction WHERE expression_id = ? ORDER BY recorded_at DESC, rowid DESC LIMIT 1",
        (expression_id,),
    ).fetchone()
    stated = json.loads(row["extra"]).get("commencements", ()) if row else ()
    return {item["eid"]: item["effective_on"] for item in stated}


def pending_on(connection: sqlite3.Connection, order: list[str], reading: ExpressionReading, day: str) -> list[Pending]:
    """Provisions of a text in force on `day` that were not in force yet; `order` are the instrument's texts."""
    place = order.index(reading.id)
    found = []
    for eid, start in reading.starts.items():
        if start > day:
            until = _until_then(connection, order[place - 1], reading, eid) if place else ""
            found.append(Pending(eid, label_of(connection, reading.id, eid), start, until))
    return found


def _until_then(connection: sqlite3.Connection, earlier: str, reading: ExpressionReading, eid: str) -> str:
    unit = eid.partition("__")[0]
    rows = connection.execute(
        """SELECT from_eid FROM provision_lineage WHERE from_expression_id = ? AND to_expression_id = ? AND to_eid = ?
             AND from_eid IS NOT NULL AND superseded_at IS NULL ORDER BY rowid""",
        (earlier, reading.id, unit),
    ).fetchall()
    wanted = {row["from_eid"] for row in rows}
    units = load_reading(connection, earlier).units if wanted else ()
    return "\n".join(f"{unit.provision.label} {unit.provision.text}" for unit in units if unit.provision.eid in wanted)


def label_of(connection: sqlite3.Connection, expression_id: str, eid: str) -> str:
    """The printed label of a provision with those above it: 第十条第二款（三）."""
    parts: list[str] = []
    at: str | None = eid
    while at:
        row: Any = connection.execute(
            "SELECT kind, label, parent_eid FROM provision WHERE expression_id = ? AND eid = ?", (expression_id, at)
        ).fetchone()
        if row is None or row["kind"] in ("part", "chapter", "section", "attachment"):
            break
        paragraph = at.rpartition("__para_")[2] if row["kind"] == "paragraph" else ""
        parts.append(row["label"] or (f"({paragraph}款)" if paragraph else ""))
        at = row["parent_eid"]
    return "".join(reversed(parts))


def early_on(connection: sqlite3.Connection, later: list[str], day: str) -> list[tuple[str, str]]:
    """(label, day of effect) of provisions of later texts that applied already on `day`."""
    return [
        (label_of(connection, expression, eid), start)
        for expression in later
        for eid, start in stated_starts(connection, expression).items()
        if start <= day
    ]
