"""A recording web server on loopback, pages to put on it, and sources that point at it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawler.registry import BUNDLED

NOW = "2026-06-01T01:00:00Z"


@dataclass
class Reply:
    """What the server answers at a path. `etag` makes it answer 304 to a matching request; `pause` delays it; `cut`
    ends the connection without a word. A length in `headers` is sent instead of the right one, and it is ended too."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    pause: float = 0.0
    media_type: str = "text/html; charset=utf-8"
    cut: bool = False


@dataclass
class Hit:
    """One request as it came."""

    path: str
    at: float
    headers: dict[str, str]
    status: int = 0
    sent: int = 0


class RecordingServer:
    """A server whose pages a test sets by path (or by a function), and whose hits it reads."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply] = {}
        self.otherwise: Callable[[str, int], Reply | None] = lambda path, count: None
        self.hits: list[Hit] = []
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner._answer(self)

            def do_POST(self) -> None:
                owner._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        handler.rfile.read(length)
        hit = Hit(handler.path, time.monotonic(), {key.lower(): value for key, value in handler.headers.items()})
        with self._lock:
            self.hits.append(hit)
            count = sum(other.path == hit.path for other in self.hits)
        reply = self.pages.get(handler.path) or self.otherwise(handler.path, count) or Reply("not here", 404)
        time.sleep(reply.pause)
        if reply.cut:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        status = reply.status
        if reply.etag and handler.headers.get("If-None-Match") == reply.etag:
            status, body = 304, b""
        hit.status, hit.sent = status, len(body)
        try:
            handler.send_response(status)
            for key, value in reply.headers.items():
                handler.send_header(key, value)
            if reply.etag:
                handler.send_header("ETag", reply.etag)
            if status != 304:
                handler.send_header("Content-Type", reply.media_type)
                if "Content-Length" in reply.headers:
                    handler.close_connection = True
                else:
                    handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass


def rows(entries: list[tuple[str, str, str]], pager: str = "") -> str:
    """A TRS list page of (href, title, date)."""
    items = "".join(
        f'<li><a href="{href}" title="{title}">{title}</a><span>{day}</span></li>' for href, title, day in entries
    )
    head = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>列表</title></head>"
    return f"{head}<body><ul>{items}</ul>{pager}</body></html>"


def document(text: str, links: str = "") -> str:
    """A document page with a TRS body."""
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>文件</title></head><body>"
        f'<div class="TRS_Editor"><p>{text}</p>{links}</div></body></html>'
    )


def write_source(folder: Path, source_id: str, url: str, **changes: Any) -> Path:
    """A registry file for a TRS site at `url`; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = {
        "name": {"zh": f"测试来源{source_id}", "en": f"Test source {source_id}"},
        "platform": "trs",
        "level": "provincial",
        "jurisdiction": "990000",
        "base_url": url,
        "allowed_hosts": [urlsplit(url).netloc],
        "columns": [{"name": "通知公告", "url": f"{url}/tzgg/", "kind": "notice", "confidence": "live"}],
        "assertions": {"min_entries": 1},
        "fetch": "all",
        "runbook": "A source of the test suite; look at the test that wrote it.",
        "grade": "A",
        "confidence": {"platform": "live"},
        "status": "ok",
    }
    settings.update(changes)
    (folder / "_defaults.yml").write_bytes((BUNDLED / "_defaults.yml").read_bytes())
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    (folder / f"{source_id}.yml").write_text(text, encoding="utf-8")
    return folder
