"""Hanweb JPaaS (大汉): a column page names a "unit" call in a script tag; the call answers JSON with HTML rows.

Step `list` reads the frame: every `script[parseType]` with `queryData` is a candidate call. Step `unit` reads an
answer; candidates that hold no documents are dropped. Known ids (`params` of source and column) are the fallback for a
frame that names no call. Screens after the first add `paramJson={"pageNo":N,"pageSize":"S"}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup, Tag

from crawler.platforms.base import ListContext, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import read_rows, soup_of

ENDPOINT: Final = "/api-gateway/jpaas-publish-server/front/page/build/unit"
UNIT: Final = "unit"
_KEYS: Final = ("parseType", "webId", "tplSetId", "pageType", "tagId", "editType", "pageId")
_PAIR: Final = re.compile(r"""['"]([A-Za-z]\w{0,40})['"]\s*:\s*(?:'([^']{0,300})'|"([^"]{0,300})"|([\w.-]{1,60}))""")
_MAX_UNITS: Final = 6


class Jpaas(Platform):
    """Columns of the ministries' and of some provinces' JPaaS sites."""

    name = "jpaas"
    detail_pattern = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_[0-9a-z_]+\.html\Z")

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        text = text_of(body)
        if context.request.step == UNIT:
            return self._read_unit(text, context)
        soup = soup_of(text)
        units = unit_requests(soup, context)
        if units:
            return ListPage((), units[:_MAX_UNITS], expects_rows=False)
        entries, notes = read_rows(soup, context, self.detail_pattern)  # a static home page lists rows itself
        if entries:
            return ListPage(entries, notes=notes)
        known = known_unit(context)
        if known is None:
            raise ListError(f"{context.url}: no script[parseType] with queryData, no rows and no known page_id")
        return ListPage((), (known,), expects_rows=False, notes=("unit call taken from known ids, not from the page",))

    def _read_unit(self, text: str, context: ListContext) -> ListPage:
        soup = soup_of(unit_html(text, context.url))
        entries, notes = read_rows(soup, context, self.detail_pattern)
        pager = soup.select_one("[count]")
        total = _count(pager, "count")
        size = _count(pager, "rows") or int(context.source.params.get("page_size", "0")) or len(entries)
        following: tuple[ListRequest, ...] = ()
        if entries and (total is None or context.request.page * size < total):
            following = (_screen(context.request.state, context.request.page + 1, size),)
        # Of several candidate units only those with documents count, so an empty one is no failure by itself.
        return ListPage(
            entries, following, total, expects_rows=context.request.page == 1 and len(entries) > 0, notes=notes
        )


def unit_requests(soup: BeautifulSoup, context: ListContext) -> tuple[ListRequest, ...]:
    """The calls a frame names, in page order."""
    found: list[ListRequest] = []
    for script in soup.find_all("script"):
        attributes = {key.lower(): str(value) for key, value in script.attrs.items()}
        query = query_data(attributes.get("querydata", ""))
        if "parsetype" not in attributes or not query:
            continue
        query.setdefault("parseType", attributes["parsetype"])
        if "webid" in attributes:
            query.setdefault("webId", attributes["webid"])
        found.append(_request(urljoin(context.url, attributes.get("url") or ENDPOINT), query, context))
    return tuple({request.url: request for request in found}.values())


def known_unit(context: ListContext) -> ListRequest | None:
    """The call made of the registry's ids, when the column knows its page id."""
    page_id = context.column.params.get("page_id")
    if not page_id:
        return None
    known = {**context.source.params, **context.column.params, "pageId": page_id}
    query: dict[str, str] = {key: known[key] for key in _KEYS if key in known}
    endpoint = context.source.params.get("endpoint", ENDPOINT)
    return _request(urljoin(context.url, endpoint), query, context)


def query_data(text: str) -> dict[str, str]:
    """Key/value pairs of a `queryData` attribute: JSON with single quotes. Other text gives no pairs."""
    return {
        match[1]: next(part for part in match.groups()[1:] if part is not None) for match in _PAIR.finditer(text[:4000])
    }


def unit_html(text: str, url: str) -> str:
    """The HTML inside a unit answer. Raises ListError for an answer that is no unit answer or reports failure."""
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as error:
        raise ListError(f"{url}: unit call answered no JSON ({error.msg})") from error
    if not isinstance(answer, dict) or answer.get("success") is not True:
        code = answer.get("code") if isinstance(answer, dict) else None
        raise ListError(f"{url}: unit call reports failure, code {code!r}")
    data = answer.get("data")
    html = data.get("html") if isinstance(data, dict) else None
    if not isinstance(html, str):
        raise ListError(f"{url}: unit answer has no data.html")
    return html


def _request(endpoint: str, query: dict[str, str], context: ListContext) -> ListRequest:
    return _screen({"endpoint": endpoint, "query": urlencode(query), "frame": context.url}, 1, 0)


def _screen(state: Mapping[str, str], page: int, size: int) -> ListRequest:
    """Any screen of one unit call; `state` holds its endpoint, first query and the frame it was found in."""
    query = state["query"]
    if page > 1:
        query += "&" + urlencode(
            {"paramJson": json.dumps({"pageNo": page, "pageSize": str(size)}, separators=(",", ":"))}
        )
    return ListRequest(
        url=f"{state['endpoint']}?{query}",
        page=page,
        step=UNIT,
        headers=MappingProxyType({"Referer": state["frame"]}),
        state=MappingProxyType(dict(state)),
    )


def _count(pager: Tag | None, name: str) -> int | None:
    value = str(pager.get(name) or "") if isinstance(pager, Tag) else ""
    return int(value) if value.isdigit() else None
