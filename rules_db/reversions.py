"""Pages that went back to an earlier text: A, then B at the same address, then A again.

The earlier text is held already, so reading it adds nothing; without this step the store would go on saying B. Works on
the store alone: an address whose two newest looks both show the bytes of an earlier text gets a new expression with
that text, valid from the day of the first of them. Two looks, because hosts behind a balancer show old and new in turn.
"""

from __future__ import annotations

import sqlite3

from rules_db.connection import transaction
from rules_db.iri import expression_iri, short_id
from rules_db.workdays import china_day

# Newest text recorded for each address, when it was an edit in place, and the text of the two newest looks there.
_REVERTED = """
WITH changed AS (SELECT url FROM manifestation GROUP BY url HAVING count(DISTINCT expression_id) > 1),
look AS (
  SELECT s.id, s.url, s.snapshot_sha256, s.seen_at, s.source_id,
    row_number() OVER (PARTITION BY s.url ORDER BY s.id DESC) AS age
  FROM sighting s JOIN changed c ON c.url = s.url
  WHERE s.role IN ('detail', 'file') AND s.snapshot_sha256 IS NOT NULL),
latest AS (
  SELECT m.url, e.id, e.instrument_id, e.text_fingerprint, e.recorded_at,
    row_number() OVER (PARTITION BY m.url ORDER BY e.recorded_at DESC, e.rowid DESC) AS age
  FROM manifestation m JOIN changed c ON c.url = m.url JOIN expression e ON e.id = m.expression_id
  WHERE e.replaced_at IS NULL)
SELECT l.url, l.id AS newest_id, l.instrument_id, min(o.id) AS earlier_id, min(two.seen_at, one.seen_at) AS since
FROM latest l
JOIN look one ON one.url = l.url AND one.age = 1
JOIN look two ON two.url = l.url AND two.age = 2
JOIN manifestation mo ON mo.url = l.url AND mo.snapshot_sha256 = one.snapshot_sha256
JOIN expression o ON o.id = mo.expression_id
JOIN manifestation mt ON mt.url = l.url AND mt.snapshot_sha256 = two.snapshot_sha256
JOIN expression t ON t.id = mt.expression_id
WHERE l.age = 1 AND one.seen_at > l.recorded_at AND two.seen_at > l.recorded_at AND one.seen_at <> two.seen_at
  AND NOT EXISTS (SELECT 1 FROM manifestation same WHERE same.expression_id = l.id AND same.url = l.url
    AND same.snapshot_sha256 = one.snapshot_sha256)
  AND o.instrument_id = l.instrument_id AND o.text_fingerprint <> l.text_fingerprint
  AND t.instrument_id = l.instrument_id AND t.text_fingerprint = o.text_fingerprint
GROUP BY l.url ORDER BY l.url
"""
_KEPT = (
    "version_date, document_number, promulgated_on, published_on, expires_on, status, text, text_fingerprint, tier, "
    "pipeline_version"
)


def record_reversions(connection: sqlite3.Connection, now: str) -> int:
    """Record every address that went back to an earlier text; returns the number of new expressions."""
    found = connection.execute(_REVERTED).fetchall()
    for row in found:
        with transaction(connection):
            _again(connection, row["instrument_id"], row["earlier_id"], row["url"], row["since"], now)
    return len(found)


def _again(
    connection: sqlite3.Connection, instrument_id: str, earlier: str, url: str, since: str, recorded_at: str
) -> None:
    """The earlier text once more, as an expression of its own, with its provisions and all that was read in it."""
    work = connection.execute("SELECT iri FROM instrument WHERE id = ?", (instrument_id,)).fetchone()["iri"]
    date = connection.execute("SELECT version_date FROM expression WHERE id = ?", (earlier,)).fetchone()[0]
    nth = 1
    while connection.execute("SELECT 1 FROM expression WHERE iri = ?", (expression_iri(work, date, nth),)).fetchone():
        nth += 1
    iri = expression_iri(work, date, nth)
    new = short_id(iri)
    connection.execute(
        f"""INSERT INTO expression (id, iri, instrument_id, {_KEPT}, effective_on, effective_basis, recorded_at)
            SELECT ?, ?, instrument_id, {_KEPT}, ?, 'first_seen', ? FROM expression WHERE id = ?""",  # noqa: S608
        (new, iri, china_day(since), recorded_at, earlier),
    )
    connection.execute(
        """INSERT INTO provision (expression_id, eid, kind, label, heading, parent_eid, ord, start, "end", tree_end)
           SELECT ?, eid, kind, label, heading, parent_eid, ord, start, "end", tree_end FROM provision
           WHERE expression_id = ?""",
        (new, earlier),
    )
    connection.execute(
        """INSERT INTO extraction (expression_id, pipeline_version, norms, thresholds, extra, recorded_at)
           SELECT ?, pipeline_version, norms, thresholds, extra, ? FROM extraction WHERE expression_id = ?""",
        (new, recorded_at, earlier),
    )
    connection.execute(
        """INSERT INTO manifestation (expression_id, snapshot_sha256, url, source_id, tier, facts, recorded_at, parts)
           SELECT ?, snapshot_sha256, url, source_id, tier, facts, ?, parts FROM manifestation
           WHERE expression_id = ? AND url = ?""",
        (new, recorded_at, earlier, url),
    )
