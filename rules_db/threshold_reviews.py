"""Human review of thresholds: value, unit, comparator and parameter as a person reads them, or no threshold at all.

A decision belongs to the statement that holds the quantity and its place there, so that it survives re-extraction and
reopens when the statement changes (`rules_db.reviews`).
"""

from __future__ import annotations

import dataclasses
import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rules_db import reviews
from rules_db.connection import StoreError
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.model import Comparator
from rules_db.reviews import Decision
from rules_db.workdays import china_day

if TYPE_CHECKING:
    from rules_db.readings import RuleReading, ThresholdReading, Unit

FIELDS = ("value", "value_max", "unit", "comparator", "parameter")


def subject_of(instrument_id: str, rules: Sequence[RuleReading], unit: Unit, start: int) -> str:
    """Key of the quantity at `start` of an expression: its place in the statement around it, else in its unit."""
    around = next((rule for rule in rules if rule.start <= start < rule.end), None)
    if around is not None:
        return _key(instrument_id, around.wording, start - around.start)
    return _key(instrument_id, fingerprint(comparison_key(unit.provision.text)), start - unit.base)


def _key(instrument_id: str, wording: str, offset: int) -> str:
    return f"{instrument_id}:{fingerprint(wording, str(offset))}"


def apply(
    readings: Sequence[ThresholdReading],
    subjects: Sequence[str],
    decided: Mapping[str, tuple[Decision, dict[str, Any]]],
) -> list[ThresholdReading]:
    """Readings with decisions laid over them: rejected ones gone, corrected fields replaced, doubt removed."""
    result = []
    for reading, subject in zip(readings, subjects, strict=True):
        decision, fields = decided.get(subject, (Decision.OPEN, {}))
        if decision is Decision.REJECTED:
            continue
        if decision is not Decision.OPEN:
            known = reading.quantity
            quantity = dataclasses.replace(
                known,
                value=fields.get("value", known.value),
                value_max=fields.get("value_max", known.value_max),
                unit=fields.get("unit", known.unit),
                comparator=Comparator(fields.get("comparator", known.comparator)),
                parameter=fields.get("parameter", known.parameter),
            )
            reading = dataclasses.replace(reading, quantity=quantity, confidence=1.0)
        result.append(reading)
    return result


def decide(
    connection: sqlite3.Connection,
    rule_id: str,
    text: str,
    decision: Decision,
    *,
    corrected: Mapping[str, Any],
    reviewer: str,
    now: str,
    nth: int | None = None,
) -> None:
    """Record a decision on a quantity of a rule in force, named by its words as printed (三十日); `nth` counts from 1
    where the rule has these words several times. Marks the instrument for rebuilding.

    Raises StoreError for an unknown rule or quantity, for several of these words without `nth`, and for a correction
    that names no field, an unknown comparator, a value that is no finite number, an empty unit, or a range without its
    upper end.
    """
    _refuse(decision, corrected)
    rows = connection.execute(
        """SELECT t.*, rv.fingerprint AS wording, rv.start AS statement_start, rv.statement, e.instrument_id
           FROM threshold t JOIN rule_version rv ON rv.id = t.rule_version_id
           JOIN expression e ON e.id = t.expression_id
           WHERE rv.rule_id = ? AND rv.superseded_at IS NULL AND t.superseded_at IS NULL
             AND rv.n = (SELECT max(v.n) FROM rule_version v WHERE v.rule_id = rv.rule_id AND v.superseded_at IS NULL
                           AND NOT ended(v.status, v.valid_to, ?))
           ORDER BY t.start""",
        (rule_id, china_day(now)),
    ).fetchall()
    if not rows:
        raise StoreError(f"no rule in force with a threshold has the id {rule_id}; see 'guiji explain {rule_id}'")
    named = [row for row in rows if row["text"] == text]
    if not named:
        raise StoreError(f"{rule_id} has no threshold “{text}”; it has {'、'.join(row['text'] for row in rows)}")
    if (nth is None and len(named) > 1) or (nth is not None and not 1 <= nth <= len(named)):
        raise StoreError(f"{rule_id} has {len(named)} thresholds “{text}”: say which with --nth 1 to {len(named)}")
    row = named[(nth or 1) - 1]
    if corrected.get("comparator", row["comparator"]) == Comparator.RANGE and not (
        corrected.get("value_max") or row["value_max"]
    ):
        raise StoreError("a range needs --value-max")
    subject = _key(row["instrument_id"], row["wording"], row["start"] - row["statement_start"])
    original = {name: row[name] for name in (*FIELDS, "text", "label", "statement")} | {"rule_id": rule_id}
    connection.execute(
        """INSERT INTO review (subject, kind, state, original, corrected, source_fingerprint, reason, opened_at,
             decided_at, decided_by) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?)
           ON CONFLICT (subject, kind) DO UPDATE SET state = excluded.state, corrected = excluded.corrected,
             reason = '', decided_at = excluded.decided_at, decided_by = excluded.decided_by""",
        (
            subject,
            reviews.THRESHOLD,
            decision,
            json.dumps(original, ensure_ascii=False),
            json.dumps(dict(corrected), ensure_ascii=False),
            row["wording"],
            now,
            now,
            reviewer,
        ),
    )
    connection.execute("DELETE FROM timeline_state WHERE instrument_id = ?", (row["instrument_id"],))


def _refuse(decision: Decision, corrected: Mapping[str, Any]) -> None:
    if decision is Decision.CORRECTED and not corrected:
        raise StoreError("a correction names at least one of --value, --value-max, --unit, --comparator, --parameter")
    if "comparator" in corrected and corrected["comparator"] not in set(Comparator):
        raise StoreError(f"comparator {corrected['comparator']!r}: choose one of {', '.join(Comparator)}")
    for name in ("value", "value_max"):
        if not math.isfinite(corrected.get(name, 0)):
            raise StoreError(f"--{name.replace('_', '-')} {corrected[name]} bounds nothing; give a number")
    if "unit" in corrected and not corrected["unit"].strip():
        raise StoreError("a unit can't be empty; name one such as day, working_day, percent or CNY")


def reopened(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Decisions on thresholds whose statement changed since, with what was read and decided then."""
    rows = connection.execute(
        """SELECT r.original, r.corrected, r.reason, i.title FROM review r
           JOIN instrument i ON i.id = substr(r.subject, 1, instr(r.subject, ':') - 1)
           WHERE r.kind = ? AND r.state = 'open' ORDER BY r.decided_at""",
        (reviews.THRESHOLD,),
    )
    return [
        {**json.loads(row["original"]), "title": row["title"], "earlier": row["corrected"], "reason": row["reason"]}
        for row in rows
    ]
