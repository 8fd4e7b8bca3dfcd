"""The pages: addresses to page values to templates. What a page shows is decided in rules_db.pages."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

from rules_db.datasette_plugins import presentation
from rules_db.datasette_plugins.hooks import hook
from rules_db.datasette_plugins.login import for_readers
from rules_db.pages import calendar, compare, gaps, instrument, overview, places, rule, searching, timelines
from rules_db.pages.language import COOKIE, LANGUAGES, choose_language, translator

DATABASE = "rules"
AS_OF_COOKIE = "guiji_as_of"
_YEAR = 365 * 24 * 3600
_HEEDS_A_DAY = re.compile(r"/(?:instrument|rule)/|/(?:search|as-of)\b")
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*")

T = TypeVar("T")


@hook
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    pages = [
        (r"^/$", home),
        (r"^/search$", search),
        (r"^/instrument/(?P<id>[^/]+)$", show_instrument),
        (r"^/rule/(?P<id>[^/]+)$", show_rule),
        (r"^/diff$", show_diff),
        (r"^/as-of$", as_of),
        (r"^/changes$", changes),
        (r"^/coverage$", coverage),
        (r"^/catalogue$", catalogue),
        (r"^/gaps$", show_gaps),
        (r"^/claims$", show_claims),
        (r"^/calendar\.ics$", show_calendar),
        (r"^/provinces$", provinces),
        (r"^/timeline$", show_timeline),
        (r"^/sources$", sources),
        (r"^/about$", about),
    ]
    open_to_all = (r"^/language/(?P<language>[a-z]+)$", set_language)
    return [open_to_all, *((address, for_readers(page)) for address, page in pages)]


@hook
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Functions of all templates, and defaults for the error page, which Datasette renders without our variables."""
    env.globals.update(
        {
            **_words("en"),
            "here": "/",
            "urls": datasette.urls,
            "as_of": None,
            "about": None,
            "link": _link,
            **presentation.functions(),
        }
    )


@hook
def extra_template_vars(datasette: Any, request: Any) -> Callable[[], Any]:
    """What differs from request to request: language, address, the day chosen, facts about the data."""

    async def variables() -> dict[str, Any]:
        path = request.path if request is not None else "/"
        query = f"?{request.query_string}" if request is not None and request.query_string else ""
        return {
            **_words(_language(request)),
            "here": datasette.urls.path(path) + query,
            "as_of": _as_of(request),
            "urls": _urls(datasette, request),
            "about": await read_page(datasette, overview.about) if DATABASE in datasette.databases else None,
        }

    return variables


async def home(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "home", await read_page(datasette, overview.home_page))


async def search(datasette: Any, request: Any) -> Any:
    filters = searching.Filters(
        request.args.get("jurisdiction") or None,
        request.args.get("instrument_type") or None,
        request.args.get("status") or None,
        _as_of(request),
    )
    query = request.args.get("q") or ""
    offset = _whole_number(request.args.get("offset"))
    page = await read_page(datasette, lambda connection: searching.search_page(connection, query, filters, offset))
    return await show_page(datasette, request, "search", page)


async def show_instrument(datasette: Any, request: Any) -> Any:
    key, version, day = request.url_vars["id"], request.args.get("version") or None, _as_of(request)
    page = await read_page(datasette, lambda c: instrument.instrument_page(c, key, version=version, as_of=day))
    return await show_page(datasette, request, "instrument", page)


async def show_rule(datasette: Any, request: Any) -> Any:
    key, day = request.url_vars["id"], _as_of(request)
    page = await read_page(datasette, lambda c: rule.rule_page(c, key, as_of=day))
    return await show_page(datasette, request, "rule", page)


async def show_diff(datasette: Any, request: Any) -> Any:
    wishes = [request.args.get(name) or None for name in ("instrument", "from", "to")]
    page = await read_page(datasette, lambda c: compare.compare_page(c, *wishes))
    return await show_page(datasette, request, "diff", page)


async def as_of(datasette: Any, request: Any) -> Any:
    """Choosing a day here makes it hold on all pages; an empty choice goes back to today."""
    chosen = _as_of(request)
    day = chosen or (await read_page(datasette, overview.about)).as_of
    page = await read_page(datasette, lambda c: overview.as_of_page(c, day))
    response = await show_page(datasette, request, "as_of", page, day=day)
    if "as_of" in request.args:
        response.set_cookie(AS_OF_COOKIE, chosen or "", max_age=_YEAR if chosen else 0, httponly=True, samesite="lax")
    return response


async def changes(datasette: Any, request: Any) -> Any:
    wishes = {name: request.args.get(name) or None for name in ("kind", "jurisdiction", "since")}
    page = await read_page(
        datasette,
        lambda c: overview.changes_page(
            c, kind=wishes["kind"], jurisdiction=wishes["jurisdiction"], since=wishes["since"]
        ),
    )
    return await show_page(datasette, request, "changes", page, wishes=wishes)


async def coverage(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "coverage", await read_page(datasette, overview.coverage_page))


async def catalogue(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "catalogue", await read_page(datasette, overview.catalogue_page))


async def show_gaps(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "gaps", await read_page(datasette, gaps.gaps_page))


async def show_claims(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "claims", await read_page(datasette, gaps.claims_page))


async def show_calendar(datasette: Any, request: Any) -> Any:
    """Dates for a calendar program; `jurisdiction` narrows, `lang` chooses the words."""
    t = translator(_language(request))
    place = request.args.get("jurisdiction") or None
    events = await read_page(datasette, lambda c: calendar.calendar_events(c, jurisdiction=place))
    facts = await read_page(datasette, overview.about)
    text = calendar.icalendar(
        events,
        stamp=facts.published_at,
        name=t("calendar.name"),
        words=lambda event: t(f"calendar.{event.kind}", title=event.title),
        address=lambda path: str(datasette.absolute_url(request, str(datasette.urls.path(path)))),
    )
    headers = {"content-disposition": 'attachment; filename="guiji.ics"'}
    return Response(text, headers=headers, content_type="text/calendar; charset=utf-8")


async def provinces(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "provinces", await read_page(datasette, places.places_page))


async def show_timeline(datasette: Any, request: Any) -> Any:
    wishes = {name: request.args.get(name) or None for name in ("title", "jurisdiction", "instrument_type")}
    day = _as_of(request) or (await read_page(datasette, overview.about)).as_of
    page = await read_page(datasette, lambda c: timelines.timeline_page(c, day, **wishes))
    return await show_page(datasette, request, "timeline", page, wishes=wishes)


async def sources(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "sources", await read_page(datasette, overview.sources_page))


async def about(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "about", await read_page(datasette, overview.about))


async def set_language(datasette: Any, request: Any) -> Any:
    """Remember the language and go back to where the reader was; never to another site."""
    language = request.url_vars["language"]
    wished = request.args.get("next") or ""
    response = Response.redirect(wished if _LOCAL_PATH.fullmatch(wished) else datasette.urls.path("/"))
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return response


async def show_page(datasette: Any, request: Any, template: str, page: Any, **values: Any) -> Any:
    status = 200
    if page is None:
        template, status = "not_found", 404
    html = await datasette.render_template(f"guiji/{template}.html", {"page": page, **values}, request=request)
    return Response.html(html, status=status)


async def read_page(datasette: Any, function: Callable[[Any], T]) -> T:
    """Run a page's reading under the same time limit as any query. Raises DatasetteError (503) when it runs out."""

    def limited(connection: Any) -> T:
        with sqlite_timelimit(connection, datasette.setting("sql_time_limit_ms")):
            return function(connection)

    try:
        result: T = await datasette.get_database(DATABASE).execute_fn(limited)
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        raise DatasetteError("This took too long. Narrow the search, or try again later.", status=503) from error
    return result


def _words(language: str) -> dict[str, Any]:
    other = next(name for name in LANGUAGES if name != language)
    return {"t": translator(language), "language": language, "other_language": other}


def _language(request: Any) -> str:
    if request is None:
        return "en"
    return choose_language(
        request.args.get("lang"), request.cookies.get(COOKIE), request.headers.get("accept-language")
    )


def _as_of(request: Any) -> str | None:
    """The day asked for in the address, else the remembered one; None = today. What is no date is no wish."""
    if request is None:
        return None
    wish = request.args.get("as_of") if "as_of" in request.args else request.cookies.get(AS_OF_COOKIE)
    try:
        return date.fromisoformat(wish).isoformat() if wish else None
    except ValueError:
        return None


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
    day = _as_of(request)
    return _UrlsOfADay(datasette.urls, day) if asked and day else datasette.urls


def _whole_number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _link(base: str, **parameters: object) -> str:
    """An address with those parameters that have a value."""
    kept = {name.rstrip("_"): value for name, value in parameters.items() if value not in (None, "")}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(kept)}" if kept else base
