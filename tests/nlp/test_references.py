"""Citations: what the words say, and where they lead in the document that holds them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.pipes.references.references import LEVELS, Citation, find_citations, find_references
from nlp.structure.provisions import parse_structure
from nlp.structure.resolve import find_aliases, index_of, resolve
from nlp.structure.units import units_of
from rules_db.model import Reference, Span, TextIssue


def said(citation: Citation) -> str:
    """A citation in short: instrument, relative word, then numbers with their units."""
    numbers = [f"{n}{unit}" for n, unit in zip(citation.path, LEVELS, strict=True) if n is not None]
    if citation.sub:
        numbers[numbers.index(f"{citation.path[3]}条")] += f"之{citation.sub}"
    relative = citation.relative + (str(citation.count) if citation.count > 1 else "")
    parts = [citation.instrument or "", "本" if citation.explicit else "", relative, *numbers]
    return " ".join(part for part in parts if part) + (" ~" if citation.range_end else "")


CITATIONS = {
    "违反第五条规定": ["5条"],
    "违反本办法第五条第二款第（三）项规定": ["本 5条 2款 3项"],
    "依照本条例第十条第三项第二目": ["本 10条 3项 2目"],
    "第五条第一款、第三款和第七条": ["5条 1款", "5条 3款", "7条"],
    "第五条第（一）项至第（三）项": ["5条 1项", "5条 3项 ~"],
    "第八条至第十条": ["8条", "10条 ~"],
    "第五条第一、二、四项": ["5条 1项", "5条 2项", "5条 4项"],
    "第五条第（一）、（二）项": ["5条 1项", "5条 2项"],
    "第八、九条": ["8条", "9条"],
    "第十八条之一第二款": ["18条之1 2款"],
    "前款规定的期限": ["前款"],
    "前两款所列情形": ["前款2"],
    "前条第二款": ["前条 2款"],
    "本条第一款、第二款": ["本条 1款", "本条 2款"],
    "本章规定": ["本章"],
    "第三章第二节": ["3章 2节"],
    "《循环法》第十二条第一款、第十三条": ["循环法 12条 1款", "循环法 13条"],
    "《循环法》（2018年修正）第十二条": ["循环法 12条"],
    "《实施〈循环法〉办法》第三条": ["实施〈循环法〉办法 3条"],
    "根据《循环法》和《固废法》": ["循环法", "固废法"],
    "依照刑法第二百八十条": ["刑法 280条"],
    "违反治安管理处罚法第四十二条、本办法第五条": ["治安管理处罚法 42条", "本 5条"],
    "违反第六条第一项规定的，处一千元；违反第四项规定的，处二千元": ["6条 1项", "6条 4项"],
    "违反第六条第一项规定的，处一千元。第四项": ["6条 1项", "4项"],
    "第 五 条第 2 款": [],
    "第5条第2款": ["5条 2款"],
    "本条例自公布之日起施行": [],
    "本法律关系": [],
    "前项条件": ["前项"],
    "提前三条通知": [],
}


@pytest.mark.parametrize("text", [text for text, expected in CITATIONS.items() if expected or "第 五" not in text])
def test_citations(text: str) -> None:
    assert [said(citation) for citation in find_citations(text)] == CITATIONS[text]


@pytest.mark.parametrize("text", CITATIONS)
def test_spans_are_substrings(text: str) -> None:
    for citation in find_citations(text):
        assert text[citation.span.start : citation.span.end] == citation.span.text
        assert citation.span.pattern


def test_references_of_one_unit_have_no_target() -> None:
    references = find_references("违反《循环法》第五条和前款规定")
    assert [(r.span.text, r.instrument, r.target) for r in references] == [
        ("《循环法》第五条", "循环法", None),
        ("前款", None, None),
    ]


DOCUMENT = """电池条例
第一章 总则
第一条 企业应当登记。登记应当真实。
登记的信息有变化的，按照前款规定办理。
第二条 网点应当符合下列条件：
（一）有场所；
（二）有设备：
1.灭火器材；
2.监控设备。
前款第（一）项的场所不得设在居民楼内。
前两款的网点由本条第一款的企业设立。
第三条 违反前条第二款或者第二条第二项规定的，责令改正；有第二条第（一）项至第（二）项情形的，处罚款。
第二章 附则
第四条 违反第一条至第三条、本条例第九条、本章规定的，依照《循环法》（以下简称《循法》）第五条处罚。
第五条 依照《循法》第六条、第一章规定处罚。"""


def resolve_all(document: str) -> tuple[list[Reference], list[TextIssue]]:
    outline = parse_structure(document)
    citations = []
    for unit in units_of(outline):
        for citation in find_citations(document[unit.start : unit.end]):
            span = citation.span
            moved = Span(span.start + unit.start, span.end + unit.start, span.text, span.pattern)
            citations.append(replace(citation, span=moved))
    return resolve(document, citations, index_of(outline.provisions), find_aliases(document))


def resolved(document: str = DOCUMENT) -> list[tuple[str, str | None]]:
    references, _ = resolve_all(document)
    return [(r.span.text, r.instrument or r.target) for r in references]


def test_citations_lead_to_provisions_of_the_document() -> None:
    assert resolved() == [
        ("前款", "art_1__para_1"),
        ("前款第（一）项", "art_2__para_1__point_1"),
        ("前两款", "art_2__para_1"),
        ("前两款", "art_2__para_2"),
        ("本条第一款", "art_2__para_1"),
        ("前条第二款", "art_2__para_2"),
        ("第二条第二项", "art_2__para_1__point_2"),
        ("第二条第（一）项", "art_2__para_1__point_1"),
        ("第（二）项", "art_2__para_1__point_2"),
        ("第一条", "art_1"),
        ("第一条至第三条", "art_2"),
        ("第三条", "art_3"),
        ("本条例第九条", None),
        ("本章", "chp_2"),
        ("《循环法》", "循环法"),
        ("《循法》）第五条", "循环法"),
        ("《循法》第六条", "循环法"),
        ("第一章", "循环法"),
    ]


def test_a_dangling_citation_is_reported() -> None:
    _, issues = resolve_all(DOCUMENT)
    assert [issue.code for issue in issues] == ["reference_dangling"]
    assert "本条例第九条" in issues[0].message


def test_a_notice_cites_its_passages_as_articles() -> None:
    text = (
        "关于检查的通知\n一、检查内容\n（一）上传。企业应当上传。\n（二）设备。企业应当接入。\n"
        "二、要求\n按照第一条第（二）项的要求报送，第（一）项除外。"
    )
    assert resolved(text)[:1] == [("第一条第（二）项", "lvl_1__lvl_2")]


def test_articles_of_an_attachment_are_looked_up_there_first() -> None:
    text = (
        "电池条例\n第一条 登记。\n第二条 报送。\n附件\n网点管理规范\n第一条 设立。\n第二条 违反第一条规定的，责令改正。"
    )
    assert resolved(text) == [("第一条", "att_1__art_1")]


def test_an_item_of_the_article_that_the_lead_cites() -> None:
    text = (
        "条例\n第一条 企业应当：\n（一）登记；\n（二）报送；\n（三）保存。\n"
        "第二条 违反第一条规定的，按照下列规定处罚：\n"
        "（一）违反第三项规定的，处罚款；\n（二）其他情形，警告。"
    )
    assert resolved(text) == [("第一条", "art_1"), ("第三项", "art_1__para_1__point_3")]


@given(st.text(st.sampled_from("第前本一二十1（）()、和至条款项目章《》〈〉法规定，。\n "), max_size=80))
def test_any_text(text: str) -> None:
    for citation in find_citations(text):
        assert text[citation.span.start : citation.span.end] == citation.span.text != ""
    references, _ = resolve(text, find_citations(text), index_of(parse_structure(text).provisions), {})
    for reference in references:
        assert text[reference.span.start : reference.span.end] == reference.span.text
