"""National standards (国家标准全文公开系统): a table whose rows call `showInfo('<32 hex>')`. Metadata pages only.

Full texts are behind a captcha and are never asked for. Columns are found by their header texts, since scrapers of
different years saw them in different places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from bs4 import Tag

from crawler.dates import date_in_text
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import clean_title, soup_of

_SHOW: Final = re.compile(r"showInfo\(\s*['\"]([0-9A-Fa-f]{32})['\"]")
_HEADERS: Final = {"number": "标准号", "title": "标准名称", "status": "状态", "published": "发布日期"}


class OpenStd(Platform):
    """The list of national standards."""

    name = "openstd"
    detail_pattern = re.compile(r"/newGbInfo\?hcno=[0-9A-F]{32}\Z")

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        table = soup_of(text_of(body)).select_one("table.result_list")
        if table is None:
            raise ListError(f"{context.url}: no table.result_list")
        entries = tuple(_entries(table, context))
        page = context.request.page + 1
        parts = urlsplit(context.request.url)
        query = urlencode({**dict(parse_qsl(parts.query, keep_blank_values=True)), "page": str(page)})
        following = ListRequest(urlunsplit((parts.scheme, parts.netloc, parts.path, query, "")), page)
        return ListPage(entries, (following,) if entries else ())


def _entries(table: Tag, context: ListContext) -> Iterator[ListEntry]:
    places: dict[str, int] = {}
    for row in table.find_all("tr"):
        cells = row.find_all(["td", "th"], recursive=False)
        texts = [cell.get_text(" ", strip=True) for cell in cells]
        match = _SHOW.search(str(row)[:20_000])
        if match is None:
            for key, header in _HEADERS.items():
                places.setdefault(key, next((index for index, text in enumerate(texts) if text == header), -1))
            places = {key: index for key, index in places.items() if index >= 0}
            continue
        values = {key: texts[index] for key, index in places.items() if index < len(texts)}
        title = clean_title(f"{values.get('number', '')} {values.get('title', '')}")
        if title:
            facts = {"document_number": values.get("number", ""), "validity": values.get("status", "")}
            url = urljoin(context.url, f"/bzgk/gb/newGbInfo?hcno={match[1].upper()}")
            kept = MappingProxyType({key: value for key, value in facts.items() if value})
            yield ListEntry(url, title, date_in_text(values.get("published", "")), kept)
