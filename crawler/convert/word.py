"""DOCX files to blocks: paragraphs and tables in order, automatic numbers as text, tracked changes as accepted.

In: bytes. Out: a `ConvertedDocument`. The package is read directly: inserted text counts and deleted text does not, a
paragraph whose end mark was deleted runs into the next, hidden text is left out, text boxes follow their paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from crawler.convert.blocks import SUPERSCRIPT, bounded, clean, heading, paragraph, table
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number, joined_title, title_line, title_of
from crawler.convert.package import Package, attribute, child, local, open_package
from crawler.convert.tables import Cell, grid, is_layout
from crawler.convert.word_numbering import Numbering, integer
from rules_db.model import Block, ConvertedDocument, HeadFacts

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN: Final = "word/document.xml"
_DROPPED: Final = frozenset(
    ("del", "delText", "drawing", "fldSimpleInstr", "instrText", "moveFrom", "object", "pPr", "pict", "rPr", "Fallback")
)
_WRAPPERS: Final = frozenset(
    ("AlternateContent", "Choice", "customXml", "ins", "moveTo", "sdt", "sdtContent", "smartTag")
)
_OFF: Final = frozenset(("0", "false", "off"))
_HEADING_CHARS: Final = 80
_TOP_PARAGRAPHS: Final = 15
_MAX_SPAN: Final = 63  # columns of a Word table


@dataclass(slots=True)
class _Styles:
    """Paragraph styles: which are headings or centred, which carry automatic numbers."""

    headings: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    centred: set[str] = field(default_factory=set)
    numbers: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Paragraph:
    lines: list[str]
    is_heading: bool
    merges: bool  # its end mark was deleted: the next paragraph continues it
    boxes: list[etree._Element]


def convert_docx(data: bytes, *, name: str, url: str | None = None) -> ConvertedDocument:
    """Raises `ConversionError`: encrypted, unreadable, too_large, empty."""
    if not data.startswith(b"PK"):
        raise ConversionError(ErrorCode.ENCRYPTED, f"{name}: the document needs a password; save it without one")
    package = open_package(data, name)
    main = _main_part(package)
    body = child(package.xml(main), "body")
    if body is None:
        raise ConversionError(ErrorCode.UNREADABLE, f"{name}: {main} has no body")
    folder = main.rpartition("/")[0]
    styles = _styles(_optional(package, f"{folder}/styles.xml"))
    reader = _Reader(Numbering(_optional(package, f"{folder}/numbering.xml")), styles)
    blocks = bounded(reader.blocks(body), name)
    if not blocks:
        raise ConversionError(
            ErrorCode.EMPTY, f"{name}: the document has no text; if it holds pictures, it needs reading"
        )
    title = joined_title(_centred_groups(body, styles)) or title_of(blocks) or title_line(blocks)
    head = HeadFacts(title=title, document_number=find_document_number(title, blocks), url=url)
    return ConvertedDocument(blocks, head, MEDIA_TYPE)


def _main_part(package: Package) -> str:
    """The part that the package names as its document, which some programs don't call word/document.xml."""
    if package.has("_rels/.rels"):
        for relation in package.xml("_rels/.rels"):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                target = (relation.get("Target") or "").lstrip("/")
                if package.has(target):
                    return target
    return _MAIN


def _centred_groups(body: etree._Element, styles: _Styles) -> list[list[str]]:
    """Runs of centred paragraphs near the top: a long title is set as two or three of them."""
    groups: list[list[str]] = [[]]
    for element, _ in zip(_content(body, "p"), range(_TOP_PARAGRAPHS), strict=False):
        properties = child(element, "pPr")
        style = attribute(child(properties, "pStyle"), "val") or ""
        alignment = attribute(child(properties, "jc"), "val")
        pieces: list[str] = []
        _collect(element, pieces, [])
        lines = [text for line in "".join(pieces).split("\n") if (text := clean(line))]
        if lines and (alignment == "center" or (alignment is None and style in styles.centred)):
            groups[-1].extend(lines)
        elif groups[-1]:
            groups.append([])
    return groups


def _optional(package: Package, member: str) -> etree._Element | None:
    return package.xml(member) if package.has(member) else None


def _styles(root: etree._Element | None) -> _Styles:
    styles = _Styles()
    for element in root if root is not None else ():
        key = attribute(element, "styleId")
        if local(element) != "style" or key is None or attribute(element, "type") != "paragraph":
            continue
        name = (attribute(child(element, "name"), "val") or "").lower()
        properties = child(element, "pPr")
        if name.startswith("heading") or integer(attribute(child(properties, "outlineLvl"), "val"), 9) < 9:
            styles.headings.add(key)
        if attribute(child(properties, "jc"), "val") == "center":
            styles.centred.add(key)
        if name == "title":
            styles.titles.add(key)
        if (numbered := _number_of(properties)) is not None:
            styles.numbers[key] = numbered
    return styles


def _number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    numbering = child(properties, "numPr")
    if numbering is None:
        return None
    number = attribute(child(numbering, "numId"), "val") or ""
    return number, integer(attribute(child(numbering, "ilvl"), "val"), 0)


def _on(element: etree._Element | None) -> bool:
    """A Word on/off property: present and not switched off."""
    return element is not None and (attribute(element, "val") or "1").lower() not in _OFF


class _Reader:
    def __init__(self, numbering: Numbering, styles: _Styles) -> None:
        self._numbering = numbering
        self._styles = styles

    def blocks(self, container: etree._Element) -> Iterator[Block]:
        """Blocks of a body, cell or text box."""
        carried = ""
        for element in _content(container):
            if local(element) == "tbl":
                yield from self._table(element)
                continue
            read = self._paragraph(element)
            if read.lines:
                read.lines[0] = carried + read.lines[0]
            elif carried:
                read.lines.append(carried)
            carried = ""
            if read.merges and read.lines:
                carried = read.lines.pop()
            for line in read.lines:
                if text := clean(line):
                    is_heading = read.is_heading and len(text) <= _HEADING_CHARS
                    yield heading(text) if is_heading else paragraph(text)
            for box in read.boxes:
                yield from self.blocks(box)
        if text := clean(carried):
            yield paragraph(text)

    def _paragraph(self, element: etree._Element) -> _Paragraph:
        properties = child(element, "pPr")
        style = attribute(child(properties, "pStyle"), "val") or ""
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        _collect(element, pieces, boxes)
        lines = [line for line in "".join(pieces).split("\n") if line.strip()]
        label = self._label(properties, style)
        if label and lines:
            lines[0] = label + lines[0].lstrip()
        level = integer(attribute(child(properties, "outlineLvl"), "val"), 9)
        is_heading = style in self._styles.headings or style in self._styles.titles or level < 9
        return _Paragraph(lines, is_heading, child(properties, "rPr", "del") is not None, boxes)

    def _label(self, properties: etree._Element | None, style: str) -> str:
        numbered = _number_of(properties) or self._styles.numbers.get(style)
        if numbered is None:
            return ""
        number, level = numbered
        linked = self._numbering.of_style(style)
        if linked is not None and (not number or linked[0] == number):
            number, level = linked
        return self._numbering.label(number, level)

    def _table(self, element: etree._Element) -> list[Block]:
        rows: list[list[Cell]] = []
        loose: list[Block] = []
        above: dict[int, str] = {}
        for row in _content(element, "tr"):
            if child(row, "trPr", "del") is not None:
                continue
            cells: list[Cell] = []
            column = 0
            for cell in _content(row, "tc"):
                properties = child(cell, "tcPr")
                width = min(max(integer(attribute(child(properties, "gridSpan"), "val"), 1), 1), _MAX_SPAN)
                merge = child(properties, "vMerge")
                inner = list(self.blocks(cell))
                if merge is not None and attribute(merge, "val") != "restart":
                    text = above.get(column, "")
                else:
                    text = " ".join(block.text.replace("\n", " ").replace("\t", " ") for block in inner)
                    loose.extend(inner)
                    above[column] = text if merge is not None and len(text) <= 24 else ""
                cells.append((text, width, 1))
                column += width
            rows.append(cells)
        if is_layout(rows):
            return loose
        block = table(grid(rows))
        return [block] if block is not None else []


def _content(container: etree._Element, *wanted: str) -> Iterator[etree._Element]:
    """Paragraphs and tables (or the wanted elements) of a container, through content controls and insertions."""
    names = wanted or ("p", "tbl")
    for element in container:
        tag = local(element)
        if tag in names:
            yield element
        elif tag in _WRAPPERS:
            yield from _content(element, *names)


def _collect(element: etree._Element, pieces: list[str], boxes: list[etree._Element]) -> None:
    """Text of a paragraph in reading order, and the text boxes anchored in it. XML depth is bounded by the parser."""
    for inner in element:
        tag = local(inner)
        if tag == "t":
            pieces.append(inner.text or "")
        elif tag == "r" and attribute(child(inner, "rPr", "vertAlign"), "val") == "superscript":
            raised: list[str] = []
            if not _on(child(inner, "rPr", "vanish")):
                _collect(inner, raised, boxes)
            pieces.append("".join(raised).translate(SUPERSCRIPT))
        elif tag in ("tab", "ptab"):
            pieces.append("\t")
        elif tag in ("br", "cr"):
            pieces.append("\n")
        elif tag == "noBreakHyphen":
            pieces.append("-")
        elif tag == "txbxContent":
            boxes.append(inner)
        elif tag in ("drawing", "pict", "object"):
            boxes.extend(found for found in inner.iter() if local(found) == "txbxContent")
        elif tag not in _DROPPED and not (tag == "r" and _on(child(inner, "rPr", "vanish"))):
            _collect(inner, pieces, boxes)
