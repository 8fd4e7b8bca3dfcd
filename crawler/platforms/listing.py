"""Generic lists: any page of links that look like documents, for sites whose family is unknown or has no class of its
own.

A link counts when it is on the source's hosts and its address has the shape of a document in some family (or the shape
the source states). Next screens: `params: {next: "index_{n}.html", next_from: "2"}` where the scheme is known, else the
link that says 下一页. A page that only forwards (`location.href`, one iframe) is followed once.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from crawler.platforms.base import ListContext, ListPage, ListRequest, Platform, text_of
from crawler.platforms.rows import read_rows, soup_of
from crawler.urls import RefusedUrlError, is_allowed, normalise

FORWARDED: Final = "forwarded"
_NEXT_WORDS: Final = frozenset({">", "»", "下一页", "下页", "后一页"})
_FORWARD: Final = re.compile(r"""location(?:\.href)?\s*=\s*["']([^"'\s]{1,300})["']""")
_FORWARD_PAGE: Final = 3000


class Listing(Platform):
    """Lists read by the shape of their links."""

    name = "listing"
    detail_pattern = re.compile(
        r"/t\d{7,8}(?:_\d+)?\.(?:html?|shtml)\Z"
        r"|/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_[0-9a-z_]+\.html\Z"
        r"|/\d{4}[-/]?\d{2}(?:[-/]?\d{2})?/(?:c00_|content_|post_)?[0-9a-f]{3,40}\.(?:html?|shtml)\Z"
        r"|/\d{17,19}/index\.(?:html?|shtml)\Z"
        r"|/c/\d{4}-\d{2}-\d{2}/\d+\.shtml\Z"
        r"|/(?:content|post)_\d+\.(?:html?|shtml)\Z"
        r"|/html/\d{4}/\w{2,30}_\d{4}/\d+\.html\Z"
        r"|/\d{4}/\d{2}-\d{2}/\d+\.html\Z"
        r"|/\d{6,20}\.(?:html?|shtml)\Z"
    )

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        markup = text_of(body)
        soup = soup_of(markup)
        entries, notes = read_rows(soup, context, self.detail_pattern)
        if not entries and context.request.step != FORWARDED:
            target = forward_target(markup, soup, context)
            if target is not None:
                return ListPage((), (ListRequest(target, step=FORWARDED),), expects_rows=False)
        following = next_screen(soup, context) if entries else None
        return ListPage(entries, (following,) if following else (), notes=notes)


def next_screen(soup: BeautifulSoup, context: ListContext) -> ListRequest | None:
    """The next screen by the source's scheme, else by the page's own link; None at the end."""
    page = context.request.page + 1
    template = context.column.params.get("next") or context.source.params.get("next")
    if template:
        first = int(context.source.params.get("next_from", "2"))
        return ListRequest(urljoin(context.column.url, template.replace("{n}", str(page - 2 + first))), page=page)
    for anchor in soup.find_all("a", href=True):
        if anchor.get_text(strip=True) in _NEXT_WORDS:
            target = _own_address(str(anchor["href"]), context)
            if target is not None and target != context.url:
                return ListRequest(target, page=page)
    return None


def forward_target(markup: str, soup: BeautifulSoup, context: ListContext) -> str | None:
    """Where a page without rows sends its reader: a script's location on a short page, or its only iframe."""
    if len(markup) < _FORWARD_PAGE:
        match = _FORWARD.search(markup)
        if match:
            return _own_address(match[1], context)
    frames = [str(frame["src"]) for frame in soup.find_all("iframe", src=True)]
    return _own_address(frames[0], context) if len(frames) == 1 else None


def _own_address(link: str, context: ListContext) -> str | None:
    try:
        address = normalise(link, context.url)
    except RefusedUrlError:
        return None
    return address if is_allowed(address, context.source.allowed_hosts) else None
