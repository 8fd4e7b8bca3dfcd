"""Human review of unsure readings: a queue, decisions, and their survival.

A decision belongs to a statement (its wording fingerprint) and a cue in it, not to a row: re-extraction reads the
same statement again and the decision still holds. When the law changes the statement, the decision no longer fits and
the review is open again, with what was decided before beside it.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rules_db.connection import StoreError
from rules_db.fingerprint import fingerprint
from rules_db.model import Modality
from rules_db.workdays import china_day

if TYPE_CHECKING:
    from rules_db.readings import RuleReading

# Readings at or below this confidence wait for a person.
UNSURE = 0.7
NORM, THRESHOLD = "norm", "threshold"


class Decision(StrEnum):
    """What a person said of a reading; `open` means nobody has, or the statement moved since."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


def subject_of(instrument_id: str, wording: str, cue_offset: int) -> str:
    """Key of a reading that survives re-extraction: the statement, and where in it the cue stands."""
    return f"{instrument_id}:{fingerprint(wording, str(cue_offset))}"


def decisions_of(
    connection: sqlite3.Connection, instrument_id: str, kind: str = NORM
) -> dict[str, tuple[Decision, dict[str, Any]]]:
    """Decided reviews of an instrument by subject, with the corrected fields."""
    rows = connection.execute(
        "SELECT subject, state, corrected FROM review WHERE kind = ? AND state <> 'open' AND subject LIKE ? || ':%'",
        (kind, instrument_id),
    )
    return {row["subject"]: (Decision(row["state"]), json.loads(row["corrected"] or "{}")) for row in rows}


def queue(connection: sqlite3.Connection, day: str, limit: int = 50) -> list[dict[str, Any]]:
    """Rules not over on `day` (ISO) that wait for a person, each in its newest version: unsure readings nobody decided,
    and decisions whose text moved."""
    rows = connection.execute(
        """SELECT rv.rule_id, rv.label, rv.modality, rv.bearer, rv.statement, rv.confidence, rv.reason, i.title,
             (SELECT r.corrected FROM review r WHERE r.kind = 'norm' AND r.state = 'open'
                AND r.subject LIKE i.id || ':%' AND json_extract(r.original, '$.rule_id') = rv.rule_id) AS earlier
           FROM rule_version rv JOIN expression e ON e.id = rv.expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE rv.superseded_at IS NULL AND (rv.confidence <= :unsure OR earlier IS NOT NULL)
             AND rv.n = (SELECT max(v.n) FROM rule_version v WHERE v.rule_id = rv.rule_id AND v.superseded_at IS NULL
                           AND NOT ended(v.status, v.valid_to, :day))
           ORDER BY earlier IS NULL, rv.confidence, i.title, rv.start LIMIT :limit""",
        {"unsure": UNSURE, "day": day, "limit": limit},
    ).fetchall()
    return [dict(row) for row in rows]


def files_to_read(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Files whose text no converter finds (scans, protected or unknown formats), newest first, each with the notice
    that links to it. A person reads one and hands the text in under the file's address; then it leaves this list."""
    rows = connection.execute(
        """SELECT i.subject AS file, i.code, i.message, i.first_seen AS since, a.name, a.url AS page,
             (SELECT json_extract(s.facts, '$.title') FROM sighting s WHERE s.url = a.url AND s.role <> 'list'
              ORDER BY s.id DESC LIMIT 1) AS title
           FROM issue i LEFT JOIN (SELECT file_url, min(name) AS name, min(url) AS url FROM attached_file
                                   GROUP BY file_url) a ON a.file_url = i.subject
           WHERE i.stage = 'convert' AND i.resolved_at IS NULL ORDER BY i.first_seen DESC, i.subject"""
    ).fetchall()
    return [dict(row) for row in rows]


def decide(
    connection: sqlite3.Connection,
    rule_id: str,
    decision: Decision,
    *,
    corrected: Mapping[str, str],
    reviewer: str,
    now: str,
) -> None:
    """Record a decision on the rule's newest wording that is not over and mark its instrument for rebuilding.

    Raises StoreError for an unknown rule, a rule not in force, or a correction without a field.
    """
    if decision is Decision.CORRECTED and not corrected:
        raise StoreError("a correction names at least one field: --bearer or --modality")
    if "modality" in corrected and corrected["modality"] not in set(Modality):
        raise StoreError(f"modality {corrected['modality']!r}: choose one of {', '.join(Modality)}")
    row = connection.execute(
        """SELECT rv.*, e.instrument_id, v.start AS cue_start FROM rule_version rv
           JOIN expression e ON e.id = rv.expression_id
           JOIN evidence v ON v.rule_version_id = rv.id AND v.field = 'cue'
           WHERE rv.rule_id = ? AND rv.superseded_at IS NULL AND NOT ended(rv.status, rv.valid_to, ?)
           ORDER BY rv.n DESC LIMIT 1""",
        (rule_id, china_day(now)),
    ).fetchone()
    if row is None:
        raise StoreError(f"no rule in force has the id {rule_id}; 'guiji review list' shows what waits")
    subject = subject_of(row["instrument_id"], row["fingerprint"], row["cue_start"] - row["start"])
    names = ("rule_id", "label", "modality", "bearer", "statement", "confidence", "reason")
    original = {name: row[name] for name in names}
    connection.execute(
        """INSERT INTO review (subject, kind, state, original, corrected, source_fingerprint, reason, opened_at,
             decided_at, decided_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (subject, kind) DO UPDATE SET state = excluded.state, corrected = excluded.corrected,
             decided_at = excluded.decided_at, decided_by = excluded.decided_by""",
        (
            subject,
            NORM,
            decision,
            json.dumps(original, ensure_ascii=False),
            json.dumps(dict(corrected), ensure_ascii=False),
            row["fingerprint"],
            row["reason"],
            now,
            now,
            reviewer,
        ),
    )
    connection.execute("DELETE FROM timeline_state WHERE instrument_id = ?", (row["instrument_id"],))


def reopen_moved(connection: sqlite3.Connection, instrument_id: str, held: Collection[tuple[str, str]]) -> int:
    """Open again the decisions of an instrument whose statement no longer stands in its newest text; `held` are the
    (kind, subject) that can be read there, those that a person rejected among them."""
    moved = [
        (key, kind)
        for kind in (NORM, THRESHOLD)
        for key in decisions_of(connection, instrument_id, kind)
        if (kind, key) not in held
    ]
    connection.executemany(
        """UPDATE review SET state = 'open', reason = 'the statement changed since it was reviewed'
           WHERE subject = ? AND kind = ?""",
        moved,
    )
    return len(moved)


def apply(
    readings: Sequence[RuleReading], instrument_id: str, decided: Mapping[str, tuple[Decision, dict[str, Any]]]
) -> list[RuleReading]:
    """Readings with decisions laid over them: rejected ones gone, corrected fields replaced, doubt removed."""
    result = []
    for reading in readings:
        key = subject_of(instrument_id, reading.wording, reading.cue_start - reading.start)
        decision, fields = decided.get(key, (Decision.OPEN, {}))
        if decision is Decision.REJECTED:
            continue
        if decision is not Decision.OPEN:
            reading = dataclasses.replace(
                reading,
                bearer=fields.get("bearer", reading.bearer),
                modality=Modality(fields.get("modality", reading.modality)),
                confidence=1.0,
                reason=f"review: {decision}",
            )
        result.append(reading)
    return result
