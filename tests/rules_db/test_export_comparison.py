"""The comparison table reads back as written: all articles, both sides whole, marks where the wording differs."""

from __future__ import annotations

from io import BytesIO

import docx
import openpyxl
import pytest

from rules_db.diff.compare import diff_expressions
from rules_db.diff.result import InstrumentDiff
from rules_db.diff.view import Language
from rules_db.export.comparison import comparison_docx, comparison_xlsx, table_rows
from rules_db.model import Comparator, Modality, ProvisionText, Quantity

OLD = [
    "为了规范回收，制定本办法。",
    "企业应当在30日内报送信息。",
    '=HYPERLINK("http://127.0.0.1/")不得出现。',
    "记录保存三年。",
]
NEW = [
    "为了规范回收，制定本办法。",
    "企业应当在20日内报送信息，并保证真实。",
    '=HYPERLINK("http://127.0.0.1/")不得出现。',
    "县级部门负责监督检查工作。",
]


@pytest.fixture
def diff() -> InstrumentDiff:
    def provisions(texts: list[str]) -> list[ProvisionText]:
        return [ProvisionText(f"art_{n}", f"第{n}条", text) for n, text in enumerate(texts, 1)]

    def quantity(days: int, start: int) -> dict[str, list[Quantity]]:
        found = Quantity(f"{days}日内", Comparator.LE, days, None, "day", modality=Modality.OBLIGATION, start=start)
        return {"art_2": [found]}

    return diff_expressions(provisions(OLD), provisions(NEW), quantity(30, 5), quantity(20, 5))


def test_every_article_of_both_sides_is_whole(diff: InstrumentDiff) -> None:
    rows = list(table_rows(diff, Language.EN))
    assert sorted("".join(run.text for run in row.old) for row in rows if row.old) == sorted(OLD)
    assert sorted("".join(run.text for run in row.new) for row in rows if row.new) == sorted(NEW)
    assert any("30日内 → 20日内 (tightened)" in row.note for row in rows)


def test_word_document_marks_what_changed(diff: InstrumentDiff) -> None:
    table = docx.Document(BytesIO(comparison_docx(diff))).tables[0]
    row = next(row for row in table.rows if "30日内" in row.cells[0].text)
    assert row.cells[0].text == f"第2条　{OLD[1]}"
    struck = "".join(run.text for run in row.cells[0].paragraphs[0].runs if run.font.strike)
    underlined = "".join(run.text for run in row.cells[1].paragraphs[0].runs if run.font.underline)
    assert "30" in struck
    assert "并保证真实" in underlined
    assert "报送信息" not in struck


def test_workbook_holds_text_and_no_formula(diff: InstrumentDiff) -> None:
    book = openpyxl.load_workbook(BytesIO(comparison_xlsx(diff, Language.EN)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    limits = [[cell.value for cell in row] for row in book["Limits"].iter_rows(min_row=2)]
    assert limits == [["第2条", "第2条", "30日内", "20日内", "tightened"]]
