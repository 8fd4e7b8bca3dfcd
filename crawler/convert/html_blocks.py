"""Walk one HTML container and give its text as blocks, in one pass and without recursion.

In: an lxml element (the body container). Out: headings, paragraphs and tables in document order. `<br>` and every block
element end a paragraph; list items keep the number that a browser would print; hidden elements, scripts and small
furniture elements are skipped. A table becomes a block when it holds data and is unwrapped when it lays out text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from crawler.convert.blocks import SUPERSCRIPT, clean, heading, paragraph, table
from crawler.convert.furniture import DROPPED_TAGS, FURNITURE_ELEMENT_CHARS, furniture_attributes
from crawler.convert.tables import Cell, grid, is_layout, span
from rules_db.model import Block

_BLOCK_TAGS_WORDS: Final = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td "
    "tfoot th thead tr ucapcontent ul"
)
BLOCK_TAGS = frozenset(_BLOCK_TAGS_WORDS.split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_KEPT_BREAKS = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
_MARKED = re.compile(r"[（(]?[0-9一二三四五六七八九十]{1,4}[)）、.．]|第[0-9一二三四五六七八九十百]{1,6}[条章节]")
_CHINESE_LISTS = ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal")
_DIGITS = "零一二三四五六七八九"


def hidden(element: etree._Element) -> bool:
    """Whether the element says by itself that it isn't shown."""
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _HIDDEN.search(style) is not None)


@dataclass(slots=True)
class _List:
    style: str | None  # None = not numbered
    next: int


@dataclass(slots=True)
class _Table:
    """A data table while it is being read. `blocks` is what it becomes if it turns out to be layout."""

    element: etree._Element
    rows: list[list[Cell]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    cell_start: int = 0


def walk(root: etree._Element) -> Iterator[Block]:
    """Blocks of `root`; the element itself is read even if it is hidden (some sites reveal the body by script)."""
    return iter(_Walker(root).run())


class _Walker:
    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._data = _data_tables(root)
        self._blocks: list[Block] = []
        self._inline: list[str] = []
        self._lists: list[_List] = []
        self._prefix = ""
        self._table: _Table | None = None
        self._preformatted: list[etree._Element] = []  # open elements whose line breaks count

    def run(self) -> list[Block]:
        steps = etree.iterwalk(self._root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in steps:
            if event == "start":
                if element is not self._root and _skipped(element):
                    skipped = element
                    steps.skip_subtree()
                else:
                    self._start(element)
                continue
            if self._preformatted and element is self._preformatted[-1]:
                self._flush()
                self._preformatted.pop()
            if element is self._root:
                break
            if element is skipped:
                skipped = None
            elif element.tag in BLOCK_TAGS:
                self._end(element, element.tag)
            if element.tail:
                self._inline.append(element.tail)
        self._flush()
        self._close_table()
        return self._blocks

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "pre" or ("white-space" in (style := element.get("style") or "") and _KEPT_BREAKS.search(style)):
            self._flush()
            self._preformatted.append(element)
        if tag == "br":
            self._flush()
        elif tag in BLOCK_TAGS:
            self._flush()
            if tag in ("ol", "ul"):
                self._lists.append(_list_of(element))
            elif tag == "li":
                self._prefix = self._item_number(element)
            elif tag == "table" and element in self._data:
                self._table = _Table(element)
            elif self._table is not None and tag == "tr":
                self._table.rows.append([])
            elif self._table is not None and tag in ("td", "th"):
                self._table.cell_start = len(self._table.blocks)
        if element.text:
            self._inline.append(element.text.translate(SUPERSCRIPT) if tag == "sup" else element.text)

    def _end(self, element: etree._Element, tag: str) -> None:
        self._flush(tag in _HEADINGS)
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._prefix = ""
        elif self._table is not None:
            if tag in ("td", "th"):
                self._cell(element)
            elif element is self._table.element:
                self._close_table()

    def _flush(self, is_heading: bool = False) -> None:
        if not self._inline:
            return
        source = "".join(self._inline)
        self._inline.clear()
        for part in source.splitlines() if self._preformatted else (source,):
            if text := clean(part):
                self._emit(text, is_heading)

    def _emit(self, text: str, is_heading: bool) -> None:
        if self._prefix:
            text = text if _MARKED.match(text) else self._prefix + text
            self._prefix = ""
        target = self._blocks if self._table is None else self._table.blocks
        target.append(heading(text) if is_heading else paragraph(text))

    def _cell(self, element: etree._Element) -> None:
        current = self._table
        if current is None:
            return
        if not current.rows:  # a cell outside any row
            current.rows.append([])
        text = " ".join(block.text for block in current.blocks[current.cell_start :])
        current.rows[-1].append((text, span(element.get("colspan")), span(element.get("rowspan"))))

    def _close_table(self) -> None:
        current = self._table
        self._table = None
        if current is None:
            return
        if is_layout(current.rows):
            self._blocks.extend(current.blocks)
            return
        loose = current.blocks[:1] if current.element.find("caption") is not None else []
        self._blocks.extend(loose)
        block = table(grid(current.rows))
        if block is not None:
            self._blocks.append(block)

    def _item_number(self, element: etree._Element) -> str:
        if not self._lists or self._lists[-1].style is None:
            return ""
        current = self._lists[-1]
        value = element.get("value")
        if value is not None and value.isascii() and value.isdigit() and len(value) < 6:
            current.next = int(value)
        number = current.next
        current.next += 1
        return _numbered(number, current.style or "1")


def _data_tables(root: etree._Element) -> frozenset[etree._Element]:
    """The tables under `root` that hold data. A table that holds another one, or has role=presentation, is layout."""
    open_tables: list[etree._Element] = []
    found: dict[etree._Element, bool] = {}
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="table"):
        if event == "start":
            if open_tables:
                found[open_tables[-1]] = False
            found[element] = element.get("role") != "presentation"
            open_tables.append(element)
        else:
            open_tables.pop()
    return frozenset(element for element, is_data in found.items() if is_data)


def _skipped(element: etree._Element) -> bool:
    tag = element.tag
    if tag in DROPPED_TAGS or hidden(element):
        return True
    names = element.get("class"), element.get("id")
    if names == (None, None) or not furniture_attributes(f"{names[0] or ''} {names[1] or ''}"):
        return False
    size = 0
    for steps, inner in enumerate(element.iter()):
        size += len(inner.text or "") + (len(inner.tail or "") if steps else 0)
        if size > FURNITURE_ELEMENT_CHARS or steps > FURNITURE_ELEMENT_CHARS:
            return False
    return True


def _list_of(element: etree._Element) -> _List:
    if element.tag == "ul":
        return _List(None, 1)
    declared = (element.get("style") or "").lower()
    if "list-style" in declared and "none" in declared:
        return _List(None, 1)
    style = "一" if any(name in declared for name in _CHINESE_LISTS) else element.get("type") or "1"
    start = element.get("start") or "1"
    return _List(style, int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1)


def _numbered(number: int, style: str) -> str:
    if style == "一" and 0 < number < 100:
        tens, ones = divmod(number, 10)
        lead = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
        return f"{lead}{_DIGITS[ones] if ones else ''}、"
    if style in ("a", "A") and 0 < number <= 26:
        return f"{chr(ord(style) + number - 1)}. "
    return f"{number}. "
