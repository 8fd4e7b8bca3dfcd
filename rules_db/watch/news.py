"""News of the field: pages that are no regulation and so never become a text of the store, but speak of a topic.

In: the store's readings that were refused as no regulation. Out: `Subject`s of kind news, one per title. Reads only.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3

from rules_db.documents import load_document
from rules_db.flags import NEWS
from rules_db.instruments import title_key
from rules_db.iri import NATIONAL
from rules_db.watch.matching import Subject
from rules_db.watch.relevance import TOPICS, load_watch, topics_of

NO_REGULATION = "not_regulation"


def news_since(store: sqlite3.Connection, since: str) -> list[Subject]:
    """Pages read from `since` (ISO UTC) on, oldest first. One title is one piece of news, on however many sites."""
    rows = store.execute(
        """SELECT r.url, r.facts, min(r.read_at) AS read_at, s.jurisdiction,
             (SELECT c.document FROM conversion c WHERE c.snapshot_sha256 = r.snapshot_sha256 AND c.url = r.url
                AND c.document IS NOT NULL ORDER BY c.rowid DESC LIMIT 1) AS document
           FROM reading r JOIN issue i ON i.stage = 'read' AND i.code = ? AND i.subject = r.url
           LEFT JOIN source s ON s.id = i.source_id
           WHERE r.outcome = 'refused' AND r.read_at >= ?
           GROUP BY r.snapshot_sha256, r.url ORDER BY 3, 1""",
        (NO_REGULATION, since),
    ).fetchall()
    watch = load_watch(TOPICS)
    found: dict[str, Subject] = {}
    for row in rows:
        if row["document"] is None:
            continue
        document, facts = load_document(row["document"]), json.loads(row["facts"])
        title = str(facts.get("title") or document.head.title or "")
        hits = topics_of(title, "\n".join(block.text for block in document.blocks), watch)
        key = hashlib.sha256(title_key(title).encode()).hexdigest()[:16]
        if not title or not hits or key in found:
            continue
        words = "、".join(hits[0].words)
        frame = "Title is about" if hits[0].by_title else "Title and text speak of"
        found[key] = Subject(
            expression_id=f"page-{key}",
            instrument_id="",
            title=title,
            number="",
            jurisdiction=str(facts.get("jurisdiction") or row["jurisdiction"] or NATIONAL),
            kind=NEWS,
            score=0.0,
            sentences=(f"{frame} {hits[0].topic.name}: {words}", "States no norm and changes no other text"),
            bearers=(),
            topics=frozenset(hit.topic.id for hit in hits),
            everyones=False,
            searches=frozenset(),
            effective_on=None,
            url=row["url"],
            recorded_at=row["read_at"],
        )
    return list(found.values())
