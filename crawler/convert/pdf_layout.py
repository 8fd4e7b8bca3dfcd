"""Lines of PDF pages to paragraphs.

In: lines with their left and right ends and font size. Out: blocks. Official Chinese typesetting (GB/T 9704) indents
the first line of a paragraph by two characters and fills every line but the last, so two signs decide: did the line
before reach the right edge, and does this one begin at the left edge. Where positions are missing only the text is
used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from crawler.convert.blocks import heading, paragraph, table
from crawler.convert.facts import TITLE_END, iso_date, number_line
from crawler.convert.lines import append, ends_sentence, starts_marker
from rules_db.model import Block

_PAGE_NUMBER: Final = re.compile(
    r"[-—–－―·•\s]*\d{1,4}[-—–－―·•\s]*|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
)
_VALUE: Final = re.compile(r"(?:[^\d：:]{1,4})?[-−+]?\d[\d.,]{0,11}\D{0,12}$")
_DIGITS: Final = re.compile(r"\d+")
CELL_GAP: Final = 1.7  # characters: wider than the space after 第一条, as between the cells of a table
_SAME_BASE: Final = 0.2  # characters: how far base lines of one row may lie apart
_EDGE_LINES: Final = 2  # lines at the top and bottom of a page that may be heads and numbers
_RUNNING_PAGES: Final = 3
_RUNNING_CHARS: Final = 60
_NEARLY_FULL: Final = 2.2  # characters: what hanging punctuation and unbreakable pairs may leave free
_NARROWEST: Final = 12  # characters: a narrower column is a list or a table
_INDENT: Final = 1.2  # characters: a first line is indented by two
_TITLE_LINES: Final = 4  # more lines of display type are several headings
_TOP_GROUPS: Final = 8
_LARGER: Final = 1.12  # of the body size: what counts as display type


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands between two wide gaps of a line."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """`left` and `right` in points from the page's left edge, `size` in points; all 0 where unknown. A `tabular` line
    has gaps as between the cells of a table; its `cells` stand between them (one, where there is no gap). `base` is the
    height of its base line, 0 where unknown."""

    text: str
    left: float
    right: float
    size: float
    page: int
    tabular: bool = False
    cells: tuple[Cell, ...] = ()
    base: float = 0.0


@dataclass(frozen=True, slots=True)
class _Measure:
    left: float
    right: float
    size: float


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """Blocks in reading order; a paragraph that runs over a page break keeps the page it begins on."""
    lines = [line for page in without_page_furniture(pages) for line in one_row(page)]
    measure = _measure(lines)
    groups: list[tuple[Line, list[str]]] = []  # first line, texts
    tables: dict[int, Block] = {}  # index of the group that stands for it
    previous: Line | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        stop = at
        while stop < len(lines) and lines[stop].tabular and lines[stop].page == line.page:
            stop += 1
        found = tabulated(lines[at:stop]) if stop - at > 1 else None
        if found is not None:
            tables[len(groups)] = found
            groups.append((line, []))
            previous, at = None, stop
            continue
        at += 1
        top = len(groups) <= _TOP_GROUPS
        whole_title = _is_display(line, measure) and groups and len(groups[-1][1]) >= _TITLE_LINES
        if (
            previous is not None
            and not whole_title
            and (_continues(previous, line, measure) or (top and _centred_pair(previous, line, measure)))
        ):
            append(groups[-1][1], line.text)
        else:
            groups.append((line, [line.text]))
        previous = line
    return [
        tables.get(number) or (heading if _is_display(first, measure) else paragraph)("".join(parts), first.page)
        for number, (first, parts) in enumerate(groups)
    ]


def one_row(lines: Sequence[Line]) -> list[Line]:
    """Lines with those joined that stand side by side with a wide gap: the reader breaks the line before a lone sign in
    a cell, such as %."""
    result: list[Line] = []
    for line in lines:
        before = result[-1] if result else None
        apart = before is not None and line.left - before.right > CELL_GAP * line.size > 0
        if before is None or not apart or not before.base or abs(before.base - line.base) > _SAME_BASE * line.size:
            result.append(line)
            continue
        cells = (*before.cells, *line.cells)
        text = f"{before.text} {line.text}"
        result[-1] = Line(text, before.left, line.right, before.size, before.page, True, cells, before.base)
    return result


def tabulated(lines: Sequence[Line]) -> Block | None:
    """Neighbouring lines with gaps as a table, when their cells stand in columns and one below the first row and right
    of the first column is a number: names of signing departments and lines of contact have gaps as well."""
    edges = sorted((cell.left, cell.right) for line in lines for cell in line.cells)
    columns: list[list[float]] = []
    for left, right in edges:
        if columns and left < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], right)
        else:
            columns.append([left, right])
    if len(columns) < 2:
        return None
    rows: list[list[str]] = []
    for line in lines:
        row = [""] * len(columns)
        for cell in line.cells:
            place = next(n for n, (left, right) in enumerate(columns) if left <= cell.left and cell.right <= right)
            if row[place]:
                return None
            row[place] = cell.text
        rows.append(row)
    values = [cell for row in rows[1:] for cell in row[1:]]
    if not any(_VALUE.match(cell) for cell in values) or any(
        cell.endswith(("：", ":")) for row in rows for cell in row
    ):
        return None
    return table(rows, lines[0].page)


def without_page_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without page numbers, and without lines that recur at the same edge of most pages."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_DIGITS.sub("#", line.text) for line in (*page[:_EDGE_LINES], *page[-_EDGE_LINES:])})
    often = max(_RUNNING_PAGES, 0.5 * len(pages))
    running = {text for text, count in seen.items() if count >= often and _may_run(text)}
    return [_strip_edges(list(page), running) for page in pages]


def _may_run(text: str) -> bool:
    """A running head is short and is neither a sentence nor the start of an item."""
    return len(text) <= _RUNNING_CHARS and not ends_sentence(text) and not starts_marker(text)


def _strip_edges(page: list[Line], running: set[str]) -> list[Line]:
    for end in (0, -1):
        for _ in range(_EDGE_LINES):
            if page and (_PAGE_NUMBER.fullmatch(page[end].text) or _DIGITS.sub("#", page[end].text) in running):
                page.pop(end)
    return page


def _measure(lines: Sequence[Line]) -> _Measure:
    """Left and right edge of the running text and its size: the edges are those of the lines that fill the measure."""
    placed = [line for line in lines if line.right > line.left and not line.tabular]
    if not placed:
        return _Measure(0.0, 0.0, 0.0)
    size = median(line.size or 1.0 for line in placed for _ in range(min(len(line.text), 40)))
    body = [line for line in placed if abs(line.size - size) < 0.1 * size + 0.1] or placed
    right = _quantile([line.right for line in body], 0.95)
    full = [line for line in body if line.right >= right - _NEARLY_FULL * size]
    return _Measure(_quantile([line.left for line in full], 0.1), right, size)


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def _is_display(line: Line, measure: _Measure) -> bool:
    return measure.size > 0 and line.size >= _LARGER * measure.size and len(line.text) <= 60


def _centred_pair(before: Line, line: Line, measure: _Measure) -> bool:
    """Two centred lines of body size at the top: a title that is set apart by its place only."""
    middle = (measure.left + measure.right) / 2
    return all(
        abs((item.left + item.right) / 2 - middle) < measure.size
        and item.left > measure.left + 1.5 * measure.size
        and number_line(item.text) is None
        and iso_date(item.text) is None
        and not starts_marker(item.text)
        and not ends_sentence(item.text)
        for item in (before, line)
    ) and _one_title(before, line)


def _one_title(before: Line, line: Line) -> bool:
    """Whether two display lines are one title: neighbours of one size, and the first isn't a whole title yet."""
    same = abs(before.size - line.size) < 0.05 * line.size and before.page == line.page
    return same and not TITLE_END.search(before.text) and not before.text.endswith("文件")


def _continues(before: Line, line: Line, measure: _Measure) -> bool:
    """Whether `line` goes on with the paragraph that `before` is part of."""
    if starts_marker(line.text) and (ends_sentence(before.text) or line.left > measure.left + measure.size):
        return False
    if _is_display(before, measure) or _is_display(line, measure):
        return _one_title(before, line)
    if before.tabular or line.tabular:
        return False
    if measure.right <= measure.left:
        return len(before.text) >= 20 and not ends_sentence(before.text) and not starts_marker(line.text)
    em = measure.size
    if measure.right - measure.left < _NARROWEST * em:
        return False
    full = before.right >= measure.right - _NEARLY_FULL * em
    indented = line.left >= measure.left + _INDENT * em
    return full and not indented
