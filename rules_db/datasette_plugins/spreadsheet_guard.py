"""CSV responses that a spreadsheet can't run: a cell that would be read as a formula gets an apostrophe in front.

Works on the stream, so an export of any size passes. Plain numbers such as -5 stay as they are.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from typing import Any

from rules_db.datasette_plugins.headers import Application, Message, Receive, Send
from rules_db.datasette_plugins.hooks import hook
from rules_db.export.cells import guarded


class CsvGuard:
    """Rewrites a CSV stream: bytes in pieces of any size in, whole guarded records out."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""

    def feed(self, data: bytes, *, last: bool = False) -> bytes:
        self._pending += self._decoder.decode(data, final=last)
        cut = len(self._pending) if last else self._complete()
        whole, self._pending = self._pending[:cut], self._pending[cut:]
        if not whole:
            return b""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        for record in csv.reader(io.StringIO(whole, newline="")):
            writer.writerow([guarded(cell) for cell in record])
        return out.getvalue().encode("utf-8")

    def _complete(self) -> int:
        """Where the last whole record ends: after the last line break outside quotes."""
        quoted, cut = False, 0
        for i, character in enumerate(self._pending):
            if character == '"':
                quoted = not quoted
            elif character == "\n" and not quoted:
                cut = i + 1
        return cut


@hook
def asgi_wrapper(datasette: Any) -> Callable[[Application], Application]:
    def wrap(application: Application) -> Application:
        async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
            guard: CsvGuard | None = None

            async def send_guarded(message: Message) -> None:
                nonlocal guard
                if message["type"] == "http.response.start":
                    headers = {name.lower(): value for name, value in message.get("headers", [])}
                    plain = headers.get(b"content-type", b"").startswith(b"text/plain")
                    asked = str(scope.get("path", "")).endswith(".csv")
                    if headers.get(b"content-type", b"").startswith(b"text/csv") or (plain and asked):
                        guard = CsvGuard()
                        kept = [(k, v) for k, v in message["headers"] if k.lower() != b"content-length"]
                        message = {**message, "headers": kept}
                elif message["type"] == "http.response.body" and guard is not None:
                    more = message.get("more_body", False)
                    message = {**message, "body": guard.feed(message.get("body", b""), last=not more)}
                await send(message)

            await application(scope, receive, send_guarded)

        return wrapped

    return wrap
