"""Files of a document page that the crawler fetches.

Pure: markup, address and the source's hosts in, `AttachmentRef` values and the refused links out. Which links are files
of the document is decided in crawler/convert/attachments.py, once for the crawl and for the conversion, so that the
stages after it find each file under the address that was asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from crawler.convert.attachments import FileLink, file_links, link_of, suffix
from crawler.convert.errors import ConversionError
from crawler.convert.html_body import find_body, select
from crawler.convert.html_parse import parse
from crawler.urls import identity, is_allowed, suffix_of
from rules_db.model import AttachmentRef

FETCHED_SUFFIXES: Final = frozenset(
    {"7z", "doc", "docx", "et", "ofd", "pdf", "ppt", "pptx", "rar", "txt", "wps", "xls", "xlsx", "zip"}
)
_DOWNLOAD_PATHS: Final = re.compile(r"/(?:document/download|downfile\.jsp)\b")
_MAX_FILES: Final = 60
_MAX_MARKUP: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Files to fetch, and links that are recorded only (another host, another scheme)."""

    files: tuple[AttachmentRef, ...]
    refused: tuple[str, ...]


def find_files(
    markup: str, url: str, allowed_hosts: tuple[str, ...], *, body: str | None = None, attachments: str | None = None
) -> FoundFiles:
    """Files of the document whose page has this markup, at most 60; `attachments` selects further links."""
    if len(markup) > _MAX_MARKUP:
        return FoundFiles((), (f"page of {len(markup)} characters was not searched for files",))
    try:
        root = parse(markup, url, [])
    except ConversionError as error:
        return FoundFiles((), (error.message,))
    containers, _ = find_body(root, (body,) if body else ())
    links = [*file_links(root, containers, url), *_selected(root, url, attachments)]
    files: dict[str, AttachmentRef] = {}
    refused: dict[str, None] = {}
    for link in links:
        if link.url is None:
            refused[link.why] = None
        elif not _is_wanted(link.url, link.name):
            continue
        elif not is_allowed(link.url, allowed_hosts):
            refused[f"{link.url} is outside the hosts of its source"] = None
        else:
            files.setdefault(identity(link.url), AttachmentRef(link.name, link.url))
            if len(files) >= _MAX_FILES:
                break
    return FoundFiles(tuple(files.values()), tuple(refused))


def _selected(root: etree._Element, url: str, selector: str | None) -> list[FileLink]:
    elements = select(root, (selector,)) if selector else []
    hrefs = [(element, (element.get("href") or element.get("src") or "").strip()) for element in elements]
    return [link_of(element, href, url) for element, href in hrefs if href]


def _is_wanted(address: str, name: str) -> bool:
    """Kinds of files that hold text or may be unpacked: no pictures, no films."""
    named = suffix(name) in FETCHED_SUFFIXES
    return suffix_of(address) in FETCHED_SUFFIXES or named or _DOWNLOAD_PATHS.search(address) is not None
