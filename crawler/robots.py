"""robots.txt as RFC 9309 has it: asked for before anything else of an origin, and obeyed.

In: requests on their way out. Out: `Refused` for what is disallowed, Crawl-delay taken over into the host's pace.
Unavailable (4xx) allows, unreachable (5xx, 429, no answer) forbids for this run.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.charset import UndecidedError, decode
from crawler.conduct import BUDGET_KEY, DELAY_KEY, ROBOTS_MARK, SOURCE_KEY, Conduct, host_key
from crawler.guard import HOSTS_KEY, Refused
from crawler.settings import PRODUCT_TOKEN
from rules_db.model import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MAX_BYTES: Final = 512 * 1024
MAX_AGE: Final = 24 * 3600.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Robots:
    """Rules of one origin. `forbidden` says why nothing may be read, `outcome` whether that is the site's will or a
    fault on the way; `rules` is None when everything may."""

    rules: Any | None
    forbidden: str | None
    fetched: float
    outcome: Outcome = Outcome.ROBOTS


def read_robots(status: int | None, body: bytes, fetched: float, problem: str = "") -> Robots:
    """Rules of one answer to robots.txt (RFC 9309, 2.3.1). `status` None = no answer, for the reason `problem`."""
    if status is None:
        return Robots(None, f"robots.txt unreachable ({problem})", fetched, Outcome.ERROR)
    if status >= 500 or status == 429:
        return Robots(None, f"robots.txt unreachable (HTTP {status})", fetched)
    if status >= 300:
        return Robots(None, None, fetched)
    head = body[:MAX_BYTES]
    try:
        text = decode(head).text if head else ""
    except UndecidedError:
        text = head.decode("latin-1")  # directives are ASCII
    if text.lstrip()[:1] == "<":
        return Robots(None, None, fetched)  # an error page with status 200: there is no robots.txt
    return Robots(Protego.parse(text), None, fetched)


class RobotsMiddleware:
    """Asks each origin for robots.txt before anything else, and obeys."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.conduct: Conduct = crawler.settings["GUIJI_CONDUCT"]
        self.known: dict[str, asyncio.Task[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused for what robots.txt disallows or when it can't be reached; take over its Crawl-delay."""
        if request.meta.get(ROBOTS_MARK):
            return
        robots = await self._robots(request)
        if robots.forbidden:
            raise Refused(robots.forbidden, robots.outcome)
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
        task = self.known.get(origin)
        if task is not None and task.done() and monotonic() - task.result().fetched > MAX_AGE:
            task = None
        if task is None:
            task = asyncio.ensure_future(self._fetch(origin, request))
            self.known[origin] = task
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
