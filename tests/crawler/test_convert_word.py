"""DOCX: order of paragraphs and tables, automatic numbers, tracked changes, styles."""

from __future__ import annotations

import pytest
from file_builders import docx, ole, p, zipped

from crawler.convert import ConversionError, ErrorCode, convert
from crawler.convert.word_numbering import chinese, number
from rules_db.model import BlockKind


def texts(body: str, numbering: str = "", styles: str = "") -> list[str]:
    return [block.text for block in convert(docx(body, numbering=numbering, styles=styles), name="a.docx").blocks]


def run(text: str, tag: str = "t", properties: str = "") -> str:
    return f"<w:r>{properties}<w:{tag}>{text}</w:{tag}></w:r>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def level(place: int, style: str, text: str, extra: str = "") -> str:
    formatted = f'<w:numFmt w:val="{style}"/>{extra}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/>{formatted}</w:lvl>'


def listed(number_id: int, place: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{place}"/><w:numId w:val="{number_id}"/></w:numPr>'


def test_tables_stand_where_they_are() -> None:
    table = f"<w:tbl><w:tr>{cell('指标')}{cell('限值')}</w:tr><w:tr>{cell('镍回收率')}{cell('98%')}</w:tr></w:tbl>"
    document = convert(docx(p("表前文字。") + table + p("表后文字。")), name="a.docx")
    assert [block.kind for block in document.blocks] == [BlockKind.PARAGRAPH, BlockKind.TABLE, BlockKind.PARAGRAPH]
    assert document.blocks[1].rows == (("指标", "限值"), ("镍回收率", "98%"))


def test_merged_cells_repeat_short_labels_only() -> None:
    sentence = "企业应当建立覆盖收集、贮存、运输和利用全过程的管理制度，并接受监督检查。"
    start = '<w:vMerge w:val="restart"/>'
    rows = (
        f"<w:tr>{cell('类别', start)}{cell(sentence, start)}{cell('甲')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('', '<w:vMerge/>')}{cell('乙')}</w:tr>"
        f"<w:tr>{cell('合计', '<w:gridSpan w:val=$2$/>')}{cell('丙')}</w:tr>"
    ).replace("$", '"')
    document = convert(docx(f"<w:tbl>{rows}</w:tbl>"), name="a.docx")
    assert document.blocks[0].rows == (("类别", sentence, "甲"), ("类别", "", "乙"), ("合计", "", "丙"))


def test_chinese_numbers_made_by_word_become_text() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCountingThousand", "第%1条")
        + level(1, "chineseCounting", "（%2）", '<w:suff w:val="nothing"/>')
        + level(2, "decimal", "%3.", "<w:isLgl/>")
        + '</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = (
        p("企业应当备案。", listed(5, 0))
        + p("名称；", listed(5, 1))
        + p("地址。", listed(5, 1))
        + p("企业应当报告。", listed(5, 0))
        + p("时间；", listed(5, 1))
        + p("细目", listed(5, 2))
    )
    assert texts(body, numbering=numbering) == [
        "第一条 企业应当备案。",
        "（一）名称；",
        "（二）地址。",
        "第二条 企业应当报告。",
        "（一）时间；",
        "1. 细目",
    ]


def test_a_second_list_restarts_and_a_style_carries_numbers() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1、")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>"
    )
    styles = f'<w:style w:type="paragraph" w:styleId="S1"><w:name w:val="列表"/><w:pPr>{listed(1, 0)}</w:pPr></w:style>'
    styled = '<w:pStyle w:val="S1"/>'
    body = p("甲", styled) + p("乙", styled) + p("丙", listed(2, 0)) + p("丁", listed(0, 0))
    assert texts(body, numbering=numbering, styles=styles) == ["1、甲", "2、乙", "1、丙", "丁"]


def test_tracked_changes_read_as_accepted() -> None:
    body = (
        "<w:p>"
        + run("期限为")
        + f"<w:del>{run('十日', 'delText')}</w:del><w:ins>{run('三十日')}</w:ins>"
        + f"<w:moveFrom>{run('移走')}</w:moveFrom><w:moveTo>{run('，自公告之日起计算')}</w:moveTo>"
        + run("。")
        + "</w:p>"
    )
    assert texts(body) == ["期限为三十日，自公告之日起计算。"]


def test_a_deleted_paragraph_mark_joins_and_a_deleted_row_goes() -> None:
    body = p("企业应当", "<w:rPr><w:del/></w:rPr>") + p("按月报告。") + p("末段。")
    assert texts(body) == ["企业应当按月报告。", "末段。"]
    rows = f"<w:tr>{cell('甲')}{cell('乙')}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{cell('丙')}{cell('丁')}</w:tr>"
    assert "丙" not in convert(docx(f"<w:tbl>{rows}</w:tbl>"), name="a.docx").text


def test_hidden_text_fields_and_fallbacks_are_left_out() -> None:
    body = (
        "<w:p>"
        + run("见")
        + run("内部批注", properties="<w:rPr><w:vanish/></w:rPr>")
        + run(" PAGEREF x ", "instrText")
        + run("第3页")
        + "<mc:AlternateContent><mc:Choice><w:r><w:t>，图一</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t>，图一</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    assert texts(body) == ["见第3页，图一"]


def test_exponents_do_not_run_into_numbers() -> None:
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    assert texts(f"<w:p>{run('容积10m')}{run('3', properties=raised)}{run('以上')}</w:p>") == ["容积10m³以上"]


def test_text_boxes_and_content_controls_are_read() -> None:
    box = f"<w:drawing><w:txbxContent>{p('框内提示')}</w:txbxContent></w:drawing>"
    body = f"<w:p>{run('正文。')}<w:r>{box}</w:r></w:p><w:sdt><w:sdtContent>{p('控件内文字')}</w:sdtContent></w:sdt>"
    assert texts(body) == ["正文。", "框内提示", "控件内文字"]


def test_headings_and_title_come_from_styles() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="heading 1"/></w:style>'
    )
    body = p("某市电池回收管理办法", '<w:pStyle w:val="a"/>') + p("第一章　总则", '<w:pStyle w:val="b"/>') + p("正文。")
    document = convert(docx(body, styles=styles), name="a.docx")
    kinds = [block.kind for block in document.blocks]
    assert kinds == [BlockKind.HEADING, BlockKind.HEADING, BlockKind.PARAGRAPH]
    assert document.head.title == "某市电池回收管理办法"


def test_title_in_two_centred_paragraphs_is_joined_in_the_head() -> None:
    centred = '<w:jc w:val="center"/>'
    body = (
        p("某省工业和信息化厅文件", centred)
        + p("某工信节能〔2026〕5号", centred)
        + p("")
        + p("关于进一步加强电池", centred)
        + p("回收利用工作的通知", centred)
        + p("各市局：")
    )
    document = convert(docx(body), name="a.docx")
    assert document.head.title == "关于进一步加强电池回收利用工作的通知"
    assert document.head.document_number == "某工信节能〔2026〕5号"
    assert len(document.blocks) == 5


def test_soft_breaks_end_lines() -> None:
    assert texts(f"<w:p>{run('第一条')}<w:r><w:br/></w:r>{run('第二条')}</w:p>") == ["第一条", "第二条"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (docx(""), ErrorCode.EMPTY),
        (zipped({"word/document.xml": "<a><b></a>"}), ErrorCode.UNREADABLE),
        (zipped({"word/document.xml": "<a/>"}), ErrorCode.UNREADABLE),
        (ole({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), ErrorCode.ENCRYPTED),
        (docx(p("正文。"))[:-40], ErrorCode.UNREADABLE),
    ],
    ids=["empty", "bad xml", "no body", "password", "cut off"],
)
def test_trouble_has_a_code(data: bytes, code: ErrorCode) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(data, name="坏.docx")
    assert caught.value.code is code


def test_number_formats() -> None:
    assert [chinese(value) for value in (1, 10, 11, 20, 21, 100, 101, 110, 111, 1001, 1010, 9999)] == [
        *("一", "十", "十一", "二十", "二十一", "一百", "一百零一", "一百一十", "一百一十一"),
        *("一千零一", "一千零一十", "九千九百九十九"),
    ]
    assert number(3, "decimalEnclosedCircle") == "③"
    assert number(28, "lowerLetter") == "bb"
    assert number(14, "upperRoman") == "XIV"
    assert number(12, "chineseLegalSimplified") == "壹拾贰"
    assert number(7, "decimalFullWidth") == "７"
