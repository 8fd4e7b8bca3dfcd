"""Hanweb jpage (大汉版通): the column page carries its first records in a `datastore` script; more come from a data
proxy.

Two dialects of the proxy, by `params: {method: …}`: POST asks for a range of records (`startrecord`, `endrecord`), GET
raises `page` in the address the page itself names (`nextgroup`). Sites half way to JPaaS answer with unit scripts:
those columns are read as JPaaS. Records are HTML in CDATA; they are cut out as text, no XML parser sees hostile bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from crawler.platforms.base import ListContext, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.jpaas import UNIT, Jpaas, unit_requests
from crawler.platforms.listing import FORWARDED, forward_target
from crawler.platforms.rows import read_rows, soup_of

PROXY: Final = "/module/web/jpage/dataproxy.jsp"
DATA: Final = "proxy"
_TOTAL: Final = re.compile(r"totalRecord\s*:\s*['\"]?(\d{1,7})")
_PER_PAGE: Final = re.compile(r"perPage\s*:\s*['\"]?(\d{1,4})")
_XML_TOTAL: Final = re.compile(r"<totalrecord>\s*(\d{1,7})\s*</totalrecord>", re.IGNORECASE)
_PROXY_LINK: Final = re.compile(r"""["']([^"'\s]{0,200}/dataproxy\.jsp\?[^"'\s]{1,600})["']""")
_PARAMETER: Final = re.compile(
    r"\b(appid|col|columnid|path|permissiontype|sourceContentType|unitid|webid|webname)\s*:\s*['\"]?([^,'\"}]{1,80})"
)
_PLACEHOLDER_TOTAL: Final = 1000
_FORM_KEYS: Final = (
    "col",
    "appid",
    "webid",
    "path",
    "columnid",
    "sourceContentType",
    "unitid",
    "webname",
    "permissiontype",
)
_FORM_DEFAULTS: Final = {"col": "1", "appid": "1", "path": "/", "sourceContentType": "1", "permissiontype": "0"}


class Jpage(Platform):
    """Columns of jpage sites."""

    name = "jpage"
    detail_pattern = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_[0-9a-z_]+\.html\Z")
    _migrated = Jpaas()

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        if context.request.step == UNIT:
            return self._migrated.parse_list(body, context)
        text = text_of(body)
        records = list(cdata_of(text))
        if context.request.step == DATA and "<datastore" not in text:
            raise ListError(
                f"{context.url}: the data proxy answered no datastore (encrypted parameters or another version)"
            )
        if records:
            return self._page(text, records, context)
        soup = soup_of(text)
        units = unit_requests(soup, context)
        if units:
            return ListPage((), units, expects_rows=False)
        entries, notes = read_rows(soup, context, self.detail_pattern)
        if not entries and context.request.step != FORWARDED:
            target = forward_target(text, soup, context)
            if target is not None:
                return ListPage((), (ListRequest(target, step=FORWARDED),), expects_rows=False)
        return ListPage(entries, notes=notes)

    def _page(self, text: str, records: list[str], context: ListContext) -> ListPage:
        markup = "".join(f"<div>{record}</div>" for record in records)
        entries, notes = read_rows(soup_of(markup), context, self.detail_pattern)
        total = _total(text)
        seen = int(context.request.state.get("seen", "0")) + len(entries)
        following: tuple[ListRequest, ...] = ()
        if entries and (total is None or seen < total):
            following = tuple(_next(text, records, seen, total, context))
        return ListPage(entries, following, total, notes=notes)


def cdata_of(text: str) -> Iterator[str]:
    """Contents of the CDATA sections, in order."""
    for chunk in text.split("<![CDATA[")[1:]:
        content, closed, _ = chunk.partition("]]>")
        if closed:
            yield content


def _total(text: str) -> int | None:
    stated = _XML_TOTAL.search(text)
    if stated:
        return int(stated[1])
    totals = [int(number) for number in _TOTAL.findall(text)]
    real = [number for number in totals if number != _PLACEHOLDER_TOTAL]
    return next(iter(real or totals), None)


def _next(text: str, records: list[str], seen: int, total: int | None, context: ListContext) -> Iterator[ListRequest]:
    """The next block of records in the site's dialect; nothing when neither the page nor the registry names a call."""
    page = context.request.page + 1
    headers = MappingProxyType({"X-Requested-With": "XMLHttpRequest", "Referer": context.column.url})
    if context.source.params.get("method", "GET") == "POST":
        form = _form(text, context)
        if form is None:
            return
        match = _PER_PAGE.search(text)
        size = int(
            context.request.state.get("size")
            or (match[1] if match else 0)
            or context.source.params.get("perpage", "25")
        )
        last = min(seen + 3 * size, total) if total else seen + 3 * size
        query = urlencode({"startrecord": seen + 1, "endrecord": last, "perpage": size})
        state = {"seen": str(seen), "size": str(size), **form}
        yield ListRequest(f"{urljoin(context.url, PROXY)}?{query}", page, DATA, form, headers, MappingProxyType(state))
        return
    link = context.request.state.get("proxy") or next(
        (match[1] for record in records if (match := _PROXY_LINK.search(record))), None
    )
    if link is None:
        return
    parts = urlsplit(urljoin(context.url, unescape(link)))
    query = urlencode({**dict(parse_qsl(parts.query, keep_blank_values=True)), "page": str(page)})
    address = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
    yield ListRequest(address, page, DATA, None, headers, MappingProxyType({"seen": str(seen), "proxy": link}))


def _form(text: str, context: ListContext) -> MappingProxyType[str, str] | None:
    """Form of the POST dialect: what the page's script says, else what the registry knows, else the usual values."""
    said = {key: value for key, value in context.request.state.items() if key in _FORM_KEYS}
    said = said or dict(_PARAMETER.findall(text))
    known = {**_FORM_DEFAULTS, **context.source.params, **context.column.params, **said}
    form: dict[str, str] = {key: known[key] for key in _FORM_KEYS if key in known}
    return MappingProxyType(form) if {"columnid", "unitid", "webid"} <= form.keys() else None
