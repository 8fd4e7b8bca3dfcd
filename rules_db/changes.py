"""The change feed: what a newly recorded text changed, as typed rows with before, after and date.

Only comparisons of law texts write here. A broken site, a withdrawn page and a better pattern have rows of their own
kinds from their own stages, and none of them is ever a change of law.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from typing import Any

from rules_db.diff.result import Entry, InstrumentDiff, NormField, ThresholdChange
from rules_db.fingerprint import fingerprint
from rules_db.model import ChangeKind, Continuity, Direction, InstrumentStatus, Quantity
from rules_db.readings import ExpressionReading

_THRESHOLD_KIND = {
    Direction.TIGHTENED: ChangeKind.THRESHOLD_TIGHTENED,
    Direction.LOOSENED: ChangeKind.THRESHOLD_LOOSENED,
}
_PROVISION_KIND = {
    Continuity.ADDED: ChangeKind.PROVISION_ADDED,
    Continuity.DELETED: ChangeKind.PROVISION_DELETED,
    Continuity.RENUMBERED: ChangeKind.RENUMBERED,
    Continuity.MOVED: ChangeKind.MOVED,
    Continuity.AMENDED: ChangeKind.PROVISION_AMENDED,
    Continuity.SPLIT: ChangeKind.PROVISION_AMENDED,
    Continuity.MERGED: ChangeKind.PROVISION_AMENDED,
}


def record_first(connection: sqlite3.Connection, reading: ExpressionReading, recorded_at: str) -> int:
    """The first text of an instrument. Returns the number of rows written."""
    draft = reading.status == InstrumentStatus.DRAFT
    title = _title(connection, reading.instrument_id)
    kind = ChangeKind.DRAFT_NEW if draft else ChangeKind.INSTRUMENT_NEW
    summary = f"{'Draft' if draft else 'New document'}: {title}"
    detail = {"units": len(reading.units), "norms": len(reading.rules), "thresholds": len(reading.thresholds)}
    return _write(connection, [(kind, "", "", summary, detail)], None, reading, recorded_at)


def record_revision(
    connection: sqlite3.Connection,
    old: ExpressionReading,
    new: ExpressionReading,
    diff: InstrumentDiff,
    recorded_at: str,
) -> int:
    """What a new text of a known instrument changed against the one before it. Returns the number of rows written."""
    rows: list[tuple[ChangeKind, str, str, str, dict[str, Any]]] = []
    for entry in diff.entries:
        rows += _provision_rows(entry)
    rows += [_threshold_row(change) for change in diff.thresholds]
    for change in diff.norms:
        kind = {NormField.MODALITY: ChangeKind.MODALITY_CHANGED, NormField.BEARER: ChangeKind.BEARER_CHANGED}.get(
            change.what
        )
        if kind is None or change.old is None or change.new is None:
            continue
        before, after = (
            (change.old.modality, change.new.modality)
            if kind == ChangeKind.MODALITY_CHANGED
            else (change.old.bearer or "—", change.new.bearer or "—")
        )
        place = _place(change.old_label, change.new_label)
        detail = {"old": dataclasses.asdict(change.old), "new": dataclasses.asdict(change.new)}
        rows.append((kind, change.old_label, change.new_label, f"{place}: {before} → {after}", detail))
    for scope in diff.scope:
        place = _place(scope.old_label, scope.new_label)
        told = {"old": {"text": scope.old}, "new": {"text": scope.new}, "effect": scope.effect}
        summary = f"{place}: scope {scope.effect}"
        rows.append((ChangeKind.SCOPE_CHANGED, scope.old_label, scope.new_label, summary, dict(told)))
    if not rows:
        rows.append((ChangeKind.FURNITURE, "", "", "Text re-issued without a change of wording", {}))
    return _write(connection, rows, old, new, recorded_at)


def record_succession(
    connection: sqlite3.Connection,
    old: ExpressionReading,
    new: ExpressionReading,
    diff: InstrumentDiff,
    recorded_at: str,
) -> int:
    """Thresholds of one instrument that another, which takes its place, sets anew. Only pairs: what has no counterpart
    is told by the repeal itself. Returns the number of rows written."""
    title = _title(connection, old.instrument_id)
    rows = []
    for change in diff.thresholds:
        if change.old is not None and change.new is not None:
            kind, old_label, new_label, summary, detail = _threshold_row(change)
            rows.append((kind, old_label, new_label, f"《{title}》{summary}", detail))
    written = _write(connection, rows, old, new, recorded_at)
    if written:
        tie_to_rules(connection, new.instrument_id)
    return written


def _provision_rows(entry: Entry) -> list[tuple[ChangeKind, str, str, str, dict[str, Any]]]:
    link = entry.link
    kind = _PROVISION_KIND.get(link.continuity)
    if kind is None:
        return []
    old, new = "、".join(link.old_labels), "、".join(link.new_labels)
    if kind == ChangeKind.PROVISION_AMENDED and not entry.substantive and link.continuity == Continuity.AMENDED:
        kind = ChangeKind.FURNITURE
    words = {
        Continuity.ADDED: f"{new} added",
        Continuity.DELETED: f"{old} deleted",
        Continuity.SPLIT: f"{old} split into {new}",
        Continuity.MERGED: f"{old} merged into {new}",
        Continuity.RENUMBERED: f"{old} renumbered {new}",
        Continuity.MOVED: f"{old} moved to {new}",
    }
    summary = words.get(link.continuity, f"{_place(old, new)} amended")
    detail = {
        "old": [provision.text for provision in entry.old],
        "new": [provision.text for provision in entry.new],
        "similarity": round(link.similarity, 4),
        "needs_review": link.needs_review,
    }
    return [(kind, old, new, summary, detail)]


def _threshold_row(change: ThresholdChange) -> tuple[ChangeKind, str, str, str, dict[str, Any]]:
    kind = _THRESHOLD_KIND.get(change.direction, ChangeKind.THRESHOLD_CHANGED)
    before = change.old.text if change.old else "—"
    after = change.new.text if change.new else "—"
    summary = f"{_place(change.old_label, change.new_label)}: {before} → {after} ({change.direction})"
    detail = {
        "old": _quantity(change.old),
        "new": _quantity(change.new),
        "direction": change.direction,
        "reason": change.reason,
    }
    return kind, change.old_label, change.new_label, summary, detail


def _quantity(quantity: Quantity | None) -> dict[str, Any] | None:
    return dataclasses.asdict(quantity) if quantity else None


def _place(old: str, new: str) -> str:
    return old or new if old == new or not old or not new else f"{old} → {new}"


def _title(connection: sqlite3.Connection, instrument_id: str) -> str:
    return str(connection.execute("SELECT title FROM instrument WHERE id = ?", (instrument_id,)).fetchone()[0])


def _write(
    connection: sqlite3.Connection,
    rows: list[tuple[ChangeKind, str, str, str, dict[str, Any]]],
    old: ExpressionReading | None,
    new: ExpressionReading,
    recorded_at: str,
) -> int:
    written = 0
    starts = {unit.provision.label: new.start_of(unit.provision.eid) for unit in new.units} if new.starts else {}
    for nth, (kind, old_label, new_label, summary, detail) in enumerate(rows):
        written += connection.execute(
            """INSERT OR IGNORE INTO change (id, kind, instrument_id, from_expression_id, to_expression_id, from_label,
                 to_label, summary, detail, valid_on, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                fingerprint(new.id, old.id if old else None, kind, str(nth)),
                kind,
                new.instrument_id,
                old.id if old else None,
                new.id,
                old_label,
                new_label,
                summary,
                json.dumps(detail, ensure_ascii=False),
                starts.get(new_label.partition("、")[0], new.valid_from),
                recorded_at,
            ),
        ).rowcount
    return written


def tie_to_rules(connection: sqlite3.Connection, instrument_id: str) -> None:
    """Give threshold changes the rule that now holds the quantity, so that a feed entry leads to its rule. Where an
    article has the same words twice (入库后30日内…；出库后30日内…), what starts or bears the limit decides."""
    connection.execute(
        """UPDATE change SET rule_id = (
             SELECT held.rule_id FROM (
               SELECT rv.rule_id, t.start, t.trigger_event = json_extract(change.detail, '$.new.trigger') AS event,
                 t.parameter = json_extract(change.detail, '$.new.parameter') AS measure
               FROM threshold t JOIN rule_version rv ON rv.id = t.rule_version_id
               WHERE t.expression_id = change.to_expression_id AND t.label = change.to_label
                 AND t.text = json_extract(change.detail, '$.new.text') AND t.superseded_at IS NULL) held
             ORDER BY held.event DESC, held.measure DESC, held.start LIMIT 1)
           WHERE instrument_id = ? AND rule_id IS NULL AND kind LIKE 'threshold_%'""",
        (instrument_id,),
    )
