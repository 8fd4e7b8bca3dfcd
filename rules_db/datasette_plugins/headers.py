"""Headers of every response: no script but our own files, no framing, no guessing of content types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from rules_db.datasette_plugins.hooks import hook

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Datasette's own templates colour headings with style attributes; ours have none.
_DATASETTE_PREFIXES = ("/rules", "/-/", "/_memory")
FIXED = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
}


def content_security_policy(path: str) -> str:
    """The policy for a path (without base URL)."""
    policy = dict(_POLICY)
    if path.startswith(_DATASETTE_PREFIXES):
        policy["style-src-attr"] = "'unsafe-inline'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


@hook
def asgi_wrapper(datasette: Any) -> Callable[[Application], Application]:
    base = datasette.setting("base_url").rstrip("/")

    def wrap(application: Application) -> Application:
        async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            path = str(scope["path"]).removeprefix(base)

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    ours = {**FIXED, b"content-security-policy": content_security_policy(path).encode("ascii")}
                    kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
                    message = {**message, "headers": [*kept, *ours.items()]}
                await send(message)

            await application(scope, receive, send_with_headers)

        return wrapped

    return wrap
