"""Tables of any format: which are data and which only place text, and the grid of a data table.

In: rows of cells with their spans. Out: rows of cell texts, rectangular, with spans expanded. A short label that spans
rows is repeated in each of them, so that a row can be read alone; a sentence that spans is not, so that it is not
counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.limits import LIMITS

_LABEL_CHARS = 24
_LAYOUT_CELL_CHARS = 400
_MAX_SPAN = 100

Cell = tuple[str, int, int]  # text, colspan, rowspan


def is_layout(rows: Sequence[Sequence[Cell]]) -> bool:
    """One column, a single cell row, or a cell that holds a page of text: somebody placed text, nobody tabulated it."""
    widest = max((len(row) for row in rows), default=0)
    return widest <= 1 or any(len(text) > _LAYOUT_CELL_CHARS for row in rows for text, _, _ in row)


def span(value: str | None) -> int:
    """A colspan or rowspan attribute as a number in 1..100; nonsense counts as 1."""
    if value is None or not value.strip().isascii() or not value.strip().isdigit() or len(value.strip()) > 6:
        return 1
    return min(max(int(value), 1), _MAX_SPAN)


def grid(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Expand spans into a rectangular grid. Raises `too_large` when it would pass the cell limit."""
    carried: dict[int, tuple[str, int]] = {}  # column → text to repeat, rows still to come
    result: list[list[str]] = []
    cells = 0
    for row in rows:
        line: list[str] = []
        coming: dict[int, tuple[str, int]] = {}

        for text, columns, height in row:
            _carry(carried, line, coming)
            for offset in range(columns):
                if height > 1:
                    repeated = text if offset == 0 and len(text) <= _LABEL_CHARS else ""
                    coming[len(line)] = (repeated, height - 1)
                line.append(text if offset == 0 else "")
        _carry(carried, line, coming)
        for column in sorted(carried):
            line.extend("" for _ in range(column - len(line)))
            text, left = carried[column]
            if left > 1:
                coming[column] = (text, left - 1)
            line.append(text)
        carried = coming
        result.append(line)
        cells += len(line)
        if cells > LIMITS.table_cells:
            raise ConversionError(ErrorCode.TOO_LARGE, f"a table has more than {LIMITS.table_cells} cells")
    width = max((len(line) for line in result), default=0)
    if width * len(result) > LIMITS.table_cells:
        raise ConversionError(ErrorCode.TOO_LARGE, f"a table has more than {LIMITS.table_cells} cells")
    return [line + [""] * (width - len(line)) for line in result]


def _carry(carried: dict[int, tuple[str, int]], line: list[str], coming: dict[int, tuple[str, int]]) -> None:
    """Fill the columns that a cell of an earlier row reaches down into."""
    while len(line) in carried:
        text, left = carried.pop(len(line))
        if left > 1:
            coming[len(line)] = (text, left - 1)
        line.append(text)
