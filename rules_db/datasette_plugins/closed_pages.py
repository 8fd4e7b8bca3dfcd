"""Datasette's pages for developers that readers have no use for, or that tell of this machine: not found here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import Response

from rules_db.datasette_plugins.hooks import hook

CLOSED = ("databases", "threads", "messages", "patterns", "allow-debug", "permissions", "auth-token", "logout")


@hook
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [(rf"^/-/(?:{'|'.join(CLOSED)})(?:\.json)?$", not_found)]


async def not_found() -> Any:
    return Response.text("Not found", status=404)
