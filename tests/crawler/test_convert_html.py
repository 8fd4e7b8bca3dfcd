"""HTML: body container, blocks, tables, furniture."""

from __future__ import annotations

import pytest

from crawler.convert import ConversionError, ErrorCode, convert
from crawler.convert.furniture import FURNITURE_WORDS, furniture_line
from crawler.convert.html_body import CONTAINERS
from rules_db.model import Block, BlockKind, ConvertedDocument

BODY = "<p>第一条　为了规范电池回收，制定本办法。</p><p>第二条　企业应当如实记录电池流向，并保存三年以上。</p>"
TEXTS = ["第一条　为了规范电池回收，制定本办法。", "第二条　企业应当如实记录电池流向，并保存三年以上。"]
NAVIGATION = "<div class='nav'><ul>" + "<li><a href='/zwgk/'>政务公开栏目</a></li>" * 60 + "</ul></div>"
FOOTER = "<div class='foot'><p>主办单位：某厅</p><p>网站标识码：1234567890</p></div>"


def read(html: str, selectors: tuple[str, ...] = ()) -> ConvertedDocument:
    return convert(f"<html><body>{html}</body></html>".encode(), name="a.html", body_selectors=selectors)


def texts(html: str) -> list[str]:
    return [block.text for block in read(html).blocks]


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_known_container_is_found_among_navigation(container: str) -> None:
    name = container[1:]
    opening = {"#": f'<div id="{name}">', ".": f'<div class="x {name} y">'}.get(container[0], f"<{container}>")
    closing = f"</{container}>" if container[0] not in "#." else "</div>"
    document = read(f"{NAVIGATION}<div>首页 &gt; 政策</div>{opening}{BODY}{closing}{FOOTER}")
    assert [block.text for block in document.blocks] == TEXTS
    assert not document.warnings


def test_own_selector_wins_in_css_and_xpath() -> None:
    html = f"<div class='TRS_Editor'>{BODY}</div><div class='own'><p>通知正文在这里，应当以此为准。</p></div>"
    for selector in ("div.own", "//div[@class='own']", ".absent, .own"):
        assert [block.text for block in read(html, (selector,)).blocks] == ["通知正文在这里，应当以此为准。"]
    assert [block.text for block in read(html, (".absent",)).blocks] == TEXTS
    with pytest.raises(ValueError, match=r"div\[\["):
        read(html, ("div[[",))


def test_empty_container_does_not_hide_the_text_elsewhere() -> None:
    long_body = "".join(
        f"<p>第{n}条　企业应当按照规定建立管理制度，如实记录电池流向并接受检查。</p>" for n in range(1, 20)
    )
    document = read(f"<div id='zoom'></div><div class='UCAP'>{long_body}</div>{NAVIGATION}")
    assert len(document.blocks) == 19
    assert "density" in document.warnings[0]


def test_a_container_that_holds_only_a_part_yields_to_the_one_around_it() -> None:
    inner = f"<div class='TRS_Editor'>{BODY}</div>"
    rest = "".join(f"<p>第{n}条　企业应当按照规定建立管理制度，如实记录流向。</p>" for n in range(3, 20))
    assert len(texts(f"<div id='zoom'>{inner}{rest}</div>")) == 19
    links = "<ul>" + "<li><a href='/x'>相关政策解读</a></li>" * 60 + "</ul>"
    assert texts(f"<div id='zoom'><h2>关于某事的通知</h2>{inner}{links}</div>") == TEXTS


def test_all_parts_of_a_split_body_are_kept_once() -> None:
    first = f"<div class='TRS_Editor'><div class='TRS_Editor'>{BODY}</div></div>"
    html = f"{first}<div class='TRS_Editor'><p>附件：名单</p></div>"
    assert texts(html) == [*TEXTS, "附件：名单"]


def test_unknown_layout_is_read_by_density_without_navigation() -> None:
    html = f"<header>某厅门户</header>{NAVIGATION}<div class='q1'><div class='q2'>{BODY * 4}</div></div>{FOOTER}"
    document = read(html)
    assert [block.text for block in document.blocks] == TEXTS * 4
    assert "density" in document.warnings[0]


def test_paragraphs_come_from_p_br_and_divs() -> None:
    html = "<div id='zoom'>一、总体要求<br/>（一）指导思想。<div>二、任务</div>尾行<p>三、<b>保障</b>措施</p></div>"
    assert texts(html) == ["一、总体要求", "（一）指导思想。", "二、任务", "尾行", "三、保障措施"]


def test_source_wrapping_and_spaces_leave_no_trace() -> None:
    html = "<div id='zoom'><p>\n  &nbsp;&nbsp;　企业应当按月\n   报送数据，\t格式为 CSV\nfile 。\x01</p></div>"
    assert texts(html) == ["企业应当按月报送数据， 格式为 CSV file 。"]


def test_noise_inside_the_body_changes_nothing() -> None:
    plain = texts(f"<div id='zoom'>{BODY}</div>")
    noisy = texts(
        f"<div id='zoom'><script>var a='第九条';</script><style>p{{}}</style><!-- 注释 -->{BODY}"
        "<div style='DISPLAY : none'>隐藏条款</div><p hidden>隐藏</p>"
        "<div class='bdsharebuttonbox'>分享到：微信 微博</div>"
        "<p>【打印】 【关闭】</p><p>浏览次数：1024</p><p>责任编辑：张某</p><p>上一篇：关于某事的通知</p></div>"
    )
    assert noisy == plain


def test_furniture_is_dropped_as_whole_short_lines_only() -> None:
    dropped = (
        "【打印本页】",
        "字号：大 中 小",
        "分享到：",
        "浏览次数：12 次",
        "当前位置：首页 > 政务公开 > 通知",
        "来源：某省工业和信息化厅 发布时间：2026-01-08 10:00",
        "扫一扫在手机打开当前页",
    )
    kept = (
        "打印企业应当备案。",
        "来源不明的电池不得回收。",
        "上一年度数据应当在一月底前报送。",
        "关闭或者变更回收服务网点的，应当公告。",
        "首页",
        "发布时间以公告为准，企业应当及时查看。",
    )
    assert [line for line in dropped if not furniture_line(line)] == []
    assert [line for line in kept if furniture_line(line)] == []
    assert {word.lower() for word in FURNITURE_WORDS} == FURNITURE_WORDS


def test_a_body_named_print_is_no_print_bar() -> None:
    html = f"<div id='zoom'><div id='print'>{BODY * 4}</div></div>"
    assert texts(html) == TEXTS * 4


def test_a_body_revealed_by_script_is_read() -> None:
    assert texts(f"<div id='UCAP-CONTENT' style='display:none'>{BODY}</div>") == TEXTS


def test_lists_keep_the_numbers_a_browser_prints() -> None:
    html = (
        "<div id='zoom'><ol start='3'><li>甲项</li><li>（四）乙项</li><li value='9'>丙项</li></ol>"
        "<ul><li>无号</li></ul><ol style='list-style-type:simp-chinese-informal'><li>丁项</li></ol>"
        "<ol type='a'><li>戊项<ol><li>己项</li></ol></li><li>庚项</li></ol>"
        "<ol style='list-style: none'><li>辛项</li></ol></div>"
    )
    assert texts(html) == [
        *("3. 甲项", "（四）乙项", "9. 丙项", "无号", "一、丁项", "a. 戊项", "1. 己项", "b. 庚项", "辛项"),
    ]


def table_block(html: str) -> Block:
    return next(block for block in read(f"<div id='zoom'>{html}</div>").blocks if block.kind is BlockKind.TABLE)


def test_tables_keep_cells_and_expand_spans() -> None:
    block = table_block(
        "<table><caption>表1</caption><thead><tr><th rowspan='2'>序号</th><th colspan='2'>指标</th></tr>"
        "<tr><th>名称</th><th>限值</th></tr></thead><tbody><tr><td><p>1</p></td><td>镍<br/>回收率</td><td>≥98%</td></tr>"
        "<tr><td colspan='x'>2</td><td>锂回收率</td><td></td></tr></tbody></table>"
    )
    assert block.rows == (
        ("序号", "指标", ""),
        ("序号", "名称", "限值"),
        ("1", "镍 回收率", "≥98%"),
        ("2", "锂回收率", ""),
    )
    assert block.text.split("\n")[2] == "1\t镍 回收率\t≥98%"


def test_a_sentence_that_spans_rows_is_not_repeated() -> None:
    sentence = "回收企业应当在收到废旧电池后的五个工作日内完成检测、分类、编码和信息上传。"
    block = table_block(
        f"<table><tr><td rowspan='2'>{sentence}</td><td>甲</td><td>一</td></tr><tr><td>乙</td><td>二</td></tr></table>"
    )
    assert block.rows == ((sentence, "甲", "一"), ("", "乙", "二"))


def test_caption_stands_before_its_table() -> None:
    assert texts("<div id='zoom'><table><caption>表1　限值</caption><tr><td>甲</td><td>1</td></tr></table></div>") == [
        "表1　限值",
        "甲\t1",
    ]


def test_layout_tables_are_unwrapped() -> None:
    one_cell = f"<table><tr><td>{BODY}</td></tr></table>"
    nested = f"<table><tr><td>侧栏</td><td><table><tr><td>甲</td><td>乙</td></tr></table>{BODY}</td></tr></table>"
    assert texts(f"<div id='zoom'>{one_cell}</div>") == TEXTS
    assert texts(f"<div id='zoom'>{nested}</div>") == ["侧栏", "甲\t乙", *TEXTS]


def test_headings_keep_their_kind() -> None:
    document = read(f"<div id='zoom'><h2>第一章　总则</h2>{BODY}</div>")
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH]


def test_gbk_page_and_xhtml_declaration() -> None:
    page = f"<?xml version='1.0' encoding='gb2312'?><html><body><div id='zoom'>{BODY}</div></body></html>"
    document = convert(page.encode("gbk"), name="a.shtml")
    assert [block.text for block in document.blocks] == TEXTS
    assert document.charset == "gb18030"


def test_line_breaks_count_where_the_page_says_so() -> None:
    styled = "<div style='white-space: pre-wrap'>甲\n乙</div>"
    html = f"<div id='zoom'><pre>第一条　企业备案。\n第二条　企业报告。</pre>{styled}丙\n丁</div>"
    assert texts(html) == ["第一条　企业备案。", "第二条　企业报告。", "甲", "乙", "丙丁"]


def test_exponents_do_not_run_into_numbers() -> None:
    assert texts("<div id='zoom'><p>不高于1×10<sup>-5</sup>，面积500m<sup>2</sup>，CO<sub>2</sub>排放</p></div>") == [
        "不高于1×10⁻⁵，面积500m²，CO2排放"
    ]


def test_fragments_without_html_are_read() -> None:
    assert [block.text for block in convert(BODY.encode(), name="answer", content_type="text/html").blocks] == TEXTS


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (b"<html><body><script>render()</script></body></html>", ErrorCode.EMPTY),
        (b" \r\n ", ErrorCode.EMPTY),
        (b"<!DOCTYPE html><!-- <p>x</p> -->", ErrorCode.EMPTY),
        (b"<html><body>\xff\xfe\x81 \x9d\xe0\xe1\xf0\x8f</body></html>", ErrorCode.UNDECIDED_CHARSET),
    ],
)
def test_trouble_has_a_code(page: bytes, code: ErrorCode) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(page, name="坏.html")
    assert caught.value.code is code
    assert "坏.html" in caught.value.message


def test_wrapping_and_markup_noise_of_one_text_is_no_change() -> None:
    variants = (
        BODY,
        BODY.replace("<p>", "<p style='text-indent:2em'><span>").replace("</p>", "</span></p>"),
        "\ufeff" + BODY.replace("，", "，\n") + "\r\n",
        BODY.replace("</p><p>", "<br><br>"),
    )
    pages = [f"<div class='article-content'>{variant}</div>" for variant in variants]
    assert {tuple(texts(page)) for page in pages} == {tuple(TEXTS)}
