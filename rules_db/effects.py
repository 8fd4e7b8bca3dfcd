"""Effects of one text on another instrument: recorded as read, tied to their target when it is known without doubt.

A repeal (废止) read in a text ends the rules of its target only when exactly one instrument of the store bears the
title, and its number where one is said; anything else stays unresolved and visible.
"""

from __future__ import annotations

import sqlite3

from rules_db.fingerprint import fingerprint
from rules_db.instruments import number_key, title_key
from rules_db.model import Analysis, EffectKind


def record_effects(connection: sqlite3.Connection, expression_id: str, analysis: Analysis, recorded_at: str) -> None:
    """Keep the effects that a text says it has; ties are made by `resolve_effects`."""
    connection.executemany(
        """INSERT OR IGNORE INTO effect (id, affecting_expression_id, kind, target_title, target_number, target_label,
             effective_on, state, start, "end", recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'unresolved', ?, ?, ?)""",
        [
            (
                fingerprint(expression_id, effect.kind, effect.target_title, str(effect.span.start)),
                expression_id,
                effect.kind,
                effect.target_title,
                effect.target_number,
                effect.target_label,
                effect.effective_on or analysis.head.effective_on,
                effect.span.start,
                effect.span.end,
                recorded_at,
            )
            for effect in analysis.effects
        ],
    )


def resolve_effects(connection: sqlite3.Connection) -> set[str]:
    """Tie unresolved effects to instruments that have come since; returns the ids of the instruments they touch."""
    touched = set()
    pending = connection.execute(
        """SELECT e.id, e.kind, e.target_title, e.target_number, x.instrument_id AS affecting_instrument, x.version_date
           FROM effect e JOIN expression x ON x.id = e.affecting_expression_id WHERE e.state = 'unresolved'"""
    ).fetchall()
    for row in pending:
        targets = _targets(connection, row)
        if len(targets) != 1:
            continue
        state = "applied"
        if row["kind"] == EffectKind.AMENDS and not _text_since(connection, targets[0], row["version_date"]):
            state = "outstanding"
        connection.execute(
            "UPDATE effect SET target_instrument_id = ?, state = ? WHERE id = ?", (targets[0], state, row["id"])
        )
        touched.add(targets[0])
    return touched


def repealed_from(connection: sqlite3.Connection, instrument_id: str) -> str | None:
    """The day from which an applied repeal or replacement ends the instrument, if there is one with a date."""
    row = connection.execute(
        """SELECT min(effective_on) FROM effect
           WHERE target_instrument_id = ? AND state = 'applied' AND target_label IS NULL AND kind IN (?, ?)""",
        (instrument_id, EffectKind.REPEALS, EffectKind.REPLACES),
    ).fetchone()
    return row[0] if row else None


def _targets(connection: sqlite3.Connection, row: sqlite3.Row) -> list[str]:
    candidates = connection.execute(
        "SELECT id FROM instrument WHERE title_key = ? AND id <> ?",
        (title_key(row["target_title"]), row["affecting_instrument"]),
    ).fetchall()
    wanted = number_key(row["target_number"])
    if wanted is None:
        return [candidate["id"] for candidate in candidates]
    return [
        candidate["id"]
        for candidate in candidates
        if any(
            number_key(text["document_number"]) in (wanted, None)
            for text in connection.execute(
                "SELECT document_number FROM expression WHERE instrument_id = ?", (candidate["id"],)
            )
        )
    ]


def _text_since(connection: sqlite3.Connection, instrument_id: str, date: str | None) -> bool:
    row = connection.execute(
        "SELECT 1 FROM expression WHERE instrument_id = ? AND version_date >= ?", (instrument_id, date or "")
    ).fetchone()
    return row is not None
