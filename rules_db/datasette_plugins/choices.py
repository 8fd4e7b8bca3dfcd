"""What readers choose and keep: the language and the day. Both live in a cookie; an address that names one wins.

In: requests. Out: the chosen values for pages and templates, and the two addresses that set them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from datasette.utils.asgi import Response

from rules_db.datasette_plugins.hooks import hook
from rules_db.pages.language import COOKIE, LANGUAGES, choose_language, translator

AS_OF_COOKIE = "guiji_as_of"
_YEAR = 365 * 24 * 3600
# Pages that show what held on the chosen day; the others show the state of the data and say so.
_HEEDS_A_DAY = re.compile(r"/(?:instrument|rule)/|/(?:search|as-of|timeline|provinces|catalogue|diff)\b")
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*")


@hook
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [(r"^/language/(?P<language>[a-z]+)$", set_language), (r"^/day$", set_day)]


@hook
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Functions of all templates, and defaults for the error page, which Datasette renders without our variables."""
    defaults = {"here": "/", "path": "/", "urls": datasette.urls, "as_of": None, "heeds_day": False, "day_link": None}
    env.globals.update({**_words("en"), **defaults, "link": link})


@hook
def extra_template_vars(datasette: Any, request: Any) -> dict[str, Any]:
    """What differs from request to request: language, address, the day chosen. `day_link` leads to the same page on
    the same day for somebody without our cookie."""
    path = request.path if request is not None else "/"
    query = f"?{request.query_string}" if request is not None and request.query_string else ""
    here, day = datasette.urls.path(path) + query, day_of(request)
    named = request is not None and any(name in request.args for name in ("version", "from", "to"))
    heeds = bool(_HEEDS_A_DAY.match(path)) and not named
    return {
        **_words(language_of(request)),
        "here": here,
        "path": path,
        "as_of": day,
        "heeds_day": heeds,
        "day_link": _on_day(here, day) if heeds and day else None,
        "urls": _urls(datasette, request),
    }


async def set_language(datasette: Any, request: Any) -> Any:
    """Remember the language and go back to where the reader was; never to another site."""
    language = request.url_vars["language"]
    response = Response.redirect(_back(datasette, request))
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return response


async def set_day(datasette: Any, request: Any) -> Any:
    """Remember the day, or forget it when none is named, and go back to where the reader was, on that day."""
    day = day_of(request) if "as_of" in request.args else None
    back = _back(datasette, request)
    heeds = _HEEDS_A_DAY.match("/" + back.removeprefix(str(datasette.setting("base_url"))).lstrip("/"))
    response = Response.redirect(_on_day(back, day if heeds else None))
    keep_day(response, day)
    return response


def keep_day(response: Any, day: str | None) -> None:
    """Set the cookie to the day; None takes it away."""
    response.set_cookie(AS_OF_COOKIE, day or "", max_age=_YEAR if day else 0, httponly=True, samesite="lax")


def language_of(request: Any) -> str:
    if request is None:
        return "en"
    return choose_language(
        request.args.get("lang"), request.cookies.get(COOKIE), request.headers.get("accept-language")
    )


def day_of(request: Any) -> str | None:
    """The day asked for in the address, else the remembered one; None = today. What is no date is no wish."""
    if request is None:
        return None
    wish = request.args.get("as_of") if "as_of" in request.args else request.cookies.get(AS_OF_COOKIE)
    try:
        return date.fromisoformat(wish).isoformat() if wish else None
    except ValueError:
        return None


def link(base: str, **parameters: object) -> str:
    """An address with those parameters that have a value."""
    kept = {name.rstrip("_"): value for name, value in parameters.items() if value not in (None, "")}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(kept)}" if kept else base


def _back(datasette: Any, request: Any) -> str:
    wished = request.args.get("next") or ""
    return wished if _LOCAL_PATH.fullmatch(wished) else str(datasette.urls.path("/"))


def _on_day(address: str, day: str | None) -> str:
    """The address with this day instead of any other day or version it names; None = with none."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("as_of", "version")]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("as_of", day)] if day else kept)))


def _words(language: str) -> dict[str, Any]:
    other = next(name for name in LANGUAGES if name != language)
    return {"t": translator(language), "language": language, "other_language": other}


class _UrlsOfADay:
    """Datasette's maker of addresses, keeping the day named in the reader's address on pages that heed one."""

    def __init__(self, urls: Any, day: str) -> None:
        self._urls, self._day = urls, day

    def __getattr__(self, name: str) -> Any:
        return getattr(self._urls, name)

    def path(self, path: str, format: str | None = None) -> Any:
        if _HEEDS_A_DAY.match(path) and "as_of=" not in path:
            place, mark, fragment = path.partition("#")
            path = f"{place}{'&' if '?' in place else '?'}as_of={self._day}{mark}{fragment}"
        return self._urls.path(path, format=format)


def _urls(datasette: Any, request: Any) -> Any:
    asked = request is not None and request.args.get("as_of")
    day = day_of(request)
    return _UrlsOfADay(datasette.urls, day) if asked and day else datasette.urls
