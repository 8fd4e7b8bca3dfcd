"""The comparison table (新旧对照表) as docx and xlsx: old text left, new text right, what changed marked in both.

In: an InstrumentDiff. Out: bytes of a file. Law text is data in every cell: it can't become a formula or markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from rules_db.diff import view
from rules_db.diff.result import Entry, HunkKind, InstrumentDiff
from rules_db.diff.view import Language
from rules_db.export.cells import CELL_LIMIT, write_row

_HEAD = {Language.ZH: ("旧条文", "新条文", "变化"), Language.EN: ("Old text 旧条文", "New text 新条文", "Change 变化")}
_DELETED, _INSERTED = "C00000", "00703C"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one side's text; `marked` when the other side has not got it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the table. `old` and `new` are empty where there is no such article."""

    old_label: str
    new_label: str
    old: tuple[Run, ...]
    new: tuple[Run, ...]
    note: str


def table_rows(diff: InstrumentDiff, language: Language) -> Iterator[TableRow]:
    """Rows in the order of the comparison, every article of both texts in at least one."""
    typed = _typed_notes(diff, language)
    for entry in diff.entries:
        old, new = "、".join(entry.link.old_labels), "、".join(entry.link.new_labels)
        notes = [view.note(entry, language), *typed.get((old, new), ())]
        yield TableRow(old, new, _side(entry, old=True), _side(entry, old=False), "\n".join(notes))


def comparison_docx(diff: InstrumentDiff, language: Language = Language.ZH) -> bytes:
    """The table as a Word document, landscape, deletions struck through and insertions underlined."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    font = document.styles["Normal"].font
    font.size, font.name = Pt(10), "Arial"
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.add_heading(view.heading(diff), level=1)
    for line in view.summary_lines(diff, language):
        document.add_paragraph(line, style="List Bullet")
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    for cell, title in zip(table.rows[0].cells, _HEAD[language], strict=True):
        cell.paragraphs[0].add_run(title).bold = True
    for row in table_rows(diff, language):
        cells = table.add_row().cells
        for cell, label, runs, colour in (
            (cells[0], row.old_label, row.old, _DELETED),
            (cells[1], row.new_label, row.new, _INSERTED),
        ):
            paragraph = cell.paragraphs[0]
            if label:
                paragraph.add_run(f"{label}　").bold = True
            for run in runs:
                written = paragraph.add_run(run.text)
                if run.marked:
                    written.font.color.rgb = RGBColor.from_string(colour)
                    written.font.strike = colour == _DELETED
                    written.font.underline = colour == _INSERTED
        cells[2].paragraphs[0].add_run(row.note)
    return _saved(document)


def comparison_xlsx(diff: InstrumentDiff, language: Language = Language.ZH) -> bytes:
    """The table as a worksheet with rich text, and a second sheet with the typed changes of limits."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "对照表"
    old_head, new_head, change_head = _HEAD[language]
    widths = {"A": 12, "B": 60, "C": 12, "D": 60, "E": 30}
    write_row(sheet, 1, ("", old_head, "", new_head, change_head))
    for column, width in widths.items():
        sheet.column_dimensions[column].width = width
        sheet[f"{column}1"].font = Font(bold=True)
    for number, row in enumerate(table_rows(diff, language), 2):
        values = (row.old_label, _rich(row.old, _DELETED), row.new_label, _rich(row.new, _INSERTED), row.note)
        write_row(sheet, number, values)
        for column in widths:
            sheet[f"{column}{number}"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    limits = book.create_sheet("数量与期限" if language is Language.ZH else "Limits")
    write_row(limits, 1, ("旧条", "新条", "旧值", "新值", "方向") if language is Language.ZH else
               ("old article", "new article", "was", "is", "direction"))  # fmt: skip
    for number, change in enumerate(view.ranked_thresholds(diff), 2):
        was, now = (view.quantity_text(side, language) for side in (change.old, change.new))
        direction = view.word(change.direction, language)
        write_row(limits, number, (change.old_label, change.new_label, was, now, direction))
    return _saved(book)


def _typed_notes(diff: InstrumentDiff, language: Language) -> dict[tuple[str, str], list[str]]:
    notes: dict[tuple[str, str], list[str]] = {}
    for change in diff.thresholds:
        was, now = (view.quantity_text(side, language) for side in (change.old, change.new))
        line = f"{was} → {now} ({view.word(change.direction, language)})"
        notes.setdefault((change.old_label, change.new_label), []).append(line)
    return notes


def _side(entry: Entry, *, old: bool) -> tuple[Run, ...]:
    runs = []
    for hunk in entry.hunks:
        text = view.clean(hunk.old if old else hunk.new)
        if text:
            runs.append(Run(text, hunk.kind is HunkKind.WORDING))
    return tuple(runs)


def _rich(runs: tuple[Run, ...], colour: str) -> Any:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    if sum(len(run.text) for run in runs) > CELL_LIMIT or not any(run.marked for run in runs):
        return "".join(run.text for run in runs)
    font = InlineFont(color=colour, strike=colour == _DELETED, u="single" if colour == _INSERTED else None)
    return CellRichText(*(TextBlock(font, run.text) if run.marked else run.text for run in runs))


def _saved(document: Any) -> bytes:
    target = BytesIO()
    document.save(target)
    return target.getvalue()
