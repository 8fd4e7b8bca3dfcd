"""Pages for what goes wrong, in the reader's language. They take the place of Datasette's own, whose template has
inline styles and which prints the local variables of every error, missing pages included, where rich is installed.

In: a request and an exception. Out: JSON for programs, a page for readers; what nobody expected goes to the log.
"""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from rules_db.datasette_plugins.hooks import hook

REPLACED = "datasette.handle_exception"
_SLOW = "SQL Interrupted"


@hook
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    async def answer() -> Any:
        status, title, message = _told(exception)
        if status == 500:
            traceback.print_exception(exception)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status, "title": title}, status=status)
        page = {"status": status, "error": message}
        try:
            html = await datasette.render_template("guiji/error.html", page, request=request)
        except (sqlite3.Error, DatasetteError):  # the data themselves can't be read
            return Response.text(message, status=status)
        return Response.html(html, status=status)

    return answer


def _told(exception: Exception) -> tuple[int, str | None, str]:
    """Status, Datasette's title and message; nothing of an error of ours but that it happened."""
    if isinstance(exception, DatasetteError):
        if exception.title == _SLOW:  # its message is a form with a script in it
            return 400, _SLOW, "The query took too long and was stopped."
        return exception.status, exception.title, str(exception.message)
    if isinstance(exception, Base400):
        return exception.status, None, str(exception.args[0]) if exception.args else ""
    return 500, None, "Something went wrong here. It has been noted in the log."
