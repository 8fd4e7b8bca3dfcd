"""Serving below a path of a reverse proxy, whether the proxy strips the path or passes it on.

Datasette 0.65 takes either for granted in different places: with the path passed on its own links name it twice, with
the path stripped facet links lose it. So it is always stripped here, and the two kinds of lossy link are mended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datasette.utils import path_with_replaced_args

from rules_db.datasette_plugins.headers import Application, Message, Receive, Send
from rules_db.datasette_plugins.hooks import hook


def below(base: str, path: str) -> str:
    """The path with the base in front, which it may have already. `base` begins and ends with a slash."""
    return path if path.startswith(base) or not path.startswith("/") else base + path[1:]


@hook
def asgi_wrapper(datasette: Any) -> Callable[[Application], Application]:
    base = str(datasette.setting("base_url"))

    def wrap(application: Application) -> Application:
        if base == "/":
            return application

        async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and str(scope["path"]).startswith(base):
                raw = scope.get("raw_path")
                scope = {**scope, "path": scope["path"][len(base) - 1 :]}
                if raw is not None:
                    scope["raw_path"] = raw[len(base.encode()) - 1 :]
            await application(scope, receive, send)

        return wrapped

    return wrap


@hook
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """Datasette's own function with the base in front; what Datasette prefixes again itself stays as it is."""

    def with_base(*arguments: Any, **named: Any) -> Any:
        return datasette.urls.path(path_with_replaced_args(*arguments, **named))

    return {"path_with_replaced_args": with_base}
