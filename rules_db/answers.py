"""Questions a person asks of the store, answered as plain values: which versions are known, what stood on a date, where
a rule comes from. Errors are `StoreError`s with suggestions, never an empty answer that looks like silence of the law.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from typing import Any

from rules_db.amending.answers import outstanding
from rules_db.commencement import pending_on
from rules_db.connection import StoreError
from rules_db.diff.result import InstrumentDiff
from rules_db.instruments import InstrumentRef
from rules_db.lineage import reviewed_links
from rules_db.readings import load_reading
from rules_db.reconcile import compare, ordered_expressions
from rules_db.references import (
    DATED,
    ExpressionRef,
    expression_in_force,
    expression_on,
    one_instrument,
    split_unit,
    status_on,
)
from rules_db.watch.relevance import load_watch, topics_of


def list_versions(connection: sqlite3.Connection, instrument: InstrumentRef) -> list[dict[str, Any]]:
    """The expressions of an instrument, oldest first, with dates, basis, status, tier, counts and sources."""
    versions = []
    for expression_id in ordered_expressions(connection, instrument.id):
        row = connection.execute(
            """SELECT id, iri, version_date, document_number, effective_on, effective_basis, expires_on, status, tier,
                 recorded_at FROM expression WHERE id = ?""",
            (expression_id,),
        ).fetchone()
        reading = load_reading(connection, expression_id)
        sources = connection.execute(
            "SELECT url, snapshot_sha256, tier FROM manifestation WHERE expression_id = ? ORDER BY url",
            (expression_id,),
        ).fetchall()
        versions.append(
            {
                "title": instrument.title,
                **dict(row),
                "units": len(reading.units),
                "norms": len(reading.rules),
                "thresholds": len(reading.thresholds),
                "sources": [dict(source) for source in sources],
            }
        )
    return versions


def show(
    connection: sqlite3.Connection, reference: str, *, as_of: str | None = None, known_on: str | None = None
) -> dict[str, Any]:
    """An instrument, one of its units (`TITLE 第五条`, `TITLE#art_5`) or a rule id, as it applied on a day and as
    we knew it on another. Raises StoreError."""
    rule = connection.execute("SELECT id FROM rule WHERE id = ?", (reference.strip(),)).fetchone()
    if rule:
        return {"rule": rule["id"], "versions": rule_versions(connection, rule["id"], as_of=as_of, known_on=known_on)}
    name, unit = split_unit(reference)
    match = DATED.match(name)
    instrument = one_instrument(connection, match["name"] if match else name)
    if known_on:
        _refuse_unknown_then(connection, instrument, known_on)
    if as_of:
        expression = expression_in_force(connection, instrument, as_of)
    else:
        expression = expression_on(connection, instrument, match["date"] if match else None)
    reading = load_reading(connection, expression.id)
    units = [u for u in reading.units if unit is None or unit in (u.provision.label, u.provision.eid)]
    rules = rules_in(connection, expression.id, known_on=known_on)
    standing = status_on(connection, instrument, as_of) if as_of else None
    pending = pending_on(connection, ordered_expressions(connection, instrument.id), reading, as_of) if as_of else []
    tier = connection.execute("SELECT tier FROM expression WHERE id = ?", (expression.id,)).fetchone()["tier"]
    if not units:
        labels = "、".join(u.provision.label for u in reading.units[:12])
        raise StoreError(f"《{instrument.title}》 of {expression.version_date} has no {unit}; it begins with {labels}")
    return {
        "instrument": instrument.title,
        "iri": instrument.iri,
        "version_date": expression.version_date,
        "effective_on": reading.valid_from,
        "status": str(standing.status) if standing else reading.status,
        "standing": str(standing) if standing else "",
        "tier": tier,
        "note": expression.note,
        "relations": relations_of(connection, instrument.id),
        "pending": [dataclasses.asdict(part) for part in pending],
        "outstanding": outstanding(connection, instrument) if unit is None else [],
        "units": [
            {
                "eid": u.provision.eid,
                "label": u.provision.label,
                "container": u.provision.container,
                "effective_on": reading.start_of(u.provision.eid),
                "text": u.provision.text,
                "rules": [rule for rule in rules if u.start <= rule["start"] < u.end],
            }
            for u in units
        ],
    }


def relations_of(connection: sqlite3.Connection, instrument_id: str) -> list[dict[str, Any]]:
    """What an instrument is to others (`to`) and others are to it (`from`): kind, the other's title and id where it is
    held, number, state. An unresolved one says so."""
    rows = connection.execute(
        """SELECT 'to' AS direction, f.kind, f.target_title AS title, f.target_instrument_id AS instrument_id,
             f.target_number AS number, f.state, min(f.rowid) AS place
           FROM effect f JOIN expression e ON e.id = f.affecting_expression_id
           WHERE e.instrument_id = :id AND e.replaced_at IS NULL GROUP BY f.kind, f.target_title
           UNION ALL
           SELECT 'from', f.kind, i.title, i.id, e.document_number, f.state, min(f.rowid)
           FROM effect f JOIN expression e ON e.id = f.affecting_expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE f.target_instrument_id = :id AND e.replaced_at IS NULL GROUP BY f.kind, i.id
           ORDER BY 1 DESC, place""",
        {"id": instrument_id},
    )
    return [{key: row[key] for key in row.keys() if key != "place"} for row in rows]  # noqa: SIM118 - sqlite3.Row


def rules_in(
    connection: sqlite3.Connection, expression_id: str, *, known_on: str | None = None
) -> list[dict[str, Any]]:
    """The rule versions that stand in an expression, in text order, as the store knew them at the end of a day in China
    (now, if None)."""
    rows = connection.execute(
        """SELECT rv.rule_id, rv.n, p.label, p.start, rv.modality, rv.bearer, rv.statement, rv.valid_from, rv.valid_to,
             rv.confidence
           FROM rule_place p JOIN rule_version rv ON rv.id = p.rule_version_id
           JOIN evidence cue ON cue.rule_version_id = rv.id AND cue.field = 'cue'
           WHERE p.expression_id = :expression
             AND (CASE WHEN :known IS NULL THEN rv.superseded_at IS NULL
                  ELSE date(rv.recorded_at, '+8 hours') <= :known
                    AND (rv.superseded_at IS NULL OR date(rv.superseded_at, '+8 hours') > :known) END)
           ORDER BY p.start, cue.start - rv.start, rv.rule_id""",
        {"expression": expression_id, "known": known_on},
    )
    return [dict(row) for row in rows]


def rule_versions(
    connection: sqlite3.Connection, rule_id: str, *, as_of: str | None = None, known_on: str | None = None
) -> list[dict[str, Any]]:
    """Versions of a rule: valid on `as_of` (all, if None), as the store knew them at the end of `known_on` in China
    (now, if None)."""
    rows = connection.execute(
        """SELECT rv.*, e.version_date, i.title FROM rule_version rv JOIN expression e ON e.id = rv.expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE rv.rule_id = :rule
             AND (CASE WHEN :known IS NULL THEN rv.superseded_at IS NULL
                  ELSE date(rv.recorded_at, '+8 hours') <= :known
                    AND (rv.superseded_at IS NULL OR date(rv.superseded_at, '+8 hours') > :known) END)
             AND (:day IS NULL OR ((rv.valid_from IS NULL OR rv.valid_from <= :day)
                  AND (rv.valid_to IS NULL OR rv.valid_to > :day)))
           ORDER BY rv.n""",
        {"rule": rule_id, "known": known_on, "day": as_of},
    ).fetchall()
    versions = []
    for row in rows:
        version = {key: row[key] for key in row.keys() if key != "content_digest"}  # noqa: SIM118 - sqlite3.Row
        version["thresholds"] = [
            dict(threshold)
            for threshold in connection.execute(
                """SELECT parameter, comparator, value, value_max, unit, base, trigger_event, text FROM threshold
                   WHERE rule_version_id = ? ORDER BY start""",
                (row["id"],),
            )
        ]
        versions.append(version)
    return versions


def explain(connection: sqlite3.Connection, rule_id: str) -> dict[str, Any]:
    """The evidence chain of a rule: cue and bearer with their spans and patterns, provision, digest, address, tier."""
    versions = rule_versions(connection, rule_id)
    if not versions:
        raise StoreError(f"no rule has the id {rule_id}; 'guiji show TITLE --format json' lists rule ids")
    for version in versions:
        version["evidence"] = [
            dict(row)
            for row in connection.execute(
                'SELECT field, start, "end", text, pattern FROM evidence WHERE rule_version_id = ? ORDER BY start',
                (version["id"],),
            )
        ]
        version["sources"] = [
            dict(row)
            for row in connection.execute(
                "SELECT url, snapshot_sha256, source_id, tier FROM manifestation WHERE expression_id = ? ORDER BY url",
                (version["expression_id"],),
            )
        ]
    mappings = connection.execute(
        "SELECT id, target_kind, target_id, relationship, status, rationale FROM mapping WHERE rule_id = ? ORDER BY id",
        (rule_id,),
    ).fetchall()
    return {"rule": rule_id, "versions": versions, "mappings": [dict(row) for row in mappings]}


def store_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How much the store holds; norms and thresholds are those of each expression's newest reading."""
    newest = "FROM extraction WHERE rowid IN (SELECT max(rowid) FROM extraction GROUP BY expression_id)"
    queries = {
        "instruments": "SELECT count(*) FROM instrument",
        "expressions": "SELECT count(*) FROM expression",
        "provisions": "SELECT count(*) FROM provision",
        "norms": f"SELECT sum(json_array_length(norms)) {newest}",
        "rules": "SELECT count(*) FROM rule",
        "rule_versions": "SELECT count(*) FROM rule_version WHERE superseded_at IS NULL",
        "thresholds": f"SELECT sum(json_array_length(thresholds)) {newest}",
        "changes": "SELECT count(*) FROM change",
    }
    return {name: connection.execute(query).fetchone()[0] or 0 for name, query in queries.items()}


def _refuse_unknown_then(connection: sqlite3.Connection, instrument: InstrumentRef, known_on: str) -> None:
    first = connection.execute(
        "SELECT min(date(recorded_at, '+8 hours')) FROM expression WHERE instrument_id = ?", (instrument.id,)
    ).fetchone()[0]
    if first is None or first > known_on:
        raise StoreError(f"《{instrument.title}》 was first recorded on {first}; nothing was known of it on {known_on}")


def compare_expressions(connection: sqlite3.Connection, old: ExpressionRef, new: ExpressionRef) -> InstrumentDiff:
    """The comparison of two expressions, named and dated for its renderers; paired as a person left them, where one
    reviewed the pairs."""
    given = reviewed_links(connection, old.id, new.id)
    diff = compare(load_reading(connection, old.id), load_reading(connection, new.id), given)
    title = (
        old.instrument.title
        if old.instrument.id == new.instrument.id
        else f"{old.instrument.title} → {new.instrument.title}"
    )
    return dataclasses.replace(
        diff, instrument=title, old_date=old.version_date or "undated", new_date=new.version_date or "undated"
    )


def describe_changes(
    connection: sqlite3.Connection,
    *,
    since: str,
    until: str,
    topic: str | None = None,
    jurisdiction: str | None = None,
) -> list[dict[str, Any]]:
    """Changes of law that take effect in [since, until], oldest first: the rule-set diff.

    `topic` is the id of a watched topic, `jurisdiction` a GB/T 2260 code whose first two digits select a province
    (100000 = the state). Raises StoreError for an unknown topic.
    """
    rows = connection.execute(
        """SELECT c.kind, i.title, i.jurisdiction, c.from_label, c.to_label, c.summary, c.valid_on, c.recorded_at,
             c.detail, e.text
           FROM change c LEFT JOIN instrument i ON i.id = c.instrument_id
           LEFT JOIN expression e ON e.id = c.to_expression_id
           WHERE c.valid_on >= :since AND c.valid_on <= :until
             AND (:place IS NULL OR substr(i.jurisdiction, 1, 2) = substr(:place, 1, 2))
           ORDER BY c.valid_on, i.title, c.rowid""",
        {"since": since, "until": until, "place": jurisdiction},
    ).fetchall()
    if topic:
        watch = load_watch()
        known = [entry.id for entry in watch.topics]
        if topic not in known:
            raise StoreError(f"no topic is called {topic}; known: {', '.join(known)}")
        met = {row["title"]: topics_of(row["title"], row["text"] or "", watch) for row in rows}
        rows = [row for row in rows if any(hit.topic.id == topic for hit in met[row["title"]])]
    return [
        {**{key: row[key] for key in row.keys() if key != "text"}, "detail": json.loads(row["detail"])}  # noqa: SIM118
        for row in rows
    ]
