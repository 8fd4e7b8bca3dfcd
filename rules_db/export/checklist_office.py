"""The legal register of one site as xlsx and docx, and the writers of a checklist by the ending of a file's name.

In: the plain value that `guiji checklist --format json` prints. Out: bytes. Cells are strings, never formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from rules_db.export.cells import write_row
from rules_db.export.checklist import checklist_html, checklist_markdown
from rules_db.export.checklist_words import (
    COLUMNS,
    consequences,
    consequences_and_claims,
    ended,
    evidence,
    keeping,
    left,
    local,
    plain,
    summary,
    table_lines,
    term,
    title_of,
)

_WIDTHS = (9, 28, 24, 60, 36, 12, 18, 22, 36, 28, 18, 10, 12, 14, 24, 36, 36, 20, 24)
_DOCX = ("place", "modality", "rule", "limit", "tier", "since", "mark", "news", "what changed", "source", "trace")


def checklist_xlsx(found: Mapping[str, Any]) -> bytes:
    """Worksheets: a line a wording, the evidence with its retention, what ended, what the province settled, about."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Checklist 清单"
    write_row(sheet, 1, [term(name) for name in COLUMNS])
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    for number, line in enumerate(table_lines(found), 2):
        write_row(sheet, number, line)
        cells = dict(zip(COLUMNS, line, strict=True))
        for column in range(1, len(line) + 1):
            cell = sheet.cell(number, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cells["mark"].startswith("suspect") or cells["news"]:
                cell.fill = PatternFill("solid", start_color="FFF3CD")
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{sheet.max_row}"
    for title, head, rows in (
        (
            "Evidence 证据",
            ("evidence", "title", "证据", "kept by law", "法定留存", "suggested", "建议留存", "tier"),
            [
                (
                    i["id"],
                    i["title"],
                    i["title_zh"],
                    i["retention_legal"],
                    i["retention_legal_zh"],
                    i["retention_suggested"],
                    i["retention_suggested_zh"],
                    i["tier"],
                )
                for i in evidence(found)
            ],
        ),
        (
            "Consequences 后果",
            ("control", "what follows, and what is claimed"),
            [(c["control"], told) for c in found["checks"] for told in consequences_and_claims(c)]
            + [("", told) for told in consequences(found)],
        ),
        ("Ended 已终止", ("line",), [(ended(line),) for line in found.get("ended", ())]),
        (
            "Province 地方",
            ("gap", "title", "instrument", "why"),
            [(f["gap"], f["title"], f["instrument"], f["reason"]) for f in found["local"]],
        ),
        (
            "Not here 不适用",
            ("check", "why"),
            [(f"{c['control']} {c['title']} {c['title_zh']}", c["why"]) for c in found.get("left_out", ())],
        ),
        ("About 说明", (title_of(found),), [(told,) for told in summary(found)]),
    ):
        more = book.create_sheet(title)
        write_row(more, 1, head)
        for number, row in enumerate(rows, 2):
            write_row(more, number, row)
    return _saved(book)


def checklist_docx(found: Mapping[str, Any]) -> bytes:
    """A Word document, landscape: a heading a check, a table of its wordings, its evidence with retention."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    font = document.styles["Normal"].font
    font.size, font.name = Pt(9), "Arial"
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.add_heading(plain(title_of(found)), level=1)
    for told in summary(found):
        document.add_paragraph(plain(told))
    for line in found.get("ended", ()):
        document.add_paragraph(plain(f"No longer on the list 已终止: {ended(line)}"), style="List Bullet")
    table_rows = [dict(zip(COLUMNS, line, strict=True)) for line in table_lines(found)]
    for check in found["checks"]:
        document.add_heading(plain(f"{check['control']} {check['title']} {check['title_zh']}"), level=2)
        document.add_paragraph(plain(f"{check['objective']} {check['objective_zh']}"))
        owner = f"Owner: {check['owner_role']} {check['owner_role_zh']}. Why here: {check['because']}."
        document.add_paragraph(plain(owner))
        for told in consequences_and_claims(check):
            document.add_paragraph(plain(told), style="List Bullet")
        for item in check["evidence"]:
            document.add_paragraph(
                plain(f"{term('evidence')} {item['id']} {item['title']} {item['title_zh']} ({keeping(item)})"),
                style="List Bullet",
            )
        for item in check["hardware"]:
            hardware = f"{term('hardware')} {item['id']} {item['title']} {item['title_zh']}"
            document.add_paragraph(plain(hardware), style="List Bullet")
        table = document.add_table(rows=1, cols=len(_DOCX), style="Table Grid")
        for cell, name in zip(table.rows[0].cells, _DOCX, strict=True):
            cell.paragraphs[0].add_run(term(name)).bold = True
        for row in table_rows:
            if row["control"] == check["control"]:
                for cell, name in zip(table.add_row().cells, _DOCX, strict=True):
                    cell.paragraphs[0].add_run(plain(row[name]))
    for told in consequences(found):
        document.add_paragraph(plain(told), style="List Bullet")
    for filling in found["local"]:
        document.add_paragraph(plain(local(filling)), style="List Bullet")
    for check in found.get("left_out", ()):
        document.add_paragraph(plain(f"Not here 不适用: {left(check)}"), style="List Bullet")
    return _saved(document)


WRITERS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    ".docx": checklist_docx,
    ".html": lambda found: checklist_html(found).encode(),
    ".md": lambda found: checklist_markdown(found).encode(),
    ".xlsx": checklist_xlsx,
}


def _saved(document: Any) -> bytes:
    target = BytesIO()
    document.save(target)
    return target.getvalue()
