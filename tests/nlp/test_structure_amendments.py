"""Instructions of amending decisions: each form that decisions use, and quotations in all their printings."""

from __future__ import annotations

import pytest

from nlp.structure.amendments import find_operations, operations_of
from nlp.structure.provisions import parse_structure
from nlp.structure.quotations import mask_quotations
from rules_db.model import AmendmentKind

REVISE, WORDS, DELETE = AmendmentKind.REVISE, AmendmentKind.REPLACE_WORDS, AmendmentKind.DELETE
INSERT, RENUMBER = AmendmentKind.INSERT, AmendmentKind.RENUMBER

FORMS = {
    "将第三条修改为：“网点每季检查一次。”": [(REVISE, ("第三条",), (), "", "网点每季检查一次。")],
    "第五条第二款修改为：“企业应当留存台账。”": [(REVISE, ("第五条第二款",), (), "", "企业应当留存台账。")],
    "将第四条改为第六条，修改为：\n“第六条 网点登记。”": [(REVISE, ("第四条",), ("第六条",), "", "第六条 网点登记。")],
    "将第四条、第五条合并为第四条，修改为：“第四条 网点登记。”": [
        (REVISE, ("第四条", "第五条"), ("第四条",), "", "第四条 网点登记。")
    ],
    "将第四条分为两条，作为第四条、第五条，修改为：“第四条 甲。\n“第五条 乙。”": [
        (REVISE, ("第四条",), ("第四条", "第五条"), "", "第四条 甲。\n第五条 乙。")
    ],
    "将第七条中的“三十日”修改为“十五日”": [(WORDS, ("第七条",), (), "三十日", "十五日")],
    "第七条第一款中的“甲”修改为“乙”，“丙”修改为“丁”": [
        (WORDS, ("第七条第一款",), (), "甲", "乙"),
        (WORDS, ("第七条第一款",), (), "丙", "丁"),
    ],
    "将第三条至第五条中的“甲”“丙”分别修改为“乙”“丁”": [
        (WORDS, ("第三条至第五条",), (), "甲", "乙"),
        (WORDS, ("第三条至第五条",), (), "丙", "丁"),
    ],
    "将本办法中的“环境部门”统一修改为“生态环境部门”": [(WORDS, (), (), "环境部门", "生态环境部门")],
    "在第八条“企业”后增加“和个人”": [(WORDS, ("第八条",), (), "企业", "企业和个人")],
    "在第八条“企业”前增加“回收”": [(WORDS, ("第八条",), (), "企业", "回收企业")],
    "删去第九条、第十条第一款中的“暂行”": [(WORDS, ("第九条", "第十条第一款"), (), "暂行", "")],
    "将第九条中的“暂行”“临时”删去": [
        (WORDS, ("第九条",), (), "暂行", ""),
        (WORDS, ("第九条",), (), "临时", ""),
    ],
    "删去第五条第二款": [(DELETE, ("第五条第二款",), (), "", "")],
    "删除第五条第一款第（二）项、第（三）项": [
        (DELETE, ("第五条第一款第（二）项", "第五条第一款第（三）项"), (), "", "")
    ],
    "增加一条，作为第八条：“企业应当培训人员。”": [(INSERT, (), ("第八条",), "", "企业应当培训人员。")],
    "增加一条，作为第八条之一：“企业应当培训人员。”": [(INSERT, (), ("第八条之一",), "", "企业应当培训人员。")],
    "第九条增加一款，作为第二款：“台账保存三年。”": [(INSERT, ("第九条",), ("第九条第二款",), "", "台账保存三年。")],
    "第九条第一款增加一项，作为第三项：“（三）编码；”": [
        (INSERT, ("第九条第一款",), ("第九条第一款第三项",), "", "（三）编码；")
    ],
    "将第十条改为第十二条": [(RENUMBER, ("第十条",), ("第十二条",), "", "")],
    "第十条至第十二条相应改为第十一条至第十三条": [(RENUMBER, ("第十条至第十二条",), ("第十一条至第十三条",), "", "")],
    "第六条第二款改为第三款": [(RENUMBER, ("第六条第二款",), ("第六条第三款",), "", "")],
    "第二章章名修改为“回收管理”": [(AmendmentKind.HEADING, ("第二章",), (), "", "回收管理")],
    "将名称修改为“某市电池规定”": [(AmendmentKind.RENAME, (), (), "", "某市电池规定")],
    "此外，对条文顺序作相应调整": [(AmendmentKind.ADJUST, (), (), "", "")],
}


def told(text: str) -> list[tuple[object, ...]]:
    return [(o.kind, o.targets, o.becomes, o.old, o.new) for o in find_operations(text, "某市电池办法")]


@pytest.mark.parametrize("instruction", FORMS)
def test_forms(instruction: str) -> None:
    assert told(f"对《某市电池办法》作如下修改：\n一、{instruction}。\n本决定自公布之日起施行。") == FORMS[instruction]


def test_labels_without_an_article_belong_to_the_article_spoken_of_last() -> None:
    assert told(
        "一、将第十条改为第十二条，第二款修改为：“甲。”；删去第三款；增加一款，作为第四款：“乙。”\n"
        "二、第二十条作如下修改：\n（一）第一款中的“丙”修改为“丁”。\n（二）删去第二款。"
    ) == [
        (RENUMBER, ("第十条",), ("第十二条",), "", ""),
        (REVISE, ("第十条第二款",), (), "", "甲。"),
        (DELETE, ("第十条第三款",), (), "", ""),
        (INSERT, ("第十条第三款",), ("第十条第四款",), "", "乙。"),
        (WORDS, ("第二十条第一款",), (), "丙", "丁"),
        (DELETE, ("第二十条第二款",), (), "", ""),
    ]


def test_an_instruction_that_no_pattern_reads_is_told_as_unread() -> None:
    found = find_operations("一、第三条所附的图修改为新图。\n二、删去第四条。", "电池办法")
    assert [o.kind for o in found] == [AmendmentKind.UNREAD, DELETE]
    assert found[0].span.text.startswith("一、第三条")


def test_spans_point_into_the_text_through_the_quotations() -> None:
    text = "一、将第三条修改为：“甲“乙”丙。”\n二、删去第四条。"
    for operation in find_operations(text, "电池办法"):
        assert text[operation.span.start : operation.span.end] == operation.span.text
    assert [o.span.text for o in find_operations(text, "电池办法")] == ["第三条修改为：“甲“乙”丙。”", "删去第四条"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("修改为：“甲“乙”丙”，", ["甲“乙”丙"]),
        ("“第一款。\n“第二款。\n“第三款。”后", ["第一款。\n第二款。\n第三款。"]),
        ("“第一款。\n“乙”是指丙。\n丁。”后", ["第一款。\n“乙”是指丙。\n丁。"]),
        ('将"甲"修改为"乙"', ["甲", "乙"]),
        ("将“甲修改为乙\n删去“丙”", ["甲修改为乙", "丙"]),
        ("“\ue005甲”与“乙”", ["\ue005甲", "乙"]),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    masked = mask_quotations(text)
    assert list(masked.quotations) == quoted
    assert len(masked.offsets) == len(masked.text) + 1


def test_instructions_of_a_regulation_attached_to_a_decision_are_not_the_decisions_own() -> None:
    text = (
        "关于修改《电池办法》的决定\n一、删去第四条。\n二、删去第五条。\n本决定自公布之日起施行。\n附件：\n电池办法\n"
        "第一条 为了管理，制定本办法。\n第二条 企业可以要求删去第二条所列信息。\n第三条 本办法自公布之日起施行。"
    )
    found = operations_of(text, "关于修改《电池办法》的决定", parse_structure(text).provisions)
    assert [(o.kind, o.targets) for o in found] == [(DELETE, ("第四条",)), (DELETE, ("第五条",))]


def test_a_text_that_is_no_amending_one_amends_only_what_its_sentence_names() -> None:
    text = "一、删去登记表中第四条。\n二、将《电池办法》第三条中的“甲”修改为“乙”。"
    assert [(o.instrument, o.targets) for o in operations_of(text, "关于做好登记工作的通知")] == [
        ("电池办法", ("第三条",))
    ]


@pytest.mark.parametrize(
    "piece", ["“", "将第一条中的“甲”修改为“", "第一条、", "删去第二款；", "“甲”修改为", "增加一条，"]
)
def test_time_stays_linear(piece: str) -> None:
    import time

    def seconds(length: int) -> float:
        text = "修改为" + piece * (length // len(piece))
        started = time.process_time()
        find_operations(text, "电池办法")
        return time.process_time() - started

    seconds(1_000)
    assert seconds(200_000) < max(30 * seconds(20_000), 3.0)
