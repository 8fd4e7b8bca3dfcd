"""Sites with a `POST /queryList` call (Jiangxi): the list is JSON, some of it JSON inside strings.

`params` of the source: `site_code`; of the column: `channel_code` or `channel_id`. The column's own page is the
Referer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from crawler.dates import date_in_text
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import clean_title, soup_of
from crawler.registry import Column, Source
from crawler.urls import RefusedUrlError, is_allowed, normalise

_PAGE_SIZE = 15


class QueryList(Platform):
    """Channels read by the queryList call."""

    name = "querylist"
    detail_pattern = re.compile(r"/content/content_\d+\.html\Z")

    def first_request(self, source: Source, column: Column) -> ListRequest:
        return _screen(source, column, 1)

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        try:
            answer = json.loads(text_of(body))
            results = answer["data"]["results"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ListError(f"{context.url}: queryList answered without data.results") from error
        if not isinstance(results, list):
            raise ListError(f"{context.url}: data.results is no list")
        entries = tuple(_entries(results, context))
        total = answer["data"].get("total")
        following: tuple[ListRequest, ...] = ()
        if len(results) >= _PAGE_SIZE:
            following = (_screen(context.source, context.column, context.request.page + 1),)
        return ListPage(entries, following, total if isinstance(total, int) else None)


def _screen(source: Source, column: Column, page: int) -> ListRequest:
    form = {"current": str(page), "pageSize": str(_PAGE_SIZE), "webSiteCode[]": source.params.get("site_code", "")}
    if "channel_id" in column.params:
        form["channelId[]"] = column.params["channel_id"]
    else:
        form["channelCode[]"] = column.params.get("channel_code", "")
    form |= {"sort": "sortNum", "order": "desc"}
    headers = MappingProxyType({"X-Requested-With": "XMLHttpRequest", "Referer": column.url})
    return ListRequest(urljoin(column.url, "/queryList"), page, form=MappingProxyType(form), headers=headers)


def _entries(results: list[Any], context: ListContext) -> Iterator[ListEntry]:
    for result in results:
        record = result.get("source") if isinstance(result, dict) else None
        if not isinstance(record, dict):
            continue
        try:
            url = normalise(str(_inner(record.get("urls")).get("pc") or ""), context.column.url)
        except RefusedUrlError:
            continue
        title = clean_title(soup_of(str(record.get("title") or record.get("showTitle") or "")).get_text())
        if title and is_allowed(url, context.source.allowed_hosts):
            yield ListEntry(url, title, date_in_text(str(record.get("pubDate") or "")))


def _inner(text: Any) -> dict[str, Any]:
    """JSON inside a string; an empty dict when it is none."""
    if isinstance(text, dict):
        return text
    try:
        value = json.loads(str(text or ""))
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
