"""PDF: lines to paragraphs, page furniture, title, scans."""

from __future__ import annotations

import pytest
from file_builders import TextAt, pdf

from crawler.convert import ConversionError, ErrorCode, convert
from rules_db.model import BlockKind

LEFT, INDENT, SIZE = 80.0, 112.0, 16.0
FULL_FIRST = "第一条　综合利用企业应当如实记录电池来源和去向，并在每"
FULL_NEXT = "月十日前向所在地工业和信息化主管部门报送上一月度数据，保存"


def lines(*texts: tuple[float, str], top: float = 120) -> list[TextAt]:
    return [(x, top + 28 * number, SIZE, text) for number, (x, text) in enumerate(texts)]


def document_lines(pages: list[list[TextAt]]) -> list[tuple[int | None, str]]:
    return [(block.page, block.text) for block in convert(pdf(pages), name="a.pdf").blocks]


def test_wrapped_lines_join_and_indented_ones_start_paragraphs() -> None:
    page = lines(
        (INDENT, FULL_FIRST),
        (LEFT, FULL_NEXT),
        (LEFT, "期限不少于三年。"),
        (INDENT, "前款数据应当真实、完整。"),
        (INDENT, "（一）电池编码；"),
        (INDENT, "（二）流向信息"),
        (INDENT, "第二条　违反前条规定的，责令改正。"),
    )
    assert document_lines([page]) == [
        (1, (FULL_FIRST + FULL_NEXT + "期限不少于三年。")),
        (1, "前款数据应当真实、完整。"),
        (1, "（一）电池编码；"),
        (1, "（二）流向信息"),
        (1, "第二条　违反前条规定的，责令改正。"),
    ]


def test_paragraph_runs_over_the_page_and_page_furniture_goes() -> None:
    def page(number: int, *body: tuple[float, str]) -> list[TextAt]:
        return [
            (200, 60, 10, "征求意见资料"),
            *lines(*body),
            (280, 800, 10, f"— {number} —"),
        ]

    result = document_lines(
        [
            page(1, (INDENT, FULL_FIRST), (LEFT, FULL_NEXT)),
            page(2, (LEFT, "期限不少于三年。"), (INDENT, "2026"), (INDENT, "第二条　本办法自公布之日起施行。")),
            page(3, (INDENT, "附件：数据报送表。")),
        ]
    )
    assert result == [
        (1, FULL_FIRST + FULL_NEXT + "期限不少于三年。"),
        (2, "2026"),
        (2, "第二条　本办法自公布之日起施行。"),
        (3, "附件：数据报送表。"),
    ]


def test_title_in_two_large_lines_is_one_heading() -> None:
    page: list[TextAt] = [
        (150, 80, 30, "某省工业和信息化厅文件"),
        (220, 130, SIZE, "某工信节能〔2026〕12号"),
        (100, 180, 22, "关于进一步加强废旧动力电池回收利用"),
        (200, 215, 22, "管理工作的通知"),
        *lines((LEFT, "各市工业和信息化局："), (INDENT, FULL_FIRST), (LEFT, FULL_NEXT), (LEFT, "三年。"), top=260),
    ]
    document = convert(pdf([page]), name="a.pdf")
    assert document.head.title == "关于进一步加强废旧动力电池回收利用管理工作的通知"
    assert document.head.document_number == "某工信节能〔2026〕12号"
    assert [block.kind for block in document.blocks[:4]] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]


def test_centred_title_of_body_size_is_joined_and_nothing_else() -> None:
    page: list[TextAt] = [
        (200, 80, SIZE, "关于进一步加强电池回收利用工"),
        (280, 110, SIZE, "作的通知"),
        (224, 140, SIZE, "某发〔2026〕12号"),
        *lines((LEFT, "各市局："), (INDENT, FULL_FIRST), (LEFT, FULL_NEXT), (LEFT, "三年。"), top=180),
        (272, 320, SIZE, "某省工业和"),
        (272, 350, SIZE, "信息化厅章"),
    ]
    document = convert(pdf([page]), name="a.pdf")
    assert [block.text for block in document.blocks[:3]] == [
        "关于进一步加强电池回收利用工作的通知",
        "某发〔2026〕12号",
        "各市局：",
    ]
    assert document.head.title == "关于进一步加强电池回收利用工作的通知"


def test_rows_of_a_table_and_short_columns_are_not_joined() -> None:
    rows: list[TextAt] = []
    for number in range(6):
        rows += [
            (LEFT, 300 + 28 * number, SIZE, f"再生利用率指标{number}"),
            (480, 300 + 28 * number, SIZE, "98.5%以上"),
        ]
    page = [*lines((INDENT, FULL_FIRST), (LEFT, FULL_NEXT), (LEFT, "三年。")), *rows]
    (table,) = [text for _, text in document_lines([page])][1:]
    assert table.split("\n") == [f"再生利用率指标{n}\t98.5%以上" for n in range(6)]
    column = lines((LEFT, "甲类企业名单"), (LEFT, "乙类企业名单"), (LEFT, "丙类企业名单"), (LEFT, "丁类企业名单"))
    assert len(document_lines([column])) == 4


def test_resaving_with_other_metadata_changes_nothing() -> None:
    page = lines((INDENT, FULL_FIRST), (LEFT, FULL_NEXT), (LEFT, "三年。"))
    data = pdf([page])
    assert convert(data, name="a.pdf") == convert(
        data.replace(b"%PDF-1.7", b"%PDF-1.4") + b"\n% saved again", name="a.pdf"
    )


def test_radicals_of_odd_fonts_become_characters() -> None:
    page = lines((INDENT, "⼯业和信息化部⻔应当加强监督检查，依法查处违法⾏为。"))
    assert document_lines([page])[0][1] == "工业和信息化部门应当加强监督检查，依法查处违法行为。"


def test_spaces_of_justified_type_go_and_others_stay() -> None:
    page = lines((INDENT, "第 一 条 企 业 应 当 备 案 。"), (INDENT, "第二条 企业应当 CSV 格式报送数据。"))
    assert [text for _, text in document_lines([page])] == [
        "第一条企业应当备案。",
        "第二条 企业应当 CSV 格式报送数据。",
    ]


def test_page_without_text_is_told() -> None:
    page = lines((INDENT, FULL_FIRST), (LEFT, FULL_NEXT))
    assert convert(pdf([page, []]), name="a.pdf").warnings == ("pages without a text layer: 2",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf([[], []]), ErrorCode.NO_TEXT),
        (pdf([lines((LEFT, "\ue001\ue002\ue003" * 20))]), ErrorCode.NO_TEXT),
        (pdf([lines(*[(LEFT, FULL_FIRST.encode().decode("gb18030", "ignore"))] * 12)]), ErrorCode.NO_TEXT),
        (pdf([lines((LEFT, FULL_FIRST))], encrypted=True), ErrorCode.ENCRYPTED),
        (b"%PDF-1.7\n" + b"junk " * 100, ErrorCode.UNREADABLE),
        (pdf([lines((LEFT, FULL_FIRST))])[:300], ErrorCode.UNREADABLE),
    ],
    ids=["scan", "private codes", "garbled", "password", "junk", "cut off"],
)
def test_trouble_has_a_code(data: bytes, code: ErrorCode) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(data, name="坏.pdf")
    assert caught.value.code is code
    assert "坏.pdf" in caught.value.message


def row(top: float, *cells: tuple[float, str]) -> list[TextAt]:
    return [(x, top, SIZE, text) for x, text in cells]


def test_a_table_of_numbers_is_a_table() -> None:
    page = [
        *lines((INDENT, "一、综合利用企业应当达到下表的指标。")),
        *row(160, (90, "项目"), (260, "指标"), (400, "单位")),
        *row(188, (90, "镍综合回收率"), (260, "≥98"), (400, "%")),
        *row(216, (90, "单位产品能耗"), (260, "≤1.2"), (400, "tce/t")),
        *lines((INDENT, "二、不得稀释。"), top=260),
    ]
    found = convert(pdf([page]), name="a.pdf").blocks
    assert [(block.kind, block.rows) for block in found if block.kind is BlockKind.TABLE] == [
        (
            BlockKind.TABLE,
            (("项目", "指标", "单位"), ("镍综合回收率", "≥98", "%"), ("单位产品能耗", "≤1.2", "tce/t")),
        )
    ]
    assert [block.text for block in found if block.kind is not BlockKind.TABLE] == [
        "一、综合利用企业应当达到下表的指标。",
        "二、不得稀释。",
    ]


@pytest.mark.parametrize(
    "lines_",
    [
        [("某省工业和信息化厅", "某省生态环境厅"), ("某省商务厅", "某省公安厅"), ("某省交通运输厅", "某省市场监管局")],
        [("联系人：", "张三"), ("电话：", "0000-1234567")],
        [("第一章　总则", "第二章　附则")],
    ],
    ids=["signatures", "contact", "one line"],
)
def test_words_with_gaps_are_no_table(lines_: list[tuple[str, str]]) -> None:
    page = [cell for n, (one, other) in enumerate(lines_) for cell in row(120 + 28 * n, (90, one), (330, other))]
    body = lines((INDENT, FULL_FIRST), (LEFT, FULL_NEXT), (LEFT, "期限不少于三年。"), top=400)
    assert all(block.kind is not BlockKind.TABLE for block in convert(pdf([[*page, *body]]), name="a.pdf").blocks)


def test_a_cell_missing_from_a_row_leaves_its_column_empty() -> None:
    page = [
        *row(120, (90, "参数"), (240, "下限"), (340, "上限"), (440, "单位")),
        *row(148, (90, "电压"), (340, "4.2"), (440, "V")),
        *row(176, (90, "温度"), (240, "-20"), (440, "K")),
        *lines((INDENT, FULL_FIRST), (LEFT, FULL_NEXT), top=400),
    ]
    (found,) = [block for block in convert(pdf([page]), name="a.pdf").blocks if block.kind is BlockKind.TABLE]
    assert found.rows[1:] == (("电压", "", "4.2", "V"), ("温度", "-20", "", "K"))
