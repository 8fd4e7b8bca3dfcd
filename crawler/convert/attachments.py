"""Files that a page links to.

In: the parsed page, its body containers and its address. Out: `AttachmentRef` values with absolute addresses. Names
come from the page and are labels only: nothing here, or later, builds a path from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from lxml import etree

from crawler.convert.blocks import clean
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
_BASE = etree.XPath("string(//base/@href)")
_DIRECTION = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NAME_CHARS = 200
_URL_CHARS = 2000
_MAX = 200


def attachments(
    root: etree._Element, containers: Sequence[etree._Element], url: str | None
) -> tuple[AttachmentRef, ...]:
    """Linked files in page order without repeats, at most 200. Addresses other than http(s) are left out; without `url`
    relative ones stay relative."""
    base = _joined(url, str(_BASE(root))) or url if url else ""
    found: dict[str, AttachmentRef] = {}
    for element in _candidates(root, containers):
        href = _href(element)
        if not href or len(href) > _URL_CHARS or href.startswith(("#", "javascript:", "mailto:", "data:")):
            continue
        target = _joined(base or "", href)
        if target is not None and target not in found:
            found[target] = AttachmentRef(label(element, target), target)
            if len(found) == _MAX:
                break
    return tuple(found.values())


def _joined(base: str, href: str) -> str | None:
    """An http(s) address without fragment, relative only where there is no base; None for any other scheme and for
    what no parser reads, such as `http://[`."""
    try:
        parts = urlsplit(urljoin(base, href))
        known = parts.scheme in ("http", "https") or (not base and not parts.scheme)
        return parts._replace(fragment="").geturl() if known else None
    except ValueError:
        return None


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
