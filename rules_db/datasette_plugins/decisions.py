"""The page of a change, and the one form of the site that writes: a decision, by those who may decide.

Datasette's permission `guiji-decide` says who may: people whose entry in the file of users names it under `may`, or
whoever another plugin allows; by default nobody. The form goes to `decisions.db` beside the published copy, which stays
as it is. Datasette checks the CSRF token of every POST with cookies before it comes here. A browser that was let in by
HTTP Basic sends its password along without any, so what a browser says of where a form comes from counts as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette.utils.asgi import Response

from rules_db.commands.options import now
from rules_db.connection import DataFolder, StoreError
from rules_db.datasette_plugins.hooks import hook
from rules_db.datasette_plugins.login import for_readers
from rules_db.datasette_plugins.pages import DATABASE, read_page, show_page
from rules_db.decisions import log
from rules_db.decisions.listing import require_change
from rules_db.pages.change import change_page, with_decisions

PERMISSION = "guiji-decide"


@hook
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [(r"^/change/(?P<id>[0-9A-Za-z_.:-]+)$", for_readers(show_change))]


@hook
def permission_allowed(actor: Any, action: str) -> bool | None:
    """None leaves it to other plugins; without any of them nobody may."""
    if action != PERMISSION or not isinstance(actor, dict):
        return None
    return True if PERMISSION in (actor.get("may") or ()) else None


async def show_change(datasette: Any, request: Any) -> Any:
    """GET: the change and its decisions. POST: one more decision, then back to the page."""
    may = await datasette.permission_allowed(request.actor, PERMISSION, default=False)
    key = request.url_vars["id"]
    if request.method == "POST" and _from_elsewhere(request.headers):
        return _refused("This form comes from another site.", 403)
    if request.method == "POST":
        return await _decide(datasette, request, key) if may else _refused("You may not decide here.", 403)
    if request.method not in ("GET", "HEAD"):
        return _refused("Only GET and POST.", 405)
    return await _shown(datasette, request, key, may, "")


async def _shown(datasette: Any, request: Any, key: str, may: bool, error: str) -> Any:
    page = await read_page(datasette, lambda connection: change_page(connection, key))
    if page is not None:
        try:
            history = await asyncio.to_thread(_history, _place(datasette), key)
        except StoreError as fault:
            history, error = [], str(fault)
        page = with_decisions(page, history, named=request.actor is not None)
    response = await show_page(
        datasette, request, "change", page, may=may, error=error, severities=log.SEVERITIES, given={}
    )
    if error:
        response.status = 400
    return response


async def _decide(datasette: Any, request: Any, key: str) -> Any:
    given = await request.post_vars()
    try:
        if given.get("relevant") not in ("yes", "no"):
            raise log.DecisionError("say whether the change is relevant")
        decision = log.checked(
            relevant=given["relevant"] == "yes",
            severity=given.get("severity", ""),
            owner=given.get("owner", ""),
            due_on=given.get("due_on", ""),
            note=given.get("note", ""),
        )
        await read_page(datasette, lambda connection: require_change(connection, key))
        by = str(request.actor.get("id") or "")
        await asyncio.to_thread(_append, _place(datasette), key, decision, by)
    except StoreError as error:
        return await _shown(datasette, request, key, True, str(error))
    return Response.redirect(datasette.urls.path(f"/change/{key}"), status=303)


def _from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that another site made it send this; programs say nothing."""
    told = headers.get("sec-fetch-site")
    if told is not None:
        return told not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _place(datasette: Any) -> Path:
    return DataFolder(Path(datasette.get_database(DATABASE).path).parent.parent).decisions_db


def _history(place: Path, key: str) -> list[log.Decided]:
    with log.open_log(place) as connection:
        return log.history(connection, key) if connection else []


def _append(place: Path, key: str, decision: log.Decision, by: str) -> None:
    with log.open_log(place, write=True) as connection:
        assert connection is not None  # noqa: S101 - opened for writing
        log.append(connection, key, decision, by=by, now=now())


def _refused(message: str, status: int) -> Any:
    return Response.text(message, status=status)
