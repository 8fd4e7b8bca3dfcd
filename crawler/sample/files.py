"""The sample portal's attachments: Word files built from lines, byte for byte the same each time."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from crawler.sample.content import SampleDocument
from crawler.sample.render import NOTICE


def docx_bytes(document: SampleDocument) -> bytes:
    """The attachment as a Word file, the same bytes each time."""
    from docx import Document

    file = Document()
    file.core_properties.created = file.core_properties.modified = datetime(2026, 5, 1)
    for line in (*document.attachment_lines, NOTICE):
        if "\t" in line:
            cells = line.split("\t")
            table = file.add_table(rows=1, cols=len(cells))
            for cell, value in zip(table.rows[0].cells, cells, strict=True):
                cell.text = value
        else:
            file.add_paragraph(line)
    buffer = io.BytesIO()
    file.save(buffer)
    return _repacked(buffer.getvalue())


def _repacked(data: bytes) -> bytes:
    """The same archive with fixed times, so that equal documents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in given.namelist():
            packed.writestr(zipfile.ZipInfo(name, (2026, 5, 1, 0, 0, 0)), given.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
