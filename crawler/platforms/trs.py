"""TRS WCM (拓尔思): static columns with links `./YYYYMM/tYYYYMMDD_N.html` and a pager written by `createPageHTML`.

Next screens are `index_1.html`, `index_2.html`, … (the first screen is `index.html`). Some rebuilt sites count from 2:
that is tried when `index_1` is missing or repeats the first screen; `params: {first_suffix: "2"}` settles it. Pages
with variables `PAGEID` and `countPage` of their own go on at `index_<PAGEID>_N`.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from crawler.platforms.base import ListContext, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import read_rows, soup_of
from crawler.registry import Column, Source

_PAGER: Final = re.compile(
    r"createPageHTML\(\s*'?\"?(\d{1,5})\"?'?\s*,\s*'?\"?(\d{1,5})\"?'?\s*,\s*['\"]([\w-]{1,40})['\"]\s*,\s*['\"](\w{2,6})['\"](?:\s*,\s*(\d{1,7}))?"
)
_FIRST: Final = "first_suffix"
_FIRST_SCREEN: Final = re.compile(r"_1\.(\w{2,6})\Z")
_COUNT_PAGE: Final = re.compile(r"\bcountPage\s*=\s*['\"]?(\d{1,5})")
_PAGE_ID: Final = re.compile(r"\bPAGEID\s*=\s*['\"]?(\d{1,12})", re.IGNORECASE)
_INDEX_NAME: Final = re.compile(r"\A([A-Za-z][\w-]*?)(?:_\d+)?\.(html?|shtml)\Z")


class Trs(Platform):
    """Columns of TRS WCM."""

    name = "trs"
    detail_pattern = re.compile(r"/t(?:\d{8}_\d+|\d{7,12})\.(?:html?|shtml)\Z")

    def first_request(self, source: Source, column: Column) -> ListRequest:
        parts = urlsplit(column.url)
        path = parts.path
        if not path.endswith("/") and "." not in path.rsplit("/", 1)[-1]:
            path += "/"  # rows are relative to the folder
        return ListRequest(url=urlunsplit((parts.scheme, parts.netloc, path, parts.query, "")))

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        markup = text_of(body)
        entries, notes = read_rows(soup_of(markup), context, self.detail_pattern)
        pages, name, extension, total = _pager(markup, context)
        following: tuple[ListRequest, ...] = ()
        if entries and (pages is None or context.request.page < pages):
            following = (self._next(context, name, extension, markup),)
        if pages is None or pages <= 1:
            following = ()
        return ListPage(entries, following, total, notes=notes)

    def _next(self, context: ListContext, name: str, extension: str, markup: str) -> ListRequest:
        page = context.request.page + 1
        known = {**context.source.params, **context.column.params, **context.request.state}
        first = int(known.get(_FIRST, "1"))
        page_id = _PAGE_ID.search(markup)
        stem = f"{name}_{page_id[1]}" if page_id else name
        parts = urlsplit(context.url)
        folder = parts.path.rsplit("/", 1)[0]
        path = f"{folder}/{stem}_{page - 2 + first}.{extension}"
        state = MappingProxyType({_FIRST: str(first)} if _FIRST in known else {})
        return ListRequest(url=urlunsplit((parts.scheme, parts.netloc, path, "", "")), page=page, state=state)

    def alternative(self, request: ListRequest) -> ListRequest | None:
        """Where the count from 1 finds no second screen, the count from 2 is tried, unless the registry settles it."""
        if request.page != 2 or _FIRST in request.state:
            return None
        url = _FIRST_SCREEN.sub(r"_2.\1", request.url)
        return None if url == request.url else ListRequest(url=url, page=2, state=MappingProxyType({_FIRST: "2"}))


def _pager(markup: str, context: ListContext) -> tuple[int | None, str, str, int | None]:
    """Number of screens, name and extension of the next one, number of rows where the page says it."""
    match = _PAGER.search(markup)
    if match:
        return int(match[1]), match[3], match[4], int(match[5]) if match[5] else None
    count = _COUNT_PAGE.search(markup)
    tail = urlsplit(context.url).path.rsplit("/", 1)[-1]
    named = _INDEX_NAME.match(tail)
    name, extension = (named[1], named[2]) if named else ("index", context.source.params.get("extension", "html"))
    return (int(count[1]) if count else None), name, extension, None
