"""Ambiguous marker sequences with the outlines that are accepted for them."""

# ruff: noqa: RUF005 (two rows read better joined than unpacked)
from __future__ import annotations

import pytest

from nlp.structure.provisions import parse_structure
from rules_db.model import ProvisionKind


def levels(lines: list[str]) -> list[str]:
    """The eIds of the numbered passages of a notice made of `lines` below a title."""
    text = "\n".join(["某某市关于做好废旧电池回收工作的通知", "各区县：", *lines])
    return [
        p.eid
        for p in parse_structure(text).provisions
        if p.kind in (ProvisionKind.LEVEL, ProvisionKind.ARTICLE, ProvisionKind.ITEM, ProvisionKind.SUBITEM)
    ]


CASES = {
    "four levels of GB/T 9704": (
        [
            "一、总体要求",
            "（一）目标。建成体系。",
            "1.完善制度。",
            "（1）登记。",
            "①企业登记。",
            "②车辆登记。",
            "（2）注销。",
        ]
        + ["2.强化监管。", "（二）原则。", "二、保障措施"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_1__lvl_1", "lvl_1__lvl_1__lvl_1__lvl_1"]
        + ["lvl_1__lvl_1__lvl_1__lvl_1__lvl_1", "lvl_1__lvl_1__lvl_1__lvl_1__lvl_2"]
        + ["lvl_1__lvl_1__lvl_1__lvl_2", "lvl_1__lvl_1__lvl_2", "lvl_1__lvl_2", "lvl_2"],
    ),
    "a level is skipped: 一、 then 1.": (
        ["一、回收", "1.设立网点。", "2.公布网点。", "二、利用", "1.梯次利用。"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2", "lvl_2__lvl_1"],
    ),
    "the outermost list is 1.": (
        ["1.设立网点。", "（1）城区。", "（2）乡镇。", "2.公布网点。"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2"],
    ),
    "the outermost list is （一）": (
        ["（一）设立网点。", "1.城区。", "2.乡镇。", "（二）公布网点。"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2"],
    ),
    "the usual order is turned round: 1. above 一、": (
        ["1.企业责任", "一、登记。", "二、报送。", "2.监管责任", "一、检查。"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2", "lvl_2__lvl_1"],
    ),
    "（1） closes ①, 2. closes both": (
        ["1.登记。", "（1）企业。", "①名称。", "②地址。", "（2）车辆。", "2.注销。"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_1__lvl_1", "lvl_1__lvl_1__lvl_2", "lvl_1__lvl_2", "lvl_2"],
    ),
    "i. is a letter when it follows h.": (
        [f"{letter}.第{n}类电池。" for n, letter in enumerate("abcdefghij", 1)],
        [f"lvl_{n}" for n in range(1, 11)],
    ),
    "i. is a roman one when ii. follows": (
        ["i.磷酸铁锂电池。", "ii.三元电池。", "iii.钠离子电池。", "iv.其他电池。", "v.待定。"],
        [f"lvl_{n}" for n in range(1, 6)],
    ),
    "half-width and packed brackets count on": (
        ["(一)登记。", "㈡报送。", "（三）检查。"],
        ["lvl_1", "lvl_2", "lvl_3"],
    ),
    "二、三级 at the start of a line is no marker": (
        ["一、分级管理", "二、三级网点由企业自行建设。", "二、信息报送"],
        ["lvl_1", "lvl_2"],
    ),
    "1.5 is no first item": (
        ["一、容量", "1.5千瓦时以上的电池应当登记。", "二、期限"],
        ["lvl_1", "lvl_2"],
    ),
    "a decimal outline": (
        [
            "1.范围",
            "1.1 适用的电池。",
            "1.2 不适用的电池。",
            "2.要求",
            "2.1 拆解。",
            "2.1.1 放电。",
            "2.1.2 断电。",
            "2.2 存放。",
        ],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2", "lvl_2__lvl_1", "lvl_2__lvl_1__lvl_1", "lvl_2__lvl_1__lvl_2"]
        + ["lvl_2__lvl_2"],
    ),
    "clauses of a standard": (
        [
            "1 范围",
            "本文件规定拆解要求。",
            "2 要求",
            "2.1 一般要求",
            "2.1.1 放电。",
            "2.1.2 断电。",
            "2.2 场地",
            "3 检验",
        ],
        ["lvl_1", "lvl_2", "lvl_2__lvl_1", "lvl_2__lvl_1__lvl_1", "lvl_2__lvl_1__lvl_2", "lvl_2__lvl_2", "lvl_3"],
    ),
    "30 日 at the start of a line is no clause": (
        ["一、期限", "30 日内报送", "二、方式"],
        ["lvl_1", "lvl_2"],
    ),
    "the list goes on after an unmarked line": (
        ["一、登记", "企业应当登记。", "（一）名称。", "登记名称的，附证明。", "（二）地址。", "二、报送"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2"],
    ),
    "（一） counts through all 一、": (
        [
            "一、回收",
            "（一）设立网点。",
            "（二）公布网点。",
            "二、利用",
            "（三）梯次利用。",
            "三、保障",
            "（四）资金。",
            "（五）宣传。",
        ],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_2", "lvl_2__lvl_3", "lvl_3", "lvl_3__lvl_4", "lvl_3__lvl_5"],
    ),
    "a gap is kept and reported": (
        ["一、登记", "二、报送", "四、检查", "五、公布"],
        ["lvl_1", "lvl_2", "lvl_4", "lvl_5"],
    ),
    "items run on in one line": (
        ["一、企业报送下列信息：（一）编码；（二）数量；（三）去向。", "二、部门核对。"],
        ["lvl_1", "lvl_1__lvl_1", "lvl_1__lvl_2", "lvl_1__lvl_3", "lvl_2"],
    ),
    "passages run on in one line": (
        ["一、登记电池。二、报送去向。三、接受检查。"],
        ["lvl_1", "lvl_2", "lvl_3"],
    ),
    "articles run on in one line": (
        ["第一条 企业登记电池。第二条 企业报送去向。违反第一条规定的，责令改正。第三条 本办法自公布之日起施行。"],
        ["art_1", "art_2", "art_3"],
    ),
    "第X条 at the start of a line is a citation when the count says so": (
        ["第一条 企业应当登记。", "第二条 企业应当报送。", "第一条规定的企业是指回收企业。", "第三条 企业接受检查。"],
        ["art_1", "art_2", "art_3"],
    ),
    "第X条和… is an article when the count needs it": (
        ["第一条 企业应当登记。", "第二条和谐共治，人人参与。", "第三条 企业接受检查。"],
        ["art_1", "art_2", "art_3"],
    ),
    "inserted articles": (
        ["第一条 登记。", "第一条之一 报送。", "第一条之二 核对。", "第二条 检查。"],
        ["art_1", "art_1-1", "art_1-2", "art_2"],
    ),
    "two lists in one article": (
        [
            "第一条 企业报送：",
            "（一）编码；",
            "（二）数量。",
            "部门核对：",
            "（一）去向；",
            "1.省内；",
            "2.省外；",
            "（二）状态。",
        ],
        ["art_1", "art_1__para_1__point_1", "art_1__para_1__point_2", "art_1__para_2__point_1"]
        + ["art_1__para_2__point_1__subpoint_1", "art_1__para_2__point_1__subpoint_2", "art_1__para_2__point_2"],
    ),
    "items whose numbers were lost": (
        ["第一条 企业报送：", "电池编码；", "电池数量；", "（三）电池去向。", "第二条 部门核对。"],
        ["art_1", "art_1__para_1__point_1", "art_1__para_1__point_2", "art_1__para_1__point_3", "art_2"],
    ),
    "articles with Arabic numbers and blanks": (
        ["第1条 登记。", "第 2 条 报送。", "第 三 条 检查。"],
        ["art_1", "art_2", "art_3"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_ambiguous_sequences(name: str) -> None:
    lines, expected = CASES[name]
    assert levels(lines) == expected


def test_gaps_and_repeats_are_reported() -> None:
    text = "某市办法\n第一条 甲企业登记。\n第二条 乙企业登记。\n第四条 丙企业登记。\n第四条 丁企业登记。"
    outline = parse_structure(text)
    assert [p.eid for p in outline.provisions if p.kind is ProvisionKind.ARTICLE] == [
        "art_1",
        "art_2",
        "art_4",
        "art_4-dup2",
    ]
    assert [issue.code for issue in outline.issues] == ["numbering_gap", "numbering_repeats", "duplicate_eid"]
    assert "3" in outline.issues[0].message
