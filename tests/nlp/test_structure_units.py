"""Reading units: what is read together, and what is read at all."""

from __future__ import annotations

from itertools import pairwise

from nlp.structure.provisions import parse_structure
from nlp.structure.units import units_of


def units(text: str) -> list[str]:
    found = units_of(parse_structure(text))
    for one, other in pairwise(found):
        assert one.end <= other.start
    return [text[unit.start : unit.end].strip("\n") for unit in found]


def test_articles_without_marker_and_heading() -> None:
    text = (
        "电池办法\n第一章 总则\n第一条（目的）为了回收，制定本办法。\n第二条 企业应当：\n（一）登记；\n（二）报送。\n"
        "部门核对。\n某部\n2030年1月1日\n附件\n限值表\n一、钴\n不超过5%。\n二、镍"
    )
    assert units(text) == [
        "电池办法",
        "为了回收，制定本办法。",
        "企业应当：\n（一）登记；\n（二）报送。\n部门核对。",
        "某部\n2030年1月1日",
        "一、钴\n不超过5%。",
        "二、镍",
    ]


def test_passages_of_a_notice_are_read_whole() -> None:
    text = "关于检查的通知\n各市：\n一、内容\n（一）企业应当上传。\n（二）企业应当接入。\n二、时间\n五月。"
    assert units(text) == [
        "关于检查的通知\n各市：",
        "一、内容\n（一）企业应当上传。\n（二）企业应当接入。",
        "二、时间\n五月。",
    ]


def test_contents_are_not_read() -> None:
    text = "电池办法\n目录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 登记。\n第二章 附则\n第二条 施行。"
    assert units(text) == ["电池办法", "登记。", "施行。"]


def test_plain_paragraphs_are_units_of_their_own() -> None:
    assert units("关于停电的通知\n明日停电。\n后日恢复供电。") == ["关于停电的通知", "明日停电。", "后日恢复供电。"]
