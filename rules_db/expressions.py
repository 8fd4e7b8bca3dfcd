"""Writing an expression: its row, provisions, manifestation, raw extraction and effects. What a text is to those that
are held already is decided in rules_db/recording.py.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from rules_db.attached import Parts
from rules_db.effects import record_effects, stated_effects
from rules_db.instruments import InstrumentRef
from rules_db.iri import expression_iri, short_id
from rules_db.model import Analysis, HeadFacts, InstrumentStatus, Tier
from rules_db.workdays import china_day

REGISTER_PLATFORM = "register"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text came from: its bytes, address, source and provenance tier, the facts told with it, the parts it was
    put together from (None: the register's), and when these bytes were first seen there (None: when it is recorded)."""

    snapshot_sha256: str
    url: str
    source_id: str
    tier: Tier
    facts: str = "{}"
    parts: Parts | None = None
    seen_at: str | None = None


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
                        "commencements": [dataclasses.asdict(item) for item in analysis.commencements],
                        "operations": [dataclasses.asdict(item) for item in analysis.operations],
                    }
                ),
                recorded_at,
            ),
        ).rowcount
    )


def insert_expression(
    connection: sqlite3.Connection,
    instrument: InstrumentRef,
    analysis: Analysis,
    origin: Origin,
    date: str | None,
    wording: str,
    *,
    in_place: bool,
    recorded_at: str,
    first_seen: str | None = None,
) -> str:
    """Write an expression with all that was read in it; returns its id. `in_place` = an edit found at a known address,
    valid from the day `first_seen` (in China, that of recording, if None)."""
    head = analysis.head
    iri = _free_iri(connection, instrument.iri, date)
    effective_on, basis = _effective(head, date, first_seen or china_day(recorded_at), in_place=in_place)
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
    record_manifestation(connection, short_id(iri), origin, recorded_at)
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


def _free_iri(connection: sqlite3.Connection, work: str, date: str | None) -> str:
    nth = 1
    while connection.execute("SELECT 1 FROM expression WHERE iri = ?", (expression_iri(work, date, nth),)).fetchone():
        nth += 1
    return expression_iri(work, date, nth)


def record_manifestation(connection: sqlite3.Connection, expression_id: str, origin: Origin, recorded_at: str) -> None:
    """Say that these bytes at this address carry the expression."""
    connection.execute(
        """INSERT INTO manifestation (expression_id, snapshot_sha256, url, source_id, tier, facts, recorded_at, parts)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (expression_id, snapshot_sha256, url) DO UPDATE SET parts = excluded.parts""",
        (
            expression_id,
            origin.snapshot_sha256,
            origin.url,
            origin.source_id,
            origin.tier,
            origin.facts,
            recorded_at,
            origin.parts.dump() if origin.parts else "",
        ),
    )


def _effective(head: HeadFacts, date: str | None, first_seen: str, *, in_place: bool) -> tuple[str | None, str]:
    """From when the text applies, and on what ground we say so: never a bare guess."""
    if in_place:
        return first_seen, "first_seen"
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
