"""Rows of an HTML list: links that look like documents, with title and date.

In: markup, the address it came from, the source's selectors. Out: `ListEntry` values in page order, each address once.
A configured row selector is used when it finds anything; when it does not, the address shape alone decides and a note
says so: a redesign shows up as a degraded source instead of as silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bs4 import BeautifulSoup, Tag

from crawler.dates import date_in_text, date_in_url
from crawler.platforms.base import ListContext, ListEntry, detail_shape
from crawler.urls import RefusedUrlError, identity, is_allowed, normalise, suffix_of

DOCUMENT_SUFFIXES: Final = frozenset({"doc", "docx", "ofd", "pdf", "wps", "xls", "xlsx", "zip"})
ROW_FALLBACK: Final = "row selector found nothing; rows were read by the shape of their addresses"
_ROW_TAGS: Final = ("li", "tr", "dd", "ul", "p", "div")
_SPACE: Final = re.compile(r"\s+")
# Controls, zero-width characters and direction overrides: they make a title look like another one.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# A date stuck to either end of a title, in brackets or not. The line has single spaces by then.
_DATE: Final = r"[\[（(]?(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2}日?[\]）)]?"
_EDGE_DATE: Final = re.compile(rf"\A{_DATE} ?| ?{_DATE}\Z")
_BULLET: Final = "·•▪■●◆※>》 \u3000"
_MIN_TITLE: Final = 4
_MAX_TITLE: Final = 400
_ROW_TEXT_LIMIT: Final = 600


def soup_of(markup: str) -> BeautifulSoup:
    """A tree of hostile markup: lxml drops NULs and caps depth."""
    return BeautifulSoup(markup, "lxml")


def read_rows(
    root: BeautifulSoup | Tag, context: ListContext, family: re.Pattern[str]
) -> tuple[tuple[ListEntry, ...], tuple[str, ...]]:
    """Entries of a list and notes on how they were found."""
    selector = context.column.params.get("row", context.source.selectors.row or "")
    notes: tuple[str, ...] = ()
    if selector:
        rows = root.select(selector)
        found = tuple(_unique(_entries_of_rows(rows, context, family)))
        if found:
            return found, ()
        notes = (ROW_FALLBACK,)
    anchors = root.find_all("a", href=True)
    found = tuple(_unique(_entry(anchor, _row_of(anchor), context, family) for anchor in anchors))
    return found, notes if found else ()


def _entries_of_rows(rows: Iterable[Tag], context: ListContext, family: re.Pattern[str]) -> Iterator[ListEntry | None]:
    link = context.source.selectors.link
    for row in rows:
        if row.name == "a" and row.get("href"):
            yield _entry(row, row, context, family)
            continue
        anchors = row.select(link) if link else row.find_all("a", href=True)
        for anchor in anchors:
            entry = _entry(anchor, row, context, family)
            if entry is not None:
                yield entry
                break


def _entry(anchor: Tag, row: Tag, context: ListContext, family: re.Pattern[str]) -> ListEntry | None:
    """The entry of one link, or None when it is no document of this site."""
    try:
        url = normalise(str(anchor.get("href") or ""), context.url)
    except RefusedUrlError:
        return None
    if not is_allowed(url, context.source.allowed_hosts):
        return None
    shape = detail_shape(context.source, family)
    # A query behind a document's address (a version, a campaign) does not make it another kind of page.
    if not (shape.search(url) or shape.search(url.partition("?")[0])) and suffix_of(url) not in DOCUMENT_SUFFIXES:
        return None
    title = title_of(anchor, context.source.selectors.title)
    if len(title) < _MIN_TITLE:
        return None
    selector = context.source.selectors.date
    text = " ".join(tag.get_text(" ") for tag in row.select(selector)) if selector else ""
    published = date_in_text(text, context.today)
    if published is None:
        published = date_in_text(_without(row.get_text(" ")[:_ROW_TEXT_LIMIT], title), context.today)
    return ListEntry(url=url, title=title, published_on=published or date_in_url(url))


def title_of(anchor: Tag, selector: str | None = None) -> str:
    """The fuller of the link's title attribute and its text, free of bullets and of a date stuck to either end."""
    chosen = anchor.select_one(selector) if selector else None
    shown = clean_title((chosen or anchor).get_text(" "))
    stated = clean_title(str(anchor.get("title") or ""))
    return stated if len(stated) >= len(shown.rstrip(".…")) else shown


def clean_title(text: str) -> str:
    """One line without bullets, edge dates and markup leftovers."""
    line = _SPACE.sub(" ", _UNSEEN.sub("", text)).strip(_BULLET)[:_MAX_TITLE]
    line = _EDGE_DATE.sub("", line).strip(_BULLET)
    return _SPACE.sub("", line) if _mostly_han(line) else line


def _mostly_han(text: str) -> bool:
    return sum("\u4e00" <= char <= "\u9fff" for char in text) * 2 > len(text)


def _row_of(anchor: Tag) -> Tag:
    """The nearest enclosing row of a link; the link itself when none is near."""
    node: Tag = anchor
    for parent in anchor.parents:
        if isinstance(parent, Tag) and parent.name in _ROW_TAGS:
            if len(parent.find_all("a", href=True, limit=3)) > 2:
                break
            node = parent
            if parent.name in ("li", "tr", "dd"):
                break
    return node


def _without(text: str, title: str) -> str:
    """Row text without the title, whose own dates are not the row's."""
    return text.replace(title, " ") if title else text


def _unique(entries: Iterable[ListEntry | None]) -> Iterator[ListEntry]:
    seen: set[str] = set()
    for entry in entries:
        if entry is not None and (key := identity(entry.url)) not in seen:
            seen.add(key)
            yield entry
