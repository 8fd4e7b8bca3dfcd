"""Writing what the crawl sees into the store, one source at a time.

In: answers and list entries of one run. Out: snapshots, sightings and list entries, committed as they come, so that a
crawl killed at any point leaves whole facts and a rerun completes them. No judgement here except counting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.budget import Budget
from crawler.health import LastGood, RunFacts, judge
from crawler.platforms.base import ListEntry
from crawler.registry import Column, Source
from crawler.schedule import instant, is_due
from crawler.urls import identity
from rules_db import capture_history, captures, issues
from rules_db.capture_history import KnownDocument
from rules_db.captures import Sighting, Validators
from rules_db.connection import transaction
from rules_db.model import Issue, Outcome, Severity, Verdict
from rules_db.snapshots import SnapshotStore

STAGE = "crawl"
_GOOD = (Verdict.OK, Verdict.QUIET)
_SEVERITY = {
    Verdict.BLOCKED: Severity.ABORT,
    Verdict.BROKEN: Severity.ABORT,
    Verdict.DEGRADED: Severity.WARN,
    Verdict.STALE: Severity.WARN,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as the network gave it. `url` is the address that was asked for, before redirects."""

    url: str
    role: str
    status: int
    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    parent_url: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class SourceRun:
    """One run of one source: its row in the ledger, its counts, and its end."""

    def __init__(
        self, connection: sqlite3.Connection, snapshots: Path, source: Source, budget: Budget, now: str
    ) -> None:
        self.connection = connection
        self.store = SnapshotStore(snapshots, connection)
        self.source = source
        self.now = now
        self.outstanding = 0
        self.revisited = False
        self.columns_read: set[str] = set()
        self.screens = 0
        self.asked: set[str] = set()
        self.entries: dict[str, ListEntry] = {}
        self.shown: dict[str, set[str]] = {}
        self.failures: list[str] = []
        self.notes: list[str] = []
        self.blocked: str | None = None
        self.forbidden: list[str] = []
        self.counts: dict[str, int] = {}
        with transaction(connection):
            captures.register_source(
                connection,
                source_id=source.id,
                name=source.name_zh,
                platform=source.platform,
                jurisdiction=source.jurisdiction,
                grade=source.grade,
                status=source.status,
                tier=source.tier,
                config={
                    "name_en": source.name_en,
                    "base_url": source.base_url,
                    "runbook": source.runbook,
                    "body": source.selectors.body,
                },
            )
            captures.mark_interrupted(connection, source.id)
            last = capture_history.last_good_run(connection, source.id)
            self.last_good_id: int | None = int(last["id"]) if last is not None else None
            self.known: dict[str, KnownDocument] = {
                identity(known.url): known for known in capture_history.known_documents(connection, source.id)
            }
            day_ago = (instant(now) - timedelta(days=1)).isoformat(timespec="seconds") + "Z"
            spent = captures.count_sightings(connection, budget.sources, day_ago)
            self.budget = Budget(budget.sources, max(0, budget.requests - spent))
            self.run_id = captures.start_run(connection, source.id, now)

    def claim(self, url: str, *, form: bool = False) -> bool:
        """True once per page (or form, named by `url`) and run: whoever asks first fetches it."""
        key = url if form else identity(url)
        if key in self.asked:
            return False
        self.asked.add(key)
        return True

    def validators(self, url: str) -> Validators | None:
        """What a conditional GET sends; None when nothing is held or the held bytes can't be read back."""
        found = captures.validators(self.connection, url)
        if found is None or (found.etag is None and found.last_modified is None):
            return None
        return found if self.held_body(found.snapshot_sha256) is not None else None

    def held_body(self, sha256: str) -> bytes | None:
        """Bytes of a snapshot, None when they are gone or damaged: then the page is asked for in full again."""
        try:
            return self.store.read(sha256)
        except ValueError:
            return None

    def due(self, url: str, published_on: str | None) -> bool:
        """Whether the schedule wants this page now."""
        known = self.known.get(identity(url))
        if known is None:
            return True
        return is_due(
            published_on=published_on, first_seen=known.first_seen, confirmed_at=known.confirmed_at, now=self.now
        )

    def facts_changed(self, entry: ListEntry) -> bool:
        """Whether a list states other facts of a known document than before (its validity, say)."""
        known = self.known.get(identity(entry.url))
        return known is not None and any(known.facts.get(name) != value for name, value in entry.facts.items())

    def note_shown(self, column: Column, entries: tuple[ListEntry, ...]) -> bool:
        """Remember what a column has shown; True when this screen showed something it had not."""
        shown = self.shown.setdefault(column.name, set())
        before = len(shown)
        shown.update(identity(entry.url) for entry in entries)
        return len(shown) > before

    def unseen_due(self) -> list[KnownDocument]:
        """Known documents and files that nothing in this run has asked for and that are due, longest unseen first."""
        waiting = [
            known
            for key, known in self.known.items()
            if key not in self.asked
            and key not in self.entries
            and self.due(known.url, known.facts.get("published_on"))
        ]
        return sorted(waiting, key=lambda known: (known.confirmed_at or "", known.url))

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by

    def record(self, answer: Answer) -> None:
        """Bytes that are what was asked for."""
        with transaction(self.connection):
            sha256 = self.store.add(answer.body, media_type=answer.content_type, seen_at=self.now)
            self._sighting(answer, Outcome.FETCHED, sha256)
        self.count("fetched")

    def record_unchanged(self, answer: Answer, held: Validators) -> None:
        """A 304: the held bytes are confirmed."""
        with transaction(self.connection):
            confirmed = Sighting(
                url=answer.url,
                role=answer.role,
                outcome=Outcome.NOT_MODIFIED,
                http_status=answer.status,
                snapshot_sha256=held.snapshot_sha256,
                content_type=answer.content_type,
                etag=answer.etag or held.etag,
                last_modified=answer.last_modified or held.last_modified,
                facts=answer.facts,
                parent_url=answer.parent_url,
            )
            captures.record_sighting(self.connection, self.run_id, self.source.id, confirmed, self.now)
        self.count("not_modified")

    def record_failure(self, answer: Answer, outcome: Outcome, reason: str) -> None:
        """Anything else: the bytes are not kept, so nothing downstream can take them for the document."""
        with transaction(self.connection):
            self._sighting(answer, outcome, None, reason)
        self.count(outcome.value)

    def record_entries(self, entries: tuple[ListEntry, ...], column: Column) -> None:
        """Rows of one screen, each page once a run."""
        with transaction(self.connection):
            for entry in entries:
                key = identity(entry.url)
                if key in self.entries:
                    continue
                captures.record_list_entry(
                    self.connection,
                    self.run_id,
                    url=entry.url,
                    title=entry.title,
                    published_on=entry.published_on,
                    position=len(self.entries),
                    column=column.name,
                )
                self.entries[key] = entry

    def finish(self, stopped: str | None) -> Verdict:
        """Judge the run, write verdict, metrics and issues; returns the verdict."""
        facts = self._facts(stopped)
        last = capture_history.recent_runs(self.connection, self.source.id, _GOOD, 1)
        last_good = (
            LastGood(
                finished_at=last[0].finished_at or last[0].started_at,
                entries=int(last[0].metrics.get("entries", 0)),
                screens=int(last[0].metrics.get("screens", 0)),
            )
            if last
            else None
        )
        verdict, reason = judge(facts, last_good, self.source.assertions, self.source.quiet_after, self.now)
        metrics: dict[str, float] = {
            "columns": facts.columns,
            "columns_read": facts.columns_read,
            "screens": facts.screens,
            "entries": facts.entries,
            "with_date": facts.with_date,
            "new": facts.new,
            **self.counts,
        }
        with transaction(self.connection):
            captures.finish_run(
                self.connection, self.run_id, finished_at=self.now, verdict=verdict, reason=reason, metrics=metrics
            )
            self._tell(verdict, reason)
        return verdict

    def _tell(self, verdict: Verdict, reason: str) -> None:
        severity = _SEVERITY.get(verdict)
        if severity is None:
            issues.resolve_issues(self.connection, stage=STAGE, subject=self.source.id, now=self.now)
            return
        issue = Issue(
            severity, STAGE, verdict.value, f"{self.source.name_zh}: {reason}", self.source.id, self.source.id
        )
        issues.raise_issue(self.connection, issue, self.now)

    def _facts(self, stopped: str | None) -> RunFacts:
        before = (
            capture_history.listed_documents(self.connection, self.last_good_id)
            if self.last_good_id is not None
            else []
        )
        before_keys = {identity(entry.url) for entry in before}
        dates = [entry.published_on for entry in self.entries.values() if entry.published_on]
        floor = min(dates, default=None)
        comparable = [entry for entry in before if floor is None or (entry.published_on or "9999") >= floor]
        # A site that gives all its pages new addresses still lists the same documents.
        shown = {(entry.title, entry.published_on) for entry in self.entries.values()}
        kept = sum(identity(e.url) in self.entries or (e.title, e.published_on) in shown for e in comparable)
        return RunFacts(
            columns=len(self.source.columns),
            columns_read=len(self.columns_read),
            screens=self.screens,
            entries=len(self.entries),
            with_title=sum(bool(entry.title) for entry in self.entries.values()),
            with_date=len(dates),
            new=sum(key not in before_keys and key not in self.known for key in self.entries),
            kept=kept,
            comparable=len(comparable),
            newest=max(dates, default=None),
            details_tried=self.counts.get("details_tried", 0),
            details_failed=self.counts.get("details_failed", 0),
            details_gone=self.counts.get("details_gone", 0),
            # robots.txt that forbids one column of several leaves the rest of the source healthy enough to judge.
            blocked=self.blocked or (self.forbidden[0] if self.forbidden and not self.columns_read else None),
            stopped=stopped,
            failures=tuple(dict.fromkeys([*self.failures, *self.forbidden])),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _sighting(self, answer: Answer, outcome: Outcome, sha256: str | None, error: str | None = None) -> None:
        sighting = Sighting(
            url=answer.url,
            role=answer.role,
            outcome=outcome,
            http_status=answer.status or None,
            snapshot_sha256=sha256,
            content_type=answer.content_type,
            etag=answer.etag if sha256 else None,
            last_modified=answer.last_modified if sha256 else None,
            facts=answer.facts,
            parent_url=answer.parent_url,
            error=error,
        )
        captures.record_sighting(self.connection, self.run_id, self.source.id, sighting, self.now)
