"""The pages: addresses to page values to templates. What a page shows is decided in rules_db.pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

from rules_db.datasette_plugins import presentation
from rules_db.datasette_plugins.choices import day_of, keep_day, language_of
from rules_db.datasette_plugins.hooks import hook
from rules_db.datasette_plugins.login import for_readers
from rules_db.pages import calendar, compare, gaps, instrument, overview, places, rule, searching, timelines
from rules_db.pages.coverage import catalogue_page, coverage_page
from rules_db.pages.language import translator

DATABASE = "rules"

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
    return [(address, for_readers(page)) for address, page in pages]


@hook
def prepare_jinja2_environment(env: Any) -> None:
    env.globals.update({"about": None, **presentation.functions()})


@hook
def extra_template_vars(datasette: Any) -> Callable[[], Any]:
    """Facts about the data, for every page."""

    async def variables() -> dict[str, Any]:
        return {"about": await read_page(datasette, overview.about) if DATABASE in datasette.databases else None}

    return variables


async def home(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "home", await read_page(datasette, overview.home_page))


async def search(datasette: Any, request: Any) -> Any:
    filters = searching.Filters(
        request.args.get("jurisdiction") or None,
        request.args.get("instrument_type") or None,
        request.args.get("status") or None,
        day_of(request),
    )
    query = request.args.get("q") or ""
    offset = _whole_number(request.args.get("offset"))
    page = await read_page(datasette, lambda connection: searching.search_page(connection, query, filters, offset))
    return await show_page(datasette, request, "search", page)


async def show_instrument(datasette: Any, request: Any) -> Any:
    key, version, day = request.url_vars["id"], request.args.get("version") or None, day_of(request)
    page = await read_page(datasette, lambda c: instrument.instrument_page(c, key, version=version, as_of=day))
    return await show_page(datasette, request, "instrument", page)


async def show_rule(datasette: Any, request: Any) -> Any:
    key, day = request.url_vars["id"], day_of(request)
    page = await read_page(datasette, lambda c: rule.rule_page(c, key, as_of=day))
    return await show_page(datasette, request, "rule", page)


async def show_diff(datasette: Any, request: Any) -> Any:
    wishes = [request.args.get(name) or None for name in ("instrument", "from", "to")]
    day = day_of(request)
    page = await read_page(datasette, lambda c: compare.compare_page(c, *wishes, as_of=day))
    return await show_page(datasette, request, "diff", page)


async def as_of(datasette: Any, request: Any) -> Any:
    """Choosing a day here makes it hold on all pages; an empty choice goes back to today."""
    chosen = day_of(request)
    day = chosen or (await read_page(datasette, overview.about)).as_of
    page = await read_page(datasette, lambda c: overview.as_of_page(c, day))
    response = await show_page(datasette, request, "as_of", page, day=day)
    if "as_of" in request.args:
        keep_day(response, chosen)
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
    return await show_page(datasette, request, "coverage", await read_page(datasette, coverage_page))


async def catalogue(datasette: Any, request: Any) -> Any:
    day = day_of(request)
    page = await read_page(datasette, lambda c: catalogue_page(c, day))
    return await show_page(datasette, request, "catalogue", page)


async def show_gaps(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "gaps", await read_page(datasette, gaps.gaps_page))


async def show_claims(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "claims", await read_page(datasette, gaps.claims_page))


async def show_calendar(datasette: Any, request: Any) -> Any:
    """Dates for a calendar program; `jurisdiction` narrows, `lang` chooses the words."""
    t = translator(language_of(request))
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
    day = day_of(request)
    page = await read_page(datasette, lambda c: places.places_page(c, day))
    return await show_page(datasette, request, "provinces", page, columns=places.COLUMNS, rows=places.ROWS)


async def show_timeline(datasette: Any, request: Any) -> Any:
    wishes = {name: request.args.get(name) or None for name in ("title", "jurisdiction", "instrument_type")}
    day = day_of(request) or (await read_page(datasette, overview.about)).as_of
    page = await read_page(datasette, lambda c: timelines.timeline_page(c, day, **wishes))
    return await show_page(datasette, request, "timeline", page, wishes=wishes)


async def sources(datasette: Any, request: Any) -> Any:
    return await show_page(datasette, request, "sources", await read_page(datasette, overview.sources_page))


async def about(datasette: Any, request: Any) -> Any:
    page = await read_page(datasette, overview.about)
    return await show_page(datasette, request, "about", page, scores=overview.scores())


async def show_page(datasette: Any, request: Any, template: str, page: Any, **values: Any) -> Any:
    """The page as HTML. Raises DatasetteError (404) when there is none."""
    if page is None:
        raise DatasetteError("Nothing is published under this address.", status=404)
    html = await datasette.render_template(f"guiji/{template}.html", {"page": page, **values}, request=request)
    return Response.html(html)


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


def _whole_number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
