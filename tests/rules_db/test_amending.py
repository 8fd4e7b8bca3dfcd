"""Decisions applied to the text before them, and checked against the text published afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.structure.amendments import find_operations
from rules_db.amending.apply import Computed, apply_operations
from rules_db.amending.check import CheckState, check
from rules_db.amending.labels import Address, addresses, article_label, parse_label
from rules_db.model import AmendingOperation, AmendmentKind, ProvisionText, Span


def law(*articles: str, chapters: Sequence[str] = ()) -> list[ProvisionText]:
    return [
        ProvisionText(f"art_{n}", article_label(n), text, chapters[n - 1] if chapters else "")
        for n, text in enumerate(articles, 1)
    ]


OLD = law(
    "为了管理电池，制定本办法。",
    "企业应当登记。\n登记依照第四条办理。",
    "企业应当报送下列信息：\n（一）名称；\n（二）地址；\n（三）数量。",
    "环境部门应当在三十日内答复。",
    "违反第四条规定的，处一万元罚款；违反《登记法》第四条、第五条的，依照其规定。",
    "本办法自2030年1月1日起施行。",
    chapters=["第一章 总则", "第二章 登记", "第二章 登记", "第二章 登记", "第三章 附则", "第三章 附则"],
)


def amended(decision: str, old: Sequence[ProvisionText] = OLD) -> Computed:
    return apply_operations(old, find_operations(decision, "电池办法"))


def texts(computed: Computed) -> list[tuple[str, str]]:
    return [(p.label, p.text) for p in computed.provisions]


def test_an_inserted_article_moves_the_others_and_their_references() -> None:
    found = amended("一、增加一条，作为第三条：“企业应当培训人员。”\n此外，对条文顺序作相应调整。")
    assert [p.label for p in found.provisions] == [article_label(n) for n in range(1, 8)]
    assert found.provisions[2].text == "企业应当培训人员。"
    assert found.provisions[1].text.endswith("登记依照第五条办理。")
    # another law keeps its numbers
    assert found.provisions[5].text.startswith("违反第五条规定的，处一万元罚款；违反《登记法》第四条、第五条的")
    assert [p.container for p in found.provisions][2:4] == ["第二章 登记", "第二章 登记"]


def test_deleting_without_adjustment_leaves_a_gap() -> None:
    assert [p.label for p in amended("一、删去第三条。").provisions] == [article_label(n) for n in (1, 2, 4, 5, 6)]
    assert [p.label for p in amended("一、删去第三条。对条文顺序作相应调整。").provisions][-1] == "第五条"


def test_a_sub_article_stands_behind_its_main_one_and_moves_nothing() -> None:
    found = amended("一、增加一条，作为第二条之一：“企业应当培训人员。”")
    assert [p.label for p in found.provisions][1:4] == ["第二条", "第二条之一", "第三条"]


def test_items_come_and_go_and_are_counted_again() -> None:
    found = amended("一、删去第三条第二项。\n二、第三条增加一项，作为第三项：“（三）编码；”")
    assert dict(texts(found))["第三条"] == "企业应当报送下列信息：\n（一）名称；\n（二）数量。\n（三）编码；"


def test_paragraphs_are_named_by_their_number_before() -> None:
    old = law("甲。\n乙。\n丙。")
    found = amended("一、第一条删去第一款；第三款修改为：“丁。”；增加一款，作为第三款：“戊。”", old)
    assert texts(found) == [("第一条", "乙。\n丁。\n戊。")]


def test_words_that_read_as_wanted_already_stay() -> None:
    old = law("生态环境部门与环境部门商定。")
    found = amended("一、将“环境部门”修改为“生态环境部门”。", old)
    assert texts(found) == [("第一条", "生态环境部门与生态环境部门商定。")]


def test_references_in_the_decisions_words_are_in_the_new_numbering() -> None:
    found = amended(
        "一、增加一条，作为第一条：“总则。”\n二、将第二条中的“第四条”修改为“第六条”。\n对条文顺序作相应调整。"
    )
    assert dict(texts(found))["第三条"].endswith("登记依照第六条办理。")


def test_merging_splitting_and_promoting() -> None:
    found = amended("一、将第二条、第三条合并为第二条，修改为：“第二条 企业登记并报送。”条文顺序作相应调整。")
    assert [p.text for p in found.provisions][:2] == ["为了管理电池，制定本办法。", "企业登记并报送。"]
    assert len(found.provisions) == 5
    found = amended("一、将第二条分为两条，作为第二条、第三条，修改为：“第二条 甲。\n“第三条 乙。”条文顺序作相应调整。")
    assert texts(found)[1:4] == [("第二条", "甲。"), ("第三条", "乙。"), ("第四条", OLD[2].text)]
    found = amended("一、将第二条第二款改为第三条。条文顺序作相应调整。")
    assert texts(found)[1:3] == [("第二条", "企业应当登记。"), ("第三条", "登记依照第五条办理。")]


def test_chapters() -> None:
    found = amended(
        "一、第二章章名修改为：“登记与报送”。\n"
        "二、增加一章，作为第三章：“第三章 监督\n第五条 检查。”条文顺序作相应调整。"
    )
    assert [(p.label, p.container) for p in found.provisions][3:7] == [
        ("第四条", "第二章 登记与报送"),
        ("第五条", "第三章 监督"),
        ("第六条", "第四章 附则"),
        ("第七条", "第四章 附则"),
    ]
    found = amended("一、删去第二章。条文顺序作相应调整。")
    assert [p.container for p in found.provisions] == ["第一章 总则", "第二章 附则", "第二章 附则"]


REFUSED = {
    "一、删去第九条。": "has no 第九条",
    "一、将第四条中的“六十日”修改为“三十日”。": "“六十日” are not there",
    "一、删去第一条第三款。": "has no 第三款",
    "一、删去第二条第二项。": "第二项",
    "一、第四条增加一项，作为第三项：“（三）甲；”": "no lists of 项",
    "一、增加一条，作为第三条。": "not quoted",
    "一、第四条所附的图修改为新图。": "could not be read",
    "一、将第二条、第三条合并为第二条，修改为：“第二条 甲。\n“第三条 乙。”": "speaks of 1 articles and quotes 2",
}


@pytest.mark.parametrize("decision", REFUSED)
def test_what_cannot_be_done_as_said_is_left_out_and_says_why(decision: str) -> None:
    found = amended(decision)
    assert REFUSED[decision] in found.outcomes[0].reason
    assert [(p.label, p.text) for p in found.provisions] == [(p.label, p.text) for p in OLD]


def test_check_confirms_tells_both_texts_and_what_no_operation_explains() -> None:
    decision = "一、将第四条中的“三十日”修改为“十五日”。\n二、第二条第一款修改为：“企业应当备案。”\n三、删去第九条。"
    published = law(
        "为了管理电池,制定本办法。",  # only punctuation
        "企业应当登记备案。\n登记依照第四条办理。",
        OLD[2].text,
        "环境部门应当在十五日内答复。",
        OLD[4].text.replace("一万元", "二万元"),
        OLD[5].text,
    )
    found = check(amended(decision), published)
    assert [entry.state for entry in found.operations] == [
        CheckState.CONFIRMED,
        CheckState.DIFFERS,
        CheckState.NOT_APPLIED,
    ]
    assert (found.operations[1].computed, found.operations[1].published) == (
        "企业应当备案。",
        "企业应当登记备案。\n登记依照第四条办理。",
    )
    assert found.unexplained == ("第五条",)


def test_without_a_published_text_nothing_is_confirmed() -> None:
    found = check(amended("一、删去第三条。"), None)
    assert [entry.state for entry in found.operations] == [CheckState.UNCHECKED]


def test_a_deletion_that_the_published_text_does_not_have_differs() -> None:
    found = check(amended("一、删去第三条。"), OLD)
    assert [entry.state for entry in found.operations] == [CheckState.DIFFERS]


def test_labels() -> None:
    assert parse_label("第三十条之一第二款第（三）项") == Address(30, 1, 2, 3)
    assert parse_label("第二章") == Address(2, unit="章")
    assert parse_label("附件") is None
    assert [a.article for a in addresses("第十条至第十二条")] == [10, 11, 12]
    assert [a.paragraph for a in addresses("第十条第二款至第十条第三款")] == [2, 3]
    for wrong in ("第十二条至第十条", "第一条至第九千条", "附件", "第一条至第二章"):
        with pytest.raises(ValueError, match=r"no (?:label|range)"):
            addresses(wrong)


@given(st.integers(1, 9999), st.integers(0, 99))
def test_labels_round_trip(main: int, sub: int) -> None:
    assert parse_label(article_label(main, sub)) == Address(main, sub)


SENTENCES = st.lists(st.text("甲乙丙丁戊己庚辛", min_size=4, max_size=12), min_size=1, max_size=12, unique=True)


@settings(max_examples=150, deadline=None)
@given(SENTENCES, st.data())
def test_written_decisions_lead_to_the_text_they_were_written_from(sentences: list[str], data: st.DataObject) -> None:
    """Any mixture of deletions, new wordings and insertions, written as a decision, read and applied, against a replay
    on plain lists."""
    old = law(*(f"{sentence}。" for sentence in sentences))
    fates = data.draw(st.lists(st.sampled_from(["keep", "delete", "revise"]), min_size=len(old), max_size=len(old)))
    left: list[str] = []
    passages: list[str] = []
    for article, fate in zip(old, fates, strict=True):
        if fate == "delete":
            passages.append(f"删去{article.label}。")
            continue
        if fate == "revise":
            passages.append(f"将{article.label}修改为：“{article.text}新“词”。”")
        left.append(article.text if fate == "keep" else f"{article.text}新“词”。")
    added = data.draw(st.lists(st.integers(0, len(left)), max_size=4))
    for n, place in enumerate(sorted(added)):
        left.insert(place + n, f"增{n}。")
        passages.append(f"增加一条，作为{article_label(place + n + 1)}：“增{n}。”")
    if not passages:
        return
    decision = "\n".join(f"{n}、{passage}" for n, passage in enumerate(passages, 1)) + "\n对条文顺序作相应调整。"
    found = amended(decision, old)
    assert [p.text for p in found.provisions] == left
    assert [p.label for p in found.provisions] == [article_label(n + 1) for n in range(len(left))]
    verdicts = check(found, law(*left))
    assert {entry.state for entry in verdicts.operations} == {CheckState.CONFIRMED}
    assert not verdicts.unexplained


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            AmendingOperation,
            st.sampled_from(AmendmentKind),
            st.just(Span(0, 0, "")),
            st.lists(
                st.sampled_from(["第一条", "第三条第一款", "第三条第二项", "第九条", "第二章", "附件"]), max_size=3
            ).map(tuple),
            st.lists(
                st.sampled_from(["第二条", "第八条", "第三条之一", "第三条第二款", "第三条第二项"]), max_size=2
            ).map(tuple),
            st.sampled_from(["", "企业", "无此词"]),
            st.sampled_from(["", "新。", "第二条 新。\n第三条 又新。", "（二）新；"]),
        ),
        max_size=8,
    )
)
def test_no_mixture_of_operations_breaks_the_text(operations: list[AmendingOperation]) -> None:
    found = apply_operations(OLD, operations)
    assert len(found.outcomes) == len(operations)
    assert all(p.label and p.text is not None for p in found.provisions)
    check(found, OLD)
