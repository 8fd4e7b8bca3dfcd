"""UCAP (开普云): static lists `<template>.shtml`, `<template>_2.shtml`, …, or the search call
`/common/search/<channel>`.

The static lists name no total: the end is a 404 or a screen that shows nothing new. The search call answers an HTML
fragment (`_isJson=false`) or JSON (`data.results`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.dates import date_in_text
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import clean_title, read_rows, soup_of
from crawler.registry import Column, Source
from crawler.urls import RefusedUrlError, is_allowed, normalise

_SEARCH: Final = "/common/search/"
_SEARCH_QUERY: Final = {
    "sort": "",
    "_isAgg": "false",
    "_isJson": "false",
    "_pageSize": "20",
    "_template": "index",
    "_channelName": "",
    "page": "1",
}
_NUMBERED: Final = re.compile(r"(?:_\d+)?(\.s?html?)\Z")


class Ucap(Platform):
    """Columns of UCAP sites."""

    name = "ucap"
    detail_pattern = re.compile(
        r"/\d{6}/c00_\d+\.shtml\Z|/\d{6}/[0-9a-f]{32}\.shtml\Z|/\d{4}/\d{1,2}/\d{1,2}/[0-9a-f]{32}\.shtml\Z|/c\d+/\d{6}/\d+\.shtml\Z"
    )

    def first_request(self, source: Source, column: Column) -> ListRequest:
        if _SEARCH in column.url:
            return ListRequest(_with_query(column.url, _SEARCH_QUERY), step="search")
        return ListRequest(column.url)

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        text = text_of(body)
        if context.request.step == "search" and text.lstrip()[:1] == "{":
            return self._read_json(text, context)
        entries, notes = read_rows(soup_of(text), context, self.detail_pattern)
        return ListPage(entries, (self._next(context),) if entries else (), notes=notes)

    def _next(self, context: ListContext) -> ListRequest:
        page = context.request.page + 1
        if context.request.step == "search":
            return ListRequest(_with_query(context.request.url, {"page": str(page)}), page, "search")
        parts = urlsplit(context.request.url)
        path = _NUMBERED.sub(rf"_{page}\g<1>", parts.path)
        if path == parts.path:
            path = f"{parts.path.rstrip('/')}/index_{page}.shtml"
        return ListRequest(urlunsplit((parts.scheme, parts.netloc, path, parts.query, "")), page)

    def _read_json(self, text: str, context: ListContext) -> ListPage:
        try:
            answer = json.loads(text)
            results = answer["data"]["results"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ListError(f"{context.url}: search call without data.results") from error
        if not isinstance(results, list):
            raise ListError(f"{context.url}: data.results is no list")
        entries = tuple(_entries(results, context))
        total = answer["data"].get("total")
        return ListPage(entries, (self._next(context),) if entries else (), total if isinstance(total, int) else None)


def _entries(results: list[Any], context: ListContext) -> Iterator[ListEntry]:
    for result in results:
        if not isinstance(result, dict) or not result.get("title") or not result.get("url"):
            continue
        try:
            url = normalise(str(result["url"]), context.column.url)
        except RefusedUrlError:
            continue
        if is_allowed(url, context.source.allowed_hosts):
            title = clean_title(soup_of(str(result["title"])).get_text())
            yield ListEntry(url, title, date_in_text(str(result.get("publishedTimeStr") or "")))


def _with_query(url: str, values: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = urlencode({**values, **dict(parse_qsl(parts.query, keep_blank_values=True)), **_paged(values)})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _paged(values: dict[str, str]) -> dict[str, str]:
    return {"page": values["page"]} if "page" in values else {}
