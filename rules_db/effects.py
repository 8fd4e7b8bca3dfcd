"""Effects of one text on another instrument: recorded as read, tied to their target when it is known without doubt.

A repeal (废止) read in a text ends the rules of its target only when exactly one instrument of the store bears the
title, and its number where one is said; anything else stays unresolved and visible. An explanation (解读), announcement
(公示), forwarding or issuing notice whose document is not found, or is one of several, opens an issue as well.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from rules_db.fingerprint import fingerprint
from rules_db.instruments import number_key, title_key
from rules_db.issues import raise_issue, resolve_issues
from rules_db.model import EffectKind, HeadFacts, Issue, Severity, Span, TextEffect

STATED = "stated"
STAGE = "relate"
# Relations that say nothing without their document. (A draft may wait for the text that it is to become.)
NEEDS_ITS_DOCUMENT = (EffectKind.ANNOUNCES, EffectKind.FORWARDS, EffectKind.INTERPRETS, EffectKind.ISSUES)
_QUOTED = re.compile(r"“([^”]{1,40})”")


def stated_effects(facts: str) -> list[TextEffect]:
    """Effects that the facts told with a document state (JSON, key `effects`); their spans are empty."""
    return [
        TextEffect(
            EffectKind(effect["kind"]),
            Span(0, 0, "", STATED),
            effect["target_title"],
            effect.get("target_number"),
            effect.get("target_label"),
            effect.get("effective_on"),
        )
        for effect in json.loads(facts).get("effects", ())
    ]


def record_effects(
    connection: sqlite3.Connection, expression_id: str, effects: Iterable[TextEffect], head: HeadFacts, recorded_at: str
) -> None:
    """Keep the effects that a text has; ties are made by `resolve_effects`. Of several effects of one kind on one
    instrument the one told first stands, unless they concern several of its provisions."""
    told = {
        (row["kind"], title_key(row["target_title"]))
        for row in connection.execute(
            "SELECT kind, target_title FROM effect WHERE affecting_expression_id = ?", (expression_id,)
        )
    }
    kept: list[TextEffect] = []
    for effect in effects:
        key = (str(effect.kind), title_key(effect.target_title))
        stated = [o for o in kept if o.span.pattern == STATED and (str(o.kind), title_key(o.target_title)) == key]
        if key not in told and (effect.span.pattern == STATED or not stated):
            kept.append(effect)
    connection.executemany(
        """INSERT OR IGNORE INTO effect (id, affecting_expression_id, kind, target_title, target_number, target_label,
             effective_on, state, start, "end", recorded_at, target_url)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'unresolved', ?, ?, ?, ?)""",
        [
            (
                _effect_id(expression_id, effect),
                expression_id,
                effect.kind,
                effect.target_title,
                effect.target_number,
                effect.target_label,
                effect.effective_on or head.effective_on,
                effect.span.start,
                effect.span.end,
                recorded_at,
                effect.target_url,
            )
            for effect in kept
        ],
    )


def _effect_id(expression_id: str, effect: TextEffect) -> str:
    place = effect.target_label or STATED if effect.span.pattern == STATED else str(effect.span.start)
    return fingerprint(expression_id, effect.kind, effect.target_title, place)


def inherit_effects(connection: sqlite3.Connection, expression_id: str, heir: str, recorded_at: str) -> None:
    """Let a text state what the paraphrase it replaced stated, where its own words don't say so."""
    rows = connection.execute(
        """SELECT kind, target_title, target_number, target_label, effective_on FROM effect
           WHERE affecting_expression_id = ? ORDER BY rowid""",
        (expression_id,),
    ).fetchall()
    effects = [
        TextEffect(EffectKind(row["kind"]), Span(0, 0, "", STATED), *(row[key] for key in row.keys()[1:]))
        for row in rows
    ]
    record_effects(connection, heir, effects, HeadFacts(), recorded_at)


def resolve_effects(connection: sqlite3.Connection, recorded_at: str) -> set[str]:
    """Tie unresolved effects to instruments that have come since; returns the ids of the instruments they touch."""
    touched = set()
    pending = connection.execute(
        """SELECT e.id, e.kind, e.target_title, e.target_number, e.target_url, x.instrument_id AS affecting_instrument,
             x.version_date, i.title, i.jurisdiction
           FROM effect e JOIN expression x ON x.id = e.affecting_expression_id
           JOIN instrument i ON i.id = x.instrument_id
           WHERE e.state = 'unresolved' AND x.replaced_at IS NULL"""
    ).fetchall()
    for row in pending:
        targets = _targets(connection, row)
        if row["kind"] in NEEDS_ITS_DOCUMENT:
            _tell(connection, row, len(targets), recorded_at)
        if len(targets) != 1:
            continue
        state = "applied"
        if row["kind"] == EffectKind.AMENDS and not _text_since(connection, targets[0], row["version_date"]):
            state = "outstanding"
        connection.execute(
            "UPDATE effect SET target_instrument_id = ?, state = ? WHERE id = ?", (targets[0], state, row["id"])
        )
        touched.add(targets[0])
    return touched | _brought_up_to_date(connection)


def _brought_up_to_date(connection: sqlite3.Connection) -> set[str]:
    """Outstanding amendments whose target has come in a text as new as the amendment are applied."""
    rows = connection.execute(
        """SELECT e.id, e.target_instrument_id AS target, x.version_date FROM effect e
           JOIN expression x ON x.id = e.affecting_expression_id
           WHERE e.state = 'outstanding' AND x.replaced_at IS NULL"""
    ).fetchall()
    done = [row for row in rows if _text_since(connection, row["target"], row["version_date"])]
    connection.executemany("UPDATE effect SET state = 'applied' WHERE id = ?", [(row["id"],) for row in done])
    return {row["target"] for row in done}


def repealed_from(connection: sqlite3.Connection, instrument_id: str) -> str | None:
    """The day from which an applied repeal or replacement ends the instrument, if there is one with a date."""
    row = connection.execute(
        """SELECT min(f.effective_on) FROM effect f JOIN expression x ON x.id = f.affecting_expression_id
           WHERE f.target_instrument_id = ? AND f.state = 'applied' AND f.target_label IS NULL AND f.kind IN (?, ?)
             AND x.replaced_at IS NULL AND x.status <> 'draft'""",
        (instrument_id, EffectKind.REPEALS, EffectKind.REPLACES),
    ).fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class PartialRepeal:
    """The part of an instrument that ends: an article label (第十条), or a topic (梯次利用) that names it."""

    part: str
    on: str


def partial_repeals(connection: sqlite3.Connection, instrument_id: str) -> list[PartialRepeal]:
    """Applied repeals of parts of an instrument, oldest first; one without a date ends nothing yet."""
    rows = connection.execute(
        """SELECT f.target_label, f.effective_on FROM effect f JOIN expression x ON x.id = f.affecting_expression_id
           WHERE f.target_instrument_id = ? AND f.state = 'applied' AND f.target_label IS NOT NULL AND f.kind = ?
             AND f.effective_on IS NOT NULL AND x.replaced_at IS NULL AND x.status <> 'draft'
           ORDER BY f.effective_on, f.target_label""",
        (instrument_id, EffectKind.REPEALS),
    )
    found = []
    for row in rows:
        quoted = _QUOTED.search(row["target_label"])
        found.append(PartialRepeal(quoted[1] if quoted else row["target_label"], row["effective_on"]))
    return found


def _tell(connection: sqlite3.Connection, row: sqlite3.Row, found: int, now: str) -> None:
    """Open an issue about a relation whose document is not found or not the only one; close it when it is."""
    subject = f"{row['affecting_instrument']}:{row['kind']}:{row['target_title']}"
    if found == 1:
        resolve_issues(connection, stage=STAGE, subject=subject, now=now)
        return
    why = (
        f"{found} instruments bear this title; its number, or a link to its page, would tell them apart"
        if found
        else "the store does not hold it; ingest it, or check the title"
    )
    message = f"《{row['title']}》 {row['kind']} 《{row['target_title']}》: {why}"
    raise_issue(connection, Issue(Severity.WARN, STAGE, "unresolved_relation", message, subject), now)


def _targets(connection: sqlite3.Connection, row: sqlite3.Row) -> list[str]:
    """Instruments that an effect may mean: by title, and number where one is said; several are told apart by the page
    that the text links to, or by standing in the same province. A link alone decides only where no title does."""
    candidates = connection.execute(
        "SELECT id, jurisdiction FROM instrument WHERE title_key = ? AND id <> ? ORDER BY id",
        (title_key(row["target_title"]), row["affecting_instrument"]),
    ).fetchall()
    linked = _linked(connection, row)
    if not candidates:
        return linked
    bearing = _bearing_number(connection, candidates, row["target_number"])
    for choice in (
        [candidate["id"] for candidate in bearing if candidate["id"] in linked],
        [candidate["id"] for candidate in bearing if candidate["jurisdiction"] == row["jurisdiction"]],
    ):
        if len(bearing) > 1 and len(choice) == 1:
            return choice
    return [candidate["id"] for candidate in bearing]


def _linked(connection: sqlite3.Connection, row: sqlite3.Row) -> list[str]:
    """The instrument whose text was read at the address that the text links to."""
    if not row["target_url"]:
        return []
    bare = str(row["target_url"]).split("://", 1)[-1]
    rows = connection.execute(
        """SELECT DISTINCT e.instrument_id FROM manifestation m JOIN expression e ON e.id = m.expression_id
           WHERE m.url IN (?, ?) AND e.instrument_id <> ?""",
        (f"http://{bare}", f"https://{bare}", row["affecting_instrument"]),
    ).fetchall()
    return [found["instrument_id"] for found in rows]


def _bearing_number(
    connection: sqlite3.Connection, candidates: list[sqlite3.Row], number: str | None
) -> list[sqlite3.Row]:
    wanted = number_key(number)
    if wanted is None:
        return candidates
    return [
        candidate
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
