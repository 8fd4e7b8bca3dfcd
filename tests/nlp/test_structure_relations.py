"""Explanations, announcements, drafts and issuing notices: recognised by their titles, their document named or not at
all."""

from __future__ import annotations

import pytest

from nlp.analyse import analyse
from nlp.structure.provisions import parse_structure
from nlp.structure.relations import explains, find_relations
from rules_db.model import AttachmentRef, Block, BlockKind, ConvertedDocument, EffectKind, HeadFacts, TextEffect

RULE = "某省废旧动力电池贮存管理办法"


def relations(title: str, text: str = "", links: tuple[AttachmentRef, ...] = ()) -> list[TextEffect]:
    return find_relations(text, parse_structure(text), HeadFacts(title=title, links=links))


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (f"《{RULE}》解读", "", [("interprets", RULE, None)]),
        (f"关于《{RULE}（试行）》的政策解读", "", [("interprets", f"{RULE}（试行）", None)]),
        (f"{RULE}政策问答", "", [("interprets", RULE, None)]),
        ("关于报送台账的通知 政策问答", "", [("interprets", "关于报送台账的通知", None)]),
        (f"一图读懂：{RULE}", "", [("interprets", RULE, None)]),
        (f"政策解读｜{RULE}", "", [("interprets", RULE, None)]),
        (
            "有关负责人答记者问",
            f"近日，某厅印发了《{RULE}》（某工信规〔2026〕3号）。",
            [("interprets", RULE, "某工信规〔2026〕3号")],
        ),
        (
            "《甲办法》《乙办法》图解",
            "",
            [("interprets", "甲办法", None), ("interprets", "乙办法", None)],
        ),
        (f"关于拟符合《{RULE}》企业名单的公示", "", [("announces", RULE, None)]),
        (
            "关于第三批企业名单的公示",
            f"根据《{RULE}》（某工信规〔2026〕3号）和有关要求，现予公示。",
            [("announces", RULE, "某工信规〔2026〕3号")],
        ),
        (f"关于公开征求《{RULE}（征求意见稿）》意见的通知", "", [("drafts", RULE, None)]),
        (f"{RULE}（征求意见稿）", "第一条 为了规范贮存，制定本办法。", [("drafts", RULE, None)]),
        (f"某厅等五部门关于联合印发《{RULE}》的通知", "现印发给你们，请遵照执行。", [("issues", RULE, None)]),
        (f"关于公布《{RULE}》的公告", f"{RULE}\n第一条 为了规范贮存，制定本办法。\n第二条 企业应当登记。", []),
        ("关于做好电池贮存工作的通知", f"各单位应当按照《{RULE}》执行。", []),
        ("关于废止《甲办法》的决定", "", []),
        ("贮存要求说明会的通知", "", []),
    ],
)
def test_relations_and_their_targets(title: str, text: str, expected: list[tuple[str, str, str | None]]) -> None:
    found = [(effect.kind.value, effect.target_title, effect.target_number) for effect in relations(title, text)]
    assert found == expected


def test_a_link_under_the_name_is_evidence_and_an_ambiguous_one_is_not() -> None:
    rule = AttachmentRef(f"《{RULE}》", "https://a.gov.cn/1.html")
    other = AttachmentRef("《另一办法》", "https://a.gov.cn/2.html")
    original = AttachmentRef("政策原文", "https://a.gov.cn/3.html")
    title = f"《{RULE}》解读"
    assert [e.target_url for e in relations(title, links=(other, rule))] == [rule.url]
    assert [e.target_url for e in relations(title, links=(other, original))] == [original.url]
    twice = AttachmentRef(f"{RULE}全文", "https://b.gov.cn/1.html")
    assert [e.target_url for e in relations(title, links=(rule, twice))] == [None]


def test_what_an_explanation_says_of_duties_is_no_law() -> None:
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, line)
        for line in ("一、出台背景", "近年来退役电池不断增加。", "二、主要内容", "办法明确，贮存企业应当在30日内登记。")
    )
    read = analyse(ConvertedDocument(blocks, HeadFacts(title=f"《{RULE}》解读"), "text/html"))
    assert (read.norms, read.thresholds) == ((), ())
    assert [effect.kind for effect in read.effects] == [EffectKind.INTERPRETS]
    law = analyse(ConvertedDocument(blocks, HeadFacts(title="关于电池贮存登记的通知"), "text/html"))
    assert law.norms


@pytest.mark.parametrize("title", ["关于解读工作的通知", "某省解读管理办法", "政策说明会", None, "", "解读" * 400])
def test_other_titles_explain_nothing(title: str | None) -> None:
    assert not explains(title)


@pytest.mark.parametrize(
    ("title", "yes"),
    [
        ("关于《电池贮存管理办法》的说明", True),
        ("电池贮存管理办法（试行）的说明", True),
        ("电池贮存管理办法起草说明", True),
        ("梯次利用产品使用说明", False),
        ("固体废物税目认定说明", False),
    ],
)
def test_a_statement_explains_only_what_it_names(title: str, yes: bool) -> None:
    assert explains(title) is yes


def test_hostile_titles_take_linear_time() -> None:
    import time

    started = time.monotonic()
    for title in ("《" * 300, "根据" * 150, "关于" + "的" * 280 + "解读", "（" * 290 + "公示", "印发《" * 70):
        relations(title, "根据" * 20_000 + "《" * 20_000)
    assert time.monotonic() - started < 2
