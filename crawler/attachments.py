"""Files a document page links to.

Pure: markup, address and the source's hosts in, `AttachmentRef` values and the refused links out. Names are labels
(the download attribute, the title, the link text), never paths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from bs4 import Tag

from crawler.platforms.rows import soup_of
from crawler.urls import RefusedUrlError, identity, is_allowed, normalise, suffix_of
from rules_db.model import AttachmentRef

FETCHED_SUFFIXES: Final = frozenset(
    {"7z", "doc", "docx", "et", "ofd", "pdf", "ppt", "pptx", "rar", "txt", "wps", "xls", "xlsx", "zip"}
)
_DOWNLOAD_PATHS: Final = re.compile(r"/(?:document/download|downfile\.jsp)\b")
_BODIES: Final = (
    ".TRS_Editor",
    ".TRS_UEDITOR",
    ".trs_editor_view",
    "#UCAP-CONTENT",
    "ucapcontent",
    "#zoom",
    "#zoomcon",
    "#Zoom",
    ".article-content",
    ".article",
    ".content",
)
_EXTRA: Final = "p.insertfileTag a[href], #tblAppendix a[href], .xgfj a[href], a[download][href]"
_MAX_FILES: Final = 60
_MAX_MARKUP: Final = 4_000_000
_MAX_NAME: Final = 200
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Files to fetch, and links that are recorded only (another host, another scheme)."""

    files: tuple[AttachmentRef, ...]
    refused: tuple[str, ...]


def find_files(
    markup: str, url: str, allowed_hosts: tuple[str, ...], *, body: str | None = None, attachments: str | None = None
) -> FoundFiles:
    """Links to files in the document's body, or in the whole page when no body container is found."""
    if len(markup) > _MAX_MARKUP:
        return FoundFiles((), (f"page of {len(markup)} characters was not searched for files",))
    soup = soup_of(markup)
    root: Tag = next(
        (found for selector in ([body] if body else []) + list(_BODIES) if (found := soup.select_one(selector))), soup
    )
    links = [*root.find_all(["a", "iframe", "embed"]), *soup.select(_EXTRA)]
    if attachments:
        links.extend(soup.select(attachments))
    files: dict[str, AttachmentRef] = {}
    refused: dict[str, None] = {}
    for link in links:
        target = str(link.get("href") or link.get("src") or "")
        if not target or target.startswith(("#", "javascript:", "mailto:")):
            continue
        try:
            address = normalise(target, url)
        except RefusedUrlError as error:
            refused[str(error)] = None
            continue
        named = str(link.get("download") or "")
        if not (
            suffix_of(address) in FETCHED_SUFFIXES
            or suffix_of(f"http://x/{named}") in FETCHED_SUFFIXES
            or _DOWNLOAD_PATHS.search(address)
        ):
            continue
        if not is_allowed(address, allowed_hosts):
            refused[f"{address} is outside the hosts of its source"] = None
            continue
        files.setdefault(identity(address), AttachmentRef(label(link, address), address))
        if len(files) >= _MAX_FILES:
            break
    return FoundFiles(tuple(files.values()), tuple(refused))


def label(link: Tag, address: str) -> str:
    """What people call the file."""
    for text in (str(link.get("download") or ""), str(link.get("title") or ""), link.get_text(" ", strip=True)):
        name = _UNPRINTABLE.sub("", text).strip()
        if name:
            return name[:_MAX_NAME]
    return _UNPRINTABLE.sub("", unquote(address.rsplit("/", 1)[-1]))[:_MAX_NAME]
