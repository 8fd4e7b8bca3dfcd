"""Receivers on loopback: a mail server and a web server that keep what they are sent, and the way there for services
whose address is fixed.
"""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from aiosmtpd.controller import Controller

OK = {"errcode": 0, "code": 0}


@dataclass
class WebReceiver:
    """What came over HTTP: (host it was meant for, path, body). `answers` are given in turn, then OK for ever."""

    port: int = 0
    got: list[tuple[str, str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)


@contextmanager
def web_receiver() -> Iterator[WebReceiver]:
    receiver = WebReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            host = self.headers.get("x-meant-for") or self.headers["host"]
            receiver.got.append((host, self.path, json.loads(body)))
            status, answer = receiver.answers.pop(0) if receiver.answers else (200, "ok" if "slack" in host else OK)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def redirected(receiver: WebReceiver) -> Iterator[None]:
    """Requests to any host but loopback reach the receiver, real ones over HTTP, with the host they were meant for."""
    send = requests.Session.send

    def sent(self: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        if parts.hostname != "127.0.0.1":
            request.headers["x-meant-for"] = str(parts.hostname)
            request.url = urlunsplit(("http", f"127.0.0.1:{receiver.port}", parts.path, parts.query, ""))
        return send(self, request, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "send", sent)
        yield


@dataclass
class MailReceiver:
    """Mails that came, parsed. With `refuse` set, every one is refused."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    refuse: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            return "451 try later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"


@contextmanager
def mail_receiver() -> Iterator[MailReceiver]:
    receiver = MailReceiver()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        receiver.port = free.getsockname()[1]
    controller = Controller(receiver, hostname="127.0.0.1", port=receiver.port)
    controller.start()
    try:
        yield receiver
    finally:
        controller.stop()
