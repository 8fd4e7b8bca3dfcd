"""Guangdong's disclosure platform (政府信息公开目录): a tree of categories in the page, articles by a JSON call.

Step `list` reads `window._CONFIG` of `/gkmlpt/index` (SID and TREE) and names the calls of the categories listed in
`params: {nodes: "政策文件,规范性文件,通知公告"}`. Step `api` reads articles, which state number, index number and
validity. Plain HTML columns of the same sites are read by their links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode, urljoin

from crawler.dates import date_in_text
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, ListRequest, Platform, text_of
from crawler.platforms.listing import next_screen
from crawler.platforms.rows import clean_title, read_rows, soup_of
from crawler.urls import RefusedUrlError, is_allowed, normalise

API: Final = "api"
_SID: Final = re.compile(r"""\bSID['"]?\s*:\s*['"]?([\w-]{1,40})""")
_TREE: Final = re.compile(r"""\bTREE['"]?\s*:\s*\[""")
_DEFAULT_NODES: Final = "规范性文件,政策文件,通知公告"
_MAX_NODES: Final = 40
_CHINA: Final = timedelta(hours=8)


class Gkmlpt(Platform):
    """Categories of the Guangdong platform."""

    name = "gkmlpt"
    detail_pattern = re.compile(r"/content/(?:\d+/\d+/)?post_\d+\.html\Z")

    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        text = text_of(body)
        if context.request.step == API:
            return self._read_articles(text, context)
        tree = tree_of(text)
        if tree is not None:
            calls = tuple(_calls(tree, text, context))
            if not calls:
                raise ListError(
                    f"{context.url}: no category is named {context.source.params.get('nodes', _DEFAULT_NODES)}"
                )
            return ListPage((), calls, expects_rows=False)
        soup = soup_of(text)
        entries, notes = read_rows(soup, context, self.detail_pattern)
        following = next_screen(soup, context) if entries else None
        return ListPage(entries, (following,) if following else (), notes=notes)

    def _read_articles(self, text: str, context: ListContext) -> ListPage:
        try:
            answer = json.loads(text)
        except json.JSONDecodeError as error:
            raise ListError(f"{context.url}: category call answered no JSON ({error.msg})") from error
        articles = answer.get("articles") if isinstance(answer, dict) else None
        if not isinstance(articles, list):
            raise ListError(f"{context.url}: category answer has no articles")
        entries = tuple(_entries(articles, context))
        classify = answer.get("classify")
        total = classify.get("post_count") if isinstance(classify, dict) else None
        seen = int(context.request.state.get("seen", "0")) + len(articles)
        following: tuple[ListRequest, ...] = ()
        if articles and (not isinstance(total, int) or seen < total):
            following = (_call(context.request.state, context.request.page + 1, seen),)
        return ListPage(entries, following, total if isinstance(total, int) else None)


def tree_of(text: str) -> list[Any] | None:
    """The category tree of `_CONFIG`; None when the page has none. Cut out by counting brackets outside strings."""
    match = _TREE.search(text)
    if match is None:
        return None
    start = match.end() - 1
    try:
        tree, _ = json.JSONDecoder().raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError):
        return None
    return tree if isinstance(tree, list) else None


def _calls(tree: list[Any], text: str, context: ListContext) -> Iterator[ListRequest]:
    sid = _SID.search(text)
    wanted = set(context.source.params.get("nodes", _DEFAULT_NODES).split(","))
    found = 0
    pending = list(tree)
    while pending and found < _MAX_NODES:
        node = pending.pop(0)
        if not isinstance(node, dict):
            continue
        children = node.get("children")
        pending.extend(children if isinstance(children, list) else [])
        if (
            str(node.get("name", "")).strip() in wanted
            and str(node.get("id", "")).isdigit()
            and node.get("post_count") != 0
        ):
            found += 1
            endpoint = urljoin(context.url, f"/gkmlpt/api/all/{node['id']}")
            yield _call({"endpoint": endpoint, "sid": sid[1] if sid else ""}, 1, 0)


def _call(state: Any, page: int, seen: int) -> ListRequest:
    query = urlencode({"page": page, "sid": state["sid"]})
    kept = {"endpoint": state["endpoint"], "sid": state["sid"], "seen": str(seen)}
    return ListRequest(f"{state['endpoint']}?{query}", page, API, state=MappingProxyType(kept))


def _entries(articles: list[Any], context: ListContext) -> Iterator[ListEntry]:
    for article in articles:
        if not isinstance(article, dict):
            continue
        try:
            url = normalise(str(article.get("url") or article.get("post_url") or ""), context.url)
        except RefusedUrlError:
            continue
        title = clean_title(soup_of(str(article.get("title") or "")).get_text())
        if title and is_allowed(url, context.source.allowed_hosts):
            yield ListEntry(url, title, _published(article), MappingProxyType(_facts(article)))


def _published(article: dict[str, Any]) -> str | None:
    for key in ("display_publish_time", "date"):
        seconds = article.get(key)
        if isinstance(seconds, int) and 0 < seconds < 4_102_444_800:
            return (datetime.fromtimestamp(seconds, UTC) + _CHINA).date().isoformat()
    return date_in_text(str(article.get("created_at") or ""))


def _facts(article: dict[str, Any]) -> dict[str, str]:
    named = {"document_number": "document_number", "index_number": "identifier"}
    facts = {fact: str(article[key]).strip() for fact, key in named.items() if article.get(key)}
    if article.get("is_abolished") == 1:
        facts["validity"] = "废止"
    elif article.get("is_expired") == 1:
        facts["validity"] = "失效"
    return facts
