"""Lists that are JSON from a search call or a file: where rows and fields lie is said in the registry.

`params` (of the column, else of the source): `rows` (dotted path to the list, empty = the answer itself), `record`
(path inside a row, `a|b` = the first there is), `title`, `url`, `date` and optionally `number` (fields; `a|b` = the
first that is filled), `total` (path), `page` and `size` (names of query parameters, none = one screen), `page_size`,
`referer`. Dates may be text or milliseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.dates import date_in_text
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import clean_title, soup_of
from crawler.registry import Column, Source
from crawler.urls import RefusedUrlError, is_allowed, normalise

_CHINA: Final = timedelta(hours=8)
_MILLISECONDS: Final = re.compile(r"\d{12,13}\Z")


class SearchApi(Platform):
    """JSON lists described by the registry."""

    name = "searchapi"
    detail_pattern = re.compile(r"")

    def first_request(self, source: Source, column: Column) -> ListRequest:
        return _screen(source, column, 1)

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        try:
            answer = json.loads(text_of(body).lstrip("\ufeff"))
        except json.JSONDecodeError as error:
            raise ListError(f"{context.url}: answered no JSON ({error.msg})") from error
        params = _params(context.source, context.column)
        rows = at_path(answer, params.get("rows", ""))
        if not isinstance(rows, list):
            raise ListError(f"{context.url}: no list at {params.get('rows', '(top)')!r}")
        entries = tuple(_entries(rows, params, context))
        total = at_path(answer, params["total"]) if "total" in params else None
        count = int(str(total)) if str(total).isdigit() else None
        page, size = context.request.page, int(params.get("page_size", "20"))
        more = "page" in params and bool(rows) and (count is None or page * size < count)
        following = (_screen(context.source, context.column, page + 1),) if more else ()
        return ListPage(entries, following, count)


def at_path(value: Any, path: str) -> Any:
    """What lies at a dotted path (`data.rows`, `groupData.0.data`); None when something on the way is missing."""
    for part in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _params(source: Source, column: Column) -> dict[str, str]:
    return {**source.params, **column.params}


def _screen(source: Source, column: Column, page: int) -> ListRequest:
    params = _params(source, column)
    parts = urlsplit(column.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "page" in params:
        query[params["page"]] = str(page)
    if "size" in params:
        query[params["size"]] = params.get("page_size", "20")
    headers = MappingProxyType({"Referer": params["referer"]} if "referer" in params else {})
    return ListRequest(
        urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), "")), page, headers=headers
    )


def _entries(rows: list[Any], params: dict[str, str], context: ListContext) -> Iterator[ListEntry]:
    for row in rows:
        paths = params.get("record", "").split("|")
        record = next((found for path in paths if isinstance(found := at_path(row, path), dict)), None)
        if not isinstance(record, dict):
            continue
        try:
            url = normalise(
                _field(record, params.get("url", "url")), context.column.params.get("base", context.column.url)
            )
        except RefusedUrlError:
            continue
        title = clean_title(soup_of(_field(record, params.get("title", "title"))).get_text())
        if not title or not is_allowed(url, context.source.allowed_hosts):
            continue
        number = _field(record, params["number"]) if "number" in params else ""
        facts = MappingProxyType({"document_number": number} if number else {})
        yield ListEntry(url, title, _date(_field(record, params.get("date", "date"))), facts)


def _field(record: dict[str, Any], names: str) -> str:
    return next((str(record[name]).strip() for name in names.split("|") if record.get(name)), "")


def _date(text: str) -> str | None:
    if _MILLISECONDS.match(text):
        return (datetime.fromtimestamp(int(text) / 1000, UTC) + _CHINA).date().isoformat()
    return date_in_text(text)
