"""Old Word files (.doc, and .wps that Word can open) to blocks, from the piece table of the binary format.

In: bytes of an OLE file. Out: a `ConvertedDocument`. [MS-DOC]: the stream WordDocument begins with the FIB, which
points into a table stream at the piece table; each piece is a run of UTF-16 or of one-byte characters. Formatting is
not read, so automatic numbers and deleted text of tracked changes can't be told; a warning says so.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import Final

import olefile  # type: ignore[import-untyped]

from crawler.convert.blocks import bounded, clean, heading, paragraph, table
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number, title_line, title_of
from crawler.convert.tables import is_layout
from rules_db.model import Block, ConvertedDocument, HeadFacts

MEDIA_TYPE: Final = "application/msword"
_MAGIC: Final = 0xA5EC
_FIRST_WORD97: Final = 0x00C1
_ENCRYPTED: Final = 0x0100
_TABLE_ONE: Final = 0x0200
_CCP_TEXT: Final = 0x004C  # FIB offset: characters of the main text
_CLX: Final = 0x01A2  # FIB offset: position and size of the piece table's container
_COMPRESSED: Final = 0x40000000
_CELL: Final = "\x07"
_FIELD_CODE: Final = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))")
_OBJECTS: Final = re.compile("[\x01\x02\x05\x08\x13\x14\x15\x1f]")
_BREAKS: Final = re.compile("[\r\x0b\x0c\x0e]")
_MAX_NESTED_FIELDS: Final = 8


def convert_doc(data: bytes, *, name: str, url: str | None = None) -> ConvertedDocument:
    """Raises `ConversionError`: encrypted, unreadable, unsupported (before Word 97), empty."""
    blocks = bounded(_blocks(_main_text(data, name)), name)
    if not blocks:
        raise ConversionError(
            ErrorCode.EMPTY, f"{name}: the document has no text; if it holds pictures, it needs reading"
        )
    title = title_of(blocks) or title_line(blocks)
    if title is not None and blocks[0].text == title:
        blocks = (heading(title), *blocks[1:])
    head = HeadFacts(title=title, document_number=find_document_number(title, blocks), url=url)
    note = "old Word format: automatic numbers are not in the text and tracked changes can't be told; prefer docx"
    return ConvertedDocument(blocks, head, MEDIA_TYPE, None, (note,))


def _main_text(data: bytes, name: str) -> str:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if not ole.exists("WordDocument"):
                raise ConversionError(
                    ErrorCode.UNREADABLE, f"{name}: an OLE file without a Word document; save it as docx"
                )
            main = ole.openstream("WordDocument").read()
            flags = struct.unpack_from("<H", main, 0x0A)[0]
            stream = "1Table" if flags & _TABLE_ONE else "0Table"
            _check_fib(main, flags, name)
            tables = ole.openstream(stream).read()
        return _pieces(main, tables)
    except (OSError, struct.error, IndexError, RecursionError, ValueError) as error:
        raise ConversionError(
            ErrorCode.UNREADABLE, f"{name}: a damaged Word file ({error}); save it as docx"
        ) from error


def _check_fib(main: bytes, flags: int, name: str) -> None:
    magic, version = struct.unpack_from("<HH", main, 0)
    if magic != _MAGIC or version < _FIRST_WORD97:
        raise ConversionError(ErrorCode.UNSUPPORTED, f"{name}: a Word file from before 1997; save it as docx")
    if flags & _ENCRYPTED:
        raise ConversionError(ErrorCode.ENCRYPTED, f"{name}: the document needs a password; save it without one")


def _pieces(main: bytes, tables: bytes) -> str:
    """Main text by the piece table. Raises `ValueError`, `struct.error` when the offsets make no sense."""
    length = struct.unpack_from("<I", main, _CCP_TEXT)[0]
    position, size = struct.unpack_from("<II", main, _CLX)
    clx = tables[position : position + size]
    offset = 0
    while clx[offset] == 1:  # property runs before the piece table
        offset += 3 + struct.unpack_from("<H", clx, offset + 1)[0]
    if clx[offset] != 2:
        raise ValueError("no piece table")
    plc_size = struct.unpack_from("<I", clx, offset + 1)[0]
    plc = clx[offset + 5 : offset + 5 + plc_size]
    count = (len(plc) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", plc, 0)
    parts: list[str] = []
    for index in range(count):
        start, end = bounds[index], min(bounds[index + 1], length)
        if end <= start:
            continue
        place = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
        if place & _COMPRESSED:
            first = (place & ~_COMPRESSED) // 2
            parts.append(main[first : first + end - start].decode("cp1252", "replace"))
        else:
            parts.append(main[place : place + 2 * (end - start)].decode("utf-16-le", "replace"))
    return "".join(parts)


def _blocks(text: str) -> Iterator[Block]:
    for _ in range(_MAX_NESTED_FIELDS):  # innermost fields first
        stripped = _FIELD_CODE.sub("", text)
        if stripped == text:
            break
        text = stripped
    text = _OBJECTS.sub("", text).replace("\x1e", "-")
    cells: list[str] = []
    carried = ""  # a paragraph of a cell that has more of them
    for part in _BREAKS.split(text):
        *closed, rest = (carried + part).split(_CELL)
        carried = ""
        cells.extend(closed)
        inside_row = bool(cells and cells[-1].strip())
        if inside_row and rest.strip():
            carried = f"{rest} "
        elif cells and not rest.strip() and (closed or inside_row):
            continue
        else:
            yield from _table(cells)
            cells = []
            if line := clean(rest):
                yield paragraph(line)
    yield from _table(cells)
    if line := clean(carried):
        yield paragraph(line)


def _table(marks: list[str]) -> Iterator[Block]:
    """Cells up to each end-of-row mark, which is one more cell mark with nothing before it."""
    rows = _rows(marks)
    if is_layout([[(cell, 1, 1) for cell in row] for row in rows]):
        yield from (paragraph(line) for row in rows for cell in row if (line := clean(cell)))
    elif (block := table(rows)) is not None:
        yield block


def _rows(marks: list[str]) -> list[list[str]]:
    for width in range(1, min(len(marks), 64)):
        ends = marks[width :: width + 1]
        if len(marks) % (width + 1) == 0 and not any(end.strip() for end in ends):
            return [marks[at : at + width] for at in range(0, len(marks), width + 1)]
    rows: list[list[str]] = [[]]
    for mark in marks:
        if mark.strip():
            rows[-1].append(mark)
        elif rows[-1]:
            rows.append([])
    return [row for row in rows if row]
