"""The comparison page: two texts of one instrument read from the public copy, compared by rules_db.diff."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from rules_db.diff.compare import diff_expressions
from rules_db.diff.result import InstrumentDiff, NormText
from rules_db.model import Comparator, Modality, ProvisionText, Quantity

Row = sqlite3.Row
_KEPT = 32
_cache: OrderedDict[tuple[str, str, str], InstrumentDiff] = OrderedDict()


@dataclass(frozen=True, slots=True)
class ComparePage:
    """`diff` is None until an instrument with two different texts is chosen."""

    instrument: Row | None
    versions: tuple[Row, ...]
    old: Row | None
    new: Row | None
    diff: InstrumentDiff | None
    choices: tuple[Row, ...]


def compare_page(
    connection: sqlite3.Connection,
    instrument: str | None,
    old: str | None,
    new: str | None,
    *,
    as_of: str | None = None,
) -> ComparePage:
    """`instrument` is an id, an IRI or a title; `old` and `new` are expression ids or ISO dates (the text of that date,
    else the one valid on that day). Left out, the newest text, or the one valid on the day `as_of`, is compared with
    the one before."""
    choices = tuple(
        connection.execute(
            """SELECT i.id, i.title, i.versions, i.jurisdiction_name FROM instrument i WHERE i.versions > 1
               ORDER BY i.jurisdiction <> '100000', i.effective_on DESC, i.title LIMIT 500"""
        )
    )
    found = None
    if not instrument:  # expression ids say by themselves whose they are
        found = connection.execute(
            "SELECT i.* FROM expression e JOIN instrument i ON i.id = e.instrument_id WHERE e.id IN (?, ?) LIMIT 1",
            (old, new),
        ).fetchone()
    else:
        found = connection.execute(
            "SELECT * FROM instrument WHERE id = :x OR iri = :x OR title = :x ORDER BY id <> :x LIMIT 1",
            {"x": instrument},
        ).fetchone()
    if found is None:
        return ComparePage(None, (), None, None, None, choices)
    versions = tuple(
        connection.execute(
            """SELECT * FROM expression WHERE instrument_id = ?
               ORDER BY coalesce(valid_from, version_date, ''), coalesce(version_date, ''), recorded_at, id""",
            (found["id"],),
        )
    )
    right = _chosen(versions, new or as_of) or versions[-1]
    left = _chosen(versions, old) or next((row for row in reversed(versions) if _before(versions, row, right)), None)
    if left is None or left["id"] == right["id"]:
        return ComparePage(found, versions, left, right, None, choices)
    return ComparePage(found, versions, left, right, _compared(connection, found, left, right), choices)


def _chosen(versions: tuple[Row, ...], wish: str | None) -> Row | None:
    if not wish:
        return None
    for row in versions:
        if wish == row["id"]:
            return row
    dated = [row for row in versions if wish in (row["version_date"], row["valid_from"])]
    if dated:
        return dated[-1]
    valid = [row for row in versions if row["valid_from"] and row["valid_from"] <= wish]
    return valid[-1] if valid else None


def _before(versions: tuple[Row, ...], row: Row, other: Row) -> bool:
    ids = [version["id"] for version in versions]
    return ids.index(row["id"]) < ids.index(other["id"])


def _compared(connection: sqlite3.Connection, instrument: Row, left: Row, right: Row) -> InstrumentDiff:
    published = connection.execute("SELECT value FROM about WHERE key = 'published_at'").fetchone()[0]
    key = (published, left["id"], right["id"])
    if key in _cache:
        _cache.move_to_end(key)
        return _cache[key]
    old, new = _Side(connection, left["id"]), _Side(connection, right["id"])
    reviewed = connection.execute(
        "SELECT from_eid, to_eid FROM reviewed_pair WHERE from_expression_id = ? AND to_expression_id = ?",
        (left["id"], right["id"]),
    ).fetchall()
    diff = diff_expressions(
        old.provisions,
        new.provisions,
        old.quantities,
        new.quantities,
        old.norms,
        new.norms,
        instrument=instrument["title"],
        old_date=left["version_date"] or "",
        new_date=right["version_date"] or "",
        given=[(row["from_eid"], row["to_eid"]) for row in reviewed] or None,
    )
    _cache[key] = diff
    if len(_cache) > _KEPT:
        _cache.popitem(last=False)
    return diff


class _Side:
    """One text as the comparison wants it: provisions without their labels, quantities and norms by eId."""

    def __init__(self, connection: sqlite3.Connection, expression_id: str) -> None:
        self.provisions: list[ProvisionText] = []
        self.spans: list[tuple[int, int, str]] = []
        rows = connection.execute("SELECT * FROM provision WHERE expression_id = ? ORDER BY ord", (expression_id,))
        for row in rows:
            body = row["text"].removeprefix(row["label"]).lstrip()
            base = row["start"] + len(row["text"]) - len(body)
            self.provisions.append(ProvisionText(row["eid"], row["label"], body, row["container"]))
            self.spans.append((base, row["end"], row["eid"]))
        self.quantities = self._quantities(connection, expression_id)
        self.norms = self._norms(connection, expression_id)

    def _at(self, offset: int) -> tuple[str, int] | None:
        """The provision that holds an offset of the expression, and the offset within its text."""
        return next(((eid, offset - base) for base, end, eid in self.spans if base <= offset < end), None)

    def _quantities(self, connection: sqlite3.Connection, expression_id: str) -> dict[str, list[Quantity]]:
        """Thresholds stand with the first text of their rule version; in later texts they are as far from its start."""
        found: dict[str, list[Quantity]] = {}
        rows = connection.execute(
            """SELECT t.*, v.modality, t.start AS at FROM threshold t
                 LEFT JOIN rule_version v ON v.id = t.rule_version_id WHERE t.expression_id = :e
               UNION ALL
               SELECT t.*, v.modality, t.start + p.start - v.start AS at FROM rule_place p
                 JOIN rule_version v ON v.id = p.rule_version_id JOIN threshold t ON t.rule_version_id = v.id
               WHERE p.expression_id = :e AND v.expression_id <> :e
               ORDER BY at""",
            {"e": expression_id},
        )
        for row in rows:
            place = self._at(row["at"])
            if place is not None:
                found.setdefault(place[0], []).append(_quantity(row, place[1]))
        return found

    def _norms(self, connection: sqlite3.Connection, expression_id: str) -> dict[str, list[NormText]]:
        found: dict[str, list[NormText]] = {}
        rows = connection.execute(
            """SELECT v.modality, v.bearer, v.action, d.text AS cue, d.start + p.start - v.start AS at FROM rule_place p
                 JOIN rule_version v ON v.id = p.rule_version_id
                 JOIN evidence d ON d.rule_version_id = v.id AND d.field = 'cue'
               WHERE p.expression_id = ? ORDER BY at""",
            (expression_id,),
        )
        for row in rows:
            place = self._at(row["at"])
            if place is not None:
                norm = NormText(Modality(row["modality"]), row["cue"], row["bearer"], row["action"], place[1])
                found.setdefault(place[0], []).append(norm)
        return found


def _quantity(row: Any, start: int) -> Quantity:
    return Quantity(
        row["text"],
        Comparator(row["comparator"]),
        row["value"],
        row["value_max"],
        row["unit"],
        row["parameter"],
        row["base"],
        row["trigger_event"],
        Modality(row["modality"]) if row["modality"] else None,
        start,
    )
