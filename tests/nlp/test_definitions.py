"""Definitions: term and meaning, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.pipes.definitions.definitions import find_definitions

CASES: dict[str, list[tuple[str, str]]] = {
    "本办法所称梯次利用，是指将退役电池用于其他场景。企业应当登记。": [("梯次利用", "将退役电池用于其他场景")],
    "本办法所称的网点是指收集电池的场所。": [("网点", "收集电池的场所")],
    "前款所称企业，指在境内生产电池的企业。": [("企业", "在境内生产电池的企业")],
    "下列用语的含义：\n（一）车载电池，是指为车辆提供动力的电池；\n"
    "（二）“余能”，是指剩余的能量；\n3.电池包是指成组的电池。": [
        ("车载电池", "为车辆提供动力的电池"),
        ("余能", "剩余的能量"),
        ("电池包", "成组的电池"),
    ],
    "本办法所称重大变化，是指下列情形：\n（一）搬迁；\n（二）扩建。\n企业应当报告。": [
        ("重大变化", "下列情形：\n（一）搬迁；\n（二）扩建。")
    ],
    "重大事故指的是造成人员死亡的事故。": [("重大事故", "造成人员死亡的事故")],
    "可以是指定的机构，也可以是其他机构。": [],
    "发生变化的，是指标不合格。": [],
    "企业应当接受指导，指定专人。": [],
    "企业，指派专人。": [],
    "是指。": [],
    "本条例所称华侨，是指定居国外的公民。": [("华侨", "定居国外的公民")],
    "（三）模型电池，也称样品，是指不供使用的电池。": [("模型电池", "不供使用的电池")],
    "企业应当登记，其中余能是指剩余的能量。": [("余能", "剩余的能量")],
    "应当驳回的情形是指：\n（一）造假；\n（二）超期。\n企业可以申诉。": [
        ("应当驳回的情形", "（一）造假；\n（二）超期。")
    ],
}


@pytest.mark.parametrize("text", CASES)
def test_definitions(text: str) -> None:
    found = find_definitions(text)
    assert [(d.term.text, d.meaning.text) for d in found] == CASES[text]
    for definition in found:
        for span in (definition.term, definition.meaning):
            assert text[span.start : span.end] == span.text


@given(st.text(st.sampled_from("本办法所称电池，是指系的。；：\n（一）“”定 "), max_size=80))
def test_any_text(text: str) -> None:
    end = 0
    for definition in find_definitions(text):
        assert end <= definition.term.start < definition.term.end <= definition.meaning.start < definition.meaning.end
        assert text[definition.term.start : definition.term.end] == definition.term.text
        end = definition.meaning.end
