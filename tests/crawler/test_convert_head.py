"""Head facts of pages: meta tags, index tables in their shapes, document numbers, attachments."""

from __future__ import annotations

import pytest

from crawler.convert import convert
from crawler.convert.facts import find_document_number, iso_date, title_of
from crawler.convert.head import LABELS
from rules_db.model import Block, BlockKind, HeadFacts

URL = "https://gxt.example.gov.cn/zwgk/202601/t20260108_1.html"
BODY = "<div id='zoom'><p>各市工业和信息化局：</p><p>现将有关事项通知如下，请遵照执行，按时报送有关材料。</p>{}</div>"
EXPECTED = {
    "index_number": "000123/2026-00007",
    "issuers": ("某省工业和信息化厅", "某省生态环境厅"),
    "promulgated_on": "2026-01-05",
    "document_number": "某工信节能〔2026〕7号",
    "published_on": "2026-01-08",
    "validity": "有效",
}
ROWS = (
    ("索 引 号", "000123/2026-00007"),
    ("主题分类", "节能与资源综合利用"),
    ("发文机关", "某省工业和信息化厅、某省生态环境厅"),
    ("成文日期", "2026年1月5日"),
    ("发文字号", "某工信节能〔2026〕7号"),
    ("发布日期", "2026-01-08"),
    ("有效性", "有效"),
)


def head(html: str, meta: str = "", url: str | None = URL) -> HeadFacts:
    return convert(f"<html><head>{meta}</head><body>{html}</body></html>".encode(), name="a.html", url=url).head


def as_table(rows: tuple[tuple[str, str], ...]) -> str:
    cells = "".join(f"<td><b>{label}：</b></td><td>{value}</td>" for label, value in rows)
    return f"<table class='xxgk'><tr>{cells}</tr></table>"


def as_list(rows: tuple[tuple[str, str], ...]) -> str:
    return "<ul>" + "".join(f"<li><strong>{a}：</strong><span>{b}</span></li>" for a, b in rows) + "</ul>"


def as_grid(rows: tuple[tuple[str, str], ...]) -> str:
    return "<div class='box'>" + "".join(f"<div><label>{a}：</label><span>{b}</span></div>" for a, b in rows) + "</div>"


def as_pairs_of_divs(rows: tuple[tuple[str, str], ...]) -> str:
    return "<div>" + "".join(f"<div class='l'>{a}</div><div class='r'>{b}</div>" for a, b in rows) + "</div>"


def as_definitions(rows: tuple[tuple[str, str], ...]) -> str:
    return "<dl>" + "".join(f"<dt>【{a}】</dt><dd>{b}</dd>" for a, b in rows) + "</dl>"


@pytest.mark.parametrize("shape", [as_table, as_list, as_grid, as_pairs_of_divs, as_definitions])
def test_index_table_in_every_shape(shape) -> None:  # type: ignore[no-untyped-def]
    facts = head(shape(ROWS) + BODY.format(""))
    assert {field: getattr(facts, field) for field in EXPECTED} == EXPECTED


@pytest.mark.parametrize(("label", "field"), [(label, field) for label, field in LABELS.items() if field])
def test_every_label_variant_is_read(label: str, field: str) -> None:
    value = {
        "document_number": "某发〔2026〕1号",
        "effective_on": "2026-03-01",
        "index_number": "A-2026-001",
        "instrument_type": "通知",
        "issuers": "某市经济和信息化局",
        "promulgated_on": "2026-02-01",
        "published_on": "2026-02-02",
        "title": "关于某事的通知",
        "validity": "现行有效",
    }[field]
    spaced = " ".join(label) if len(label) < 4 else label
    facts = head(as_table(((spaced, value), ("主题分类", "工业"), ("组配分类", "文件"))) + BODY.format(""))
    found = getattr(facts, field)
    assert found == ((value,) if field == "issuers" else value)


def test_index_table_inside_the_body_is_not_text() -> None:
    document = convert(f"<html><body>{BODY.format(as_table(ROWS))}</body></html>".encode(), name="a.html")
    assert document.head.index_number == "000123/2026-00007"
    assert "索" not in document.text


def test_a_table_of_other_documents_gives_no_facts() -> None:
    table = (
        "<table><tr><th>文件名称</th><th>发文字号</th><th>发布日期</th></tr>"
        "<tr><td>某管理办法</td><td>某发〔2019〕3号</td><td>2019-05-06</td></tr></table>"
    )
    document = convert(f"<html><body>{BODY.format(table)}</body></html>".encode(), name="a.html")
    assert (document.head.document_number, document.head.published_on, document.head.title) == (None, None, None)
    assert "某发〔2019〕3号" in document.text


def test_empty_and_odd_values_are_not_facts() -> None:
    rows = (
        ("索引号", ""),
        ("发文字号", "无"),
        ("成文日期", "2026年13月40日"),
        ("有效性", "—"),
        ("发布日期", "2026-1-8"),
    )
    facts = head(as_table(rows) + BODY.format(""))
    assert facts == HeadFacts(published_on="2026-01-08", url=URL)


def test_meta_tags_in_any_case_and_the_site_name_is_no_title() -> None:
    meta = (
        "<title>关于某事的通知_某省工业和信息化厅</title><meta name='articletitle' content='关于报送数据的通知'>"
        "<META NAME=\"PubDate\" CONTENT=\"2026-02-03 09:00\"><meta name='ContentSource' content='某省工业和信息化厅'>"
    )
    facts = head(BODY.format(""), meta)
    assert facts.title == "关于报送数据的通知"
    assert facts.published_on == "2026-02-03"
    assert facts.promulgated_on is None
    assert facts.issuers == ("某省工业和信息化厅",)
    assert head(BODY.format(""), meta.replace("articletitle", "x")).title == "关于某事的通知"
    assert head(BODY.format(""), "<meta name='ContentSource' content='某某网编辑部门户'>").issuers == ()


def test_publishtime_element_and_headline() -> None:
    facts = head(
        "<h1 id='zoomtitl'>关于回收网点的公告</h1><publishtime>2026-03-04 10:00:00</publishtime>" + BODY.format("")
    )
    assert (facts.title, facts.published_on) == ("关于回收网点的公告", "2026-03-04")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("某工信节能〔2026〕12号", "某工信节能〔2026〕12号"),
        ("（某环发[2025] 3 号）", "某环发[2025]3号"),
        ("某政办（2024）第8号", "某政办（2024）第8号"),
        ("某省人民政府令第305号", "某省人民政府令第305号"),
        ("某部公告 2026年 第5号", "某部公告2026年第5号"),
        ("根据某工信节能〔2026〕12号文件要求，企业应当报送。", None),
        ("第305号", None),
        ("某市经济开发区12号", None),
    ],
)
def test_document_number_is_a_line_of_its_own(line: str, number: str | None) -> None:
    assert find_document_number(None, [Block(BlockKind.PARAGRAPH, line)]) == number


def test_document_number_at_the_end_of_the_title() -> None:
    assert find_document_number("关于某事的通知（某发改〔2026〕9号）", []) == "某发改〔2026〕9号"


def test_number_after_the_title_is_not_part_of_it() -> None:
    facts = head(BODY.format(""), "<meta name='ArticleTitle' content='关于某事的通知(某发改〔2026〕9号)'>")
    assert (facts.title, facts.document_number) == ("关于某事的通知", "某发改〔2026〕9号")


def test_attachments_after_the_body_are_found_and_site_downloads_are_not() -> None:
    after = (
        "<div class='attachment'>附件：<p><a href='/x/P0202.pdf'>方案</a></p></div><p><a href='/y/z.ofd'>附件2</a></p>"
        "<p><a href='./P0203.ofd'>方案（版式）</a></p><div class='right'><a href='/help/form.doc'>常用表格</a></div>"
    )
    assert [ref.name for ref in head(BODY.format("") + after).attachments] == ["方案", "附件2", "方案（版式）"]


def test_number_and_date_above_the_body_are_found() -> None:
    above = "<div class='article'><h1>关于申报项目的通知</h1><p class='meta'>某发投资〔2026〕312号</p>"
    facts = head(f"{above}<p>发布时间：<b>2026-03-18</b> 来源：某处</p>{BODY.format('')}</div>")
    assert (facts.title, facts.document_number) == ("关于申报项目的通知", "某发投资〔2026〕312号")
    assert (facts.published_on, facts.promulgated_on) == ("2026-03-18", None)


def test_document_kept_in_a_script_is_read_without_running_it() -> None:
    inner = "<p>第一条　为了规范电池回收，制定本办法。</p><p>附件：<a href='\\/a\\/b.pdf'>名单</a></p>".replace(
        "<", "\\u003C"
    )
    script = (
        'window._CONFIG = {SID: 1, DETAIL: {"document_number": "某工信〔2026〕1号", "identifier": "0069/2026-1",'
        f'"publisher": "某省工业和信息化厅", "content": "{inner}", "x": alert(1)}}}};'
    )
    page = f"<html><body><div class='nav'>导航</div><script>{script}</script></body></html>"
    document = convert(page.encode(), name="a.html", url=URL)
    assert [block.text for block in document.blocks] == ["第一条　为了规范电池回收，制定本办法。", "附件：名单"]
    assert (document.head.document_number, document.head.index_number) == ("某工信〔2026〕1号", "0069/2026-1")
    assert document.head.issuers == ("某省工业和信息化厅",)
    assert document.head.attachments[0].url == "https://gxt.example.gov.cn/a/b.pdf"


def test_dates_must_exist() -> None:
    assert [
        iso_date(text) for text in ("2026年2月28日", "2026-2-30", "1826.1.1", "共20260101件", "2026/12/1 10:00")
    ] == [
        *("2026-02-28", None, None, None, "2026-12-01"),
    ]


def test_title_is_the_line_that_ends_like_one() -> None:
    blocks = [Block(BlockKind.HEADING, "某省工业和信息化厅文件"), Block(BlockKind.HEADING, "关于某事的通知（试行）")]
    assert title_of(blocks) == "关于某事的通知（试行）"
    assert title_of(blocks[:1]) == "某省工业和信息化厅文件"


def test_attachments_of_every_kind_are_found_once_with_absolute_addresses() -> None:
    jpaas = "/api-gateway/jpaas-web-server/front/document/download?fileUrl=AbC&fileName=x"
    links = (
        "<a href='./W020260108123456789.pdf'>1.名单.pdf</a><a href='W020260108123456789.pdf#page=2'>同一文件</a>"
        f"<a download='模板.wps' href='{jpaas}'>下载</a>"
        "<a href='/module/download/downfile.jsp?classid=0&filename=ab12.pdf'>附件二</a>"
        "<a href='/other/page.html'>别的网页</a><a href='javascript:void(0)'>打印.pdf</a>"
        "<a href='ftp://x/y.pdf'>外</a>"
        "<iframe src='/files/view/a.pdf'></iframe><a href='//cdn.example.cn/b.XLSX?v=1'></a>"
    )
    outside = "<div><a href='/help/manual.pdf'>使用手册</a></div>"
    outside += "<p class='insertfileTag'><a href='files/c.docx'>申请表</a></p>"
    found = head(BODY.format(links) + outside).attachments
    root = "https://gxt.example.gov.cn"
    assert [(ref.name, ref.url) for ref in found] == [
        ("1.名单.pdf", f"{root}/zwgk/202601/W020260108123456789.pdf"),
        ("模板.wps", f"{root}{jpaas}"),
        ("附件二", f"{root}/module/download/downfile.jsp?classid=0&filename=ab12.pdf"),
        ("a.pdf", f"{root}/files/view/a.pdf"),
        ("b.XLSX", "https://cdn.example.cn/b.XLSX?v=1"),
        ("申请表", f"{root}/zwgk/202601/files/c.docx"),
    ]


def test_attachment_names_are_harmless_labels() -> None:
    link = "<a href='a.pdf' download='../../etc/\u202egnp.exe\x07" + "长" * 300 + "'>x</a>"
    name = head(BODY.format(link)).attachments[0].name
    assert name.startswith("../../etc/gnp.exe长")  # kept as a label; nothing builds a path from it
    assert len(name) == 200
    assert name.isprintable()


def test_base_element_moves_relative_addresses() -> None:
    facts = head(BODY.format("<a href='a.pdf'>附件</a>"), "<base href='https://files.example.cn/x/'>")
    assert facts.attachments[0].url == "https://files.example.cn/x/a.pdf"


def test_addresses_that_no_parser_reads_are_left_out() -> None:
    links = "<a href='http://[/a.pdf'>甲</a><a href='//a℀b/c.pdf'>乙</a><a href='ok.pdf'>丙</a>"
    for base in ("", "<base href='http://['>", "<base href='//a℀b/'>"):
        assert [ref.name for ref in head(BODY.format(links), base).attachments] == ["丙"]


def test_without_an_address_links_stay_relative() -> None:
    links = "<a href='files/a.pdf#x'>甲</a><a href='https://x.cn/b.pdf'>乙</a><a href='JAVASCRIPT:c.pdf'>丙</a>"
    refs = head(BODY.format(links), url=None).attachments
    assert [ref.url for ref in refs] == ["files/a.pdf", "https://x.cn/b.pdf"]


def test_a_notice_that_is_only_an_attachment_is_kept() -> None:
    document = convert(b"<html><body><div id='zoom'><a href='a.pdf'></a></div></body></html>", name="a.html", url=URL)
    assert document.blocks == ()
    assert len(document.head.attachments) == 1
