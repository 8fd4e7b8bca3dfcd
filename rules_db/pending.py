"""What waits to be read: converted documents, each put together with the files beside it.

In: the store, the versions of converter and reader. Out: `ToRead` values with outer facts merged into their heads. A
page is read again when a version moved, when its facts did, or when a file that it links to came or changed; older
bytes of a page keep the files they were read with.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from rules_db.attached import Composed, HeldFile, OwnFile, Part, Parts, compose, wording_of
from rules_db.documents import load_document, load_head, merge_head
from rules_db.instruments import title_key
from rules_db.model import ConvertedDocument, HeadFacts, Tier

# The newest readable bytes of each file of a page, in page order; - where there are none.
_FILES_NOW = """coalesce((SELECT group_concat(coalesce(f.sha, '-'), ' ') FROM (
  SELECT (SELECT s2.snapshot_sha256 FROM sighting s2 JOIN conversion c2 ON c2.snapshot_sha256 = s2.snapshot_sha256
            AND c2.url = s2.url AND c2.converter_version = c.converter_version AND c2.document IS NOT NULL
          WHERE s2.url = a.file_url ORDER BY s2.id DESC LIMIT 1) AS sha
  FROM attached_file a WHERE a.snapshot_sha256 = c.snapshot_sha256 AND a.url = c.url
    AND a.converter_version = c.converter_version ORDER BY a.position) f), '')"""
_WAITING = f"""
SELECT d.* FROM (
  SELECT c.snapshot_sha256, c.url, s.source_id, s.facts, src.tier, src.jurisdiction, min(s.id) AS first,
    min(s.seen_at) AS seen_at,
    (SELECT n.snapshot_sha256 FROM sighting n WHERE n.url = c.url AND n.snapshot_sha256 IS NOT NULL
     ORDER BY n.id DESC LIMIT 1) = c.snapshot_sha256 AS newest,
    (SELECT r.files FROM reading r WHERE r.snapshot_sha256 = c.snapshot_sha256 AND r.url = c.url AND r.facts = s.facts
     ORDER BY r.read_at DESC, r.rowid DESC LIMIT 1) AS files_then,
    {_FILES_NOW} AS files_now
  FROM conversion c
  JOIN sighting s ON s.snapshot_sha256 = c.snapshot_sha256 AND s.url = c.url AND s.role IN ('detail', 'file')
  JOIN source src ON src.id = s.source_id
  WHERE c.converter_version = :converter AND c.document IS NOT NULL
    AND (NOT EXISTS (SELECT 1 FROM reading r WHERE r.snapshot_sha256 = c.snapshot_sha256 AND r.url = c.url
           AND r.facts = s.facts AND r.pipeline_version = :pipeline AND r.converter_version = :converter)
         OR EXISTS (SELECT 1 FROM attached_file a WHERE a.snapshot_sha256 = c.snapshot_sha256 AND a.url = c.url
           AND a.converter_version = c.converter_version))
    AND NOT (s.role = 'file' AND EXISTS (SELECT 1 FROM attached_file a WHERE a.file_url = c.url AND a.url <> c.url))
  GROUP BY c.snapshot_sha256, c.url, s.facts) d
WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.snapshot_sha256 = d.snapshot_sha256 AND r.url = d.url
    AND r.facts = d.facts AND r.pipeline_version = :pipeline AND r.converter_version = :converter
    AND (NOT d.newest OR r.files = d.files_now))
ORDER BY d.first"""  # noqa: S608 - put together from the literal above


@dataclass(frozen=True, slots=True)
class ToRead:
    """A document that the current versions have not read. It carries the merged facts and the texts of its files;
    `parts` says what it was put together from, `files` is the key of these for the ledger. `own` are the titles of
    files that are instruments of their own: where the page itself is no text, nothing is missing. `unread` are the
    names of files that are not held or could not be converted."""

    snapshot_sha256: str
    url: str
    source_id: str
    facts: str
    tier: Tier
    document: ConvertedDocument
    converter_version: str = ""
    files: str = ""
    parts: Parts | None = None
    own: tuple[str, ...] = ()
    too_long: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    seen_at: str | None = None


def pending_reads(connection: sqlite3.Connection, converter_version: str, pipeline_version: str) -> list[ToRead]:
    """Converted documents waiting for the reader, oldest sighting first, each page before its files."""
    rows = connection.execute(_WAITING, {"converter": converter_version, "pipeline": pipeline_version}).fetchall()
    waiting: dict[tuple[str, str, str], ToRead] = {}
    for row in rows:
        for item in _items(connection, row, converter_version):
            waiting.setdefault((item.snapshot_sha256, item.url, item.facts), item)
    return list(waiting.values())


def _items(connection: sqlite3.Connection, row: sqlite3.Row, version: str) -> Iterator[ToRead]:
    page = _document(connection, row["snapshot_sha256"], row["url"], version)
    assert page is not None  # noqa: S101 - the query asks for converted ones
    stated = _stated(row["facts"], row["jurisdiction"], row["url"])
    tier = stated.tier or Tier(row["tier"])
    page = dataclasses.replace(page, head=merge_head(stated, page.head))
    files = row["files_now"] if row["newest"] or row["files_then"] is None else row["files_then"]
    links, digests = _links(connection, row, version), files.split()
    held = _held(connection, links, digests, version)
    composed = compose(row["snapshot_sha256"], page, held)
    read = {file.url for file in held}
    yield ToRead(
        row["snapshot_sha256"],
        row["url"],
        row["source_id"],
        row["facts"],
        tier,
        composed.document,
        version,
        files,
        composed.parts,
        tuple(own.title for own in composed.own),
        composed.too_long,
        tuple(link["name"] for link in links if link["file_url"] not in read),
        max([row["seen_at"], *(_first_seen(connection, file) for file in held)]),
    )
    for own in composed.own:
        yield _own_item(connection, row, own, composed, tier, version)


def _links(connection: sqlite3.Connection, row: sqlite3.Row, version: str) -> list[sqlite3.Row]:
    """The files that a page links to, in page order."""
    return connection.execute(
        """SELECT file_url, name FROM attached_file WHERE snapshot_sha256 = ? AND url = ? AND converter_version = ?
           ORDER BY position""",
        (row["snapshot_sha256"], row["url"], version),
    ).fetchall()


def _held(connection: sqlite3.Connection, links: list[sqlite3.Row], digests: list[str], version: str) -> list[HeldFile]:
    """The files with their texts; `digests` in the order of `links`."""
    held = []
    for link, sha256 in zip(links, digests, strict=False):
        document = _document(connection, sha256, link["file_url"], version)
        if document is not None:
            held.append(HeldFile(link["name"], link["file_url"], sha256, document))
    return held


def _document(connection: sqlite3.Connection, sha256: str, url: str, version: str) -> ConvertedDocument | None:
    found = connection.execute(
        """SELECT document FROM conversion WHERE snapshot_sha256 = ? AND url = ? AND converter_version = ?
           AND document IS NOT NULL""",
        (sha256, url, version),
    ).fetchone()
    return load_document(found["document"]) if found else None


def _first_seen(connection: sqlite3.Connection, file: HeldFile) -> str:
    """When the bytes of a file were first seen: a text is no older than the newest of its parts."""
    row = connection.execute(
        "SELECT min(seen_at) FROM sighting WHERE url = ? AND snapshot_sha256 = ?", (file.url, file.sha256)
    ).fetchone()
    return str(row[0])


def _own_item(
    connection: sqlite3.Connection, row: sqlite3.Row, own: OwnFile, composed: Composed, tier: Tier, version: str
) -> ToRead:
    """A file that is an instrument of its own. What the notice says of issuer, number and day holds for it; the title
    of the notice is another name of it, so that whoever looks for the notice finds the text."""
    notice = composed.document.head
    facts: dict[str, object] = {
        "title": own.title,
        "attached_to": row["url"],
        "also_called": [title_key(notice.title)] if notice.title else [],
    }
    for name in ("document_number", "jurisdiction", "promulgated_on", "published_on", "version_date"):
        if getattr(notice, name):
            facts[name] = getattr(notice, name)
    if notice.issuers:
        facts["issuers"] = list(notice.issuers)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    stated = _stated(text, row["jurisdiction"], own.file.url)
    document = dataclasses.replace(own.file.document, head=merge_head(stated, own.file.document.head))
    parts = Parts(Part(own.file.sha256, wording_of(own.file.document)))
    return ToRead(
        own.file.sha256,
        own.file.url,
        row["source_id"],
        text,
        tier,
        document,
        version,
        parts=parts,
        seen_at=_first_seen(connection, own.file),
    )


def _stated(facts: str, jurisdiction: str, url: str) -> HeadFacts:
    """Facts stated with the sighting; the source's jurisdiction fills in where they name none."""
    known = {field.name for field in dataclasses.fields(HeadFacts)}
    raw = {key: value for key, value in json.loads(facts).items() if key in known and value not in ("", None)}
    raw.setdefault("jurisdiction", jurisdiction)
    raw.setdefault("url", url)
    return load_head(raw)
