"""Provisions with a day of effect of their own, and what is none."""

from __future__ import annotations

import pytest

from nlp.structure.commencements import find_commencements
from nlp.structure.header import read_head
from nlp.structure.provisions import parse_structure

LAW = (
    "某市电池办法\n（2030年1月2日某市人民政府令第15号公布）\n第一章 总则\n第一条 为了管理，制定本办法。\n"
    "第二条 企业应当登记。\n登记应当报送下列信息：\n（一）名称；\n（二）编码。\n第二章 回收\n第三条 企业应当回收。\n"
    "第四条 企业应当记录。\n第三章 附则\n第五条 {final}"
)
FINAL = {
    "本办法自2030年3月1日起施行，其中第三条自2030年9月1日起施行。": ("2030-03-01", {"art_3": "2030-09-01"}),
    "本办法第二条、第三条自2030年9月1日起施行，其他条款自公布之日起施行。": (
        "2030-01-02",
        {"art_2": "2030-09-01", "art_3": "2030-09-01"},
    ),
    "第二条至第四条自2031年1月1日起施行，其余规定自2030年3月1日起施行。": (
        "2030-03-01",
        {"art_2": "2031-01-01", "art_3": "2031-01-01", "art_4": "2031-01-01"},
    ),
    "本办法自2030年3月1日起施行。但第二章自2030年6月1日起施行。": (
        "2030-03-01",
        {"art_3": "2030-06-01", "art_4": "2030-06-01"},
    ),
    "本办法自2030年3月1日起施行；第二条第二款第二项的规定自2030年9月1日起执行。": (
        "2030-03-01",
        {"art_2__para_2__point_2": "2030-09-01"},
    ),
    "本办法自2030年3月1日起施行。": ("2030-03-01", {}),
    "本办法自2030年3月1日起施行。《登记法》第三条自2030年9月1日起施行。": ("2030-03-01", {}),
    "本办法自2030年3月1日起施行，第九条自2030年9月1日起施行。": ("2030-03-01", {}),
    "本办法自2030年3月1日起施行，第三条自2020年9月1日起施行。": ("2030-03-01", {}),
}


@pytest.mark.parametrize("final", FINAL)
def test_final_clauses(final: str) -> None:
    text = LAW.format(final=final)
    outline = parse_structure(text)
    head = read_head(text, outline)
    found = {c.eid: c.effective_on for c in find_commencements(text, outline.provisions, head)}
    assert (head.effective_on, found) == FINAL[final]


def test_spans_are_the_words_that_say_it() -> None:
    text = LAW.format(final="本办法自2030年3月1日起施行，其中第三条自2030年9月1日起施行。")
    outline = parse_structure(text)
    (found,) = find_commencements(text, outline.provisions, read_head(text, outline))
    assert text[found.span.start : found.span.end] == found.span.text == "第三条自2030年9月1日起施行"
