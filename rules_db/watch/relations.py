"""How a text stands to the national ones it implements or forwards, and what it states: further grounds of a flag.

In: the store, a reading. Out: (code, sentence) pairs; they carry no weight, for what they rest on has been weighed. A
conflict is only as sure as the match of two provisions, so it is said as a question for a person.
"""

from __future__ import annotations

import sqlite3
from collections import Counter

from rules_db.diff.overlay import OverlayRow, Stance, overlay
from rules_db.iri import NATIONAL
from rules_db.model import EffectKind, Modality
from rules_db.readings import ExpressionReading, load_reading
from rules_db.reconcile import compare

_LIKE = 0.6  # below, two provisions of different texts are hardly about the same
_MOST_TARGETS = 2
_LEANING = (EffectKind.IMPLEMENTS, EffectKind.FORWARDS)
_TOLD = (Modality.OBLIGATION, Modality.PROHIBITION, Modality.PERMISSION)


def relation_sentences(
    connection: sqlite3.Connection, reading: ExpressionReading, jurisdiction: str
) -> list[tuple[str, str]]:
    """What a local text adds to the national texts it leans on (supplements), and where it may contradict them or ask
    for less (conflicts)."""
    if jurisdiction == NATIONAL:
        return []
    found = []
    stating = {rule.unit_eid for rule in reading.rules}
    labels = {unit.provision.label for unit in reading.units if unit.provision.eid in stating}
    for title, expression in _targets(connection, reading.id):
        rows = overlay(compare(load_reading(connection, expression), reading))
        contrary = [row for row in rows if _conflicts(row)]
        if contrary:
            place, reason = contrary[0].provincial[0], contrary[0].reasons[0]
            found.append(
                ("conflicts", f"May conflict with 《{title}》 in {len(contrary)} places, e.g. {place}: {reason}")
            )
        added = [row.provincial[0] for row in rows if row.stance is Stance.ADDS and labels & set(row.provincial)]
        if added:
            found.append(("supplements", f"Adds {len(added)} provisions with norms to 《{title}》, e.g. {added[0]}"))
    return found


def content_sentences(reading: ExpressionReading, effective_on: str | None) -> list[tuple[str, str]]:
    """Norms by modality, and the day from which the text applies."""
    found = []
    if reading.rules:
        counts = Counter(rule.modality for rule in reading.rules)
        told = [counts.pop(modality, 0) for modality in _TOLD]
        sentence = (
            f"States {told[0]} obligations, {told[1]} prohibitions, {told[2]} permissions, {counts.total()} other"
        )
        found.append(("modality", sentence))
    if effective_on:
        found.append(("effective", f"Applies from {effective_on}"))
    return found


def _targets(connection: sqlite3.Connection, expression_id: str) -> list[tuple[str, str]]:
    """Title and newest read expression of the national texts that a text implements or forwards."""
    rows = connection.execute(
        """SELECT DISTINCT i.title, (SELECT e.id FROM expression e JOIN extraction x ON x.expression_id = e.id
             WHERE e.instrument_id = i.id AND e.replaced_at IS NULL ORDER BY e.version_date DESC, e.id LIMIT 1) AS id
           FROM effect f JOIN instrument i ON i.id = f.target_instrument_id
           WHERE f.affecting_expression_id = ? AND f.kind IN (?, ?) AND i.jurisdiction = ? ORDER BY i.title""",
        (expression_id, *_LEANING, NATIONAL),
    ).fetchall()
    return [(row["title"], row["id"]) for row in rows if row["id"] and row["id"] != expression_id][:_MOST_TARGETS]


def _conflicts(row: OverlayRow) -> bool:
    return row.stance in (Stance.CONTRADICTS, Stance.LOOSENS) and row.similarity >= _LIKE and bool(row.reasons)
