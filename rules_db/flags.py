"""Flagging: which newly recorded texts a compliance team should see, how urgently, and the reason in plain words.

Relevance comes first (topics as data in watch/topics.yml, and every instrument that the catalogue links); only a
relevant text gets a score. Every reason names
what was found and where, so that a reader can check it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules_db.connection import transaction
from rules_db.instruments import title_key
from rules_db.iri import NATIONAL
from rules_db.mapping.catalogue import Catalogue
from rules_db.mapping.gaps import GapFilling, find_fillings, opened_on, record_fillings
from rules_db.mapping.parties import Parties, read_parties
from rules_db.model import ChangeKind, EffectKind, InstrumentStatus
from rules_db.readings import ExpressionReading, ThresholdReading, load_reading
from rules_db.watch.relations import content_sentences, relation_sentences
from rules_db.watch.relevance import TOPICS, Watch, load_watch, topics_of

ACTION, TO_KNOW, NEWS, NOT_RELEVANT = "action required", "to know", "news", "not relevant"


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground for a flag: its code, its share of the score, and a sentence for a person."""

    code: str
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A text's flag; a score of 0 means looked at and not relevant."""

    expression_id: str
    title: str
    kind: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Yardstick:
    """What every text of one run is judged by. `linked`: title key → links of the catalogue that rest on it."""

    watch: Watch
    catalogue: Catalogue
    linked: Mapping[str, int]
    opened: Mapping[str, str]
    parties: Parties
    now: str


def flag_pending(connection: sqlite3.Connection, catalogue: Catalogue, now: str, topics: Path = TOPICS) -> list[Flag]:
    """Judge every expression that has no flag row yet; records rows, gap fillings and gap changes. Newest last."""
    pending = connection.execute(
        """SELECT e.id, i.title, i.jurisdiction FROM expression e JOIN instrument i ON i.id = e.instrument_id
           WHERE e.replaced_at IS NULL AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.expression_id = e.id)
           ORDER BY e.recorded_at, e.id"""
    ).fetchall()
    if not pending:
        return []
    linked = Counter(title_key(link["rule"]["instrument"]) for link in catalogue.links.values())
    by = _Yardstick(load_watch(topics), catalogue, linked, opened_on(connection, catalogue), read_parties(), now)
    flags = []
    for row in pending:
        with transaction(connection):
            flag = _judge(connection, row, by)
            connection.execute(
                "INSERT INTO flag (expression_id, score, reasons, recorded_at) VALUES (?, ?, ?, ?)",
                (
                    flag.expression_id,
                    flag.score,
                    json.dumps(
                        {
                            "kind": flag.kind,
                            "reasons": [
                                {"code": r.code, "weight": r.weight, "sentence": r.sentence} for r in flag.reasons
                            ],
                        },
                        ensure_ascii=False,
                    ),
                    now,
                ),
            )
        if flag.score:
            flags.append(flag)
    return flags


def list_flags(
    connection: sqlite3.Connection, *, since: str | None = None, jurisdiction: str | None = None
) -> list[dict[str, Any]]:
    """Flagged texts recorded at `since` (ISO UTC) or later, the most urgent first, as plain mappings."""
    rows = connection.execute(
        """SELECT f.expression_id, f.score, f.reasons, f.recorded_at, e.version_date, e.effective_on, e.tier,
             e.document_number, i.id AS instrument_id, i.title, i.jurisdiction,
             (SELECT url FROM manifestation m WHERE m.expression_id = e.id ORDER BY m.recorded_at LIMIT 1) AS url
           FROM flag f JOIN expression e ON e.id = f.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE f.score > 0 AND e.replaced_at IS NULL AND (:since IS NULL OR f.recorded_at >= :since)
             AND (:place IS NULL OR i.jurisdiction = :place OR substr(i.jurisdiction, 1, 2) = substr(:place, 1, 2))
           ORDER BY f.score DESC, f.recorded_at DESC, f.expression_id""",
        {"since": since, "place": jurisdiction},
    ).fetchall()
    flags = []
    for row in rows:
        record = dict(row)
        record.update(json.loads(record.pop("reasons")))
        flags.append(record)
    return flags


def _judge(connection: sqlite3.Connection, row: sqlite3.Row, by: _Yardstick) -> Flag:
    weights = by.watch.weights
    text = connection.execute("SELECT text FROM expression WHERE id = ?", (row["id"],)).fetchone()["text"]
    reasons = _topic_reasons(row["title"], text, by.watch) + _watched_reasons(row["title"], by)
    if not reasons:
        return Flag(row["id"], row["title"], NOT_RELEVANT, 0.0, ())
    reading = load_reading(connection, row["id"])
    if row["jurisdiction"] != NATIONAL:
        reasons.append(Reason("provincial", weights["provincial"], f"Provincial guidance ({row['jurisdiction']})"))
    effects = _effect_reasons(connection, row["id"], weights)
    reasons += effects
    fillings = _new_fillings(connection, reading, row["title"], by)
    if record_fillings(connection, reading, fillings, by.now):
        _record_gap_changes(connection, reading, fillings, by.now)
    reasons += [
        Reason("fills_gap", weights["fills_gap"], f"May fill the gap “{f.gap_title}”: {f.reason}") for f in fillings
    ]
    reasons += _version_reasons(connection, reading, weights)
    limited = [t for t in reading.thresholds if t.rule is not None]
    if limited:
        example = f"{limited[0].label} {limited[0].quantity.text}"
        sentence = f"Sets {len(reading.rules)} norms with {len(limited)} limits, e.g. {example}"
        reasons.append(Reason("duties_with_limits", weights["duties_with_limits"], sentence))
    effective = connection.execute("SELECT effective_on FROM expression WHERE id = ?", (row["id"],)).fetchone()[0]
    told = relation_sentences(connection, reading, row["jurisdiction"]) + content_sentences(reading, effective)
    reasons += [Reason(code, 0.0, sentence) for code, sentence in told]
    score = sum(reason.weight for reason in reasons)
    if reading.status != InstrumentStatus.DRAFT and _urgent(reasons, reading, limited, by):
        return Flag(row["id"], row["title"], ACTION, round(score, 2), tuple(reasons))
    if effects or reading.rules:
        return Flag(row["id"], row["title"], TO_KNOW, round(score, 2), tuple(reasons))
    reasons.append(Reason("news", -score * (1 - by.watch.news_share), "States no norm and changes no other text"))
    return Flag(row["id"], row["title"], NEWS, round(score * by.watch.news_share, 2), tuple(reasons))


def _urgent(
    reasons: list[Reason], reading: ExpressionReading, limited: Sequence[ThresholdReading], by: _Yardstick
) -> bool:
    """A gap filled or a known rule changed; or limits for enterprises in a text that is local, or of the field by its
    title. A draft is never urgent: nobody has to do what it says yet."""
    codes = {reason.code for reason in reasons}
    if codes & {"fills_gap", "tightened", "new_version"}:
        return True
    own = any(reason.code == "topic" and reason.weight == by.watch.weights["title_word"] for reason in reasons)
    bearers = {reading.rules[threshold.rule].bearer for threshold in limited if threshold.rule is not None}
    binding = any(not bearer or by.parties.is_enterprise(bearer) for bearer in bearers)
    return binding and (own or "provincial" in codes)


def _topic_reasons(title: str, text: str, watch: Watch) -> list[Reason]:
    reasons = []
    for hit in topics_of(title, text, watch):
        words = "、".join(hit.words)
        if hit.by_title:
            reasons.append(Reason("topic", watch.weights["title_word"], f"Title is about {hit.topic.name}: {words}"))
        else:
            weight = watch.weights["text_word"] * len(hit.words)
            reasons.append(Reason("topic", weight, f"Title and text speak of {hit.topic.name}: {words}"))
    return reasons


def _watched_reasons(title: str, by: _Yardstick) -> list[Reason]:
    """An instrument that the catalogue links is watched whatever its field."""
    links = by.linked.get(title_key(title), 0)
    if not links:
        return []
    sentence = f"{links} links of the catalogue rest on this instrument"
    return [Reason("watched_instrument", by.watch.weights["watched_instrument"], sentence)]


def _effect_reasons(connection: sqlite3.Connection, expression_id: str, weights: Mapping[str, float]) -> list[Reason]:
    strong = (
        EffectKind.IMPLEMENTS,
        EffectKind.FORWARDS,
        EffectKind.AMENDS,
        EffectKind.REPEALS,
        EffectKind.REPLACES,
        EffectKind.ISSUES,
        EffectKind.DRAFTS,
    )
    light = (EffectKind.INTERPRETS, EffectKind.ANNOUNCES)
    reasons = []
    for effect in connection.execute(
        """SELECT DISTINCT kind, target_title, target_instrument_id FROM effect
           WHERE affecting_expression_id = ? ORDER BY kind, target_title""",
        (expression_id,),
    ):
        if effect["kind"] in strong and effect["target_instrument_id"]:
            sentence = f"{effect['kind'].capitalize()} 《{effect['target_title']}》, which this store holds"
            reasons.append(Reason(effect["kind"], weights["implements"], sentence))
        elif effect["kind"] in light:
            held = "which this store holds" if effect["target_instrument_id"] else "which could not be identified"
            sentence = f"{effect['kind'].capitalize()} 《{effect['target_title']}》, {held}"
            reasons.append(Reason(effect["kind"], weights["text_word"], sentence))
    return reasons[:3]


def _version_reasons(
    connection: sqlite3.Connection, reading: ExpressionReading, weights: Mapping[str, float]
) -> list[Reason]:
    changes = connection.execute(
        "SELECT kind, summary FROM change WHERE to_expression_id = ? AND from_expression_id IS NOT NULL ORDER BY rowid",
        (reading.id,),
    ).fetchall()
    if not changes:
        return []
    reasons = [Reason("new_version", weights["new_version"], f"New version of a known rule: {len(changes)} changes")]
    tightened = [change["summary"] for change in changes if change["kind"] == ChangeKind.THRESHOLD_TIGHTENED]
    if tightened:
        sentence = f"{len(tightened)} limits tightened, e.g. {tightened[0]}"
        reasons.append(Reason("tightened", weights["tightened"] * len(tightened), sentence))
    return reasons


def _new_fillings(
    connection: sqlite3.Connection, reading: ExpressionReading, title: str, by: _Yardstick
) -> list[GapFilling]:
    """Fillings that no earlier version of the same instrument held: a revision that repeats them fills nothing."""
    fillings = find_fillings(by.catalogue, reading, title, by.opened)
    if not fillings:
        return []
    earlier = connection.execute(
        """SELECT id FROM expression WHERE instrument_id = ? AND id <> ? AND version_date < ?
           AND id IN (SELECT expression_id FROM extraction)""",
        (reading.instrument_id, reading.id, reading.version_date),
    ).fetchall()
    known = {
        f.gap_id for row in earlier for f in find_fillings(by.catalogue, load_reading(connection, row["id"]), title)
    }
    return [filling for filling in fillings if filling.gap_id not in known]


def _record_gap_changes(
    connection: sqlite3.Connection, reading: ExpressionReading, fillings: list[GapFilling], now: str
) -> None:
    connection.executemany(
        """INSERT OR IGNORE INTO change (id, kind, instrument_id, to_expression_id, to_label, summary, detail, valid_on,
             recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                f"gap-{filling.gap_id}-{reading.id}",
                ChangeKind.GAP_FILLED,
                reading.instrument_id,
                reading.id,
                filling.label,
                f"May fill the gap “{filling.gap_title}”: {filling.reason}",
                json.dumps({"gap": filling.gap_id, "eid": filling.eid}, ensure_ascii=False),
                reading.valid_from,
                now,
            )
            for filling in fillings
        ],
    )
