"""Flagged texts as the notification needs them, read from the store; what readers can't see yet is left out.

In: the working store and the published copy. Out: `Subject`s, the most urgent first. Reads only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from rules_db.query import NOTHING, parse_query
from rules_db.watch.matching import RANK, Subject
from rules_db.watch.relevance import TOPICS, load_watch, topics_of

# What a reader wants to hear first; other grounds come in the order of their weight.
_ORDER = (
    "fills_gap",
    "conflicts",
    "tightened",
    "new_version",
    "implements",
    "forwards",
    "supplements",
    "duties_with_limits",
)
_ALWAYS = "watched_instrument"


def subjects_since(
    store: sqlite3.Connection, public: sqlite3.Connection, since: str, searches: Collection[str] = ()
) -> list[Subject]:
    """Texts flagged from `since` (ISO UTC) on that the published copy holds, and those that match a saved search."""
    rows = store.execute(
        """SELECT f.expression_id, f.score, f.reasons, f.recorded_at, e.effective_on, e.document_number,
             i.id AS instrument_id, i.title, i.jurisdiction,
             (SELECT url FROM manifestation m WHERE m.expression_id = e.id ORDER BY m.recorded_at, m.url LIMIT 1) AS url
           FROM flag f JOIN expression e ON e.id = f.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE f.recorded_at >= ? AND e.replaced_at IS NULL ORDER BY f.score DESC, f.recorded_at, f.expression_id""",
        (since,),
    ).fetchall()
    if not rows:
        return []
    held = {row[0] for row in public.execute("SELECT id FROM expression")}
    matching = {query: found_by(public, query) for query in searches}
    watch = load_watch(TOPICS)
    subjects = []
    for row in rows:
        found = frozenset(query for query, ids in matching.items() if row["expression_id"] in ids)
        if row["expression_id"] not in held or not (row["score"] or found):
            continue
        flag = json.loads(row["reasons"])
        text = store.execute("SELECT text FROM expression WHERE id = ?", (row["expression_id"],)).fetchone()["text"]
        codes = {reason["code"] for reason in flag["reasons"]}
        subjects.append(
            Subject(
                expression_id=row["expression_id"],
                instrument_id=row["instrument_id"],
                title=row["title"],
                number=row["document_number"] or "",
                jurisdiction=row["jurisdiction"],
                kind=flag["kind"],
                score=row["score"],
                sentences=_sentences(flag["reasons"]),
                bearers=_bearers(store, row["expression_id"]),
                topics=frozenset(hit.topic.id for hit in topics_of(row["title"], text, watch)),
                everyones=_ALWAYS in codes,
                searches=found,
                effective_on=row["effective_on"],
                url=row["url"],
                recorded_at=row["recorded_at"],
            )
        )
    return sorted(subjects, key=lambda s: (RANK.get(s.kind, len(RANK)), -s.score, s.expression_id))


def found_by(public: sqlite3.Connection, query: str) -> frozenset[str]:
    """Ids of all expressions with a provision that matches a search; no ranking, so none is left out."""
    expression = parse_query(query).expression()
    if expression == NOTHING:
        return frozenset()
    rows = public.execute(
        """SELECT DISTINCT p.expression_id FROM provision_fts f JOIN provision p ON p.id = f.rowid
           WHERE provision_fts MATCH ?""",
        (expression,),
    )
    return frozenset(row[0] for row in rows)


def gap_names(store: sqlite3.Connection) -> dict[str, str]:
    """Names of gaps, English → Chinese."""
    return {row["title"]: row["title_zh"] for row in store.execute("SELECT title, title_zh FROM gap")}


def _sentences(reasons: list[dict[str, object]]) -> tuple[str, ...]:
    def place(reason: dict[str, object]) -> tuple[int, float]:
        code = str(reason["code"])
        return (_ORDER.index(code) if code in _ORDER else len(_ORDER), -float(str(reason["weight"])))

    told = [reason for reason in reasons if reason["code"] != "effective"]  # the day stands beside it anyway
    return tuple(str(reason["sentence"]) for reason in sorted(told, key=place))


def _bearers(store: sqlite3.Connection, expression_id: str) -> tuple[str, ...]:
    """Who the urgent rules of a text bind: those with limits, those that fill a gap, those that changed."""
    rows = store.execute(
        """SELECT DISTINCT rv.bearer,
             EXISTS (SELECT 1 FROM threshold t WHERE t.rule_version_id = rv.id AND t.superseded_at IS NULL)
             OR EXISTS (SELECT 1 FROM gap_filling g WHERE g.expression_id = p.expression_id
                        AND (p.eid = g.eid OR p.eid LIKE g.eid || '\\_\\_%' ESCAPE '\\'))
             OR EXISTS (SELECT 1 FROM change c WHERE c.to_expression_id = p.expression_id AND c.rule_id = rv.rule_id)
             AS urgent
           FROM rule_place p JOIN rule_version rv ON rv.id = p.rule_version_id
           WHERE p.expression_id = ? AND rv.superseded_at IS NULL ORDER BY rv.bearer""",
        (expression_id,),
    ).fetchall()
    urgent = tuple(row["bearer"] for row in rows if row["urgent"])
    return urgent or tuple(row["bearer"] for row in rows)
