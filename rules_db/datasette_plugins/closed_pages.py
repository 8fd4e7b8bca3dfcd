"""Datasette's pages for developers that readers have no use for, or that tell of this machine: not found here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import Response

from rules_db.datasette_plugins.hooks import hook_first
from rules_db.datasette_plugins.login import has_users

CLOSED = ("databases", "threads", "messages", "patterns", "allow-debug", "permissions", "auth-token", "password-tool")
# The metadata hold the hashes of passwords where there are users; where there are none nobody can log in.
WITH_USERS = ("metadata",)
WITHOUT_USERS = ("login", "logout")


@hook_first
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    closed = CLOSED + (WITH_USERS if has_users(datasette) else WITHOUT_USERS)
    return [(rf"^/-/(?:{'|'.join(closed)})(?:\.json)?$", not_found)]


async def not_found() -> Any:
    return Response.text("Not found", status=404)
