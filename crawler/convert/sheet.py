"""Spreadsheets (xlsx, xls) to blocks: each sheet a table, under its name where there are several.

In: bytes. Out: a `ConvertedDocument`. Values come as shown in a cell's stored result; formulas are never evaluated.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from crawler.convert.blocks import bounded, clean, heading, paragraph, table
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number
from crawler.convert.limits import LIMITS
from crawler.convert.package import open_package
from rules_db.model import Block, BlockKind, ConvertedDocument, HeadFacts

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XLS: Final = "application/vnd.ms-excel"


def convert_sheet(data: bytes, *, name: str, url: str | None = None) -> ConvertedDocument:
    """Raises `ConversionError`: encrypted, unreadable, too_large, empty."""
    zipped = data.startswith(b"PK")
    if zipped:
        open_package(data, name)  # sizes and ratios, before another library unpacks it
    try:
        workbook = load_workbook(io.BytesIO(data))
        warnings = [f"hidden sheet left out: {item.name}" for item in _sheets(workbook, visible=False)]
        blocks = bounded(_blocks(workbook, name), name)
    except PasswordError as error:
        raise ConversionError(
            ErrorCode.ENCRYPTED, f"{name}: the workbook needs a password; save it without one"
        ) from error
    except CalamineError as error:
        raise ConversionError(ErrorCode.UNREADABLE, f"{name}: not a readable workbook ({error})") from error
    if not blocks:
        raise ConversionError(ErrorCode.EMPTY, f"{name}: no visible sheet has values")
    title = _title(blocks)
    head = HeadFacts(title=title, document_number=find_document_number(title, blocks), url=url)
    return ConvertedDocument(blocks, head, _XLSX if zipped else _XLS, None, tuple(warnings))


def _sheets(workbook: CalamineWorkbook, *, visible: bool) -> list[SheetMetadata]:
    return [
        item
        for item in workbook.sheets_metadata
        if item.typ == SheetTypeEnum.WorkSheet and (item.visible == SheetVisibleEnum.Visible) is visible
    ]


def _blocks(workbook: CalamineWorkbook, name: str) -> Iterator[Block]:
    shown = _sheets(workbook, visible=True)
    for item in shown:
        sheet = workbook.get_sheet_by_name(item.name)
        if sheet.total_height * sheet.total_width > 40 * LIMITS.table_cells:
            size = f"{sheet.total_height} × {sheet.total_width}"
            raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: sheet {item.name} has {size} cells")
        rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
        if any(any(row) for row in rows):
            if len(shown) > 1:
                yield heading(clean(item.name))
            yield from _split(rows)


def _split(rows: Sequence[Sequence[str]]) -> Iterator[Block]:
    """Rows with one filled cell at the top are titles; what follows is the table, without empty columns."""
    position = 0
    while position < len(rows) and sum(map(bool, rows[position])) <= 1:
        text = clean("".join(rows[position]))
        if text:
            yield heading(text) if position == 0 else paragraph(text)
        position += 1
    rest = rows[position:]
    width = max((index + 1 for row in rest for index, cell in enumerate(row) if cell), default=0)
    used = [index for index in range(width) if any(index < len(row) and row[index] for row in rest)]
    block = table([[row[index] if index < len(row) else "" for index in used] for row in rest])
    if block is not None:
        yield block


def _cell(value: object) -> str:
    """A value as a person would read it: whole numbers without a decimal point, dates as ISO."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    return str(value)


def _title(blocks: Sequence[Block]) -> str | None:
    return next((block.text for block in blocks[:3] if block.kind is BlockKind.HEADING), None)
