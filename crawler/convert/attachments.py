"""Files that a page links to.

In: the parsed page, its body containers and its address. Out: `AttachmentRef` values with absolute addresses. Names
come from the page and are labels only: nothing here, or later, builds a path from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from lxml import etree

from crawler.convert.blocks import clean
from crawler.urls import normalise
from rules_db.model import AttachmentRef

_FILE_SUFFIXES_WORDS: Final = (
    "7z csv doc docm docx et jpeg jpg odt ofd pdf png ppt pptx rar rtf tif tiff txt wps xls xlsm xlsx zip"
)
FILE_SUFFIXES: Final = frozenset(_FILE_SUFFIXES_WORDS.split())
# Download addresses of the content systems, which have no suffix of their own.
_DOWNLOADS: Final = re.compile(
    r"downfile\.jsp|/document/download\?|/attach(?:ment)?/download|[?&]file(?:Url|Name)=", re.I
)
# Parts of class and id names of places outside the body that hold attachments only.
_ZONE: Final = re.compile(r"annex|appendix|attach|contentLeft0102box|fujian|insertfile|pdf-content|xgfj", re.I)
_ANNEX: Final = re.compile(r"\s*(?:附件|附表|附录)")
_ZONE_LEVELS = 6
_ORIGINAL: Final = re.compile(r"^(?:【|\[)?(?:查看|阅读)?(?:政策|文件)?原文|^(?:相关|关联|对应)(?:政策|文件)[：:]?")
_NO_PAGE: Final = ("#", "javascript:", "mailto:", "data:")
_MOST_RELATED = 20
_BASE = etree.XPath("string(//base/@href)")
_DIRECTION = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NAME_CHARS = 200
_URL_CHARS = 2000
_MAX = 200


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link to a file. `url` is None for an address that is never asked for; `why` then says so."""

    name: str
    url: str | None
    why: str = ""


def attachments(
    root: etree._Element, containers: Sequence[etree._Element], url: str | None
) -> tuple[AttachmentRef, ...]:
    """Linked files in page order without repeats, at most 200. Addresses that may not be asked for are left out;
    without `url` relative ones stay relative."""
    found: dict[str, AttachmentRef] = {}
    for link in file_links(root, containers, url):
        if link.url is not None and link.url not in found:
            found[link.url] = AttachmentRef(link.name, link.url)
            if len(found) == _MAX:
                break
    return tuple(found.values())


def related_links(
    root: etree._Element, containers: Sequence[etree._Element], url: str | None
) -> tuple[AttachmentRef, ...]:
    """Links of the document to pages of other documents: those inside the body that name one (《…》), and those
    anywhere that are called the original of an explanation (政策原文, 相关文件). At most 20, in page order."""
    base = _based(url, str(_BASE(root))) if url else ""
    inside = [element for container in containers for element in container.iter("a")]
    found: dict[str, AttachmentRef] = {}
    for element, within in (*((e, True) for e in inside), *((e, False) for e in root.iter("a"))):
        href, name = _href(element), safe_name("".join(map(str, element.itertext())))
        wanted = _ORIGINAL.search(name) or (within and "《" in name)
        if not wanted or not href or len(href) > _URL_CHARS or href.startswith(_NO_PAGE) or is_file(element, href):
            continue
        link = link_of(element, href, base)
        if link.url is not None and link.url != url:
            found.setdefault(link.url, AttachmentRef(name, link.url))
            if len(found) == _MOST_RELATED:
                break
    return tuple(found.values())


def file_links(root: etree._Element, containers: Sequence[etree._Element], url: str | None) -> Iterator[FileLink]:
    """Every link to a file that belongs to the document, with its address as the crawler asks for it."""
    base = _based(url, str(_BASE(root))) if url else ""
    for element in _candidates(root, containers):
        href = _href(element)
        if not href or len(href) > _URL_CHARS or href.startswith(_NO_PAGE):
            continue
        yield link_of(element, href, base)


def link_of(element: etree._Element, href: str, base: str) -> FileLink:
    """The link that an element is, its address made absolute and spelled in one way."""
    try:
        target = _target(base, href)
    except ValueError as error:  # RefusedUrlError is one
        return FileLink("", None, str(error))
    return FileLink(label(element, target), target)


def _based(url: str, stated: str) -> str:
    try:
        return urljoin(url, stated) if stated else url
    except ValueError:
        return url


def _target(base: str, href: str) -> str:
    """Beside a page that was handed in as a file (`file:folder/page.html`) lie files of the same scheme: names in the
    ledger, never paths that are opened. Without a base an address stays relative."""
    if base.startswith("file:"):
        parts = urlsplit(urljoin("http://file/" + base.removeprefix("file:"), href))
        if parts.netloc == "file":
            return "file:" + unquote(parts.path.lstrip("/"))
    elif not base and not urlsplit(href).scheme:
        return href.partition("#")[0]
    return normalise(href, base or None)


def label(element: etree._Element, target: str) -> str:
    """What to call a file: download attribute, title, link text, fileName parameter, last part of the address."""
    query = parse_qs(urlsplit(target).query)
    lowered = {key.lower(): values[0] for key, values in query.items()}
    choices = (
        element.get("download"),
        element.get("title"),
        "".join(map(str, element.itertext())),
        lowered.get("filename"),
        unquote(urlsplit(target).path.rsplit("/", 1)[-1]),
    )
    return next((name for choice in choices if choice and (name := safe_name(choice))), "附件")


def safe_name(text: str) -> str:
    """A file name as a label: one line, no direction overrides, at most 200 characters."""
    return clean(_DIRECTION.sub("", text))[:_NAME_CHARS]


def suffix(name: str) -> str:
    """Lower-case suffix of a name or of the path of an address, without the dot; empty when there is none."""
    tail = name.rsplit("/", 1)[-1]
    return tail.rsplit(".", 1)[1].lower() if "." in tail else ""


def is_file(element: etree._Element, href: str) -> bool:
    """Whether a link leads to a file, by suffix of its path, of its name, or by a known download address."""
    if element.tag in ("embed", "object"):
        return True
    if suffix(href.partition("#")[0].partition("?")[0]) in FILE_SUFFIXES:
        return True
    if suffix(element.get("download") or "") in FILE_SUFFIXES:
        return True
    return ("?" in href or "down" in href) and _DOWNLOADS.search(href) is not None


def _candidates(root: etree._Element, containers: Sequence[etree._Element]) -> Iterator[etree._Element]:
    """File links inside the body, then those outside it that are marked as downloads or stand where only files do."""
    for container in containers:
        for element in container.iter("a", "iframe", "embed", "object"):
            if is_file(element, _href(element)):
                yield element
    for element in root.iter("a"):
        href = _href(element)
        if is_file(element, href) and _is_attached(element, href):
            yield element


def _is_attached(element: etree._Element, href: str) -> bool:
    """Whether a file link outside the body belongs to the page: a download, a file stored beside the page, a link that
    calls itself an annex, or one in a place for attachments. Manuals and forms in the navigation are none of these."""
    if element.get("download") or _DOWNLOADS.search(href) or href.startswith("./"):
        return True
    if _ANNEX.match("".join(map(str, element.itertext()))):
        return True
    return any(
        _ZONE.search(f"{ancestor.get('id') or ''} {ancestor.get('class') or ''}") is not None
        for ancestor, _ in zip(element.iterancestors(), range(_ZONE_LEVELS), strict=False)
    )


def _href(element: etree._Element) -> str:
    return (element.get("href") or element.get("src") or element.get("data") or "").strip()
