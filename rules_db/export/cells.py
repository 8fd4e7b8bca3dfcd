"""Cells that no spreadsheet takes for formulas: guarded text for CSV, string cells for xlsx."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

# Full-width signs count: spreadsheets fold them.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CELL_LIMIT = 32_767


def guarded(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would read it as a formula."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def write_row(sheet: Any, number: int, values: Sequence[Any]) -> None:
    """Write values into a worksheet row (from 1): strings as strings, whatever they begin with; rich text as it is."""
    for column, value in enumerate(values, 1):
        cell = sheet.cell(number, column)
        if not isinstance(value, str):
            cell.value = value
            continue
        cell.value = _ILLEGAL.sub("", value)[:CELL_LIMIT]
        cell.data_type = "s"
