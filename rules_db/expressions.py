"""Recording what was read: a document's analysis becomes an instrument, an expression with its provisions, and the
raw extraction. Idempotent: the same bytes, or the same wording from elsewhere, add a manifestation and nothing else.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules_db.effects import inherit_effects, record_effects, stated_effects
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.instruments import InstrumentRef, registered_instrument, resolve_instrument, title_key
from rules_db.iri import expression_iri, jurisdiction_code, short_id
from rules_db.model import Analysis, HeadFacts, InstrumentStatus, Tier

REGISTER_PLATFORM = "register"


class Recorded(StrEnum):
    """What recording a text came to. REPLACED: it took the place of a paraphrase; OUTRANKED: it is a paraphrase of a
    text that is held."""

    NEW_INSTRUMENT = "new_instrument"
    NEW_EXPRESSION = "new_expression"
    SAME_TEXT = "same_text"
    CONFLICT = "conflict"
    REPLACED = "replaced"
    OUTRANKED = "outranked"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text came from: its bytes, address, source and provenance tier, and the facts told with it."""

    snapshot_sha256: str
    url: str
    source_id: str
    tier: Tier
    facts: str = "{}"


@dataclass(frozen=True, slots=True)
class RecordedText:
    outcome: Recorded
    instrument: InstrumentRef
    expression_id: str
    message: str = ""


def record_text(connection: sqlite3.Connection, analysis: Analysis, origin: Origin, recorded_at: str) -> RecordedText:
    """Record one analysed text. Call inside a transaction. Raises ValueError when it has no title.

    A second text for a date that already has one is not merged: seen in place at the same address it becomes an
    expression valid from the day it was first seen; from elsewhere it is a conflict, left to a person. A paraphrase of
    the register is no text of its own: a corrected one and the text itself take its place, and it yields to a text.
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
            _record_manifestation(connection, row["id"], origin, recorded_at)
            return RecordedText(Recorded.SAME_TEXT, instrument, row["id"])
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
    expression_id = _record_expression(
        connection, instrument, analysis, origin, date, wording, in_place=in_place, recorded_at=recorded_at
    )
    outcome = Recorded.NEW_INSTRUMENT if new else Recorded.NEW_EXPRESSION
    return RecordedText(outcome, instrument, expression_id)


def record_extraction(connection: sqlite3.Connection, expression_id: str, analysis: Analysis, recorded_at: str) -> bool:
    """Keep what a pipeline version read in an expression; False when that is held already."""
    return bool(
        connection.execute(
            """INSERT OR IGNORE INTO extraction (expression_id, pipeline_version, norms, thresholds, extra, recorded_at)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (
                expression_id,
                analysis.pipeline_version,
                _json([dataclasses.asdict(norm) for norm in analysis.norms]),
                _json([dataclasses.asdict(threshold) for threshold in analysis.thresholds]),
                _json(
                    {
                        "references": [dataclasses.asdict(item) for item in analysis.references],
                        "definitions": [dataclasses.asdict(item) for item in analysis.definitions],
                        "issues": [dataclasses.asdict(item) for item in analysis.issues],
                    }
                ),
                recorded_at,
            ),
        ).rowcount
    )


def _record_expression(
    connection: sqlite3.Connection,
    instrument: InstrumentRef,
    analysis: Analysis,
    origin: Origin,
    date: str | None,
    wording: str,
    *,
    in_place: bool,
    recorded_at: str,
) -> str:
    head = analysis.head
    iri = _free_iri(connection, instrument.iri, date)
    effective_on, basis = _effective(head, date, recorded_at, in_place=in_place)
    connection.execute(
        """INSERT INTO expression (id, iri, instrument_id, version_date, document_number, promulgated_on, published_on,
             effective_on, expires_on, effective_basis, status, text, text_fingerprint, tier, pipeline_version,
             recorded_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            short_id(iri),
            iri,
            instrument.id,
            date,
            head.document_number,
            head.promulgated_on,
            head.published_on,
            effective_on,
            head.expires_on,
            basis,
            _status(head),
            analysis.text,
            wording,
            origin.tier,
            analysis.pipeline_version,
            recorded_at,
        ),
    )
    connection.executemany(
        """INSERT INTO provision (expression_id, eid, kind, label, heading, parent_eid, ord, start, "end", tree_end)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (short_id(iri), p.eid, p.kind, p.label, p.heading, p.parent, p.order, p.start, p.end, p.tree_end)
            for p in analysis.provisions
        ],
    )
    _record_manifestation(connection, short_id(iri), origin, recorded_at)
    record_extraction(connection, short_id(iri), analysis, recorded_at)
    effects = (*stated_effects(origin.facts), *analysis.effects)
    record_effects(connection, short_id(iri), effects, head, recorded_at)
    return short_id(iri)


def is_paraphrase(connection: sqlite3.Connection, expression_id: str) -> bool:
    """Whether all that is held of an expression is our own register's account of it."""
    row = connection.execute(
        """SELECT min(s.platform = ?) FROM manifestation m JOIN source s ON s.id = m.source_id
           WHERE m.expression_id = ?""",
        (REGISTER_PLATFORM, expression_id),
    ).fetchone()
    return bool(row[0])


def _is_register(connection: sqlite3.Connection, source_id: str) -> bool:
    row = connection.execute("SELECT platform FROM source WHERE id = ?", (source_id,)).fetchone()
    return row is not None and row[0] == REGISTER_PLATFORM


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
    new = _record_expression(
        connection, instrument, analysis, origin, date, wording, in_place=False, recorded_at=recorded_at
    )
    connection.executemany(
        "UPDATE expression SET replaced_at = ?, replaced_by = ? WHERE id = ?", [(recorded_at, new, one) for one in old]
    )
    connection.executemany("UPDATE expression SET replaced_by = ? WHERE replaced_by = ?", [(new, one) for one in old])
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


def _free_iri(connection: sqlite3.Connection, work: str, date: str | None) -> str:
    nth = 1
    while connection.execute("SELECT 1 FROM expression WHERE iri = ?", (expression_iri(work, date, nth),)).fetchone():
        nth += 1
    return expression_iri(work, date, nth)


def _record_manifestation(connection: sqlite3.Connection, expression_id: str, origin: Origin, recorded_at: str) -> None:
    connection.execute(
        """INSERT OR IGNORE INTO manifestation (expression_id, snapshot_sha256, url, source_id, tier, facts,
             recorded_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (expression_id, origin.snapshot_sha256, origin.url, origin.source_id, origin.tier, origin.facts, recorded_at),
    )


def _seen_at(connection: sqlite3.Connection, expression_id: str, url: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM manifestation WHERE expression_id = ? AND url = ?", (expression_id, url)
    ).fetchone()
    return row is not None


def _effective(head: HeadFacts, date: str | None, recorded_at: str, *, in_place: bool) -> tuple[str | None, str]:
    """From when the text applies, and on what ground we say so: never a bare guess."""
    if in_place:
        return recorded_at[:10], "first_seen"
    if head.effective_on:
        return head.effective_on, "stated"
    if head.version_date or head.promulgated_on:
        return date, "version_date"
    if head.published_on:
        return head.published_on, "published"
    return None, "unknown"


def _status(head: HeadFacts) -> InstrumentStatus:
    """Status as the source states it. What follows from dates and repeals is computed when asked, not stored."""
    title, validity = head.title or "", head.validity or ""
    if "征求意见稿" in title or "草案" in title:
        return InstrumentStatus.DRAFT
    if any(word in validity for word in ("废止", "失效")) and "部分" not in validity:
        return InstrumentStatus.REPEALED
    if "部分" in validity:
        return InstrumentStatus.PARTLY_REPEALED
    if "暂停" in validity:
        return InstrumentStatus.SUSPENDED
    if "不明" in validity:
        return InstrumentStatus.UNKNOWN
    return InstrumentStatus.IN_FORCE


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
