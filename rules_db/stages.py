"""The stages between bytes and rules, each reading what is pending in the store and writing rows for the next.

What a stage does to one item is passed in (`convert`, `analyse`), so that this package needs neither the crawler nor
nlp, and each stage can be killed, run again, tested and timed alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rules_db.captures import Sighting, finish_run, record_sighting, start_run
from rules_db.connection import transaction
from rules_db.documents import dump_document
from rules_db.effects import STATED, record_effects
from rules_db.expressions import Origin
from rules_db.issues import raise_issue, resolve_issues
from rules_db.model import (
    Analysis,
    AttachmentRef,
    ConvertedDocument,
    EffectKind,
    Issue,
    Outcome,
    Severity,
    Span,
    TextEffect,
    Verdict,
)
from rules_db.pending import ToRead, pending_reads
from rules_db.recording import Recorded, RecordedText, read_before, record_text, reread_text
from rules_db.reversions import record_reversions
from rules_db.snapshots import SnapshotStore

__all__ = ["ToRead", "pending_reads"]

Progress = Callable[[int, int], None]
IN_ATTACHMENT = "text_in_attachment"
NO_TEXT_OF_ITS_OWN = ("empty", "not_chinese", "not_regulation")


class StageRefusalError(Exception):
    """One item can't pass a stage: a code from the stage's list, and one line for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)  # both, so that it crosses process boundaries
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class File:
    """A file handed in by a person: its bytes, a name to call it by, and what its manifest row says of it.
    `captured_at` (ISO UTC) says that it is an archive's copy of what stood at its address then."""

    name: str
    data: bytes
    facts: dict[str, object]
    captured_at: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that did not pass, with the reason."""

    subject: str
    code: str
    message: str


def record_files(
    connection: sqlite3.Connection, snapshots: SnapshotStore, files: Iterable[File], source_id: str, now: str
) -> int:
    """Keep files as snapshots with a sighting each; a file already held with the same facts is passed over. Copies from
    an archive are recorded as looks at the times they were captured; they are to come oldest first. Returns how many
    were new; with none, not even a run is recorded."""
    new, runs = 0, dict[str, int]()
    for file in files:
        facts = json.dumps(file.facts, ensure_ascii=False, sort_keys=True)
        url, seen_at = str(file.facts.get("url") or f"file:{file.name}"), file.captured_at or now
        held = connection.execute(
            """SELECT 1 FROM sighting WHERE url = ? AND snapshot_sha256 = ? AND facts = ?
                 AND (? IS NULL OR seen_at = ?)""",
            (url, hashlib.sha256(file.data).hexdigest(), facts, file.captured_at, file.captured_at),
        ).fetchone()
        if held:
            continue
        new += 1
        with transaction(connection):
            if seen_at not in runs:
                runs[seen_at] = start_run(connection, source_id, seen_at)
            sha256 = snapshots.add(file.data, media_type=None, seen_at=seen_at)
            sighting = Sighting(url, "file", Outcome.FETCHED, snapshot_sha256=sha256, facts=file.facts)
            record_sighting(connection, runs[seen_at], source_id, sighting, seen_at)
    for seen_at, run_id in runs.items():
        reason = "files handed in" if seen_at == now else f"copies of an archive, taken over at {now}"
        finish_run(connection, run_id, finished_at=seen_at, verdict=Verdict.OK, reason=reason, metrics={"files": new})
    return new


def convert_pending(
    connection: sqlite3.Connection,
    snapshots: SnapshotStore,
    convert: Callable[[bytes, str, str | None, str, Sequence[str]], ConvertedDocument],
    version: str,
    now: str,
    progress: Progress = lambda done, total: None,
) -> list[Refused]:
    """Convert every document sighted but not yet converted by this converter version.

    `convert(data, name, content_type, url, body_selectors)` raises StageRefusalError for what it can't read; the
    selectors are those of the registry. Returns the refusals.
    """
    pending = connection.execute(
        """SELECT s.snapshot_sha256 AS sha, s.url, s.content_type, s.source_id, max(s.id) AS newest, s.role,
             s.parent_url, json_extract(src.config, '$.body') AS body
           FROM sighting s JOIN source src ON src.id = s.source_id
           WHERE s.role IN ('detail', 'attachment', 'file') AND s.snapshot_sha256 IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM conversion c WHERE c.snapshot_sha256 = s.snapshot_sha256 AND c.url = s.url
               AND c.converter_version = ?)
           GROUP BY s.snapshot_sha256, s.url ORDER BY newest""",
        (version,),
    ).fetchall()
    refused = []
    for done, row in enumerate(pending):
        document, code, message = None, None, None
        links: Sequence[AttachmentRef] = ()
        try:
            data = snapshots.read(row["sha"])
            selectors = (row["body"],) if row["body"] and row["role"] == "detail" else ()
            converted = convert(data, _name(row["url"]), row["content_type"], row["url"], selectors)
            document, links = dump_document(converted), converted.head.attachments
        except StageRefusalError as refusal:
            code, message = refusal.code, refusal.message
        except ValueError as error:  # a damaged snapshot: named, and nothing downstream uses it
            code, message = "damaged_snapshot", str(error)
        with transaction(connection):
            connection.execute(
                """INSERT INTO conversion (snapshot_sha256, url, converter_version, document, error_code, error_message,
                     converted_at) VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (row["sha"], row["url"], version, document, code, message, now),
            )
            connection.executemany(
                "INSERT INTO attached_file VALUES (?, ?, ?, ?, ?, ?)",
                [(row["sha"], row["url"], version, n, link.url, link.name) for n, link in enumerate(links)],
            )
            if code and message:
                refused.append(Refused(row["url"], code, message))
                raise_issue(
                    connection, Issue(Severity.ERROR, "convert", code, message, row["url"], row["source_id"]), now
                )
            else:
                resolve_issues(connection, stage="convert", subject=row["url"], now=now)
        progress(done + 1, len(pending))
    return refused


@dataclass
class ReadTally:
    """Counts of a reading stage."""

    outcomes: dict[str, int]
    refused: list[Refused]
    texts: list[RecordedText]


def record_reads(
    connection: sqlite3.Connection,
    results: Iterable[tuple[ToRead, Analysis | StageRefusalError]],
    total: int,
    pipeline_version: str,
    now: str,
    progress: Progress = lambda done, total: None,
) -> ReadTally:
    """Record analyses as they come, each in its own transaction: a crash loses at most the one in hand."""
    tally = ReadTally({}, [], [])
    for done, (item, result) in enumerate(results):
        with transaction(connection):
            outcome, expression_id = _record_read(connection, item, result, tally, now)
            connection.execute(
                """INSERT OR REPLACE INTO reading (snapshot_sha256, url, facts, pipeline_version, outcome,
                     expression_id, read_at, converter_version, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    item.snapshot_sha256,
                    item.url,
                    item.facts,
                    pipeline_version,
                    outcome,
                    expression_id,
                    now,
                    item.converter_version,
                    item.files,
                ),
            )
        tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
        progress(done + 1, total)
    again = record_reversions(connection, now)
    if again:
        kind = Recorded.NEW_EXPRESSION.value
        tally.outcomes[kind] = tally.outcomes.get(kind, 0) + again
    return tally


def _record_read(
    connection: sqlite3.Connection, item: ToRead, result: Analysis | StageRefusalError, tally: ReadTally, now: str
) -> tuple[str, str | None]:
    if isinstance(result, StageRefusalError):
        if item.own and result.code in NO_TEXT_OF_ITS_OWN:
            return "in_attachments", None  # a page of title and links; its files are read as what they are
        if item.unread and result.code in NO_TEXT_OF_ITS_OWN:
            names = "、".join(item.unread[:5])
            message = f"the text is in its files, and these can't be read yet: {names}; see 'guiji review files'"
            return _refuse(connection, item, tally, IN_ATTACHMENT, message, now), None
        return _refuse(connection, item, tally, result.code, result.message, now), None
    for name in item.too_long:
        message = f"attachment {name} was left out: the files of this page hold too much text; ingest it alone"
        raise_issue(
            connection, Issue(Severity.WARN, "read", "attachment_too_long", message, item.url, item.source_id), now
        )
    origin = Origin(item.snapshot_sha256, item.url, item.source_id, item.tier, item.facts, item.parts, item.seen_at)
    stated = [TextEffect(EffectKind.ISSUES, Span(0, 0, "", STATED), title) for title in item.own]
    result = dataclasses.replace(result, effects=(*stated, *result.effects))
    known = read_before(connection, origin)
    if known:  # the same bytes under other versions: a new reading of the same text (several, if it came back)
        outcomes = {reread_text(connection, expression, result, origin, now) for expression in known}
        said = next((name for name in ("converted_anew", "reread") if name in outcomes), Recorded.SAME_TEXT)
        return said, known[-1]
    try:
        recorded = record_text(connection, result, origin, now)
    except ValueError as error:
        return _refuse(connection, item, tally, "no_title", str(error), now), None
    if recorded.outcome == Recorded.CONFLICT:
        return _refuse(connection, item, tally, "two_texts_one_date", recorded.message, now), None
    tally.texts.append(recorded)
    resolve_issues(connection, stage="read", subject=item.url, now=now, code=IN_ATTACHMENT)
    if stated and recorded.outcome == Recorded.SAME_TEXT:
        record_effects(connection, recorded.expression_id, stated, result.head, now)
    for issue in result.issues:
        raise_issue(connection, Issue(issue.severity, "read", issue.code, issue.message, item.url, item.source_id), now)
    return recorded.outcome, recorded.expression_id


def _refuse(connection: sqlite3.Connection, item: ToRead, tally: ReadTally, code: str, message: str, now: str) -> str:
    tally.refused.append(Refused(item.url, code, message))
    raise_issue(connection, Issue(Severity.ERROR, "read", code, message, item.url, item.source_id), now)
    return "refused"


def _name(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1].split("?")[0].removeprefix("file:")
