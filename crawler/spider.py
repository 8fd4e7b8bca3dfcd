"""The one spider: walks the columns of all sources of a run, their documents and the files of these.

In: sources, the store, `now`. Out: rows in the store (crawler.capture). Hosts shared by several sources share one pace,
since all sources run in one process. Every source ends by itself when its last request is answered.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

from scrapy import Request, Spider, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.attachments import find_files
from crawler.capture import SourceRun
from crawler.charset import UndecidedError, decode
from crawler.conduct import SOURCE_KEY, Conduct
from crawler.frontier import Frontier, answer_of
from crawler.guard import Refused, Stopped
from crawler.plan import CrawlPlan
from crawler.platforms import PLATFORMS
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, ListRequest
from crawler.platforms.detect import families
from crawler.reception import failed, received, tell_network
from crawler.registry import Column
from crawler.relevance import reason_to_fetch
from crawler.schedule import china_date
from crawler.urls import identity
from rules_db.model import Outcome

TRIAL_FILES: Final = 2
# How deep a list is followed when it is asked for from a day on; the daily budget of its source holds as well.
MAX_BACKFILL_PAGES: Final = 1_000


class RegistrySpider(Spider):
    """Crawls registry sources."""

    name = "registry"

    def __init__(self, plan: CrawlPlan, connection: sqlite3.Connection, snapshots: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.store = connection
        self.runs = {
            source.id: SourceRun(connection, snapshots, source, plan.budgets[source.id], plan.now)
            for source in plan.sources
        }
        self.today = china_date(plan.now)
        self.frontier = Frontier(plan.fast, self.on_list, self.on_document, self.on_failure)
        self.tried: set[tuple[str, str]] = set()

    @property
    def conduct(self) -> Conduct:
        conduct: Conduct = self.crawler.settings["GUIJI_CONDUCT"]
        return conduct

    async def start(self) -> AsyncIterator[Request]:
        """First screens of all columns of all sources."""
        self.crawler.signals.connect(self.request_sent, signals.request_reached_downloader)
        self.crawler.signals.connect(self.bytes_came, signals.response_downloaded)
        first = {run.source.id: list(self._first_requests(run)) for run in self.runs.values()}
        for source_id, requests in first.items():
            self.runs[source_id].outstanding += len(requests)
        for source_id, requests in first.items():
            if not requests:
                self._finish(self.runs[source_id])
        # One column of each source in turn, so that no site waits for another.
        for position in range(max(map(len, first.values()), default=0)):
            for requests in first.values():
                if position < len(requests):
                    yield requests[position]

    def _first_requests(self, run: SourceRun) -> Iterator[Request]:
        for column in run.source.columns:
            first = PLATFORMS[column.platform].first_request(run.source, column)
            request = self.frontier.list_screen(run, column, first)
            if request is not None:
                yield request

    def request_sent(self, request: Request) -> None:
        """What the source is charged with: pages, files, retries, redirects and robots.txt alike."""
        self.runs[request.meta[SOURCE_KEY]].count("requests")

    def bytes_came(self, response: Response, request: Request) -> None:
        """Bodies as they came over the wire, before they are unpacked."""
        self.runs[request.meta[SOURCE_KEY]].count("bytes", len(response.body))

    # -- answers -------------------------------------------------------------------------------------------------------

    def on_list(self, response: Response) -> list[Request]:
        """A list screen: record it, record its rows, ask for what follows."""
        return self._step(response, self._handle_list)

    def on_document(self, response: Response) -> list[Request]:
        """A document page or a file."""
        return self._step(response, self._handle_document)

    def on_failure(self, failure: Failure) -> list[Request]:
        """No answer: refused by us, or lost on the way."""
        request: Request = failure.request  # type: ignore[attr-defined]
        run = self.runs[request.meta[SOURCE_KEY]]
        try:
            self._no_answer(run, request, failure.value)
        finally:
            following = self._answered(run, 0)
        return following

    def _no_answer(self, run: SourceRun, request: Request, error: BaseException | None) -> None:
        if isinstance(error, Stopped):
            run.count("not_asked")
        elif isinstance(error, Refused):
            failed(run, self.conduct, answer_of(request, None), error.outcome, error.reason, request)
        else:
            reason = f"{type(error).__name__}: {str(error)[:300]}"
            failed(run, self.conduct, answer_of(request, None), Outcome.ERROR, reason, request)

    def _step(self, response: Response, handle: Any) -> list[Request]:
        assert response.request is not None  # noqa: S101 - Scrapy sets it on every answer
        run = self.runs[response.request.meta[SOURCE_KEY]]
        requests: list[Request] = []
        understood = False
        try:
            requests = list(handle(run, response.request, response))
            understood = True
        finally:
            if not understood:  # a fault of ours may not look like a healthy source
                run.failures.append(f"{response.url}: the crawler failed on this answer; see the log")
            requests += self._answered(run, len(requests))
        return requests

    def _answered(self, run: SourceRun, following: int) -> list[Request]:
        """Keep count; when everything is answered, ask for what lists no longer show, and at last judge the run."""
        run.outstanding += following - 1
        if run.outstanding > 0:
            return []
        revisits = list(self._revisits(run))
        run.outstanding += len(revisits)
        if run.outstanding == 0:
            self._finish(run)
        return revisits

    def _revisits(self, run: SourceRun) -> Iterator[Request]:
        """Known documents that no screen of this run showed and that are due: lists show only the newest."""
        if run.revisited or run.blocked or not run.columns_read or run.source.id in self.conduct.stopped:
            return
        run.revisited = True
        for known in run.unseen_due()[: self.plan.max_revisits]:
            facts = {key: str(value) for key, value in known.facts.items()}
            request = self.frontier.document(run, known.url, known.role, known.parent_url or "", facts)
            if request is not None:
                run.count("revisited")
                yield request

    def _finish(self, run: SourceRun) -> None:
        stopped = self.conduct.stopped.get(run.source.id)
        verdict = run.finish(stopped[1] if stopped else None)
        self.logger.info("%s: %s", run.source.id, verdict)

    def closed(self, reason: str) -> None:
        """Scrapy's word for the end of the crawl."""
        tell_network(self.store, offline=self.conduct.offline, reached=self.conduct.answered, now=self.plan.now)

    # -- lists ---------------------------------------------------------------------------------------------------------

    def _handle_list(self, run: SourceRun, request: Request, response: Response) -> Iterator[Request]:
        column: Column = request.meta["column"]
        asked: ListRequest = request.meta["list_request"]
        answer = answer_of(request, response)
        body = received(run, self.conduct, request, response, answer)
        if body is None:
            if response.status in (404, 410):
                other = PLATFORMS[column.platform].alternative(asked)
                again = self.frontier.list_screen(run, column, other) if other is not None else None
                if again is not None:
                    yield again
            return
        context = ListContext(run.source, column, asked, response.url, self.today)
        try:
            page = PLATFORMS[column.platform].parse_list(body, context)
        except ListError as error:
            run.failures.append(str(error))
            return
        run.screens += 1
        run.notes.extend(page.notes)
        fresh = [entry for entry in page.entries if identity(entry.url) not in run.entries]
        moved_on = run.note_shown(column, page.entries)
        run.record_entries(page.entries, column)
        if page.entries:
            run.columns_read.add(column.name)
        elif page.expects_rows and asked.page == 1:
            looks = [name for name in families(body.decode("utf-8", "replace")) if name != column.platform]
            hint = f"; the page looks like {looks[0]}" if looks else ""
            run.failures.append(f"{column.name}: the list has no rows{hint}")
        for entry in self._sample(run, column, fresh) if self.plan.trial else fresh:
            yield from self._entry_requests(run, column, entry, request.url)
        yield from self._following(run, column, asked, page, moved_on)

    def _sample(self, run: SourceRun, column: Column, entries: list[ListEntry]) -> list[ListEntry]:
        """The document of a column that a trial looks at: the first of the field, else the first."""
        if not entries or (run.source.id, column.name) in self.tried:
            return []
        self.tried.add((run.source.id, column.name))
        return [next((entry for entry in entries if reason_to_fetch(entry.title, run.source, column)), entries[0])]

    def _following(
        self, run: SourceRun, column: Column, asked: ListRequest, page: ListPage, moved_on: bool
    ) -> Iterator[Request]:
        """Next screens, as long as they show the column something new: a pager that repeats itself ends by that."""
        wanted = page.requests
        if page.entries and not moved_on:
            other = PLATFORMS[column.platform].alternative(asked)
            wanted = (other,) if other is not None else ()
        since = self.plan.since
        limit = self.plan.max_pages or (MAX_BACKFILL_PAGES if since else run.source.max_pages)
        if since and page.entries and all((entry.published_on or "9999") < since for entry in page.entries):
            return
        for following in wanted:
            if following.page <= limit:
                request = self.frontier.list_screen(run, column, following)
                if request is not None:
                    yield request

    def _entry_requests(self, run: SourceRun, column: Column, entry: ListEntry, list_url: str) -> Iterator[Request]:
        reason = reason_to_fetch(entry.title, run.source, column) or ("trial" if self.plan.trial else None)
        if reason is None:
            run.count("listed_only")
            return
        if self.plan.since and entry.published_on and entry.published_on < self.plan.since:
            run.count("before_since")
            return
        if not run.due(entry.url, entry.published_on) and not run.facts_changed(entry):
            run.count("not_due")
            return
        facts = {"title": entry.title, "column": column.name, "kind": column.kind, "relevance": reason, **entry.facts}
        if entry.published_on:
            facts["published_on"] = entry.published_on
        request = self.frontier.document(run, entry.url, "detail", list_url, facts)
        if request is not None:
            run.count("details_tried")
            yield request

    # -- documents and files -------------------------------------------------------------------------------------------

    def _handle_document(self, run: SourceRun, request: Request, response: Response) -> Iterator[Request]:
        answer = answer_of(request, response)
        body = received(run, self.conduct, request, response, answer)
        if body is None or answer.role != "detail" or body.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return
        try:
            markup = decode(body, answer.content_type).text
        except UndecidedError as error:
            run.notes.append(f"{answer.url}: encoding undecided, its files were not looked for ({error})")
            return
        selectors = run.source.selectors
        found = find_files(
            markup, response.url, run.source.allowed_hosts, body=selectors.body, attachments=selectors.attachments
        )
        run.count("files_refused", len(found.refused))
        published = answer.facts.get("published_on")
        for file in found.files[:TRIAL_FILES] if self.plan.trial else found.files:
            if run.due(file.url, published):
                facts = {"attachment_name": file.name, "relevance": "attachment"}
                facts |= {"published_on": published} if published else {}
                attachment = self.frontier.document(run, file.url, "attachment", answer.url, facts)
                if attachment is not None:
                    yield attachment


logging.getLogger("scrapy.core.scraper").setLevel(logging.INFO)
