"""Hunks of wording: they rebuild the new text, keep atoms whole, and tell wording from furniture."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules_db.diff.canonical import fold, number
from rules_db.diff.kinds import classify
from rules_db.diff.result import HunkKind
from rules_db.diff.text import ATOMS, apply, hunks

LEGAL = st.text(alphabet="企业应当不得可以三十日30.工作日（）(),，。；、\n 第条款以上罚款元𠮷😀a", max_size=60)
ANY = st.text(max_size=40)


def shown(old: str, new: str) -> list[tuple[str, str]]:
    return [(hunk.old, hunk.new) for hunk in hunks(old, new) if hunk.kind is not HunkKind.EQUAL]


@settings(max_examples=400, deadline=None)
@given(LEGAL, LEGAL)
def test_applying_the_hunks_gives_the_new_text(old: str, new: str) -> None:
    changes = hunks(old, new)
    assert "".join(hunk.old for hunk in changes) == old
    assert apply(old, changes) == new
    assert all(hunk.old or hunk.new for hunk in changes)


@settings(max_examples=200, deadline=None)
@given(ANY, ANY)
def test_any_unicode_survives(old: str, new: str) -> None:
    assert apply(old, hunks(old, new)) == new


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="企业回收废旧电池溯源管理办法编码车辆报废拆解", min_size=12, max_size=60), st.integers(0, 11))
def test_one_changed_character_is_one_hunk_of_that_character(text: str, place: int) -> None:
    new = f"{text[:place]}鑫{text[place + 1 :]}"
    assert shown(text, new) == [(text[place], "鑫")]


def test_hunks_of_another_text_are_refused() -> None:
    changes = hunks("企业应当建立台账。", "企业应当建立溯源台账。")
    with pytest.raises(ValueError, match="other texts"):
        apply("车主可以建立台账。", changes)
    with pytest.raises(ValueError, match="other texts"):
        apply("企业应当建立台账。附则", changes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("应当在30日内报告。", "应当在20日内报告。", [("30", "20")]),
        ("应当在三十日内报告。", "应当在二十日内报告。", [("三十", "二十")]),
        ("浓度不高于1.50毫克。", "浓度不高于1.05毫克。", [("1.50", "1.05")]),
        ("回收率为百分之九十五。", "回收率为百分之九十八。", [("百分之九十五", "百分之九十八")]),
        ("不得转让编码。", "应当转让编码。", [("不得", "应当")]),
        ("依照第二十条处罚。", "依照第二十二条处罚。", [("第二十条", "第二十二条")]),
        ("存放𠮷字样。", "存放𡈽字样。", [("𠮷", "𡈽")]),
        ("由环境保护主管部门查处。", "由生态环境主管部门查处。", [("环境保护", "生态环境")]),
    ],
)
def test_numbers_references_and_cues_change_whole(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert shown(old, new) == expected


def test_a_new_sentence_is_one_insertion_at_a_sentence_boundary() -> None:
    old = "回收企业应当建立电池台账。台账保存三年。"
    new = "回收企业应当建立电池台账。台账应当记录编码、重量和去向。台账保存三年。"
    assert shown(old, new) == [("", "台账应当记录编码、重量和去向。")]


def test_an_added_list_member_comes_with_one_pause() -> None:
    assert shown("收集、贮存、利用电池。", "收集、运输、贮存、利用电池。") in ([("", "运输、")], [("", "、运输")])


def test_unrelated_texts_are_replaced_whole() -> None:
    old, new = "本市鼓励科研机构开展合作。", "违法者处五万元罚款；情节轻微不罚。"
    assert shown(old, new) == [(old, new)]


def test_atoms_are_sorted_by_nothing_but_unique() -> None:
    assert len(set(ATOMS)) == len(ATOMS)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("（一）台账；", "(一)台账;", {HunkKind.TYPOGRAPHY}),
        ("电池 编码。", "电池编码。", {HunkKind.TYPOGRAPHY}),
        ("符合第（二）项的。", "符合第二项的。", {HunkKind.TYPOGRAPHY}),
        ("从业人员300人。", "从业人员三百人。", {HunkKind.TYPOGRAPHY}),
        ("从业人员300人。", "从业人员三千人。", {HunkKind.WORDING}),
        ("注册资本3万元。", "注册资本3亿元。", {HunkKind.WORDING}),
        ("先登记，后回收。", "先登记后回收。", {HunkKind.PUNCTUATION}),
        ("依照第八条处理。", "依照第九条处理。", {HunkKind.REFERENCE}),
        ("依照第八条处理。", "依照第十条处理。", {HunkKind.WORDING}),
        ("向质检部门报告。", "向市场监管部门报告。", {HunkKind.TERM}),
        ("电池应当回收。", "电池可以回收。", {HunkKind.WORDING}),
    ],
)
def test_furniture_is_told_from_wording(old: str, new: str, kinds: set[HunkKind]) -> None:
    changes = classify(hunks(old, new), {"第八条": "第九条"}, frozenset({("质检", "市场监管")}))
    assert {hunk.kind for hunk in changes} - {HunkKind.EQUAL} == kinds
    assert apply(old, changes) == new


@settings(max_examples=200, deadline=None)
@given(LEGAL)
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("300", 300), ("1,000", 1000), ("2.5", "2.5"), ("3万", 30000), ("三百", 300), ("十五", 15), ("二十", 20),
        ("一百零五", 105), ("一万五千", 15000), ("两", 2), ("二〇二六", 2026), ("三亿", 300_000_000),
        ("十万零三", 100_003), ("1.2.3", None), ("三日", None), ("", None),
    ],
)  # fmt: skip
def test_numbers_are_read_however_they_are_written(written: str, value: object) -> None:
    assert number(written) == (None if value is None else Decimal(str(value)))


@pytest.mark.parametrize(
    ("old", "new", "wording"),
    [
        ("报送：\n（一）名称。\n（二）地址。", "报送：\n名称。\n地址。", False),
        ("报送：\n（一）名称；\n（二）地址；\n（三）电话。", "报送：\n（一）名称；\n（二）电话。", True),
        ("报送：\n（二）电话。", "报送：\n（三）电话。", False),
        ("报送：\n(二)电话。", "报送：\n（三）电话。", False),
        ("依照第（二）项处罚。", "依照第（三）项处罚。", True),
        ("每年检查（二）次。", "每年检查（三）次。", True),
        ("罚款（一）万元。", "罚款万元。", True),
    ],
)
def test_numbers_of_list_items_are_furniture_and_numbers_in_sentences_are_not(
    old: str, new: str, wording: bool
) -> None:
    kinds = {hunk.kind for hunk in classify(hunks(old, new), {})}
    assert (HunkKind.WORDING in kinds) is wording
