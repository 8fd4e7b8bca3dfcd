"""Plain text and Markdown, and how the kind of a file is decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from file_builders import doc, docx, ofd, ole, p, pdf, xlsx, zipped

from crawler.convert import ConversionError, ErrorCode, Format, convert, sniff
from crawler.convert.lines import join_wrapped, starts_marker
from rules_db.model import BlockKind

LAW = "某市电池回收管理办法\n\n某府令〔2026〕1号\n第一条 为了规范回收，制定本办法。\r\n第二条 企业应当备案。\n"


def test_text_lines_are_paragraphs_and_the_first_is_the_title() -> None:
    document = convert(LAW.encode("gbk"), name="a.txt")
    assert [block.text for block in document.blocks] == [
        "某市电池回收管理办法",
        "某府令〔2026〕1号",
        "第一条 为了规范回收，制定本办法。",
        "第二条 企业应当备案。",
    ]
    assert document.blocks[0].kind is BlockKind.HEADING
    assert (document.head.title, document.head.document_number) == ("某市电池回收管理办法", "某府令〔2026〕1号")
    assert document.text == "\n".join(block.text for block in document.blocks)


def test_a_text_that_begins_with_a_sentence_has_no_title() -> None:
    document = convert("企业应当备案。\n第二行".encode(), name="a.txt")
    assert document.head.title is None
    assert document.blocks[0].kind is BlockKind.PARAGRAPH


def test_wrapped_text_is_joined_and_unwrapped_text_is_not() -> None:
    sentence = (
        "综合利用企业应当如实记录废旧动力电池的来源和去向，并在每月十日前"
        "向所在地主管部门报送上一月度数据，保存期限不少于三年"
    )
    paragraphs = [f"第{number}条　{sentence}，接受监督检查{number}。" for number in ("一", "二", "三", "四")]
    wrapped = [part for text in paragraphs for part in (text[at : at + 30] for at in range(0, len(text), 30))]
    assert join_wrapped(wrapped) == paragraphs
    assert join_wrapped(paragraphs) == paragraphs
    items = ["（一）名称", "（二）地址", "（三）电话", "（四）负责人", "（五）编码", "（六）容量"]
    assert join_wrapped(items) == items


def test_markers_are_told_from_citations() -> None:
    marked = (
        *("第三条　企业", "第十条之一 企业", "（一）名称", "(2)名称", "一、总则"),
        *("12．其他", "③其他", "附件：表", "第二章 管理"),
    )
    cited = ("第三条规定的企业", "第三款、第四款", "一定期限内", "2.5吨以上", "十日内", "第二条和第三条")
    assert [line for line in marked if not starts_marker(line)] == []
    assert [line for line in cited if starts_marker(line)] == []


def test_markdown_blocks() -> None:
    source = (
        "---\ntitle: 别的\n---\n# 某省回收办法 #\n\n<!-- 注 -->2026年1月1日 公布\n\n## 第一章　总则\n"
        "第一条 为了规范\n回收，制定本办法。\n（一）**名称**；\n（二）地址。\n\n"
        "| 项目 | 限值 |\n|:--|--:|\n| 镍 | 98\\|% |\n| 锂 |\n"
        "\n***\n* 说明\n#不是标题\n"
    )
    document = convert(source.encode(), name="a.md")
    assert [(block.kind, block.text) for block in document.blocks] == [
        (BlockKind.HEADING, "某省回收办法"),
        (BlockKind.PARAGRAPH, "2026年1月1日 公布"),
        (BlockKind.HEADING, "第一章　总则"),
        (BlockKind.PARAGRAPH, "第一条 为了规范回收，制定本办法。"),
        (BlockKind.PARAGRAPH, "（一）名称；"),
        (BlockKind.PARAGRAPH, "（二）地址。"),
        (BlockKind.TABLE, "项目\t限值\n镍\t98|%\n锂"),
        (BlockKind.PARAGRAPH, "* 说明#不是标题"),
    ]
    assert document.head.title == "某省回收办法"


def test_corpus_converts_whole_with_every_character(shared: Path) -> None:
    paths = sorted((shared / "corpus" / "texts").glob("*.md"))
    assert len(paths) == 806
    dropped = dict.fromkeys(map(ord, "# \n\t\u3000\xa0\u200b"))
    for path in paths:
        source = path.read_text(encoding="utf-8")
        document = convert(source.encode(), name=path.name)
        assert document.text.translate(dropped) == source.translate(dropped), path.name
        assert source.translate(dropped).startswith(str(document.head.title).translate(dropped)), path.name


@pytest.mark.parametrize(
    ("data", "name", "content_type", "kind"),
    [
        (pdf([[]]), "a.doc", "application/msword", Format.PDF),
        (b"\n\n%PDF-1.4", "a", None, Format.PDF),
        (docx(p("x")), "a.zip", None, Format.DOCX),
        (xlsx({"s": [["a"]]}), "a.docx", None, Format.XLSX),
        (ofd([[]]), "a", "application/octet-stream", Format.OFD),
        (zipped({"a.txt": "x"}), "a.docx", None, Format.ZIP),
        (doc("x"), "a.wps", None, Format.DOC),
        (ole({"Workbook": "WordDocument".encode("utf-16-le")}), "a.doc", None, Format.XLS),
        ("<html><head></head></html>".encode("utf-16"), "a.doc", None, Format.HTML),
        (b"<!DOCTYPE html><p>blocked", "a.pdf", "application/pdf", Format.HTML),
        (b"  <p>x</p>", "answer", None, Format.HTML),
        (b"# t", "a.md", "text/html", Format.MARKDOWN),
        (b"a <p> b", "a.txt", None, Format.TEXT),
        (b"plain words", "a", None, Format.TEXT),
        (b"plain words", "a", "text/html; charset=utf-8", Format.HTML),
        (b"<?xml version='1.0'?><rss/>", "feed.xml", "application/xml", Format.XML),
        (b"{\\rtf1 x}", "a.doc", None, Format.RTF),
        (b"Rar!\x1a\x07\x00", "a.zip", None, Format.RAR),
        (bytes(range(32)) * 8, "a.bin", None, Format.UNKNOWN),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, name: str, content_type: str | None, kind: Format) -> None:
    assert sniff(data, name, content_type) is kind


@pytest.mark.parametrize(
    ("data", "name", "code", "advice"),
    [
        (b"{\\rtf1 x}", "a.doc", ErrorCode.UNSUPPORTED, "docx or pdf"),
        (b"Rar!\x1a\x07\x00", "a.rar", ErrorCode.UNSUPPORTED, "zip"),
        (b"\x89PNG\r\n\x1a\n0000", "a.png", ErrorCode.NO_TEXT, "OCR"),
        (bytes(range(32)) * 8, "a.wps", ErrorCode.UNSUPPORTED, "docx"),
        (b"", "a.txt", ErrorCode.EMPTY, "empty"),
        (b"---\na: b\n---\n", "a.md", ErrorCode.EMPTY, "no text"),
        (b"\x81\x20\xff\xfe\x9d" * 9, "a.txt", ErrorCode.UNDECIDED_CHARSET, "UTF-8"),
        (b"a" * (17 << 20), "a.txt", ErrorCode.TOO_LARGE, "at most"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(data: bytes, name: str, code: ErrorCode, advice: str) -> None:
    with pytest.raises(ConversionError, match=advice) as caught:
        convert(data, name=name)
    assert caught.value.code is code
    assert name in caught.value.message
