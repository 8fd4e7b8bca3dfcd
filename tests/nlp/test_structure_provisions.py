"""Whole documents: covers, contents, attachments, tables, closing lines, quotations."""

from __future__ import annotations

from nlp.structure.provisions import Outline, parse_structure
from nlp.text.normalise import normalise, normalise_blocks
from rules_db.model import Block, BlockKind, Provision, ProvisionKind

COVERED = """某某部办公厅文件
某工信厅联节函〔2030〕12号
关于印发《动力电池回收网点管理办法（试行）》的通知
各省、自治区、直辖市工业和信息化主管部门，有关企业：
为规范回收网点，现将《动力电池回收网点管理办法（试行）》印发给你们，请遵照执行。
附件：1.动力电池回收网点管理办法（试行）
2.网点信息表
某某部办公厅 某商部办公厅
2030年3月5日
{marker}动力电池回收网点管理办法（试行）
目  录
第一章 总则
第二章 网点
第一章 总则
第一条（目的）为了规范网点建设，制定本办法。
第二条 本办法所称网点，是指收集电池的场所。
第二章 网点
第三条 网点应当符合下列条件：
（一）有固定场所；
（二）有下列设备：
1.灭火器材；
2.监控设备。
网点不得设在居民楼内。
第四条 本办法自2030年5月1日起施行。
附件2
网点信息表
一、名称
二、地址"""


def outline_of(text: str) -> tuple[str, Outline]:
    done = normalise(text)
    return done.text, parse_structure(done.text)


def own(text: str, provision: Provision) -> str:
    return text[provision.start : provision.end].strip("\n")


def eids(outline: Outline) -> list[str]:
    return [provision.eid for provision in outline.provisions]


def assert_tiles(text: str, outline: Outline) -> None:
    assert "".join(text[p.start : p.end] for p in outline.provisions) == text
    by_eid = {p.eid: p for p in outline.provisions}
    assert len(by_eid) == len(outline.provisions)
    for order, p in enumerate(outline.provisions):
        assert p.order == order and p.start < p.end <= p.tree_end
        if p.parent is not None:
            parent = by_eid[p.parent]
            assert parent.order < p.order and parent.start < p.start and p.tree_end <= parent.tree_end


def test_a_covering_letter_is_the_preface_of_what_it_brings() -> None:
    text, outline = outline_of(COVERED.format(marker="附件1\n"))
    assert_tiles(text, outline)
    assert eids(outline) == [
        "preface",
        "chp_1",
        "art_1",
        "art_1__para_1",
        "art_2",
        "art_2__para_1",
        "chp_2",
        "art_3",
        "art_3__para_1",
        "art_3__para_1__point_1",
        "art_3__para_1__point_2",
        "art_3__para_1__point_2__subpoint_1",
        "art_3__para_1__point_2__subpoint_2",
        "art_3__para_2",
        "art_4",
        "art_4__para_1",
        "att_1",
        "att_1__lvl_1",
        "att_1__lvl_2",
    ]
    by_eid = {p.eid: p for p in outline.provisions}
    assert by_eid["art_1"].heading == "目的" and by_eid["art_1"].parent == "chp_1"
    assert by_eid["chp_2"].heading == "网点" and by_eid["chp_2"].label == "第二章"
    assert own(text, by_eid["art_3__para_2"]) == "网点不得设在居民楼内。"
    assert by_eid["att_1"].label == "附件2" and by_eid["att_1"].heading == "网点信息表"
    assert by_eid["art_3"].tree_end == by_eid["art_4"].start
    assert outline.issues == ()


def test_the_marker_of_the_attachment_makes_no_difference() -> None:
    _, marked = outline_of(COVERED.format(marker="附件1\n"))
    _, bare = outline_of(COVERED.format(marker=""))
    assert eids(marked) == eids(bare)


def test_two_regulations_in_one_document_keep_their_prefixes() -> None:
    text = (
        "关于发布规范条件和管理办法的公告\n现发布两个文件。\n附件：1.规范条件\n2.管理办法\n某部\n2030年1月1日\n"
        "附件1\n规范条件\n一、布局\n（一）企业应当入园。\n二、能耗\n"
        "附件2\n管理办法\n第一条 企业提出申请。\n第二条 部门核查。"
    )
    text, outline = outline_of(text)
    assert_tiles(text, outline)
    assert eids(outline) == [
        "preface",
        "para_1",
        "conclusion",
        "att_1",
        "att_1__lvl_1",
        "att_1__lvl_1__lvl_1",
        "att_1__lvl_2",
        "att_2",
        "att_2__art_1",
        "att_2__art_1__para_1",
        "att_2__art_2",
        "att_2__art_2__para_1",
    ]


def test_contents_without_a_heading_and_with_page_numbers() -> None:
    text = (
        "电池管理条例\n第一章 总则……1\n第二章 回收……3\n第三章 附则……9\n"
        "第一章 总则\n第一条 为了回收，制定本条例。\n第二章 回收\n"
        "第二条 企业应当回收。\n第三章 附则\n第三条 自公布之日起施行。"
    )
    text, outline = outline_of(text)
    assert_tiles(text, outline)
    assert [e for e in eids(outline) if e.startswith("chp")] == ["chp_1", "chp_2", "chp_3"]
    assert outline.issues == ()


def test_contents_of_a_text_whose_body_has_no_chapters() -> None:
    text = "电池管理条例\n目录\n第一章 总则\n第二章 回收\n第一条 为了回收，制定本条例。\n第二条 企业应当回收。"
    text, outline = outline_of(text)
    assert eids(outline) == ["preface", "art_1", "art_1__para_1", "art_2", "art_2__para_1"]


def test_parts_chapters_and_sections() -> None:
    text = (
        "电池法典\n第一编 总则\n第一章 一般规定\n第一条 甲。\n第二编 回收\n"
        "第一章 网点\n第一节 设立\n第二条 乙。\n第二节 变更\n第三条 丙。\n"
        "第二章 运输\n第一节 包装\n第四条 丁。"
    )
    _, outline = outline_of(text)
    assert [p.eid for p in outline.provisions if p.kind not in (ProvisionKind.ARTICLE, ProvisionKind.PARAGRAPH)] == [
        "preface",
        "part_1",
        "part_1__chp_1",
        "part_2",
        "part_2__chp_1",
        "part_2__chp_1__sec_1",
        "part_2__chp_1__sec_2",
        "part_2__chp_2",
        "part_2__chp_2__sec_1",
    ]
    assert {p.eid: p.parent for p in outline.provisions}["art_3"] == "part_2__chp_1__sec_2"
    assert outline.issues == ()


def test_a_heading_and_its_first_article_in_one_line() -> None:
    text, outline = outline_of("电池条例\n第一章 总则第一条 为了回收，制定本条例。第二条 企业应当回收。")
    assert_tiles(text, outline)
    assert eids(outline) == ["preface", "chp_1", "art_1", "art_1__para_1", "art_2", "art_2__para_1"]
    assert outline.provisions[1].heading == "总则"


def test_the_closing_lines_of_a_notice() -> None:
    text = (
        "关于开展电池检查的通知\n各市：\n现通知如下：\n一、检查内容\n企业应当上传记录。\n二、检查时间\n五月。\n"
        "本通知自印发之日起施行，有效期两年。\n联系人：张三\n附件：检查表\n"
        "某某省工业和信息化厅\n2030年6月1日\n（此件公开发布）\n附件\n检查表\n企业名称"
    )
    text, outline = outline_of(text)
    assert_tiles(text, outline)
    assert eids(outline) == [
        "preface",
        "lvl_1",
        "lvl_1__para_1",
        "lvl_2",
        "lvl_2__para_1",
        "conclusion",
        "att_1",
        "att_1__para_1",
    ]
    conclusion = outline.provisions[5]
    assert own(text, conclusion).startswith("本通知自印发之日起施行")
    assert own(text, conclusion).endswith("（此件公开发布）")


def test_what_follows_a_signature_is_an_attachment_that_nothing_announces() -> None:
    text, outline = outline_of(
        "关于开展检查的通知\n一、检查企业。\n二、报送结果。\n联系电话：000-0000\n某部 某公安机关\n2030年6月1日\n"
        "（此件公开发布）\n检查事项清单\n核验编码\n上传记录\n附件2\n汇总表"
    )
    assert_tiles(text, outline)
    assert eids(outline) == [
        "preface",
        "lvl_1",
        "lvl_2",
        "conclusion",
        "att_1",
        "att_1__para_1",
        "att_1__para_2",
        "att_2",
    ]
    assert outline.provisions[4].heading == "检查事项清单"


def test_a_date_line_above_the_text_is_no_signature() -> None:
    _, outline = outline_of("关于暂停受理的公告\n某部\n2030年6月1日\n因系统升级，暂停受理申请。\n恢复时间另行公告。")
    assert eids(outline) == ["preface", "para_1", "para_2"]


def test_names_of_attached_files_are_closing_lines() -> None:
    _, outline = outline_of(
        "关于开展检查的通知\n一、检查企业。\n二、报送结果。\n某部\n2030年6月1日\n附件：1.检查表.docx\n2.汇总表.xlsx"
    )
    assert eids(outline) == ["preface", "lvl_1", "lvl_2", "conclusion"]


def test_a_last_paragraph_that_speaks_of_addresses_is_no_closing_line() -> None:
    _, outline = outline_of("电池办法\n第一条 企业应当登记。\n地址变更的，企业应当重新登记。\n联系人变更的，照此办理。")
    assert eids(outline)[-2:] == ["art_1__para_2", "art_1__para_3"]


def test_a_notice_without_numbers_has_paragraphs() -> None:
    text = (
        "关于暂停受理的公告\n某部公告2030年第9号\n因系统升级，自三月一日起暂停受理申请。\n"
        "恢复时间另行公告。\n特此公告。\n某部\n2030年2月20日"
    )
    text, outline = outline_of(text)
    assert_tiles(text, outline)
    assert eids(outline) == ["preface", "para_1", "para_2", "conclusion"]


def test_quoted_articles_of_an_amending_decision_are_no_articles() -> None:
    text = (
        "关于修改《电池办法》的决定\n一、将第三条修改为：“第三条 网点应当每季度检查一次。\n"
        "第四条 检查记录保存三年。\n第五条 记录应当真实。”\n"
        "二、删去第七条。\n本决定自2030年2月1日起施行。\n《电池办法》根据本决定作相应修改，重新公布。"
    )
    text, outline = outline_of(text)
    assert_tiles(text, outline)
    assert [e for e in eids(outline) if "para" not in e] == ["preface", "lvl_1", "lvl_2", "conclusion"]


def test_a_decision_and_the_text_it_republishes() -> None:
    text = (
        "关于修改《电池办法》的决定\n一、将第一条中的“甲”修改为“乙”。\n"
        "二、删去第七条。\n电池办法\n第一条 乙企业应当登记。\n第二条 部门检查。"
    )
    text, outline = outline_of(text)
    assert_tiles(text, outline)
    assert [e for e in eids(outline) if "para" not in e] == ["preface", "lvl_1", "lvl_2", "art_1", "art_2"]


def test_a_signature_between_decision_and_new_text_makes_no_difference() -> None:
    _, outline = outline_of(
        "关于修改《电池办法》的决定\n一、将第一条中的“甲”修改为“乙”。\n二、删去第七条。\n某部\n2030年6月1日\n"
        "电池办法\n第一条 乙企业应当登记。\n第二条 部门检查。"
    )
    assert [e for e in eids(outline) if "para" not in e] == ["preface", "lvl_1", "lvl_2", "art_1", "art_2"]


def test_tables_are_nodes_and_hold_no_markers() -> None:
    blocks = (
        Block(BlockKind.HEADING, "电池限值规定"),
        Block(BlockKind.PARAGRAPH, "第一条 限值如下："),
        Block(BlockKind.TABLE, "一、项目\t限值\n二、钴\t5%", rows=(("一、项目", "限值"), ("二、钴", "5%"))),
        Block(BlockKind.PARAGRAPH, "超过限值的，不得出厂。"),
        Block(BlockKind.PARAGRAPH, "第二条 自公布之日起施行。"),
    )
    done = normalise_blocks(blocks)
    outline = parse_structure(done.text, done.tables)
    assert_tiles(done.text, outline)
    assert eids(outline) == [
        "preface",
        "art_1",
        "art_1__para_1",
        "art_1__para_1__table_1",
        "art_1__para_2",
        "art_2",
        "art_2__para_1",
    ]


def test_an_article_that_breaks_off_goes_on_in_the_next_line() -> None:
    text = (
        "电池条例\n第一条 企业应当在收到电池之日起十日内登记，并将登记的\n"
        "信息报送平台。\n企业应当保存记录。\n第二条 自公布之日起施行。"
    )
    text, outline = outline_of(text)
    assert eids(outline) == ["preface", "art_1", "art_1__para_1", "art_1__para_2", "art_2", "art_2__para_1"]


def test_an_unmarked_line_inside_a_list_belongs_to_its_item() -> None:
    text = (
        "电池条例\n第一条 企业应当：\n（一）登记电池；\n登记的期限为十日。\n"
        "（二）报送去向。\n记录保存三年。\n第二条 自公布之日起施行。"
    )
    text, outline = outline_of(text)
    by_eid = {p.eid: p for p in outline.provisions}
    assert "登记的期限为十日" in own(text, by_eid["art_1__para_1__point_1"])
    assert own(text, by_eid["art_1__para_2"]) == "记录保存三年。"


def test_an_article_that_begins_with_an_item_has_no_empty_paragraph() -> None:
    text, outline = outline_of("电池条例\n第一条\n（一）登记；\n（二）报送。\n第二条 自公布之日起施行。")
    assert_tiles(text, outline)
    assert eids(outline) == ["preface", "art_1", "art_1__point_1", "art_1__point_2", "art_2", "art_2__para_1"]


def test_short_texts() -> None:
    assert parse_structure("").provisions == ()
    for text in ("电", "第一条", "一、", "附件", "目录", "第一章 总则", "（一）登记", "“", "第一条\n附件"):
        assert_tiles(text, parse_structure(text))
