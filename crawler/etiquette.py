"""How the crawler behaves towards hosts: spacing, backing off, budgets, giving up for today.

Two downloader middlewares and a download handler over one `Conduct`. Spacing is counted per host name, from the end of
one request to the next, over pages, files, retries, redirects and robots.txt alike, and over all sources of a host.
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.budget import Budget
from crawler.conduct import BUDGET_KEY, DELAY_KEY, ROBOTS_MARK, SOURCE_KEY, Conduct, host_key, retry_after_seconds
from crawler.guard import Stopped
from rules_db.model import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_SLOW_DOWN_STATUS: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSAL_STATUS: Final = frozenset({401, 403, 412, 418, 521})
_LEAST_DELAY: Final = 0.001
# Sent with `request` and `exception` when a request came to its end without an answer.
no_answer = object()


class StopMiddleware:
    """Refuses requests of sources that are stopped or have used up their budget."""

    def __init__(self, conduct: Conduct) -> None:
        self.conduct = conduct

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StopMiddleware:
        return cls(crawler.settings["GUIJI_CONDUCT"])

    def process_request(self, request: Request) -> None:
        """Raise Stopped once the source is stopped; the request that exceeds the budget stops it."""
        source_id = request.meta[SOURCE_KEY]
        if source_id in self.conduct.stopped:
            outcome, reason = self.conduct.stopped[source_id]
            raise Stopped(reason, outcome)
        if source_id in self.conduct.closing and monotonic() >= self.conduct.closing[source_id][0]:
            reason = f"its window {self.conduct.closing[source_id][1]} closed"
            self.conduct.stop(source_id, Outcome.ERROR, reason)
            raise Stopped(reason)
        if request.meta.get(ROBOTS_MARK):
            return
        budget: Budget = request.meta[BUDGET_KEY]
        count = self.conduct.requests.get(budget.name, 0) + 1
        if count > budget.requests:
            shared = f" (shared by {', '.join(budget.sources)})" if len(budget.sources) > 1 else ""
            reason = f"request budget of {budget.requests} used up for today{shared}"
            self.conduct.stop(source_id, Outcome.ERROR, reason)
            raise Stopped(reason)
        self.conduct.requests[budget.name] = count


class PacedHandler(HTTP11DownloadHandler):
    """Scrapy's handler, which also tells of requests that nobody answered, before the host's slot lets the next one go:
    the middlewares hear of them only after that. It repeats nothing by itself; retries wait for their turn."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False

    async def download_request(self, request: Request) -> Response:
        try:
            return await super().download_request(request)
        except Exception as error:
            self._crawler.signals.send_catch_log(no_answer, request=request, exception=error)
            raise


class PaceMiddleware:
    """Keeps each host's spacing in Scrapy's slots, and learns from every answer."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.conduct: Conduct = crawler.settings["GUIJI_CONDUCT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        middleware = cls(crawler)
        middleware.conduct.drain = middleware.take_back
        crawler.signals.connect(middleware.request_queued, signals.request_reached_downloader)
        crawler.signals.connect(middleware.answer_came, signals.response_downloaded)
        crawler.signals.connect(middleware.no_answer_came, no_answer)
        return middleware

    def process_request(self, request: Request) -> None:
        """Name the slot anew on every hop, since a redirect carries the old host's along."""
        key = host_key(request.url)
        request.meta["download_slot"] = key
        pace = self.conduct.host(key)
        pace.minimum = max(pace.minimum, min(float(request.meta.get(DELAY_KEY, 0.0)), 3600.0))

    def request_queued(self, request: Request) -> None:
        self._apply(request)

    def answer_came(self, response: Response, request: Request) -> None:
        """Runs before the slot lets the next request go."""
        host, source_id = host_key(request.url), request.meta[SOURCE_KEY]
        self.conduct.host(host).last = monotonic()
        self.conduct.answered = True
        if response.status in _SLOW_DOWN_STATUS or response.status in _REFUSAL_STATUS or response.status >= 500:
            if not request.meta.get(ROBOTS_MARK):
                self.conduct.saw_trouble(
                    host, source_id, refusal=response.status in _REFUSAL_STATUS, what=f"HTTP {response.status}"
                )
            header = response.headers.get("Retry-After")
            wait = retry_after_seconds(header.decode("latin-1"), _wall_clock()) if header else None
            if wait is not None:
                self.conduct.asked_to_wait(host, source_id, wait)
        else:
            self.conduct.saw_success(host, source_id)
        self._apply(request)

    def no_answer_came(self, request: Request, exception: Exception) -> None:
        """Connection faults and time-outs slow down as errors do, and what they lasted is no pause for the host."""
        host = host_key(request.url)
        self.conduct.host(host).last = monotonic()
        if not request.meta.get(ROBOTS_MARK):
            what = type(exception).__name__
            self.conduct.saw_trouble(host, request.meta[SOURCE_KEY], refusal=False, what=what)
        self._apply(request)

    def take_back(self, source_id: str) -> None:
        """Refuse the requests of a stopped source that wait in a slot, past the point where StopMiddleware looks."""
        outcome, reason = self.conduct.stopped[source_id]
        for slot in self.crawler.engine.downloader.slots.values():
            waiting = [pair for pair in slot.queue if pair[0].meta[SOURCE_KEY] == source_id]
            for pair in waiting:
                slot.queue.remove(pair)
                pair[1].errback(Failure(Stopped(reason, outcome)))  # type: ignore[no-untyped-call]

    def _apply(self, request: Request) -> None:
        key = request.meta["download_slot"]
        slot = self.crawler.engine.downloader.slots.get(key)
        if slot is None:
            return
        pace, host = self.conduct.pace, self.conduct.host(key)
        # Counted from the end of the last request, not from when it was let go: one that was sent late because we were
        # busy must not come closer to the next. Scrapy also forgets slots that rest, and with them when that was.
        slot.lastseen = max(slot.lastseen, host.last)
        slot.concurrency = 1
        slot.jitter = pace.jitter
        # Scrapy varies around the delay; dividing makes the shortest variation the agreed spacing. Without any delay it
        # lets a whole queue go at once before it counts the first as under way; with the least one the first has begun
        # when the timer fires, and the others wait for its answer.
        slot.delay = max(host.delay(slot.lastseen) / (1 - pace.jitter), _LEAST_DELAY)


def _wall_clock() -> datetime:
    """The one use of the calendar here: Retry-After may name a date. It decides waiting, never a recorded value."""
    return datetime.now(UTC)
