"""Rule lines into the store, bitemporally: rows that no longer hold are superseded, never changed.

A row is superseded because the law moved on (`closed`: its validity got an end), because another pipeline version reads
the same wording differently (`extraction_revised`: no change of law), or because a text recorded later corrected the
history (`history_corrected`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules_db.fingerprint import fingerprint
from rules_db.model import InstrumentStatus
from rules_db.readings import ExpressionReading, RuleReading
from rules_db.rule_names import RuleNames
from rules_db.timeline import RuleLine, Version


@dataclass(frozen=True, slots=True)
class TimelineDelta:
    """What recording a timeline did: row counts, and how many open rules read differently without a change of law."""

    inserted: int
    superseded: int
    revised: int


def record_timeline(
    connection: sqlite3.Connection,
    instrument_id: str,
    expressions: Sequence[ExpressionReading],
    lines: Sequence[RuleLine],
    recorded_at: str,
) -> TimelineDelta:
    """Make the store's current rows equal to the lines given. Call inside a transaction; repeating it does nothing."""
    by_id = {expression.id: expression for expression in expressions}
    current = {
        row["content_digest"]: row
        for row in connection.execute(
            """SELECT rv.* FROM rule_version rv JOIN rule r ON r.id = rv.rule_id
               WHERE r.instrument_id = ? AND rv.superseded_at IS NULL""",
            (instrument_id,),
        )
    }
    names = RuleNames(connection, instrument_id)
    wanted: dict[str, tuple[str, int, Version]] = {}
    for line in lines:
        rule_id = names.name(line, by_id)
        for n, version in enumerate(line.versions, 1):
            wanted[_digest(rule_id, n, version, by_id)] = (rule_id, n, version)
    gone = [row for digest, row in current.items() if digest not in wanted]
    fresh = {digest: value for digest, value in wanted.items() if digest not in current}
    names.mint(connection, instrument_id, [rule_id for rule_id, _n, _version in fresh.values()], recorded_at)
    revised = _supersede(connection, gone, fresh, by_id, recorded_at)
    for digest, (rule_id, n, version) in fresh.items():
        _insert_version(connection, digest, rule_id, n, version, by_id, recorded_at)
    _record_loose_thresholds(connection, expressions, recorded_at)
    return TimelineDelta(len(fresh), len(gone), revised)


def _digest(rule_id: str, n: int, version: Version, by_id: Mapping[str, ExpressionReading]) -> str:
    """Everything a reader may see of a version: equal digest = nothing to record."""
    parts = [rule_id, str(n), version.valid_from, version.valid_to]
    for place in version.places:
        expression = by_id[place.expression_id]
        reading = expression.rules[place.reading]
        parts += [place.expression_id, str(reading.start), str(reading.end)]
    expression = by_id[version.places[0].expression_id]
    reading = expression.rules[version.places[0].reading]
    thresholds = [
        f"{t.quantity}" for t in expression.thresholds if t.rule is not None and t.rule == version.places[0].reading
    ]
    return fingerprint(*parts, repr(reading), *thresholds, _status(version, by_id))


def _status(version: Version, by_id: Mapping[str, ExpressionReading]) -> str:
    """What the newest text that holds the wording says of itself; a draft only where nothing else holds it."""
    stated = [by_id[place.expression_id].status for place in version.places]
    return next((status for status in reversed(stated) if status != InstrumentStatus.DRAFT), stated[-1])


def _supersede(
    connection: sqlite3.Connection,
    gone: Sequence[sqlite3.Row],
    fresh: Mapping[str, tuple[str, int, Version]],
    by_id: Mapping[str, ExpressionReading],
    recorded_at: str,
) -> int:
    """Give each row that no longer holds its end of record time and the reason; returns the number of re-readings."""
    revised = 0
    successors: dict[tuple[str, int], Version] = {(rule, n): version for rule, n, version in fresh.values()}
    for row in gone:
        successor = successors.get((row["rule_id"], row["n"]))
        why = "history_corrected"
        if successor is not None:
            reading = _reading(successor, by_id)
            if reading.wording != row["fingerprint"]:
                why = "history_corrected"
            elif successor.valid_to is not None and row["valid_to"] is None:
                why = "closed"
            elif by_id[successor.places[0].expression_id].pipeline_version != row["pipeline_version"]:
                why, revised = "extraction_revised", revised + 1
        elif not any(rule == row["rule_id"] for rule, _n in successors):
            expression = by_id.get(row["expression_id"])
            if expression is not None and expression.pipeline_version != row["pipeline_version"]:
                why, revised = "extraction_revised", revised + 1
        connection.execute(
            "UPDATE rule_version SET superseded_at = ?, superseded_why = ? WHERE id = ?", (recorded_at, why, row["id"])
        )
        connection.execute(
            "UPDATE threshold SET superseded_at = ? WHERE rule_version_id = ? AND superseded_at IS NULL",
            (recorded_at, row["id"]),
        )
    return revised


def _reading(version: Version, by_id: Mapping[str, ExpressionReading]) -> RuleReading:
    return by_id[version.places[0].expression_id].rules[version.places[0].reading]


def _insert_version(
    connection: sqlite3.Connection,
    digest: str,
    rule_id: str,
    n: int,
    version: Version,
    by_id: Mapping[str, ExpressionReading],
    recorded_at: str,
) -> None:
    expression = by_id[version.places[0].expression_id]
    reading = _reading(version, by_id)
    row_id = fingerprint(digest, recorded_at)
    connection.execute(
        """INSERT INTO rule_version (id, rule_id, n, expression_id, eid, label, modality, bearer, action, condition,
             exception, deadline, consequence, statement, start, "end", fingerprint, valid_from, valid_to, status,
             confidence, reason, pipeline_version, recorded_at, content_digest)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            row_id,
            rule_id,
            n,
            expression.id,
            reading.eid,
            reading.label,
            reading.modality,
            reading.bearer,
            reading.action,
            reading.condition,
            reading.exception,
            reading.deadline,
            reading.consequence,
            reading.statement,
            reading.start,
            reading.end,
            reading.wording,
            version.valid_from,
            version.valid_to,
            _status(version, by_id),
            reading.confidence,
            reading.reason,
            expression.pipeline_version,
            recorded_at,
            digest,
        ),
    )
    connection.executemany(
        """INSERT INTO rule_place (rule_version_id, expression_id, eid, label, start, "end")
           VALUES (?, ?, ?, ?, ?, ?)""",
        list(_places(row_id, version, by_id)),
    )
    connection.executemany(
        """INSERT OR IGNORE INTO evidence (rule_version_id, field, expression_id, start, "end", text, pattern)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [(row_id, e.field, expression.id, e.start, e.end, e.text, e.pattern) for e in reading.evidence],
    )
    place = version.places[0].reading
    _insert_thresholds(
        connection, expression, row_id, [n for n, t in enumerate(expression.thresholds) if t.rule == place], recorded_at
    )


def _places(row_id: str, version: Version, by_id: Mapping[str, ExpressionReading]) -> Iterator[tuple[object, ...]]:
    for place in version.places:
        reading = by_id[place.expression_id].rules[place.reading]
        yield row_id, place.expression_id, reading.eid, reading.label, reading.start, reading.end


def _insert_thresholds(
    connection: sqlite3.Connection,
    expression: ExpressionReading,
    rule_version_id: str | None,
    indexes: Sequence[int],
    recorded_at: str,
) -> None:
    rows = []
    for index in indexes:
        reading = expression.thresholds[index]
        quantity = reading.quantity
        digest = fingerprint(expression.id, rule_version_id, repr(reading), expression.pipeline_version)
        rows.append(
            (
                fingerprint(digest, recorded_at),
                expression.id,
                reading.eid,
                reading.label,
                rule_version_id,
                quantity.parameter,
                quantity.comparator,
                quantity.value,
                quantity.value_max,
                quantity.unit,
                quantity.base,
                quantity.trigger,
                quantity.text,
                reading.start,
                reading.end,
                reading.pattern,
                reading.confidence,
                expression.pipeline_version,
                recorded_at,
                digest,
            )
        )
    connection.executemany(
        """INSERT INTO threshold (id, expression_id, eid, label, rule_version_id, parameter, comparator, value,
             value_max, unit, base, trigger_event, text, start, "end", pattern, confidence, pipeline_version,
             recorded_at, content_digest)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        rows,
    )


def _record_loose_thresholds(
    connection: sqlite3.Connection, expressions: Sequence[ExpressionReading], recorded_at: str
) -> None:
    """Quantities outside any norm (in a definition, a competence) belong to their expression alone."""
    for expression in expressions:
        held = {
            row["content_digest"]: row["id"]
            for row in connection.execute(
                """SELECT id, content_digest FROM threshold
                   WHERE expression_id = ? AND rule_version_id IS NULL AND superseded_at IS NULL""",
                (expression.id,),
            )
        }
        loose = {
            fingerprint(expression.id, None, repr(t), expression.pipeline_version): n
            for n, t in enumerate(expression.thresholds)
            if t.rule is None
        }
        connection.executemany(
            "UPDATE threshold SET superseded_at = ? WHERE id = ?",
            [(recorded_at, row_id) for digest, row_id in held.items() if digest not in loose],
        )
        _insert_thresholds(
            connection, expression, None, [n for digest, n in loose.items() if digest not in held], recorded_at
        )
