"""Scrapy settings of the crawl, each with its reason. A test compares them with docs/crawling.md.

In: contact, pace, whether loopback may be reached. Out: a settings dict for one crawler. Pages are hostile and sites
are fragile: every default of Scrapy that favours speed or convenience over that is changed here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

VERSION: Final = "0.1"
PRODUCT_TOKEN: Final = "Guiji"  # noqa: S105 - a name, not a secret
CONTACT_VARIABLE: Final = "GUIJI_CONTACT"
WINDOW_VARIABLE: Final = "GUIJI_WINDOW"
NO_CONTACT: Final = "operator-has-not-set-GUIJI_CONTACT"

MAX_BODY: Final = 32 * 1024 * 1024
TIMEOUT_SECONDS: Final = 60
MAX_REDIRECTS: Final = 5

HARDENING: Final[Mapping[str, Any]] = MappingProxyType(
    {
        # A console or control port on a crawler is a door for whoever shares the machine.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "EXTENSIONS": {
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.remote_control.RemoteControl": None,  # it loads a web server only to find itself off
        },
        # A page may not fill memory (also after decompression), nor hold a connection for ever (also byte by byte).
        "DOWNLOAD_MAXSIZE": MAX_BODY,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": TIMEOUT_SECONDS,
        "DNS_TIMEOUT": 20,
        # Half a document is not a document: a cut transfer is an error, never a shorter text.
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        # Text comes from whom it claims to come from.
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # Only the web: file:, data:, ftp: and s3: addresses in a page are never opened.
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("http", "https"), "crawler.etiquette.PacedHandler"),
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        # Redirects are few on official sites; a page may not steer the crawler by its markup.
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
        "METAREFRESH_ENABLED": False,
        # No session: lists and documents are public, and a cookie set by a challenge is not to be kept.
        "COOKIES_ENABLED": False,
        # A proxy would resolve names itself and step around the address guard.
        "HTTPPROXY_ENABLED": False,
        "DNS_RESOLVER": "crawler.guard.PublicOnlyResolver",
        "TWISTED_DNS_RESOLVER": "crawler.guard.PublicOnlyResolver",
        # Stored answers would hide changes; unchanged pages are asked for with their validators instead.
        "HTTPCACHE_ENABLED": False,
        # Own robots middleware (crawler.robots): the stock one reads a failed robots.txt as permission.
        "ROBOTSTXT_OBEY": False,
        # One request at a time per host; the pace itself is set per host by crawler.etiquette.
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        # Requests that wait for their host's turn count here: fewer than hosts would let slow hosts hold up the others.
        "CONCURRENT_REQUESTS": 128,
        # Scrapy starts this many tasks for every answer, for items; there are none, only requests to queue.
        "CONCURRENT_ITEMS": 1,
        "AUTOTHROTTLE_ENABLED": False,  # it speeds up when errors come fast
        # One more try for what may be a passing fault, and never for a refusal (403, 412, 521).
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [408, 429, 500, 502, 503, 504],
        # Every status is a finding for the ledger.
        "HTTPERROR_ALLOW_ALL": True,
        # Each address is asked for at most once a run by our own frontier, which also revisits on schedule.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "REFERER_ENABLED": False,
        "URLLENGTH_LIMIT": 2083,
        "DEPTH_LIMIT": 0,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }
)

MIDDLEWARES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "crawler.guard.GuardMiddleware": 10,
        "crawler.etiquette.StopMiddleware": 20,
        "crawler.robots.RobotsMiddleware": 100,
        "crawler.etiquette.PaceMiddleware": 900,  # nearest to the network: sees every answer, also retried ones
    }
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between requests to a host. Jitter only ever lengthens the wait; errors double it up to `ceiling`."""

    minimum: float = 3.0
    jitter: float = 0.25
    error_floor: float = 10.0
    refusal_floor: float = 30.0
    ceiling: float = 300.0
    max_retry_after: float = 600.0
    max_errors: int = 6


FAST_PACE: Final = Pace(minimum=0.0, jitter=0.0, error_floor=0.0, refusal_floor=0.0, ceiling=0.0, max_retry_after=5.0)


def user_agent(contact: str | None = None) -> str:
    """Who we are: a browser-like form that some sites insist on, our name, and whom to write to."""
    reach = contact or os.environ.get(CONTACT_VARIABLE) or NO_CONTACT
    return f"Mozilla/5.0 (compatible; {PRODUCT_TOKEN}/{VERSION}; +{reach})"


def build_settings(pace: Pace, *, allow_loopback: bool, contact: str | None = None) -> dict[str, Any]:
    """Settings of one crawl process."""
    return {
        **HARDENING,
        "USER_AGENT": user_agent(contact),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
        },
        "DOWNLOADER_MIDDLEWARES": dict(MIDDLEWARES),
        "DOWNLOAD_DELAY": pace.minimum,
        "GUIJI_PACE": pace,
        "GUIJI_ALLOW_LOOPBACK": allow_loopback,
        "LOG_LEVEL": "INFO",
    }
