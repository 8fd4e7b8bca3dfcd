"""From recorded expressions to rules and changes: compare neighbours in time, keep their lineage, rebuild the timeline.

Works instrument by instrument, each in one transaction; an instrument is pending when its expressions or extractions
differ from what its timeline was last built from, so the step can be killed and run again.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rules_db import lineage_reviews, reviews
from rules_db.changes import record_first, record_revision, tie_to_rules
from rules_db.connection import transaction
from rules_db.diff.align import EidPair
from rules_db.diff.compare import diff_expressions
from rules_db.diff.result import InstrumentDiff, NormText
from rules_db.effects import PartialRepeal, partial_repeals, repealed_from, resolve_effects
from rules_db.fingerprint import fingerprint
from rules_db.lineage import known_links, record_lineage, told_of_worse_copies
from rules_db.model import ProvisionKind, ProvisionText, Quantity
from rules_db.readings import ExpressionReading, load_reading
from rules_db.rules import record_timeline
from rules_db.timeline import Links, build_timeline, day_after

_SHARED = re.compile("[、和与及]")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one instrument's reconciliation came to."""

    instrument_id: str
    expressions: int
    changes: int
    inserted: int
    superseded: int
    revised: int


def reconcile_pending(
    connection: sqlite3.Connection, recorded_at: str, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Reconciled]:
    """Bring every pending instrument up to date; `progress(done, total)` is called as it goes."""
    with transaction(connection):
        resolve_effects(connection, recorded_at)
    pending = [
        (row["instrument_id"], row["state"])
        for row in connection.execute(
            """SELECT e.instrument_id, e.state, t.built_from FROM (
                 SELECT x.instrument_id, group_concat(x.key, ' ') AS state FROM (
                   SELECT e.instrument_id, e.id || ':' || max(n.recorded_at || n.pipeline_version) || ':'
                     || coalesce((SELECT group_concat(f.id || f.state) FROM effect f
                                  JOIN expression a ON a.id = f.affecting_expression_id AND a.replaced_at IS NULL
                                  WHERE f.target_instrument_id = e.instrument_id), '') AS key
                   FROM expression e JOIN extraction n ON n.expression_id = e.id WHERE e.replaced_at IS NULL
                   GROUP BY e.id ORDER BY e.id) x
                 GROUP BY x.instrument_id) e
               LEFT JOIN timeline_state t ON t.instrument_id = e.instrument_id
               ORDER BY e.instrument_id"""
        ).fetchall()
        if row["built_from"] != fingerprint(row["state"])
    ]
    for done, (instrument_id, state) in enumerate(pending):
        with transaction(connection):
            yield _reconcile(connection, instrument_id, recorded_at)
            connection.execute(
                "INSERT OR REPLACE INTO timeline_state (instrument_id, built_from, built_at) VALUES (?, ?, ?)",
                (instrument_id, fingerprint(state), recorded_at),
            )
        progress(done + 1, len(pending))


def compare(old: ExpressionReading, new: ExpressionReading, given: Collection[EidPair] | None = None) -> InstrumentDiff:
    """The comparison of two expressions of one instrument, units aligned (or paired as `given`), wording and values
    compared."""
    return diff_expressions(
        *(_provisions(old), _provisions(new)),
        *(_quantities(old), _quantities(new)),
        *(_norms(old), _norms(new)),
        given=given,
    )


def ended_parts(reading: ExpressionReading, repeals: Sequence[PartialRepeal]) -> dict[int, str]:
    """Rules of a text (by index) that a partial repeal ends, and from when. An article label ends the rules of that
    article; a topic ends rules whose party it names alone, so that a rule shared with others stays."""
    ends: dict[int, str] = {}
    for repeal in repeals:
        for n, rule in enumerate(reading.rules):
            named = rule.bearer.startswith(repeal.part) and not _SHARED.search(rule.bearer)
            if (named or rule.label == repeal.part) and n not in ends:
                ends[n] = repeal.on
    return ends


def ordered_expressions(connection: sqlite3.Connection, instrument_id: str) -> list[str]:
    """Ids of an instrument's expressions from the oldest to the newest; one without any date counts as oldest."""
    rows = connection.execute(
        """SELECT id FROM expression WHERE instrument_id = ? AND replaced_at IS NULL
           ORDER BY coalesce(effective_on, version_date, ''), coalesce(version_date, ''), recorded_at, id""",
        (instrument_id,),
    )
    return [row["id"] for row in rows]


def _reconcile(connection: sqlite3.Connection, instrument_id: str, recorded_at: str) -> Reconciled:
    readings = [load_reading(connection, expression) for expression in ordered_expressions(connection, instrument_id)]
    links: list[Links] = []
    changes = 0
    if not _told(connection, instrument_id):
        changes += record_first(connection, readings[-1], recorded_at)
    for old, new in pairwise(readings):
        known = known_links(connection, old.id, new.id)
        if known is None:
            diff, told = compare(old, new), told_of_worse_copies(connection, instrument_id, old.id, new.id)
            record_lineage(connection, instrument_id, old.id, new.id, diff, recorded_at)
            if not told:
                changes += record_revision(connection, old, new, diff, recorded_at)
            known = [(link.old, link.new) for link in (entry.link for entry in diff.entries)]
        links.append(known)
    if lineage_reviews.apply(connection, instrument_id, readings, recorded_at):
        links = [known_links(connection, old.id, new.id) or [] for old, new in pairwise(readings)]
    parts = ended_parts(readings[-1], partial_repeals(connection, instrument_id))
    lines = build_timeline(readings, links, _ends_on(connection, instrument_id, readings[-1].id), parts)
    delta = record_timeline(connection, instrument_id, readings, lines, recorded_at)
    if changes:
        tie_to_rules(connection, instrument_id)
    reviews.reopen_moved(connection, instrument_id, readings[-1].reviewable)
    return Reconciled(instrument_id, len(readings), changes, delta.inserted, delta.superseded, delta.revised)


def _ends_on(connection: sqlite3.Connection, instrument_id: str, newest: str) -> str | None:
    """The day from which nothing of the instrument applies any more: repealed, or its stated term (有效期) over."""
    row = connection.execute("SELECT expires_on FROM expression WHERE id = ?", (newest,)).fetchone()
    over = day_after(row["expires_on"]) if row["expires_on"] else None
    return min((day for day in (repealed_from(connection, instrument_id), over) if day), default=None)


def _provisions(reading: ExpressionReading) -> list[ProvisionText]:
    """Units to compare: title and 题注 in front of the articles say nothing of their own.
    A preamble in sentences does."""
    return [
        unit.provision
        for unit in reading.units
        if unit.kind != ProvisionKind.PREFACE or "。" in unit.provision.text or len(reading.units) == 1
    ]


def _quantities(reading: ExpressionReading) -> dict[str, list[Quantity]]:
    found: dict[str, list[Quantity]] = {}
    for threshold in reading.thresholds:
        found.setdefault(threshold.unit_eid, []).append(threshold.quantity)
    return found


def _norms(reading: ExpressionReading) -> dict[str, list[NormText]]:
    bases = {unit.provision.eid: unit.base for unit in reading.units}
    found: dict[str, list[NormText]] = {}
    for rule in reading.rules:
        found.setdefault(rule.unit_eid, []).append(
            NormText(
                rule.modality, rule.evidence[0].text, rule.bearer, rule.action, rule.cue_start - bases[rule.unit_eid]
            )
        )
    return found


def _told(connection: sqlite3.Connection, instrument_id: str) -> bool:
    return (
        connection.execute("SELECT 1 FROM change WHERE instrument_id = ? LIMIT 1", (instrument_id,)).fetchone()
        is not None
    )
