"""OFD files (GB/T 33190, the format of official electronic documents) to blocks.

In: bytes. Out: a `ConvertedDocument` whose blocks carry their page. Text objects are put in lines by their position and
then joined like the lines of a PDF. A file that draws pictures or glyphs only ends in `no_text`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from lxml import etree

from crawler.convert.blocks import bounded, clean
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number, title_of
from crawler.convert.limits import LIMITS
from crawler.convert.package import Package, child, local, open_package
from crawler.convert.pdf_layout import Line, paragraphs
from rules_db.model import ConvertedDocument, HeadFacts

MEDIA_TYPE: Final = "application/ofd"
_ENTRY: Final = "OFD.xml"
_SAME_LINE: Final = 0.5  # of the font size: baselines closer than this are one line
_MIN_CHARS: Final = 10


def convert_ofd(data: bytes, *, name: str, url: str | None = None) -> ConvertedDocument:
    """Raises `ConversionError`: encrypted, unreadable, too_large, no_text."""
    package = open_package(data, name)
    if package.has("Encryptions.xml") or package.has("Entries.xml"):
        raise ConversionError(ErrorCode.ENCRYPTED, f"{name}: the OFD is encrypted; save it without a password")
    root = package.xml(_ENTRY)
    pages: list[list[Line]] = []
    for body in (element for element in root if local(element) == "DocBody"):
        pages.extend(_document(package, body, len(pages)))
    if sum(len(line.text) for page in pages for line in page) < _MIN_CHARS:
        raise ConversionError(ErrorCode.NO_TEXT, f"{name}: no text objects; it needs reading (OCR) or another copy")
    blocks = bounded(paragraphs(pages), name)
    title = title_of(blocks) or _said(root, "Title")
    head = HeadFacts(title=title, document_number=find_document_number(title, blocks), url=url)
    return ConvertedDocument(blocks, head, MEDIA_TYPE)


def _said(root: etree._Element, field: str) -> str | None:
    element = child(root, "DocBody", "DocInfo", field)
    text = clean(element.text or "") if element is not None else ""
    return text or None


def _document(package: Package, body: etree._Element, before: int) -> Iterator[list[Line]]:
    """Pages of one document of the package."""
    path = _location(child(body, "DocRoot"), "")
    root = package.xml(path)
    listed = child(root, "Pages")
    locations = [page.get("BaseLoc") or "" for page in listed] if listed is not None else []
    if before + len(locations) > LIMITS.pages:
        raise ConversionError(ErrorCode.TOO_LARGE, f"{package.name}: more than {LIMITS.pages} pages")
    for number, location in enumerate(locations, start=before + 1):
        yield _page_lines(package.xml(_resolve(location, posixpath.dirname(path))), number)


def _location(element: etree._Element | None, folder: str) -> str:
    return _resolve((element.text or "").strip() if element is not None else "", folder)


def _resolve(location: str, folder: str) -> str:
    """A member name inside the package; a leading slash means the package's root."""
    return location.lstrip("/") if location.startswith("/") else posixpath.normpath(posixpath.join(folder, location))


def _page_lines(page: etree._Element, number: int) -> list[Line]:
    """Lines of a page from top to bottom, each from left to right."""
    pieces: list[tuple[float, float, float, float, str]] = []  # baseline, left, right, size, text
    for element in page.iter():
        if local(element) == "TextObject":
            pieces.extend(_pieces(element))
    pieces.sort(key=lambda piece: piece[0])
    lines: list[list[tuple[float, float, float, float, str]]] = []
    for piece in pieces:
        if lines and piece[0] - lines[-1][0][0] <= _SAME_LINE * max(piece[3], 1.0):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    result: list[Line] = []
    for line in lines:
        line.sort(key=lambda piece: piece[1])
        text = clean("".join(piece[4] for piece in line))
        if text:
            result.append(Line(text, line[0][1], max(piece[2] for piece in line), line[0][3], number))
    return result


def _pieces(element: etree._Element) -> Iterator[tuple[float, float, float, float, str]]:
    left, top = (*_numbers(element.get("Boundary")), 0.0, 0.0)[:2]
    size = (*_numbers(element.get("Size")), 1.0)[0]
    for code in element:
        text = code.text or ""
        if local(code) != "TextCode" or not text.strip():
            continue
        x = (*_numbers(code.get("X")), 0.0)[0]
        y = (*_numbers(code.get("Y")), 0.0)[0]
        advance = sum(_deltas(code.get("DeltaX"), len(text) - 1)) or size * (len(text) - 1)
        start = left + x
        yield top + y, start, start + advance + size, size, text


def _deltas(value: str | None, wanted: int) -> list[float]:
    """DeltaX: numbers, with `g n v` standing for v repeated n times."""
    result: list[float] = []
    parts = (value or "").split()
    position = 0
    while position < len(parts) and len(result) < wanted:
        if parts[position] == "g" and position + 2 < len(parts):
            count, step = _numbers(parts[position + 1]), _numbers(parts[position + 2])
            if count and step:
                result.extend(step * min(int(count[0]), wanted - len(result)))
            position += 3
        else:
            result.extend(_numbers(parts[position]))
            position += 1
    return result[:wanted]


def _numbers(value: str | None) -> list[float]:
    """Numbers of an attribute; what isn't a finite number is left out."""
    result = []
    for part in (value or "").split():
        try:
            number = float(part)
        except ValueError:
            continue
        if abs(number) < 1e6:
            result.append(number)
    return result
