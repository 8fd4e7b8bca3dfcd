"""Old Word files, workbooks, OFD and zip archives."""

from __future__ import annotations

import io
import zipfile

import pytest
from file_builders import doc, docx, ofd, ole, p, xlsx, zipped

from crawler.convert import ConversionError, ErrorCode, convert
from crawler.convert.archive import members
from rules_db.model import BlockKind


def test_doc_text_comes_from_the_piece_table() -> None:
    text = "某省动力电池回收暂行办法\r某工信节能〔2026〕3号\r第一条　企业应当如实记录流向。\r第二条　记录保存三年。\r"
    document = convert(doc(text, flags=0x0200, compressed="See annex A.\r"), name="a.doc")
    assert [block.text for block in document.blocks] == [
        "某省动力电池回收暂行办法",
        "某工信节能〔2026〕3号",
        "第一条　企业应当如实记录流向。",
        "第二条　记录保存三年。",
        "See annex A.",
    ]
    assert document.head.title == "某省动力电池回收暂行办法"
    assert document.head.document_number == "某工信节能〔2026〕3号"
    assert any("tracked changes" in warning for warning in document.warnings)


def test_doc_field_codes_go_and_results_stay() -> None:
    text = '详见\x13 HYPERLINK "x" \x13 PAGE \x14\x15\x14网站公告\x15，共\x1e页。\r'
    assert convert(doc(text), name="a.doc").blocks[0].text == "详见网站公告，共-页。"


def test_doc_table_rows_end_with_an_extra_cell_mark() -> None:
    text = "指标如下：\r序号\x07指标\x07\x071\x07回收率\x07\x07表后正文。\r"
    blocks = convert(doc(text), name="a.doc").blocks
    assert blocks[1].rows == (("序号", "指标"), ("1", "回收率"))
    assert blocks[2].text == "表后正文。"


def test_doc_cell_with_two_paragraphs_loses_nothing() -> None:
    text = "甲\x07第一段\r第二段\x07\x07丙\x07丁\x07\x07正文。\r"
    blocks = convert(doc(text), name="a.doc").blocks
    assert blocks[0].rows == (("甲", "第一段 第二段"), ("丙", "丁"))
    assert blocks[-1].text == "正文。"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (doc("密文。\r", flags=0x0100), ErrorCode.ENCRYPTED),
        (doc("旧版。\r", version=0x0068), ErrorCode.UNSUPPORTED),
        (doc("正文。\r")[:3000], ErrorCode.UNREADABLE),
        (ole({"WordDocument": b"\xec\xa5\xc1\x00"}), ErrorCode.UNREADABLE),
        (ole({"EncryptedPackage": b"x"}), ErrorCode.ENCRYPTED),
        (doc("\r\r\r"), ErrorCode.EMPTY),
    ],
)
def test_doc_trouble_has_a_code(data: bytes, code: ErrorCode) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(data, name="坏.doc")
    assert caught.value.code is code
    assert "坏.doc" in caught.value.message


def test_sheet_titles_tables_and_numbers() -> None:
    data = xlsx(
        {
            "名单": [
                ["综合利用企业名单"],
                ["序号", "企业", "产能（吨）"],
                [1, "甲公司", 2000.5],
                [2, "乙公司", 3000.0],
            ],
            "说明": [["一、填报口径"]],
        }
    )
    document = convert(data, name="a.xlsx")
    texts = [block.text for block in document.blocks]
    assert texts[:2] == ["名单", "综合利用企业名单"]
    assert document.blocks[2].rows == (
        ("序号", "企业", "产能（吨）"),
        ("1", "甲公司", "2000.5"),
        ("2", "乙公司", "3000"),
    )
    assert texts[3:] == ["说明", "一、填报口径"]


def test_hidden_sheet_is_left_out_and_told() -> None:
    document = convert(xlsx({"公开": [["甲", "乙"]], "底稿": [["内部", "数字"]]}, hidden=["底稿"]), name="a.xlsx")
    assert "内部" not in document.text
    assert document.warnings == ("hidden sheet left out: 底稿",)


def test_sheet_that_is_no_workbook_is_unreadable() -> None:
    with pytest.raises(ConversionError) as caught:
        convert(zipped({"xl/workbook.xml": "<workbook"}), name="a.xlsx")
    assert caught.value.code is ErrorCode.UNREADABLE


def test_ofd_lines_join_by_position() -> None:
    wide = "综合利用企业应当按照规定如实记录废旧动力电池的来源和去向"
    page = [
        (40, 20, 7, "关于做好电池回收工作的通知"),
        (34, 40, 5, wide),
        (24, 50, 5, "并保存相关凭证，保存期限不得少于三年。"),
        (34, 60, 5, "特此通知。"),
        (100, 270, 4, "- 1 -"),
    ]
    document = convert(ofd([page, [(24, 40, 5, "附件：名单。")]]), name="a.ofd")
    assert [(block.page, block.text) for block in document.blocks] == [
        (1, "关于做好电池回收工作的通知"),
        (1, wide + "并保存相关凭证，保存期限不得少于三年。"),
        (1, "特此通知。"),
        (2, "附件：名单。"),
    ]
    assert document.head.title == "关于做好电池回收工作的通知"


def test_ofd_pieces_of_one_line_are_put_in_order() -> None:
    page = [(60, 30, 5, "应当备案，并接受监督检查。"), (24, 30, 5, "企业")]
    assert convert(ofd([page]), name="a.ofd").blocks[0].text == "企业应当备案，并接受监督检查。"


def test_ofd_of_pictures_needs_reading() -> None:
    with pytest.raises(ConversionError) as caught:
        convert(ofd([[]], content="<ofd:ImageObject ID='1' ResourceID='2'/>"), name="a.ofd")
    assert caught.value.code is ErrorCode.NO_TEXT


def test_archive_members_become_one_document() -> None:
    data = zipped(
        {
            "通知.txt": "关于报送数据的通知\n各企业应当按月报送。".encode(),
            "附件1.docx": docx(p("报送模板")),
            "图.png": b"\x89PNG\r\n\x1a\n" + b"0" * 30,
            "__MACOSX/._通知.txt": b"junk",
        }
    )
    document = convert(data, name="a.zip")
    headings = [block.text for block in document.blocks if block.kind is BlockKind.HEADING]
    assert headings == ["通知.txt", "关于报送数据的通知", "附件1.docx"]
    assert "报送模板" in document.text
    assert [warning.split(":")[0] for warning in document.warnings] == ["no_text"]
    assert document.head.title == "关于报送数据的通知"


def test_archive_names_in_gbk_are_read_and_stay_labels() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("zz/../../通知.txt", "正文应当保留。")
    utf8 = "zz/../../通知.txt".encode()
    gbk = "zz/../../通知.txt".encode("gbk")
    raw = target.getvalue()
    fixed = bytearray(raw.replace(utf8, gbk + b"t" * (len(utf8) - len(gbk))))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = fixed.find(signature) + offset
        fixed[at : at + 2] = b"\x00\x00"  # clear the UTF-8 flag
    assert [label for label, _ in members(bytes(fixed), "a.zip")] == ["zz/../../通知.txttt"]


def test_archive_of_nothing_readable_tells_why() -> None:
    inner = zipped({"a.txt": "正文。"})
    with pytest.raises(ConversionError, match="archive inside an archive") as caught:
        convert(zipped({"b.zip": inner}), name="a.zip")
    assert caught.value.code is ErrorCode.UNSUPPORTED
