"""Logging in, when the server was given users: who is nobody yet is led to the form, programs get a plain refusal.

Form and passwords are datasette-auth-passwords'; whether a reader may see a page is Datasette's `view-instance`.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import Response

from rules_db.datasette_plugins.headers import Application, Message, Receive, Send
from rules_db.datasette_plugins.hooks import hook
from rules_db.users import PLUGIN

View = Callable[[Any, Any], Awaitable[Any]]


def has_users(datasette: Any) -> bool:
    """Whether the server was given users; without any everybody may read."""
    return bool(datasette.plugin_config(PLUGIN))


def for_readers(view: View) -> View:
    """The page, for those who may read the site; Datasette checks its own pages itself, but none that plugins add."""

    @functools.wraps(view)
    async def checked(datasette: Any, request: Any) -> Any:
        await datasette.ensure_permissions(request.actor, ["view-instance"])
        return await view(datasette, request)

    return checked


@hook
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    return {"users": has_users(datasette)}


@hook
def forbidden(datasette: Any, request: Any) -> Any:
    """None leaves it to Datasette: readers who are logged in learn that they may not."""
    if request.actor is not None or not has_users(datasette):
        return None
    if "text/html" in request.headers.get("accept", "") and not request.path.endswith((".json", ".csv", ".atom")):
        return Response.redirect(datasette.urls.path("/-/login"))
    headers = {"www-authenticate": 'Basic realm="Guiji", charset="UTF-8"'}
    return Response.text("Log in first, with a user name and a password.", status=401, headers=headers)


@hook
def asgi_wrapper() -> Callable[[Application], Application]:
    """Drops Basic headers that the password plugin would fail on: what is no base64 of ASCII names nobody."""

    def wrap(application: Application) -> Application:
        async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
            headers = scope.get("headers") or []
            kept = [(name, value) for name, value in headers if name != b"authorization" or _readable(value)]
            await application({**scope, "headers": kept} if len(kept) < len(headers) else scope, receive, send)

        return wrapped

    return wrap


def _readable(value: bytes) -> bool:
    try:
        return base64.b64decode(value.removeprefix(b"Basic "), validate=True).isascii()
    except ValueError:
        return False
