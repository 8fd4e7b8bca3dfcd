"""How the crawler behaves towards hosts: robots.txt, spacing, backing off, giving up for today.

Three downloader middlewares over one `Conduct` (state per host and per source, for one process). RFC 9309: robots.txt
unavailable (4xx) allows, unreachable (5xx, no answer, 429) forbids for this run. Spacing is counted per host name, over
pages, files, retries, redirects and robots.txt alike, and over all sources that share the host. 网络数据安全管理条例
art. 18 asks that automated reading must not disturb a service: errors slow us down, and repeated errors end the source.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from crawler.charset import UndecidedError, decode
from crawler.guard import HOSTS_KEY, Refused, Stopped
from crawler.settings import PRODUCT_TOKEN, Pace
from rules_db.model import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

SOURCE_KEY: Final = "source_id"
DELAY_KEY: Final = "source_delay"
BUDGET_KEY: Final = "source_budget"
ROBOTS_MARK: Final = "is_robots"
ROBOTS_MAX_BYTES: Final = 512 * 1024
ROBOTS_MAX_AGE: Final = 24 * 3600.0
_SLOW_DOWN_STATUS: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_LEAST_DELAY: Final = 0.001
_REFUSAL_STATUS: Final = frozenset({401, 403, 412, 418, 521})

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class HostPace:
    """What is known of one host: seconds between requests, and the moment (monotonic) before which it wants no more."""

    minimum: float
    backoff: float = 0.0
    not_before: float = 0.0

    def delay(self, last_request: float) -> float:
        """Seconds from the last request to the next."""
        return max(self.minimum + self.backoff, self.not_before - last_request)


@dataclass(slots=True)
class Robots:
    """Rules of one origin. `forbidden` says why nothing may be read; `rules` is None when everything may."""

    rules: Any | None
    forbidden: str | None
    fetched: float


@dataclass(slots=True)
class Conduct:
    """State shared by the middlewares and the spider of one process. Times are monotonic: pacing needs no calendar."""

    pace: Pace
    hosts: dict[str, HostPace] = field(default_factory=dict)
    robots: dict[str, asyncio.Task[Robots]] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    errors_in_row: dict[str, int] = field(default_factory=dict)
    stopped: dict[str, tuple[Outcome, str]] = field(default_factory=dict)
    # Source → moment (monotonic) at which its window closes, and the window in words.
    closing: dict[str, tuple[float, str]] = field(default_factory=dict)
    # Called with the source's id when it is stopped: takes back what already waits for its turn.
    drain: Callable[[str], None] | None = None

    def host(self, name: str) -> HostPace:
        return self.hosts.setdefault(name, HostPace(self.pace.minimum))

    def stop(self, source_id: str, outcome: Outcome, reason: str) -> None:
        """No more requests for this source in this run; the first reason stays."""
        if source_id not in self.stopped:
            self.stopped[source_id] = (outcome, reason)
            if self.drain is not None:
                self.drain(source_id)

    def saw_success(self, host: str, source_id: str) -> None:
        """One good answer halves what earlier errors added; it never goes below the agreed spacing."""
        pace = self.host(host)
        pace.backoff = pace.backoff / 2 if pace.backoff > 1 else 0.0
        self.errors_in_row[source_id] = 0

    def saw_trouble(self, host: str, source_id: str, *, refusal: bool, what: str) -> None:
        """An error or refusal: at least the floor, then doubling; enough in a row end the source."""
        pace = self.host(host)
        floor = self.pace.refusal_floor if refusal else self.pace.error_floor
        pace.backoff = min(self.pace.ceiling, max(floor, pace.backoff * 2))
        count = self.errors_in_row.get(source_id, 0) + 1
        self.errors_in_row[source_id] = count
        if count >= self.pace.max_errors:
            self.stop(source_id, Outcome.ERROR, f"{count} errors in a row, the last: {what}")

    def asked_to_wait(self, host: str, source_id: str, seconds: float) -> None:
        """Retry-After: wait that long, or end the source when it is longer than a run may wait."""
        if seconds > self.pace.max_retry_after:
            self.stop(source_id, Outcome.ERROR, f"the host asked to come back in {seconds:.0f} s")
        self.host(host).not_before = monotonic() + min(seconds, self.pace.max_retry_after)


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date, RFC 9110), None when it is neither."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def read_robots(status: int | None, body: bytes, fetched: float, problem: str = "") -> Robots:
    """Rules of one answer to robots.txt (RFC 9309, 2.3.1). `status` None = no answer, for the reason `problem`."""
    if status is None:
        return Robots(None, f"robots.txt unreachable ({problem})", fetched)
    if status >= 500 or status == 429:
        return Robots(None, f"robots.txt unreachable (HTTP {status})", fetched)
    if status >= 300:
        return Robots(None, None, fetched)
    head = body[:ROBOTS_MAX_BYTES]
    try:
        text = decode(head).text if head else ""
    except UndecidedError:
        text = head.decode("latin-1")  # directives are ASCII
    if text.lstrip()[:1] == "<":
        return Robots(None, None, fetched)  # an error page with status 200: there is no robots.txt
    return Robots(Protego.parse(text), None, fetched)


def host_key(url: str) -> str:
    """Name under which requests share one pace: the host without port."""
    return (urlsplit(url).hostname or "").lower()


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
        count = self.conduct.requests.get(source_id, 0) + 1
        budget = int(request.meta[BUDGET_KEY])
        if count > budget:
            reason = f"request budget of {budget} used up for today"
            self.conduct.stop(source_id, Outcome.ERROR, reason)
            raise Stopped(reason)
        self.conduct.requests[source_id] = count


class RobotsMiddleware:
    """Asks each origin for robots.txt before anything else, and obeys."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.conduct: Conduct = crawler.settings["GUIJI_CONDUCT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused for what robots.txt disallows or when it can't be reached; take over its Crawl-delay."""
        if request.meta.get(ROBOTS_MARK):
            return
        robots = await self._robots(request)
        if robots.forbidden:
            raise Refused(robots.forbidden, Outcome.ROBOTS)
        if robots.rules is None:
            return
        wanted = robots.rules.crawl_delay(PRODUCT_TOKEN)
        if wanted:
            pace = self.conduct.host(host_key(request.url))
            pace.minimum = max(pace.minimum, float(wanted))
        if not robots.rules.can_fetch(request.url, PRODUCT_TOKEN):
            raise Refused("robots.txt disallows this address", Outcome.ROBOTS)

    async def _robots(self, request: Request) -> Robots:
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        task = self.conduct.robots.get(origin)
        if task is not None and task.done() and monotonic() - task.result().fetched > ROBOTS_MAX_AGE:
            task = None
        if task is None:
            task = asyncio.ensure_future(self._fetch(origin, request))
            self.conduct.robots[origin] = task
        return await task

    async def _fetch(self, origin: str, request: Request) -> Robots:
        meta: dict[str, Any] = {
            key: request.meta[key] for key in (SOURCE_KEY, HOSTS_KEY, DELAY_KEY, BUDGET_KEY) if key in request.meta
        }
        robots_request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            dont_filter=True,
            meta={**meta, ROBOTS_MARK: True},
        )
        try:
            response = await self.crawler.engine.download_async(robots_request)
        except IgnoreRequest as error:
            return read_robots(None, b"", monotonic(), str(error))
        except Exception as error:  # noqa: BLE001 - any failure to reach it means: do not crawl (RFC 9309, 2.3.1.4)
            logger.warning("robots.txt of %s: %s: %s", origin, type(error).__name__, error)
            return read_robots(None, b"", monotonic(), type(error).__name__)
        return read_robots(response.status, response.body, monotonic())


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
        """Runs before the slot lets the next request go. The spacing counts from here: a request that was sent later
        than it was let go, because we were busy, must not come closer to the next one at the host."""
        slot = self.crawler.engine.downloader.slots.get(str(request.meta.get("download_slot")))
        if slot is not None:
            slot.lastseen = monotonic()
        host, source_id = host_key(request.url), request.meta[SOURCE_KEY]
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

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Connection faults and time-outs slow down as errors do."""
        if isinstance(exception, IgnoreRequest) or request.meta.get(ROBOTS_MARK):
            return
        what = f"{type(exception).__name__}"
        self.conduct.saw_trouble(host_key(request.url), request.meta[SOURCE_KEY], refusal=False, what=what)
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
        slot = self.crawler.engine.downloader.slots.get(str(request.meta.get("download_slot")))
        if slot is None:
            return
        pace = self.conduct.pace
        slot.concurrency = 1
        slot.jitter = pace.jitter
        # Scrapy varies around the delay; dividing makes the shortest variation the agreed spacing.
        delay = self.conduct.host(request.meta["download_slot"]).delay(slot.lastseen) / (1 - pace.jitter)
        # Without any delay Scrapy lets a whole queue go at once before it counts the first as under way; with the least
        # one the first has begun when the timer fires, and the others wait for its answer.
        slot.delay = max(delay, _LEAST_DELAY)


def _wall_clock() -> datetime:
    """The one use of the calendar here: Retry-After may name a date. It decides waiting, never a recorded value."""
    return datetime.now(UTC)
