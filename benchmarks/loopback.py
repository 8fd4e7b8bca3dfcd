"""A web server on loopback whose answers are a function: the sites of the simulated country and of the benchmarks.

In: a function from request to answer. Out: HTTP with ETag and 304 where the answer carries a tag, and a log of hits.
"""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: path with query, and the form of a POST."""

    path: str
    form: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `tagged` answers carry an ETag and are confirmed with 304; `hang` seconds pass before anything is
    sent; `cut` closes the connection without a word."""

    body: bytes = b""
    media_type: str = HTML
    status: int = 200
    location: str = ""
    tagged: bool = False
    hang: float = 0.0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as it came: when (monotonic seconds), for what, how it was answered, body bytes sent."""

    at: float
    path: str
    status: int
    sent: int


class Site:
    """One host: a port of 127.0.0.1 with a thread. Anything `answer` returns None for is 404."""

    def __init__(self, answer: Callable[[Asked], Answer | None]) -> None:
        self.answer = answer
        self.hits: list[Hit] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # head and body leave together

            def do_GET(self) -> None:
                owner._serve(self)

            def do_POST(self) -> None:
                owner._serve(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 64

            def handle_error(self, *_: Any) -> None:
                """A client that was killed or gave up is no fault of the site."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.netloc = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.netloc}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        form = {key: values[0] for key, values in parse_qs(raw, keep_blank_values=True).items()}
        at = time.monotonic()
        answer = self.answer(Asked(handler.path, form)) or Answer(b"<html><body>404</body></html>", status=404)
        time.sleep(answer.hang)
        if answer.cut:
            self.hits.append(Hit(at, handler.path, 0, 0))
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body, status = answer.body, answer.status
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"' if answer.tagged and status == 200 else ""
        if tag and handler.headers.get("If-None-Match") == tag:
            body, status = b"", 304
        self.hits.append(Hit(at, handler.path, status, len(body)))
        try:
            handler.send_response(status)
            if tag:
                handler.send_header("ETag", tag)
            if answer.location:
                handler.send_header("Location", answer.location)
            if status != 304:
                handler.send_header("Content-Type", answer.media_type)
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True  # the crawler was killed meanwhile
