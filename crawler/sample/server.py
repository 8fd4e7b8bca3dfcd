"""The sample portal on loopback: one small HTTP server per site, all switched from day to day together.

Knows conditional requests (ETag, Last-Modified → 304), HEAD, robots.txt and 404, as static government sites do. Serves
only what `sites.pages_of` lists; binds to 127.0.0.1 and nothing else.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from crawler.sample.content import NOW, SampleSite
from crawler.sample.sites import SITES, Page, pages_of
from crawler.schedule import instant

HOST: Final = "127.0.0.1"


class _SiteServer(ThreadingHTTPServer):
    """A server that knows its site's pages of today."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, site: SampleSite, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.site = site
        self.pages: dict[str, Page] = {}
        self.last_modified = ""

    def show(self, day: int) -> None:
        self.pages = pages_of(self.site, day)
        self.last_modified = format_datetime(instant(NOW[day])).replace("-0000", "GMT")


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD of listed pages."""

    protocol_version = "HTTP/1.1"
    server: _SiteServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        page = self.server.pages.get(self.path) or self.server.pages.get(self.path.split("?", 1)[0])
        if page is None:
            page = Page("<html><body>您访问的页面不存在</body></html>".encode(), status=404, fixed=False)
        etag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
        if page.fixed and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.send_response(page.status)
        self.send_header("Content-Type", page.media_type)
        self.send_header("Content-Length", str(len(page.body)))
        if page.fixed:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", self.server.last_modified)
        self.end_headers()
        if with_body:
            self.wfile.write(page.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the crawl's own log says what was asked for."""


class SamplePortal:
    """All sites of the portal. `base_urls` maps site id → address; ports stay the same whatever the day."""

    def __init__(self, day: int, ports: Mapping[str, int] | None = None) -> None:
        chosen = ports or {}
        self._servers = [_SiteServer(site, chosen.get(site.id, 0)) for site in SITES]
        self.show(day)
        self._threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in self._servers]

    @property
    def base_urls(self) -> dict[str, str]:
        return {server.site.id: f"http://{HOST}:{server.server_address[1]}" for server in self._servers}

    def show(self, day: int) -> None:
        """Switch every site to a day. Raises ValueError for a day the portal does not have."""
        for server in self._servers:
            server.show(day)

    def __enter__(self) -> SamplePortal:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
