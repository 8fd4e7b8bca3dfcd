"""Cells that no spreadsheet takes for formulas: guarded text for CSV, string cells for xlsx."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

# Full-width signs count: spreadsheets fold them.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CELL_LIMIT = 32_767


def guarded(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would read it as a formula."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def write_row(sheet: Any, number: int, values: Sequence[str]) -> None:
    """Write strings into a worksheet row (from 1) as strings, whatever they begin with."""
    for column, value in enumerate(values, 1):
        cell = sheet.cell(number, column)
        cell.value = _ILLEGAL.sub("", value)[:_CELL_LIMIT]
        cell.data_type = "s"
