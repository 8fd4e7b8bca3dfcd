"""Recording what was read: which instrument a text belongs to, and what it is to the texts that are held of it.

Idempotent: the same bytes, or the same wording from elsewhere, add a manifestation and nothing else. Three things are
no change of law and supersede a text without a row in the feed: a better copy than a paraphrase, files of a notice that
came or could be read later, and the same bytes read by another converter.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules_db.attached import load_parts
from rules_db.effects import inherit_effects, record_effects, stated_effects
from rules_db.expressions import (
    REGISTER_PLATFORM,
    Origin,
    insert_expression,
    is_paraphrase,
    record_extraction,
    record_manifestation,
)
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.instruments import InstrumentRef, registered_instrument, resolve_instrument, title_key
from rules_db.iri import jurisdiction_code
from rules_db.model import Analysis
from rules_db.workdays import china_day


class Recorded(StrEnum):
    """What recording a text came to. REPLACED: it took the place of a paraphrase; OUTRANKED: it is a paraphrase of a
    text that is held; COMPLETED: it took the place of a copy that lacked files."""

    NEW_INSTRUMENT = "new_instrument"
    NEW_EXPRESSION = "new_expression"
    SAME_TEXT = "same_text"
    CONFLICT = "conflict"
    REPLACED = "replaced"
    OUTRANKED = "outranked"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class RecordedText:
    """What became of a text; `message` says what a person should know of it, if anything."""

    outcome: Recorded
    instrument: InstrumentRef
    expression_id: str
    message: str = ""


def record_text(connection: sqlite3.Connection, analysis: Analysis, origin: Origin, recorded_at: str) -> RecordedText:
    """Record one analysed text. Call inside a transaction. Raises ValueError when it has no title.

    A second text for a date that already has one is not merged: seen in place at the same address it becomes an
    expression valid from the day it was first seen; from elsewhere it is a conflict, left to a person. A paraphrase of
    the register is no text of its own: a corrected one and the text itself take its place, and it yields to a text.
    A copy with more of its files than the one that is held takes its place: the law did not change, we know more of it.
    """
    registered = registered_instrument(connection, json.loads(origin.facts).get("register_id"))
    instrument, new = (registered, False) if registered else resolve_instrument(connection, analysis.head, recorded_at)
    wording = fingerprint(comparison_key(analysis.text))
    texts = connection.execute(
        """SELECT id, version_date, text_fingerprint FROM expression
           WHERE instrument_id = ? AND replaced_at IS NULL ORDER BY recorded_at, id""",
        (instrument.id,),
    ).fetchall()
    date = analysis.head.version_date or analysis.head.promulgated_on or analysis.head.published_on
    stated = analysis.head.version_date or analysis.head.promulgated_on
    for row in texts:
        # a copy published elsewhere on another day is the same text; a text with another date of its own is not
        # (an entry of the register that comes again differs at least in its facts)
        same = row["text_fingerprint"] == wording and registered is None
        if same and (stated is None or row["version_date"] in (None, stated)):
            record_manifestation(connection, row["id"], origin, recorded_at)
            return RecordedText(Recorded.SAME_TEXT, instrument, row["id"])
        comparable = registered is None and (stated is None or row["version_date"] == stated)
        known = _other_copy(connection, row["id"], origin) if comparable else ""
        if known == "less":
            record_manifestation(connection, row["id"], origin, recorded_at)
            message = "a page or copy without all the files of the text that is held"
            return RecordedText(Recorded.SAME_TEXT, instrument, row["id"], message)
        if known == "more":
            better = _take_place(connection, row["id"], analysis, origin, recorded_at)
            return RecordedText(Recorded.COMPLETED, instrument, better)
    paraphrases = [row["id"] for row in texts if is_paraphrase(connection, row["id"])]
    if _is_register(connection, origin.source_id) and len(paraphrases) < len(texts):
        held = next(row["id"] for row in reversed(texts) if row["id"] not in paraphrases)
        record_effects(connection, held, stated_effects(origin.facts), analysis.head, recorded_at)
        return RecordedText(Recorded.OUTRANKED, instrument, held)
    if paraphrases:
        return _replace(connection, instrument, paraphrases, analysis, origin, date, wording, recorded_at)
    same_date = [row["id"] for row in texts if row["version_date"] == date]
    in_place = bool(same_date) and any(_seen_at(connection, row, origin.url) for row in same_date)
    if same_date and not in_place:
        return RecordedText(
            Recorded.CONFLICT,
            instrument,
            same_date[0],
            f"《{instrument.title}》 already has another text dated {date or 'unknown'}; check which is right and give "
            "one of them its own version_date in the manifest",
        )
    expression_id = insert_expression(
        connection,
        instrument,
        analysis,
        origin,
        date,
        wording,
        in_place=in_place,
        recorded_at=recorded_at,
        first_seen=china_day(origin.seen_at) if origin.seen_at else None,
    )
    outcome = Recorded.NEW_INSTRUMENT if new else Recorded.NEW_EXPRESSION
    return RecordedText(outcome, instrument, expression_id)


def read_before(connection: sqlite3.Connection, origin: Origin) -> list[str]:
    """Expressions recorded from the very same bytes, files included, under the same facts; oldest first."""
    rows = connection.execute(
        """SELECT m.expression_id, m.parts FROM manifestation m JOIN expression e ON e.id = m.expression_id
           WHERE m.snapshot_sha256 = ? AND m.url = ? AND m.facts = ? ORDER BY e.recorded_at, e.rowid""",
        (origin.snapshot_sha256, origin.url, origin.facts),
    ).fetchall()
    mine = [part.sha256 for part in origin.parts.files] if origin.parts else []
    found = []
    for row in rows:
        theirs = load_parts(row["parts"])
        if [part.sha256 for part in theirs.files] == mine if theirs else not mine:
            found.append(row["expression_id"])
    return found


def reread_text(
    connection: sqlite3.Connection, expression_id: str, analysis: Analysis, origin: Origin, recorded_at: str
) -> str:
    """The same bytes once more, under another version of converter or pipeline. Where the text came out the same it is
    a new reading of it; where it did not, the new text takes the place of the old one, which is no change of law.
    Returns `reread`, `converted_anew`, or nothing when nothing is new."""
    row = connection.execute(
        """SELECT coalesce(replaced_by, id) AS id, replaced_by, (SELECT h.text FROM expression h
             WHERE h.id = coalesce(e.replaced_by, e.id)) AS text FROM expression e WHERE e.id = ?""",
        (expression_id,),
    ).fetchone()
    if row["text"] == analysis.text:
        record_effects(
            connection, row["id"], (*stated_effects(origin.facts), *analysis.effects), analysis.head, recorded_at
        )
        return "reread" if record_extraction(connection, row["id"], analysis, recorded_at) else ""
    if row["replaced_by"]:
        return ""  # a copy of a text that has a better one
    new = _take_place(connection, expression_id, analysis, origin, recorded_at)
    connection.execute(
        """INSERT OR IGNORE INTO flag (expression_id, score, reasons, recorded_at)
           SELECT ?, score, reasons, recorded_at FROM flag WHERE expression_id = ?""",
        (new, expression_id),
    )
    return "converted_anew"


def _other_copy(connection: sqlite3.Connection, expression_id: str, origin: Origin) -> str:
    """`more` or `less` when this is a copy of the expression with more or fewer of its files; else nothing."""
    if origin.parts is None:
        return ""
    for row in connection.execute(
        "SELECT parts, snapshot_sha256, url FROM manifestation WHERE expression_id = ? ORDER BY recorded_at, url",
        (expression_id,),
    ):
        theirs = load_parts(row["parts"])
        if theirs is None:
            continue
        if origin.parts.covers(theirs):
            return "more"
        if theirs.covers(origin.parts):
            return "less"
    return ""


def _take_place(connection: sqlite3.Connection, old: str, analysis: Analysis, origin: Origin, recorded_at: str) -> str:
    """Record a text in the place of a worse copy of it: same dates, and what was told of the old one is told of it."""
    row = connection.execute(
        """SELECT e.version_date, e.effective_on, e.effective_basis, i.id, i.iri, i.title, i.title_key
           FROM expression e JOIN instrument i ON i.id = e.instrument_id WHERE e.id = ?""",
        (old,),
    ).fetchone()
    new = insert_expression(
        connection,
        InstrumentRef(row["id"], row["iri"], row["title"], row["title_key"]),
        analysis,
        origin,
        row["version_date"],
        fingerprint(comparison_key(analysis.text)),
        in_place=row["effective_basis"] == "first_seen",
        first_seen=row["effective_on"],
        recorded_at=recorded_at,
    )
    _mark_replaced(connection, [old], new, recorded_at)
    for column in ("from_expression_id", "to_expression_id"):
        connection.execute(f"UPDATE change SET {column} = ? WHERE {column} = ?", (new, old))  # noqa: S608 - the two above
    connection.execute("UPDATE OR IGNORE gap_filling SET expression_id = ? WHERE expression_id = ?", (new, old))
    return new


def _mark_replaced(connection: sqlite3.Connection, old: Sequence[str], new: str, recorded_at: str) -> None:
    connection.executemany(
        "UPDATE expression SET replaced_at = ?, replaced_by = ? WHERE id = ?", [(recorded_at, new, one) for one in old]
    )
    connection.executemany("UPDATE expression SET replaced_by = ? WHERE replaced_by = ?", [(new, one) for one in old])


def _replace(
    connection: sqlite3.Connection,
    instrument: InstrumentRef,
    old: Sequence[str],
    analysis: Analysis,
    origin: Origin,
    date: str | None,
    wording: str,
    recorded_at: str,
) -> RecordedText:
    """Record a text in the place of paraphrases. They stay in the store, but no longer count as versions of the law;
    the relations they stated go over to the new text, unless it is a paraphrase itself and states its own."""
    new = insert_expression(
        connection, instrument, analysis, origin, date, wording, in_place=False, recorded_at=recorded_at
    )
    _mark_replaced(connection, old, new, recorded_at)
    for one in old:
        if not _is_register(connection, origin.source_id):
            inherit_effects(connection, one, new, recorded_at)
        else:  # a better account of what is known is no news
            connection.execute(
                """INSERT OR IGNORE INTO flag (expression_id, score, reasons, recorded_at)
                   SELECT ?, score, reasons, recorded_at FROM flag WHERE expression_id = ?""",
                (new, one),
            )
    connection.execute(
        "UPDATE instrument SET title = ?, title_key = ?, issuers = ?, jurisdiction = ? WHERE id = ?",
        (
            analysis.head.title,
            title_key(analysis.head.title or instrument.title),
            json.dumps(analysis.head.issuers, ensure_ascii=False),
            jurisdiction_code(analysis.head.jurisdiction),
            instrument.id,
        ),
    )
    return RecordedText(Recorded.REPLACED, instrument, new)


def _is_register(connection: sqlite3.Connection, source_id: str) -> bool:
    row = connection.execute("SELECT platform FROM source WHERE id = ?", (source_id,)).fetchone()
    return row is not None and row[0] == REGISTER_PLATFORM


def _seen_at(connection: sqlite3.Connection, expression_id: str, url: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM manifestation WHERE expression_id = ? AND url = ?", (expression_id, url)
    ).fetchone()
    return row is not None
